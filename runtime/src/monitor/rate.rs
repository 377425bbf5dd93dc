//! How many spikes a group has in every tick, or in every so many.

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

    pub(crate) fn new(group: Group, every: u32, dt: f64) -> Self {
        Self { group, every, dt, first: None, counts: Vec::new(), current: 0 }
    }

    /// The same before anything was counted.
    pub(crate) fn emptied(&self) -> Self {
        Self::new(self.group, self.every, self.dt)
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
