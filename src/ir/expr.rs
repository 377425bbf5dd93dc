//! Expressions: typed, unit-free, hash-consed.
//!
//! An `Arena` holds the expressions of a whole network; equal expressions have equal `ExprId`s, and operands have smaller
//! numbers than what is made of them, so that a pass can go through an expression in order without recursion.
//! All values are in SI base units. A variable in an expression stands for its value at the moment of evaluation.
//! Types follow the lattice boolean < integer < float; operands are converted where they are used, never in the arena.

use std::collections::HashMap;

/// The number of an expression in its arena.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExprId(pub u32);

/// The number of a stored variable in its network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VariableId(pub u32);

/// The number of a local variable of a block; every local of a network has its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalId(pub u32);

/// The number of a noise symbol in its network; every name (`xi`, `xi_a`) of every object has its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NoiseId(pub u32);

/// The number of a function that the host program gives, in its network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HostId(pub u32);

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Type {
    /// True or false.
    Boolean,
    /// 32 bits, wrapping.
    Integer,
    /// 64 bits.
    Float,
}

/// Whose value is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Site {
    /// Of the element the code runs for: a neuron in neuron code, a synapse in synaptic code.
    Own,
    /// Of the synapse's source neuron.
    Pre,
    /// Of the synapse's target neuron.
    Post,
}

/// Operators of one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is its own name")]
pub enum Unary {
    Negate,
    Not,
}

/// Operators of two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is its own name")]
pub enum Binary {
    Add,
    Subtract,
    Multiply,
    /// Always of floats.
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

/// Functions of the language. Argument numbers, types and units are rows of the resolver's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is its own name")]
pub enum Function {
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
    Sqrt,
    Erf,
    Abs,
    Sign,
    Ceil,
    Floor,
    /// `clip(x, low, high)`
    Clip,
    /// To an integer, towards zero.
    Int,
    Min,
    Max,
    /// `where(condition, a, b)`
    Where,
    /// `timestep(t, dt)`
    Timestep,
}

/// Distributions of random calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Distribution {
    /// `rand()`: uniform in [0, 1).
    Uniform,
    /// `randn()`: standard normal.
    Normal,
    /// `poisson(mean)`: integer.
    Poisson,
    /// `binomial(n, p)`: integer (drawn by a `poisson_input`).
    Binomial,
}

/// One expression; operands are other expressions of the arena.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Node {
    /// A float, by its bits.
    Float(u64),
    /// An integer.
    Integer(i32),
    /// A boolean.
    Boolean(bool),
    /// A stored variable.
    Variable(Site, VariableId),
    /// A local variable of the block.
    Local(LocalId),
    /// `t` [s]: the time at the start of the step.
    Time,
    /// `dt` [s].
    Dt,
    /// `t_in_timesteps`, wrapped to an integer.
    Tick,
    /// `i` of a neuron (`Own`), `i` (`Pre`) and `j` (`Post`) of a synapse: absolute in the population, so that a subgroup's offset
    /// is subtracted by an expression around it.
    Index(Site),
    /// The loop variable of a generator (`k for k in range(…)`).
    Each,
    /// One operand.
    Unary(Unary, ExprId),
    /// Two operands.
    Binary(Binary, ExprId, ExprId),
    /// A function.
    Call(Function, Vec<ExprId>),
    /// White noise [s^-0.5]: stands in derivatives only, and only until integrators are chosen.
    Noise(NoiseId),
    /// A variable of one certain element of its owner, whoever's code it is read in: a linked variable, a timed array's entry.
    /// The index is absolute and is kept within the column.
    At(VariableId, ExprId),
    /// A function of the host program; arguments and value are floats.
    Host(HostId, Vec<ExprId>),
    /// A random number: every textual call has its own `draw` within its block, expression or initialiser.
    Random(Distribution, u32, Vec<ExprId>),
}

impl Node {
    /// The same node with other operands.
    #[must_use]
    pub fn with_operands(&self, mut to: impl FnMut(ExprId) -> ExprId) -> Self {
        match self {
            Self::Unary(operator, operand) => Self::Unary(*operator, to(*operand)),
            Self::Binary(operator, left, right) => Self::Binary(*operator, to(*left), to(*right)),
            Self::Call(function, operands) => Self::Call(*function, operands.iter().map(|&id| to(id)).collect()),
            Self::At(variable, index) => Self::At(*variable, to(*index)),
            Self::Host(function, operands) => Self::Host(*function, operands.iter().map(|&id| to(id)).collect()),
            Self::Random(distribution, draw, operands) => {
                Self::Random(*distribution, *draw, operands.iter().map(|&id| to(id)).collect())
            }
            other => other.clone(),
        }
    }
}

/// All expressions of a network.
#[derive(Clone, Debug, Default)]
pub struct Arena {
    nodes: Vec<Node>,
    types: Vec<Type>,
    numbers: HashMap<Node, ExprId>,
}

impl Arena {
    /// The expression `node` of type `kind`; an equal one is found again.
    pub fn add(&mut self, node: Node, kind: Type) -> ExprId {
        if let Some(&id) = self.numbers.get(&node) {
            return id;
        }
        let id = ExprId(u32::try_from(self.nodes.len()).expect("an arena of 2^32 expressions would not fit in memory"));
        self.nodes.push(node.clone());
        self.types.push(kind);
        self.numbers.insert(node, id);
        id
    }

    /// What an expression is.
    #[must_use]
    pub fn node(&self, id: ExprId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// Its type.
    #[must_use]
    pub fn kind(&self, id: ExprId) -> Type {
        self.types[id.0 as usize]
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Gives the variables of entries read by number other numbers; all expressions stay.
    pub fn rename_entries(&mut self, to: impl Fn(VariableId) -> VariableId) {
        for node in &mut self.nodes {
            if let Node::At(variable, _) = node {
                *variable = to(*variable);
            }
        }
        self.numbers.clear();
        for (number, node) in (0..).zip(&self.nodes) {
            self.numbers.entry(node.clone()).or_insert(ExprId(number));
        }
    }

    /// A float literal.
    pub fn float(&mut self, value: f64) -> ExprId {
        self.add(Node::Float(value.to_bits()), Type::Float)
    }

    /// An integer literal.
    pub fn integer(&mut self, value: i32) -> ExprId {
        self.add(Node::Integer(value), Type::Integer)
    }

    /// A boolean literal.
    pub fn boolean(&mut self, value: bool) -> ExprId {
        self.add(Node::Boolean(value), Type::Boolean)
    }

    /// Two operands under an operator, with the type the lattice gives.
    pub fn binary(&mut self, op: Binary, left: ExprId, right: ExprId) -> ExprId {
        let wider = self.kind(left).max(self.kind(right)).max(Type::Integer);
        let kind = match op {
            Binary::Add | Binary::Subtract | Binary::Multiply | Binary::FloorDivide | Binary::Remainder => wider,
            Binary::Divide => Type::Float,
            Binary::Power => self.power_type(left, right),
            _ => Type::Boolean,
        };
        self.add(Node::Binary(op, left, right), kind)
    }

    /// One operand under an operator.
    pub fn unary(&mut self, op: Unary, operand: ExprId) -> ExprId {
        let kind = match op {
            Unary::Negate => self.kind(operand).max(Type::Integer),
            Unary::Not => Type::Boolean,
        };
        self.add(Node::Unary(op, operand), kind)
    }

    /// An integer to a power that is a literal of 0 or more is an integer; every other power is a float (`2**-1` is 0.5).
    fn power_type(&self, base: ExprId, exponent: ExprId) -> Type {
        let whole = matches!(self.node(exponent), Node::Integer(value) if *value >= 0);
        if whole && self.kind(base) <= Type::Integer { Type::Integer } else { Type::Float }
    }

    /// The operands of an expression, in order.
    #[must_use]
    pub fn operands(&self, id: ExprId) -> Vec<ExprId> {
        match self.node(id) {
            Node::Unary(_, operand) | Node::At(_, operand) => vec![*operand],
            Node::Binary(_, left, right) => vec![*left, *right],
            Node::Call(_, operands) | Node::Host(_, operands) | Node::Random(_, _, operands) => operands.clone(),
            _ => Vec::new(),
        }
    }
}
