//! How many spikes a group has in every tick, or in every so many: all along, or in the last of them.

use crate::clock::Tick;
use crate::kernel::Moment;
use crate::population::Group;
use crate::saved::{Misfit, must};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The number of a rate monitor in its network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RateMonitorId(pub u32);

/// How many spikes a group had in every tick of its clock, or in every so many: 4 bytes a sample.
#[derive(Clone, Debug, PartialEq)]
pub struct RateMonitor {
    group: Group,
    every: u32,
    dt: f64,
    /// Bins of so many ticks are kept; `None` for all.
    window: Option<i64>,
    first: Option<Tick>,
    counts: Vec<u32>,
    current: u32,
}

/// What a rate monitor holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SavedRate<'a> {
    first: Option<Tick>,
    counts: Cow<'a, [u32]>,
    current: u32,
}

impl RateMonitor {
    pub(crate) fn saved(&self) -> SavedRate<'_> {
        SavedRate { first: self.first, counts: (&self.counts).into(), current: self.current }
    }

    pub(crate) fn load(&mut self, saved: &SavedRate<'_>) -> Result<(), Misfit> {
        let SavedRate { first, counts, current } = saved;
        let begun = first.is_some() || counts.is_empty() && *current == 0;
        must(begun && first.is_none_or(|tick| tick.is_countable()), "a recording of rates", "counts before it began")?;
        (self.first, self.counts, self.current) = (*first, counts.to_vec(), *current);
        Ok(())
    }

    pub(crate) fn new(group: Group, every: u32, dt: f64, window: Option<i64>) -> Self {
        Self { group, every, dt, window, first: None, counts: Vec::new(), current: 0 }
    }

    /// The same before anything was counted.
    pub(crate) fn emptied(&self) -> Self {
        Self::new(self.group, self.every, self.dt, self.window)
    }

    /// Counts the spikes of a tick; a sample is complete with the last tick of its bin.
    pub(crate) fn record(&mut self, moment: Moment, spikes: &[u32]) {
        let every = i64::from(self.every);
        let place = moment.step.rem_euclid(every);
        if self.first.is_none() && place != 0 {
            return;
        }
        self.first.get_or_insert(Tick(moment.step));
        self.current += self.group.spikes(spikes).len() as u32;
        if place == every - 1 {
            self.counts.push(std::mem::take(&mut self.current));
            // As much again is let stand before the front is moved.
            if self.window.is_some() && self.out_of_window(Tick(moment.step + 1)) > self.counts.len() / 2 {
                self.reach(Tick(moment.step + 1));
            }
        }
    }

    /// How many bins begin before the window that ends where `next` is the tick to come.
    fn out_of_window(&self, next: Tick) -> usize {
        let (Some(window), Some(first)) = (self.window, self.first) else { return 0 };
        let ticks = (next.0 - window - first.0).max(0) as u64;
        (ticks.div_ceil(self.every.into()) as usize).min(self.counts.len())
    }

    /// Forgets them.
    pub(crate) fn reach(&mut self, next: Tick) {
        let gone = self.out_of_window(next);
        self.drop_first(gone);
    }

    fn drop_first(&mut self, bins: usize) {
        self.counts.drain(..bins);
        if let Some(first) = &mut self.first {
            first.0 += bins as i64 * i64::from(self.every);
        }
    }

    /// Bytes that grow with the run; none where it is bounded what is kept.
    pub(crate) fn bytes(&self) -> usize {
        if self.window.is_some() { 0 } else { 4 * self.counts.len() }
    }

    /// Bytes that a tick adds at most.
    pub(crate) fn most_bytes(&self) -> usize {
        4
    }

    /// Forgets the bins that are complete; a window stays.
    pub(crate) fn forget(&mut self) {
        if self.window.is_none() {
            self.drop_first(self.counts.len());
        }
    }

    /// Whose spikes.
    #[must_use]
    pub fn group(&self) -> Group {
        self.group
    }

    /// Seconds a tick.
    #[must_use]
    pub fn dt(&self) -> f64 {
        self.dt
    }

    /// Ticks from one sample to the next.
    #[must_use]
    pub fn every(&self) -> u32 {
        self.every
    }

    /// First tick of every complete sample, and how many spikes it has.
    pub fn counts(&self) -> impl ExactSizeIterator<Item = (Tick, u32)> + '_ {
        let (first, every) = (self.first.unwrap_or_default().0, i64::from(self.every));
        self.counts.iter().enumerate().map(move |(sample, &count)| (Tick(first + sample as i64 * every), count))
    }

    /// First tick of every complete sample, and the spikes per neuron and second [Hz].
    pub fn rates(&self) -> impl ExactSizeIterator<Item = (Tick, f64)> + '_ {
        let (dt, every, size) = (self.dt, f64::from(self.every), f64::from(self.group.size));
        self.counts().map(move |(tick, count)| (tick, f64::from(count) / (dt * every) / size))
    }
}
