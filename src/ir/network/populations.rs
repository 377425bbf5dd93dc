//! Populations and parts of them, and the input that they get from processes that are not simulated one by one.

use super::{Block, ClockId, Equation, Event, Held, Method, PopulationId, ProjectionId, Regular, Subexpression, Turn};
use crate::ir::expr::{ExprId, VariableId};
use grammar::Span;

impl Population {
    pub(super) fn code_blocks(&self) -> Vec<&Block> {
        let reset = match &self.kind {
            PopulationKind::Neurons(neurons) => Some(&neurons.reset),
            _ => None,
        };
        let held = self.held.iter().map(|held| &held.block);
        let events = self.events.iter().map(|event| &event.code);
        std::iter::once(&self.init).chain(reset).chain(held).chain(events).collect()
    }
}

/// A population: its equations and events, or a source of spikes.
#[derive(Clone, Debug)]
pub struct Population {
    /// Its name.
    pub name: String,
    /// Where its name stands.
    pub span: Span,
    /// How many neurons; at least 1.
    pub size: u32,
    /// What makes its spikes.
    pub kind: PopulationKind,
    /// Its variables, in order of declaration; builtins (`lastspike`, …) last.
    pub variables: Vec<VariableId>,
    /// In order of declaration.
    pub subexpressions: Vec<Subexpression>,
    /// What runs when it is built, for every neuron: defaults of parameters first, then `init`.
    pub init: Block,
    /// Its clock.
    pub clock: ClockId,
    /// Its place in the slot `groups`.
    pub order: i32,
    /// When its spikes are made.
    pub threshold_turn: Turn,
    /// When neurons that spiked are reset.
    pub reset_turn: Turn,
    /// Subexpressions held for a step, each after those it reads.
    pub held: Vec<Held>,
    /// In order of declaration.
    pub regular: Vec<Regular>,
    /// Custom events, in order of declaration.
    pub events: Vec<Event>,
}

/// What makes the spikes of a population.
#[derive(Clone, Debug)]
pub enum PopulationKind {
    /// Equations, threshold and reset.
    Neurons(Neurons),
    /// `poisson` of one rate for all, in the variable of role `Rate`.
    Poisson {
        /// The rate's variable (shared) [Hz].
        rate: VariableId,
    },
    /// No neurons: it stands for the synapses of a projection where others connect them. Its variables are the projection's, its
    /// size is known once these are connected, and it comes after all populations of neurons.
    Synapses(ProjectionId),
    /// `spike_source`: times and neurons as given.
    Spikes {
        /// Time [s] and neuron of every spike, as written.
        spikes: Vec<(f64, u32)>,
        /// They come again after so long [s].
        period: Option<f64>,
        /// Where they are listed.
        span: Span,
    },
}

/// Equations, threshold, reset, refractoriness.
#[derive(Clone, Debug)]
pub struct Neurons {
    /// In order of declaration.
    pub equations: Vec<Equation>,
    /// The integrator named, and where.
    pub method: Option<(Method, Span)>,
    /// When a neuron spikes.
    pub threshold: Option<ExprId>,
    /// Where that is written; a threshold that was made of a rate is nowhere.
    pub threshold_span: Option<Span>,
    /// What happens to one that spiked.
    pub reset: Block,
    /// When it may not.
    pub refractory: Option<Refractory>,
    /// Where that is written.
    pub refractory_span: Option<Span>,
    /// `lastspike`, where there is a threshold.
    pub last_spike: Option<VariableId>,
    /// `not_refractory`, where there is a refractory statement.
    pub not_refractory: Option<VariableId>,
}

/// Refractoriness.
#[derive(Clone, Copy, Debug)]
pub enum Refractory {
    /// For so long after a spike [s]; evaluated at every step.
    Time(ExprId),
    /// From a spike on while this holds.
    While(ExprId),
}

/// A contiguous part of a population; of one that stands for synapses, all of them, with the most there can be as its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// Of which population.
    pub population: PopulationId,
    /// First neuron.
    pub offset: u32,
    /// How many.
    pub size: u32,
}

/// `poisson_input to P.v`.
#[derive(Clone, Debug)]
pub struct PoissonInput {
    /// `target += binomial(n, rate*dt)*weight` as one guarded statement, run for every neuron of the group at every step.
    pub block: Block,
    /// Which neurons.
    pub group: Group,
    /// When in a step; usually order 0 of `synapses`.
    pub turn: Turn,
    /// Where it is declared.
    pub span: Span,
}
