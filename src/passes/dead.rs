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
            Op::LoadAt(slot, index) => Op::LoadAt(slots.place(slot), index),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::steps::{Access, Kind, Shape, Slot};

    #[test]
    fn what_no_effect_needs_goes_and_slots_with_it() {
        let slot = |column| Slot { column, kind: Kind::Real, access: Access::Element };
        let at = ValueId;
        let ops = vec![
            Op::Load(SlotId(0)),
            Op::Load(SlotId(1)),
            Op::Real2(crate::ir::steps::Real2::Add, at(0), at(1)),
            Op::Store(SlotId(2), at(1)),
        ];
        let slots = vec![slot(7), slot(8), slot(9)];
        let program = Program { name: "test".to_owned(), shape: Shape::Dense, slots, ops, prelude: 0, fused: false };
        let left = remove(program);
        assert_eq!(left.ops, [Op::Load(SlotId(0)), Op::Store(SlotId(1), at(0))]);
        assert_eq!(left.slots, [slot(8), slot(9)]);
    }
}
