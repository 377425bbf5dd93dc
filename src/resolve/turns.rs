//! When things have their turn: slots and orders of a time step.
//!
//! In: the turns that statements end in. Out: `Turn`s.

use super::{Resolver, codes, suggestions};
use crate::ir::network::{ClockId, Slot, Turn};
use grammar::Diagnostic;
use grammar::ast::{self, Expr, Name};

/// The slots of a time step, in their order.
const SLOTS: [(&str, Slot); 18] = [
    ("before_start", Slot::BeforeStart),
    ("start", Slot::Start),
    ("after_start", Slot::AfterStart),
    ("before_groups", Slot::BeforeGroups),
    ("groups", Slot::Groups),
    ("after_groups", Slot::AfterGroups),
    ("before_thresholds", Slot::BeforeThresholds),
    ("thresholds", Slot::Thresholds),
    ("after_thresholds", Slot::AfterThresholds),
    ("before_synapses", Slot::BeforeSynapses),
    ("synapses", Slot::Synapses),
    ("after_synapses", Slot::AfterSynapses),
    ("before_resets", Slot::BeforeResets),
    ("resets", Slot::Resets),
    ("after_resets", Slot::AfterResets),
    ("before_end", Slot::BeforeEnd),
    ("end", Slot::End),
    ("after_end", Slot::AfterEnd),
];

impl Resolver<'_> {
    /// The turn that a statement ends in: `when after_groups order 1`; what it leaves out is usual.
    pub(super) fn turn(&mut self, written: &ast::Turn, usual: Turn) -> Turn {
        let slot = written.when.as_ref().and_then(|name| self.slot(name));
        let order = written.order.as_ref().and_then(|value| self.order_in_slot(value));
        Turn { slot: slot.unwrap_or(usual.slot), order: order.unwrap_or(usual.order) }
    }

    fn slot(&mut self, name: &Name) -> Option<Slot> {
        if let Some((_, slot)) = SLOTS.iter().find(|(word, _)| *word == &*name.text) {
            return Some(*slot);
        }
        let message = format!("a time step has no slot `{}`", name.text);
        let mut diagnostic = Diagnostic::error(codes::SLOT, name.span, message);
        if let Some(meant) = suggestions::nearest(&name.text, SLOTS.iter().map(|(word, _)| *word)) {
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

    /// The time step of a clock [s].
    pub(super) fn time_step_of(&self, clock: ClockId) -> f64 {
        self.network.clocks.get(clock.0 as usize).copied().unwrap_or(self.network.dt)
    }
}
