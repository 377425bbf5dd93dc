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
    /// Numbers in SI base units of a state that is held in 32-bit floats.
    Single(Cow<'a, [f64]>),
}

impl Columns<'_> {
    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Long(values) => values.len(),
            Self::Index(values) => values.len(),
            Self::Real(values) | Self::Single(values) => values.len(),
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
        /// Whether they are of a state that is held in 32-bit floats.
        single: bool,
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
