//! Rates: spikes per neuron and second over time, as they are and smoothed.
//!
//! In: bins of one width. Out: a picture of them with a smooth line, which is a kernel estimate: the mean of the bins around,
//! weighted by a normal distribution that is cut at two standard deviations. What of the kernel lies beyond an end of the
//! recording is laid back onto it, as if the bins were mirrored there (Silverman 1986, Density Estimation for Statistics and
//! Data Analysis, section 2.10; SciPy's `reflect`): a constant rate stays what it is to both ends, and under the line there are as
//! many spikes as were counted. Without that (zeros beyond, as Brian2 has it in what it records) a rate falls to half at its
//! ends; divided by the part of the kernel that is there instead (Diggle 1985), a spike at an end would be counted more than
//! once.

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

/// A smoothed rate is smooth over this share of the run, or over as many spikes, if that is not more than that share.
const SHARE: f64 = 1.0 / 150.0;
const SPIKES_A_WIDTH: f64 = 10.0;
const MOST_SHARE: f64 = 1.0 / 15.0;

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
        let (smooth, size) = (subject.smooth.as_deref(), subject.size.unwrap_or(1));
        let rate = if smooth.is_some() { rate } else { told_apart(rate, size) };
        vec![picture(subject.file.clone(), title, (&rate, size), subject.end, smooth)]
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
    picture(format!("{}.rate", subject.file), subject.titled(&title), (&rate, size), end, None)
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

/// `size` is how many neurons it is of; `smooth` says how it was smoothed already.
fn picture(name: String, title: String, (rate, size): (&Rate, u32), end: f64, smooth: Option<&str>) -> Picture {
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
    let width = width(rate, size, end - start);
    let mut marks = vec![line(format!("bins of {}", shown(rate.bin)), rate.rates.clone(), smooth.is_none())];
    let beyond = "as recorded: no spikes are counted beyond its ends, so that it falls there";
    let mut note = smooth.map(|smooth| format!("smoothed by {smooth}, {beyond}")).unwrap_or_default();
    if rate.rates.iter().all(|rate| *rate == 0.0) {
        note = "no spikes".to_owned();
    } else if smooth.is_none()
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

/// Over how long a rate is smoothed [s]: a share of the run, more bins than one, and, of few neurons, more spikes than one, whose
/// line would have a peak for each of them.
fn width(rate: &Rate, size: u32, span: f64) -> f64 {
    let spikes = rate.rates.iter().sum::<f64>() * rate.bin * f64::from(size);
    let some_spikes = if spikes > 0.0 { span * SPIKES_A_WIDTH / spikes } else { 0.0 };
    nice((span * SHARE).max(some_spikes.min(span * MOST_SHARE)).max(2.0 * rate.bin))
}

/// The rate smoothed, mirrored at both ends.
fn smoothed(rate: &Rate, width: f64) -> Option<Vec<f64>> {
    let count = rate.rates.len();
    // Bins beyond either end, as many as the window reaches.
    let beyond = (2.0 * width / rate.bin).round() as usize + 1;
    let mirrored = (0..count + 2 * beyond).map(|place| {
        let place = (place + 2 * count * beyond - beyond) % (2 * count);
        rate.rates[place.min(2 * count - 1 - place)]
    });
    let wide = Rate { times: Vec::new(), rates: mirrored.collect(), bin: rate.bin };
    let smooth = wide.smooth(Window::Gaussian, width * SECOND).ok()?;
    Some(smooth.rates[beyond..beyond + count].to_vec())
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
    fn a_smooth_rate_has_as_many_spikes_as_were_counted_wherever_they_are() {
        for place in [0, 1, 3, 50, 98, 99] {
            let mut rates = vec![0.0; 100];
            rates[place] = 100.0;
            let rate = Rate { times: (0..100).map(f64::from).collect(), rates, bin: 1.0 };
            let smooth = smoothed(&rate, 5.0).expect("a width");
            assert!((smooth.iter().sum::<f64>() - 100.0).abs() < 1e-9, "{place}: {smooth:?}");
        }
        let short = Rate { times: vec![0.0, 1.0], rates: vec![2.0, 4.0], bin: 1.0 };
        let smooth = smoothed(&short, 20.0).expect("a window longer than the run");
        assert!(smooth.iter().all(|rate| (rate - 3.0).abs() < 0.1), "{smooth:?}");
    }

    #[test]
    fn the_rate_of_one_neuron_is_smooth_over_some_of_its_spikes() {
        let regular = |count: usize| (0..count).map(|bin| if bin % 20 == 10 { 1_000.0 } else { 0.0 }).collect();
        let rate = Rate { times: (0..1_000).map(|n| f64::from(n) * 1e-3).collect(), rates: regular(1_000), bin: 1e-3 };
        let one = width(&rate, 1, 1.0);
        assert!((one / 0.05 - 1.0).abs() < 1e-9, "{one}");
        let smooth = smoothed(&rate, one).expect("a width");
        assert!(smooth.iter().all(|rate| (rate - 50.0).abs() < 5.0), "{smooth:?}");
        assert!((width(&rate, 1_000, 1.0) / 0.005 - 1.0).abs() < 1e-9, "many neurons have spikes enough");
    }

    #[test]
    fn widths_are_round() {
        for (value, expected) in [(0.0067, 0.005), (0.133, 0.1), (2.0, 2.0), (0.999, 0.5)] {
            assert!((nice(value) / expected - 1.0).abs() < 1e-9, "{value}: {}", nice(value));
        }
    }
}
