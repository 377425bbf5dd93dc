//! The results folder: appears whole or not at all, and replaces only what Rheobase made.
//!
//! Everything is written into a new folder beside the final one, which is then moved aside and replaced. A folder is taken to be
//! Rheobase's where it holds a `summary.json` that says so.

use super::{Format, RecordingSummary, Summary, Table};
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
    /// Takes `path` as the results folder.
    ///
    /// # Errors
    /// `NotOurs` where something is there that Rheobase did not make.
    pub fn claim(path: impl Into<PathBuf>) -> Result<Self, NotOurs> {
        let path = path.into();
        let free = !path.exists() || is_ours(&path) || is_empty_folder(&path);
        if free { Ok(Self { path }) } else { Err(NotOurs { path }) }
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Writes all tables and the summary, and puts them in the place of an earlier folder. The summary's list of recordings is made here.
///
/// # Errors
/// What writing fails with; the earlier folder is then untouched.
pub fn write_folder(
    folder: &ResultsFolder,
    tables: &[(String, Table<'_>)],
    summary: Summary,
    format: Format,
) -> io::Result<()> {
    write_folder_with(folder, tables, summary, format, |_| Ok(()))
}

/// The same with what `more` writes into the folder that it is told, before that is put in its place.
///
/// # Errors
/// As `write_folder`, and what `more` fails with.
pub fn write_folder_with(
    folder: &ResultsFolder,
    tables: &[(String, Table<'_>)],
    mut summary: Summary,
    format: Format,
    more: impl FnOnce(&Path) -> io::Result<()>,
) -> io::Result<()> {
    let staged = beside(&folder.path, "new");
    remove_if_there(&staged)?;
    fs::create_dir_all(&staged)?;
    let filled = fill(&staged, tables, &mut summary, format).and_then(|()| more(&staged));
    let written = filled.and_then(|()| swap(&staged, &folder.path));
    if written.is_err() {
        remove_if_there(&staged)?;
    }
    written
}

fn fill(folder: &Path, tables: &[(String, Table<'_>)], summary: &mut Summary, format: Format) -> io::Result<()> {
    for (name, table) in tables {
        let file = format!("{name}.{}", format.extension());
        format.write(table, File::create(folder.join(&file))?)?;
        let entry = RecordingSummary { file, units: table.units(), rows: table.rows() };
        summary.recordings.push((name.clone(), entry));
    }
    let mut out = io::BufWriter::new(File::create(folder.join("summary.json"))?);
    serde_json::to_writer_pretty(&mut out, summary)?;
    writeln!(out)?;
    out.flush()
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

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!(".{name}.{suffix}"))
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
}
