//! Checkpoints of `rheobase run`: where they go, and what a later `rheobase resume` needs to know of the command.

use super::Failed;
use super::args::{FormatName, Run, usual};
use super::terminal::{complain, say, show};
use rheobase::{Checkpoint, Error, Simulation};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// How the run was asked for, as far as results do not depend on it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Note {
    /// Where the command was given: relative paths count from there.
    pub(super) folder: PathBuf,
    /// Where results go.
    pub(super) out: Option<PathBuf>,
    pub(super) format: FormatName,
    pub(super) interpreter: bool,
    pub(super) threads: u16,
}

impl Note {
    fn of(arguments: &Run, out: Option<&Path>) -> Self {
        Self {
            folder: std::env::current_dir().unwrap_or_default(),
            out: out.map(Path::to_owned),
            format: arguments.format,
            interpreter: arguments.reading.engine == super::EngineName::Interpreter,
            threads: arguments.threads.unwrap_or(1),
        }
    }

    /// As a run noted it.
    ///
    /// # Errors
    /// Where a program wrote the checkpoint, which may have noted anything.
    pub(super) fn read(checkpoint: &Checkpoint) -> Result<Self, Failed> {
        serde_json::from_str(checkpoint.note()).map_err(|_| {
            let path = checkpoint.path().display();
            complain(&format!("{path} was not written by `rheobase run`: go on from it in the program that wrote it"));
            Failed
        })
    }

    /// As it is kept in the checkpoint.
    ///
    /// # Errors
    /// Where a folder's name is no text.
    pub(super) fn text(&self) -> Result<String, Failed> {
        serde_json::to_string(self).map_err(|reason| {
            complain(&format!("a checkpoint cannot name the folders of this run: {reason}"));
            Failed
        })
    }
}

/// The file of a run's checkpoints.
fn place(arguments: &Run) -> PathBuf {
    arguments.checkpoint_file.clone().unwrap_or_else(|| usual(&arguments.file, "checkpoint"))
}

/// Where recordings lie that are more than memory holds, of a run with checkpoints: they belong to its file.
pub(super) fn recordings(checkpoint: &Path) -> PathBuf {
    checkpoint.with_added_extension("recordings")
}

/// The run is over: where none of its recordings are left, nor their folder is.
pub(super) fn leave(checkpoint: &Path) {
    // One that something is in stays.
    let _ = std::fs::remove_dir(recordings(checkpoint));
}

/// Where checkpoints of the run go, if it writes some: what is there and is no checkpoint stays. Recordings that a run
/// left which was killed are removed, unless a checkpoint has them.
pub(super) fn claim(arguments: &Run) -> Result<Option<PathBuf>, Failed> {
    let path = place(arguments);
    Checkpoint::remove_leftovers(recordings(&path));
    leave(&path);
    if arguments.checkpoint.is_none() {
        return Ok(None);
    }
    match Checkpoint::is_one(&path) {
        Some(false) => {
            let path = path.display();
            complain(&format!(
                "{path} is no checkpoint of Rheobase, so it is not replaced; choose another with --checkpoint-file"
            ));
            return Err(Failed);
        }
        Some(true) if !arguments.showing.quiet => {
            let path = path.display();
            complain(&format!("{path} is of an earlier run, which `rheobase resume {path}` goes on with"));
            complain("this run begins anew, and replaces it by its own");
        }
        _ => {}
    }
    Ok(Some(path))
}

/// Has the run of a simulation write checkpoints.
pub(super) fn begin(
    simulation: &mut Simulation,
    arguments: &Run,
    path: Option<&Path>,
    out: Option<&Path>,
) -> Result<(), Failed> {
    let (Some(path), Some(every)) = (path, &arguments.checkpoint) else { return Ok(()) };
    let note = Note::of(arguments, out).text()?;
    simulation.checkpoint_every(every.as_str(), path, &note).map_err(|error| show(&error))
}

/// After the run: where it went well, there is nothing left to go on with.
pub(super) fn end(path: &Path, outcome: &Result<(), Error>, quiet: bool) -> Result<(), Failed> {
    let there = Checkpoint::is_one(path) == Some(true);
    match outcome {
        Ok(()) if there => Checkpoint::remove(path).map_err(|error| show(&error)),
        Err(_) if there && !quiet => {
            let path = path.display();
            say(&format!("the last checkpoint is {path}: `rheobase resume {path}` goes on from there"))
        }
        _ => Ok(()),
    }
}

/// The run is over, and has no results: it can be gone on from all the same.
pub(super) fn told(path: &Path) {
    let path = path.display();
    complain(&format!(
        "the last checkpoint is {path}: `rheobase resume {path}` goes on from there, and writes results"
    ));
}
