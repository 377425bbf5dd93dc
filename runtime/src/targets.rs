//! Target neurons of synapses: two bytes each where the target population has at most 65,536 neurons, else four.
//!
//! Rows of 1,250 synapses onto 12,500 neurons are delivered in 0.55 ns a synapse where targets have two bytes, in 0.75
//! ns where they have four; and a static synapse is nothing but its target.

use std::collections::TryReserveError;
use std::ops::Range;

/// Neurons of populations of so many have two bytes.
const SHORT_LIMIT: u32 = 1 << 16;

/// A list of target neurons (absolute).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Targets {
    /// Two bytes each.
    Short(Vec<u16>),
    /// Four bytes each.
    Long(Vec<u32>),
}

/// Does the same with a list of either width.
macro_rules! either {
    ($targets:expr, $list:ident => $act:expr) => {
        match $targets {
            Targets::Short($list) => $act,
            Targets::Long($list) => $act,
        }
    };
}

impl Targets {
    /// None yet, of a population of `limit` neurons; all that are added must be below it.
    #[must_use]
    pub fn below(limit: u32) -> Self {
        if limit <= SHORT_LIMIT { Self::Short(Vec::new()) } else { Self::Long(Vec::new()) }
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        either!(self, list => list.len())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of each.
    #[must_use]
    pub fn width(&self) -> usize {
        match self {
            Self::Short(_) => 2,
            Self::Long(_) => 4,
        }
    }

    /// Address of the first, for compiled code.
    #[must_use]
    pub fn as_ptr(&self) -> *const u8 {
        either!(self, list => list.as_ptr().cast())
    }

    /// The target at a place.
    ///
    /// # Panics
    /// Where the list ends before it.
    #[must_use]
    #[inline]
    pub fn at(&self, place: usize) -> u32 {
        match self {
            Self::Short(list) => list[place].into(),
            Self::Long(list) => list[place],
        }
    }

    /// Those at some places.
    ///
    /// # Panics
    /// Where the list ends before the last of them.
    pub fn within(&self, places: Range<usize>) -> impl ExactSizeIterator<Item = u32> + '_ {
        assert!(places.end <= self.len(), "targets up to {} of {}", places.end, self.len());
        places.map(|place| self.at(place))
    }

    /// All of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = u32> + '_ {
        self.within(0..self.len())
    }

    /// The smallest and the largest; `None` of none.
    pub(crate) fn bounds(&self) -> Option<(u32, u32)> {
        // The whole list twice rather than both in one walk: each is one vector instruction a few targets.
        match self {
            Self::Short(list) => Some(((*list.iter().min()?).into(), (*list.iter().max()?).into())),
            Self::Long(list) => Some((*list.iter().min()?, *list.iter().max()?)),
        }
    }

    /// Whether those at some places never descend.
    pub(crate) fn ascend(&self, places: Range<usize>) -> bool {
        either!(self, list => list[places].is_sorted())
    }

    /// The first of some places, where targets never descend, whose target is not below `limit`; else the end of them.
    pub(crate) fn first_from(&self, places: Range<usize>, limit: u32) -> usize {
        let first = places.start;
        first
            + match self {
                Self::Short(list) => list[places].partition_point(|&target| u32::from(target) < limit),
                Self::Long(list) => list[places].partition_point(|&target| target < limit),
            }
    }

    pub(crate) fn push(&mut self, target: u32) {
        match self {
            Self::Short(list) => list.push(target as u16),
            Self::Long(list) => list.push(target),
        }
    }

    pub(crate) fn push_copies(&mut self, target: u32, copies: usize) {
        match self {
            Self::Short(list) => list.resize(list.len() + copies, target as u16),
            Self::Long(list) => list.resize(list.len() + copies, target),
        }
    }

    pub(crate) fn extend(&mut self, targets: &[u32]) {
        match self {
            Self::Short(list) => list.extend(targets.iter().map(|&target| target as u16)),
            Self::Long(list) => list.extend_from_slice(targets),
        }
    }

    /// Appends zeros until there are so many.
    pub(crate) fn lengthen(&mut self, length: usize) {
        either!(self, list => list.resize(length, 0));
    }

    pub(crate) fn clear(&mut self) {
        either!(self, list => list.clear());
    }

    pub(crate) fn set(&mut self, place: usize, target: u32) {
        match self {
            Self::Short(list) => list[place] = target as u16,
            Self::Long(list) => list[place] = target,
        }
    }

    /// Puts those at some places into ascending order.
    pub(crate) fn sort(&mut self, places: Range<usize>) {
        either!(self, list => list[places].sort_unstable());
    }

    pub(crate) fn try_reserve(&mut self, more: usize) -> Result<(), TryReserveError> {
        either!(self, list => list.try_reserve(more))
    }

    pub(crate) fn try_reserve_exact(&mut self, more: usize) -> Result<(), TryReserveError> {
        either!(self, list => list.try_reserve_exact(more))
    }

    pub(crate) fn shrink_to_fit(&mut self) {
        either!(self, list => list.shrink_to_fit());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_widths_hold_the_same() {
        for limit in [SHORT_LIMIT, SHORT_LIMIT + 1] {
            let mut targets = Targets::below(limit);
            assert_eq!(targets.width(), if limit == SHORT_LIMIT { 2 } else { 4 });
            assert_eq!(targets.bounds(), None);
            targets.push(7);
            targets.push_copies(limit - 1, 2);
            targets.extend(&[3, 5]);
            targets.lengthen(6);
            targets.set(5, 9);
            assert_eq!(targets.iter().collect::<Vec<_>>(), [7, limit - 1, limit - 1, 3, 5, 9]);
            assert_eq!(targets.bounds(), Some((3, limit - 1)));
            assert!(targets.ascend(0..3) && targets.ascend(3..6) && !targets.ascend(2..4));
            assert_eq!([0, 4, 5, 9, 10].map(|limit| targets.first_from(3..6, limit)), [3, 4, 4, 5, 6]);
            targets.sort(0..6);
            assert_eq!(targets.within(1..4).collect::<Vec<_>>(), [5, 7, 9]);
        }
    }
}
