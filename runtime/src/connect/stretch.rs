//! Rows of pairs that come in any order: in, pairs that can be gone through again; out, their targets by source, those
//! of a source in the order in which they came.
//!
//! What belongs to a source (its count, its row) is somewhere in megabytes, and every look at it would wait for memory
//! and for the table of pages. So a stretch of pairs is dealt to blocks of neighbouring sources first, and then counted
//! and put into rows block by block, whose counts and rows stay in the caches of a core. Pairs that are more than a
//! stretch are gone through twice, to count them and to put them where they belong: beside the rows, no more than one
//! stretch is ever held. Measured, 10 million synapses among 100,000 neurons, draws included: 19 ns each of
//! `fixed_indegree` instead of 43 by work kept back for parts of the sources (`deferred`), 25 of `fixed_total` instead
//! of 48.

use super::Ends;
use super::piece::Piece;

/// Pairs held at a time: 64 MiB of four bytes each (128 MiB where a pair takes eight), and of a million sources each
/// gets a line of the cache of every stretch.
const STRETCH: usize = 1 << 24;

/// Most blocks: one page being written for each fits the second-level table of pages of a core.
const BLOCKS: u32 = 256;

/// Pairs that make a block worth its while: 128 KiB, to which rows of the same size come.
const WORTH_A_BLOCK: usize = 1 << 15;

/// Pairs that are the same, in the same order, whenever they are gone through.
pub(super) trait Pairs {
    /// How many there are.
    fn count(&self) -> u64;

    /// Gives source and target of each, relative to their groups.
    fn each(&self, take: impl FnMut(u32, u32));
}

/// Counts the pairs into a piece that is empty, and makes its rows of them.
pub(super) fn fill(piece: &mut Piece, ends: &Ends, pairs: &impl Pairs) {
    fill_by_stretches_of(STRETCH, piece, ends, pairs);
}

/// The same with so many pairs held at most.
fn fill_by_stretches_of(most: usize, piece: &mut Piece, ends: &Ends, pairs: &impl Pairs) {
    let most = usize::try_from(pairs.count()).map_or(most, |count| count.min(most));
    let deal = Deal::new(most, ends);
    if deal.bits <= u32::BITS {
        fill_dealing::<u32>(Stretch::new(most, deal), piece, ends, pairs);
    } else {
        fill_dealing::<u64>(Stretch::new(most, deal), piece, ends, pairs);
    }
}

fn fill_dealing<P: Packed>(mut stretch: Stretch<P>, piece: &mut Piece, ends: &Ends, pairs: &impl Pairs) {
    stretch.go_through(pairs, |source, _| piece.counts[source as usize] += 1);
    let offset = ends.target.offset;
    let mut rows = piece.start_rows();
    let mut append = |source, target| {
        rows.append(source, offset + target);
    };
    if pairs.count() <= stretch.most as u64 {
        stretch.give(&mut append);
    } else {
        stretch.go_through(pairs, append);
    }
}

/// How pairs are dealt to blocks.
#[derive(Clone, Copy)]
struct Deal {
    /// A source, shifted by so much, is the number of its block.
    shift: u32,
    /// How many blocks there are.
    blocks: usize,
    /// Bits that a target has.
    target_bits: u32,
    /// Bits of a pair whose block is known.
    bits: u32,
}

impl Deal {
    /// For so many pairs at a time.
    fn new(pairs: usize, ends: &Ends) -> Self {
        let last = ends.source.size.saturating_sub(1);
        let worth = u32::try_from(pairs / WORTH_A_BLOCK).unwrap_or(u32::MAX).clamp(1, BLOCKS);
        let shift = (0..u32::BITS).find(|&shift| last >> shift < worth).unwrap_or(u32::BITS - 1);
        let target_bits = u32::BITS - ends.target.size.saturating_sub(1).leading_zeros();
        Self { shift, blocks: (last >> shift) as usize + 1, target_bits, bits: shift + target_bits }
    }
}

/// What is left of a pair whose block is known: where its source is in the block, then its target, as few bits.
trait Packed: Copy {
    fn pack(bits: u64) -> Self;
    fn bits(self) -> u64;
}

impl Packed for u32 {
    fn pack(bits: u64) -> Self {
        bits as u32
    }
    fn bits(self) -> u64 {
        self.into()
    }
}

impl Packed for u64 {
    fn pack(bits: u64) -> Self {
        bits
    }
    fn bits(self) -> u64 {
        self
    }
}

/// Some pairs, by block.
struct Stretch<P> {
    deal: Deal,
    blocks: Vec<Vec<P>>,
    /// Pairs that fill it.
    most: usize,
}

impl<P: Packed> Stretch<P> {
    fn new(most: usize, deal: Deal) -> Self {
        // Where sources are drawn evenly no block has to grow.
        let even = most / deal.blocks;
        let likely = even + 6 * even.isqrt() + 16;
        Self { deal, blocks: (0..deal.blocks).map(|_| Vec::with_capacity(likely)).collect(), most }
    }

    /// Holds one stretch of the pairs after the other, the last of them still at the end; `take` is given the pairs of
    /// each by block, and within a block in their order.
    fn go_through(&mut self, pairs: &impl Pairs, mut take: impl FnMut(u32, u32)) {
        self.clear();
        let mut held = 0;
        pairs.each(|source, target| {
            if held == self.most {
                self.give(&mut take);
                self.clear();
                held = 0;
            }
            held += 1;
            self.hold(source, target);
        });
        self.give(&mut take);
    }

    #[inline]
    fn hold(&mut self, source: u32, target: u32) {
        let Deal { shift, target_bits, .. } = self.deal;
        let block = source >> shift;
        let within = u64::from(source - (block << shift));
        self.blocks[block as usize].push(P::pack(within << target_bits | u64::from(target)));
    }

    /// Gives the pairs held.
    fn give(&self, take: &mut impl FnMut(u32, u32)) {
        let Deal { shift, target_bits, .. } = self.deal;
        for (block, held) in (0..).zip(&self.blocks) {
            let first: u32 = block << shift;
            for pair in held {
                let bits = pair.bits();
                take(first + (bits >> target_bits) as u32, (bits & ((1 << target_bits) - 1)) as u32);
            }
        }
    }

    fn clear(&mut self) {
        self.blocks.iter_mut().for_each(Vec::clear);
    }
}

#[cfg(test)]
mod tests {
    use super::super::Side;
    use super::super::room::Before;
    use super::*;

    /// Pairs of a list.
    struct Listed(Vec<(u32, u32)>);

    impl Pairs for Listed {
        fn count(&self) -> u64 {
            self.0.len() as u64
        }

        fn each(&self, mut take: impl FnMut(u32, u32)) {
            self.0.iter().for_each(|&(source, target)| take(source, target));
        }
    }

    /// As many as that, in no order, with the first and the last of all and copies among them.
    fn listed(count: u64, ends: &Ends) -> Listed {
        let spread = |number: u64, limit: u32| (number * number * 2_654_435_761 % u64::from(limit)) as u32;
        let last = (ends.source.size - 1, ends.target.size - 1);
        let spread = (0..count).map(|number| (spread(number + 1, last.0 + 1), spread(number + 2, last.1 + 1)));
        Listed(spread.chain([(0, 0), last, last, (0, last.1), (last.0, 0)]).collect())
    }

    #[test]
    fn rows_are_the_same_of_one_stretch_and_of_many() {
        let side = |size| Side { offset: 7, size, population: size + 9 };
        for (sources, targets, count) in
            [(1, 1, 3), (5, 1 << 31, 100), (1 << 20, 1 << 30, 1000), (3000, 70_000, 200_000), (1 << 17, 600, 150_000)]
        {
            let ends = Ends { source: side(sources), target: side(targets), same_population: false };
            let pairs = listed(count, &ends);
            let mut sorted = pairs.0.clone();
            sorted.sort_by_key(|&(source, _)| source);
            let mut counts = vec![0; sources as usize];
            sorted.iter().for_each(|&(source, _)| counts[source as usize] += 1);
            for most in [1 << 24, pairs.0.len(), pairs.0.len() - 1, pairs.0.len() / 3 + 1] {
                let mut piece = Piece::by_source(&ends, Before::default());
                fill_by_stretches_of(most, &mut piece, &ends, &pairs);
                assert_eq!(piece.counts, counts);
                assert!(piece.targets.iter().eq(sorted.iter().map(|&(_, target)| 7 + target)), "{most} of {count}");
            }
        }
    }
}
