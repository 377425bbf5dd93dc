//! What numbers of 64 and of 32 bits differ in, for functions that are otherwise the same: constants of the two
//! formats, and what is done with signs and small numbers in either.

use super::operations::Operations;

/// A format of numbers; what has it is no value but a word for which of the two is meant.
pub(crate) trait Width {
    /// Where the sign is.
    const SIGN_PLACE: u32;
    /// Bits of the fraction.
    const FRACTION: u32;
    /// The bits of 1.
    const ONE: u64;
    /// The bits of 1/sqrt 2.
    const ROOT_HALF: u64;
    /// Sign and exponent.
    const EXPONENT: u64;
    /// The bits of 2 to the number of bits of the fraction: ored with a small whole number, it is that of their sum.
    const WHOLE: u64;
    /// 1.5 times that number: a sum with it holds the nearest whole number in its low bits, negative ones too.
    const MAGIC: f64;
    /// Under it the second terms of the series are lost: e^x - 1 and log(1 + x) are x, and (e^x - 1)/x is 1.
    const SMALL: f64;
}

/// `f64`.
pub(crate) struct Bits64;

impl Width for Bits64 {
    const SIGN_PLACE: u32 = 63;
    const FRACTION: u32 = 52;
    const ONE: u64 = 1.0_f64.to_bits();
    const ROOT_HALF: u64 = std::f64::consts::FRAC_1_SQRT_2.to_bits();
    const EXPONENT: u64 = 0xfff0_0000_0000_0000;
    const WHOLE: u64 = 4_503_599_627_370_496.0_f64.to_bits();
    const MAGIC: f64 = 6_755_399_441_055_744.0;
    /// 2^-54
    const SMALL: f64 = 5.551_115_123_125_783e-17;
}

/// `f32`.
pub(crate) struct Bits32;

impl Width for Bits32 {
    const SIGN_PLACE: u32 = 31;
    const FRACTION: u32 = 23;
    const ONE: u64 = 1.0_f32.to_bits() as u64;
    const ROOT_HALF: u64 = std::f32::consts::FRAC_1_SQRT_2.to_bits() as u64;
    const EXPONENT: u64 = 0xff80_0000;
    const WHOLE: u64 = 8_388_608.0_f32.to_bits() as u64;
    const MAGIC: f64 = 12_582_912.0;
    /// 2^-25
    const SMALL: f64 = 2.980_232_238_769_531_3e-8;
}

/// `small` where |x| is below `SMALL`, else `other`.
pub(super) fn where_small<W: Width, O: Operations>(ops: &mut O, x: O::Real, small: O::Real, other: O::Real) -> O::Real {
    let magnitude = ops.abs(x);
    let limit = ops.real(W::SMALL);
    let mask = ops.lt(magnitude, limit);
    ops.select(mask, small, other)
}

/// The sign bit of `x`.
#[inline(always)]
pub(super) fn sign_of<W: Width, O: Operations>(ops: &mut O, x: O::Real) -> O::Bits {
    let bits = ops.bits_of(x);
    let sign = ops.bits(1 << W::SIGN_PLACE);
    ops.and_bits(bits, sign)
}

/// `magnitude`, which is not negative, with the sign of `x`.
#[inline(always)]
pub(super) fn with_sign_of<W: Width, O: Operations>(ops: &mut O, x: O::Real, magnitude: O::Real) -> O::Real {
    let sign = sign_of::<W, _>(ops, x);
    let magnitude = ops.bits_of(magnitude);
    let signed = ops.or_bits(magnitude, sign);
    ops.real_of(signed)
}
