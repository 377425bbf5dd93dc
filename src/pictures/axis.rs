//! Axes: where they begin and end, and what they are called.

use super::Axis;
use super::scale::Scale;

/// A little air beyond the values, as a share of their span.
const AIR: f64 = 0.04;

impl Axis {
    /// From the least to the largest of some values, with air; around a single one where there is only that.
    pub(super) fn around(label: String, (low, high): (f64, f64)) -> Self {
        let span = high - low;
        let air = if span > 0.0 { span * AIR } else { low.abs().max(1e-9) * 0.1 };
        let (low, high) = if low <= high { (low - air, high + air) } else { (0.0, 1.0) };
        Self { label, low, high, words: Vec::new(), whole: false }
    }

    /// From 0 to the largest value, with air above.
    pub(super) fn from_zero(label: String, high: f64) -> Self {
        let high = if high > 0.0 { high * (1.0 + AIR) } else { 1.0 };
        Self { label, low: 0.0, high, words: Vec::new(), whole: false }
    }

    /// Exactly from here to there.
    pub(super) fn exactly(label: String, low: f64, high: f64) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        Self { label, low, high, words: Vec::new(), whole: false }
    }

    /// The indices of so many elements.
    pub(super) fn of_indices(label: String, size: u32) -> Self {
        let (low, high) = (-0.5, f64::from(size.max(1)) - 0.5);
        let air = if size <= 100 { 0.5 } else { 0.0 };
        Self { label, low: low - air, high: high + air, words: Vec::new(), whole: true }
    }

    /// Time from `start` to `end` [s].
    pub(super) fn of_time(scale: &Scale, start: f64, end: f64) -> Self {
        Self::exactly(scale.label("time"), start * scale.factor, end * scale.factor)
    }
}

#[cfg(test)]
mod tests {
    use super::Axis;

    #[test]
    fn axes_of_nothing_and_of_one_value_have_an_extent() {
        for axis in [
            Axis::around(String::new(), (f64::INFINITY, f64::NEG_INFINITY)),
            Axis::around(String::new(), (0.0, 0.0)),
            Axis::from_zero(String::new(), 0.0),
            Axis::exactly(String::new(), 3.0, 3.0),
            Axis::of_indices(String::new(), 0),
        ] {
            assert!(axis.low < axis.high, "{axis:?}");
        }
    }
}
