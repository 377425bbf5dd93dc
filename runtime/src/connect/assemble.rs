//! From the synapses of all rules to rows: a stable counting sort by source, where they are not in that order already.

use super::deferred::Deferred;
use super::piece::{OpenRows, Piece};
use super::{Connected, Ends, Made};
use crate::rows::Rows;
use crate::targets::Targets;

/// Rows of all pieces, which together are no more than can be numbered.
pub(super) fn assemble(mut pieces: Vec<Piece>, ends: &Ends) -> Connected {
    let starts = starts_of(&pieces, ends.source.size as usize);
    let made =
        pieces.iter_mut().map(|piece| Made { synapses: piece.len() as u32, pairs: piece.pairs.take() }).collect();
    let single_in_order = matches!(pieces.as_slice(), [piece] if piece.sources.is_none());
    let (targets, creation) = match pieces.pop() {
        Some(mut piece) if single_in_order => {
            piece.targets.shrink_to_fit();
            (piece.targets, None)
        }
        last => {
            pieces.extend(last);
            scatter(pieces, &starts, ends)
        }
    };
    let rows = Rows::of(starts, targets, ends.source.offset, ends.target.population)
        .expect("starts are running sums of what each source got, and targets were checked against their group");
    Connected { rows, creation, made }
}

/// Running sums of the synapses per source.
fn starts_of(pieces: &[Piece], sources: usize) -> Vec<u32> {
    let mut starts = Vec::with_capacity(sources + 1);
    let mut sum = 0;
    starts.push(sum);
    for source in 0..sources {
        sum += pieces.iter().map(|piece| piece.counts[source]).sum::<u32>();
        starts.push(sum);
    }
    starts
}

/// Targets in storage order, and the place of every synapse in order of creation unless that is the same.
fn scatter(pieces: Vec<Piece>, starts: &[u32], ends: &Ends) -> (Targets, Option<Vec<u32>>) {
    let total = pieces.iter().map(Piece::len).sum();
    let mut targets = Targets::below(ends.target.population);
    targets.lengthen(total);
    let mut creation = vec![0; total];
    let mut rows = OpenRows::new(starts.to_vec(), &mut targets);
    let mut filling = Deferred::new(starts.len() as u32, |source, (number, target): (u32, u32)| {
        creation[number as usize] = rows.append(source, target);
    });
    let mut number = 0;
    let mut put = |source: u32, target: u32| {
        filling.put(source, (number, target));
        number += 1;
    };
    for piece in pieces {
        match &piece.sources {
            Some(sources) => sources.iter().zip(piece.targets.iter()).for_each(|(&source, target)| put(source, target)),
            None => {
                let mut made = piece.targets.iter();
                for (source, &count) in (0..).zip(&piece.counts) {
                    made.by_ref().take(count as usize).for_each(|target| put(source, target));
                }
            }
        }
    }
    filling.finish();
    let in_order = creation.is_sorted();
    (targets, (!in_order).then_some(creation))
}
