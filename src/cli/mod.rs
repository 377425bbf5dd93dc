//! From arguments to an exit code: 0 where all went well, 1 where the model or the run did not, 2 where the arguments are wrong,
//! 130 where Ctrl-C ended it.
//!
//! The only place where errors become text on a terminal.

mod args;
mod check;
mod checkpoint;
mod explain;
mod fmt;
mod interrupt;
mod new;
mod plot;
mod progress;
mod resume;
mod run;
mod shown;
mod sweep;
mod terminal;

use args::{Arguments, Command, CpuName, EngineName, PrecisionName, Reading};
use clap::{CommandFactory, Parser};
use rheobase::{Cpu, Engine, Options, Precision};
use std::process::ExitCode;

/// Why a command ends without success; what there is to say has been said.
#[derive(Debug)]
struct Failed;

/// Reads the arguments and does what they say.
pub(super) fn run() -> ExitCode {
    let Arguments { command, telling } = Arguments::parse_from(args::joined(std::env::args_os()));
    terminal::tell_so(telling);
    let outcome = match command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Resume(arguments) => resume::resume(&arguments),
        Command::Sweep(arguments) => sweep::sweep(&arguments),
        Command::Plot(arguments) => plot::plot(&arguments),
        Command::Check(arguments) => check::check(&arguments),
        Command::Explain(arguments) => explain::explain(&arguments),
        Command::Fmt(arguments) => fmt::fmt(&arguments),
        Command::New(arguments) => new::new(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed) if interrupt::was_heard() => ExitCode::from(interrupt::EXIT),
        Err(Failed) => ExitCode::FAILURE,
    }
}

impl Reading {
    /// What is given twice, in words: one of the two would count for nothing.
    fn given_twice(&self) -> Option<String> {
        let written = |(name, value): &(String, String)| format!("--set {name}={value}");
        let set = |name: &str| self.set.iter().find(|(set, _)| set == name).map(written);
        let again = |(place, one): (usize, &(String, String))| {
            let before = self.set[..place].iter().find(|(name, _)| *name == one.0)?;
            Some((written(before), written(one)))
        };
        let seed = self.seed.map(|seed| format!("--seed {seed}")).zip(set("seed"));
        let dt = self.dt.as_ref().map(|dt| format!("--dt {dt}")).zip(set("dt"));
        let (first, second) = seed.or(dt).or_else(|| self.set.iter().enumerate().find_map(again))?;
        Some(format!("`{first}` and `{second}` give one thing two values: leave one of them out"))
    }

    /// What the library calls these options.
    fn options(&self) -> Options {
        if let Some(message) = self.given_twice() {
            Arguments::command().error(clap::error::ErrorKind::ArgumentConflict, message).exit();
        }
        Options {
            set: self.set.clone(),
            dt: self.dt.clone(),
            duration: self.duration.clone(),
            seed: self.seed,
            engine: match self.engine {
                EngineName::Jit => Engine::Jit,
                EngineName::Interpreter => Engine::Interpreter,
            },
            cpu: match self.cpu {
                CpuName::Host => Cpu::Host,
                CpuName::Baseline => Cpu::Baseline,
            },
            precision: match self.precision {
                PrecisionName::F64 => Precision::F64,
                PrecisionName::F32 => Precision::F32,
            },
            ..Options::default()
        }
    }
}
