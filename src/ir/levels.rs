//! How often each value of a step program must be computed: in, a verified program; out, one level per instruction.
//!
//! A value is never computed less often than what it is made of. A slot of a column that the program writes is read for every
//! element, since the effects of one element are seen by the next.

use super::steps::{Access, Op, Program, Shape};

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Once a call.
    Call,
    /// Once a row; only in programs over rows.
    Row,
    /// For every element.
    Element,
}

/// The level of every instruction; effects are per element.
#[must_use]
pub fn levels(program: &Program) -> Vec<Level> {
    let source = if program.shape == Shape::Rows { Level::Row } else { Level::Element };
    let mut levels: Vec<Level> = Vec::with_capacity(program.ops.len());
    for op in &program.ops {
        let level = match op {
            Op::Element | Op::Post | Op::Each | Op::Random(..) => Level::Element,
            Op::Pre => source,
            Op::Load(slot) => {
                let slot = program.slots[slot.0 as usize];
                match slot.access {
                    _ if program.writes(slot.column) => Level::Element,
                    Access::Shared => Level::Call,
                    Access::Pre => source,
                    Access::Element | Access::Post | Access::At => Level::Element,
                }
            }
            // Nothing writes a column of which entries are read by number.
            Op::LoadAt(_, index) => levels[index.0 as usize],
            // Pure, so once a call where that can be. Not once a row: rows without synapses are not for it to fail on.
            Op::Host(..) => {
                let uniform = op.operands().all(|value| levels[value.0 as usize] == Level::Call);
                if uniform { Level::Call } else { Level::Element }
            }
            _ if op.is_effect() => Level::Element,
            _ => op.operands().map(|value| levels[value.0 as usize]).max().unwrap_or(Level::Call),
        };
        levels.push(level);
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::steps::{Kind, Real2, Slot, SlotId, ValueId};

    #[test]
    fn what_is_written_is_read_for_every_element() {
        let slot = |column, access| Slot { column, kind: Kind::Real, access };
        let mut program = Program {
            name: "S.pre".to_owned(),
            shape: Shape::Rows,
            slots: vec![slot(0, Access::Shared), slot(1, Access::Pre), slot(2, Access::Post)],
            ops: vec![
                Op::Load(SlotId(0)),
                Op::Load(SlotId(1)),
                Op::Real2(Real2::Multiply, ValueId(0), ValueId(1)),
                Op::Load(SlotId(2)),
                Op::Store(SlotId(2), ValueId(2)),
            ],
            prelude: 1,
            fused: false,
        };
        use Level::{Call, Element, Row};
        assert_eq!(levels(&program), [Call, Row, Row, Element, Element]);
        program.slots[1].column = 2;
        assert_eq!(levels(&program), [Call, Element, Element, Element, Element]);
    }

    #[test]
    fn an_entry_is_looked_up_as_often_as_its_index_and_a_function_called_once_or_for_each() {
        let slot = |column, access| Slot { column, kind: Kind::Integer, access };
        let host = |argument| Op::Host(0, [Some(ValueId(argument)), None, None, None]);
        let ops = vec![
            Op::Load(SlotId(0)),
            Op::Load(SlotId(1)),
            Op::LoadAt(SlotId(2), ValueId(0)),
            Op::LoadAt(SlotId(2), ValueId(1)),
            Op::ToReal(ValueId(2)),
            Op::ToReal(ValueId(3)),
            host(4),
            host(5),
        ];
        let slots = vec![slot(0, Access::Shared), slot(1, Access::Pre), slot(2, Access::At)];
        let program = Program { name: "S.pre".to_owned(), shape: Shape::Rows, slots, ops, prelude: 0, fused: false };
        use Level::{Call, Element, Row};
        assert_eq!(levels(&program), [Call, Row, Call, Row, Call, Row, Call, Element]);
    }
}
