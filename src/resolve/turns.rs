//! Turns: in which slot of a step something happens, and at which place among those of the slot.
//!
//! In: `when after_resets`, `order 1`. Out: slots and orders. The slots are Brian2's six, each with one before and one after it.

use super::{Resolver, codes, suggestions};
use crate::ir::network::{Slot, Turn};
use grammar::Diagnostic;
use grammar::ast::{self, Expr, Name};

/// Slots by name, in the order of a step.
pub(super) const SLOTS: [(&str, Slot); 18] = [
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
    /// The slot a name stands for.
    pub(super) fn slot(&mut self, name: &Name) -> Option<Slot> {
        if let Some((_, slot)) = SLOTS.iter().find(|row| row.0 == &*name.text) {
            return Some(*slot);
        }
        let message = format!("a time step has no slot `{}`", name.text);
        let mut diagnostic = Diagnostic::error(codes::UNKNOWN_SLOT, name.span, message);
        if let Some(meant) = suggestions::nearest(&name.text, SLOTS.iter().map(|row| row.0)) {
            diagnostic = diagnostic.help(format!("did you mean `{meant}`?"));
        }
        self.report(diagnostic.help(
            "in order: `start`, `groups`, `thresholds`, `synapses`, `resets`, `end`, each with `before_…` and `after_…`",
        ));
        None
    }

    /// A place among those of a slot: a constant integer, smaller ones first.
    pub(super) fn order(&mut self, expr: &Expr) -> Option<i32> {
        self.constant_integer(expr, "`order`")
    }

    /// A turn as written; what is left out is usual.
    pub(super) fn turn(&mut self, written: &ast::Turn, usual: Turn) -> Option<Turn> {
        let slot = match &written.when {
            Some(name) => self.slot(name),
            None => Some(usual.slot),
        };
        let order = match &written.order {
            Some(expr) => self.order(expr),
            None => Some(usual.order),
        };
        Some(Turn { slot: slot?, order: order? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_stand_in_the_order_of_a_step() {
        assert!(SLOTS.is_sorted_by_key(|row| row.1));
        assert_eq!(SLOTS[17].1, Slot::AfterEnd);
    }
}
