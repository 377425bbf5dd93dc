//! Leaves out what no effect needs: instructions first, then slots.

use crate::ir::steps::{Op, Program, SlotId, ValueId};

/// The program with only what its effects are made of.
pub(super) fn remove(program: Program) -> Program {
    let mut needed: Vec<bool> = program.ops.iter().map(Op::is_effect).collect();
    for (at, op) in program.ops.iter().enumerate().rev() {
        if needed[at] {
            op.operands().for_each(|operand| needed[operand.0 as usize] = true);
        }
    }
    let mut new = vec![ValueId(0); program.ops.len()];
    let mut slots = Slots { old: &program.slots, new: Vec::new(), places: vec![None; program.slots.len()] };
    let mut ops = Vec::new();
    for (at, op) in program.ops.iter().enumerate().filter(|&(at, _)| needed[at]) {
        new[at] = ValueId(ops.len() as u32);
        ops.push(match op.map(|operand| new[operand.0 as usize]) {
            Op::Load(slot) => Op::Load(slots.place(slot)),
            Op::Store(slot, value) => Op::Store(slots.place(slot), value),
            other => other,
        });
    }
    let slots = slots.new;
    Program { ops, slots, prelude: 0, ..program }
}

struct Slots<'a> {
    old: &'a [crate::ir::steps::Slot],
    new: Vec<crate::ir::steps::Slot>,
    places: Vec<Option<SlotId>>,
}

impl Slots<'_> {
    fn place(&mut self, old: SlotId) -> SlotId {
        let index = old.0 as usize;
        let next = SlotId(self.new.len() as u32);
        *self.places[index].get_or_insert_with(|| {
            self.new.push(self.old[index]);
            next
        })
    }
}
