//! Rewrites expressions by a table of rules that keep their values.
//!
//! Network in, the same network with shorter expressions out. A rule outside right-hand sides keeps every bit but, where said, the
//! sign of a zero; in right-hand sides of differential equations a rule may also cost the last bit, but for what decides over a
//! jump (`int(t/(3*ms))`), where the last bit is a step of time. A rule never changes the type of an expression. New rules are new
//! rows, each with its reason and its test.

use super::fold::{self, Literal};
use super::roots::{self, Place};
use super::walk::{reachable, rebuild};
use crate::ir::expr::{Arena, Binary, ExprId, Function, Node, Type, Unary};
use crate::ir::network::Network;
use std::collections::HashSet;

/// A rule: what it does, why it may, and where.
pub struct Rule {
    /// What becomes what.
    pub name: &'static str,
    /// Why values stay.
    pub why: &'static str,
    /// Whether it is of right-hand sides alone.
    equations_only: bool,
    /// The other expression, where the rule fits.
    apply: fn(&mut Arena, &Node, Type, f64) -> Option<ExprId>,
}

/// The rules, tried in order until none fits.
pub const RULES: &[Rule] = &[
    Rule {
        name: "dt -> its value",
        why: "the time step is constant for an experiment",
        equations_only: false,
        apply: |arena, node, _, dt| matches!(node, Node::Dt).then(|| arena.float(dt)),
    },
    Rule {
        name: "an operation on literals -> its result",
        why: "folded with the engines' own arithmetic",
        equations_only: false,
        apply: |arena, node, kind, _| fold_literals(arena, node, kind),
    },
    Rule {
        name: "x*1, 1*x, x/1 -> x",
        why: "exact for every x, NaN and -0 among them",
        equations_only: false,
        apply: |arena, node, kind, _| match *node {
            Node::Binary(Binary::Multiply | Binary::Divide, x, one) if is(arena, one, 1.0) => keep(arena, x, kind),
            Node::Binary(Binary::Multiply, one, x) if is(arena, one, 1.0) => keep(arena, x, kind),
            _ => None,
        },
    },
    Rule {
        name: "x + 0, 0 + x, x - 0 -> x",
        why: "exact but for -0 + 0, which is 0 and becomes -0; equal in every comparison",
        equations_only: false,
        apply: |arena, node, kind, _| match *node {
            Node::Binary(Binary::Add | Binary::Subtract, x, zero) if is(arena, zero, 0.0) => keep(arena, x, kind),
            Node::Binary(Binary::Add, zero, x) if is(arena, zero, 0.0) => keep(arena, x, kind),
            _ => None,
        },
    },
    Rule {
        name: "-(-x) -> x, not not x -> x",
        why: "exact: a sign is one bit; integers wrap back",
        equations_only: false,
        apply: |arena, node, kind, _| match *node {
            Node::Unary(outer, operand) => match *arena.node(operand) {
                Node::Unary(inner, x) if inner == outer => keep(arena, x, kind),
                _ => None,
            },
            _ => None,
        },
    },
    Rule {
        name: "x**1 -> x, x**0.5 -> sqrt(x)",
        why: "x**1 is exact; sqrt is rounded correctly, and differs from the power at -0 (-0 for 0) and -inf (NaN for inf) alone",
        equations_only: false,
        apply: |arena, node, kind, _| match *node {
            Node::Binary(Binary::Power, x, one) if is(arena, one, 1.0) => keep(arena, x, kind),
            Node::Binary(Binary::Power, x, half) if is(arena, half, 0.5) => {
                Some(arena.add(Node::Call(Function::Sqrt, vec![x]), Type::Float))
            }
            _ => None,
        },
    },
    Rule {
        name: "True and x -> x, False and x -> False, True or x -> True, False or x -> x",
        why: "operands have no effects",
        equations_only: false,
        apply: |arena, node, kind, _| {
            let Node::Binary(operator @ (Binary::And | Binary::Or), a, b) = *node else { return None };
            let literal = |id| match Literal::of(arena, id) {
                Some(Literal::Boolean(value)) => Some(value),
                _ => None,
            };
            let (value, x) = literal(a).map(|value| (value, b)).or_else(|| literal(b).map(|value| (value, a)))?;
            let neutral = operator == Binary::And;
            if value == neutral { keep(arena, x, kind) } else { Some(arena.boolean(value)) }
        },
    },
    Rule {
        name: "where(True, a, b) -> a, where(c, a, a) -> a",
        why: "the other operand is not asked for",
        equations_only: false,
        apply: |arena, node, kind, _| {
            let Node::Call(Function::Where, operands) = node else { return None };
            let [condition, a, b] = operands[..] else { return None };
            match Literal::of(arena, condition) {
                Some(Literal::Boolean(true)) => keep(arena, a, kind),
                Some(Literal::Boolean(false)) => keep(arena, b, kind),
                _ if a == b => keep(arena, a, kind),
                _ => None,
            }
        },
    },
    Rule {
        name: "x/c -> x*(1/c)",
        why: "within one unit in the last place; equations alone, so that 29*3./29 stays 3 where structure depends on it",
        equations_only: true,
        apply: |arena, node, _, _| {
            let Node::Binary(Binary::Divide, x, divisor) = *node else { return None };
            let factor = 1.0 / Literal::of(arena, divisor)?.float();
            if !factor.is_normal() {
                return None;
            }
            let factor = arena.float(factor);
            Some(arena.binary(Binary::Multiply, x, factor))
        },
    },
    Rule {
        name: "x + c + d -> x + (c + d), c - x + d -> (c + d) - x, and the like",
        why: "within one unit in the last place of the largest term; equations alone",
        equations_only: true,
        apply: |arena, node, kind, _| join_terms(arena, node, kind),
    },
    Rule {
        name: "x*c*d -> x*(c*d), (c*x/y)*d -> x*(c*d)/y",
        why: "within two units in the last place; equations alone",
        equations_only: true,
        apply: |arena, node, kind, _| join_factors(arena, node, kind),
    },
];

/// More rules cannot fit one node in turn; a table that goes round stops here.
const MOST_RULES_PER_NODE: usize = 16;

/// Rewrites every expression of a network.
pub(super) fn simplify(network: &mut Network) {
    let mut arena = std::mem::take(&mut network.arena);
    roots::for_each(network, &mut |dt, place, root| *root = rewrite(&mut arena, *root, place, dt));
    network.arena = arena;
}

/// Rewrites one expression.
pub(super) fn rewrite(arena: &mut Arena, root: ExprId, place: Place, dt: f64) -> ExprId {
    let decisive = if place == Place::Equation { below_jumps(arena, root) } else { HashSet::new() };
    rebuild(arena, &[root], |arena, old, node| {
        let kind = arena.kind(old);
        let place = if decisive.contains(&old) { Place::Elsewhere } else { place };
        let mut id = arena.add(node, kind);
        for _ in 0..MOST_RULES_PER_NODE {
            let node = arena.node(id).clone();
            let fitting = RULES.iter().filter(|rule| !rule.equations_only || place == Place::Equation);
            match fitting.map(|rule| (rule.apply)(arena, &node, kind, dt)).find_map(|other| other) {
                Some(other) if other != id => id = other,
                _ => break,
            }
        }
        id
    })[0]
}

/// What the operands of functions that jump are made of. With t*(1/3 ms) for t/(3 ms), 228 of the first 2,000 periods of
/// `int(t/(3*ms))` at steps of 0.1 ms begin a step late.
fn below_jumps(arena: &Arena, root: ExprId) -> HashSet<ExprId> {
    use Binary::{Equal, FloorDivide, Greater, GreaterEqual, Less, LessEqual, NotEqual, Remainder};
    let jumps = |node: &Node| match node {
        Node::Call(function, _) => {
            use Function::{Ceil, Floor, Int, Sign, Timestep};
            matches!(function, Ceil | Floor | Int | Sign | Timestep)
        }
        Node::Binary(operator, ..) => {
            matches!(operator, FloorDivide | Remainder | Less | LessEqual | Greater | GreaterEqual | Equal | NotEqual)
        }
        _ => false,
    };
    let jumping = reachable(arena, &[root]).into_iter().filter(|&id| jumps(arena.node(id)));
    let operands: Vec<ExprId> = jumping.flat_map(|id| arena.operands(id)).collect();
    reachable(arena, &operands).into_iter().collect()
}

fn is(arena: &Arena, id: ExprId, value: f64) -> bool {
    Literal::of(arena, id).is_some_and(|literal| literal.float() == value)
}

/// `x`, if it is of the type wanted: a rule must not change a type.
fn keep(arena: &Arena, x: ExprId, kind: Type) -> Option<ExprId> {
    (arena.kind(x) == kind).then_some(x)
}

/// A literal that is of the type Float or becomes it without loss.
fn literal(arena: &Arena, id: ExprId) -> Option<f64> {
    match Literal::of(arena, id)? {
        Literal::Boolean(_) => None,
        other => Some(other.float()),
    }
}

/// A sum as `sign*x + c`, where one of its terms is a literal.
fn with_literal_term(arena: &Arena, node: &Node) -> Option<(bool, ExprId, f64)> {
    match *node {
        Node::Binary(Binary::Add, x, c) if literal(arena, c).is_some() => Some((true, x, literal(arena, c)?)),
        Node::Binary(Binary::Add, c, x) => Some((true, x, literal(arena, c)?)),
        Node::Binary(Binary::Subtract, x, c) if literal(arena, c).is_some() => Some((true, x, -literal(arena, c)?)),
        Node::Binary(Binary::Subtract, c, x) => Some((false, x, literal(arena, c)?)),
        _ => None,
    }
}

fn join_terms(arena: &mut Arena, node: &Node, kind: Type) -> Option<ExprId> {
    let (outer, sum, d) = with_literal_term(arena, node)?;
    let (inner, x, c) = with_literal_term(arena, arena.node(sum))?;
    let real = |id: ExprId| arena.kind(id) == Type::Float;
    if kind != Type::Float || !real(sum) || !real(x) {
        return None;
    }
    let term = if outer { c + d } else { d - c };
    let term = arena.float(term);
    let operator = if inner == outer { Binary::Add } else { Binary::Subtract };
    Some(arena.binary(operator, term, x))
}

/// A product of which one factor is a literal.
fn with_literal_factor(arena: &Arena, node: &Node) -> Option<(ExprId, f64)> {
    match *node {
        Node::Binary(Binary::Multiply, x, c) if literal(arena, c).is_some() => Some((x, literal(arena, c)?)),
        Node::Binary(Binary::Multiply, c, x) => Some((x, literal(arena, c)?)),
        _ => None,
    }
}

fn join_factors(arena: &mut Arena, node: &Node, kind: Type) -> Option<ExprId> {
    let (inner, d) = with_literal_factor(arena, node)?;
    if kind != Type::Float || arena.kind(inner) != Type::Float {
        return None;
    }
    let (dividend, divisor) = match *arena.node(inner) {
        Node::Binary(Binary::Divide, dividend, divisor) => (dividend, Some(divisor)),
        _ => (inner, None),
    };
    let (x, c) = with_literal_factor(arena, arena.node(dividend))?;
    if arena.kind(dividend) != Type::Float || arena.kind(x) != Type::Float || !(c * d).is_normal() {
        return None;
    }
    let factor = arena.float(c * d);
    let product = arena.binary(Binary::Multiply, x, factor);
    Some(divisor.map_or(product, |divisor| arena.binary(Binary::Divide, product, divisor)))
}

fn fold_literals(arena: &mut Arena, node: &Node, kind: Type) -> Option<ExprId> {
    let operands = match node {
        Node::Unary(Unary::Negate | Unary::Not, a) => vec![*a],
        Node::Binary(_, a, b) => vec![*a, *b],
        Node::Call(_, operands) => operands.clone(),
        _ => return None,
    };
    let literals: Option<Vec<Literal>> = operands.iter().map(|&id| Literal::of(arena, id)).collect();
    Some(fold::fold(node, &literals?, kind)?.add_to(arena))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::network::{Object, PopulationId, Role};
    use crate::passes::tests::models::Model;
    use crate::passes::text::show;

    const OWNER: Object = Object::Population(PopulationId(0));

    /// What an expression becomes, in words.
    fn rewritten(text: &str, place: Place) -> String {
        let mut model = Model::new();
        model.neurons("P", 1);
        model.variable(OWNER, "x", Role::Parameter, Type::Float);
        model.variable(OWNER, "n", Role::Parameter, Type::Integer);
        model.variable(OWNER, "b", Role::Parameter, Type::Boolean);
        let root = model.expression(OWNER, text);
        let kind = model.network.arena.kind(root);
        let new = rewrite(&mut model.network.arena, root, place, 1e-4);
        assert_eq!(model.network.arena.kind(new), kind, "`{text}` changed its type");
        show(&model.network, new)
    }

    /// One row or more per rule: text, result outside equations.
    const ROWS: &[(usize, &str, &str)] = &[
        (0, "x*dt", "x*0.0001"),
        (1, "2*3 + 4", "10"),
        (1, "29*3./29", "3"),
        (1, "2**10 - 7 // 2", "1021"),
        (1, "2**-1", "0.5"),
        (1, "7 / 2", "3.5"),
        (1, "-7 % 3", "2"),
        (1, "exp(0) + sqrt(16) + abs(-3)", "8"),
        (1, "3 < 4 and not False", "True"),
        (2, "x*1", "x"),
        (2, "1*x/1", "x"),
        (2, "n*1", "n"),
        (2, "n*1.0", "n*1"),
        (3, "0 + x - 0", "x"),
        (3, "n + 0", "n"),
        (3, "n + 0.0", "n + 0"),
        (4, "-(-x)", "x"),
        (4, "not (not b)", "b"),
        (5, "x**1", "x"),
        (5, "x**0.5", "sqrt(x)"),
        (5, "x**2", "x**2"),
        (6, "True and b", "b"),
        (6, "b and False", "False"),
        (6, "b or True", "True"),
        (6, "False or b", "b"),
        (7, "where(1 < 2, x, 3.0)", "x"),
        (7, "where(b, x, x)", "x"),
        (8, "x/4", "x/4"),
        (9, "x + 1.5 + 2", "x + 1.5 + 2"),
        (10, "x*3*4", "x*3*4"),
    ];

    /// What only right-hand sides become.
    const ROWS_OF_EQUATIONS: &[(&str, &str)] = &[
        ("x/4", "x*0.25"),
        ("x/0", "x/0"),
        ("x + 1.5 + 2", "3.5 + x"),
        ("1.5 - x + 2", "3.5 - x"),
        ("2 - (x + 1.5)", "0.5 - x"),
        ("2 - (1.5 - x)", "0.5 + x"),
        ("1 - (x - 1.5)", "2.5 - x"),
        ("n + 1 + 2.5", "n + 1 + 2.5"),
        ("x*3*4", "x*12"),
        ("2*(x*3)/sqrt(x)", "x*6/sqrt(x)"),
        ("5*(x*3/sqrt(x))", "x*15/sqrt(x)"),
        ("int(x/3)", "int(x/3)"),
        ("x/4*int(x/4)", "x/4*int(x/4)"),
        ("x/4*int(x/8 > 1)", "x*0.25*int(x/8 > 1)"),
        ("x/4 // 3", "x/4//3"),
    ];

    #[test]
    fn every_rule_does_what_its_row_says() {
        for &(rule, text, wanted) in ROWS {
            assert_eq!(rewritten(text, Place::Elsewhere), wanted, "`{text}`, of rule `{}`", RULES[rule].name);
        }
        let tested = |rule: usize| ROWS.iter().any(|row| row.0 == rule);
        assert!((0..RULES.len()).all(tested), "a rule has no row");
        assert!(RULES.iter().all(|rule| !rule.why.is_empty()));
    }

    #[test]
    fn equations_may_lose_the_last_bit() {
        for (text, wanted) in ROWS_OF_EQUATIONS {
            assert_eq!(rewritten(text, Place::Equation), *wanted, "`{text}`");
        }
        assert_eq!(rewritten("n/1e-320", Place::Equation), rewritten("n/1e-320", Place::Elsewhere));
    }
}
