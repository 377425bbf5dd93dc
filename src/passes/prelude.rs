//! Puts what does not depend on the element first, to be run once per call.
//!
//! Uniform are literals, time, shared variables that the program does not write, and what is made of these alone. Random
//! numbers are of the element. The order within both parts stays.

use crate::ir::steps::{Access, Op, Program, ValueId};

/// Moves uniform instructions to the front and counts them.
pub(super) fn hoist(program: Program) -> Program {
    let mut uniform: Vec<bool> = Vec::with_capacity(program.ops.len());
    for op in &program.ops {
        let own = match *op {
            Op::Element | Op::Pre | Op::Post | Op::Each | Op::Random(..) => false,
            Op::Load(slot) => {
                let slot = program.slots[slot.0 as usize];
                slot.access == Access::Shared && !program.writes(slot.column)
            }
            _ => !op.is_effect(),
        };
        let is_uniform = own && op.operands().all(|operand| uniform[operand.0 as usize]);
        uniform.push(is_uniform);
    }
    let (front, back): (Vec<usize>, Vec<usize>) = (0..program.ops.len()).partition(|&at| uniform[at]);
    let mut new = vec![ValueId(0); program.ops.len()];
    let mut ops = Vec::with_capacity(program.ops.len());
    for at in front.iter().chain(&back).copied() {
        new[at] = ValueId(ops.len() as u32);
        ops.push(program.ops[at].map(|operand| new[operand.0 as usize]));
    }
    Program { ops, prelude: front.len(), ..program }
}
