//! Populations: how many neurons, and what makes their spikes and custom events.
//!
//! A population's spikes of the current tick are a list of neurons, ascending, that stays until the next tick's are
//! made; so are those of each event. What is known only together with other parts (numbers of columns, groups) is checked where the population is
//! added to a network.

mod saved;

pub(crate) use saved::SavedPopulation;

use crate::clock::Tick;
use crate::clocks::ClockId;
use crate::code::{Code, Machine, Results};
use crate::epoch::Ahead;
use crate::error::{BuildError, RunError};
use crate::event::Event;
use crate::kernel::{Moment, Work};
use crate::listed::Listed;
use crate::partition::tiles::Whom;
use crate::poisson::Poisson;
use crate::state::ColumnId;
use crate::turn::{Slot, Turn};

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
    #[inline]
    pub fn spikes<'a>(&self, spikes: &'a [u32]) -> &'a [u32] {
        let end = u64::from(self.offset) + u64::from(self.size);
        let (Some(&first), Some(&last)) = (spikes.first(), spikes.last()) else { return spikes };
        if first >= self.offset && u64::from(last) < end {
            return spikes;
        }
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

    pub(crate) fn code(&self) -> &Code {
        &self.code
    }

    /// The columns they are computed from.
    pub(crate) fn sources(&self) -> &[ColumnId] {
        &self.from
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
    /// Copies of columns of which the step reads other entries than its own: a dense kernel, right before it.
    pub before: Option<Code>,
    /// State update, refractoriness and, unless it stands apart, the threshold: a dense kernel over all neurons, at
    /// every tick.
    pub step: Option<Code>,
    /// The threshold as a dense kernel of its own; the step then emits nothing.
    pub threshold: Option<Code>,
    /// What happens to neurons that spiked: an indexed kernel.
    pub reset: Option<Code>,
}

/// What makes the spikes of a population.
#[derive(Clone, Debug)]
enum Source {
    Neurons(Box<Neurons>),
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
    clock: ClockId,
    order: i32,
    threshold_turn: Turn,
    reset_turn: Turn,
    events: Vec<Event>,
    spikes: Vec<u32>,
    spike_total: u64,
    pub(crate) ahead: Ahead,
}

impl Population {
    fn new(name: &str, size: u32, source: Source) -> Self {
        Self {
            name: name.to_owned(),
            size,
            source,
            watched: Vec::new(),
            clock: ClockId::default(),
            order: 0,
            threshold_turn: Turn::of(Slot::Thresholds),
            reset_turn: Turn::of(Slot::Resets),
            events: Vec::new(),
            spikes: Vec::new(),
            spike_total: 0,
            ahead: Ahead::default(),
        }
    }

    /// Neurons with equations.
    #[must_use]
    pub fn neurons(name: &str, size: u32, neurons: Neurons) -> Self {
        Self::new(name, size, Source::Neurons(Box::new(neurons)))
    }

    /// A Poisson process in every neuron, of one rate [Hz] that stands in a shared column.
    #[must_use]
    pub fn poisson(name: &str, size: u32, rate: ColumnId) -> Self {
        Self::new(name, size, Source::Poisson(Poisson::new(name, size, rate)))
    }

    /// Listed spikes: time [s] and neuron, in any order, on a clock of `dt` [s]; with a `period` [s] they come again
    /// and again.
    ///
    /// # Errors
    /// Where a time is negative or no number, a neuron is not there, or one spikes twice in a tick; where the period is
    /// no whole number of ticks, or a spike comes after it.
    pub fn listed(
        name: &str,
        size: u32,
        spikes: &[(f64, u32)],
        period: Option<f64>,
        dt: f64,
    ) -> Result<Self, BuildError> {
        Ok(Self::new(name, size, Source::Listed(Listed::new(name, size, spikes, period, dt)?)))
    }

    /// One that never spikes: it stands for elements that others connect.
    #[must_use]
    pub fn silent(name: &str, size: u32) -> Self {
        Self::new(name, size, Source::Listed(Listed::default()))
    }

    /// On another clock of the network than clock 0.
    #[must_use]
    pub fn on_clock(mut self, clock: ClockId) -> Self {
        self.clock = clock;
        self
    }

    /// At another place than 0 among the state updates of a step.
    #[must_use]
    pub fn ordered(mut self, order: i32) -> Self {
        self.order = order;
        self
    }

    /// Spikes are made in another turn (those of a threshold fused with the step are made there), and neurons that
    /// spiked are reset in another.
    #[must_use]
    pub fn at(mut self, threshold: Turn, reset: Turn) -> Self {
        (self.threshold_turn, self.reset_turn) = (threshold, reset);
        self
    }

    /// Adds a custom event.
    #[must_use]
    pub fn with_event(mut self, event: Event) -> Self {
        self.events.push(event);
        self
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

    /// Its clock.
    #[must_use]
    pub fn clock(&self) -> ClockId {
        self.clock
    }

    /// Its custom events, in the order in which they were added.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// When its spikes are there: a recording of them has its turn right after.
    #[must_use]
    pub fn threshold_turn(&self) -> Turn {
        self.threshold_turn
    }

    /// Neurons to which a custom event happened, or that spiked where none is named.
    pub(crate) fn emitted(&self, event: Option<u32>) -> &[u32] {
        event.map_or(&self.spikes, |event| self.events[event as usize].neurons())
    }

    /// How many spikes there were in the whole experiment.
    #[must_use]
    pub fn spike_total(&self) -> u64 {
        self.spike_total
    }

    pub(crate) fn watched(&self) -> &[Watched] {
        &self.watched
    }

    fn equations(&self) -> Option<&Neurons> {
        match &self.source {
            Source::Neurons(neurons) => Some(neurons),
            Source::Poisson(_) | Source::Listed(_) => None,
        }
    }

    /// What its own step consists of, where every part is compiled code that goes from neuron to neuron.
    pub(crate) fn solo_programs(&self) -> Option<Vec<(&Code, Whom)>> {
        let Neurons { before: None, step: Some(step), threshold, reset, .. } = self.equations()? else { return None };
        let all = [Some(step), threshold.as_ref()].into_iter().flatten().map(|code| (code, Whom::All));
        let programs: Vec<_> = all.chain(reset.iter().map(|code| (code, Whom::Spiking))).collect();
        programs.iter().all(|&(code, whom)| code.native_over(whom.over()).is_some()).then_some(programs)
    }

    /// About how long a step of a neuron takes [ns].
    pub(crate) fn cost(&self) -> f64 {
        let step = self.equations().and_then(|neurons| neurons.step.as_ref());
        step.into_iter().chain(self.threshold_code()).map(Code::cost).sum()
    }

    pub(crate) fn propagators(&self) -> Option<&Propagators> {
        self.equations().and_then(|neurons| neurons.propagators.as_ref())
    }

    /// All that runs when its state is updated.
    pub(crate) fn step_codes(&self) -> impl Iterator<Item = &Code> {
        self.equations()
            .map(|neurons| {
                let propagators = neurons.propagators.as_ref().map(Propagators::code);
                [propagators, neurons.before.as_ref(), neurons.step.as_ref()]
            })
            .into_iter()
            .flatten()
            .flatten()
    }

    /// The threshold, where it is apart from the step.
    pub(crate) fn threshold_code(&self) -> Option<&Code> {
        self.equations().and_then(|neurons| neurons.threshold.as_ref())
    }

    pub(crate) fn reset_code(&self) -> Option<&Code> {
        self.equations().and_then(|neurons| neurons.reset.as_ref())
    }

    /// The column of its rate, where it has one.
    pub(crate) fn rate(&self) -> Option<ColumnId> {
        match &self.source {
            Source::Poisson(poisson) => Some(poisson.rate),
            Source::Neurons(_) | Source::Listed(_) => None,
        }
    }

    /// When its state is updated, where it has one.
    pub(crate) fn step_turn(&self) -> Option<Turn> {
        let steps = self.equations().is_some_and(|neurons| neurons.step.is_some());
        steps.then_some(Turn::at(Slot::Groups, self.order))
    }

    /// When its spikes are made, where not by its step.
    pub(crate) fn firing_turn(&self) -> Option<Turn> {
        let apart = self.equations().is_none_or(|neurons| neurons.threshold.is_some());
        apart.then_some(self.threshold_turn)
    }

    /// When it is reset, where it is.
    pub(crate) fn reset_turn(&self) -> Option<Turn> {
        let resets = self.equations().is_some_and(|neurons| neurons.reset.is_some());
        resets.then_some(self.reset_turn)
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

    /// Brings propagators up to date, as a step would.
    pub(crate) fn refresh(&mut self, machine: &mut Machine, moment: Moment) {
        if let Source::Neurons(neurons) = &mut self.source {
            neurons.propagators.iter_mut().for_each(|propagators| propagators.refresh(self.size, machine, moment));
        }
    }

    /// How many turns it has in a step, and at which of them its spikes are made.
    pub(crate) fn solo_turns(&self) -> (u32, u32) {
        let apart = u32::from(self.threshold_code().is_some());
        (1 + apart + u32::from(self.reset_code().is_some()), apart)
    }

    pub(crate) fn clear_spikes(&mut self) {
        self.spikes.clear();
    }

    /// Its spikes are those of a step of the last epoch.
    pub(crate) fn take_spikes(&mut self, step: u32) {
        self.spikes.clear();
        self.spikes.extend_from_slice(self.ahead.spikes(step));
        self.spike_total += self.spikes.len() as u64;
    }

    /// State update, with the threshold where that is fused with it; true where a watched value was not finite.
    pub(crate) fn step(&mut self, machine: &mut Machine, moment: Moment) -> bool {
        let Source::Neurons(neurons) = &mut self.source else { return false };
        let Neurons { propagators, before, step: Some(step), threshold, .. } = &mut **neurons else { return false };
        if let Some(propagators) = propagators {
            propagators.refresh(self.size, machine, moment);
        }
        let all = Work::dense(0..self.size);
        if let Some(before) = before {
            machine.run(before, all, moment);
        }
        if threshold.is_some() {
            return machine.run(step, all, moment);
        }
        self.spikes.clear();
        let results = Results { spikes: &mut self.spikes, out: &mut [] };
        let nonfinite = machine.run_for(step, all, moment, results);
        self.spike_total += self.spikes.len() as u64;
        nonfinite
    }

    /// Spikes that no step makes: of a threshold that stands apart, or from outside.
    pub(crate) fn fire(&mut self, machine: &mut Machine, moment: Moment) {
        self.spikes.clear();
        match &mut self.source {
            Source::Neurons(neurons) => {
                if let Some(threshold) = &neurons.threshold {
                    let results = Results { spikes: &mut self.spikes, out: &mut [] };
                    machine.run_for(threshold, Work::dense(0..self.size), moment, results);
                }
            }
            Source::Poisson(poisson) => poisson.spikes(Tick(moment.step), &mut self.spikes),
            Source::Listed(listed) => listed.spikes(Tick(moment.step), &mut self.spikes),
        }
        self.spike_total += self.spikes.len() as u64;
    }

    /// Other spikes of a population of listed ones, from the tick `now` on; how many are before that and will not come.
    /// `None` where its spikes are not listed.
    pub(crate) fn set_spikes(
        &mut self,
        spikes: &[(f64, u32)],
        period: Option<f64>,
        now: Tick,
        dt: f64,
    ) -> Option<Result<usize, BuildError>> {
        let Source::Listed(listed) = &mut self.source else { return None };
        Some(Listed::new(&self.name, self.size, spikes, period, dt).map(|new| {
            *listed = new;
            listed.missed(now)
        }))
    }

    /// Looks at the condition of an event.
    pub(crate) fn look(&mut self, event: usize, machine: &mut Machine, moment: Moment) {
        self.events[event].look(self.size, machine, moment.into());
    }

    /// What happens to those that spiked.
    pub(crate) fn reset(&mut self, machine: &mut Machine, moment: Moment) {
        let reset = self.equations().and_then(|neurons| neurons.reset.as_ref());
        if let Some(reset) = reset.filter(|_| !self.spikes.is_empty()) {
            machine.run(reset, Work::Indexed(&self.spikes), moment);
        }
    }

    pub(crate) fn reseed(&mut self, seed: u64, stream: u64) {
        match &mut self.source {
            Source::Neurons(neurons) => {
                let Neurons { propagators, before, step, threshold, reset } = &mut **neurons;
                let propagators = propagators.as_mut().map(|propagators| &mut propagators.code);
                [propagators, before.as_mut(), step.as_mut(), threshold.as_mut(), reset.as_mut()]
                    .into_iter()
                    .flatten()
                    .for_each(|code| code.reseed(seed, stream));
            }
            Source::Poisson(poisson) => poisson.reseed(seed, stream),
            Source::Listed(_) => {}
        }
        self.events.iter_mut().for_each(|event| event.reseed(seed, stream));
    }

    /// Where the next spikes from outside are is drawn again, from the present stream.
    pub(crate) fn redraw(&mut self) {
        if let Source::Poisson(poisson) = &mut self.source {
            poisson.redraw();
        }
    }
}
