//! Generators: partners computed for every neuron of one side, over a loop.
//!
//! How many pairs a loop has is known before one is made, and too many are refused then.

use super::draws::{Distinct, Thinned};
use super::evaluate::{CHUNK, Chunk, Evaluator};
use super::piece::Piece;
use super::room::Before;
use super::select::Selection;
use super::{Chance, Each, Ends, Expression, Fault, Generator, Outer, Taken};

/// The synapses of a generator.
pub(super) fn connect(
    generator: &Generator,
    ends: &Ends,
    evaluator: &mut Evaluator<'_>,
    before: Before,
) -> Result<Piece, Fault> {
    let mut piece = match generator.outer {
        Outer::Source => Piece::by_source(ends, before),
        Outer::Target => Piece::listed(ends, before),
    };
    let expected = moments(generator, ends, evaluator);
    evaluator.begin_again();
    if let Some((mean, variance)) = expected {
        if generator.gives_all() {
            piece.expect(mean, variance.sqrt())?;
        } else if before.synapses as f64 + mean > piece.most() {
            piece = let_go(generator, ends, evaluator, piece)?;
            piece.expect_what_was_let_go()?;
        }
    }
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

/// Goes through all pairs of a loop without keeping the synapses, where they may be too many and which of them pass is
/// known only when they are asked.
fn let_go(generator: &Generator, ends: &Ends, evaluator: &mut Evaluator<'_>, piece: Piece) -> Result<Piece, Fault> {
    let mut partners = Partners { keeps: false, ..Partners::new(generator, ends, evaluator, piece) };
    if let Some(each) = &generator.each {
        partners.go_through(each, evaluator)?;
    }
    evaluator.begin_again();
    Ok(partners.piece)
}

/// Mean and variance of the number of pairs that a loop gives, before anything is asked of them one by one; nothing
/// where that is not known, or where something is wrong with a loop, which is found when they are gone through.
fn moments(generator: &Generator, ends: &Ends, evaluator: &mut Evaluator<'_>) -> Option<(f64, f64)> {
    let each = generator.each.as_ref().filter(|each| !each.random)?;
    let probability = |p: f64| if p > 0.0 { p.min(1.0) } else { 0.0 };
    let chance = match generator.p {
        Chance::Constant(p) => probability(p),
        Chance::Always | Chance::PerSource(_) | Chance::PerPair(_) => 1.0,
    };
    let (mut mean, mut variance) = (0.0, 0.0);
    for first in (0..ends.side(generator.outer).size).step_by(CHUNK) {
        let loops = Loops::of(generator, each, first, ends, evaluator);
        for position in 0..loops.neurons.len() {
            let (_, _, length) = loops.range(position).ok()?;
            let (count, p) = match each.taken {
                Taken::All => (length as f64, chance),
                Taken::Probability(_) => (length as f64, chance * probability(loops.takes[position])),
                Taken::Size(_) => (f64::from(loops.sample_size(position, length).ok()?), chance),
            };
            mean += count * p;
            variance += count * p * (1.0 - p);
        }
    }
    Some((mean, variance))
}

/// What some neurons go through.
struct Loops<'a> {
    generator: &'a Generator,
    first: u32,
    neurons: Chunk,
    starts: Vec<f64>,
    stops: Vec<f64>,
    steps: Vec<f64>,
    takes: Vec<f64>,
}

impl<'a> Loops<'a> {
    /// That of a chunk of neurons from `first` on.
    fn of(generator: &'a Generator, each: &Each, first: u32, ends: &Ends, evaluator: &mut Evaluator<'_>) -> Self {
        let mut neurons = Chunk::default();
        ends.fill_with_neurons(generator.outer, first, &mut neurons);
        let taken = match &each.taken {
            Taken::All => None,
            Taken::Probability(taken) | Taken::Size(taken) => Some(taken),
        };
        let [starts, stops, steps, takes] =
            [(each.start.as_ref(), 0.0), (Some(&each.stop), 0.0), (each.step.as_ref(), 1.0), (taken, 1.0)]
                .map(|(expression, otherwise)| evaluate_or(expression, otherwise, &neurons, evaluator));
        Self { generator, first, neurons, starts, stops, steps, takes }
    }

    /// Number of a neuron in its group.
    fn neuron(&self, position: usize) -> u32 {
        self.first + position as u32
    }

    /// First value and step of a neuron's loop, and how many values it has.
    fn range(&self, position: usize) -> Result<(i64, i64, u64), Fault> {
        let (start, step) = (self.starts[position] as i64, self.steps[position] as i64);
        let length = length_of(start, self.stops[position] as i64, step)
            .ok_or(Fault::ZeroStep { outer: self.generator.outer, neuron: self.neuron(position) })?;
        Ok((start, step, length))
    }

    /// How many of `available` values a neuron's sample takes.
    fn sample_size(&self, position: usize, available: u64) -> Result<u32, Fault> {
        let wanted = self.takes[position] as i64;
        // A loop over integers of 32 bits has fewer than 2^32 values.
        let most = u32::try_from(available).unwrap_or(u32::MAX);
        match u32::try_from(wanted) {
            Ok(wanted) if wanted <= most => Ok(wanted),
            _ if self.generator.skip_if_invalid => Ok(if wanted < 0 { 0 } else { most }),
            _ => {
                let (outer, neuron) = (self.generator.outer, self.neuron(position));
                Err(Fault::SampleSize { outer, neuron, wanted, available })
            }
        }
    }
}

impl Generator {
    /// Whether every pair of the loop that chance takes becomes one synapse.
    fn gives_all(&self) -> bool {
        let by_chance = matches!(self.p, Chance::Always | Chance::Constant(_));
        self.condition.is_none() && !self.skip_if_invalid && by_chance && self.n.is_none()
    }
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
    /// Whether synapses are kept, and not only counted.
    keeps: bool,
}

impl<'a> Partners<'a> {
    fn new(generator: &'a Generator, ends: &'a Ends, evaluator: &Evaluator<'_>, piece: Piece) -> Self {
        let condition = generator.condition.as_ref();
        let late = generator.skip_if_invalid || generator.condition_reads_partner;
        let (early_condition, late_condition) = if late { (None, condition) } else { (condition, None) };
        let selection = Selection::new(late_condition, &generator.p, generator.n.as_ref(), evaluator);
        let (chunk, values, out) = (Chunk::default(), Vec::new(), Vec::new());
        Self { generator, ends, early_condition, selection, chunk, values, out, piece, keeps: true }
    }

    /// All values of the loop for all neurons.
    fn go_through(&mut self, each: &Each, evaluator: &mut Evaluator<'_>) -> Result<(), Fault> {
        let (generator, ends, key) = (self.generator, self.ends, evaluator.key());
        let mut sample = Sample::default();
        for first in (0..ends.side(generator.outer).size).step_by(CHUNK) {
            let loops = Loops::of(generator, each, first, ends, evaluator);
            for position in 0..loops.neurons.len() {
                let neuron = loops.neuron(position);
                let (start, step, length) = loops.range(position)?;
                let (pre, post) = (loops.neurons.pre[position], loops.neurons.post[position]);
                let mut take = |partners: &mut Self, turn: u64| -> Result<(), Fault> {
                    partners.chunk.push(pre, post, (start + turn as i64 * step) as i32);
                    if partners.chunk.is_full() { partners.take_chunk(evaluator) } else { Ok(()) }
                };
                if let Taken::Size(_) = each.taken {
                    let wanted = loops.sample_size(position, length)?;
                    for &turn in sample.draw(wanted, length, key, neuron) {
                        take(self, turn.into())?;
                    }
                } else {
                    for turn in Thinned::new(length, loops.takes[position], key, neuron) {
                        take(self, turn)?;
                    }
                }
            }
        }
        self.take_chunk(evaluator)
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
        self.selection.pass(&mut self.chunk, ends, evaluator, &mut self.piece)?;
        if !self.keeps {
            self.piece.let_go();
        }
        Ok(())
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
