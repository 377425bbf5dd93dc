//! Projections: synapses by their rules, then delays, initial values and the code that acts on them.
//!
//! In: a projection's plan, and a network with all that it connects. Out: the network with that projection. Columns of synapses get
//! their length here; values that come with listed pairs are there before delays and `init` are worked out.

use super::room::Memory;
use super::rules::{rule, told};
use super::{Failure, INITIAL, over, put, watched};
use crate::ir::network::{self, Counted, Object, Rule};
use crate::ir::plan::{ConnectPlan, DelayPlan, PathwayPlan, ProgramId, ProjectionPlan, SummedPlan};
use crate::simulation::counterparts::{clock, turn};
use crate::simulation::programs::Programs;
use crate::simulation::{codes, ends, given};
use crate::units::{self, Dimension};
use grammar::{Diagnostic, Span};
use runtime::connect;
use runtime::random;
use runtime::state::{Column, ColumnId};
use runtime::{Delay, Network, Over, Pathway, Projection, ProjectionId, Side, Summed};

/// Connects a projection, gives it delays and initial values, and adds it to the network.
pub(super) fn connect_projection(
    programs: Programs<'_>,
    network: &mut Network,
    number: u32,
    plan: &ProjectionPlan,
    (seed, memory): (u64, &mut Memory),
) -> Result<(), Failure> {
    let rules: Vec<connect::Rule> = plan.connects.iter().map(|connect| rule(programs, connect)).collect();
    let key = random::key(seed, random::name_hash(&format!("{}.connect", plan.name)), INITIAL);
    let threads = network.threads().clone();
    let all = programs.plan();
    let between = ends::of(network, all, plan);
    let room = memory.room(all, number, plan, &between);
    let connected = ends::by_creation(all, network, plan, |network| {
        connect::build(&rules, &between, network.state_mut(), key, threads.pool(), room)
    });
    let connected = connected.map_err(|error| told(&error.fault, plan.connects[error.connect].span, room))?;
    let connected = ends::by_storage(all, network, plan, connected);
    let synapses = connected.rows.len();
    memory.take(synapses as u64 * (connected.rows.targets().width() as u64 + room.beside));
    let counted = |column: u32| plan.counted.iter().any(|&(counted, _)| counted == column);
    for (column, declared) in (0..).zip(&programs.plan().columns) {
        let own = matches!(declared.owner, Object::Projection(of) if of.0 == number);
        if own && !declared.shared && !counted(column) && declared.from_neurons.is_none() {
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
    for &SummedPlan { column, group, program, turn: at } in &plan.summed {
        let group = ends::group(network, programs.plan(), group);
        let summed = Summed::new(ColumnId(column), group, programs.code(program));
        made = made.with_summed(summed.at(turn(at)));
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
    let mut made = Pathway::new(&plan.name, side, delay, programs.code(program)).at(turn(plan.turn));
    if let Some(traces) = plan.traces {
        made = made.with_traces(programs.code(traces));
    }
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
