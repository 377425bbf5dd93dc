//! The block that connects: `synapses`.

use super::block::{Block, members};

/// Synapses: what stands between the braces of `synapses NAME: SOURCE -> TARGET { … }`.
#[derive(Clone, Debug)]
pub struct Synapses {
    pub(super) block: Block,
}

impl Synapses {
    /// Synapses from `source` to `target`: names of populations, subgroups or other synapses, or slices such as `P[:3200]`.
    #[must_use]
    pub fn new(name: &str, source: &str, target: &str) -> Self {
        Self { block: Block::open(&format!("synapses {name}: {source} -> {target}")) }
    }

    /// Synapses of a model, to which members are added or whose parts they replace.
    #[must_use]
    pub fn of_model(name: &str, source: &str, target: &str, model: &str) -> Self {
        Self { block: Block::open(&format!("synapses {name}: {source} -> {target}: {model}")) }
    }

    /// A model for synapses to be of; the builder's `synapses` takes it.
    #[must_use]
    pub fn model(name: &str) -> Self {
        Self { block: Block::open(&format!("model {name}")) }
    }

    /// Lines with a colon and a unit: synaptic variables, their equations, parameters, summed variables.
    #[must_use]
    pub fn equations(mut self, lines: &str) -> Self {
        self.block.lines(lines);
        self
    }

    members! {
        /// What happens when a spike of the source arrives: statements.
        on_pre(statements) => code("on_pre", statements);
        /// What happens when the target spikes: statements.
        on_post(statements) => code("on_post", statements);
        /// The same for a pathway with a name.
        on_pre_named(pathway, statements) => code(format!("on_pre {pathway}"), statements);
        /// The same for a pathway with a name.
        on_post_named(pathway, statements) => code(format!("on_post {pathway}"), statements);
        /// The custom event that triggers a pathway: `high`, or `up = high` for one with a name.
        on_event(event) => member("on_event", event);
        /// Which pairs are connected, as after the word `connect`: `all`, `p = 0.1`, `i != j, p = 0.1`. May be given several times.
        connect(rule) => member("connect", rule);
        /// How long a spike travels: a time, or an expression for every synapse; `up = 2*ms` for a pathway with a name.
        delay(time) => member("delay", time);
        /// The integrator of clock-driven equations by name.
        method(name) => member("method", name);
        /// Initial values of synaptic variables: statements.
        init(statements) => code("init", statements);
        /// Statements that run for all synapses at intervals, as in `Neurons::every`.
        every(interval, statements) => code(format!("every {interval}"), statements);
        /// A time step of its own.
        dt(time) => member("dt", time);
        /// The slot of the state update, or as in `up = after_resets` of a pathway.
        when(slot) => member("when", slot);
        /// The place in its slot, or as in `up = 1` of a pathway.
        order(order) => member("order", order);
        /// The name of an integer variable that counts the synapses of each pair of neurons.
        multisynaptic_index(name) => member("multisynaptic_index", name);
    }
}
