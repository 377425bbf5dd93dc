//! Operations on singles: in, an operation and values of type `F32` or `F32X4`; out, a value of that type.

use super::imports::Function;
use super::lower::Body;
use super::operations::{Emitter, Width};
use crate::ir::steps::{Real1, Real2};
use cranelift_codegen::ir::{InstBuilder, Value, types};
use runtime::math::{self, Operations, single};

impl Body<'_, '_, '_> {
    pub(super) fn single1(&mut self, which: Real1, x: Value) -> Value {
        let inline = self.inline;
        let write = |ops: &mut Emitter<'_, '_>| match which {
            Real1::Negate => Some(ops.neg(x)),
            Real1::Abs => Some(ops.abs(x)),
            Real1::Sqrt => Some(ops.sqrt(x)),
            Real1::Floor => Some(ops.builder.ins().floor(x)),
            Real1::Ceil => Some(ops.builder.ins().ceil(x)),
            Real1::Sign => Some(math::sign(ops, x)),
            Real1::Sin if inline => Some(single::sin(ops, x)),
            Real1::Cos if inline => Some(single::cos(ops, x)),
            Real1::Tanh if inline => Some(single::tanh(ops, x)),
            Real1::Exp if inline => Some(single::exp(ops, x)),
            Real1::Expm1 if inline => Some(single::expm1(ops, x)),
            Real1::Exprel if inline => Some(single::exprel(ops, x)),
            Real1::Log if inline => Some(single::log(ops, x)),
            Real1::Log1p if inline => Some(single::log1p(ops, x)),
            _ => None,
        };
        let fused = self.emitter.fused;
        let written = self.emitter.in_singles(write);
        written.unwrap_or_else(|| self.emitter.call_lanes(Function::Single1(which, fused), x))
    }

    pub(super) fn single2(&mut self, which: Real2, a: Value, b: Value) -> Value {
        self.emitter.in_singles(|ops| match which {
            Real2::Add => ops.add(a, b),
            Real2::Subtract => ops.sub(a, b),
            Real2::Multiply => ops.mul(a, b),
            Real2::Divide => ops.div(a, b),
            Real2::Min => math::minimum(ops, a, b),
            Real2::Max => math::maximum(ops, a, b),
            Real2::Power | Real2::FloorDivide | Real2::Remainder => {
                unreachable!("the verifier lets {which:?} have reals only")
            }
        })
    }

    /// A comparison of singles as a mask of reals, which is what booleans are.
    pub(super) fn mask_of_reals(&mut self, mask: Value) -> Value {
        match self.emitter.width {
            Width::One => mask,
            Width::Two => self.emitter.builder.ins().swiden_low(mask),
        }
    }

    /// Chooses between singles by a boolean.
    pub(super) fn choose_single(&mut self, mask: Value, a: Value, b: Value) -> Value {
        let mask = match self.emitter.width {
            Width::One => mask,
            Width::Two => self.emitter.mask_of_singles(mask),
        };
        self.emitter.choose(mask, a, b)
    }

    /// The bits of a single, in as many as those of a real.
    pub(super) fn single_bits(&mut self, x: Value) -> Value {
        match self.emitter.width {
            Width::One => {
                let bits = self.emitter.cast(types::I32, x);
                self.emitter.builder.ins().uextend(types::I64, bits)
            }
            Width::Two => {
                let known = self.emitter.lower_half(x);
                self.emitter.cast(types::I64X2, known)
            }
        }
    }
}
