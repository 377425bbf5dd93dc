//! What memory there is for synapses: in, bytes; out, how many synapses may be made.

use super::MOST_SYNAPSES;

/// Bytes of the source of a synapse, and of its place in storage order, where pairs come in another order.
const PLACE: u64 = 4;

/// Memory for the synapses of a projection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// What they may take [bytes]; `u64::MAX` where nobody knows.
    pub bytes: u64,
    /// What each will take beside its target, in columns that are made when it is connected [bytes].
    pub beside: u64,
}

impl Default for Room {
    /// There is no end of it.
    fn default() -> Self {
        Self { bytes: u64::MAX, beside: 0 }
    }
}

/// What a synapse takes while those of all rules are put into rows, with a target of so many bytes: its target here and there,
/// its place, and its source where it is `listed` in another order than that of sources.
pub(super) fn sorted(target: usize, listed: bool) -> u64 {
    2 * target as u64 + if listed { 2 * PLACE } else { PLACE }
}

/// The synapses of earlier rules, and what there is room for with them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Before {
    pub(super) synapses: u64,
    /// What these take while all are put into rows [bytes], each as those of its rule.
    pub(super) sorted: u64,
    pub(super) room: Room,
}

impl Before {
    /// Whether a rule behind these will be put into rows with them: one that is alone and not listed is in rows.
    fn sorts(self, listed: bool) -> bool {
        listed || self.synapses > 0
    }

    /// How many synapses there may be with these, by what they take at least: when all are connected, and before.
    pub(super) fn most(self, target: usize, listed: bool) -> f64 {
        let connected = self.room.bytes / (target as u64 + self.room.beside).max(1);
        let more = self.room.bytes.saturating_sub(self.sorted) / sorted(target, listed);
        let fit = if self.sorts(listed) { connected.min(self.synapses.saturating_add(more)) } else { connected };
        fit.min(u64::from(MOST_SYNAPSES)) as f64
    }

    /// What so many synapses take at least, these among them [bytes].
    pub(super) fn bytes_of(self, synapses: f64, target: usize, listed: bool) -> f64 {
        let connected = synapses * (target as u64 + self.room.beside) as f64;
        let own = synapses - self.synapses as f64;
        let before = self.sorted as f64 + own * sorted(target, listed) as f64;
        if self.sorts(listed) { connected.max(before) } else { connected }
    }
}
