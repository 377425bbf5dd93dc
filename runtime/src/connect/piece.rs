//! The synapses of one rule while they are made: either row by row, or in another order of creation with the source of
//! each.

use super::room::{self, Before};
use super::{Ends, Fault, MOST_SYNAPSES};
use crate::targets::Targets;
use rayon::ThreadPool;
use rayon::prelude::*;
use std::iter::repeat_n;
use std::ops::Range;

/// Synapses that one thread makes at a time: 256 kB, small beside the rows and large beside the cost of handing it
/// over.
pub(super) const BLOCK: f64 = 65_536.0;

/// Synapses of one rule. The sum of `counts` is the number of targets, and of sources where they are listed.
#[derive(Debug)]
pub(super) struct Piece {
    /// How many synapses every source has.
    pub(super) counts: Vec<u32>,
    /// Target (absolute) of every synapse, in order of creation.
    pub(super) targets: Targets,
    /// Source (relative) of every synapse, in order of creation; `None` where that is by source.
    pub(super) sources: Option<Vec<u32>>,
    /// Which of the pairs listed every synapse is of, in order of creation; `None` where nobody listed pairs, or each got
    /// one synapse.
    pub(super) pairs: Option<Vec<u32>>,
    /// How many synapses earlier rules made, and what there is room for.
    before: Before,
    /// How many of its own were let go.
    let_go: u64,
    /// The most that there may be with those of earlier rules.
    most: f64,
}

impl Piece {
    /// None yet; they will come by source.
    pub(super) fn by_source(ends: &Ends, before: Before) -> Self {
        let (counts, targets) = (vec![0; ends.source.size as usize], Targets::below(ends.target.population));
        let most = before.most(targets.width(), false);
        Self { counts, targets, sources: None, pairs: None, before, let_go: 0, most }
    }

    /// None yet; they will come in any order.
    pub(super) fn listed(ends: &Ends, before: Before) -> Self {
        let piece = Self::by_source(ends, before);
        Self { sources: Some(Vec::new()), most: before.most(piece.targets.width(), true), ..piece }
    }

    /// The most synapses that there may be, with those of earlier rules.
    pub(super) fn most(&self) -> f64 {
        self.most
    }

    /// The synapses added since this was last said are of the pair listed as number `pair`.
    pub(super) fn note_pair(&mut self, pair: u32) {
        if let Some(pairs) = &mut self.pairs {
            pairs.resize(self.targets.len(), pair);
        }
    }

    /// What its synapses take while those of all rules are put into rows [bytes].
    pub(super) fn sorted_bytes(&self) -> u64 {
        room::sorted(self.targets.width(), self.sources.is_some()).saturating_mul(self.len() as u64)
    }

    /// How many synapses there are.
    pub(super) fn len(&self) -> usize {
        self.targets.len()
    }

    /// Adds synapses of one pair; `copies` is cut to a whole number, NaN counts as none.
    pub(super) fn push(&mut self, source: u32, target: u32, copies: f64) -> Result<(), Fault> {
        if copies == 1.0 {
            self.make_room_for(1.0)?;
            self.counts[source as usize] += 1;
            self.targets.push(target);
            self.sources.iter_mut().for_each(|sources| sources.push(source));
        } else if copies > 1.0 {
            let copies = copies.trunc();
            self.make_room_for(copies)?;
            self.counts[source as usize] += copies as u32;
            self.targets.push_copies(target, copies as usize);
            self.sources.iter_mut().for_each(|sources| sources.extend(repeat_n(source, copies as usize)));
        }
        Ok(())
    }

    /// Makes all rows: `fill` appends the targets of a source, whatever its scratch was used for before; about
    /// `expected` of them.
    ///
    /// Each block of rows is made apart and then moved behind those before it, so that no more than the rows and a few
    /// blocks is held.
    pub(super) fn grow_rows<S: Default + Send>(
        &mut self,
        expected: impl Fn(u32) -> f64,
        fill: impl Fn(u32, &mut S, &mut Vec<u32>) + Sync,
        pool: Option<&ThreadPool>,
    ) -> Result<(), Fault> {
        let threads = pool.map_or(1, ThreadPool::current_num_threads);
        let mut blocks: Vec<Block<S>> = Vec::new();
        blocks.resize_with(if threads > 1 { 4 * threads } else { 1 }, Block::default);
        let mut next = 0;
        while (next as usize) < self.counts.len() {
            for block in &mut blocks {
                block.sources = block_from(next, self.counts.len() as u32, &expected);
                next = block.sources.end;
            }
            match pool {
                Some(pool) if threads > 1 => pool.install(|| blocks.par_iter_mut().for_each(|block| block.make(&fill))),
                _ => blocks.iter_mut().for_each(|block| block.make(&fill)),
            }
            for block in &blocks {
                self.make_room_for(block.targets.len() as f64)?;
                self.counts[block.sources.start as usize..block.sources.end as usize].copy_from_slice(&block.counts);
                self.targets.extend(&block.targets);
            }
        }
        Ok(())
    }

    /// Rows for as many targets as are counted.
    pub(super) fn start_rows(&mut self) -> OpenRows<'_> {
        let mut sum = 0;
        let mut places = self.counts.clone();
        for place in &mut places {
            let count = *place;
            *place = sum;
            sum += count;
        }
        self.targets.lengthen(sum as usize);
        OpenRows::new(places, &mut self.targets)
    }

    /// Room for so many more synapses, where they can be numbered and there is memory.
    fn make_room_for(&mut self, more: f64) -> Result<(), Fault> {
        let synapses = (self.before.synapses + self.let_go) as f64 + self.len() as f64 + more;
        if synapses > self.most {
            return Err(self.too_many(synapses));
        }
        let room = self.targets.try_reserve(more as usize);
        let room =
            room.and_then(|()| self.sources.iter_mut().try_for_each(|sources| sources.try_reserve(more as usize)));
        room.map_err(|_| self.no_memory(synapses))
    }

    /// Forgets the synapses, which go on to be counted for the limit.
    pub(super) fn let_go(&mut self) {
        self.let_go += self.len() as u64;
        self.targets.clear();
        self.sources.iter_mut().for_each(Vec::clear);
    }

    /// Room for as many synapses as were let go.
    pub(super) fn expect_what_was_let_go(&mut self) -> Result<(), Fault> {
        let count = std::mem::take(&mut self.let_go);
        self.counts.fill(0);
        self.expect(count as f64, 0.0)
    }

    /// Refuses a number of synapses, expected with that standard deviation, that is beyond the limit by more than
    /// chance can mend; else makes room for what is likely to come. What is beyond by chance is found when it has come.
    pub(super) fn expect(&mut self, mean: f64, deviation: f64) -> Result<(), Fault> {
        let expected = self.before.synapses as f64 + mean;
        if expected - 6.0 * deviation > self.most {
            return Err(self.too_many(expected));
        }
        let likely = (mean + 5.0 * deviation).min(self.most);
        let room = self.targets.try_reserve_exact(likely as usize);
        let room = room
            .and_then(|()| self.sources.iter_mut().try_for_each(|sources| sources.try_reserve_exact(likely as usize)));
        room.map_err(|_| self.no_memory(expected))
    }

    /// So many synapses, with those of earlier rules, are beyond what they can be numbered up to, or what there is
    /// memory for.
    fn too_many(&self, synapses: f64) -> Fault {
        if synapses > f64::from(MOST_SYNAPSES) {
            return Fault::TooMany { synapses, limit: MOST_SYNAPSES };
        }
        self.no_memory(synapses)
    }

    fn no_memory(&self, synapses: f64) -> Fault {
        let bytes = self.before.bytes_of(synapses, self.targets.width(), self.sources.is_some());
        Fault::NoMemory { synapses, bytes }
    }
}

/// Rows of known lengths to which targets are appended in any order of sources.
pub(super) struct OpenRows<'a> {
    places: Vec<u32>,
    targets: &'a mut Targets,
}

impl<'a> OpenRows<'a> {
    /// From the place where each row begins, in a list as long as all of them.
    pub(super) fn new(places: Vec<u32>, targets: &'a mut Targets) -> Self {
        Self { places, targets }
    }

    /// Appends a target to a row that is not full, and gives its place in the list.
    pub(super) fn append(&mut self, source: u32, target: u32) -> u32 {
        let next = &mut self.places[source as usize];
        let place = *next;
        self.targets.set(place as usize, target);
        *next += 1;
        place
    }
}

/// A part of the rows, made by one thread.
#[derive(Default)]
struct Block<S> {
    sources: Range<u32>,
    counts: Vec<u32>,
    targets: Vec<u32>,
    scratch: S,
}

impl<S> Block<S> {
    fn make(&mut self, fill: &(impl Fn(u32, &mut S, &mut Vec<u32>) + Sync)) {
        self.counts.clear();
        self.targets.clear();
        for source in self.sources.clone() {
            let before = self.targets.len();
            fill(source, &mut self.scratch, &mut self.targets);
            self.counts.push((self.targets.len() - before) as u32);
        }
    }
}

/// Sources from `first` on, at least one where there is one, that are expected to make a block.
fn block_from(first: u32, sources: u32, expected: &impl Fn(u32) -> f64) -> Range<u32> {
    let mut last = first;
    let mut synapses = 0.0;
    while last < sources && synapses < BLOCK {
        // One for the source itself, so that rows that are mostly empty make a block too.
        synapses += expected(last) + 1.0;
        last += 1;
    }
    first..last
}
