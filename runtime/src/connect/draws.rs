//! Random choices of connecting. Every neuron has a sequence of its own, so that no choice depends on threads or other
//! neurons.

use crate::math::{self, Scalar};
use crate::random::philox::{block, unit};
use crate::random::{self, Philox};
use rand_core::Rng;

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

/// The sequence of a neuron.
pub(super) fn neuron_sequence(rule: u64, neuron: u32) -> Philox {
    Philox::new(neuron_key(rule, neuron))
}

fn neuron_key(rule: u64, neuron: u32) -> u64 {
    random::key(rule, NEURONS, u64::from(neuron))
}

/// The one sequence for pairs that are taken one after the other.
pub(super) fn pair_sequence(rule: u64) -> Philox {
    Philox::new(random::key(rule, PAIRS, 0))
}

/// Uniform in `0..limit`; 0 for a limit of 0. By Lemire, Fast random integer generation in an interval, ACM TOMACS 29
/// (2019).
pub(super) fn below(draws: &mut Philox, limit: u32) -> u32 {
    let mut product = u64::from(draws.next_u32()) * u64::from(limit);
    if (product as u32) < limit {
        let least = limit.wrapping_neg() % limit.max(1);
        while (product as u32) < least {
            product = u64::from(draws.next_u32()) * u64::from(limit);
        }
    }
    (product >> 32) as u32
}

/// Some of the numbers `0..count`, each with probability `p`, ascending.
///
/// Below p = 0.25 it goes from one taken to the next by a gap of geometric distribution, the whole part of
/// ln(1 - u)/ln(1 - p) (Devroye, Non-Uniform Random Variate Generation, 1986, chapter X.2); above, every number is
/// asked for.
pub(super) struct Thinned {
    next: u64,
    count: u64,
    way: Way,
}

/// How the next number is found.
enum Way {
    All,
    Jump(Gaps),
    /// By asking, with p.
    Ask(Philox, f64),
}

/// Gaps whose logarithms are worked out side by side.
const STRIP: usize = 16;

/// Gaps of geometric distribution. Measured, 15.6 million synapses of 12,500 neurons: 15 ns each instead of 30 with one
/// logarithm after the other.
struct Gaps {
    key: u64,
    /// The next block of the key's words; each makes two gaps.
    block: u64,
    /// 1/ln(1 - p).
    scale: f64,
    strip: [f64; STRIP],
    used: usize,
}

impl Gaps {
    /// Of a key; `scale` is 1/ln(1 - p).
    fn new(key: u64, scale: f64) -> Self {
        Self { key, block: 0, scale, strip: [0.0; STRIP], used: STRIP }
    }

    /// The next one, cut to a whole number where it is used.
    #[inline]
    fn next(&mut self) -> f64 {
        if self.used == STRIP {
            self.refill();
        }
        self.used += 1;
        self.strip[self.used - 1]
    }

    #[inline(never)]
    fn refill(&mut self) {
        for gaps in self.strip.chunks_exact_mut(2) {
            let [a, b, c, d] = block(self.key, [self.block as u32, (self.block >> 32) as u32, 0, 0]);
            gaps.copy_from_slice(&[unit(a, b), unit(c, d)]);
            self.block += 1;
        }
        // Apart, so that these are vector instructions.
        for gap in &mut self.strip {
            *gap = math::log(&mut Scalar { fused: false }, 1.0 - *gap) * self.scale;
        }
        self.used = 0;
    }
}

impl Thinned {
    /// Of those the neuron's sequence takes. Probabilities of 1 and more take all; those of 0 and less, and NaN, none.
    pub(super) fn new(count: u64, p: f64, rule: u64, neuron: u32) -> Self {
        // Infinite where p is so small that no count of neurons would see one taken.
        let scale = 1.0 / math::log1p(&mut Scalar { fused: false }, -p);
        let (count, way) = if p >= 1.0 {
            (count, Way::All)
        } else if p >= 0.25 {
            (count, Way::Ask(neuron_sequence(rule, neuron), p))
        } else if p > 0.0 && scale.is_finite() {
            (count, Way::Jump(Gaps::new(neuron_key(rule, neuron), scale)))
        } else {
            (0, Way::All)
        };
        Self { next: 0, count, way }
    }
}

impl Iterator for Thinned {
    type Item = u64;

    #[inline]
    fn next(&mut self) -> Option<u64> {
        match &mut self.way {
            Way::All => {}
            Way::Jump(gaps) => self.next = self.next.saturating_add(gaps.next() as u64),
            Way::Ask(draws, p) => {
                while self.next < self.count && draws.uniform() >= *p {
                    self.next += 1;
                }
            }
        }
        let taken = self.next;
        self.next = taken.saturating_add(1);
        (taken < self.count).then_some(taken)
    }
}

/// Chooses distinct numbers; remembers which were chosen in one bit each.
#[derive(Debug, Default)]
pub(super) struct Distinct {
    chosen: Vec<u64>,
    list: Vec<u32>,
}

impl Distinct {
    /// `count` distinct numbers of `0..limit`, at least that many, all sets being as likely; in no particular order. By
    /// Floyd (Bentley and Floyd, Programming pearls: a sample of brilliance, CACM 30, 1987).
    pub(super) fn choose(&mut self, count: u32, limit: u32, draws: &mut Philox, mut take: impl FnMut(u32)) {
        let words = limit.div_ceil(64) as usize;
        if self.chosen.len() < words {
            self.chosen.resize(words, 0);
        }
        self.list.clear();
        for last in limit - count..limit {
            let drawn = below(draws, last + 1);
            let number = if self.is_chosen(drawn) { last } else { drawn };
            self.chosen[number as usize / 64] |= 1 << (number % 64);
            self.list.push(number);
            take(number);
        }
        for &number in &self.list {
            self.chosen[number as usize / 64] = 0;
        }
    }

    fn is_chosen(&self, number: u32) -> bool {
        self.chosen[number as usize / 64] >> (number % 64) & 1 == 1
    }
}
