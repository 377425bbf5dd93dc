//! Random numbers without a state: in, a key, the step, the element and the number of the draw; out, the same number
//! whoever asks, in whatever order, on however many threads, in either engine.
//!
//! `philox` is the counter-based generator, `stream` makes its keys and counters, `distributions` the laws (with
//! `gaussian` and `inversion`), `strip` the numbers of neighbouring elements, in the loops of `vectors`.

pub mod distributions;
mod gaussian;
mod inversion;
pub mod philox;
pub mod stream;
pub mod strip;
mod vectors;

pub use distributions::{Gaps, binomial, normal, poisson, uniform};
pub use philox::Philox;
pub use stream::{key, name_hash};
pub use strip::Strip;
