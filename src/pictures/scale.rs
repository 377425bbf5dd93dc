//! Units that read well: values between 0.07 and 0.05 V are shown in mV.
//!
//! In: a unit as tables have it (`V`, `S/m^2`, `1`) and the size of the values. Out: a factor and the unit it leads to.

/// Units before which a prefix may stand.
const PREFIXABLE: [&str; 11] = ["V", "A", "S", "F", "s", "m", "ohm", "C", "J", "W", "N"];

/// Prefixes and their powers of a thousand.
const PREFIXES: [(&str, i32); 9] =
    [("f", -5), ("p", -4), ("n", -3), ("µ", -2), ("m", -1), ("", 0), ("k", 1), ("M", 2), ("G", 3)];

/// How values are shown.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scale {
    /// What values are multiplied by.
    pub(crate) factor: f64,
    /// Their unit then; empty for pure numbers.
    pub(crate) unit: String,
}

impl Scale {
    /// The scale on which values as large as `largest` have one to four digits before the point.
    pub(crate) fn of(unit: &str, largest: f64) -> Self {
        let plain = || Self { factor: 1.0, unit: if unit == "1" { String::new() } else { unit.to_owned() } };
        let end = unit.find(['/', ' ', '^']).unwrap_or(unit.len());
        let (first, rest) = unit.split_at(end);
        let Some(exponent) = exponent(rest) else { return plain() };
        let has_size = largest > 0.0 && largest.is_finite();
        if !has_size || !PREFIXABLE.contains(&first) {
            return plain();
        }
        // Seconds and metres have no kilo here, and two thousand of a unit are still read at a glance. A prefix of a power is a
        // large step: a deviation of a tenth of a millivolt is told in mV^2.
        let most = if matches!(first, "s" | "m") { 0 } else { 3 };
        let least = if exponent == 1 { 0.999 } else { 0.00999 };
        let fits = |row: &&(&str, i32)| row.1 <= most && largest >= least * 1000f64.powi(row.1 * exponent);
        let (prefix, power) = PREFIXES.iter().rev().find(fits).copied().unwrap_or(PREFIXES[0]);
        Self { factor: 1000f64.powi(-power * exponent), unit: format!("{prefix}{first}{rest}") }
    }

    /// Times of a run so long [s]; up to two seconds in ms, as they are spoken of.
    pub(super) fn of_time(end: f64) -> Self {
        if end <= 2.0 { Self::of("s", end.min(0.9)) } else { Self::of("s", end) }
    }

    /// A name with the unit: `v [mV]`.
    pub(crate) fn label(&self, name: &str) -> String {
        if self.unit.is_empty() { name.to_owned() } else { format!("{name} [{}]", self.unit) }
    }
}

/// The power of a unit, by what stands behind its name: 2 for `^2/s`; `None` where that is no whole number above 0.
fn exponent(rest: &str) -> Option<i32> {
    let Some(power) = rest.strip_prefix('^') else { return Some(1) };
    let end = power.find(['/', ' ']).unwrap_or(power.len());
    power[..end].parse().ok().filter(|power| (1..=4).contains(power))
}

#[cfg(test)]
mod tests {
    use super::Scale;

    #[test]
    fn units_get_the_prefix_that_suits_the_largest_value() {
        let rows = [
            ("V", 0.07, "mV", 1e3),
            ("V", 1.0, "V", 1.0),
            ("A", 2.5e-9, "nA", 1e9),
            ("S/m^2", 3e-4, "µS/m^2", 1e6),
            ("s", 3000.0, "s", 1.0),
            ("m^2", 2e-8, "mm^2", 1e6),
            ("V^2", 9e-8, "mV^2", 1e6),
            ("V^2", 4e-10, "µV^2", 1e12),
            ("V^2 s", 25.0, "V^2 s", 1.0),
            ("s^-0.5", 25.0, "s^-0.5", 1.0),
            ("A^0.5", 25.0, "A^0.5", 1.0),
            ("1", 1e-8, "", 1.0),
            ("Hz", 1e4, "Hz", 1.0),
            ("V", 0.0, "V", 1.0),
            ("V", f64::NAN, "V", 1.0),
        ];
        for (unit, largest, shown, factor) in rows {
            let scale = Scale::of(unit, largest);
            assert_eq!(scale.unit, shown, "{largest} {unit}");
            assert!((scale.factor / factor - 1.0).abs() < 1e-12, "{largest} {unit}: {}", scale.factor);
        }
    }

    #[test]
    fn times_are_in_milliseconds_up_to_two_seconds() {
        let rows = [(0.0005, "µs"), (0.1, "ms"), (1.0, "ms"), (2.0, "ms"), (20.0, "s")];
        for (end, unit) in rows {
            assert_eq!(Scale::of_time(end).unit, unit, "{end}");
        }
    }
}
