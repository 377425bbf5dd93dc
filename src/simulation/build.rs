//! A network from a plan: columns, initial values, connections, and everything that acts in a step.
//!
//! In: a plan, a kernel per program, a seed. Out: the runtime's network at time 0.
//! The order is the language's: neurons' `init`, then for every projection `connect`, `delay`, `init`. Monitors are added by who
//! keeps their handles.

use super::programs::{Programs, element_type};
use super::{codes, ends, given};
use crate::error::Error;
use crate::ir::expr::Site;
use crate::ir::network::{self, Counted, Each, Group, Object, Rule};
use crate::ir::plan::{
    Chance, ConnectPlan, DelayPlan, EventPlan, LinkPlan, PathwayPlan, Plan, PopulationPlan, ProgramId, ProjectionPlan,
    RegularPlan, SourcePlan, SummedPlan,
};
use crate::ir::steps::{Access, Op, Shape};
use crate::units::{self, Dimension};
use grammar::{Diagnostic, Span};
use runtime::connect::{self, Fault, Outer};
use runtime::random;
use runtime::state::{Column, ColumnId, State};
use runtime::{
    BuildError, ClockId, Delay, Elements, Event, Input, InputId, Network, Neurons, Over, Pathway, Population,
    PopulationId, Projection, ProjectionId, Propagators, Regular, Side, Slot, StepOver, Summed, Threads, Turn, Watched,
};

/// Stream of the random numbers of initialisers; the time loop has stream 0, every assignment its own from 2 on.
const INITIAL: u64 = 1;

/// Conditions asked of more pairs than this are worth a warning: at about 5 ns a pair they take seconds.
const MANY_PAIRS: u64 = 1_000_000_000;

/// Why a network cannot be built.
pub(super) enum Failure {
    /// The model's fault, with its place.
    Told(Box<Diagnostic>),
    /// Another reason.
    Other(Error),
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Told(Box::new(diagnostic))
    }
}

impl From<BuildError> for Failure {
    fn from(error: BuildError) -> Self {
        Self::Other(Error::Defect(error.to_string()))
    }
}

/// Builds the network, without monitors.
pub(super) fn build(programs: Programs<'_>, seed: u64, threads: usize) -> Result<Network, Failure> {
    let plan = programs.plan();
    let mut network = Network::new(State::new(columns(plan)), plan.dt, seed, Threads::new(threads.max(1))?)?;
    for (number, &dt) in (0..).zip(&plan.clocks) {
        if network.add_clock(dt)? != ClockId(number) {
            return Err(Failure::Other(Error::Defect(format!("two clocks have the time step {dt} s"))));
        }
    }
    let neurons = (0..).zip(&plan.populations).filter(|(_, population)| ends::stands_for(population).is_none());
    for (number, population) in neurons {
        let id = network.add_population(self::population(programs, population)?);
        let object = Object::Population(network::PopulationId(number));
        given::fill(&mut network, plan, object)?;
        if let Some(init) = population.init {
            network.execute(&programs.code(init), Over::Dense(id, 0..population.size), INITIAL, &mut []);
        }
        given::release(&mut network, plan, object);
    }
    for (number, projection) in (0..).zip(&plan.projections) {
        ends::add_synapses(plan, &mut network, projection)?;
        connect_projection(programs, &mut network, number, projection, seed)?;
    }
    for link in &plan.links {
        check_link(programs, &mut network, link)?;
    }
    for input in &plan.inputs {
        let made = Input::new(programs.code(input.program), group(input.group));
        network.add_input(made.at(turn(input.turn)))?;
    }
    for (number, population) in (0..).zip(&plan.populations) {
        let of = |_: ProgramId| Elements::Neurons(PopulationId(number));
        let held = (population.order, &*population.held);
        add_regular(programs, &mut network, of, population.clock, held, &population.regular)?;
    }
    for (number, projection) in (0..).zip(&plan.projections) {
        let of = |program: ProgramId| Elements::Synapses(ProjectionId(number), over(programs, program));
        let held = (projection.order, &*projection.held);
        add_regular(programs, &mut network, of, projection.clock, held, &projection.regular)?;
    }
    let mut order: Vec<runtime::Object> = plan.order.iter().filter_map(|&object| self::object(object)).collect();
    order.extend(ends::standing(plan).map(runtime::Object::Population));
    network.set_order(&order)?;
    Ok(network)
}

/// Adds what runs over all elements of an object at the ticks of a clock: what is held for a step, with the order of the
/// object, and `every`.
fn add_regular(
    programs: Programs<'_>,
    network: &mut Network,
    of: impl Fn(ProgramId) -> Elements,
    clock: network::ClockId,
    (order, held): (i32, &[ProgramId]),
    regular: &[RegularPlan],
) -> Result<(), Failure> {
    for &program in held {
        let mut made = Regular::new(of(program), self::clock(clock));
        made.turn = Turn::at(Slot::BeforeStart, order);
        let code = Some(programs.code(program));
        if writes_shared(programs, program) {
            made.shared = code
        } else {
            made.each = code
        }
        network.add_regular(made)?;
    }
    for plan in regular {
        let Some(program) = plan.each.or(plan.shared) else { continue };
        let mut made = Regular::new(of(program), self::clock(plan.clock));
        made.turn = turn(plan.turn);
        (made.shared, made.each) = (plan.shared.map(|id| programs.code(id)), plan.each.map(|id| programs.code(id)));
        network.add_regular(made)?;
    }
    Ok(())
}

/// Whether a program writes shared variables and no others: it then runs once.
fn writes_shared(programs: Programs<'_>, program: ProgramId) -> bool {
    let program = &programs.plan().programs[program.0 as usize];
    let mut written = program.ops.iter().filter_map(|op| match op {
        Op::Store(slot, _) => Some(program.slots[slot.0 as usize].access),
        _ => None,
    });
    written.all(|access| access == Access::Shared)
}

/// How a program goes through all synapses.
fn over(programs: Programs<'_>, program: ProgramId) -> StepOver {
    match programs.plan().programs[program.0 as usize].shape {
        Shape::Rows => StepOver::Rows,
        _ => StepOver::Dense,
    }
}

pub(super) fn clock(clock: network::ClockId) -> ClockId {
    ClockId(clock.0)
}

pub(super) fn turn(turn: network::Turn) -> Turn {
    Turn::at(slot(turn.slot), turn.order)
}

fn slot(slot: network::Slot) -> Slot {
    use network::Slot as Of;
    match slot {
        Of::BeforeStart => Slot::BeforeStart,
        Of::Start => Slot::Start,
        Of::AfterStart => Slot::AfterStart,
        Of::BeforeGroups => Slot::BeforeGroups,
        Of::Groups => Slot::Groups,
        Of::AfterGroups => Slot::AfterGroups,
        Of::BeforeThresholds => Slot::BeforeThresholds,
        Of::Thresholds => Slot::Thresholds,
        Of::AfterThresholds => Slot::AfterThresholds,
        Of::BeforeSynapses => Slot::BeforeSynapses,
        Of::Synapses => Slot::Synapses,
        Of::AfterSynapses => Slot::AfterSynapses,
        Of::BeforeResets => Slot::BeforeResets,
        Of::Resets => Slot::Resets,
        Of::AfterResets => Slot::AfterResets,
        Of::BeforeEnd => Slot::BeforeEnd,
        Of::End => Slot::End,
        Of::AfterEnd => Slot::AfterEnd,
    }
}

/// An index of a linked variable must be one of the neurons it counts.
fn check_link(programs: Programs<'_>, network: &mut Network, link: &LinkPlan) -> Result<(), Failure> {
    let (over, count) = match link.object {
        Object::Projection(id) => {
            let id = ProjectionId(id.0);
            (Over::Rows(id), network.projections()[id.0 as usize].rows().len())
        }
        Object::Population(id) => {
            let size = programs.plan().populations[id.0 as usize].size;
            (Over::Dense(PopulationId(id.0), 0..size), size as usize)
        }
        Object::Input(_) | Object::Array(_) => return Ok(()),
    };
    let mut indices = vec![0.0; count];
    network.execute(&programs.code(link.program), over, INITIAL, &mut indices);
    let Some(wrong) = indices.iter().position(|&index| !(0.0..f64::from(link.size)).contains(&index)) else {
        return Ok(());
    };
    let name = programs.plan().name(link.object);
    let message = format!("element {wrong} of `{name}` is linked to neuron {} of {}", indices[wrong], link.size);
    let help = format!("indices go from 0 to {}; one that changes during a run is kept within them", link.size - 1);
    Err(Diagnostic::error(codes::ELEMENT, link.span, message).help(help).into())
}

/// Conditions that will be asked of very many pairs.
pub(super) fn warnings(programs: Programs<'_>) -> Vec<Diagnostic> {
    let plan = programs.plan();
    let mut warnings = Vec::new();
    for projection in &plan.projections {
        // Of synapses that are connected it is not known how many there are.
        let Some(ends) = ends::known(plan, projection) else { continue };
        for connect in &projection.connects {
            let pairs = connect::pairs_to_examine(&rule(programs, connect), &ends);
            if pairs > MANY_PAIRS {
                let message = format!("this condition is asked of {:.1} thousand million pairs", pairs as f64 / 1e9);
                warnings.push(
                    Diagnostic::warning(codes::MANY_PAIRS, connect.span, message)
                        .label(format!("about {:.0} s on one core", pairs as f64 * 5e-9))
                        .help("a condition such as `abs(i - j) < 10`, a formula `j = …` or `p = …` looks at the pairs it makes only"),
                );
            }
        }
    }
    warnings
}

/// Columns at first: those of synapses get their length when these are connected.
fn columns(plan: &Plan) -> Vec<Column> {
    let length = |owner: Object, shared: bool| match owner {
        _ if shared => 1,
        Object::Population(population) => plan.populations[population.0 as usize].size as usize,
        Object::Projection(_) | Object::Input(_) | Object::Array(_) => 0,
    };
    let column = |column: &crate::ir::plan::ColumnPlan| {
        Column::filled(element_type(column.kind), length(column.owner, column.shared), column.fill)
    };
    let mut columns: Vec<Column> = plan.columns.iter().map(column).collect();
    for (number, values) in &plan.arrays {
        put(&mut columns[*number as usize], values.iter().copied());
    }
    columns
}

/// Makes a column of just these values.
fn put(column: &mut Column, values: impl ExactSizeIterator<Item = f64>) {
    column.resize(values.len(), 0.0);
    values.enumerate().for_each(|(place, value)| column.set_number(place, value));
}

fn watched(plan: &Plan, columns: &[u32]) -> Vec<Watched> {
    let watch =
        |&column: &u32| Watched { column: ColumnId(column), variable: plan.columns[column as usize].name.clone() };
    columns.iter().map(watch).collect()
}

fn population(programs: Programs<'_>, plan: &PopulationPlan) -> Result<Population, Failure> {
    let code = |id: ProgramId| programs.code(id);
    let made = match &plan.source {
        SourcePlan::Neurons { before, step, threshold, reset, propagators, .. } => {
            let propagators = propagators
                .as_ref()
                .map(|(program, from)| Propagators::new(code(*program), from.iter().map(|&column| ColumnId(column))));
            let (before, step) = (before.map(code), step.map(code));
            let (threshold, reset) = (threshold.map(code), reset.map(code));
            Population::neurons(&plan.name, plan.size, Neurons { propagators, before, step, threshold, reset })
        }
        SourcePlan::Poisson { rate } => Population::poisson(&plan.name, plan.size, ColumnId(*rate)),
        // Added once its synapses are connected, by `ends`.
        SourcePlan::Synapses(_) => Population::silent(&plan.name, plan.size),
        SourcePlan::Spikes { spikes, period, span } => {
            let dt = programs.plan().clocks[plan.clock.0 as usize];
            Population::listed(&plan.name, plan.size, spikes, *period, dt)
                .map_err(|error| Diagnostic::error(codes::SPIKES, *span, error.to_string()))?
        }
    };
    let made = made
        .on_clock(clock(plan.clock))
        .ordered(plan.order)
        .at(turn(plan.threshold_turn), turn(plan.reset_turn))
        .watching(watched(programs.plan(), &plan.watched));
    Ok(plan.events.iter().fold(made, |made, event| made.with_event(self::event(programs, event))))
}

fn event(programs: Programs<'_>, plan: &EventPlan) -> Event {
    let event = Event::new(&plan.name, programs.code(plan.condition)).at(turn(plan.turn), turn(plan.code_turn));
    match plan.code {
        Some(code) => event.with_code(programs.code(code)),
        None => event,
    }
}

/// Connects a projection, gives it delays and initial values, and adds it to the network.
fn connect_projection(
    programs: Programs<'_>,
    network: &mut Network,
    number: u32,
    plan: &ProjectionPlan,
    seed: u64,
) -> Result<(), Failure> {
    let rules: Vec<connect::Rule> = plan.connects.iter().map(|connect| rule(programs, connect)).collect();
    let key = random::key(seed, random::name_hash(&format!("{}.connect", plan.name)), INITIAL);
    let threads = network.threads().clone();
    let all = programs.plan();
    let between = ends::of(network, all, plan);
    let connected = ends::by_creation(all, network, plan, |network| {
        connect::build(&rules, &between, network.state_mut(), key, threads.pool())
    });
    let connected = connected.map_err(|error| told(&error.fault, plan.connects[error.connect].span))?;
    let connected = ends::by_storage(all, network, plan, connected);
    let synapses = connected.rows.len();
    let counted = |column: u32| plan.counted.iter().any(|&(counted, _)| counted == column);
    for (column, declared) in (0..).zip(&programs.plan().columns) {
        let own = matches!(declared.owner, Object::Projection(of) if of.0 == number);
        if own && !declared.shared && !counted(column) {
            network.column_mut(ColumnId(column)).resize(synapses, declared.fill);
        }
    }
    let (source, target) = (ends::group(network, all, plan.source), ends::group(network, all, plan.target));
    let made = Projection::new(&plan.name, source, target, connected.rows, connected.creation)?;
    let made = add_code(programs, network, plan, made);
    let id = network.add_projection(made)?;
    let object = Object::Projection(network::ProjectionId(number));
    take_values(network, id, &plan.connects, &connected.made);
    given::fill(network, programs.plan(), object)?;
    count(network, id, &plan.counted);
    for pathway in &plan.pathways {
        if let DelayPlan::PerSynapse { column, init, span } = &pathway.delay {
            network.execute(&programs.code(*init), Over::Rows(id), INITIAL, &mut []);
            let spiking = if pathway.pre { plan.source } else { plan.target };
            let clock = programs.plan().populations[spiking.population.0 as usize].clock;
            check_delays(network, ColumnId(*column), *span, programs.plan().clocks[clock.0 as usize])?;
        }
    }
    if let Some(init) = plan.init {
        network.execute(&programs.code(init), Over::Rows(id), INITIAL, &mut []);
    }
    given::release(network, programs.plan(), object);
    Ok(())
}

/// Gives synapses of listed pairs the values that come with their pairs.
fn take_values(network: &mut Network, id: ProjectionId, connects: &[ConnectPlan], made: &[connect::Made]) {
    let mut first = 0;
    for (connect, made) in connects.iter().zip(made) {
        let synapses = first..first + made.synapses;
        first = synapses.end;
        let Rule::Pairs { values, .. } = &connect.rule else { continue };
        let projection = &network.projections()[id.0 as usize];
        let places: Vec<u32> = synapses.map(|created| projection.storage_number(created)).collect();
        for (variable, values) in values {
            let column = network.column_mut(ColumnId(variable.0));
            for (number, &place) in places.iter().enumerate() {
                let pair = made.pairs.as_ref().map_or(number, |pairs| pairs[number] as usize);
                column.set_number(place as usize, values[pair]);
            }
        }
    }
}

/// Fills the columns of what is known once synapses are connected.
fn count(network: &mut Network, id: ProjectionId, counted: &[(u32, Counted)]) {
    let made = &network.projections()[id.0 as usize];
    let sources = network.populations()[made.source().population.0 as usize].size();
    let values = |counted: Counted| match counted {
        Counted::Synapses => vec![made.rows().len() as u32],
        Counted::Incoming => connect::counted::incoming(made.rows()),
        Counted::Outgoing => connect::counted::outgoing(made.rows(), sources),
        Counted::Multisynaptic => connect::counted::multisynaptic(made.rows()),
        Counted::Number => {
            let mut numbers = vec![0; made.rows().len()];
            (0..made.rows().len() as u32).for_each(|made_as| numbers[made.storage_number(made_as) as usize] = made_as);
            numbers
        }
    };
    let columns: Vec<(u32, Vec<u32>)> = counted.iter().map(|&(column, counted)| (column, values(counted))).collect();
    for (column, values) in columns {
        put(network.column_mut(ColumnId(column)), values.into_iter().map(f64::from));
    }
}

fn add_code(programs: Programs<'_>, network: &Network, plan: &ProjectionPlan, made: Projection) -> Projection {
    let mut made =
        made.on_clock(clock(plan.clock)).ordered(plan.order).watching(watched(programs.plan(), &plan.watched));
    for pathway in &plan.pathways {
        if let Some(program) = pathway.rows.or(pathway.list) {
            made = made.with_pathway(self::pathway(programs, pathway, program));
        }
    }
    for &SummedPlan { column, group, program, turn } in &plan.summed {
        let group = ends::group(network, programs.plan(), group);
        let summed = Summed::new(ColumnId(column), group, programs.code(program));
        made = made.with_summed(summed.at(self::turn(turn)));
    }
    match plan.step {
        Some(step) => made.with_step(programs.code(step), over(programs, step)),
        None => made,
    }
}

fn pathway(programs: Programs<'_>, plan: &PathwayPlan, program: ProgramId) -> Pathway {
    let side = if plan.pre { Side::Pre } else { Side::Post };
    let delay = match &plan.delay {
        DelayPlan::Shared(seconds) => Delay::Shared(*seconds),
        DelayPlan::PerSynapse { column, .. } => Delay::PerSynapse(ColumnId(*column)),
    };
    let made = Pathway::new(&plan.name, side, delay, programs.code(program)).at(turn(plan.turn));
    match plan.event {
        Some(event) => made.on_event(event),
        None => made,
    }
}

/// A time as people write it.
fn seconds(time: f64) -> String {
    units::quantity(time, Dimension::SECOND)
}

/// Delays are 0 or more and not absurd, whatever made them.
fn check_delays(network: &Network, column: ColumnId, span: Span, dt: f64) -> Result<(), Failure> {
    let longest = f64::from(runtime::clock::LONGEST_DELAY) * dt;
    let Column::Real(delays) = network.state().column(column) else { return Ok(()) };
    let Some(bad) = delays.iter().find(|delay| !(0.0..=longest).contains(*delay)) else { return Ok(()) };
    let message = if *bad < 0.0 {
        format!("a delay is negative: {}", seconds(*bad))
    } else {
        format!("a delay is {}, and the longest there can be is {}", seconds(*bad), seconds(longest))
    };
    let told =
        Diagnostic::error(codes::DELAY, span, message).help("delays are 0 or more; `clip` keeps random ones in range");
    Err(told.into())
}

pub(super) fn group(group: Group) -> runtime::Group {
    let population = PopulationId(group.population.0);
    runtime::Group { population, offset: group.offset, size: group.size }
}

/// Arrays are no part of a network's time.
fn object(object: Object) -> Option<runtime::Object> {
    match object {
        Object::Population(id) => Some(runtime::Object::Population(PopulationId(id.0))),
        Object::Projection(id) => Some(runtime::Object::Projection(ProjectionId(id.0))),
        Object::Input(number) => Some(runtime::Object::Input(InputId(number))),
        Object::Array(_) => None,
    }
}

fn rule(programs: Programs<'_>, plan: &ConnectPlan) -> connect::Rule {
    let kernel = |id: ProgramId| programs.kernel(id);
    let kernels = |ids: &[ProgramId]| ids.iter().map(|&id| kernel(id)).collect::<Vec<_>>();
    let p = match plan.p {
        Chance::Always => connect::Chance::Always,
        Chance::Constant(p) => connect::Chance::Constant(p),
        Chance::PerSource(id) => connect::Chance::PerSource(kernel(id)),
        Chance::PerPair(id) => connect::Chance::PerPair(kernel(id)),
    };
    let n = plan.n.map(kernel);
    let condition = plan.condition.map(kernel);
    match &plan.rule {
        Rule::Condition { .. } => {
            let candidates = connect::Candidates {
                low: kernels(&plan.candidates.low),
                high: kernels(&plan.candidates.high),
                except: kernels(&plan.candidates.except),
            };
            connect::Rule::Condition { candidates, condition, p, n }
        }
        Rule::Pairs { pairs, .. } => connect::Rule::Pairs { pairs: pairs.clone(), p, n },
        Rule::Generator { outer, each, skip_if_invalid, .. } => {
            let outer = if *outer == Site::Pre { Outer::Source } else { Outer::Target };
            connect::Rule::Generator(connect::Generator {
                outer,
                value: kernel(plan.value.expect("a generator's plan has a value")),
                each: each.as_ref().map(|each| self::each(programs, plan, each)),
                condition_reads_partner: condition_reads_partner(programs, plan, outer),
                condition,
                skip_if_invalid: *skip_if_invalid,
                p,
                n,
            })
        }
        &Rule::FixedIndegree { count, autapses } => connect::Rule::FixedIndegree { count, autapses },
        &Rule::FixedOutdegree { count, autapses } => connect::Rule::FixedOutdegree { count, autapses },
        &Rule::FixedTotal { count, autapses } => connect::Rule::FixedTotal { count, autapses },
    }
}

fn each(programs: Programs<'_>, plan: &ConnectPlan, each: &Each) -> connect::Each {
    let [start, stop, step, taken] = plan.each.expect("a loop's plan has its programs");
    let kernel = |id: Option<ProgramId>| id.map(|id| programs.kernel(id));
    let some = |id: Option<ProgramId>| programs.kernel(id.expect("a loop has an end, and a sample says of how many"));
    let taken = match each {
        Each::Range { .. } => connect::Taken::All,
        Each::SampleProbability { .. } => connect::Taken::Probability(some(taken)),
        Each::SampleSize { .. } => connect::Taken::Size(some(taken)),
    };
    connect::Each { start: kernel(start), stop: some(stop), step: kernel(step), taken }
}

fn condition_reads_partner(programs: Programs<'_>, plan: &ConnectPlan, outer: Outer) -> bool {
    let Some(condition) = plan.condition else { return false };
    let program = &programs.plan().programs[condition.0 as usize];
    let (index, access) = match outer {
        Outer::Source => (Op::Post, Access::Post),
        Outer::Target => (Op::Pre, Access::Pre),
    };
    program.ops.contains(&index) || program.slots.iter().any(|slot| slot.access == access)
}

/// A rule that cannot be met, in the user's words.
fn told(fault: &Fault, span: Span) -> Diagnostic {
    let side = |outer: Outer| if outer == Outer::Source { "source" } else { "target" };
    match fault {
        Fault::TooMany { synapses, limit } => {
            let message = format!("about {synapses:.0} synapses are more than the {limit} that a projection can have");
            Diagnostic::error(codes::TOO_MANY_SYNAPSES, span, message)
                .help("connect with a smaller probability, or split the projection")
        }
        Fault::NoMemory { synapses } => {
            let message = format!("there is no memory for about {synapses:.0} synapses");
            Diagnostic::error(codes::TOO_MANY_SYNAPSES, span, message).help("connect with a smaller probability")
        }
        Fault::OutOfGroup { outer, neuron, value, size } => {
            let message =
                format!("{} neuron {neuron} is connected to neuron {value} of a group of {size}", side(*outer));
            Diagnostic::error(codes::OUT_OF_GROUP, span, message)
                .help("add `skip_if_invalid` to leave out neurons that are not there")
        }
        Fault::PairOutOfGroup { position, neuron, size, .. } => {
            let message = format!("pair {position} names neuron {neuron} of a group of {size}");
            Diagnostic::error(codes::OUT_OF_GROUP, span, message)
                .help("indices count from 0 and are relative to the group")
        }
        Fault::ZeroStep { outer, neuron } => {
            let message = format!("the range of {} neuron {neuron} has step 0", side(*outer));
            Diagnostic::error(codes::ZERO_STEP, span, message).help("a step is 1 or more, or -1 or less")
        }
        Fault::SampleSize { outer, neuron, wanted, available } => {
            let message = format!("{} neuron {neuron} draws {wanted} of {available} values", side(*outer));
            Diagnostic::error(codes::TOO_FEW_PARTNERS, span, message)
                .help("ask for fewer, or add `skip_if_invalid` to take as many as there are")
        }
        Fault::TooFewPartners { outer, neuron, wanted, available } => {
            let message = format!("{} neuron {neuron} has {available} possible partners, not {wanted}", side(*outer));
            Diagnostic::error(codes::TOO_FEW_PARTNERS, span, message).help("ask for fewer, or allow autapses")
        }
        Fault::NoPair { wanted } => {
            let message = format!("{wanted} synapses are asked for, but there is no pair to connect");
            Diagnostic::error(codes::TOO_FEW_PARTNERS, span, message).help("allow autapses")
        }
    }
}
