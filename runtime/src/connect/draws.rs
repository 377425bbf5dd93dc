//! Random choices of connecting. Every neuron has a sequence of its own, so that no choice depends on threads or other
//! neurons.

use crate::math::{self, Scalar};
use crate::random::{self, Philox, Strip};

/// What the random numbers of one rule are for: the middle word of their key.
const KERNEL_CALLS: u64 = 1;
const NEURONS: u64 = 2;
const PAIRS: u64 = 3;
const RULES: u64 = 4;

/// Key of a rule of a projection.
pub(super) fn rule_key(projection: u64, rule: usize) -> u64 {
    random::key(projection, RULES, rule as u64)
}

/// Key of a call of a kernel.
pub(super) fn call_key(rule: u64, call: u64) -> u64 {
    random::key(rule, KERNEL_CALLS, call)
}

/// The one sequence for pairs that are taken one after the other.
pub(super) fn pair_sequence(rule: u64) -> Philox {
    Philox::new(random::key(rule, PAIRS, 0))
}

/// Random numbers of one key, drawn some at a time, at most so many pairs, a power of two: those of neighbours are made
/// by vector code. Measured, 15.6 million synapses of 12,500 neurons: 11 ns each with logarithms of uniform numbers
/// drawn so, 29 with one after the other.
#[derive(Debug)]
pub(super) struct Ahead<T, const MOST: usize> {
    strip: Strip,
    drawn: [[T; 2]; MOST],
    /// How many are drawn at a time.
    ahead: usize,
    used: usize,
}

/// As many pairs as the widest vectors take.
const FEW: usize = 8;
/// Vectors enough that none waits for the other.
const MANY: usize = 32;

/// Numbers for one pair of neurons after the other.
pub(super) type AheadOfPairs = Ahead<u64, MANY>;

impl<T: Copy + Default, const MOST: usize> Ahead<T, MOST> {
    /// None is drawn before this is told its key.
    fn new() -> Self {
        let strip = Strip { key: 0, step: 0, first: 0, draw: 0 };
        Self { strip, drawn: [[T::default(); 2]; MOST], ahead: 2 * MOST, used: 2 * MOST }
    }

    /// From the first of a key on, of which about so many are wanted.
    fn begin(&mut self, key: u64, wanted: u32) {
        self.strip = Strip { key, step: 0, first: 0, draw: 0 };
        self.ahead = 2 * (wanted as usize).div_ceil(2).clamp(FEW, MOST).next_power_of_two();
        self.used = self.ahead;
    }

    /// The next number; `draw` makes those of a strip.
    #[inline]
    fn next(&mut self, draw: impl Fn(Strip, &mut [[T; 2]])) -> T {
        // Known to the compiler where there is no choice: else a network connected by probabilities is built in 8 %
        // more instructions.
        let ahead = if MOST == FEW { 2 * FEW } else { self.ahead };
        if self.used == ahead {
            draw(self.strip, &mut self.drawn[..ahead / 2]);
            let (next, round) = self.strip.first.overflowing_add(ahead as u32);
            self.strip.first = next;
            self.strip.step += i64::from(round);
            self.used = 0;
        }
        self.used += 1;
        self.drawn.as_flattened()[self.used - 1]
    }
}

impl AheadOfPairs {
    /// Those of a rule.
    pub(super) fn of_rule(rule: u64) -> Self {
        let mut draws = Self::new();
        draws.begin(random::key(rule, PAIRS, 0), u32::MAX);
        draws
    }
}

/// Key of the sequence of a neuron.
fn key_of_neuron(rule: u64, neuron: u32) -> u64 {
    random::key(rule, NEURONS, u64::from(neuron))
}

/// Uniform in `0..limit`; 0 for a limit of 0. By Lemire, Fast random integer generation in an interval, ACM TOMACS 29
/// (2019).
#[inline]
pub(super) fn below(draws: &mut AheadOfPairs, limit: u32) -> u32 {
    let limit = u64::from(limit);
    let product = u128::from(draws.next(Strip::bits_of_pairs)) * u128::from(limit);
    if (product as u64) < limit {
        return unless_refused(draws, limit, product);
    }
    (product >> 64) as u32
}

/// The same where the first number drawn may be one of those that would make some results likelier than others: one in
/// 2^32 or fewer.
#[cold]
fn unless_refused(draws: &mut AheadOfPairs, limit: u64, mut product: u128) -> u32 {
    let least = limit.wrapping_neg() % limit.max(1);
    while (product as u64) < least {
        product = u128::from(draws.next(Strip::bits_of_pairs)) * u128::from(limit);
    }
    (product >> 64) as u32
}

/// Some of the numbers `0..count`, each with probability `p`, ascending.
///
/// It goes from one taken to the next by a gap of geometric distribution, the whole part of ln(1 - u)/ln(1 - p)
/// (Devroye, Non-Uniform Random Variate Generation, 1986, chapter X.2). Measured at p = 0.5, 12.5 million synapses: 11 ns
/// each; to ask of every number takes 22, for a processor cannot foresee the answers.
pub(super) struct Thinned {
    next: u64,
    count: u64,
    /// Logarithms of uniform numbers, and 1/ln(1 - p); nothing where all are taken.
    gaps: Option<(Ahead<f64, FEW>, f64)>,
}

impl Thinned {
    /// Of those the neuron's sequence takes. Probabilities of 1 and more take all; those of 0 and less, and NaN, none.
    pub(super) fn new(count: u64, p: f64, rule: u64, neuron: u32) -> Self {
        // Infinite where p is so small that no count of neurons would see one taken.
        let scale = 1.0 / math::log1p(&mut Scalar { fused: false }, -p);
        let some = p > 0.0 && p < 1.0 && scale.is_finite();
        let gaps = some.then(|| {
            let mut draws = Ahead::new();
            draws.begin(key_of_neuron(rule, neuron), 2 * FEW as u32);
            (draws, scale)
        });
        Self { next: 0, count: if some || p >= 1.0 { count } else { 0 }, gaps }
    }
}

impl Iterator for Thinned {
    type Item = u64;

    #[inline]
    fn next(&mut self) -> Option<u64> {
        if let Some((draws, scale)) = &mut self.gaps {
            let gap = draws.next(Strip::logarithms_of_pairs) * *scale;
            self.next = self.next.saturating_add(gap as u64);
        }
        let taken = self.next;
        self.next = taken.saturating_add(1);
        (taken < self.count).then_some(taken)
    }
}

/// Chooses distinct numbers; remembers which were chosen in one bit each.
#[derive(Debug)]
pub(super) struct Distinct {
    draws: AheadOfPairs,
    chosen: Vec<u64>,
    list: Vec<u32>,
}

impl Default for Distinct {
    fn default() -> Self {
        Self { draws: Ahead::new(), chosen: Vec::new(), list: Vec::new() }
    }
}

impl Distinct {
    /// `count` distinct numbers of `0..limit`, at least that many, all sets being as likely; in no particular order,
    /// from the neuron's sequence. By Floyd (Bentley and Floyd, Programming pearls: a sample of brilliance, CACM 30, 1987).
    pub(super) fn choose(&mut self, count: u32, limit: u32, rule: u64, neuron: u32, mut take: impl FnMut(u32)) {
        let words = limit.div_ceil(64) as usize;
        if self.chosen.len() < words {
            self.chosen.resize(words, 0);
        }
        self.list.clear();
        self.draws.begin(key_of_neuron(rule, neuron), count);
        let (draws, chosen) = (&mut self.draws, &mut self.chosen);
        self.list.extend((limit - count..limit).map(|last| {
            let drawn = below(draws, last + 1);
            if mark(chosen, drawn) { drawn } else { instead(chosen, last) }
        }));
        for &number in &self.list {
            self.chosen[number as usize / 64] = 0;
            take(number);
        }
    }
}

/// Sets the bit of a number; whether it was not set before.
fn mark(chosen: &mut [u64], number: u32) -> bool {
    let (word, bit) = (&mut chosen[number as usize / 64], 1 << (number % 64));
    let new = *word & bit == 0;
    *word |= bit;
    new
}

/// Chooses a number that is not chosen yet. A call that happens seldom, so that the processor goes ahead without
/// waiting for the word of the number drawn, as it has to where either number is picked without a branch (measured, 10
/// of a million: 5 ns a number).
#[cold]
#[inline(never)]
fn instead(chosen: &mut [u64], number: u32) -> u32 {
    mark(chosen, number);
    number
}
