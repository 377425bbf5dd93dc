//! Value numbering: of instructions that make the same value the first stays.
//!
//! Everything without effect is the same wherever it stands: loads, because none follows a store; random draws, because they are
//! functions of their number. Operands of sums and products are put in order first: both commute exactly.

use crate::ir::steps::{Integer2, Op, Program, Real2, ValueId};
use std::collections::HashMap;

/// Leaves out instructions that repeat an earlier one.
pub(super) fn number(program: Program) -> Program {
    let mut made: HashMap<Op, ValueId> = HashMap::new();
    let mut new: Vec<ValueId> = Vec::with_capacity(program.ops.len());
    let mut ops: Vec<Op> = Vec::with_capacity(program.ops.len());
    for op in program.ops {
        let op = in_order(op.map(|operand| new[operand.0 as usize]));
        let next = ValueId(ops.len() as u32);
        let id = if op.is_effect() { next } else { *made.entry(op).or_insert(next) };
        if id == next {
            ops.push(op);
        }
        new.push(id);
    }
    Program { ops, prelude: 0, ..program }
}

fn in_order(op: Op) -> Op {
    match op {
        Op::Real2(operator @ (Real2::Add | Real2::Multiply), a, b) if b < a => Op::Real2(operator, b, a),
        Op::Integer2(operator @ (Integer2::Add | Integer2::Multiply), a, b) if b < a => Op::Integer2(operator, b, a),
        Op::And(a, b) if b < a => Op::And(b, a),
        Op::Or(a, b) if b < a => Op::Or(b, a),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::steps::{Draw, Shape};

    #[test]
    fn equal_values_are_made_once_and_effects_all_stay() {
        let at = ValueId;
        let ops = vec![
            Op::Random(0, Draw::Uniform),
            Op::Time,
            Op::Real2(Real2::Add, at(0), at(1)),
            Op::Random(0, Draw::Uniform),
            Op::Real2(Real2::Add, at(1), at(3)),
            Op::Real2(Real2::Subtract, at(0), at(1)),
            Op::Real2(Real2::Subtract, at(1), at(0)),
            Op::Random(1, Draw::Uniform),
            Op::Check(at(2)),
            Op::Check(at(4)),
        ];
        let name = "test".to_owned();
        let program = Program { name, shape: Shape::Dense, slots: Vec::new(), ops, prelude: 0, fused: false };
        let numbered = number(program);
        assert_eq!(numbered.ops.len(), 8);
        assert_eq!(numbered.ops[6..], [Op::Check(at(2)), Op::Check(at(2))]);
    }
}
