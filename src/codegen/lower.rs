//! Instructions of a program as instructions of Cranelift: in, a program and where an element is; out, code for this element,
//! or for it and the next.
//!
//! A value of width one is a scalar: `F64`, `F32`, `I32`, `I64` or `I8` (0 or 1). Of width two, reals are `F64X2`,
//! longs `I64X2`, booleans `I64X2` of all zeros or all ones, singles the lower half of `F32X4`; integers are two
//! scalars, since few of their operations have vectors worth using. What has no vector instruction is done lane by
//! lane.

use super::imports::Function;
use super::interleave::{Place, interleave};
use super::operations::{Emitter, Width};
use crate::ir::levels::Level;
use crate::ir::steps::{Comparison, Kind, Op, Program, Real1, Real2, Shape, SlotId, ValueId};
use crate::ir::verify::kinds;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{InstBuilder, Value, types};
use runtime::math::{self, Operations};
use std::collections::HashMap;

/// Groups of elements that code may be interleaved for.
const GROUPS: usize = 2;

/// What a call gives to all elements.
#[derive(Clone, Copy)]
pub(super) struct Outside {
    pub(super) step: Value,
    pub(super) time: Value,
    pub(super) key: Value,
    pub(super) spikes: Value,
    pub(super) out: Value,
    pub(super) frame: Value,
    /// Where the frame counts spikes.
    pub(super) spike_count: i32,
    /// Where it notes what is not finite.
    pub(super) nonfinite: i32,
}

/// Where an element is; of width two, `index` and `position` are those of the first.
#[derive(Clone, Copy)]
pub(super) struct Element {
    pub(super) index: Value,
    pub(super) pre: Option<Value>,
    pub(super) post: Option<Value>,
    pub(super) each: Option<Value>,
    /// How many elements of the call came before.
    pub(super) position: Value,
}

impl Element {
    /// For values that do not depend on where it is.
    pub(super) fn nowhere(zero: Value) -> Self {
        Self { index: zero, pre: None, post: None, each: None, position: zero }
    }
}

/// Constants that are kept in registers through a loop; there are sixteen registers at least.
const HELD_CONSTANTS: usize = 10;

/// What has become of a value.
#[derive(Clone, Copy)]
pub(super) enum Lowered {
    /// Written again wherever it is used: that is cheaper than to keep it in a register, or to fetch it from where one was spilled.
    Constant(Op),
    /// A constant that is also kept as a vector.
    Held(Op, Value),
    /// The same for all lanes.
    Scalar(Value),
    /// The same for all lanes, also as a vector.
    Uniform(Value, Value),
    Vector(Value),
    Lanes([Value; 2]),
}

/// Code for elements, in the making.
pub(super) struct Body<'p, 'a, 'f> {
    pub(super) program: &'p Program,
    pub(super) emitter: Emitter<'a, 'f>,
    /// Bits that are not all zero once a checked value was not finite.
    pub(super) bad: Option<Value>,
    levels: Vec<Level>,
    kinds: Vec<Option<Kind>>,
    /// Of each group of elements.
    pub(super) values: Vec<Vec<Option<Lowered>>>,
    /// The group being written for.
    pub(super) group: usize,
    pub(super) outside: Outside,
    pub(super) slots: Vec<Value>,
    /// Of slots that are read by number.
    pub(super) last_entries: HashMap<SlotId, Value>,
    /// Of random numbers that are read from a strip, by instruction: where entry 0 of the strip would be.
    pub(super) strips: HashMap<usize, Value>,
    /// Which instructions are written.
    written: Vec<bool>,
    /// Whether mathematical functions are emitted rather than called.
    pub(super) inline: bool,
}

fn is_chain(which: Real1) -> bool {
    use Real1::{Cos, Exp, Expm1, Exprel, Log, Log1p, Sin, Tanh};
    matches!(which, Sin | Cos | Tanh | Exp | Expm1 | Exprel | Log | Log1p)
}

fn float_condition(which: Comparison) -> FloatCC {
    match which {
        Comparison::Less => FloatCC::LessThan,
        Comparison::LessEqual => FloatCC::LessThanOrEqual,
        Comparison::Greater => FloatCC::GreaterThan,
        Comparison::GreaterEqual => FloatCC::GreaterThanOrEqual,
        Comparison::Equal => FloatCC::Equal,
        Comparison::NotEqual => FloatCC::NotEqual,
    }
}

fn integer_condition(which: Comparison) -> IntCC {
    match which {
        Comparison::Less => IntCC::SignedLessThan,
        Comparison::LessEqual => IntCC::SignedLessThanOrEqual,
        Comparison::Greater => IntCC::SignedGreaterThan,
        Comparison::GreaterEqual => IntCC::SignedGreaterThanOrEqual,
        Comparison::Equal => IntCC::Equal,
        Comparison::NotEqual => IntCC::NotEqual,
    }
}

impl<'p, 'a, 'f> Body<'p, 'a, 'f> {
    pub(super) fn new(
        program: &'p Program,
        levels: Vec<Level>,
        emitter: Emitter<'a, 'f>,
        outside: Outside,
        slots: Vec<Value>,
        last_entries: HashMap<SlotId, Value>,
        written: Vec<bool>,
    ) -> Self {
        let values = vec![vec![None; program.ops.len()]; GROUPS];
        let kinds = kinds(program);
        Self {
            program,
            emitter,
            bad: None,
            levels,
            kinds,
            values,
            group: 0,
            outside,
            slots,
            last_entries,
            strips: HashMap::new(),
            written,
            inline: false,
        }
    }

    /// What the next code is like: of what width, and whether it holds the mathematical functions itself.
    pub(super) fn set_width(&mut self, width: Width, inline: bool) {
        self.emitter.width = width;
        self.inline = inline;
    }

    /// Whether the program checks values.
    pub(super) fn checks(&self) -> bool {
        self.program.ops.iter().any(|op| matches!(op, Op::Check(_)))
    }

    /// Whether some instruction of the program is a long chain of Cranelift's, as the mathematical functions are that are emitted.
    pub(super) fn has_chains(&self) -> bool {
        let chain = |op: &Op| matches!(op, Op::Real1(which, _) if is_chain(*which));
        self.program.ops.iter().zip(&self.levels).any(|(op, &level)| level == Level::Element && chain(op))
    }

    /// The bits of nothing having gone wrong yet.
    pub(super) fn nothing_bad(&mut self) -> Value {
        self.emitter.bits(0)
    }

    /// All instructions of that level in order, each for all of the elements: one, or two that are interleaved.
    pub(super) fn level(&mut self, level: Level, elements: &[Element]) {
        for at in 0..self.program.ops.len() {
            if self.levels[at] != level || !self.written[at] {
                continue;
            }
            self.emitter.constants.clear();
            let mut places = Vec::with_capacity(GROUPS);
            for (group, element) in elements.iter().enumerate() {
                self.group = group;
                places.push(Place::next(self.emitter.builder));
                self.instruction(at, element);
            }
            if let [first, second] = places[..] {
                let end = Place::next(self.emitter.builder);
                interleave(self.emitter.builder.func, first, second, end);
            }
        }
        self.group = 0;
    }

    fn instruction(&mut self, at: usize, element: &Element) {
        let op = self.program.ops[at];
        if op.is_effect() {
            self.effect(op, element);
        } else {
            let value = self.value(at, op, element);
            self.set(at, value);
        }
    }

    /// Notes what has become of a value: for all groups, where it does not depend on the element.
    fn set(&mut self, at: usize, value: Lowered) {
        if self.levels[at] == Level::Element {
            self.values[self.group][at] = Some(value);
        } else {
            self.values.iter_mut().for_each(|values| values[at] = Some(value));
        }
    }

    pub(super) fn kind(&self, value: ValueId) -> Kind {
        self.kinds[value.0 as usize].expect("the verifier lets nobody read an effect")
    }

    pub(super) fn lowered(&self, value: ValueId) -> Lowered {
        self.values[self.group][value.0 as usize].expect("an operand comes before its use, and its level is not above")
    }

    /// One lane of an operand, as a scalar.
    pub(super) fn lane(&mut self, value: ValueId, lane: u8) -> Value {
        match self.lowered(value) {
            Lowered::Constant(op) | Lowered::Held(op, _) => self.constant(op),
            Lowered::Scalar(scalar) | Lowered::Uniform(scalar, _) => scalar,
            Lowered::Lanes(lanes) => lanes[usize::from(lane)],
            Lowered::Vector(vector) => {
                let scalar = self.emitter.builder.ins().extractlane(vector, lane);
                match self.kind(value) {
                    Kind::Boolean => self.emitter.builder.ins().icmp_imm_u(IntCC::NotEqual, scalar, 0),
                    _ => scalar,
                }
            }
        }
    }

    /// An operand in the width of the code: a scalar, or a vector of whatever is no integer.
    pub(super) fn operand(&mut self, value: ValueId) -> Value {
        match (self.lowered(value), self.emitter.width) {
            (Lowered::Constant(op) | Lowered::Held(op, _), Width::One) => self.constant(op),
            (Lowered::Constant(op), Width::Two) => self.vector_constant(op),
            (Lowered::Scalar(scalar), Width::One) => scalar,
            (Lowered::Vector(vector) | Lowered::Uniform(_, vector) | Lowered::Held(_, vector), Width::Two) => vector,
            (Lowered::Uniform(scalar, _), Width::One) => scalar,
            (Lowered::Scalar(scalar), Width::Two) => self.join(self.kind(value), [scalar; 2]),
            (Lowered::Vector(_) | Lowered::Lanes(_), _) => unreachable!("integers are asked for lane by lane"),
        }
    }

    /// A constant as a scalar.
    fn constant(&mut self, op: Op) -> Value {
        let ins = &mut *self.emitter.builder;
        match op {
            Op::Real(bits) => ins.ins().f64const(f64::from_bits(bits)),
            Op::Single(bits) => ins.ins().f32const(f32::from_bits(bits)),
            Op::Integer(value) => ins.ins().iconst(types::I32, i64::from(value)),
            Op::Long(value) => ins.ins().iconst(types::I64, value),
            Op::Boolean(value) => ins.ins().iconst(types::I8, i64::from(value)),
            other => unreachable!("{other:?} is no constant"),
        }
    }

    /// A constant in both lanes; width two.
    fn vector_constant(&mut self, op: Op) -> Value {
        match op {
            Op::Real(bits) => self.emitter.real(f64::from_bits(bits)),
            Op::Single(bits) => self.emitter.in_singles(|ops| ops.real(f32::from_bits(bits).into())),
            Op::Long(value) => self.emitter.bits(value.cast_unsigned()),
            Op::Boolean(value) => self.emitter.bits(if value { u64::MAX } else { 0 }),
            other => unreachable!("{other:?} has no vector"),
        }
    }

    /// Before a loop over two elements: puts into both lanes what is computed once a call. Constants too, where they all fit in
    /// registers (that is 1.05 instead of 1.3 ns per neuron and step of a current-based model).
    pub(super) fn spread(&mut self) {
        let constants = self.values[0].iter().filter(|value| matches!(value, Some(Lowered::Constant(_)))).count();
        let few = !self.has_chains() && constants <= HELD_CONSTANTS;
        for at in 0..self.program.ops.len() {
            let (Some(lowered), Some(kind)) = (self.values[0][at], self.kinds[at]) else { continue };
            let spread = match lowered {
                Lowered::Scalar(scalar) if kind != Kind::Integer => {
                    Lowered::Uniform(scalar, self.join(kind, [scalar; 2]))
                }
                Lowered::Constant(op) if kind != Kind::Integer && few => Lowered::Held(op, self.vector_constant(op)),
                other => other,
            };
            self.values.iter_mut().for_each(|values| values[at] = Some(spread));
        }
    }

    /// Two scalars as the vector of their kind.
    fn join(&mut self, kind: Kind, lanes: [Value; 2]) -> Value {
        let (lanes, vector) = match kind {
            Kind::Boolean => (lanes.map(|lane| self.emitter.builder.ins().bmask(types::I64, lane)), types::I64X2),
            Kind::Real => (lanes, types::F64X2),
            // Not in all four.
            Kind::Single => return self.emitter.join(lanes, types::F32X4),
            Kind::Long | Kind::Integer => (lanes, types::I64X2),
        };
        if lanes[0] == lanes[1] {
            return self.emitter.builder.ins().splat(vector, lanes[0]);
        }
        self.emitter.join(lanes, vector)
    }

    fn value(&mut self, at: usize, op: Op, element: &Element) -> Lowered {
        if let Op::Load(slot) = op {
            return self.load(slot, element);
        }
        if let Some(&strip) = self.strips.get(&at) {
            return self.load_drawn(strip, self.kind(ValueId(at as u32)), element);
        }
        if matches!(op, Op::Real(_) | Op::Single(_) | Op::Integer(_) | Op::Long(_) | Op::Boolean(_)) {
            return Lowered::Constant(op);
        }
        if self.emitter.width == Width::One {
            return Lowered::Scalar(self.scalar(op, element, 0));
        }
        if let Some(vector) = self.vector(op) {
            return Lowered::Vector(vector);
        }
        self.emitter.width = Width::One;
        let inline = std::mem::replace(&mut self.inline, false);
        let lanes = [0, 1].map(|lane| self.scalar(op, element, lane));
        self.emitter.width = Width::Two;
        self.inline = inline;
        match self.kinds[at] {
            Some(Kind::Integer) | None => Lowered::Lanes(lanes),
            Some(kind) => Lowered::Vector(self.join(kind, lanes)),
        }
    }

    /// An instruction over two elements, where there is code for that.
    fn vector(&mut self, op: Op) -> Option<Value> {
        let of_integers = |this: &Self, value: ValueId| this.kind(value) == Kind::Integer;
        Some(match op {
            Op::Real1(..) | Op::MulAdd(..) | Op::PowerInteger(..) | Op::And(..) | Op::Or(..) | Op::Not(_) => {
                self.alike(op)
            }
            Op::Real2(Real2::Power | Real2::FloorDivide | Real2::Remainder, ..) => return None,
            Op::Real2(..) | Op::LongSubtract(..) => self.alike(op),
            Op::Compare(_, a, _) | Op::Select(_, a, _) if of_integers(self, a) => return None,
            Op::Compare(..) | Op::Select(..) => self.alike(op),
            Op::ToReal(a) if self.kind(a) == Kind::Boolean => {
                let one = self.emitter.bits(1.0f64.to_bits());
                let mask = self.operand(a);
                let bits = self.emitter.builder.ins().band(mask, one);
                self.emitter.cast(types::F64X2, bits)
            }
            Op::ToReal(a) if self.kind(a) == Kind::Single => {
                let a = self.operand(a);
                self.emitter.builder.ins().fvpromote_low(a)
            }
            Op::ToSingle(a) => {
                let a = self.operand(a);
                self.emitter.builder.ins().fvdemote(a)
            }
            Op::ToBoolean(a) if self.kind(a) == Kind::Real => self.alike(op),
            _ => return None,
        })
    }

    /// An instruction that is written alike in both widths.
    pub(super) fn alike(&mut self, op: Op) -> Value {
        match op {
            Op::Real1(which, a) => {
                let kind = self.kind(a);
                let a = self.operand(a);
                if kind == Kind::Single { self.single1(which, a) } else { self.real1(which, a) }
            }
            Op::Real2(which, a, b) => {
                let kind = self.kind(a);
                let (a, b) = (self.operand(a), self.operand(b));
                if kind == Kind::Single { self.single2(which, a, b) } else { self.real2(which, a, b) }
            }
            Op::MulAdd(a, b, c) => {
                let (a, b, c) = (self.operand(a), self.operand(b), self.operand(c));
                self.emitter.builder.ins().fma(a, b, c)
            }
            Op::PowerInteger(a, n) if self.kind(a) == Kind::Single => {
                let a = self.operand(a);
                self.emitter.in_singles(|ops| math::powi(ops, a, n))
            }
            Op::PowerInteger(a, n) => {
                let a = self.operand(a);
                math::powi(&mut self.emitter, a, n)
            }
            Op::LongSubtract(a, b) => {
                let (a, b) = (self.operand(a), self.operand(b));
                self.emitter.builder.ins().isub(a, b)
            }
            Op::Compare(which, a, b) => {
                let kind = self.kind(a);
                let (a, b) = (self.operand(a), self.operand(b));
                match kind {
                    Kind::Real => self.emitter.compare(float_condition(which), a, b),
                    Kind::Single => {
                        let mask = self.emitter.compare(float_condition(which), a, b);
                        self.mask_of_reals(mask)
                    }
                    _ => self.emitter.builder.ins().icmp(integer_condition(which), a, b),
                }
            }
            Op::And(a, b) => {
                let (a, b) = (self.operand(a), self.operand(b));
                self.emitter.builder.ins().band(a, b)
            }
            Op::Or(a, b) => {
                let (a, b) = (self.operand(a), self.operand(b));
                self.emitter.builder.ins().bor(a, b)
            }
            Op::Not(a) => {
                let a = self.operand(a);
                self.emitter.invert(a)
            }
            Op::Select(condition, a, b) => {
                let single = self.kind(a) == Kind::Single;
                let (condition, a, b) = (self.operand(condition), self.operand(a), self.operand(b));
                match (self.program.shape, self.emitter.width) {
                    // Of a target's state, as when spikes are lost on refractory neurons, nothing is foreseen.
                    (Shape::Rows | Shape::List, Width::One) => self.emitter.choose_without_branch(condition, a, b),
                    _ if single => self.choose_single(condition, a, b),
                    _ => self.emitter.choose(condition, a, b),
                }
            }
            Op::ToBoolean(a) => {
                let a = self.operand(a);
                let zero = self.emitter.real(0.0);
                self.emitter.compare(FloatCC::NotEqual, a, zero)
            }
            other => unreachable!("{other:?} is written for one lane only"),
        }
    }

    fn real1(&mut self, which: Real1, x: Value) -> Value {
        let ops = &mut self.emitter;
        match which {
            Real1::Negate => ops.builder.ins().fneg(x),
            Real1::Abs => ops.builder.ins().fabs(x),
            Real1::Sqrt => ops.builder.ins().sqrt(x),
            Real1::Floor => ops.builder.ins().floor(x),
            Real1::Ceil => ops.builder.ins().ceil(x),
            Real1::Sign => math::sign(ops, x),
            Real1::Sin if self.inline => math::sin(ops, x),
            Real1::Cos if self.inline => math::cos(ops, x),
            Real1::Tanh if self.inline => math::tanh(ops, x),
            Real1::Exp if self.inline => math::exp(ops, x),
            Real1::Expm1 if self.inline => math::expm1(ops, x),
            Real1::Exprel if self.inline => math::exprel(ops, x),
            Real1::Log if self.inline => math::log(ops, x),
            Real1::Log1p if self.inline => math::log1p(ops, x),
            _ => {
                let fused = ops.fused;
                ops.call_lanes(Function::Real1(which, fused), x)
            }
        }
    }

    fn real2(&mut self, which: Real2, a: Value, b: Value) -> Value {
        let ops = &mut self.emitter;
        match which {
            Real2::Add => ops.builder.ins().fadd(a, b),
            Real2::Subtract => ops.builder.ins().fsub(a, b),
            Real2::Multiply => ops.builder.ins().fmul(a, b),
            Real2::Divide => ops.builder.ins().fdiv(a, b),
            Real2::Min => math::minimum(ops, a, b),
            Real2::Max => math::maximum(ops, a, b),
            Real2::Power | Real2::FloorDivide | Real2::Remainder => ops.call(Function::Real2(which), &[a, b]),
        }
    }
}
