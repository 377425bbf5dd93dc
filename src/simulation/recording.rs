//! Recordings: typed handles, and views of what they hold.
//!
//! A handle is got from the simulation that records, and is worth something only there.

use super::rate::{Rate, Smoother};
use super::spool::{Spool, Stream};
use super::stretches;
use super::trains::Spikes;
use crate::error::Error;
use crate::ir::expr::Type;
use crate::ir::network::{Object, Quantity, Recorded as What, Smooth};
use crate::output::{Columns, Kind, Origin};
use crate::units::Dimension;
use grammar::Span;
use runtime::clock::end_tick;
use runtime::{Moments, Network, RateMonitorId, SpikeMonitorId, Tick, ValueMonitorId};
use std::io;
use std::marker::PhantomData;

/// A handle to a recording; `T` says of what: `Spikes`, `Rate`, `Samples`, `Counts` or `Statistic`.
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
    pub(super) values: super::record::Source,
    /// Where they are kept.
    pub(super) monitor: Monitor,
    /// Indices of the elements as the user numbers them.
    pub(super) elements: Vec<u32>,
    /// The same as the state numbers them.
    pub(super) places: Vec<u32>,
    /// How it is smoothed.
    pub(super) smooth: Option<Smooth>,
    /// What is noted with every spike.
    pub(super) with: Vec<Noted>,
    /// Only the last so many seconds are kept.
    pub(super) last: Option<f64>,
    /// When it was begun [s].
    pub(super) since: f64,
    /// Where it is asked for, in the text or in `asked`.
    pub(super) span: Span,
    /// How the program asked for it, where the text does not.
    pub(super) asked: Option<String>,
}

/// What is noted with every spike.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Noted {
    pub(super) name: String,
    pub(super) dimension: Dimension,
    pub(super) kind: Kind,
}

impl Noted {
    pub(super) fn of(name: &str, quantity: &Quantity) -> Self {
        Self { name: name.to_owned(), dimension: quantity.dimension, kind: written(quantity.kind) }
    }
}

/// What values of a model are written as.
pub(super) fn written(kind: Type) -> Kind {
    match kind {
        Type::Boolean => Kind::Truth,
        Type::Integer => Kind::Long,
        Type::Float => Kind::Real,
    }
}

impl Kept {
    /// Whether it takes more memory the longer the run.
    pub(super) fn grows(&self) -> bool {
        let kind = matches!(self.what, What::Spikes(_) | What::Events(..) | What::Rate(_) | What::Values(_));
        kind && self.last.is_none()
    }

    /// What it is of, at a moment [s].
    pub(super) fn origin(&self, t: f64) -> Origin {
        let since_s = self.last.map_or(self.since, |last| self.since.max(t - last));
        let smooth_s = self.smooth.map(|(Smooth::Flat(width) | Smooth::Gaussian(width))| width);
        Origin { recorded: self.name.clone(), since_s, smooth_s, neurons: self.neurons() }
    }

    /// How many neurons it is of; `None` for synapses.
    fn neurons(&self) -> Option<u32> {
        match &self.what {
            What::Spikes(group) | What::Events(group, _) | What::Counts(group, _) | What::Rate(group) => {
                Some(group.size)
            }
            What::Values(of) | What::Mean(of) | What::Variance(of) | What::AtEnd(of) => {
                matches!(of.object, Object::Population(_)).then_some(self.elements.len() as u32)
            }
            What::Synapses(_) => None,
        }
    }

    /// What its file is called, but for its ending; slices are written as file names may have them, and other than a minus.
    pub(super) fn file_stem(&self) -> String {
        let mut name = self.name.replace(" at end", ".at_end").replace(" smooth ", ".smooth_").replace(':', "..");
        for word in ["counts", "mean", "variance", "last"] {
            name = name.replace(&format!(" {word}"), &format!(".{word}"));
        }
        let (name, every) = name
            .rsplit_once(" every ")
            .map_or((&*name, String::new()), |(name, every)| (name, format!(".every_{}", every.replace('*', ""))));
        format!("{name}{every}").replace([' ', '/'], "")
    }
}

/// What takes times [s] and rates [Hz].
type Bins<'a> = dyn FnMut(&[f64], &[f64]) -> io::Result<()> + 'a;

/// What a simulation has recorded until some moment.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Records<'a> {
    pub(super) kept: &'a [Kept],
    pub(super) network: &'a Network,
    pub(super) spool: Option<&'a Spool>,
    /// That moment [s].
    pub(super) t: f64,
}

impl<'a> Records<'a> {
    /// The rows of a recording that are on disk.
    pub(super) fn stream(self, index: usize) -> Option<(&'a Spool, &'a Stream)> {
        let spool = self.spool?;
        spool.stream(index).map(|stream| (spool, stream))
    }

    /// How long it was recorded [s], or the part of it that is kept, in whole steps of `dt` [s]: a run is as many as begin before its
    /// end, so that a rate over the time that was asked for could be more than one spike a step.
    pub(super) fn recorded(self, kept: &Kept, dt: f64) -> f64 {
        let step = |time: f64| end_tick(time, dt).map_or(0, |tick| tick.0);
        let all = step(self.t) - step(kept.since);
        Tick(kept.last.map_or(all, |last| all.min(step(last)))).time(dt)
    }

    pub(super) fn spikes(self, index: usize) -> Result<Option<Spikes<'a>>, Error> {
        let Some(kept) = self.kept.get(index) else { return Ok(None) };
        let (Monitor::Spikes(id), What::Spikes(_) | What::Events(..)) = (kept.monitor, &kept.what) else {
            return Ok(None);
        };
        let held = self.network.spikes(id);
        let recorded = self.recorded(kept, held.dt());
        let monitor = self.stream(index).map_or(Ok(held), |(spool, _)| spool.spikes(index, kept, held))?;
        Ok(Some(Spikes { monitor, recorded, with: &kept.with }))
    }

    pub(super) fn counts(self, index: usize) -> Option<Counts<'a>> {
        let kept = self.kept.get(index)?;
        let Monitor::Spikes(id) = kept.monitor else { return None };
        let held = self.network.spikes(id);
        Some(Counts { counts: held.counts()?, recorded: self.recorded(kept, held.dt()) })
    }

    pub(super) fn rate(self, index: usize) -> Result<Option<Rate>, Error> {
        let Some(kept) = self.kept.get(index) else { return Ok(None) };
        let Monitor::Rate(id) = kept.monitor else { return Ok(None) };
        let monitor = self.network.rate(id);
        let (mut times, mut rates) = (Vec::new(), Vec::new());
        let outcome = self.each_rate(index, &mut |more_times, more_rates| {
            times.extend_from_slice(more_times);
            rates.extend_from_slice(more_rates);
            Ok(())
        });
        if let (Err(reason), Some((spool, stream))) = (outcome, self.stream(index)) {
            let discarded = || Error::Discarded { name: kept.name.clone() };
            return Err(if stream.lacks_some() { discarded() } else { spool.failed(reason) });
        }
        Ok(Some(Rate { times, rates, bin: f64::from(monitor.every()) * monitor.dt() }))
    }

    /// How many bins a rate has, wherever they are; those that are there only to smooth the others left out.
    pub(super) fn bins(self, index: usize) -> usize {
        let Some(kept) = self.kept.get(index) else { return 0 };
        let on_disk = self.stream(index).map_or(0, |(_, stream)| stream.rows() as usize);
        on_disk + stretches::rows(self.network, kept) - self.beside(kept)
    }

    /// How many bins a rate holds in front of its window, for those in it to be smoothed with.
    fn beside(self, kept: &Kept) -> usize {
        let (Monitor::Rate(id), Some(last), Some(_)) = (kept.monitor, kept.last, kept.smooth) else { return 0 };
        let monitor = self.network.rate(id);
        let clock = self.network.clock_of(monitor.group().population);
        let next = self.network.clocks()[clock.0 as usize].tick();
        let window = end_tick(last, monitor.dt()).unwrap_or_default();
        monitor.counts().take_while(|(tick, _)| tick.0 < next.0 - window.0).count()
    }

    /// Goes through the bins of a rate, smoothed where it is to be: their times [s] and rates [Hz].
    pub(super) fn each_rate(self, index: usize, on: &mut Bins<'_>) -> io::Result<()> {
        let kept = &self.kept[index];
        let Monitor::Rate(id) = kept.monitor else { return Ok(()) };
        let monitor = self.network.rate(id);
        let (mut left_out, mut times, mut rates) = (self.beside(kept), Vec::new(), Vec::new());
        let bin = f64::from(monitor.every()) * monitor.dt();
        let bins = self.bins(index) + left_out;
        let mut smoother = kept.smooth.map(|smooth| Smoother::new(smooth, bin, bins));
        let mut give = |times: &mut Vec<f64>, rates: &mut Vec<f64>| {
            let done = rates.len();
            let skipped = done.min(left_out);
            left_out -= skipped;
            on(&times[skipped..done], &rates[skipped..])?;
            times.drain(..done);
            rates.clear();
            Ok(())
        };
        self.each_held(index, &mut |table| {
            let (Columns::Real(more_times), Columns::Real(more_rates)) = (table.column(0), table.column(1)) else {
                return Ok(());
            };
            times.extend_from_slice(&more_times);
            match &mut smoother {
                Some(smoother) => more_rates.iter().for_each(|&rate| smoother.push(rate, &mut rates)),
                None => rates.extend_from_slice(&more_rates),
            }
            give(&mut times, &mut rates)
        })?;
        if let Some(smoother) = smoother {
            smoother.finish(&mut rates);
        }
        give(&mut times, &mut rates)
    }

    /// Goes through the rows of a recording that grows, on disk and in memory, as monitors have them.
    pub(super) fn each_held(self, index: usize, on: &mut stretches::On<'_>) -> io::Result<()> {
        if let Some((_, stream)) = self.stream(index) {
            if stream.lacks_some() {
                return Err(io::Error::other("the recording was not to be kept"));
            }
            stream.each(on)?;
        }
        stretches::each(self.network, &self.kept[index], on)
    }

    pub(super) fn samples(self, index: usize) -> Result<Option<Samples<'a>>, Error> {
        let Some(kept) = self.kept.get(index) else { return Ok(None) };
        let (Monitor::Values(id), What::Values(quantity)) = (kept.monitor, &kept.what) else { return Ok(None) };
        let held = self.network.values(id);
        let monitor = self.stream(index).map_or(Ok(held), |(spool, _)| spool.values(index, kept, held))?;
        Ok(Some(Samples {
            values: monitor.samples(),
            ticks: monitor.ticks(),
            elements: &kept.elements,
            dimension: quantity.dimension,
            dt: monitor.dt(),
        }))
    }

    /// Mean and variance of the values that a window holds.
    pub(super) fn moments(self, index: usize) -> Option<Moments> {
        let kept = self.kept.get(index)?;
        let (Monitor::Values(id), What::Values(_), Some(_)) = (kept.monitor, &kept.what, kept.last) else {
            return None;
        };
        Some(self.network.values(id).moments_of_samples())
    }

    pub(super) fn statistic(self, index: usize) -> Option<Statistic<'a>> {
        let kept = self.kept.get(index)?;
        let (Monitor::Values(id), What::Mean(quantity) | What::Variance(quantity)) = (kept.monitor, &kept.what) else {
            return None;
        };
        let moments = self.network.values(id).moments()?;
        let values = moments.variances().unwrap_or_else(|| moments.means());
        Some(Statistic { values, samples: moments.number(), elements: &kept.elements, dimension: quantity.dimension })
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
    pub(super) ticks: &'a [Tick],
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

/// How many spikes, or custom events, each neuron of a group had.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Counts<'a> {
    counts: &'a [u64],
    recorded: f64,
}

impl<'a> Counts<'a> {
    /// One per neuron of the group, in its order.
    #[must_use]
    pub fn counts(&self) -> &'a [u64] {
        self.counts
    }

    /// All of them together.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Of each neuron per second of the time recorded [Hz]; 0 where no time has passed.
    #[must_use]
    pub fn rates(&self) -> Vec<f64> {
        self.counts.iter().map(|&count| self.per_second(count as f64)).collect()
    }

    /// Per neuron and second over the time recorded [Hz]; 0 where no time has passed.
    #[must_use]
    pub fn mean_rate(&self) -> f64 {
        self.per_second(self.total() as f64 / self.counts.len() as f64)
    }

    fn per_second(&self, count: f64) -> f64 {
        if self.recorded > 0.0 { count / self.recorded } else { 0.0 }
    }
}

/// The mean over time of the values of some elements, or their variance, in SI base units.
#[derive(Clone, Debug, PartialEq)]
pub struct Statistic<'a> {
    values: Vec<f64>,
    samples: u64,
    elements: &'a [u32],
    dimension: Dimension,
}

impl<'a> Statistic<'a> {
    /// One per element; NaN before the first sample. A variance is the mean of squared deviations (divided by their number).
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The elements, as the user numbers them.
    #[must_use]
    pub fn elements(&self) -> &'a [u32] {
        self.elements
    }

    /// Over how many samples.
    #[must_use]
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// What the values are measured in: a variance in the square of its variable's unit.
    #[must_use]
    pub fn dimension(&self) -> Dimension {
        self.dimension
    }
}

/// What is told where a handle is used for a recording that cannot be read.
const UNREADABLE: &str = "the recording can be read";

impl Recorded for Spikes<'static> {
    const WHAT: &'static str = "recording of spikes or events";

    type View<'a> = Spikes<'a>;

    fn is_of(what: &What) -> bool {
        matches!(what, What::Spikes(_) | What::Events(..))
    }

    fn view(records: Records<'_>, index: usize) -> Spikes<'_> {
        let spikes = records.spikes(index).unwrap_or_else(|error| panic!("{UNREADABLE}: {error}"));
        spikes.expect("the handle is of a recording of spikes")
    }
}

impl Recorded for Rate {
    const WHAT: &'static str = "recording of rates";

    type View<'a> = Rate;

    fn is_of(what: &What) -> bool {
        matches!(what, What::Rate(_))
    }

    fn view(records: Records<'_>, index: usize) -> Rate {
        let rate = records.rate(index).unwrap_or_else(|error| panic!("{UNREADABLE}: {error}"));
        rate.expect("the handle is of a recording of rates")
    }
}

impl Recorded for Samples<'static> {
    const WHAT: &'static str = "recording of values";

    type View<'a> = Samples<'a>;

    fn is_of(what: &What) -> bool {
        matches!(what, What::Values(_))
    }

    fn view(records: Records<'_>, index: usize) -> Samples<'_> {
        let samples = records.samples(index).unwrap_or_else(|error| panic!("{UNREADABLE}: {error}"));
        samples.expect("the handle is of a recording of values")
    }
}

impl Recorded for Counts<'static> {
    const WHAT: &'static str = "recording of counts";

    type View<'a> = Counts<'a>;

    fn is_of(what: &What) -> bool {
        matches!(what, What::Counts(..))
    }

    fn view(records: Records<'_>, index: usize) -> Counts<'_> {
        records.counts(index).expect("the handle is of a recording of counts")
    }
}

impl Recorded for Statistic<'static> {
    const WHAT: &'static str = "recording of a mean or a variance";

    type View<'a> = Statistic<'a>;

    fn is_of(what: &What) -> bool {
        matches!(what, What::Mean(_) | What::Variance(_))
    }

    fn view(records: Records<'_>, index: usize) -> Statistic<'_> {
        records.statistic(index).expect("the handle is of a recording of a mean or a variance")
    }
}
