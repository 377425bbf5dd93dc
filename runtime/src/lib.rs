//! State and time: populations, synapses, delays, random numbers, threads.
//!
//! This crate runs networks of spiking neurons whose equations somebody else has turned into kernels. It knows nothing
//! of expressions, units or compilers: it keeps the numbers (`State`), decides when which kernel runs over which
//! elements (`Network`), carries spikes from neuron to neuron and notes what is to be recorded.
//!
//! # Time
//!
//! Time is a count of ticks; the time of a tick is `tick*dt`, a product, never a sum. A network may have several clocks,
//! each with a `dt` and ticks of its own: a step is done by all clocks whose next tick is the earliest, and what belongs
//! to them acts (`clocks`). Durations and delays become ticks when a run begins, by Brian2's rounding (`clock`).
//!
//! # The order of a step
//!
//! Everything has its turn: by slot, then by order, then by declaration (`turn`, `agenda`). Unless told otherwise:
//!
//! | slot | what happens |
//! | --- | --- |
//! | before start | subexpressions held for a step are evaluated |
//! | start | regular operations; calls of the caller's code; monitors sample values: the state as the step before left it |
//! | groups | summed variables; then state updates of populations, with refractoriness, and clock-driven equations of synapses |
//! | thresholds | spikes are made (with the state update, where nothing can tell the difference) and recorded |
//! | after thresholds | conditions of custom events; events are recorded |
//! | synapses | `Pre` pathways: spikes are sent, and those that arrive act; inputs; `Post` pathways |
//! | resets | neurons that spiked are reset |
//! | after resets | code of custom events |
//! | end | spikes are counted |
//!
//! A spike without delay acts in its own tick, before its neuron is reset. Within a pathway, synapses act one after the
//! other: by the tick in which the spike was sent, the neuron that sent it, the creation of the synapse; each sees what
//! those before it did, and what variables are worth on arrival.
//!
//! # Same seed, same bits
//!
//! A network of the same parts, state and seed goes the same way to the last bit: on any number of threads, in one run
//! or in several, from a clone as from the original. Random numbers have no state: each is a function of seed, name of
//! the statement, tick, element and draw (gaps of a Poisson source: of the tick in which its rate was new, and their
//! number). Where the next spike of a Poisson source is, is state and cloned with the rest. Threads share a dense range
//! in parts whose elements do not see each other; what goes from neuron to neuron goes in one fixed order. No decision
//! about either depends on time measured. How far a population runs ahead of the others where nothing can reach it
//! (`epoch`), and who does which tile of it, does; that changes nothing that can be seen.

pub mod abi;
mod agenda;
pub mod batches;
mod checkpoint;
pub mod clock;
mod clocks;
mod code;
pub mod connect;
mod epoch;
mod error;
mod event;
pub mod host;
mod input;
pub mod kernel;
mod listed;
pub mod math;
mod monitor;
mod network;
pub mod partition;
mod pathway;
mod poisson;
mod population;
mod projection;
mod queue;
pub mod random;
mod recorded;
mod regular;
pub mod rows;
mod run;
mod saved;
mod solo;
pub mod state;
mod step;
mod summed;
pub mod targets;
mod threads;
mod turn;

pub use agenda::Object;
pub use clock::{Clock, Tick};
pub use clocks::ClockId;
pub use code::Code;
pub use error::{BuildError, RunError};
pub use event::Event;
pub use input::{Input, InputId};
pub use monitor::{Keep, Moments, RateMonitor, RateMonitorId, Sampling, SpikeMonitor, SpikeMonitorId, SpikeRecord};
pub use monitor::{ValueMonitor, ValueMonitorId, Values};
pub use network::{Network, Over};
pub use pathway::{Delay, Pathway, Side};
pub use population::{Group, Neurons, Population, PopulationId, Propagators, Watched};
pub use projection::{Projection, ProjectionId, StepOver};
pub use regular::{Elements, Regular, RegularId};
pub use run::{CallId, Notice, Progress, RunReport};
pub use saved::{Misfit, Saved};
pub use summed::Summed;
pub use threads::Threads;
pub use turn::{Slot, Turn};
