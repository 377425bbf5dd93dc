//! Results as files: one per recording, and a summary.
//!
//! In: rows of recorded values in SI base units, from memory or from disk. Out: files of one format in a folder that appears whole or
//! not at all. Knows recorded values; knows nothing of populations, kernels or texts.

mod claimed;
mod csv_file;
mod folder;
mod npy;
mod npz_file;
mod opened;
#[cfg(feature = "parquet")]
mod parquet_file;
mod read;
mod rows;
mod spool;
mod spool_folder;
mod summary;
mod sweep_summary;
mod table;

pub(crate) use folder::write_recording;
pub use folder::{ResultsFolder, Staged, write_folder};
pub(crate) use opened::{Unfit, Wanted};
pub use read::{Entry, NotRead, Results, SweptRead};
pub use rows::{Origin, Rows};
pub(crate) use spool::Segment;
pub(crate) use spool_folder::SpoolFolder;
pub use summary::{PopulationSummary, RecordingSummary, Summary, TrainSummary, pace};
pub use sweep_summary::{FailureSummary, SweepSummary, SweptSummary};
pub use table::{Columns, Kind, Table};

use std::fs::File;
use std::io;
use std::path::Path;

/// How recordings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Format {
    /// Text: a first line with the units, a line of names, a line per row.
    #[default]
    Csv,
    /// NumPy's archive of arrays, one array per name.
    Npz,
    /// A folder of NumPy's arrays, one file per name, which can be mapped into memory.
    Npy,
    /// Apache Parquet: columns with names, units in the file's metadata; samples as rows of time, element and value.
    #[cfg(feature = "parquet")]
    Parquet,
}

impl Format {
    /// What its files end in; nothing where it is a folder.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Npz => "npz",
            Self::Npy => "",
            #[cfg(feature = "parquet")]
            Self::Parquet => "parquet",
        }
    }

    /// The name of a recording's file, or folder.
    fn file(self, name: &str) -> String {
        format!("{name}.{}", self.extension()).trim_end_matches('.').to_owned()
    }

    /// Writes a recording as a file, or a folder, that is made.
    ///
    /// # Errors
    /// What reading its rows or writing them fails with.
    pub fn write_file(self, rows: &dyn Rows, path: &Path) -> io::Result<()> {
        match self {
            Self::Csv => csv_file::write(rows, File::create(path)?),
            Self::Npz => npz_file::write_archive(rows, File::create(path)?),
            Self::Npy => npz_file::write_folder(rows, path),
            #[cfg(feature = "parquet")]
            Self::Parquet => parquet_file::write(rows, File::create(path)?),
        }
    }
}
