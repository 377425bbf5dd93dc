//! The plan: everything a simulation is built from, as values.
//!
//! The passes make it from a network; a simulation is built from it with either engine. It is immutable and shared by all
//! simulations of a model. Programs are verified; numbers of columns and programs are positions in the plan's lists.

use super::expr::VariableId;
use super::network::{Action, ClockId, Counted, Group, Method, Object, PopulationId, Record, Rule, Selection, Turn};
use super::steps::{Kind, Program};
use super::verify::Verified;
use crate::units::Dimension;
use grammar::Span;

/// The number of a program in its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProgramId(pub u32);

/// The number of a column in its plan.
pub type ColumnNumber = u32;

/// All that is needed to build and run simulations of a model.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Every column; the first are the network's variables, in their order.
    pub columns: Vec<ColumnPlan>,
    /// Every program.
    pub programs: Vec<Verified<Program>>,
    /// In order of declaration.
    pub populations: Vec<PopulationPlan>,
    /// Each after those whose synapses it connects, otherwise in order of declaration.
    pub projections: Vec<ProjectionPlan>,
    /// In order of declaration.
    pub inputs: Vec<InputPlan>,
    /// Objects of all kinds in order of declaration.
    pub order: Vec<Object>,
    /// What to record; parallel to the network's records.
    pub records: Vec<RecordPlan>,
    /// What happens, in order.
    pub actions: Vec<ActionPlan>,
    /// The time step [s].
    pub dt: f64,
    /// Time steps of all clocks [s]; the first is `dt`.
    pub clocks: Vec<f64>,
    /// Indices to be checked once everything is connected and has its initial values.
    pub links: Vec<LinkPlan>,
    /// Timed arrays: their columns and what stands in them.
    pub arrays: Vec<(ColumnNumber, std::sync::Arc<[f64]>)>,
    /// Values that elements get one by one before their owner's delays and initial values are made: column, values, where asked for.
    pub given: Vec<(ColumnNumber, std::sync::Arc<[f64]>, Span)>,
    /// The seed, where the text sets one.
    pub seed: Option<u64>,
    /// What was chosen for every object with equations, and why.
    pub choices: Vec<Choice>,
}

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnPlan {
    /// As the user calls it; made-up ones begin with `_`.
    pub name: String,
    /// Whose it is.
    pub owner: Object,
    /// One entry for the whole object.
    pub shared: bool,
    /// What its entries are.
    pub kind: Kind,
    /// What they are at first.
    pub fill: f64,
    /// Dimension of the variable.
    pub dimension: Dimension,
    /// Entries are ticks of the owner's clock that the user sees as seconds (`lastspike`, `lastupdate`).
    pub ticks: bool,
    /// It has no entries, since neurons keep what it would hold: of shape `List`, yields that as the user sees it.
    pub from_neurons: Option<ProgramId>,
}

/// A population.
#[derive(Clone, Debug)]
pub struct PopulationPlan {
    /// Its name.
    pub name: String,
    /// Where its name stands.
    pub span: Span,
    /// How many neurons.
    pub size: u32,
    /// `_init`: dense, once when built.
    pub init: Option<ProgramId>,
    /// What makes spikes.
    pub source: SourcePlan,
    /// Columns whose values must stay finite, in the order in which the first bad one is named.
    pub watched: Vec<ColumnNumber>,
    /// Its clock.
    pub clock: ClockId,
    /// Its place in the slot `groups`.
    pub order: i32,
    /// When its spikes are made; `Neurons` whose threshold is fused with the step make them there.
    pub threshold_turn: Turn,
    /// When neurons that spiked are reset.
    pub reset_turn: Turn,
    /// Dense, each in slot `before_start`, at `order`: subexpressions held for a step. What stores into shared columns runs over one element.
    pub held: Vec<ProgramId>,
    /// In order of declaration.
    pub regular: Vec<RegularPlan>,
    /// Custom events, in order of declaration.
    pub events: Vec<EventPlan>,
}

/// `every interval { … }`.
#[derive(Clone, Debug)]
pub struct RegularPlan {
    /// Dense, over one element: what it does to shared variables.
    pub shared: Option<ProgramId>,
    /// Dense over all elements, or over rows for synapses that read neurons.
    pub each: Option<ProgramId>,
    /// The clock that ticks every interval.
    pub clock: ClockId,
    /// When in a step.
    pub turn: Turn,
}

/// A custom event.
#[derive(Clone, Debug)]
pub struct EventPlan {
    /// Its name.
    pub name: String,
    /// Dense; emits the neurons it happens to.
    pub condition: ProgramId,
    /// When in a step.
    pub turn: Turn,
    /// Indexed, for those it happened to.
    pub code: Option<ProgramId>,
    /// When in a step that runs.
    pub code_turn: Turn,
}

/// What makes the spikes of a population.
#[derive(Clone, Debug)]
pub enum SourcePlan {
    /// Step programs.
    Neurons {
        /// Dense, right before the step: copies of columns of which the step reads other elements than its own.
        before: Option<ProgramId>,
        /// State update, refractoriness and threshold in one dense program; `None` where there is nothing to do.
        step: Option<ProgramId>,
        /// The threshold as a dense program of its own, at its turn, where something may happen between it and the step (`step` then
        /// emits nothing).
        threshold: Option<ProgramId>,
        /// Whether `step` emits spikes.
        spikes: bool,
        /// Indexed, for those that spiked.
        reset: Option<ProgramId>,
        /// Propagators of the exact integrator that are kept per neuron: a dense program that computes them, to be run before the next
        /// step whenever one of the columns was written.
        propagators: Option<(ProgramId, Vec<ColumnNumber>)>,
    },
    /// One rate for all, in a shared column [Hz].
    Poisson {
        /// The column.
        rate: ColumnNumber,
    },
    /// It stands for the synapses of a projection.
    Synapses(super::network::ProjectionId),
    /// Listed.
    Spikes {
        /// Time [s] and neuron of every spike.
        spikes: Vec<(f64, u32)>,
        /// They come again after so long [s].
        period: Option<f64>,
        /// Where they are listed.
        span: Span,
    },
}

/// A projection.
#[derive(Clone, Debug)]
pub struct ProjectionPlan {
    /// Its name.
    pub name: String,
    /// Where its name stands.
    pub span: Span,
    /// From where.
    pub source: Group,
    /// To where.
    pub target: Group,
    /// One or more.
    pub connects: Vec<ConnectPlan>,
    /// Over rows, once connected.
    pub init: Option<ProgramId>,
    /// Dense or over rows, at every step.
    pub step: Option<ProgramId>,
    /// Columns written by `step` that must stay finite.
    pub watched: Vec<ColumnNumber>,
    /// In order of declaration.
    pub pathways: Vec<PathwayPlan>,
    /// Its clock.
    pub clock: ClockId,
    /// Its place in the slot `groups`.
    pub order: i32,
    /// Dense or over rows, each in slot `before_start`. What stores into shared columns runs over one element.
    pub held: Vec<ProgramId>,
    /// In order of declaration.
    pub regular: Vec<RegularPlan>,
    /// In order of declaration.
    pub summed: Vec<SummedPlan>,
    /// Columns that are filled once synapses are connected.
    pub counted: Vec<(ColumnNumber, Counted)>,
}

/// A summed variable: the column is zeroed over the group, then the program runs over all rows and adds.
#[derive(Clone, Debug)]
pub struct SummedPlan {
    /// The neurons' column.
    pub column: ColumnNumber,
    /// The neurons.
    pub group: Group,
    /// Over rows.
    pub program: ProgramId,
    /// When in a step, on the clock of the neurons.
    pub turn: Turn,
}

/// Code that runs when a spike arrives.
#[derive(Clone, Debug)]
pub struct PathwayPlan {
    /// `pre`, `post` or its own name.
    pub name: String,
    /// Whether the source's spikes trigger it (else the target's).
    pub pre: bool,
    /// The custom event that triggers it in place of spikes, by its number in its population.
    pub event: Option<u32>,
    /// When in a step.
    pub turn: Turn,
    /// Over rows: for `pre` pathways without delays of their own per synapse.
    pub rows: Option<ProgramId>,
    /// Over a list of synapses: for all others.
    pub list: Option<ProgramId>,
    /// How long a spike travels.
    pub delay: DelayPlan,
    /// Whether the list program reads source neurons.
    pub reads_pre: bool,
    /// Indexed, for the neurons whose synapses it was run for: traces that they keep.
    pub traces: Option<ProgramId>,
}

/// How long a spike travels.
#[derive(Clone, Debug)]
pub enum DelayPlan {
    /// So long for all [s].
    Shared(f64),
    /// Per synapse.
    PerSynapse {
        /// The column [s].
        column: ColumnNumber,
        /// Over rows, once connected.
        init: ProgramId,
        /// The expression.
        span: Span,
    },
}

/// One `connect`: its rule, with programs in place of expressions.
#[derive(Clone, Debug)]
pub struct ConnectPlan {
    /// The rule as resolved; its expressions are compiled below.
    pub rule: Rule,
    /// Shape `Pairs`, yields 0 or 1: what is left of the condition once `candidates` is taken out of it. For generators the whole condition.
    pub condition: Option<ProgramId>,
    /// The targets worth looking at for a source, where the condition says so.
    pub candidates: Candidates,
    /// Shape `Pairs`, yields a probability; `Constant` where it is one.
    pub p: Chance,
    /// Shape `Pairs`, yields a number of synapses.
    pub n: Option<ProgramId>,
    /// Shape `Pairs`, yields the other side's neuron (generators).
    pub value: Option<ProgramId>,
    /// Shape `Pairs`, each yields a number: start, stop, step of the loop, and its probability (generators).
    pub each: Option<[Option<ProgramId>; 4]>,
    /// The statement.
    pub span: Span,
}

/// How likely a pair is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Chance {
    /// Certain.
    Always,
    /// The same for all pairs.
    Constant(f64),
    /// Yielded by a program of shape `Pairs` that does not read the target: one for every source.
    PerSource(ProgramId),
    /// Yielded by a program of shape `Pairs`.
    PerPair(ProgramId),
}

/// The targets j (relative to the group) that a source i (relative) may connect to: `low(i) <= j <= high(i)`, cut to the group, without `except(i)`.
/// Programs are of shape `Pairs`, do not read the target and yield reals.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Candidates {
    /// Lower bounds, inclusive: the largest counts.
    pub low: Vec<ProgramId>,
    /// Upper bounds, inclusive: the smallest counts.
    pub high: Vec<ProgramId>,
    /// Targets left out.
    pub except: Vec<ProgramId>,
}

/// A `poisson_input`.
#[derive(Clone, Debug)]
pub struct InputPlan {
    /// Dense over the group's range of the population, at every step.
    pub program: ProgramId,
    /// Which neurons.
    pub group: Group,
    /// When in a step.
    pub turn: Turn,
}

/// An index to be checked once neurons and synapses are made.
#[derive(Clone, Copy, Debug)]
pub struct LinkPlan {
    /// Whose elements have it.
    pub object: Object,
    /// Yields it: dense for neurons, over all rows for synapses.
    pub program: ProgramId,
    /// It is below this, and not negative.
    pub size: u32,
    /// As written.
    pub span: Span,
}

/// One thing to record.
#[derive(Clone, Debug)]
pub struct RecordPlan {
    /// What the network says.
    pub record: Record,
    /// How to get the values.
    pub values: Values,
    /// Of the shape of a `Values::Program`; yields the selection's condition.
    pub condition: Option<ProgramId>,
    /// How the variables noted with every spike or event are got; parallel to the record's.
    pub with: Vec<Values>,
}

/// How recorded values are got.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Values {
    /// There are none (spikes, rates, synapses).
    None,
    /// As they stand in a column.
    Column(ColumnNumber),
    /// Yielded by a program of shape `Indexed` (`List` for synapses).
    Program(ProgramId),
}

/// One thing that happens.
#[derive(Clone, Debug)]
pub enum ActionPlan {
    /// As the network says.
    Plain(Action),
    /// Values of the state are shown.
    Show {
        /// As the network says.
        action: Action,
        /// How to get them.
        values: Values,
        /// Of the same shape; yields the selection's condition.
        condition: Option<ProgramId>,
    },
    /// The elements of a variable get a value each, in order.
    SetEach {
        /// As the network says.
        action: Action,
        /// Over a list of elements; yields the selection's condition.
        condition: Option<ProgramId>,
    },
    /// A variable gets new values.
    Set {
        /// Whose.
        object: Object,
        /// Of which elements.
        selection: Selection,
        /// Shape `Indexed` for neurons, `List` for synapses.
        program: ProgramId,
        /// Of the same shape; yields the selection's condition.
        condition: Option<ProgramId>,
        /// Columns written.
        written: Vec<ColumnNumber>,
        /// The statement.
        span: Span,
    },
}

/// Which integrator an object got, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Whose equations.
    pub object: Object,
    /// Its name.
    pub name: String,
    /// `state`, `clock-driven` or `event-driven`.
    pub part: &'static str,
    /// What was taken.
    pub method: Method,
    /// Whether the model names it.
    pub named: bool,
    /// What was refused before, each with its reason in the user's words.
    pub refused: Vec<(Method, String)>,
    /// What is worth knowing (a closed form, a propagator kept, where Brian2 would have taken euler).
    pub notes: Vec<String>,
}

impl Plan {
    /// Variables of synapses that neurons keep.
    pub fn traces_of_neurons(&self) -> impl Iterator<Item = VariableId> + '_ {
        let numbered = (0..).map(VariableId).zip(&self.columns);
        numbered.filter(|(_, column)| column.from_neurons.is_some()).map(|(id, _)| id)
    }

    /// The name of an object.
    #[must_use]
    pub fn name(&self, object: Object) -> &str {
        match object {
            Object::Population(PopulationId(number)) => &self.populations[number as usize].name,
            Object::Projection(number) => &self.projections[number.0 as usize].name,
            Object::Input(_) => "poisson_input",
            Object::Array(_) => "timed_array",
        }
    }
}
