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

impl Room {
    /// What a synapse takes at least, with a target of so many bytes: when all are connected, or while those that are `listed`
    /// in another order than that of their sources are put into rows.
    pub(super) fn bytes_each(self, target: usize, listed: bool) -> u64 {
        let target = target as u64;
        if listed { target + PLACE + self.beside.max(target + PLACE) } else { target + self.beside }
    }

    /// How many synapses there may be.
    pub(super) fn most(self, target: usize, listed: bool) -> f64 {
        let fit = self.bytes / self.bytes_each(target, listed).max(1);
        fit.min(u64::from(MOST_SYNAPSES)) as f64
    }
}

/// The synapses of earlier rules, and what there is room for with them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Before {
    pub(super) synapses: u64,
    pub(super) room: Room,
}
