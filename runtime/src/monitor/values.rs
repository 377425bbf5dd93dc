//! Values over time: every sample, those of the last ticks, or their mean and variance.

use super::{Moments, Values, copy};
use crate::clock::Tick;
use crate::clocks::ClockId;
use crate::code::{Machine, Occasion};
use crate::projection::Projection;
use crate::saved::{Misfit, must};
use crate::state::Column;
use crate::turn::{Slot, Turn};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The number of a value monitor in its network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ValueMonitorId(pub u32);

/// When samples are taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    /// At ticks of this clock.
    pub clock: ClockId,
    /// Seconds between samples, a whole number of ticks; `None` for every tick.
    pub every: Option<f64>,
    /// When in a step.
    pub turn: Turn,
    /// What is kept of them.
    pub keep: Keep,
}

impl Default for Sampling {
    /// At the start of every tick of clock 0, all of them.
    fn default() -> Self {
        Self { clock: ClockId::default(), every: None, turn: Turn::of(Slot::Start), keep: Keep::All }
    }
}

/// What is kept of samples.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Keep {
    /// All.
    #[default]
    All,
    /// Those of the last so many seconds.
    Last(f64),
    /// The mean of each element.
    Mean,
    /// Mean and variance of each element.
    Variance,
}

/// Values of some elements at every tick of a clock, or at every so many: 8 bytes a value and 8 a sample; or 8 bytes an
/// element for its mean, and as many for its variance.
#[derive(Clone, Debug)]
pub struct ValueMonitor {
    values: Values,
    elements: Vec<u32>,
    contiguous: bool,
    every: u32,
    dt: f64,
    /// Samples of so many ticks are kept; `None` for all.
    window: Option<i64>,
    ticks: Vec<Tick>,
    samples: Vec<f64>,
    /// So many samples of the front have left the window.
    left: usize,
    /// Where only these are kept, `samples` holds one sample at a time.
    moments: Option<Moments>,
}

/// What a value monitor holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SavedSamples<'a> {
    ticks: Cow<'a, [Tick]>,
    samples: Cow<'a, [f64]>,
    moments: Option<Cow<'a, Moments>>,
}

impl ValueMonitor {
    pub(crate) fn saved(&self) -> SavedSamples<'_> {
        let moments = self.moments.as_ref().map(Cow::Borrowed);
        SavedSamples { ticks: self.ticks().into(), samples: self.samples().into(), moments }
    }

    pub(crate) fn load(&mut self, saved: &SavedSamples<'_>) -> Result<(), Misfit> {
        let SavedSamples { ticks, samples, moments } = saved;
        let whole = ticks.len().checked_mul(self.elements.len()) == Some(samples.len());
        let same = match (moments, &self.moments) {
            (Some(saved), Some(own)) => saved.are_of(own),
            (saved, own) => saved.is_none() && own.is_none(),
        };
        let countable = ticks.iter().all(Tick::is_countable);
        must(whole && countable && same, "a recording of values", "samples that it cannot have")?;
        (self.ticks, self.samples, self.left) = (ticks.to_vec(), samples.to_vec(), 0);
        self.moments = moments.as_deref().cloned();
        Ok(())
    }

    pub(crate) fn new(values: Values, elements: Vec<u32>, every: u32, dt: f64) -> Self {
        let contiguous = elements.windows(2).all(|pair| pair[0].checked_add(1) == Some(pair[1]));
        let (ticks, samples) = (Vec::new(), Vec::new());
        Self { values, elements, contiguous, every, dt, window: None, ticks, samples, left: 0, moments: None }
    }

    /// The same that keeps only the samples of so many ticks.
    pub(crate) fn within(self, ticks: i64) -> Self {
        Self { window: Some(ticks), ..self }
    }

    /// The same that keeps only means, or variances too.
    pub(crate) fn summed_up(self, variance: bool) -> Self {
        Self { moments: Some(Moments::new(self.elements.len(), variance)), ..self }
    }

    /// The same before anything was recorded.
    pub(crate) fn emptied(&self) -> Self {
        let (window, moments) = (self.window, self.moments.as_ref().map(Moments::emptied));
        Self { window, moments, ..Self::new(self.values.clone(), self.elements.clone(), self.every, self.dt) }
    }

    pub(crate) fn values(&self) -> &Values {
        &self.values
    }

    pub(crate) fn reseed(&mut self, seed: u64, stream: u64) {
        self.values.reseed(seed, stream);
    }

    /// Takes a sample, where this tick of its clock has one.
    pub(crate) fn sample(&mut self, tick: i64, projections: &[Projection], machine: &mut Machine, occasion: Occasion) {
        if tick % i64::from(self.every) != 0 || self.elements.is_empty() {
            return;
        }
        if self.moments.is_some() {
            self.samples.clear();
        } else {
            self.ticks.push(Tick(tick));
        }
        match (&self.values, self.contiguous) {
            (&Values::Column(column), true) => {
                let first = self.elements[0] as usize;
                match machine.state.column(column) {
                    Column::Real(values) => self.samples.extend(&values[first..first + self.elements.len()]),
                    Column::Single(values) => {
                        self.samples
                            .extend(values[first..first + self.elements.len()].iter().map(|&value| f64::from(value)));
                    }
                    column => copy(column, &self.elements, &mut self.samples),
                }
            }
            (values, _) => values.take(&self.elements, projections, machine, occasion, &mut self.samples),
        }
        if let Some(moments) = &mut self.moments {
            moments.add(&self.samples);
        }
        if self.window.is_some() {
            self.reach(Tick(tick + 1));
        }
    }

    /// Forgets what is out of the window when `next` is the tick to come, as spike monitors do.
    pub(crate) fn reach(&mut self, next: Tick) {
        let Some(window) = self.window else { return };
        self.left += self.ticks[self.left..].iter().take_while(|tick| tick.0 < next.0 - window).count();
        if 2 * self.left > self.ticks.len() - self.left {
            self.samples.drain(..self.left * self.elements.len());
            self.ticks.drain(..self.left);
            self.left = 0;
        }
    }

    /// Bytes that grow with the run; none where it is bounded what is kept.
    pub(crate) fn bytes(&self) -> usize {
        let bounded = self.window.is_some() || self.moments.is_some();
        if bounded { 0 } else { 8 * (self.ticks.len() + self.samples.len()) }
    }

    /// Bytes that a sample adds at most.
    pub(crate) fn most_bytes(&self) -> usize {
        8 * (1 + self.elements.len())
    }

    /// Forgets what is kept; moments and windows stay.
    pub(crate) fn forget(&mut self) {
        if self.window.is_none() && self.moments.is_none() {
            self.ticks.clear();
            self.samples.clear();
        }
    }

    /// The same with samples before its own, which `forget_values` has been told of: the tick of each, and its values.
    #[must_use]
    pub fn following(&self, mut ticks: Vec<Tick>, mut samples: Vec<f64>) -> Self {
        ticks.extend(self.ticks());
        samples.extend(self.samples());
        Self { ticks, samples, ..self.emptied() }
    }

    /// The elements recorded, in the order of the values: neurons absolute in the population, synapses by storage
    /// number.
    #[must_use]
    pub fn elements(&self) -> &[u32] {
        &self.elements
    }

    /// Seconds a tick of its clock.
    #[must_use]
    pub fn dt(&self) -> f64 {
        self.dt
    }

    /// Ticks from one sample to the next.
    #[must_use]
    pub fn every(&self) -> u32 {
        self.every
    }

    /// The tick of its clock in which each sample was taken.
    #[must_use]
    pub fn ticks(&self) -> &[Tick] {
        &self.ticks[self.left..]
    }

    /// Mean and variance of each element, where that is all that is kept.
    #[must_use]
    pub fn moments(&self) -> Option<&Moments> {
        self.moments.as_ref()
    }

    /// Mean and variance of each element over the samples that are kept, by the same sums as `moments`.
    #[must_use]
    pub fn moments_of_samples(&self) -> Moments {
        let mut moments = Moments::new(self.elements.len(), true);
        let samples = self.samples();
        samples.chunks_exact(self.elements.len().max(1)).for_each(|sample| moments.add(sample));
        moments
    }

    /// All values, sample after sample, each with one value per element.
    #[must_use]
    pub fn samples(&self) -> &[f64] {
        if self.moments.is_some() { &[] } else { &self.samples[self.left * self.elements.len()..] }
    }

    /// The values of the element that stands at `position` in `elements`, one per sample.
    ///
    /// # Panics
    /// Where there are not so many elements.
    pub fn trace(&self, position: usize) -> impl ExactSizeIterator<Item = f64> + '_ {
        assert!(position < self.elements.len(), "element {position} of {}", self.elements.len());
        self.samples().chunks_exact(self.elements.len()).map(move |sample| sample[position])
    }
}
