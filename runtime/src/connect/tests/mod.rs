//! Rules with hand-written kernels, which see neurons relative to their groups and check what they are called with.

mod candidates;
mod chances;
mod faults;
mod fixed;
mod generators;
mod order;
mod reference;

use super::*;
use crate::kernel::{Call, Work};
use crate::partition::Native;

/// A closure over (i, j, k), i and j relative to their groups.
struct Yields<F> {
    ends: Ends,
    f: F,
}

impl<F: Fn(i64, i64, i64) -> f64 + Send + Sync> Kernel for Yields<F> {
    fn run(&self, _: &mut State, call: &mut Call<'_>) {
        let Work::Pairs { pre, post, each } = call.work else { panic!("rules run over pairs") };
        assert!(!pre.is_empty() && pre.len() <= 4096);
        assert_eq!((post.len(), each.len(), call.out.len()), (pre.len(), pre.len(), pre.len()));
        for (position, out) in call.out.iter_mut().enumerate() {
            let (pre, post) = (pre[position], post[position]);
            assert!(pre < self.ends.source.population && post < self.ends.target.population, "a load would be outside");
            let (i, j) = (i64::from(pre - self.ends.source.offset), i64::from(post - self.ends.target.offset));
            *out = (self.f)(i, j, i64::from(each[position]));
        }
    }

    fn native(&self) -> Option<Native<'_>> {
        None
    }
}

/// A kernel that draws: what it yields tells the key and the position of the pair.
struct TellsKey;

impl Kernel for TellsKey {
    fn run(&self, _: &mut State, call: &mut Call<'_>) {
        for (position, out) in (0..).zip(call.out.iter_mut()) {
            *out = crate::random::uniform(call.key, call.moment.step, position, 0);
        }
    }

    fn native(&self) -> Option<Native<'_>> {
        None
    }
}

fn yields(ends: &Ends, f: impl Fn(i64, i64, i64) -> f64 + Send + Sync + 'static) -> Expression {
    Arc::new(Yields { ends: *ends, f })
}

fn holds(ends: &Ends, f: impl Fn(i64, i64, i64) -> bool + Send + Sync + 'static) -> Expression {
    yields(ends, move |i, j, k| f64::from(u8::from(f(i, j, k))))
}

/// Whole populations of those sizes, not the same.
fn between(source: u32, target: u32) -> Ends {
    let whole = |size| Side { offset: 0, size, population: size };
    Ends { source: whole(source), target: whole(target), same_population: false }
}

/// A population with itself.
fn within(size: u32) -> Ends {
    Ends { same_population: true, ..between(size, size) }
}

/// Parts of populations.
fn subgroups(source: u32, target: u32) -> Ends {
    let part = |offset, size| Side { offset, size, population: offset + size + 2 };
    Ends { source: part(3, source), target: part(5, target), same_population: false }
}

fn condition(condition: Option<Expression>, p: Chance) -> Rule {
    Rule::Condition { candidates: Candidates::default(), condition, p, n: None }
}

fn candidates_only(candidates: Candidates) -> Rule {
    Rule::Condition { candidates, condition: None, p: Chance::Always, n: None }
}

fn generator(outer: Outer, value: Expression, each: Option<Each>) -> Generator {
    Generator {
        outer,
        value,
        each,
        condition: None,
        condition_reads_partner: false,
        skip_if_invalid: false,
        p: Chance::Always,
        n: None,
    }
}

const KEY: u64 = 20_240_607;

fn connect(rules: &[Rule], ends: &Ends) -> Result<Connected, ConnectError> {
    build(rules, ends, &mut State::default(), KEY, None, Room::default())
}

fn connected(rule: Rule, ends: &Ends) -> Connected {
    connect(&[rule], ends).expect("the rule can be met")
}

/// Source and target of every synapse in storage order, relative to the groups.
fn stored(connected: &Connected, ends: &Ends) -> Vec<(u32, u32)> {
    let bounds = (0..).zip(connected.rows.starts().windows(2));
    let sources = bounds.flat_map(|(source, row)| (row[0]..row[1]).map(move |_| source));
    sources.zip(connected.rows.targets().iter()).map(|(source, target)| (source, target - ends.target.offset)).collect()
}

/// Source and target of every synapse in order of creation, relative to the groups.
fn created(connected: &Connected, ends: &Ends) -> Vec<(u32, u32)> {
    let stored = stored(connected, ends);
    match &connected.creation {
        Some(creation) => creation.iter().map(|&place| stored[place as usize]).collect(),
        None => stored,
    }
}

/// All pairs for which `f` holds, by source, then target.
fn all_pairs(ends: &Ends, f: impl Fn(i64, i64) -> bool) -> Vec<(u32, u32)> {
    let pairs = (0..ends.source.size).flat_map(|i| (0..ends.target.size).map(move |j| (i, j)));
    pairs.filter(|&(i, j)| f(i64::from(i), i64::from(j))).collect()
}

/// Whether a statistic of that mean and standard deviation is within 5 of them: a right one is out once in 1.7 million.
#[track_caller]
fn assert_near(value: f64, mean: f64, deviation: f64) {
    assert!((value - mean).abs() <= 5.0 * deviation, "{value} is not {mean} +- 5*{deviation}");
}

/// Whether counts are of the laws expected, by Pearson's sum, whose mean is the degrees of freedom and whose variance
/// twice them.
#[track_caller]
fn assert_distributed(counts: &[f64], expected: &[f64], freedom: f64) {
    let sum: f64 = counts.iter().zip(expected).map(|(count, mean)| (count - mean).powi(2) / mean).sum();
    assert!((sum - freedom).abs() <= 5.0 * (2.0 * freedom).sqrt(), "chi-square {sum} for {freedom} degrees of freedom");
}
