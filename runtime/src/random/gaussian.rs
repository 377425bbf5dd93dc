//! Normal numbers in pairs: in, 128 random bits; out, two independent standard normal numbers.
//!
//! sqrt(-2 ln u) cos(2 pi v) and sqrt(-2 ln u) sin(2 pi v) (Box and Muller, Annals of Mathematical Statistics 29,
//! 1958), without a branch or a call, so that a loop over pairs becomes vector code. The argument of sine and cosine is
//! reduced by whole half turns before it is multiplied by 2 pi, which is exact.

use super::philox::unit;
use crate::math::Scalar;
use crate::math::logarithm::log_of_positive;
use crate::math::trigonometric::sin_of_acute;
use crate::math::width::{Bits64, Width};
use std::f64::consts::TAU;

/// Two normal numbers, each the product of a length, of the first 64 bits, and a coordinate of a direction, of the
/// others.
#[inline(always)]
pub(super) fn pair([low, high]: [u64; 2]) -> [f64; 2] {
    // Never fused: every machine draws the same.
    let mut ops = Scalar { fused: false };
    let length = (-2.0 * log_of_positive(&mut ops, 1.0 - unit(low))).sqrt();
    let turns = unit(high);
    let shifted = 2.0 * turns + Bits64::MAGIC;
    let half_turns = shifted - Bits64::MAGIC;
    // The angle beyond the nearest half turn, at most a quarter of a turn: a multiple of 2^-53 like `turns`.
    let rest = turns - 0.5 * half_turns;
    let odd = shifted.to_bits() << 63;
    let mut coordinate = |angle: f64| {
        let sine = sin_of_acute::<Bits64, _>(&mut ops, TAU * angle);
        f64::from_bits(sine.to_bits() ^ odd)
    };
    [length * coordinate(0.25 - rest.abs()), length * coordinate(rest)]
}
