//! A recording as a table, whatever it is written as.

use std::borrow::Cow;

/// Values of one name, one a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Columns<'a> {
    /// Whole numbers: ticks.
    Long(Cow<'a, [i64]>),
    /// Indices.
    Index(Cow<'a, [u32]>),
    /// Numbers in SI base units.
    Real(Cow<'a, [f64]>),
}

impl Columns<'_> {
    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Long(values) => values.len(),
            Self::Index(values) => values.len(),
            Self::Real(values) => values.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What one recording holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Table<'a> {
    /// Named columns of one length: spikes, rates, synapses, final values.
    Named {
        /// Name, unit and values of each column.
        columns: Vec<(String, String, Columns<'a>)>,
    },
    /// A value per sampling time and element.
    Samples {
        /// Times of the samples [s].
        times: Cow<'a, [f64]>,
        /// Indices of the elements, as the user numbers them.
        elements: Cow<'a, [u32]>,
        /// What is recorded.
        name: String,
        /// Its unit.
        unit: String,
        /// All elements of the first time, then all of the second, and so on.
        values: Cow<'a, [f64]>,
    },
}

impl Table<'_> {
    /// How many rows it is written in.
    #[must_use]
    pub fn rows(&self) -> usize {
        match self {
            Self::Named { columns } => columns.first().map_or(0, |(_, _, values)| values.len()),
            Self::Samples { times, .. } => times.len(),
        }
    }

    /// The units, as they stand in the first line: `t [s], v [V]`.
    #[must_use]
    pub fn units(&self) -> String {
        let pair = |name: &str, unit: &str| format!("{name} [{unit}]");
        match self {
            Self::Named { columns } => {
                columns.iter().map(|(name, unit, _)| pair(name, unit)).collect::<Vec<_>>().join(", ")
            }
            Self::Samples { name, unit, .. } => format!("{}, {}", pair("t", "s"), pair(name, unit)),
        }
    }
}

/// A time without the last digits that `step*dt` leaves: 15 significant ones.
///
/// Ticks are exact beside it where that matters; `0.00030000000000000003` helps nobody.
#[must_use]
pub(crate) fn rounded_time(t: f64) -> f64 {
    format!("{t:.14e}").parse().unwrap_or(t)
}
