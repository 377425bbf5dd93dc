//! What an operation on literals comes to: literals in, a literal out, by the functions that the engines run.
//!
//! The result is a literal of the plan, the same on both engines and on every processor: functions are evaluated without fused
//! multiply-adds, whatever the programs do. `runtime::math` is all that the passes know of the runtime.

use crate::ir::expr::{Arena, Binary, ExprId, Function, Node, Type, Unary};
use runtime::math::{self, Scalar, functions, integer};

/// Whole powers up to this are made by squaring (12 products at most); beyond, `pow` is as good.
const LARGEST_POWER_BY_SQUARING: f64 = 64.0;

/// The exponent of a power that is made by squaring.
pub(super) fn whole_power(exponent: f64) -> Option<i32> {
    (exponent.fract() == 0.0 && exponent.abs() <= LARGEST_POWER_BY_SQUARING).then_some(exponent as i32)
}

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
        (FloorDivide, Type::Float) => floats(|a, b| functions::floor_divide(a, b)),
        (Remainder, Type::Float) => floats(|a, b| functions::remainder(a, b)),
        (Power, Type::Float) => floats(power),
        (Divide, _) => floats(|a, b| a / b),
        (Add, _) => integers(i32::wrapping_add),
        (Subtract, _) => integers(i32::wrapping_sub),
        (Multiply, _) => integers(i32::wrapping_mul),
        (FloorDivide, _) => integers(integer::floor_divide),
        (Remainder, _) => integers(integer::remainder),
        (Power, _) => integers(|a, b| integer::power(a, b.unsigned_abs())),
        (And, _) => Some(Literal::Boolean(a.boolean() && b.boolean())),
        (Or, _) => Some(Literal::Boolean(a.boolean() || b.boolean())),
        (comparison, _) => Some(Literal::Boolean(compare(comparison, a, b))),
    }
}

fn power(base: f64, exponent: f64) -> f64 {
    match whole_power(exponent) {
        Some(whole) => math::powi(&mut Scalar { fused: false }, base, whole),
        None => functions::power(base, exponent),
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
        (Function::Abs, [Literal::Integer(a)]) => Some(Literal::Integer(a.wrapping_abs())),
        (Function::Floor | Function::Ceil, [whole @ Literal::Integer(_)]) => Some(*whole),
        (Function::Int, [a]) => Some(a.to(Type::Integer)),
        (Function::Where, [condition, a, b]) => {
            let wider = a.kind().max(b.kind());
            Some(if condition.boolean() { a.to(wider) } else { b.to(wider) })
        }
        (_, [a]) => real(function, a.float()).map(Literal::Float),
        _ => None,
    }
}

fn real(function: Function, x: f64) -> Option<f64> {
    let ops = &mut Scalar { fused: false };
    Some(match function {
        Function::Sin => math::sin(ops, x),
        Function::Cos => math::cos(ops, x),
        Function::Tan => functions::tan(x),
        Function::Sinh => functions::sinh(x),
        Function::Cosh => functions::cosh(x),
        Function::Tanh => math::tanh(ops, x),
        Function::Arcsin => functions::arcsin(x),
        Function::Arccos => functions::arccos(x),
        Function::Arctan => functions::arctan(x),
        Function::Arcsinh => functions::arcsinh(x),
        Function::Arccosh => functions::arccosh(x),
        Function::Arctanh => functions::arctanh(x),
        Function::Exp => math::exp(ops, x),
        Function::Expm1 => math::expm1(ops, x),
        Function::Exprel => math::exprel(ops, x),
        Function::Log => math::log(ops, x),
        Function::Log10 => functions::log10(x),
        Function::Log1p => math::log1p(ops, x),
        Function::Sqrt => x.sqrt(),
        Function::Erf => functions::erf(x),
        Function::Abs => x.abs(),
        Function::Sign => math::sign(ops, x),
        Function::Ceil => x.ceil(),
        Function::Floor => x.floor(),
        Function::Int | Function::Clip | Function::Min | Function::Max | Function::Where | Function::Timestep => {
            return None;
        }
    })
}

/// `e**x` at compile time.
pub(super) fn exp(x: f64) -> f64 {
    math::exp(&mut Scalar { fused: false }, x)
}

/// `(e**x - 1)/x` at compile time, 1 at 0.
pub(super) fn exprel(x: f64) -> f64 {
    math::exprel(&mut Scalar { fused: false }, x)
}
