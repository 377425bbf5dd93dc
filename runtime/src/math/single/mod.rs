//! The functions for 32-bit floats: in, any number of an engine whose reals are such (`Single`); out, the function to 2
//! ulp or better, with gradual underflow, never by way of 64 bits but where the reduction of `sin` and `cos` would not
//! do.
//!
//! Here is what has a width in it: ranges, shifts, coefficients. `sign`, `clip`, `minimum`, `maximum` and `powi` have
//! none, and are those of the folder above. In units of the last place, over all 2^32 arguments (`sin` and `cos`: one
//! in 97), the largest errors where multiply-adds are fused and where they are not are: `exp` 1.05 and 1.04, `expm1`
//! 1.62 and 1.76, `exprel` 1.90 and 1.96, `tanh` 1.37 and 1.38, `log` 0.91 both, `log1p` 0.99 and 0.98, `sin` 1.64
//! and 1.89, `cos` 1.70 and 1.95.

pub mod exponential;
pub mod hyperbolic;
pub mod logarithm;
pub mod trigonometric;

pub use exponential::{exp, expm1, exprel};
pub use hyperbolic::tanh;
pub use logarithm::{log, log1p};
pub use trigonometric::{cos, sin};

/// ln 2 to 16 bits, so that 256 times it is exact, and what is left.
const LN_2_HIGH: f64 = 0.693_145_751_953_125;
const LN_2_LOW: f64 = 1.428_606_8e-6;
