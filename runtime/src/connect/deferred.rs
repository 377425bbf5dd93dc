//! Work for sources in any order, done for a part of the sources at a time.
//!
//! What belongs to a source (its count, its row) is somewhere in megabytes, and every look at it waits for memory and
//! for the table of pages. Here work is kept back until there is much for one part of the sources, whose places then
//! stay in a first-level cache. Measured, 100 sources for each of a million targets: 5.3 s of processor time instead of
//! 14.8 s. Where there is nothing to be done but to make rows, `stretch` is faster.

/// Most parts: one page being written for each fits the second-level table of pages of a core.
const PARTS: u32 = 256;
/// Pieces of work kept back per part.
const KEPT: usize = 1024;

/// Work of which `apply` does a piece for a source. The work of one source is done in the order in which it came.
pub(super) struct Deferred<T, F> {
    apply: F,
    /// A source, shifted by so much, is the number of its part.
    shift: u32,
    kept: Vec<Vec<(u32, T)>>,
}

impl<T: Copy, F: FnMut(u32, T)> Deferred<T, F> {
    /// None yet.
    pub(super) fn new(sources: u32, apply: F) -> Self {
        let mut shift = 0;
        while sources >> shift >= PARTS {
            shift += 1;
        }
        Self { apply, shift, kept: vec![Vec::new(); (sources >> shift) as usize + 1] }
    }

    /// Does a piece of work for a source, now or later.
    pub(super) fn put(&mut self, source: u32, work: T) {
        let kept = &mut self.kept[(source >> self.shift) as usize];
        kept.push((source, work));
        if kept.len() == KEPT {
            kept.iter().for_each(|&(source, work)| (self.apply)(source, work));
            kept.clear();
        }
    }

    /// Does what is left.
    pub(super) fn finish(mut self) {
        self.kept.into_iter().flatten().for_each(|(source, work)| (self.apply)(source, work));
    }
}
