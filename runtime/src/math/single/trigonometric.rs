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

use super::{MAGIC, SIGN};
use crate::math::operations::{Operations, Rare};

const PI_1: f64 = 3.141_601_562_5;
const PI_2: f64 = -8.821_487e-6;
const PI_3: f64 = -8.742_278e-8;
/// 2^22
const RARE: f64 = 4_194_304.0;
const FAR: f64 = 6_000.0;

const S: [f64; 4] = [-0.166_666_57, 0.008_333_009, -0.000_198_060_5, 2.598_924_3e-6];

/// |x| - n pi.
#[inline(always)]
fn rest<O: Operations>(ops: &mut O, x: O::Real, n: O::Real) -> O::Real {
    [PI_1, PI_2, PI_3].into_iter().fold(x, |rest, part| {
        let part = ops.real(-part);
        ops.mul_add(n, part, rest)
    })
}

/// Sine of |r| <= pi/2.
#[inline(always)]
fn sin_of_acute<O: Operations>(ops: &mut O, r: O::Real) -> O::Real {
    let [c0, c1, c2, c3] = S.map(|coefficient| ops.real(coefficient));
    let z = ops.mul(r, r);
    let s = ops.mul_add(c3, z, c2);
    let s = ops.mul_add(s, z, c1);
    let s = ops.mul_add(s, z, c0);
    let cube = ops.mul(z, r);
    let value = ops.mul_add(cube, s, r);
    // Near pi/2 the polynomial may round to one ulp beyond 1, from where `arcsin` has no way back.
    let one = ops.real(1.0);
    let value = ops.lesser(one, value);
    let minus_one = ops.real(-1.0);
    ops.greater(minus_one, value)
}

/// Where the reduction is not good enough for `magnitude`.
#[inline(always)]
fn is_rare<O: Operations>(ops: &mut O, magnitude: O::Real, r: O::Real) -> O::Mask {
    let r = ops.abs(r);
    let factor = ops.real(RARE);
    let reach = ops.mul(r, factor);
    let far = ops.real(FAR);
    let reach = ops.lesser(reach, far);
    ops.gt(magnitude, reach)
}

/// Sine: ±0 for ±0, NaN for ±inf and NaN.
pub fn sin<O: Operations>(ops: &mut O, x: O::Real) -> O::Real {
    let magnitude = ops.abs(x);
    let inverse = ops.real(std::f64::consts::FRAC_1_PI);
    let magic = ops.real(MAGIC);
    let shifted = ops.mul_add(magnitude, inverse, magic);
    let n = ops.sub(shifted, magic);
    let r = rest(ops, magnitude, n);
    let value = sin_of_acute(ops, r);

    let parity = ops.bits_of(shifted);
    let parity = ops.shift_left(parity, 31);
    let bits = ops.bits_of(x);
    let sign = ops.bits(SIGN);
    let negative = ops.and_bits(bits, sign);
    let flip = ops.xor_bits(parity, negative);
    let value = ops.bits_of(value);
    let value = ops.xor_bits(value, flip);
    let value = ops.real_of(value);
    let rare = is_rare(ops, magnitude, r);
    ops.select_rare(rare, Rare::Sin, x, value)
}

/// Cosine: 1 for ±0, NaN for ±inf and NaN.
pub fn cos<O: Operations>(ops: &mut O, x: O::Real) -> O::Real {
    let magnitude = ops.abs(x);
    let inverse = ops.real(std::f64::consts::FRAC_1_PI);
    let minus_half = ops.real(-0.5);
    let turns = ops.mul_add(magnitude, inverse, minus_half);
    let magic = ops.real(MAGIC);
    let shifted = ops.add(turns, magic);
    let n = ops.sub(shifted, magic);
    let n = ops.sub(n, minus_half);
    let r = rest(ops, magnitude, n);
    let value = sin_of_acute(ops, r);

    // cos x = -(-1)^whole sin r
    let parity = ops.bits_of(shifted);
    let one = ops.bits(1);
    let parity = ops.xor_bits(parity, one);
    let flip = ops.shift_left(parity, 31);
    let value = ops.bits_of(value);
    let value = ops.xor_bits(value, flip);
    let value = ops.real_of(value);
    let rare = is_rare(ops, magnitude, r);
    ops.select_rare(rare, Rare::Cos, x, value)
}
