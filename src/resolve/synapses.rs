//! Synapses: variables and what drives them; with `pathways`, `summed` and `connections` the projections.
//!
//! In: `synapses` blocks. Out: projections. Code of a synapse sees its own variables, those of its source neuron as `x_pre`,
//! and those of its target neuron as `x_post` and as bare `x`; `i` and `j` count from the first neuron of each group.

use super::equations::lines;
use super::groups::Part;
use super::members::BlockKind;
use super::names::{Entry, Meaning, Scope, Typed};
use super::populations::{Visible, builtin};
use super::summed::is_summed;
use super::synapse_order::is_one_to_one;
use super::{Resolver, codes, evaluate, names, pathways};
use crate::ir::expr::{Binary, ExprId, Node, Site, Type};
use crate::ir::network::{Counted, Delay, Group, Object, PopulationId, Projection, ProjectionId, Role, Variable};
use crate::units::Dimension;
use grammar::ast::{File, Item, ItemKind, Member, MemberKind, Name};
use grammar::{Diagnostic, Span};
use std::collections::HashMap;

/// The groups a projection connects.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends {
    /// From where.
    pub(super) source: Part,
    /// To where.
    pub(super) target: Part,
}

impl Resolver<'_> {
    /// All projections, each after those it connects.
    pub(super) fn projections(&mut self, file: &File) {
        for item in self.numbered(file) {
            self.projection(item);
        }
        self.using = None;
    }

    fn projection(&mut self, item: &Item) {
        let ItemKind::Synapses { name, source, target, model, body } = &item.kind else { return };
        let id = ProjectionId(u32::try_from(self.network.projections.len()).unwrap_or(u32::MAX));
        self.using = model.as_ref().map(|model| (name.text.clone(), model.span));
        let (members, whole) = self.members(BlockKind::Synapses, body.as_deref().unwrap_or_default());
        let (from, to) = (self.end(source), self.end(target));
        let open = !whole || from.is_none() || to.is_none();
        let nowhere = Part { group: Group { population: PopulationId(0), offset: 0, size: 1 }, sized: false };
        let ends = Ends { source: from.unwrap_or(nowhere), target: to.unwrap_or(nowhere) };
        let first = self.network.variables.len();
        let mut scope = self.synapse_scope(name, ends, (from.is_some(), to.is_some()), open);
        let clock = self.own_clock(&members);
        scope.step = Some(self.time_step_of(clock));
        let before: Vec<Box<str>> = scope.entries.keys().cloned().collect();

        let object = Object::Projection(id);
        let stored = lines(&members).filter(|(equation, _)| !is_summed(equation));
        let declared = self.declare(&mut scope, object, stored);
        self.counts(&mut scope, id, ends, &members, name);
        self.number_of_synapse(id, name.span);
        let (subexpressions, held) = self.subexpressions(&mut scope, object, &declared);
        let (clock_driven, event_driven) = self.driven(&scope, &declared);
        self.noise_of_equations(&mut scope, &clock_driven, &event_driven);
        let summed = self.sums(&scope, ends, &members);
        self.must_not_mix(&members, &clock_driven, &event_driven, &summed);
        let last_update = (!event_driven.is_empty())
            .then(|| self.builtin_variable(&mut scope, object, "lastupdate", Role::LastUpdate, name.span));
        let method = self.method(&members);
        let (pathways, order) = self.pathways(&mut scope, id, ends, (source, target), &members);
        let connects = self.connects(&scope, &before, ends, &members, name, open);
        let init = self.init(&scope, &declared, &members);
        let regular = self.regular(&scope, object, &members);
        if !is_one_to_one(&members) {
            regular.iter().for_each(|operation| self.warn_of_order(ends, &operation.block));
        }

        let mut visible = Visible::default();
        for line in &declared {
            visible.show(&line.equation.name.text, line.flags.shared);
        }
        for pathway in &pathways {
            if matches!(pathway.delay, Delay::PerSynapse { .. }) {
                visible.show(&pathways::delay_variable(&pathway.name), false);
            }
        }
        for (name, shared) in [("lastupdate", false), ("N", true), ("N_incoming", false), ("N_outgoing", false)] {
            if matches!(scope.entries.get(name), Some(Entry::Known(_, Meaning::Variable(..)))) {
                visible.show(name, shared);
            }
        }
        for member in &members {
            if let MemberKind::MultisynapticIndex(name) = &member.kind {
                visible.show(&name.text, false);
            }
        }
        visible.scope = scope;
        self.visible_synapses.push(visible);
        self.network.projections.push(Projection {
            name: name.text.to_string(),
            span: name.span,
            source: ends.source.group,
            target: ends.target.group,
            variables: self.variables_since(first),
            subexpressions,
            clock_driven,
            event_driven,
            last_update,
            method,
            pathways,
            connects,
            init,
            clock,
            order,
            held,
            regular,
            summed,
        });
    }

    /// Numbers that are known once synapses are connected: `N`, `N_incoming`, `N_outgoing` and the multisynaptic index. They are
    /// always there, since a `set` or a recording of a built simulation may ask for them.
    fn counts(&mut self, scope: &mut Scope, id: ProjectionId, ends: Ends, members: &[&Member], name: &Name) {
        let (sources, targets) = (ends.source.group.population, ends.target.group.population);
        let rows = [
            ("N", Object::Projection(id), Site::Own, Counted::Synapses),
            ("N_incoming", Object::Population(targets), Site::Post, Counted::Incoming),
            ("N_outgoing", Object::Population(sources), Site::Pre, Counted::Outgoing),
        ];
        for (called, owner, site, counted) in rows {
            // The column is one of several of that name, and no variable of the neurons.
            let hidden = format!("_{called}_{}", name.text);
            self.count(scope, (called, hidden), owner, site, counted, name.span);
        }
        for member in members {
            let MemberKind::MultisynapticIndex(name) = &member.kind else { continue };
            if let Some(reason) = names::reserved_in_block(&name.text, true) {
                self.name_is_taken(name, "a variable", reason, |other| scope.entries.contains_key(other));
            } else if let Some(Entry::Known(..)) = scope.entries.get(&name.text) {
                let message = format!("`{}` is the name of something else already", name.text);
                let wrong = Diagnostic::error(codes::DEFINED_TWICE, name.span, message);
                self.report(wrong.help("call the index `k`, or another name that is free"));
            } else if !self.is_of_neuron(scope, name) {
                let names = (&*name.text, name.text.to_string());
                self.count(scope, names, Object::Projection(id), Site::Own, Counted::Multisynaptic, name.span);
            }
        }
    }

    fn count(
        &mut self,
        scope: &mut Scope,
        (name, stored): (&str, String),
        owner: Object,
        site: Site,
        counted: Counted,
        span: Span,
    ) {
        let role = Role::Counted(counted);
        let shared = counted == Counted::Synapses;
        let (dimension, kind) = (Dimension::ONE, Type::Integer);
        let variable = Variable { name: stored, owner, dimension, kind, role, shared, constant: false, span };
        let hidden = variable.name.clone();
        let variable = self.add_variable(scope, variable);
        scope.entries.remove(&*hidden);
        let id = self.network.arena.add(Node::Variable(site, variable), kind);
        scope.set(name, Entry::Known(Typed { id, dimension }, Meaning::Variable(site, variable)));
    }

    /// The names of a synapse before its own are declared.
    fn synapse_scope(&mut self, name: &Name, ends: Ends, known: (bool, bool), open: bool) -> Scope {
        let mut scope = Scope { owner: name.text.clone(), open, ..Scope::default() };
        if known.0 {
            self.neuron_names(&mut scope, ends.source, Site::Pre);
        }
        if known.1 {
            self.neuron_names(&mut scope, ends.target, Site::Post);
        }
        self.clock_names(&mut scope);
        for (name, size, part, site) in
            [("i", "N_pre", ends.source, Site::Pre), ("j", "N_post", ends.target, Site::Post)]
        {
            let index = self.index_in(part, site);
            builtin(&mut scope, name, index, Dimension::ONE);
            match i32::try_from(part.group.size) {
                Ok(count) if part.sized => {
                    let count = self.network.arena.integer(count);
                    builtin(&mut scope, size, count, Dimension::ONE);
                }
                _ => scope.set(size, Entry::Poison),
            }
        }
        self.numbers_of_ends(&mut scope, ends);
        scope
    }

    /// The index of a neuron, counted from the first of its group.
    pub(super) fn index_in(&mut self, part: Part, site: Site) -> ExprId {
        let arena = &mut self.network.arena;
        let index = arena.add(Node::Index(site), Type::Integer);
        match i32::try_from(part.group.offset) {
            Ok(offset) if offset > 0 => {
                let offset = arena.integer(offset);
                arena.binary(Binary::Subtract, index, offset)
            }
            _ => index,
        }
    }

    /// What a synapse sees of one of its neurons.
    fn neuron_names(&mut self, scope: &mut Scope, part: Part, site: Site) {
        let Some(visible) = self.visible.get(part.group.population.0 as usize).cloned() else { return };
        scope.open |= visible.scope.open;
        let mut moved = HashMap::new();
        for (name, _) in &visible.names {
            let entry = match visible.scope.entries.get(name) {
                Some(Entry::Known(value, meaning)) => {
                    let meaning = match *meaning {
                        Meaning::Variable(_, id) => Meaning::Variable(site, id),
                        other => other,
                    };
                    let id = self.resited(value.id, site, &mut moved);
                    Entry::Known(Typed { id, ..*value }, meaning)
                }
                Some(&Entry::NotHere(absence)) => Entry::NotHere(absence),
                _ => Entry::Poison,
            };
            if site == Site::Post {
                scope.set(name, entry.clone());
            }
            let suffix = if site == Site::Pre { "pre" } else { "post" };
            scope.set(&format!("{name}_{suffix}"), entry);
        }
    }

    /// The expression of a neuron as a synapse sees it.
    fn resited(&mut self, root: ExprId, site: Site, moved: &mut HashMap<ExprId, ExprId>) -> ExprId {
        for part in evaluate::parts(&self.network.arena, root) {
            if moved.contains_key(&part) {
                continue;
            }
            let to = |operand: ExprId| moved.get(&operand).copied().unwrap_or(operand);
            let kind = self.network.arena.kind(part);
            let node = match self.network.arena.node(part) {
                Node::Variable(Site::Own, id) => Node::Variable(site, *id),
                Node::Index(Site::Own) => Node::Index(site),
                other => other.with_operands(to),
            };
            let id = self.network.arena.add(node, kind);
            moved.insert(part, id);
        }
        moved.get(&root).copied().unwrap_or(root)
    }
}
