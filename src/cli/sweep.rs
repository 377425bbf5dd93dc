//! `rheobase sweep`: an experiment at many points, its table, its folder. `rheobase run` comes here with a text that has a `sweep`.

use super::args::{FormatName, Run, SeedsName, Showing, Sweep as Asked, usual};
use super::progress::Bar;
use super::run::{claim, format, unwritten, wall};
use super::shown::Shown;
use super::terminal::{complain, diagnostics, say, show};
use super::{Failed, interrupt};
use clap::ValueEnum;
use rheobase::output::{Format, ResultsFolder};
use rheobase::page::{Measured, Point, SweepPage};
use rheobase::pictures::{Picture, Swept, Varied, swept};
use rheobase::{Model, Seeds, Simulation, Sweep, SweepColumn, SweepEvent, SweepPoint, SweepTable, units};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub(super) fn sweep(arguments: &Asked) -> Result<(), Failed> {
    let format = format(arguments.format)?;
    let model = Model::from_file(&arguments.file, &arguments.reading.options()).map_err(|error| show(&error))?;
    let mut sweep = Simulation::sweep(&model);
    for (name, values) in &arguments.vary {
        sweep = sweep.vary(name, values);
    }
    for measure in &arguments.report {
        sweep = sweep.report(measure);
    }
    if let Some(seeds) = arguments.seeds {
        sweep = sweep.seeds(match seeds {
            SeedsName::Alike => Seeds::Alike,
            SeedsName::Apart => Seeds::Apart,
        });
    }
    let out = (!arguments.no_out).then(|| arguments.out.clone().unwrap_or_else(|| usual(&arguments.file, "sweep")));
    let more = more(arguments.out.as_deref(), arguments.threads, arguments.format);
    let asked = Where { file: &arguments.file, out, resume: arguments.resume, more };
    run(sweep, &asked, arguments.threads, format, arguments.showing)
}

/// What `rheobase run` was asked for, of a text that has a sweep.
pub(super) fn of_run(arguments: &Run, model: &Model) -> Result<(), Failed> {
    if arguments.checkpoint.is_some() {
        complain("a sweep keeps its points as they are done, and writes no checkpoints: leave --checkpoint out");
        return Err(Failed);
    }
    let format = format(arguments.format)?;
    let out = (!arguments.no_out).then(|| arguments.out.clone().unwrap_or_else(|| usual(&arguments.file, "sweep")));
    let more = more(arguments.out.as_deref(), arguments.threads, arguments.format);
    let asked = Where { file: &arguments.file, out, resume: false, more };
    run(Simulation::sweep(model), &asked, arguments.threads, format, arguments.showing)
}

/// Where things are.
struct Where<'a> {
    file: &'a Path,
    /// Where the table goes.
    out: Option<PathBuf>,
    /// Whether the points that were done before are taken as they are.
    resume: bool,
    /// Options that the command which goes on needs beside those of the sweep.
    more: Vec<(&'static str, String)>,
}

impl Where<'_> {
    fn to_resume(&self, sweep: &Sweep) -> String {
        sweep.command_to_resume(&self.file.display().to_string(), &self.more)
    }
}

/// What was given of where results go and how points are run.
fn more(out: Option<&Path>, threads: Option<u16>, format: FormatName) -> Vec<(&'static str, String)> {
    let out = out.map(|out| ("--out", out.display().to_string()));
    let threads = threads.map(|threads| ("--threads", threads.to_string()));
    let format = (format != FormatName::Csv).then(|| format.to_possible_value()).flatten();
    let format = format.map(|format| ("--format", format.get_name().to_owned()));
    out.into_iter().chain(threads).chain(format).collect()
}

fn run(
    mut sweep: Sweep,
    places: &Where<'_>,
    threads: Option<u16>,
    format: Format,
    showing: Showing,
) -> Result<(), Failed> {
    let quiet = showing.quiet;
    let folder = claim(places.out.clone())?;
    let log = folder.as_ref().map(|folder| log_beside(folder.path()));
    sweep = sweep.threads(threads.map_or(0, usize::from));
    if let Some(log) = &log {
        sweep = logged(sweep, log, places)?;
    }
    interrupt::listen(sweep.stopper());
    let started = Instant::now();
    let table = with_bar(&sweep, quiet).map_err(|error| show(&error))?;
    interrupt::writing();
    let took = started.elapsed();
    let stopped = table.points.len() < table.size();
    let name = places.file.display().to_string();
    let shown = Shown::of(showing, folder.is_some());
    let pictures = if shown.draws() { pictures(&table) } else { Vec::new() };
    if let Some(folder) = &folder {
        write(&name, &table, (&sweep, took), (folder, format), (&shown, &pictures))?;
    }
    if let Some(log) = log.as_ref().filter(|_| !stopped) {
        fs::remove_file(log).map_err(|reason| show(&rheobase::Error::File { path: log.clone(), reason }))?;
    }
    if !quiet {
        tell(&name, &table, took, &sweep)?;
        shown.in_terminal(&pictures)?;
        folder.iter().try_for_each(|folder| say(&format!("results in {}", folder.path().display())))?;
    }
    folder.iter().for_each(|folder| shown.open(folder.path()));
    failures(&table);
    if stopped {
        let left = log.map(|log| format!("; those that are done are kept in {}", log.display()));
        let (done, size) = (table.points.len(), table.size());
        complain(&format!("stopped after {done} of {size} points{}", left.as_deref().unwrap_or_default()));
        if left.is_some() {
            complain(&format!("go on with the others by `{}`", places.to_resume(&sweep)));
        }
        return Err(Failed);
    }
    if table.failures().next().is_some() { Err(Failed) } else { Ok(()) }
}

/// `m.sweep.points`, beside the folder that comes out.
fn log_beside(folder: &Path) -> PathBuf {
    folder.with_added_extension("points")
}

/// Has the points that are done logged; what is there already is not lost.
fn logged(sweep: Sweep, log: &Path, places: &Where<'_>) -> Result<Sweep, Failed> {
    let path = log.display();
    match Sweep::is_log(log) {
        None if places.resume => {
            complain(&format!("there is no {path}: nothing is left of an earlier sweep to go on with"));
            Err(Failed)
        }
        None => Ok(sweep.log_to(log)),
        Some(_) if places.resume => Ok(sweep.resume(log)),
        Some(true) => {
            complain(&format!("{path} holds points of a sweep that was interrupted, or that another program runs now"));
            complain(&format!("go on with it by `{}`, or remove it to begin anew", places.to_resume(&sweep)));
            Err(Failed)
        }
        Some(false) => {
            complain(&format!(
                "{path} does not hold the points of a sweep, so it is not replaced; choose another --out"
            ));
            Err(Failed)
        }
    }
}

/// Runs it; what points print appears as it is reached.
fn with_bar(sweep: &Sweep, quiet: bool) -> Result<SweepTable, rheobase::Error> {
    let mut bar = Bar::new(quiet);
    let (mut done, mut points, mut planned) = (0, 0, false);
    let table = sweep.run(|event| match event {
        SweepEvent::Begun { done: before, points: all } => (done, points) = (before, all),
        SweepEvent::Planning { done, points } => bar.show_planned(done, points),
        SweepEvent::Planned { warnings, sources } => {
            bar.finish();
            if !quiet {
                diagnostics(sources, warnings);
            }
            planned = true;
            bar.show_points(done, points);
        }
        SweepEvent::Print { point, line } => drop(say(&format!("point {point}: {line}"))),
        SweepEvent::Done(_) => {
            done += 1;
            if planned {
                bar.show_points(done, points);
            }
        }
    });
    bar.finish();
    table
}

fn write(
    name: &str,
    table: &SweepTable,
    (sweep, took): (&Sweep, Duration),
    (folder, format): (&ResultsFolder, Format),
    (shown, pictures): (&Shown, &[Picture]),
) -> Result<(), Failed> {
    let failed = |reason| show(&unwritten(folder, reason));
    let staged = folder.stage().map_err(failed)?;
    let file = table.write(&staged.results(), format).map_err(failed)?;
    let written = shown.write_page(&staged.results(), |out| {
        let (columns, command) = (Columns::of(table), sweep.command(name, table));
        let page = SweepPage {
            model: sweep.model(),
            name,
            axes: &columns.axes(table),
            measures: &columns.measures(table),
            points: &points(table),
            pictures,
            warnings: &table.warnings,
            sources: &table.sources,
            took: took.as_secs_f64(),
            command: &command,
            table: &file,
        };
        page.write(out)
    });
    if let Err(reason) = written {
        complain(&format!("there is no report: {reason}"));
    }
    let summary = table.summary(name, sweep, took, file);
    staged.publish(&summary).map_err(failed)
}

/// Units of a table's columns, as pictures and pages take them.
struct Columns {
    axes: Vec<String>,
    measures: Vec<String>,
}

impl Columns {
    fn of(table: &SweepTable) -> Self {
        let units = |columns: &[SweepColumn]| columns.iter().map(|column| column.dimension.to_string()).collect();
        Self { axes: units(&table.axes), measures: units(&table.measures) }
    }

    fn axes<'a>(&'a self, table: &'a SweepTable) -> Vec<Varied<'a>> {
        let axes = table.axes.iter().zip(&table.values).zip(&self.axes);
        axes.map(|((axis, values), unit)| Varied { name: &axis.name, unit, values }).collect()
    }

    fn measures<'a>(&'a self, table: &'a SweepTable) -> Vec<Measured<'a>> {
        let measures = table.measures.iter().zip(&self.measures);
        measures.map(|(measure, unit)| Measured { measure: &measure.name, unit }).collect()
    }
}

fn points(table: &SweepTable) -> Vec<Point<'_>> {
    let rows = table.points.iter();
    rows.map(|SweepPoint { number, values, seed, outcome }| Point {
        number: *number,
        values,
        seed: *seed,
        outcome: outcome.as_deref().map_err(String::as_str),
    })
    .collect()
}

/// Every measure over what was varied.
fn pictures(table: &SweepTable) -> Vec<Picture> {
    let columns = Columns::of(table);
    let axes = columns.axes(table);
    let measures = columns.measures(table);
    let values: Vec<Vec<Option<f64>>> = (0..measures.len()).map(|place| table.measured(place)).collect();
    let of = measures.iter().zip(&values);
    let all = of.map(|(of, values)| Swept { measure: of.measure, unit: of.unit, axes: &axes, values });
    swept(all).into_iter().map(|(_, picture)| picture).collect()
}

/// What was varied and what came of it, in a line each.
fn tell(name: &str, table: &SweepTable, took: Duration, sweep: &Sweep) -> Result<(), Failed> {
    let seeds = match table.seeds {
        _ if table.axes.iter().any(|axis| axis.name == "seed") => String::new(),
        Seeds::Alike => format!(", seed {}", table.seed),
        Seeds::Apart => format!(", seeds from {}", table.seed),
    };
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let (points, compiled) = (table.points.len(), table.compiled);
    say(&format!("{name}: {} point{}{seeds}", units::grouped(points as u64), plural(points)))?;
    let names = table.axes.iter().chain(&table.measures).map(|column| column.name.chars().count());
    let width = names.max().unwrap_or(0);
    for (axis, values) in table.axes.iter().zip(&table.values) {
        let (count, values) = (values.len(), range(values, axis.dimension));
        say(&format!("  {:<width$}  {values} ({count} value{})", axis.name, plural(count)))?;
    }
    for (place, measure) in table.measures.iter().enumerate() {
        let measured = table.measured(place).into_iter().flatten();
        let finite: Vec<f64> = measured.filter(|value| value.is_finite()).collect();
        say(&format!("  {:<width$}  {}", measure.name, range(&finite, measure.dimension)))?;
    }
    if table.unrecorded > 0 {
        let are = if table.unrecorded == 1 { "recording of the text is" } else { "recordings of the text are" };
        let sound = table.points.iter().find(|point| point.outcome.is_ok());
        let command = sound.and_then(|point| sweep.command_of_point(name, table, point.number));
        let hint = command.map(|command| {
            let which = if command.contains(" --point 0") { "the first" } else { "one" };
            format!("; {which} point with them: {command}")
        });
        say(&format!("{} {are} not made by a sweep{}", table.unrecorded, hint.unwrap_or_default()))?;
    }
    say(&format!("compiled {compiled} time{}, run in {}", plural(compiled), wall(took.as_secs_f64())))
}

/// From where to where values go.
fn range(values: &[f64], dimension: units::Dimension) -> String {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    match values {
        [] => "no value".to_owned(),
        _ if least == largest => units::quantity(least, dimension),
        _ => format!("{} to {}", units::quantity(least, dimension), units::quantity(largest, dimension)),
    }
}

/// Points that have failed: of every kind of reason the first point, with what mends it, and how many others.
fn failures(table: &SweepTable) {
    let mut kinds: Vec<(String, usize, &SweepPoint, &str)> = Vec::new();
    for (point, reason) in table.failures() {
        let kind = kind_of(reason);
        match kinds.iter_mut().find(|(other, ..)| *other == kind) {
            Some((_, count, ..)) => *count += 1,
            None => kinds.push((kind, 1, point, reason)),
        }
    }
    let all: usize = kinds.iter().map(|(_, count, ..)| count).sum();
    for (place, (_, count, point, reason)) in kinds.iter().take(MOST_KINDS).enumerate() {
        let (points, have) = if *count == 1 { ("point", "has") } else { ("points", "have") };
        let of = if place == 0 { format!("{points} of {}", table.size()) } else { points.to_owned() };
        let at = format!("point {} ({})", point.number, set(table, &point.values));
        complain(&format!("{count} {of} {have} failed; {at}:"));
        reason.lines().for_each(complain);
    }
    if all > 1 {
        complain("summary.json has all of them");
    }
}

/// More kinds of reasons than this are not read by anyone.
const MOST_KINDS: usize = 5;

/// What reasons of one kind have in common: codes and places, or the words without the numbers among them.
fn kind_of(reason: &str) -> String {
    let told = reason.lines().filter(|line| !line.starts_with("help: "));
    let kind =
        |line: &str| match line.split_once(": error[").and_then(|(place, rest)| Some((place, rest.split_once(']')?.0)))
        {
            Some((place, code)) => format!("{place} {code}"),
            None => line.split(' ').filter(|word| !word.starts_with(|first: char| first.is_ascii_digit())).collect(),
        };
    told.map(kind).collect::<Vec<_>>().join("\n")
}

/// `tau = 1 ms, w = 0.5`
fn set(table: &SweepTable, values: &[f64]) -> String {
    let named = table.axes.iter().zip(values);
    let words: Vec<String> =
        named.map(|(axis, value)| format!("{} = {}", axis.name, units::quantity(*value, axis.dimension))).collect();
    words.join(", ")
}
