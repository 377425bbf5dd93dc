//! Functions that choose: sign, bounds, the smaller, the larger. In, reals; out, one of them or a small whole number,
//! exact.

use super::operations::Operations;

/// 1 above 0, -1 below, 0 for ±0, NaN for NaN.
pub fn sign<O: Operations>(ops: &mut O, x: O::Real) -> O::Real {
    let zero = ops.real(0.0);
    let one = ops.real(1.0);
    let minus_one = ops.real(-1.0);
    let positive = ops.gt(x, zero);
    let negative = ops.lt(x, zero);
    let is_zero = ops.eq(x, zero);
    let result = ops.select(positive, one, x);
    let result = ops.select(negative, minus_one, result);
    ops.select(is_zero, zero, result)
}

/// `low` where x < low, else `high` where x > high, else x: the lower bound is tested first, so that it wins where
/// the bounds are crossed. A NaN x goes through, a NaN bound bounds nothing.
pub fn clip<O: Operations>(ops: &mut O, x: O::Real, low: O::Real, high: O::Real) -> O::Real {
    let below = ops.lt(x, low);
    let result = ops.lesser(high, x);
    ops.select(below, low, result)
}

/// The smaller of both; NaN where either is NaN; `a` where they are equal (so `minimum(0, -0)` is 0).
pub fn minimum<O: Operations>(ops: &mut O, a: O::Real, b: O::Real) -> O::Real {
    let smaller = ops.lesser(b, a);
    let nan = ops.ne(b, b);
    ops.select(nan, b, smaller)
}

/// The larger of both; NaN where either is NaN; `a` where they are equal (so `maximum(0, -0)` is 0).
pub fn maximum<O: Operations>(ops: &mut O, a: O::Real, b: O::Real) -> O::Real {
    let larger = ops.greater(b, a);
    let nan = ops.ne(b, b);
    ops.select(nan, b, larger)
}
