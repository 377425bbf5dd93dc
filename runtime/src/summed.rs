//! Summed variables: what all synapses of a neuron give together.
//!
//! At every tick of the neurons' clock, before their state update, the column is set to zero over the group and a
//! kernel that adds goes through the rows of all sources: sums go in the order of storage, whatever the threads.

use crate::code::{Code, Machine, Occasion};
use crate::kernel::Work;
use crate::population::Group;
use crate::state::ColumnId;
use crate::turn::{Slot, Turn};

/// A column of neurons that gets a sum over synapses.
#[derive(Clone, Debug)]
pub struct Summed {
    column: ColumnId,
    group: Group,
    code: Code,
    turn: Turn,
}

impl Summed {
    /// `code` goes through rows and adds to `column`; the entries of `group` are zero before.
    #[must_use]
    pub fn new(column: ColumnId, group: Group, code: Code) -> Self {
        Self { column, group, code, turn: Turn::at(Slot::Groups, -1) }
    }

    /// In another turn than before all state updates of order 0.
    #[must_use]
    pub fn at(mut self, turn: Turn) -> Self {
        self.turn = turn;
        self
    }

    /// Whose variable it is.
    #[must_use]
    pub fn group(&self) -> Group {
        self.group
    }

    pub(crate) fn turn(&self) -> Turn {
        self.turn
    }

    pub(crate) fn code(&self) -> &Code {
        &self.code
    }

    pub(crate) fn column(&self) -> ColumnId {
        self.column
    }

    pub(crate) fn sum(&self, every_row: Work<'_>, machine: &mut Machine, occasion: Occasion) {
        let (first, end) = (self.group.offset as usize, (self.group.offset + self.group.size) as usize);
        machine.state.fill_zero(self.column, first..end);
        machine.touch(self.column);
        machine.run(&self.code, every_row, occasion);
    }

    pub(crate) fn reseed(&mut self, seed: u64, stream: u64) {
        self.code.reseed(seed, stream);
    }
}
