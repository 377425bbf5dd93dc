//! Rates of populations: what is recorded, smoothed and in wider bins.
//!
//! In: spikes per neuron and second, one value per bin of one width. Out: as many values smoothed, or fewer of wider bins. Outside of
//! what was recorded there are taken to be no spikes, so that a smoothed rate falls off towards both ends.

use super::quantity::IntoQuantity;
use crate::error::Error;
use crate::ir::network::Smooth;
use crate::units::{self, Dimension};
use std::collections::VecDeque;

/// How a rate is smoothed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The mean over a width.
    Flat,
    /// Weighted by a normal distribution; its width is one standard deviation, and it is cut at two.
    Gaussian,
}

/// Spikes per neuron and second of a group.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    /// Start of each bin [s].
    pub times: Vec<f64>,
    /// The rate in it [Hz].
    pub rates: Vec<f64>,
    /// How long a bin is [s].
    pub bin: f64,
}

/// A width that is a whole number of bins may come out as a hair less: 0.6 ms / 2 / 0.1 ms is 2.9999999999999996.
const WHOLE: f64 = 1e-9;

impl Rate {
    /// The rate smoothed: `smooth(Window::Gaussian, 5.0*MS)`. There are as many bins as before.
    ///
    /// A flat window is `2*floor(width/2/bin) + 1` bins wide; a gaussian one reaches `round(2*width/bin)` bins to either side (Brian2's
    /// rules).
    ///
    /// # Errors
    /// `Error::Unit` where the width is no time, `Error::Time` where it is not above 0.
    pub fn smooth(&self, window: Window, width: impl IntoQuantity) -> Result<Self, Error> {
        let width = width.into_quantity()?.expect("the width of a window", Dimension::SECOND)?;
        if !(width > 0.0 && width.is_finite()) {
            let reason = "the width of a window is above 0".to_owned();
            return Err(Error::Time { given: seconds(width), reason });
        }
        let smooth = match window {
            Window::Flat => Smooth::Flat(width),
            Window::Gaussian => Smooth::Gaussian(width),
        };
        Ok(self.smoothed(smooth))
    }

    pub(super) fn smoothed(&self, smooth: Smooth) -> Self {
        let mut rates = Vec::with_capacity(self.rates.len());
        let mut smoother = Smoother::new(smooth, self.bin, self.rates.len());
        self.rates.iter().for_each(|&rate| smoother.push(rate, &mut rates));
        smoother.finish(&mut rates);
        Self { rates, ..self.clone() }
    }

    /// The mean rate over wider bins, a whole number of those there are; a last one that is not full is left out.
    ///
    /// # Errors
    /// `Error::Unit` where the bin is no time, `Error::Time` where it is no whole number of bins.
    pub fn binned(&self, bin: impl IntoQuantity) -> Result<Self, Error> {
        let bin = bin.into_quantity()?.expect("a bin", Dimension::SECOND)?;
        let Some(together) = runtime::clock::sample_ticks(bin, self.bin) else {
            let reason = format!("a bin is a whole number of those recorded, {}", seconds(self.bin));
            return Err(Error::Time { given: seconds(bin), reason });
        };
        let together = together as usize;
        let rates: Vec<f64> = self.rates.chunks_exact(together).map(mean).collect();
        let times = self.times.iter().step_by(together).take(rates.len()).copied().collect();
        Ok(Self { times, rates, bin })
    }
}

/// A time as people write it.
fn seconds(time: f64) -> String {
    units::quantity(time, Dimension::SECOND)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Bins to either side; more than any recording has is as good as all of them.
fn half_width(bins: f64) -> usize {
    bins.min(f64::from(u32::MAX)) as usize
}

/// Smooths bins as they come, so that of a rate of any length no more than a window is held.
pub(super) struct Smoother {
    window: Weights,
    /// Bins to either side.
    half: usize,
    /// Bins taken, and bins given out.
    taken: usize,
    given: usize,
}

enum Weights {
    /// All alike: sums of the bins up to those that are still needed, so that a window of 10,000 bins costs no more than one of 10.
    Flat(VecDeque<f64>),
    /// By distance; and what the bins to be given out have so far.
    Gaussian(Vec<f64>, VecDeque<f64>),
}

impl Smoother {
    /// For so many bins of so many seconds.
    pub(super) fn new(smooth: Smooth, bin: f64, bins: usize) -> Self {
        let (window, half) = match smooth {
            Smooth::Flat(width) => (Weights::Flat(VecDeque::from([0.0])), half_width(width / 2.0 / bin + WHOLE)),
            Smooth::Gaussian(width) => {
                let deviation = width / bin;
                let weights = gaussian(deviation, half_width((2.0 * deviation).round_ties_even()), bins);
                let half = weights.len() - 1;
                (Weights::Gaussian(weights, VecDeque::new()), half)
            }
        };
        Self { window, half, taken: 0, given: 0 }
    }

    /// How far it looks to either side [s], for bins of so many seconds.
    pub(super) fn reach(smooth: Smooth, bin: f64) -> f64 {
        let half = match smooth {
            Smooth::Flat(width) => half_width(width / 2.0 / bin + WHOLE),
            Smooth::Gaussian(width) => half_width((2.0 * width / bin).round_ties_even()),
        };
        half as f64 * bin
    }

    /// Takes a bin; gives out the one that no later bin changes.
    pub(super) fn push(&mut self, rate: f64, out: &mut Vec<f64>) {
        let place = self.taken;
        self.taken += 1;
        match &mut self.window {
            Weights::Flat(sums) => {
                let sum = sums.back().copied().unwrap_or(0.0) + rate;
                sums.push_back(sum);
            }
            Weights::Gaussian(weights, parts) => {
                let first = place.saturating_sub(self.half);
                parts.resize(place + self.half + 1 - self.given, 0.0);
                // Most bins of a small group have no spikes: what they would give is left out.
                if rate != 0.0 {
                    for (target, part) in (self.given..).zip(parts.iter_mut()).skip(first - self.given) {
                        *part += rate * weights[target.abs_diff(place)];
                    }
                }
            }
        }
        if let Some(done) = place.checked_sub(self.half) {
            self.give(done + 1, out);
        }
    }

    /// Gives out what is left.
    pub(super) fn finish(mut self, out: &mut Vec<f64>) {
        self.give(self.taken, out);
    }

    /// Gives out all bins before this one.
    fn give(&mut self, end: usize, out: &mut Vec<f64>) {
        let width = 2.0 * self.half as f64 + 1.0;
        while self.given < end {
            let place = self.given;
            out.push(match &mut self.window {
                Weights::Flat(sums) => {
                    // The first of the sums is that before the first bin that this one or a later one needs.
                    let first = place.saturating_sub(self.half);
                    let base = self.taken + 1 - sums.len();
                    let last = place.saturating_add(self.half + 1).min(self.taken);
                    let mean = (sums[last - base] - sums[first - base]) / width;
                    if place >= self.half {
                        sums.pop_front();
                    }
                    mean
                }
                Weights::Gaussian(_, parts) => parts.pop_front().unwrap_or_default(),
            });
            self.given += 1;
        }
    }
}

/// The integral of exp(-x²/2) from -2 to 2: sqrt(2 pi) times the probability of two standard deviations.
const TWO_DEVIATIONS: f64 = 2.392_576_026_645_216;

/// Over more bins than this a sum of weights is taken to be its integral, which differs by 1 in a million at most.
const SMOOTH: usize = 1_000_000;

/// Weights of a normal distribution at distances 0, 1, … of the bins that it reaches, both sides together summing to 1; of no more than
/// `most` distances.
fn gaussian(deviation: f64, half: usize, most: usize) -> Vec<f64> {
    let weight = |distance: usize| (-(distance as f64 / deviation).powi(2) / 2.0).exp();
    let sum = if half > SMOOTH {
        deviation * TWO_DEVIATIONS + weight(half)
    } else {
        1.0 + 2.0 * (1..=half).map(weight).sum::<f64>()
    };
    (0..=half.min(most)).map(|distance| weight(distance) / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MS, MV};

    fn spike_at(place: usize, bins: usize) -> Rate {
        let mut rates = vec![0.0; bins];
        rates[place] = 10_000.0;
        Rate { times: (0..bins).map(|bin| bin as f64 * 1e-4).collect(), rates, bin: 1e-4 }
    }

    /// Window, width [ms], bins that one spike is spread over. As in Brian2 2.9, but for flat 0.6 ms, which Brian2 makes 5 bins by a
    /// rounding error.
    const WIDTHS: [(Window, f64, usize); 10] = [
        (Window::Flat, 0.05, 1),
        (Window::Flat, 0.2, 3),
        (Window::Flat, 0.3, 3),
        (Window::Flat, 0.6, 7),
        (Window::Flat, 0.7, 7),
        (Window::Flat, 1.2, 13),
        (Window::Gaussian, 0.12, 5),
        (Window::Gaussian, 0.13, 7),
        (Window::Gaussian, 0.6, 25),
        (Window::Gaussian, 1e9, 30),
    ];

    #[test]
    fn windows_are_as_wide_as_brian2s() {
        for (window, width, bins) in WIDTHS {
            let smooth = spike_at(15, 30).smooth(window, width * MS).expect("a width");
            assert_eq!(smooth.rates.iter().filter(|rate| **rate > 0.0).count(), bins, "{window:?} {width}");
        }
    }

    #[test]
    fn smoothing_keeps_the_number_of_spikes_away_from_the_ends() {
        for window in [Window::Flat, Window::Gaussian] {
            let smooth = spike_at(50, 101).smooth(window, 1.0 * MS).expect("a width");
            assert!((smooth.rates.iter().sum::<f64>() - 10_000.0).abs() < 1e-9, "{window:?}");
            assert!((smooth.rates[49] - smooth.rates[51]).abs() < 1e-12, "{window:?} is even");
            let cut = spike_at(0, 101).smooth(window, 1.0 * MS).expect("a width");
            assert!(cut.rates.iter().sum::<f64>() < 6_000.0, "{window:?} has no spikes before the start");
        }
    }

    /// What is smoothed as it comes is what the definition gives of all of it.
    #[test]
    fn smoothing_along_is_smoothing_at_once() {
        let rates: Vec<f64> = (0..60).map(|bin| f64::from(bin * bin % 17) * 100.0).collect();
        for bins in [0, 1, 2, 5, 60] {
            let rate = Rate { times: vec![0.0; bins], rates: rates[..bins].to_vec(), bin: 1e-4 };
            for half in [0_i32, 1, 3, 20, 1000] {
                let flat = rate.smoothed(Smooth::Flat(2e-4 * f64::from(half)));
                let sigma = f64::from(half) / 2.0;
                let bell = rate.smoothed(Smooth::Gaussian(1e-4 * sigma.max(0.01)));
                let weight = |distance: usize| (-(distance as f64 / sigma.max(0.01)).powi(2) / 2.0).exp();
                let all: f64 = (-half..=half).map(|distance| weight(distance.unsigned_abs() as usize)).sum();
                assert_eq!((flat.rates.len(), bell.rates.len()), (bins, bins));
                for place in 0..bins {
                    let around = |weight: &dyn Fn(usize) -> f64| -> f64 {
                        let reached = (0..bins).filter(|bin| bin.abs_diff(place) <= half as usize);
                        reached.map(|bin| rates[bin] * weight(bin.abs_diff(place))).sum()
                    };
                    let expected = around(&|_| 1.0) / f64::from(2 * half + 1);
                    assert!((flat.rates[place] - expected).abs() < 1e-9, "{bins} {half} {place}");
                    let expected = around(&weight) / all;
                    assert!((bell.rates[place] - expected).abs() < 1e-9, "{bins} {half} {place}");
                }
            }
        }
    }

    /// Weights of very wide windows are normalised by an integral: it meets the sum where both can be had.
    #[test]
    fn very_wide_windows_weigh_as_wide_ones() {
        let deviation = SMOOTH as f64 / 2.0;
        let (sum, integral) = (gaussian(deviation, SMOOTH, 0)[0], gaussian(deviation + 0.5, SMOOTH + 1, 0)[0]);
        assert!((sum / integral - 1.0).abs() < 2e-6, "{sum} {integral}");
    }

    #[test]
    fn wider_bins_hold_means() {
        let rate = Rate { times: vec![0.0, 1e-3, 2e-3, 3e-3, 4e-3], rates: vec![1.0, 3.0, 0.0, 8.0, 9.0], bin: 1e-3 };
        let binned = rate.binned(2.0 * MS).expect("two bins");
        assert_eq!(binned, Rate { times: vec![0.0, 2e-3], rates: vec![2.0, 4.0], bin: 2e-3 });
        assert!(rate.binned(1.5 * MS).is_err());
        assert!(rate.binned(0.0 * MS).is_err());
    }

    #[test]
    fn a_width_is_a_time_above_0() {
        let rate = spike_at(0, 3);
        assert!(matches!(rate.smooth(Window::Flat, 1.0 * MV), Err(Error::Unit { .. })));
        for width in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(matches!(rate.smooth(Window::Gaussian, width * MS), Err(Error::Time { .. })), "{width}");
        }
    }
}
