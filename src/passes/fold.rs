//! What an operation on literals comes to: literals in, a literal out, with the engines' own meaning of every operation.
//!
//! Only operations whose result is the same to the bit at compile time and at run time are folded; for the rest the answer
//! is `None`, and the operation stays.

use crate::ir::expr::{Arena, Binary, ExprId, Function, Node, Type, Unary};

/// A literal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Literal {
    Float(f64),
    Integer(i32),
    Boolean(bool),
}

impl Literal {
    /// The literal an expression is, where it is one.
    pub(super) fn of(arena: &Arena, id: ExprId) -> Option<Self> {
        match *arena.node(id) {
            Node::Float(bits) => Some(Self::Float(f64::from_bits(bits))),
            Node::Integer(value) => Some(Self::Integer(value)),
            Node::Boolean(value) => Some(Self::Boolean(value)),
            _ => None,
        }
    }

    /// As an expression.
    pub(super) fn add_to(self, arena: &mut Arena) -> ExprId {
        match self {
            Self::Float(value) => arena.float(value),
            Self::Integer(value) => arena.integer(value),
            Self::Boolean(value) => arena.boolean(value),
        }
    }

    pub(super) fn float(self) -> f64 {
        match self {
            Self::Float(value) => value,
            Self::Integer(value) => f64::from(value),
            Self::Boolean(value) => f64::from(u8::from(value)),
        }
    }

    fn integer(self) -> i32 {
        match self {
            Self::Float(value) => value as i32,
            Self::Integer(value) => value,
            Self::Boolean(value) => i32::from(value),
        }
    }

    fn boolean(self) -> bool {
        match self {
            Self::Float(value) => value != 0.0,
            Self::Integer(value) => value != 0,
            Self::Boolean(value) => value,
        }
    }

    /// Converted as a use of that type converts it.
    pub(super) fn to(self, kind: Type) -> Self {
        match kind {
            Type::Float => Self::Float(self.float()),
            Type::Integer => Self::Integer(self.integer()),
            Type::Boolean => Self::Boolean(self.boolean()),
        }
    }

    fn kind(self) -> Type {
        match self {
            Self::Float(_) => Type::Float,
            Self::Integer(_) => Type::Integer,
            Self::Boolean(_) => Type::Boolean,
        }
    }
}

/// What a node comes to whose operands are the literals given; `kind` is its type.
pub(super) fn fold(node: &Node, operands: &[Literal], kind: Type) -> Option<Literal> {
    match (node, operands) {
        (Node::Unary(Unary::Not, _), [a]) => Some(Literal::Boolean(!a.boolean())),
        (Node::Unary(Unary::Negate, _), [a]) => Some(match kind {
            Type::Float => Literal::Float(-a.float()),
            _ => Literal::Integer(a.integer().wrapping_neg()),
        }),
        (Node::Binary(operator, ..), [a, b]) => binary(*operator, *a, *b, kind),
        (Node::Call(function, _), operands) => call(*function, operands).map(|value| value.to(kind)),
        _ => None,
    }
}

fn binary(operator: Binary, a: Literal, b: Literal, kind: Type) -> Option<Literal> {
    use Binary::{Add, And, Divide, FloorDivide, Multiply, Or, Power, Remainder, Subtract};
    let floats = |value: fn(f64, f64) -> f64| Some(Literal::Float(value(a.float(), b.float())));
    let integers = |value: fn(i32, i32) -> i32| Some(Literal::Integer(value(a.integer(), b.integer())));
    match (operator, kind) {
        (Add, Type::Float) => floats(|a, b| a + b),
        (Subtract, Type::Float) => floats(|a, b| a - b),
        (Multiply, Type::Float) => floats(|a, b| a * b),
        (Divide, _) => floats(|a, b| a / b),
        (Add, _) => integers(i32::wrapping_add),
        (Subtract, _) => integers(i32::wrapping_sub),
        (Multiply, _) => integers(i32::wrapping_mul),
        (And, _) => Some(Literal::Boolean(a.boolean() && b.boolean())),
        (Or, _) => Some(Literal::Boolean(a.boolean() || b.boolean())),
        (FloorDivide | Remainder | Power, _) => None,
        (comparison, _) => Some(Literal::Boolean(compare(comparison, a, b))),
    }
}

fn compare(operator: Binary, a: Literal, b: Literal) -> bool {
    let (a, b) = (a.float(), b.float());
    match operator {
        Binary::Less => a < b,
        Binary::LessEqual => a <= b,
        Binary::Greater => a > b,
        Binary::GreaterEqual => a >= b,
        Binary::Equal => a == b,
        _ => a != b,
    }
}

fn call(function: Function, operands: &[Literal]) -> Option<Literal> {
    match (function, operands) {
        (Function::Abs, [Literal::Float(a)]) => Some(Literal::Float(a.abs())),
        (Function::Sqrt, [a]) => Some(Literal::Float(a.float().sqrt())),
        (Function::Floor, [Literal::Float(a)]) => Some(Literal::Float(a.floor())),
        (Function::Ceil, [Literal::Float(a)]) => Some(Literal::Float(a.ceil())),
        (Function::Int, [a]) => Some(a.to(Type::Integer)),
        (Function::Where, [condition, a, b]) => {
            let wider = a.kind().max(b.kind());
            Some(if condition.boolean() { a.to(wider) } else { b.to(wider) })
        }
        _ => None,
    }
}

/// `e**x` at compile time.
pub(super) fn exp(x: f64) -> f64 {
    x.exp()
}

/// `(e**x - 1)/x` at compile time, 1 at 0.
pub(super) fn exprel(x: f64) -> f64 {
    if x.abs() < 1e-16 { 1.0 } else { x.exp_m1() / x }
}
