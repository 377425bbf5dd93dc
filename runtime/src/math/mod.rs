//! Mathematical functions, each defined once: in, numbers of any kind that can add, multiply, compare and show their
//! bits (`Operations`); out, the function of them, to 2 ulp or better, from NaN over denormals to infinity.
//!
//! The frequent functions (`exp`, `expm1`, `exprel`, `log`, `log1p`, `tanh`, `sin`, `cos`, whole powers) are
//! straight-line code over `Operations`: the interpreter runs it on `f64` (`Scalar`), the compiler emits the same
//! operations inline, so that both give the same bits. The rare ones are plain functions on `f64` that both call
//! (`functions`), and integers have their own rules (`integer`). 32-bit floats have frequent functions of their own
//! (`single`), run on `Single`. Only the bits of a NaN (sign, payload) may differ between engines: hardware chooses
//! them.

pub mod choice;
pub mod exponential;
pub mod functions;
pub mod hyperbolic;
pub mod integer;
pub mod logarithm;
pub mod operations;
pub mod power;
pub mod rust;
pub mod single;
pub mod trigonometric;
pub(crate) mod width;

pub use choice::{clip, maximum, minimum, sign};
pub use exponential::{exp, expm1, exprel, exprel_reciprocal};
pub use hyperbolic::tanh;
pub use logarithm::{log, log1p};
pub use operations::{Operations, Rare};
pub use power::powi;
pub use rust::{Scalar, Single};
pub use trigonometric::{cos, sin};
