//! Dimensions: seven real exponents of the SI base units.

/// Exponents of metre, kilogram, second, ampere, kelvin, mole, candela.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Dimension(pub [f64; 7]);

impl Dimension {
    /// Of a pure number.
    pub const ONE: Self = Self([0.0; 7]);
    /// Of a time.
    pub const SECOND: Self = Self([0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
}
