//! Pathways: what spikes and events do at synapses, when in a step, and after which delay.
//!
//! In: `on_pre up { … }`, `delay up = 2*ms`, `order up = 1`, `when up = after_resets`, `on_event up = high`. Out: pathways in order of
//! declaration, which decides ties. Those without a name are `pre` and `post`; a delay without a name is that of `pre`. The delays of
//! single synapses are a variable: `delay` of `pre`, `delay_up` of `up`.

use super::blocks::{Code, finished};
use super::groups::Part;
use super::names::{Entry, Meaning, Scope};
use super::records::{Base, Place};
use super::spell::quoted;
use super::synapses::Ends;
use super::{Resolver, codes, names, suggestions};
use crate::ir::expr::{Site, Type, VariableId};
use crate::ir::network::{
    Delay, Object, Pathway, PopulationId, ProjectionId, Role, Slot, Statement, Target, Turn, Variable,
};
use crate::units::{Dimension, quantity};
use grammar::ast::{Block, Expr, Member, MemberKind, Name};
use grammar::{Diagnostic, Span};
use std::collections::HashMap;

/// Longest delay in time steps: a ring buffer of as many slots would not fit in memory.
const LONGEST_DELAY: f64 = 16_777_216.0;

/// `on_pre up { … }`
#[derive(Clone, Copy, Debug)]
struct Written<'m> {
    /// `up`, or `pre` and `post` where it has no name.
    name: &'m str,
    side: Site,
    body: &'m Block,
    span: Span,
}

/// What statements beside a pathway say of it; each may be left out.
#[derive(Clone, Debug, Default)]
struct Said<'m> {
    delay: Option<Delay>,
    /// As it is written.
    written_delay: Option<&'m Expr>,
    event: Option<&'m Name>,
}

/// The name of the variable of a pathway's delays.
pub(super) fn delay_variable(pathway: &str) -> String {
    if pathway == "pre" { "delay".to_owned() } else { format!("delay_{pathway}") }
}

impl Resolver<'_> {
    /// The pathways of a block, each under a name of its own.
    fn written_pathways<'m>(&mut self, members: &[&'m Member]) -> Vec<Written<'m>> {
        let mut written: Vec<Written<'m>> = Vec::new();
        for member in members {
            let (side, usual, pathway, body) = match &member.kind {
                MemberKind::OnPre { pathway, body } => (Site::Pre, "pre", pathway, body),
                MemberKind::OnPost { pathway, body } => (Site::Post, "post", pathway, body),
                _ => continue,
            };
            let name = pathway.as_ref().map_or(usual, |name| &*name.text);
            if let Some(pathway) = pathway {
                self.check_name_of_pathway(pathway, usual);
            }
            if let Some(before) = written.iter().find(|before| before.name == name) {
                let message = format!("there are two pathways called `{name}`");
                let again = Diagnostic::error(codes::GIVEN_TWICE, member.span, message).label("given again here");
                let help = "put all of it into one, or give them names: `on_pre up { … }`";
                self.report(again.also(before.span, "first given here").help(help));
                continue;
            }
            written.push(Written { name, side, body, span: member.span });
        }
        written
    }

    fn check_name_of_pathway(&mut self, name: &Name, usual: &str) {
        let reason = match &*name.text {
            "pre" | "post" if &*name.text != usual => Some(format!("`{0}` is what `on_{0}` is called", name.text)),
            text => names::reserved(text),
        };
        if let Some(reason) = reason {
            self.name_is_taken(name, "this pathway", reason, |_| false);
        }
    }

    /// The pathways, with what other statements say of them; and the order of the block in the slot `groups`.
    pub(super) fn pathways(
        &mut self,
        scope: &mut Scope,
        id: ProjectionId,
        ends: Ends,
        groups: (&Expr, &Expr),
        members: &[&Member],
    ) -> (Vec<Pathway>, i32) {
        let written = self.written_pathways(members);
        let names: Vec<&str> = written.iter().map(|pathway| pathway.name).collect();
        let turns = self.turns(members, &names, false, scope.open);
        let said = self.said_of_pathways(scope, id, &written, members);
        let one_to_one = super::synapse_order::is_one_to_one(members);
        let mut pathways = Vec::new();
        for (Written { name, side, body, span }, said) in written.into_iter().zip(said) {
            let (part, group) = if side == Site::Pre { (ends.source, groups.0) } else { (ends.target, groups.1) };
            let event = match said.event {
                Some(name) => self.event_of(part, name, group, scope.open),
                None => {
                    self.must_wait_for_spikes(part, side, group, span, scope.open);
                    None
                }
            };
            let mut own = scope.fresh();
            let statements = self.block(&mut own, Code::Pathway, body);
            let block = finished(statements, &own);
            if !one_to_one {
                self.warn_of_order(ends, &block);
            }
            let usual = Turn { slot: Slot::Synapses, order: if side == Site::Pre { -1 } else { 1 } };
            let turn = turns.of(name, usual);
            let delay = said.delay.unwrap_or(Delay::Shared(0.0));
            if let (&Delay::Shared(seconds), Some(expr)) = (&delay, said.written_delay) {
                self.shorter_than_a_step(seconds, expr, part.group.population);
            }
            let delay_span = said.written_delay.map(|expr| expr.span);
            pathways.push(Pathway { name: name.to_owned(), side, event, turn, block, delay, delay_span, span });
        }
        (pathways, turns.order())
    }

    fn must_wait_for_spikes(&mut self, part: Part, side: Site, group: &Expr, span: Span, open: bool) {
        let spikes = self.visible.get(part.group.population.0 as usize).is_none_or(|visible| visible.spikes);
        if spikes || open {
            return;
        }
        let word = if side == Site::Pre { "on_pre" } else { "on_post" };
        if self.synapses_of(part).is_some() {
            self.synapses_never_spike(word, group, span);
            return;
        }
        let message = format!("`{word}` waits for spikes of {}, whose neurons have no threshold", quoted(group));
        let help = format!("give {} a threshold, as `threshold v > 1`", quoted(group));
        let wrong = Diagnostic::error(codes::NO_THRESHOLD, span, message).also(group.span, "never spikes");
        self.report(wrong.help(help));
    }

    /// The number of a custom event in its population; `None` for spikes, and where there is none of that name.
    fn event_of(&mut self, part: Part, name: &Name, group: &Expr, open: bool) -> Option<u32> {
        let number = part.group.population.0 as usize;
        let population = self.network.populations.get(number)?;
        let events = &population.events;
        let found = events.iter().position(|event| event.name == *name.text);
        let silent = open || self.visible.get(number).is_none_or(|visible| visible.scope.open);
        if found.is_some() || silent {
            return found.and_then(|place| u32::try_from(place).ok());
        }
        let message = format!("the neurons of {} have no event `{}`", quoted(group), name.text);
        let mut wrong = Diagnostic::error(codes::UNKNOWN_NAME, name.span, message);
        let known: Vec<&str> = events.iter().map(|event| event.name.as_str()).collect();
        if let Some(meant) = suggestions::nearest(&name.text, known.iter().copied()) {
            wrong = wrong.help(format!("did you mean `{meant}`?"));
        } else {
            wrong = wrong.help(format!("give them one: `event {} if v > 0.5 {{ … }}`", name.text));
        }
        self.report(wrong);
        None
    }

    /// What is said of each pathway, in their order.
    fn said_of_pathways<'m>(
        &mut self,
        scope: &mut Scope,
        id: ProjectionId,
        written: &[Written<'_>],
        members: &[&'m Member],
    ) -> Vec<Said<'m>> {
        let mut said = vec![Said::default(); written.len()];
        let mut first: HashMap<(&str, &str), Span> = HashMap::new();
        // One event for all, where a pathway has none of its own.
        let mut event_of_all = None;
        for member in members {
            let (word, name, of) = match &member.kind {
                MemberKind::Delay { pathway, .. } => ("delay", "pre", pathway.as_ref()),
                MemberKind::OnEvent { pathway, .. } => ("on_event", "", pathway.as_ref()),
                _ => continue,
            };
            let name = of.map_or(name, |of| &*of.text);
            if let Some(before) = first.insert((word, name), member.span) {
                let message = format!("`{word}` is given twice for the same");
                let again = Diagnostic::error(codes::GIVEN_TWICE, member.span, message).label("given again here");
                self.report(again.also(before, "first given here"));
                continue;
            }
            if let ("", MemberKind::OnEvent { event, .. }) = (name, &member.kind) {
                event_of_all = Some(event);
                continue;
            }
            let place = written.iter().position(|pathway| pathway.name == name);
            if place.is_none() && !scope.open {
                self.unknown_pathway(written, of.map_or(member.span, |of| of.span), name, of.is_some());
            }
            let mut nobody = Said::default();
            let said = place.map_or(&mut nobody, |place| &mut said[place]);
            match &member.kind {
                MemberKind::Delay { value, .. } => {
                    said.delay = self.delay(scope, id, name, value, member.span);
                    said.written_delay = Some(value);
                }
                MemberKind::OnEvent { event, .. } => said.event = Some(event),
                _ => {}
            }
        }
        said.iter_mut().for_each(|said| said.event = said.event.or(event_of_all));
        self.delays_of_files(scope, id, members, written, &mut said);
        said
    }

    fn unknown_pathway(&mut self, written: &[Written<'_>], span: Span, name: &str, named: bool) {
        let names: Vec<&str> = written.iter().map(|pathway| pathway.name).collect();
        let message = match name {
            "pre" | "post" => format!("there is nothing to delay: these synapses have no `on_{name}`"),
            _ => "these synapses have no pathway of that name".to_owned(),
        };
        let mut wrong = Diagnostic::error(codes::UNKNOWN_PATHWAY, span, message);
        if let Some(meant) = suggestions::nearest(name, names.iter().copied()).filter(|_| named) {
            wrong = wrong.help(format!("did you mean `{meant}`?"));
        } else if matches!(name, "pre" | "post") && names.is_empty() {
            wrong = wrong.help(format!("write what a spike does: `on_{name} {{ … }}`"));
        } else {
            let list: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            let help = if list.is_empty() { "none are given".to_owned() } else { list.join(", ") };
            wrong = wrong.help(format!("a `delay` without a name is that of `pre`; there are: {help}"));
        }
        self.report(wrong);
    }

    /// One delay for all, or a variable.
    fn delay(&mut self, scope: &mut Scope, id: ProjectionId, pathway: &str, expr: &Expr, span: Span) -> Option<Delay> {
        let mut own = scope.fresh();
        self.admit_lists(&mut own, expr);
        let value = self.measure(&mut own, expr, Dimension::SECOND, "`delay`")?;
        if let Some(seconds) = self.known(value) {
            return self.usable_delay(seconds, expr).map(Delay::Shared);
        }
        let name = delay_variable(pathway);
        if let Some(Entry::Known(_, Meaning::Variable(..) | Meaning::Subexpression)) = scope.entries.get(&*name) {
            let message = format!("`{name}`, the delay of this pathway, is the name of something else already");
            let help = "give the pathway or the other variable another name";
            self.report(Diagnostic::error(codes::DEFINED_TWICE, span, message).help(help));
            return None;
        }
        let variable = self.delay_of_each(scope, id, name, span);
        let value = self.convert(value, Type::Float);
        let statement = Statement { target: Target::Variable(Site::Own, variable), value, guard: None, span };
        Some(Delay::PerSynapse { variable, init: finished(vec![statement], &own), span: expr.span })
    }

    /// A variable for the delay of each synapse.
    fn delay_of_each(&mut self, scope: &mut Scope, id: ProjectionId, name: String, span: Span) -> VariableId {
        self.add_variable(
            scope,
            Variable {
                name,
                owner: Object::Projection(id),
                dimension: Dimension::SECOND,
                kind: Type::Float,
                role: Role::Delay,
                shared: false,
                constant: false,
                span,
            },
        )
    }

    /// Delays that come with the pairs of a file: a column that is called as the delay of a pathway.
    fn delays_of_files(
        &mut self,
        scope: &mut Scope,
        id: ProjectionId,
        members: &[&Member],
        written: &[Written<'_>],
        said: &mut [Said<'_>],
    ) {
        let columns = self.columns_of_files(members);
        for (pathway, said) in written.iter().zip(said) {
            let name = delay_variable(pathway.name);
            let Some((_, file)) = columns.iter().find(|(column, _)| *column == name) else { continue };
            let given = members.iter().find_map(|member| match &member.kind {
                MemberKind::Delay { pathway: of, .. } => {
                    let of = of.as_ref().map_or("pre", |of| &*of.text);
                    (of == pathway.name).then_some(member.span)
                }
                _ => None,
            });
            if let Some(given) = given {
                let message = format!("the delay is given by a column `{name}` of the file and by `delay`");
                let again = Diagnostic::error(codes::GIVEN_TWICE, given, message).also(*file, "the file");
                self.report(
                    again.help(
                        "leave one of them out: a call may name the columns to take, as `csv(\"edges.csv\", i, j)`",
                    ),
                );
                continue;
            }
            let variable = self.delay_of_each(scope, id, name, *file);
            said.delay = Some(Delay::PerSynapse { variable, init: finished(Vec::new(), scope), span: *file });
        }
    }

    /// The pathway whose one delay for all synapses a place names.
    pub(super) fn shared_delay(&self, place: &Place<'_>) -> Option<(ProjectionId, u32)> {
        let Base::Synapses(id) = place.base else { return None };
        let pathways = self.network.projections.get(id.0 as usize)?.pathways.iter();
        let named = |pathway: &Pathway| delay_variable(&pathway.name) == *place.name.text;
        let (number, _) =
            (0..).zip(pathways).find(|(_, pathway)| named(pathway) && matches!(pathway.delay, Delay::Shared(_)))?;
        Some((id, number))
    }

    /// A delay that is 0 or more and not absurd.
    pub(super) fn usable_delay(&mut self, seconds: f64, expr: &Expr) -> Option<f64> {
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

    /// Delays are whole numbers of the steps of those that spike, rounded half up: warns of one below a step.
    pub(super) fn shorter_than_a_step(&mut self, seconds: f64, expr: &Expr, spiking: PopulationId) {
        let dt = self.network.dt_of(Object::Population(spiking));
        if seconds <= 0.0 || seconds >= dt {
            return;
        }
        let counts = if seconds / dt + 0.5 >= 1.0 { "one step" } else { "none" };
        let [delay, step] = [seconds, dt].map(|time| quantity(time, Dimension::SECOND));
        let message = format!("a delay of {delay} is shorter than a time step of {step}, and counts as {counts}");
        let help = "delays are whole numbers of the steps of those that spike: take a smaller `dt`, or the delay that is meant";
        self.report(Diagnostic::warning(codes::SHORT_DELAY, expr.span, message).help(help));
    }
}
