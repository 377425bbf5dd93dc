//! Rates: spikes per neuron and second over time, as they are and smoothed.

use super::fold::Means;
use super::scale::Scale;
use super::subject::{Subject, shown};
use super::{Axis, Kind, Mark, Panel, Picture};
use crate::{Rate, SECOND, Window};

/// Bins that are drawn, at most.
const MOST_BINS: usize = 4096;

/// Bins are laid together until they hold so many spikes, or are so few.
const SPIKES_A_BIN: f64 = 3.0;
const FEWEST_BINS: usize = 64;

/// A smoothed rate is smooth over this share of the run.
const SHARE: f64 = 1.0 / 150.0;

/// A recorded rate on the way to a picture.
#[derive(Clone, Debug)]
pub(super) struct Recorded {
    subject: Subject,
    means: Means,
    first: [f64; 2],
    count: usize,
}

impl Recorded {
    pub(super) fn new(subject: Subject) -> Self {
        Self { subject, means: Means::new(1, MOST_BINS), first: [0.0; 2], count: 0 }
    }

    /// One bin: its start [s], its rate [Hz].
    pub(super) fn add(&mut self, t: f64, rate: f64) {
        if let Some(first) = self.first.get_mut(self.count) {
            *first = t;
        }
        self.count += 1;
        self.means.add(t, &[rate]);
    }

    /// Whether there is anything to be drawn.
    pub(super) fn is_drawn(&self) -> bool {
        self.count > 1
    }

    pub(super) fn finish(self) -> Vec<Picture> {
        if !self.is_drawn() {
            return Vec::new();
        }
        let bin = (self.first[1] - self.first[0]) * self.means.length() as f64;
        let mut rate = Rate { times: self.means.times.clone(), rates: self.means.means(), bin };
        if !self.count.is_multiple_of(self.means.length()) {
            rate.times.pop();
            rate.rates.pop();
        }
        let subject = self.subject;
        let title = subject.titled(&format!("Rate of {}", subject.group));
        let smooth = subject.smooth.as_deref();
        let rate = if smooth.is_some() { rate } else { told_apart(rate, subject.size.unwrap_or(1)) };
        vec![picture(subject.file.clone(), title, &rate, subject.end, smooth)]
    }
}

/// The rate counted from spikes or events of a group.
pub(super) fn of_spikes(subject: &Subject, rate: &Rate, size: u32, end: f64) -> Picture {
    let group = &subject.group;
    let title = if subject.what == "spikes" {
        format!("Rate of {group}")
    } else {
        format!("Rate of {} of {group}", subject.what)
    };
    let rate = told_apart(rate.clone(), size);
    picture(format!("{}.rate", subject.file), subject.titled(&title), &rate, end, None)
}

/// In bins as wide as it takes to hold some spikes each: narrower ones show single spikes, which the raster does
/// better.
fn told_apart(mut rate: Rate, size: u32) -> Rate {
    loop {
        let spikes = rate.rates.iter().sum::<f64>() * rate.bin * f64::from(size);
        if rate.rates.len() < 2 * FEWEST_BINS || spikes >= SPIKES_A_BIN * rate.rates.len() as f64 {
            return rate;
        }
        let Ok(wider) = rate.binned(2.0 * rate.bin * SECOND) else { return rate };
        rate = wider;
    }
}

/// `smooth` says how it was smoothed already.
fn picture(name: String, title: String, rate: &Rate, end: f64, smooth: Option<&str>) -> Picture {
    let start = rate.times.first().copied().unwrap_or(0.0);
    let end = rate.times.last().map_or(end, |last| end.max(last + rate.bin));
    let scale = Scale::of_time(end);
    let middles: Vec<f64> = rate.times.iter().map(|t| (t + rate.bin / 2.0) * scale.factor).collect();
    let line = |name: String, y: Vec<f64>, faint: bool| Mark::Line {
        name,
        x: middles.clone(),
        y,
        colour: 0,
        faint,
        dots: false,
    };
    let width = nice(((end - start) * SHARE).max(2.0 * rate.bin));
    let mut marks = vec![line(format!("bins of {}", shown(rate.bin)), rate.rates.clone(), smooth.is_none())];
    let mut note = smooth.map(|smooth| format!("smoothed by {smooth}")).unwrap_or_default();
    if smooth.is_none()
        && let Some(smooth) = smoothed(rate, width)
    {
        note = format!("bins of {}; smoothed by a gaussian of {}", shown(rate.bin), shown(width));
        marks.push(line(format!("gaussian {}", shown(width)), smooth, false));
    }
    let highest = rate.rates.iter().copied().fold(0.0, f64::max);
    let x = Axis::of_time(&scale, start, end);
    let y = Axis::from_zero("rate [Hz]".to_owned(), highest);
    Picture { kind: Kind::Rates, name, title, note, panels: vec![Panel { x, y, marks }] }
}

/// The rate smoothed. Near both ends a bin is the mean of the neighbours that it has: nothing is known of what lies
/// beyond.
fn smoothed(rate: &Rate, width: f64) -> Option<Vec<f64>> {
    let smooth = |rates: Vec<f64>| Rate { rates, ..rate.clone() }.smooth(Window::Gaussian, width * SECOND).ok();
    let (sums, weights) = (smooth(rate.rates.clone())?, smooth(vec![1.0; rate.rates.len()])?);
    Some(sums.rates.iter().zip(&weights.rates).map(|(sum, weight)| sum / weight).collect())
}

/// The number of 1, 2 and 5 times a power of ten that is nearest below.
fn nice(value: f64) -> f64 {
    let power = 10f64.powf(value.max(1e-12).log10().floor());
    let digit = [5.0, 2.0, 1.0].into_iter().find(|digit| digit * power <= value * (1.0 + 1e-9)).unwrap_or(1.0);
    digit * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_rate_stays_constant_to_its_ends() {
        let rate = Rate { times: (0..100).map(f64::from).collect(), rates: vec![7.0; 100], bin: 1.0 };
        let smooth = smoothed(&rate, 5.0).expect("a width");
        assert!(smooth.iter().all(|rate| (rate - 7.0).abs() < 1e-9), "{smooth:?}");
    }

    #[test]
    fn widths_are_round() {
        for (value, expected) in [(0.0067, 0.005), (0.133, 0.1), (2.0, 2.0), (0.999, 0.5)] {
            assert!((nice(value) / expected - 1.0).abs() < 1e-9, "{value}: {}", nice(value));
        }
    }
}
