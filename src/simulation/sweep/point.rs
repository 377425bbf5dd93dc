//! A point of a sweep: in, its number; out, its plan, its model, its simulation, what is measured of it.

use super::code::{Groups, Parts, Varied};
use super::error::SweepError;
use super::given::Given;
use super::measure::{self, Own};
use super::points::Points;
use super::table::{SweepColumn, SweepPoint, SweepTable};
use crate::error::Error;
use crate::ir::network::{self, Network};
use crate::ir::steps::Program;
use crate::ir::verify::Verified;
use crate::report;
use crate::simulation::front::{self, At, Planned, Reading, Timings};
use crate::simulation::model::{Kernels, Model};
use crate::simulation::options::Options;
use crate::simulation::run::{Event, Simulation};
use crate::sources::Sources;
use grammar::Diagnostic;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::time::Instant;

/// Begins a line that says what mends a point that has failed.
const MEND: &str = "help: ";

/// What all points have in common.
pub(super) struct Setting<'a> {
    model: &'a Model,
    /// The model's texts, with the sweep.
    reading: Reading,
    /// What is measured.
    measures: Vec<SweepColumn>,
    own: &'a [Own],
    /// How many recordings of the text are not made.
    unrecorded: usize,
    /// What is worth knowing about the sweep itself.
    warnings: Vec<Diagnostic>,
    pub(super) points: Points,
    /// Nobody gave a seed.
    pub(super) drawn: bool,
}

/// Points of a group, and their code once it is made.
pub(super) struct Shared {
    varied: Varied,
    code: OnceLock<Result<Compiled, String>>,
}

/// Programs and their code.
struct Compiled {
    programs: Vec<Verified<Program>>,
    kernels: Kernels,
}

impl Shared {
    /// Whether there is code: not where all its points were left out.
    pub(super) fn is_compiled(&self) -> bool {
        self.code.get().is_some_and(Result::is_ok)
    }
}

impl<'a> Setting<'a> {
    /// # Errors
    /// What is wrong with the text, or with what is given.
    pub(super) fn new(model: &'a Model, given: &Given, own: &'a [Own]) -> Result<Self, Error> {
        let mut reading = model.reading().clone();
        given.put_into(&mut reading, !own.is_empty())?;
        let Planned { network, warnings, .. } = front::plan(&reading, model.options(), &mut Timings::new())?;
        let sweep = network.sweep.clone().ok_or(SweepError::NothingVaried)?;
        let given = model.options().seed.or(network.seed);
        let points =
            Points { axes: sweep.axes.clone(), seeds: sweep.seeds, seed: given.unwrap_or_else(Model::drawn_seed) };
        if let (true, Some(seed)) = (points.vary_seeds(), model.options().seed) {
            return Err(SweepError::SeedTwice { seed }.into());
        }
        // A point has the constants that it is given, and nothing is left to be varied.
        reading.given.point = true;
        let drawn = given.is_none() && !points.vary_seeds();
        let unrecorded = if own.is_empty() { sweep.recorded } else { 0 };
        let measures = sweep.measures.iter();
        let measures = measures.map(|of| SweepColumn { name: of.text.clone(), dimension: of.dimension });
        let measures = measures.chain(own.iter().map(|own| own.column.clone())).collect();
        Ok(Self { model, reading, measures, own, unrecorded, warnings, points, drawn })
    }

    /// What is measured.
    pub(super) fn measures(&self) -> &[SweepColumn] {
        &self.measures
    }

    /// What is worth knowing about the sweep itself but no error.
    pub(super) fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// The texts and the options of a point.
    fn read(&self, point: usize) -> (Reading, Options) {
        let mut reading = self.reading.clone();
        self.points.set(point).iter().for_each(|(name, value)| reading.set(name, value));
        reading.given.seed = Some(self.points.seed(point));
        reading.at = Some(At { point, first_seed: (!self.points.vary_seeds()).then_some(self.points.seed) });
        let options = Options { seed: reading.given.seed, threads: 1, ..self.model.options().clone() };
        (reading, options)
    }

    /// A point as a model of its own, which records all that its text asks for.
    pub(super) fn alone(&self, point: usize) -> Result<Model, Error> {
        let (reading, options) = self.read(point);
        let options = Options { threads: self.model.options().threads, ..options };
        let (begun, mut timings) = (Instant::now(), Timings::new());
        let planned = front::plan(&reading, &options, &mut timings)?;
        Model::compiled(reading, options, planned, (begun, timings))
    }

    /// A point's plan without its literals, and these, and what it may not mean; or why it has no plan.
    pub(super) fn taken_apart(&self, point: usize) -> Result<(Parts, Vec<Diagnostic>), String> {
        told(|| {
            let (reading, options) = self.read(point);
            let Planned { plan, warnings, .. } =
                front::plan(&reading, &options, &mut Timings::new()).map_err(without_mends)?;
            Ok((Parts::of(&plan), warnings))
        })
    }

    /// The texts that diagnostics of all points are about.
    pub(super) fn sources(&self) -> &Sources {
        &self.reading.sources
    }

    /// The code of all groups, to be made when it is first needed.
    pub(super) fn shared(&self, groups: Groups) -> Vec<Shared> {
        groups.varied().into_iter().map(|varied| Shared { varied, code: OnceLock::new() }).collect()
    }

    /// A point as a model with the code of its group, and what is measured of it.
    fn model(&self, point: usize, shared: &Shared) -> Result<(Model, network::Sweep), Error> {
        let (reading, options) = self.read(point);
        let mut planned = front::plan(&reading, &options, &mut Timings::new())?;
        planned.plan = shared.varied.in_columns(planned.plan)?;
        let compiled = || {
            let kernels = Kernels::new(&planned.plan, &options).map_err(|error| error.to_string())?;
            Ok(Compiled { programs: planned.plan.programs.clone(), kernels })
        };
        let code = shared.code.get_or_init(compiled).as_ref().map_err(|reason| Error::Defect(reason.clone()))?;
        if code.programs != planned.plan.programs {
            return Err(Error::Defect(format!("point {point} of a sweep was planned twice, and differently")));
        }
        let sweep = planned.network.sweep.clone().ok_or(SweepError::NothingVaried)?;
        Ok((Model::of(reading, options, planned, code.kernels.clone()), sweep))
    }

    /// Runs a point to its end; `None` where it was ended before that.
    pub(super) fn run(
        &self,
        point: usize,
        shared: &Shared,
        asked: &dyn Fn() -> bool,
        say: &dyn Fn(String),
    ) -> Option<Result<Vec<f64>, String>> {
        let mut ended = false;
        let outcome = told(|| {
            let (model, sweep) = self.model(point, shared).map_err(without_mends)?;
            let with_mends = |error: Error| {
                let mends = model.mends(&error);
                (error, mends)
            };
            let needed = needed(&sweep, model.network(), self.own);
            let mut simulation = Simulation::build(&model, self.points.seed(point), |record| needed.contains(&record))
                .map_err(with_mends)?;
            // Rates and intervals are known of spikes that are not kept; what a closure looks at is not known.
            if self.own.is_empty() {
                simulation.discard_recordings(Simulation::RECORDED_IN_MEMORY);
            }
            // Of each point, since one that has given out a stopper is not asked when it begins.
            simulation.foresee_script().map_err(with_mends)?;
            let stopper = simulation.stopper();
            let ran = simulation.run_script(|event| match event {
                Event::Print(line) => say(line),
                _ if asked() => stopper.stop(),
                _ => {}
            });
            ended = matches!(ran, Err(Error::Stopped { .. }));
            ran.map_err(with_mends)?;
            let mut values = measure::all(&mut simulation, &sweep, &needed).map_err(with_mends)?;
            for own in self.own {
                values.push((own.measure)(&mut simulation).map_err(with_mends)?);
            }
            Ok(values)
        });
        (!ended).then_some(outcome)
    }

    /// What came of it all.
    pub(super) fn table(&self, points: Vec<SweepPoint>, warnings: Vec<Diagnostic>, compiled: usize) -> SweepTable {
        let axes = self.points.axes.iter();
        SweepTable {
            axes: axes.clone().map(|axis| SweepColumn { name: axis.name.clone(), dimension: axis.dimension }).collect(),
            values: axes.map(|axis| axis.values.clone()).collect(),
            measures: self.measures.clone(),
            seeds: self.points.seeds,
            seed: self.points.seed,
            compiled,
            unrecorded: self.unrecorded,
            warnings,
            sources: self.reading.sources.clone(),
            points,
        }
    }
}

/// The records that are made of a point: those of its measures. A closure may look at all that the text records.
fn needed(sweep: &network::Sweep, network: &Network, own: &[Own]) -> Vec<usize> {
    if own.is_empty() { measure::needed(sweep) } else { (0..network.records.len()).collect() }
}

/// An error beside which nothing is to be said but what it says itself.
fn without_mends(error: Error) -> (Error, Vec<String>) {
    (error, Vec::new())
}

/// Why a point has failed, and in lines of their own behind it what mends that.
fn reason(error: &Error, mends: &[String]) -> String {
    let mut lines = match error {
        Error::Model(rejected) => {
            let told = |diagnostic: &Diagnostic| {
                let line = report::line(&rejected.sources, diagnostic);
                std::iter::once(line).chain(diagnostic.help.iter().map(|mend| mend_line(mend))).collect::<Vec<_>>()
            };
            rejected.diagnostics.iter().flat_map(told).collect()
        }
        other => {
            let mend = other.code_and_mend().map(|(_, mend)| mend_line(&mend.to_string()));
            std::iter::once(other.to_string()).chain(mend).collect::<Vec<_>>()
        }
    };
    lines.extend(mends.iter().map(|mend| mend_line(mend)));
    lines.join("\n")
}

fn mend_line(mend: &str) -> String {
    format!("{MEND}{mend}")
}

/// What an act gives, or in words why it gives nothing: a panic too, so that one point that finds a defect does not end the others.
fn told<T>(act: impl FnOnce() -> Result<T, (Error, Vec<String>)>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(act)) {
        Ok(outcome) => outcome.map_err(|(error, mends)| reason(&error, &mends)),
        Err(payload) => Err(Error::Defect(said(&*payload)).to_string()),
    }
}

fn said(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic".to_owned())
}
