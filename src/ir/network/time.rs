//! When things act: clocks, slots of a step, and turns in a slot.

/// The number of a clock in its network; clock 0 has the network's `dt`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClockId(pub u32);

/// Brian2's slots of a time step, each with one before and one after it.
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

impl Slot {
    /// All of them as they are written, in the order of a step.
    pub const NAMES: [(&'static str, Self); 18] = [
        ("before_start", Self::BeforeStart),
        ("start", Self::Start),
        ("after_start", Self::AfterStart),
        ("before_groups", Self::BeforeGroups),
        ("groups", Self::Groups),
        ("after_groups", Self::AfterGroups),
        ("before_thresholds", Self::BeforeThresholds),
        ("thresholds", Self::Thresholds),
        ("after_thresholds", Self::AfterThresholds),
        ("before_synapses", Self::BeforeSynapses),
        ("synapses", Self::Synapses),
        ("after_synapses", Self::AfterSynapses),
        ("before_resets", Self::BeforeResets),
        ("resets", Self::Resets),
        ("after_resets", Self::AfterResets),
        ("before_end", Self::BeforeEnd),
        ("end", Self::End),
        ("after_end", Self::AfterEnd),
    ];

    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize].0
    }
}

/// When in a time step something has its turn: by slot, then by order, then by declaration.
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
    pub fn of(slot: Slot) -> Self {
        Self { slot, order: 0 }
    }
}
