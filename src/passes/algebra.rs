//! Sums and products of real expressions, short where an operand is a literal.
//!
//! Used to write integrators. The reals of algebra are meant: `0*x` is 0 and `x + 0` is `x`, also where `x` might be infinite or
//! -0 at run time; Brian2 (through SymPy) does the same with the right-hand sides of equations.

use super::fold::{self, Literal};
use crate::ir::expr::{Arena, Binary, ExprId, Function, Node, Type, Unary};

/// Writes real expressions into an arena.
pub(super) struct Algebra<'a> {
    pub(super) arena: &'a mut Arena,
}

impl Algebra<'_> {
    pub(super) fn literal(&mut self, value: f64) -> ExprId {
        self.arena.float(value)
    }

    /// The literal an expression is, as a real.
    pub(super) fn value(&self, id: ExprId) -> Option<f64> {
        Literal::of(self.arena, id).map(Literal::float)
    }

    pub(super) fn is_zero(&self, id: ExprId) -> bool {
        self.value(id) == Some(0.0)
    }

    /// An expression as a real, so that products of integers do not wrap where the model multiplies reals.
    pub(super) fn real(&mut self, id: ExprId) -> ExprId {
        if self.arena.kind(id) == Type::Float {
            return id;
        }
        match self.value(id) {
            Some(value) => self.literal(value),
            None => {
                let one = self.literal(1.0);
                self.arena.binary(Binary::Multiply, one, id)
            }
        }
    }

    pub(super) fn add(&mut self, a: ExprId, b: ExprId) -> ExprId {
        let (a, b) = (self.real(a), self.real(b));
        match (self.value(a), self.value(b)) {
            (Some(a), Some(b)) => self.literal(a + b),
            (Some(0.0), _) => b,
            (_, Some(0.0)) => a,
            _ => match (self.negated(a), self.negated(b)) {
                (Some(a), Some(b)) => {
                    let sum = self.add(a, b);
                    self.negate(sum)
                }
                (_, Some(minus)) => self.arena.binary(Binary::Subtract, a, minus),
                (Some(minus), _) => self.arena.binary(Binary::Subtract, b, minus),
                _ => self.arena.binary(Binary::Add, a, b),
            },
        }
    }

    pub(super) fn subtract(&mut self, a: ExprId, b: ExprId) -> ExprId {
        let minus = self.negate(b);
        self.add(a, minus)
    }

    pub(super) fn multiply(&mut self, a: ExprId, b: ExprId) -> ExprId {
        let (a, b) = (self.real(a), self.real(b));
        match (self.value(a), self.value(b)) {
            (Some(a), Some(b)) => self.literal(a * b),
            (Some(0.0), _) | (_, Some(0.0)) => self.literal(0.0),
            (Some(1.0), _) => b,
            (_, Some(1.0)) => a,
            (Some(-1.0), _) => self.negate(b),
            (_, Some(-1.0)) => self.negate(a),
            (Some(factor), None) => self.scale(b, factor),
            (None, Some(factor)) => self.scale(a, factor),
            (None, None) => match (self.negated(a), self.negated(b)) {
                (Some(a), Some(b)) => self.arena.binary(Binary::Multiply, a, b),
                (Some(minus), None) | (None, Some(minus)) => {
                    let other = if self.negated(a).is_some() { b } else { a };
                    let product = self.arena.binary(Binary::Multiply, minus, other);
                    self.negate(product)
                }
                (None, None) => self.arena.binary(Binary::Multiply, a, b),
            },
        }
    }

    /// A literal times an expression; joined with a literal factor that is there already.
    fn scale(&mut self, a: ExprId, factor: f64) -> ExprId {
        if let Some((inner, rest)) = self.literal_factor(a) {
            let factor = self.literal(inner * factor);
            return self.multiply(rest, factor);
        }
        let (a, factor) = match self.negated(a) {
            Some(minus) => (minus, -factor),
            None => (a, factor),
        };
        let factor = self.literal(factor);
        self.arena.binary(Binary::Multiply, a, factor)
    }

    /// The literal factor of a product, and the other one.
    fn literal_factor(&self, a: ExprId) -> Option<(f64, ExprId)> {
        let Node::Binary(Binary::Multiply, left, right) = *self.arena.node(a) else { return None };
        let real = |id: ExprId| self.arena.kind(id) == Type::Float;
        match (self.value(left), self.value(right)) {
            (_, Some(factor)) if real(left) => Some((factor, left)),
            (Some(factor), _) if real(right) => Some((factor, right)),
            _ => None,
        }
    }

    pub(super) fn divide(&mut self, a: ExprId, b: ExprId) -> ExprId {
        let (a, b) = (self.real(a), self.real(b));
        match (self.value(a), self.value(b)) {
            (Some(a), Some(b)) => self.literal(a / b),
            (Some(0.0), _) => a,
            (_, Some(1.0)) => a,
            (None, Some(divisor)) if (1.0 / divisor).is_normal() => {
                let factor = self.literal(1.0 / divisor);
                self.multiply(a, factor)
            }
            _ => self.arena.binary(Binary::Divide, a, b),
        }
    }

    pub(super) fn negate(&mut self, a: ExprId) -> ExprId {
        let a = self.real(a);
        match (self.value(a), self.negated(a)) {
            (Some(value), _) => self.literal(-value),
            (_, Some(inner)) => inner,
            _ => self.arena.unary(Unary::Negate, a),
        }
    }

    fn negated(&self, a: ExprId) -> Option<ExprId> {
        match *self.arena.node(a) {
            Node::Unary(Unary::Negate, inner) if self.arena.kind(inner) == Type::Float => Some(inner),
            _ => None,
        }
    }

    pub(super) fn exp(&mut self, a: ExprId) -> ExprId {
        match self.value(a) {
            Some(value) => self.literal(fold::exp(value)),
            None => self.call(Function::Exp, vec![a]),
        }
    }

    pub(super) fn exprel(&mut self, a: ExprId) -> ExprId {
        match self.value(a) {
            Some(value) => self.literal(fold::exprel(value)),
            None => self.call(Function::Exprel, vec![a]),
        }
    }

    pub(super) fn call(&mut self, function: Function, operands: Vec<ExprId>) -> ExprId {
        self.arena.add(Node::Call(function, operands), Type::Float)
    }

    /// `a` where the condition holds, else `b`.
    pub(super) fn choose(&mut self, condition: ExprId, a: ExprId, b: ExprId) -> ExprId {
        if a == b {
            return a;
        }
        match Literal::of(self.arena, condition) {
            Some(Literal::Boolean(true)) => a,
            Some(Literal::Boolean(false)) => b,
            _ => self.call(Function::Where, vec![condition, a, b]),
        }
    }

    pub(super) fn greater(&mut self, a: ExprId, b: ExprId) -> ExprId {
        match (self.value(a), self.value(b)) {
            (Some(a), Some(b)) => self.arena.boolean(a > b),
            _ => self.arena.binary(Binary::Greater, a, b),
        }
    }
}
