//! The public API: models, simulations of them, what they record.
//!
//! ```text
//! text ─► Model (immutable, shared) ─► Simulation (all that changes) ─► recordings, state
//! ```
//!
//! A `Model` is compiled once and may be used by many simulations at once. A `Simulation` owns its network: connecting and
//! initialising happen when it is made, time passes in `run`, `step` and `run_script`.

mod array_files;
mod assign;
mod build;
mod builder;
mod calls;
mod checkpoint;
mod codes;
mod connections;
mod counterparts;
mod elements;
mod ends;
mod explain;
mod foreseen;
mod free;
mod front;
mod function;
mod given;
mod listed;
mod mends;
mod model;
mod options;
mod programs;
mod quantity;
mod rate;
mod record;
mod recording;
mod rows;
mod run;
mod saved;
mod show;
mod spool;
mod state;
mod stopper;
mod stretches;
mod sweep;
mod tables;
mod trains;
mod uses;

pub use array_files::ArrayFile;
pub use assign::Assignable;
pub use builder::{NetworkBuilder, Neurons, Poisson, Synapses};
pub(crate) use codes::ALL as CODES;
pub use explain::Explanation;
pub use foreseen::Foreseen;
pub(crate) use front::At;
pub use function::Function;
pub use model::{Emit, Formatted, Model, format_file, format_source};
pub use options::{Cpu, Engine, Options, Precision};
pub use quantity::{AMP, FARAD, HZ, IntoQuantity, MS, MV, NA, NS, PA, PF, Quantity, SECOND, SIEMENS, VOLT};
pub use rate::{Rate, Window};
pub use recording::{Counts, Recorded, Recording, Samples, Statistic};
pub use run::{Event, Progress, Simulation};
pub(crate) use saved::codes::ALL as CHECKPOINT_CODES;
pub use saved::{Checkpoint, CheckpointError};
pub use state::{Moment, Values, Variable};
pub use stopper::Stopper;
pub(crate) use sweep::codes::ALL as SWEEP_CODES;
pub use sweep::{Sweep, SweepColumn, SweepError, SweepEvent, SweepPoint, SweepTable};
pub use trains::{Spike, Spikes};
