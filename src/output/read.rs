//! A results folder, of a run or of a sweep, read back: what `rheobase plot` draws.
//!
//! In: a folder that Rheobase wrote, in whichever format. Out: its summary, and its recordings as tables, a stretch of rows at a
//! time, so that a recording may be larger than memory. Holds throughout: a recording gives the same numbers whatever it was
//! written as. Text has times of 15 digits, so that times of the other formats are rounded to as many.

mod arrays;
#[cfg(feature = "parquet")]
mod columns;
mod sweep;
mod text;

pub use sweep::SweptRead;

use super::table::rounded_time;
use super::{Columns, Kind, Table};
use std::borrow::Cow;
use std::fs::File;
use std::io;
use std::path::PathBuf;

/// Values of a stretch: a megabyte of numbers.
const STRETCH: usize = 1 << 17;

/// What takes tables.
type Visit<'a> = dyn FnMut(&Table<'_>) + 'a;

/// A folder of results.
#[derive(Clone, Debug)]
pub struct Results {
    folder: PathBuf,
    summary: serde_json::Value,
}

/// Why a folder cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum NotRead {
    /// It is none of ours.
    #[error("{path} is not a results folder of Rheobase: it has no summary.json that says so")]
    NotResults {
        /// The folder.
        path: PathBuf,
    },
    /// A file of it is not as it was written.
    #[error("{path} cannot be read: {reason}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

/// A recording of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name: `P.spikes`.
    pub name: String,
    file: String,
    /// Name and unit of each column; of samples, of the times and the values.
    units: Vec<(String, String)>,
    /// How many rows it has; of samples, how many times.
    rows: u64,
    /// Whether its numbers are of a state in 32-bit floats.
    single: bool,
    /// Whether it is of how often something happened.
    counts: bool,
}

impl Results {
    /// Reads the summary of a folder.
    ///
    /// # Errors
    /// `NotResults` where it is none.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, NotRead> {
        let folder = folder.into();
        let bytes = std::fs::read(folder.join("summary.json")).ok();
        let summary = bytes.and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok());
        match summary.filter(|summary| summary.get("rheobase").is_some()) {
            Some(summary) => Ok(Self { folder, summary }),
            None => Err(NotRead::NotResults { path: folder }),
        }
    }

    /// `summary.json`.
    #[must_use]
    pub fn summary(&self) -> &serde_json::Value {
        &self.summary
    }

    /// What was recorded, in its order.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        let recordings = self.summary.get("recordings").and_then(serde_json::Value::as_object);
        let single = self.summary.get("precision").and_then(serde_json::Value::as_str) == Some("f32");
        let entry = |(name, value): (&String, &serde_json::Value)| {
            let file = value.get("file")?.as_str()?.to_owned();
            let units = units(value.get("units")?.as_str()?);
            let rows = value.get("rows")?.as_u64()?;
            // Rates are computed in 64 bits whatever the state is held in.
            let rate = units.get(1).is_some_and(|(column, _)| units.len() == 2 && column == "rate");
            // Files of older versions do not say what was asked for.
            let recorded = value.get("recorded").and_then(serde_json::Value::as_str).filter(|words| !words.is_empty());
            let counts = recorded.map_or_else(|| name.ends_with(".counts"), |words| words.ends_with(" counts"));
            Some(Entry { name: name.clone(), file, units, rows, single: single && !rate, counts })
        };
        recordings.into_iter().flatten().filter_map(entry).collect()
    }

    /// Goes through a recording's rows, a stretch at a time; the tables have the same columns. Of one without a row, unless
    /// it is of samples, there is a table without a row.
    ///
    /// # Errors
    /// `Damaged` where its file is not as it was written.
    pub fn each(&self, entry: &Entry, mut visit: impl FnMut(&Table<'_>)) -> Result<(), NotRead> {
        let path = self.folder.join(&entry.file);
        let mut visited = false;
        let mut noted = |table: &Table<'_>| {
            visited = true;
            visit(table);
        };
        let read = match path.extension().and_then(|extension| extension.to_str()) {
            // `P.v`, whatever the variable is called.
            _ if path.is_dir() => arrays::folder(&path, entry, &mut noted),
            Some("csv") => File::open(&path).and_then(|file| text::each(file, entry, &mut noted)),
            Some("npz") => arrays::archive(&path, entry, &mut noted),
            #[cfg(feature = "parquet")]
            Some("parquet") => File::open(&path).and_then(|file| columns::each(file, entry, &mut noted)),
            #[cfg(not(feature = "parquet"))]
            Some("parquet") => Err(wrong("this program was built without Parquet")),
            _ if !path.exists() => Err(io::ErrorKind::NotFound.into()),
            _ => Err(wrong("it is in no format that Rheobase writes")),
        };
        read.map_err(|reason| NotRead::Damaged { path, reason: reason.to_string() })?;
        let of_samples = entry.units.first().is_some_and(|(name, _)| name == "t");
        if !visited && !of_samples {
            visit(&as_text_has(entry, entry.units.iter().map(|_| Columns::Real(Cow::Borrowed(&[])))));
        }
        Ok(())
    }
}

/// `t [s], v [V]` by name and unit.
fn units(text: &str) -> Vec<(String, String)> {
    let pair = |pair: &str| {
        let (name, unit) = pair.split_once(" [")?;
        Some((name.to_owned(), unit.strip_suffix(']')?.to_owned()))
    };
    text.split(", ").filter_map(pair).collect()
}

fn wrong(reason: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason.into())
}

/// How many rows of so many values are a stretch; of rows of very many values, one.
fn rows_of_a_stretch(width: usize) -> usize {
    (STRETCH / width.max(1)).max(1)
}

/// Columns of an entry as text has them: times of 15 digits, and numbers that are no index and no count of their own.
fn as_text_has(entry: &Entry, columns: impl IntoIterator<Item = Columns<'static>>) -> Table<'static> {
    let column = |(place, ((name, unit), values)): (usize, (&(String, String), Columns<'static>))| {
        let values = match (values, kind(entry, place)) {
            (Columns::Real(times), _) if name == "t" => Columns::Real(rounded_times(times.into_owned()).into()),
            (values, kind) if values.kind() == kind => values,
            (values, kind) => values.of_kind(kind).into_owned(),
        };
        (name.clone(), unit.clone(), values)
    };
    Table::of(entry.units.iter().zip(columns).enumerate().map(column))
}

/// What kind a column is by its name, unit and place; a variable is a number here, whatever it is called and was written
/// as.
fn kind(entry: &Entry, place: usize) -> Kind {
    let Some((name, unit)) = entry.units.get(place) else { return Kind::Real };
    match (name.as_str(), unit.as_str(), place) {
        ("step", "1", 0) => Kind::Long,
        ("count", "1", 1) if entry.counts => Kind::Long,
        ("i", "1", 0 | 2) | ("j", "1", 1) => Kind::Index,
        _ => Kind::Real,
    }
}

fn rounded_times(mut times: Vec<f64>) -> Vec<f64> {
    times.iter_mut().for_each(|t| *t = rounded_time(*t));
    times
}

/// Samples of the entry's variable.
fn samples(entry: &Entry, elements: &[u32], times: Vec<f64>, values: &[f64], visit: &mut Visit<'_>) -> io::Result<()> {
    let [_, (name, unit)] = entry.units.as_slice() else { return Err(not_those()) };
    let (name, unit) = (name.clone(), unit.clone());
    let (times, elements, values) = (Cow::Owned(times), Cow::Borrowed(elements), Cow::Borrowed(values));
    visit(&Table::Samples { times, elements, name, unit, kind: Kind::Real, values });
    Ok(())
}

fn not_those() -> io::Error {
    wrong("its columns are not those that the summary names")
}

#[cfg(test)]
mod tests;
