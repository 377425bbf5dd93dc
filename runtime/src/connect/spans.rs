//! The candidates of every source: a range of targets with holes, from bounds that kernels yield.
//!
//! A span's candidates are numbered 0, 1, … by ascending target. Holes are inside their range, distinct and ascending.

use super::evaluate::Evaluator;
use super::{Candidates, Ends, Expression, Outer};

/// Marks a place in the list of holes that is not one; sorts behind all neurons.
const NO_HOLE: u32 = u32::MAX;

/// Candidates of all sources: 8 bytes a source where there are bounds, 4 for each hole.
#[derive(Debug)]
pub(super) struct Spans {
    everything: (u32, u32),
    /// First target and one past the last; empty where it is `everything` for all.
    ranges: Vec<(u32, u32)>,
    holes: Vec<u32>,
    holes_per_source: usize,
}

/// Candidates of one source; targets are relative to their group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span<'a> {
    first: u32,
    last: u32,
    holes: &'a [u32],
}

impl Spans {
    /// Evaluates the bounds for all sources.
    pub(super) fn new(candidates: &Candidates, ends: &Ends, evaluator: &mut Evaluator<'_>) -> Self {
        let everything = (0, ends.target.size);
        let bounded = !(candidates.low.is_empty() && candidates.high.is_empty());
        let ranges = if bounded { vec![everything; ends.source.size as usize] } else { Vec::new() };
        let mut spans = Self { everything, ranges, holes: Vec::new(), holes_per_source: candidates.except.len() };
        for low in &candidates.low {
            evaluator.for_each_neuron(low, Outer::Source, ends, |source, bound| {
                let (first, _) = &mut spans.ranges[source];
                *first = (*first).max(first_at_or_above(bound, ends.target.size));
            });
        }
        for high in &candidates.high {
            evaluator.for_each_neuron(high, Outer::Source, ends, |source, bound| {
                let (_, last) = &mut spans.ranges[source];
                *last = (*last).min(first_above(bound, ends.target.size));
            });
        }
        spans.cut_holes(&candidates.except, ends, evaluator);
        spans
    }

    /// The candidates of a source.
    pub(super) fn of(&self, source: u32) -> Span<'_> {
        let source = source as usize;
        let (first, last) = self.ranges.get(source).copied().unwrap_or(self.everything);
        let holes = &self.holes[source * self.holes_per_source..][..self.holes_per_source];
        let real = holes.partition_point(|&hole| hole != NO_HOLE);
        Span { first, last: last.max(first), holes: &holes[..real] }
    }

    /// Evaluates what is left out, and keeps what is inside the ranges.
    fn cut_holes(&mut self, except: &[Expression], ends: &Ends, evaluator: &mut Evaluator<'_>) {
        let per_source = except.len();
        let mut holes = vec![NO_HOLE; ends.source.size as usize * per_source];
        for (column, expression) in except.iter().enumerate() {
            evaluator.for_each_neuron(expression, Outer::Source, ends, |source, target| {
                let (first, last) = self.ranges.get(source).copied().unwrap_or(self.everything);
                if target >= f64::from(first) && target < f64::from(last) && target.fract() == 0.0 {
                    holes[source * per_source + column] = target as u32;
                }
            });
        }
        if per_source > 1 {
            for row in holes.chunks_exact_mut(per_source) {
                row.sort_unstable();
                for later in (1..per_source).rev() {
                    if row[later] == row[later - 1] {
                        row[later] = NO_HOLE;
                    }
                }
                row.sort_unstable();
            }
        }
        self.holes = holes;
    }
}

impl Span<'_> {
    /// How many candidates there are.
    pub(super) fn count(&self) -> u32 {
        self.last - self.first - self.holes.len() as u32
    }

    /// The target (relative) of a candidate below `count`.
    pub(super) fn target(&self, candidate: u32) -> u32 {
        let mut target = self.first + candidate;
        for &hole in self.holes {
            target += u32::from(target >= hole);
        }
        target
    }
}

/// The first whole number from `bound` on, cut to `0..=size`; `size` for NaN, which no number reaches.
fn first_at_or_above(bound: f64, size: u32) -> u32 {
    if bound.is_nan() { size } else { bound.ceil().clamp(0.0, f64::from(size)) as u32 }
}

/// The first whole number above `bound`, cut to `0..=size`; 0 for NaN, below which no number is.
fn first_above(bound: f64, size: u32) -> u32 {
    if bound.is_nan() { 0 } else { (bound.floor() + 1.0).clamp(0.0, f64::from(size)) as u32 }
}
