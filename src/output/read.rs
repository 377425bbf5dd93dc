//! A results folder, read back: what `rheobase plot` draws.
//!
//! In: a folder that Rheobase wrote. Out: its summary, and its recordings as tables; text comes piece by piece, so that
//! a recording may be larger than memory.

use super::{Columns, Table};
use npyz::npz::NpzArchive;
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

/// Rows of a piece.
const PIECE: usize = 65_536;

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
        let entry = |(name, value): (&String, &serde_json::Value)| {
            let file = value.get("file")?.as_str()?.to_owned();
            Some(Entry { name: name.clone(), file, units: units(value.get("units")?.as_str()?) })
        };
        recordings.into_iter().flatten().filter_map(entry).collect()
    }

    /// Goes through a recording's rows, piece by piece.
    ///
    /// # Errors
    /// `Damaged` where its file is not as it was written.
    pub fn each(&self, entry: &Entry, mut visit: impl FnMut(&Table<'_>)) -> Result<(), NotRead> {
        let path = self.folder.join(&entry.file);
        let read = match path.extension().and_then(|extension| extension.to_str()) {
            Some("csv") => text(&path, entry, &mut visit),
            Some("npz") => archive(&path, entry, &mut visit),
            other => Err(wrong(format!("{} is no format that is drawn", other.unwrap_or("nothing")))),
        };
        read.map_err(|reason| NotRead::Damaged { path, reason: reason.to_string() })
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

/// What kind of numbers a column holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Long,
    Index,
    Real,
}

/// The sorts are those that tables are written with: steps, indices, quantities.
fn sort(name: &str, unit: &str, place: usize) -> Sort {
    match (name, unit, place) {
        ("step", "1", 0) => Sort::Long,
        ("i" | "j", "1", 0..=2) => Sort::Index,
        _ => Sort::Real,
    }
}

fn text(path: &Path, entry: &Entry, visit: &mut dyn FnMut(&Table<'_>)) -> io::Result<()> {
    let mut file = BufReader::with_capacity(1 << 16, File::open(path)?);
    file.read_line(&mut String::new())?;
    let mut reader = csv::ReaderBuilder::new().has_headers(true).from_reader(file);
    let header: Vec<String> = reader.headers()?.iter().map(ToOwned::to_owned).collect();
    let mut record = csv::StringRecord::new();
    let mut numbers: Vec<Vec<f64>> = vec![Vec::new(); header.len()];
    loop {
        let more = reader.read_record(&mut record)?;
        if more {
            for (column, cell) in numbers.iter_mut().zip(&record) {
                column.push(cell.parse().map_err(|_| wrong(format!("`{cell}` is no number")))?);
            }
        }
        let rows = numbers.first().map_or(0, Vec::len);
        if rows == PIECE || !more && rows > 0 {
            visit(&table(entry, &header, &numbers)?);
            numbers.iter_mut().for_each(Vec::clear);
        }
        if !more {
            return Ok(());
        }
    }
}

/// Columns by their header: elements where the second name is a number.
fn table(entry: &Entry, header: &[String], numbers: &[Vec<f64>]) -> io::Result<Table<'static>> {
    let elements: Option<Vec<u32>> = header.iter().skip(1).map(|name| name.parse().ok()).collect();
    if let (Some(elements), [_, (name, unit)]) = (elements, entry.units.as_slice()) {
        let rows = 0..numbers[0].len();
        let values = rows.flat_map(|row| numbers[1..].iter().map(move |column| column[row])).collect();
        let times = Cow::Owned(numbers[0].clone());
        let (name, unit) = (name.clone(), unit.clone());
        return Ok(Table::Samples { times, elements: Cow::Owned(elements), name, unit, values: Cow::Owned(values) });
    }
    if entry.units.len() != header.len() {
        return Err(wrong("its columns are not those that the summary names"));
    }
    let columns = entry.units.iter().zip(numbers).enumerate();
    let column = |(place, ((name, unit), numbers)): (usize, (&(String, String), &Vec<f64>))| {
        let values = match sort(name, unit, place) {
            Sort::Long => Columns::Long(numbers.iter().map(|number| *number as i64).collect()),
            Sort::Index => Columns::Index(numbers.iter().map(|number| *number as u32).collect()),
            Sort::Real => Columns::Real(Cow::Owned(numbers.clone())),
        };
        (name.clone(), unit.clone(), values)
    };
    Ok(Table::Named { columns: columns.map(column).collect() })
}

fn archive(path: &Path, entry: &Entry, visit: &mut dyn FnMut(&Table<'_>)) -> io::Result<()> {
    let mut archive = NpzArchive::new(BufReader::new(File::open(path)?))?;
    let missing = |name: &str| wrong(format!("it has no array `{name}`"));
    let elements = archive.by_name("elements")?.map(npyz::NpyFile::into_vec::<u32>).transpose()?;
    if let ([_, (name, unit)], Some(elements)) = (entry.units.as_slice(), elements) {
        let times = archive.by_name("t")?.ok_or_else(|| missing("t"))?.into_vec::<f64>()?;
        let values = archive.by_name(name)?.ok_or_else(|| missing(name))?.into_vec::<f64>()?;
        let (name, unit) = (name.clone(), unit.clone());
        let (times, elements, values) = (Cow::Owned(times), Cow::Owned(elements), Cow::Owned(values));
        visit(&Table::Samples { times, elements, name, unit, values });
        return Ok(());
    }
    let mut columns = Vec::new();
    for (place, (name, unit)) in entry.units.iter().enumerate() {
        let array = archive.by_name(name)?.ok_or_else(|| missing(name))?;
        let values = match sort(name, unit, place) {
            Sort::Long => Columns::Long(Cow::Owned(array.into_vec::<i64>()?)),
            Sort::Index => Columns::Index(Cow::Owned(array.into_vec::<u32>()?)),
            Sort::Real => Columns::Real(Cow::Owned(array.into_vec::<f64>()?)),
        };
        columns.push((name.clone(), unit.clone(), values));
    }
    visit(&Table::Named { columns });
    Ok(())
}
