//! Conditions: every candidate of every source, sampled, asked and copied.
//!
//! Where nothing is asked of pairs one by one, rows are made from their sequences of random numbers alone, on several
//! threads where there are.

use super::draws::Thinned;
use super::evaluate::{CHUNK, Chunk, Evaluator};
use super::piece::Piece;
use super::room::Before;
use super::select::Selection;
use super::spans::Spans;
use super::{Candidates, Chance, Ends, Expression, Fault, Outer};
use rayon::ThreadPool;

/// A rule of this form, borrowed.
pub(super) struct Condition<'a> {
    pub(super) candidates: &'a Candidates,
    pub(super) condition: Option<&'a Expression>,
    pub(super) p: &'a Chance,
    pub(super) n: Option<&'a Expression>,
}

/// How likely the candidates of a source are taken, before they are asked.
enum Density {
    Constant(f64),
    PerSource(Vec<f64>),
}

impl Density {
    fn new(p: &Chance, ends: &Ends, evaluator: &mut Evaluator<'_>) -> Self {
        match p {
            Chance::Always | Chance::PerPair(_) => Self::Constant(1.0),
            &Chance::Constant(p) => Self::Constant(p),
            Chance::PerSource(p) => {
                let mut values = Vec::with_capacity(ends.source.size as usize);
                evaluator.for_each_neuron(p, Outer::Source, ends, |_, p| values.push(p));
                Self::PerSource(values)
            }
        }
    }

    /// Between 0 and 1; 0 for NaN.
    fn of(&self, source: u32) -> f64 {
        let p = match self {
            Self::Constant(p) => *p,
            Self::PerSource(values) => values[source as usize],
        };
        if p > 0.0 { p.min(1.0) } else { 0.0 }
    }
}

/// The candidates of all sources and how likely they are.
struct Sampling {
    spans: Spans,
    density: Density,
    key: u64,
}

impl Sampling {
    /// Mean and variance of the number of candidates of a source that are taken.
    fn moments(&self, source: u32) -> (f64, f64) {
        let p = self.density.of(source);
        let mean = f64::from(self.spans.of(source).count()) * p;
        (mean, mean * (1.0 - p))
    }

    /// Numbers of the candidates taken.
    fn taken(&self, source: u32) -> Thinned {
        let count = u64::from(self.spans.of(source).count());
        Thinned::new(count, self.density.of(source), self.key, source)
    }
}

/// The synapses of a condition.
pub(super) fn connect(
    rule: &Condition<'_>,
    ends: &Ends,
    evaluator: &mut Evaluator<'_>,
    before: Before,
    pool: Option<&ThreadPool>,
) -> Result<Piece, Fault> {
    let sampling = Sampling {
        spans: Spans::new(rule.candidates, ends, evaluator),
        density: Density::new(rule.p, ends, evaluator),
        key: evaluator.key(),
    };
    let piece = Piece::by_source(ends, before);
    if rule.condition.is_none() && rule.n.is_none() && !matches!(rule.p, Chance::PerPair(_)) {
        connect_directly(&sampling, ends, piece, pool)
    } else {
        connect_asking(&sampling, rule, ends, evaluator, piece)
    }
}

/// All candidates taken are synapses.
fn connect_directly(
    sampling: &Sampling,
    ends: &Ends,
    mut piece: Piece,
    pool: Option<&ThreadPool>,
) -> Result<Piece, Fault> {
    let (mean, variance) =
        (0..ends.source.size).map(|source| sampling.moments(source)).fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
    piece.expect(mean, variance.sqrt())?;
    let offset = ends.target.offset;
    let fill = |source: u32, (): &mut (), targets: &mut Vec<u32>| {
        let span = sampling.spans.of(source);
        targets.extend(sampling.taken(source).map(|candidate| offset + span.target(candidate as u32)));
    };
    piece.grow_rows(|source| sampling.moments(source).0, fill, pool)?;
    Ok(piece)
}

/// Candidates taken are asked, over chunks.
fn connect_asking(
    sampling: &Sampling,
    rule: &Condition<'_>,
    ends: &Ends,
    evaluator: &mut Evaluator<'_>,
    mut piece: Piece,
) -> Result<Piece, Fault> {
    let per_pair = if matches!(rule.p, Chance::PerPair(_)) { rule.p } else { &Chance::Always };
    let mut selection = Selection::new(rule.condition, per_pair, rule.n, evaluator);
    let mut chunk = Chunk::default();
    for source in 0..ends.source.size {
        let span = sampling.spans.of(source);
        let mut taken = sampling.taken(source);
        loop {
            let room = CHUNK - chunk.len();
            let held = chunk.len();
            chunk
                .post
                .extend(taken.by_ref().take(room).map(|candidate| ends.target.offset + span.target(candidate as u32)));
            chunk.complete_with(ends.source.offset + source);
            if chunk.len() < held + room {
                break;
            }
            selection.pass(&mut chunk, ends, evaluator, &mut piece)?;
        }
    }
    selection.pass(&mut chunk, ends, evaluator, &mut piece)?;
    Ok(piece)
}
