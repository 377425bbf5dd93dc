//! Two runs of instructions made one: in, the same code written for two groups of elements, one after the other; out, the
//! same instructions, each of the second run right behind its like in the first.
//!
//! A mathematical function is a chain in which each instruction waits for the one before. A processor looks some hundred
//! instructions ahead; side by side, two chains fill the time that each alone would wait. Vector code of a Hodgkin-Huxley model (10
//! exponentials) takes 28 ns per neuron and step that way, and 35 ns without. A current-based model, which calls no such functions,
//! takes 1.17 instead of 1.05 ns: there is nothing to wait for.

use cranelift_codegen::ir::{Block, Function, Inst, Opcode};
use cranelift_frontend::FunctionBuilder;

/// Where a run of instructions begins: the block, and the instruction before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    block: Block,
    before: Option<Inst>,
}

impl Place {
    /// Where the next instruction will be.
    pub(super) fn next(builder: &FunctionBuilder<'_>) -> Self {
        let block = builder.current_block().expect("a block is being written as long as a function is");
        Self { block, before: builder.func.layout.last_inst(block) }
    }
}

/// Interleaves the instructions from `first` to `second` with those from `second` to the end of the block. The second run may use
/// constants of the first, and of everything else only what the first has by then.
///
/// Runs that are not in one block, or not alike, stay as they are.
pub(super) fn interleave(function: &mut Function, first: Place, second: Place, end: Place) {
    if first.block != second.block || first.block != end.block {
        return;
    }
    let ones = run(function, first, second);
    let twos = run(function, second, end);
    let opcode = |inst: &Inst| function.dfg.insts[*inst].opcode();
    if !ones.iter().map(opcode).eq(twos.iter().map(opcode)) {
        return;
    }
    let layout = &mut function.stencil.layout;
    for (one, two) in ones.into_iter().zip(twos) {
        match layout.next_inst(one) {
            Some(behind) if behind == two => {}
            Some(behind) => {
                layout.remove_inst(two);
                layout.insert_inst(two, behind);
            }
            None => unreachable!("the second run stands behind the first"),
        }
    }
}

/// The instructions between two places of a block, without constants: those stay where they are.
fn run(function: &Function, from: Place, to: Place) -> Vec<Inst> {
    let layout = &function.layout;
    let mut next = match from.before {
        Some(inst) => layout.next_inst(inst),
        None => layout.first_inst(from.block),
    };
    let mut run = Vec::new();
    while let Some(inst) = next.filter(|_| from.before != to.before) {
        if function.dfg.insts[inst].opcode() != Opcode::Vconst {
            run.push(inst);
        }
        next = if to.before == Some(inst) { None } else { layout.next_inst(inst) };
    }
    run
}
