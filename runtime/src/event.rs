//! Custom events: a condition looked at in every tick of a population, and what happens to the neurons for which it
//! holds.
//!
//! The neurons of the last tick, ascending, stay until the condition is looked at again: pathways and monitors read
//! them as they read spikes.

use crate::code::{Code, Machine, Occasion, Results};
use crate::kernel::Work;
use crate::turn::{Slot, Turn};

/// A custom event of a population.
#[derive(Clone, Debug)]
pub struct Event {
    name: String,
    condition: Code,
    turn: Turn,
    code: Option<Code>,
    code_turn: Turn,
    neurons: Vec<u32>,
}

impl Event {
    /// An event of all neurons that the dense kernel `condition` emits, after the thresholds of a step.
    #[must_use]
    pub fn new(name: &str, condition: Code) -> Self {
        let (turn, code_turn) = (Turn::of(Slot::AfterThresholds), Turn::of(Slot::AfterResets));
        Self { name: name.to_owned(), condition, turn, code: None, code_turn, neurons: Vec::new() }
    }

    /// An indexed kernel that runs for the neurons it happened to, after the resets of a step.
    #[must_use]
    pub fn with_code(mut self, code: Code) -> Self {
        self.code = Some(code);
        self
    }

    /// The condition is looked at in another turn, and the code runs in another.
    #[must_use]
    pub fn at(mut self, condition: Turn, code: Turn) -> Self {
        (self.turn, self.code_turn) = (condition, code);
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// When the condition is looked at.
    #[must_use]
    pub fn turn(&self) -> Turn {
        self.turn
    }

    /// To whom it happened when the condition was last looked at, ascending.
    #[must_use]
    pub fn neurons(&self) -> &[u32] {
        &self.neurons
    }

    /// The neurons are those of a network that was saved.
    pub(crate) fn load(&mut self, neurons: &[u32]) {
        self.neurons = neurons.to_vec();
    }

    pub(crate) fn condition(&self) -> &Code {
        &self.condition
    }

    /// What runs for those it happened to.
    pub(crate) fn code(&self) -> Option<&Code> {
        self.code.as_ref()
    }

    /// When its code runs, where it has some.
    pub(crate) fn code_turn(&self) -> Option<Turn> {
        self.code.as_ref().map(|_| self.code_turn)
    }

    /// Looks at the condition.
    pub(crate) fn look(&mut self, size: u32, machine: &mut Machine, occasion: Occasion) {
        self.neurons.clear();
        let results = Results { spikes: &mut self.neurons, out: &mut [] };
        machine.run_for(&self.condition, Work::dense(0..size), occasion, results);
    }

    /// What happens to those it happened to.
    pub(crate) fn act(&self, machine: &mut Machine, occasion: Occasion) {
        if let Some(code) = self.code.as_ref().filter(|_| !self.neurons.is_empty()) {
            machine.run(code, Work::Indexed(&self.neurons), occasion);
        }
    }

    pub(crate) fn reseed(&mut self, seed: u64, stream: u64) {
        self.condition.reseed(seed, stream);
        self.code.iter_mut().for_each(|code| code.reseed(seed, stream));
    }
}
