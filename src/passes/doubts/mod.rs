//! What a model says and may not mean: warnings that need equations, and no run.
//!
//! In: the network, its constants folded. Out: warnings. Each row of the table is a question of its own file; what it cannot
//! know it says nothing about, so that a warning is always true of the model as its text stands.

mod above;
mod bounds;
mod draws;
mod late;
mod stale;
mod steps;
mod threshold;
mod waves;

use crate::ir::expr::VariableId;
use crate::ir::network::{Block, Equation, Network, Object, PopulationId, PopulationKind, ProjectionId};
use crate::passes::roots::{self, Place};
use crate::passes::usage;
use grammar::Diagnostic;
use std::collections::HashSet;

/// The variables that some expression reads.
type Read = HashSet<VariableId>;

/// All questions.
const QUESTIONS: [fn(&Network, &Read) -> Vec<Diagnostic>; 9] = [
    steps::long,
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
    QUESTIONS.iter().flat_map(|question| question(network, &read)).collect()
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

/// What is evaluated once a step, with its object: subexpressions held for it.
fn held(network: &Network) -> impl Iterator<Item = (Object, &Block)> {
    let neurons = (0..).zip(&network.populations).flat_map(|(number, population)| {
        population.held.iter().map(move |held| (Object::Population(PopulationId(number)), &held.block))
    });
    let synapses = (0..).zip(&network.projections).flat_map(|(number, projection)| {
        projection.held.iter().map(move |held| (Object::Projection(ProjectionId(number)), &held.block))
    });
    neurons.chain(synapses)
}
