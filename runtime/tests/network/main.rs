//! Whole networks of hand-written kernels, held to Brian2's numbers and to naive models.

mod calls;
mod checkpoints;
mod clocks;
mod delays;
mod epochs;
mod errors;
mod events;
mod kernels;
mod monitors;
mod order;
mod recorded;
mod runs;
mod threads;
mod turns;
