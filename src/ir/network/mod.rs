//! The network: what the resolver makes of a text, and the passes read.
//!
//! Every name is resolved, every unit checked, every value in SI base units; subexpressions are already in place of their
//! names. Constants (top-level definitions, sizes, `N`) are literals. Objects keep the order of their declaration, which decides ties.
//! What is not here was refused with a diagnostic.

mod actions;
mod code;
mod populations;
mod projections;
mod recordings;
mod sweep;
mod time;
mod variables;

pub use actions::Action;
pub use code::{Block, Event, Held, Regular, Statement, Target};
pub use populations::{Group, Neurons, PoissonInput, Population, PopulationKind, Refractory};
pub use projections::{Connect, Delay, Each, Pathway, Projection, Rule, Summed};
pub use recordings::{Quantity, Record, Recorded, Selection, Smooth};
pub use sweep::{Axis, Measure, Measured, Seeds, Sweep};
pub use time::{ClockId, Slot, Turn};
pub use variables::{Array, Counted, Equation, Given, HostFunction, Link, Method, Role, Subexpression, Variable};

use super::expr::Arena;

/// The number of a population, in order of declaration among populations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PopulationId(pub u32);

/// The number of a projection: each comes after those whose synapses it connects, otherwise in order of declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProjectionId(pub u32);

/// What variables, recordings and assignments belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Object {
    /// Neurons.
    Population(PopulationId),
    /// Synapses.
    Projection(ProjectionId),
    /// A `poisson_input`, by its place among them.
    Input(u32),
    /// A timed array, by its place among them.
    Array(u32),
}

/// A whole resolved model.
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// Every expression.
    pub arena: Arena,
    /// Every stored variable.
    pub variables: Vec<Variable>,
    /// In order of declaration.
    pub populations: Vec<Population>,
    /// Each after those whose synapses it connects, otherwise in order of declaration.
    pub projections: Vec<Projection>,
    /// In order of declaration.
    pub inputs: Vec<PoissonInput>,
    /// Objects of all kinds in order of declaration.
    pub order: Vec<Object>,
    /// What to record.
    pub records: Vec<Record>,
    /// What happens, in order.
    pub actions: Vec<Action>,
    /// The time step [s].
    pub dt: f64,
    /// Time steps of all clocks [s], each its own; the first is `dt`.
    pub clocks: Vec<f64>,
    /// In order of declaration.
    pub arrays: Vec<Array>,
    /// Indices to be checked.
    pub links: Vec<Link>,
    /// Values that elements get one by one, from lists and files, before their owner's delays and initial values are made.
    pub given: Vec<Given>,
    /// Functions that the host program gives.
    pub functions: Vec<HostFunction>,
    /// Noise symbols as they are written (`xi`, `xi_a`), by number.
    pub noises: Vec<String>,
    /// The seed, where the text sets one.
    pub seed: Option<u64>,
    /// What is varied, where the text says so.
    pub sweep: Option<Sweep>,
}

impl Network {
    /// Every piece of code that writes variables one element after the other. `every` of neurons is none: what it reads of others is copied
    /// before.
    pub fn code_blocks(&self) -> impl Iterator<Item = &Block> {
        let sets = self.actions.iter().filter_map(|action| match action {
            Action::Set { block, .. } => Some(block),
            _ => None,
        });
        let populations = self.populations.iter().flat_map(Population::code_blocks);
        let projections = self.projections.iter().flat_map(Projection::code_blocks);
        populations.chain(projections).chain(self.inputs.iter().map(|input| &input.block)).chain(sets)
    }

    /// The clock of an object; a `poisson_input` has that of its target.
    #[must_use]
    pub fn clock_of(&self, object: Object) -> ClockId {
        let of_population = |id: PopulationId| self.populations.get(id.0 as usize).map(|made| made.clock);
        let clock = match object {
            Object::Population(id) => of_population(id),
            Object::Projection(id) => self.projections.get(id.0 as usize).map(|made| made.clock),
            Object::Input(number) => {
                self.inputs.get(number as usize).and_then(|input| of_population(input.group.population))
            }
            Object::Array(_) => None,
        };
        clock.unwrap_or_default()
    }

    /// The time step of an object's clock [s].
    #[must_use]
    pub fn dt_of(&self, object: Object) -> f64 {
        self.clocks.get(self.clock_of(object).0 as usize).copied().unwrap_or(self.dt)
    }
}
