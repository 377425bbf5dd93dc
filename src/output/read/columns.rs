//! Recordings that were written as Apache Parquet.
//!
//! Samples come as rows of time, element and value: so many rows are one time as there are rows for each row of the recording.

use super::{Entry, STRETCH, Visit, as_text_has, not_those, rounded_times, samples, wrong};
use crate::output::{Columns, Kind};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::DataType;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{FileReader, SerializedFileReader};
use std::fs::File;
use std::io;

/// Goes through the groups of rows.
pub(super) fn each(file: File, entry: &Entry, visit: &mut Visit<'_>) -> io::Result<()> {
    let reader = SerializedFileReader::new(file).map_err(unread)?;
    let metadata = reader.metadata().file_metadata();
    let schema = metadata.schema_descr();
    let names: Vec<&str> = schema.columns().iter().map(|column| column.name()).collect();
    let rows = u64::try_from(metadata.num_rows()).map_err(|_| not_those())?;
    let expected: Vec<&str> = entry.units.iter().map(|(name, _)| name.as_str()).collect();
    let mut taker = match (names.as_slice(), expected.as_slice()) {
        (["t", "i", name], ["t", variable]) if name == variable => Taker::Samples(Samples::of(rows, entry.rows)?),
        (names, expected) if names == expected => Taker::Named,
        _ => return Err(not_those()),
    };
    for group in 0..reader.num_row_groups() {
        let group = reader.get_row_group(group).map_err(unread)?;
        let mut columns = (0..names.len())
            .map(|place| Ok(get_column_reader(schema.column(place), group.get_column_page_reader(place)?)))
            .collect::<Result<Vec<_>>>()
            .map_err(unread)?;
        let mut left = usize::try_from(group.metadata().num_rows()).map_err(|_| not_those())?;
        while left > 0 {
            let rows = left.min(STRETCH / names.len());
            let taken = columns.iter_mut().map(|column| take(column, rows));
            taker.give(taken.collect::<io::Result<Vec<_>>>()?, entry, visit)?;
            left -= rows;
        }
    }
    Ok(())
}

/// What becomes of the rows.
enum Taker {
    Named,
    Samples(Samples),
}

impl Taker {
    fn give(&mut self, columns: Vec<Columns<'static>>, entry: &Entry, visit: &mut Visit<'_>) -> io::Result<()> {
        match self {
            Self::Named => {
                visit(&as_text_has(entry, columns));
                Ok(())
            }
            Self::Samples(taken) => match columns.as_slice() {
                [Columns::Real(times), elements @ (Columns::Long(_) | Columns::Index(_)), values] => {
                    let (elements, values) = (elements.of_kind(Kind::Index), values.of_kind(Kind::Real));
                    let (Columns::Index(elements), Columns::Real(values)) = (elements, values) else {
                        return Err(not_those());
                    };
                    taken.add(times, &elements, &values);
                    taken.give(entry, visit)
                }
                _ => Err(not_those()),
            },
        }
    }
}

/// Rows of time, element and value on the way to samples.
struct Samples {
    /// How many elements there are.
    width: usize,
    elements: Vec<u32>,
    /// Rows that were seen.
    row: usize,
    times: Vec<f64>,
    values: Vec<f64>,
}

impl Samples {
    /// Of a file of so many rows, which are so many times.
    fn of(rows: u64, times: u64) -> io::Result<Self> {
        let width = rows.checked_div(times).unwrap_or(0);
        if width * times != rows {
            return Err(wrong("it has not as many rows as the summary says"));
        }
        let width = usize::try_from(width).map_err(|_| not_those())?;
        Ok(Self { width, elements: Vec::new(), row: 0, times: Vec::new(), values: Vec::new() })
    }

    fn add(&mut self, times: &[f64], elements: &[u32], values: &[f64]) {
        let missing = self.width.saturating_sub(self.elements.len());
        self.elements.extend(elements.iter().take(missing));
        let first = self.row.next_multiple_of(self.width) - self.row;
        self.times.extend(times.iter().skip(first).step_by(self.width));
        self.values.extend_from_slice(values);
        self.row += times.len();
    }

    /// Those that are whole.
    fn give(&mut self, entry: &Entry, visit: &mut Visit<'_>) -> io::Result<()> {
        let whole = self.values.len() / self.width;
        if whole == 0 {
            return Ok(());
        }
        let times = rounded_times(self.times.drain(..whole).collect());
        samples(entry, &self.elements, times, &self.values[..whole * self.width], visit)?;
        self.values.drain(..whole * self.width);
        Ok(())
    }
}

/// The next so many values of a column.
fn take(column: &mut ColumnReader, rows: usize) -> io::Result<Columns<'static>> {
    match column {
        ColumnReader::Int64ColumnReader(reader) => Ok(Columns::Long(values(reader, rows)?.into())),
        // Indices of older versions: the bits of a number of 32 bits without a sign.
        ColumnReader::Int32ColumnReader(reader) => {
            Ok(Columns::Index(values(reader, rows)?.into_iter().map(i32::cast_unsigned).collect()))
        }
        ColumnReader::BoolColumnReader(reader) => Ok(Columns::Truth(values(reader, rows)?.into())),
        ColumnReader::DoubleColumnReader(reader) => Ok(Columns::Real(values(reader, rows)?.into())),
        _ => Err(not_those()),
    }
}

fn values<T: DataType>(reader: &mut ColumnReaderImpl<T>, rows: usize) -> io::Result<Vec<T::T>> {
    let mut values = Vec::new();
    while values.len() < rows {
        let (_, read, _) = reader.read_records(rows - values.len(), None, None, &mut values).map_err(unread)?;
        if read == 0 {
            return Err(wrong("a column is shorter than the others"));
        }
    }
    Ok(values)
}

fn unread(error: ParquetError) -> io::Error {
    wrong(error.to_string())
}
