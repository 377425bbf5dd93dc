//! Spikes that are listed.
//!
//! In come the time and neuron of every spike, then tick after tick; out go the neurons that spike in it, ascending.

use crate::clock::{Tick, sample_ticks, spike_tick};
use crate::error::BuildError;

/// Spikes by tick, then neuron.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listed {
    spikes: Vec<(Tick, u32)>,
    /// After so many ticks they come again.
    period: Option<i64>,
    next: usize,
}

impl Listed {
    /// Spikes by tick, then neuron; after how many ticks they come again; which is next.
    pub(crate) fn saved(&self) -> (&[(Tick, u32)], Option<i64>, usize) {
        (&self.spikes, self.period, self.next)
    }

    /// The same; `None` where that is no list of spikes of so many neurons.
    pub(crate) fn loaded(spikes: Vec<(Tick, u32)>, period: Option<i64>, next: u64, size: u32) -> Option<Self> {
        let ticks = 0..period.unwrap_or(i64::MAX);
        let there = |&(tick, neuron): &(Tick, u32)| ticks.contains(&tick.0) && neuron < size;
        let sound = spikes.is_sorted_by(|a, b| a < b) && spikes.iter().all(there);
        let next = usize::try_from(next).ok().filter(|&next| next <= spikes.len())?;
        (sound && period.is_none_or(|period| period > 0)).then_some(Self { spikes, period, next })
    }

    /// From the time [s] and neuron of every spike, in any order; they come again after `period` [s].
    ///
    /// # Errors
    /// Where a time is negative or no number, a neuron is not there, or one spikes twice in a tick; where the period is
    /// no whole number of ticks, or a spike comes after it.
    pub(crate) fn new(
        name: &str,
        size: u32,
        spikes: &[(f64, u32)],
        period: Option<f64>,
        dt: f64,
    ) -> Result<Self, BuildError> {
        let population = || name.to_owned();
        let binned = spikes.iter().enumerate().map(|(position, &(time, neuron))| {
            if !(time >= 0.0 && time.is_finite()) {
                return Err(BuildError::SpikeTime { population: population(), position, time });
            }
            if neuron >= size {
                return Err(BuildError::SpikeNeuron { population: population(), position, neuron, size });
            }
            Ok((spike_tick(time, dt), neuron))
        });
        let mut spikes = binned.collect::<Result<Vec<_>, _>>()?;
        spikes.sort_unstable();
        if let Some(&[(Tick(tick), neuron), ..]) = spikes.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(BuildError::SpikeTwice { population: population(), neuron, tick });
        }
        let ticks = |period: f64| {
            let ticks = sample_ticks(period, dt).map(i64::from);
            ticks.ok_or_else(|| BuildError::Period { population: population(), period, dt })
        };
        let period = period.map(|period| ticks(period).map(|ticks| (ticks, period))).transpose()?;
        match (spikes.last(), period) {
            (Some(&(tick, neuron)), Some((ticks, period))) if tick.0 >= ticks => {
                Err(BuildError::SpikeAfterPeriod { population: population(), neuron, time: tick.time(dt), period })
            }
            _ => Ok(Self { spikes, period: period.map(|(ticks, _)| ticks), next: 0 }),
        }
    }

    /// Appends the neurons that spike in this tick; spikes of ticks before it are left out.
    pub(crate) fn spikes(&mut self, tick: Tick, spikes: &mut Vec<u32>) {
        let tick = Tick(self.period.map_or(tick.0, |period| tick.0.rem_euclid(period)));
        if self.period.is_some() && tick == Tick(0) {
            self.next = 0;
        }
        while let Some(&(next, neuron)) = self.spikes.get(self.next).filter(|&&(next, _)| next <= tick) {
            if next == tick {
                spikes.push(neuron);
            }
            self.next += 1;
        }
    }

    /// How many spikes are before the tick and will not come.
    pub(crate) fn missed(&self, tick: Tick) -> usize {
        if self.period.is_some() { 0 } else { self.spikes.partition_point(|&(spike, _)| spike < tick) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DT: f64 = 1e-4;

    #[test]
    fn listed_spikes_come_by_tick_and_neuron() {
        let ms = 0.001;
        let spikes = [(4.5 * ms, 1), (2.0 * ms, 2), (1.0 * ms, 0), (2.0 * ms, 1), (3.05 * ms, 0)];
        let mut source = Listed::new("G", 3, &spikes, None, DT).expect("a good list");
        let mut seen = Vec::new();
        for tick in 5..50 {
            let mut spikes = Vec::new();
            source.spikes(Tick(tick), &mut spikes);
            seen.extend(spikes.into_iter().map(|neuron| (tick, neuron)));
        }
        assert_eq!(seen, [(10, 0), (20, 1), (20, 2), (30, 0), (45, 1)]);
    }

    #[test]
    fn spikes_of_the_past_are_left_out() {
        let mut source = Listed::new("G", 1, &[(0.001, 0), (0.002, 0)], None, DT).expect("a good list");
        let mut spikes = Vec::new();
        assert_eq!([9, 10, 11, 20, 21].map(|tick| source.missed(Tick(tick))), [0, 0, 1, 1, 2]);
        source.spikes(Tick(20), &mut spikes);
        assert_eq!(spikes, [0]);
    }

    /// With a period, a source that begins in the middle of one goes on from there.
    #[test]
    fn listed_spikes_come_again() {
        let list = [(0.0, 1), (0.0002, 0), (0.0004, 1)];
        let mut source = Listed::new("G", 2, &list, Some(0.0005), DT).expect("a good list");
        assert_eq!(source.missed(Tick(100)), 0);
        let mut seen = Vec::new();
        for tick in 3..13 {
            let mut spikes = Vec::new();
            source.spikes(Tick(tick), &mut spikes);
            seen.extend(spikes.into_iter().map(|neuron| (tick, neuron)));
        }
        assert_eq!(seen, [(4, 1), (5, 1), (7, 0), (9, 1), (10, 1), (12, 0)]);
    }

    #[test]
    fn a_period_is_whole_ticks_and_after_all_spikes() {
        let listed = |period| Listed::new("G", 1, &[(0.0005, 0)], Some(period), DT);
        assert!(listed(0.0006).is_ok() && listed(3.0 * 0.0002).is_ok());
        for period in [0.00055, 0.0, -0.001, f64::NAN, f64::INFINITY] {
            assert!(matches!(listed(period), Err(BuildError::Period { .. })), "{period}");
        }
        let (population, time) = ("G".to_owned(), 5.0 * DT);
        let expected = BuildError::SpikeAfterPeriod { population, neuron: 0, time, period: 0.0005 };
        assert_eq!(listed(0.0005).expect_err("a spike at its end"), expected);
    }

    #[test]
    fn saved_lists_are_not_believed() {
        let loaded = |spikes: &[(i64, u32)], period, next| {
            let spikes = spikes.iter().map(|&(tick, neuron)| (Tick(tick), neuron)).collect();
            Listed::loaded(spikes, period, next, 2).is_some()
        };
        let good = [(0, 1), (3, 0), (3, 1)];
        assert!(loaded(&good, None, 3) && loaded(&good, Some(4), 0) && loaded(&[], Some(1), 0));
        assert!(!loaded(&good, Some(3), 0), "a spike that comes when they all come again");
        assert!(!loaded(&good, Some(2), 0) && !loaded(&good, Some(0), 0) && !loaded(&[], Some(-1), 0));
        assert!(!loaded(&[(-1, 0)], None, 0), "a spike before all ticks");
        assert!(!loaded(&good, None, 4) && !loaded(&[(1, 2)], None, 0) && !loaded(&[(1, 0), (1, 0)], None, 0));
    }

    #[test]
    fn bad_lists_are_refused() {
        let bad = |spikes: &[(f64, u32)]| Listed::new("G", 2, spikes, None, DT).expect_err("a bad list");
        let population = || "G".to_owned();
        assert_eq!(
            bad(&[(0.0, 0), (-0.001, 1)]),
            BuildError::SpikeTime { population: population(), position: 1, time: -0.001 }
        );
        assert!(matches!(bad(&[(f64::NAN, 1)]), BuildError::SpikeTime { position: 0, .. }));
        assert_eq!(
            bad(&[(0.001, 0), (0.0, 2)]),
            BuildError::SpikeNeuron { population: population(), position: 1, neuron: 2, size: 2 }
        );
        assert_eq!(
            bad(&[(0.00102, 1), (0.002, 1), (0.00108, 1)]),
            BuildError::SpikeTwice { population: population(), neuron: 1, tick: 10 }
        );
    }
}
