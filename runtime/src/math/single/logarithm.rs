//! `log` and `log1p` of 32-bit floats: in, any real; out, the natural logarithm to 2 ulp or better, near 1 (near 0 for
//! `log1p`) too.
//!
//! A positive number is 2^k (1 + f) with 1 + f in [1/sqrt 2, sqrt 2). log(1 + f) = f - f^2/2 + f^3 P(f), P of degree 7
//! (Remez exchange, error weighted for the whole, 2^-27; `tests/math_reference/coefficients.py`): without the division
//! that the 64-bit form has.

use super::{LN_2_HIGH, LN_2_LOW};
use crate::math::logarithm::{Split, lost_of_sum, split, with_edges};
use crate::math::operations::{Operations, polynomial};
use crate::math::width::{Bits32, where_small};

/// 2^23
const TWO_23: f64 = 8_388_608.0;
/// 2^25: takes every denormal number to a normal one.
const TWO_25: f64 = 33_554_432.0;
const BIAS: f64 = TWO_23 + 127.0;

const P: [f64; 8] =
    [0.333_333_3, -0.250_007_93, 0.200_013_01, -0.166_242_15, 0.142_010_47, -0.131_521_7, 0.127_620_83, -0.076_539_7];

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

    let Split { biased, f, .. } = split::<Bits32, _>(ops, normal);
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
    let Split { exponent, biased, f } = split::<Bits32, _>(ops, u);
    let bias = ops.real(BIAS);
    let k = ops.sub(biased, bias);

    let complement = ops.sub(f, one);
    let inverse = ops.mul_add(f, complement, one);
    let correction = lost_of_sum::<Bits32, _>(ops, [x, u], exponent, inverse, LARGE);
    let result = sum(ops, k, f, correction);
    let result = with_edges(ops, u, result);
    where_small::<Bits32, _>(ops, x, x, result)
}
