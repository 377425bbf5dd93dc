//! What a mathematical function may do with a number: in, values of some engine; out, values of the same engine.
//!
//! A value is one `f64`, several `f64` side by side, or an instruction that will compute them; or the same of `f32`,
//! of which an engine has arithmetic of its own. Every operation works on each lane alone, is rounded to nearest-even
//! where IEEE 754 rounds, and never traps. There are no conversions between reals and integers but by their bits:
//! 128-bit vectors of `f64` have none worth using.

use super::functions;

/// Functions called for the few arguments that straight-line code leaves aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rare {
    /// Sine anywhere.
    Sin,
    /// Cosine anywhere.
    Cos,
}

impl Rare {
    /// The function; also its address for compiled code.
    pub fn function(self) -> extern "C" fn(f64) -> f64 {
        match self {
            Self::Sin => functions::sin_anywhere,
            Self::Cos => functions::cos_anywhere,
        }
    }

    /// Its row in `functions::ROWS`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sin => "sin",
            Self::Cos => "cos",
        }
    }
}

/// Arithmetic of an engine, lane by lane.
pub trait Operations {
    /// Lanes of `f64`, or of `f32`.
    type Real: Copy;
    /// Lanes of as many bits, seen as wrapping integers.
    type Bits: Copy;
    /// One truth value per lane.
    type Mask: Copy;

    /// The same number in every lane, rounded to what a lane holds.
    fn real(&mut self, value: f64) -> Self::Real;
    /// The same bits in every lane: the lower half of these where a lane has 32.
    fn bits(&mut self, value: u64) -> Self::Bits;

    /// `a + b`
    fn add(&mut self, a: Self::Real, b: Self::Real) -> Self::Real;
    /// `a - b`
    fn sub(&mut self, a: Self::Real, b: Self::Real) -> Self::Real;
    /// `a*b`
    fn mul(&mut self, a: Self::Real, b: Self::Real) -> Self::Real;
    /// `a/b`
    fn div(&mut self, a: Self::Real, b: Self::Real) -> Self::Real;
    /// `-a`: the sign bit inverted.
    fn neg(&mut self, a: Self::Real) -> Self::Real;
    /// `|a|`: the sign bit cleared.
    fn abs(&mut self, a: Self::Real) -> Self::Real;
    /// Square root, correctly rounded.
    fn sqrt(&mut self, a: Self::Real) -> Self::Real;
    /// `a*b + c`: rounded once where the compiled model is fused, else the product and the sum each.
    fn mul_add(&mut self, a: Self::Real, b: Self::Real, c: Self::Real) -> Self::Real;

    /// `a < b`; false where either is NaN.
    fn lt(&mut self, a: Self::Real, b: Self::Real) -> Self::Mask;
    /// `a <= b`; false where either is NaN.
    fn le(&mut self, a: Self::Real, b: Self::Real) -> Self::Mask;
    /// `a > b`; false where either is NaN.
    fn gt(&mut self, a: Self::Real, b: Self::Real) -> Self::Mask;
    /// `a >= b`; false where either is NaN.
    fn ge(&mut self, a: Self::Real, b: Self::Real) -> Self::Mask;
    /// `a == b`; false where either is NaN.
    fn eq(&mut self, a: Self::Real, b: Self::Real) -> Self::Mask;
    /// `a != b`; true where either is NaN.
    fn ne(&mut self, a: Self::Real, b: Self::Real) -> Self::Mask;

    /// Both.
    fn and(&mut self, a: Self::Mask, b: Self::Mask) -> Self::Mask;
    /// Either.
    fn or(&mut self, a: Self::Mask, b: Self::Mask) -> Self::Mask;
    /// Not.
    fn not(&mut self, a: Self::Mask) -> Self::Mask;

    /// `a` where the mask holds, else `b`.
    fn select(&mut self, mask: Self::Mask, a: Self::Real, b: Self::Real) -> Self::Real;
    /// `a` where the mask holds, else `b`.
    fn select_bits(&mut self, mask: Self::Mask, a: Self::Bits, b: Self::Bits) -> Self::Bits;
    /// `rare` of `x` where the mask holds, else `inline`. The mask hardly ever holds: a cold branch around a call per
    /// lane is the way to do it. Lanes of `f32` are widened for it, and its result is rounded.
    fn select_rare(&mut self, mask: Self::Mask, rare: Rare, x: Self::Real, inline: Self::Real) -> Self::Real;

    /// The bits of `a`.
    fn bits_of(&mut self, a: Self::Real) -> Self::Bits;
    /// The number with the bits `a`.
    fn real_of(&mut self, a: Self::Bits) -> Self::Real;
    /// `a + b`, wrapping.
    fn add_bits(&mut self, a: Self::Bits, b: Self::Bits) -> Self::Bits;
    /// `a - b`, wrapping.
    fn sub_bits(&mut self, a: Self::Bits, b: Self::Bits) -> Self::Bits;
    /// `a & b`
    fn and_bits(&mut self, a: Self::Bits, b: Self::Bits) -> Self::Bits;
    /// `a | b`
    fn or_bits(&mut self, a: Self::Bits, b: Self::Bits) -> Self::Bits;
    /// `a ^ b`
    fn xor_bits(&mut self, a: Self::Bits, b: Self::Bits) -> Self::Bits;
    /// `a << by`, `by` less than the bits of a lane.
    fn shift_left(&mut self, a: Self::Bits, by: u32) -> Self::Bits;
    /// `a >> by` with zeros from the left, `by` less than the bits of a lane.
    fn shift_right(&mut self, a: Self::Bits, by: u32) -> Self::Bits;

    /// `a*2^n`, rounded once, for an `a` from 0.5 to 2 and a whole number n from -1075 to 1024 (from -150 to 128 for
    /// `f32`) that is given twice: as `whole`, and in the low bits of `shifted`, its sum with a number whose low bits
    /// are zeros. One instruction where there is AVX-512, elsewhere `in_two_factors`.
    fn times_power_of_two(&mut self, a: Self::Real, whole: Self::Real, shifted: Self::Real) -> Self::Real;

    /// `a` if it is less than `b`, else `b`, so that a NaN on the right goes through: one instruction on x86 (`minpd`).
    fn lesser(&mut self, a: Self::Real, b: Self::Real) -> Self::Real {
        let mask = self.lt(a, b);
        self.select(mask, a, b)
    }

    /// `a` if it is greater than `b`, else `b`, so that a NaN on the right goes through: one instruction on x86
    /// (`maxpd`).
    fn greater(&mut self, a: Self::Real, b: Self::Real) -> Self::Real {
        let mask = self.lt(b, a);
        self.select(mask, a, b)
    }
}

/// `times_power_of_two` without an instruction for it: in two factors, since a factor only reaches from -1022 to 1023
/// (from -126 to 127). A real has so many bits of fraction, and 1 these bits.
#[inline(always)]
pub fn in_two_factors<O: Operations>(
    ops: &mut O,
    a: O::Real,
    shifted: O::Real,
    (fraction, one): (u32, u64),
) -> O::Real {
    let shifted = ops.bits_of(shifted);
    let one = ops.bits(one);
    let half = ops.shift_right(shifted, 1);
    let rest = ops.sub_bits(shifted, half);
    let half = ops.shift_left(half, fraction);
    let half = ops.add_bits(half, one);
    let rest = ops.shift_left(rest, fraction);
    let rest = ops.add_bits(rest, one);
    let half = ops.real_of(half);
    let rest = ops.real_of(rest);
    let partial = ops.mul(a, half);
    ops.mul(partial, rest)
}

/// What `in_two_factors` asks of `f64`.
pub const DOUBLE: (u32, u64) = (f64::MANTISSA_DIGITS - 1, 1.0_f64.to_bits());
/// What it asks of `f32`.
pub const SINGLE: (u32, u64) = (f32::MANTISSA_DIGITS - 1, 1.0_f32.to_bits() as u64);

/// The polynomial in `z` with these coefficients, the constant first, by Estrin's scheme: neighbours are joined in
/// pairs with z, z^2, z^4 …, which halves the latency of Horner's for the same number of multiply-adds and a few
/// squarings.
#[inline(always)]
pub(super) fn polynomial<O: Operations, const N: usize>(ops: &mut O, z: O::Real, coefficients: [f64; N]) -> O::Real {
    let mut terms = coefficients.map(|coefficient| ops.real(coefficient));
    let mut power = z;
    // Counts of both loops are constants, so that the Rust compiler unrolls them wherever this is inlined.
    let levels = N.next_power_of_two().ilog2();
    for level in 0..levels {
        let count = N.div_ceil(1 << level);
        for pair in 0..N.div_ceil(2) {
            if 2 * pair + 1 < count {
                terms[pair] = ops.mul_add(terms[2 * pair + 1], power, terms[2 * pair]);
            } else if 2 * pair < count {
                terms[pair] = terms[2 * pair];
            }
        }
        if level + 1 < levels {
            power = ops.mul(power, power);
        }
    }
    terms[0]
}
