//! Dimensions and quantities in words that a user reads: `V/s`, `S/m^2`, `-60 mV`.
//!
//! In: a dimension, or a value in SI base units with its dimension. Out: text. A single named unit is preferred, then one with
//! a power of seconds or metres, then a product of few; raw base units only where nothing else fits.

use super::Dimension;
use std::fmt::{Display, Formatter, Result};

/// A unit that dimensions are written in.
struct Named {
    symbol: &'static str,
    /// As a model writes it, with factor 1.
    long: &'static str,
    exponents: [i8; 7],
    /// What it costs to use it: units that neuroscience rarely needs cost more than a product of two common ones.
    cost: u32,
}

const fn named(symbol: &'static str, long: &'static str, exponents: [i8; 7], cost: u32) -> Named {
    Named { symbol, long, exponents, cost }
}

#[rustfmt::skip]
const NAMED: [Named; 21] = [
    //                       m  kg   s   A  K mol cd
    named("V", "volt",    [  2,  1, -3, -1, 0, 0, 0], 1),
    named("A", "amp",     [  0,  0,  0,  1, 0, 0, 0], 1),
    named("S", "siemens", [ -2, -1,  3,  2, 0, 0, 0], 1),
    named("F", "farad",   [ -2, -1,  4,  2, 0, 0, 0], 1),
    named("Hz", "hertz",  [  0,  0, -1,  0, 0, 0, 0], 1),
    named("s", "second",  [  0,  0,  1,  0, 0, 0, 0], 1),
    named("m", "meter",   [  1,  0,  0,  0, 0, 0, 0], 1),
    named("ohm", "ohm",   [  2,  1, -3, -2, 0, 0, 0], 1),
    named("mM", "mM",     [ -3,  0,  0,  0, 0, 1, 0], 1),
    named("C", "coulomb", [  0,  0,  1,  1, 0, 0, 0], 2),
    named("mol", "mole",  [  0,  0,  0,  0, 0, 1, 0], 1),
    named("K", "kelvin",  [  0,  0,  0,  0, 1, 0, 0], 1),
    named("kg", "kilogram", [0,  1,  0,  0, 0, 0, 0], 1),
    named("J", "joule",   [  2,  1, -2,  0, 0, 0, 0], 2),
    named("W", "watt",    [  2,  1, -3,  0, 0, 0, 0], 2),
    named("N", "newton",  [  1,  1, -2,  0, 0, 0, 0], 2),
    named("Pa", "pascal", [ -1,  1, -2,  0, 0, 0, 0], 2),
    named("cd", "candle", [  0,  0,  0,  0, 0, 0, 1], 2),
    named("T", "tesla",   [  0,  1, -2, -1, 0, 0, 0], 4),
    named("Wb", "weber",  [  2,  1, -2, -1, 0, 0, 0], 4),
    named("H", "henry",   [  2,  1, -2, -2, 0, 0, 0], 4),
];

/// Base units for what no product of two named units fits, in the order of exponents.
const BASE: [(&str, &str); 7] = [
    ("m", "meter"),
    ("kg", "kilogram"),
    ("s", "second"),
    ("A", "amp"),
    ("K", "kelvin"),
    ("mol", "mole"),
    ("cd", "candle"),
];

/// A power of a unit.
#[derive(Clone, Copy)]
struct Factor {
    symbol: &'static str,
    long: &'static str,
    exponent: f64,
}

/// Exponents tried for a product.
const TRIED: [f64; 8] = [1.0, -1.0, 2.0, -2.0, 3.0, -3.0, 0.5, -0.5];

/// What a second unit of a product costs at least, with the product itself.
const SECOND: u32 = 3;

/// The cheapest way to write a dimension with one or two named units, or base units.
fn factors(dimension: Dimension) -> Vec<Factor> {
    if dimension.is_one() {
        return Vec::new();
    }
    let mut best: Option<(u32, Vec<Factor>)> = None;
    let powers = || NAMED.iter().flat_map(|named| TRIED.map(|exponent| without(dimension, named, exponent)));
    let single = powers().filter(|(_, _, rest)| rest.is_one()).map(|(cost, ..)| cost).min();
    for first in &NAMED {
        for exponent in TRIED {
            let (cost, factor, rest) = without(dimension, first, exponent);
            if rest.is_one() {
                keep_cheaper(&mut best, cost, &[factor]);
                continue;
            }
            // All products would be 28,000, in 1.5 ms: seconds need none of them, V/s one in eight.
            let least = best.iter().map(|(cost, _)| *cost).chain(single).min();
            if least.is_some_and(|least| cost + SECOND > least) {
                continue;
            }
            for second in &NAMED {
                for exponent in TRIED {
                    let (further, other, rest) = without(rest, second, exponent);
                    if rest.is_one() && !multiplies_a_rate(&factor, &other) {
                        keep_cheaper(&mut best, cost + further + 1, &[factor, other]);
                    }
                }
            }
        }
    }
    let mut factors = best.map_or_else(|| base_factors(dimension), |(_, factors)| factors);
    // Metres and seconds last: `m ohm` would read as milliohm.
    if factors.len() == 2 && matches!(factors[0].symbol, "m" | "s") {
        factors.reverse();
    }
    factors
}

/// Cost of a power of a unit, the power, and what is left of a dimension once it is divided out.
fn without(dimension: Dimension, named: &Named, exponent: f64) -> (u32, Factor, Dimension) {
    let unit = Dimension(named.exponents.map(f64::from)).power(exponent);
    let strange = if exponent.fract() == 0.0 { 0 } else { 2 };
    let high = (exponent.abs().ceil() as u32) - 1;
    let inverse_rate = u32::from(named.symbol == "Hz" && exponent != 1.0) * 3;
    let cost = 2 * named.cost + high + strange + inverse_rate + u32::from(exponent < 0.0);
    (cost, Factor { symbol: named.symbol, long: named.long, exponent }, dimension.over(unit))
}

/// `V Hz` is better said `V/s`.
fn multiplies_a_rate(first: &Factor, second: &Factor) -> bool {
    let rate = |factor: &Factor| factor.symbol == "Hz";
    (rate(first) || rate(second)) && first.exponent > 0.0 && second.exponent > 0.0
}

fn keep_cheaper(best: &mut Option<(u32, Vec<Factor>)>, cost: u32, factors: &[Factor]) {
    if best.as_ref().is_none_or(|(least, _)| cost < *least) {
        *best = Some((cost, factors.to_vec()));
    }
}

fn base_factors(dimension: Dimension) -> Vec<Factor> {
    let all = BASE.iter().zip(dimension.0).filter(|(_, exponent)| exponent.abs() > 1e-7);
    all.map(|(&(symbol, long), exponent)| Factor { symbol, long, exponent }).collect()
}

/// Numerator over denominator; `word` writes one power.
fn quotient(factors: &[Factor], times: &str, word: impl Fn(&Factor, f64) -> String) -> String {
    let side = |wanted: bool| -> Vec<String> {
        let chosen = factors.iter().filter(|factor| (factor.exponent > 0.0) == wanted);
        chosen.map(|factor| word(factor, factor.exponent.abs())).collect()
    };
    let (above, below) = (side(true), side(false));
    let numerator = if above.is_empty() { "1".to_owned() } else { above.join(times) };
    match below.as_slice() {
        [] => numerator,
        [one] => format!("{numerator}/{one}"),
        _ => format!("{numerator}/({})", below.join(times)),
    }
}

fn symbol(factor: &Factor, exponent: f64) -> String {
    if exponent == 1.0 { factor.symbol.to_owned() } else { format!("{}^{}", factor.symbol, number(exponent)) }
}

fn long(factor: &Factor, exponent: f64) -> String {
    if exponent == 1.0 { factor.long.to_owned() } else { format!("{}**{}", factor.long, number(exponent)) }
}

impl Display for Dimension {
    /// `V/s`, `S/m^2`, `1` for a pure number.
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(&quotient(&factors(*self), " ", symbol))
    }
}

impl Dimension {
    /// As a model writes it: `volt/second`, `siemens/meter**2`, `1` for a pure number.
    #[must_use]
    pub fn spelled(self) -> String {
        quotient(&factors(self), "*", long)
    }
}

/// Prefixes in steps of a thousand and their powers of ten.
const ENGINEERING: [(&str, i32); 17] = [
    ("y", -24),
    ("z", -21),
    ("a", -18),
    ("f", -15),
    ("p", -12),
    ("n", -9),
    ("u", -6),
    ("m", -3),
    ("", 0),
    ("k", 3),
    ("M", 6),
    ("G", 9),
    ("T", 12),
    ("P", 15),
    ("E", 18),
    ("Z", 21),
    ("Y", 24),
];

/// A value [SI base units] with its unit, under the prefix that leaves one to three digits before the point: `-60 mV`, `1 kA`.
#[must_use]
pub fn quantity(value: f64, dimension: Dimension) -> String {
    let (scale, unit) = scaled(value, dimension);
    if unit.is_empty() { number(value) } else { format!("{} {unit}", number(value * scale)) }
}

/// Values [SI base units] of one unit, under the prefix that suits the largest: `[-60, -52.3] mV`. Of many, the first and the last
/// few are shown, with how many there are.
#[must_use]
pub fn quantities(values: &[f64], dimension: Dimension) -> String {
    let finite = values.iter().copied().filter(|value| value.is_finite());
    let largest = finite.fold(0.0, |largest: f64, value| largest.max(value.abs()));
    let (scale, unit) = scaled(largest, dimension);
    let listed = listed(values, |value| number(value * scale));
    // Where nothing is listed, nothing is measured.
    let unit = if unit.is_empty() || values.is_empty() { String::new() } else { format!(" {unit}") };
    let count = if values.len() > MOST_SHOWN { format!(" ({} values)", values.len()) } else { String::new() };
    format!("{listed}{unit}{count}")
}

/// A list of more values than this is shortened.
const MOST_SHOWN: usize = 12;

/// How many are left at the beginning and at the end of a list that is shortened.
const SHOWN: (usize, usize) = (7, 3);

/// Values between brackets, of many the first and the last.
#[must_use]
pub fn listed(values: &[f64], word: impl Fn(f64) -> String) -> String {
    let words = |values: &[f64]| values.iter().map(|&value| word(value)).collect::<Vec<_>>().join(", ");
    if values.len() <= MOST_SHOWN {
        return format!("[{}]", words(values));
    }
    let (first, last) = (&values[..SHOWN.0], &values[values.len() - SHOWN.1..]);
    format!("[{}, …, {}]", words(first), words(last))
}

/// What to multiply values by so that this one shows one to three digits before the point, and the unit it then has (empty for a
/// pure number).
fn scaled(value: f64, dimension: Dimension) -> (f64, String) {
    let factors = factors(dimension);
    let Some(first) = factors.iter().find(|factor| factor.exponent > 0.0).filter(|first| prefixable(first)) else {
        let unit = if factors.is_empty() { String::new() } else { quotient(&factors, " ", symbol) };
        return (1.0, unit);
    };
    let (symbol_of_first, own_scale) = match first.symbol {
        "kg" => ("g", 3),
        "mM" => ("M", -3),
        other => (other, 0),
    };
    let power = first.exponent as i32;
    // A thousand seconds are 1000 s: `ks` and `Ms` read as something else.
    let largest = if first.symbol == "s" { 0 } else { i32::MAX };
    let (prefix, scale) = prefix_for(value, own_scale, power, largest);
    let shift = |factor: &Factor, exponent: f64| {
        if factor.symbol == first.symbol && factor.exponent > 0.0 {
            let power = if exponent == 1.0 { String::new() } else { format!("^{}", number(exponent)) };
            format!("{prefix}{symbol_of_first}{power}")
        } else {
            symbol(factor, exponent)
        }
    };
    (10f64.powi((own_scale - scale) * power), quotient(&factors, " ", shift))
}

fn prefixable(factor: &Factor) -> bool {
    !matches!(factor.symbol, "K" | "cd") && factor.exponent.fract() == 0.0
}

/// The largest prefix that leaves a value of at least 1; the unit's own where the value is 0, infinite or beyond the table.
fn prefix_for(value: f64, own_scale: i32, power: i32, largest: i32) -> (&'static str, i32) {
    let own = || ENGINEERING.iter().find(|row| row.1 == own_scale - own_scale % 3).copied().unwrap_or(("", 0));
    if value == 0.0 || !value.is_finite() {
        return match own_scale {
            0 => ("", 0),
            3 => ("k", 3),
            _ => own(),
        };
    }
    // A hair of slack, so that 0.1 ms written as 0.0001 s is 100 us and 999.9999999999999 uV is 1 mV.
    let size = value.abs() * (1.0 + 1e-12);
    let fits = |row: &&(&str, i32)| row.1 <= largest && size >= 10f64.powi((row.1 - own_scale) * power);
    ENGINEERING.iter().rev().find(fits).copied().unwrap_or(ENGINEERING[0])
}

/// A number to eight significant digits, without needless zeros.
#[must_use]
pub fn number(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return if value.is_nan() { "nan".to_owned() } else { format!("{value}") };
    }
    let scientific = format!("{value:.7e}");
    let rounded: f64 = scientific.parse().unwrap_or(value);
    let magnitude = rounded.abs();
    if (1e-4..1e9).contains(&magnitude) { format!("{rounded}") } else { format!("{rounded:e}") }
}

/// A time as a text of the language has it: `2*second`, `0.5*us`.
#[must_use]
pub fn time_in_text(seconds: f64) -> String {
    let scales = [(1.0, "second"), (1e-3, "ms"), (1e-6, "us")];
    let (scale, unit) = scales.into_iter().find(|(scale, _)| seconds >= scale * (1.0 - 1e-9)).unwrap_or((1e-6, "us"));
    format!("{}*{unit}", number(seconds / scale))
}

/// A count with its thousands apart: `1,234,567`.
#[must_use]
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn times_of_texts_have_units_of_the_language() {
        let all = [2.0, 1e4, 0.05, 5e-4, 1e-3, 3.0 * 1e-4, 2.5e-7].map(time_in_text);
        assert_eq!(all, ["2*second", "10000*second", "50*ms", "500*us", "1*ms", "300*us", "0.25*us"]);
    }

    #[test]
    fn thousands_are_grouped() {
        for (count, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(count), text);
        }
    }

    use super::super::unit;
    use super::*;

    fn of(name: &str) -> Dimension {
        unit(name).unwrap_or_else(|| panic!("{name} is a unit")).dimension
    }

    #[test]
    fn dimensions_read_as_users_write_them() {
        let rows = [
            (Dimension::ONE, "1", "1"),
            (of("volt"), "V", "volt"),
            (of("volt").over(of("second")), "V/s", "volt/second"),
            (of("volt").over(of("second2")), "V/s^2", "volt/second**2"),
            (of("siemens").over(of("metre2")), "S/m^2", "siemens/meter**2"),
            (of("farad").over(of("metre2")), "F/m^2", "farad/meter**2"),
            (of("amp").over(of("metre2")), "A/m^2", "amp/meter**2"),
            (of("amp").over(of("second")), "A/s", "amp/second"),
            (of("siemens").over(of("second")), "S/s", "siemens/second"),
            (of("siemens"), "S", "siemens"),
            (of("ohm"), "ohm", "ohm"),
            (of("ohm").times(of("metre")), "ohm m", "ohm*meter"),
            (Dimension::HERTZ, "Hz", "hertz"),
            (Dimension::SECOND.power(-2.0), "1/s^2", "1/second**2"),
            (Dimension::SECOND.power(-0.5), "1/s^0.5", "1/second**0.5"),
            (of("volt").times(Dimension::SECOND.power(-0.5)), "V/s^0.5", "volt/second**0.5"),
            (Dimension::ONE.over(of("volt")), "1/V", "1/volt"),
            (of("volt2"), "V^2", "volt**2"),
            (of("volt").times(of("second")), "V s", "volt*second"),
            (of("coulomb"), "C", "coulomb"),
            (of("joule"), "J", "joule"),
            (of("mM"), "mM", "mM"),
            (of("mM").over(of("second")), "mM/s", "mM/second"),
            (of("amp2"), "A^2", "amp**2"),
            (of("metre").over(of("second")), "m/s", "meter/second"),
            (of("kelvin"), "K", "kelvin"),
            (of("metre3"), "m^3", "meter**3"),
        ];
        for (dimension, symbols, words) in rows {
            assert_eq!(dimension.to_string(), symbols);
            assert_eq!(dimension.spelled(), words);
        }
    }

    #[test]
    fn what_no_product_of_two_units_is_stands_in_base_units() {
        let strange = of("kelvin3").times(of("candle2")).times(of("mole")).times(Dimension::SECOND.power(0.25));
        assert_eq!(strange.to_string(), "s^0.25 K^3 mol cd^2");
    }

    #[test]
    fn quantities_take_the_fitting_prefix() {
        let rows = [
            (10.1, "amp", "10.1 A"),
            (1000.0, "amp", "1 kA"),
            (-0.06, "volt", "-60 mV"),
            (1e-6, "amp", "1 uA"),
            (20.0, "volt", "20 V"),
            (0.0001, "second", "100 us"),
            (86_400.0, "second", "86400 s"),
            (0.0, "volt", "0 V"),
            (0.0, "kilogram", "0 kg"),
            (0.0, "mM", "0 mM"),
            (2e-8, "metre2", "20000 um^2"),
            (1.5, "mM", "1.5 mM"),
            (2e-3, "mM", "2 uM"),
            (0.002, "kilogram", "2 g"),
            (0.1 + 0.2, "volt", "300 mV"),
            (293.15, "kelvin", "293.15 K"),
            (15.0, "hertz", "15 Hz"),
            (1e-9 / 3.0, "siemens", "333.33333 pS"),
            (f64::INFINITY, "volt", "inf V"),
            (1e30, "volt", "1000000 YV"),
            (1e-30, "volt", "1e-6 yV"),
        ];
        for (value, unit, expected) in rows {
            assert_eq!(quantity(value, of(unit)), expected);
        }
        assert_eq!(quantity(0.25, Dimension::ONE), "0.25");
        assert_eq!(quantity(3.0, of("volt").over(of("second"))), "3 V/s");
        assert_eq!(quantity(0.003, of("volt").over(of("second"))), "3 mV/s");
        assert_eq!(quantity(5.0, Dimension::SECOND.power(-2.0)), "5 1/s^2");
        assert_eq!(quantity(f64::NAN, Dimension::ONE), "nan");
    }
}
