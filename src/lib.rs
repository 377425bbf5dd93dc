//! Rheobase: spiking neural networks from equations to native code in milliseconds.
//!
//! ```text
//!  text ──grammar──► AST ──resolve──► network IR ──passes──► step programs ──codegen──► machine code
//!  .rheo                                                           │                         │
//!                                                             interpreter ─────────────► runtime
//! ```
//!
//! A [`Model`] is a text compiled: immutable and shared. A [`Simulation`] is a network of it in time. Those who have no text put
//! one together with [`NetworkBuilder`]; it goes the same way. [`Options`] give a model what its text only names: constants, files,
//! arrays, and functions of the program.
//!
//! A simulation runs for a time, for a step or through its text's script. It is read and changed by name between runs, and during
//! them by callbacks ([`Simulation::on`]); it goes back to what was stored ([`Simulation::restore`]); what is recorded comes as spike
//! trains ([`Spikes`]), rates ([`Rate`]) and samples ([`Samples`]), counts ([`Counts`]), means and variances
//! ([`Statistic`]).
//!
//! ```
//! use rheobase::{MS, Simulation};
//!
//! let mut simulation = Simulation::from_source("
//!     neurons P[100] {
//!         dv/dt = (1.5 - v)/(10*ms) : 1 (unless refractory)
//!         threshold  v > 1
//!         reset      v = 0
//!         refractory 2*ms
//!         init       v = rand()
//!     }
//! ")?;
//! let spikes = simulation.record_spikes("P")?;
//! simulation.run(100.0 * MS)?;
//! assert!(simulation.recorded(spikes).len() > 500);
//! # Ok::<(), rheobase::Error>(())
//! ```
//!
//! Numbers are in SI base units inside, and carry their unit at the edge. Errors are values ([`Error`]); a model's mistakes come all
//! at once, each with code, place, reason and mend.

pub mod arrays;
pub mod codegen;
mod error;
mod files;
pub mod interpreter;
pub mod ir;
pub mod output;
pub mod page;
pub mod passes;
pub mod pictures;
pub mod report;
pub mod resolve;
mod simulation;
mod sources;
pub mod units;

pub use error::{Error, Rejected};
pub use grammar::{Code, Diagnostic, Label, Severity, SourceId, Span};
pub use ir::network::{Seeds, Slot, Turn};
pub use simulation::{
    AMP, ArrayFile, Assignable, Checkpoint, CheckpointError, Counts, Cpu, Emit, Engine, Event, Explanation, FARAD,
    Foreseen, Formatted, Function, HZ, IntoQuantity, MS, MV, Model, Moment, NA, NS, NetworkBuilder, Neurons, Options,
    PA, PF, Poisson, Precision, Progress, Quantity, Rate, Recorded, Recording, SECOND, SIEMENS, Samples, Simulation,
    Spike, Spikes, Statistic, Stopper, Sweep, SweepColumn, SweepError, SweepEvent, SweepPoint, SweepTable, Synapses,
    VOLT, Values, Variable, Window, format_file, format_source,
};
pub use sources::{Place, Source, Sources};
