//! Monitors: what is kept of an experiment.
//!
//! In come the spikes of a tick, or the state at its start; they are kept compactly and given out as they are asked
//! for. Ticks count from the start of the experiment, whatever the runs: a monitor of every k-th tick sees those
//! divisible by k. Values are as in the state (SI base units), neurons relative to the group recorded.

use crate::clock::Tick;
use crate::code::{Code, Machine, Results};
use crate::kernel::{Moment, Work};
use crate::population::{Group, PopulationId};
use crate::projection::{Projection, ProjectionId};
use crate::state::{Column, ColumnId, State};

/// The number of a spike monitor in its network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SpikeMonitorId(pub u32);

/// The number of a rate monitor in its network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RateMonitorId(pub u32);

/// The number of a value monitor in its network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ValueMonitorId(pub u32);

/// Every spike of a group: 4 bytes a spike and 16 a tick with spikes.
#[derive(Clone, Debug, PartialEq)]
pub struct SpikeMonitor {
    group: Group,
    neurons: Vec<u32>,
    /// Tick, and how many spikes there were up to its end.
    ticks: Vec<(Tick, usize)>,
}

impl SpikeMonitor {
    pub(crate) fn new(group: Group) -> Self {
        Self { group, neurons: Vec::new(), ticks: Vec::new() }
    }

    pub(crate) fn population(&self) -> PopulationId {
        self.group.population
    }

    pub(crate) fn record(&mut self, moment: Moment, spikes: &[u32]) {
        let spikes = self.group.spikes(spikes);
        if !spikes.is_empty() {
            self.neurons.extend(spikes.iter().map(|neuron| neuron - self.group.offset));
            self.ticks.push((Tick(moment.step), self.neurons.len()));
        }
    }

    /// Whose spikes.
    #[must_use]
    pub fn group(&self) -> Group {
        self.group
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
}

/// How many spikes a group had in every tick, or in every so many: 4 bytes a sample.
#[derive(Clone, Debug, PartialEq)]
pub struct RateMonitor {
    group: Group,
    every: u32,
    first: Option<Tick>,
    counts: Vec<u32>,
    current: u32,
}

impl RateMonitor {
    pub(crate) fn new(group: Group, every: u32) -> Self {
        Self { group, every, first: None, counts: Vec::new(), current: 0 }
    }

    pub(crate) fn population(&self) -> PopulationId {
        self.group.population
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

    /// First tick of every complete sample, and the spikes per neuron and second [Hz] at a time step of `dt` [s].
    pub fn rates(&self, dt: f64) -> impl ExactSizeIterator<Item = (Tick, f64)> + '_ {
        let (every, size) = (f64::from(self.every), f64::from(self.group.size));
        self.counts().map(move |(tick, count)| (tick, f64::from(count) / (dt * every) / size))
    }
}

/// Where recorded values come from.
#[derive(Clone, Debug)]
pub enum Values {
    /// As they stand in a column.
    Column(ColumnId),
    /// As they stand in a column of ticks, in seconds.
    Times(ColumnId),
    /// Yielded by an indexed kernel for neurons.
    Neurons(PopulationId, Code),
    /// Yielded by a kernel over listed synapses.
    Synapses(ProjectionId, Code),
}

/// Values of some elements at the start of every tick, or of every so many: 8 bytes a value and 8 a sample.
#[derive(Clone, Debug)]
pub struct ValueMonitor {
    values: Values,
    elements: Vec<u32>,
    contiguous: bool,
    every: u32,
    ticks: Vec<Tick>,
    samples: Vec<f64>,
}

impl ValueMonitor {
    pub(crate) fn new(values: Values, elements: Vec<u32>, every: u32) -> Self {
        let contiguous = elements.windows(2).all(|pair| pair[0].checked_add(1) == Some(pair[1]));
        Self { values, elements, contiguous, every, ticks: Vec::new(), samples: Vec::new() }
    }

    pub(crate) fn reseed(&mut self, seed: u64, stream: u64) {
        if let Values::Neurons(_, code) | Values::Synapses(_, code) = &mut self.values {
            code.reseed(seed, stream);
        }
    }

    /// Takes a sample, where this tick has one.
    pub(crate) fn sample(&mut self, projections: &[Projection], machine: &mut Machine, moment: Moment, dt: f64) {
        if moment.step % i64::from(self.every) != 0 || self.elements.is_empty() {
            return;
        }
        self.ticks.push(Tick(moment.step));
        let start = self.samples.len();
        let (code, work) = match &self.values {
            Values::Column(column) => return self.copy(*column, &machine.state),
            Values::Times(column) => {
                self.copy(*column, &machine.state);
                self.samples[start..].iter_mut().for_each(|tick| *tick *= dt);
                return;
            }
            Values::Neurons(_, code) => (code, Work::Indexed(&self.elements)),
            Values::Synapses(projection, code) => (code, projections[projection.0 as usize].list(&self.elements)),
        };
        self.samples.resize(start + self.elements.len(), 0.0);
        let results = Results { spikes: &mut Vec::new(), out: &mut self.samples[start..] };
        machine.run_for(code, work, moment, results);
    }

    fn copy(&mut self, column: ColumnId, state: &State) {
        let column = state.column(column);
        match column {
            Column::Real(values) if self.contiguous => {
                let first = self.elements[0] as usize;
                self.samples.extend_from_slice(&values[first..first + self.elements.len()]);
            }
            Column::Real(values) => self.samples.extend(self.elements.iter().map(|&element| values[element as usize])),
            _ => self.samples.extend(self.elements.iter().map(|&element| column.number(element as usize))),
        }
    }

    /// The elements recorded, in the order of the values: neurons absolute in the population, synapses by storage
    /// number.
    #[must_use]
    pub fn elements(&self) -> &[u32] {
        &self.elements
    }

    /// Ticks from one sample to the next.
    #[must_use]
    pub fn every(&self) -> u32 {
        self.every
    }

    /// The tick at whose start each sample was taken.
    #[must_use]
    pub fn ticks(&self) -> &[Tick] {
        &self.ticks
    }

    /// All values, sample after sample, each with one value per element.
    #[must_use]
    pub fn samples(&self) -> &[f64] {
        &self.samples
    }

    /// The values of the element that stands at `position` in `elements`, one per sample.
    ///
    /// # Panics
    /// Where there are not so many elements.
    pub fn trace(&self, position: usize) -> impl ExactSizeIterator<Item = f64> + '_ {
        assert!(position < self.elements.len(), "element {position} of {}", self.elements.len());
        self.samples.chunks_exact(self.elements.len()).map(move |sample| sample[position])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(step: i64) -> Moment {
        Moment { step, t: step as f64 * 1e-4 }
    }

    const GROUP: Group = Group { population: PopulationId(0), offset: 2, size: 4 };

    #[test]
    fn spikes_are_those_of_the_group() {
        let mut monitor = SpikeMonitor::new(GROUP);
        monitor.record(at(3), &[0, 2, 5, 6]);
        monitor.record(at(4), &[1, 6]);
        monitor.record(at(9), &[3]);
        assert_eq!(monitor.spikes().collect::<Vec<_>>(), [(Tick(3), 0), (Tick(3), 3), (Tick(9), 1)]);
        assert_eq!(monitor.len(), 3);
    }

    #[test]
    fn rates_count_whole_bins_from_tick_0() {
        let mut each = RateMonitor::new(GROUP, 1);
        let mut bins = RateMonitor::new(GROUP, 3);
        for step in 1..9 {
            each.record(at(step), &[2, 3]);
            bins.record(at(step), &[2, 3]);
        }
        assert_eq!(each.counts().collect::<Vec<_>>(), (1..9).map(|tick| (Tick(tick), 2)).collect::<Vec<_>>());
        assert_eq!(bins.counts().collect::<Vec<_>>(), [(Tick(3), 6), (Tick(6), 6)]);
        let rates: Vec<f64> = bins.rates(1e-4).map(|(_, rate)| rate).collect();
        assert!(rates.iter().all(|rate| (rate - 5000.0).abs() < 1e-9), "{rates:?}");
    }

    #[test]
    fn values_are_sampled_from_every_type_of_column() {
        let columns = [
            (Column::Real(vec![0.5, 1.5, 2.5, 3.5]), [1.5, 2.5, 3.5, 0.5]),
            (Column::Integer(vec![5, -6, 7, 8]), [-6.0, 7.0, 8.0, 5.0]),
            (Column::Long(vec![1 << 40, -2, 3, 4]), [-2.0, 3.0, 4.0, 1_099_511_627_776.0]),
            (Column::Boolean(vec![0, 1, 0, 1]), [1.0, 0.0, 1.0, 0.0]),
        ];
        for (column, values) in columns {
            let mut machine = Machine::new(State::new(vec![column]), Default::default());
            let mut range = ValueMonitor::new(Values::Column(ColumnId(0)), vec![1, 2, 3], 2);
            let mut list = ValueMonitor::new(Values::Column(ColumnId(0)), vec![1, 2, 3, 0], 2);
            let mut times = ValueMonitor::new(Values::Times(ColumnId(0)), vec![3], 2);
            for step in 0..4 {
                for monitor in [&mut range, &mut list, &mut times] {
                    monitor.sample(&[], &mut machine, at(step), 1e-4);
                }
            }
            assert_eq!(range.ticks(), [Tick(0), Tick(2)]);
            assert_eq!(range.samples(), [&values[..3], &values[..3]].concat());
            assert_eq!(list.samples(), [values, values].concat());
            assert_eq!(list.trace(3).collect::<Vec<_>>(), [values[3]; 2]);
            assert_eq!(times.samples(), [values[2] * 1e-4; 2]);
        }
    }
}
