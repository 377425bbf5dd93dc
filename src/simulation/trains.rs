//! Spikes recorded, and what is made of them: trains, counts, intervals, their variability, rates.
//!
//! In: step and neuron of every spike of a group, and how long they were recorded. Out: values per neuron of the group, in its order.
//! Intervals are differences of steps times `dt`: two of as many steps are equal to the bit.

use super::recording::Noted;
use runtime::{SpikeMonitor, Tick};
use serde::{Deserialize, Serialize};

/// One spike, or one custom event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spike {
    /// The step of its population's clock, from the start of the experiment.
    pub tick: i64,
    /// Its time [s].
    pub t: f64,
    /// The neuron, relative to the group recorded.
    pub neuron: u32,
}

/// Spikes or custom events of a group, by step, then neuron.
#[derive(Clone, Copy, Debug)]
pub struct Spikes<'a> {
    pub(super) monitor: &'a SpikeMonitor,
    /// How long those that are held were recorded [s].
    pub(super) recorded: f64,
    /// What was noted with every spike.
    pub(super) with: &'a [Noted],
}

impl<'a> Spikes<'a> {
    /// Fewer intervals than this say nothing about their variability: one alone has none by definition.
    pub const FEWEST_INTERVALS: usize = 2;

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.monitor.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.monitor.is_empty()
    }

    /// How many neurons the group has, silent ones too.
    #[must_use]
    pub fn neurons(&self) -> u32 {
        self.monitor.group().size
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = Spike> + 'a {
        let dt = self.monitor.dt();
        self.monitor.spikes().map(move |(tick, neuron)| Spike { tick: tick.0, t: tick.time(dt), neuron })
    }

    /// What a variable was worth at its neuron at every spike, in the order of `iter`, in SI base units: of those named behind `with`.
    #[must_use]
    pub fn values(&self, variable: &str) -> Option<&'a [f64]> {
        self.with.iter().position(|noted| noted.name == variable).map(|place| self.monitor.noted(place))
    }

    /// The times [s] at which each neuron spiked, ascending.
    #[must_use]
    pub fn spike_trains(&self) -> Vec<Vec<f64>> {
        let times = |ticks: Vec<i64>| ticks.into_iter().map(|tick| tick as f64 * self.monitor.dt()).collect();
        self.tick_trains().into_iter().map(times).collect()
    }

    fn tick_trains(&self) -> Vec<Vec<i64>> {
        let mut trains = vec![Vec::new(); self.neurons() as usize];
        self.monitor.spikes().for_each(|(tick, neuron)| trains[neuron as usize].push(tick.0));
        trains
    }

    /// How many spikes each neuron had.
    #[must_use]
    pub fn counts(&self) -> Vec<u32> {
        let mut counts = vec![0; self.neurons() as usize];
        self.monitor.spikes().for_each(|(_, neuron)| counts[neuron as usize] += 1);
        counts
    }

    /// The spikes of each neuron per second of the time recorded [Hz]; 0 where no time has passed.
    #[must_use]
    pub fn rates(&self) -> Vec<f64> {
        self.counts().into_iter().map(|count| self.per_second(f64::from(count))).collect()
    }

    /// Spikes per neuron and second over the time recorded [Hz]; 0 where no time has passed.
    #[must_use]
    pub fn mean_rate(&self) -> f64 {
        self.per_second(self.len() as f64 / f64::from(self.neurons()))
    }

    fn per_second(&self, count: f64) -> f64 {
        if self.recorded > 0.0 { count / self.recorded } else { 0.0 }
    }

    /// The times between one spike and the next of each neuron [s], one less than it has spikes.
    #[must_use]
    pub fn intervals(&self) -> Vec<Vec<f64>> {
        let between =
            |train: Vec<i64>| train.windows(2).map(|pair| (pair[1] - pair[0]) as f64 * self.monitor.dt()).collect();
        self.tick_trains().into_iter().map(between).collect()
    }

    /// The coefficient of variation of each neuron's intervals: their standard deviation over their mean, the deviation taken over all
    /// of them (divided by their number, not by one less). 0 for a clock, 1 for a Poisson process. `None` for a neuron with fewer than
    /// `FEWEST_INTERVALS`, that is fewer than three spikes.
    ///
    /// Softky & Koch (1993), J. Neurosci. 13:334.
    #[must_use]
    pub fn cv(&self) -> Vec<Option<f64>> {
        self.totals().cv()
    }

    /// The mean of `cv` over the neurons that have one, and how many they are; `None` where none has.
    #[must_use]
    pub fn mean_cv(&self) -> Option<(f64, u32)> {
        self.totals().mean_cv()
    }

    fn totals(&self) -> Totals {
        let mut totals = Totals::new(self.neurons());
        totals.add(self.monitor.spikes());
        totals
    }
}

/// What the variability of trains needs of them, kept up while spikes come: it takes no more memory for more spikes, and says the same
/// whether they came at once or in parts, since all of it is whole numbers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Totals {
    trains: Vec<Train>,
}

/// One neuron's spikes: how many, the first and the last tick, the sum of the squares of the intervals between them [ticks²].
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Train {
    spikes: u64,
    first: i64,
    last: i64,
    squares: u128,
}

impl Totals {
    pub(super) fn new(neurons: u32) -> Self {
        Self { trains: vec![Train::default(); neurons as usize] }
    }

    /// Takes spikes, of each neuron in the order of their ticks.
    pub(super) fn add(&mut self, spikes: impl IntoIterator<Item = (Tick, u32)>) {
        for (tick, neuron) in spikes {
            let train = &mut self.trains[neuron as usize];
            if train.spikes == 0 {
                train.first = tick.0;
            } else {
                train.squares = train.squares.saturating_add(u128::from(tick.0.abs_diff(train.last)).pow(2));
            }
            train.last = tick.0;
            train.spikes += 1;
        }
    }

    /// Whether they can be those of so many spikes of so many neurons: what was read may be anything.
    pub(super) fn are_of(&self, neurons: u32, spikes: u64) -> bool {
        let sum = self.trains.iter().try_fold(0_u64, |sum, train| sum.checked_add(train.spikes));
        let possible = |train: &Train| {
            let span = u128::from(train.last.abs_diff(train.first));
            train.first <= train.last && train.squares <= span.saturating_mul(span)
        };
        self.trains.len() == neurons as usize && sum == Some(spikes) && self.trains.iter().all(possible)
    }

    /// How many spikes.
    pub(super) fn spikes(&self) -> u64 {
        self.trains.iter().map(|train| train.spikes).sum()
    }

    pub(super) fn cv(&self) -> Vec<Option<f64>> {
        self.trains.iter().map(Train::cv).collect()
    }

    pub(super) fn mean_cv(&self) -> Option<(f64, u32)> {
        let known: Vec<f64> = self.trains.iter().filter_map(Train::cv).collect();
        (!known.is_empty()).then(|| (known.iter().sum::<f64>() / known.len() as f64, known.len() as u32))
    }
}

impl Train {
    /// With n intervals of sum S and sum of squares Q the variance is (n Q - S²)/n², and the mean S/n.
    fn cv(&self) -> Option<f64> {
        let intervals = self.spikes.saturating_sub(1);
        if intervals < Spikes::FEWEST_INTERVALS as u64 {
            return None;
        }
        let sum = u128::from(self.last.abs_diff(self.first));
        let beside = u128::from(intervals).saturating_mul(self.squares).saturating_sub(sum.saturating_mul(sum));
        Some((beside as f64).sqrt() / sum as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::{Tick, Totals};

    /// Intervals, and the coefficient of variation worked out by hand.
    const CASES: [(&[i64], Option<f64>); 6] = [
        (&[], None),
        (&[1], None),
        (&[10, 10, 10], Some(0.0)),
        (&[1, 3], Some(0.5)),
        (&[1, 2, 3, 4, 5], Some(0.471_404_520_791_031_7)),
        // Long intervals, of which a sum of squares in floating point would have lost the difference.
        (&[1 << 40, (1 << 40) + 2, (1 << 40) + 1], Some(7.425_993_143_688_024e-13)),
    ];

    #[test]
    fn variation_is_the_deviation_over_the_mean() {
        for (intervals, expected) in CASES {
            let ticks = std::iter::once(7).chain(intervals.iter().scan(7, |tick, interval| {
                *tick += interval;
                Some(*tick)
            }));
            let (mut at_once, mut in_parts) = (Totals::new(2), Totals::new(2));
            at_once.add(ticks.clone().map(|tick| (Tick(tick), 1)));
            ticks.for_each(|tick| in_parts.add([(Tick(tick), 1)]));
            assert_eq!(at_once.cv(), in_parts.cv());
            match (at_once.cv()[1], expected) {
                (Some(got), Some(expected)) => {
                    assert!((got - expected).abs() <= 1e-12 * expected, "{intervals:?}: {got:e}")
                }
                (got, expected) => assert_eq!(got, expected, "{intervals:?}"),
            }
            assert_eq!(at_once.cv()[0], None);
        }
    }
}
