//! Values over time.

use super::{Values, copy};
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
}

impl Default for Sampling {
    /// At the start of every tick of clock 0.
    fn default() -> Self {
        Self { clock: ClockId::default(), every: None, turn: Turn::of(Slot::Start) }
    }
}

/// Values of some elements at every tick of a clock, or at every so many: 8 bytes a value and 8 a sample.
#[derive(Clone, Debug)]
pub struct ValueMonitor {
    values: Values,
    elements: Vec<u32>,
    contiguous: bool,
    every: u32,
    dt: f64,
    ticks: Vec<Tick>,
    samples: Vec<f64>,
}

/// What a value monitor holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SavedSamples<'a> {
    ticks: Cow<'a, [Tick]>,
    samples: Cow<'a, [f64]>,
}

impl ValueMonitor {
    pub(crate) fn saved(&self) -> SavedSamples<'_> {
        SavedSamples { ticks: (&self.ticks).into(), samples: (&self.samples).into() }
    }

    pub(crate) fn load(&mut self, saved: &SavedSamples<'_>) -> Result<(), Misfit> {
        let SavedSamples { ticks, samples } = saved;
        let whole = ticks.len().checked_mul(self.elements.len()) == Some(samples.len());
        must(whole && ticks.iter().all(Tick::is_countable), "a recording of values", "samples that it cannot have")?;
        (self.ticks, self.samples) = (ticks.to_vec(), samples.to_vec());
        Ok(())
    }

    pub(crate) fn new(values: Values, elements: Vec<u32>, every: u32, dt: f64) -> Self {
        let contiguous = elements.windows(2).all(|pair| pair[0].checked_add(1) == Some(pair[1]));
        Self { values, elements, contiguous, every, dt, ticks: Vec::new(), samples: Vec::new() }
    }

    /// The same before anything was recorded.
    pub(crate) fn emptied(&self) -> Self {
        Self::new(self.values.clone(), self.elements.clone(), self.every, self.dt)
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
        self.ticks.push(Tick(tick));
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
