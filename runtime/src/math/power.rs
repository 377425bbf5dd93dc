//! Whole powers: in, a real and a constant exponent; out, the power by repeated squaring.

use super::operations::Operations;

/// x^n by squaring, at most 2 log2 |n| products; a negative power is the reciprocal of the positive one, x^0 is 1
/// (for NaN too).
///
/// Each product rounds: x^2 is correctly rounded, the error grows to about |n|/2 ulp. Where x^|n| overflows, x^-|n|
/// is 0 even if a denormal number would be nearer.
pub fn powi<O: Operations>(ops: &mut O, x: O::Real, n: i32) -> O::Real {
    let mut rest = n.unsigned_abs();
    let mut square = x;
    let mut product = None;
    while rest > 0 {
        if rest & 1 == 1 {
            product = Some(match product {
                None => square,
                Some(product) => ops.mul(product, square),
            });
        }
        rest >>= 1;
        if rest > 0 {
            square = ops.mul(square, square);
        }
    }
    let one = ops.real(1.0);
    match product {
        None => one,
        Some(product) if n < 0 => ops.div(one, product),
        Some(product) => product,
    }
}
