//! Populations: how many neurons, and what makes their spikes.
//!
//! A population's spikes of the current tick are a list of neurons, ascending, that stays until the next tick's are
//! made. What is known only together with other parts (numbers of columns, groups) is checked where the population is
//! added to a network.

use crate::clock::Tick;
use crate::code::{Code, Machine, Results};
use crate::error::{BuildError, RunError};
use crate::kernel::{Moment, Work};
use crate::source::{Listed, Poisson};
use crate::state::ColumnId;

/// The number of a population in its network, in the order in which they were added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PopulationId(pub u32);

/// A contiguous part of a population.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// Of which population.
    pub population: PopulationId,
    /// First neuron.
    pub offset: u32,
    /// How many.
    pub size: u32,
}

impl Group {
    /// Those of some ascending spikes that are of this group.
    #[must_use]
    pub fn spikes<'a>(&self, spikes: &'a [u32]) -> &'a [u32] {
        let end = u64::from(self.offset) + u64::from(self.size);
        let first = spikes.partition_point(|&neuron| neuron < self.offset);
        let last = spikes.partition_point(|&neuron| u64::from(neuron) < end);
        &spikes[first..last]
    }
}

/// A column whose values must stay finite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// The column.
    pub column: ColumnId,
    /// What the user calls it.
    pub variable: String,
}

/// A dense kernel that computes columns from others, to be run again where one of those was written.
#[derive(Clone, Debug)]
pub struct Propagators {
    code: Code,
    from: Vec<ColumnId>,
    computed_at: Option<u64>,
}

impl Propagators {
    /// Computed by `code` from the columns `from`.
    #[must_use]
    pub fn new(code: Code, from: impl IntoIterator<Item = ColumnId>) -> Self {
        Self { code, from: from.into_iter().collect(), computed_at: None }
    }

    fn refresh(&mut self, size: u32, machine: &mut Machine, moment: Moment) {
        let writes = machine.writes(&self.from);
        if self.computed_at != Some(writes) {
            machine.run(&self.code, Work::dense(0..size), moment);
            self.computed_at = Some(machine.writes(&self.from));
        }
    }
}

/// What neurons with equations do.
#[derive(Clone, Debug, Default)]
pub struct Neurons {
    /// What the step needs computed before it, where that is out of date.
    pub propagators: Option<Propagators>,
    /// State update, refractoriness and threshold: a dense kernel over all neurons, at every tick.
    pub step: Option<Code>,
    /// What happens to neurons that spiked: an indexed kernel, at the end of the tick.
    pub reset: Option<Code>,
}

/// What makes the spikes of a population.
#[derive(Clone, Debug)]
enum Source {
    Neurons(Neurons),
    Poisson(Poisson),
    Listed(Listed),
}

/// Neurons of one kind.
#[derive(Clone, Debug)]
pub struct Population {
    name: String,
    size: u32,
    source: Source,
    watched: Vec<Watched>,
    spikes: Vec<u32>,
    spike_total: u64,
}

impl Population {
    fn new(name: &str, size: u32, source: Source) -> Self {
        Self { name: name.to_owned(), size, source, watched: Vec::new(), spikes: Vec::new(), spike_total: 0 }
    }

    /// Neurons with equations.
    #[must_use]
    pub fn neurons(name: &str, size: u32, neurons: Neurons) -> Self {
        Self::new(name, size, Source::Neurons(neurons))
    }

    /// A Poisson process in every neuron, of one rate [Hz] that stands in a shared column.
    #[must_use]
    pub fn poisson(name: &str, size: u32, rate: ColumnId) -> Self {
        Self::new(name, size, Source::Poisson(Poisson::new(name, size, rate)))
    }

    /// Listed spikes: time [s] and neuron, in any order, at a time step of `dt` [s].
    ///
    /// # Errors
    /// Where a time is negative or no number, a neuron is not there, or one spikes twice in a tick.
    pub fn listed(name: &str, size: u32, spikes: &[(f64, u32)], dt: f64) -> Result<Self, BuildError> {
        Ok(Self::new(name, size, Source::Listed(Listed::new(name, size, spikes, dt)?)))
    }

    /// Columns whose values must stay finite, in the order in which the first bad one is named.
    #[must_use]
    pub fn watching(mut self, watched: impl IntoIterator<Item = Watched>) -> Self {
        self.watched.extend(watched);
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many neurons.
    #[must_use]
    pub fn size(&self) -> u32 {
        self.size
    }

    /// Neurons that spiked in the last tick done, ascending.
    #[must_use]
    pub fn spikes(&self) -> &[u32] {
        &self.spikes
    }

    /// How many spikes there were in the whole experiment.
    #[must_use]
    pub fn spike_total(&self) -> u64 {
        self.spike_total
    }

    pub(crate) fn watched(&self) -> &[Watched] {
        &self.watched
    }

    pub(crate) fn has_step(&self) -> bool {
        matches!(self.source, Source::Neurons(Neurons { step: Some(_), .. }))
    }

    pub(crate) fn has_reset(&self) -> bool {
        matches!(self.source, Source::Neurons(Neurons { reset: Some(_), .. }))
    }

    pub(crate) fn is_external(&self) -> bool {
        !matches!(self.source, Source::Neurons(_))
    }

    /// Looks at the rate, before anything of the tick is done.
    pub(crate) fn check_rate(&mut self, machine: &Machine, moment: Moment, dt: f64) -> Result<(), RunError> {
        let Source::Poisson(poisson) = &mut self.source else { return Ok(()) };
        let rate = machine.state.column(poisson.rate).number(0);
        if poisson.set_rate(rate, Tick(moment.step), dt) {
            return Ok(());
        }
        Err(RunError::Rate { population: self.name.clone(), rate, t: moment.t, tick: moment.step })
    }

    /// State update and threshold; true where a watched value was not finite.
    pub(crate) fn step(&mut self, machine: &mut Machine, moment: Moment) -> bool {
        let Source::Neurons(Neurons { propagators, step: Some(step), .. }) = &mut self.source else { return false };
        if let Some(propagators) = propagators {
            propagators.refresh(self.size, machine, moment);
        }
        self.spikes.clear();
        let results = Results { spikes: &mut self.spikes, out: &mut [] };
        let nonfinite = machine.run_for(step, Work::dense(0..self.size), moment, results);
        self.spike_total += self.spikes.len() as u64;
        nonfinite
    }

    /// Spikes that come from outside.
    pub(crate) fn fire(&mut self, moment: Moment) {
        self.spikes.clear();
        match &mut self.source {
            Source::Neurons(_) => {}
            Source::Poisson(poisson) => poisson.spikes(Tick(moment.step), &mut self.spikes),
            Source::Listed(listed) => listed.spikes(Tick(moment.step), &mut self.spikes),
        }
        self.spike_total += self.spikes.len() as u64;
    }

    /// What happens to those that spiked.
    pub(crate) fn reset(&mut self, machine: &mut Machine, moment: Moment) {
        let Source::Neurons(Neurons { reset: Some(reset), .. }) = &self.source else { return };
        if !self.spikes.is_empty() {
            machine.run(reset, Work::Indexed(&self.spikes), moment);
        }
    }

    pub(crate) fn reseed(&mut self, seed: u64, stream: u64) {
        match &mut self.source {
            Source::Neurons(Neurons { propagators, step, reset }) => {
                let propagators = propagators.as_mut().map(|propagators| &mut propagators.code);
                [propagators, step.as_mut(), reset.as_mut()]
                    .into_iter()
                    .flatten()
                    .for_each(|code| code.reseed(seed, stream));
            }
            Source::Poisson(poisson) => poisson.reseed(seed, stream),
            Source::Listed(_) => {}
        }
    }
}
