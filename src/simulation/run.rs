//! Simulations: a network in time.
//!
//! Time passes in `run` (so long), `step` (one tick) and `run_script` (all that the model's text says happens). A simulation
//! that met a state that is not finite stays where it is, with everything recorded until then.

use super::calls::{Call, Heard, Stretch};
use super::checkpoint::Stored;
use super::explain::Explanation;
use super::foreseen::Foreseen;
use super::function::guarded;
use super::model::Model;
use super::options::Options;
use super::quantity::IntoQuantity;
use super::recording::{Kept, Monitor};
use super::saved::Saving;
use super::show::shown;
use super::spool::Spool;
use super::stopper::Stopper;
use super::trains::Totals;
use super::{build, ends};
use crate::error::Error;
use crate::ir::network::Action;
use crate::ir::plan::{ActionPlan, PopulationPlan, SourcePlan};
use crate::output::{PopulationSummary, Summary, TrainSummary};
use crate::units::Dimension;
use runtime::Network;
use runtime::clock::end_tick;
use runtime::host::HostFailure;
use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

/// A network at some point of its experiment.
#[derive(Debug)]
pub struct Simulation {
    pub(super) model: Model,
    pub(super) network: Network,
    pub(super) kept: Vec<Kept>,
    /// Where recordings go that memory is not to hold.
    pub(super) spool: Option<Spool>,
    pub(super) streams: u64,
    pub(super) calls: Vec<Call>,
    pub(super) stored: HashMap<String, Stored>,
    pub(super) stopper: Stopper,
    /// A function that panicked and left the network in the middle of a step.
    pub(super) failed: Option<HostFailure>,
    /// Where the script is, while it runs: which of its actions is under way.
    pub(super) script: Option<usize>,
    /// Checkpoints to be written during runs.
    pub(super) saving: Option<Saving>,
    /// How many callbacks there were when the state was saved that it goes on from.
    pub(super) expected_calls: usize,
    build_time: Duration,
    pub(super) run_time: Duration,
}

/// How far the experiment is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Time reached [s].
    pub t: f64,
    /// Time at which the experiment ends [s]: less than is run where it goes back to a stored state.
    pub end: f64,
    /// How much of the script's time is done [s], what was gone back behind counted too.
    pub done: f64,
    /// How much it has in all [s].
    pub all: f64,
}

/// What happens while a script runs.
#[derive(Debug)]
pub enum Event {
    /// About every 10 ms of wall-clock time.
    Progress(Progress),
    /// A `print` was reached: its line.
    Print(String),
    /// A checkpoint was written, of this time [s].
    Saved(f64),
    /// A checkpoint could not be written; the run goes on, and the one before is still there.
    NotSaved(Error),
}

impl Simulation {
    /// Compiles a text and builds its network, with the usual options. The text's own `run` and `set` wait for `run_script`.
    ///
    /// # Errors
    /// `Error::Model` with everything that is wrong with it.
    pub fn from_source(text: &str) -> Result<Self, Error> {
        Model::from_source(text, &Options::default())?.simulation()
    }

    /// The same for a file.
    ///
    /// # Errors
    /// `Error::File` where it cannot be read, `Error::Model` with everything that is wrong with it.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        Model::from_file(path, &Options::default())?.simulation()
    }

    /// Of what the model's text records, what is `wanted` by its number.
    pub(super) fn build(model: &Model, seed: u64, wanted: impl Fn(usize) -> bool) -> Result<Self, Error> {
        let started = Instant::now();
        let (given, most) = (model.options().threads, Options::MOST_THREADS);
        if given > most {
            return Err(Error::Threads { given, most });
        }
        let network = guarded(|| build::build(model.programs(), seed, model.options().threads))?;
        let network = network.map_err(|failure| model.failed(failure))?;
        // Streams 0 and 1 are the time loop's and the initialisers'.
        let mut simulation = Self {
            model: model.clone(),
            network,
            kept: Vec::new(),
            spool: None,
            streams: 2,
            calls: Vec::new(),
            stored: HashMap::new(),
            stopper: Stopper::default(),
            failed: None,
            script: None,
            saving: None,
            expected_calls: 0,
            build_time: Duration::ZERO,
            run_time: Duration::ZERO,
        };
        for (_, record) in model.plan().records.iter().enumerate().filter(|(number, _)| wanted(*number)) {
            simulation.keep(record, None, &|id| model.programs().code(id))?;
        }
        simulation.build_time = started.elapsed();
        Ok(simulation)
    }

    /// The model it is of.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Runs for a time: `100.0*MS` or `"100*ms"`. It ends at the first step that begins at or after the end, or where a callback stops
    /// it.
    ///
    /// # Errors
    /// `Error::Unit` where it is no time, `Error::Run` where a state becomes NaN or infinite, `Error::Function` where a function of one's
    /// own panics, `Error::Stopped` where a `Stopper` ends it, and the error of a callback. Once it is over, `Error::File` where a
    /// checkpoint could not be written. Before it begins, `Error::Model` where what it records at intervals is more than the machine
    /// has room for, and neither a callback nor a `Stopper` may end it earlier.
    pub fn run(&mut self, duration: impl IntoQuantity) -> Result<(), Error> {
        let seconds = duration.into_quantity()?.expect("a duration", Dimension::SECOND)?;
        self.must_have_room(seconds)?;
        self.script = None;
        self.network.leave_run();
        self.run_told(Stretch::Time(seconds))
    }

    /// Runs one step.
    ///
    /// # Errors
    /// As `run`.
    pub fn step(&mut self) -> Result<(), Error> {
        self.run_called(Stretch::Step, &mut |_| {})
    }

    /// Does all that the model's text says happens: `run`, `set`, `store`, `restore` and `print`, in order. `on` is told how far it is and what is printed.
    ///
    /// # Errors
    /// As `run`.
    pub fn run_script(&mut self, mut on: impl FnMut(Event)) -> Result<(), Error> {
        let outcome = self.must_have_room(self.script_time()).and_then(|()| self.do_script(&mut on));
        self.script = None;
        outcome
    }

    /// Whether there is room for what the script will record, or what is left of it: on the disk of the folder that recordings go to
    /// (`stream_to`), else in memory. What is more than is free on that disk now, but not more than it has, is worth a warning.
    /// `run_script` and `run` ask the same when they begin, unless a callback or a `Stopper` may end them before.
    ///
    /// # Errors
    /// `Error::Model` where recordings whose sizes are known (values and rates, of which there are so many at intervals) will take
    /// more than the machine has, whoever uses it now.
    pub fn foresee_script(&self) -> Result<Foreseen, Error> {
        self.foresee(self.script_time())
    }

    /// How much further the script comes, or what is left of it [s].
    fn script_time(&self) -> f64 {
        let goal = self.script.and_then(|_| self.network.goal());
        let (_, furthest) = self.ends_of(&self.model.plan().actions, self.script.unwrap_or(0), goal);
        furthest - self.t()
    }

    fn do_script(&mut self, on: &mut dyn FnMut(Event)) -> Result<(), Error> {
        let actions = self.model.plan().actions.clone();
        let (first, goal) = match self.script {
            Some(first) => (first, self.network.goal()),
            None => (0, None),
        };
        if goal.is_none() {
            self.network.leave_run();
        }
        let ((end, _), all) = (self.ends_of(&actions, first, goal), actions.iter().map(duration).sum());
        let mut before: f64 = actions.iter().take(first).map(duration).sum();
        for (number, action) in actions.iter().enumerate().skip(first) {
            self.script = Some(number);
            self.stop_if_asked()?;
            match action {
                ActionPlan::Plain(Action::Run { duration, .. }) => {
                    let rest = goal.is_some() && number == first;
                    let stretch = if rest { Stretch::Rest } else { Stretch::Time(*duration) };
                    let begun = goal.filter(|_| rest).map_or(self.t(), |goal| goal - duration);
                    self.run_timed(stretch, &mut |heard| match heard {
                        Heard::Time(t) => on(Event::Progress(Progress { t, end, done: before + t - begun, all })),
                        Heard::Saved(t) => on(Event::Saved(t)),
                        Heard::NotSaved(error) => on(Event::NotSaved(error)),
                    })?;
                    before += duration;
                }
                ActionPlan::Plain(Action::Print { text, value, dimension, kind, .. }) => {
                    on(Event::Print(format!("{text} = {}", shown(*value, *dimension, *kind))));
                }
                ActionPlan::Plain(Action::Store { name, .. }) => self.store(name),
                ActionPlan::Plain(Action::Restore { name, random, .. }) => self.go_back(name, *random)?,
                ActionPlan::Plain(Action::SetDelay { projection, pathway, delay, .. }) => {
                    self.now().set_delay(*projection, *pathway, *delay)?;
                }
                ActionPlan::Plain(Action::SetSpikes { population, spikes, period, .. }) => {
                    self.give_spikes(*population, spikes, *period)?;
                }
                ActionPlan::Plain(_) => {}
                ActionPlan::Show { .. } => {
                    if let Some(line) = self.line(action)? {
                        on(Event::Print(line));
                    }
                }
                ActionPlan::Set { .. } => self.assign_planned(action)?,
                ActionPlan::SetEach { .. } => self.set_each(action)?,
            }
        }
        Ok(())
    }

    /// The time at which a script ends [s] that goes on with an action, in the middle of its run where that has a goal; and the latest
    /// that it reaches before, which may be later where it goes back to a stored state.
    fn ends_of(&self, actions: &[ActionPlan], first: usize, goal: Option<f64>) -> (f64, f64) {
        let mut times: HashMap<&str, f64> =
            self.stored.iter().map(|(name, stored)| (name.as_str(), stored.network.time())).collect();
        let mut t = goal.unwrap_or(self.t());
        let mut furthest = t;
        for action in actions.iter().skip(first + usize::from(goal.is_some())) {
            match action {
                ActionPlan::Plain(Action::Store { name, .. }) => drop(times.insert(name, t)),
                ActionPlan::Plain(Action::Restore { name, .. }) => t = times.get(name.as_str()).copied().unwrap_or(t),
                other => t += duration(other),
            }
            furthest = furthest.max(t);
        }
        (t, furthest)
    }

    /// Does what is left of the run that was under way when the state was saved that this simulation goes on from, and
    /// nothing where there was none. A `run` in its place begins at the time that was reached, and leaves the rest
    /// undone.
    ///
    /// # Errors
    /// As `run`.
    pub fn run_rest(&mut self) -> Result<(), Error> {
        let under_way = self.network.is_under_way();
        self.must_have_room(self.network.goal().map_or(0.0, |goal| goal - self.t()))?;
        self.run_told(Stretch::Rest)?;
        // Of a script, what comes after that run is left.
        self.script = self.script.map(|number| number + usize::from(under_way));
        Ok(())
    }

    /// Runs for whoever hears of nothing but the end: where a checkpoint could not be written, it is told then.
    fn run_told(&mut self, stretch: Stretch) -> Result<(), Error> {
        let mut unsaved = None;
        self.run_timed(stretch, &mut |heard| {
            if let Heard::NotSaved(error) = heard {
                unsaved = Some(error);
            }
        })?;
        unsaved.map_or(Ok(()), Err)
    }

    fn stop_if_asked(&self) -> Result<(), Error> {
        if self.stopper.take() { Err(Error::Stopped { t: self.t() }) } else { Ok(()) }
    }

    fn run_timed(&mut self, stretch: Stretch, on: &mut dyn FnMut(Heard)) -> Result<(), Error> {
        self.stop_if_asked()?;
        let started = Instant::now();
        let outcome = self.run_called(stretch, on);
        self.run_time += started.elapsed();
        outcome
    }

    /// Which integrator each group of equations got, and why.
    #[must_use]
    pub fn explain(&self) -> Explanation {
        self.model.explain()
    }

    /// The time reached [s].
    #[must_use]
    pub fn t(&self) -> f64 {
        self.network.time()
    }

    /// The time step [s].
    #[must_use]
    pub fn dt(&self) -> f64 {
        self.network.clock().dt()
    }

    /// The seed of its random numbers.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.network.seed()
    }

    /// Names of all populations and projections, in the order of the model.
    #[must_use]
    pub fn objects(&self) -> Vec<String> {
        let plan = self.model.plan();
        let named = plan.order.iter().filter(|object| !matches!(object, crate::ir::network::Object::Input(_)));
        named.map(|&object| plan.name(object).to_owned()).collect()
    }

    /// What was run and what came of it, so far; `model` is what its file is called, `stopped` why it did not run to its end.
    #[must_use]
    pub fn summary(&self, model: &str, stopped: Option<&Error>) -> Summary {
        let t = self.t();
        let population = |(population, plan): (&runtime::Population, &PopulationPlan)| {
            let size = population.size();
            let can_spike = !matches!(plan.source, SourcePlan::Neurons { spikes: false, threshold: None, .. });
            let spikes = can_spike.then(|| population.spike_total());
            // Over the steps that were done, which may be longer than the time that was asked for.
            let clock = &self.network.clocks()[population.clock().0 as usize];
            let done = end_tick(t, clock.dt()).unwrap_or_default().time(clock.dt());
            let rate_hz = spikes.map(|spikes| if done > 0.0 { spikes as f64 / f64::from(size) / done } else { 0.0 });
            (population.name().to_owned(), PopulationSummary { size, spikes, rate_hz })
        };
        let projections = self.network.projections().iter();
        // Those that stand for synapses are no neurons of the model.
        let populations = self.network.populations().iter().zip(&self.model.plan().populations);
        let populations = populations.filter(|(_, plan)| ends::stands_for(plan).is_none()).map(population);
        let options = self.model.options();
        Summary {
            rheobase: env!("CARGO_PKG_VERSION"),
            model: model.to_owned(),
            engine: options.engine.name().to_owned(),
            precision: options.precision.name().to_owned(),
            threads: self.network.threads().count(),
            seed: self.seed(),
            dt: self.dt(),
            compile_s: self.model.compile_time().as_secs_f64(),
            build_s: self.build_time.as_secs_f64(),
            run_s: self.run_time.as_secs_f64(),
            biological_s: t,
            stopped: stopped.map(ToString::to_string),
            populations: populations.collect(),
            synapses: projections.map(|made| (made.name().to_owned(), made.rows().len() as u64)).collect(),
            integrators: self.integrators(),
            spike_trains: self.trains(),
            recordings: Vec::new(),
        }
    }

    /// What is made of every recording of spikes or events.
    fn trains(&self) -> Vec<(String, TrainSummary)> {
        let named = self.kept.iter().enumerate();
        named.filter_map(|(index, kept)| Some((kept.name.clone(), self.train(index)?))).collect()
    }

    /// What is made of a recording of spikes or events: of one on disk too, which is not read for it.
    pub(super) fn train(&self, index: usize) -> Option<TrainSummary> {
        let (records, kept) = (self.records(), self.kept.get(index)?);
        let Monitor::Spikes(id) = kept.monitor else { return None };
        let monitor = self.network.spikes(id);
        let (count, (mean_cv, cv_neurons)) = match records.counts(index) {
            Some(counts) => (counts.total(), (None, None)),
            None => {
                let before = records.stream(index).and_then(|(_, stream)| stream.totals().cloned());
                let mut totals = before.unwrap_or_else(|| Totals::new(monitor.group().size));
                totals.add(monitor.spikes());
                (totals.spikes(), totals.mean_cv().unzip())
            }
        };
        let (neurons, recorded) = (f64::from(monitor.group().size), records.recorded(kept, monitor.dt()));
        let rate_hz = if recorded > 0.0 { count as f64 / neurons / recorded } else { 0.0 };
        Some(TrainSummary { count, rate_hz, mean_cv, cv_neurons: cv_neurons.unwrap_or(0) })
    }

    fn integrators(&self) -> Vec<(String, String)> {
        let mut integrators: Vec<(String, String)> = Vec::new();
        for choice in self.model.explain().choices() {
            let taken = integrators.iter().any(|(name, _)| *name == choice.name);
            let name = if taken { format!("{} ({})", choice.name, choice.part) } else { choice.name.clone() };
            integrators.push((name, choice.method.name().to_owned()));
        }
        integrators
    }
}

fn duration(action: &ActionPlan) -> f64 {
    match action {
        ActionPlan::Plain(Action::Run { duration, .. }) => *duration,
        _ => 0.0,
    }
}
