//! The numbers of a simulation: columns, one per variable, in one arena.
//!
//! A column belongs to a population (one entry a neuron), to a projection (one entry a synapse, in storage order) or to nobody
//! (one entry, a shared variable). Kernels name columns by `ColumnId`; the numbering is the compiled model's and the same in
//! every simulation of it. Values are in SI base units.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

/// The number of a column in a `State`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ColumnId(pub u32);

/// What the entries of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ElementType {
    /// 64-bit floating point.
    Real,
    /// 32-bit floating point.
    Single,
    /// 32-bit signed integer.
    Integer,
    /// 64-bit signed integer: a count of ticks.
    Long,
    /// One byte, 0 or 1.
    Boolean,
}

impl ElementType {
    /// Bytes of an entry.
    #[must_use]
    pub fn width(self) -> usize {
        match self {
            Self::Real | Self::Long => 8,
            Self::Single | Self::Integer => 4,
            Self::Boolean => 1,
        }
    }
}

/// The values of one variable.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// Of type `ElementType::Real`.
    Real(Vec<f64>),
    /// Of type `ElementType::Single`.
    Single(Vec<f32>),
    /// Of type `ElementType::Integer`.
    Integer(Vec<i32>),
    /// Of type `ElementType::Long`.
    Long(Vec<i64>),
    /// Of type `ElementType::Boolean`: 0 or 1.
    Boolean(Vec<u8>),
}

impl Column {
    /// `length` entries of `fill`, converted as an assignment would.
    #[must_use]
    pub fn filled(kind: ElementType, length: usize, fill: f64) -> Self {
        match kind {
            ElementType::Real => Self::Real(vec![fill; length]),
            ElementType::Single => Self::Single(vec![fill as f32; length]),
            ElementType::Integer => Self::Integer(vec![fill as i32; length]),
            ElementType::Long => Self::Long(vec![fill as i64; length]),
            ElementType::Boolean => Self::Boolean(vec![u8::from(fill != 0.0); length]),
        }
    }

    /// Its type.
    #[must_use]
    pub fn kind(&self) -> ElementType {
        match self {
            Self::Real(_) => ElementType::Real,
            Self::Single(_) => ElementType::Single,
            Self::Integer(_) => ElementType::Integer,
            Self::Long(_) => ElementType::Long,
            Self::Boolean(_) => ElementType::Boolean,
        }
    }

    /// How many entries.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Real(values) => values.len(),
            Self::Single(values) => values.len(),
            Self::Integer(values) => values.len(),
            Self::Long(values) => values.len(),
            Self::Boolean(values) => values.len(),
        }
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Entry `index` as a number; booleans are 0 and 1.
    ///
    /// # Panics
    /// Where `index` is not below `len`.
    #[must_use]
    #[inline]
    pub fn number(&self, index: usize) -> f64 {
        match self {
            Self::Real(values) => values[index],
            Self::Single(values) => f64::from(values[index]),
            Self::Integer(values) => f64::from(values[index]),
            Self::Long(values) => values[index] as f64,
            Self::Boolean(values) => f64::from(values[index]),
        }
    }

    /// Sets entry `index`, converted as an assignment would: singles are rounded, integers truncate and saturate, booleans
    /// are "not zero".
    ///
    /// # Panics
    /// Where `index` is not below `len`.
    pub fn set_number(&mut self, index: usize, value: f64) {
        match self {
            Self::Real(values) => values[index] = value,
            Self::Single(values) => values[index] = value as f32,
            Self::Integer(values) => values[index] = value as i32,
            Self::Long(values) => values[index] = value as i64,
            Self::Boolean(values) => values[index] = u8::from(value != 0.0),
        }
    }

    /// Sets entries to zero.
    ///
    /// # Panics
    /// Where the range goes beyond the end.
    pub fn fill_zero(&mut self, range: Range<usize>) {
        match self {
            Self::Real(values) => values[range].fill(0.0),
            Self::Single(values) => values[range].fill(0.0),
            Self::Integer(values) => values[range].fill(0),
            Self::Long(values) => values[range].fill(0),
            Self::Boolean(values) => values[range].fill(0),
        }
    }

    /// Its entries in another order: entry k is entry `places[k]` of this one.
    ///
    /// # Panics
    /// Where a place is beyond the end.
    #[must_use]
    pub fn reordered(&self, places: &[u32]) -> Self {
        fn taken<T: Copy>(values: &[T], places: &[u32]) -> Vec<T> {
            places.iter().map(|&place| values[place as usize]).collect()
        }
        match self {
            Self::Real(values) => Self::Real(taken(values, places)),
            Self::Single(values) => Self::Single(taken(values, places)),
            Self::Integer(values) => Self::Integer(taken(values, places)),
            Self::Long(values) => Self::Long(taken(values, places)),
            Self::Boolean(values) => Self::Boolean(taken(values, places)),
        }
    }

    /// Makes it `length` entries long, new ones being `fill`.
    pub fn resize(&mut self, length: usize, fill: f64) {
        match self {
            Self::Real(values) => values.resize(length, fill),
            Self::Single(values) => values.resize(length, fill as f32),
            Self::Integer(values) => values.resize(length, fill as i32),
            Self::Long(values) => values.resize(length, fill as i64),
            Self::Boolean(values) => values.resize(length, u8::from(fill != 0.0)),
        }
    }

    /// Address of the first entry and number of the last, for compiled code that reads any of them. A column without entries
    /// looks as if it had one, which is 0.
    #[must_use]
    pub fn entries(&self) -> (*const u8, i64) {
        static NOTHING: u64 = 0;
        let first: *const u8 = match self {
            _ if self.is_empty() => (&raw const NOTHING).cast(),
            Self::Real(values) => values.as_ptr().cast(),
            Self::Single(values) => values.as_ptr().cast(),
            Self::Integer(values) => values.as_ptr().cast(),
            Self::Long(values) => values.as_ptr().cast(),
            Self::Boolean(values) => values.as_ptr(),
        };
        (first, self.len().saturating_sub(1) as i64)
    }

    /// Address of the first entry, for compiled code.
    #[must_use]
    pub fn as_mut_ptr(&mut self) -> *mut u8 {
        match self {
            Self::Real(values) => values.as_mut_ptr().cast(),
            Self::Single(values) => values.as_mut_ptr().cast(),
            Self::Integer(values) => values.as_mut_ptr().cast(),
            Self::Long(values) => values.as_mut_ptr().cast(),
            Self::Boolean(values) => values.as_mut_ptr(),
        }
    }
}

/// All columns of a simulation.
#[derive(Debug, Default)]
pub struct State {
    columns: Vec<Column>,
    /// A number that no other state has had since a column of this one may last have moved; 0 where none is given yet.
    stamp: u64,
}

impl Clone for State {
    /// Its columns are elsewhere, so that it gets another stamp.
    fn clone(&self) -> Self {
        Self::new(self.columns.clone())
    }
}

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        self.columns == other.columns
    }
}

impl State {
    /// Takes the columns in the order of their numbers.
    #[must_use]
    pub fn new(columns: Vec<Column>) -> Self {
        Self { columns, stamp: 0 }
    }

    /// Changes whenever a column may have got another address, length or type, or other entries from outside of a step; no two
    /// states have the same.
    #[must_use]
    pub fn stamp(&mut self) -> u64 {
        static LAST: AtomicU64 = AtomicU64::new(0);
        if self.stamp == 0 {
            self.stamp = LAST.fetch_add(1, Ordering::Relaxed) + 1;
        }
        self.stamp
    }

    /// The column of that number.
    ///
    /// # Panics
    /// Where the number is not of this state.
    #[must_use]
    pub fn column(&self, id: ColumnId) -> &Column {
        &self.columns[id.0 as usize]
    }

    /// The column of that number, to change.
    ///
    /// # Panics
    /// Where the number is not of this state.
    pub fn column_mut(&mut self, id: ColumnId) -> &mut Column {
        self.stamp = 0;
        &mut self.columns[id.0 as usize]
    }

    /// Somebody from outside may have changed what columns hold: whoever remembers the stamp looks again.
    pub(crate) fn renew(&mut self) {
        self.stamp = 0;
    }

    /// Sets entries of a column to zero; it stays where it is.
    ///
    /// # Panics
    /// Where the number is not of this state, or the range goes beyond the end.
    pub(crate) fn fill_zero(&mut self, id: ColumnId, range: Range<usize>) {
        self.columns[id.0 as usize].fill_zero(range);
    }

    /// Address of the first entry of a column, for compiled code: good until `stamp` changes.
    ///
    /// # Panics
    /// Where the number is not of this state.
    pub(crate) fn address(&mut self, id: ColumnId) -> *mut u8 {
        self.columns[id.0 as usize].as_mut_ptr()
    }

    /// How many columns.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// Bytes held by all columns.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.columns.iter().map(|column| column.len() * column.kind().width()).sum()
    }
}
