//! Rows of a recording, wherever they are: in memory, on disk, or not made yet.
//!
//! In: a recording that may be larger than memory. Out: tables of some of its rows, one after the other, of the same columns.

use super::table::{Columns, Kind, Table};
use serde::Serialize;
use std::io;
use std::path::Path;

/// What a recording is of, beyond what its columns say; `summary.json` has it too.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Origin {
    /// As it is asked for: `P[:50].spikes last`; empty where that is not known.
    pub recorded: String,
    /// Since when [s]: later than 0 where only what came last is kept, or where it was begun later.
    pub since_s: f64,
    /// What a rate is smoothed with [s]: the width of a flat window, the standard deviation of a gaussian one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smooth_s: Option<f64>,
    /// How many neurons it is of; not there where it is of synapses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub neurons: Option<u32>,
}

/// A recording, in stretches of rows that fit into memory.
pub trait Rows {
    /// Its columns, without any row.
    fn heading(&self) -> Table<'_>;

    /// How many rows there are.
    fn rows(&self) -> u64;

    /// The time step of what it counts in [s], where it does.
    fn dt(&self) -> Option<f64> {
        None
    }

    /// What it is of, where that is known.
    fn origin(&self) -> Origin {
        Origin::default()
    }

    /// Whether its numbers are of a state in 32-bit floats: text needs no more digits than such a float has.
    fn are_single(&self) -> bool {
        false
    }

    /// A file that holds a column as one of NumPy's arrays of that kind, which nobody writes to any more.
    fn file_of(&self, _place: usize, _kind: Kind) -> Option<&Path> {
        None
    }

    /// Goes through all rows, a stretch at a time.
    ///
    /// # Errors
    /// What reading fails with, or `on`.
    fn each(&self, on: &mut dyn FnMut(&Table<'_>) -> io::Result<()>) -> io::Result<()>;

    /// Goes through one column, by its place in `Table::column`.
    ///
    /// # Errors
    /// As `each`.
    fn each_of(&self, place: usize, on: &mut dyn FnMut(&Columns<'_>) -> io::Result<()>) -> io::Result<()> {
        self.each(&mut |table| on(&table.column(place)))
    }
}

/// All at once.
impl Rows for Table<'_> {
    fn heading(&self) -> Table<'_> {
        self.emptied()
    }

    fn rows(&self) -> u64 {
        Table::rows(self) as u64
    }

    fn each(&self, on: &mut dyn FnMut(&Table<'_>) -> io::Result<()>) -> io::Result<()> {
        on(self)
    }
}
