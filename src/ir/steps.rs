//! Step programs: straight-line code that an engine runs once per element.
//!
//! A program is a list of instructions in single assignment; the number of an instruction is the number of its value.
//! The first `prelude` instructions do not depend on the element: an engine runs them once per call.
//! Holds throughout (checked by `verify`): operands come before their use and have the kind the operation asks for; the
//! prelude has no effects and reads nothing that depends on the element; no load stands after a store; only `Dense` programs
//! emit spikes, only `Dense` and `Rows` programs check values; slots are bound to columns of their type. A program has no
//! branches and never traps.
//! Of floats, an operation has operands of one kind, real or single, and is rounded to that kind.
//! Values are in SI base units and have no units any more.

/// The number of an instruction and of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ValueId(pub u32);

/// The number of a slot of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SlotId(pub u32);

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// 64-bit float.
    Real,
    /// 32-bit float: what entries are, and most of what is made of them, where the state is held in that precision.
    Single,
    /// 32-bit integer, wrapping.
    Integer,
    /// 64-bit integer, wrapping: ticks.
    Long,
    /// True or false.
    Boolean,
}

/// What a program is run over; see `runtime::kernel::Work`, whose variants have the same names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// A range of elements: fit for vectors and threads.
    Dense,
    /// A list of elements.
    Indexed,
    /// The rows of some sources.
    Rows,
    /// A list of synapses.
    List,
    /// Candidate pairs: element is the position, `Each` the loop variable.
    Pairs,
}

/// Which entry of a column a slot stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// The element's.
    Element,
    /// The source neuron's.
    Pre,
    /// The target neuron's.
    Post,
    /// The only one.
    Shared,
    /// Any, by number: only `LoadAt` reads it, nothing writes it, and the program stores into no slot of the same column.
    At,
}

/// A column a program reads or writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slot {
    /// The column's number in the plan.
    pub column: u32,
    /// What its entries are.
    pub kind: Kind,
    /// Which entry.
    pub access: Access,
}

/// Operations on one real, some of them on one single.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is its own name")]
pub enum Real1 {
    Negate,
    Abs,
    Sqrt,
    Floor,
    Ceil,
    Sign,
    Sin,
    Cos,
    Tan,
    Sinh,
    Cosh,
    Tanh,
    Arcsin,
    Arccos,
    Arctan,
    Arcsinh,
    Arccosh,
    Arctanh,
    Exp,
    Expm1,
    Exprel,
    Log,
    Log10,
    Log1p,
    Erf,
}

impl Real1 {
    /// Whether it is also an operation on a single; of the others, which are rare, there are only those on reals.
    #[must_use]
    pub fn takes_singles(self) -> bool {
        use Real1::{Abs, Ceil, Cos, Exp, Expm1, Exprel, Floor, Log, Log1p, Negate, Sign, Sin, Sqrt, Tanh};
        matches!(
            self,
            Negate | Abs | Sqrt | Floor | Ceil | Sign | Exp | Expm1 | Exprel | Log | Log1p | Tanh | Sin | Cos
        )
    }
}

/// Operations on two reals, some of them on two singles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Real2 {
    /// Sum.
    Add,
    /// Difference.
    Subtract,
    /// Product.
    Multiply,
    /// Quotient.
    Divide,
    /// `a**b`.
    Power,
    /// `a // b`: the floor of the quotient.
    FloorDivide,
    /// `a % b`, with the sign of `b`.
    Remainder,
    /// The smaller; NaN where either is.
    Min,
    /// The larger; NaN where either is.
    Max,
}

impl Real2 {
    /// Whether it is also an operation on two singles.
    #[must_use]
    pub fn takes_singles(self) -> bool {
        !matches!(self, Self::Power | Self::FloorDivide | Self::Remainder)
    }
}

/// Operations on two integers; all wrap, division and remainder by zero are 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is its own name")]
pub enum Integer2 {
    Add,
    Subtract,
    Multiply,
    FloorDivide,
    Remainder,
    Min,
    Max,
}

/// Comparisons; of reals as IEEE 754 orders them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is its own name")]
pub enum Comparison {
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
}

/// Distributions of a random draw; the operands are values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Draw {
    /// Real in [0, 1).
    Uniform,
    /// Real, standard normal.
    Normal,
    /// Integer of that mean (real).
    Poisson(ValueId),
    /// Integer: successes of n (integer) trials of probability p (real).
    Binomial(ValueId, ValueId),
}

/// One instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// A real, by its bits.
    Real(u64),
    /// A single, by its bits.
    Single(u32),
    /// An integer.
    Integer(i32),
    /// A count of ticks.
    Long(i64),
    /// A boolean.
    Boolean(bool),
    /// The time of the step [s]: real.
    Time,
    /// The tick: long.
    Tick,
    /// Absolute index of the element: integer.
    Element,
    /// Absolute index of the source neuron: integer.
    Pre,
    /// Absolute index of the target neuron: integer.
    Post,
    /// A generator's loop variable: integer.
    Each,
    /// The entry of a slot.
    Load(SlotId),
    /// The entry of a slot of access `At` at an integer index, which is kept within the column: below 0 it is the first entry, beyond
    /// the end the last; of an empty column it is 0.
    LoadAt(SlotId, ValueId),
    /// One real, or one single.
    Real1(Real1, ValueId),
    /// Two reals, or two singles.
    Real2(Real2, ValueId, ValueId),
    /// `a*b + c`, rounded once: of reals, or of singles.
    MulAdd(ValueId, ValueId, ValueId),
    /// A real or a single to a constant whole power, by squaring; negative ones by the reciprocal of the power.
    PowerInteger(ValueId, i32),
    /// Two integers.
    Integer2(Integer2, ValueId, ValueId),
    /// An integer to a constant power of 0 or more, wrapping.
    IntegerPower(ValueId, u32),
    /// Difference of longs.
    LongSubtract(ValueId, ValueId),
    /// Two reals, singles, integers or longs compared.
    Compare(Comparison, ValueId, ValueId),
    /// Both.
    And(ValueId, ValueId),
    /// Either.
    Or(ValueId, ValueId),
    /// Not.
    Not(ValueId),
    /// `a` where the condition holds, else `b`; both are of one kind.
    Select(ValueId, ValueId, ValueId),
    /// To a real: from boolean, integer, long or single.
    ToReal(ValueId),
    /// To a single: from real, rounded to nearest-even; what is beyond the largest single is infinite.
    ToSingle(ValueId),
    /// To an integer: from boolean, real (towards zero, saturating, NaN to 0) or long (wrapping).
    ToInteger(ValueId),
    /// To a boolean: "not zero", from real or integer.
    ToBoolean(ValueId),
    /// `timestep(t, dt)` of two reals: a long (Brian2: the integer part of `(t + 1e-3 dt)/dt`).
    Timestep(ValueId, ValueId),
    /// A random number: the draw's number is part of its counter.
    Random(u32, Draw),
    /// A function of the host program, by its number in the network, with its arguments (reals); the rest of the list is `None`.
    /// It is pure: equal arguments give equal values, so that it may be hoisted and called once for several uses.
    Host(u32, [Option<ValueId>; 4]),
    /// Writes a slot's entry.
    Store(SlotId, ValueId),
    /// A spike of the element where the boolean holds.
    Emit(ValueId),
    /// A result: a real.
    Yield(ValueId),
    /// Notes where the real or the single is not finite.
    Check(ValueId),
}

/// A step program.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Program {
    /// For people: `P.step`, `S.pre`.
    pub name: String,
    /// What it is run over.
    pub shape: Shape,
    /// The columns it uses.
    pub slots: Vec<Slot>,
    /// In order.
    pub ops: Vec<Op>,
    /// How many of the first instructions do not depend on the element.
    pub prelude: usize,
    /// Whether polynomials inside mathematical functions use fused multiply-adds, as the program's own operations say for themselves.
    pub fused: bool,
}

impl Op {
    /// The values it reads, in order.
    pub fn operands(&self) -> impl Iterator<Item = ValueId> {
        let values = match *self {
            Self::Host(_, arguments) => arguments,
            Self::Real1(_, a)
            | Self::PowerInteger(a, _)
            | Self::IntegerPower(a, _)
            | Self::Not(a)
            | Self::ToReal(a)
            | Self::ToSingle(a)
            | Self::ToInteger(a)
            | Self::ToBoolean(a)
            | Self::Random(_, Draw::Poisson(a))
            | Self::LoadAt(_, a)
            | Self::Store(_, a)
            | Self::Emit(a)
            | Self::Yield(a)
            | Self::Check(a) => [Some(a), None, None, None],
            Self::Real2(_, a, b)
            | Self::Integer2(_, a, b)
            | Self::LongSubtract(a, b)
            | Self::Compare(_, a, b)
            | Self::And(a, b)
            | Self::Or(a, b)
            | Self::Timestep(a, b)
            | Self::Random(_, Draw::Binomial(a, b)) => [Some(a), Some(b), None, None],
            Self::MulAdd(a, b, c) | Self::Select(a, b, c) => [Some(a), Some(b), Some(c), None],
            Self::Real(_)
            | Self::Single(_)
            | Self::Integer(_)
            | Self::Long(_)
            | Self::Boolean(_)
            | Self::Time
            | Self::Tick
            | Self::Element
            | Self::Pre
            | Self::Post
            | Self::Each
            | Self::Load(_)
            | Self::Random(_, Draw::Uniform | Draw::Normal) => [None; 4],
        };
        values.into_iter().flatten()
    }

    /// Whether it does something rather than give a value.
    #[must_use]
    pub fn is_effect(&self) -> bool {
        matches!(self, Self::Store(..) | Self::Emit(_) | Self::Yield(_) | Self::Check(_))
    }
}

impl Program {
    /// Whether some value of it is a single.
    #[must_use]
    pub fn has_singles(&self) -> bool {
        let makes = |op: &Op| matches!(op, Op::Single(_) | Op::ToSingle(_));
        self.slots.iter().any(|slot| slot.kind == Kind::Single) || self.ops.iter().any(makes)
    }

    /// Whether some instruction writes the column, through whatever slot.
    #[must_use]
    pub fn writes(&self, column: u32) -> bool {
        self.ops
            .iter()
            .any(|op| matches!(op, Op::Store(slot, _) if self.slots.get(slot.0 as usize).is_some_and(|s| s.column == column)))
    }
}
