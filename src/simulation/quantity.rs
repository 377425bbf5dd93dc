//! Numbers with their unit, at the edge of the library: inside there are only SI base units.

use crate::error::{Error, Rejected};
use crate::resolve;
use crate::sources::Sources;
use crate::units::{self, Dimension};
use std::ops::Mul;

/// A number and what it is measured in.
///
/// ```
/// use rheobase::{MS, Quantity};
///
/// assert_eq!(10.0 * MS, "10*ms".parse::<Quantity>()?);
/// assert_eq!((10.0 * MS).in_units("second")?, 0.01);
/// assert!((10.0 * MS).in_units("volt").is_err());
/// # Ok::<(), rheobase::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantity {
    pub(crate) value: f64,
    pub(crate) dimension: Dimension,
}

impl Quantity {
    /// A number in SI base units of the given dimension.
    #[must_use]
    pub const fn si(value: f64, dimension: Dimension) -> Self {
        Self { value, dimension }
    }

    /// The number in SI base units.
    #[must_use]
    pub fn value(self) -> f64 {
        self.value
    }

    /// Its dimension.
    #[must_use]
    pub fn dimension(self) -> Dimension {
        self.dimension
    }

    /// The number in another unit, which is written as in a model: `mV`, `nS/cm**2`.
    ///
    /// # Errors
    /// `Error::Unit` where it measures something else, `Error::Model` where it is none.
    pub fn in_units(self, unit: &str) -> Result<f64, Error> {
        let unit_quantity: Self = unit.parse()?;
        unit_quantity.expect("a quantity", self.dimension)?;
        Ok(self.value / unit_quantity.value)
    }

    /// Refuses a quantity of another dimension than `expected`.
    pub(crate) fn expect(self, name: &str, expected: Dimension) -> Result<f64, Error> {
        if self.dimension == expected {
            return Ok(self.value);
        }
        let show = |dimension: Dimension| dimension.to_string();
        Err(Error::Unit { name: name.to_owned(), expected: show(expected), got: show(self.dimension) })
    }
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&units::quantity(self.value, self.dimension))
    }
}

impl std::str::FromStr for Quantity {
    type Err = Error;

    /// Reads an expression of numbers and units: `10*ms`, `0.02/ms`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let mut sources = Sources::default();
        let source = sources.add("<quantity>", text);
        let (expression, mut diagnostics) = grammar::parse_expression(source, text);
        if diagnostics.is_empty() {
            match resolve::value(&expression, None) {
                Ok((value, dimension, _)) => return Ok(Self { value, dimension }),
                Err(found) => diagnostics = found,
            }
        }
        Err(Error::Model(Rejected { sources, diagnostics }))
    }
}

impl Mul<Quantity> for f64 {
    type Output = Quantity;

    fn mul(self, unit: Quantity) -> Quantity {
        Quantity { value: self * unit.value, dimension: unit.dimension }
    }
}

/// What can be given where a quantity is asked for: one made of a number and a unit, a text such as `"2*nA"`, or a plain number.
pub trait IntoQuantity {
    /// The quantity.
    ///
    /// # Errors
    /// `Error::Model` where a text is none.
    fn into_quantity(self) -> Result<Quantity, Error>;
}

impl IntoQuantity for Quantity {
    fn into_quantity(self) -> Result<Quantity, Error> {
        Ok(self)
    }
}

impl IntoQuantity for &str {
    fn into_quantity(self) -> Result<Quantity, Error> {
        self.parse()
    }
}

impl IntoQuantity for f64 {
    fn into_quantity(self) -> Result<Quantity, Error> {
        Ok(Quantity { value: self, dimension: Dimension::ONE })
    }
}

/// The units most used from Rust; all others are written as text.
macro_rules! unit {
    ($($name:ident = $value:expr, [$m:expr, $kg:expr, $s:expr, $a:expr], $what:literal;)*) => {$(
        #[doc = $what]
        pub const $name: Quantity = Quantity::si($value, Dimension([$m, $kg, $s, $a, 0.0, 0.0, 0.0]));
    )*};
}

unit! {
    SECOND = 1.0, [0.0, 0.0, 1.0, 0.0], "One second.";
    MS = 1e-3, [0.0, 0.0, 1.0, 0.0], "One millisecond.";
    HZ = 1.0, [0.0, 0.0, -1.0, 0.0], "One per second.";
    VOLT = 1.0, [2.0, 1.0, -3.0, -1.0], "One volt.";
    MV = 1e-3, [2.0, 1.0, -3.0, -1.0], "One millivolt.";
    AMP = 1.0, [0.0, 0.0, 0.0, 1.0], "One ampere.";
    NA = 1e-9, [0.0, 0.0, 0.0, 1.0], "One nanoampere.";
    PA = 1e-12, [0.0, 0.0, 0.0, 1.0], "One picoampere.";
    SIEMENS = 1.0, [-2.0, -1.0, 3.0, 2.0], "One siemens.";
    NS = 1e-9, [-2.0, -1.0, 3.0, 2.0], "One nanosiemens.";
    FARAD = 1.0, [-2.0, -1.0, 4.0, 2.0], "One farad.";
    PF = 1e-12, [-2.0, -1.0, 4.0, 2.0], "One picofarad.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_constant_is_the_unit_of_its_name() {
        let table = [
            (SECOND, "second"),
            (MS, "ms"),
            (HZ, "Hz"),
            (VOLT, "volt"),
            (MV, "mV"),
            (AMP, "amp"),
            (NA, "nA"),
            (PA, "pA"),
            (SIEMENS, "siemens"),
            (NS, "nS"),
            (FARAD, "farad"),
            (PF, "pF"),
        ];
        for (constant, text) in table {
            assert_eq!(constant, text.parse().expect(text), "{text}");
        }
    }
}
