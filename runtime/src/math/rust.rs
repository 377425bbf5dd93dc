//! The operations on one `f64` or one `f32` in Rust: what the interpreter runs, and the meaning of what the compiler
//! emits.

use super::operations::{DOUBLE, Operations, Rare, SINGLE, in_two_factors};

/// Arithmetic on `f64`, fused or not as the compiled model says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// Whether `mul_add` rounds once.
    pub fused: bool,
}

/// Arithmetic on `f32`, fused or not as the compiled model says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Single {
    /// Whether `mul_add` rounds once.
    pub fused: bool,
}

macro_rules! operations {
    ($machine:ident, $real:ty, $bits:ty, $format:expr) => {
        impl Operations for $machine {
            type Real = $real;
            type Bits = $bits;
            type Mask = bool;

            #[inline(always)]
            fn real(&mut self, value: f64) -> $real {
                value as $real
            }
            #[inline(always)]
            fn bits(&mut self, value: u64) -> $bits {
                value as $bits
            }
            #[inline(always)]
            fn add(&mut self, a: $real, b: $real) -> $real {
                a + b
            }
            #[inline(always)]
            fn sub(&mut self, a: $real, b: $real) -> $real {
                a - b
            }
            #[inline(always)]
            fn mul(&mut self, a: $real, b: $real) -> $real {
                a * b
            }
            #[inline(always)]
            fn div(&mut self, a: $real, b: $real) -> $real {
                a / b
            }
            #[inline(always)]
            fn neg(&mut self, a: $real) -> $real {
                -a
            }
            #[inline(always)]
            fn abs(&mut self, a: $real) -> $real {
                a.abs()
            }
            #[inline(always)]
            fn sqrt(&mut self, a: $real) -> $real {
                a.sqrt()
            }
            #[inline(always)]
            fn mul_add(&mut self, a: $real, b: $real, c: $real) -> $real {
                if self.fused { a.mul_add(b, c) } else { a * b + c }
            }
            #[inline(always)]
            fn lt(&mut self, a: $real, b: $real) -> bool {
                a < b
            }
            #[inline(always)]
            fn le(&mut self, a: $real, b: $real) -> bool {
                a <= b
            }
            #[inline(always)]
            fn gt(&mut self, a: $real, b: $real) -> bool {
                a > b
            }
            #[inline(always)]
            fn ge(&mut self, a: $real, b: $real) -> bool {
                a >= b
            }
            #[inline(always)]
            fn eq(&mut self, a: $real, b: $real) -> bool {
                a == b
            }
            #[inline(always)]
            fn ne(&mut self, a: $real, b: $real) -> bool {
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
            fn select(&mut self, mask: bool, a: $real, b: $real) -> $real {
                if mask { a } else { b }
            }
            #[inline(always)]
            fn select_bits(&mut self, mask: bool, a: $bits, b: $bits) -> $bits {
                if mask { a } else { b }
            }
            #[inline(always)]
            fn select_rare(&mut self, mask: bool, rare: Rare, x: $real, inline: $real) -> $real {
                if mask { rare.function()(x.into()) as $real } else { inline }
            }
            #[inline(always)]
            fn bits_of(&mut self, a: $real) -> $bits {
                a.to_bits()
            }
            #[inline(always)]
            fn real_of(&mut self, a: $bits) -> $real {
                <$real>::from_bits(a)
            }
            #[inline(always)]
            fn add_bits(&mut self, a: $bits, b: $bits) -> $bits {
                a.wrapping_add(b)
            }
            #[inline(always)]
            fn sub_bits(&mut self, a: $bits, b: $bits) -> $bits {
                a.wrapping_sub(b)
            }
            #[inline(always)]
            fn and_bits(&mut self, a: $bits, b: $bits) -> $bits {
                a & b
            }
            #[inline(always)]
            fn or_bits(&mut self, a: $bits, b: $bits) -> $bits {
                a | b
            }
            #[inline(always)]
            fn xor_bits(&mut self, a: $bits, b: $bits) -> $bits {
                a ^ b
            }
            #[inline(always)]
            fn shift_left(&mut self, a: $bits, by: u32) -> $bits {
                a << by
            }
            #[inline(always)]
            fn shift_right(&mut self, a: $bits, by: u32) -> $bits {
                a >> by
            }
            #[inline(always)]
            fn times_power_of_two(&mut self, a: $real, _whole: $real, shifted: $real) -> $real {
                in_two_factors(self, a, shifted, $format)
            }
        }
    };
}

operations!(Scalar, f64, u64, DOUBLE);
operations!(Single, f32, u32, SINGLE);
