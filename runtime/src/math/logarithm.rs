//! `log` and `log1p`: in, any real; out, the natural logarithm to 2 ulp or better, near 1 (near 0 for `log1p`) too.
//!
//! A positive number is 2^k m with m in [1/sqrt 2, sqrt 2). With f = m - 1 and s = f/(2 + f), log m is
//! log((1 + s)/(1 - s)), computed as f - f^2/2 + s (f^2/2 + s^2 R(s^2)), the form of fdlibm's `e_log.c` (Sun
//! Microsystems, 1993). R has degree 6 and coefficients of our own (Remez exchange, error weighted with
//! s^2 + 2^-10, 2^-58; `tests/math_reference/coefficients.py`).

use super::exponential::{LN_2_HIGH, LN_2_LOW};
use super::operations::{Operations, polynomial};
use super::width::{Bits64, Width, where_small};

/// 2^52
const TWO_52: f64 = 4_503_599_627_370_496.0;
/// 2^54: takes every denormal number to a normal one.
const TWO_54: f64 = 18_014_398_509_481_984.0;

const R: [f64; 7] = [
    0.666_666_666_666_67,
    0.399_999_999_996_108_14,
    0.285_714_287_038_992_3,
    0.222_222_021_538_792_47,
    0.181_833_926_144_049_72,
    0.153_181_547_148_364,
    0.147_572_332_597_407_12,
];

/// A positive normal number as 2^k (1 + f).
pub(super) struct Split<O: Operations> {
    /// k as in the exponent field.
    pub(super) exponent: O::Bits,
    /// What is in the exponent field where k is (k + 1023, or k + 127 of 32 bits), as a number beside 2^52, or 2^23.
    pub(super) biased: O::Real,
    pub(super) f: O::Real,
}

/// Splits a number of either width.
#[inline(always)]
pub(super) fn split<W: Width, O: Operations>(ops: &mut O, x: O::Real) -> Split<O> {
    let x = ops.bits_of(x);
    let offset = ops.bits(W::ONE - W::ROOT_HALF);
    let rounded = ops.add_bits(x, offset);
    let biased = ops.shift_right(rounded, W::FRACTION);
    let whole = ops.bits(W::WHOLE);
    let biased = ops.or_bits(biased, whole);
    let biased = ops.real_of(biased);
    let mask = ops.bits(W::EXPONENT);
    let exponent = ops.and_bits(rounded, mask);
    let one = ops.bits(W::ONE);
    let exponent = ops.sub_bits(exponent, one);
    let mantissa = ops.sub_bits(x, exponent);
    let mantissa = ops.real_of(mantissa);
    let one = ops.real(1.0);
    let f = ops.sub(mantissa, one);
    Split { exponent, biased, f }
}

/// What u = 1 + x lost when it was rounded (Knuth's two-sum), as a part of u where 1/m of u = 2^k m is `inverse`, and
/// nothing where u is beyond `large`.
#[inline(always)]
pub(super) fn lost_of_sum<W: Width, O: Operations>(
    ops: &mut O,
    [x, u]: [O::Real; 2],
    exponent: O::Bits,
    inverse: O::Real,
    large: f64,
) -> O::Real {
    let one = ops.real(1.0);
    let x_part = ops.sub(u, one);
    let one_part = ops.sub(u, x_part);
    let one_lost = ops.sub(one, one_part);
    let x_lost = ops.sub(x, x_part);
    let lost = ops.add(one_lost, x_lost);

    let one_bits = ops.bits(W::ONE);
    let scale = ops.sub_bits(one_bits, exponent);
    let scale = ops.real_of(scale);
    let correction = ops.mul(lost, scale);
    let correction = ops.mul(correction, inverse);
    let large = ops.real(large);
    let is_large = ops.gt(u, large);
    let zero = ops.real(0.0);
    ops.select(is_large, zero, correction)
}

/// s = f/(2 + f).
#[inline(always)]
fn ratio<O: Operations>(ops: &mut O, f: O::Real) -> O::Real {
    let two = ops.real(2.0);
    let sum = ops.add(two, f);
    ops.div(f, sum)
}

/// k ln 2 + log(1 + f) + `correction`.
#[inline(always)]
fn sum<O: Operations>(ops: &mut O, k: O::Real, f: O::Real, s: O::Real, correction: O::Real) -> O::Real {
    let z = ops.mul(s, s);
    let r = polynomial(ops, z, R);
    let half = ops.real(0.5);
    let halved = ops.mul(half, f);
    let half_square = ops.mul(halved, f);
    let inner = ops.mul_add(z, r, half_square);
    let low = ops.real(LN_2_LOW);
    let small = ops.mul_add(k, low, correction);
    let small = ops.mul_add(s, inner, small);
    let small = ops.sub(half_square, small);
    let rest = ops.sub(f, small);
    let high = ops.real(LN_2_HIGH);
    ops.mul_add(k, high, rest)
}

/// `result` where 0 < x < inf; -inf at ±0, NaN below, x itself where it is +inf or NaN.
pub(super) fn with_edges<O: Operations>(ops: &mut O, x: O::Real, result: O::Real) -> O::Real {
    let infinity = ops.real(f64::INFINITY);
    let finite = ops.lt(x, infinity);
    let result = ops.select(finite, result, x);
    let zero = ops.real(0.0);
    let is_zero = ops.eq(x, zero);
    let pole = ops.real(f64::NEG_INFINITY);
    let nan = ops.real(f64::NAN);
    let outside = ops.select(is_zero, pole, nan);
    let not_positive = ops.le(x, zero);
    ops.select(not_positive, outside, result)
}

/// Natural logarithm: -inf at ±0, NaN below, +inf at +inf, NaN for NaN; denormal numbers as exactly as others.
pub fn log<O: Operations>(ops: &mut O, x: O::Real) -> O::Real {
    let smallest = ops.real(f64::MIN_POSITIVE);
    let denormal = ops.lt(x, smallest);
    let two_54 = ops.real(TWO_54);
    let raised = ops.mul(x, two_54);
    let normal = ops.select(denormal, raised, x);
    let bias = ops.real(TWO_52 + 1023.0);
    let raised_bias = ops.real(TWO_52 + 1023.0 + 54.0);
    let bias = ops.select(denormal, raised_bias, bias);

    let Split { biased, f, .. } = split::<Bits64, _>(ops, normal);
    let k = ops.sub(biased, bias);
    let s = ratio(ops, f);
    let zero = ops.real(0.0);
    let result = sum(ops, k, f, s, zero);
    with_edges(ops, x, result)
}

/// Natural logarithm of a positive normal number, with the bits of `log`.
#[inline(always)]
pub(crate) fn log_of_positive<O: Operations>(ops: &mut O, x: O::Real) -> O::Real {
    let bias = ops.real(TWO_52 + 1023.0);
    let zero = ops.real(0.0);
    let Split { biased, f, .. } = split::<Bits64, _>(ops, x);
    let k = ops.sub(biased, bias);
    let s = ratio(ops, f);
    sum(ops, k, f, s, zero)
}

/// From 2^60 on, 1 is nothing to x.
const LARGE: f64 = 1_152_921_504_606_846_976.0;

/// log(1 + x): x itself for the smallest, -inf at -1, NaN below, +inf at +inf, NaN for NaN.
///
/// 1 + x is rounded to u; the part lost, e, comes back as e/u, for which 1/m of u = 2^k m is needed to a few per cent
/// only: 1 - 2s + 2s^2.
pub fn log1p<O: Operations>(ops: &mut O, x: O::Real) -> O::Real {
    let one = ops.real(1.0);
    let u = ops.add(one, x);
    let Split { exponent, biased, f } = split::<Bits64, _>(ops, u);
    let bias = ops.real(TWO_52 + 1023.0);
    let k = ops.sub(biased, bias);
    let s = ratio(ops, f);

    let minus_two = ops.real(-2.0);
    let complement = ops.sub(one, s);
    let twice = ops.mul(minus_two, s);
    let inverse = ops.mul_add(twice, complement, one);
    let correction = lost_of_sum::<Bits64, _>(ops, [x, u], exponent, inverse, LARGE);
    let result = sum(ops, k, f, s, correction);
    let result = with_edges(ops, u, result);
    where_small::<Bits64, _>(ops, x, x, result)
}
