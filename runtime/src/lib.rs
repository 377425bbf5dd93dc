//! State and time: populations, synapses, delays, random numbers, threads.

pub mod abi;
pub mod kernel;
pub mod math;
pub mod random;
pub mod rows;
pub mod state;
