//! Dimensions: seven real exponents of the SI base units.
//!
//! In: dimensions of operands. Out: dimensions of products, quotients and powers, compared with a tolerance, because exponents
//! are real numbers (`second**-0.5` is the dimension of white noise) and thirds do not add up to one exactly.

/// Exponents of metre, kilogram, second, ampere, kelvin, mole, candela.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dimension(pub [f64; 7]);

/// Exponents closer than this are equal: far above what a thousand roundings add up to, far below any exponent meant.
const TOLERANCE: f64 = 1e-7;

impl PartialEq for Dimension {
    fn eq(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).all(|(a, b)| (a - b).abs() < TOLERANCE)
    }
}

impl Dimension {
    /// Of a pure number.
    pub const ONE: Self = Self([0.0; 7]);
    /// Of a time.
    pub const SECOND: Self = Self([0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
    /// Of a rate.
    pub const HERTZ: Self = Self([0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 0.0]);

    /// Of a product.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        Self(std::array::from_fn(|base| self.0[base] + other.0[base]))
    }

    /// Of a quotient.
    #[must_use]
    pub fn over(self, other: Self) -> Self {
        Self(std::array::from_fn(|base| self.0[base] - other.0[base]))
    }

    /// Of a power.
    #[must_use]
    pub fn power(self, exponent: f64) -> Self {
        Self(self.0.map(|of_base| of_base * exponent))
    }

    /// Whether it is that of a pure number.
    #[must_use]
    pub fn is_one(self) -> bool {
        self == Self::ONE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirds_add_up() {
        let third = Dimension::SECOND.power(1.0 / 3.0);
        assert_eq!(third.times(third).times(third), Dimension::SECOND);
        assert_ne!(third.times(third), Dimension::SECOND);
    }

    #[test]
    fn a_rate_times_a_time_is_a_number() {
        assert!(Dimension::HERTZ.times(Dimension::SECOND).is_one());
        assert_eq!(Dimension::ONE.over(Dimension::SECOND), Dimension::HERTZ);
        assert!(!Dimension::SECOND.is_one());
    }
}
