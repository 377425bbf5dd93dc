//! What happens to pairs one by one: the condition, the chance and the number of copies, in this order, over chunks.

use super::draws::pair_sequence;
use super::evaluate::{CHUNK, Chunk, Evaluator};
use super::piece::Piece;
use super::room::Before;
use super::{Chance, Ends, Expression, Fault, Outer};
use crate::random::Philox;

/// What a pair must pass, and what it gets.
pub(super) struct Selection<'a> {
    condition: Option<&'a Expression>,
    p: &'a Chance,
    n: Option<&'a Expression>,
    draws: Philox,
    out: Vec<f64>,
}

impl<'a> Selection<'a> {
    /// Chances are drawn from one sequence of the rule, one number for every pair that the condition lets through.
    pub(super) fn new(
        condition: Option<&'a Expression>,
        p: &'a Chance,
        n: Option<&'a Expression>,
        evaluator: &Evaluator<'_>,
    ) -> Self {
        Self { condition, p, n, draws: pair_sequence(evaluator.key()), out: Vec::new() }
    }

    /// Adds to the piece what passes; the chunk is left empty.
    pub(super) fn pass(
        &mut self,
        chunk: &mut Chunk,
        ends: &Ends,
        evaluator: &mut Evaluator<'_>,
        piece: &mut Piece,
    ) -> Result<(), Fault> {
        if let Some(condition) = self.condition {
            evaluator.run(condition, chunk, &mut self.out);
            chunk.retain(|position| self.out[position] != 0.0);
        }
        self.thin(chunk, evaluator);
        match self.n {
            Some(n) => evaluator.run(n, chunk, &mut self.out),
            None => self.fill_out(chunk.len(), 1.0),
        }
        for (((&pre, &post), &each), &copies) in chunk.pre.iter().zip(&chunk.post).zip(&chunk.each).zip(&self.out) {
            piece.push(pre - ends.source.offset, post, copies)?;
            piece.note_pair(each as u32);
        }
        chunk.clear();
        Ok(())
    }

    /// Keeps every pair with its probability.
    fn thin(&mut self, chunk: &mut Chunk, evaluator: &mut Evaluator<'_>) {
        match self.p {
            Chance::Always => return,
            &Chance::Constant(p) => self.fill_out(chunk.len(), p),
            Chance::PerSource(p) | Chance::PerPair(p) => evaluator.run(p, chunk, &mut self.out),
        }
        for p in &mut self.out {
            *p = f64::from(u8::from(self.draws.uniform() < *p));
        }
        chunk.retain(|position| self.out[position] != 0.0);
    }

    fn fill_out(&mut self, length: usize, value: f64) {
        self.out.clear();
        self.out.resize(length, value);
    }
}

/// The synapses of listed pairs. What other rules take for the loop variable is here the number of the pair.
pub(super) fn connect_listed(
    pairs: &[(u32, u32)],
    p: &Chance,
    n: Option<&Expression>,
    ends: &Ends,
    evaluator: &mut Evaluator<'_>,
    before: Before,
) -> Result<Piece, Fault> {
    check_listed(pairs, ends)?;
    let mut piece = Piece::listed(ends, before);
    if n.is_some() || !matches!(p, Chance::Always) {
        piece.pairs = Some(Vec::new());
    }
    let mut selection = Selection::new(None, p, n, evaluator);
    let mut chunk = Chunk::default();
    for (first, part) in (0..).step_by(CHUNK).zip(pairs.chunks(CHUNK)) {
        for (number, &(source, target)) in (first..).zip(part) {
            chunk.push(ends.source.offset + source, ends.target.offset + target, number);
        }
        selection.pass(&mut chunk, ends, evaluator, &mut piece)?;
    }
    Ok(piece)
}

/// Whether all listed neurons are of their groups.
fn check_listed(pairs: &[(u32, u32)], ends: &Ends) -> Result<(), Fault> {
    for (position, &(source, target)) in pairs.iter().enumerate() {
        for (side, neuron) in [(Outer::Source, source), (Outer::Target, target)] {
            let size = ends.side(side).size;
            if neuron >= size {
                return Err(Fault::PairOutOfGroup { side, position, neuron, size });
            }
        }
    }
    Ok(())
}
