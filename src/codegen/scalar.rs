//! Instructions for one element: in, an instruction and which of the elements of the code is meant; out, a scalar.
//!
//! Vector code comes here too, for what has no vector instruction.

use super::imports::Function;
use super::lower::{Body, Element, Lowered, Outside};
use crate::ir::steps::{Draw, Integer2, Kind, Op, ValueId};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};

impl Body<'_, '_, '_> {
    /// An instruction for one lane; the code is of width one.
    pub(super) fn scalar(&mut self, op: Op, element: &Element, lane: u8) -> Value {
        match op {
            Op::Time => self.outside.time,
            Op::Tick => self.outside.step,
            Op::Element => self.index(Some(element.index), lane),
            Op::Pre => self.index(element.pre, lane),
            Op::Post => self.index(element.post, lane),
            Op::Each => self.index(element.each, lane),
            Op::Integer2(which, a, b) => {
                let (a, b) = (self.lane(a, lane), self.lane(b, lane));
                self.integer2(which, a, b)
            }
            Op::IntegerPower(a, n) => {
                let a = self.lane(a, lane);
                self.integer_power(a, n)
            }
            Op::ToReal(a) => {
                let (kind, a) = (self.kind(a), self.lane(a, lane));
                let ins = &mut *self.emitter.builder;
                match kind {
                    Kind::Single => ins.ins().fpromote(types::F64, a),
                    Kind::Boolean => {
                        let number = ins.ins().uextend(types::I32, a);
                        ins.ins().fcvt_from_sint(types::F64, number)
                    }
                    _ => ins.ins().fcvt_from_sint(types::F64, a),
                }
            }
            Op::ToSingle(a) => {
                let a = self.lane(a, lane);
                self.emitter.builder.ins().fdemote(types::F32, a)
            }
            Op::ToInteger(a) => {
                let (kind, a) = (self.kind(a), self.lane(a, lane));
                match kind {
                    Kind::Real => self.emitter.builder.ins().fcvt_to_sint_sat(types::I32, a),
                    Kind::Long => self.emitter.builder.ins().ireduce(types::I32, a),
                    _ => self.emitter.builder.ins().uextend(types::I32, a),
                }
            }
            Op::Timestep(t, dt) => {
                let (t, dt) = (self.lane(t, lane), self.lane(dt, lane));
                self.timestep(t, dt)
            }
            Op::LoadAt(slot, index) => {
                let index = self.lane(index, lane);
                self.load_at(slot, index)
            }
            Op::Host(function, arguments) => self.host(function, arguments, lane),
            Op::Random(number, draw) => self.random(number, draw, element, lane),
            _ => self.scalar_of_lanes(op, lane),
        }
    }

    /// Instructions that `alike` writes, for one lane of their operands.
    fn scalar_of_lanes(&mut self, op: Op, lane: u8) -> Value {
        let scalars: Vec<(ValueId, Lowered)> = op.operands().map(|value| (value, self.lowered(value))).collect();
        for &(value, _) in &scalars {
            let scalar = self.lane(value, lane);
            self.values[self.group][value.0 as usize] = Some(Lowered::Scalar(scalar));
        }
        let result = match op {
            Op::ToBoolean(a) if self.kind(a) == Kind::Integer => {
                let a = self.operand(a);
                self.emitter.builder.ins().icmp_imm_s(IntCC::NotEqual, a, 0)
            }
            _ => self.alike(op),
        };
        for (value, lowered) in scalars.into_iter().rev() {
            self.values[self.group][value.0 as usize] = Some(lowered);
        }
        result
    }

    /// An index as an integer.
    pub(super) fn index(&mut self, index: Option<Value>, lane: u8) -> Value {
        let index = index.expect("loops look up every index that the program reads");
        let ins = &mut *self.emitter.builder;
        let index = if lane == 0 { index } else { ins.ins().iadd_imm_s(index, i64::from(lane)) };
        ins.ins().ireduce(types::I32, index)
    }

    fn integer2(&mut self, which: Integer2, a: Value, b: Value) -> Value {
        let ins = &mut *self.emitter.builder;
        match which {
            Integer2::Add => ins.ins().iadd(a, b),
            Integer2::Subtract => ins.ins().isub(a, b),
            Integer2::Multiply => ins.ins().imul(a, b),
            Integer2::Min => {
                let less = ins.ins().icmp(IntCC::SignedLessThan, b, a);
                ins.ins().select(less, b, a)
            }
            Integer2::Max => {
                let greater = ins.ins().icmp(IntCC::SignedGreaterThan, b, a);
                ins.ins().select(greater, b, a)
            }
            Integer2::FloorDivide => self.divide(a, b).0,
            Integer2::Remainder => self.divide(a, b).1,
        }
    }

    /// Quotient towards minus infinity and its remainder; both 0 where `b` is 0. 64 bits hold every quotient of 32, so that
    /// no division overflows.
    fn divide(&mut self, a: Value, b: Value) -> (Value, Value) {
        let ins = &mut *self.emitter.builder;
        let (a, b) = (ins.ins().sextend(types::I64, a), ins.ins().sextend(types::I64, b));
        let by_zero = ins.ins().icmp_imm_u(IntCC::Equal, b, 0);
        let (zero, one) = (ins.ins().iconst(types::I64, 0), ins.ins().iconst(types::I64, 1));
        let divisor = ins.ins().select(by_zero, one, b);
        let quotient = ins.ins().sdiv(a, divisor);
        let product = ins.ins().imul(quotient, divisor);
        let rest = ins.ins().isub(a, product);
        let signs = ins.ins().bxor(rest, divisor);
        let opposite = ins.ins().icmp_imm_s(IntCC::SignedLessThan, signs, 0);
        let inexact = ins.ins().icmp_imm_u(IntCC::NotEqual, rest, 0);
        let down = ins.ins().band(opposite, inexact);
        let less = ins.ins().iadd_imm_s(quotient, -1);
        let more = ins.ins().iadd(rest, divisor);
        let quotient = ins.ins().select(down, less, quotient);
        let rest = ins.ins().select(down, more, rest);
        let mut reduced = |value| {
            let value = ins.ins().select(by_zero, zero, value);
            ins.ins().ireduce(types::I32, value)
        };
        (reduced(quotient), reduced(rest))
    }

    fn integer_power(&mut self, a: Value, n: u32) -> Value {
        let ins = &mut *self.emitter.builder;
        let mut product = ins.ins().iconst(types::I32, 1);
        let (mut square, mut rest) = (a, n);
        while rest > 0 {
            if rest & 1 == 1 {
                product = ins.ins().imul(product, square);
            }
            rest >>= 1;
            if rest > 0 {
                square = ins.ins().imul(square, square);
            }
        }
        product
    }

    fn timestep(&mut self, t: Value, dt: Value) -> Value {
        let ins = &mut *self.emitter.builder;
        let thousandth = ins.ins().f64const(1e-3);
        let slack = ins.ins().fmul(thousandth, dt);
        let later = ins.ins().fadd(t, slack);
        let steps = ins.ins().fdiv(later, dt);
        ins.ins().fcvt_to_sint_sat(types::I64, steps)
    }

    /// A call of a function of the host program, by its address; arguments that it does not take are 0.
    fn host(&mut self, function: u32, arguments: [Option<ValueId>; 4], lane: u8) -> Value {
        let function = self.emitter.imports.host_function(function);
        let count = arguments.iter().flatten().count();
        let ins = &mut *self.emitter.builder;
        let mut passed = vec![ins.ins().iconst(types::I64, function), ins.ins().iconst(types::I64, count as i64)];
        for argument in arguments {
            passed.push(match argument {
                Some(argument) => self.lane(argument, lane),
                None => self.emitter.builder.ins().f64const(0.0),
            });
        }
        self.emitter.call(Function::Host, &passed)
    }

    fn random(&mut self, number: u32, draw: Draw, element: &Element, lane: u8) -> Value {
        let element = self.index(Some(element.index), lane);
        let number = self.emitter.builder.ins().iconst(types::I32, i64::from(number));
        let Outside { key, step, .. } = self.outside;
        let mut arguments = vec![key, step, element, number];
        let function = match draw {
            Draw::Uniform => Function::Uniform,
            Draw::Normal => Function::Normal,
            Draw::Poisson(mean) => {
                arguments.push(self.lane(mean, lane));
                Function::Poisson
            }
            Draw::Binomial(n, p) => {
                arguments.extend([self.lane(n, lane), self.lane(p, lane)]);
                Function::Binomial
            }
        };
        self.emitter.call(function, &arguments)
    }
}
