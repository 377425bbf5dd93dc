//! What is done every so often (`every`), and custom events.
//!
//! In: `every` and `event` statements of a block, with the names its code sees. Out: blocks with clocks and turns. Events
//! share the names of variables: nothing may be called as both.

use super::blocks::{Code, finished};
use super::names::{self, Absence, Entry, Scope};
use super::turns::Turns;
use super::{Resolver, codes};
use crate::ir::network::{Block, Event, Object, Regular, Slot, Turn};
use grammar::ast::{Member, MemberKind, Name};
use grammar::{Diagnostic, Span};

/// Why an event's name is no value.
const AN_EVENT: Absence = Absence {
    reason: "it is an event, not a value",
    mend: "record it, or let synapses wait for it: `on_event pre = …`",
};

/// Names that an event may not have, each with the reason.
const NOT_FOR_EVENTS: [(&str, &str); 3] = [
    ("spike", "spikes are what `threshold` makes"),
    ("threshold", "`when threshold = …` and `order threshold = …` speak of the threshold"),
    ("reset", "`when reset = …` and `order reset = …` speak of the reset"),
];

/// The events of a block by name, in order of declaration.
pub(super) fn event_names<'m>(members: &[&'m Member]) -> Vec<&'m str> {
    let names = members.iter().filter_map(|member| match &member.kind {
        MemberKind::Event { name, .. } => Some(&*name.text),
        _ => None,
    });
    names.collect()
}

impl Resolver<'_> {
    /// Every `every` of a block.
    pub(super) fn regular(&mut self, scope: &Scope, owner: Object, members: &[&Member]) -> Vec<Regular> {
        let mut regular: Vec<Regular> = Vec::new();
        for member in members {
            let MemberKind::Every { interval, turn, body } = &member.kind else { continue };
            let turn = self.turn(turn, Turn::of(Slot::Start));
            let seconds = self.ticking(interval, "`every`", "every 10*ms { … }");
            let mut own = scope.fresh();
            let statements = self.block(&mut own, Code::Every(owner), body);
            let Some(seconds) = seconds else { continue };
            let name = if regular.is_empty() { "every".to_owned() } else { format!("every_{}", regular.len()) };
            let (clock, block) = (self.clock(seconds), finished(statements, &own));
            regular.push(Regular { name, clock, turn, block, span: member.span });
        }
        regular
    }

    /// Gives the names of events their place in the scope; those that cannot be are reported.
    pub(super) fn declare_events(&mut self, scope: &mut Scope, members: &[&Member]) {
        let mut before: Vec<&Name> = Vec::new();
        for member in members {
            let MemberKind::Event { name, .. } = &member.kind else { continue };
            let taken = NOT_FOR_EVENTS.iter().find(|(word, _)| *word == &*name.text);
            let reserved = taken.map(|(_, reason)| (*reason).to_owned());
            if let Some(reason) = reserved.or_else(|| names::reserved_in_block(&name.text, false)) {
                self.name_is_taken(name, "an event", reason, |other| scope.entries.contains_key(other));
                continue;
            }
            let variable = match scope.entries.get(&name.text) {
                Some(Entry::Known(..) | Entry::Poison) => lines_name(members, &name.text),
                _ => None,
            };
            let event = before.iter().find(|other| other.text == name.text).map(|other| other.span);
            before.push(name);
            if let Some(first) = event.or(variable) {
                let what = if event.is_some() { "an event" } else { "a variable" };
                let message = format!("`{}` is {what} already", name.text);
                let again = Diagnostic::error(codes::DEFINED_TWICE, name.span, message).label("declared again here");
                self.report(again.also(first, "first declared here").help("give one of them another name"));
                continue;
            }
            scope.set(&name.text, Entry::NotHere(AN_EVENT));
        }
    }

    /// Every `event` of a block.
    pub(super) fn events(&mut self, scope: &Scope, members: &[&Member], turns: &Turns) -> Vec<Event> {
        let mut events = Vec::new();
        for member in members {
            let MemberKind::Event { name, condition, turn, body } = &member.kind else { continue };
            let usual = |slot| Turn { slot, order: turns.order() };
            let code_turn = self.turn(turn, usual(Slot::AfterResets));
            let condition = self.condition(&mut scope.fresh(), condition, "the condition of an event");
            let mut own = scope.fresh();
            let code = match body {
                Some(body) => {
                    let statements = self.block(&mut own, Code::Event, body);
                    finished(statements, &own)
                }
                None => Block::default(),
            };
            // A place among the events is kept, so that numbers stay those of the text.
            let condition = condition.unwrap_or_else(|| self.network.arena.boolean(false));
            events.push(Event {
                name: name.text.to_string(),
                condition,
                turn: turns.of(&name.text, usual(Slot::AfterThresholds)),
                code,
                code_turn,
                span: member.span,
            });
        }
        events
    }
}

/// Where a line declares a variable of that name.
fn lines_name(members: &[&Member], wanted: &str) -> Option<Span> {
    super::equations::lines(members)
        .map(|(equation, _)| &equation.name)
        .find(|name| &*name.text == wanted)
        .map(|name| name.span)
}
