//! Whole networks of hand-written kernels, held to Brian2's numbers and to naive models.

mod delays;
mod errors;
mod kernels;
mod monitors;
mod order;
mod runs;
mod threads;
