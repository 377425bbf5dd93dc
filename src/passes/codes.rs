//! The diagnostics of the passes: what can be known to be wrong only once equations are integrated.

use grammar::Code;

/// An integrator cannot do the equations it is named for.
pub const METHOD: Code = Code { id: "E0450", title: "integrator cannot solve the equations" };
/// Event-driven equations have no closed solution.
pub const EVENT_DRIVEN: Code = Code { id: "E0451", title: "event-driven equations are not linear" };

/// Noise that is not added, times a factor.
pub const NOISE: Code = Code { id: "E0452", title: "noise that is not added" };

/// Every code of the passes.
pub const CODES: [Code; 3] = [METHOD, EVENT_DRIVEN, NOISE];
