//! What runs over all elements of an object at the ticks of a clock: values held for a step, and `every`.
//!
//! In: the programs of an object. Out: operations of the network, each with its clock and its turn.

use super::Failure;
use crate::ir::network;
use crate::ir::plan::{ProgramId, RegularPlan};
use crate::ir::steps::{Access, Op};
use crate::simulation::counterparts::{self, turn};
use crate::simulation::programs::Programs;
use runtime::{Elements, Network, Regular, Slot, Turn};

/// Adds what runs over all elements of an object at the ticks of a clock: what is held for a step, with the order of the
/// object, and `every`.
pub(super) fn add_regular(
    programs: Programs<'_>,
    network: &mut Network,
    of: impl Fn(ProgramId) -> Elements,
    clock: network::ClockId,
    (order, held): (i32, &[ProgramId]),
    regular: &[RegularPlan],
) -> Result<(), Failure> {
    for &program in held {
        let mut made = Regular::new(of(program), counterparts::clock(clock));
        made.turn = Turn::at(Slot::BeforeStart, order);
        let code = Some(programs.code(program));
        if writes_shared(programs, program) {
            made.shared = code
        } else {
            made.each = code
        }
        network.add_regular(made)?;
    }
    for plan in regular {
        let Some(program) = plan.each.or(plan.shared) else { continue };
        let mut made = Regular::new(of(program), counterparts::clock(plan.clock));
        made.turn = turn(plan.turn);
        (made.shared, made.each) = (plan.shared.map(|id| programs.code(id)), plan.each.map(|id| programs.code(id)));
        network.add_regular(made)?;
    }
    Ok(())
}

/// Whether a program writes shared variables and no others: it then runs once.
fn writes_shared(programs: Programs<'_>, program: ProgramId) -> bool {
    let program = &programs.plan().programs[program.0 as usize];
    let mut written = program.ops.iter().filter_map(|op| match op {
        Op::Store(slot, _) => Some(program.slots[slot.0 as usize].access),
        _ => None,
    });
    written.all(|access| access == Access::Shared)
}
