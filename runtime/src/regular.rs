//! Regular operations: code that a clock runs over all elements of an object, whatever happens to them.
//!
//! `every … { … }` is one at the start of a step, on the clock of its interval; a subexpression held for a step is one
//! before that, on the clock of its object. Kernels see the time of the object's own clock, whose tick is the one done
//! or, where that clock does not tick in the step, the one to come.

use crate::clocks::ClockId;
use crate::code::{Code, Machine, Occasion};
use crate::kernel::Work;
use crate::population::{Population, PopulationId};
use crate::projection::{Projection, ProjectionId, StepOver};
use crate::turn::{Slot, Turn};

/// The number of a regular operation in its network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RegularId(pub u32);

/// Over whose elements a regular operation runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Elements {
    /// All neurons.
    Neurons(PopulationId),
    /// All synapses.
    Synapses(ProjectionId, StepOver),
}

/// Code that runs at every tick of a clock.
#[derive(Clone, Debug)]
pub struct Regular {
    /// What it does to shared variables, first: a dense kernel over one element.
    pub shared: Option<Code>,
    /// What it does to every element.
    pub each: Option<Code>,
    /// Whose.
    pub of: Elements,
    /// When it ticks.
    pub clock: ClockId,
    /// When in a step.
    pub turn: Turn,
}

impl Regular {
    /// At the start of every tick of `clock`, nothing as yet.
    #[must_use]
    pub fn new(of: Elements, clock: ClockId) -> Self {
        Self { shared: None, each: None, of, clock, turn: Turn::of(Slot::Start) }
    }

    pub(crate) fn act(
        &self,
        populations: &[Population],
        projections: &[Projection],
        machine: &mut Machine,
        occasion: Occasion,
    ) {
        if let Some(code) = &self.shared {
            machine.run(code, Work::dense(0..1), occasion);
        }
        let Some(code) = &self.each else { return };
        let work = match self.of {
            Elements::Neurons(PopulationId(number)) => Work::dense(0..populations[number as usize].size()),
            Elements::Synapses(ProjectionId(number), over) => projections[number as usize].all(over),
        };
        machine.run(code, work, occasion);
    }

    pub(crate) fn codes(&self) -> impl Iterator<Item = &Code> {
        self.shared.iter().chain(&self.each)
    }

    pub(crate) fn reseed(&mut self, seed: u64, stream: u64) {
        [&mut self.shared, &mut self.each].into_iter().flatten().for_each(|code| code.reseed(seed, stream));
    }
}
