//! `log` and `log1p` of 32-bit floats: in, any real; out, the natural logarithm to 2 ulp or better, near 1 (near 0 for
//! `log1p`) too.
//!
//! A positive number is 2^k (1 + f) with 1 + f in [1/sqrt 2, sqrt 2). log(1 + f) = f - f^2/2 + f^3 P(f), P of degree 7
//! (Remez exchange, error weighted for the whole, 2^-27; `tests/math_reference/coefficients.py`): without the division
//! that the 64-bit form has.

use super::{LN_2_HIGH, LN_2_LOW, ONE_BITS, where_small};
use crate::math::logarithm::with_edges;
use crate::math::operations::{Operations, polynomial};

const ROOT_HALF_BITS: u64 = std::f32::consts::FRAC_1_SQRT_2.to_bits() as u64;
const EXPONENT: u64 = 0xff80_0000;
/// 2^23: ored with a small whole number, it is their sum.
const TWO_23: f32 = 8_388_608.0;
/// 2^25: takes every denormal number to a normal one.
const TWO_25: f64 = 33_554_432.0;
const BIAS: f64 = TWO_23 as f64 + 127.0;

const P: [f64; 8] =
    [0.333_333_3, -0.250_007_93, 0.200_013_01, -0.166_242_15, 0.142_010_47, -0.131_521_7, 0.127_620_83, -0.076_539_7];

/// A positive normal number as 2^k (1 + f).
struct Split<O: Operations> {
    /// k as in the exponent field.
    exponent: O::Bits,
    /// k + 127 as a number beside 2^23.
    biased: O::Real,
    f: O::Real,
}

#[inline(always)]
fn split<O: Operations>(ops: &mut O, x: O::Real) -> Split<O> {
    let x = ops.bits_of(x);
    let offset = ops.bits(ONE_BITS - ROOT_HALF_BITS);
    let rounded = ops.add_bits(x, offset);
    let biased = ops.shift_right(rounded, 23);
    let two_23 = ops.bits(TWO_23.to_bits().into());
    let biased = ops.or_bits(biased, two_23);
    let biased = ops.real_of(biased);
    let mask = ops.bits(EXPONENT);
    let exponent = ops.and_bits(rounded, mask);
    let one = ops.bits(ONE_BITS);
    let exponent = ops.sub_bits(exponent, one);
    let mantissa = ops.sub_bits(x, exponent);
    let mantissa = ops.real_of(mantissa);
    let one = ops.real(1.0);
    let f = ops.sub(mantissa, one);
    Split { exponent, biased, f }
}

/// k ln 2 + log(1 + f) + `correction`.
#[inline(always)]
fn sum<O: Operations>(ops: &mut O, k: O::Real, f: O::Real, correction: O::Real) -> O::Real {
    let p = polynomial(ops, f, P);
    let square = ops.mul(f, f);
    let slope = ops.mul(f, p);
    let low = ops.real(LN_2_LOW);
    let small = ops.mul_add(k, low, correction);
    let small = ops.mul_add(square, slope, small);
    let minus_half = ops.real(-0.5);
    let small = ops.mul_add(square, minus_half, small);
    let rest = ops.add(f, small);
    let high = ops.real(LN_2_HIGH);
    ops.mul_add(k, high, rest)
}

/// Natural logarithm: -inf at ±0, NaN below, +inf at +inf, NaN for NaN; denormal numbers as exactly as others.
pub fn log<O: Operations>(ops: &mut O, x: O::Real) -> O::Real {
    let smallest = ops.real(f32::MIN_POSITIVE.into());
    let denormal = ops.lt(x, smallest);
    let two_25 = ops.real(TWO_25);
    let raised = ops.mul(x, two_25);
    let normal = ops.select(denormal, raised, x);
    let bias = ops.real(BIAS);
    let raised_bias = ops.real(BIAS + 25.0);
    let bias = ops.select(denormal, raised_bias, bias);

    let Split { biased, f, .. } = split(ops, normal);
    let k = ops.sub(biased, bias);
    let zero = ops.real(0.0);
    let result = sum(ops, k, f, zero);
    with_edges(ops, x, result)
}

/// From 2^30 on, 1 is nothing to x.
const LARGE: f64 = 1_073_741_824.0;

/// log(1 + x): x itself for the smallest, -inf at -1, NaN below, +inf at +inf, NaN for NaN.
///
/// 1 + x is rounded to u; the part lost, e, comes back as e/u, for which 1/m of u = 2^k m is needed to a few per cent
/// only: 1 - f + f^2.
pub fn log1p<O: Operations>(ops: &mut O, x: O::Real) -> O::Real {
    let one = ops.real(1.0);
    let u = ops.add(one, x);
    let Split { exponent, biased, f } = split(ops, u);
    let bias = ops.real(BIAS);
    let k = ops.sub(biased, bias);

    // What the sum lost (Knuth's two-sum).
    let x_part = ops.sub(u, one);
    let one_part = ops.sub(u, x_part);
    let one_lost = ops.sub(one, one_part);
    let x_lost = ops.sub(x, x_part);
    let lost = ops.add(one_lost, x_lost);

    let one_bits = ops.bits(ONE_BITS);
    let scale = ops.sub_bits(one_bits, exponent);
    let scale = ops.real_of(scale);
    let complement = ops.sub(f, one);
    let inverse = ops.mul_add(f, complement, one);
    let correction = ops.mul(lost, scale);
    let correction = ops.mul(correction, inverse);
    let large = ops.real(LARGE);
    let is_large = ops.gt(u, large);
    let zero = ops.real(0.0);
    let correction = ops.select(is_large, zero, correction);

    let result = sum(ops, k, f, correction);
    let result = with_edges(ops, u, result);
    where_small(ops, x, x, result)
}
