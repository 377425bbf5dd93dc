//! Puts what does not depend on the element first, to be run once per call.
//!
//! Uniform is what `levels` computes once per call: literals, time, shared variables that the program does not write, and what is
//! made of these alone. The order within both parts stays.

use crate::ir::levels::{Level, levels};
use crate::ir::steps::{Program, ValueId};

/// Moves uniform instructions to the front and counts them.
pub(super) fn hoist(program: Program) -> Program {
    let levels = levels(&program);
    let (front, back): (Vec<usize>, Vec<usize>) = (0..program.ops.len()).partition(|&at| levels[at] == Level::Call);
    let mut new = vec![ValueId(0); program.ops.len()];
    let mut ops = Vec::with_capacity(program.ops.len());
    for at in front.iter().chain(&back).copied() {
        new[at] = ValueId(ops.len() as u32);
        ops.push(program.ops[at].map(|operand| new[operand.0 as usize]));
    }
    Program { ops, prelude: front.len(), ..program }
}
