//! `sin` and `cos` of 32-bit floats: in, any real in radians; out, the function to 2 ulp or better.
//!
//! As for 64 bits, x = n pi + r (for the cosine n is a half more than a whole number) with |r| <= pi/2: one
//! polynomial serves both, the parity of n gives the sign. pi is in three parts, the first to 2^-10, the second to
//! 2^-22, so that n times them is exact up to |n| = 2^11, halves too, and the first two differences mostly are (a
//! second part with more bits had both differences rounded: 2.4 ulp). r is then wrong by |x| 2^-49 at most. That may be
//! felt where |x| > 2^22 |r|: there, and beyond |x| = 6,000, the functions of 64 bits (`functions`) are called. Of
//! random arguments near 1 that is one in 6 million, near 1000 one in 6 thousand.
//!
//! sin r = r + r^3 S(r^2), S of degree 3 (Remez exchange, error weighted with r^3, 2^-27 in all;
//! `tests/math_reference/coefficients.py`).

use crate::math::operations::Operations;
use crate::math::trigonometric::{Reduction, cosine, sine};
use crate::math::width::Bits32;

const PI_1: f64 = 3.141_601_562_5;
const PI_2: f64 = -8.821_487e-6;
const PI_3: f64 = -8.742_278e-8;
/// 2^22
const RARE: f64 = 4_194_304.0;
const FAR: f64 = 6_000.0;

const S: [f64; 4] = [-0.166_666_57, 0.008_333_009, -0.000_198_060_5, 2.598_924_3e-6];

impl Reduction for Bits32 {
    #[inline(always)]
    fn rest<O: Operations>(ops: &mut O, x: O::Real, n: O::Real) -> O::Real {
        [PI_1, PI_2, PI_3].into_iter().fold(x, |rest, part| {
            let part = ops.real(-part);
            ops.mul_add(n, part, rest)
        })
    }

    #[inline(always)]
    fn sine_of_rest<O: Operations>(ops: &mut O, r: O::Real) -> O::Real {
        let [c0, c1, c2, c3] = S.map(|coefficient| ops.real(coefficient));
        let z = ops.mul(r, r);
        let s = ops.mul_add(c3, z, c2);
        let s = ops.mul_add(s, z, c1);
        let s = ops.mul_add(s, z, c0);
        let cube = ops.mul(z, r);
        ops.mul_add(cube, s, r)
    }

    #[inline(always)]
    fn reach<O: Operations>(ops: &mut O, r: O::Real) -> O::Real {
        let factor = ops.real(RARE);
        let reach = ops.mul(r, factor);
        let far = ops.real(FAR);
        ops.lesser(reach, far)
    }
}

/// Sine: ±0 for ±0, NaN for ±inf and NaN.
pub fn sin<O: Operations>(ops: &mut O, x: O::Real) -> O::Real {
    sine::<Bits32, _>(ops, x)
}

/// Cosine: 1 for ±0, NaN for ±inf and NaN.
pub fn cos<O: Operations>(ops: &mut O, x: O::Real) -> O::Real {
    cosine::<Bits32, _>(ops, x)
}
