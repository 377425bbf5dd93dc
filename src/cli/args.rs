//! What can be typed: the commands and their options, exactly as given.

use clap::{Args, Parser, Subcommand, ValueEnum};
use rheobase::{Options, Quantity};
use std::path::PathBuf;

/// As the library has it, for the parser of arguments.
const MOST_THREADS: i64 = Options::MOST_THREADS as i64;

/// Spiking neural networks from equations to native code in milliseconds.
#[derive(Debug, Parser)]
#[command(name = "rheobase", version, max_term_width = 100, arg_required_else_help = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run an experiment and write what it records
    Run(Run),
    /// Draw what a run recorded, as SVG or PNG
    Plot(Plot),
    /// Look for mistakes without running; exit code 1 where there are any
    Check(Check),
    /// Show which integrator each group of equations got, and why; or any stage of the compiler
    Explain(Explain),
    /// Lay out model files the same way everywhere
    Fmt(Fmt),
    /// Write a starter model with comments
    New(New),
}

/// How a model is read and compiled: common to all commands that do.
#[derive(Debug, Args)]
pub(super) struct Reading {
    /// Give a constant of the model another value, as in --set taum=10*ms
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = assignment)]
    pub(super) set: Vec<(String, String)>,
    /// The time step, as in 0.05*ms
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = time)]
    pub(super) dt: Option<String>,
    /// How long to run in all, as in 2*second: later runs of the file are cut, or the last one made longer
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = time)]
    pub(super) duration: Option<String>,
    /// The seed of all random numbers
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    pub(super) seed: Option<u64>,
    /// Run step programs as machine code, or interpret them (same results, slower)
    #[arg(long, value_enum, default_value_t = EngineName::Jit)]
    pub(super) engine: EngineName,
    /// Use all this processor offers, or what every processor of its kind has (results that repeat elsewhere)
    #[arg(long, value_enum, default_value_t = CpuName::Host)]
    pub(super) cpu: CpuName,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum EngineName {
    Jit,
    Interpreter,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CpuName {
    Host,
    Baseline,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FormatName {
    Csv,
    Npz,
}

#[derive(Debug, Args)]
pub(super) struct Run {
    /// The model
    #[arg(value_name = "MODEL.rheo")]
    pub(super) file: PathBuf,
    #[command(flatten)]
    pub(super) reading: Reading,
    /// How many threads share the time loop, 1 to 256; results do not depend on it
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS))]
    pub(super) threads: u16,
    /// Where results go [default: MODEL.results in the current folder]
    #[arg(long, value_name = "DIR", conflicts_with = "no_out")]
    pub(super) out: Option<PathBuf>,
    /// Write no results
    #[arg(long)]
    pub(super) no_out: bool,
    /// What recordings are written as
    #[arg(long, value_enum, default_value_t = FormatName::Csv)]
    pub(super) format: FormatName,
    /// Write no report.html
    #[arg(long)]
    pub(super) no_report: bool,
    /// Open the report in the browser when the run has ended
    #[arg(long, conflicts_with_all = ["no_out", "no_report", "quiet"])]
    pub(super) open: bool,
    /// Show spikes and rates in the terminal even where none watches
    #[arg(long, conflicts_with = "quiet")]
    pub(super) plot: bool,
    /// Print nothing but errors, and write no report
    #[arg(long, short)]
    pub(super) quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum KindName {
    /// Spikes by time and neuron
    Raster,
    /// Spikes per neuron and second, as they are and smoothed
    Rates,
    /// Values over time
    Traces,
    /// Values of synapses: their course and how they are distributed
    Weights,
    /// How values are distributed at the end
    Histograms,
    /// Who is connected to whom
    Connectivity,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PictureFormat {
    Svg,
    Png,
}

#[derive(Debug, Args)]
pub(super) struct Plot {
    /// What a run left: MODEL.results
    #[arg(value_name = "RESULTS")]
    pub(super) folder: PathBuf,
    /// What to draw [default: all there is]
    #[arg(long, value_enum)]
    pub(super) kind: Vec<KindName>,
    /// What pictures are written as
    #[arg(long, value_enum, default_value_t = PictureFormat::Svg)]
    pub(super) format: PictureFormat,
    /// Where pictures go: a folder, or a file where one picture is asked for [default: the folder of the results]
    #[arg(long, value_name = "PATH")]
    pub(super) out: Option<PathBuf>,
    /// How large pictures are, in pixels
    #[arg(long, value_name = "WIDTHxHEIGHT", default_value = "900x480", value_parser = size)]
    pub(super) size: (u32, u32),
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// The models
    #[arg(value_name = "MODEL.rheo", required = true)]
    pub(super) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) reading: Reading,
    /// One line for each diagnostic: file:line:column: error[code]: message
    #[arg(long)]
    pub(super) short: bool,
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The model
    #[arg(value_name = "MODEL.rheo")]
    pub(super) file: PathBuf,
    #[command(flatten)]
    pub(super) reading: Reading,
    /// Show a stage of the compiler instead
    #[arg(long, value_enum)]
    pub(super) emit: Option<Stage>,
    /// Show how long each pass took
    #[arg(long)]
    pub(super) timings: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Stage {
    /// The syntax tree
    Ast,
    /// The resolved network, in SI units
    Ir,
    /// The step programs
    Steps,
    /// Cranelift's intermediate code
    Clif,
    /// Machine code
    Asm,
}

#[derive(Debug, Args)]
pub(super) struct Fmt {
    /// The models
    #[arg(value_name = "MODEL.rheo", required = true)]
    pub(super) files: Vec<PathBuf>,
    /// Change nothing; exit code 1 where a file is laid out otherwise
    #[arg(long)]
    pub(super) check: bool,
}

#[derive(Debug, Args)]
pub(super) struct New {
    /// The file to write
    #[arg(value_name = "MODEL.rheo")]
    pub(super) file: PathBuf,
}

/// A time as it is written, refused if it is one and not above 0; what is no time at all is told with the model's mistakes.
fn time(text: &str) -> Result<String, String> {
    let seconds = text.parse::<Quantity>().and_then(|time| time.in_units("second"));
    match seconds {
        Ok(seconds) if seconds <= 0.0 || !seconds.is_finite() => Err("write a time above 0, as 0.1*ms".to_owned()),
        _ => Ok(text.to_owned()),
    }
}

/// `900x480`, each side long enough for axes and short enough for memory.
fn size(text: &str) -> Result<(u32, u32), String> {
    let wrong = || "write it as WIDTHxHEIGHT in pixels, for example 900x480, from 300x200 to 8000x8000".to_owned();
    let (width, height) = text.split_once('x').ok_or_else(wrong)?;
    let (width, height) = (width.parse().map_err(|_| wrong())?, height.parse().map_err(|_| wrong())?);
    let fits = (300..=8000).contains(&width) && (200..=8000).contains(&height);
    if fits { Ok((width, height)) } else { Err(wrong()) }
}

fn assignment(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE, for example taum=10*ms")?;
    let (name, value) = (name.trim(), value.trim());
    if name.is_empty() || value.is_empty() {
        return Err("write it as NAME=VALUE, for example taum=10*ms".to_owned());
    }
    Ok((name.to_owned(), value.to_owned()))
}
