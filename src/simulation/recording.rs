//! Recordings: typed handles, and views of what they hold.
//!
//! A handle is got from the simulation that records, and is worth something only there.

use super::rate::Rate;
use super::trains::Spikes;
use crate::ir::network::{Recorded as What, Smooth};
use crate::units::Dimension;
use runtime::{Network, RateMonitorId, SpikeMonitorId, ValueMonitorId};
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
    /// How it is smoothed.
    pub(super) smooth: Option<Smooth>,
    /// What is noted with every spike: name, dimension.
    pub(super) with: Vec<(String, Dimension)>,
    /// When it was begun [s].
    pub(super) since: f64,
    /// How the program asked for it, where the text does not.
    pub(super) asked: Option<String>,
}

/// What a simulation has recorded until some moment.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Records<'a> {
    pub(super) kept: &'a [Kept],
    pub(super) network: &'a Network,
    /// That moment [s].
    pub(super) t: f64,
}

impl<'a> Records<'a> {
    pub(super) fn spikes(self, index: usize) -> Option<Spikes<'a>> {
        let kept = self.kept.get(index)?;
        let Monitor::Spikes(id) = kept.monitor else { return None };
        Some(Spikes { monitor: self.network.spikes(id), recorded: self.t - kept.since, with: &kept.with })
    }

    pub(super) fn rate(self, index: usize) -> Option<Rate> {
        let kept = self.kept.get(index)?;
        let Monitor::Rate(id) = kept.monitor else { return None };
        let monitor = self.network.rate(id);
        let (times, rates) = monitor.rates().map(|(tick, rate)| (tick.time(monitor.dt()), rate)).unzip();
        let rate = Rate { times, rates, bin: f64::from(monitor.every()) * monitor.dt() };
        Some(kept.smooth.map_or(rate.clone(), |smooth| rate.smoothed(smooth)))
    }

    pub(super) fn samples(self, index: usize) -> Option<Samples<'a>> {
        let kept = self.kept.get(index)?;
        let (Monitor::Values(id), What::Values(quantity)) = (kept.monitor, &kept.what) else { return None };
        let monitor = self.network.values(id);
        Some(Samples {
            values: monitor.samples(),
            ticks: monitor.ticks(),
            elements: &kept.elements,
            dimension: quantity.dimension,
            dt: monitor.dt(),
        })
    }
}

/// A kind of recording; the views of its handles borrow the simulation.
pub trait Recorded {
    /// What a handle gives.
    type View<'a>;

    #[doc(hidden)]
    const WHAT: &'static str;

    #[doc(hidden)]
    fn is_of(what: &What) -> bool;

    #[doc(hidden)]
    fn view(records: Records<'_>, index: usize) -> Self::View<'_>;
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
    const WHAT: &'static str = "recording of spikes or events";

    type View<'a> = Spikes<'a>;

    fn is_of(what: &What) -> bool {
        matches!(what, What::Spikes(_) | What::Events(..))
    }

    fn view(records: Records<'_>, index: usize) -> Spikes<'_> {
        records.spikes(index).expect("the handle is of a recording of spikes")
    }
}

impl Recorded for Rate {
    const WHAT: &'static str = "recording of rates";

    type View<'a> = Rate;

    fn is_of(what: &What) -> bool {
        matches!(what, What::Rate(_))
    }

    fn view(records: Records<'_>, index: usize) -> Rate {
        records.rate(index).expect("the handle is of a recording of rates")
    }
}

impl Recorded for Samples<'static> {
    const WHAT: &'static str = "recording of values";

    type View<'a> = Samples<'a>;

    fn is_of(what: &What) -> bool {
        matches!(what, What::Values(_))
    }

    fn view(records: Records<'_>, index: usize) -> Samples<'_> {
        records.samples(index).expect("the handle is of a recording of values")
    }
}
