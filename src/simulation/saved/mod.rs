//! Checkpoints on disk: a simulation written down between two steps, and gone on from later, to the bits of one that
//! never stopped.
//!
//! In: a simulation, or a file. Out: a file with all that changes, or a simulation that goes on. What the runtime keeps
//! of its network is there, with the states that were stored, what the program records, where the script is, and what
//! model it all is of (`identity`). Synapses and code are not: they are made again from the model and the seed.
//! Recordings that have gone to disk stay there: the file says where they lie, how long they are, and their checksums.
//! Closures cannot be written; they are given again.

pub(super) mod codes;
mod error;
mod file;
mod identity;
mod leftovers;
mod resume;
#[cfg(test)]
mod tests;

pub use error::CheckpointError;
pub(super) use identity::{Identity, digest};
pub(super) use leftovers::sweep;
pub use resume::Checkpoint;

use super::checkpoint::Stored;
use super::model::Model;
use super::quantity::IntoQuantity;
use super::recording::Kept;
use super::run::Simulation;
use super::spool::{SavedSpool, Spool, Stream};
use crate::error::Error;
use crate::units::{self, Dimension};
use runtime::{Network, Saved};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Checkpoints to be written during runs.
#[derive(Clone, Debug)]
pub(super) struct Saving {
    every: f64,
    pub(super) path: PathBuf,
    note: String,
}

impl Saving {
    /// The first multiple of the interval that is after `t` [s].
    pub(super) fn next_after(&self, t: f64) -> f64 {
        // A step begins up to a 10,000th of it before the multiple at which it counts.
        ((t / self.every + 1e-4).floor() + 1.0) * self.every
    }
}

/// Where a simulation is, besides its network.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    /// Which action of the script is under way.
    pub(super) script: Option<usize>,
    /// Stream of the next assignment.
    pub(super) streams: u64,
    /// How many callbacks there are.
    pub(super) calls: usize,
    /// How long it has run on the wall-clock.
    pub(super) run_time: Duration,
}

/// What is in the file.
#[derive(Debug, Serialize, Deserialize)]
struct Contents<'a> {
    /// How long it has run on the wall-clock [s]. First: all the rest is the same for the same state.
    run_time: f64,
    /// Folders of recordings on disk, from the checkpoint's own where they are in it. Second: `leftovers` reads no
    /// more.
    folders: Vec<PathBuf>,
    identity: Cow<'a, Identity>,
    note: Cow<'a, str>,
    /// How often checkpoints are written [s], where that is not left to the program.
    every: Option<f64>,
    network: Saved<'a>,
    script: Option<u64>,
    streams: u64,
    calls: u64,
    recordings: Vec<SavedRecording<'a>>,
    /// By name, in its order: the state, and the stream of the next assignment.
    stored: Vec<(Cow<'a, str>, Saved<'a>, u64)>,
    /// What is on disk of recordings, where memory is not to hold all of them.
    spool: Option<SavedSpool>,
}

/// A recording: those of the model's text are made again, those of the program as it asked for them.
#[derive(Debug, Serialize, Deserialize)]
struct SavedRecording<'a> {
    name: Cow<'a, str>,
    since: f64,
    asked: Option<AskedRecording<'a>>,
}

#[derive(Debug, Serialize, Deserialize)]
struct AskedRecording<'a> {
    what: Cow<'a, str>,
    elements: Cow<'a, [u32]>,
    places: Cow<'a, [u32]>,
}

impl<'a> SavedRecording<'a> {
    fn of(kept: &'a Kept) -> Self {
        let asked = kept.asked.as_ref().map(|what| AskedRecording {
            what: what.into(),
            elements: (&kept.elements).into(),
            places: (&kept.places).into(),
        });
        Self { name: (&kept.name).into(), since: kept.since, asked }
    }
}

/// What a simulation keeps beside its network.
#[derive(Clone, Copy)]
pub(super) struct Beside<'a> {
    pub(super) kept: &'a [Kept],
    pub(super) stored: &'a HashMap<String, Stored>,
    pub(super) spool: Option<&'a Spool>,
}

impl<'a> Beside<'a> {
    /// The states that are stored, by name.
    fn states(self) -> Vec<(&'a String, &'a Stored)> {
        let mut states: Vec<_> = self.stored.iter().collect();
        states.sort_by_key(|(name, _)| *name);
        states
    }
}

/// Writes a checkpoint.
///
/// # Errors
/// `Error::File` where it cannot be written; a file that was there is then untouched. `Error::Checkpoint` where the simulation is in the
/// middle of a step.
pub(super) fn write<'a>(
    path: &Path,
    model: &Model,
    network: &Network,
    beside: Beside<'a>,
    position: Position,
    saving: Option<&Saving>,
) -> Result<(), Error> {
    let states = beside.states();
    let on_disk: Vec<&[Stream]> = states.iter().map(|(_, stored)| &stored.on_disk[..]).collect();
    let network = network.saved().ok_or(CheckpointError::Stopped)?;
    let state = |(name, stored): (&'a String, &'a Stored)| {
        let saved = stored.network.saved().ok_or(CheckpointError::Stopped)?;
        Ok((name.into(), saved, stored.streams))
    };
    let stored = states.into_iter().map(state).collect::<Result<_, CheckpointError>>()?;
    let failed = |reason| Error::File { path: path.to_owned(), reason };
    // From the root, as folders of recordings note it.
    let path_there = std::path::absolute(path).map_err(failed)?;
    let seen = |folder: &Path| leftovers::seen_from(&path_there, folder);
    let (folders, spool) = beside.spool.map(|spool| spool.saved(&on_disk, &seen)).unzip();
    let contents = Contents {
        run_time: position.run_time.as_secs_f64(),
        folders: folders.unwrap_or_default(),
        identity: Cow::Borrowed(model.identity()),
        note: saving.map(|saving| Cow::Borrowed(&*saving.note)).unwrap_or_default(),
        every: saving.map(|saving| saving.every),
        network,
        script: position.script.map(|number| number as u64),
        streams: position.streams,
        calls: position.calls as u64,
        recordings: beside.kept.iter().map(SavedRecording::of).collect(),
        stored,
        spool,
    };
    beside.spool.map_or(Ok(()), |spool| spool.settle(&on_disk, &path_there)).map_err(failed)?;
    file::write(path, &contents).map_err(failed)?;
    if let Some(spool) = beside.spool {
        spool.name(&on_disk, &path_there);
        // The recordings of a checkpoint that was there of another run.
        spool.folder().and_then(|folder| std::path::absolute(folder).ok()).iter().for_each(|folder| sweep(folder));
    }
    Ok(())
}

impl Simulation {
    /// Writes its state to a file, to be gone on from by `Model::resume`, in another process too. The file is written
    /// aside and then renamed, so that a checkpoint that was there is replaced by a whole one or not at all.
    ///
    /// Recordings that have gone to disk (`Simulation::stream_to`) stay in their folder, and belong to the file from
    /// then on: they are left when the simulation ends, until the checkpoint is replaced, removed or gone on from.
    ///
    /// # Errors
    /// `Error::File` where it cannot be written, `Error::Checkpoint` where an error has stopped the simulation in the
    /// middle of a step.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let position = Position {
            script: self.script,
            streams: self.streams,
            calls: self.calls.len().max(self.expected_calls),
            run_time: self.run_time,
        };
        if self.failed.is_some() {
            return Err(CheckpointError::Stopped.into());
        }
        let beside = Beside { kept: &self.kept, stored: &self.stored, spool: self.spool.as_ref() };
        write(path.as_ref(), &self.model, &self.network, beside, position, self.saving.as_ref())
    }

    /// Has a checkpoint written to a file every so often in the time of the model, `10.0*SECOND` or `"10*second"`,
    /// during all runs from now on: at its multiples, after the step before. The note is the program's own, and given
    /// back by `Checkpoint::note`.
    ///
    /// Where one cannot be written the run goes on; `run_script` tells so at once (`Event::NotSaved`), `run` when it is
    /// over.
    ///
    /// # Errors
    /// `Error::Unit` where `every` is no time, `Error::Time` where it is not above 0, or shorter than a time step.
    pub fn checkpoint_every(
        &mut self,
        every: impl IntoQuantity,
        path: impl Into<PathBuf>,
        note: &str,
    ) -> Result<(), Error> {
        let every = every.into_quantity()?.expect("how often a checkpoint is written", Dimension::SECOND)?;
        if !(every > 0.0 && every.is_finite()) {
            let reason = "checkpoints are written at intervals above 0".to_owned();
            return Err(Error::Time { given: units::quantity(every, Dimension::SECOND), reason });
        }
        let step = self.model.plan().clocks.iter().copied().fold(self.dt(), f64::min);
        if every < step * (1.0 - 1e-9) {
            let [given, step] = [every, step].map(|time| units::quantity(time, Dimension::SECOND));
            let reason =
                format!("checkpoints are written between time steps, which are {step} long: give {step} or more");
            return Err(Error::Time { given, reason });
        }
        self.saving = Some(Saving { every, path: path.into(), note: note.to_owned() });
        Ok(())
    }
}
