//! Rules of fixed numbers: distinct partners for every neuron of a side, or pairs drawn with replacement.
//!
//! Synapses that are not drawn by source are drawn twice, once to count them and once to put them where they belong, so
//! that no more than the rows themselves is ever held.

use super::deferred::Deferred;
use super::draws::{Ahead, Distinct, below};
use super::piece::Piece;
use super::{Ends, Fault, Outer};
use rayon::ThreadPool;

/// `count` distinct targets for every source, ascending.
pub(super) fn outdegree(
    count: u32,
    autapses: bool,
    ends: &Ends,
    key: u64,
    before: u64,
    pool: Option<&ThreadPool>,
) -> Result<Piece, Fault> {
    let degree = Degree { outer: Outer::Source, count, autapses, ends, key };
    degree.check()?;
    let mut piece = Piece::by_source(ends, before);
    piece.expect(degree.total(), 0.0)?;
    let fill = |source: u32, distinct: &mut Distinct, targets: &mut Vec<u32>| {
        let first = targets.len();
        degree.choose(source, distinct, |target| targets.push(ends.target.offset + target));
        targets[first..].sort_unstable();
    };
    piece.grow_rows(|_| f64::from(count), fill, pool)?;
    Ok(piece)
}

/// `count` distinct sources for every target; by source, then target.
pub(super) fn indegree(count: u32, autapses: bool, ends: &Ends, key: u64, before: u64) -> Result<Piece, Fault> {
    let degree = Degree { outer: Outer::Target, count, autapses, ends, key };
    degree.check()?;
    let mut piece = Piece::by_source(ends, before);
    piece.expect(degree.total(), 0.0)?;
    let mut distinct = Distinct::default();
    let mut counting = Deferred::counting(ends.source.size, |source, ()| piece.counts[source as usize] += 1);
    for target in 0..ends.target.size {
        degree.choose(target, &mut distinct, |source| counting.put(source, ()));
    }
    counting.finish();
    let mut rows = piece.start_rows();
    let mut filling = Deferred::new(ends.source.size, |source, target| {
        rows.append(source, target);
    });
    for target in 0..ends.target.size {
        degree.choose(target, &mut distinct, |source| filling.put(source, ends.target.offset + target));
    }
    filling.finish();
    Ok(piece)
}

/// `count` pairs drawn from all, with replacement; by source, then target.
pub(super) fn total(count: u64, autapses: bool, ends: &Ends, key: u64, before: u64) -> Result<Piece, Fault> {
    let mut piece = Piece::by_source(ends, before);
    piece.expect(count as f64, 0.0)?;
    if count == 0 {
        return Ok(piece);
    }
    let only_self = ends.source.size == 1 && ends.target.size == 1 && ends.own_partner(Outer::Source, 0).is_some();
    if ends.source.size == 0 || ends.target.size == 0 || (only_self && !autapses) {
        return Err(Fault::NoPair { wanted: count });
    }
    let draw_all = |take: &mut dyn FnMut(u32, u32)| {
        let mut draws = Ahead::of_pairs(key);
        for _ in 0..count {
            let (source, target) = draw_pair(&mut draws, autapses, ends);
            take(source, target);
        }
    };
    let mut counting = Deferred::counting(ends.source.size, |source, ()| piece.counts[source as usize] += 1);
    draw_all(&mut |source, _| counting.put(source, ()));
    counting.finish();
    let mut rows = piece.start_rows();
    let mut filling = Deferred::new(ends.source.size, |source, target| {
        rows.append(source, target);
    });
    draw_all(&mut |source, target| filling.put(source, ends.target.offset + target));
    filling.finish();
    let mut first = 0;
    for &count in &piece.counts {
        let row = first..first + count as usize;
        first = row.end;
        piece.targets.sort(row);
    }
    Ok(piece)
}

/// A pair that may be connected; there must be one.
fn draw_pair(draws: &mut Ahead<u64>, autapses: bool, ends: &Ends) -> (u32, u32) {
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
    fn total(&self) -> f64 {
        f64::from(self.count) * f64::from(self.ends.side(self.outer).size)
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
        let mut draws = Ahead::of_neuron(self.key, neuron);
        distinct.choose(self.count, available, &mut draws, |choice| take(choice + u32::from(choice >= hole)));
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
