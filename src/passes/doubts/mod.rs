//! What a model says and may not mean: warnings that need equations, and no run.
//!
//! In: the network, its constants folded. Out: warnings. Each row of the table is a question of its own file; what it
//! cannot know it says nothing about, so that a warning is always true of the model as its text stands.

mod above;
mod bounds;
mod draws;
mod late;
mod moment;
mod stale;
mod steps;
mod tangent;
mod threshold;
mod times;
mod waves;

use crate::ir::expr::VariableId;
use crate::ir::network::{
    Block, Equation, Network, Object, Population, PopulationId, PopulationKind, Projection, ProjectionId, Regular,
};
use crate::passes::roots::{self, Place};
use crate::passes::{codes, usage};
use grammar::{Diagnostic, Span};
use std::collections::HashSet;

/// The variables that some expression reads.
type Read = HashSet<VariableId>;

/// The question of what integrators make of time steps, which is asked once they are chosen.
pub(super) use steps::long as long_steps;

/// All other questions.
const QUESTIONS: [fn(&Network, &Read) -> Vec<Diagnostic>; 9] = [
    times::in_steps,
    threshold::unreachable,
    above::at_first,
    above::after_reset,
    above::without_reset,
    draws::unused,
    waves::folded,
    stale::shown,
    late::set,
];

/// All warnings.
pub(super) fn find(network: &mut Network) -> Vec<Diagnostic> {
    let mut roots = Vec::new();
    roots::for_each(network, &mut |_, place, id| {
        // A subexpression that nobody uses reads nothing.
        if place != Place::Subexpression {
            roots.push(*id);
        }
    });
    let read = usage::variables(&network.arena, &roots);
    let mut found: Vec<Diagnostic> = QUESTIONS.iter().flat_map(|question| question(network, &read)).collect();
    // What a reset does makes no difference where there is never a spike.
    let never: Vec<Span> =
        found.iter().filter(|one| one.code == codes::NEVER_REACHED).map(|one| one.primary.span).collect();
    let of_resets = [codes::ABOVE_AFTER_RESET, codes::NO_RESET];
    found.retain(|one| !of_resets.contains(&one.code) || !never.contains(&one.primary.span));
    found
}

/// Equations that are integrated step by step, with their object.
fn stepped(network: &Network) -> impl Iterator<Item = (Object, &[Equation])> {
    let neurons = (0..).zip(&network.populations).filter_map(|(number, population)| match &population.kind {
        PopulationKind::Neurons(neurons) => Some((Object::Population(PopulationId(number)), &*neurons.equations)),
        _ => None,
    });
    let synapses = (0..).zip(&network.projections);
    neurons.chain(synapses.map(|(number, made)| (Object::Projection(ProjectionId(number)), &*made.clock_driven)))
}

/// What is done at intervals, with its object.
fn regular(network: &Network) -> impl Iterator<Item = (Object, &Regular)> {
    parts(network, |population| &population.regular, |projection| &projection.regular)
}

/// What is evaluated once a step, with its object: subexpressions held for it.
fn held(network: &Network) -> impl Iterator<Item = (Object, &Block)> {
    let held = parts(network, |population| &population.held, |projection| &projection.held);
    held.map(|(object, held)| (object, &held.block))
}

/// Parts that populations and projections have both, with their object.
fn parts<T: 'static>(
    network: &Network,
    of_neurons: fn(&Population) -> &[T],
    of_synapses: fn(&Projection) -> &[T],
) -> impl Iterator<Item = (Object, &T)> {
    let neurons = (0..).zip(&network.populations).flat_map(move |(number, population)| {
        of_neurons(population).iter().map(move |part| (Object::Population(PopulationId(number)), part))
    });
    let synapses = (0..).zip(&network.projections).flat_map(move |(number, projection)| {
        of_synapses(projection).iter().map(move |part| (Object::Projection(ProjectionId(number)), part))
    });
    neurons.chain(synapses)
}

/// Whether a block writes a variable.
fn writes(block: &Block, variable: VariableId) -> bool {
    usage::targets(block).any(|other| other == variable)
}

/// To three digits.
fn rounded(value: f64) -> f64 {
    format!("{value:.2e}").parse().unwrap_or(value)
}
