//! Results as files: one per recording, and a summary.
//!
//! In: tables of recorded values in SI base units. Out: `csv` or `npz` files in a folder that appears whole or not at all.
//! Knows recorded values; knows nothing of populations, kernels or texts.

mod csv_file;
mod folder;
mod npz_file;
mod read;
mod summary;
mod table;

pub use folder::{ResultsFolder, write_folder, write_folder_with};
pub use read::{Entry, NotRead, Results};
pub use summary::{PopulationSummary, RecordingSummary, Summary, TrainSummary, pace};
pub use table::{Columns, Table};

use std::io;

/// How recordings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Format {
    /// Text: a first line with the units, a line of names, a line per row.
    #[default]
    Csv,
    /// NumPy's archive of arrays, one array per name.
    Npz,
}

impl Format {
    /// What its files end in.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Npz => "npz",
        }
    }

    /// Writes a table in this format.
    ///
    /// # Errors
    /// What writing fails with.
    pub fn write(self, table: &Table<'_>, out: impl io::Write + io::Seek) -> io::Result<()> {
        match self {
            Self::Csv => csv_file::write(table, out),
            Self::Npz => npz_file::write(table, out),
        }
    }
}
