//! `rheobase run`: the whole experiment, its summary, its results folder.

use super::args::{FormatName, Run, Showing, usual};
use super::checkpoint;
use super::progress::{Bar, Waiting};
use super::shown::Shown;
use super::terminal::{complain, diagnostics, say, show, show_with};
use super::{Failed, interrupt, sweep};
use rheobase::output::{Format, ResultsFolder, Staged, Summary, pace};
use rheobase::page::Page;
use rheobase::pictures::Picture;
use rheobase::{Error, Model, Options, Precision, Simulation, units};
use std::path::PathBuf;

pub(super) fn run(arguments: &Run) -> Result<(), Failed> {
    let format = format(arguments.format)?;
    let threads = usize::from(arguments.threads.unwrap_or(1));
    let options = Options { threads, ..arguments.reading.options() };
    let mut model = Model::from_file(&arguments.file, &options).map_err(|error| show(&error))?;
    match arguments.point {
        Some(point) => model = Simulation::sweep(&model).point(point).map_err(|error| show(&error))?,
        None if model.has_sweep() => return sweep::of_run(arguments, &model),
        None => {}
    }
    let folder = claim(folder(arguments))?;
    let checkpoint = checkpoint::claim(arguments)?;
    if !arguments.showing.quiet {
        diagnostics(model.sources(), model.warnings());
        crowded(threads);
    }
    let waiting = Waiting::new(arguments.showing.quiet, "connecting neurons");
    let made = model.simulation();
    drop(waiting);
    let mut simulation = made.map_err(|error| show(&error))?;
    let out = folder.as_ref().map(ResultsFolder::path);
    checkpoint::begin(&mut simulation, arguments, checkpoint.as_deref(), out)?;
    let name = arguments.file.display().to_string();
    Experiment { name, folder, format, checkpoint, resumed: false, showing: arguments.showing }.run(&model, simulation)
}

/// What recordings are written as, if that can be.
pub(super) fn format(name: FormatName) -> Result<Format, Failed> {
    name.format().map_err(|reason| {
        complain(reason);
        Failed
    })
}

/// What is done with a simulation, from wherever it goes on.
pub(super) struct Experiment {
    /// What the model's file is called.
    pub(super) name: String,
    pub(super) folder: Option<ResultsFolder>,
    pub(super) format: Format,
    /// Where checkpoints are.
    pub(super) checkpoint: Option<PathBuf>,
    /// It goes on from the one that is there; else that is of another run, until one is written.
    pub(super) resumed: bool,
    pub(super) showing: Showing,
}

impl Experiment {
    /// Runs the rest of the script, writes results and says what came of it.
    pub(super) fn run(&self, model: &Model, simulation: Simulation) -> Result<(), Failed> {
        let outcome = self.run_to_results(model, simulation);
        self.checkpoint.iter().for_each(|path| checkpoint::leave(path));
        outcome
    }

    fn run_to_results(&self, model: &Model, mut simulation: Simulation) -> Result<(), Failed> {
        let (quiet, mut own) = (self.showing.quiet, self.resumed);
        let staged = match &self.folder {
            Some(folder) => Some(folder.stage().map_err(|reason| show(&unwritten(folder, reason)))?),
            None => None,
        };
        match (&self.checkpoint, &staged) {
            // Beside the checkpoint, where whoever goes on from it finds them, and may want results.
            (Some(path), _) => simulation.stream_to(checkpoint::recordings(path), Simulation::RECORDED_IN_MEMORY),
            (None, Some(staged)) => simulation.stream_to(staged.spool(), Simulation::RECORDED_IN_MEMORY),
            (None, None) => simulation.discard_recordings(Simulation::RECORDED_IN_MEMORY),
        }
        let foreseen = simulation.foresee_script().map_err(|error| show(&error))?;
        if !quiet {
            diagnostics(&foreseen.sources, &foreseen.warnings);
        }
        interrupt::listen(simulation.stopper());
        let outcome = time_loop(&mut simulation, quiet, &mut own);
        interrupt::writing();
        let mut summary = simulation.summary(&self.name, outcome.as_ref().err());
        let shown = Shown::of(self.showing, staged.is_some());
        // What cannot be drawn is no reason to lose what was recorded.
        let pictures = shown.pictures(&mut simulation, &summary).unwrap_or_else(|error| {
            complain(&format!("there are no pictures: {error}"));
            Vec::new()
        });
        if let (Some(folder), Some(staged)) = (&self.folder, staged) {
            let written = write(&mut simulation, &mut summary, folder, (&staged, own), self.format).and_then(|()| {
                let page = Page { model, summary: &summary, pictures: &pictures };
                if let Err(reason) = shown.write_page(&staged.results(), |out| page.write(out)) {
                    complain(&format!("there is no report: {reason}"));
                }
                staged.publish(&summary).map_err(|reason| show(&unwritten(folder, reason)))
            });
            if let Err(failed) = written {
                self.checkpoint.iter().filter(|_| own).for_each(|path| checkpoint::told(path));
                // Why the run stopped comes behind why nothing can be seen of it.
                return outcome.map_err(|error| show_with(&error, &model.mends(&error))).and(Err(failed));
            }
        }
        // Where nobody reads any more, the run has its end all the same.
        let told = if quiet { Ok(()) } else { self.tell(model, &simulation, &summary, (&shown, &pictures)) };
        self.folder.iter().for_each(|folder| shown.open(folder.path()));
        let checkpoint = self.checkpoint.as_ref().filter(|_| own);
        checkpoint.map_or(Ok(()), |path| checkpoint::end(path, &outcome, quiet))?;
        outcome.map_err(|error| match error {
            Error::Stopped { t } => self.stopped(t),
            other => show_with(&other, &model.mends(&other)),
        })?;
        told
    }

    /// The summary, spikes and rates in the terminal, and where results are.
    fn tell(
        &self,
        model: &Model,
        simulation: &Simulation,
        summary: &Summary,
        (shown, pictures): (&Shown, &[Picture]),
    ) -> Result<(), Failed> {
        print_summary(model, simulation, summary)?;
        shown.in_terminal(pictures)?;
        self.folder.iter().try_for_each(|folder| say(&format!("results in {}", folder.path().display())))
    }

    /// Says where Ctrl-C ended the run, and what is left of it.
    fn stopped(&self, t: f64) -> Failed {
        let left = |folder: &ResultsFolder| format!("; what was recorded until then is in {}", folder.path().display());
        complain(&format!("stopped at t = {}{}", seconds(t), self.folder.as_ref().map(left).unwrap_or_default()));
        Failed
    }
}

/// Takes a folder for results, if there are to be some.
pub(super) fn claim(path: Option<PathBuf>) -> Result<Option<ResultsFolder>, Failed> {
    let folder = path.map(ResultsFolder::claim).transpose();
    folder.map_err(|taken| {
        complain(&taken.to_string());
        Failed
    })
}

/// Writes what was recorded. Where that fails, what lies on disk of it is not thrown away; where a checkpoint was
/// saved, it has that.
fn write(
    simulation: &mut Simulation,
    summary: &mut Summary,
    folder: &ResultsFolder,
    (staged, saved): (&Staged, bool),
    format: Format,
) -> Result<(), Failed> {
    let error = match simulation.write_recordings(&staged.results(), format) {
        Ok(written) => {
            summary.recordings = written;
            return Ok(());
        }
        Err(error) => error,
    };
    let failed = show(&match error {
        Error::File { reason, .. } => unwritten(folder, reason),
        other => other,
    });
    let on_disk = if saved { None } else { simulation.recordings_folder() };
    if let Some(kept) = on_disk.and_then(|folder| staged.keep(&folder).ok().flatten()) {
        let recorded = "what was recorded until then, as far as it had left memory, is kept as NumPy's arrays in";
        complain(&format!("{recorded} {}", kept.display()));
    }
    Err(failed)
}

pub(super) fn unwritten(folder: &ResultsFolder, reason: std::io::Error) -> Error {
    Error::File { path: folder.path().to_owned(), reason }
}

/// Threads meet in every step: more of them than cores wait for each other.
pub(super) fn crowded(threads: usize) {
    let cores = std::thread::available_parallelism().map_or(threads, usize::from);
    if threads > cores {
        let plural = if cores == 1 { "" } else { "s" };
        complain(&format!("{threads} threads on {cores} core{plural} are slower than {cores}"));
    }
}

/// Runs the experiment; `print` statements appear as they are reached. `saved` tells whether a checkpoint was.
fn time_loop(simulation: &mut Simulation, quiet: bool, saved: &mut bool) -> Result<(), Error> {
    let mut bar = Bar::new(quiet);
    let outcome = simulation.run_script(|event| match event {
        rheobase::Event::Progress(progress) => bar.show(&progress),
        rheobase::Event::Print(line) => drop(say(&line)),
        rheobase::Event::Saved(_) => *saved = true,
        rheobase::Event::NotSaved(error) => complain(&format!("no checkpoint was written: {error}")),
    });
    bar.finish();
    outcome
}

fn folder(arguments: &Run) -> Option<PathBuf> {
    if arguments.no_out {
        return None;
    }
    Some(arguments.out.clone().unwrap_or_else(|| usual(&arguments.file, "results")))
}

fn print_summary(model: &Model, simulation: &Simulation, summary: &Summary) -> Result<(), Failed> {
    let seed =
        if model.has_seed() { format!("seed {}", summary.seed) } else { format!("seed {} (drawn)", summary.seed) };
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let usual = summary.precision == Precision::default().name();
    let precision = if usual { String::new() } else { format!(", {}", summary.precision) };
    say(&format!(
        "{}: dt {}, {seed}, {}{precision}, {} thread{}",
        summary.model,
        seconds(summary.dt),
        summary.engine,
        summary.threads,
        plural(summary.threads)
    ))?;
    let rows: Vec<[String; 6]> = rows(simulation, summary);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2), width(3), width(4)];
    for [name, size, method, spikes, rate, cv] in &rows {
        let line = format!(
            "  {name:<0$}  {size:>1$}  {method:<2$}  {spikes:>3$}  {rate:>4$}  {cv}",
            widths[0], widths[1], widths[2], widths[3], widths[4]
        );
        say(line.trim_end())?;
    }
    let factor = summary.biological_s / summary.run_s;
    let speed =
        if summary.biological_s > 0.0 && summary.run_s > 0.0 { format!(" ({})", pace(factor)) } else { String::new() };
    say(&format!(
        "compile {:.1} ms, build {}, run {} for {} of model time{speed}",
        summary.compile_s * 1e3,
        wall(summary.build_s),
        wall(summary.run_s),
        seconds(summary.biological_s),
    ))?;
    let nothing_ran = summary.biological_s == 0.0 && summary.stopped.is_none() && !summary.populations.is_empty();
    if nothing_ran {
        say("nothing was run: write `run 100*ms` at the end of the text, or give --duration 100*ms")?;
    }
    if !model.records() && !nothing_ran {
        let lines = model.recordable();
        if let Some(first) = lines.first() {
            say(&format!("nothing was recorded: write `{first}` at the end of the text{}", others(&lines[1..])))?;
        }
    }
    Ok(())
}

/// The lines beside the first that could be written too.
fn others(lines: &[String]) -> String {
    let words: Vec<String> = lines.iter().take(3).map(|line| format!("`{line}`")).collect();
    if words.is_empty() { String::new() } else { format!(", or {}", words.join(", ")) }
}

/// A line per population and projection: name, size, integrator, spikes, rate, variability of intervals.
fn rows(simulation: &Simulation, summary: &Summary) -> Vec<[String; 6]> {
    let method = |name: &str| {
        let found = summary.integrators.iter().find(|(of, _)| of == name);
        found.map(|(_, method)| method.clone()).unwrap_or_default()
    };
    let mut rows = Vec::new();
    for name in simulation.objects() {
        if let Some((_, population)) = summary.populations.iter().find(|(of, _)| *of == name) {
            let size = format!(
                "{} neuron{}",
                units::grouped(population.size.into()),
                if population.size == 1 { "" } else { "s" }
            );
            let count = |spikes: u64| format!("{} spike{}", units::grouped(spikes), if spikes == 1 { "" } else { "s" });
            let spikes = population.spikes.map(count).unwrap_or_default();
            let rate = population.rate_hz.map(|rate| format!("{rate:.2} Hz")).unwrap_or_default();
            rows.push([name.clone(), size, method(&name), spikes, rate, variability(summary, &name)]);
        } else if let Some((_, synapses)) = summary.synapses.iter().find(|(of, _)| *of == name) {
            let size = format!("{} synapse{}", units::grouped(*synapses), if *synapses == 1 { "" } else { "s" });
            rows.push([name.clone(), size, method(&name), String::new(), String::new(), String::new()]);
        }
    }
    rows
}

/// The mean coefficient of variation of a population's intervals, where its spikes are recorded.
fn variability(summary: &Summary, population: &str) -> String {
    let recorded = format!("{population}.spikes");
    let found = summary.spike_trains.iter().find(|(name, _)| *name == recorded);
    found.and_then(|(_, trains)| trains.mean_cv).map(|cv| format!("CV {cv:.2}")).unwrap_or_default()
}

/// A time of the model, as people write it.
fn seconds(time: f64) -> String {
    units::quantity(time, units::Dimension::SECOND)
}

pub(super) fn wall(seconds: f64) -> String {
    if seconds < 1.0 { format!("{:.1} ms", seconds * 1e3) } else { format!("{seconds:.2} s") }
}
