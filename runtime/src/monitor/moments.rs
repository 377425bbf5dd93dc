//! Mean and variance over time, kept up while values come.
//!
//! In: samples of some elements. Out: their mean and variance so far, by Welford's recurrence (1962, Technometrics
//! 4:419), which loses no digits where a variance is small beside its mean. Memory does not grow with the samples.

use serde::{Deserialize, Serialize};

/// Mean and, where it is asked for, variance of every element over its samples.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Moments {
    number: u64,
    means: Vec<f64>,
    /// Sums of squared deviations from the mean.
    squares: Option<Vec<f64>>,
}

impl Moments {
    pub(crate) fn new(elements: usize, variance: bool) -> Self {
        Self { number: 0, means: vec![0.0; elements], squares: variance.then(|| vec![0.0; elements]) }
    }

    /// Takes a sample: a value per element.
    pub(crate) fn add(&mut self, sample: &[f64]) {
        self.number += 1;
        let number = self.number as f64;
        match &mut self.squares {
            None => {
                for (mean, value) in self.means.iter_mut().zip(sample) {
                    *mean += (value - *mean) / number;
                }
            }
            Some(squares) => {
                for ((mean, square), value) in self.means.iter_mut().zip(squares).zip(sample) {
                    let beside = value - *mean;
                    *mean += beside / number;
                    *square += beside * (value - *mean);
                }
            }
        }
    }

    /// Whether they are of as many elements, and of the same kind.
    pub(crate) fn are_of(&self, other: &Self) -> bool {
        let squares = |moments: &Self| moments.squares.as_ref().map(Vec::len);
        self.means.len() == other.means.len() && squares(self) == squares(other)
    }

    /// The same before any sample.
    pub(crate) fn emptied(&self) -> Self {
        Self::new(self.means.len(), self.squares.is_some())
    }

    /// How many samples there were.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The mean of every element; NaN before the first sample.
    #[must_use]
    pub fn means(&self) -> Vec<f64> {
        if self.number == 0 { vec![f64::NAN; self.means.len()] } else { self.means.clone() }
    }

    /// The variance of every element, the squared deviations divided by their number; NaN before the first sample.
    /// `None` where it is not kept.
    #[must_use]
    pub fn variances(&self) -> Option<Vec<f64>> {
        let number = self.number as f64;
        self.squares.as_ref().map(|squares| squares.iter().map(|square| square / number).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_all_samples_at_once() {
        // Far from zero, where a sum of squares would have lost every digit of the variance.
        let samples: Vec<[f64; 2]> = (0..1000).map(|k| [1e9 + f64::from(k % 7), -f64::from(k)]).collect();
        let (mut both, mut mean) = (Moments::new(2, true), Moments::new(2, false));
        assert!(both.means()[0].is_nan() && both.variances().is_some_and(|values| values[0].is_nan()));
        for sample in &samples {
            both.add(sample);
            mean.add(sample);
        }
        assert_eq!((both.number(), mean.variances()), (1000, None));
        assert_eq!(both.means(), mean.means());
        for element in 0..2 {
            let of = |sample: &[f64; 2]| sample[element];
            let expected = samples.iter().map(of).sum::<f64>() / 1000.0;
            let variance = samples.iter().map(|sample| (of(sample) - expected).powi(2)).sum::<f64>() / 1000.0;
            assert!((both.means()[element] - expected).abs() < 1e-9 * expected.abs());
            let got = both.variances().expect("kept")[element];
            assert!((got - variance).abs() < 1e-6 * variance, "{got} {variance}");
        }
        assert_eq!(both.emptied(), Moments::new(2, true));
    }
}
