//! When in a step something has its turn: by slot, then by order, then by declaration.

/// The slots of a step, in order: Brian2's six, each with one before and one after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is its own name")]
pub enum Slot {
    BeforeStart,
    Start,
    AfterStart,
    BeforeGroups,
    Groups,
    AfterGroups,
    BeforeThresholds,
    Thresholds,
    AfterThresholds,
    BeforeSynapses,
    Synapses,
    AfterSynapses,
    BeforeResets,
    Resets,
    AfterResets,
    BeforeEnd,
    End,
    AfterEnd,
}

/// A turn in a step; those of one slot and order act as they were declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Turn {
    /// The slot.
    pub slot: Slot,
    /// Its place among those of the slot; usually 0.
    pub order: i32,
}

impl Turn {
    /// In a slot, at its usual place.
    #[must_use]
    pub const fn of(slot: Slot) -> Self {
        Self { slot, order: 0 }
    }

    /// In a slot, at another place.
    #[must_use]
    pub const fn at(slot: Slot, order: i32) -> Self {
        Self { slot, order }
    }

    /// Right after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self { order: self.order.saturating_add(1), ..self }
    }
}
