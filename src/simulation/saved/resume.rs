//! Going on from a checkpoint: a file read, and a simulation made of it.

use super::{CheckpointError, Contents, SavedRecording, file, leftovers};
use crate::error::Error;
use crate::files::Files;
use crate::output::{SpoolFolder, Unfit};
use crate::simulation::checkpoint::Stored;
use crate::simulation::model::Model;
use crate::simulation::options::{Cpu, Options, Precision};
use crate::simulation::run::Simulation;
use crate::simulation::spool::{Found, Lost, OnDisk};
use runtime::Misfit;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A checkpoint, read and found whole.
#[derive(Debug)]
pub struct Checkpoint {
    path: PathBuf,
    contents: Contents<'static>,
}

impl Checkpoint {
    /// Reads what `Simulation::save` or `Simulation::checkpoint_every` wrote.
    ///
    /// # Errors
    /// `Error::File` where it cannot be read, `Error::Checkpoint` where it is no checkpoint, or of another version, or
    /// not as it was written.
    pub fn read(path: impl Into<PathBuf>) -> Result<Self, Error> {
        let path = path.into();
        let contents = file::read(&path)?;
        Ok(Self::of(path, contents))
    }

    pub(super) fn of(path: impl Into<PathBuf>, contents: Contents<'static>) -> Self {
        Self { path: path.into(), contents }
    }

    /// Whether a file is a checkpoint, of whatever version; `None` where there is no file.
    #[must_use]
    pub fn is_one(path: impl AsRef<Path>) -> Option<bool> {
        file::is_one(path.as_ref())
    }

    /// Removes a checkpoint, its recordings on disk, and what may be left of one whose writing was broken off.
    /// Recordings stay that another checkpoint names; those of a simulation that is there go with it.
    ///
    /// # Errors
    /// `Error::File` where it is there and cannot be removed.
    pub fn remove(path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let failed = |reason| Error::File { path: path.to_owned(), reason };
        let there = std::path::absolute(path).map_err(failed)?;
        let folders = leftovers::named_by(&there).unwrap_or_default();
        file::remove(path).map_err(failed)?;
        folders.iter().for_each(|folder| leftovers::remove_unnamed(folder));
        Ok(())
    }

    /// Removes the recordings of simulations that ended without a word, in a folder that `Simulation::stream_to` was
    /// given, unless a checkpoint names them: one where it was written, or beside the folder. What is not of Rheobase
    /// stays.
    pub fn remove_leftovers(folder: impl AsRef<Path>) {
        std::path::absolute(folder).iter().for_each(|folder| leftovers::sweep(folder));
    }

    /// Its file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The time that was reached [s].
    #[must_use]
    pub fn t(&self) -> f64 {
        self.contents.network.time()
    }

    /// The seed of the simulation.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.contents.network.seed()
    }

    /// The note of the program that wrote it.
    #[must_use]
    pub fn note(&self) -> &str {
        &self.contents.note
    }

    /// How often checkpoints were written [s], where that was not left to the program.
    #[must_use]
    pub fn every(&self) -> Option<f64> {
        self.contents.every
    }

    /// What the model's text was called.
    #[must_use]
    pub fn name(&self) -> &str {
        self.contents.identity.texts.first().map_or("", |(name, _)| name)
    }

    /// The model's text, as it was.
    #[must_use]
    pub fn text(&self) -> &str {
        self.contents.identity.texts.first().map_or("", |(_, text)| text)
    }

    /// The options that the model was compiled with, as far as its numbers depend on them, and the texts that it uses,
    /// as files in memory. Functions and arrays of the program are not among them, nor are engine and threads.
    #[must_use]
    pub fn options(&self) -> Options {
        let identity = &self.contents.identity;
        Options {
            set: identity.set.clone(),
            dt: identity.dt.clone(),
            duration: identity.duration.clone(),
            seed: identity.seed,
            cpu: if identity.baseline { Cpu::Baseline } else { Cpu::Host },
            precision: if identity.singles { Precision::F32 } else { Precision::F64 },
            threshold_apart: identity.threshold_apart,
            traces_per_synapse: identity.traces_per_synapse,
            files: identity
                .texts
                .iter()
                .skip(1)
                .map(|(name, text)| (name.clone(), text.clone().into_bytes()))
                .collect(),
            ..Options::default()
        }
    }

    /// Which of the model's texts are on disk, and are others there than they were: their names.
    #[must_use]
    pub fn changed_texts(&self) -> Vec<&str> {
        let changed = |(name, text): &&(String, String)| {
            let path = Files::find("", name);
            std::fs::read(path).is_ok_and(|bytes| bytes != text.as_bytes())
        };
        let files = self.contents.identity.texts.iter().filter(|(name, _)| !name.starts_with('<'));
        files.filter(changed).map(|(name, _)| &**name).collect()
    }
}

impl Model {
    /// A simulation that goes on where one of the same model was saved, to the bits of one that never stopped. The
    /// network is built from the seed of that one; what the program recorded of it is recorded again, and is found by
    /// its name. Callbacks are given again by `Simulation::on`, each in its turn, before it runs on: a run without them
    /// is refused.
    ///
    /// `run_script` goes on in the middle of the script, `run_rest` in the middle of a run. Further checkpoints are
    /// asked for again, by `Simulation::checkpoint_every`.
    ///
    /// Recordings that had gone to disk are taken over where they lie, and what was written after the checkpoint is cut
    /// off. Where a simulation still uses them, or another checkpoint names them, they are copied beside.
    ///
    /// ```
    /// use rheobase::{Checkpoint, MS, Model, Options};
    ///
    /// let folder = std::env::temp_dir().join(format!("rheobase-resume-{}", std::process::id()));
    /// std::fs::create_dir_all(&folder).expect("a folder");
    /// let model = Model::from_source("
    ///     neurons P[10] {
    ///         dv/dt = (1.2 - v)/(10*ms) : 1
    ///         threshold v > 1
    ///         reset v = 0
    ///         init v = rand()
    ///     }
    /// ", &Options::new())?;
    ///
    /// let mut first = model.simulation()?;
    /// first.run(50.0 * MS)?;
    /// first.save(folder.join("p.checkpoint"))?;
    /// first.run(50.0 * MS)?;
    ///
    /// let mut second = model.resume(&Checkpoint::read(folder.join("p.checkpoint"))?)?;
    /// second.run(50.0 * MS)?;
    /// assert_eq!(second.get("P.v")?, first.get("P.v")?);
    /// # std::fs::remove_dir_all(folder).expect("a folder");
    /// # Ok::<(), rheobase::Error>(())
    /// ```
    ///
    /// # Errors
    /// `Error::Checkpoint` where it is of another model, or does not fit this one, or its recordings on disk are not
    /// there as they were; `Error::File` where those cannot be read; what building a simulation fails with.
    pub fn resume(&self, checkpoint: &Checkpoint) -> Result<Simulation, Error> {
        let Checkpoint { path, contents } = checkpoint;
        self.must_be_of(checkpoint)?;
        let mut simulation = self.simulation_with_seed(checkpoint.seed())?;
        let misfit = |misfit: Misfit| -> Error { CheckpointError::Misfit { path: path.clone(), misfit }.into() };
        simulation.network.load_clocks(&contents.network).map_err(misfit)?;
        simulation.record_as(&contents.recordings).map_err(|error| match error {
            Error::Defect(_) => misfit(other_recordings()),
            other => other,
        })?;
        for (name, saved, streams) in &contents.stored {
            let mut network = simulation.network.clone();
            network.load(saved).map_err(misfit)?;
            simulation
                .stored
                .insert(name.clone().into_owned(), Stored { network, streams: *streams, on_disk: Vec::new() });
        }
        simulation.network.load(&contents.network).map_err(misfit)?;
        let actions = self.plan().actions.len() as u64;
        if contents.script.is_some_and(|number| number >= actions) {
            return Err(misfit(Misfit { part: "the script".to_owned(), reason: "it has not come so far" }));
        }
        simulation.script = contents.script.map(|number| number as usize);
        simulation.streams = contents.streams;
        simulation.expected_calls = usize::try_from(contents.calls).unwrap_or(usize::MAX);
        simulation.run_time = Duration::try_from_secs_f64(contents.run_time).unwrap_or_default();
        simulation.find_recordings(checkpoint)?;
        Ok(simulation)
    }

    /// Refuses a checkpoint of another model.
    fn must_be_of(&self, Checkpoint { path, contents }: &Checkpoint) -> Result<(), Error> {
        let (saved, own) = (&*contents.identity, self.identity());
        let mut differences = saved.differences(own);
        let was = contents.network.seed();
        if let Some(seed) = self.options().seed.filter(|&seed| seed != was) {
            differences.push(format!("the seed was {was} and is {seed}"));
        }
        if !differences.is_empty() {
            return Err(CheckpointError::OtherModel { path: path.clone(), differences }.into());
        }
        if saved.numbers() != own.numbers() {
            return Err(CheckpointError::OtherNumbers { path: path.clone() }.into());
        }
        Ok(())
    }
}

fn other_recordings() -> Misfit {
    Misfit { part: "recordings".to_owned(), reason: "others than those of the model" }
}

impl Simulation {
    /// Records what the simulation recorded that was saved.
    fn record_as(&mut self, recordings: &[SavedRecording<'_>]) -> Result<(), Error> {
        let own = self.kept.len();
        for (number, saved) in recordings.iter().enumerate() {
            if number >= own {
                let asked = saved.asked.as_ref().ok_or_else(|| Error::Defect(String::new()))?;
                let elements = (asked.elements.to_vec(), asked.places.to_vec());
                self.record_again(&asked.what, elements, saved.since)?;
            }
            let kept = self.kept.get_mut(number).filter(|kept| kept.name == saved.name);
            kept.ok_or_else(|| Error::Defect(String::new()))?.since = saved.since;
        }
        if recordings.len() < own { Err(Error::Defect(String::new())) } else { Ok(()) }
    }

    /// Finds again what had gone to disk of the recordings, which are begun.
    fn find_recordings(&mut self, Checkpoint { path, contents }: &Checkpoint) -> Result<(), Error> {
        let Some(saved) = &contents.spool else { return Ok(()) };
        let there = std::path::absolute(path).map_err(|reason| Error::File { path: path.clone(), reason })?;
        let place = |folder: &Path| leftovers::place(&there, folder);
        let own = there.canonicalize().ok();
        let only_this = |namers: Vec<PathBuf>| namers.iter().all(|namer| namer.canonicalize().ok() == own);
        let is_free = |folder: &SpoolFolder| leftovers::namers(folder).is_ok_and(only_this);
        let disk = OnDisk { checkpoint: &there, place: &place, is_free: &is_free };
        let found = saved.find(&contents.folders, &disk, (&self.network, &self.kept));
        let Found { spool, stored, most } = found.map_err(|lost| refused(path.clone(), lost))?;
        for ((name, ..), on_disk) in contents.stored.iter().zip(stored) {
            self.stored.get_mut(&**name).into_iter().for_each(|stored| stored.on_disk.clone_from(&on_disk));
        }
        self.spool = Some(spool);
        self.network.limit_recordings(Some(most));
        Ok(())
    }
}

/// Why recordings on disk are not those of a checkpoint.
fn refused(path: PathBuf, lost: Lost) -> Error {
    let wrong = match lost {
        Lost::Misfit(reason) => {
            CheckpointError::Misfit { path, misfit: Misfit { part: "recordings on disk".to_owned(), reason } }
        }
        Lost::Folder(missing) | Lost::Segment(Unfit::Missing(missing)) => {
            CheckpointError::RecordingsGone { path, missing }
        }
        Lost::Segment(Unfit::CutOff(file, missing)) => CheckpointError::RecordingsCutOff { path, file, missing },
        Lost::Segment(Unfit::Other(file)) => CheckpointError::RecordingsDamaged { path, file },
        Lost::Segment(Unfit::Failed(path, reason)) => return Error::File { path, reason },
    };
    wrong.into()
}
