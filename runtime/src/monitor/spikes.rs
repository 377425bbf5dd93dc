//! Spikes and custom events, with what variables are worth when they happen.

use super::Values;
use crate::clock::Tick;
use crate::code::Machine;
use crate::kernel::Moment;
use crate::population::Group;
use crate::saved::{Misfit, must};
use crate::turn::Turn;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The number of a spike monitor in its network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SpikeMonitorId(pub u32);

/// What a spike monitor is to record.
#[derive(Clone, Debug)]
pub struct SpikeRecord {
    pub(crate) group: Group,
    pub(crate) event: Option<u32>,
    pub(crate) turn: Option<Turn>,
    pub(crate) with: Vec<Values>,
}

impl SpikeRecord {
    /// The spikes of a group, right after they are made.
    #[must_use]
    pub fn new(group: Group) -> Self {
        Self { group, event: None, turn: None, with: Vec::new() }
    }

    /// A custom event of the group's population, by its number, in place of spikes.
    #[must_use]
    pub fn of_event(mut self, event: u32) -> Self {
        self.event = Some(event);
        self
    }

    /// In another turn.
    #[must_use]
    pub fn at(mut self, turn: Turn) -> Self {
        self.turn = Some(turn);
        self
    }

    /// Notes with every spike what this is worth at its neuron.
    #[must_use]
    pub fn with(mut self, values: Values) -> Self {
        self.with.push(values);
        self
    }
}

/// Every spike of a group: 4 bytes a spike, 16 a tick with spikes, and 8 for every value noted.
#[derive(Clone, Debug)]
pub struct SpikeMonitor {
    record: SpikeRecord,
    dt: f64,
    neurons: Vec<u32>,
    /// Tick, and how many spikes there were up to its end.
    ticks: Vec<(Tick, usize)>,
    /// As many as `record.with`, each with a value per spike.
    noted: Vec<Vec<f64>>,
}

/// What a spike monitor holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SavedSpikes<'a> {
    neurons: Cow<'a, [u32]>,
    ticks: Cow<'a, [(Tick, usize)]>,
    noted: Vec<Cow<'a, [f64]>>,
}

impl SpikeMonitor {
    pub(crate) fn saved(&self) -> SavedSpikes<'_> {
        let noted = self.noted.iter().map(|values| values.into()).collect();
        SavedSpikes { neurons: (&self.neurons).into(), ticks: (&self.ticks).into(), noted }
    }

    pub(crate) fn load(&mut self, saved: &SavedSpikes<'_>) -> Result<(), Misfit> {
        let SavedSpikes { neurons, ticks, noted } = saved;
        let by_tick =
            ticks.is_sorted_by(|a, b| a < b && a.1 < b.1) && ticks.iter().all(|(tick, _)| tick.is_countable());
        let all = ticks.last().map_or(0, |&(_, end)| end) == neurons.len();
        let own = neurons.iter().all(|&neuron| neuron < self.record.group.size);
        let values = noted.len() == self.noted.len() && noted.iter().all(|values| values.len() == neurons.len());
        must(by_tick && all && own && values, "a recording of spikes", "spikes that it cannot have")?;
        (self.neurons, self.ticks) = (neurons.to_vec(), ticks.to_vec());
        self.noted = noted.iter().map(|values| values.to_vec()).collect();
        Ok(())
    }

    pub(crate) fn new(record: SpikeRecord, dt: f64) -> Self {
        let noted = vec![Vec::new(); record.with.len()];
        Self { record, dt, neurons: Vec::new(), ticks: Vec::new(), noted }
    }

    /// The same before anything was recorded.
    pub(crate) fn emptied(&self) -> Self {
        Self::new(self.record.clone(), self.dt)
    }

    /// What is noted with every spike.
    pub(crate) fn noted_values(&self) -> impl Iterator<Item = &Values> {
        self.record.with.iter()
    }

    pub(crate) fn reseed(&mut self, seed: u64, stream: u64) {
        self.record.with.iter_mut().for_each(|values| values.reseed(seed, stream));
    }

    pub(crate) fn record(&mut self, moment: Moment, spikes: &[u32], machine: &mut Machine) {
        let group = self.record.group;
        let spikes = group.spikes(spikes);
        if spikes.is_empty() {
            return;
        }
        self.neurons.extend(spikes.iter().map(|neuron| neuron - group.offset));
        self.ticks.push((Tick(moment.step), self.neurons.len()));
        for (values, noted) in self.record.with.iter().zip(&mut self.noted) {
            values.take(spikes, &[], machine, moment.into(), noted);
        }
    }

    /// Whose spikes.
    #[must_use]
    pub fn group(&self) -> Group {
        self.record.group
    }

    /// Seconds a tick.
    #[must_use]
    pub fn dt(&self) -> f64 {
        self.dt
    }

    /// The custom event recorded in place of spikes.
    #[must_use]
    pub fn event(&self) -> Option<u32> {
        self.record.event
    }

    /// How many spikes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.neurons.len()
    }

    /// Whether there were none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.neurons.is_empty()
    }

    /// Tick and neuron (relative to the group) of every spike, by tick, then neuron.
    pub fn spikes(&self) -> impl Iterator<Item = (Tick, u32)> + '_ {
        self.by_tick().flat_map(|(tick, neurons)| neurons.iter().map(move |&neuron| (tick, neuron)))
    }

    /// Every tick with spikes, and the neurons (relative to the group, ascending).
    pub fn by_tick(&self) -> impl Iterator<Item = (Tick, &[u32])> + '_ {
        let starts = std::iter::once(0).chain(self.ticks.iter().map(|&(_, end)| end));
        self.ticks.iter().zip(starts).map(|(&(tick, end), start)| (tick, &self.neurons[start..end]))
    }

    /// What was noted with every spike, in the order of `spikes`: of the values that were named at `place`.
    ///
    /// # Panics
    /// Where there are not so many.
    #[must_use]
    pub fn noted(&self, place: usize) -> &[f64] {
        &self.noted[place]
    }
}
