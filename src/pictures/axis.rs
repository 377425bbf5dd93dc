//! Axes: where they begin and end, and what they are called.

use super::Axis;
use super::scale::Scale;

/// A little air beyond the values, as a share of their span.
const AIR: f64 = 0.04;

/// Words beside an axis, at most.
const MOST_WORDS: usize = 16;

impl Axis {
    /// From the least to the largest of some values, with air; around a single one where there is only that.
    pub(super) fn around(label: String, (low, high): (f64, f64)) -> Self {
        let span = high - low;
        let air = match span {
            span if span > 0.0 => span * AIR,
            _ if low.abs() > f64::MIN_POSITIVE => low.abs() * 0.1,
            _ => 1.0,
        };
        let (low, high) = if low <= high { (low - air, high + air) } else { (0.0, 1.0) };
        Self { label, low, high, words: Vec::new(), whole: false, log: false }
    }

    /// From 0 to the largest value, with air above.
    pub(super) fn from_zero(label: String, high: f64) -> Self {
        let high = if high > 0.0 { high * (1.0 + AIR) } else { 1.0 };
        Self { label, low: 0.0, high, words: Vec::new(), whole: false, log: false }
    }

    /// Exactly from here to there.
    pub(super) fn exactly(label: String, low: f64, high: f64) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        Self { label, low, high, words: Vec::new(), whole: false, log: false }
    }

    /// The indices of so many elements from one on. Air is less than the way to the next index, where none is.
    pub(super) fn of_indices(label: String, first: u32, size: u32) -> Self {
        let (low, high) = (f64::from(first) - 0.5, f64::from(first) + f64::from(size.max(1)) - 0.5);
        let air = if size <= 100 { 0.4 } else { 0.0 };
        Self { label, low: low - air, high: high + air, words: Vec::new(), whole: true, log: false }
    }

    /// Time from `start` to `end` [s].
    pub(super) fn of_time(scale: &Scale, start: f64, end: f64) -> Self {
        Self::exactly(scale.label("time"), start * scale.factor, end * scale.factor)
    }
}

impl Axis {
    /// Where a value lies between the ends, from 0 to 1.
    pub(super) fn share(&self, value: f64) -> f64 {
        let of = |value: f64| if self.log { value.ln() } else { value };
        (of(value) - of(self.low)) / (of(self.high) - of(self.low))
    }

    /// The value at a share of the way from the low end to the high one, on an axis of equal steps.
    pub(super) fn at(&self, share: f64) -> f64 {
        self.low + share * (self.high - self.low)
    }

    /// Where ticks stand, about so many: at round numbers, or at words.
    pub(super) fn ticks(&self, about: usize) -> Vec<f64> {
        if !self.words.is_empty() {
            let apart = self.words.len().div_ceil(MOST_WORDS);
            return self.words.iter().step_by(apart).map(|(place, _)| *place).collect();
        }
        if self.log {
            return self.ratios();
        }
        let step = round((self.high - self.low) / about as f64);
        let step = if self.whole { step.max(1.0) } else { step };
        let (first, last) = ((self.low / step - 1e-9).ceil(), (self.high / step + 1e-9).floor());
        if !(step > 0.0 && last - first < 1e3) {
            return vec![self.low, self.high];
        }
        (0..=(last - first) as u32).map(|number| (first + f64::from(number)) * step).collect()
    }

    /// Powers of ten, with steps between them where there are few.
    fn ratios(&self) -> Vec<f64> {
        let (low, high) = (self.low.log10(), self.high.log10());
        let digits: &[f64] = if high - low <= 3.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let apart = ((high - low) / 12.0).ceil().max(1.0) as usize;
        let powers = (low.floor() as i32..=high.ceil() as i32).step_by(apart);
        let all = powers.flat_map(|power| digits.iter().map(move |digit| digit * 10f64.powi(power)));
        all.filter(|tick| (self.low * (1.0 - 1e-9)..=self.high * (1.0 + 1e-9)).contains(tick)).collect()
    }
}

/// The number of 1, 2 and 5 times a power of ten that is nearest by its ratio.
fn round(value: f64) -> f64 {
    let power = 10f64.powf(value.log10().floor());
    let digit = match value / power {
        part if part < 2f64.sqrt() => 1.0,
        part if part < 10f64.sqrt() => 2.0,
        part if part < 50f64.sqrt() => 5.0,
        _ => 10.0,
    };
    digit * power
}

#[cfg(test)]
mod tests {
    use super::Axis;

    #[test]
    fn ticks_stand_at_round_numbers() {
        let axis = |low, high| Axis::exactly(String::new(), low, high);
        assert_eq!(
            axis(0.0, 500.0).ticks(8),
            [0.0, 50.0, 100.0, 150.0, 200.0, 250.0, 300.0, 350.0, 400.0, 450.0, 500.0]
        );
        assert_eq!(axis(-71.0, 22.0).ticks(8), [-70.0, -60.0, -50.0, -40.0, -30.0, -20.0, -10.0, 0.0, 10.0, 20.0]);
        assert_eq!(axis(400.0, 500.0).ticks(5), [400.0, 420.0, 440.0, 460.0, 480.0, 500.0]);
        let whole = Axis { whole: true, ..axis(-0.5, 3.5) };
        assert_eq!(whole.ticks(8), [0.0, 1.0, 2.0, 3.0]);
        let log = |low, high| Axis { log: true, ..axis(low, high) };
        assert_eq!(log(0.1, 10.0).ticks(8), [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0]);
        assert_eq!(log(1e-3, 1e3).ticks(8).len(), 7);
        for odd in [axis(-1e300, 1e300), axis(0.0, f64::MIN_POSITIVE), axis(1e300, 1.1e300), axis(0.0, f64::MAX)] {
            let ticks = odd.ticks(8);
            assert!((2..30).contains(&ticks.len()) && ticks.iter().all(|tick| tick.is_finite()), "{odd:?}: {ticks:?}");
        }
    }

    #[test]
    fn axes_of_nothing_and_of_one_value_have_an_extent() {
        for axis in [
            Axis::around(String::new(), (f64::INFINITY, f64::NEG_INFINITY)),
            Axis::around(String::new(), (0.0, 0.0)),
            Axis::from_zero(String::new(), 0.0),
            Axis::exactly(String::new(), 3.0, 3.0),
            Axis::of_indices(String::new(), 0, 0),
        ] {
            assert!(axis.low < axis.high, "{axis:?}");
        }
    }
}
