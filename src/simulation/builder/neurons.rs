//! The blocks that make spikes: `neurons` and `poisson`.

use super::block::{Block, members};

/// A population of neurons: what stands between the braces of `neurons NAME[size] { … }`.
#[derive(Clone, Debug)]
pub struct Neurons {
    pub(super) block: Block,
}

impl Neurons {
    /// `size` neurons without equations yet.
    #[must_use]
    pub fn new(name: &str, size: u32) -> Self {
        Self { block: Block::open(&format!("neurons {name}[{size}]")) }
    }

    /// `size` neurons of a model, to which members are added or whose parts they replace.
    #[must_use]
    pub fn of_model(name: &str, size: u32, model: &str) -> Self {
        Self { block: Block::open(&format!("neurons {name}[{size}]: {model}")) }
    }

    /// A model for populations to be of.
    #[must_use]
    pub fn model(name: &str) -> Self {
        Self { block: Block::open(&format!("model {name}")) }
    }

    /// Lines with a colon and a unit: differential equations, subexpressions, parameters.
    #[must_use]
    pub fn equations(mut self, lines: &str) -> Self {
        self.block.lines(lines);
        self
    }

    members! {
        /// When a neuron spikes: a condition.
        threshold(condition) => member("threshold", condition);
        /// What happens to one that spiked: statements.
        reset(statements) => code("reset", statements);
        /// How long it then may not spike (a time), or while what (a condition).
        refractory(time_or_condition) => member("refractory", time_or_condition);
        /// The integrator by name.
        method(name) => member("method", name);
        /// Initial values: statements.
        init(statements) => code("init", statements);
        /// A custom event: when it happens, and the statements that run then.
        event(name, condition, statements) => code(format!("event {name} if {condition}"), statements);
        /// Statements that run for all neurons at intervals: `every("10*ms", "I = rand()")`. The interval may say its turn:
        /// `10*ms when end order 1`.
        every(interval, statements) => code(format!("every {interval}"), statements);
        /// A time step of its own.
        dt(time) => member("dt", time);
        /// The slot of the state update, or as in `threshold = after_groups` of something else.
        when(slot) => member("when", slot);
        /// The place in its slot, or as in `reset = 2` of something else.
        order(order) => member("order", order);
    }
}

/// Sources that fire at random: what stands between the braces of `poisson NAME[size] { … }`.
#[derive(Clone, Debug)]
pub struct Poisson {
    pub(super) block: Block,
}

impl Poisson {
    /// `size` sources without a rate yet.
    #[must_use]
    pub fn new(name: &str, size: u32) -> Self {
        Self { block: Block::open(&format!("poisson {name}[{size}]")) }
    }

    /// Lines with a colon and a unit: what the rate is made of.
    #[must_use]
    pub fn equations(mut self, lines: &str) -> Self {
        self.block.lines(lines);
        self
    }

    members! {
        /// The rate: an expression of `i`, `t`, the block's variables and timed arrays.
        rate(rate) => member("rate", rate);
        /// Initial values: statements.
        init(statements) => code("init", statements);
        /// A time step of its own.
        dt(time) => member("dt", time);
    }
}
