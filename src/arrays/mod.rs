//! Arrays from files: what a model's `csv("…")`, `npy("…")`, `npz("…")`, `png("…")` and `coo("…")` hold.
//!
//! In: the bytes of a file and what they should be. Out: an array of one or two dimensions, a table with named columns or a sparse
//! matrix; or the reason why the bytes are none, with the line where there are lines. There is no IO here. Every number that comes
//! out is finite; shapes and lengths agree.

mod npy;
mod picture;
mod sparse;
mod table;

use std::sync::Arc;

/// More numbers than this are not read: they are looked up by integers of 32 bits.
pub const MOST_VALUES: usize = i32::MAX as usize;

/// Numbers in one or two dimensions, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    shape: Vec<usize>,
    values: Arc<[f64]>,
    integer: bool,
}

impl Array {
    /// A list of numbers.
    #[must_use]
    pub fn list(values: &[f64]) -> Self {
        Self { shape: vec![values.len()], values: values.into(), integer: false }
    }

    /// A list of whole numbers: indices of neurons.
    #[must_use]
    pub fn indices(values: &[u32]) -> Self {
        Self {
            shape: vec![values.len()],
            values: values.iter().map(|&value| f64::from(value)).collect(),
            integer: true,
        }
    }

    /// Numbers in rows of so many columns; `None` where they do not fill the last one.
    #[must_use]
    pub fn rows_of(columns: usize, values: &[f64]) -> Option<Self> {
        let rows = values.len().checked_div(columns)?;
        (rows * columns == values.len()).then(|| Self {
            shape: vec![rows, columns],
            values: values.into(),
            integer: false,
        })
    }

    /// Values with their shape, whose product is their number.
    pub(crate) fn new(shape: Vec<usize>, values: Arc<[f64]>, integer: bool) -> Self {
        debug_assert_eq!(shape.iter().product::<usize>(), values.len());
        Self { shape, values, integer }
    }

    /// How many there are in each dimension; one or two numbers.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The numbers, row by row.
    #[must_use]
    pub fn values(&self) -> &Arc<[f64]> {
        &self.values
    }

    /// Whether all are integers by the type they were given in.
    #[must_use]
    pub fn is_integer(&self) -> bool {
        self.integer
    }
}

/// A table: columns of one length, named where the file names them.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// In the order of the file; at least one.
    pub columns: Vec<Column>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name; empty where the table has no line of names.
    pub name: String,
    /// Between brackets behind the name: `t[ms]`.
    pub unit: Option<String>,
    /// From top to bottom.
    pub values: Arc<[f64]>,
    /// Whether every one is written as an integer.
    pub integer: bool,
}

/// A sparse matrix: the entries that are stored, in the order of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// Rows and columns.
    pub shape: [usize; 2],
    /// Row of every entry; below the number of rows.
    pub rows: Vec<u32>,
    /// Column of every entry; below the number of columns.
    pub columns: Vec<u32>,
    /// The entries.
    pub values: Arc<[f64]>,
}

/// What the bytes should be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Text, columns separated by commas.
    Csv,
    /// A NumPy array.
    Npy,
    /// One array of a NumPy archive; the only one where there is no name.
    Npz(Option<String>),
    /// A grey-scale picture: 0 is black, 1 is white.
    Png,
    /// A matrix that `scipy.sparse.save_npz` wrote.
    Sparse,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Of `Npy`, `Npz` and `Png`.
    Array(Array),
    /// Of `Csv`.
    Table(Table),
    /// Of `Sparse`.
    Matrix(Matrix),
}

/// Why bytes are not what they should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Malformed {
    /// The reason, with the line where there are lines.
    pub reason: String,
    /// What to do about it.
    pub mend: String,
}

impl Malformed {
    fn new(reason: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { reason: reason.into(), mend: mend.into() }
    }
}

/// Reads a file's bytes.
///
/// # Errors
/// Why they are not of that format, or hold what a model cannot use: numbers that are not finite, too many, of another shape.
pub fn read(format: &Format, bytes: &[u8]) -> Result<Content, Malformed> {
    match format {
        Format::Csv => table::read(bytes).map(Content::Table),
        Format::Npy => npy::read(bytes).map(Content::Array),
        Format::Npz(name) => npy::read_member(bytes, name.as_deref()).map(Content::Array),
        Format::Png => picture::read(bytes).map(Content::Array),
        Format::Sparse => sparse::read(bytes).map(Content::Matrix),
    }
}

#[cfg(test)]
mod tests;
