//! A network from a plan: columns, initial values, connections, and everything that acts in a step.
//!
//! In: a plan, a kernel per program, a seed. Out: the runtime's network at time 0.
//! The order is the language's: neurons' `init`, then for every projection `connect`, `delay`, `init`. Monitors are added by who
//! keeps their handles.

mod populations;
mod projections;
mod regular;
mod room;
mod rules;

pub(super) use room::SMALL;
pub(super) use rules::warnings;

use super::programs::{Programs, element_type};
use super::{codes, counterparts, ends, free, given};
use crate::error::Error;
use crate::ir::network::{self, Object};
use crate::ir::plan::{ColumnPlan, LinkPlan, Plan, ProgramId};
use crate::ir::steps::Shape;
use grammar::Diagnostic;
use projections::connect_projection;
use regular::add_regular;
use room::Memory;
use runtime::state::{Column, ColumnId, State};
use runtime::{
    BuildError, ClockId, Elements, Input, Network, Over, PopulationId, ProjectionId, StepOver, Threads, Watched,
};

/// Stream of the random numbers of initialisers; the time loop has stream 0, every assignment its own from 2 on.
const INITIAL: u64 = 1;

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
    let mut memory = Memory::of(free::memory);
    if let Some(told) = memory.missing(plan) {
        return Err(told.into());
    }
    let mut network = Network::new(State::new(columns(plan)), plan.dt, seed, Threads::new(threads.max(1))?)?;
    for (number, &dt) in (0..).zip(&plan.clocks) {
        if network.add_clock(dt)? != ClockId(number) {
            return Err(Failure::Other(Error::Defect(format!("two clocks have the time step {dt} s"))));
        }
    }
    let neurons = (0..).zip(&plan.populations).filter(|(_, population)| ends::stands_for(population).is_none());
    for (number, population) in neurons {
        let id = network.add_population(populations::population(programs, population)?);
        let object = Object::Population(network::PopulationId(number));
        given::fill(&mut network, plan, object)?;
        if let Some(init) = population.init {
            network.execute(&programs.code(init), Over::Dense(id, 0..population.size), INITIAL, &mut []);
        }
        given::release(&mut network, plan, object);
    }
    for (number, projection) in (0..).zip(&plan.projections) {
        ends::add_synapses(plan, &mut network, projection)?;
        connect_projection(programs, &mut network, number, projection, (seed, &mut memory))?;
    }
    for link in &plan.links {
        check_link(programs, &mut network, link)?;
    }
    for input in &plan.inputs {
        let made = Input::new(programs.code(input.program), counterparts::group(input.group));
        network.add_input(made.at(counterparts::turn(input.turn)))?;
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
    let mut order: Vec<runtime::Object> =
        plan.order.iter().filter_map(|&object| counterparts::object(object)).collect();
    order.extend(ends::standing(plan).map(runtime::Object::Population));
    network.set_order(&order)?;
    Ok(network)
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

/// Columns at first: those of synapses get their length when these are connected.
fn columns(plan: &Plan) -> Vec<Column> {
    let length = |owner: Object, shared: bool| match owner {
        _ if shared => 1,
        Object::Population(population) => plan.populations[population.0 as usize].size as usize,
        Object::Projection(_) | Object::Input(_) | Object::Array(_) => 0,
    };
    let column = |column: &ColumnPlan| {
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

/// How a program goes through all synapses.
fn over(programs: Programs<'_>, program: ProgramId) -> StepOver {
    match programs.plan().programs[program.0 as usize].shape {
        Shape::Rows => StepOver::Rows,
        _ => StepOver::Dense,
    }
}

fn watched(plan: &Plan, columns: &[u32]) -> Vec<Watched> {
    let watch =
        |&column: &u32| Watched { column: ColumnId(column), variable: plan.columns[column as usize].name.clone() };
    columns.iter().map(watch).collect()
}
