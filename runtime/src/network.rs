//! Networks: parts put together, and runs.
//!
//! In come a state, populations, projections, inputs and monitors, all built elsewhere and checked here against each
//! other; a run takes the network from one tick to another. Everything that changes is plain values in these
//! structures, so that a clone is a checkpoint: it goes on exactly as the original. Kernels are shared.

use crate::agenda::{Agenda, Object, Recording};
use crate::clock::{Clock, Tick, end_tick, sample_ticks};
use crate::clocks::{ClockId, Clocks};
use crate::code::{Code, Machine, Results};
use crate::epoch::Epochs;
use crate::error::{BuildError, RunError};
use crate::input::{Input, InputId};
use crate::kernel::Work;
use crate::monitor::{
    Keep, RateMonitor, RateMonitorId, Sampling, SpikeMonitor, SpikeMonitorId, SpikeRecord, ValueMonitor,
    ValueMonitorId, Values,
};
use crate::population::{Group, Population, PopulationId};
use crate::projection::{Projection, ProjectionId, StepOver};
use crate::regular::{Elements, Regular, RegularId};
use crate::run::{CallId, Course};
use crate::state::{Column, ColumnId, State};
use crate::threads::Threads;
use crate::turn::Turn;
use std::ops::Range;

/// Stream of the random numbers of the time loop at first; initialisers and assignments have others.
const TIME_LOOP: u64 = 0;

/// A network at some point of its experiment.
#[derive(Clone, Debug)]
pub struct Network {
    pub(crate) machine: Machine,
    pub(crate) clocks: Clocks,
    pub(crate) populations: Vec<Population>,
    pub(crate) projections: Vec<Projection>,
    pub(crate) inputs: Vec<Input>,
    pub(crate) regular: Vec<Regular>,
    pub(crate) calls: Vec<(ClockId, Turn)>,
    pub(crate) spikes: Vec<SpikeMonitor>,
    pub(crate) rates: Vec<RateMonitor>,
    pub(crate) values: Vec<ValueMonitor>,
    /// All monitors in order of declaration.
    pub(crate) recordings: Vec<(ClockId, Turn, Recording)>,
    pub(crate) order: Vec<Object>,
    pub(crate) agenda: Agenda,
    /// Grows whenever the agenda must be made again.
    pub(crate) parts: u64,
    pub(crate) seed: u64,
    /// Stream of the time loop now.
    pub(crate) stream: u64,
    /// The last stream that the time loop had in any past of this network.
    pub(crate) last_stream: u64,
    pub(crate) failed: Option<RunError>,
    pub(crate) epochs: Epochs,
    /// The run that is under way.
    pub(crate) course: Option<Course>,
    /// The first ticks of the clocks that are done only after the caller was heard.
    pub(crate) pause: Option<Vec<Tick>>,
    /// In the middle of a step, when the caller's code is called.
    pub(crate) in_step: bool,
    /// How many bytes monitors may hold of what grows with the run before the caller is told; `None` for any number.
    pub(crate) most_recorded: Option<usize>,
    /// In so many steps monitors cannot become full.
    pub(crate) steps_unfilled: usize,
}

/// What code is run over outside of the time loop.
#[derive(Clone, Debug)]
pub enum Over<'a> {
    /// A range of neurons.
    Dense(PopulationId, Range<u32>),
    /// Neurons listed (absolute).
    Neurons(PopulationId, &'a [u32]),
    /// All rows of a projection.
    Rows(ProjectionId),
    /// Synapses listed, by storage number.
    Synapses(ProjectionId, &'a [u32]),
    /// Once, for what the synapses of a projection share: there may be none of them.
    Shared(ProjectionId),
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
            clocks: Clocks::new(clock),
            populations: Vec::new(),
            projections: Vec::new(),
            inputs: Vec::new(),
            regular: Vec::new(),
            calls: Vec::new(),
            spikes: Vec::new(),
            rates: Vec::new(),
            values: Vec::new(),
            recordings: Vec::new(),
            order: Vec::new(),
            agenda: Agenda::default(),
            parts: 0,
            seed,
            stream: TIME_LOOP,
            last_stream: TIME_LOOP,
            failed: None,
            epochs: Epochs::default(),
            course: None,
            pause: None,
            in_step: false,
            most_recorded: None,
            steps_unfilled: 0,
        })
    }

    /// The clock of time step `dt` [s]. Where there is none as yet, one is added, whose first tick is the first that is
    /// not past.
    ///
    /// # Errors
    /// `BuildError::TimeStep` where `dt` is no positive number.
    pub fn add_clock(&mut self, dt: f64) -> Result<ClockId, BuildError> {
        self.clocks.add(dt, self.in_step).ok_or(BuildError::TimeStep { dt })
    }

    /// Adds a population.
    ///
    /// # Panics
    /// Where its clock is not of this network.
    pub fn add_population(&mut self, mut population: Population) -> PopulationId {
        self.assert_clock(population.clock());
        population.reseed(self.seed, self.stream);
        let id = PopulationId(self.populations.len() as u32);
        self.populations.push(population);
        self.declare(Object::Population(id));
        id
    }

    /// Adds a projection between populations that are there.
    ///
    /// # Errors
    /// `BuildError::Group` where a group is not in its population, `BuildError::Rows` where the rows are for a target
    /// population of another size, `BuildError::Event` where a pathway is triggered by an event that is not there.
    ///
    /// # Panics
    /// Where its clock is not of this network, or a summed variable's column is not of its group's population.
    pub fn add_projection(&mut self, mut projection: Projection) -> Result<ProjectionId, BuildError> {
        self.assert_clock(projection.clock());
        self.check_group(projection.name(), projection.source())?;
        self.check_group(projection.name(), projection.target())?;
        let target = self.populations[projection.target().population.0 as usize].size();
        if projection.rows().target_limit() != target {
            return Err(BuildError::Rows { projection: projection.name().to_owned() });
        }
        for pathway in projection.pathways() {
            self.check_event(projection.name(), projection.side(pathway.side()).population, pathway.event())?;
        }
        for summed in projection.summed() {
            self.check_group(projection.name(), summed.group())?;
            let (column, size) = (summed.column(), self.populations[summed.group().population.0 as usize].size());
            assert_eq!(self.machine.state.column(column).len(), size as usize, "column {} of a sum", column.0);
        }
        projection.reseed(self.seed, self.stream);
        projection.cut_rows(self.machine.threads.count());
        let id = ProjectionId(self.projections.len() as u32);
        self.projections.push(projection);
        self.declare(Object::Projection(id));
        Ok(id)
    }

    /// Adds an input to a population that is there.
    ///
    /// # Errors
    /// `BuildError::Group` where its group is not in its population.
    pub fn add_input(&mut self, mut input: Input) -> Result<InputId, BuildError> {
        self.check_group("an input", input.group())?;
        input.reseed(self.seed, self.stream);
        let id = InputId(self.inputs.len() as u32);
        self.inputs.push(input);
        self.declare(Object::Input(id));
        Ok(id)
    }

    /// Adds a regular operation to an object that is there; those of one object and turn act in the order in which they
    /// are added.
    ///
    /// # Errors
    /// `BuildError::Regular` where the object is not there.
    ///
    /// # Panics
    /// Where its clock is not of this network.
    pub fn add_regular(&mut self, mut regular: Regular) -> Result<RegularId, BuildError> {
        self.assert_clock(regular.clock);
        match regular.of {
            Elements::Neurons(PopulationId(number)) if (number as usize) < self.populations.len() => {}
            Elements::Synapses(ProjectionId(number), over) if (number as usize) < self.projections.len() => {
                if over == StepOver::Rows {
                    self.projections[number as usize].list_rows();
                }
            }
            _ => return Err(BuildError::Regular),
        }
        regular.reseed(self.seed, self.stream);
        self.regular.push(regular);
        self.parts += 1;
        Ok(RegularId(self.regular.len() as u32 - 1))
    }

    /// Adds a turn of the caller's own code: during a run the caller is told when it is due (`Notice::Call`).
    ///
    /// # Panics
    /// Where the clock is not of this network.
    pub fn add_call(&mut self, clock: ClockId, turn: Turn) -> CallId {
        self.assert_clock(clock);
        self.calls.push((clock, turn));
        self.parts += 1;
        CallId(self.calls.len() as u32 - 1)
    }

    fn declare(&mut self, object: Object) {
        self.order.push(object);
        self.parts += 1;
    }

    /// In which order populations, projections and inputs were declared, where that is not the order in which they were
    /// added: it decides who acts first among those of one turn.
    ///
    /// # Errors
    /// `BuildError::Order` where not every one of them is named once.
    pub fn set_order(&mut self, order: &[Object]) -> Result<(), BuildError> {
        let sorted = |order: &[Object]| {
            let mut order = order.to_vec();
            order.sort_unstable();
            order
        };
        if sorted(order) != sorted(&self.order) {
            return Err(BuildError::Order);
        }
        self.order = order.to_vec();
        self.parts += 1;
        Ok(())
    }

    /// Records every spike or event of a group.
    ///
    /// # Errors
    /// `BuildError::Group` where the group is not in its population, `BuildError::Event` where the event is not there,
    /// `BuildError::Window` where only those of no time are to be kept.
    pub fn record_spikes(&mut self, record: SpikeRecord) -> Result<SpikeMonitorId, BuildError> {
        self.check_group("a recording of spikes", record.group)?;
        self.check_event("a recording of events", record.group.population, record.event)?;
        let population = &self.populations[record.group.population.0 as usize];
        let made = match record.event {
            None => population.threshold_turn(),
            Some(event) => population.events()[event as usize].turn(),
        };
        let (clock, turn) = (population.clock(), record.turn.unwrap_or(made.next()));
        let window = self.window(record.last, clock)?;
        let mut monitor = SpikeMonitor::new(record, self.clocks.get(clock).dt(), window);
        monitor.reseed(self.seed, self.stream);
        self.spikes.push(monitor);
        let id = SpikeMonitorId(self.spikes.len() as u32 - 1);
        self.note(clock, turn, Recording::Spikes(id));
        Ok(id)
    }

    /// Counts the spikes of a group in every tick of its clock, or in bins of `every` [s]; only bins of the `last` [s]
    /// are kept, where that is given.
    ///
    /// # Errors
    /// `BuildError::Group` where the group is not in its population, `BuildError::Every` where `every` is no whole
    /// number of ticks, `BuildError::Window` where `last` is no time.
    pub fn record_rate_of(
        &mut self,
        group: Group,
        every: Option<f64>,
        last: Option<f64>,
        turn: Turn,
    ) -> Result<RateMonitorId, BuildError> {
        self.check_group("a recording of rates", group)?;
        let clock = self.clock_of(group.population);
        let (every, window) = (self.every(every, clock)?, self.window(last, clock)?);
        self.rates.push(RateMonitor::new(group, every, self.clocks.get(clock).dt(), window));
        let id = RateMonitorId(self.rates.len() as u32 - 1);
        self.note(clock, turn, Recording::Rate(id));
        Ok(id)
    }

    /// Samples values of elements (neurons absolute, synapses by storage number).
    ///
    /// # Errors
    /// `BuildError::Element` where an element is not there, `BuildError::Every` where samples are no whole number of
    /// ticks apart, `BuildError::Window` where only those of no time are to be kept.
    ///
    /// # Panics
    /// Where the clock is not of this network.
    pub fn record_values(
        &mut self,
        name: &str,
        mut values: Values,
        elements: Vec<u32>,
        sampling: Sampling,
    ) -> Result<ValueMonitorId, BuildError> {
        self.assert_clock(sampling.clock);
        let size = match &mut values {
            Values::Column(column) | Values::Times(column, _) => self.machine.state.column(*column).len(),
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
        let every = self.every(sampling.every, sampling.clock)?;
        let mut monitor = ValueMonitor::new(values, elements, every, self.clocks.get(sampling.clock).dt());
        match sampling.keep {
            Keep::All => {}
            Keep::Last(seconds) => {
                monitor = monitor.within(self.window(Some(seconds), sampling.clock)?.unwrap_or_default());
            }
            Keep::Mean => monitor = monitor.summed_up(false),
            Keep::Variance => monitor = monitor.summed_up(true),
        }
        monitor.reseed(self.seed, self.stream);
        self.values.push(monitor);
        let id = ValueMonitorId(self.values.len() as u32 - 1);
        self.note(sampling.clock, sampling.turn, Recording::Values(id));
        Ok(id)
    }

    fn note(&mut self, clock: ClockId, turn: Turn, recording: Recording) {
        self.recordings.push((clock, turn, recording));
        self.steps_unfilled = 0;
        self.parts += 1;
    }

    fn every(&self, every: Option<f64>, clock: ClockId) -> Result<u32, BuildError> {
        let dt = self.clocks.get(clock).dt();
        every.map_or(Ok(1), |every| sample_ticks(every, dt).ok_or(BuildError::Every { every, dt }))
    }

    /// The ticks of a window, as many as a run of its length does.
    fn window(&self, window: Option<f64>, clock: ClockId) -> Result<Option<i64>, BuildError> {
        let dt = self.clocks.get(clock).dt();
        let Some(window) = window else { return Ok(None) };
        match end_tick(window, dt) {
            Some(ticks) if ticks.0 > 0 => Ok(Some(ticks.0)),
            _ => Err(BuildError::Window { window, dt }),
        }
    }

    fn assert_clock(&self, clock: ClockId) {
        let there = self.clocks.all().len();
        assert!((clock.0 as usize) < there, "clock {} of {there}", clock.0);
    }

    fn check_event(&self, object: &str, population: PopulationId, event: Option<u32>) -> Result<(), BuildError> {
        let there = self.populations[population.0 as usize].events().len();
        match event.filter(|&event| event as usize >= there) {
            Some(event) => Err(BuildError::Event { object: object.to_owned(), population: population.0, event }),
            None => Ok(()),
        }
    }

    fn check_group(&self, object: &str, group: Group) -> Result<(), BuildError> {
        let Group { population: PopulationId(population), offset, size } = group;
        let end = u64::from(offset) + u64::from(size);
        let there =
            self.populations.get(population as usize).is_some_and(|population| end <= u64::from(population.size()));
        if there { Ok(()) } else { Err(BuildError::Group { object: object.to_owned(), population, offset, end }) }
    }

    /// Runs code outside of the time loop, at the present moment of its object's clock: an initialiser, an assignment, a
    /// value asked for. It draws from `stream` of the network's seed. Code that yields fills `out`, one entry per
    /// element; else `out` is empty.
    ///
    /// # Panics
    /// Where the population or projection is not of this network.
    pub fn execute(&mut self, code: &Code, over: Over<'_>, stream: u64, out: &mut [f64]) {
        let mut code = code.clone();
        code.reseed(self.seed, stream);
        if let (Over::Synapses(projection, _), true) = (&over, code.reads_pre()) {
            self.projections[projection.0 as usize].look_up_sources();
        }
        let clock = match &over {
            Over::Dense(population, _) | Over::Neurons(population, _) => self.clock_of(*population),
            Over::Synapses(projection, _) | Over::Rows(projection) | Over::Shared(projection) => {
                self.projections[projection.0 as usize].clock()
            }
        };
        let all_rows;
        let work = match over {
            Over::Dense(_, range) => Work::dense(range),
            Over::Neurons(_, neurons) => Work::Indexed(neurons),
            Over::Shared(_) => Work::Indexed(&[0]),
            Over::Synapses(projection, synapses) => self.projections[projection.0 as usize].list(synapses),
            Over::Rows(projection) => {
                let rows = self.projections[projection.0 as usize].rows();
                all_rows = (0..rows.sources() as u32).collect::<Vec<_>>();
                Work::Rows { sources: &all_rows, rows }
            }
        };
        let results = Results { spikes: &mut Vec::new(), out };
        self.machine.run_once(&code, work, self.clocks.moment(clock), results);
    }

    /// Draws from another seed from now on. Poisson spikes already drawn stay.
    pub fn reseed(&mut self, seed: u64) {
        self.seed = seed;
        self.draw_from_stream();
    }

    /// All code of the time loop draws from the present stream of the present seed.
    pub(crate) fn draw_from_stream(&mut self) {
        // What ran ahead is not done again with other numbers.
        self.machine.state.renew();
        let (seed, stream) = (self.seed, self.stream);
        self.populations.iter_mut().for_each(|population| population.reseed(seed, stream));
        self.projections.iter_mut().for_each(|projection| projection.reseed(seed, stream));
        self.inputs.iter_mut().for_each(|input| input.reseed(seed, stream));
        self.regular.iter_mut().for_each(|regular| regular.reseed(seed, stream));
        self.spikes.iter_mut().for_each(|monitor| monitor.reseed(seed, stream));
        self.values.iter_mut().for_each(|monitor| monitor.reseed(seed, stream));
    }

    /// Other listed spikes (time [s] and neuron, in any order) for a population of such, from now on; with a `period`
    /// [s] they come again and again. How many are of ticks that are past, which are left out.
    ///
    /// # Errors
    /// As `Population::listed`, and `BuildError::NotListed` where the population has no listed spikes.
    pub fn set_spikes(
        &mut self,
        population: PopulationId,
        spikes: &[(f64, u32)],
        period: Option<f64>,
    ) -> Result<usize, BuildError> {
        let not_listed = BuildError::NotListed { population: population.0 };
        let Some(listed) = self.populations.get_mut(population.0 as usize) else { return Err(not_listed) };
        let clock = self.clocks.get(listed.clock());
        listed.set_spikes(spikes, period, clock.tick(), clock.dt()).unwrap_or(Err(not_listed))
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

    /// The time runs were asked to reach [s], up to a step before that of the next tick; to the caller's code during a
    /// run, the time of the step.
    #[must_use]
    pub fn time(&self) -> f64 {
        self.clocks.time()
    }

    /// Clock 0, with which the network was made.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        self.clocks.get(ClockId(0))
    }

    /// All its clocks, by number.
    #[must_use]
    pub fn clocks(&self) -> &[Clock] {
        self.clocks.all()
    }

    /// The clock of a population.
    ///
    /// # Panics
    /// Where the population is not of this network.
    #[must_use]
    pub fn clock_of(&self, population: PopulationId) -> ClockId {
        self.populations[population.0 as usize].clock()
    }

    /// The threads it uses.
    #[must_use]
    pub fn threads(&self) -> &Threads {
        &self.machine.threads
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
        self.machine.state.renew();
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

    /// Its regular operations.
    #[must_use]
    pub fn regular(&self) -> &[Regular] {
        &self.regular
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
