//! `exp`, `expm1` and `exprel` of 32-bit floats: in, any real; out, the function to 2 ulp or better, with gradual
//! underflow.
//!
//! The reduction is that of 64 bits: x = n ln 2 + r with whole n and |r| <= ln 2/2. e^r - 1 = r + r^2 q(r), q = 1/2 +
//! r P(r) with P of degree 3 (Remez exchange, error weighted with r^2 + 2^-9; 2^-26 relative to e^r - 1;
//! `tests/math_reference/coefficients.py`).

use super::{LN_2_HIGH, LN_2_LOW};
use crate::math::operations::Operations;
use crate::math::width::{Bits32, Width, where_small};

const LOG2_E: f64 = std::f64::consts::LOG2_E;
const Q: [f64; 5] = [0.5, 0.166_665_46, 0.041_666_407, 0.008_366_191, 0.001_394_038_1];

/// x = n ln 2 + r: n in the low bits of `shifted`.
pub(super) struct Reduced<O: Operations> {
    pub(super) shifted: O::Real,
    n: O::Real,
    pub(super) r: O::Real,
}

#[inline(always)]
pub(super) fn reduce<O: Operations>(ops: &mut O, x: O::Real) -> Reduced<O> {
    let log2_e = ops.real(LOG2_E);
    let magic = ops.real(Bits32::MAGIC);
    let shifted = ops.mul_add(x, log2_e, magic);
    let n = ops.sub(shifted, magic);
    let high = ops.real(-LN_2_HIGH);
    let r = ops.mul_add(n, high, x);
    let low = ops.real(-LN_2_LOW);
    let r = ops.mul_add(n, low, r);
    Reduced { shifted, n, r }
}

/// r^2 and q(r).
#[inline(always)]
pub(super) fn square_and_q<O: Operations>(ops: &mut O, r: O::Real) -> (O::Real, O::Real) {
    let [c0, c1, c2, c3, c4] = Q.map(|coefficient| ops.real(coefficient));
    let square = ops.mul(r, r);
    let low = ops.mul_add(c1, r, c0);
    let high = ops.mul_add(c3, r, c2);
    let high = ops.mul_add(c4, square, high);
    (square, ops.mul_add(high, square, low))
}

/// e^x. NaN for NaN, 0 below -103.97, +inf above 88.72; results under 2^-126 lose bits gradually.
pub fn exp<O: Operations>(ops: &mut O, x: O::Real) -> O::Real {
    let top = ops.real(89.0);
    let x = ops.lesser(top, x);
    let bottom = ops.real(-104.0);
    let x = ops.greater(bottom, x);
    let Reduced { shifted, n, r, .. } = reduce(ops, x);
    let (square, q) = square_and_q(ops, r);
    let rise = ops.mul_add(square, q, r);
    let one = ops.real(1.0);
    let mantissa = ops.add(one, rise);

    ops.times_power_of_two(mantissa, n, shifted)
}

/// The scale at which `expm1` and `exprel` work: n may then reach 136.
const SCALE: f32 = 0.001_953_125; // 2^-9
const SCALE_BACK: f64 = 512.0;
/// Below, e^x - 1 is -1 to the last bit.
const EXPM1_BOTTOM: f64 = -18.0;

/// 2^-9 (e^x - 1), for x from -18 to 94.
///
/// It is 2^n (e^r - 1) + (2^n - 1). With 2^n r + (2^n - 1) as the first sum (one operation more, and exact near 0),
/// `exprel` was wrong by 2.3 ulp far above.
#[inline(always)]
fn scaled_expm1<O: Operations>(ops: &mut O, x: O::Real) -> O::Real {
    let Reduced { shifted, r, .. } = reduce(ops, x);
    let (square, q) = square_and_q(ops, r);
    let rise = ops.mul_add(square, q, r);

    let exponent = ops.bits_of(shifted);
    let exponent = ops.shift_left(exponent, 23);
    let scale_bits = ops.bits(SCALE.to_bits().into());
    let power = ops.add_bits(exponent, scale_bits);
    let power = ops.real_of(power);
    let scale = ops.real(SCALE.into());
    let rest = ops.sub(power, scale);
    ops.mul_add(power, rise, rest)
}

/// e^x - 1, accurate near 0 too: x itself for the smallest, -1 far below, +inf above 88.72, NaN for NaN.
pub fn expm1<O: Operations>(ops: &mut O, x: O::Real) -> O::Real {
    let top = ops.real(89.0);
    let clamped = ops.lesser(top, x);
    let bottom = ops.real(EXPM1_BOTTOM);
    let clamped = ops.greater(bottom, clamped);
    let scaled = scaled_expm1(ops, clamped);
    let back = ops.real(SCALE_BACK);
    let result = ops.mul(scaled, back);
    // The scale would take bits of denormal numbers, and the sum the sign of zero.
    where_small::<Bits32, _>(ops, x, x, result)
}

/// (e^x - 1)/x: 1 at 0 and for the smallest, 0 at -inf, +inf above 93.26 (where the quotient itself overflows), NaN for
/// NaN.
pub fn exprel<O: Operations>(ops: &mut O, x: O::Real) -> O::Real {
    let top = ops.real(94.0);
    let x = ops.lesser(top, x);
    let scale = ops.real(SCALE.into());
    let divisor = ops.mul(x, scale);
    let bottom = ops.real(EXPM1_BOTTOM);
    let clamped = ops.greater(bottom, x);
    let numerator = scaled_expm1(ops, clamped);
    let quotient = ops.div(numerator, divisor);
    // Both are the same number for the smallest x, and may be 0.
    let zero = ops.real(0.0);
    let is_zero = ops.eq(divisor, zero);
    let one = ops.real(1.0);
    ops.select(is_zero, one, quotient)
}
