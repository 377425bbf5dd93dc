//! How large an expression can be, as far as can be said without running it.
//!
//! In: an expression, what is known of its variables, and perhaps one leaf to look at apart. Out: the bounds of
//! `slope` and `rest` where the expression is `slope*leaf + rest`. Bounds hold for real numbers; what is not known is
//! anything.

use crate::ir::expr::{Arena, Binary, Distribution, ExprId, Function, Node, Unary};
use crate::passes::fold::Literal;
use crate::passes::walk::reachable;
use std::collections::HashMap;

/// Every number from `low` to `high`, themselves included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bounds {
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Bounds {
    pub(super) const ANY: Self = Self { low: f64::NEG_INFINITY, high: f64::INFINITY };
    pub(super) const ZERO: Self = Self { low: 0.0, high: 0.0 };
    const FROM_ZERO: Self = Self { low: 0.0, high: f64::INFINITY };
    const CHANCE: Self = Self { low: 0.0, high: 1.0 };
    const CIRCLE: Self = Self { low: -1.0, high: 1.0 };

    pub(super) fn of(value: f64) -> Self {
        if value.is_nan() { Self::ANY } else { Self { low: value, high: value } }
    }

    /// The one number, where there is but one.
    pub(super) fn only(self) -> Option<f64> {
        (self.low == self.high && self.low.is_finite()).then_some(self.low)
    }

    /// What is within one or the other, and all between.
    pub(super) fn hull(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    fn negated(self) -> Self {
        Self { low: -self.high, high: -self.low }
    }

    fn plus(self, other: Self) -> Self {
        let (low, high) = (self.low + other.low, self.high + other.high);
        if low.is_nan() || high.is_nan() { Self::ANY } else { Self { low, high } }
    }

    fn times(self, other: Self) -> Self {
        // Bounds that are infinite are never taken, so that 0 times one of them is 0.
        let product = |a: f64, b: f64| if a == 0.0 || b == 0.0 { 0.0 } else { a * b };
        let corners = [(self.low, other.low), (self.low, other.high), (self.high, other.low), (self.high, other.high)];
        Self::around(corners.map(|(a, b)| product(a, b)))
    }

    /// A quotient; anything where the divisor may be 0.
    pub(super) fn over(self, divisor: Self) -> Self {
        if divisor.low <= 0.0 && divisor.high >= 0.0 {
            return Self::ANY;
        }
        self.times(Self { low: divisor.high.recip(), high: divisor.low.recip() })
    }

    fn around(values: [f64; 4]) -> Self {
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        Self { low, high }
    }

    /// Of a function that never falls.
    fn rising(self, f: impl Fn(f64) -> f64) -> Self {
        let (low, high) = (f(self.low), f(self.high));
        if low.is_nan() || high.is_nan() { Self::ANY } else { Self { low, high } }
    }
}

/// An expression as `slope*leaf + rest`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Affine {
    pub(super) slope: Bounds,
    pub(super) rest: Bounds,
}

impl Affine {
    const ANY: Self = Self { slope: Bounds::ANY, rest: Bounds::ANY };

    fn free(rest: Bounds) -> Self {
        Self { slope: Bounds::ZERO, rest }
    }

    /// Bounds of what does not depend on the leaf.
    fn without_leaf(self) -> Option<Bounds> {
        (self.slope == Bounds::ZERO).then_some(self.rest)
    }

    fn scaled(self, by: Bounds) -> Self {
        Self { slope: self.slope.times(by), rest: self.rest.times(by) }
    }
}

/// The bounds of an expression; `known` says those of variables and whatever else it knows.
pub(super) fn bounds(arena: &Arena, root: ExprId, known: impl FnMut(&Node) -> Option<Bounds>) -> Bounds {
    affine(arena, root, |_| false, known).rest
}

/// An expression as `slope*leaf + rest`.
pub(super) fn affine(
    arena: &Arena,
    root: ExprId,
    is_leaf: impl Fn(&Node) -> bool,
    mut known: impl FnMut(&Node) -> Option<Bounds>,
) -> Affine {
    let mut made: HashMap<ExprId, Affine> = HashMap::new();
    for id in reachable(arena, &[root]) {
        let node = arena.node(id);
        let value = if is_leaf(node) {
            Affine { slope: Bounds::of(1.0), rest: Bounds::ZERO }
        } else if let Some(literal) = Literal::of(arena, id) {
            Affine::free(Bounds::of(literal.float()))
        } else if let Some(bounds) = known(node) {
            Affine::free(bounds)
        } else {
            combined(node, |operand| made[&operand])
        };
        made.insert(id, value);
    }
    made[&root]
}

fn combined(node: &Node, of: impl Fn(ExprId) -> Affine) -> Affine {
    match node {
        Node::Unary(Unary::Negate, a) => of(*a).scaled(Bounds::of(-1.0)),
        Node::Binary(operator, a, b) => of_two(*operator, of(*a), of(*b)),
        Node::Call(function, operands) => {
            let free: Option<Vec<Bounds>> = operands.iter().map(|&operand| of(operand).without_leaf()).collect();
            free.map_or(Affine::ANY, |operands| Affine::free(of_call(*function, &operands)))
        }
        Node::Unary(Unary::Not, _) | Node::Random(Distribution::Uniform, ..) => Affine::free(Bounds::CHANCE),
        Node::Time | Node::Random(Distribution::Poisson | Distribution::Binomial, ..) => {
            Affine::free(Bounds::FROM_ZERO)
        }
        Node::Host(_, operands) | Node::Random(_, _, operands)
            if operands.iter().any(|&operand| of(operand).without_leaf().is_none()) =>
        {
            Affine::ANY
        }
        Node::At(_, index) if of(*index).without_leaf().is_none() => Affine::ANY,
        _ => Affine::free(Bounds::ANY),
    }
}

fn of_two(operator: Binary, a: Affine, b: Affine) -> Affine {
    match operator {
        Binary::Add => Affine { slope: a.slope.plus(b.slope), rest: a.rest.plus(b.rest) },
        Binary::Subtract => of_two(Binary::Add, a, b.scaled(Bounds::of(-1.0))),
        Binary::Multiply => match (a.without_leaf(), b.without_leaf()) {
            (_, Some(by)) => a.scaled(by),
            (Some(by), None) => b.scaled(by),
            (None, None) => Affine::ANY,
        },
        Binary::Divide => match b.without_leaf() {
            Some(by) => a.scaled(Bounds::of(1.0).over(by)),
            None => Affine::ANY,
        },
        Binary::Power => match (a.without_leaf(), b.without_leaf()) {
            (Some(base), Some(exponent)) => Affine::free(power(base, exponent)),
            _ => Affine::ANY,
        },
        Binary::FloorDivide | Binary::Remainder => match (a.without_leaf(), b.without_leaf()) {
            (Some(_), Some(_)) => Affine::free(Bounds::ANY),
            _ => Affine::ANY,
        },
        _ => Affine::free(Bounds::CHANCE),
    }
}

fn power(base: Bounds, exponent: Bounds) -> Bounds {
    match exponent.only() {
        Some(exponent) if exponent > 0.0 && base.low >= 0.0 => base.rising(|x| x.powf(exponent)),
        Some(exponent) if exponent > 0.0 && exponent % 2.0 == 0.0 => {
            Bounds { low: 0.0, high: base.low.abs().max(base.high.abs()).powf(exponent) }
        }
        Some(exponent) if exponent > 0.0 && exponent % 2.0 == 1.0 => base.rising(|x| x.powf(exponent)),
        _ if base.low >= 0.0 => Bounds::FROM_ZERO,
        _ => Bounds::ANY,
    }
}

fn of_call(function: Function, operands: &[Bounds]) -> Bounds {
    match (function, operands) {
        (Function::Sin | Function::Cos, _) => Bounds::CIRCLE,
        (Function::Tanh | Function::Erf, [x]) => {
            let inside = |x: f64| x.clamp(-1.0, 1.0);
            // Both are below x and 1 in absolute value, but for erf's slope of 2/sqrt(pi) at 0.
            Bounds { low: inside(2.0 * x.low.min(0.0)), high: inside(2.0 * x.high.max(0.0)) }
        }
        (Function::Exp, [x]) => x.rising(f64::exp),
        (Function::Exprel, _) => Bounds::FROM_ZERO,
        (Function::Sqrt, [x]) => x.rising(|x| x.max(0.0).sqrt()),
        (Function::Abs, [x]) if x.low >= 0.0 => *x,
        (Function::Abs, [x]) if x.high <= 0.0 => x.negated(),
        (Function::Abs, [x]) => Bounds { low: 0.0, high: x.high.max(-x.low) },
        (Function::Floor, [x]) => x.rising(f64::floor),
        (Function::Ceil, [x]) => x.rising(f64::ceil),
        (Function::Min, [a, b]) => Bounds { low: a.low.min(b.low), high: a.high.min(b.high) },
        (Function::Max, [a, b]) => Bounds { low: a.low.max(b.low), high: a.high.max(b.high) },
        (Function::Clip, [_, low, high]) => low.hull(*high),
        (Function::Where, [_, a, b]) => a.hull(*b),
        _ => Bounds::ANY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::expr::{Site, Type, VariableId};
    use proptest::prelude::*;

    const X: Node = Node::Variable(Site::Own, VariableId(0));

    /// A tree over the leaf and two constants, and its value at any leaf.
    #[derive(Clone, Debug)]
    enum Tree {
        Leaf,
        Constant(f64),
        Two(Binary, Box<Tree>, Box<Tree>),
        Call(Function, Box<Tree>),
    }

    fn trees() -> impl Strategy<Value = Tree> {
        let leaf = prop_oneof![Just(Tree::Leaf), (-3.0..3.0f64).prop_map(Tree::Constant)];
        leaf.prop_recursive(4, 24, 2, |inner| {
            let operator = prop_oneof![
                Just(Binary::Add),
                Just(Binary::Subtract),
                Just(Binary::Multiply),
                Just(Binary::Divide),
                Just(Binary::Power)
            ];
            let function = prop_oneof![
                Just(Function::Sin),
                Just(Function::Tanh),
                Just(Function::Erf),
                Just(Function::Exp),
                Just(Function::Abs),
                Just(Function::Floor),
                Just(Function::Sqrt)
            ];
            prop_oneof![
                (operator, inner.clone(), inner.clone()).prop_map(|(op, a, b)| Tree::Two(op, a.into(), b.into())),
                (function, inner).prop_map(|(function, a)| Tree::Call(function, a.into())),
            ]
        })
    }

    impl Tree {
        fn add_to(&self, arena: &mut Arena) -> ExprId {
            match self {
                Self::Leaf => arena.add(X, Type::Float),
                Self::Constant(value) => arena.float(*value),
                Self::Two(operator, a, b) => {
                    let (a, b) = (a.add_to(arena), b.add_to(arena));
                    arena.binary(*operator, a, b)
                }
                Self::Call(function, a) => {
                    let a = a.add_to(arena);
                    arena.add(Node::Call(*function, vec![a]), Type::Float)
                }
            }
        }

        fn at(&self, x: f64) -> f64 {
            match self {
                Self::Leaf => x,
                Self::Constant(value) => *value,
                Self::Two(Binary::Add, a, b) => a.at(x) + b.at(x),
                Self::Two(Binary::Subtract, a, b) => a.at(x) - b.at(x),
                Self::Two(Binary::Multiply, a, b) => a.at(x) * b.at(x),
                Self::Two(Binary::Divide, a, b) => a.at(x) / b.at(x),
                Self::Two(_, a, b) => a.at(x).powf(b.at(x)),
                Self::Call(Function::Sin, a) => a.at(x).sin(),
                Self::Call(Function::Tanh, a) => a.at(x).tanh(),
                Self::Call(Function::Erf, a) => runtime::math::functions::erf(a.at(x)),
                Self::Call(Function::Exp, a) => a.at(x).exp(),
                Self::Call(Function::Abs, a) => a.at(x).abs(),
                Self::Call(Function::Floor, a) => a.at(x).floor(),
                Self::Call(_, a) => a.at(x).sqrt(),
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn values_are_within_their_bounds(tree in trees(), xs in prop::collection::vec(-2.0..2.0f64, 8)) {
            let mut arena = Arena::default();
            let root = tree.add_to(&mut arena);
            let within = bounds(&arena, root, |node| (*node == X).then_some(Bounds { low: -2.0, high: 2.0 }));
            let apart = affine(&arena, root, |node| *node == X, |_| None);
            for x in xs {
                let value = tree.at(x);
                if !value.is_finite() {
                    continue;
                }
                let slack = 1e-9 * (1.0 + value.abs());
                prop_assert!(within.low - slack <= value && value <= within.high + slack, "{value} of {within:?}");
                if let (Some(slope), Some(rest)) = (apart.slope.only(), apart.rest.only()) {
                    prop_assert!((slope * x + rest - value).abs() <= slack, "{slope}*{x} + {rest} is not {value}");
                }
            }
        }
    }
}
