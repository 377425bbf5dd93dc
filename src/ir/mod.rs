//! What a model means, between its text and its code.
//!
//! `expr` holds expressions, `network` the objects they belong to (what the resolver makes), `steps` the straight-line programs
//! that the engines run, `plan` everything a simulation is built from. All values are in SI base units.
//! Knows spans of the text and dimensions; knows nothing of the runtime's or Cranelift's types.

pub mod build;
pub mod describe;
pub mod expr;
pub mod levels;
pub mod network;
pub mod plan;
pub mod print;
pub mod steps;
pub mod verify;
