//! The network: what the resolver makes of a text, and the passes read.
//!
//! Every name is resolved, every unit checked, every value in SI base units; subexpressions are already in place of their
//! names. Constants (top-level definitions, sizes, `N`) are literals. Objects keep the order of their declaration, which decides ties.
//! What is not here was refused with a diagnostic.

use super::expr::{Arena, ExprId, LocalId, Type, VariableId};
use crate::units::Dimension;
use grammar::Span;

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

/// The number of a clock in its network; clock 0 has the network's `dt`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClockId(pub u32);

/// Brian2's slots of a time step, each with one before and one after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is its own name")]
pub enum Slot {
    BeforeStart,
    Start,
    AfterStart,
    BeforeGroups,
    Groups,
    AfterGroups,
    BeforeThresholds,
    Thresholds,
    AfterThresholds,
    BeforeSynapses,
    Synapses,
    AfterSynapses,
    BeforeResets,
    Resets,
    AfterResets,
    BeforeEnd,
    End,
    AfterEnd,
}

impl Slot {
    /// All of them as they are written, in the order of a step.
    pub const NAMES: [(&'static str, Self); 18] = [
        ("before_start", Self::BeforeStart),
        ("start", Self::Start),
        ("after_start", Self::AfterStart),
        ("before_groups", Self::BeforeGroups),
        ("groups", Self::Groups),
        ("after_groups", Self::AfterGroups),
        ("before_thresholds", Self::BeforeThresholds),
        ("thresholds", Self::Thresholds),
        ("after_thresholds", Self::AfterThresholds),
        ("before_synapses", Self::BeforeSynapses),
        ("synapses", Self::Synapses),
        ("after_synapses", Self::AfterSynapses),
        ("before_resets", Self::BeforeResets),
        ("resets", Self::Resets),
        ("after_resets", Self::AfterResets),
        ("before_end", Self::BeforeEnd),
        ("end", Self::End),
        ("after_end", Self::AfterEnd),
    ];

    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize].0
    }
}

/// When in a time step something has its turn: by slot, then by order, then by declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Turn {
    /// The slot.
    pub slot: Slot,
    /// Its place among those of the slot; usually 0.
    pub order: i32,
}

impl Turn {
    /// In a slot, at its usual place.
    #[must_use]
    pub fn of(slot: Slot) -> Self {
        Self { slot, order: 0 }
    }
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

impl Population {
    fn code_blocks(&self) -> Vec<&Block> {
        let reset = match &self.kind {
            PopulationKind::Neurons(neurons) => Some(&neurons.reset),
            _ => None,
        };
        let held = self.held.iter().map(|held| &held.block);
        let events = self.events.iter().map(|event| &event.code);
        std::iter::once(&self.init).chain(reset).chain(held).chain(events).collect()
    }
}

impl Projection {
    fn code_blocks(&self) -> Vec<&Block> {
        let held = self.held.iter().map(|held| &held.block);
        let regular = self.regular.iter().map(|regular| &regular.block);
        let pathways = self.pathways.iter().map(|pathway| &pathway.block);
        std::iter::once(&self.init).chain(held).chain(regular).chain(pathways).collect()
    }
}

/// A timed array: its values stand in the column of a variable (owner `Object::Array`, role `Array`), rows one after the other, and
/// are read by `Node::At`.
#[derive(Clone, Debug)]
pub struct Array {
    /// Its name.
    pub name: String,
    /// The variable.
    pub variable: VariableId,
    /// In SI base units; `rows*columns` of them.
    pub values: std::sync::Arc<[f64]>,
    /// Values per time; 1 for those that are the same for all neurons.
    pub columns: u32,
    /// Seconds from one row to the next.
    pub dt: f64,
}

/// The index of a linked variable that is known once neurons and synapses are made: it is checked then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Whose elements have the index.
    pub object: Object,
    /// The index in the part of a population that is linked to.
    pub index: ExprId,
    /// So many elements that part has.
    pub size: u32,
    /// The index, as written.
    pub span: Span,
}

/// A value for every element of an object: those of neurons in order, those of synapses in order of creation.
#[derive(Clone, Debug)]
pub struct Given {
    /// The variable of role `Given` that holds them while the owner is made.
    pub variable: VariableId,
    /// In SI base units.
    pub values: std::sync::Arc<[f64]>,
    /// Where they are asked for.
    pub span: Span,
}

/// A function that the host program gives.
#[derive(Clone, Debug, PartialEq)]
pub struct HostFunction {
    /// Its name.
    pub name: String,
    /// Dimensions of its arguments; at most `HostFunction::MOST`.
    pub arguments: Vec<Dimension>,
    /// Dimension of its value.
    pub result: Dimension,
}

impl HostFunction {
    /// So many arguments it may have.
    pub const MOST: usize = 4;
}

/// A stored variable: one number per element of its owner, or one for all where it is shared.
#[derive(Clone, Debug)]
pub struct Variable {
    /// As the user calls it.
    pub name: String,
    /// Whose it is.
    pub owner: Object,
    /// Its dimension.
    pub dimension: Dimension,
    /// Its type.
    pub kind: Type,
    /// What it is for.
    pub role: Role,
    /// One value for the whole object.
    pub shared: bool,
    /// Declared `constant`: nothing but `init` and `set` writes it.
    pub constant: bool,
    /// Where it is declared.
    pub span: Span,
}

/// What a variable is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Has a differential equation.
    State,
    /// `x : unit`.
    Parameter,
    /// `lastspike` [s]; stored as the tick of the last spike. -10,000 s before the first.
    LastSpike,
    /// `not_refractory`; true at first.
    NotRefractory,
    /// `lastupdate` [s] of a synapse with event-driven equations; stored as a tick; 0 at first.
    LastUpdate,
    /// The delay of a synapse [s] on one pathway.
    Delay,
    /// The rate of a `poisson` [Hz]; shared.
    Rate,
    /// A subexpression held for a step (`constant over dt`).
    Held,
    /// Entries of a timed array.
    Array,
    /// Values that elements get one by one when they are made.
    Given,
    /// A number that is known once synapses are connected.
    Counted(Counted),
}

/// What is counted when synapses are connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Counted {
    /// `N` of a synapses block: how many synapses there are; shared.
    Synapses,
    /// `N_incoming`: how many of them the target neuron has; one entry per neuron of the target population, read by `Site::Post`.
    Incoming,
    /// `N_outgoing`: the same of the source neuron, read by `Site::Pre`.
    Outgoing,
    /// The number of a synapse by creation, where other synapses connect it.
    Number,
    /// `multisynaptic_index`: which of the synapses of its pair of neurons it is, from 0.
    Multisynaptic,
}

/// `dx/dt = rhs`.
#[derive(Clone, Debug)]
pub struct Equation {
    /// The variable.
    pub variable: VariableId,
    /// Its derivative, subexpressions in place.
    pub rhs: ExprId,
    /// `(unless refractory)`.
    pub unless_refractory: bool,
    /// The whole line.
    pub span: Span,
}

/// `x = value : unit`, kept for recordings and for `explain`; expressions already have it in place.
#[derive(Clone, Debug)]
pub struct Subexpression {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: ExprId,
    /// Its dimension.
    pub dimension: Dimension,
    /// The whole line.
    pub span: Span,
}

/// An integrator, as named in a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is its own name")]
pub enum Method {
    Exact,
    ExponentialEuler,
    Euler,
    Rk2,
    Rk4,
    Heun,
    Milstein,
}

impl Method {
    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::ExponentialEuler => "exponential_euler",
            Self::Euler => "euler",
            Self::Rk2 => "rk2",
            Self::Rk4 => "rk4",
            Self::Heun => "heun",
            Self::Milstein => "milstein",
        }
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

/// `x = value : unit (constant over dt)`: evaluated in slot `before_start` and stored.
#[derive(Clone, Debug)]
pub struct Held {
    /// Where it is stored.
    pub variable: VariableId,
    /// `variable = value` as one statement.
    pub block: Block,
}

/// `every interval { … }`.
#[derive(Clone, Debug)]
pub struct Regular {
    /// `every`, `every_1`, …: unique in its object; random numbers are drawn by it.
    pub name: String,
    /// The clock that ticks every interval.
    pub clock: ClockId,
    /// When in a step.
    pub turn: Turn,
    /// For every element; statements that write shared variables come first and read nothing of the elements.
    pub block: Block,
    /// The statement.
    pub span: Span,
}

/// `event name if condition { … }`.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// When it happens.
    pub condition: ExprId,
    /// When in a step the condition is looked at; usually `after_thresholds`.
    pub turn: Turn,
    /// For every neuron it happens to.
    pub code: Block,
    /// When in a step that runs; usually `after_resets`.
    pub code_turn: Turn,
    /// The statement.
    pub span: Span,
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
    /// What happens to one that spiked.
    pub reset: Block,
    /// When it may not.
    pub refractory: Option<Refractory>,
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

/// Statements that run one after the other for one element.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// In order; `x += y` is written out as `x = x + y`.
    pub statements: Vec<Statement>,
    /// How many random calls the block has: their draws are `0..draws`.
    pub draws: u32,
}

/// `target = value`, converted to the target's type.
#[derive(Clone, Debug)]
pub struct Statement {
    /// What is written.
    pub target: Target,
    /// The value.
    pub value: ExprId,
    /// Written only where the owner of the target is not refractory (its flag `unless refractory`, outside resets and `init`): the
    /// variable of role `NotRefractory` to look at, on the target's site.
    pub guard: Option<VariableId>,
    /// The statement.
    pub span: Span,
}

/// What a statement writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// A stored variable.
    Variable(super::expr::Site, VariableId),
    /// A local one.
    Local(LocalId),
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

/// Synapses.
#[derive(Clone, Debug)]
pub struct Projection {
    /// Its name.
    pub name: String,
    /// Where its name stands.
    pub span: Span,
    /// From where.
    pub source: Group,
    /// To where.
    pub target: Group,
    /// Its variables, delays and builtins last.
    pub variables: Vec<VariableId>,
    /// In order of declaration.
    pub subexpressions: Vec<Subexpression>,
    /// Clock-driven equations.
    pub clock_driven: Vec<Equation>,
    /// Event-driven equations.
    pub event_driven: Vec<Equation>,
    /// `lastupdate`, where there are event-driven equations.
    pub last_update: Option<VariableId>,
    /// The integrator named, and where.
    pub method: Option<(Method, Span)>,
    /// In order of declaration, which decides ties.
    pub pathways: Vec<Pathway>,
    /// One or more.
    pub connects: Vec<Connect>,
    /// What runs for every synapse once connected: defaults of parameters, then `init`. Delays are their pathways'.
    pub init: Block,
    /// Its clock.
    pub clock: ClockId,
    /// Its place in the slot `groups`.
    pub order: i32,
    /// Subexpressions held for a step, each after those it reads.
    pub held: Vec<Held>,
    /// In order of declaration.
    pub regular: Vec<Regular>,
    /// In order of declaration.
    pub summed: Vec<Summed>,
}

/// `x_post = value : unit (summed)`: what all synapses of a neuron give together, in slot `groups` before the neurons' own step.
#[derive(Clone, Debug)]
pub struct Summed {
    /// `Pre` or `Post`.
    pub side: super::expr::Site,
    /// The variable of the neurons that gets the sum.
    pub variable: VariableId,
    /// What a synapse gives.
    pub value: ExprId,
    /// The whole line.
    pub span: Span,
}

/// Code that runs when a spike arrives.
#[derive(Clone, Debug)]
pub struct Pathway {
    /// `pre`, `post` or its own name.
    pub name: String,
    /// Whose spikes trigger it.
    pub side: super::expr::Site,
    /// The custom event that triggers it in place of spikes, by its number in its population.
    pub event: Option<u32>,
    /// When in a step; usually order -1 of `synapses` for `Pre` and 1 for `Post`.
    pub turn: Turn,
    /// What happens; event-driven equations are brought up to date before.
    pub block: Block,
    /// How long a spike travels.
    pub delay: Delay,
    /// Where it is declared.
    pub span: Span,
}

/// How long a spike travels.
#[derive(Clone, Debug)]
pub enum Delay {
    /// So long for all synapses [s]; 0 or more.
    Shared(f64),
    /// Per synapse: an expression [s] that is stored into a variable of role `Delay` after connecting.
    PerSynapse {
        /// The variable.
        variable: VariableId,
        /// `delay = value` as one statement.
        init: Block,
        /// The expression.
        span: Span,
    },
}

/// One `connect`.
#[derive(Clone, Debug)]
pub struct Connect {
    /// Which rule.
    pub rule: Rule,
    /// The statement.
    pub span: Span,
}

/// How pairs are chosen. Expressions see `Index(Pre)`, `Index(Post)` and variables of both sides; random calls count from draw 0 in each expression.
#[derive(Clone, Debug)]
pub enum Rule {
    /// Every pair for which the condition holds (all where there is none), with probability `p`, `n` times. Numbered by source, then target.
    Condition {
        /// Which pairs; `None` for all.
        condition: Option<ExprId>,
        /// How likely; `None` for 1.
        p: Option<ExprId>,
        /// How many synapses a pair gets; `None` for 1.
        n: Option<ExprId>,
    },
    /// The pairs listed, relative to the groups.
    Pairs {
        /// Source and target of each.
        pairs: Vec<(u32, u32)>,
        /// Values that come with the pairs, one for each (columns of a file): they are there before `delay` and `init`.
        values: Vec<(VariableId, std::sync::Arc<[f64]>)>,
        /// How likely; `None` for 1.
        p: Option<ExprId>,
        /// How many synapses a pair gets; `None` for 1.
        n: Option<ExprId>,
    },
    /// `j = value for k in range if condition`, for every neuron of one side.
    Generator {
        /// The side gone through: `Pre` for `j = …`, `Post` for `i = …`.
        outer: super::expr::Site,
        /// The neuron of the other side, relative to its group: an integer expression that may read `Each`.
        value: ExprId,
        /// The values of `Each`; `None` where there is no loop.
        each: Option<Each>,
        /// Which are taken; sees `Each` and both neurons.
        condition: Option<ExprId>,
        /// Values outside the group are left out rather than an error.
        skip_if_invalid: bool,
        /// How likely; `None` for 1.
        p: Option<ExprId>,
        /// How many synapses a pair gets; `None` for 1.
        n: Option<ExprId>,
    },
    /// So many sources for every target, distinct.
    FixedIndegree {
        /// How many.
        count: u32,
        /// Whether a neuron may connect to itself.
        autapses: bool,
    },
    /// So many targets for every source, distinct.
    FixedOutdegree {
        /// How many.
        count: u32,
        /// Whether a neuron may connect to itself.
        autapses: bool,
    },
    /// So many synapses in all, pairs drawn with replacement.
    FixedTotal {
        /// How many.
        count: u64,
        /// Whether a neuron may connect to itself.
        autapses: bool,
    },
}

/// What a generator's loop variable goes through. Expressions see the outer neuron only.
#[derive(Clone, Copy, Debug)]
pub enum Each {
    /// `range(start, stop, step)`
    Range {
        /// First value.
        start: ExprId,
        /// One past the last.
        stop: ExprId,
        /// Distance.
        step: ExprId,
    },
    /// `sample(start, stop, step, p = p)`: every value of the range with that probability.
    SampleProbability {
        /// First value.
        start: ExprId,
        /// One past the last.
        stop: ExprId,
        /// Distance.
        step: ExprId,
        /// How likely.
        p: ExprId,
    },
    /// `sample(start, stop, step, size = size)`: so many values of the range, distinct, ascending.
    SampleSize {
        /// First value.
        start: ExprId,
        /// One past the last.
        stop: ExprId,
        /// Distance.
        step: ExprId,
        /// How many.
        size: ExprId,
    },
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

/// One thing to record.
#[derive(Clone, Debug)]
pub struct Record {
    /// As the user wrote it, and as its file is named: `P.v`, `Pe.spikes`.
    pub name: String,
    /// What.
    pub what: Recorded,
    /// Seconds between samples; `None` for every step.
    pub every: Option<f64>,
    /// Ticks when it samples: the clock of what is recorded, or of `every`.
    pub clock: ClockId,
    /// When in a step; `None` for the usual (values: `start`; spikes and events: right after they are made; rates: `end`).
    pub turn: Option<Turn>,
    /// Variables noted with every spike or event, each under its name; selections are not looked at.
    pub with: Vec<(String, Quantity)>,
    /// How a rate is smoothed.
    pub smooth: Option<Smooth>,
    /// Where it is asked for.
    pub span: Span,
}

/// `smooth gaussian 5*ms`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Smooth {
    /// The mean over a window of this width [s].
    Flat(f64),
    /// Weighted by a normal distribution of this standard deviation [s], cut at two of them.
    Gaussian(f64),
}

/// What is recorded.
#[derive(Clone, Debug)]
pub enum Recorded {
    /// Step and neuron (relative to the group) of every spike.
    Spikes(Group),
    /// The same of a custom event, by its number in its population.
    Events(Group, u32),
    /// Spikes per neuron and second in every step.
    Rate(Group),
    /// The values of an expression over elements, at the start of every step that is sampled.
    Values(Quantity),
    /// The values at the end of the experiment.
    AtEnd(Quantity),
    /// i, j, delay and variables of all synapses at the end.
    Synapses(ProjectionId),
}

/// Values of some elements of an object.
#[derive(Clone, Debug)]
pub struct Quantity {
    /// Whose.
    pub object: Object,
    /// Of a variable or a subexpression.
    pub value: ExprId,
    /// Dimension of the values.
    pub dimension: Dimension,
    /// Which elements.
    pub selection: Selection,
    /// Offset of the subgroup in its population: indices shown to the user are relative to it.
    pub offset: u32,
    /// One value for the whole object.
    pub shared: bool,
}

/// Some elements of an object: neurons absolute in the population, synapses by order of creation.
#[derive(Clone, Debug)]
pub enum Selection {
    /// All of a range (a whole population or a subgroup of it).
    Range {
        /// First.
        start: u32,
        /// One past the last; `u32::MAX` for "to the end" of a projection, whose size is known only when it is connected.
        stop: u32,
        /// Distance; at least 1.
        step: u32,
    },
    /// The ones listed.
    List(Vec<u32>),
    /// Of an object whose size is known only when it is connected: a slice whose bounds count from the end where they are negative, and
    /// which goes backwards where its step is; bounds beyond the ends are those of the ends.
    Slice {
        /// First.
        start: Option<i32>,
        /// Where it stops, itself left out.
        stop: Option<i32>,
        /// Distance; not 0.
        step: i32,
    },
    /// Likewise, one counted from the end: 1 is the last.
    FromEnd(u32),
    /// Those of a range for which a condition holds.
    Where {
        /// The condition, over the object's elements.
        condition: ExprId,
        /// First.
        start: u32,
        /// One past the last; `u32::MAX` as above.
        stop: u32,
    },
}

/// One thing that happens.
#[derive(Clone, Debug)]
pub enum Action {
    /// Time goes on.
    Run {
        /// For so long [s].
        duration: f64,
        /// The statement.
        span: Span,
    },
    /// A variable gets new values.
    Set {
        /// Whose.
        object: Object,
        /// Of which elements.
        selection: Selection,
        /// One statement.
        block: Block,
        /// The statement.
        span: Span,
    },
    /// The elements of a variable get a value each, in order.
    SetEach {
        /// Whose.
        object: Object,
        /// Of what.
        variable: VariableId,
        /// Of which elements.
        selection: Selection,
        /// As they are stored, in SI base units.
        values: std::sync::Arc<[f64]>,
        /// The statement.
        span: Span,
    },
    /// The state is kept under a name.
    Store {
        /// The name; empty for the unnamed one.
        name: String,
        /// The statement.
        span: Span,
    },
    /// The state goes back to what it was.
    Restore {
        /// The name; empty for the unnamed one.
        name: String,
        /// Whether random numbers come again too.
        random: bool,
        /// The statement.
        span: Span,
    },
    /// A `spike_source` gets other spikes.
    SetSpikes {
        /// Which.
        population: PopulationId,
        /// Time [s] and neuron of every spike.
        spikes: Vec<(f64, u32)>,
        /// They come again after so long [s].
        period: Option<f64>,
        /// The statement.
        span: Span,
    },
    /// A delay that all synapses of a pathway share becomes another.
    SetDelay {
        /// Whose.
        projection: ProjectionId,
        /// Which pathway, by its number.
        pathway: u32,
        /// The delay [s].
        delay: f64,
        /// The statement.
        span: Span,
    },
    /// Values of the state are shown.
    Show {
        /// As written.
        text: String,
        /// What.
        quantity: Quantity,
        /// Type of the values.
        kind: Type,
        /// The statement.
        span: Span,
    },
    /// A value is shown.
    Print {
        /// The expression as written.
        text: String,
        /// Its value.
        value: f64,
        /// Its dimension.
        dimension: Dimension,
        /// Its type.
        kind: Type,
        /// The statement.
        span: Span,
    },
}
