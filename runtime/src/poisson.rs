//! Poisson processes of one rate.
//!
//! In comes the tick, out go the neurons that spike in it, ascending. One number is drawn per spike, not one per neuron
//! and tick: all trials, tick by tick and within a tick neuron by neuron, form one row, and the gap from one success to
//! the next in a row of independent trials of probability p is geometric. Where the next spike is, is state: it
//! survives runs and is drawn again only where the rate changed, which the law allows, since a geometric gap has no
//! memory. Gaps are numbered from the spike or the tick from which their key holds, so that many are drawn at a time;
//! how many is nobody's business.

use crate::clock::Tick;
use crate::random::{self, Strip};
use crate::state::ColumnId;
use serde::{Deserialize, Serialize};

/// Gaps drawn at a time: as many as the widest vectors need to be busy. Measured, 1,000 neurons at 15 Hz and 0.1 ms:
/// 11 ns a spike, what is done per tick included; 49 where gaps are drawn one by one.
const GAPS: usize = 64;

/// Gaps drawn first, for a rate that may soon be another one; a divisor of `GAPS`.
const FIRST_GAPS: usize = 16;

/// What gaps are counted from: a spike of neuron n is n, a tick in which a rate is new is this.
const NEW_RATE: u64 = u64::MAX;

/// A tick that no run reaches.
const NEVER: Tick = Tick(i64::MAX);

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
    /// Of the gaps since the rate was new, or since another seed was given.
    gaps_key: u64,
    /// How many of them were drawn.
    drawn: u64,
    next: (Tick, u32),
    /// Spikes after the next one, the last of them first: all that were drawn.
    ahead: Vec<(Tick, u32)>,
}

/// Where a Poisson process is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SavedPoisson {
    /// The rate [Hz] that spikes to come were drawn with.
    used: Option<f64>,
    gaps_key: u64,
    drawn: u64,
    /// Spikes to come that are drawn, the last of them first.
    coming: Vec<(Tick, u32)>,
}

impl Poisson {
    pub(crate) fn saved(&self) -> SavedPoisson {
        let Self { used, gaps_key, drawn, .. } = *self;
        let coming = self.ahead.iter().copied().chain([self.next]).collect();
        SavedPoisson { used, gaps_key, drawn, coming }
    }

    /// Goes on from where a process was that was saved, under the same key; false where it cannot have been there when
    /// tick `now` was to come.
    pub(crate) fn load(&mut self, saved: &SavedPoisson, now: Tick, dt: f64) -> bool {
        let SavedPoisson { used, gaps_key, drawn, ref coming } = *saved;
        let (Some((&next, ahead)), rate) = (coming.split_last(), used.unwrap_or(0.0)) else { return false };
        let length = if drawn < GAPS as u64 { FIRST_GAPS } else { GAPS } as u64;
        (self.used, self.gaps_key, self.drawn, self.next) = (used, gaps_key, drawn, next);
        self.gaps = random::Gaps::of(rate * dt);
        self.ahead = ahead.to_vec();
        let drawn_so = drawn % length == 0 && drawn < 1 << 62 && ahead.len() as u64 <= drawn.min(GAPS as u64);
        let of_neurons = coming.iter().all(|&(tick, neuron)| tick == NEVER || neuron < self.size);
        rate >= 0.0 && drawn_so && of_neurons && next.0 >= now && coming.is_sorted_by(|a, b| a > b || b.0 == NEVER)
    }

    pub(crate) fn new(name: &str, size: u32, rate: ColumnId) -> Self {
        let name = random::name_hash(&format!("{name}.poisson"));
        Self {
            rate,
            size,
            name,
            key: random::key(0, name, 0),
            used: None,
            gaps: random::Gaps::of(0.0),
            gaps_key: 0,
            drawn: 0,
            next: (NEVER, 0),
            ahead: Vec::new(),
        }
    }

    /// The next spike stays where it is; those after it come from the stream of that seed and number.
    pub(crate) fn reseed(&mut self, seed: u64, stream: u64) {
        self.key = random::key(seed, self.name, stream);
        let (tick, neuron) = self.next;
        self.count_from(tick, neuron.into());
    }

    /// The next spike is drawn again at the next tick.
    pub(crate) fn redraw(&mut self) {
        self.used = None;
    }

    /// Takes `rate` [Hz] from this tick on; false where it is no rate. A rate of the same bits changes nothing.
    #[inline]
    pub(crate) fn set_rate(&mut self, rate: f64, tick: Tick, dt: f64) -> bool {
        self.used.map(f64::to_bits) == Some(rate.to_bits()) || self.set_new_rate(rate, tick, dt)
    }

    #[cold]
    fn set_new_rate(&mut self, rate: f64, tick: Tick, dt: f64) -> bool {
        if rate.is_nan() || rate < 0.0 {
            return false;
        }
        self.used = Some(rate);
        self.gaps = random::Gaps::of(rate * dt);
        self.count_from(tick, NEW_RATE);
        self.next = (NEVER, 0);
        if self.size > 0 {
            // As if the last trial before this tick had been a success.
            self.next = (Tick(tick.0 - 1), self.size - 1);
            self.next = self.following();
        }
        true
    }

    /// Gaps are numbered from here on.
    fn count_from(&mut self, tick: Tick, place: u64) {
        self.gaps_key = random::key(self.key, tick.0 as u64, place);
        self.drawn = 0;
        self.ahead.clear();
    }

    /// Appends the neurons that spike in this tick.
    #[inline]
    pub(crate) fn spikes(&mut self, tick: Tick, spikes: &mut Vec<u32>) {
        while self.next.0 == tick {
            spikes.push(self.next.1);
            self.next = self.following();
        }
    }

    /// The spike after the next one.
    #[inline]
    fn following(&mut self) -> (Tick, u32) {
        self.ahead.pop().unwrap_or_else(|| self.draw_ahead())
    }

    /// Draws some of the spikes after the next one, and gives the first of them.
    #[inline(never)]
    fn draw_ahead(&mut self) -> (Tick, u32) {
        let mut gaps = [0; GAPS];
        // Strips end at multiples of their length, so that none goes round 2^32.
        let gaps = &mut gaps[..if self.drawn < GAPS as u64 { FIRST_GAPS } else { GAPS }];
        let strip = Strip { key: self.gaps_key, step: (self.drawn >> 32) as i64, first: self.drawn as u32, draw: 0 };
        self.gaps.fill(strip, gaps);
        self.drawn += gaps.len() as u64;
        let (Tick(tick), neuron) = self.next;
        let size = u64::from(self.size);
        let spikes = gaps.iter().scan(u64::from(neuron), |trial, &gap| {
            *trial = trial.saturating_add(gap).saturating_add(1);
            // Ticks are counted in 64 bits with a sign, and there is none after the last.
            let tick = i64::try_from(*trial / size).ok().and_then(|ticks| tick.checked_add(ticks));
            Some((tick.filter(|_| *trial != u64::MAX).map_or(NEVER, Tick), (*trial % size) as u32))
        });
        self.ahead.extend(spikes);
        self.ahead.reverse();
        self.ahead.pop().unwrap_or((NEVER, 0))
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
    fn a_next_spike_of_the_past_is_not_believed() {
        let mut source = poisson(20);
        assert!(source.set_rate(50.0, Tick(0), DT));
        ticks(&mut source, 0..500);
        let saved = source.saved();
        let (Tick(next), _) = source.next;
        assert!(next >= 500);
        let loaded = |now: i64| poisson(20).load(&saved, Tick(now), DT);
        assert_eq!([500, next, next + 1].map(loaded), [true, true, false]);
        assert!(poisson(20).load(&poisson(20).saved(), Tick(7), DT), "none was drawn, and none is of the past");
    }

    /// Where it stops within a strip of gaps, the next spike stays, and those after it are of the seed given last.
    #[test]
    fn another_seed_changes_what_comes_after_the_next_spike() {
        let mut one = poisson(20);
        assert!(one.set_rate(50.0, Tick(0), DT));
        ticks(&mut one, 0..500);
        let mut other = one.clone();
        let mut back = one.clone();
        other.reseed(8, 0);
        back.reseed(8, 0);
        back.reseed(9, 0);
        back.reseed(8, 0);
        let [one, other, back] = [one, other, back].map(|mut source| ticks(&mut source, 500..2500));
        assert_eq!(one[0], other[0]);
        assert_ne!(one[1..], other[1..]);
        assert_eq!(other, back);
        let expected = 20.0 * 2000.0 * 50.0 * DT;
        assert!((other.len() as f64 - expected).abs() < 5.0 * expected.sqrt(), "{} spikes", other.len());
    }

    /// Strips are cut so that their elements are numbered without going round, and none comes twice.
    #[test]
    fn gaps_are_counted_beyond_32_bits() {
        let at = |drawn: u64| {
            let mut source = poisson(1000);
            assert!(source.set_rate(15.0, Tick(0), DT));
            (source.drawn, source.next) = (drawn, (Tick(0), 0));
            source.ahead.clear();
            (0..3 * GAPS).map(|_| source.following()).collect::<Vec<_>>()
        };
        let over = (1 << 32) - GAPS as u64;
        let (across, first) = (at(over), at(GAPS as u64));
        let gap = |spikes: &[(Tick, u32)], number: usize| {
            let trial = |(tick, neuron): (Tick, u32)| tick.0 * 1000 + i64::from(neuron);
            trial(spikes[number + 1]) - trial(spikes[number])
        };
        // The first strip after 2^32 is not the one that comes first of all.
        assert_ne!(gap(&across, GAPS + 5), gap(&at(0), 5));
        assert_ne!(gap(&across, GAPS + 5), gap(&first, 5));
        assert_ne!(gap(&across, 5), gap(&across, GAPS + 5));
    }
}
