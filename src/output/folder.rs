//! The results folder: appears whole or not at all, and replaces only what Rheobase made.
//!
//! Everything is written into a new folder beside the final one, which is then moved aside and replaced. A folder is taken to be
//! Rheobase's where it holds a `summary.json` that says so. Who is writing holds a lock on a file in the new folder: what a run that
//! was killed left behind is swept away by the next, what another run is writing is left alone.

use super::claimed::Claimed;
use super::{Format, RecordingSummary, Rows, Summary, Table};
use serde::Serialize;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Where results go, checked before anything is run.
#[derive(Clone, Debug)]
pub struct ResultsFolder {
    path: PathBuf,
}

/// A folder that is in the way.
#[derive(Debug, thiserror::Error)]
#[error("{path} is not a results folder of Rheobase, so it is not replaced; choose another with --out, or remove it")]
pub struct NotOurs {
    /// The folder.
    pub path: PathBuf,
}

impl ResultsFolder {
    /// Takes `path` as the results folder. Results that a run was killed while replacing are put back there.
    ///
    /// # Errors
    /// `NotOurs` where something is there that Rheobase did not make.
    pub fn claim(path: impl Into<PathBuf>) -> Result<Self, NotOurs> {
        let path = path.into();
        put_back(&path);
        let free = !path.exists() || is_ours(&path) || is_empty_folder(&path);
        if free { Ok(Self { path }) } else { Err(NotOurs { path }) }
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Removes what a run left that was killed while it had results to write to `path`.
    pub fn remove_leftovers(path: &Path) {
        for root in (1..).map(|number| root(path, number)).take_while(|root| root.exists()) {
            if let Ok(Some(free)) = Claimed::take(&root) {
                free.remove();
            }
        }
    }

    /// Begins to write: makes a folder beside it, for as long as that takes.
    ///
    /// # Errors
    /// What making folders fails with.
    pub fn stage(&self) -> io::Result<Staged> {
        for number in 1.. {
            let Some(root) = Claimed::take(&root(&self.path, number))? else { continue };
            root.clear()?;
            let staged = Staged { target: self.path.clone(), root };
            fs::create_dir(staged.results())?;
            return Ok(staged);
        }
        Err(io::Error::other("every name for a folder beside it is taken"))
    }
}

/// A results folder that is being written; it is gone with this value where it has not been published.
#[derive(Debug)]
pub struct Staged {
    target: PathBuf,
    /// Gone with this value.
    root: Claimed,
}

impl Staged {
    /// Where to write what is to be in the results folder.
    #[must_use]
    pub fn results(&self) -> PathBuf {
        self.root.folder().join("results")
    }

    /// Where recordings may lie while the run goes on (`Simulation::stream_to`); no part of the results.
    #[must_use]
    pub fn spool(&self) -> PathBuf {
        self.root.folder().join("spool")
    }

    /// Writes the summary, and puts the folder in the place of an earlier one.
    ///
    /// # Errors
    /// What writing or moving fails with; an earlier folder is then untouched, and what was written is kept in a folder
    /// of its own, which the error names.
    pub fn publish(self, summary: &impl Serialize) -> io::Result<()> {
        let published = self.summarize(summary).and_then(|()| swap(&self.results(), &self.target));
        published.map_err(|reason| match self.keep(&self.results()) {
            Ok(Some(kept)) => {
                io::Error::new(reason.kind(), format!("{reason}; what was written is kept in {}", kept.display()))
            }
            _ => reason,
        })
    }

    fn summarize(&self, summary: &impl Serialize) -> io::Result<()> {
        let mut out = io::BufWriter::new(File::create(self.results().join("summary.json"))?);
        serde_json::to_writer_pretty(&mut out, summary)?;
        writeln!(out)?;
        out.flush()
    }

    /// Keeps a folder of a run whose results could not be written, such as `Simulation::recordings_folder`, under a
    /// name of its own beside them, if there is something in it; where it is then.
    ///
    /// # Errors
    /// What moving fails with.
    pub fn keep(&self, part: &Path) -> io::Result<Option<PathBuf>> {
        if !part.exists() || is_empty_folder(part) {
            return Ok(None);
        }
        let name = |number: u32| if number == 1 { "unfinished".to_owned() } else { format!("unfinished.{number}") };
        let kept = (1..).map(|number| with_suffix(&self.target, &name(number))).find(|path| !path.exists());
        let Some(kept) = kept else { return Ok(None) };
        fs::rename(part, &kept)?;
        Ok(Some(kept))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // What is left behind, the next run sweeps away.
        self.root.remove();
    }
}

/// Writes all tables and the summary, and puts them in the place of an earlier folder. The summary's list of recordings is made here.
///
/// # Errors
/// What writing fails with; the earlier folder is then untouched.
pub fn write_folder(
    folder: &ResultsFolder,
    tables: &[(String, Table<'_>)],
    mut summary: Summary,
    format: Format,
) -> io::Result<()> {
    let staged = folder.stage()?;
    for (name, table) in tables {
        summary.recordings.push(write_recording(&staged.results(), name, table, format)?);
    }
    staged.publish(&summary)
}

/// Writes a recording into a folder, and says what it wrote.
///
/// # Errors
/// What writing fails with.
pub(crate) fn write_recording(
    folder: &Path,
    name: &str,
    rows: &dyn Rows,
    format: Format,
) -> io::Result<(String, RecordingSummary)> {
    let file = format.file(name);
    format.write_file(rows, &folder.join(&file))?;
    let (units, origin) = (rows.heading().units(), rows.origin());
    Ok((name.to_owned(), RecordingSummary { file, units, rows: rows.rows() as usize, origin }))
}

/// Puts `staged` where `target` is; what was there goes last, so that no moment is without one of the two.
fn swap(staged: &Path, target: &Path) -> io::Result<()> {
    let old = beside(target, "old");
    remove_if_there(&old)?;
    if target.exists() {
        fs::rename(target, &old)?;
    }
    fs::rename(staged, target).inspect_err(|_| drop(fs::rename(&old, target)))?;
    remove_if_there(&old)
}

/// Ends a `swap` that was broken off between its two renames, unless it is another process that is there right now.
fn put_back(target: &Path) {
    let old = beside(target, "old");
    let broken_off = || !target.exists() && is_ours(&old);
    let nobody_writes = || {
        let mut roots = (1..).map(|number| root(target, number)).take_while(|root| root.exists());
        roots.all(|root| Claimed::take_again(&root).map_or(true, |free| free.is_some()))
    };
    if broken_off() && nobody_writes() && broken_off() {
        // Where that fails it stays where it is, and goes when there are new results.
        drop(fs::rename(old, target));
    }
}

/// Where a results folder is written before it is put in its place.
fn root(target: &Path, number: u32) -> PathBuf {
    beside(target, &if number == 1 { "new".to_owned() } else { format!("new.{number}") })
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!(".{name}.{suffix}"))
}

/// `m.results.unfinished`
fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!("{name}.{suffix}"))
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    if path.exists() { fs::remove_dir_all(path) } else { Ok(()) }
}

fn is_ours(path: &Path) -> bool {
    let summary = fs::read(path.join("summary.json")).ok();
    let value = summary.and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok());
    value.is_some_and(|value| value.get("rheobase").is_some())
}

fn is_empty_folder(path: &Path) -> bool {
    fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary() -> Summary {
        Summary {
            rheobase: "0.0.0",
            model: "m.rheo".to_owned(),
            precision: "f64".to_owned(),
            engine: "jit".to_owned(),
            threads: 1,
            seed: 1,
            dt: 1e-4,
            compile_s: 0.0,
            build_s: 0.0,
            run_s: 0.0,
            biological_s: 0.0,
            stopped: None,
            populations: vec![],
            synapses: vec![],
            integrators: vec![],
            spike_trains: vec![],
            recordings: vec![],
        }
    }

    #[test]
    fn only_folders_of_ours_are_replaced() {
        let place = tempfile::tempdir().expect("a folder");
        let foreign = place.path().join("mine");
        fs::create_dir(&foreign).expect("a folder");
        fs::write(foreign.join("thesis.txt"), "years of work").expect("a file");
        assert!(ResultsFolder::claim(&foreign).is_err());

        let results = place.path().join("m.results");
        for _ in 0..2 {
            let folder = ResultsFolder::claim(&results).expect("free, then ours");
            write_folder(&folder, &[], summary(), Format::Csv).expect("written");
        }
        let names: Vec<_> =
            fs::read_dir(place.path()).expect("listed").map(|e| e.expect("entry").file_name()).collect();
        assert_eq!(names.len(), 2, "nothing else is left behind: {names:?}");
    }

    #[test]
    fn results_whose_replacement_was_broken_off_are_put_back() {
        let place = tempfile::tempdir().expect("a folder");
        let path = place.path().join("m.results");
        let folder = ResultsFolder::claim(&path).expect("free");
        write_folder(&folder, &[], summary(), Format::Csv).expect("written");
        fs::write(path.join("first"), "").expect("written");
        // Killed between the two renames, with the folder left that was to be put there.
        let old = beside(&path, "old");
        let broken_off = || {
            fs::create_dir_all(beside(&path, "new").join("results")).expect("made");
            fs::write(beside(&path, "new").join("lock"), "").expect("made");
            fs::rename(&path, &old).expect("moved");
        };
        broken_off();
        let writing = Claimed::take(&beside(&path, "new")).expect("there").expect("free");
        drop(ResultsFolder::claim(&path).expect("free"));
        assert!(old.exists(), "who is in the middle of it is left alone");
        drop(writing);
        let again = ResultsFolder::claim(&path).expect("ours");
        assert!(path.join("first").exists() && !old.exists());
        write_folder(&again, &[], summary(), Format::Csv).expect("written");
        assert!(!path.join("first").exists());
        // Killed behind them: the new one stays.
        fs::create_dir(&old).expect("made");
        fs::write(old.join("summary.json"), "{\"rheobase\": \"0\"}").expect("written");
        drop(ResultsFolder::claim(&path).expect("ours"));
        assert!(old.exists());
        write_folder(&again, &[], summary(), Format::Csv).expect("written");
        assert_eq!(fs::read_dir(place.path()).expect("listed").count(), 1, "nothing else is left behind");
    }

    #[test]
    fn who_writes_is_left_alone_and_what_was_left_behind_is_swept() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = ResultsFolder::claim(place.path().join("m.results")).expect("free");
        let dead = beside(folder.path(), "new");
        fs::create_dir_all(dead.join("spool/P.v.1")).expect("a folder");
        let first = folder.stage().expect("staged");
        assert!(first.results().starts_with(&dead) && !first.spool().exists(), "what a dead run left is gone");
        let second = folder.stage().expect("staged");
        assert_ne!(first.results(), second.results());
        fs::write(second.results().join("second"), "").expect("written");
        first.publish(&summary()).expect("published");
        assert!(folder.path().join("summary.json").exists() && !folder.path().join("second").exists());
        second.publish(&summary()).expect("published");
        assert!(folder.path().join("second").exists());
        let third = folder.stage().expect("staged");
        fs::create_dir_all(third.spool().join("P.v.1")).expect("a folder");
        let kept = third.keep(&third.spool()).expect("moved").expect("there is something");
        assert_eq!(kept, place.path().join("m.results.unfinished"));
        assert!(kept.join("P.v.1").exists());
        drop(third);
        let fourth = folder.stage().expect("staged");
        assert!(fourth.keep(&fourth.spool()).expect("nothing to move").is_none());
        drop(fourth);
        fs::create_dir_all(beside(folder.path(), "new").join("spool/P.v.1")).expect("a folder");
        ResultsFolder::remove_leftovers(folder.path());
        assert_eq!(fs::read_dir(place.path()).expect("listed").count(), 2, "nothing else is left behind");
    }
}
