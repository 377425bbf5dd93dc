//! `sin` and `cos`: in, any real in radians; out, the function to 2 ulp or better.
//!
//! x = n pi + r (for the cosine n is a half more than a whole number) with |r| <= pi/2: one polynomial serves both, the parity of n
//! gives the sign. pi is in two parts, the first of 28 bits, so that n times it is exact up to |n| = 2^24 even where nothing is fused; r
//! is then wrong by |x| 2^-84 at most. Where |x| > 2^24 |r| that may be felt, or the first product be inexact (|x| > 2^24 pi/2 is among
//! these): there, and only there, the functions of `functions` are called. Of random arguments near 1 that is one in 10^7,
//! near 1000 one in 10^4.
//!
//! sin r = r + r^3 P(r^2), P of degree 7 (Remez exchange, error weighted with r^2 + 2^-8, 2^-61; `tests/math_reference/coefficients.py`).

use super::exponential::MAGIC;
use super::operations::{Operations, Rare, polynomial};

const PI_HIGH: f64 = 3.141_592_651_605_606;
const PI_LOW: f64 = 1.984_187_159_361_081e-9;
const SIGN: u64 = 1 << 63;
/// 2^24
const RARE: f64 = 16_777_216.0;

const P: [f64; 8] = [
    -0.166_666_666_666_666_66,
    0.008_333_333_333_333_215,
    -0.000_198_412_698_412_162_06,
    2.755_731_921_226_967_8e-6,
    -2.505_210_697_151_518e-8,
    1.605_894_445_173_395_6e-10,
    -7.643_110_032_775_878e-13,
    2.722_376_438_346_061e-15,
];

/// |x| - n pi.
fn rest<O: Operations>(ops: &mut O, x: O::Real, n: O::Real) -> O::Real {
    let high = ops.real(-PI_HIGH);
    let low = ops.real(-PI_LOW);
    let r = ops.mul_add(n, high, x);
    ops.mul_add(n, low, r)
}

/// sin r for |r| <= pi/2.
fn kernel<O: Operations>(ops: &mut O, r: O::Real) -> O::Real {
    let z = ops.mul(r, r);
    let p = polynomial(ops, z, P);
    let cube = ops.mul(z, r);
    ops.mul_add(cube, p, r)
}

/// Where the reduction is not good enough for `magnitude`.
fn is_rare<O: Operations>(ops: &mut O, magnitude: O::Real, r: O::Real) -> O::Mask {
    let r = ops.abs(r);
    let factor = ops.real(RARE);
    let reach = ops.mul(r, factor);
    ops.gt(magnitude, reach)
}

/// Sine: ±0 for ±0, NaN for ±inf and NaN.
pub fn sin<O: Operations>(ops: &mut O, x: O::Real) -> O::Real {
    let magnitude = ops.abs(x);
    let inverse = ops.real(std::f64::consts::FRAC_1_PI);
    let magic = ops.real(MAGIC);
    let shifted = ops.mul_add(magnitude, inverse, magic);
    let n = ops.sub(shifted, magic);
    let r = rest(ops, magnitude, n);
    let value = kernel(ops, r);

    let parity = ops.to_bits(shifted);
    let parity = ops.shift_left(parity, 63);
    let bits = ops.to_bits(x);
    let sign = ops.bits(SIGN);
    let negative = ops.and_bits(bits, sign);
    let flip = ops.xor_bits(parity, negative);
    let value = ops.to_bits(value);
    let value = ops.xor_bits(value, flip);
    let value = ops.from_bits(value);
    let rare = is_rare(ops, magnitude, r);
    ops.select_rare(rare, Rare::Sin, x, value)
}

/// Cosine: 1 for ±0, NaN for ±inf and NaN.
pub fn cos<O: Operations>(ops: &mut O, x: O::Real) -> O::Real {
    let magnitude = ops.abs(x);
    let inverse = ops.real(std::f64::consts::FRAC_1_PI);
    let minus_half = ops.real(-0.5);
    let turns = ops.mul_add(magnitude, inverse, minus_half);
    let magic = ops.real(MAGIC);
    let shifted = ops.add(turns, magic);
    let n = ops.sub(shifted, magic);
    let n = ops.sub(n, minus_half);
    let r = rest(ops, magnitude, n);
    let value = kernel(ops, r);

    // cos x = -(-1)^whole sin r
    let parity = ops.to_bits(shifted);
    let one = ops.bits(1);
    let parity = ops.xor_bits(parity, one);
    let flip = ops.shift_left(parity, 63);
    let value = ops.to_bits(value);
    let value = ops.xor_bits(value, flip);
    let value = ops.from_bits(value);
    let rare = is_rare(ops, magnitude, r);
    ops.select_rare(rare, Rare::Cos, x, value)
}
