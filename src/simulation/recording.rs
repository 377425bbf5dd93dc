//! Recordings: typed handles, and views of what they hold.
//!
//! A handle is got from the simulation that records, and is worth something only there.

use super::run::Simulation;
use crate::ir::network::Recorded as What;
use crate::units::Dimension;
use runtime::{RateMonitorId, SpikeMonitor, SpikeMonitorId, ValueMonitorId};
use std::marker::PhantomData;

/// A handle to a recording; `T` says of what: `Spikes`, `Rate` or `Samples`.
#[derive(Debug)]
pub struct Recording<T> {
    pub(super) index: usize,
    pub(super) of: PhantomData<T>,
}

impl<T> Clone for Recording<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Recording<T> {}

impl<T> Recording<T> {
    pub(super) fn new(index: usize) -> Self {
        Self { index, of: PhantomData }
    }
}

/// What a recording is made with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Monitor {
    Spikes(SpikeMonitorId),
    Rate(RateMonitorId),
    Values(ValueMonitorId),
    /// Nothing is kept during the run: the state says it at the end.
    AtEnd,
}

/// One recording of a simulation.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    /// As it is asked for: `P.v`, `P.v at end`.
    pub(super) name: String,
    /// What is recorded.
    pub(super) what: What,
    /// How its values are got.
    pub(super) values: super::tables::Source,
    /// Where they are kept.
    pub(super) monitor: Monitor,
    /// Indices of the elements as the user numbers them.
    pub(super) elements: Vec<u32>,
    /// The same as the state numbers them.
    pub(super) places: Vec<u32>,
}

/// A kind of recording; the views of its handles borrow the simulation.
pub trait Recorded {
    /// What a handle gives.
    type View<'a>;

    #[doc(hidden)]
    fn view(simulation: &Simulation, index: usize) -> Self::View<'_>;
}

/// One spike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spike {
    /// The step, from the start of the experiment.
    pub tick: i64,
    /// Its time [s].
    pub t: f64,
    /// The neuron, relative to the group recorded.
    pub neuron: u32,
}

/// Spikes of a group, by step, then neuron.
#[derive(Clone, Copy, Debug)]
pub struct Spikes<'a> {
    pub(super) monitor: &'a SpikeMonitor,
}

impl<'a> Spikes<'a> {
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

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = Spike> + 'a {
        let dt = self.monitor.dt();
        self.monitor.spikes().map(move |(tick, neuron)| Spike { tick: tick.0, t: tick.time(dt), neuron })
    }
}

/// Spikes per neuron and second of a group.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    /// Start of each bin [s].
    pub times: Vec<f64>,
    /// The rate in it [Hz].
    pub rates: Vec<f64>,
}

/// Values of some elements over time, in SI base units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Samples<'a> {
    pub(super) values: &'a [f64],
    pub(super) ticks: &'a [runtime::Tick],
    pub(super) elements: &'a [u32],
    pub(super) dimension: Dimension,
    pub(super) dt: f64,
}

impl<'a> Samples<'a> {
    /// The elements, as the user numbers them.
    #[must_use]
    pub fn elements(&self) -> &'a [u32] {
        self.elements
    }

    /// Times of the samples [s]; each is taken at the start of its step.
    #[must_use]
    pub fn times(&self) -> Vec<f64> {
        self.ticks.iter().map(|tick| tick.time(self.dt)).collect()
    }

    /// All values: every element of the first sample, then of the second, and so on.
    #[must_use]
    pub fn values(&self) -> &'a [f64] {
        self.values
    }

    /// The values of one element, by its place among `elements`.
    ///
    /// # Panics
    /// Where there are not so many elements.
    #[must_use]
    pub fn trace(&self, place: usize) -> Vec<f64> {
        assert!(place < self.elements.len(), "element {place} of {}", self.elements.len());
        self.values.iter().skip(place).step_by(self.elements.len()).copied().collect()
    }

    /// What the values are measured in.
    #[must_use]
    pub fn dimension(&self) -> Dimension {
        self.dimension
    }
}

impl Recorded for Spikes<'static> {
    type View<'a> = Spikes<'a>;

    fn view(simulation: &Simulation, index: usize) -> Spikes<'_> {
        simulation.spikes_of(index).expect("the handle is of a recording of spikes")
    }
}

impl Recorded for Rate {
    type View<'a> = Rate;

    fn view(simulation: &Simulation, index: usize) -> Rate {
        simulation.rate_of(index).expect("the handle is of a recording of rates")
    }
}

impl Recorded for Samples<'static> {
    type View<'a> = Samples<'a>;

    fn view(simulation: &Simulation, index: usize) -> Samples<'_> {
        simulation.samples_of(index).expect("the handle is of a recording of values")
    }
}
