//! Populations: neurons, Poisson and listed sources, and their custom events.
//!
//! In: a population's plan. Out: the runtime's population, with the code, the turns and the clock it acts by.

use super::{Failure, watched};
use crate::ir::plan::{EventPlan, PopulationPlan, ProgramId, SourcePlan};
use crate::simulation::codes;
use crate::simulation::counterparts::{clock, turn};
use crate::simulation::programs::Programs;
use grammar::Diagnostic;
use runtime::state::ColumnId;
use runtime::{Event, Neurons, Population, Propagators};

/// A population with the code of its neurons and events, not yet in the network.
pub(super) fn population(programs: Programs<'_>, plan: &PopulationPlan) -> Result<Population, Failure> {
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
