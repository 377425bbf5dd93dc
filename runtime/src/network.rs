//! Networks: parts put together, and runs.
//!
//! In come a state, populations, projections, inputs and monitors, all built elsewhere and checked here against each
//! other; a run takes the network from one tick to another. Everything that changes is plain values in these
//! structures, so that a clone is a checkpoint: it goes on exactly as the original. Kernels are shared.

use crate::clock::{Clock, Tick, end_tick, sample_ticks};
use crate::code::{Code, Machine, Results};
use crate::error::{BuildError, RunError};
use crate::input::{Input, InputId};
use crate::kernel::Work;
use crate::monitor::{RateMonitor, RateMonitorId, SpikeMonitor, SpikeMonitorId, ValueMonitor, ValueMonitorId, Values};
use crate::population::{Group, Population, PopulationId};
use crate::projection::{Projection, ProjectionId};
use crate::schedule::{Object, Schedule};
use crate::state::{Column, ColumnId, State};
use crate::threads::Threads;
use std::ops::{ControlFlow, Range};
use std::time::{Duration, Instant};

/// Stream of the random numbers of the time loop; initialisers and assignments have others.
const TIME_LOOP: u64 = 0;

/// A network at some point of its experiment.
#[derive(Clone, Debug)]
pub struct Network {
    pub(crate) machine: Machine,
    pub(crate) clock: Clock,
    pub(crate) populations: Vec<Population>,
    pub(crate) projections: Vec<Projection>,
    pub(crate) inputs: Vec<Input>,
    pub(crate) spikes: Vec<SpikeMonitor>,
    pub(crate) rates: Vec<RateMonitor>,
    pub(crate) values: Vec<ValueMonitor>,
    pub(crate) order: Vec<Object>,
    pub(crate) schedule: Schedule,
    seed: u64,
    failed: Option<RunError>,
}

/// What a run did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunReport {
    /// Ticks done.
    pub ticks: u64,
    /// Spikes of all populations.
    pub spikes: u64,
    /// Synapses at which spikes arrived.
    pub events: u64,
    /// Wall-clock time.
    pub elapsed: Duration,
    /// Whether it was stopped before its end.
    pub interrupted: bool,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Ticks done.
    pub done: u64,
    /// Ticks to do in all.
    pub ticks: u64,
    /// Biological time reached [s].
    pub t: f64,
    /// Wall-clock time since the run began.
    pub elapsed: Duration,
}

/// What code is run over outside of the time loop.
#[derive(Clone, Debug)]
pub enum Over<'a> {
    /// Neurons or synapses as a dense range.
    Dense(Range<u32>),
    /// Neurons listed (absolute).
    Neurons(&'a [u32]),
    /// All rows of a projection.
    Rows(ProjectionId),
    /// Synapses listed, by storage number.
    Synapses(ProjectionId, &'a [u32]),
}

impl Network {
    /// A network without parts. Columns may still be resized until it runs; `dt` is in seconds.
    ///
    /// # Errors
    /// `BuildError::TimeStep` where `dt` is no positive number.
    pub fn new(state: State, dt: f64, seed: u64, threads: Threads) -> Result<Self, BuildError> {
        let clock = Clock::new(dt).ok_or(BuildError::TimeStep { dt })?;
        Ok(Self {
            machine: Machine::new(state, threads),
            clock,
            populations: Vec::new(),
            projections: Vec::new(),
            inputs: Vec::new(),
            spikes: Vec::new(),
            rates: Vec::new(),
            values: Vec::new(),
            order: Vec::new(),
            schedule: Schedule::default(),
            seed,
            failed: None,
        })
    }

    /// Adds a population.
    pub fn add_population(&mut self, mut population: Population) -> PopulationId {
        population.reseed(self.seed, TIME_LOOP);
        let id = PopulationId(self.populations.len() as u32);
        self.populations.push(population);
        self.order.push(Object::Population(id));
        self.schedule = Schedule::new(self);
        id
    }

    /// Adds a projection between populations that are there.
    ///
    /// # Errors
    /// `BuildError::Group` where a group is not in its population, `BuildError::Rows` where the rows are for a target
    /// population of another size.
    pub fn add_projection(&mut self, mut projection: Projection) -> Result<ProjectionId, BuildError> {
        self.check_group(projection.name(), projection.source())?;
        self.check_group(projection.name(), projection.target())?;
        let target = self.populations[projection.target().population.0 as usize].size();
        if projection.rows().target_limit() != target {
            return Err(BuildError::Rows { projection: projection.name().to_owned() });
        }
        projection.reseed(self.seed, TIME_LOOP);
        let id = ProjectionId(self.projections.len() as u32);
        self.projections.push(projection);
        self.order.push(Object::Projection(id));
        self.schedule = Schedule::new(self);
        Ok(id)
    }

    /// Adds an input to a population that is there.
    ///
    /// # Errors
    /// `BuildError::Group` where its group is not in its population.
    pub fn add_input(&mut self, mut input: Input) -> Result<InputId, BuildError> {
        self.check_group("an input", input.group())?;
        input.reseed(self.seed, TIME_LOOP);
        self.inputs.push(input);
        Ok(InputId(self.inputs.len() as u32 - 1))
    }

    /// In which order populations and projections were declared, where that is not the order in which they were added:
    /// it decides which acts first among the state updates of a tick. Inputs may be named or not.
    ///
    /// # Errors
    /// `BuildError::Order` where not every population and projection is named once.
    pub fn set_order(&mut self, order: &[Object]) -> Result<(), BuildError> {
        let order: Vec<Object> = order.iter().copied().filter(|object| !matches!(object, Object::Input(_))).collect();
        let sorted = |order: &[Object]| {
            let mut order = order.to_vec();
            order.sort_unstable();
            order
        };
        if sorted(&order) != sorted(&self.order) {
            return Err(BuildError::Order);
        }
        self.order = order;
        self.schedule = Schedule::new(self);
        Ok(())
    }

    /// Records every spike of a group.
    ///
    /// # Errors
    /// `BuildError::Group` where the group is not in its population.
    pub fn record_spikes_of(&mut self, group: Group) -> Result<SpikeMonitorId, BuildError> {
        self.check_group("a recording of spikes", group)?;
        self.spikes.push(SpikeMonitor::new(group));
        Ok(SpikeMonitorId(self.spikes.len() as u32 - 1))
    }

    /// Counts the spikes of a group in every tick, or in bins of `every` [s].
    ///
    /// # Errors
    /// `BuildError::Group` where the group is not in its population, `BuildError::Every` where `every` is no whole
    /// number of ticks.
    pub fn record_rate_of(&mut self, group: Group, every: Option<f64>) -> Result<RateMonitorId, BuildError> {
        self.check_group("a recording of rates", group)?;
        let every = self.every(every)?;
        self.rates.push(RateMonitor::new(group, every));
        Ok(RateMonitorId(self.rates.len() as u32 - 1))
    }

    /// Samples values of elements (neurons absolute, synapses by storage number) at the start of every tick, or every
    /// `every` [s].
    ///
    /// # Errors
    /// `BuildError::Element` where an element is not there, `BuildError::Every` where `every` is no whole number of
    /// ticks.
    pub fn record_values(
        &mut self,
        name: &str,
        mut values: Values,
        elements: Vec<u32>,
        every: Option<f64>,
    ) -> Result<ValueMonitorId, BuildError> {
        let size = match &mut values {
            Values::Column(column) | Values::Times(column) => self.machine.state.column(*column).len(),
            Values::Neurons(population, _) => {
                self.populations.get(population.0 as usize).map_or(0, Population::size) as usize
            }
            Values::Synapses(projection, code) => {
                let projection = self.projections.get_mut(projection.0 as usize);
                projection.map_or(0, |projection| {
                    if code.reads_pre() {
                        projection.look_up_sources();
                    }
                    projection.rows().len()
                })
            }
        };
        if let Some(&element) = elements.iter().find(|&&element| element as usize >= size) {
            return Err(BuildError::Element { name: name.to_owned(), element, size: size as u32 });
        }
        let mut monitor = ValueMonitor::new(values, elements, self.every(every)?);
        monitor.reseed(self.seed, TIME_LOOP);
        self.values.push(monitor);
        Ok(ValueMonitorId(self.values.len() as u32 - 1))
    }

    fn every(&self, every: Option<f64>) -> Result<u32, BuildError> {
        let dt = self.clock.dt();
        every.map_or(Ok(1), |every| sample_ticks(every, dt).ok_or(BuildError::Every { every, dt }))
    }

    fn check_group(&self, object: &str, group: Group) -> Result<(), BuildError> {
        let Group { population: PopulationId(population), offset, size } = group;
        let end = u64::from(offset) + u64::from(size);
        let there =
            self.populations.get(population as usize).is_some_and(|population| end <= u64::from(population.size()));
        if there { Ok(()) } else { Err(BuildError::Group { object: object.to_owned(), population, offset, end }) }
    }

    /// Runs for `duration` [s]: up to the first tick that begins at or after the end, as Brian2 rounds it.
    ///
    /// # Errors
    /// `RunError::Duration` and `RunError::Delay` before anything is done, `RunError::Rate` before the tick in
    /// question. After `RunError::NotFinite` the network stays in the middle of its tick, and every further run returns
    /// the same error.
    pub fn run(&mut self, duration: f64) -> Result<RunReport, RunError> {
        self.run_watched(duration, &mut |_| ControlFlow::Continue(()))
    }

    /// As `run`; `watch` is told about every 10 ms of wall-clock time how far it is, and may end the run between two
    /// ticks.
    ///
    /// # Errors
    /// As `run`.
    pub fn run_watched(
        &mut self,
        duration: f64,
        watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<RunReport, RunError> {
        let until = self.clock.time() + duration;
        let end = if duration >= 0.0 { end_tick(until, self.clock.dt()) } else { None };
        let Tick(end) = end.ok_or(RunError::Duration { duration })?;
        self.begin()?;
        let (start, before, mut pace) = (self.clock.tick().0, self.totals(), Pace::new());
        let ticks = (end - start).max(0) as u64;
        let mut interrupted = false;
        while self.clock.tick().0 < end {
            self.tick_or_fail()?;
            if let Some(elapsed) = pace.poll() {
                let done = (self.clock.tick().0 - start) as u64;
                let progress = Progress { done, ticks, t: self.clock.moment().t, elapsed };
                if watch(progress).is_break() && done < ticks {
                    interrupted = true;
                    break;
                }
            }
        }
        if interrupted {
            self.clock.reach_tick()
        } else {
            self.clock.reach(until)
        }
        let after = self.totals();
        let ticks = (self.clock.tick().0 - start) as u64;
        Ok(RunReport {
            ticks,
            spikes: after.0 - before.0,
            events: after.1 - before.1,
            elapsed: pace.elapsed(),
            interrupted,
        })
    }

    /// Does one tick.
    ///
    /// # Errors
    /// As `run`.
    pub fn step(&mut self) -> Result<(), RunError> {
        self.begin()?;
        self.tick_or_fail()?;
        self.clock.reach_tick();
        Ok(())
    }

    fn begin(&mut self) -> Result<(), RunError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let dt = self.clock.dt();
        self.projections.iter_mut().try_for_each(|projection| projection.round_delays(&self.machine, dt))
    }

    fn tick_or_fail(&mut self) -> Result<(), RunError> {
        self.tick().inspect_err(|error| {
            self.clock.reach_tick();
            if matches!(error, RunError::NotFinite { .. }) {
                self.failed = Some(error.clone());
            }
        })
    }

    fn totals(&self) -> (u64, u64) {
        let spikes = self.populations.iter().map(Population::spike_total).sum();
        (spikes, self.projections.iter().map(Projection::event_total).sum())
    }

    /// Runs code outside of the time loop, at the present moment: an initialiser, an assignment, a value asked for. It
    /// draws from `stream` of the network's seed. Code that yields fills `out`, one entry per element; else `out` is
    /// empty.
    ///
    /// # Panics
    /// Where the projection is not of this network.
    pub fn execute(&mut self, code: &Code, over: Over<'_>, stream: u64, out: &mut [f64]) {
        let mut code = code.clone();
        code.reseed(self.seed, stream);
        if let (Over::Synapses(projection, _), true) = (&over, code.reads_pre()) {
            self.projections[projection.0 as usize].look_up_sources();
        }
        let all_rows;
        let work = match over {
            Over::Dense(range) => Work::dense(range),
            Over::Neurons(neurons) => Work::Indexed(neurons),
            Over::Synapses(projection, synapses) => self.projections[projection.0 as usize].list(synapses),
            Over::Rows(projection) => {
                let rows = self.projections[projection.0 as usize].rows();
                all_rows = (0..rows.sources() as u32).collect::<Vec<_>>();
                Work::Rows { sources: &all_rows, rows }
            }
        };
        let results = Results { spikes: &mut Vec::new(), out };
        self.machine.run_for(&code, work, self.clock.moment(), results);
    }

    /// Draws from another seed from now on. Poisson spikes already drawn stay.
    pub fn reseed(&mut self, seed: u64) {
        self.seed = seed;
        self.populations.iter_mut().for_each(|population| population.reseed(seed, TIME_LOOP));
        self.projections.iter_mut().for_each(|projection| projection.reseed(seed, TIME_LOOP));
        self.inputs.iter_mut().for_each(|input| input.reseed(seed, TIME_LOOP));
        self.values.iter_mut().for_each(|monitor| monitor.reseed(seed, TIME_LOOP));
    }

    /// Another delay [s] for all synapses of a pathway that has one for all, for spikes of the next run on; false where
    /// each synapse has its own, or there is no such pathway.
    pub fn set_delay(&mut self, projection: ProjectionId, pathway: usize, delay: f64) -> bool {
        let projection = self.projections.get_mut(projection.0 as usize);
        let pathway = projection.and_then(|projection| projection.pathways_mut().get_mut(pathway));
        pathway.is_some_and(|pathway| pathway.set_shared_delay(delay))
    }

    /// The seed random numbers are drawn from.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Where it is in time.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The threads it uses.
    #[must_use]
    pub fn threads(&self) -> &Threads {
        &self.machine.threads
    }

    /// Uses other threads from now on; results are the same.
    pub fn set_threads(&mut self, threads: Threads) {
        self.machine.threads = threads;
    }

    /// The state.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.machine.state
    }

    /// The state, to change. Whatever is derived from it is computed again where it is next needed; `column_mut` spares
    /// most of that.
    pub fn state_mut(&mut self) -> &mut State {
        self.machine.touch_all();
        &mut self.machine.state
    }

    /// A column of the state, to change. Once the network has run it must keep its length.
    ///
    /// # Panics
    /// Where the number is not of this state.
    pub fn column_mut(&mut self, column: ColumnId) -> &mut Column {
        self.machine.touch(column);
        self.machine.state.column_mut(column)
    }

    /// Its populations.
    #[must_use]
    pub fn populations(&self) -> &[Population] {
        &self.populations
    }

    /// Its projections.
    #[must_use]
    pub fn projections(&self) -> &[Projection] {
        &self.projections
    }

    /// Its inputs.
    #[must_use]
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// What a spike monitor kept.
    ///
    /// # Panics
    /// Where it is of another network.
    #[must_use]
    pub fn spikes(&self, monitor: SpikeMonitorId) -> &SpikeMonitor {
        &self.spikes[monitor.0 as usize]
    }

    /// What a rate monitor kept.
    ///
    /// # Panics
    /// Where it is of another network.
    #[must_use]
    pub fn rate(&self, monitor: RateMonitorId) -> &RateMonitor {
        &self.rates[monitor.0 as usize]
    }

    /// What a value monitor kept.
    ///
    /// # Panics
    /// Where it is of another network.
    #[must_use]
    pub fn values(&self, monitor: ValueMonitorId) -> &ValueMonitor {
        &self.values[monitor.0 as usize]
    }
}

/// When to look at the clock on the wall, and when to speak.
#[derive(Debug)]
struct Pace {
    begun: Instant,
    spoken: Duration,
    countdown: u32,
    stride: u32,
}

/// How often a run reports.
const REPORT: Duration = Duration::from_millis(10);

/// The clock is read after so many ticks at most: at the quickest tick (0.1 us) reading it costs nothing, and a network
/// whose ticks become slow all at once is still heard of after so many.
const LONGEST_STRIDE: u32 = 256;

impl Pace {
    fn new() -> Self {
        Self { begun: Instant::now(), spoken: Duration::ZERO, countdown: 1, stride: 1 }
    }

    fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// After every tick: the time since the beginning, about every 10 ms.
    fn poll(&mut self) -> Option<Duration> {
        self.countdown -= 1;
        if self.countdown > 0 {
            return None;
        }
        let elapsed = self.elapsed();
        let speak = elapsed >= self.spoken + REPORT;
        self.stride = if speak { (self.stride / 2).max(1) } else { (self.stride * 2).min(LONGEST_STRIDE) };
        self.countdown = self.stride;
        if speak {
            self.spoken = elapsed;
        }
        speak.then_some(elapsed)
    }
}
