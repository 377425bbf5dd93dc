//! The operations of `runtime::math` as instructions: in, Cranelift values; out, Cranelift values, one or two lanes each.
//!
//! A real is `F64` or `F64X2`, its bits are `I64` or `I64X2`, a mask is `I8` (0 or 1) or `I64X2` (lanes of all zeros
//! or all ones). Of singles it is `F32` or `F32X4`, `I32` or `I32X4`, `I8` or `I32X4`: two lanes are used, so that
//! two elements are one vector of either kind. The upper lanes are what is made of zeros, for they are all that is
//! read and all that is in constants: never a denormal number, which would be slow.

use super::imports::{Function, Imports};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{
    BlockArg, ConstantData, Endianness, Inst, InstBuilder, MemFlagsData, Opcode, Type, Value, ValueDef, types,
};
use cranelift_frontend::FunctionBuilder;
use cranelift_jit::JITModule;
use runtime::math::operations::{DOUBLE, SINGLE, in_two_factors};
use runtime::math::{Operations, Rare};
use std::collections::HashMap;

/// How many elements an instruction works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    One,
    Two,
}

/// Writes instructions at the end of a function in the making.
pub(super) struct Emitter<'a, 'f> {
    pub(super) builder: &'a mut FunctionBuilder<'f>,
    pub(super) module: &'a mut JITModule,
    pub(super) imports: &'a mut Imports,
    pub(super) width: Width,
    pub(super) fused: bool,
    /// Whether reals are singles just now.
    pub(super) single: bool,
    /// Vector constants already written for the instruction of the program that is being written.
    pub(super) constants: HashMap<(Type, u64), Value>,
}

impl Emitter<'_, '_> {
    /// The same bits seen as another type of their size.
    pub(super) fn cast(&mut self, to: Type, value: Value) -> Value {
        let flags = MemFlagsData::new().with_endianness(Endianness::Little);
        self.builder.ins().bitcast(to, flags, value)
    }

    /// What `write` writes, with singles for reals.
    pub(super) fn in_singles<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        self.single = true;
        let written = write(self);
        self.single = false;
        written
    }

    /// The type of a real.
    fn float(&self) -> Type {
        match (self.width, self.single) {
            (Width::One, false) => types::F64,
            (Width::One, true) => types::F32,
            (Width::Two, false) => types::F64X2,
            (Width::Two, true) => types::F32X4,
        }
    }

    /// The type of its bits.
    fn whole(&self) -> Type {
        match (self.width, self.single) {
            (Width::One, false) => types::I64,
            (Width::One, true) => types::I32,
            (Width::Two, false) => types::I64X2,
            (Width::Two, true) => types::I32X4,
        }
    }

    /// The same bits in both lanes.
    fn vector_constant(&mut self, vector: Type, bits: u64) -> Value {
        if let Some(&value) = self.constants.get(&(vector, bits)) {
            return value;
        }
        let bytes = match vector.lane_bits() {
            32 => [(bits << 32 | bits & 0xffff_ffff).to_le_bytes(), [0; 8]].concat(),
            _ => [bits.to_le_bytes(); 2].concat(),
        };
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
            Width::Two => {
                let bits = self.builder.ins().vhigh_bits(types::I32, mask);
                let lanes = self.builder.func.dfg.value_type(mask).lane_count();
                if lanes == 2 { bits } else { self.builder.ins().band_imm_u(bits, 0b11) }
            }
        }
    }

    /// The quarters of a vector of those numbers, side by side.
    fn quarters(&mut self, vector: Value, numbers: [u8; 4]) -> Value {
        let kind = self.builder.func.dfg.value_type(vector);
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| (4 * number)..(4 * number + 4)).collect();
        let bytes = self.builder.func.dfg.immediates.push(ConstantData::from(bytes.as_slice()));
        let vector = self.cast(types::I8X16, vector);
        let shuffled = self.builder.ins().shuffle(vector, vector, bytes);
        self.cast(kind, shuffled)
    }

    /// A mask of reals for singles; width two.
    pub(super) fn mask_of_singles(&mut self, mask: Value) -> Value {
        let mask = self.quarters(mask, [0, 2, 0, 2]);
        self.cast(types::I32X4, mask)
    }

    /// The lower half of a vector twice: nothing is known of the upper half of one of singles.
    pub(super) fn lower_half(&mut self, vector: Value) -> Value {
        self.quarters(vector, [0, 1, 0, 1])
    }

    pub(super) fn call(&mut self, function: Function, arguments: &[Value]) -> Value {
        let call = self.call_for_effect(function, arguments);
        self.builder.inst_results(call)[0]
    }

    pub(super) fn call_for_effect(&mut self, function: Function, arguments: &[Value]) -> Inst {
        let reference = self.imports.reference(self.module, self.builder.func, function);
        self.builder.ins().call(reference, arguments)
    }

    /// Calls a function for every lane.
    pub(super) fn call_lanes(&mut self, function: Function, x: Value) -> Value {
        self.each_lane(x, |this, lane| this.call(function, &[lane]))
    }

    /// Calls a function of reals for every lane, be they singles.
    fn call_widened(&mut self, function: Function, x: Value) -> Value {
        self.each_lane(x, |this, lane| {
            if !this.single {
                return this.call(function, &[lane]);
            }
            let real = this.builder.ins().fpromote(types::F64, lane);
            let result = this.call(function, &[real]);
            this.builder.ins().fdemote(types::F32, result)
        })
    }

    fn each_lane(&mut self, x: Value, mut write: impl FnMut(&mut Self, Value) -> Value) -> Value {
        match self.width {
            Width::One => write(self, x),
            Width::Two => {
                let kind = self.builder.func.dfg.value_type(x);
                let lanes = self.split(x).map(|lane| write(self, lane));
                self.join(lanes, kind)
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
        let whole = match kind {
            types::F64X2 => types::I64X2,
            types::F32X4 => types::I32X4,
            _ if self.width == Width::One => return self.builder.ins().select(mask, a, b),
            _ => return self.builder.ins().bitselect(mask, a, b),
        };
        if self.compares_reals(mask) {
            let mask = self.cast(kind, mask);
            return self.builder.ins().bitselect(mask, a, b);
        }
        let (a, b) = (self.cast(whole, a), self.cast(whole, b));
        let chosen = self.builder.ins().bitselect(mask, a, b);
        self.cast(kind, chosen)
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

    fn real(&mut self, value: f64) -> Value {
        match (self.width, self.single) {
            (Width::One, false) => self.builder.ins().f64const(value),
            (Width::One, true) => self.builder.ins().f32const(value as f32),
            (Width::Two, false) => self.vector_constant(types::F64X2, value.to_bits()),
            (Width::Two, true) => self.vector_constant(types::F32X4, (value as f32).to_bits().into()),
        }
    }
    fn bits(&mut self, value: u64) -> Value {
        match (self.width, self.single) {
            (Width::One, false) => self.builder.ins().iconst(types::I64, value.cast_signed()),
            (Width::One, true) => self.builder.ins().iconst(types::I32, i64::from(value as i32)),
            (Width::Two, _) => self.vector_constant(self.whole(), value),
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
        let result = self.builder.append_block_param(after, self.float());
        let some = self.lanes_of(mask);
        self.builder.ins().brif(some, cold, &[], after, &[BlockArg::Value(inline)]);
        // What is written in the cold block is not there behind it.
        self.constants.clear();
        self.builder.switch_to_block(cold);
        let called = self.call_widened(function, x);
        let chosen = self.choose(mask, called, inline);
        self.builder.ins().jump(after, &[BlockArg::Value(chosen)]);
        self.constants.clear();
        self.builder.switch_to_block(after);
        result
    }
    fn bits_of(&mut self, a: Value) -> Value {
        self.cast(self.whole(), a)
    }
    fn real_of(&mut self, a: Value) -> Value {
        self.cast(self.float(), a)
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
    fn times_power_of_two(&mut self, a: Value, _whole: Value, shifted: Value) -> Value {
        in_two_factors(self, a, shifted, if self.single { SINGLE } else { DOUBLE })
    }
}
