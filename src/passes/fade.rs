//! Which new values fade away: in, a dense program; out, a mark for every value that a variable gets and that is 0 where the variable is.
//!
//! Left alone, a conductance shrinks by a factor at every step until it is denormal, and stays so: 0.98 times 24 of the smallest
//! singles is 23.5 of them, and 24 when rounded. Arithmetic on such takes longer: 10,000 neurons with two silent conductances took
//! 0.37 ms a step, in vectors of two, and 0.16 with zeros. Singles are there after 90 time constants, reals after 700. So `narrow`
//! makes what fades 0 below the smallest normal single.

use crate::ir::steps::{Access, Op, Program, Real1, Real2, Shape, ValueId};

/// Which values are stored into a variable of the elements and are 0, whatever the rest is, where the variable was.
pub(super) fn fading(program: &Program, is_single: impl Fn(u32) -> bool) -> Vec<bool> {
    let mut fading = vec![false; program.ops.len()];
    for op in &program.ops {
        let &Op::Store(slot, value) = op else { continue };
        let to = program.slots[slot.0 as usize];
        if program.shape == Shape::Dense && to.access == Access::Element && is_single(to.column) {
            fading[value.0 as usize] |= vanish_with(program, to.column)[value.0 as usize];
        }
    }
    fading
}

/// Which values are 0 where that column's entry is; the entry itself is not among them.
fn vanish_with(program: &Program, column: u32) -> Vec<bool> {
    let mut with: Vec<bool> = Vec::with_capacity(program.ops.len());
    for op in &program.ops {
        let is = |value: ValueId| {
            let entry = matches!(program.ops[value.0 as usize], Op::Load(slot) if program.slots[slot.0 as usize].column == column);
            entry || with[value.0 as usize]
        };
        with.push(match *op {
            Op::Real1(Real1::Negate, a) | Op::Real2(Real2::Divide, a, _) => is(a),
            Op::Real2(Real2::Multiply, a, b) => is(a) || is(b),
            Op::Real2(Real2::Add | Real2::Subtract, a, b) | Op::Select(_, a, b) => is(a) && is(b),
            _ => false,
        });
    }
    with
}
