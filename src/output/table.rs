//! A recording as a table, whatever it is written as.

use std::borrow::Cow;

/// Values of one name, one a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Columns<'a> {
    /// Whole numbers: ticks, counts.
    Long(Cow<'a, [i64]>),
    /// Indices.
    Index(Cow<'a, [u32]>),
    /// Numbers in SI base units.
    Real(Cow<'a, [f64]>),
    /// What holds or does not.
    Truth(Cow<'a, [bool]>),
    /// Seeds: whole numbers that may be beyond those with a sign.
    Seed(Cow<'a, [u64]>),
}

/// What a column's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Whole numbers.
    Long,
    /// Indices.
    Index,
    /// Numbers.
    Real,
    /// What holds or does not.
    Truth,
    /// Whole numbers without a sign.
    Seed,
}

impl Kind {
    /// As what it is written into files of binary numbers: an index of 32 bits without a sign would make `i - j` of a smaller and
    /// a larger one 4,294,967,295 there.
    pub(super) fn written(self) -> Self {
        if self == Self::Index { Self::Long } else { self }
    }
}

impl Columns<'_> {
    /// What its values are.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Long(_) => Kind::Long,
            Self::Index(_) => Kind::Index,
            Self::Real(_) => Kind::Real,
            Self::Truth(_) => Kind::Truth,
            Self::Seed(_) => Kind::Seed,
        }
    }

    /// All values as numbers: what holds is 1.
    #[must_use]
    pub fn numbers(&self) -> Vec<f64> {
        (0..self.len()).filter_map(|row| self.number(row)).collect()
    }

    /// One of its values as a number.
    pub(crate) fn number(&self, row: usize) -> Option<f64> {
        match self {
            Self::Long(values) => values.get(row).map(|value| *value as f64),
            Self::Index(values) => values.get(row).map(|value| f64::from(*value)),
            Self::Real(values) => values.get(row).copied(),
            Self::Truth(values) => values.get(row).map(|value| f64::from(u8::from(*value))),
            Self::Seed(values) => values.get(row).map(|value| *value as f64),
        }
    }

    /// The same values, which are nobody else's.
    pub(crate) fn into_owned(self) -> Columns<'static> {
        match self {
            Self::Long(values) => Columns::Long(Cow::Owned(values.into_owned())),
            Self::Index(values) => Columns::Index(Cow::Owned(values.into_owned())),
            Self::Real(values) => Columns::Real(Cow::Owned(values.into_owned())),
            Self::Truth(values) => Columns::Truth(Cow::Owned(values.into_owned())),
            Self::Seed(values) => Columns::Seed(Cow::Owned(values.into_owned())),
        }
    }

    /// The same values as those of a kind that can hold them; numbers are cut where it cannot.
    pub(crate) fn of_kind(&self, kind: Kind) -> Columns<'_> {
        match (self, kind) {
            _ if self.kind() == kind => self.borrowed(),
            (Self::Index(values), Kind::Long) => Columns::Long(values.iter().map(|value| i64::from(*value)).collect()),
            (_, Kind::Long) => Columns::Long(self.numbers().into_iter().map(|number| number as i64).collect()),
            (_, Kind::Index) => Columns::Index(self.numbers().into_iter().map(|number| number as u32).collect()),
            (_, Kind::Real) => Columns::Real(self.numbers().into()),
            (_, Kind::Truth) => Columns::Truth(self.numbers().into_iter().map(|number| number != 0.0).collect()),
            (_, Kind::Seed) => Columns::Seed(self.numbers().into_iter().map(|number| number as u64).collect()),
        }
    }

    /// Adds values of the same kind.
    fn extend(&mut self, more: &Columns<'_>) {
        match (self, more) {
            (Self::Long(values), Columns::Long(more)) => values.to_mut().extend_from_slice(more),
            (Self::Index(values), Columns::Index(more)) => values.to_mut().extend_from_slice(more),
            (Self::Real(values), Columns::Real(more)) => values.to_mut().extend_from_slice(more),
            (Self::Truth(values), Columns::Truth(more)) => values.to_mut().extend_from_slice(more),
            (Self::Seed(values), Columns::Seed(more)) => values.to_mut().extend_from_slice(more),
            _ => {}
        }
    }

    /// The same values, borrowed.
    pub(super) fn borrowed(&self) -> Columns<'_> {
        match self {
            Self::Long(values) => Columns::Long(Cow::Borrowed(values)),
            Self::Index(values) => Columns::Index(Cow::Borrowed(values)),
            Self::Real(values) => Columns::Real(Cow::Borrowed(values)),
            Self::Truth(values) => Columns::Truth(Cow::Borrowed(values)),
            Self::Seed(values) => Columns::Seed(Cow::Borrowed(values)),
        }
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Long(values) => values.len(),
            Self::Index(values) => values.len(),
            Self::Real(values) => values.len(),
            Self::Truth(values) => values.len(),
            Self::Seed(values) => values.len(),
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
        /// What the values are, which stand here as numbers: what they are written as.
        kind: Kind,
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

    /// Name, unit and kind of every column, and how many values it has in a row.
    pub(crate) fn layout(&self) -> Vec<(String, String, Kind, u64)> {
        match self {
            Self::Named { columns } => {
                let one = |(name, unit, values): &(String, String, Columns<'_>)| {
                    (name.clone(), unit.clone(), values.kind(), 1)
                };
                columns.iter().map(one).collect()
            }
            Self::Samples { elements, name, unit, kind, .. } => vec![
                ("t".to_owned(), "s".to_owned(), Kind::Real, 1),
                (name.clone(), unit.clone(), *kind, elements.len() as u64),
            ],
        }
    }

    /// One of the columns of `layout`.
    pub(crate) fn column(&self, place: usize) -> Columns<'_> {
        match self {
            Self::Named { columns } => columns[place].2.borrowed(),
            Self::Samples { times, .. } if place == 0 => Columns::Real(Cow::Borrowed(times)),
            Self::Samples { values, kind: Kind::Real, .. } => Columns::Real(Cow::Borrowed(values)),
            Self::Samples { values, kind: Kind::Truth, .. } => {
                Columns::Truth(values.iter().map(|value| *value != 0.0).collect())
            }
            Self::Samples { values, .. } => Columns::Long(values.iter().map(|value| *value as i64).collect()),
        }
    }

    /// Adds rows of the same columns.
    pub(crate) fn extend(&mut self, more: &Table<'_>) {
        match (self, more) {
            (Self::Named { columns }, Table::Named { columns: more }) => {
                columns.iter_mut().zip(more).for_each(|((_, _, values), (_, _, more))| values.extend(more));
            }
            (Self::Samples { times, values, .. }, Table::Samples { times: more_times, values: more_values, .. }) => {
                times.to_mut().extend_from_slice(more_times);
                values.to_mut().extend_from_slice(more_values);
            }
            (Self::Named { .. }, Table::Samples { .. }) | (Self::Samples { .. }, Table::Named { .. }) => {}
        }
    }

    /// The same without a row.
    pub(crate) fn emptied(&self) -> Table<'static> {
        let layout = self.layout();
        match self {
            Self::Named { .. } => Table::of(layout.into_iter().map(|(name, unit, kind, _)| (name, unit, none(kind)))),
            Self::Samples { elements, name, unit, kind, .. } => Table::Samples {
                times: Cow::Owned(Vec::new()),
                elements: Cow::Owned(elements.to_vec()),
                name: name.clone(),
                unit: unit.clone(),
                kind: *kind,
                values: Cow::Owned(Vec::new()),
            },
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

impl<'a> Table<'a> {
    /// A table of named columns.
    pub(crate) fn of(columns: impl IntoIterator<Item = (String, String, Columns<'a>)>) -> Self {
        Self::Named { columns: columns.into_iter().collect() }
    }
}

fn none(kind: Kind) -> Columns<'static> {
    match kind {
        Kind::Long => Columns::Long(Cow::Owned(Vec::new())),
        Kind::Index => Columns::Index(Cow::Owned(Vec::new())),
        Kind::Real => Columns::Real(Cow::Owned(Vec::new())),
        Kind::Truth => Columns::Truth(Cow::Owned(Vec::new())),
        Kind::Seed => Columns::Seed(Cow::Owned(Vec::new())),
    }
}

/// A time without the last digits that `step*dt` leaves: 15 significant ones.
///
/// Ticks are exact beside it where that matters; `0.00030000000000000003` helps nobody.
#[must_use]
pub(crate) fn rounded_time(t: f64) -> f64 {
    rounded_at_once(t).unwrap_or_else(|| rounded_as_text(t))
}

/// A number of a state in 32-bit floats with the digits that such a float has: 0.1, and not 0.10000000149011612.
///
/// What is not such a float, since it was made of several, keeps its own digits.
#[must_use]
pub(crate) fn single(value: f64) -> f64 {
    let single = value as f32;
    if f64::from(single) == value { format!("{single:e}").parse().unwrap_or(value) } else { value }
}

/// The definition, at some 300 ns a number: what is written with 15 digits and read again.
fn rounded_as_text(t: f64) -> f64 {
    format!("{t:.14e}").parse().unwrap_or(t)
}

/// Powers of ten that are exact.
const TENS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// The same number by one product and one quotient, where that is certain.
///
/// With the digits as a whole number below 2^53 and an exact power of ten, the quotient is the number nearest to that decimal,
/// which is what reading gives. The product is wrong by 1/16 at most, so a fraction of less than 1/4 is dropped rightly.
fn rounded_at_once(t: f64) -> Option<f64> {
    let scale = TENS.get((14.0 - t.log10().floor()) as usize)?;
    let scaled = t * scale;
    let digits = scaled.round();
    let certain = (1e14..1e15).contains(&scaled) && (scaled - digits).abs() < 0.25;
    certain.then_some(digits / scale)
}

#[cfg(test)]
mod tests {
    use super::{rounded_as_text, rounded_at_once, rounded_time, single};

    #[test]
    fn singles_have_no_more_digits_than_they_need_to_be_read_back() {
        for (value, text) in [(0.1, "0.1"), (-0.07, "-0.07"), (1e-45, "1e-45"), (3.402_823_5e38, "3.4028235e38")] {
            assert_eq!(single(f64::from(value as f32)), text.parse::<f64>().expect("a number"), "{text}");
        }
        for own in [0.1, 1e300, 5e-324, f64::INFINITY, 0.0, 16_777_217.0] {
            assert_eq!(single(own), own);
        }
        assert!(single(f64::NAN).is_nan());
    }

    #[test]
    fn times_are_rounded_as_their_text_is() {
        let steps = [1e-4, 1e-5, 0.5e-4, 1.0 / 30_000.0, 0.1, 1e-9, 7.0];
        let times = steps.iter().flat_map(|dt| (0..20_000).map(move |tick| f64::from(tick) * dt));
        let odd = [-1.0, -0.0, 1e-300, 9.999_999_999_999_995e-4, 1e15, 1e22, 1e300, f64::INFINITY, f64::MIN_POSITIVE];
        let mut at_once = 0;
        for t in times.chain(odd) {
            assert_eq!(rounded_time(t).to_bits(), rounded_as_text(t).to_bits(), "{t:e}");
            at_once += usize::from(rounded_at_once(t).is_some());
        }
        assert!(at_once > 100_000, "{at_once}");
        assert!(rounded_time(f64::NAN).is_nan());
    }
}
