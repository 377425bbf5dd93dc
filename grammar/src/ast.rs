//! The syntax tree: what the text says, with its place on every node, and nothing about what it means.
//!
//! In: tokens, by way of the grammar. Out: `File`, read by the resolver and the printer. Holds throughout: every node
//! has the span of the text it was made from; parentheses are kept (`ExprKind::Group`), so that printing gives back
//! what was meant; names are as written. No node says whether a name exists or a unit fits.

use crate::span::Span;

/// A name and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    /// As written.
    pub text: Box<str>,
    /// Where.
    pub span: Span,
}

/// A whole text.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct File {
    /// In order of the text.
    pub items: Vec<Item>,
}

/// One statement at the top level.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What it says.
    pub kind: ItemKind,
    /// From its first token to its last.
    pub span: Span,
}

/// Everything that can stand at the top level.
#[derive(Clone, Debug, PartialEq)]
pub enum ItemKind {
    /// `name = value`: a constant, a setting (`dt`, `seed`), a subgroup (`P[:3200]`) or a `timed_array(…)`.
    Definition {
        /// What is defined.
        name: Name,
        /// As what.
        value: Expr,
    },
    /// `neurons NAME[size]: model { … }`
    Neurons(Group),
    /// `poisson NAME[size] { … }`
    Poisson(Group),
    /// `spike_source NAME[size] { … }`
    SpikeSource(Group),
    /// `synapses NAME: source -> target: model { … }`
    Synapses {
        /// The projection's name.
        name: Name,
        /// A population or a part of one: `P`, `P[3200:]`, `Pe`.
        source: Expr,
        /// Likewise.
        target: Expr,
        /// The model it takes its members from.
        model: Option<Name>,
        /// What the braces hold; `None` without braces.
        body: Option<Vec<Member>>,
    },
    /// `poisson_input to P.v { … }`
    PoissonInput {
        /// `P.v`
        target: Expr,
        /// What the braces hold.
        body: Vec<Member>,
    },
    /// `model NAME { … }`
    Model {
        /// The model's name.
        name: Name,
        /// What the braces hold.
        body: Vec<Member>,
    },
    /// `function NAME(x: unit, …): unit = value`
    Function {
        /// The function's name.
        name: Name,
        /// Its parameters, each with its unit.
        parameters: Vec<Parameter>,
        /// The unit of its value.
        unit: Expr,
        /// Its value.
        value: Expr,
    },
    /// `use "path"`
    Use {
        /// The text between the quotes, and its place.
        path: Name,
    },
    /// `record target, target every interval with v, vt`
    Record {
        /// `P.spikes`, `P.v[0, 5, 10:20]`, `P.v at end`
        targets: Vec<RecordTarget>,
        /// `smooth gaussian 5*ms`
        smooth: Option<Smooth>,
        /// `every 1*ms`
        every: Option<Expr>,
        /// `last 100*ms`
        last: Option<Expr>,
        /// `when end order 1`
        turn: Turn,
        /// `with v, vt`
        with: Vec<Name>,
    },
    /// `run duration`
    Run {
        /// How long.
        duration: Expr,
    },
    /// `set P.v[where] = value`
    Set {
        /// `P.v`, `P.v[i > 10]`
        place: Expr,
        /// The value, an expression of the population's variables.
        value: Expr,
    },
    /// `set Gen { spikes i = […], t = […]*ms }`
    SetSpikes {
        /// Which spike source.
        place: Expr,
        /// `spikes`, `period`
        body: Vec<Member>,
    },
    /// `store "name"`
    Store {
        /// The text between the quotes; `None` for the unnamed one.
        name: Option<Name>,
    },
    /// `restore "name" with random`
    Restore {
        /// The text between the quotes; `None` for the unnamed one.
        name: Option<Name>,
        /// Whether the random streams go back too.
        random: bool,
    },
    /// `print expression`
    Print {
        /// What to show.
        value: Expr,
    },
    /// `sweep tau = […], w = […] seeds apart { … }`
    Sweep {
        /// What is varied, at least one.
        axes: Vec<Axis>,
        /// `seeds apart`
        seeds: Option<Name>,
        /// What happens at every point; no declarations, and no sweep.
        body: Vec<Item>,
    },
    /// `report rate(P), mean(P.v) last 100*ms`; stands in the body of a sweep alone.
    Report {
        /// `rate(P)`, `mean(P.v)`
        measures: Vec<Expr>,
        /// `last 100*ms`
        last: Option<Expr>,
    },
    /// A statement that could not be read; a diagnostic was given.
    Error,
}

/// `tau = linspace(1, 10, 30)*ms`: one thing that a sweep varies.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// What is varied.
    pub name: Name,
    /// What it takes, one after the other.
    pub values: Expr,
}

/// `smooth gaussian 5*ms`: how a rate is smoothed.
#[derive(Clone, Debug, PartialEq)]
pub struct Smooth {
    /// `flat`, `gaussian`
    pub window: Name,
    /// How wide.
    pub width: Expr,
}

/// `when after_groups order 1`: where in a step something has its turn; what is left out is usual.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Turn {
    /// `start`, `before_groups`, …
    pub when: Option<Name>,
    /// Its place among those of one slot.
    pub order: Option<Expr>,
}

/// A block that makes neurons or spikes.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Its name.
    pub name: Name,
    /// How many.
    pub size: Expr,
    /// The model it takes its members from.
    pub model: Option<Name>,
    /// What the braces hold; `None` without braces.
    pub body: Option<Vec<Member>>,
}

/// One parameter of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// Its unit.
    pub unit: Expr,
}

/// One thing to record.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordTarget {
    /// `P.spikes`, `P.v`, `P.v[0:10]`, `S.synapses`
    pub place: Expr,
    /// What is kept of it.
    pub form: RecordForm,
    /// Where.
    pub span: Span,
}

/// What is kept of something recorded: what stands behind its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordForm {
    /// Nothing stands there: all of it.
    All,
    /// `at end`
    AtEnd,
    /// `counts`
    Counts,
    /// `mean`
    Mean,
    /// `variance`
    Variance,
}

impl RecordForm {
    /// As it is written; nothing for all.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::All => "",
            Self::AtEnd => "at end",
            Self::Counts => "counts",
            Self::Mean => "mean",
            Self::Variance => "variance",
        }
    }
}

/// One statement of a block in braces.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// What it says.
    pub kind: MemberKind,
    /// From its first token to its last.
    pub span: Span,
}

/// Everything that can stand in a block; which block it belongs in is the resolver's to say.
#[derive(Clone, Debug, PartialEq)]
pub enum MemberKind {
    /// One of the three kinds of line with a colon and a unit.
    Equation(Equation),
    /// `threshold condition`
    Threshold(Expr),
    /// `reset v = 0` or `reset { … }`
    Reset(Block),
    /// `refractory 5*ms` or `refractory condition`
    Refractory(Expr),
    /// `method exact`
    Method(Name),
    /// `init …`
    Init(Block),
    /// `event name if condition when resets order 1 { … }`
    Event {
        /// The event's name.
        name: Name,
        /// When it happens.
        condition: Expr,
        /// When in a step its code runs.
        turn: Turn,
        /// What it does; `None` without braces.
        body: Option<Block>,
    },
    /// `every 10*ms when after_groups order 1 { … }`
    Every {
        /// How often.
        interval: Expr,
        /// When in a step.
        turn: Turn,
        /// What happens.
        body: Block,
    },
    /// `dt 0.5*ms`
    Dt(Expr),
    /// `on_pre …`, `on_pre up { … }`
    OnPre {
        /// The pathway's name.
        pathway: Option<Name>,
        /// What happens.
        body: Block,
    },
    /// `on_post …`, `on_post up { … }`
    OnPost {
        /// The pathway's name.
        pathway: Option<Name>,
        /// What happens.
        body: Block,
    },
    /// `on_event up = high`
    OnEvent {
        /// The pathway's name.
        pathway: Option<Name>,
        /// The event that triggers it.
        event: Name,
    },
    /// `order 1`, `order up = 1`
    Order {
        /// A pathway, an event, `threshold` or `reset`; `None` for the whole block.
        of: Option<Name>,
        /// Its place among those of one slot.
        value: Expr,
    },
    /// `when after_groups`, `when up = after_resets`
    When {
        /// A pathway, an event, `threshold` or `reset`; `None` for the whole block.
        of: Option<Name>,
        /// `start`, `before_groups`, …
        slot: Name,
    },
    /// `multisynaptic_index k`
    MultisynapticIndex(Name),
    /// `delay 1*ms`, `delay up = 2*ms`
    Delay {
        /// The pathway's name; `None` means `pre`.
        pathway: Option<Name>,
        /// How long.
        value: Expr,
    },
    /// `connect …`
    Connect(Vec<ConnectPart>),
    /// `rate 15*Hz`
    Rate(Expr),
    /// `n 1000` (of a `poisson_input`)
    Count(Expr),
    /// `weight 0.1*mV` (of a `poisson_input`)
    Weight(Expr),
    /// `spikes i = […], t = […]*ms` or `spikes csv("file")`
    Spikes(Vec<Argument>),
    /// `period 6*ms`
    Period(Expr),
    /// A statement that could not be read; a diagnostic was given.
    Error,
}

impl MemberKind {
    /// The word that a statement begins with; `None` for equation lines and for what could not be read.
    #[must_use]
    pub fn word(&self) -> Option<&'static str> {
        Some(match self {
            MemberKind::Threshold(_) => "threshold",
            MemberKind::Reset(_) => "reset",
            MemberKind::Refractory(_) => "refractory",
            MemberKind::Method(_) => "method",
            MemberKind::Init(_) => "init",
            MemberKind::Event { .. } => "event",
            MemberKind::Every { .. } => "every",
            MemberKind::Dt(_) => "dt",
            MemberKind::OnPre { .. } => "on_pre",
            MemberKind::OnPost { .. } => "on_post",
            MemberKind::OnEvent { .. } => "on_event",
            MemberKind::Order { .. } => "order",
            MemberKind::When { .. } => "when",
            MemberKind::MultisynapticIndex(_) => "multisynaptic_index",
            MemberKind::Delay { .. } => "delay",
            MemberKind::Connect(_) => "connect",
            MemberKind::Rate(_) => "rate",
            MemberKind::Count(_) => "n",
            MemberKind::Weight(_) => "weight",
            MemberKind::Spikes(_) => "spikes",
            MemberKind::Period(_) => "period",
            MemberKind::Equation(_) | MemberKind::Error => return None,
        })
    }
}

/// One comma-separated part of a `connect`.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "a model has a handful of them")]
pub enum ConnectPart {
    /// `all`, `skip_if_invalid`, `fixed_indegree(…)`, `csv(…)` or a condition: an expression without a name before
    /// it. `all` and `skip_if_invalid` are plain names here.
    Plain(Expr),
    /// `p = 0.1`, `n = 2`, `i = [0, 1]`, `j = k for k in range(…) if …`
    Named {
        /// What is set.
        name: Name,
        /// To what.
        value: Expr,
        /// `for k in range(…) if condition`, or `if condition` alone.
        generator: Option<Generator>,
    },
}

/// `for name in range if condition`; of the loop and the condition at least one is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Generator {
    /// The loop: its variable, and `range(…)` or `sample(…)`.
    pub each: Option<(Name, Expr)>,
    /// Which of them.
    pub condition: Option<Expr>,
    /// Where.
    pub span: Span,
}

/// A line with a colon and a unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Equation {
    /// What it defines.
    pub name: Name,
    /// Which of the three forms.
    pub kind: EquationKind,
    /// The unit slot, as written: `volt`, `1`, `siemens/meter**2`, `boolean`.
    pub unit: Expr,
    /// The flags between the brackets, words joined by one space: `unless refractory`.
    pub flags: Vec<Name>,
}

/// The three forms of a line with a unit.
#[derive(Clone, Debug, PartialEq)]
pub enum EquationKind {
    /// `dx/dt = value : unit`; `name` is the `x`.
    Differential(Expr),
    /// `x = value : unit`
    Subexpression(Expr),
    /// `x : unit`, `x : unit = default`
    Parameter(Option<Expr>),
}

/// Statements that run one after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// In order.
    pub statements: Vec<Statement>,
    /// Whether it was written with braces (one statement needs none).
    pub braces: bool,
    /// Where.
    pub span: Span,
}

/// `target op value`
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What is written.
    pub target: Name,
    /// How.
    pub op: AssignOp,
    /// The value.
    pub value: Expr,
    /// From target to value.
    pub span: Span,
}

/// `=`, `+=` and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AssignOp {
    /// `=`
    Set,
    /// `op=`: one of `+ - * / // ** %`
    With(BinaryOp),
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it says.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
}

/// Everything that can stand where a value can; lists, texts, indices and named arguments have meaning in few places.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `13.`, `.5`, `1e-3`, `42`
    Number(Number),
    /// `True`, `False`
    Boolean(bool),
    /// `"edges.csv"`, without its quotes
    Text(Box<str>),
    /// `v`, `mV`, `rand` without brackets
    Name(Box<str>),
    /// `-x`, `+x`, `not x`
    Unary {
        /// Which.
        op: UnaryOp,
        /// Of what.
        operand: Box<Expr>,
    },
    /// `a + b`, `a < b`, `a and b`
    Binary {
        /// Which.
        op: BinaryOp,
        /// Where the operator stands.
        op_span: Span,
        /// Left of it.
        left: Box<Expr>,
        /// Right of it.
        right: Box<Expr>,
    },
    /// `f(a, b, name = c)`
    Call {
        /// The function.
        function: Name,
        /// In order.
        arguments: Vec<Argument>,
    },
    /// `base.name`
    Member {
        /// Of what.
        base: Box<Expr>,
        /// Which.
        name: Name,
    },
    /// `base[0, 5, 10:20]`, `base[i > 10]`
    Index {
        /// Of what.
        base: Box<Expr>,
        /// Between the brackets.
        items: Vec<IndexItem>,
    },
    /// `[a, b]`
    List(Vec<Expr>),
    /// `( … )`
    Group(Box<Expr>),
    /// Something that could not be read; a diagnostic was given.
    Error,
}

/// A number as written and what it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    /// As written.
    pub text: Box<str>,
    /// Whether it was written without point and exponent.
    pub integer: bool,
    /// Its value; infinite where it is beyond the range of a double.
    pub value: f64,
}

/// One argument of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// `name =` before it.
    pub name: Option<Name>,
    /// Its value.
    pub value: Expr,
}

/// One entry between index brackets.
#[derive(Clone, Debug, PartialEq)]
pub enum IndexItem {
    /// An index, a list of them or a condition.
    At(Expr),
    /// `start:stop:step`, each of which may be left out.
    Slice {
        /// First index.
        start: Option<Expr>,
        /// One past the last.
        stop: Option<Expr>,
        /// Distance of one index to the next.
        step: Option<Expr>,
        /// Where.
        span: Span,
    },
}

/// Operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `-`
    Negate,
    /// `+`
    Plus,
    /// `not`
    Not,
}

/// Operators with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is its own name")]
pub enum BinaryOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Remainder,
    Power,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
    And,
    Or,
}

impl BinaryOp {
    /// As it is written.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::FloorDivide => "//",
            Self::Remainder => "%",
            Self::Power => "**",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::And => "and",
            Self::Or => "or",
        }
    }
}
