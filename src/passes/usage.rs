//! Who reads and writes which variables while time goes on.

use super::walk::reachable;
use crate::ir::expr::{ExprId, Node, VariableId};
use crate::ir::network::{Block, Network, Neurons, PopulationKind, Refractory, Target};
use std::collections::HashSet;

/// Variables that resets, pathways, sums and inputs write: all that changes beside `init`, `set` and the state update.
pub(super) fn written_by_events(network: &Network) -> HashSet<VariableId> {
    let resets = neurons(network).map(|neurons| &neurons.reset);
    let statements = resets.chain(event_blocks(network)).flat_map(|block| &block.statements);
    let targets = statements.filter_map(|statement| match statement.target {
        Target::Variable(_, variable) => Some(variable),
        Target::Local(_) => None,
    });
    let sums = network.projections.iter().flat_map(|projection| &projection.summed).map(|sum| sum.variable);
    targets.chain(sums).collect()
}

/// Variables that something reads in a step before the resets of that step.
pub(super) fn read_before_reset(network: &Network) -> HashSet<VariableId> {
    let mut roots: Vec<ExprId> = Vec::new();
    for neurons in neurons(network) {
        roots.extend(neurons.equations.iter().map(|equation| equation.rhs));
        roots.extend(neurons.threshold);
        roots.extend(neurons.refractory.map(|(Refractory::Time(value) | Refractory::While(value))| value));
    }
    let projections = network.projections.iter();
    let equations = projections.flat_map(|projection| projection.clock_driven.iter().chain(&projection.event_driven));
    roots.extend(equations.map(|equation| equation.rhs));
    roots.extend(network.projections.iter().flat_map(|projection| &projection.summed).map(|sum| sum.value));
    roots.extend(event_blocks(network).flat_map(|block| &block.statements).map(|statement| statement.value));
    let parts = reachable(&network.arena, &roots).into_iter();
    let variables = parts.filter_map(|id| match network.arena.node(id) {
        Node::Variable(_, variable) | Node::At(variable, _) => Some(*variable),
        _ => None,
    });
    variables.collect()
}

fn neurons(network: &Network) -> impl Iterator<Item = &Neurons> {
    network.populations.iter().filter_map(|population| match &population.kind {
        PopulationKind::Neurons(neurons) => Some(neurons),
        PopulationKind::Poisson { .. } | PopulationKind::Spikes { .. } => None,
    })
}

/// Code of pathways and inputs.
fn event_blocks(network: &Network) -> impl Iterator<Item = &Block> {
    let pathways = network.projections.iter().flat_map(|projection| &projection.pathways).map(|pathway| &pathway.block);
    pathways.chain(network.inputs.iter().map(|input| &input.block))
}
