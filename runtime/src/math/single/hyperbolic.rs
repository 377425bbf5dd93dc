//! `tanh` of 32-bit floats: in, any real; out, the hyperbolic tangent to 2 ulp or better, odd to the last bit.
//!
//! Up to 0.55 it is x + x^3 T(x^2), T of degree 4 (Remez exchange, error weighted with x^2 + 2^-9, 2^-29;
//! `tests/math_reference/coefficients.py`), beyond 1 - 2/(e^(2x) + 1). Both are computed.

use super::exponential::{reduce, square_and_q};
use crate::math::operations::Operations;
use crate::math::width::{Bits32, Width, with_sign_of};

/// Above it the result is 1 to the last bit.
const TOP: f64 = 10.0;
const LARGE: f64 = 0.55;
const T: [f64; 5] = [-0.333_333_2, 0.133_326_26, -0.053_855_997, 0.021_085_529, -0.006_292_411_6];

/// tanh x: ±0 for ±0, ±1 for ±inf, NaN for NaN.
pub fn tanh<O: Operations>(ops: &mut O, x: O::Real) -> O::Real {
    let magnitude = ops.abs(x);
    let top = ops.real(TOP);
    let magnitude = ops.lesser(top, magnitude);
    let near = tanh_of_small(ops, magnitude);
    let far = tanh_of_large(ops, magnitude);
    let limit = ops.real(LARGE);
    let large = ops.gt(magnitude, limit);
    let result = ops.select(large, far, near);

    with_sign_of::<Bits32, _>(ops, x, result)
}

#[inline(always)]
fn tanh_of_small<O: Operations>(ops: &mut O, x: O::Real) -> O::Real {
    let [c0, c1, c2, c3, c4] = T.map(|coefficient| ops.real(coefficient));
    let z = ops.mul(x, x);
    let cube = ops.mul(x, z);
    let t = ops.mul_add(c4, z, c3);
    let t = ops.mul_add(t, z, c2);
    let t = ops.mul_add(t, z, c1);
    let t = ops.mul_add(t, z, c0);
    ops.mul_add(cube, t, x)
}

/// e^(2x) + 1 is the sum of 2^n + 1, exact where it matters, and of 2^n (e^r - 1).
#[inline(always)]
fn tanh_of_large<O: Operations>(ops: &mut O, x: O::Real) -> O::Real {
    let twice = ops.add(x, x);
    let reduced = reduce(ops, twice);
    let (square, q) = square_and_q(ops, reduced.r);
    let rise = ops.mul_add(square, q, reduced.r);
    let exponent = ops.bits_of(reduced.shifted);
    let exponent = ops.shift_left(exponent, 23);
    let one_bits = ops.bits(Bits32::ONE);
    let power = ops.add_bits(exponent, one_bits);
    let power = ops.real_of(power);
    let one = ops.real(1.0);
    let sum = ops.add(power, one);
    let divisor = ops.mul_add(power, rise, sum);
    let two = ops.real(2.0);
    let quotient = ops.div(two, divisor);
    ops.sub(one, quotient)
}
