//! Spikes and custom events, with what variables are worth when they happen: all of them, those of the last ticks, or
//! how many there were.

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
    pub(crate) last: Option<f64>,
    pub(crate) counted: bool,
}

impl SpikeRecord {
    /// The spikes of a group, right after they are made.
    #[must_use]
    pub fn new(group: Group) -> Self {
        Self { group, event: None, turn: None, with: Vec::new(), last: None, counted: false }
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

    /// Keeps only those of the last so many seconds.
    #[must_use]
    pub fn last(mut self, seconds: f64) -> Self {
        self.last = Some(seconds);
        self
    }

    /// Keeps only how many each neuron had.
    #[must_use]
    pub fn counted(mut self) -> Self {
        self.counted = true;
        self
    }
}

/// Spikes of a group: 4 bytes a spike, 16 a tick with spikes, and 8 for every value noted; or 8 bytes a neuron where they
/// are only counted.
#[derive(Clone, Debug)]
pub struct SpikeMonitor {
    record: SpikeRecord,
    dt: f64,
    /// Those of so many ticks are kept; `None` for all.
    window: Option<i64>,
    neurons: Vec<u32>,
    /// Tick, and how many spikes there were up to its end.
    ticks: Vec<(Tick, usize)>,
    /// As many as `record.with`, each with a value per spike.
    noted: Vec<Vec<f64>>,
    /// So many ticks of the front have left the window.
    left: usize,
    /// How many each neuron had, where that is all that is kept.
    counts: Option<Vec<u64>>,
}

/// What a spike monitor holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SavedSpikes<'a> {
    neurons: Cow<'a, [u32]>,
    ticks: Cow<'a, [(Tick, usize)]>,
    noted: Vec<Cow<'a, [f64]>>,
    counts: Option<Cow<'a, [u64]>>,
}

impl SpikeMonitor {
    pub(crate) fn saved(&self) -> SavedSpikes<'_> {
        let first = self.first();
        let (neurons, counts) = ((&self.neurons[first..]).into(), self.counts.as_deref().map(Cow::from));
        let ticks = match first {
            0 => (&self.ticks[self.left..]).into(),
            _ => self.ticks[self.left..].iter().map(|&(tick, end)| (tick, end - first)).collect(),
        };
        let noted = self.noted.iter().map(|values| (&values[first..]).into()).collect();
        SavedSpikes { neurons, ticks, noted, counts }
    }

    pub(crate) fn load(&mut self, saved: &SavedSpikes<'_>) -> Result<(), Misfit> {
        let SavedSpikes { neurons, ticks, noted, counts } = saved;
        let by_tick =
            ticks.is_sorted_by(|a, b| a < b && a.1 < b.1) && ticks.iter().all(|(tick, _)| tick.is_countable());
        let all = ticks.last().map_or(0, |&(_, end)| end) == neurons.len();
        let own = neurons.iter().all(|&neuron| neuron < self.record.group.size);
        let values = noted.len() == self.noted.len() && noted.iter().all(|values| values.len() == neurons.len());
        let counted = counts.as_ref().map(|counts| counts.len()) == self.counts.as_ref().map(Vec::len);
        must(by_tick && all && own && values && counted, "a recording of spikes", "spikes that it cannot have")?;
        (self.neurons, self.ticks, self.left) = (neurons.to_vec(), ticks.to_vec(), 0);
        self.noted = noted.iter().map(|values| values.to_vec()).collect();
        self.counts = counts.as_ref().map(|counts| counts.to_vec());
        Ok(())
    }

    pub(crate) fn new(record: SpikeRecord, dt: f64, window: Option<i64>) -> Self {
        let noted = vec![Vec::new(); record.with.len()];
        let counts = record.counted.then(|| vec![0; record.group.size as usize]);
        Self { record, dt, window, neurons: Vec::new(), ticks: Vec::new(), noted, left: 0, counts }
    }

    /// The same before anything was recorded.
    pub(crate) fn emptied(&self) -> Self {
        Self::new(self.record.clone(), self.dt, self.window)
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
        if let Some(counts) = &mut self.counts {
            return spikes.iter().for_each(|neuron| counts[(neuron - group.offset) as usize] += 1);
        }
        self.neurons.extend(spikes.iter().map(|neuron| neuron - group.offset));
        self.ticks.push((Tick(moment.step), self.neurons.len()));
        for (values, noted) in self.record.with.iter().zip(&mut self.noted) {
            values.take(spikes, &[], machine, moment.into(), noted);
        }
        if self.window.is_some() {
            self.reach(Tick(moment.step + 1));
        }
    }

    /// Forgets what is out of the window when `next` is the tick to come. What left it is taken off the front once it is
    /// half as much as what is in it: a spike is moved twice at most, and memory is 1.5 times the window's.
    pub(crate) fn reach(&mut self, next: Tick) {
        let Some(window) = self.window else { return };
        let gone = |&&(tick, _): &&(Tick, usize)| tick.0 < next.0 - window;
        self.left += self.ticks[self.left..].iter().take_while(gone).count();
        let spikes = self.first();
        if 2 * spikes > self.len() || 2 * self.left > self.ticks.len() - self.left {
            self.neurons.drain(..spikes);
            self.noted.iter_mut().for_each(|noted| drop(noted.drain(..spikes)));
            self.ticks.drain(..self.left);
            self.ticks.iter_mut().for_each(|(_, end)| *end -= spikes);
            self.left = 0;
        }
    }

    /// Bytes that grow with the run; none where it is bounded what is kept.
    pub(crate) fn bytes(&self) -> usize {
        let noted: usize = self.noted.iter().map(Vec::len).sum();
        if self.window.is_some() { 0 } else { 4 * self.neurons.len() + 16 * self.ticks.len() + 8 * noted }
    }

    /// Bytes that a tick adds at most.
    pub(crate) fn most_bytes(&self) -> usize {
        16 + self.record.group.size as usize * (4 + 8 * self.noted.len())
    }

    /// Forgets what is kept; counts and windows stay.
    pub(crate) fn forget(&mut self) {
        if self.window.is_none() {
            self.neurons.clear();
            self.ticks.clear();
            self.noted.iter_mut().for_each(Vec::clear);
        }
    }

    /// The place of the first spike in the window.
    fn first(&self) -> usize {
        self.left.checked_sub(1).map_or(0, |last| self.ticks[last].1)
    }

    /// The same with spikes before its own, which `forget_spikes` has been told of: tick, neuron (relative to the
    /// group) and what was noted, a column each.
    #[must_use]
    pub fn following(&self, before: impl IntoIterator<Item = (Tick, u32)>, noted: Vec<Vec<f64>>) -> Self {
        let mut whole = Self { noted, ..self.emptied() };
        for (tick, neuron) in before.into_iter().chain(self.spikes()) {
            whole.neurons.push(neuron);
            match whole.ticks.last_mut() {
                Some((last, end)) if *last == tick => *end += 1,
                _ => whole.ticks.push((tick, whole.neurons.len())),
            }
        }
        whole.noted.iter_mut().zip(&self.noted).for_each(|(whole, own)| whole.extend(own));
        whole
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

    /// How many each neuron had, where that is all that is kept.
    #[must_use]
    pub fn counts(&self) -> Option<&[u64]> {
        self.counts.as_deref()
    }

    /// How many spikes are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.neurons.len() - self.first()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Tick and neuron (relative to the group) of every spike, by tick, then neuron.
    pub fn spikes(&self) -> impl Iterator<Item = (Tick, u32)> + '_ {
        self.by_tick().flat_map(|(tick, neurons)| neurons.iter().map(move |&neuron| (tick, neuron)))
    }

    /// Every tick with spikes, and the neurons (relative to the group, ascending).
    pub fn by_tick(&self) -> impl Iterator<Item = (Tick, &[u32])> + '_ {
        let ticks = &self.ticks[self.left..];
        let starts = std::iter::once(self.first()).chain(ticks.iter().map(|&(_, end)| end));
        ticks.iter().zip(starts).map(|(&(tick, end), start)| (tick, &self.neurons[start..end]))
    }

    /// What was noted with every spike, in the order of `spikes`: of the values that were named at `place`.
    ///
    /// # Panics
    /// Where there are not so many.
    #[must_use]
    pub fn noted(&self, place: usize) -> &[f64] {
        &self.noted[place][self.first()..]
    }
}
