//! `sin` and `cos`: in, any real in radians; out, the function to 2 ulp or better.
//!
//! x = n pi + r (for the cosine n is a half more than a whole number) with |r| <= pi/2: one polynomial serves both,
//! the parity of n gives the sign. pi is in two parts, the first of 28 bits, so that n times it is exact up to |n| =
//! 2^24 even where nothing is fused; r is then wrong by |x| 2^-83 at most. Where |x| > 2^24 |r| that may be felt, or
//! the first product be inexact (|x| > 2^24 pi/2 is among these): there, and only there, the functions of `functions`
//! are called. Of random arguments near 1 that is one in 26 million, near 1000 one in 26 thousand.
//!
//! sin r = r + r^3 (-1/6 + r^2 P(r^2)), P of degree 6 (Remez exchange around the rounded -1/6, error weighted with
//! r^5, 2^-60 in all; `tests/math_reference/coefficients.py`). -1/6 stands outside Estrin's scheme, where it would be
//! rounded three times (2.1 ulp where fused).
//!
//! What is done around reduction and polynomial is the same for 32 bits (`single::trigonometric`).

use super::operations::{Operations, Rare, polynomial};
use super::width::{Bits64, Width, sign_of};

const PI_HIGH: f64 = 3.141_592_651_605_606;
const PI_LOW: f64 = 1.984_187_159_361_081e-9;
/// 2^24
const RARE: f64 = 16_777_216.0;

const CUBIC: f64 = -1.0 / 6.0;
const P: [f64; 7] = [
    0.008_333_333_333_333_196,
    -0.000_198_412_698_412_076_8,
    2.755_731_921_071_261_5e-6,
    -2.505_210_682_746_469_2e-8,
    1.605_893_729_487_093_5e-10,
    -7.642_927_794_514_966e-13,
    2.720_507_813_503_825_2e-15,
];

impl Reduction for Bits64 {
    #[inline(always)]
    fn rest<O: Operations>(ops: &mut O, x: O::Real, n: O::Real) -> O::Real {
        let high = ops.real(-PI_HIGH);
        let low = ops.real(-PI_LOW);
        let r = ops.mul_add(n, high, x);
        ops.mul_add(n, low, r)
    }

    #[inline(always)]
    fn sine_of_rest<O: Operations>(ops: &mut O, r: O::Real) -> O::Real {
        let z = ops.mul(r, r);
        let p = polynomial(ops, z, P);
        let cubic = ops.real(CUBIC);
        let p = ops.mul_add(z, p, cubic);
        let cube = ops.mul(z, r);
        ops.mul_add(cube, p, r)
    }

    #[inline(always)]
    fn reach<O: Operations>(ops: &mut O, r: O::Real) -> O::Real {
        let factor = ops.real(RARE);
        ops.mul(r, factor)
    }
}

/// Sine: ±0 for ±0, NaN for ±inf and NaN.
pub fn sin<O: Operations>(ops: &mut O, x: O::Real) -> O::Real {
    sine::<Bits64, _>(ops, x)
}

/// Cosine: 1 for ±0, NaN for ±inf and NaN.
pub fn cos<O: Operations>(ops: &mut O, x: O::Real) -> O::Real {
    cosine::<Bits64, _>(ops, x)
}

/// How an argument is reduced, and the function of what is left.
pub(crate) trait Reduction: Width {
    /// |x| - n pi.
    fn rest<O: Operations>(ops: &mut O, x: O::Real, n: O::Real) -> O::Real;
    /// Sine of |r| <= pi/2, which near that may be rounded to one ulp beyond 1.
    fn sine_of_rest<O: Operations>(ops: &mut O, r: O::Real) -> O::Real;
    /// Up to which |x| the reduction is good enough.
    fn reach<O: Operations>(ops: &mut O, r: O::Real) -> O::Real;
}

/// Sine of |r| <= pi/2.
#[inline(always)]
pub(crate) fn sin_of_acute<W: Reduction, O: Operations>(ops: &mut O, r: O::Real) -> O::Real {
    let value = W::sine_of_rest(ops, r);
    // Beyond 1 `arcsin` has no way back.
    let one = ops.real(1.0);
    let value = ops.lesser(one, value);
    let minus_one = ops.real(-1.0);
    ops.greater(minus_one, value)
}

/// Where the reduction is not good enough for `magnitude`.
#[inline(always)]
fn is_rare<W: Reduction, O: Operations>(ops: &mut O, magnitude: O::Real, r: O::Real) -> O::Mask {
    let r = ops.abs(r);
    let reach = W::reach(ops, r);
    ops.gt(magnitude, reach)
}

/// Sine of either width.
#[inline(always)]
pub(super) fn sine<W: Reduction, O: Operations>(ops: &mut O, x: O::Real) -> O::Real {
    let magnitude = ops.abs(x);
    let inverse = ops.real(std::f64::consts::FRAC_1_PI);
    let magic = ops.real(W::MAGIC);
    let shifted = ops.mul_add(magnitude, inverse, magic);
    let n = ops.sub(shifted, magic);
    let r = W::rest(ops, magnitude, n);
    let value = sin_of_acute::<W, _>(ops, r);

    let parity = ops.bits_of(shifted);
    let parity = ops.shift_left(parity, W::SIGN_PLACE);
    let negative = sign_of::<W, _>(ops, x);
    let flip = ops.xor_bits(parity, negative);
    let value = ops.bits_of(value);
    let value = ops.xor_bits(value, flip);
    let value = ops.real_of(value);
    let rare = is_rare::<W, _>(ops, magnitude, r);
    ops.select_rare(rare, Rare::Sin, x, value)
}

/// Cosine of either width.
#[inline(always)]
pub(super) fn cosine<W: Reduction, O: Operations>(ops: &mut O, x: O::Real) -> O::Real {
    let magnitude = ops.abs(x);
    let inverse = ops.real(std::f64::consts::FRAC_1_PI);
    let minus_half = ops.real(-0.5);
    let turns = ops.mul_add(magnitude, inverse, minus_half);
    let magic = ops.real(W::MAGIC);
    let shifted = ops.add(turns, magic);
    let n = ops.sub(shifted, magic);
    let n = ops.sub(n, minus_half);
    let r = W::rest(ops, magnitude, n);
    let value = sin_of_acute::<W, _>(ops, r);

    // cos x = -(-1)^whole sin r
    let parity = ops.bits_of(shifted);
    let one = ops.bits(1);
    let parity = ops.xor_bits(parity, one);
    let flip = ops.shift_left(parity, W::SIGN_PLACE);
    let value = ops.bits_of(value);
    let value = ops.xor_bits(value, flip);
    let value = ops.real_of(value);
    let rare = is_rare::<W, _>(ops, magnitude, r);
    ops.select_rare(rare, Rare::Cos, x, value)
}
