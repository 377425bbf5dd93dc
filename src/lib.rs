//! Rheobase: spiking neural networks from equations to native code in milliseconds.

pub mod codegen;
pub mod interpreter;
pub mod ir;
pub mod passes;
pub mod resolve;
pub mod simulation;
pub mod units;
