//! What can go wrong for those who use the library.

use crate::report;
use crate::simulation::{CheckpointError, SweepError};
use crate::sources::Sources;
use crate::units::{self, Dimension};
use grammar::{Diagnostic, Severity};
use std::path::PathBuf;

/// Why a model could not be read, compiled, built or run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The model is wrong; every diagnostic is kept with the text it is about.
    #[error(transparent)]
    Model(#[from] Rejected),
    /// A file could not be read or written.
    #[error("{path}: {reason}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: std::io::Error,
    },
    /// The network could not be connected or run on: a state that is not finite, a delay out of range.
    #[error(transparent)]
    Run(#[from] runtime::RunError),
    /// A function of one's own panicked. Where that was in the middle of a step, the simulation cannot go on; what was recorded
    /// stays.
    #[error(transparent)]
    Function(#[from] runtime::host::HostFailure),
    /// A `Stopper` ended the run; the simulation can go on from there.
    #[error("stopped at t = {}", units::quantity(*.t, Dimension::SECOND))]
    Stopped {
        /// The time reached [s].
        t: f64,
    },
    /// There is no such object, variable or recording.
    #[error("there is no {what} `{name}`{}", nearest(.suggestion))]
    Unknown {
        /// A population, a variable, a recording.
        what: &'static str,
        /// As it was asked for.
        name: String,
        /// What may have been meant.
        suggestion: Option<String>,
    },
    /// A value has the wrong unit.
    #[error("`{name}` is measured in {expected}, not in {got}")]
    Unit {
        /// Whose value.
        name: String,
        /// In readable units.
        expected: String,
        /// In readable units.
        got: String,
    },
    /// No state was stored under that name.
    #[error("nothing is stored {}{}", stored_as(.name), nearest(.suggestion))]
    NeverStored {
        /// The name; empty for the unnamed one.
        name: String,
        /// What may have been meant.
        suggestion: Option<String>,
    },
    /// A time that cannot be used.
    #[error("{given} cannot be used: {reason}")]
    Time {
        /// The time, in readable units.
        given: String,
        /// What is asked of it.
        reason: String,
    },
    /// What the simulation itself keeps cannot be set.
    #[error("`{name}` is kept by the simulation and cannot be set")]
    Kept {
        /// Which variable.
        name: String,
    },
    /// Neurons keep what all their synapses have in common, so that no synapse can have a value of its own.
    #[error(
        "all synapses of a neuron have the same `{name}`, which the neuron keeps: to set it, compile with \
         `Options::traces_per_synapse`, or set it in the text"
    )]
    Trace {
        /// Which variable.
        name: String,
    },
    /// More threads than there can be.
    #[error(
        "{given} threads are more than the {most} there can be; one for each core of the processor is the most that helps"
    )]
    Threads {
        /// How many were asked for.
        given: usize,
        /// How many there can be.
        most: usize,
    },
    /// State update, threshold and reset are compiled into what nothing can have its turn in.
    #[error(
        "from the state update of `{population}` to its reset the model is compiled for what its own text does there: compile with \
         `Options::threshold_apart`, or record in the text"
    )]
    Turn {
        /// Whose.
        population: String,
    },
    /// A number of values does not fit.
    #[error("`{name}` has {expected} values, not {got}")]
    Length {
        /// Whose values.
        name: String,
        /// How many it has.
        expected: usize,
        /// How many were given.
        got: usize,
    },
    /// Spikes that a source cannot make.
    #[error("the spikes of `{name}` cannot be set: {reason}")]
    Spikes {
        /// Of which source.
        name: String,
        /// Why not.
        reason: runtime::BuildError,
    },
    /// A recording that was not to be kept, and did not fit into memory.
    #[error(
        "`{name}` was larger than memory was to hold, and `Simulation::discard_recordings` let it be thrown away; \
         `Simulation::stream_to` keeps it on disk"
    )]
    Discarded {
        /// Which.
        name: String,
    },
    /// A neuron or synapse that is not there.
    #[error("index {index} is outside `{object}`, which has {size}")]
    Index {
        /// The population or projection.
        object: String,
        /// As it was asked for.
        index: i64,
        /// How many there are.
        size: u32,
    },
    /// A checkpoint that cannot be read, written or gone on from.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A sweep that cannot be run or gone on with.
    #[error(transparent)]
    Sweep(#[from] SweepError),
    /// Something in Rheobase itself is wrong.
    #[error("this is a defect of Rheobase, please report it: {0}")]
    Defect(String),
}

impl Error {
    /// Code and mend of an error that has them and is about no place of a text: a checkpoint, a sweep.
    #[must_use]
    pub fn code_and_mend(&self) -> Option<(&'static str, String)> {
        match self {
            Self::Checkpoint(wrong) => Some((wrong.code(), wrong.mend())),
            Self::Sweep(wrong) => Some((wrong.code(), wrong.mend())),
            _ => None,
        }
    }
}

fn stored_as(name: &str) -> String {
    if name.is_empty() { "without a name".to_owned() } else { format!("as `{name}`") }
}

fn nearest(suggestion: &Option<String>) -> String {
    suggestion.as_ref().map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

/// A model with errors: all of them, and the texts they point into.
#[derive(Clone, Debug)]
pub struct Rejected {
    /// The texts.
    pub sources: Sources,
    /// Errors and warnings, at least one error.
    pub diagnostics: Vec<Diagnostic>,
}

impl Rejected {
    /// How many errors there are.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count()
    }

    /// Everything with the lines it is about, without colour.
    #[must_use]
    pub fn render(&self) -> String {
        report::plain(&self.sources, &self.diagnostics)
    }
}

impl std::error::Error for Rejected {}

impl std::fmt::Display for Rejected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let lines: Vec<String> =
            self.diagnostics.iter().map(|diagnostic| report::line(&self.sources, diagnostic)).collect();
        f.write_str(&lines.join("\n"))
    }
}
