//! Decides for every population whether its threshold stays in one program with its step, and where `lastspike` is noted.
//!
//! A threshold belongs to its own turn, after the state updates of all groups. It may be looked at with the population's own update
//! unless somebody could tell: who acts in between and writes what it reads, reads what it writes (`lastspike`,
//! `not_refractory`) or looks at the spikes. What cannot be excluded counts as told. Then it is a program of its own.
//! Columns of which such a program reads other elements than the one it writes are copied to hidden ones first.

use super::PassError;
use super::assemble::Work;
use super::choose::Update;
use super::usage::{Actor, Doing, actors, of_others, variables};
use crate::ir::expr::{ExprId, Node, Type, VariableId};
use crate::ir::network::{Network, Neurons, Object, PopulationId, PopulationKind, Refractory, Slot, Turn};
use std::collections::{BTreeSet, HashMap, HashSet};

/// How the programs of a population are cut.
#[derive(Clone, Debug, Default)]
pub(super) struct Cut {
    /// The threshold is a program of its own.
    pub(super) apart: bool,
    /// `lastspike` is noted with the reset, for those that spiked.
    pub(super) noted_in_reset: bool,
    /// Hidden variables, each with the one that is copied to it right before the step.
    pub(super) before: Vec<(VariableId, VariableId)>,
    /// The same right after the step, for a threshold apart.
    pub(super) after: Vec<(VariableId, VariableId)>,
}

/// Cuts the programs of all populations.
pub(super) fn run(work: &mut Work) -> Result<(), PassError> {
    let actors = actors(&work.network);
    for number in 0..work.network.populations.len() {
        let cut = match work.network.populations[number].kind.clone() {
            PopulationKind::Neurons(neurons) => population(work, &actors, PopulationId(number as u32), &neurons),
            PopulationKind::Poisson { .. } | PopulationKind::Spikes { .. } | PopulationKind::Synapses(_) => {
                Cut::default()
            }
        };
        work.cuts.push(cut);
    }
    Ok(())
}

fn population(work: &mut Work, actors: &[Actor], id: PopulationId, neurons: &Neurons) -> Cut {
    let apart = neurons.threshold.is_some() && is_apart(work, actors, id, neurons);
    let noted_in_reset = neurons.last_spike.is_some_and(|last| is_noted_in_reset(work, actors, id, neurons, last));
    let (before, after) = copies(work, id, neurons, apart, noted_in_reset);
    Cut { apart, noted_in_reset, before, after }
}

/// Whether somebody could tell where the threshold is looked at.
fn is_apart(work: &Work, actors: &[Actor], id: PopulationId, neurons: &Neurons) -> bool {
    let network = &work.network;
    let population = &network.populations[id.0 as usize];
    let update = Turn { slot: Slot::Groups, order: population.order };
    let threshold = population.threshold_turn;
    if work.options.threshold_apart || threshold <= update {
        return true;
    }
    let roots: Vec<ExprId> = neurons.threshold.into_iter().collect();
    let changed = written_by_update(&work.updates[id.0 as usize], neurons);
    if of_others(&network.arena, &roots).intersection(&changed).next().is_some() {
        return true;
    }
    let reads = variables(&network.arena, &roots);
    let kept: HashSet<VariableId> = neurons.last_spike.into_iter().chain(neurons.not_refractory).collect();
    let own = network.order.iter().position(|object| *object == Object::Population(id)).unwrap_or(usize::MAX);
    let tells = |actor: &&Actor| {
        actor.writes.intersection(&reads).next().is_some()
            || actor.reads.intersection(&kept).next().is_some()
            || actor.spikes_of == Some(id)
    };
    let others =
        actors.iter().filter(|actor| !matches!(actor.doing, Doing::Update(of) | Doing::Threshold(of) if of == id));
    let mut between = others.filter(|actor| {
        let after_update = actor.turn > update || actor.turn == update && actor.place >= own;
        let before_threshold = actor.turn < threshold || actor.turn == threshold && actor.place <= own;
        after_update && before_threshold
    });
    between.any(|actor| tells(&actor))
}

/// Whether nobody looks at `lastspike` from the threshold to the reset, so that only neurons that spiked need be written.
fn is_noted_in_reset(work: &Work, actors: &[Actor], id: PopulationId, neurons: &Neurons, last: VariableId) -> bool {
    let population = &work.network.populations[id.0 as usize];
    let (threshold, reset) = (population.threshold_turn, population.reset_turn);
    let update = Turn { slot: Slot::Groups, order: population.order };
    // How long ago the last spike was is what a refractory time is compared with.
    let timed = matches!(neurons.refractory, Some(Refractory::Time(_)));
    if timed && threshold <= update && update <= reset {
        return false;
    }
    if work.options.threshold_apart || reset <= threshold {
        return false;
    }
    let own_reset = |actor: &&Actor| matches!(actor.doing, Doing::Reset(of) if of == id);
    // At the start of a step it is as the last step left it.
    let looks =
        |actor: &Actor| actor.reads.contains(&last) && actor.turn > Turn::of(Slot::Start) && actor.turn <= reset;
    !actors.iter().filter(|actor| !own_reset(actor)).any(looks)
}

fn written_by_update(update: &Update, neurons: &Neurons) -> HashSet<VariableId> {
    update.values.iter().map(|&(variable, _)| variable).chain(neurons.not_refractory).collect()
}

/// Copies from hidden variable to variable, before and after the step.
type Copies = Vec<(VariableId, VariableId)>;

/// Makes hidden variables for what a program reads of other elements while it writes it, and puts them in place.
fn copies(work: &mut Work, id: PopulationId, neurons: &Neurons, apart: bool, noted_in_reset: bool) -> (Copies, Copies) {
    let number = id.0 as usize;
    let by_threshold: HashSet<VariableId> =
        neurons.last_spike.filter(|_| !noted_in_reset).into_iter().chain(neurons.not_refractory).collect();
    let mut by_step = written_by_update(&work.updates[number], neurons);
    if !apart && neurons.threshold.is_some() {
        by_step.extend(&by_threshold);
    }
    let refractory = neurons.refractory.map(|(Refractory::Time(value) | Refractory::While(value))| value);
    let values = work.updates[number].values.iter().map(|&(_, value)| value);
    let mut roots: Vec<ExprId> = values.chain(refractory).collect();
    if !apart {
        roots.extend(neurons.threshold);
    }
    let before = hide(&mut work.network, id, "before", &roots, &by_step);
    let with = |work: &mut Work, value: ExprId, copies: &Copies| from_copies(&mut work.network, value, copies);
    let mut update = std::mem::take(&mut work.updates[number]);
    for (_, value) in &mut update.values {
        *value = with(work, *value, &before);
    }
    work.updates[number] = update;
    let of_threshold: Vec<ExprId> = neurons.threshold.into_iter().filter(|_| apart).collect();
    let after = hide(&mut work.network, id, "after", &of_threshold, &by_threshold);
    let seen = if apart { &after } else { &before };
    let threshold = neurons.threshold.map(|value| with(work, value, seen));
    let refractory = neurons.refractory.map(|refractory| match refractory {
        Refractory::Time(value) => Refractory::Time(with(work, value, &before)),
        Refractory::While(value) => Refractory::While(with(work, value, &before)),
    });
    if let PopulationKind::Neurons(neurons) = &mut work.network.populations[number].kind {
        (neurons.threshold, neurons.refractory) = (threshold, refractory);
    }
    (before, after)
}

/// Hidden variables for those of `written` that the roots read of a named element.
fn hide(
    network: &mut Network,
    id: PopulationId,
    when: &str,
    roots: &[ExprId],
    written: &HashSet<VariableId>,
) -> Copies {
    let read: BTreeSet<VariableId> = of_others(&network.arena, roots).intersection(written).copied().collect();
    read.into_iter().map(|variable| (hidden(network, Object::Population(id), when, variable), variable)).collect()
}

/// A hidden variable like another.
pub(super) fn hidden(network: &mut Network, owner: Object, when: &str, of: VariableId) -> VariableId {
    let id = VariableId(u32::try_from(network.variables.len()).expect("2^32 variables would not fit in memory"));
    let mut copy = network.variables[of.0 as usize].clone();
    copy.name = format!("_{when}_{}", copy.name);
    copy.owner = owner;
    network.variables.push(copy);
    id
}

/// The expression with copies in place of what is read of named elements.
pub(super) fn from_copies(network: &mut Network, value: ExprId, copies: &[(VariableId, VariableId)]) -> ExprId {
    if copies.is_empty() {
        return value;
    }
    let hidden: HashMap<VariableId, VariableId> = copies.iter().map(|&(hidden, variable)| (variable, hidden)).collect();
    let kinds: HashMap<VariableId, Type> =
        copies.iter().map(|&(_, variable)| (variable, network.variables[variable.0 as usize].kind)).collect();
    super::walk::rebuild(&mut network.arena, &[value], |arena, id, node| match node {
        Node::At(variable, index) if hidden.contains_key(&variable) => {
            arena.add(Node::At(hidden[&variable], index), kinds[&variable])
        }
        other => {
            let kind = arena.kind(id);
            arena.add(other, kind)
        }
    })[0]
}
