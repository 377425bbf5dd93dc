//! Moves event-driven traces from synapses to neurons, where all synapses of a neuron have the same value.
//!
//! In: a network before its integrators are chosen. Out: for every projection, the traces that neurons keep (in hidden
//! columns, with the tick of the last event of each pathway), and the reason why the others stay with the synapses.
//! Blocks are left as they are: whoever lowers them binds a moved trace to its value at the neuron (`Context::pathway`,
//! `Context::traces`), and who reads one beside pathways gets its value as of the synapse's last event (`Lowering`),
//! which is what a synapse would have kept.
//!
//! A trace moves where one pathway writes it, with one delay for all, from what all synapses of a neuron have in
//! common; where its equation has constants alone; where it begins with one value and no other code reads or writes it;
//! and where neurons have several synapses. Then the events of a neuron are the events of all its synapses, and a trace
//! decays by one exponential from write to write: with a synapse it would decay by one from event to event of both
//! sides, and differ in the last digits.

use super::apart::hidden;
use super::blocks::EventDriven;
use super::fold::Literal;
use super::roots;
use super::text::show;
use super::usage::variables;
use super::walk::{reachable, rebuild};
use crate::ir::expr::{Arena, ExprId, LocalId, Node, Site, VariableId};
use crate::ir::network::{
    Action, Block, Delay, Group, Network, Object, Pathway, Population, PopulationKind, Projection, ProjectionId,
    Quantity, Record, Rule, Statement, Target,
};
use std::collections::{HashMap, HashSet};

/// Which traces neurons keep.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// All that can be moved and that no statement sets.
    #[default]
    Fitting,
    /// None.
    Nothing,
    /// Those that another plan of the same network has moved, whatever statements have come and gone since.
    These(Vec<VariableId>),
}

/// A trace that neurons keep.
#[derive(Clone, Debug)]
pub(super) struct Moved {
    /// As synapses have it.
    pub(super) variable: VariableId,
    /// The pathway that writes it, by number.
    pub(super) pathway: usize,
    /// Whose spikes trigger that: whose neurons keep it.
    pub(super) site: Site,
    /// As neurons have it: the value at the last event of the pathway.
    pub(super) value: VariableId,
    /// What it is at first.
    pub(super) initial: f64,
    /// Its value at the moment, as a synapse and as the neuron reads it; there once its equation is solved.
    pub(super) now: Option<(ExprId, ExprId)>,
}

/// The traces of a projection.
#[derive(Clone, Debug, Default)]
pub(super) struct Traces {
    /// Those that neurons keep.
    pub(super) moved: Vec<Moved>,
    /// By pathway: its side, and the hidden variable that has the tick of its last event at a neuron, where that is
    /// noted.
    pub(super) last: Vec<(Site, Option<VariableId>)>,
    /// `lastupdate`, where no synapse keeps it: the last event of any pathway at its neurons.
    pub(super) last_update: Option<VariableId>,
    /// Where the traces are and why, in the user's words.
    pub(super) notes: Vec<String>,
}

impl Traces {
    /// The trace that neurons keep for a variable of synapses.
    pub(super) fn of(&self, variable: VariableId) -> Option<&Moved> {
        self.moved.iter().find(|moved| moved.variable == variable)
    }

    /// The traces that a pathway writes.
    pub(super) fn written_by(&self, pathway: usize) -> impl Iterator<Item = &Moved> {
        self.moved.iter().filter(move |moved| moved.pathway == pathway)
    }

    /// Variables of synapses that are not stored.
    pub(super) fn not_stored(&self) -> impl Iterator<Item = VariableId> {
        self.moved.iter().map(|moved| moved.variable).chain(self.last_update)
    }
}

/// The traces of every projection.
pub(super) fn find(network: &mut Network, keep: &Keep) -> Vec<Traces> {
    (0..network.projections.len()).map(|number| of_projection(network, number, keep)).collect()
}

fn of_projection(network: &mut Network, number: usize, keep: &Keep) -> Traces {
    let equations = &network.projections[number].event_driven;
    let candidates: Vec<VariableId> = equations.iter().map(|equation| equation.variable).collect();
    let Some(last_update) = network.projections[number].last_update.filter(|_| !candidates.is_empty()) else {
        return Traces::default();
    };
    let elsewhere = Elsewhere::of(network, number);
    let projection = &network.projections[number];
    let mut places: Vec<(VariableId, Result<Place, String>)> =
        candidates.iter().map(|&variable| (variable, place(network, projection, variable))).collect();
    for (variable, place) in &mut places {
        let asked = match keep {
            Keep::Fitting => elsewhere.allows(network, *variable),
            Keep::Nothing => Err("the options ask for it".to_owned()),
            Keep::These(these) if these.contains(variable) => Ok(()),
            Keep::These(_) => Err("so it was compiled".to_owned()),
        };
        if let (Ok(_), Err(reason)) = (&place, asked) {
            *place = Err(reason);
        }
    }
    drop_uncommon(network, &network.projections[number], &mut places);
    let mut traces = Traces::default();
    let mut noted: HashSet<usize> = HashSet::new();
    for (variable, place) in places {
        let projection = &network.projections[number];
        let name = network.variables[variable.0 as usize].name.clone();
        match place {
            Err(reason) => traces.notes.push(format!("{name} is kept per synapse: {reason}")),
            Ok(Place { pathway, initial }) => {
                let site = projection.pathways[pathway].side;
                let population = group(projection, site).population;
                let of = &network.populations[population.0 as usize].name;
                traces.notes.push(format!("{name} is kept once per neuron of {of}: all its synapses have the same"));
                let prefix = projection.name.clone();
                let value = hidden(network, Object::Population(population), &prefix, variable);
                noted.insert(pathway);
                traces.moved.push(Moved { variable, pathway, site, value, initial, now: None });
            }
        }
    }
    let projection = &network.projections[number];
    let all_moved = traces.moved.len() == candidates.len();
    let follows = all_moved
        && !elsewhere.reads.contains(&last_update)
        && !blocks_read(network, projection, last_update)
        && projection.pathways.iter().all(|pathway| at_neurons(network, projection, pathway).is_ok());
    traces.last_update = Some(last_update).filter(|_| follows);
    traces.last = last_events(network, number, &noted, follows, last_update);
    traces
}

/// Hidden variables for the last event of pathways: of those that write traces, or of all.
fn last_events(
    network: &mut Network,
    number: usize,
    noted: &HashSet<usize>,
    all: bool,
    last_update: VariableId,
) -> Vec<(Site, Option<VariableId>)> {
    let projection = network.projections[number].clone();
    let mut last = Vec::new();
    for (place, pathway) in projection.pathways.iter().enumerate() {
        let owner = Object::Population(group(&projection, pathway.side).population);
        let name = format!("{}_{}", projection.name, pathway.name);
        let note = all || noted.contains(&place);
        last.push((pathway.side, note.then(|| hidden(network, owner, &name, last_update))));
    }
    last
}

/// Where a trace may be kept, as far as its projection's own code says.
struct Place {
    pathway: usize,
    initial: f64,
}

/// The place of a trace, or why it stays with the synapses.
fn place(network: &Network, projection: &Projection, variable: VariableId) -> Result<Place, String> {
    let name = |id: VariableId| format!("`{}`", network.variables[id.0 as usize].name);
    for equation in &projection.event_driven {
        let reads = variables(&network.arena, &[equation.rhs]);
        if equation.variable != variable && reads.contains(&variable) {
            return Err(format!("the equation of {} reads it", name(equation.variable)));
        }
        let other = |id: &ExprId| match network.arena.node(*id) {
            Node::Variable(Site::Own, read) => *read != variable,
            Node::Float(_)
            | Node::Integer(_)
            | Node::Boolean(_)
            | Node::Unary(..)
            | Node::Binary(..)
            | Node::Call(..) => false,
            _ => true,
        };
        if equation.variable == variable
            && let Some(other) = reachable(&network.arena, &[equation.rhs]).into_iter().find(other)
        {
            return Err(format!("its equation reads `{}`, which may differ or change", show(network, other)));
        }
    }
    let writes = |block: &Block| block.statements.iter().any(|statement| is_of(statement, variable));
    let writing: Vec<usize> =
        (0..projection.pathways.len()).filter(|&number| writes(&projection.pathways[number].block)).collect();
    let &[pathway] = &writing[..] else {
        let several = if writing.is_empty() { "no pathway writes it" } else { "several pathways write it" };
        return Err(several.to_owned());
    };
    at_neurons(network, projection, &projection.pathways[pathway])?;
    several(network, projection)?;
    if network.populations.iter().any(|population| stands_for(network, population, projection)) {
        return Err(format!("synapses of {} are connected, and may read it", projection.name));
    }
    Ok(Place { pathway, initial: initial(network, projection, variable)? })
}

/// Whether a population stands for the synapses of a projection, which others connect.
fn stands_for(network: &Network, population: &Population, projection: &Projection) -> bool {
    let PopulationKind::Synapses(id) = population.kind else { return false };
    network.projections[id.0 as usize].name == projection.name
}

fn is_of(statement: &Statement, variable: VariableId) -> bool {
    matches!(statement.target, Target::Variable(_, written) if written == variable)
}

fn group(projection: &Projection, site: Site) -> Group {
    if site == Site::Pre { projection.source } else { projection.target }
}

/// Whether neurons may have several synapses. From many to one there is no memory to be spared, and a call of code more
/// at every spike makes a thousand inputs of one neuron slower: 790 million instructions for 20 s of
/// `examples/stdp.rheo`, not 674.
fn several(network: &Network, projection: &Projection) -> Result<(), String> {
    let alone = [projection.source, projection.target].into_iter().find(|group| group.size <= 1);
    let name = |group: Group| &network.populations[group.population.0 as usize].name;
    alone.map_or(Ok(()), |group| Err(format!("there is one neuron of {}, and little to be shared", name(group))))
}

/// Whether a pathway has its events at a neuron's synapses all at once, at ticks of the projection's own clock.
fn at_neurons(network: &Network, projection: &Projection, pathway: &Pathway) -> Result<(), String> {
    let population = &network.populations[group(projection, pathway.side).population.0 as usize];
    if matches!(pathway.delay, Delay::PerSynapse { .. }) {
        return Err(format!("every synapse has its own delay of `{}`", pathway.name));
    }
    if matches!(population.kind, PopulationKind::Synapses(_)) {
        return Err(format!("`{}` are synapses, not neurons", population.name));
    }
    if population.clock != projection.clock {
        return Err(format!("`{}` has another clock", population.name));
    }
    Ok(())
}

/// Traces that are made from what differs between the synapses of a neuron stay with them, and so do those made from
/// these.
fn drop_uncommon(network: &Network, projection: &Projection, places: &mut [(VariableId, Result<Place, String>)]) {
    loop {
        let moved: Vec<(VariableId, usize)> =
            places.iter().filter_map(|(id, place)| place.as_ref().ok().map(|place| (*id, place.pathway))).collect();
        let wrong = moved.iter().find_map(|&(variable, pathway)| {
            let with = moved.iter().filter(|(_, other)| *other == pathway).map(|&(id, _)| id).collect();
            let common = Common::of(network, &projection.pathways[pathway], with);
            let mut written = common.pathway.block.statements.iter().filter(|statement| is_of(statement, variable));
            let wrong = written.find_map(|statement| common.fault(statement))?;
            Some((variable, format!("`{}` makes it from {wrong}", common.pathway.name)))
        });
        let Some((variable, reason)) = wrong else { return };
        places.iter_mut().filter(|(id, _)| *id == variable).for_each(|(_, place)| *place = Err(reason.clone()));
    }
}

/// What is the same for all synapses of a neuron in the code of a pathway.
struct Common<'a> {
    network: &'a Network,
    pathway: &'a Pathway,
    /// Traces that move.
    traces: HashSet<VariableId>,
    /// Local variables.
    locals: HashSet<LocalId>,
}

impl<'a> Common<'a> {
    fn of(network: &'a Network, pathway: &'a Pathway, traces: HashSet<VariableId>) -> Self {
        let local = |statement: &Statement| match statement.target {
            Target::Local(local) => Some(local),
            Target::Variable(..) => None,
        };
        let statements = &pathway.block.statements;
        let mut common = Self { network, pathway, traces, locals: statements.iter().filter_map(local).collect() };
        let uncommon = |common: &Self| {
            let ours = |statement: &&Statement| local(statement).is_some_and(|local| common.locals.contains(&local));
            statements.iter().filter(ours).find(|statement| common.fault(statement).is_some()).and_then(local)
        };
        while let Some(local) = uncommon(&common) {
            common.locals.remove(&local);
        }
        common
    }

    /// What a statement reads that may differ between the synapses of a neuron.
    fn fault(&self, statement: &Statement) -> Option<String> {
        let written = |id: VariableId| self.pathway.block.statements.iter().any(|statement| is_of(statement, id));
        let side = self.pathway.side;
        let is_common = |id: &ExprId| match *self.network.arena.node(*id) {
            Node::Variable(Site::Own, read) if self.traces.contains(&read) => true,
            Node::Variable(Site::Own, read) => self.network.variables[read.0 as usize].shared && !written(read),
            Node::Variable(site, read) => site == side && !written(read),
            Node::Index(site) => site == side,
            Node::Local(local) => self.locals.contains(&local),
            Node::Each | Node::Noise(_) | Node::At(..) | Node::Host(..) | Node::Random(..) => false,
            _ => true,
        };
        let read = reachable(&self.network.arena, &[statement.value]);
        let other = read.iter().find(|id| !is_common(id)).map(|&id| format!("`{}`", show(self.network, id)));
        other.or_else(|| statement.guard.map(|_| "whether a neuron is refractory".to_owned()))
    }
}

/// What a trace is at first, where that is one number for all synapses.
fn initial(network: &Network, projection: &Projection, variable: VariableId) -> Result<f64, String> {
    let own = || Err("`init` gives every synapse its own".to_owned());
    let pairs = projection.connects.iter().any(|connect| match &connect.rule {
        Rule::Pairs { values, .. } => values.iter().any(|&(given, _)| given == variable),
        _ => false,
    });
    let delays = projection.pathways.iter().filter_map(|pathway| match &pathway.delay {
        Delay::PerSynapse { init, .. } => Some(init),
        Delay::Shared(_) => None,
    });
    let made = delays.chain([&projection.init]).flat_map(|block| &block.statements);
    let values: Vec<ExprId> = made.map(|statement| statement.value).collect();
    if pairs || variables(&network.arena, &values).contains(&variable) {
        return own();
    }
    let mut written = projection.init.statements.iter().filter(|statement| is_of(statement, variable));
    match (written.next(), written.next()) {
        (None, _) => Ok(0.0),
        (Some(first), None) => Literal::of(&network.arena, first.value).map_or_else(own, |value| Ok(value.float())),
        _ => own(),
    }
}

fn blocks_read(network: &Network, projection: &Projection, variable: VariableId) -> bool {
    let blocks = projection.pathways.iter().map(|pathway| &pathway.block).chain([&projection.init]);
    let values: Vec<ExprId> = blocks.flat_map(|block| &block.statements).map(|statement| statement.value).collect();
    variables(&network.arena, &values).contains(&variable)
}

/// What everything but a projection's own pathways, equations and initial values does with variables.
struct Elsewhere {
    /// What is read, but for what is recorded, shown or asked of the projection itself.
    reads: HashSet<VariableId>,
    /// What is written.
    writes: HashSet<VariableId>,
    /// What statements set.
    set: HashSet<VariableId>,
}

impl Elsewhere {
    fn of(network: &mut Network, number: usize) -> Self {
        // What is of the projection is taken out, and put back when the rest was looked through.
        let own = &mut network.projections[number];
        let (pathways, equations) = (std::mem::take(&mut own.pathways), std::mem::take(&mut own.event_driven));
        let (init, subexpressions) = (std::mem::take(&mut own.init), std::mem::take(&mut own.subexpressions));
        let (records, actions) = (std::mem::take(&mut network.records), std::mem::take(&mut network.actions));
        let object = Object::Projection(ProjectionId(number as u32));
        network.records = records.iter().filter(|record| recorded(record) != Some(object)).cloned().collect();
        let other = |action: &&Action| match action {
            Action::Set { object: of, .. } | Action::Show { quantity: Quantity { object: of, .. }, .. } => {
                *of != object
            }
            _ => false,
        };
        network.actions = actions.iter().filter(other).cloned().collect();
        let mut values: Vec<ExprId> = network.links.iter().map(|link| link.index).collect();
        roots::for_each(network, &mut |_, _, id| values.push(*id));
        let writes = network.code_blocks().flat_map(|block| &block.statements).filter_map(written).collect();
        let mut set = HashSet::new();
        for action in &actions {
            match action {
                Action::Set { block, .. } => set.extend(block.statements.iter().filter_map(written)),
                Action::SetEach { variable, .. } => drop(set.insert(*variable)),
                _ => {}
            }
        }
        let own = &mut network.projections[number];
        (own.pathways, own.event_driven, own.init, own.subexpressions) = (pathways, equations, init, subexpressions);
        (network.records, network.actions) = (records, actions);
        Self { reads: variables(&network.arena, &values), writes, set }
    }

    fn allows(&self, network: &Network, variable: VariableId) -> Result<(), String> {
        let name = || format!("`{}`", network.variables[variable.0 as usize].name);
        if self.set.contains(&variable) {
            return Err(format!("a statement sets {}", name()));
        }
        let elsewhere = self.reads.contains(&variable) || self.writes.contains(&variable);
        if elsewhere { Err("other code than that of pathways uses it".to_owned()) } else { Ok(()) }
    }
}

/// Of whose elements values are recorded.
fn recorded(record: &Record) -> Option<Object> {
    record.what.quantity().map(|quantity| quantity.object)
}

fn written(statement: &Statement) -> Option<VariableId> {
    match statement.target {
        Target::Variable(_, variable) => Some(variable),
        Target::Local(_) => None,
    }
}

/// Takes the solutions of moved traces out of those of a projection's equations, and puts them in terms of neurons.
pub(super) fn take(network: &mut Network, number: usize, traces: &mut Traces, solved: &mut EventDriven) {
    let Some(last_update) = network.projections[number].last_update else { return };
    let Traces { moved, last, last_update: follows, .. } = traces;
    for trace in moved {
        let Some(at) = solved.values.iter().position(|(variable, _)| *variable == trace.variable) else { continue };
        let (_, value) = solved.values.remove(at);
        let Some(last) = last[trace.pathway].1 else { continue };
        let places = [(trace.variable, trace.value), (last_update, last)];
        let read = |arena: &mut Arena, site: Site| {
            rebuild(arena, &[value], |arena, id, node| {
                let kind = arena.kind(id);
                let place = |read: VariableId| places.iter().find(|(from, _)| *from == read).map(|&(_, to)| to);
                match node {
                    Node::Variable(Site::Own, read) => {
                        let variable =
                            place(read).map_or(Node::Variable(Site::Own, read), |to| Node::Variable(site, to));
                        arena.add(variable, kind)
                    }
                    other => arena.add(other, kind),
                }
            })[0]
        };
        trace.now = Some((read(&mut network.arena, trace.site), read(&mut network.arena, Site::Own)));
    }
    if follows.is_some() {
        solved.last_update = None;
    }
}

/// The statements of a pathway that moved traces are made by, for the neuron that keeps them.
pub(super) fn at_neuron(network: &mut Network, traces: &Traces, number: usize, pathway: usize) -> Block {
    let code = network.projections[number].pathways[pathway].clone();
    let hidden: HashMap<VariableId, VariableId> =
        traces.written_by(pathway).map(|moved| (moved.variable, moved.value)).collect();
    let locals = Common::of(network, &code, hidden.keys().copied().collect()).locals;
    let mut statements = Vec::new();
    for statement in code.block.statements {
        let target = match statement.target {
            Target::Variable(_, variable) => hidden.get(&variable).map(|&own| Target::Variable(Site::Own, own)),
            Target::Local(local) => locals.contains(&local).then_some(statement.target),
        };
        let Some(target) = target else { continue };
        let value = rebuild(&mut network.arena, &[statement.value], |arena, id, node| {
            let kind = arena.kind(id);
            let node = match node {
                Node::Variable(Site::Own, read) => {
                    Node::Variable(Site::Own, hidden.get(&read).copied().unwrap_or(read))
                }
                Node::Variable(_, read) => Node::Variable(Site::Own, read),
                Node::Index(_) => Node::Index(Site::Own),
                other => other,
            };
            arena.add(node, kind)
        })[0];
        statements.push(Statement { target, value, ..statement });
    }
    Block { statements, draws: 0 }
}

/// A block without the statements that write moved traces: initial values of theirs are those of the hidden columns.
pub(super) fn without(traces: &Traces, block: &Block) -> Block {
    let moved = |statement: &&Statement| written(statement).is_none_or(|variable| traces.of(variable).is_none());
    Block { statements: block.statements.iter().filter(moved).cloned().collect(), draws: block.draws }
}
