//! Synapses as compressed rows: for every source neuron, its synapses side by side.
//!
//! Synapses are numbered by storage order: by source, then by order of creation. A `Rows` is a proof that starts never
//! decrease, that the last start is the number of synapses, and that every target is below the size of the target
//! population. Where the targets of every row ascend, rows may be cut into parts of the targets: then whoever goes
//! through one part of all rows writes nothing that belongs to another.

use crate::targets::Targets;

/// Compressed rows by source: two or four bytes a synapse and four a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    starts: Vec<u32>,
    targets: Targets,
    source_offset: u32,
    target_limit: u32,
    /// The smallest and the largest target.
    bounds: Option<(u32, u32)>,
    parts: Parts,
}

/// Where rows are cut: 4 bytes a row and part but the first.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Parts {
    count: u32,
    /// Whether they are worth it for one thread.
    alone: bool,
    /// For every row, where its parts begin but for the first one.
    cuts: Vec<u32>,
}

impl Parts {
    const ONE: Self = Self { count: 1, alone: false, cuts: Vec::new() };
}

/// A stretch of a row, as compiled code goes through it.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Segment {
    /// The row.
    pub row: u32,
    /// Its first synapse.
    pub begin: u32,
    /// One past the last.
    pub end: u32,
}

/// Bytes of target neurons that a part may have to stay in a first-level cache beside what is read of rows, at eight
/// bytes a neuron. Measured, rows of 1,250 onto 12,500 neurons: 1.3 ns a synapse uncut, 1.2 in two parts, 0.86 in 4,
/// 0.75 in 6 to 8.
const PART_BYTES: u64 = 16 << 10;
/// The shortest stretch worth a part of its own for the sake of the cache. Measured, rows of 1,000 onto 100,000 neurons:
/// 1.5 ns a synapse uncut as in parts of 125, 1.8 in parts of 25.
const LONG_SEGMENT: u64 = 128;
/// The shortest worth a part for the sake of another thread: its cut is 2 bits a synapse, and one or two cache lines
/// are read by both.
const SHORT_SEGMENT: u64 = 16;
/// Parts begin at multiples of this many targets: 64 bytes of the smallest type, a cache line, so that no line is written
/// by two.
const GRAIN: u32 = 64;
/// Synapses looked at to find where to cut, about.
const SAMPLES: usize = 1 << 16;

impl Rows {
    /// Rows from the start of each and the targets (absolute in the target population of `target_limit` neurons); the first
    /// row is neuron `source_offset` of the source population. `None` where the proof fails.
    #[must_use]
    pub fn new(starts: Vec<u32>, targets: impl AsRef<[u32]>, source_offset: u32, target_limit: u32) -> Option<Self> {
        let targets = targets.as_ref();
        if targets.iter().any(|&target| target >= target_limit) {
            return None;
        }
        let mut kept = Targets::below(target_limit);
        kept.extend(targets);
        Self::of(starts, kept, source_offset, target_limit)
    }

    /// The same of targets that are stored already.
    #[must_use]
    pub fn of(starts: Vec<u32>, targets: Targets, source_offset: u32, target_limit: u32) -> Option<Self> {
        let ordered = starts.first() == Some(&0) && starts.is_sorted();
        let complete = starts.last().map(|&end| end as usize) == Some(targets.len());
        let bounds = targets.bounds();
        let within = bounds.is_none_or(|(_, largest)| largest < target_limit);
        let rows = Self { starts, targets, source_offset, target_limit, bounds, parts: Parts::ONE };
        (ordered && complete && within).then_some(rows)
    }

    /// Start of every row, one more than there are rows.
    #[must_use]
    pub fn starts(&self) -> &[u32] {
        &self.starts
    }

    /// Target neuron (absolute) of every synapse.
    #[must_use]
    pub fn targets(&self) -> &Targets {
        &self.targets
    }

    /// Source neuron (absolute) of the first row.
    #[must_use]
    pub fn source_offset(&self) -> u32 {
        self.source_offset
    }

    /// Size of the target population.
    #[must_use]
    pub fn target_limit(&self) -> u32 {
        self.target_limit
    }

    /// The smallest and the largest target; `None` where there are no synapses.
    pub(crate) fn bounds(&self) -> Option<(u32, u32)> {
        self.bounds
    }

    /// Number of synapses.
    #[must_use]
    pub fn len(&self) -> usize {
        self.targets.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }

    /// Number of rows.
    #[must_use]
    pub fn sources(&self) -> usize {
        self.starts.len() - 1
    }

    /// A whole row.
    ///
    /// # Panics
    /// Where there is no such row.
    #[must_use]
    #[inline]
    pub fn row(&self, row: u32) -> Segment {
        Segment { row, begin: self.starts[row as usize], end: self.starts[row as usize + 1] }
    }

    /// How many synapses the rows of some sources have, or as many as can be said.
    pub(crate) fn synapses_of(&self, sources: &[u32]) -> u32 {
        let length = |&source: &u32| self.starts[source as usize + 1] - self.starts[source as usize];
        sources.iter().map(length).fold(0, u32::saturating_add)
    }

    /// Into how many parts rows are cut; 1 where they are not.
    pub(crate) fn parts(&self) -> u32 {
        self.parts.count
    }

    /// Whether one thread goes through them part by part.
    pub(crate) fn parts_pay_alone(&self) -> bool {
        self.parts.alone
    }

    /// One part of a row.
    #[inline]
    pub(crate) fn segment(&self, row: u32, part: u32) -> Segment {
        let inner = self.parts.count - 1;
        let cuts = &self.parts.cuts[(row * inner) as usize..][..inner as usize];
        let Segment { begin, end, .. } = self.row(row);
        let begin = if part == 0 { begin } else { cuts[part as usize - 1] };
        let end = if part == inner { end } else { cuts[part as usize] };
        Segment { row, begin, end }
    }

    /// Cuts rows into as many parts as pay, where they can be: so that the targets of one stay in a cache, and so that
    /// `threads` have something to do each. Nothing is visited in another order by it than target by target.
    pub(crate) fn cut(&mut self, threads: u32) {
        self.parts = Parts::ONE;
        let Some((smallest, largest)) = self.bounds else { return };
        let length = self.len() as u64 / self.sources() as u64;
        let bytes = u64::from(largest - smallest + 1) * 8;
        let cached = bytes.div_ceil(PART_BYTES).min(length / LONG_SEGMENT).max(1);
        let threads = u64::from(threads.max(1));
        let most = (length / SHORT_SEGMENT).min(bytes / 8 / u64::from(GRAIN));
        // At most a sixteenth of the synapses, and a product of it and of the sources that can be numbered as they can.
        let parts = (cached.div_ceil(threads) * threads).min(most) as u32;
        if parts > 1 {
            let limits = self.limits(parts);
            if let Some(cuts) = self.cuts(&limits) {
                self.parts = Parts { count: parts, alone: cached > 1, cuts };
            }
        }
    }

    /// The first targets of all parts but the first, about as many synapses being before and after each.
    fn limits(&self, parts: u32) -> Vec<u32> {
        let stride = (self.len() / SAMPLES).max(1);
        let mut sample: Vec<u32> = (0..self.len()).step_by(stride).map(|synapse| self.targets.at(synapse)).collect();
        sample.sort_unstable();
        let limit = |part: u32| sample[(sample.len() as u64 * u64::from(part) / u64::from(parts)) as usize];
        (1..parts).map(|part| limit(part).next_multiple_of(GRAIN)).collect()
    }

    /// Where every row is cut; `None` where the targets of one descend.
    fn cuts(&self, limits: &[u32]) -> Option<Vec<u32>> {
        let mut cuts = Vec::with_capacity(self.sources() * limits.len());
        for bounds in self.starts.windows(2) {
            let row = bounds[0] as usize..bounds[1] as usize;
            if !self.targets.ascend(row.clone()) {
                return None;
            }
            let mut begin = row.start;
            for &limit in limits {
                begin = self.targets.first_from(begin..row.end, limit);
                cuts.push(begin as u32);
            }
        }
        Some(cuts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Rows of these targets, each sorted where asked.
    fn rows(lists: &[Vec<u32>], limit: u32) -> Rows {
        let mut starts = vec![0];
        starts.extend(lists.iter().scan(0, |sum, list| {
            *sum += list.len() as u32;
            Some(*sum)
        }));
        Rows::new(starts, lists.concat(), 0, limit).expect("good rows")
    }

    #[test]
    fn what_is_no_proof_is_refused() {
        let made = |starts: &[u32], targets: &[u32]| Rows::new(starts.to_vec(), targets, 0, 5).is_some();
        assert!(made(&[0, 1, 2], &[4, 0]));
        assert!(made(&[0, 0], &[]));
        assert!(!made(&[], &[]), "no first start");
        assert!(!made(&[0, 2, 1], &[1]), "starts decrease");
        assert!(!made(&[0, 1], &[1, 2]), "a synapse behind the last row");
        assert!(!made(&[1, 2], &[1, 2]), "a synapse before the first");
        assert!(!made(&[0, 1], &[5]), "no such target");
        assert!(!made(&[0, 1], &[1 << 16]), "nor one that is 0 in two bytes");
    }

    proptest! {
        /// Whatever the parts, those of a row cover it in order, and no two parts have a line of targets in common.
        #[test]
        fn parts_cover_rows_and_share_no_targets(
            mut lists in prop::collection::vec(prop::collection::vec(0u32..40_000, 0..900), 1..20),
            threads in 1u32..5,
        ) {
            lists.iter_mut().for_each(|list| list.sort_unstable());
            let mut rows = rows(&lists, 40_000);
            rows.cut(threads);
            let mut owner = std::collections::HashMap::new();
            for row in 0..rows.sources() as u32 {
                let mut next = rows.row(row).begin;
                for part in 0..rows.parts() {
                    let segment = rows.segment(row, part);
                    prop_assert_eq!((segment.row, segment.begin), (row, next));
                    prop_assert!(segment.end >= segment.begin);
                    next = segment.end;
                    for target in rows.targets().within(segment.begin as usize..segment.end as usize) {
                        prop_assert_eq!(*owner.entry(target / GRAIN).or_insert(part), part);
                    }
                }
                prop_assert_eq!(next, rows.row(row).end);
            }
        }
    }

    #[test]
    fn rows_are_cut_where_it_pays() {
        let parts = |length: u32, targets: u32, threads: u32| {
            let list: Vec<u32> = (0..length).map(|number| number * (targets / length)).collect();
            let mut rows = rows(&[list.clone(), list], targets);
            rows.cut(threads);
            assert_eq!(rows.parts_pay_alone(), length >= 1000 && targets > 1000);
            rows.parts()
        };
        assert_eq!(parts(80, 4000, 1), 1, "short rows");
        assert_eq!(parts(80, 4000, 2), 2);
        assert_eq!(parts(80, 4000, 64), 5, "16 synapses each");
        assert_eq!(parts(20, 4000, 2), 1);
        assert_eq!(parts(1250, 12_500, 1), 7);
        assert_eq!(parts(1250, 12_500, 2), 8, "as many for each thread");
        assert_eq!(parts(1000, 100_000, 1), 7, "128 synapses each");
        assert_eq!(parts(1000, 1000, 1), 1, "8 kB of targets");
        let mut descending = rows(&[(0..1250).rev().collect()], 12_500);
        descending.cut(2);
        assert_eq!(descending.parts(), 1);
    }
}
