//! Rules of fixed numbers: distinct partners for every neuron of a side, or pairs drawn with replacement.
//!
//! Synapses that are not drawn by source are put into rows by `stretch`, which may have them drawn twice.

use super::draws::{AheadOfPairs, Distinct, below};
use super::piece::Piece;
use super::room::Before;
use super::stretch::{self, Pairs};
use super::{Ends, Fault, Outer};
use rayon::ThreadPool;

/// `count` distinct targets for every source, ascending.
pub(super) fn outdegree(
    count: u32,
    autapses: bool,
    ends: &Ends,
    key: u64,
    before: Before,
    pool: Option<&ThreadPool>,
) -> Result<Piece, Fault> {
    let degree = Degree { outer: Outer::Source, count, autapses, ends, key };
    degree.check()?;
    let mut piece = Piece::by_source(ends, before);
    piece.expect(degree.total() as f64, 0.0)?;
    let fill = |source: u32, distinct: &mut Distinct, targets: &mut Vec<u32>| {
        let first = targets.len();
        degree.choose(source, distinct, |target| targets.push(ends.target.offset + target));
        targets[first..].sort_unstable();
    };
    piece.grow_rows(|_| f64::from(count), fill, pool)?;
    Ok(piece)
}

/// `count` distinct sources for every target; by source, then target.
pub(super) fn indegree(count: u32, autapses: bool, ends: &Ends, key: u64, before: Before) -> Result<Piece, Fault> {
    let degree = Degree { outer: Outer::Target, count, autapses, ends, key };
    degree.check()?;
    let mut piece = Piece::by_source(ends, before);
    piece.expect(degree.total() as f64, 0.0)?;
    stretch::fill(&mut piece, ends, &degree);
    Ok(piece)
}

/// `count` pairs drawn from all, with replacement; by source, then target.
pub(super) fn total(count: u64, autapses: bool, ends: &Ends, key: u64, before: Before) -> Result<Piece, Fault> {
    let mut piece = Piece::by_source(ends, before);
    piece.expect(count as f64, 0.0)?;
    if count == 0 {
        return Ok(piece);
    }
    let only_self = ends.source.size == 1 && ends.target.size == 1 && ends.own_partner(Outer::Source, 0).is_some();
    if ends.source.size == 0 || ends.target.size == 0 || (only_self && !autapses) {
        return Err(Fault::NoPair { wanted: count });
    }
    stretch::fill(&mut piece, ends, &Total { count, autapses, ends, key });
    let mut first = 0;
    for &count in &piece.counts {
        let row = first..first + count as usize;
        first = row.end;
        piece.targets.sort(row);
    }
    Ok(piece)
}

/// So many pairs drawn from all; there must be one that may be connected.
struct Total<'a> {
    count: u64,
    autapses: bool,
    ends: &'a Ends,
    key: u64,
}

impl Pairs for Total<'_> {
    fn count(&self) -> u64 {
        self.count
    }

    fn each(&self, mut take: impl FnMut(u32, u32)) {
        let mut draws = AheadOfPairs::of_rule(self.key);
        for _ in 0..self.count {
            let (source, target) = draw_pair(&mut draws, self.autapses, self.ends);
            take(source, target);
        }
    }
}

/// A pair that may be connected; there must be one.
fn draw_pair(draws: &mut AheadOfPairs, autapses: bool, ends: &Ends) -> (u32, u32) {
    loop {
        let pair = (below(draws, ends.source.size), below(draws, ends.target.size));
        if autapses || ends.own_partner(Outer::Source, pair.0) != Some(pair.1) {
            return pair;
        }
    }
}

/// A fixed number of partners for every neuron of a side.
struct Degree<'a> {
    outer: Outer,
    count: u32,
    autapses: bool,
    ends: &'a Ends,
    key: u64,
}

impl Degree<'_> {
    /// How many synapses all neurons get.
    fn total(&self) -> u64 {
        u64::from(self.count) * u64::from(self.ends.side(self.outer).size)
    }

    /// The partner a neuron may not have, if any, and how many others there are.
    fn partners_of(&self, neuron: u32) -> (Option<u32>, u32) {
        let excluded = if self.autapses { None } else { self.ends.own_partner(self.outer, neuron) };
        (excluded, self.ends.side(self.outer.other()).size - u32::from(excluded.is_some()))
    }

    /// Whether every neuron can have so many partners.
    fn check(&self) -> Result<(), Fault> {
        for neuron in 0..self.ends.side(self.outer).size {
            let (_, available) = self.partners_of(neuron);
            if self.count > available {
                return Err(Fault::TooFewPartners { outer: self.outer, neuron, wanted: self.count, available });
            }
        }
        Ok(())
    }

    /// Gives the partners of a neuron (relative), each once, in no particular order, always the same ones.
    fn choose(&self, neuron: u32, distinct: &mut Distinct, mut take: impl FnMut(u32)) {
        let (excluded, available) = self.partners_of(neuron);
        let hole = excluded.unwrap_or(u32::MAX);
        distinct.choose(self.count, available, self.key, neuron, |choice| take(choice + u32::from(choice >= hole)));
    }
}

/// The sources of every target.
impl Pairs for Degree<'_> {
    fn count(&self) -> u64 {
        self.total()
    }

    fn each(&self, mut take: impl FnMut(u32, u32)) {
        let mut distinct = Distinct::default();
        for target in 0..self.ends.target.size {
            self.choose(target, &mut distinct, |source| take(source, target));
        }
    }
}

impl Outer {
    /// The other side.
    pub(super) fn other(self) -> Self {
        match self {
            Self::Source => Self::Target,
            Self::Target => Self::Source,
        }
    }
}

impl Ends {
    /// The same neuron on the other side (relative to that group), where it is there.
    fn own_partner(&self, outer: Outer, neuron: u32) -> Option<u32> {
        let (own, other) = (self.side(outer), self.side(outer.other()));
        let partner = (own.offset + neuron).checked_sub(other.offset)?;
        (self.same_population && partner < other.size).then_some(partner)
    }
}
