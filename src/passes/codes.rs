//! The diagnostics of the passes: what can be known to be wrong only once equations are integrated.

use grammar::Code;

/// An integrator cannot do the equations it is named for.
pub const METHOD: Code = Code { id: "E0450", title: "integrator cannot solve the equations" };
/// Event-driven equations have no closed solution.
pub const EVENT_DRIVEN: Code = Code { id: "E0451", title: "event-driven equations are not linear" };

/// Noise that is not added, times a factor.
pub const NOISE: Code = Code { id: "E0452", title: "noise that is not added" };

/// A time step above the shortest time constant.
pub const LONG_STEP: Code = Code { id: "W0450", title: "time step longer than a time constant" };
/// A threshold that the text's own equations never reach.
pub const NEVER_REACHED: Code = Code { id: "W0451", title: "threshold that cannot be reached" };
/// Random numbers that nobody looks at.
pub const UNUSED_DRAW: Code = Code { id: "W0452", title: "random numbers that nothing reads" };
/// A sine of which steps see another.
pub const FOLDED_WAVE: Code = Code { id: "W0453", title: "wave too fast for the time step" };

/// Every code of the passes.
pub const CODES: [Code; 7] = [METHOD, EVENT_DRIVEN, NOISE, LONG_STEP, NEVER_REACHED, UNUSED_DRAW, FOLDED_WAVE];
