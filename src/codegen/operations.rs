//! The operations of `runtime::math` as instructions: in, Cranelift values; out, Cranelift values, one or two lanes each.
//!
//! A real is `F64` or `F64X2`, its bits are `I64` or `I64X2`, a mask is `I8` (0 or 1) or `I64X2` (lanes of all zeros or all ones).

use super::imports::{Function, Imports};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{
    BlockArg, ConstantData, Endianness, Inst, InstBuilder, MemFlagsData, Opcode, Type, Value, ValueDef, types,
};
use cranelift_frontend::FunctionBuilder;
use cranelift_jit::JITModule;
use runtime::math::{Operations, Rare};
use std::collections::HashMap;

/// How many elements an instruction works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    One,
    Two,
}

impl Width {
    pub(super) fn real(self) -> Type {
        match self {
            Self::One => types::F64,
            Self::Two => types::F64X2,
        }
    }

    pub(super) fn bits(self) -> Type {
        match self {
            Self::One => types::I64,
            Self::Two => types::I64X2,
        }
    }
}

/// Writes instructions at the end of a function in the making.
pub(super) struct Emitter<'a, 'f> {
    pub(super) builder: &'a mut FunctionBuilder<'f>,
    pub(super) module: &'a mut JITModule,
    pub(super) imports: &'a mut Imports,
    pub(super) width: Width,
    pub(super) fused: bool,
    /// Vector constants already written for the instruction of the program that is being written.
    pub(super) constants: HashMap<(Type, u64), Value>,
}

impl Emitter<'_, '_> {
    /// The same bits seen as another type of their size.
    pub(super) fn cast(&mut self, to: Type, value: Value) -> Value {
        let flags = MemFlagsData::new().with_endianness(Endianness::Little);
        self.builder.ins().bitcast(to, flags, value)
    }

    /// The same bits in both lanes.
    fn vector_constant(&mut self, vector: Type, bits: u64) -> Value {
        if let Some(&value) = self.constants.get(&(vector, bits)) {
            return value;
        }
        let bytes = [bits.to_le_bytes(), bits.to_le_bytes()].concat();
        let constant = self.builder.func.dfg.constants.insert(ConstantData::from(bytes.as_slice()));
        let value = self.builder.ins().vconst(vector, constant);
        self.constants.insert((vector, bits), value);
        value
    }

    /// Two scalars side by side.
    pub(super) fn join(&mut self, lanes: [Value; 2], vector: Type) -> Value {
        let first = self.builder.ins().scalar_to_vector(vector, lanes[0]);
        self.builder.ins().insertlane(first, lanes[1], 1)
    }

    /// The scalars of a vector.
    pub(super) fn split(&mut self, vector: Value) -> [Value; 2] {
        [0, 1].map(|lane| self.builder.ins().extractlane(vector, lane))
    }

    /// An integer that is not zero where the mask holds in some lane; of two lanes, bit by bit.
    pub(super) fn lanes_of(&mut self, mask: Value) -> Value {
        match self.width {
            Width::One => mask,
            Width::Two => self.builder.ins().vhigh_bits(types::I32, mask),
        }
    }

    pub(super) fn call(&mut self, function: Function, arguments: &[Value]) -> Value {
        let call = self.call_for_effect(function, arguments);
        self.builder.inst_results(call)[0]
    }

    pub(super) fn call_for_effect(&mut self, function: Function, arguments: &[Value]) -> Inst {
        let reference = self.imports.reference(self.module, self.builder.func, function);
        self.builder.ins().call(reference, arguments)
    }

    /// Calls a function of reals for every lane.
    pub(super) fn call_lanes(&mut self, function: Function, x: Value) -> Value {
        match self.width {
            Width::One => self.call(function, &[x]),
            Width::Two => {
                let lanes = self.split(x).map(|lane| self.call(function, &[lane]));
                self.join(lanes, types::F64X2)
            }
        }
    }

    pub(super) fn compare(&mut self, condition: FloatCC, a: Value, b: Value) -> Value {
        self.builder.ins().fcmp(condition, a, b)
    }

    /// Whether a mask is a comparison of reals itself: then the real domain has blends, minima and maxima for it.
    fn compares_reals(&self, mask: Value) -> bool {
        let dfg = &self.builder.func.dfg;
        matches!(dfg.value_def(mask), ValueDef::Result(made, _) if dfg.insts[made].opcode() == Opcode::Fcmp)
    }

    /// Chooses lane by lane between two values of one type.
    pub(super) fn choose(&mut self, mask: Value, a: Value, b: Value) -> Value {
        let kind = self.builder.func.dfg.value_type(a);
        match self.width {
            Width::One => self.builder.ins().select(mask, a, b),
            Width::Two if kind == types::F64X2 && self.compares_reals(mask) => {
                let mask = self.cast(types::F64X2, mask);
                self.builder.ins().bitselect(mask, a, b)
            }
            Width::Two if kind == types::F64X2 => {
                let (a, b) = (self.cast(types::I64X2, a), self.cast(types::I64X2, b));
                let chosen = self.builder.ins().bitselect(mask, a, b);
                self.cast(types::F64X2, chosen)
            }
            Width::Two => self.builder.ins().bitselect(mask, a, b),
        }
    }

    /// Chooses between two scalars of one type by a conditional move: `choose` makes a branch of reals, which costs much where it
    /// is not foreseen.
    pub(super) fn choose_without_branch(&mut self, mask: Value, a: Value, b: Value) -> Value {
        let kind = self.builder.func.dfg.value_type(a);
        let bits = match kind {
            types::F64 => types::I64,
            types::F32 => types::I32,
            _ => return self.choose(mask, a, b),
        };
        let (a, b) = (self.cast(bits, a), self.cast(bits, b));
        let chosen = self.builder.ins().select(mask, a, b);
        self.cast(kind, chosen)
    }

    pub(super) fn invert(&mut self, mask: Value) -> Value {
        match self.width {
            Width::One => self.builder.ins().icmp_imm_u(IntCC::Equal, mask, 0),
            Width::Two => self.builder.ins().bnot(mask),
        }
    }
}

impl Operations for Emitter<'_, '_> {
    type Real = Value;
    type Bits = Value;
    type Mask = Value;
    const FRACTION: u32 = 52;
    const ONE: u64 = 1.0_f64.to_bits();

    fn real(&mut self, value: f64) -> Value {
        match self.width {
            Width::One => self.builder.ins().f64const(value),
            Width::Two => self.vector_constant(types::F64X2, value.to_bits()),
        }
    }
    fn bits(&mut self, value: u64) -> Value {
        match self.width {
            Width::One => self.builder.ins().iconst(types::I64, value.cast_signed()),
            Width::Two => self.vector_constant(types::I64X2, value),
        }
    }
    fn add(&mut self, a: Value, b: Value) -> Value {
        self.builder.ins().fadd(a, b)
    }
    fn sub(&mut self, a: Value, b: Value) -> Value {
        self.builder.ins().fsub(a, b)
    }
    fn mul(&mut self, a: Value, b: Value) -> Value {
        self.builder.ins().fmul(a, b)
    }
    fn div(&mut self, a: Value, b: Value) -> Value {
        self.builder.ins().fdiv(a, b)
    }
    fn neg(&mut self, a: Value) -> Value {
        self.builder.ins().fneg(a)
    }
    fn abs(&mut self, a: Value) -> Value {
        self.builder.ins().fabs(a)
    }
    fn sqrt(&mut self, a: Value) -> Value {
        self.builder.ins().sqrt(a)
    }
    fn mul_add(&mut self, a: Value, b: Value, c: Value) -> Value {
        if self.fused {
            return self.builder.ins().fma(a, b, c);
        }
        let product = self.builder.ins().fmul(a, b);
        self.builder.ins().fadd(product, c)
    }
    fn lt(&mut self, a: Value, b: Value) -> Value {
        self.compare(FloatCC::LessThan, a, b)
    }
    fn le(&mut self, a: Value, b: Value) -> Value {
        self.compare(FloatCC::LessThanOrEqual, a, b)
    }
    fn gt(&mut self, a: Value, b: Value) -> Value {
        self.compare(FloatCC::GreaterThan, a, b)
    }
    fn ge(&mut self, a: Value, b: Value) -> Value {
        self.compare(FloatCC::GreaterThanOrEqual, a, b)
    }
    fn eq(&mut self, a: Value, b: Value) -> Value {
        self.compare(FloatCC::Equal, a, b)
    }
    fn ne(&mut self, a: Value, b: Value) -> Value {
        self.compare(FloatCC::NotEqual, a, b)
    }
    fn and(&mut self, a: Value, b: Value) -> Value {
        self.builder.ins().band(a, b)
    }
    fn or(&mut self, a: Value, b: Value) -> Value {
        self.builder.ins().bor(a, b)
    }
    fn not(&mut self, a: Value) -> Value {
        self.invert(a)
    }
    fn select(&mut self, mask: Value, a: Value, b: Value) -> Value {
        self.choose(mask, a, b)
    }
    fn select_bits(&mut self, mask: Value, a: Value, b: Value) -> Value {
        self.choose(mask, a, b)
    }
    fn select_rare(&mut self, mask: Value, rare: Rare, x: Value, inline: Value) -> Value {
        let function = match rare {
            Rare::Sin => Function::SinAnywhere,
            Rare::Cos => Function::CosAnywhere,
        };
        let (cold, after) = (self.builder.create_block(), self.builder.create_block());
        self.builder.set_cold_block(cold);
        let result = self.builder.append_block_param(after, self.width.real());
        let some = self.lanes_of(mask);
        self.builder.ins().brif(some, cold, &[], after, &[BlockArg::Value(inline)]);
        // What is written in the cold block is not there behind it.
        self.constants.clear();
        self.builder.switch_to_block(cold);
        let called = self.call_lanes(function, x);
        let chosen = self.choose(mask, called, inline);
        self.builder.ins().jump(after, &[BlockArg::Value(chosen)]);
        self.constants.clear();
        self.builder.switch_to_block(after);
        result
    }
    fn bits_of(&mut self, a: Value) -> Value {
        self.cast(self.width.bits(), a)
    }
    fn real_of(&mut self, a: Value) -> Value {
        self.cast(self.width.real(), a)
    }
    fn add_bits(&mut self, a: Value, b: Value) -> Value {
        self.builder.ins().iadd(a, b)
    }
    fn sub_bits(&mut self, a: Value, b: Value) -> Value {
        self.builder.ins().isub(a, b)
    }
    fn and_bits(&mut self, a: Value, b: Value) -> Value {
        self.builder.ins().band(a, b)
    }
    fn or_bits(&mut self, a: Value, b: Value) -> Value {
        self.builder.ins().bor(a, b)
    }
    fn xor_bits(&mut self, a: Value, b: Value) -> Value {
        self.builder.ins().bxor(a, b)
    }
    fn shift_left(&mut self, a: Value, by: u32) -> Value {
        self.builder.ins().ishl_imm_u(a, i64::from(by))
    }
    fn shift_right(&mut self, a: Value, by: u32) -> Value {
        self.builder.ins().ushr_imm_u(a, i64::from(by))
    }
}
