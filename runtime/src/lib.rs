//! State and time: populations, synapses, delays, random numbers, threads.
//!
//! This crate runs networks of spiking neurons whose equations somebody else has turned into kernels. It knows nothing
//! of expressions, units or compilers: it keeps the numbers (`State`), decides when which kernel runs over which
//! elements (`Network`), carries spikes from neuron to neuron and notes what is to be recorded.
//!
//! # Time
//!
//! Time is a count of ticks of one length; the time of a tick is `tick*dt`, a product, never a sum. Durations and
//! delays become ticks when a run begins, by Brian2's rounding (`clock`).
//!
//! # The order of a tick
//!
//! | slot | what happens |
//! | --- | --- |
//! | start | monitors sample values: the state as the tick before left it |
//! | groups | state updates of populations, with refractoriness and threshold, and clock-driven equations of synapses |
//! | thresholds | spikes of Poisson and listed sources; spikes are recorded |
//! | synapses | `Pre` pathways: spikes are sent, and those that arrive act; inputs; `Post` pathways |
//! | resets | neurons that spiked are reset |
//! | end | spikes are counted |
//!
//! Within a slot, what was declared first acts first. A spike without delay acts in its own tick, before its neuron is
//! reset. Within a pathway, synapses act one after the other: by the tick in which the spike was sent, the neuron that
//! sent it, the creation of the synapse; each sees what those before it did, and what variables are worth on arrival.
//!
//! # Same seed, same bits
//!
//! A network of the same parts, state and seed goes the same way to the last bit: on any number of threads, in one run
//! or in several, from a clone as from the original. Random numbers have no state: each is a function of seed, name of
//! the statement, tick, element and draw. Where the next spike of a Poisson source is, is state and cloned with the
//! rest. Threads share a dense range in parts whose elements do not see each other; what goes from neuron to neuron
//! goes in one fixed order. No decision about either depends on time measured.

pub mod abi;
pub mod clock;
mod code;
pub mod connect;
mod error;
pub mod host;
mod input;
pub mod kernel;
pub mod math;
mod monitor;
mod network;
pub mod partition;
mod pathway;
mod population;
mod projection;
mod queue;
pub mod random;
pub mod rows;
mod schedule;
mod source;
pub mod state;
mod threads;

pub use clock::{Clock, Tick};
pub use code::Code;
pub use error::{BuildError, RunError};
pub use input::{Input, InputId};
pub use monitor::{RateMonitor, RateMonitorId, SpikeMonitor, SpikeMonitorId, ValueMonitor, ValueMonitorId, Values};
pub use network::{Network, Over, Progress, RunReport};
pub use pathway::{Delay, Pathway, Side};
pub use population::{Group, Neurons, Population, PopulationId, Propagators, Watched};
pub use projection::{Projection, ProjectionId, StepOver};
pub use schedule::Object;
pub use threads::Threads;
