//! Runs step programs, safe and obvious: the oracle, and the fall-back where no code can be made.
//!
//! In comes a verified program, out a kernel. An instruction runs over up to 128 elements before the next one does, so that its
//! cost is that of its arithmetic and not of finding out what it is; `blocks` cuts the work so that no element of a block could
//! see what another one did. Values that do not depend on the element are computed once a call.

mod blocks;
mod instructions;
mod registers;

use crate::ir::levels::{Level, levels};
use crate::ir::steps::{Access, Op, Program, Shape, SlotId};
use crate::ir::verify::Verified;
use blocks::{Block, Grouping};
use instructions::Surroundings;
use registers::{Layout, Registers};
use runtime::host::{Functions, HostFailure};
use runtime::kernel::{Call, Kernel, Work};
use runtime::partition::Native;
use runtime::state::{ColumnId, State};
use std::sync::{Mutex, PoisonError};

/// Elements per block: 128 reals are a kilobyte, so that the registers of a program of some hundred live values stay in the
/// second-level cache.
const BLOCK: usize = 128;

/// A step program that is interpreted.
#[derive(Debug)]
pub struct Interpreted {
    program: Verified<Program>,
    columns: Vec<ColumnId>,
    layout: Layout,
    grouping: Grouping,
    once: Vec<usize>,
    each: Vec<usize>,
    reads_pre: bool,
    reads_post: bool,
    /// Registers of calls that are over, for the next ones.
    spare: Mutex<Vec<Registers>>,
    functions: Functions,
}

impl Interpreted {
    /// A kernel of the program; slots stand for the columns of the state with their numbers, and host functions for those given.
    #[must_use]
    pub fn new(program: Verified<Program>, functions: &Functions) -> Self {
        let levels = levels(&program);
        let (once, each) = (0..program.ops.len()).partition(|&at| levels[at] == Level::Call);
        let uses = |index: Op, access: Access| {
            program.ops.contains(&index) || program.slots.iter().any(|slot| slot.access == access)
        };
        Self {
            columns: program.slots.iter().map(|slot| ColumnId(slot.column)).collect(),
            layout: Layout::new(&program, &levels),
            grouping: Grouping::of(&program),
            reads_pre: uses(Op::Pre, Access::Pre),
            reads_post: uses(Op::Post, Access::Post),
            spare: Mutex::new(Vec::new()),
            functions: functions.clone(),
            once,
            each,
            program,
        }
    }

    fn column(&self, slot: SlotId) -> ColumnId {
        self.columns[slot.0 as usize]
    }

    /// Runs the instructions of one block.
    fn run_block(&self, block: &Block<'_>, registers: &mut Registers, outside: &mut Surroundings<'_>) {
        for &at in &self.each {
            self.execute(at, block, registers, outside);
        }
    }

    fn run_once(&self, width: usize, registers: &mut Registers, outside: &mut Surroundings<'_>) {
        for &at in &self.once {
            self.execute(at, &Block::single(), registers, outside);
            registers.spread(self.layout.place(at), width);
        }
    }
}

/// Whether a program of this shape may be run over this work.
fn fits(shape: Shape, work: &Work<'_>) -> bool {
    matches!(
        (shape, work),
        (Shape::Dense, Work::Dense { .. })
            | (Shape::Indexed, Work::Indexed(_))
            | (Shape::Rows, Work::Rows { .. })
            | (Shape::List, Work::List { .. })
            | (Shape::Pairs, Work::Pairs { .. })
    )
}

impl Kernel for Interpreted {
    fn run(&self, state: &mut State, call: &mut Call<'_>) {
        assert!(fits(self.program.shape, &call.work), "`{}` was called over work of another shape", self.program.name);
        if call.work.is_empty() {
            return;
        }
        let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut registers = spare.unwrap_or_else(|| Registers::new(&self.layout, BLOCK));
        let width = if self.grouping == Grouping::Single { 1 } else { BLOCK.min(blocks::elements(&call.work)).max(1) };
        let work = call.work;
        let mut outside = Surroundings {
            state,
            moment: call.moment,
            key: call.key,
            spikes: &mut *call.spikes,
            out: &mut *call.out,
            nonfinite: &mut *call.nonfinite,
        };
        self.run_once(width, &mut registers, &mut outside);
        let cut = blocks::Cut { width, grouping: self.grouping, pre: self.reads_pre, post: self.reads_post };
        cut.each(&work, |block| self.run_block(block, &mut registers, &mut outside));
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).push(registers);
        if let Some(failure) = HostFailure::take() {
            failure.raise();
        }
    }

    fn native(&self) -> Option<Native<'_>> {
        None
    }
}
