//! Synapses: variables, pathways, delays.
//!
//! In: `synapses` blocks. Out: projections. Code of a synapse sees its own variables, those of its source neuron as `x_pre`,
//! and those of its target neuron as `x_post` and as bare `x`; `i` and `j` count from the first neuron of each group.

use super::blocks::{Code, finished};
use super::equations::{Declared, lines};
use super::groups::Part;
use super::members::BlockKind;
use super::names::{Entry, Meaning, Scope, Typed};
use super::populations::{Visible, builtin, find};
use super::spell::quoted;
use super::{Resolver, codes, evaluate, later, later::Feature};
use crate::ir::expr::{Binary, ExprId, Node, Site, Type, VariableId};
use crate::ir::network::{
    Block, ClockId, Delay, Equation, Group, Object, Pathway, PopulationId, Projection, ProjectionId, Role, Slot,
    Statement, Target, Turn, Variable,
};
use crate::units::{Dimension, quantity};
use grammar::ast::{Expr, File, Item, ItemKind, Member, MemberKind, Name};
use grammar::{Diagnostic, Span};
use std::collections::HashMap;

/// Longest delay in time steps: a ring buffer of as many slots would not fit in memory.
const LONGEST_DELAY: f64 = 16_777_216.0;

/// The groups a projection connects.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends {
    /// From where.
    pub(super) source: Part,
    /// To where.
    pub(super) target: Part,
}

impl Resolver<'_> {
    /// All projections, in order of declaration.
    pub(super) fn projections(&mut self, file: &File) {
        for item in &file.items {
            self.projection(item);
        }
        self.using = None;
    }

    fn projection(&mut self, item: &Item) {
        let ItemKind::Synapses { name, source, target, model, body } = &item.kind else { return };
        let id = ProjectionId(u32::try_from(self.network.projections.len()).unwrap_or(u32::MAX));
        self.using = model.as_ref().map(|model| (name.text.clone(), model.span));
        let (members, whole) = self.members(BlockKind::Synapses, body.as_deref().unwrap_or_default());
        let (from, to) = (self.part(source), self.part(target));
        let open = !whole || from.is_none() || to.is_none();
        let nowhere = Part { group: Group { population: PopulationId(0), offset: 0, size: 1 }, sized: false };
        let ends = Ends { source: from.unwrap_or(nowhere), target: to.unwrap_or(nowhere) };
        let first = self.network.variables.len();
        let mut scope = self.synapse_scope(name, ends, (from.is_some(), to.is_some()), open);
        let before: Vec<Box<str>> = scope.entries.keys().cloned().collect();

        let declared = self.declare(&mut scope, Object::Projection(id), lines(&members));
        let (subexpressions, held) = self.subexpressions(&mut scope, Object::Projection(id), &declared);
        let (clock_driven, event_driven) = self.driven(&scope, &declared);
        self.noise_of_equations(&mut scope, &clock_driven, &event_driven);
        let delays = self.delays(&mut scope, id, &members);
        let last_update = (!event_driven.is_empty()).then(|| {
            self.builtin_variable(&mut scope, Object::Projection(id), "lastupdate", Role::LastUpdate, name.span)
        });
        let method = self.method(&members);
        let pathways = self.pathways(&scope, ends, (source, target), &members, delays);
        let connects = self.connects(&scope, &before, ends, &members, name, open);
        let init = self.init(&scope, &declared, &members);

        let mut visible = Visible::default();
        for line in &declared {
            visible.show(&line.equation.name.text, line.flags.shared);
        }
        for name in ["delay", "delay_post", "lastupdate"] {
            if matches!(scope.entries.get(name), Some(Entry::Known(_, Meaning::Variable(Site::Own, _)))) {
                visible.show(name, false);
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
            clock: ClockId::default(),
            order: 0,
            held,
            regular: Vec::new(),
            summed: Vec::new(),
        });
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
        scope.set("N", Entry::Later(Feature::SynapseCount));
        for name in ["N_incoming", "N_outgoing"] {
            scope.set(name, Entry::Later(Feature::Incoming));
        }
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
                Some(Entry::NotHere(reason)) => Entry::NotHere(reason),
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

    /// Equations by what drives them: the clock, or the events of the synapse.
    fn driven(&mut self, scope: &Scope, declared: &[Declared<'_>]) -> (Vec<Equation>, Vec<Equation>) {
        let (mut clock, mut event) = (Vec::new(), Vec::new());
        for line in declared {
            if let Some(equation) = self.derivative(scope, line) {
                if line.flags.event_driven { event.push(equation) } else { clock.push(equation) }
            }
        }
        for (equations, others, words, other_words) in
            [(&event, &clock, "event-driven", "clock-driven"), (&clock, &event, "clock-driven", "event-driven")]
        {
            for equation in equations.iter() {
                self.must_not_read(equation, others, declared, words, other_words);
            }
        }
        (clock, event)
    }

    /// An event-driven variable is up to date only when its synapse has an event, a clock-driven one changes between events.
    fn must_not_read(
        &mut self,
        equation: &Equation,
        others: &[Equation],
        declared: &[Declared<'_>],
        words: &str,
        other: &str,
    ) {
        let arena = &self.network.arena;
        let read = evaluate::parts(arena, equation.rhs).into_iter().find_map(|part| match arena.node(part) {
            Node::Variable(Site::Own, id) => others.iter().find(|other| other.variable == *id),
            _ => None,
        });
        let Some(read) = read else { return };
        let name = |id: VariableId| self.network.variables[id.0 as usize].name.clone();
        let (of, reads) = (name(equation.variable), name(read.variable));
        // The subexpressions on the way are part of the reason.
        let chain = chain(declared, &of, &reads);
        let message = format!("`{of}` is {words} and depends on `{reads}`, which is {other}: {}", chain.join(" -> "));
        self.report(
            Diagnostic::error(codes::EVENT_DRIVEN, equation.span, message)
                .also(read.span, format!("`{reads}` is {other}"))
                .help("give both the same flag"),
        );
    }

    /// The delay of each side: one for all, or a variable.
    fn delays(&mut self, scope: &mut Scope, id: ProjectionId, members: &[&Member]) -> HashMap<Site, Delay> {
        let mut delays: HashMap<Site, Delay> = HashMap::new();
        let mut first: HashMap<Site, Span> = HashMap::new();
        for member in members {
            let MemberKind::Delay { pathway, value } = &member.kind else { continue };
            let (site, variable, exists) = match pathway.as_ref().map(|name| &*name.text) {
                None | Some("pre") => (Site::Pre, "delay", has_pathway(members, Site::Pre)),
                Some("post") => (Site::Post, "delay_post", has_pathway(members, Site::Post)),
                Some(_) => {
                    let span = pathway.as_ref().map_or(member.span, |name| name.span);
                    let diagnostic = if scope.open {
                        later::refusal(Feature::NamedPathway, span)
                    } else {
                        let message = "these synapses have no pathway of that name";
                        Diagnostic::error(codes::UNKNOWN_PATHWAY, span, message)
                            .help("pathways without a name are `pre` and `post`")
                    };
                    self.report(diagnostic);
                    continue;
                }
            };
            if let Some(before) = first.insert(site, member.span) {
                let again = Diagnostic::error(codes::GIVEN_TWICE, member.span, "the delay is given twice")
                    .label("given again here");
                self.report(again.also(before, "first given here"));
                continue;
            }
            if !exists && !scope.open {
                let word = if site == Site::Pre { "on_pre" } else { "on_post" };
                let message = format!("there is nothing to delay: these synapses have no `{word}`");
                let help = format!("write what a spike does: `{word} {{ … }}`");
                self.report(Diagnostic::error(codes::UNKNOWN_PATHWAY, member.span, message).help(help));
            }
            if let Some(delay) = self.delay(scope, id, variable, value, member.span) {
                delays.insert(site, delay);
            }
        }
        delays
    }

    fn delay(&mut self, scope: &mut Scope, id: ProjectionId, name: &str, expr: &Expr, span: Span) -> Option<Delay> {
        let mut own = scope.fresh();
        let value = self.measure(&mut own, expr, Dimension::SECOND, "`delay`")?;
        if let Some(seconds) = self.known(value) {
            return self.usable_delay(seconds, expr).map(Delay::Shared);
        }
        let variable = self.add_variable(
            scope,
            Variable {
                name: name.to_owned(),
                owner: Object::Projection(id),
                dimension: Dimension::SECOND,
                kind: Type::Float,
                role: Role::Delay,
                shared: false,
                constant: false,
                span,
            },
        );
        let value = self.convert(value, Type::Float);
        let statement = Statement { target: Target::Variable(Site::Own, variable), value, guard: None, span };
        Some(Delay::PerSynapse { variable, init: finished(vec![statement], &own), span: expr.span })
    }

    fn usable_delay(&mut self, seconds: f64, expr: &Expr) -> Option<f64> {
        let dt = self.network.dt;
        let wrong = if seconds.is_nan() || seconds < 0.0 {
            "a delay is 0 or more"
        } else if seconds / dt > LONGEST_DELAY {
            "a delay is at most 16777216 time steps"
        } else {
            return Some(seconds);
        };
        let message = format!("{wrong}, and {} is {}", quoted(expr), quantity(seconds, Dimension::SECOND));
        let help = format!("a time step is {}; write it as in `delay 1.5*ms`", quantity(dt, Dimension::SECOND));
        self.report(Diagnostic::error(codes::TIME_VALUE, expr.span, message).help(help));
        None
    }

    fn pathways(
        &mut self,
        scope: &Scope,
        ends: Ends,
        written: (&Expr, &Expr),
        members: &[&Member],
        mut delays: HashMap<Site, Delay>,
    ) -> Vec<Pathway> {
        let mut pathways = Vec::new();
        for (site, name) in [(Site::Pre, "pre"), (Site::Post, "post")] {
            let found = members.iter().find_map(|member| match (&member.kind, site) {
                (MemberKind::OnPre { body, .. }, Site::Pre) | (MemberKind::OnPost { body, .. }, Site::Post) => {
                    Some((body, member.span))
                }
                _ => None,
            });
            let Some((body, span)) = found else { continue };
            let (part, group) = if site == Site::Pre { (ends.source, written.0) } else { (ends.target, written.1) };
            let spikes = self.visible.get(part.group.population.0 as usize).is_none_or(|visible| visible.spikes);
            if !spikes && !scope.open {
                let message =
                    format!("`on_{name}` waits for spikes of {}, whose neurons have no threshold", quoted(group));
                let help = format!("give {} a threshold, as `threshold v > 1`", quoted(group));
                self.report(
                    Diagnostic::error(codes::NO_THRESHOLD, span, message).also(group.span, "never spikes").help(help),
                );
            }
            let mut own = scope.fresh();
            let statements = self.block(&mut own, Code::Pathway, body);
            let block: Block = finished(statements, &own);
            let delay = delays.remove(&site).unwrap_or(Delay::Shared(0.0));
            let turn = Turn { slot: Slot::Synapses, order: if site == Site::Pre { -1 } else { 1 } };
            pathways.push(Pathway { name: name.to_owned(), side: site, event: None, turn, block, delay, span });
        }
        pathways
    }
}

fn has_pathway(members: &[&Member], site: Site) -> bool {
    find(members, |kind| match (kind, site) {
        (MemberKind::OnPre { .. }, Site::Pre) | (MemberKind::OnPost { .. }, Site::Post) => Some(()),
        _ => None,
    })
    .is_some()
}

/// From a variable to another, by way of subexpressions.
fn chain(declared: &[Declared<'_>], from: &str, to: &str) -> Vec<String> {
    use grammar::ast::EquationKind;
    let mut path = vec![(from.to_owned(), 0)];
    let mut seen = std::collections::HashSet::from([from.to_owned()]);
    let uses = |name: &str| -> Vec<String> {
        let line = declared.iter().find(|line| &*line.equation.name.text == name);
        match line.map(|line| &line.equation.kind) {
            Some(EquationKind::Subexpression(value)) => {
                super::dependencies::names(value).iter().map(|name| (*name).to_owned()).collect()
            }
            Some(EquationKind::Differential(value)) if name == from => {
                super::dependencies::names(value).iter().map(|name| (*name).to_owned()).collect()
            }
            _ => Vec::new(),
        }
    };
    while let Some((name, followed)) = path.last_mut() {
        let Some(next) = uses(name).get(*followed).cloned() else {
            path.pop();
            continue;
        };
        *followed += 1;
        if next == to {
            let way = path.iter().map(|(name, _)| format!("`{name}`"));
            return way.chain([format!("`{to}`")]).collect();
        }
        if seen.insert(next.clone()) {
            path.push((next, 0));
        }
    }
    vec![format!("`{from}`"), format!("`{to}`")]
}
