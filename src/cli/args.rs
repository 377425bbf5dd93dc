//! What can be typed: the commands and their options, exactly as given.

use clap::{Args, Parser, Subcommand, ValueEnum};
use rheobase::output::Format;
use rheobase::{Options, Quantity};
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// As the library has it, for the parser of arguments.
const MOST_THREADS: i64 = Options::MOST_THREADS as i64;

/// Spiking neural networks from equations to native code in milliseconds.
#[derive(Debug, Parser)]
#[command(name = "rheobase", version, max_term_width = 100, arg_required_else_help = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
    #[command(flatten)]
    pub(super) telling: Telling,
}

/// How mistakes are told: common to all commands.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Telling {
    /// Whether what is wrong is told in colours; NO_COLOR counts where it is set
    #[arg(long, global = true, value_enum, default_value_t = ColorName::Auto, value_name = "WHEN")]
    pub(super) color: ColorName,
    /// With the lines they are about; as file:line:column: error[code]: message; or each as an object of JSON on a line
    #[arg(long, global = true, value_enum, default_value_t = MessageFormat::Text, value_name = "FORMAT")]
    pub(super) message_format: MessageFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorName {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum MessageFormat {
    Text,
    Short,
    Json,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run an experiment and write what it records
    Run(Run),
    /// Go on with an experiment where its last checkpoint is, to the same results
    Resume(Resume),
    /// Run an experiment at many values of its constants, and write a table of what is measured at each
    Sweep(Sweep),
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
    /// Hold the state of neurons and synapses in floats of 64 or of 32 bits
    #[arg(long, value_enum, default_value_t = PrecisionName::F64)]
    pub(super) precision: PrecisionName,
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
pub(super) enum PrecisionName {
    F64,
    F32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
pub(super) enum FormatName {
    /// Text, with units in the first line
    Csv,
    /// NumPy's arrays in an archive for each recording
    Npz,
    /// NumPy's arrays in a folder for each recording, which can be mapped into memory
    Npy,
    /// Apache Parquet, for pandas, polars, DuckDB and others
    Parquet,
    #[value(hide = true, alias = "feather")]
    Arrow,
    #[value(hide = true, alias = "h5")]
    Hdf5,
    #[value(hide = true)]
    Nwb,
}

impl FormatName {
    /// What the library calls it; else why it cannot be written, and what can.
    pub(super) fn format(self) -> Result<Format, &'static str> {
        match self {
            Self::Csv => Ok(Format::Csv),
            Self::Npz => Ok(Format::Npz),
            Self::Npy => Ok(Format::Npy),
            #[cfg(feature = "parquet")]
            Self::Parquet => Ok(Format::Parquet),
            #[cfg(not(feature = "parquet"))]
            Self::Parquet => {
                Err("this program was built without Parquet: build it with the feature `parquet`, or take \
                                  --format npz")
            }
            Self::Arrow => Err("Arrow's files are not written; --format parquet is read by the same programs"),
            Self::Hdf5 => Err("HDF5 is not written: --format npz holds the same arrays, and h5py takes them over"),
            Self::Nwb => {
                Err("NWB is not written: pynwb takes over the arrays of --format npz, with what only you know \
                              of the experiment")
            }
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Run {
    /// The model
    #[arg(value_name = "MODEL.rheo")]
    pub(super) file: PathBuf,
    #[command(flatten)]
    pub(super) reading: Reading,
    /// Of a file with a sweep, run this point alone, with all that the file records
    #[arg(long, value_name = "NUMBER", conflicts_with = "checkpoint")]
    pub(super) point: Option<usize>,
    /// How many threads share the time loop, 1 to 256; results do not depend on it [default: 1]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS))]
    pub(super) threads: Option<u16>,
    /// Where results go [default: MODEL.results in the current folder]
    #[arg(long, value_name = "DIR", conflicts_with = "no_out")]
    pub(super) out: Option<PathBuf>,
    /// Write no results
    #[arg(long)]
    pub(super) no_out: bool,
    /// What recordings are written as
    #[arg(long, value_enum, default_value_t = FormatName::Csv)]
    pub(super) format: FormatName,
    /// Write a checkpoint so often in the time of the model, as in every 10*second: what ends the run before its time
    /// leaves the last one, and `rheobase resume` goes on from it; a run that reaches its end removes it
    #[arg(long, value_name = "every TIME", allow_hyphen_values = true, value_parser = interval)]
    pub(super) checkpoint: Option<String>,
    /// Where checkpoints go [default: MODEL.checkpoint in the current folder]
    #[arg(long, value_name = "FILE", requires = "checkpoint")]
    pub(super) checkpoint_file: Option<PathBuf>,
    #[command(flatten)]
    pub(super) showing: Showing,
}

/// Where something of a model goes that is given no place: `MODEL.ending` in the current folder.
pub(super) fn usual(model: &Path, ending: &str) -> PathBuf {
    let stem = model.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    PathBuf::from(format!("{stem}.{ending}"))
}

#[derive(Debug, Args)]
pub(super) struct Sweep {
    /// The model
    #[arg(value_name = "MODEL.rheo")]
    pub(super) file: PathBuf,
    /// Give a constant many values, instead of what the file varies, as in --vary 'tau = linspace(1, 10, 30)*ms'; of
    /// several constants, all combinations
    #[arg(long, value_name = "NAME = LIST", value_parser = values)]
    pub(super) vary: Vec<(String, String)>,
    /// Measure something, instead of what the file reports, as in --report 'rate(P)' --report 'mean(P.v)'
    #[arg(long, value_name = "MEASURE")]
    pub(super) report: Vec<String>,
    /// Whether all points have the same random numbers, or each its own [default: as the file says, else alike]
    #[arg(long, value_enum)]
    pub(super) seeds: Option<SeedsName>,
    /// Go on with an earlier sweep that was interrupted: the points that it had done are taken as they are
    #[arg(long, conflicts_with = "no_out")]
    pub(super) resume: bool,
    #[command(flatten)]
    pub(super) reading: Reading,
    /// How many points are run at a time, 1 to 256; results do not depend on it [default: one for each core]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS))]
    pub(super) threads: Option<u16>,
    /// Where the table goes [default: MODEL.sweep in the current folder]
    #[arg(long, value_name = "DIR", conflicts_with = "no_out")]
    pub(super) out: Option<PathBuf>,
    /// Write nothing
    #[arg(long)]
    pub(super) no_out: bool,
    /// What the table is written as
    #[arg(long, value_enum, default_value_t = FormatName::Csv)]
    pub(super) format: FormatName,
    #[command(flatten)]
    pub(super) showing: Showing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SeedsName {
    Alike,
    Apart,
}

/// What is not given is as it was for the run.
#[derive(Debug, Args)]
pub(super) struct Resume {
    /// The checkpoint of a run
    #[arg(value_name = "MODEL.checkpoint")]
    pub(super) file: PathBuf,
    /// Go on with the model's text as it was, where its file has changed since
    #[arg(long)]
    pub(super) kept_text: bool,
    /// How many threads share the time loop, 1 to 256
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS))]
    pub(super) threads: Option<u16>,
    /// Run step programs as machine code, or interpret them
    #[arg(long, value_enum)]
    pub(super) engine: Option<EngineName>,
    /// Where results go
    #[arg(long, value_name = "DIR", conflicts_with = "no_out")]
    pub(super) out: Option<PathBuf>,
    /// Write no results
    #[arg(long)]
    pub(super) no_out: bool,
    /// What recordings are written as
    #[arg(long, value_enum)]
    pub(super) format: Option<FormatName>,
    #[command(flatten)]
    pub(super) showing: Showing,
}

/// What is shown of a run besides its numbers.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Showing {
    /// Write no report.html
    #[arg(long)]
    pub(super) no_report: bool,
    /// Open the report in the browser when the run has ended
    #[arg(long, conflicts_with_all = ["no_out", "no_report", "quiet"])]
    pub(super) open: bool,
    /// Show spikes and rates in the terminal even where none watches
    #[arg(long, conflicts_with = "quiet")]
    pub(super) plot: bool,
    /// Print nothing but errors and what the model itself prints, and write no report
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
    /// How values of elements are distributed
    Histograms,
    /// Who is connected to whom
    Connectivity,
    /// What a sweep measured over what it varied
    Sweep,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PictureFormat {
    Svg,
    Png,
}

#[derive(Debug, Args)]
pub(super) struct Plot {
    /// What a run or a sweep left: MODEL.results, MODEL.sweep
    #[arg(value_name = "RESULTS")]
    pub(super) folder: PathBuf,
    /// What to draw [default: all there is]
    #[arg(long, value_enum)]
    pub(super) kind: Vec<KindName>,
    /// Of which recordings or measures, as in --of P.v --of 'rate(P)' [default: all there are]
    #[arg(long, value_name = "NAME")]
    pub(super) of: Vec<String>,
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

/// `every 10*second`: how often. Who knows only that it is a time may leave out the first word.
fn interval(text: &str) -> Result<String, String> {
    let given = text.trim().strip_prefix("every").unwrap_or(text).trim();
    match given.parse::<Quantity>().and_then(|time| time.in_units("second")) {
        Ok(seconds) if seconds > 0.0 && seconds.is_finite() => Ok(given.to_owned()),
        _ => Err("write how often, a time of the model above 0, as every 10*second".to_owned()),
    }
}

/// The arguments with `--checkpoint every 10*second` as one value: it reads as two words, and is one for the parser.
pub(super) fn joined(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut joined: Vec<OsString> = Vec::new();
    let mut every = false;
    for argument in arguments {
        if every && let Some(last) = joined.last_mut() {
            last.push(" ");
            last.push(&argument);
            every = false;
            continue;
        }
        let before = joined.last().is_some_and(|before| before == "--checkpoint");
        every = argument == "every" && before || argument == "--checkpoint=every";
        joined.push(argument);
    }
    joined
}

/// `900x480`, each side long enough for axes and short enough for memory.
fn size(text: &str) -> Result<(u32, u32), String> {
    let wrong = || "write it as WIDTHxHEIGHT in pixels, for example 900x480, from 300x200 to 8000x8000".to_owned();
    let (width, height) = text.split_once('x').ok_or_else(wrong)?;
    let (width, height) = (width.parse().map_err(|_| wrong())?, height.parse().map_err(|_| wrong())?);
    let fits = (300..=8000).contains(&width) && (200..=8000).contains(&height);
    if fits { Ok((width, height)) } else { Err(wrong()) }
}

/// `tau = linspace(1, 10, 30)*ms`
fn values(text: &str) -> Result<(String, String), String> {
    let wrong = || "write it as NAME = LIST, for example 'tau = linspace(1, 10, 30)*ms' or 'w = [0.1, 0.2]'".to_owned();
    let (name, values) = text.split_once('=').ok_or_else(wrong)?;
    let (name, values) = (name.trim(), values.trim());
    if name.is_empty() || values.is_empty() { Err(wrong()) } else { Ok((name.to_owned(), values.to_owned())) }
}

fn assignment(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE, for example taum=10*ms")?;
    let (name, value) = (name.trim(), value.trim());
    if name.is_empty() || value.is_empty() {
        return Err("write it as NAME=VALUE, for example taum=10*ms".to_owned());
    }
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{interval, joined};

    #[test]
    fn how_often_is_one_value() {
        let words = |line: &str| -> Vec<String> {
            let words = joined(line.split(' ').map(Into::into)).into_iter();
            words.map(|word| word.to_string_lossy().into_owned()).collect()
        };
        assert_eq!(words("run --checkpoint every 1*ms m.rheo"), ["run", "--checkpoint", "every 1*ms", "m.rheo"]);
        assert_eq!(words("run --checkpoint=every 1*ms m.rheo"), ["run", "--checkpoint=every 1*ms", "m.rheo"]);
        assert_eq!(words("run --checkpoint 1*ms every"), ["run", "--checkpoint", "1*ms", "every"]);
        assert_eq!(words("run m.rheo --checkpoint every"), ["run", "m.rheo", "--checkpoint", "every"]);
        for (text, time) in [("every 10*second", "10*second"), (" 1*ms", "1*ms"), ("every  2*ms ", "2*ms")] {
            assert_eq!(interval(text), Ok(time.to_owned()));
        }
        for text in ["every", "every 0*ms", "every -1*second", "every 10", "every 3*mV", "10 second", ""] {
            assert!(interval(text).is_err(), "{text}");
        }
    }
}
