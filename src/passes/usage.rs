//! Who reads and writes which variables while time goes on, and when.

use super::walk::reachable;
use crate::ir::expr::{Arena, ExprId, Node, Site, VariableId};
use crate::ir::network::{
    Block, Equation, Network, Neurons, Object, PopulationId, PopulationKind, Projection, ProjectionId, Recorded,
    Refractory, Slot, Target, Turn,
};
use std::collections::HashSet;

/// Variables that resets, pathways, events, inputs and sums write: all that changes often beside the state update.
pub(super) fn written_by_events(network: &Network) -> HashSet<VariableId> {
    let resets = neurons(network).map(|(_, neurons)| &neurons.reset);
    let pathways = network.projections.iter().flat_map(|projection| &projection.pathways).map(|pathway| &pathway.block);
    let events = network.populations.iter().flat_map(|population| &population.events).map(|event| &event.code);
    let inputs = network.inputs.iter().map(|input| &input.block);
    let written = resets.chain(pathways).chain(events).chain(inputs).flat_map(targets);
    let summed = network.projections.iter().flat_map(|projection| &projection.summed).map(|summed| summed.variable);
    written.chain(summed).collect()
}

/// What somebody does in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    /// The state update of a population.
    Update(PopulationId),
    /// Its threshold.
    Threshold(PopulationId),
    /// Its reset.
    Reset(PopulationId),
    /// Anything else.
    Other,
}

/// Somebody who acts or looks in a step.
#[derive(Clone, Debug)]
pub(super) struct Actor {
    pub(super) doing: Doing,
    /// When.
    pub(super) turn: Turn,
    /// The place of its object in the order of declaration.
    pub(super) place: usize,
    /// What it reads, of whatever element.
    pub(super) reads: HashSet<VariableId>,
    /// What it writes.
    pub(super) writes: HashSet<VariableId>,
    /// Whose spikes it looks at.
    pub(super) spikes_of: Option<PopulationId>,
}

/// Everybody who acts or looks in a step.
pub(super) fn actors(network: &Network) -> Vec<Actor> {
    let mut cast = Cast { network, actors: Vec::new() };
    (0..network.populations.len()).for_each(|number| cast.population(number));
    (0..network.projections.len()).for_each(|number| cast.projection(number));
    for (number, input) in network.inputs.iter().enumerate() {
        cast.block(Object::Input(number as u32), input.turn, &input.block);
    }
    cast.records();
    cast.actors
}

struct Cast<'a> {
    network: &'a Network,
    actors: Vec<Actor>,
}

impl Cast<'_> {
    fn place(&self, object: Object) -> usize {
        self.network.order.iter().position(|other| *other == object).unwrap_or(usize::MAX)
    }

    fn add(
        &mut self,
        object: Object,
        turn: Turn,
        reads: HashSet<VariableId>,
        writes: HashSet<VariableId>,
    ) -> &mut Actor {
        let place = self.place(object);
        self.actors.push(Actor { doing: Doing::Other, turn, place, reads, writes, spikes_of: None });
        self.actors.last_mut().expect("one was just added")
    }

    fn block(&mut self, object: Object, turn: Turn, block: &Block) -> &mut Actor {
        let reads = block_reads(&self.network.arena, block);
        self.add(object, turn, reads, targets(block).collect())
    }

    fn equations(&mut self, object: Object, order: i32, equations: &[Equation]) -> &mut Actor {
        let roots: Vec<ExprId> = equations.iter().map(|equation| equation.rhs).collect();
        let reads = variables(&self.network.arena, &roots);
        let writes = equations.iter().map(|equation| equation.variable).collect();
        self.add(object, Turn { slot: Slot::Groups, order }, reads, writes)
    }

    fn population(&mut self, number: usize) {
        let population = &self.network.populations[number];
        let id = PopulationId(number as u32);
        let object = Object::Population(id);
        if let PopulationKind::Neurons(neurons) = &population.kind {
            self.neurons(object, id, neurons);
        }
        for held in &population.held {
            let turn = Turn { slot: Slot::BeforeStart, order: population.order };
            self.block(object, turn, &held.block);
        }
        for regular in &population.regular {
            self.block(object, regular.turn, &regular.block);
        }
        for event in &population.events {
            let reads = variables(&self.network.arena, &[event.condition]);
            self.add(object, event.turn, reads, HashSet::new());
            self.block(object, event.code_turn, &event.code);
        }
    }

    fn neurons(&mut self, object: Object, id: PopulationId, neurons: &Neurons) {
        let population = &self.network.populations[id.0 as usize];
        let refractory = neurons.refractory.map(|(Refractory::Time(value) | Refractory::While(value))| value);
        let more = variables(&self.network.arena, &refractory.into_iter().collect::<Vec<_>>());
        let update = self.equations(object, population.order, &neurons.equations);
        update.doing = Doing::Update(id);
        update.reads.extend(more);
        update.writes.extend(neurons.not_refractory);
        let Some(threshold) = neurons.threshold else { return };
        let kept = || neurons.last_spike.into_iter().chain(neurons.not_refractory);
        let mut reads = variables(&self.network.arena, &[threshold]);
        reads.extend(neurons.not_refractory);
        self.add(object, population.threshold_turn, reads, kept().collect()).doing = Doing::Threshold(id);
        let reset = self.block(object, population.reset_turn, &neurons.reset);
        (reset.doing, reset.spikes_of) = (Doing::Reset(id), Some(id));
    }

    fn projection(&mut self, number: usize) {
        let projection = &self.network.projections[number];
        let object = Object::Projection(ProjectionId(number as u32));
        self.equations(object, projection.order, &projection.clock_driven);
        for held in &projection.held {
            let turn = Turn { slot: Slot::BeforeStart, order: projection.order };
            self.block(object, turn, &held.block);
        }
        for regular in &projection.regular {
            self.block(object, regular.turn, &regular.block);
        }
        for summed in &projection.summed {
            let group = if summed.side == Site::Pre { projection.source } else { projection.target };
            let order = self.network.populations[group.population.0 as usize].order - 1;
            let reads = variables(&self.network.arena, &[summed.value]);
            self.add(object, Turn { slot: Slot::Groups, order }, reads, HashSet::from([summed.variable]));
        }
        self.pathways(object, projection);
    }

    fn pathways(&mut self, object: Object, projection: &Projection) {
        let driven: Vec<ExprId> = projection.event_driven.iter().map(|equation| equation.rhs).collect();
        let brought = variables(&self.network.arena, &driven);
        for pathway in &projection.pathways {
            let group = if pathway.side == Site::Pre { projection.source } else { projection.target };
            let actor = self.block(object, pathway.turn, &pathway.block);
            actor.reads.extend(&brought);
            actor.spikes_of = pathway.event.is_none().then_some(group.population);
        }
    }

    /// Recordings that look at another turn than usual, or at more than spikes.
    fn records(&mut self) {
        for record in &self.network.records {
            let mut roots: Vec<ExprId> = record.with.iter().map(|(_, quantity)| quantity.value).collect();
            let (object, usual, spikes_of) = match &record.what {
                Recorded::Spikes(group) | Recorded::Rate(group) | Recorded::Counts(group, None) => {
                    let population = group.population;
                    let after = self.network.populations[population.0 as usize].threshold_turn;
                    let usual = if matches!(record.what, Recorded::Rate(_)) { Turn::of(Slot::End) } else { after };
                    // Right after the spikes are made it looks at those made.
                    let early = record.turn.is_some() || usual != after;
                    (Object::Population(population), usual, early.then_some(population))
                }
                Recorded::Events(group, event) | Recorded::Counts(group, Some(event)) => {
                    let population = &self.network.populations[group.population.0 as usize];
                    let usual = population.events.get(*event as usize).map(|event| event.turn);
                    (Object::Population(group.population), usual.unwrap_or(Turn::of(Slot::AfterThresholds)), None)
                }
                Recorded::Values(quantity) | Recorded::Mean(quantity) | Recorded::Variance(quantity) => {
                    roots.push(quantity.value);
                    (quantity.object, Turn::of(Slot::Start), None)
                }
                Recorded::AtEnd(_) | Recorded::Synapses(_) => continue,
            };
            let reads = variables(&self.network.arena, &roots);
            self.add(object, record.turn.unwrap_or(usual), reads, HashSet::new()).spikes_of = spikes_of;
        }
    }
}

fn neurons(network: &Network) -> impl Iterator<Item = (PopulationId, &Neurons)> {
    (0..).zip(&network.populations).filter_map(|(number, population)| match &population.kind {
        PopulationKind::Neurons(neurons) => Some((PopulationId(number), neurons)),
        PopulationKind::Poisson { .. } | PopulationKind::Spikes { .. } | PopulationKind::Synapses(_) => None,
    })
}

pub(super) fn targets(block: &Block) -> impl Iterator<Item = VariableId> {
    block.statements.iter().filter_map(|statement| match statement.target {
        Target::Variable(_, variable) => Some(variable),
        Target::Local(_) => None,
    })
}

/// What a block reads: in its values, and where it is guarded.
fn block_reads(arena: &Arena, block: &Block) -> HashSet<VariableId> {
    let roots: Vec<ExprId> = block.statements.iter().map(|statement| statement.value).collect();
    let mut reads = variables(arena, &roots);
    reads.extend(block.statements.iter().filter_map(|statement| statement.guard));
    reads
}

/// The variables that expressions are made of, of whatever element.
pub(super) fn variables(arena: &Arena, roots: &[ExprId]) -> HashSet<VariableId> {
    let variables = reachable(arena, roots).into_iter().filter_map(|id| match arena.node(id) {
        Node::Variable(_, variable) | Node::At(variable, _) => Some(*variable),
        _ => None,
    });
    variables.collect()
}

/// The variables that expressions read of an element which they name.
pub(super) fn of_others(arena: &Arena, roots: &[ExprId]) -> HashSet<VariableId> {
    let variables = reachable(arena, roots).into_iter().filter_map(|id| match arena.node(id) {
        Node::At(variable, _) => Some(*variable),
        _ => None,
    });
    variables.collect()
}
