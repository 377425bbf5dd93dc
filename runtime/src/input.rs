//! Inputs: a dense kernel over a group of neurons at every tick (`poisson_input`).
//!
//! They tick with the clock of their neurons and act among the synapses, after `Pre` pathways and before `Post` ones,
//! unless they are given another turn.

use crate::code::{Code, Machine};
use crate::kernel::{Moment, Work};
use crate::population::Group;
use crate::turn::{Slot, Turn};

/// The number of an input in its network, in the order in which they were added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InputId(pub u32);

/// Something that reaches every neuron of a group at every tick.
#[derive(Clone, Debug)]
pub struct Input {
    code: Code,
    group: Group,
    turn: Turn,
}

impl Input {
    /// A dense kernel over the neurons of a group.
    #[must_use]
    pub fn new(code: Code, group: Group) -> Self {
        Self { code, group, turn: Turn::of(Slot::Synapses) }
    }

    /// In another turn.
    #[must_use]
    pub fn at(mut self, turn: Turn) -> Self {
        self.turn = turn;
        self
    }

    /// When in a step.
    #[must_use]
    pub fn turn(&self) -> Turn {
        self.turn
    }

    /// Which neurons.
    #[must_use]
    pub fn group(&self) -> Group {
        self.group
    }

    pub(crate) fn code(&self) -> &Code {
        &self.code
    }

    pub(crate) fn act(&self, machine: &mut Machine, moment: Moment) {
        let Group { offset, size, .. } = self.group;
        machine.run(&self.code, Work::dense(offset..offset + size), moment);
    }

    pub(crate) fn reseed(&mut self, seed: u64, stream: u64) {
        self.code.reseed(seed, stream);
    }
}
