//! The operations on one `f64` in Rust: what the interpreter runs, and the meaning of what the compiler emits.

use super::operations::{Operations, Rare};

/// Arithmetic on `f64`, fused or not as the compiled model says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// Whether `mul_add` rounds once.
    pub fused: bool,
}

impl Operations for Scalar {
    type Real = f64;
    type Bits = u64;
    type Mask = bool;

    #[inline(always)]
    fn real(&mut self, value: f64) -> f64 {
        value
    }
    #[inline(always)]
    fn bits(&mut self, value: u64) -> u64 {
        value
    }
    #[inline(always)]
    fn add(&mut self, a: f64, b: f64) -> f64 {
        a + b
    }
    #[inline(always)]
    fn sub(&mut self, a: f64, b: f64) -> f64 {
        a - b
    }
    #[inline(always)]
    fn mul(&mut self, a: f64, b: f64) -> f64 {
        a * b
    }
    #[inline(always)]
    fn div(&mut self, a: f64, b: f64) -> f64 {
        a / b
    }
    #[inline(always)]
    fn neg(&mut self, a: f64) -> f64 {
        -a
    }
    #[inline(always)]
    fn abs(&mut self, a: f64) -> f64 {
        a.abs()
    }
    #[inline(always)]
    fn sqrt(&mut self, a: f64) -> f64 {
        a.sqrt()
    }
    #[inline(always)]
    fn mul_add(&mut self, a: f64, b: f64, c: f64) -> f64 {
        if self.fused { a.mul_add(b, c) } else { a * b + c }
    }
    #[inline(always)]
    fn lt(&mut self, a: f64, b: f64) -> bool {
        a < b
    }
    #[inline(always)]
    fn le(&mut self, a: f64, b: f64) -> bool {
        a <= b
    }
    #[inline(always)]
    fn gt(&mut self, a: f64, b: f64) -> bool {
        a > b
    }
    #[inline(always)]
    fn ge(&mut self, a: f64, b: f64) -> bool {
        a >= b
    }
    #[inline(always)]
    fn eq(&mut self, a: f64, b: f64) -> bool {
        a == b
    }
    #[inline(always)]
    fn ne(&mut self, a: f64, b: f64) -> bool {
        a != b
    }
    #[inline(always)]
    fn and(&mut self, a: bool, b: bool) -> bool {
        a & b
    }
    #[inline(always)]
    fn or(&mut self, a: bool, b: bool) -> bool {
        a | b
    }
    #[inline(always)]
    fn not(&mut self, a: bool) -> bool {
        !a
    }
    #[inline(always)]
    fn select(&mut self, mask: bool, a: f64, b: f64) -> f64 {
        if mask { a } else { b }
    }
    #[inline(always)]
    fn select_bits(&mut self, mask: bool, a: u64, b: u64) -> u64 {
        if mask { a } else { b }
    }
    #[inline(always)]
    fn select_rare(&mut self, mask: bool, rare: Rare, x: f64, inline: f64) -> f64 {
        if mask { rare.function()(x) } else { inline }
    }
    #[inline(always)]
    fn bits_of(&mut self, a: f64) -> u64 {
        a.to_bits()
    }
    #[inline(always)]
    fn real_of(&mut self, a: u64) -> f64 {
        f64::from_bits(a)
    }
    #[inline(always)]
    fn add_bits(&mut self, a: u64, b: u64) -> u64 {
        a.wrapping_add(b)
    }
    #[inline(always)]
    fn sub_bits(&mut self, a: u64, b: u64) -> u64 {
        a.wrapping_sub(b)
    }
    #[inline(always)]
    fn and_bits(&mut self, a: u64, b: u64) -> u64 {
        a & b
    }
    #[inline(always)]
    fn or_bits(&mut self, a: u64, b: u64) -> u64 {
        a | b
    }
    #[inline(always)]
    fn xor_bits(&mut self, a: u64, b: u64) -> u64 {
        a ^ b
    }
    #[inline(always)]
    fn shift_left(&mut self, a: u64, by: u32) -> u64 {
        a << by
    }
    #[inline(always)]
    fn shift_right(&mut self, a: u64, by: u32) -> u64 {
        a >> by
    }
}
