//! Writes step programs, one instruction after the other.
//!
//! A `Builder` knows the kind of every value it made, gives equal columns one slot, and converts between kinds. What goes
//! in are instructions in order; what comes out is a `Program` without a prelude, yet to be verified.

use super::steps::{Access, Draw, Kind, Op, Program, Real2, Shape, Slot, SlotId, ValueId};
use super::verify::kind_of;
use std::collections::HashMap;

/// A program in the making.
#[derive(Debug)]
pub struct Builder {
    program: Program,
    kinds: Vec<Option<Kind>>,
    slots: HashMap<Slot, SlotId>,
    loads: HashMap<SlotId, ValueId>,
}

impl Builder {
    /// An empty program of that name and shape.
    #[must_use]
    pub fn new(name: impl Into<String>, shape: Shape, fused: bool) -> Self {
        let program = Program { name: name.into(), shape, slots: Vec::new(), ops: Vec::new(), prelude: 0, fused };
        Self { program, kinds: Vec::new(), slots: HashMap::new(), loads: HashMap::new() }
    }

    /// Adds an instruction.
    pub fn push(&mut self, op: Op) -> ValueId {
        let kind = kind_of(&op, &self.program.slots, &self.kinds);
        let id = number(self.program.ops.len());
        self.program.ops.push(op);
        self.kinds.push(kind);
        id
    }

    /// What a value is; `None` for effects, which have none.
    #[must_use]
    pub fn kind(&self, value: ValueId) -> Option<Kind> {
        self.kinds[value.0 as usize]
    }

    /// The instruction that makes a value.
    #[must_use]
    pub fn op(&self, value: ValueId) -> Op {
        self.program.ops[value.0 as usize]
    }

    /// The slot of a column; the same one each time.
    pub fn slot(&mut self, column: u32, kind: Kind, access: Access) -> SlotId {
        let slot = Slot { column, kind, access };
        if let Some(&id) = self.slots.get(&slot) {
            return id;
        }
        let id = SlotId(number(self.program.slots.len()).0);
        self.program.slots.push(slot);
        self.slots.insert(slot, id);
        id
    }

    /// The entry of a column as it is before the program stores anything; loaded once.
    pub fn load(&mut self, column: u32, kind: Kind, access: Access) -> ValueId {
        let slot = self.slot(column, kind, access);
        if let Some(&value) = self.loads.get(&slot) {
            return value;
        }
        let value = self.push(Op::Load(slot));
        self.loads.insert(slot, value);
        value
    }

    /// Stores a value, converted to the column's kind.
    pub fn store(&mut self, column: u32, kind: Kind, access: Access, value: ValueId) {
        let value = self.convert(value, kind);
        let slot = self.slot(column, kind, access);
        self.push(Op::Store(slot, value));
    }

    /// A real literal.
    pub fn real(&mut self, value: f64) -> ValueId {
        self.push(Op::Real(value.to_bits()))
    }

    /// Two reals under an operator.
    pub fn real2(&mut self, operator: Real2, left: ValueId, right: ValueId) -> ValueId {
        self.push(Op::Real2(operator, left, right))
    }

    /// A value as another kind, as an assignment converts; to a long only through an integer.
    pub fn convert(&mut self, value: ValueId, to: Kind) -> ValueId {
        let from = self.kind(value);
        if from == Some(to) {
            return value;
        }
        match (self.op(value), to) {
            (Op::Integer(literal), Kind::Real) => self.real(f64::from(literal)),
            (Op::Boolean(literal), Kind::Real) => self.real(f64::from(u8::from(literal))),
            (Op::Boolean(literal), Kind::Integer) => self.push(Op::Integer(i32::from(literal))),
            (Op::Real(literal), Kind::Single) => self.push(Op::Single((f64::from_bits(literal) as f32).to_bits())),
            (_, Kind::Real) => self.push(Op::ToReal(value)),
            (_, Kind::Single) => {
                let real = self.convert(value, Kind::Real);
                self.push(Op::ToSingle(real))
            }
            (_, Kind::Integer | Kind::Boolean) if from == Some(Kind::Single) => {
                let real = self.convert(value, Kind::Real);
                self.convert(real, to)
            }
            (_, Kind::Integer) => self.push(Op::ToInteger(value)),
            (_, Kind::Boolean) => self.push(Op::ToBoolean(value)),
            (_, Kind::Long) => value,
        }
    }

    /// The program.
    #[must_use]
    pub fn finish(self) -> Program {
        self.program
    }
}

/// A program has as many instructions as fit in memory, far below 2^32.
fn number(length: usize) -> ValueId {
    ValueId(u32::try_from(length).expect("a program of 2^32 instructions would not fit in memory"))
}

impl Op {
    /// The same instruction with other operands.
    #[must_use]
    pub fn map(self, mut to: impl FnMut(ValueId) -> ValueId) -> Self {
        match self {
            Op::Real1(function, a) => Op::Real1(function, to(a)),
            Op::Real2(operator, a, b) => Op::Real2(operator, to(a), to(b)),
            Op::MulAdd(a, b, c) => Op::MulAdd(to(a), to(b), to(c)),
            Op::PowerInteger(a, exponent) => Op::PowerInteger(to(a), exponent),
            Op::Integer2(operator, a, b) => Op::Integer2(operator, to(a), to(b)),
            Op::IntegerPower(a, exponent) => Op::IntegerPower(to(a), exponent),
            Op::LongSubtract(a, b) => Op::LongSubtract(to(a), to(b)),
            Op::Compare(comparison, a, b) => Op::Compare(comparison, to(a), to(b)),
            Op::And(a, b) => Op::And(to(a), to(b)),
            Op::Or(a, b) => Op::Or(to(a), to(b)),
            Op::Not(a) => Op::Not(to(a)),
            Op::Select(c, a, b) => Op::Select(to(c), to(a), to(b)),
            Op::ToReal(a) => Op::ToReal(to(a)),
            Op::ToSingle(a) => Op::ToSingle(to(a)),
            Op::ToInteger(a) => Op::ToInteger(to(a)),
            Op::ToBoolean(a) => Op::ToBoolean(to(a)),
            Op::Timestep(a, b) => Op::Timestep(to(a), to(b)),
            Op::Random(number, Draw::Poisson(mean)) => Op::Random(number, Draw::Poisson(to(mean))),
            Op::Random(number, Draw::Binomial(n, p)) => Op::Random(number, Draw::Binomial(to(n), to(p))),
            Op::LoadAt(slot, index) => Op::LoadAt(slot, to(index)),
            Op::Host(function, arguments) => Op::Host(function, arguments.map(|argument| argument.map(&mut to))),
            Op::Store(slot, a) => Op::Store(slot, to(a)),
            Op::Emit(a) => Op::Emit(to(a)),
            Op::Yield(a) => Op::Yield(to(a)),
            Op::Check(a) => Op::Check(to(a)),
            Op::Real(_)
            | Op::Single(_)
            | Op::Integer(_)
            | Op::Long(_)
            | Op::Boolean(_)
            | Op::Time
            | Op::Tick
            | Op::Element
            | Op::Pre
            | Op::Post
            | Op::Each
            | Op::Load(_)
            | Op::Random(_, Draw::Uniform | Draw::Normal) => self,
        }
    }
}
