//! Generators: partners computed for every neuron of one side, over a loop.

use super::draws::{Distinct, Thinned};
use super::evaluate::{CHUNK, Chunk, Evaluator};
use super::piece::Piece;
use super::select::Selection;
use super::{Each, Ends, Expression, Fault, Generator, Outer, Taken};

/// The synapses of a generator.
pub(super) fn connect(
    generator: &Generator,
    ends: &Ends,
    evaluator: &mut Evaluator<'_>,
    before: u64,
) -> Result<Piece, Fault> {
    let piece = match generator.outer {
        Outer::Source => Piece::by_source(ends, before),
        Outer::Target => Piece::listed(ends, before),
    };
    let mut partners = Partners::new(generator, ends, evaluator, piece);
    match &generator.each {
        Some(each) => partners.go_through(each, evaluator)?,
        None => {
            for first in (0..ends.side(generator.outer).size).step_by(CHUNK) {
                ends.fill_with_neurons(generator.outer, first, &mut partners.chunk);
                partners.take_chunk(evaluator)?;
            }
        }
    }
    Ok(partners.piece)
}

/// A generator at work: pairs of its chunk have the neuron gone through and the loop variable, but no partner yet.
struct Partners<'a> {
    generator: &'a Generator,
    ends: &'a Ends,
    /// Asked before values outside the group are errors.
    early_condition: Option<&'a Expression>,
    selection: Selection<'a>,
    chunk: Chunk,
    values: Vec<f64>,
    out: Vec<f64>,
    piece: Piece,
}

impl<'a> Partners<'a> {
    fn new(generator: &'a Generator, ends: &'a Ends, evaluator: &Evaluator<'_>, piece: Piece) -> Self {
        let condition = generator.condition.as_ref();
        let late = generator.skip_if_invalid || generator.condition_reads_partner;
        let (early_condition, late_condition) = if late { (None, condition) } else { (condition, None) };
        let selection = Selection::new(late_condition, &generator.p, generator.n.as_ref(), evaluator);
        let (chunk, values, out) = (Chunk::default(), Vec::new(), Vec::new());
        Self { generator, ends, early_condition, selection, chunk, values, out, piece }
    }

    /// All values of the loop for all neurons.
    fn go_through(&mut self, each: &Each, evaluator: &mut Evaluator<'_>) -> Result<(), Fault> {
        let (generator, ends, key) = (self.generator, self.ends, evaluator.key());
        let mut neurons = Chunk::default();
        let mut sample = Sample::default();
        let taken = match &each.taken {
            Taken::All => None,
            Taken::Probability(taken) | Taken::Size(taken) => Some(taken),
        };
        for first in (0..ends.side(generator.outer).size).step_by(CHUNK) {
            ends.fill_with_neurons(generator.outer, first, &mut neurons);
            let [starts, stops, steps, takes] =
                [(each.start.as_ref(), 0.0), (Some(&each.stop), 0.0), (each.step.as_ref(), 1.0), (taken, 1.0)]
                    .map(|(expression, otherwise)| evaluate_or(expression, otherwise, &neurons, evaluator));
            for position in 0..neurons.len() {
                let neuron = first + position as u32;
                let (start, step) = (starts[position] as i64, steps[position] as i64);
                let length = length_of(start, stops[position] as i64, step)
                    .ok_or(Fault::ZeroStep { outer: generator.outer, neuron })?;
                let mut take = |partners: &mut Self, turn: u64| -> Result<(), Fault> {
                    let each = start + turn as i64 * step;
                    partners.chunk.push(neurons.pre[position], neurons.post[position], each as i32);
                    if partners.chunk.is_full() { partners.take_chunk(evaluator) } else { Ok(()) }
                };
                if let Taken::Size(_) = each.taken {
                    let wanted = self.sample_size(neuron, takes[position] as i64, length)?;
                    for &turn in sample.draw(wanted, length, key, neuron) {
                        take(self, turn.into())?;
                    }
                } else {
                    for turn in Thinned::new(length, takes[position], key, neuron) {
                        take(self, turn)?;
                    }
                }
            }
        }
        self.take_chunk(evaluator)
    }

    /// How many of `available` values a sample takes where `wanted` are asked for.
    fn sample_size(&self, neuron: u32, wanted: i64, available: u64) -> Result<u32, Fault> {
        // A loop over integers of 32 bits has fewer than 2^32 values.
        let most = u32::try_from(available).unwrap_or(u32::MAX);
        match u32::try_from(wanted) {
            Ok(wanted) if wanted <= most => Ok(wanted),
            _ if self.generator.skip_if_invalid => Ok(if wanted < 0 { 0 } else { most }),
            _ => Err(Fault::SampleSize { outer: self.generator.outer, neuron, wanted, available }),
        }
    }

    /// Gives the pairs of the chunk their partners, and passes on those that are pairs.
    fn take_chunk(&mut self, evaluator: &mut Evaluator<'_>) -> Result<(), Fault> {
        let (generator, ends) = (self.generator, self.ends);
        evaluator.run(&generator.value, &self.chunk, &mut self.values);
        if let Some(condition) = self.early_condition {
            evaluator.run(condition, &self.chunk, &mut self.out);
            let mut position = 0;
            self.values.retain(|_| {
                position += 1;
                self.out[position - 1] != 0.0
            });
            self.chunk.retain(|position| self.out[position] != 0.0);
        }
        self.drop_or_refuse_invalid()?;
        let offset = ends.side(generator.outer.other()).offset;
        let partners = match generator.outer {
            Outer::Source => &mut self.chunk.post,
            Outer::Target => &mut self.chunk.pre,
        };
        for (partner, &value) in partners.iter_mut().zip(&self.values) {
            *partner = offset + value as u32;
        }
        self.selection.pass(&mut self.chunk, ends, evaluator, &mut self.piece)
    }

    /// Leaves out pairs whose partner is not of its group, or finds the first of them an error.
    fn drop_or_refuse_invalid(&mut self) -> Result<(), Fault> {
        let outer = self.generator.outer;
        let size = self.ends.side(outer.other()).size;
        let valid = |value: f64| value >= 0.0 && value < f64::from(size);
        let Some(bad) = self.values.iter().position(|&value| !valid(value)) else { return Ok(()) };
        if !self.generator.skip_if_invalid {
            let neuron = match outer {
                Outer::Source => self.chunk.pre[bad] - self.ends.source.offset,
                Outer::Target => self.chunk.post[bad] - self.ends.target.offset,
            };
            return Err(Fault::OutOfGroup { outer, neuron, value: self.values[bad] as i64, size });
        }
        self.chunk.retain(|position| valid(self.values[position]));
        self.values.retain(|&value| valid(value));
        Ok(())
    }
}

/// Values drawn for one neuron, and room to draw them in.
#[derive(Default)]
struct Sample {
    distinct: Distinct,
    turns: Vec<u32>,
}

impl Sample {
    /// So many of the first `length` turns of a loop, in the order of the loop.
    fn draw(&mut self, wanted: u32, length: u64, rule: u64, neuron: u32) -> &[u32] {
        self.turns.clear();
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        if wanted == length {
            self.turns.extend(0..length);
        } else {
            let turns = &mut self.turns;
            self.distinct.choose(wanted, length, rule, neuron, |turn| turns.push(turn));
            self.turns.sort_unstable();
        }
        &self.turns
    }
}

/// One number per neuron of a chunk.
fn evaluate_or(
    expression: Option<&Expression>,
    otherwise: f64,
    neurons: &Chunk,
    evaluator: &mut Evaluator<'_>,
) -> Vec<f64> {
    let mut out = vec![otherwise; neurons.len()];
    if let Some(expression) = expression {
        evaluator.run(expression, neurons, &mut out);
    }
    out
}

/// How many values `start, start + step, …` has before `stop`; `None` for step 0.
fn length_of(start: i64, stop: i64, step: i64) -> Option<u64> {
    let (distance, stride) =
        if step > 0 { (stop.saturating_sub(start), step) } else { (start.saturating_sub(stop), -step) };
    (step != 0).then(|| (distance.max(0) as u64).div_ceil(stride as u64))
}
