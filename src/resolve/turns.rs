//! When things have their turn: slots and orders of a time step, and clocks.
//!
//! In: `when` and `order` statements, the turns that `every`, `event` and `record` end in, `dt` of a block. Out: `Turn`s
//! and `ClockId`s. Time steps of one length are one clock.

use super::populations::find;
use super::spell::quoted;
use super::{Resolver, codes, suggestions};
use crate::ir::network::{ClockId, Slot, Turn};
use crate::units::{Dimension, quantity};
use grammar::ast::{self, Expr, Member, MemberKind, Name};
use grammar::{Diagnostic, Span};
use std::collections::HashMap;

/// What a block says about one of its parts, and where.
#[derive(Clone, Copy, Debug, Default)]
struct Given {
    slot: Option<(Slot, Span)>,
    order: Option<(i32, Span)>,
}

/// What a block says about when its parts have their turn.
#[derive(Clone, Debug, Default)]
pub(super) struct Turns {
    block: Given,
    parts: HashMap<Box<str>, Given>,
}

impl Turns {
    /// The turn of a part: as the block says of it by name, else as usual.
    pub(super) fn of(&self, part: &str, usual: Turn) -> Turn {
        let given = self.parts.get(part).copied().unwrap_or_default();
        Turn {
            slot: given.slot.map_or(usual.slot, |(slot, _)| slot),
            order: given.order.map_or(usual.order, |(order, _)| order),
        }
    }

    /// The turn of a block that acts once in a step.
    pub(super) fn block(&self, usual: Turn) -> Turn {
        Turn {
            slot: self.block.slot.map_or(usual.slot, |(slot, _)| slot),
            order: self.block.order.map_or(usual.order, |(order, _)| order),
        }
    }

    /// The `order` of the block; 0 where it says none.
    pub(super) fn order(&self) -> i32 {
        self.block.order.map_or(0, |(order, _)| order)
    }
}

impl Resolver<'_> {
    /// What the `when` and `order` statements of a block say. `parts` are the names they may speak of; `whole` says whether a
    /// bare `when` has a meaning, which it has where the block acts in one slot only.
    pub(super) fn turns(&mut self, members: &[&Member], parts: &[&str], whole: bool, open: bool) -> Turns {
        let mut turns = Turns::default();
        for member in members {
            let (word, of) = match &member.kind {
                MemberKind::When { of, .. } => ("when", of.as_ref()),
                MemberKind::Order { of, .. } => ("order", of.as_ref()),
                _ => continue,
            };
            if let Some(name) = of.filter(|name| !parts.contains(&&*name.text)) {
                if !open {
                    self.report(unknown_part(word, name, parts));
                }
                continue;
            }
            if word == "when" && of.is_none() && !whole {
                self.report(several_slots(member.span, parts));
                continue;
            }
            let mut given = match of {
                None => turns.block,
                Some(name) => turns.parts.get(&name.text).copied().unwrap_or_default(),
            };
            let before = if word == "when" { given.slot.map(|at| at.1) } else { given.order.map(|at| at.1) };
            if let Some(before) = before {
                let message = format!("`{word}` is given twice for the same");
                let again = Diagnostic::error(codes::GIVEN_TWICE, member.span, message).label("given again here");
                self.report(again.also(before, "first given here").help("keep one of them"));
                continue;
            }
            match &member.kind {
                MemberKind::When { slot, .. } => given.slot = self.slot(slot).map(|slot| (slot, member.span)),
                MemberKind::Order { value, .. } => {
                    given.order = self.order_in_slot(value).map(|order| (order, member.span))
                }
                _ => {}
            }
            match of {
                None => turns.block = given,
                Some(name) => {
                    turns.parts.insert(name.text.clone(), given);
                }
            }
        }
        turns
    }

    /// The turn that a statement ends in: `when after_groups order 1`; what it leaves out is usual.
    pub(super) fn turn(&mut self, written: &ast::Turn, usual: Turn) -> Turn {
        let slot = written.when.as_ref().and_then(|name| self.slot(name));
        let order = written.order.as_ref().and_then(|value| self.order_in_slot(value));
        Turn { slot: slot.unwrap_or(usual.slot), order: order.unwrap_or(usual.order) }
    }

    fn slot(&mut self, name: &Name) -> Option<Slot> {
        if let Some((_, slot)) = Slot::NAMES.iter().find(|(word, _)| *word == &*name.text) {
            return Some(*slot);
        }
        let message = format!("a time step has no slot `{}`", name.text);
        let mut diagnostic = Diagnostic::error(codes::SLOT, name.span, message);
        if let Some(meant) = suggestions::nearest(&name.text, Slot::NAMES.iter().map(|(word, _)| *word)) {
            diagnostic = diagnostic.help(format!("did you mean `{meant}`?"));
        }
        let help = "the slots are `start`, `groups`, `thresholds`, `synapses`, `resets` and `end`, each also with `before_` and \
                    `after_`";
        self.report(diagnostic.help(help));
        None
    }

    fn order_in_slot(&mut self, value: &Expr) -> Option<i32> {
        self.constant_integer(value, "`order`")
    }

    /// The clock of a time step [s].
    pub(super) fn clock(&mut self, seconds: f64) -> ClockId {
        let clocks = &mut self.network.clocks;
        let number = clocks.iter().position(|&dt| dt == seconds).unwrap_or_else(|| {
            clocks.push(seconds);
            clocks.len() - 1
        });
        // Each clock takes a statement of the text.
        ClockId(u32::try_from(number).unwrap_or(u32::MAX))
    }

    /// The clock of a block: that of its `dt`, else the network's.
    pub(super) fn own_clock(&mut self, members: &[&Member]) -> ClockId {
        let step = find(members, |kind| if let MemberKind::Dt(value) = kind { Some(value) } else { None });
        match step.and_then(|value| self.ticking(value, "`dt`", "dt 0.5*ms")) {
            Some(seconds) => self.clock(seconds),
            None => ClockId::default(),
        }
    }

    /// The time step of a clock [s].
    pub(super) fn time_step_of(&self, clock: ClockId) -> f64 {
        self.network.clocks.get(clock.0 as usize).copied().unwrap_or(self.network.dt)
    }

    /// A constant time that something is repeated after [s]: more than 0, and not for ever.
    pub(super) fn ticking(&mut self, value: &Expr, what: &str, example: &str) -> Option<f64> {
        let seconds = self.constant_of(value, Some(Dimension::SECOND), what)?.number;
        if seconds > 0.0 && seconds.is_finite() {
            return Some(seconds);
        }
        let shown = quantity(seconds, Dimension::SECOND);
        let message = format!("{what} takes a time of more than 0 s, and {} is {shown}", quoted(value));
        let help = format!("write it as in `{example}`");
        self.report(Diagnostic::error(codes::TIME_VALUE, value.span, message).help(help));
        None
    }
}

fn unknown_part(word: &str, name: &Name, parts: &[&str]) -> Diagnostic {
    let message = format!("nothing in this block is called `{}` and has a turn", name.text);
    let mut diagnostic = Diagnostic::error(codes::NO_TURN, name.span, message);
    if let Some(meant) = suggestions::nearest(&name.text, parts.iter().copied()) {
        diagnostic = diagnostic.help(format!("did you mean `{meant}`?"));
    }
    if parts.is_empty() {
        return diagnostic.help(format!("write `{word}` without a name: it holds for the block"));
    }
    diagnostic.help(format!("these have one: {}", suggestions::listed(parts.iter().copied())))
}

fn several_slots(span: Span, parts: &[&str]) -> Diagnostic {
    let message = "this block acts in several slots of a time step: say of which part";
    let mut diagnostic = Diagnostic::error(codes::NO_TURN, span, message);
    if let Some(part) = parts.first() {
        diagnostic = diagnostic.help(format!("write it as in `when {part} = after_groups`"));
    }
    diagnostic.help("`order` alone holds for all parts of the block")
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;

    #[test]
    fn the_slots_are_in_the_order_of_a_step() {
        assert!(Slot::NAMES.windows(2).all(|pair| pair[0].1 < pair[1].1));
        for (word, slot) in Slot::NAMES {
            let source = format!("neurons P[3] {{\nx : 1\nthreshold x > 1\nwhen threshold = {word}\n}}");
            let parsed = grammar::parse(grammar::SourceId(0), &source);
            let (network, found) = super::super::resolve(&parsed.file, &super::super::Options::default());
            assert_eq!(found, [], "{source}");
            let network = network.expect("a text without mistakes");
            assert_eq!(network.populations[0].threshold_turn, Turn::of(slot), "{word}");
        }
    }

    #[test]
    fn turns_that_are_none_are_told() {
        let of = |line: &str| check(&format!("neurons P[3] {{\nx : 1\nthreshold x > 1\nreset x = 0\n{line}\n}}"));
        for (line, told) in [
            ("when threshold = threshold", "E0415 `threshold` a time step has no slot `threshold`"),
            ("when treshold = groups", "E0416 `treshold` nothing in this block is called `treshold` and has a turn"),
            ("when groups", "E0416 `when groups` this block acts in several slots of a time step: say of which part"),
            ("order 1; order 2", "E0403 `order 2` `order` is given twice for the same"),
            ("order reset = 0.5", "E0305 `0.5` `order` takes an integer, and `0.5` is none"),
        ] {
            assert_eq!(of(line), told, "{line}");
        }
    }
}
