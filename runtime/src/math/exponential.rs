//! `exp`, `expm1`, `exprel` and its reciprocal: in, any real; out, the function to 2 ulp or better, with gradual
//! underflow.
//!
//! All share one reduction (Cody and Waite, Software Manual for the Elementary Functions, 1980): x = n ln 2 + r with
//! whole n and |r| <= ln 2/2, ln 2 in two parts of which the first has 41 bits, so that n times it is exact even
//! where nothing is fused. e^r - 1 = r + r^2 q(r); q is the minimax polynomial of degree 9 (Remez exchange at 240
//! bits, error weighted with |r| + 2^-7; 2^-55 relative to e^r - 1; `tests/math_reference/coefficients.py`). n is
//! rounded by adding 1.5*2^52, and read as an integer from the low bits of that sum: 2^n is then a shift.

use super::operations::{Operations, polynomial};
use super::width::{Bits64, Width, where_small};

const LOG2_E: f64 = std::f64::consts::LOG2_E;
/// ln 2 to 41 bits, and what is left.
pub(super) const LN_2_HIGH: f64 = 0.693_147_180_559_663;
pub(super) const LN_2_LOW: f64 = 2.823_529_056_303_157_7e-13;

const Q: [f64; 10] = [
    0.500_000_000_000_000_6,
    0.166_666_666_666_666_85,
    0.041_666_666_666_577_27,
    0.008_333_333_333_315_053,
    0.001_388_888_893_142_568_2,
    0.000_198_412_699_021_014_06,
    2.480_150_541_687_938_4e-5,
    2.755_722_872_931_948_5e-6,
    2.762_598_766_829_815_5e-7,
    2.511_424_243_998_919_3e-8,
];

/// x = n ln 2 + r: n in the low bits of `shifted`.
struct Reduced<O: Operations> {
    shifted: O::Real,
    n: O::Real,
    /// x - n ln 2 without the low part of ln 2, exact.
    coarse: O::Real,
    r: O::Real,
}

fn reduce<O: Operations>(ops: &mut O, x: O::Real) -> Reduced<O> {
    let log2_e = ops.real(LOG2_E);
    let magic = ops.real(Bits64::MAGIC);
    let shifted = ops.mul_add(x, log2_e, magic);
    let n = ops.sub(shifted, magic);
    let high = ops.real(-LN_2_HIGH);
    let coarse = ops.mul_add(n, high, x);
    let low = ops.real(-LN_2_LOW);
    let r = ops.mul_add(n, low, coarse);
    Reduced { shifted, n, coarse, r }
}

/// e^x. NaN for NaN, 0 below -745.14, +inf above 709.79; results under 2^-1022 lose bits gradually, as IEEE 754 has it.
pub fn exp<O: Operations>(ops: &mut O, x: O::Real) -> O::Real {
    let top = ops.real(710.0);
    let x = ops.lesser(top, x);
    let bottom = ops.real(-746.0);
    let x = ops.greater(bottom, x);
    let Reduced { shifted, n, r, .. } = reduce(ops, x);
    let q = polynomial(ops, r, Q);
    let square = ops.mul(r, r);
    let rise = ops.mul_add(square, q, r);
    let one = ops.real(1.0);
    let mantissa = ops.add(one, rise);

    ops.times_power_of_two(mantissa, n, shifted)
}

/// The scale at which `exprel` works: n may then reach 1087.
const SCALE: f64 = 5.421_010_862_427_522e-20; // 2^-64
const SCALE_BACK: f64 = 18_446_744_073_709_551_616.0; // 2^64
/// Below, e^x - 1 is -1 to the last bit.
const EXPM1_BOTTOM: f64 = -40.0;

/// `scale`, a power of two, times e^x - 1, for x from -40 on and as far as 2^n times `scale` is finite.
///
/// It is the sum of 2^n r + (2^n - 1), and of a small rest: 2^n r^2 q, what the rounding of r lost, and what that of
/// the first sum lost (2^n r is exact, and never larger than 2^n - 1 but where that is 0). These two corrections are
/// six operations; without them `expm1` was wrong by up to 2.0 ulp, `exprel` by 2.3 and `tanh` by 2.3.
pub(super) fn scaled_expm1<O: Operations>(ops: &mut O, x: O::Real, scale: f64) -> O::Real {
    let Reduced { shifted, n, coarse, r } = reduce(ops, x);
    let taken = ops.sub(coarse, r);
    let low = ops.real(-LN_2_LOW);
    let lost = ops.mul_add(n, low, taken);
    let q = polynomial(ops, r, Q);
    let square = ops.mul(r, r);
    let small = ops.mul_add(square, q, lost);

    let exponent = ops.bits_of(shifted);
    let exponent = ops.shift_left(exponent, 52);
    let scale_bits = ops.bits(scale.to_bits());
    let power = ops.add_bits(exponent, scale_bits);
    let power = ops.real_of(power);
    let scale = ops.real(scale);
    let rest = ops.sub(power, scale);
    let main = ops.mul_add(power, r, rest);
    let taken = ops.sub(rest, main);
    let lost = ops.mul_add(power, r, taken);
    let small = ops.mul_add(power, small, lost);
    ops.add(main, small)
}

/// e^x - 1, accurate near 0 too: x itself for the smallest, -1 far below, +inf above 709.79, NaN for NaN.
pub fn expm1<O: Operations>(ops: &mut O, x: O::Real) -> O::Real {
    let top = ops.real(710.0);
    let clamped = ops.lesser(top, x);
    let bottom = ops.real(EXPM1_BOTTOM);
    let clamped = ops.greater(bottom, clamped);
    let scaled = scaled_expm1(ops, clamped, SCALE);
    let back = ops.real(SCALE_BACK);
    let result = ops.mul(scaled, back);
    where_small::<Bits64, _>(ops, x, x, result)
}

/// Numerator and denominator of `exprel`, both times 2^-64, for x up to `top`.
fn exprel_parts<O: Operations>(ops: &mut O, x: O::Real, top: f64) -> (O::Real, O::Real) {
    let top = ops.real(top);
    let x = ops.lesser(top, x);
    let scale = ops.real(SCALE);
    let divisor = ops.mul(x, scale);
    let bottom = ops.real(EXPM1_BOTTOM);
    let x = ops.greater(bottom, x);
    (scaled_expm1(ops, x, SCALE), divisor)
}

/// (e^x - 1)/x: 1 at 0 and where |x| < 2^-54, 0 at -inf, +inf above 716.36 (where the quotient itself overflows), NaN
/// for NaN.
pub fn exprel<O: Operations>(ops: &mut O, x: O::Real) -> O::Real {
    let (numerator, divisor) = exprel_parts(ops, x, 717.0);
    let quotient = ops.div(numerator, divisor);
    let one = ops.real(1.0);
    where_small::<Bits64, _>(ops, x, one, quotient)
}

/// x/(e^x - 1), the reciprocal of `exprel` with one division: 1 at 0, -x far below, 0 above 751.76, NaN for NaN.
pub fn exprel_reciprocal<O: Operations>(ops: &mut O, x: O::Real) -> O::Real {
    let (divisor, numerator) = exprel_parts(ops, x, 753.0);
    let quotient = ops.div(numerator, divisor);
    let one = ops.real(1.0);
    where_small::<Bits64, _>(ops, x, one, quotient)
}
