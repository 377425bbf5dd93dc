//! Spikes that come from outside: Poisson processes of one rate, and listed spikes.
//!
//! In comes the tick, out go the neurons that spike in it, ascending. A Poisson population draws one number per spike,
//! not one per neuron and tick: all trials, tick by tick and within a tick neuron by neuron, form one row, and the gap
//! from one success to the next in a row of independent trials of probability p is geometric. Where the next spike is,
//! is state: it survives runs and is drawn again only where the rate changed, which the law allows, since a geometric
//! gap has no memory.

use crate::clock::{Tick, sample_ticks, spike_tick};
use crate::error::BuildError;
use crate::random;
use crate::state::ColumnId;
use serde::{Deserialize, Serialize};

/// Draw number of the gap after a spike.
const AFTER_SPIKE: u32 = 0;

/// Draw number of the gap from the beginning of a tick in which a rate is new.
const NEW_RATE: u32 = 1;

/// A Poisson process of the same rate in every neuron.
#[derive(Clone, Debug)]
pub(crate) struct Poisson {
    /// Shared column of the rate [Hz].
    pub(crate) rate: ColumnId,
    size: u32,
    name: u64,
    key: u64,
    used: Option<f64>,
    gaps: random::Gaps,
    next: Option<(Tick, u32)>,
}

/// Where a Poisson process is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SavedPoisson {
    /// The rate [Hz] that the next spike was drawn with.
    used: Option<f64>,
    next: Option<(Tick, u32)>,
}

impl Poisson {
    pub(crate) fn saved(&self) -> SavedPoisson {
        SavedPoisson { used: self.used, next: self.next }
    }

    /// Goes on from where a process was that was saved; false where it cannot have been there.
    pub(crate) fn load(&mut self, saved: &SavedPoisson, dt: f64) -> bool {
        let SavedPoisson { used, next } = *saved;
        self.used = used;
        self.gaps = random::Gaps::of(used.unwrap_or(0.0) * dt);
        self.next = next;
        used.is_none_or(|rate| rate >= 0.0) && next.is_none_or(|(_, neuron)| neuron < self.size)
    }

    pub(crate) fn new(name: &str, size: u32, rate: ColumnId) -> Self {
        let name = random::name_hash(&format!("{name}.poisson"));
        Self { rate, size, name, key: random::key(0, name, 0), used: None, gaps: random::Gaps::of(0.0), next: None }
    }

    pub(crate) fn reseed(&mut self, seed: u64, stream: u64) {
        self.key = random::key(seed, self.name, stream);
    }

    /// The next spike is drawn again at the next tick.
    pub(crate) fn redraw(&mut self) {
        self.used = None;
    }

    /// Takes `rate` [Hz] from this tick on; false where it is no rate. A rate of the same bits changes nothing.
    pub(crate) fn set_rate(&mut self, rate: f64, tick: Tick, dt: f64) -> bool {
        if self.used.map(f64::to_bits) == Some(rate.to_bits()) {
            return true;
        }
        if rate.is_nan() || rate < 0.0 {
            return false;
        }
        self.used = Some(rate);
        self.gaps = random::Gaps::of(rate * dt);
        let gap = self.gap(tick, 0, NEW_RATE);
        self.next = self.after(tick, gap);
        true
    }

    /// Appends the neurons that spike in this tick.
    pub(crate) fn spikes(&mut self, tick: Tick, spikes: &mut Vec<u32>) {
        while let Some((_, neuron)) = self.next.filter(|&(next, _)| next == tick) {
            spikes.push(neuron);
            let gap = self.gap(tick, neuron, AFTER_SPIKE);
            self.next = self.after(tick, gap.and_then(|gap| gap.checked_add(u64::from(neuron) + 1)));
        }
    }

    /// Failures before the next success; `None` where there is none within 2^64.
    fn gap(&self, tick: Tick, neuron: u32, draw: u32) -> Option<u64> {
        Some(self.gaps.draw(self.key, tick.0, neuron, draw)).filter(|&gap| gap != u64::MAX)
    }

    /// The trial that stands `trials` after the first of `tick`.
    fn after(&self, tick: Tick, trials: Option<u64>) -> Option<(Tick, u32)> {
        let (trials, size) = (trials?, u64::from(self.size));
        let tick = tick.0.checked_add(i64::try_from(trials.checked_div(size)?).ok()?)?;
        Some((Tick(tick), (trials % size) as u32))
    }
}

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
        let sorted = spikes.is_sorted_by(|a, b| a < b) && spikes.iter().all(|&(_, neuron)| neuron < size);
        let next = usize::try_from(next).ok().filter(|&next| next <= spikes.len())?;
        (sorted && period.is_none_or(|period| period > 0)).then_some(Self { spikes, period, next })
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

    fn poisson(size: u32) -> Poisson {
        let mut poisson = Poisson::new("P", size, ColumnId(0));
        poisson.reseed(7, 0);
        poisson
    }

    fn ticks(poisson: &mut Poisson, ticks: std::ops::Range<i64>) -> Vec<(i64, u32)> {
        let mut all = Vec::new();
        for tick in ticks {
            let mut spikes = Vec::new();
            poisson.spikes(Tick(tick), &mut spikes);
            assert!(spikes.is_sorted_by(|a, b| a < b), "ascending: {spikes:?}");
            all.extend(spikes.into_iter().map(|neuron| (tick, neuron)));
        }
        all
    }

    #[test]
    fn rates_at_the_ends() {
        let mut silent = poisson(3);
        assert!(silent.set_rate(0.0, Tick(0), DT));
        assert_eq!(ticks(&mut silent, 0..1000), []);
        for rate in [1e4, 2e9, f64::INFINITY] {
            let mut always = poisson(2);
            assert!(always.set_rate(rate, Tick(5), DT));
            assert_eq!(ticks(&mut always, 5..7), [(5, 0), (5, 1), (6, 0), (6, 1)], "{rate} Hz");
        }
        let mut rare = poisson(1);
        assert!(rare.set_rate(f64::MIN_POSITIVE, Tick(0), DT));
        assert_eq!(ticks(&mut rare, 0..1000), []);
        for rate in [f64::NAN, -1.0, f64::NEG_INFINITY] {
            assert!(!poisson(1).set_rate(rate, Tick(0), DT), "{rate}");
        }
    }

    /// Counts per neuron are binomial, gaps of one neuron geometric: bounds are five standard errors, and the 1e-6
    /// quantile of the chi-square distribution of 19 degrees of freedom (62.2).
    #[test]
    fn the_law_is_that_of_a_trial_per_neuron_and_tick() {
        let (size, steps, p) = (50_usize, 400_000_i64, 0.01);
        let mut source = poisson(size as u32);
        assert!(source.set_rate(p / DT, Tick(0), DT));
        let spikes = ticks(&mut source, 0..steps);

        let trials = size as f64 * steps as f64;
        let error = (trials * p * (1.0 - p)).sqrt();
        assert!((spikes.len() as f64 - trials * p).abs() < 5.0 * error, "{} spikes", spikes.len());

        let mut per_tick = vec![0.0; steps as usize];
        spikes.iter().for_each(|&(tick, _)| per_tick[tick as usize] += 1.0);
        let mean = per_tick.iter().sum::<f64>() / steps as f64;
        let variance = per_tick.iter().map(|count| (count - mean).powi(2)).sum::<f64>() / steps as f64;
        let expected = size as f64 * p * (1.0 - p);
        let fourth = expected * (1.0 + 3.0 * (size as f64 - 2.0) * p * (1.0 - p));
        let error = ((fourth - expected * expected) / steps as f64).sqrt();
        assert!((variance - expected).abs() < 5.0 * error, "variance {variance}, expected {expected}");

        let mut last = vec![None; size];
        let mut bins = [0.0; 20];
        let edges: Vec<f64> = (1..20).map(|bin| (1.0 - f64::from(bin) / 20.0).ln() / (1.0 - p).ln()).collect();
        let edges: Vec<i64> = edges.into_iter().map(|edge| edge.round() as i64).collect();
        for (tick, neuron) in spikes {
            if let Some(last) = last[neuron as usize].replace(tick) {
                bins[edges.partition_point(|&edge| edge < tick - last)] += 1.0;
            }
        }
        let total: f64 = bins.iter().sum();
        let below = |bin: usize| match bin {
            0 => 0.0,
            20 => 1.0,
            bin => 1.0 - (1.0_f64 - p).powi(edges[bin - 1] as i32),
        };
        let chi2: f64 = bins
            .iter()
            .enumerate()
            .map(|(bin, count)| (count, total * (below(bin + 1) - below(bin))))
            .map(|(count, expected)| (count - expected).powi(2) / expected)
            .sum();
        assert!(chi2 < 62.2, "chi-square {chi2} of the gaps");
    }

    #[test]
    fn a_rate_is_drawn_again_only_where_it_changed() {
        let mut once = poisson(100);
        assert!(once.set_rate(50.0, Tick(0), DT));
        let expected = ticks(&mut once, 0..2000);
        let mut often = poisson(100);
        let mut spikes = Vec::new();
        for tick in 0..2000 {
            assert!(often.set_rate(50.0, Tick(tick), DT));
            spikes.extend(ticks(&mut often, tick..tick + 1));
        }
        assert_eq!(spikes, expected);

        assert!(once.set_rate(10_000.0, Tick(2000), DT));
        assert_eq!(ticks(&mut once, 2000..2001).len(), 100, "every neuron in the very tick of the change");
    }

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
