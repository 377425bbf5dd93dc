//! Programs of a plan as code that the runtime can run.
//!
//! In: a plan and one kernel per program. Out: kernels with the facts the time loop needs: their name (from which random numbers
//! get their key), the columns they write, whether they look up source neurons, and about how long they take.

use crate::interpreter::Interpreted;
use crate::ir::plan::{Plan, ProgramId};
use crate::ir::steps::{Access, Kind, Op, Program, Real1, Real2, Shape, SlotId};
use crate::ir::verify::Verified;
use runtime::Code;
use runtime::host::Functions;
use runtime::kernel::Kernel;
use runtime::state::{ColumnId, ElementType};
use std::sync::Arc;

/// The programs of a plan and their kernels, in one order.
#[derive(Clone, Copy)]
pub(super) struct Programs<'a> {
    plan: &'a Plan,
    kernels: &'a [Arc<dyn Kernel>],
}

impl<'a> Programs<'a> {
    /// `kernels` has one for each program of `plan`.
    pub(super) fn new(plan: &'a Plan, kernels: &'a [Arc<dyn Kernel>]) -> Self {
        Self { plan, kernels }
    }

    pub(super) fn plan(self) -> &'a Plan {
        self.plan
    }

    pub(super) fn kernel(self, id: ProgramId) -> Arc<dyn Kernel> {
        Arc::clone(&self.kernels[id.0 as usize])
    }

    pub(super) fn code(self, id: ProgramId) -> Code {
        let program = &self.plan.programs[id.0 as usize];
        code(program, self.kernel(id))
    }
}

/// A kernel with what the time loop needs to know of its program.
pub(super) fn code(program: &Program, kernel: Arc<dyn Kernel>) -> Code {
    let written = program.ops.iter().filter_map(|op| match op {
        Op::Store(slot, _) => Some(ColumnId(program.slots[slot.0 as usize].column)),
        _ => None,
    });
    let mut code = Code::new(&program.name, kernel).writing(written).costing(cost(program));
    if !program.ops.iter().any(|op| matches!(op, Op::Host(..))) {
        code = code.touching(program.slots.iter().map(|slot| ColumnId(slot.column)));
    }
    if reads_pre(program) { code.reading_pre() } else { code }
}

fn reads_pre(program: &Program) -> bool {
    program.ops.contains(&Op::Pre) || program.slots.iter().any(|slot| slot.access == Access::Pre)
}

/// About how long an element takes [ns]: it decides only whether threads are worth their while. Dense programs are taken for code
/// of eight elements at a time, which does five instructions where scalar code does one, or eight on singles (steps of `coba`, `hh`
/// and `cobahh` take 1.3, 1.5 and 2.1 times less in these).
fn cost(program: &Program) -> f64 {
    let dense = program.shape == Shape::Dense;
    let in_strip = |op: &Op| dense && op.operands().all(|value| (value.0 as usize) < program.prelude);
    let of_target = |slot: &SlotId| program.slots[slot.0 as usize].access == Access::Post;
    let faster = if program.has_singles() { 8.0 } else { 5.0 };
    let of_lanes = |scalar: f64| if dense { scalar / faster } else { scalar };
    let each = |op: &Op| match op {
        // Targets are anywhere: mostly in a cache, but not the nearest.
        Op::Load(slot) | Op::Store(slot, _) if of_target(slot) => 0.5,
        Op::Real1(Real1::Negate | Real1::Abs, _) => of_lanes(0.1),
        Op::Real1(Real1::Sqrt, _) | Op::Real2(Real2::Divide, ..) => of_lanes(1.5),
        Op::Real1(..) => of_lanes(3.0),
        Op::Real2(Real2::Power | Real2::Remainder | Real2::FloorDivide, ..) => 20.0,
        Op::Random(..) if in_strip(op) => 2.5,
        Op::Random(..) | Op::Host(..) => 10.0,
        _ => of_lanes(0.2),
    };
    program.ops[program.prelude..].iter().map(each).sum()
}

/// What the runtime calls the type of a column.
pub(super) fn element_type(kind: Kind) -> ElementType {
    match kind {
        Kind::Real => ElementType::Real,
        Kind::Single => ElementType::Single,
        Kind::Integer => ElementType::Integer,
        Kind::Long => ElementType::Long,
        Kind::Boolean => ElementType::Boolean,
    }
}

/// Code of a program that is interpreted: for what is done once.
pub(super) fn interpreted_code(program: &Verified<Program>, functions: &Functions) -> Code {
    code(program, interpreted(program, functions))
}

/// A kernel that interprets.
pub(super) fn interpreted(program: &Verified<Program>, functions: &Functions) -> Arc<dyn Kernel> {
    Arc::new(Interpreted::new(program.clone(), functions))
}

/// Whether a column holds ticks that the user sees as seconds.
pub(super) fn reads_ticks(plan: &Plan, column: ColumnId) -> bool {
    plan.columns[column.0 as usize].ticks
}
