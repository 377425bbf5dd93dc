//! `rheobase run`: the whole experiment, its summary, its results folder.

use super::Failed;
use super::args::Run;
use super::progress::Bar;
use super::terminal::{complain, diagnostics, say, show};
use rheobase::output::{Format, ResultsFolder, Staged, Summary};
use rheobase::{Error, Model, Options, Simulation, units};
use std::path::PathBuf;

pub(super) fn run(arguments: &Run) -> Result<(), Failed> {
    let format = arguments.format.format().map_err(|reason| {
        complain(reason);
        Failed
    })?;
    let folder = match folder(arguments) {
        Some(path) => Some(ResultsFolder::claim(path).map_err(|taken| {
            complain(&taken.to_string());
            Failed
        })?),
        None => None,
    };
    let options = Options { threads: usize::from(arguments.threads), ..arguments.reading.options() };
    let model = Model::from_file(&arguments.file, &options).map_err(|error| show(&error))?;
    if !arguments.quiet {
        diagnostics(model.sources(), model.warnings());
    }
    if !arguments.quiet {
        crowded(usize::from(arguments.threads));
    }
    let staged = match &folder {
        Some(folder) => Some(folder.stage().map_err(|reason| show(&unwritten(folder, reason)))?),
        None => None,
    };
    let mut simulation = model.simulation().map_err(|error| show(&error))?;
    match &staged {
        Some(staged) => simulation.stream_to(staged.spool(), Simulation::RECORDED_IN_MEMORY),
        None => simulation.discard_recordings(Simulation::RECORDED_IN_MEMORY),
    }
    let outcome = time_loop(&mut simulation, arguments.quiet);
    let mut summary = simulation.summary(&arguments.file.display().to_string(), outcome.as_ref().err());
    if let (Some(folder), Some(staged)) = (&folder, staged)
        && let Err(failed) = write(&mut simulation, &mut summary, folder, staged, format)
    {
        // Why the run stopped comes behind why nothing can be seen of it.
        return outcome.map_err(|error| show(&error)).and(Err(failed));
    }
    if !arguments.quiet {
        print_summary(&model, &simulation, &summary)?;
        if let Some(folder) = &folder {
            say(&format!("results in {}", folder.path().display()))?;
        }
    }
    outcome.map_err(|error| show(&error))
}

/// Writes what was recorded. Where that fails, what lies on disk of it is not thrown away.
fn write(
    simulation: &mut Simulation,
    summary: &mut Summary,
    folder: &ResultsFolder,
    staged: Staged,
    format: Format,
) -> Result<(), Failed> {
    match simulation.write_recordings(&staged.results(), format) {
        Ok(written) => {
            summary.recordings = written;
            staged.publish(summary).map_err(|reason| show(&unwritten(folder, reason)))
        }
        Err(error) => {
            let failed = show(&match error {
                Error::File { reason, .. } => unwritten(folder, reason),
                other => other,
            });
            if let Ok(Some(kept)) = staged.keep_spool() {
                let recorded =
                    "what was recorded until then, as far as it had left memory, is kept as NumPy's arrays in";
                complain(&format!("{recorded} {}", kept.display()));
            }
            Err(failed)
        }
    }
}

fn unwritten(folder: &ResultsFolder, reason: std::io::Error) -> Error {
    Error::File { path: folder.path().to_owned(), reason }
}

/// Threads meet in every step: more of them than cores wait for each other.
fn crowded(threads: usize) {
    let cores = std::thread::available_parallelism().map_or(threads, usize::from);
    if threads > cores {
        let plural = if cores == 1 { "" } else { "s" };
        complain(&format!("{threads} threads on {cores} core{plural} are slower than {cores}"));
    }
}

/// Runs the experiment; `print` statements appear as they are reached.
fn time_loop(simulation: &mut Simulation, quiet: bool) -> Result<(), Error> {
    let mut bar = Bar::new(quiet);
    let outcome = simulation.run_script(|event| match event {
        rheobase::Event::Progress(progress) => bar.show(&progress),
        rheobase::Event::Print(line) => drop(say(&line)),
    });
    bar.finish();
    outcome
}

fn folder(arguments: &Run) -> Option<PathBuf> {
    if arguments.no_out {
        return None;
    }
    let stem = || arguments.file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    Some(arguments.out.clone().unwrap_or_else(|| PathBuf::from(format!("{}.results", stem()))))
}

fn print_summary(model: &Model, simulation: &Simulation, summary: &Summary) -> Result<(), Failed> {
    let seed =
        if model.has_seed() { format!("seed {}", summary.seed) } else { format!("seed {} (drawn)", summary.seed) };
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    say(&format!(
        "{}: dt {}, {seed}, {}, {} thread{}",
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
    Ok(())
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
            let size =
                format!("{} neuron{}", grouped(population.size.into()), if population.size == 1 { "" } else { "s" });
            let count = |spikes: u64| format!("{} spike{}", grouped(spikes), if spikes == 1 { "" } else { "s" });
            let spikes = population.spikes.map(count).unwrap_or_default();
            let rate = population.rate_hz.map(|rate| format!("{rate:.2} Hz")).unwrap_or_default();
            rows.push([name.clone(), size, method(&name), spikes, rate, variability(summary, &name)]);
        } else if let Some((_, synapses)) = summary.synapses.iter().find(|(of, _)| *of == name) {
            let size = format!("{} synapse{}", grouped(*synapses), if *synapses == 1 { "" } else { "s" });
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

/// `1,234,567`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A time of the model, as people write it.
fn seconds(time: f64) -> String {
    units::quantity(time, units::Dimension::SECOND)
}

fn wall(seconds: f64) -> String {
    if seconds < 1.0 { format!("{:.1} ms", seconds * 1e3) } else { format!("{seconds:.2} s") }
}

/// The run against the time it stands for.
pub(super) fn pace(factor: f64) -> String {
    let number = |factor: f64| if factor >= 10.0 { format!("{factor:.0}") } else { format!("{factor:.1}") };
    if factor >= 1.0 {
        format!("{} x faster than real time", number(factor))
    } else {
        format!("{} x slower than real time", number(factor.recip()))
    }
}

#[cfg(test)]
mod tests {
    use super::{grouped, pace};

    #[test]
    fn paces_say_which_is_faster() {
        let rows = [
            (13.2, "13 x faster than real time"),
            (2.71, "2.7 x faster than real time"),
            (1.0, "1.0 x faster than real time"),
            (0.37, "2.7 x slower than real time"),
            (0.015, "67 x slower than real time"),
        ];
        for (factor, text) in rows {
            assert_eq!(pace(factor), text);
        }
    }

    #[test]
    fn thousands_are_grouped() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }
}
