//! Synapses on synapses: a projection as the source or the target of another.
//!
//! In: the ends of `synapses` blocks. Out: an order in which each projection comes after those it connects, and for every projection
//! that is an end of another a population without neurons that stands for its synapses. What a neuron is to other synapses, a
//! synapse is here: `i` and `j` are its number by creation, `x_pre` and `x_post` its variables; it never spikes.

use super::groups::{Named, Part};
use super::names::{Absence, Entry, Meaning, Scope, Typed};
use super::populations::Visible;
use super::spell::quoted;
use super::synapses::Ends;
use super::{Resolver, codes, dependencies, evaluate};
use crate::ir::expr::{Node, Site, Type, VariableId};
use crate::ir::network::{
    Block, Counted, Group, Object, Population, PopulationId, PopulationKind, ProjectionId, Role, Slot, Turn, Variable,
};
use crate::units::Dimension;
use grammar::ast::{Expr, ExprKind, File, Item, ItemKind, Name};
use grammar::{Diagnostic, Span};

/// As many synapses as a projection may have, where others connect them: their numbers are integers of a model.
const MOST: u32 = i32::MAX as u32;

/// The `synapses` items of a text.
fn items(file: &File) -> Vec<(&Item, &Name, [&Expr; 2])> {
    let mut found = Vec::new();
    for item in &file.items {
        if let ItemKind::Synapses { name, source, target, .. } = &item.kind {
            found.push((item, name, [source, target]));
        }
    }
    found
}

/// The name that stands for a whole group, if an expression is one.
fn whole(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name),
        ExprKind::Group(inner) => whole(inner),
        _ => None,
    }
}

/// Why what synapses make of their neurons means nothing to those that connect them.
const OF_THEIR_NEURONS: Absence = Absence {
    reason: "it reads the neurons of those synapses",
    mend: "use variables that the synapses have themselves",
};

impl Resolver<'_> {
    /// Numbers projections so that each comes after those it connects; otherwise by declaration.
    pub(super) fn order_projections(&mut self, file: &File) {
        let items = items(file);
        let number = |objects: &std::collections::HashMap<Box<str>, Named>, expr: &Expr| match objects.get(whole(expr)?)
        {
            Some(Named::Projection(ProjectionId(number))) => Some(*number as usize),
            _ => None,
        };
        let uses: Vec<Vec<usize>> = items
            .iter()
            .map(|(_, _, ends)| ends.iter().filter_map(|end| number(&self.objects, end)).collect())
            .collect();
        let order = dependencies::order(&uses);
        for cycle in &order.cycles {
            self.report(ring(&cycle.iter().map(|&member| items[member].1).collect::<Vec<_>>()));
        }
        let mut rank = vec![0; items.len()];
        for (place, &declared) in (0..).zip(&order.sequence) {
            rank[declared] = place;
        }
        for named in self.objects.values_mut() {
            if let Named::Projection(id) = named {
                *id = ProjectionId(rank[id.0 as usize]);
            }
        }
        self.connected = uses.iter().flatten().map(|&declared| ProjectionId(rank[declared])).collect();
        self.projection_numbers = rank;
    }

    /// The `synapses` items in the order of their numbers.
    pub(super) fn numbered<'f>(&self, file: &'f File) -> Vec<&'f Item> {
        let mut numbered: Vec<(u32, &Item)> =
            self.projection_numbers.iter().copied().zip(items(file).into_iter().map(|(item, ..)| item)).collect();
        numbered.sort_by_key(|(number, _)| *number);
        numbered.into_iter().map(|(_, item)| item).collect()
    }

    /// What a projection connects: a part of a population, or all synapses of another projection.
    pub(super) fn end(&mut self, expr: &Expr) -> Option<Part> {
        let Some(Named::Projection(id)) = whole(expr).and_then(|name| self.objects.get(name)).copied() else {
            return self.part(expr);
        };
        let population = match self.network.populations.iter().position(|made| stands_for(made) == Some(id)) {
            Some(number) => PopulationId(u32::try_from(number).ok()?),
            None => self.synapses_as_population(id)?,
        };
        Some(Part { group: Group { population, offset: 0, size: MOST }, sized: false })
    }

    /// The population that stands for the synapses of a projection; `None` where they connect each other in a ring.
    fn synapses_as_population(&mut self, id: ProjectionId) -> Option<PopulationId> {
        let scope = self.visible_synapses.get(id.0 as usize)?.clone();
        let projection = self.network.projections.get(id.0 as usize)?;
        let made = Population {
            name: projection.name.clone(),
            span: projection.span,
            size: 0,
            kind: PopulationKind::Synapses(id),
            variables: Vec::new(),
            subexpressions: Vec::new(),
            init: Block::default(),
            clock: projection.clock,
            order: projection.order,
            threshold_turn: Turn::of(Slot::Thresholds),
            reset_turn: Turn::of(Slot::Resets),
            held: Vec::new(),
            regular: Vec::new(),
            events: Vec::new(),
        };
        let number = PopulationId(u32::try_from(self.network.populations.len()).ok()?);
        self.network.populations.push(made);
        self.sizes.push(None);
        let visible = self.seen_by_synapses(scope);
        self.visible.push(visible);
        Some(number)
    }

    /// What other synapses see of synapses: their own variables, and what is made of these alone.
    fn seen_by_synapses(&self, of: Visible) -> Visible {
        let mut seen =
            Visible { scope: Scope { entries: Default::default(), ..of.scope.clone() }, ..Visible::default() };
        for (name, shared) in of.names {
            let Some(entry) = of.scope.entries.get(&name) else { continue };
            let entry = match entry {
                Entry::Known(_, Meaning::Variable(_, id)) if self.is_kept(*id) => continue,
                Entry::Known(value, _) if !self.is_of_synapse(value) => Entry::NotHere(OF_THEIR_NEURONS),
                other => other.clone(),
            };
            seen.scope.set(&name, entry);
            seen.show(&name, shared);
        }
        seen
    }

    /// Whether a variable is the simulation's, not one that the block declares.
    fn is_kept(&self, id: VariableId) -> bool {
        let role = self.network.variables[id.0 as usize].role;
        !matches!(role, Role::State | Role::Parameter | Role::Held | Role::Counted(Counted::Multisynaptic))
    }

    /// Whether a value is made of variables of the synapse alone.
    fn is_of_synapse(&self, value: &Typed) -> bool {
        let arena = &self.network.arena;
        evaluate::parts(arena, value.id)
            .into_iter()
            .all(|part| !matches!(arena.node(part), Node::Index(_) | Node::Variable(Site::Pre | Site::Post, _)))
    }

    /// The hidden variable with the number of every synapse by creation, where others connect them.
    pub(super) fn number_of_synapse(&mut self, id: ProjectionId, span: Span) {
        if !self.connected.contains(&id) {
            return;
        }
        let variable = Variable {
            name: "_number".to_owned(),
            owner: Object::Projection(id),
            dimension: Dimension::ONE,
            kind: Type::Integer,
            role: Role::Counted(Counted::Number),
            shared: false,
            constant: false,
            span,
        };
        self.add_variable(&mut Scope::default(), variable);
    }

    /// A number that is counted of a projection.
    fn counted(&mut self, id: ProjectionId, counted: Counted, site: Site) -> Option<Typed> {
        let wanted = (Object::Projection(id), Role::Counted(counted));
        let found = self.network.variables.iter().position(|variable| (variable.owner, variable.role) == wanted)?;
        let variable = VariableId(u32::try_from(found).ok()?);
        let id = self.network.arena.add(Node::Variable(site, variable), Type::Integer);
        Some(Typed { id, dimension: Dimension::ONE })
    }

    /// The projection whose synapses a part stands for.
    pub(super) fn synapses_of(&self, part: Part) -> Option<ProjectionId> {
        stands_for(self.network.populations.get(part.group.population.0 as usize)?)
    }

    /// `i`, `j`, `N_pre` and `N_post` where an end is synapses.
    pub(super) fn numbers_of_ends(&mut self, scope: &mut Scope, ends: Ends) {
        for (index, size, part, site) in
            [("i", "N_pre", ends.source, Site::Pre), ("j", "N_post", ends.target, Site::Post)]
        {
            let Some(id) = self.synapses_of(part) else { continue };
            for (name, counted) in [(index, Counted::Number), (size, Counted::Synapses)] {
                if let Some(value) = self.counted(id, counted, site) {
                    number(scope, name, value);
                }
            }
        }
    }

    /// The same while synapses are connected: those that are connected stand in order of creation then.
    pub(super) fn numbers_while_connecting(&mut self, scope: &mut Scope, ends: Ends) {
        for (index, part, site) in [("i", ends.source, Site::Pre), ("j", ends.target, Site::Post)] {
            if self.synapses_of(part).is_some() {
                let id = self.network.arena.add(Node::Index(site), Type::Integer);
                number(scope, index, Typed { id, dimension: Dimension::ONE });
            }
        }
    }

    /// Synapses where neurons are asked for.
    pub(super) fn not_neurons(&mut self, name: &str, span: Span) {
        let message = format!("`{name}` is synapses, not neurons");
        self.report(
            Diagnostic::error(codes::UNKNOWN_OBJECT, span, message)
                .help(format!("some of them are named behind the variable: `{name}.w[0:10]`"))
                .help(format!("other synapses connect them as a whole: `synapses T: P -> {name} {{ … }}`")),
        );
    }

    /// Synapses never spike, so that nothing can wait for it.
    pub(super) fn synapses_never_spike(&mut self, word: &str, group: &Expr, span: Span) {
        let message = format!("`{word}` waits for spikes of {}, and synapses never spike", quoted(group));
        let help = "what synapses give to others is summed: `g_post = w_pre : 1 (summed)`";
        let wrong = Diagnostic::error(codes::NO_THRESHOLD, span, message).also(group.span, "these are synapses");
        self.report(wrong.help(help));
    }
}

/// Gives an end's number its name, whatever the synapses there could not show under it: `N_post` is no `N` of theirs.
fn number(scope: &mut Scope, name: &str, value: Typed) {
    scope.set(name, Entry::Known(value, Meaning::Builtin));
}

/// The projection whose synapses a population stands for.
fn stands_for(population: &Population) -> Option<ProjectionId> {
    match population.kind {
        PopulationKind::Synapses(id) => Some(id),
        _ => None,
    }
}

/// The diagnostic of projections that connect each other.
fn ring(members: &[&Name]) -> Diagnostic {
    let first = members.iter().position(|name| members.iter().all(|other| name.span <= other.span)).unwrap_or(0);
    let round: Vec<&Name> = members[first..].iter().chain(&members[..first]).copied().collect();
    let names: Vec<String> = round.iter().chain(round.first()).map(|name| format!("`{}`", name.text)).collect();
    let span = round.first().map(|name| name.span).unwrap_or_default();
    let message = match round.as_slice() {
        [one] => format!("the synapses of `{}` are to connect themselves", one.text),
        _ => format!("these synapses are to connect one another: {}", names.join(" -> ")),
    };
    let ring = Diagnostic::error(codes::CIRCULAR, span, message).help("synapses are made after what they connect");
    round.iter().skip(1).fold(ring, |ring, name| ring.also(name.span, "part of the ring"))
}
