//! The ends of projections when a network is built: neurons, whose number the plan has, or synapses, of which it is known once they
//! are connected.
//!
//! Holds throughout: a rule, and whoever reads a result, counts synapses by creation; rows and columns have them by storage. While
//! synapses are connected to others, the columns of those others stand in order of creation, so that rules need not know of it.

use super::build::Failure;
use super::counterparts;
use crate::ir::network::{Group, Object, ProjectionId};
use crate::ir::plan::{Plan, PopulationPlan, ProjectionPlan, SourcePlan};
use runtime::connect::{self, Connected, Ends};
use runtime::state::{Column, ColumnId};
use runtime::{Network, Population, PopulationId};

/// The projection whose synapses a population stands for.
pub(super) fn stands_for(population: &PopulationPlan) -> Option<ProjectionId> {
    match population.source {
        SourcePlan::Synapses(id) => Some(id),
        _ => None,
    }
}

/// The populations that stand for synapses.
pub(super) fn standing(plan: &Plan) -> impl Iterator<Item = PopulationId> {
    let numbered = (0..).map(PopulationId).zip(&plan.populations);
    numbered.filter(|(_, population)| stands_for(population).is_some()).map(|(id, _)| id)
}

/// The projection whose synapses a group is.
pub(super) fn synapses(plan: &Plan, group: Group) -> Option<ProjectionId> {
    stands_for(&plan.populations[group.population.0 as usize])
}

/// Adds the populations that stand for synapses which a projection connects; those are connected before it.
pub(super) fn add_synapses(plan: &Plan, network: &mut Network, projection: &ProjectionPlan) -> Result<(), Failure> {
    let last = projection.source.population.max(projection.target.population);
    for population in plan.populations.iter().take(last.0 as usize + 1).skip(network.populations().len()) {
        let Some(id) = stands_for(population) else { continue };
        let size = network.projections()[id.0 as usize].rows().len() as u32;
        let made = Population::silent(&population.name, size);
        network.add_population(made.on_clock(counterparts::clock(population.clock)).ordered(population.order));
    }
    Ok(())
}

/// A group with its size.
pub(super) fn group(network: &Network, plan: &Plan, group: Group) -> runtime::Group {
    let size = match synapses(plan, group) {
        Some(id) => network.projections()[id.0 as usize].rows().len() as u32,
        None => group.size,
    };
    runtime::Group { population: PopulationId(group.population.0), offset: group.offset, size }
}

/// What a projection connects; all populations are there.
pub(super) fn of(network: &Network, plan: &Plan, projection: &ProjectionPlan) -> Ends {
    let side = |of: Group| {
        let runtime::Group { population, offset, size } = group(network, plan, of);
        connect::Side { offset, size, population: network.populations()[population.0 as usize].size() }
    };
    let (source, target) = (projection.source, projection.target);
    Ends { source: side(source), target: side(target), same_population: source.population == target.population }
}

/// The same before anything is built; `None` where an end is synapses.
pub(super) fn known(plan: &Plan, projection: &ProjectionPlan) -> Option<Ends> {
    let side = |group: Group| {
        let population = &plan.populations[group.population.0 as usize];
        let side = connect::Side { offset: group.offset, size: group.size, population: population.size };
        stands_for(population).is_none().then_some(side)
    };
    let (source, target) = (projection.source, projection.target);
    let same_population = source.population == target.population;
    Some(Ends { source: side(source)?, target: side(target)?, same_population })
}

/// Storage numbers by creation of the synapses that a group is; `None` where these are the same, and for neurons.
fn storage<'n>(plan: &Plan, network: &'n Network, group: Group) -> Option<&'n [u32]> {
    network.projections()[synapses(plan, group)?.0 as usize].storage_numbers()
}

/// Numbers by creation, in order of storage, of the synapses that a group is; `None` where these are the same, and for neurons.
pub(super) fn creation(plan: &Plan, network: &Network, group: Group) -> Option<Vec<u32>> {
    let storage = storage(plan, network, group)?;
    let mut numbers = vec![0; storage.len()];
    (0..).zip(storage).for_each(|(created, &place): (u32, _)| numbers[place as usize] = created);
    Some(numbers)
}

/// Does something while the synapses that a projection connects stand in order of creation.
pub(super) fn by_creation<T>(
    plan: &Plan,
    network: &mut Network,
    projection: &ProjectionPlan,
    then: impl FnOnce(&mut Network) -> T,
) -> T {
    let mut kept: Vec<(ColumnId, Column)> = Vec::new();
    for group in [projection.source, projection.target] {
        let (Some(id), Some(storage)) = (synapses(plan, group), storage(plan, network, group)) else { continue };
        let storage = storage.to_vec();
        for (number, declared) in (0..).map(ColumnId).zip(&plan.columns) {
            let again = kept.iter().any(|(moved, _)| *moved == number);
            if declared.owner == Object::Projection(id) && !declared.shared && !again {
                let column = network.column_mut(number);
                // What was given by lists is gone once it was made use of.
                if column.len() != storage.len() {
                    continue;
                }
                let moved = column.reordered(&storage);
                kept.push((number, std::mem::replace(column, moved)));
            }
        }
    }
    let done = then(network);
    for (number, column) in kept {
        *network.column_mut(number) = column;
    }
    done
}

/// Synapses that were connected by numbers of creation, by those of storage.
pub(super) fn by_storage(
    plan: &Plan,
    network: &Network,
    projection: &ProjectionPlan,
    connected: Connected,
) -> Connected {
    connected.renumbered(storage(plan, network, projection.source), storage(plan, network, projection.target))
}
