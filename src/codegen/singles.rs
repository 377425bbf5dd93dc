//! Operations on singles, one element at a time: in, an operation and scalars of type `F32`; out, a scalar of type `F32`.
//!
//! Functions of singles are those of reals, rounded.

use super::lower::Body;
use crate::ir::steps::{Real1, Real2};
use cranelift_codegen::ir::{InstBuilder, Value, types};

impl Body<'_, '_, '_> {
    pub(super) fn single1(&mut self, which: Real1, x: Value) -> Value {
        let builder = &mut *self.emitter.builder;
        match which {
            Real1::Negate => builder.ins().fneg(x),
            Real1::Abs => builder.ins().fabs(x),
            Real1::Sqrt => builder.ins().sqrt(x),
            Real1::Floor => builder.ins().floor(x),
            Real1::Ceil => builder.ins().ceil(x),
            _ => self.by_way_of_real(x, |body, x| body.real1(which, x)),
        }
    }

    pub(super) fn single2(&mut self, which: Real2, a: Value, b: Value) -> Value {
        let builder = &mut *self.emitter.builder;
        match which {
            Real2::Add => builder.ins().fadd(a, b),
            Real2::Subtract => builder.ins().fsub(a, b),
            Real2::Multiply => builder.ins().fmul(a, b),
            Real2::Divide => builder.ins().fdiv(a, b),
            _ => {
                let b = builder.ins().fpromote(types::F64, b);
                self.by_way_of_real(a, |body, a| body.real2(which, a, b))
            }
        }
    }

    /// What `function` makes of the number as a real, rounded to a single.
    pub(super) fn by_way_of_real(&mut self, x: Value, function: impl FnOnce(&mut Self, Value) -> Value) -> Value {
        let real = self.emitter.builder.ins().fpromote(types::F64, x);
        let result = function(self, real);
        self.emitter.builder.ins().fdemote(types::F32, result)
    }

    /// The bits of a single, as long as those of a real.
    pub(super) fn single_bits(&mut self, x: Value) -> Value {
        let bits = self.emitter.cast(types::I32, x);
        self.emitter.builder.ins().uextend(types::I64, bits)
    }
}
