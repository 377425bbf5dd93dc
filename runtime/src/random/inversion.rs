//! Counts by inversion: in, a law of counts with a small mean and a uniform number; out, the first count whose cumulative
//! probability exceeds the number.
//!
//! Cumulative probabilities come from the recurrence of the probabilities. `Inversion::count` goes through it for one
//! number; a `Table` keeps its sums as whole numbers in steps of 2^-53, in which uniform numbers are counted, so that both
//! give the same count for the same bits, always.

use crate::math::{self, Scalar};

/// Less than 10^-22 remains beyond of a mean below 30: only rounding can lead there.
const LAST: i32 = 100;
/// Uniform numbers have so many bits.
const BITS: u32 = 53;
/// Cells of the guide: the count changes within few of them, 12 where the mean is 2, so that the search is over at once and the
/// processor foresees it.
const CELLS: usize = 1 << 10;
const CELL: u32 = BITS - CELLS.trailing_zeros();

/// A law of counts, of mean below 30.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Inversion {
    /// Counts of that mean, which is more than 0.
    Poisson { mean: f64 },
    /// Successes of so many trials, 1 or more, with a probability of more than 0 and at most 1/2.
    Binomial { trials: i32, probability: f64 },
}

impl Inversion {
    /// The largest count there is.
    fn last(self) -> i32 {
        match self {
            Self::Poisson { .. } => LAST,
            Self::Binomial { trials, .. } => trials.min(LAST),
        }
    }

    /// The probability of 0: 8e-19 or more.
    fn of_zero(self) -> f64 {
        let mut ops = Scalar { fused: false };
        match self {
            Self::Poisson { mean } => math::exp(&mut ops, -mean),
            Self::Binomial { trials, probability } => {
                let failure = math::log1p(&mut ops, -probability);
                math::exp(&mut ops, f64::from(trials) * failure)
            }
        }
    }

    /// Cumulative probabilities of 0, 1, 2 …
    fn cumulative(self) -> impl Iterator<Item = f64> {
        let odds = match self {
            Self::Poisson { mean } => mean,
            Self::Binomial { probability, .. } => probability / (1.0 - probability),
        };
        let mut probability = self.of_zero();
        let mut sum = probability;
        let rest = (1..).map(move |count| {
            probability *= match self {
                Self::Poisson { .. } => odds / f64::from(count),
                Self::Binomial { trials, .. } => f64::from(trials - count + 1) / f64::from(count) * odds,
            };
            sum += probability;
            sum
        });
        std::iter::once(sum).chain(rest)
    }

    /// The count of a uniform number.
    pub(super) fn count(self, uniform: f64) -> i32 {
        let exceeding = (0..self.last()).zip(self.cumulative()).find(|&(_, cumulative)| uniform < cumulative);
        exceeding.map_or(self.last(), |(count, _)| count)
    }
}

/// A law ready for many numbers.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// By count: the first uniform number, in steps of 2^-53, that is not below its cumulative probability.
    ends: [u64; LAST as usize + 1],
    /// By cell of the uniform numbers: the count of the first of them.
    guide: [u8; CELLS],
}

impl Table {
    /// That of a law: takes about as long as 50 numbers drawn without it.
    pub(super) fn new(inversion: Inversion) -> Self {
        let mut table = Self { ends: [u64::MAX; LAST as usize + 1], guide: [0; CELLS] };
        let mut cell = 0;
        for (count, cumulative) in (0..inversion.last()).zip(inversion.cumulative()) {
            // Both are exact: a product with a power of two, and the whole number from there on.
            let end = (cumulative * (1_u64 << BITS) as f64).ceil() as u64;
            table.ends[count as usize] = end;
            let next = (end.div_ceil(1 << CELL) as usize).min(CELLS);
            table.guide[cell..next].fill(count as u8);
            cell = next;
        }
        table.guide[cell..].fill(inversion.last() as u8);
        table
    }

    /// The count of the uniform number of the upper 53 of 64 random bits.
    #[inline]
    pub(super) fn count(&self, bits: u64) -> i32 {
        let number = bits >> (64 - BITS);
        let mut count = self.guide[(number >> CELL) as usize];
        while self.ends.get(usize::from(count)).is_some_and(|&end| number >= end) {
            count += 1;
        }
        i32::from(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laws() -> Vec<Inversion> {
        let means = [5e-324, 1e-300, 1e-17, 1e-9, 0.01, 0.7, 2.0, 9.99, 17.0, 29.999];
        let binomials = [
            (1, 0.5),
            (1, 1e-300),
            (2, 0.3),
            (59, 0.5),
            (100, 0.299),
            (1000, 0.002),
            (1_000_000, 2.5e-5),
            (i32::MAX, 1.3e-8),
            (i32::MAX, 1e-12),
        ];
        let poisson = means.map(|mean| Inversion::Poisson { mean });
        let binomial = binomials.map(|(trials, probability)| Inversion::Binomial { trials, probability });
        poisson.into_iter().chain(binomial).collect()
    }

    const STEP: f64 = 1.0 / (1_u64 << BITS) as f64;

    #[test]
    fn a_table_gives_the_counts_of_the_recurrence() {
        for law in laws() {
            let table = Table::new(law);
            let edges = table.ends.iter().flat_map(|&end| [end.wrapping_sub(1), end, end.wrapping_add(1)]);
            let cells = (0..CELLS as u64).flat_map(|cell| [cell << CELL, ((cell + 1) << CELL) - 1]);
            let numbers = edges.chain(cells).filter(|&number| number < 1 << BITS);
            for number in numbers {
                let bits = number << (64 - BITS) | 0x2a5;
                assert_eq!(table.count(bits), law.count(number as f64 * STEP), "{law:?} at {number}");
            }
        }
    }

    /// By logarithms, and not by a recurrence.
    fn probability(law: Inversion, count: i32) -> f64 {
        let k = f64::from(count);
        let factorial = libm::lgamma(k + 1.0);
        match law {
            Inversion::Poisson { mean } => (k * mean.ln() - mean - factorial).exp(),
            Inversion::Binomial { trials, probability } => {
                let falling: f64 = (0..count).map(|taken| f64::from(trials - taken).ln()).sum();
                let failures = f64::from(trials - count) * (-probability).ln_1p();
                (falling - factorial + k * probability.ln() + failures).exp()
            }
        }
    }

    #[test]
    fn cumulative_probabilities_are_those_of_the_law() {
        for law in laws() {
            let mut exact = 0.0;
            for (count, cumulative) in (0..law.last()).zip(law.cumulative()) {
                exact += probability(law, count);
                assert!((cumulative - exact).abs() < 3e-13, "{law:?} to {count}: {cumulative}, not {exact}");
            }
            assert!(exact > 1.0 - 1e-12 || law.last() < LAST, "{law:?} ends too soon: {exact}");
        }
    }
}
