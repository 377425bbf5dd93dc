//! Sweeps: a model at all combinations of values of some of its constants, and what is measured at each.
//!
//! In: a model whose text has a `sweep`, or axes and reports given beside it. Out: a table with a row for every point. Every point
//! is the simulation that `--set` makes of it, to the same bits, whatever the number of threads and whatever points came before: it
//! is planned by itself, and only the machine code is shared (`code`). Points are run side by side, each on one thread; one that
//! fails is a row that says why. What is done can be logged, so that an interrupted sweep goes on.

mod code;
pub(crate) mod codes;
mod error;
mod given;
mod log;
mod measure;
mod point;
mod points;
mod running;
mod side_by_side;
mod table;
#[cfg(test)]
mod tests;

pub use error::SweepError;
pub use table::{SweepColumn, SweepPoint, SweepTable};

use super::model::Model;
use super::run::Simulation;
use super::stopper::Stopper;
use crate::error::Error;
use crate::ir::network::Seeds;
use crate::sources::Sources;
use crate::units::Dimension;
use given::Given;
use grammar::Diagnostic;
use log::{Done, Heading, Log, Resumed};
use measure::Own;
use point::Setting;
use running::Running;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A sweep to be run; see [`Simulation::sweep`].
#[derive(Clone, Debug)]
pub struct Sweep {
    model: Model,
    given: Given,
    own: Vec<Own>,
    threads: usize,
    log: Option<(PathBuf, Begin)>,
    stopper: Stopper,
}

/// Where a logged sweep begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Begin {
    Anew,
    WhereItWas,
}

/// What happens while a sweep runs.
#[derive(Debug)]
pub enum SweepEvent<'a> {
    /// It begins.
    Begun {
        /// How many points are done already, by a run before this one.
        done: usize,
        /// How many there are in all.
        points: usize,
    },
    /// A point is planned, or cannot be: all that are left are, before the first is run.
    Planning {
        /// How many were.
        done: usize,
        /// How many were left when the sweep began.
        points: usize,
    },
    /// The points that are left are planned, and begin.
    Planned {
        /// What is worth knowing about the sweep, or about all of its points, but no error. Of a sweep that goes on, not all points are
        /// known.
        warnings: &'a [Diagnostic],
        /// The texts that they point into.
        sources: &'a Sources,
    },
    /// A `print` was reached.
    Print {
        /// At which point.
        point: usize,
        /// Its line.
        line: String,
    },
    /// A point is done; they come in any order.
    Done(&'a SweepPoint),
}

impl Simulation {
    /// The sweep of a model: that of its text, or what is varied and reported here instead.
    ///
    /// ```
    /// use rheobase::{Model, Options, Simulation};
    ///
    /// let model = Model::from_source("
    ///     I = 1.0
    ///     neurons P[1] {
    ///         dv/dt = (I - v)/(10*ms) : 1
    ///         threshold v > 1
    ///         reset     v = 0
    ///     }
    ///     run 200*ms
    /// ", &Options::default())?;
    /// let sweep = Simulation::sweep(&model).vary("I", "linspace(0.5, 2, 4)").report("rate(P)");
    /// let curve = sweep.run(|_| {})?;
    /// let rates: Vec<f64> = curve.measured(0).into_iter().flatten().collect();
    /// assert_eq!(rates[..2], [0.0, 0.0]);
    /// assert!(rates[3] > rates[2] && rates[2] > 0.0);
    /// # Ok::<(), rheobase::Error>(())
    /// ```
    #[must_use]
    pub fn sweep(model: &Model) -> Sweep {
        Sweep {
            model: model.clone(),
            given: Given::default(),
            own: Vec::new(),
            threads: 0,
            log: None,
            stopper: Stopper::default(),
        }
    }
}

impl Sweep {
    /// What is swept.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Gives a constant values, as the language writes a list: `vary("tau", "linspace(1, 10, 30)*ms")`. What is varied
    /// here is varied instead of what the text varies; the first changes slowest.
    #[must_use]
    pub fn vary(mut self, name: &str, values: &str) -> Self {
        self.given.axes.push(format!("{name} = {values}"));
        self
    }

    /// Measures something, as the language writes it: `rate(P)`, `mean(P.v)`. What is reported here is reported instead of what the
    /// text reports.
    #[must_use]
    pub fn report(mut self, measure: &str) -> Self {
        self.given.reports.push(measure.to_owned());
        self
    }

    /// Measures something by a closure, once the script of a point is over: a number in SI base units, under a name of its own, behind
    /// what is reported.
    #[must_use]
    pub fn measure(
        mut self,
        name: &str,
        dimension: Dimension,
        measure: impl Fn(&mut Simulation) -> Result<f64, Error> + Send + Sync + 'static,
    ) -> Self {
        let column = SweepColumn { name: name.to_owned(), dimension };
        self.own.push(Own { column, measure: Arc::new(measure) });
        self
    }

    /// What the random numbers of the points have to do with each other; as the text says, else they are alike.
    #[must_use]
    pub fn seeds(mut self, seeds: Seeds) -> Self {
        self.given.seeds = Some(seeds);
        self
    }

    /// How many points are run at a time, each on one thread; 0, which is usual, stands for the cores of the processor.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// Logs the points that are done into a file, which `resume` goes on with. It stays there when the sweep is over.
    #[must_use]
    pub fn log_to(mut self, path: impl Into<PathBuf>) -> Self {
        self.log = Some((path.into(), Begin::Anew));
        self
    }

    /// Takes the points that a file of `log_to` holds as they are, runs the others, and logs them there.
    #[must_use]
    pub fn resume(mut self, path: impl Into<PathBuf>) -> Self {
        self.log = Some((path.into(), Begin::WhereItWas));
        self
    }

    /// Whether a file is one of `log_to`; `None` where there is no file.
    #[must_use]
    pub fn is_log(path: impl AsRef<Path>) -> Option<bool> {
        log::is_one(path.as_ref())
    }

    /// A point as a model of its own: what `Simulation` makes of it records all that the text asks for, and ends where the point does.
    ///
    /// # Errors
    /// As `run`; `Error::Sweep` where there is no such point, and what is wrong at this one.
    pub fn point(&self, number: usize) -> Result<Model, Error> {
        let setting = Setting::new(&self.model, &self.given, &self.own).map_err(|error| match error {
            Error::Sweep(SweepError::NothingVaried) => SweepError::NoPoints { number }.into(),
            other => other,
        })?;
        match setting.points.count() {
            points if number < points => setting.alone(number),
            points => Err(SweepError::NoSuchPoint { number, points }.into()),
        }
    }

    /// The command that gives the same table; `name` is what the model's file is called, and `table` has the seed. Closures are not in it.
    #[must_use]
    pub fn command(&self, name: &str, table: &SweepTable) -> String {
        let seed = table.axes.iter().all(|axis| axis.name != "seed").then_some(table.seed);
        self.written(name, seed, &[])
    }

    /// The command that goes on with the points of this sweep that are logged; `more` are further options, of where they are and of
    /// how they are run. Closures are not in it.
    #[must_use]
    pub fn command_to_resume(&self, name: &str, more: &[(&str, String)]) -> String {
        // A seed that was drawn is known to the log alone.
        format!("{} --resume", self.written(name, self.model.options().seed, more))
    }

    fn written(&self, name: &str, seed: Option<u64>, more: &[(&str, String)]) -> String {
        let Given { axes, reports, seeds } = &self.given;
        let varied = axes.iter().map(|axis| ("--vary", axis.clone()));
        let reported = reports.iter().map(|report| ("--report", report.clone()));
        let apart = seeds.map(|seeds| ("--seeds", seeds.name().to_owned()));
        let seed = seed.map(|seed| ("--seed", seed.to_string()));
        let own: Vec<_> = varied.chain(reported).chain(apart).chain(seed).chain(more.iter().cloned()).collect();
        crate::page::repeat::written("sweep", name, &own, self.model.options())
    }

    /// The command that runs a point by itself, with all that the text records; `table` has the seed. Points are counted by what the
    /// text varies: where it varies nothing, constants are set, each to its `VALUE` at the point. None where the text varies
    /// something and is given more beside it.
    #[must_use]
    pub fn command_of_point(&self, name: &str, table: &SweepTable, point: usize) -> Option<String> {
        let seed = table.axes.iter().all(|axis| axis.name != "seed").then(|| ("--seed", table.seed.to_string()));
        let own: Vec<_> = [("--point", point.to_string())].into_iter().chain(seed).collect();
        if self.given.axes.is_empty() && self.given.seeds.is_none() {
            return Some(crate::page::repeat::written("run", name, &own, self.model.options()));
        }
        if self.model.network().sweep.is_some() {
            return None;
        }
        let seed = table.points.iter().find(|of| of.number == point).map_or(table.seed, |of| of.seed);
        let axes = table.axes.iter().filter(|axis| axis.name != "seed");
        let set = axes.map(|axis| ("--set", format!("{}=VALUE", axis.name)));
        let own: Vec<_> = set.chain([("--seed", seed.to_string())]).collect();
        Some(crate::page::repeat::written("run", name, &own, self.model.options()))
    }

    /// What ends the sweep from outside; the table then has the points that were done.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        self.stopper.clone()
    }

    /// Runs it. `on` is told what happens, by the thread that calls this.
    ///
    /// # Errors
    /// `Error::Model` where the text or what is given is wrong at no point in particular, `Error::Sweep` where there is nothing to
    /// sweep or a file cannot be gone on with, `Error::File` where points cannot be logged. What is wrong at a point is in its row.
    pub fn run(&self, mut on: impl FnMut(SweepEvent<'_>)) -> Result<SweepTable, Error> {
        let outcome = self.run_points(&mut on);
        // A wish to end it is fulfilled with that.
        self.stopper.take();
        outcome
    }

    fn run_points(&self, on: &mut dyn FnMut(SweepEvent<'_>)) -> Result<SweepTable, Error> {
        let mut setting = Setting::new(&self.model, &self.given, &self.own)?;
        let (log, done) = self.begin_log(&mut setting)?;
        let setting = &setting;
        let at_a_time = self.at_a_time(setting.points.count());
        let mut running = Running::begin(setting, (at_a_time, &self.stopper), (log, done), on);
        let (planned, groups) = running.plan()?;
        let shared = setting.shared(groups);
        running.run(&planned, &shared)?;
        let (points, warnings) = running.end();
        let compiled = shared.iter().filter(|group| group.is_compiled()).count();
        Ok(setting.table(points, warnings, compiled))
    }

    /// Begins to log points, and reads those that an earlier sweep has done, whose seed this one then has.
    fn begin_log(&self, setting: &mut Setting<'_>) -> Result<(Option<Log>, Vec<Done>), Error> {
        let Some((path, begin)) = &self.log else { return Ok((None, Vec::new())) };
        let heading = Heading::new(self.model.identity(), &setting.points, setting.measures(), setting.drawn);
        match begin {
            Begin::Anew => Ok((Some(Log::begin(path, &heading)?), Vec::new())),
            Begin::WhereItWas => {
                let Resumed { log, done, seed } = Log::resume(path, &heading)?;
                setting.points.seed = seed;
                Ok((Some(log), done))
            }
        }
    }

    fn at_a_time(&self, points: usize) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let threads = if self.threads == 0 { cores() } else { self.threads };
        threads.clamp(1, points.max(1))
    }
}
