//! `rheobase run`: the whole experiment, its summary, its results folder.

use super::Failed;
use super::args::{FormatName, Run};
use super::progress::Bar;
use super::terminal::{complain, diagnostics, say, show};
use rheobase::output::{Format, ResultsFolder, Summary, Table, pace, write_folder_with};
use rheobase::page::Page;
use rheobase::pictures::{self, About, Kind, Picture, Sketch};
use rheobase::{Error, Model, Options, Simulation, units};
use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// The report in a results folder.
const REPORT: &str = "report.html";

/// Pictures in a terminal are no wider than this, however wide it is: longer lines are not read [columns].
const WIDEST: usize = 120;

/// As wide as pictures are where no terminal says its width [columns].
const USUAL_WIDTH: usize = 80;

pub(super) fn run(arguments: &Run) -> Result<(), Failed> {
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
    let mut simulation = model.simulation().map_err(|error| show(&error))?;
    let outcome = time_loop(&mut simulation, arguments.quiet);
    let summary = simulation.summary(&arguments.file.display().to_string(), outcome.as_ref().err());
    let reported = folder.is_some() && !arguments.quiet && !arguments.no_report;
    let watched = !arguments.quiet && (arguments.plot || io::stdout().is_terminal());
    let connections = if reported { simulation.connections() } else { Vec::new() };
    let tables = simulation.tables();
    let drawn = if reported || watched { drawn(&tables, &summary, connections) } else { Vec::new() };
    if let Some(folder) = &folder {
        let page = Page { model: &model, summary: &summary, pictures: &drawn };
        let write_page = |staged: &Path| if reported { write_page(&page, &staged.join(REPORT)) } else { Ok(()) };
        write_folder_with(folder, &tables, summary.clone(), format(arguments.format), write_page)
            .map_err(|reason| show(&Error::File { path: folder.path().to_owned(), reason }))?;
    }
    drop(tables);
    if !arguments.quiet {
        print_summary(&model, &simulation, &summary)?;
        if watched {
            show_pictures(&drawn)?;
        }
        if let Some(folder) = &folder {
            say(&format!("results in {}", folder.path().display()))?;
        }
    }
    if let Some(folder) = folder.filter(|_| arguments.open) {
        open_page(&folder.path().join(REPORT));
    }
    outcome.map_err(|error| show(&error))
}

fn format(name: FormatName) -> Format {
    match name {
        FormatName::Csv => Format::Csv,
        FormatName::Npz => Format::Npz,
    }
}

/// Everything recorded, as pictures.
fn drawn(tables: &[(String, Table<'_>)], summary: &Summary, connections: Vec<Picture>) -> Vec<Picture> {
    let about = About::of(summary);
    let sketch = |(name, table): &(String, Table<'_>)| {
        let mut sketch = Sketch::new(name, &about);
        sketch.add(table);
        sketch
    };
    pictures::all(tables.iter().map(sketch), connections)
}

fn write_page(page: &Page<'_>, path: &Path) -> io::Result<()> {
    let mut out = io::BufWriter::with_capacity(1 << 16, File::create(path)?);
    page.write(&mut out)?;
    out.flush()
}

/// The report in the browser; a machine without one is no reason to fail, since the report is there.
fn open_page(path: &Path) {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    if let Err(reason) = open::that_detached(&path) {
        complain(&format!("no browser could be started ({reason}); the report is {}", path.display()));
    }
}

/// Spikes and rates in characters, as wide as the terminal.
fn show_pictures(pictures: &[Picture]) -> Result<(), Failed> {
    let terminal = terminal_size::terminal_size().map_or(USUAL_WIDTH, |(width, _)| usize::from(width.0));
    let width = terminal.min(WIDEST);
    for kind in [Kind::Raster, Kind::Rates] {
        // One of each is a glance; the report has all.
        let first = pictures.iter().find(|picture| picture.kind == kind);
        if let Some(text) = first.and_then(|picture| pictures::characters(picture, width)) {
            say(&format!("\n{}", text.trim_end()))?;
        }
    }
    if pictures.iter().any(|picture| matches!(picture.kind, Kind::Raster | Kind::Rates)) { say("") } else { Ok(()) }
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

fn wall(seconds: f64) -> String {
    if seconds < 1.0 { format!("{:.1} ms", seconds * 1e3) } else { format!("{seconds:.2} s") }
}
