//! Constant expressions evaluated while a model is read.
//!
//! In: an expression of an arena. Out: its value, if it depends on nothing that a run could change. Operations are those of
//! `runtime::math`, so that a constant has the same bits on every platform and as the same expression in a block. Integers are
//! kept as doubles, so that a size that does not fit 32 bits can be told.

use super::Given;
use crate::ir::expr::{Arena, Binary, ExprId, Function, HostId, Node, Type, Unary};
use runtime::math::{self, Scalar, functions};
use std::collections::HashMap;

/// All expressions that one is made of, itself last; operands before what is made of them.
pub(super) fn parts(arena: &Arena, root: ExprId) -> Vec<ExprId> {
    let mut seen = std::collections::HashSet::from([root]);
    let mut parts = vec![root];
    let mut next = 0;
    while let Some(&part) = parts.get(next) {
        next += 1;
        parts.extend(arena.operands(part).into_iter().filter(|operand| seen.insert(*operand)));
    }
    parts.sort_unstable();
    parts
}

/// The value of an expression of literals, which may call functions that the program gives; booleans are 0 and 1. `None` where it depends
/// on anything else.
pub(super) fn value(arena: &Arena, functions: &[Given], root: ExprId) -> Option<f64> {
    let mut values: HashMap<ExprId, f64> = HashMap::new();
    for part in parts(arena, root) {
        let value = node(arena, functions, part, |operand| values.get(operand).copied())?;
        values.insert(part, value);
    }
    values.get(&root).copied()
}

/// The values of an expression of literals and columns: `Local(k)` is an entry of the column k. All columns are of one length.
pub(super) fn each(arena: &Arena, functions: &[Given], root: ExprId, columns: &[&[f64]]) -> Option<Vec<f64>> {
    let parts = parts(arena, root);
    let mut values = vec![0.0; parts.len()];
    let places: HashMap<ExprId, usize> = parts.iter().enumerate().map(|(place, &part)| (part, place)).collect();
    let length = columns.iter().map(|column| column.len()).min()?;
    let mut out = Vec::with_capacity(length);
    // What is free of columns keeps the value of the first entry.
    let mut varies = vec![false; parts.len()];
    for (place, &part) in parts.iter().enumerate() {
        let local = matches!(arena.node(part), Node::Local(_));
        varies[place] = local || arena.operands(part).iter().any(|operand| varies[places[operand]]);
    }
    for entry in 0..length {
        for (place, &part) in parts.iter().enumerate().filter(|(place, _)| entry == 0 || varies[*place]) {
            values[place] = match arena.node(part) {
                Node::Local(number) => *columns.get(number.0 as usize)?.get(entry)?,
                _ => node(arena, functions, part, |operand| places.get(operand).map(|&place| values[place]))?,
            };
        }
        out.push(values[places[&root]]);
    }
    Some(out)
}

/// The value of a node whose operands have theirs.
fn node(arena: &Arena, functions: &[Given], id: ExprId, of: impl Fn(&ExprId) -> Option<f64>) -> Option<f64> {
    Some(match arena.node(id) {
        Node::Float(bits) => f64::from_bits(*bits),
        Node::Integer(number) => f64::from(*number),
        Node::Boolean(value) => f64::from(*value),
        Node::Unary(Unary::Negate, operand) => -of(operand)?,
        Node::Unary(Unary::Not, operand) => f64::from(of(operand)? == 0.0),
        Node::Binary(op, left, right) => binary(*op, arena.kind(id), of(left)?, of(right)?),
        Node::Call(function, operands) => {
            let operands: Vec<f64> = operands.iter().map(of).collect::<Option<_>>()?;
            call(*function, &operands)
        }
        Node::Host(HostId(function), operands) => {
            let operands: Vec<f64> = operands.iter().map(of).collect::<Option<_>>()?;
            (functions.get(*function as usize)?.call)(&operands)
        }
        _ => return None,
    })
}

fn binary(op: Binary, kind: Type, left: f64, right: f64) -> f64 {
    let truth = f64::from;
    match op {
        Binary::Add => left + right,
        Binary::Subtract => left - right,
        Binary::Multiply => left * right,
        Binary::Divide => left / right,
        Binary::FloorDivide | Binary::Remainder if kind == Type::Integer && right == 0.0 => 0.0,
        Binary::FloorDivide => functions::floor_divide(left, right),
        Binary::Remainder => functions::remainder(left, right),
        Binary::Power if right.fract() == 0.0 && right.abs() <= 64.0 => {
            math::powi(&mut Scalar { fused: false }, left, right as i32)
        }
        Binary::Power => functions::power(left, right),
        Binary::Less => truth(left < right),
        Binary::LessEqual => truth(left <= right),
        Binary::Greater => truth(left > right),
        Binary::GreaterEqual => truth(left >= right),
        Binary::Equal => truth(left == right),
        Binary::NotEqual => truth(left != right),
        Binary::And => truth(left != 0.0 && right != 0.0),
        Binary::Or => truth(left != 0.0 || right != 0.0),
    }
}

fn call(function: Function, operands: &[f64]) -> f64 {
    let ops = &mut Scalar { fused: false };
    match (function, operands) {
        (Function::Sin, &[x]) => functions::sin_anywhere(x),
        (Function::Cos, &[x]) => functions::cos_anywhere(x),
        (Function::Tan, &[x]) => functions::tan(x),
        (Function::Sinh, &[x]) => functions::sinh(x),
        (Function::Cosh, &[x]) => functions::cosh(x),
        (Function::Tanh, &[x]) => math::tanh(ops, x),
        (Function::Arcsin, &[x]) => functions::arcsin(x),
        (Function::Arccos, &[x]) => functions::arccos(x),
        (Function::Arctan, &[x]) => functions::arctan(x),
        (Function::Arcsinh, &[x]) => functions::arcsinh(x),
        (Function::Arccosh, &[x]) => functions::arccosh(x),
        (Function::Arctanh, &[x]) => functions::arctanh(x),
        (Function::Exp, &[x]) => math::exp(ops, x),
        (Function::Expm1, &[x]) => math::expm1(ops, x),
        (Function::Exprel, &[x]) => math::exprel(ops, x),
        (Function::Log, &[x]) => math::log(ops, x),
        (Function::Log10, &[x]) => functions::log10(x),
        (Function::Log1p, &[x]) => math::log1p(ops, x),
        (Function::Sqrt, &[x]) => x.sqrt(),
        (Function::Erf, &[x]) => functions::erf(x),
        (Function::Abs, &[x]) => x.abs(),
        (Function::Sign, &[x]) => math::sign(ops, x),
        (Function::Ceil, &[x]) => functions::ceil(x),
        (Function::Floor, &[x]) => functions::floor(x),
        (Function::Int, &[x]) => x.trunc(),
        (Function::Clip, &[x, low, high]) => math::clip(ops, x, low, high),
        (Function::Min, &[a, b]) => math::minimum(ops, a, b),
        (Function::Max, &[a, b]) => math::maximum(ops, a, b),
        (Function::Where, &[condition, a, b]) => {
            if condition != 0.0 {
                a
            } else {
                b
            }
        }
        (Function::Timestep, &[t, dt]) => math::integer::timestep(t, dt) as f64,
        // The table of functions fixes the number of operands; no expression has another.
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_evaluated_and_variables_are_not() {
        let mut arena = Arena::default();
        let (two, seven) = (arena.integer(2), arena.integer(7));
        let rows = [
            (Binary::Add, 9.0),
            (Binary::Subtract, 5.0),
            (Binary::Multiply, 14.0),
            (Binary::Divide, 3.5),
            (Binary::FloorDivide, 3.0),
            (Binary::Remainder, 1.0),
            (Binary::Power, 49.0),
            (Binary::Less, 0.0),
            (Binary::LessEqual, 0.0),
            (Binary::Greater, 1.0),
            (Binary::GreaterEqual, 1.0),
            (Binary::Equal, 0.0),
            (Binary::NotEqual, 1.0),
            (Binary::And, 1.0),
            (Binary::Or, 1.0),
        ];
        for (op, expected) in rows {
            let id = arena.binary(op, seven, two);
            assert_eq!(value(&arena, &[], id), Some(expected), "{op:?}");
        }
        let time = arena.add(Node::Time, Type::Float);
        let sum = arena.binary(Binary::Add, time, two);
        assert_eq!(value(&arena, &[], sum), None);
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_needs_no_stack() {
        let mut arena = Arena::default();
        let one = arena.integer(1);
        let sum = (0..100_000).fold(one, |sum, _| arena.binary(Binary::Add, sum, one));
        assert_eq!(value(&arena, &[], sum), Some(100_001.0));
    }
}
