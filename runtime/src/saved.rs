//! What changes in a network, as a value to be written and read: the state of its parts without the parts.
//!
//! In comes a network between two steps; out comes all that a network built from the same model and seed needs to go on
//! exactly as this one: columns, ticks of the clocks, spikes on their way, delays in ticks, places of sources, streams
//! of random numbers, counts, what monitors hold, and the run that is under way. Kernels, synapses, threads, and what a
//! network makes of its state while it runs are built again and are not here. Nothing that is read is believed: what
//! does not fit the network is refused, whatever it is, and what fits does no harm. There is no IO here.

use crate::clock::Tick;
use crate::monitor::{SavedRate, SavedSamples, SavedSpikes};
use crate::network::Network;
use crate::population::SavedPopulation;
use crate::projection::SavedProjection;
use crate::run::Course;
use crate::state::{Column, ColumnId};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Why a saved state is not one of a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{part}: {reason}")]
pub struct Misfit {
    /// Of what.
    pub part: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl Misfit {
    pub(crate) fn new(part: impl Into<String>, reason: &'static str) -> Self {
        Self { part: part.into(), reason }
    }
}

/// Refuses what does not hold.
pub(crate) fn must(holds: bool, part: &str, reason: &'static str) -> Result<(), Misfit> {
    if holds { Ok(()) } else { Err(Misfit::new(part, reason)) }
}

/// The state of a network between two steps.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Saved<'a> {
    seed: u64,
    stream: u64,
    last_stream: u64,
    asked: f64,
    /// Time step and next tick of every clock.
    clocks: Vec<(f64, Tick)>,
    course: Option<Course>,
    columns: Vec<SavedColumn<'a>>,
    populations: Vec<SavedPopulation<'a>>,
    projections: Vec<SavedProjection<'a>>,
    spikes: Vec<SavedSpikes<'a>>,
    rates: Vec<SavedRate<'a>>,
    values: Vec<SavedSamples<'a>>,
}

/// The values of one variable.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum SavedColumn<'a> {
    Real(Cow<'a, [f64]>),
    Single(Cow<'a, [f32]>),
    Integer(Cow<'a, [i32]>),
    Long(Cow<'a, [i64]>),
    Boolean(Cow<'a, [u8]>),
}

impl<'a> SavedColumn<'a> {
    fn of(column: &'a Column) -> Self {
        match column {
            Column::Real(values) => Self::Real(values.into()),
            Column::Single(values) => Self::Single(values.into()),
            Column::Integer(values) => Self::Integer(values.into()),
            Column::Long(values) => Self::Long(values.into()),
            Column::Boolean(values) => Self::Boolean(values.into()),
        }
    }

    fn column(&self) -> Column {
        match self {
            Self::Real(values) => Column::Real(values.to_vec()),
            Self::Single(values) => Column::Single(values.to_vec()),
            Self::Integer(values) => Column::Integer(values.to_vec()),
            Self::Long(values) => Column::Long(values.to_vec()),
            Self::Boolean(values) => Column::Boolean(values.to_vec()),
        }
    }
}

/// Whether neurons or elements are in ascending order and below `size`.
pub(crate) fn are_ascending(elements: &[u32], size: u32) -> bool {
    elements.is_sorted_by(|a, b| a < b) && elements.last().is_none_or(|&last| last < size)
}

impl Saved<'_> {
    /// The seed that the network drew from; what it is built again with.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The time that was reached [s].
    #[must_use]
    pub fn time(&self) -> f64 {
        self.asked
    }

    /// The time that the run under way was to reach [s], where there was one.
    #[must_use]
    pub fn goal(&self) -> Option<f64> {
        self.course.as_ref().map(|course| course.until)
    }
}

impl Network {
    /// All that changes in it. `None` where it is not between two steps: a value that was not finite has stopped it, or
    /// it is asked from within a step.
    #[must_use]
    pub fn saved(&self) -> Option<Saved<'_>> {
        if self.failed.is_some() || self.in_step || !self.epochs.are_over() {
            return None;
        }
        let (state, machine) = (self.state(), &self.machine);
        Some(Saved {
            seed: self.seed,
            stream: self.stream,
            last_stream: self.last_stream,
            asked: self.clocks.time(),
            clocks: self.clocks().iter().map(|clock| (clock.dt(), clock.tick())).collect(),
            course: self.course.clone(),
            columns: (0..state.len()).map(|id| SavedColumn::of(state.column(ColumnId(id as u32)))).collect(),
            populations: self.populations.iter().map(|population| population.saved(machine)).collect(),
            projections: self.projections.iter().map(|projection| projection.saved(machine)).collect(),
            spikes: self.spikes.iter().map(|monitor| monitor.saved()).collect(),
            rates: self.rates.iter().map(|monitor| monitor.saved()).collect(),
            values: self.values.iter().map(|monitor| monitor.saved()).collect(),
        })
    }

    /// Gives it the clocks that the saved network had beyond those of the model, so that what is on them can be added
    /// again before the rest is loaded.
    ///
    /// # Errors
    /// Where the clocks of the two are others.
    pub fn load_clocks(&mut self, saved: &Saved<'_>) -> Result<(), Misfit> {
        let clocks = "clocks";
        for (number, &(dt, _)) in saved.clocks.iter().enumerate() {
            if number >= self.clocks.all().len() {
                must(self.clocks.add(dt, false).is_some(), clocks, "a time step that is none")?;
            }
            let there = self.clocks.all().get(number);
            must(there.is_some_and(|clock| clock.dt().to_bits() == dt.to_bits()), clocks, "of other time steps")?;
        }
        Ok(())
    }

    /// Takes the state of another network of the same parts, which may have had fewer clocks and monitors: other clocks
    /// then begin at its time, and other monitors hold nothing.
    ///
    /// # Errors
    /// Where it does not fit; the network is then good for nothing.
    pub fn load(&mut self, saved: &Saved<'_>) -> Result<(), Misfit> {
        self.load_clocks(saved)?;
        self.clocks.load(&saved.clocks, saved.asked)?;
        (self.seed, self.stream, self.last_stream) = (saved.seed, saved.stream, saved.last_stream);
        if let Some(Course { until, ends }) = &saved.course {
            let sound = until.is_finite() && ends.len() <= self.clocks.all().len() && !ends.is_empty();
            must(sound && ends.iter().all(|end| end.is_countable()), "the run under way", "an end that is none")?;
        }
        (self.course, self.pause, self.failed) = (saved.course.clone(), None, None);
        self.load_columns(&saved.columns)?;
        self.draw_from_stream();
        must(saved.populations.len() == self.populations.len(), "populations", "another number of them")?;
        for (population, saved) in self.populations.iter_mut().zip(&saved.populations) {
            let clock = self.clocks.get(population.clock());
            population.load(saved, &self.machine, clock)?;
        }
        must(saved.projections.len() == self.projections.len(), "projections", "another number of them")?;
        for (projection, saved) in self.projections.iter_mut().zip(&saved.projections) {
            projection.load(saved, &self.machine, &self.populations, &self.clocks, self.course.is_some())?;
        }
        self.load_monitors(saved)?;
        self.epochs = Default::default();
        self.parts += 1;
        Ok(())
    }

    fn load_columns(&mut self, columns: &[SavedColumn<'_>]) -> Result<(), Misfit> {
        must(columns.len() == self.state().len(), "variables", "another number of them")?;
        self.machine.touch_all();
        for (number, saved) in (0..).zip(columns) {
            let (column, there) = (saved.column(), self.machine.state.column_mut(ColumnId(number)));
            let fits = column.kind() == there.kind() && column.len() == there.len();
            let truth = !matches!(&column, Column::Boolean(values) if values.iter().any(|&value| value > 1));
            must(fits && truth, &format!("variable {number}"), "other values than it can have")?;
            *there = column;
        }
        Ok(())
    }

    fn load_monitors(&mut self, saved: &Saved<'_>) -> Result<(), Misfit> {
        let as_many = saved.spikes.len() <= self.spikes.len()
            && saved.rates.len() <= self.rates.len()
            && saved.values.len() <= self.values.len();
        must(as_many, "recordings", "more of them than there are")?;
        for (number, monitor) in self.spikes.iter_mut().enumerate() {
            *monitor = monitor.emptied();
            saved.spikes.get(number).map_or(Ok(()), |saved| monitor.load(saved))?;
        }
        for (number, monitor) in self.rates.iter_mut().enumerate() {
            *monitor = monitor.emptied();
            saved.rates.get(number).map_or(Ok(()), |saved| monitor.load(saved))?;
        }
        for (number, monitor) in self.values.iter_mut().enumerate() {
            *monitor = monitor.emptied();
            saved.values.get(number).map_or(Ok(()), |saved| monitor.load(saved))?;
        }
        Ok(())
    }
}
