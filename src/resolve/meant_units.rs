//! The unit that was probably meant.
//!
//! In: a name that is no unit here, as people bring it along: `mvolts`, `GOhm`, `pS`, `msec`, `minute`. Out: the unit as a
//! model writes it. Holds throughout: what is suggested has the size of what was written. A prefix that is read is kept,
//! and a mend never changes a value.

use super::suggestions::distance;
use crate::units;

/// Words for units, without capitals, and the family each stands for; a plural `s` may follow.
const WORDS: [(&str, &str); 24] = [
    ("volt", "volt"),
    ("amp", "amp"),
    ("ampere", "ampere"),
    ("sec", "second"),
    ("second", "second"),
    ("siemen", "siemens"),
    ("siemens", "siemens"),
    ("farad", "farad"),
    ("hz", "hertz"),
    ("hertz", "hertz"),
    ("ohm", "ohm"),
    ("meter", "meter"),
    ("metre", "metre"),
    ("coulomb", "coulomb"),
    ("joule", "joule"),
    ("watt", "watt"),
    ("newton", "newton"),
    ("henry", "henry"),
    ("gram", "gram"),
    ("mole", "mole"),
    ("mol", "mol"),
    ("molar", "molar"),
    ("liter", "liter"),
    ("litre", "litre"),
];

/// Symbols, the family each stands for, and the prefixes it has in earnest: `Gm` is a conductance, not a distance.
const SYMBOLS: [(&str, &str, &str); 8] = [
    ("V", "volt", "fpnumkM"),
    ("A", "amp", "fpnumk"),
    ("S", "siemens", "fpnum"),
    ("F", "farad", "fpnum"),
    ("C", "coulomb", "fpnum"),
    ("s", "second", "fpnum"),
    ("m", "meter", "num"),
    ("M", "molar", "fpnum"),
];

/// Times that are no powers of ten of a second; in brackets, for `2/minute`.
const TIMES: [(&str, &str); 6] = [
    ("minute", "(60*second)"),
    ("minutes", "(60*second)"),
    ("hour", "(3600*second)"),
    ("hours", "(3600*second)"),
    ("day", "(86400*second)"),
    ("days", "(86400*second)"),
];

/// Prefixes as words and letters, and the letter a model writes.
const PREFIXES: [(&str, &str); 24] = [
    ("", ""),
    ("femto", "f"),
    ("pico", "p"),
    ("nano", "n"),
    ("micro", "u"),
    ("milli", "m"),
    ("centi", "c"),
    ("kilo", "k"),
    ("kil", "k"),
    ("mega", "M"),
    ("meg", "M"),
    ("giga", "G"),
    ("tera", "T"),
    ("f", "f"),
    ("p", "p"),
    ("n", "n"),
    ("u", "u"),
    ("m", "m"),
    ("c", "c"),
    ("k", "k"),
    ("K", "k"),
    ("M", "M"),
    ("G", "G"),
    ("T", "T"),
];

/// The unit that `name` plainly is, in a spelling of ours: `mvolt` for `mVolts`, `(60*second)` for `minute`.
#[must_use]
pub(super) fn plain(name: &str) -> Option<String> {
    let (stem, power) = without_power(name);
    if power.is_empty()
        && let Some(row) = TIMES.iter().find(|row| name.eq_ignore_ascii_case(row.0))
    {
        return Some(row.1.to_owned());
    }
    let found = PREFIXES.iter().find_map(|(written, prefix)| {
        let rest = after_prefix(stem, written)?;
        if let Some((word, family)) = WORDS.iter().find(|row| is_word(rest, row.0) && in_use(prefix, row.1)) {
            let unit = format!("{prefix}{family}{power}");
            return Some(if matches!(*word, "sec" | "hz") { in_short(unit) } else { unit });
        }
        let symbol = |row: &&(&str, &str, &str)| rest == row.0 && written.len() == 1 && row.2.contains(prefix);
        SYMBOLS.iter().find(symbol).map(|row| in_short(format!("{prefix}{}{power}", row.1)))
    })?;
    (found != name && units::unit(&found).is_some()).then_some(found)
}

/// Words that names are often slips of.
const COMMON: [&str; 8] = ["volt", "amp", "second", "siemens", "farad", "meter", "hertz", "ohm"];

/// The unit nearest to `name` by its letters, of the same prefix and power: `mvolt` for `mvotl`, never `volt`.
#[must_use]
pub(super) fn near(name: &str) -> Option<String> {
    let (stem, power) = without_power(name);
    let allowed = stem.chars().count() / 3;
    let long = PREFIXES.iter().flat_map(|(written, prefix)| {
        let rest = after_prefix(stem, written).filter(|rest| rest.len() > 2).unwrap_or_default().to_ascii_lowercase();
        COMMON.iter().filter_map(move |word| {
            // A prefix of one letter may be the slip itself: that the rest begins as the unit does tells it from that.
            let likely = rest.starts_with(&word[..1]) && in_use(prefix, word);
            let away = distance(&rest, word);
            (likely && away <= allowed).then(|| (away, format!("{prefix}{word}{power}")))
        })
    });
    let short = units::short_names().filter(|unit| is_in_other_capitals(name, unit));
    long.chain(short.map(|unit| (0, unit.to_owned()))).min().map(|(_, unit)| unit)
}

/// `hz` for `Hz` and `KHz` for `kHz`, but `Mv` is not `mV`, `ns` is not `nS`, and `nm` is not `nM`.
fn is_in_other_capitals(name: &str, unit: &str) -> bool {
    let (Some(written), Some(prefix)) = (name.chars().next(), unit.chars().next()) else { return false };
    let another_unit = name.ends_with(['s', 'S', 'm', 'M']) && name.chars().last() != unit.chars().last();
    let same_prefix = written == prefix || (written, prefix) == ('K', 'k') || unit == "Hz";
    name.eq_ignore_ascii_case(unit) && same_prefix && !another_unit
}

/// Hundredths are of lengths and volumes: `camp` is no current.
fn in_use(prefix: &str, family: &str) -> bool {
    prefix != "c" || family.ends_with("ter") || family.ends_with("tre")
}

/// A name without the power it ends in, and the power.
fn without_power(name: &str) -> (&str, &str) {
    name.split_at(name.strip_suffix(['2', '3']).unwrap_or(name).len())
}

/// What stands behind a prefix; one written as a word may have capitals, one of a letter is what it is.
fn after_prefix<'n>(stem: &'n str, written: &str) -> Option<&'n str> {
    let (first, rest) = stem.split_at_checked(written.len())?;
    (first == written || written.len() > 1 && first.eq_ignore_ascii_case(written)).then_some(rest)
}

/// Whether it is the word, in any capitals, or its plural.
fn is_word(written: &str, word: &str) -> bool {
    let written = written.to_ascii_lowercase();
    written == word || written.strip_suffix('s') == Some(word)
}

/// A unit by its short name, if it has one.
fn in_short(unit: String) -> String {
    units::short_names().find(|short| units::unit(short) == units::unit(&unit)).map_or(unit, ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_of_another_spelling_keeps_its_prefix() {
        let rows = [
            ("mvolts", "mvolt"),
            ("mVolt", "mvolt"),
            ("millivolts", "mvolt"),
            ("volts", "volt"),
            ("mseconds", "msecond"),
            ("msec", "ms"),
            ("msecs", "ms"),
            ("Seconds", "second"),
            ("milliseconds", "msecond"),
            ("microsecond", "usecond"),
            ("nSiemens", "nsiemens"),
            ("microSiemens", "usiemens"),
            ("nAmp", "namp"),
            ("picoamps", "pamp"),
            ("pS", "psiemens"),
            ("fF", "ffarad"),
            ("fA", "famp"),
            ("kV", "kvolt"),
            ("ns", "nsecond"),
            ("pM", "pmolar"),
            ("GOhm", "Gohm"),
            ("kOhm", "kohm"),
            ("kilohm", "kohm"),
            ("megaohm", "Mohm"),
            ("megohms", "Mohm"),
            ("KHz", "kHz"),
            ("kilohertz", "khertz"),
            ("HZ", "Hz"),
            ("nm", "nmeter"),
            ("hours", "(3600*second)"),
            ("minute", "(60*second)"),
            ("mmeters2", "mmeter2"),
        ];
        for (name, expected) in rows {
            assert_eq!(plain(name).as_deref(), Some(expected), "{name}");
        }
    }

    #[test]
    fn a_name_that_is_no_unit_is_none() {
        for name in ["", "2", "tau", "taum", "Gm", "Em", "V", "C", "gS", "gmax", "msecx", "Vs", "é", "mé2", "x2", "TS"]
        {
            assert_eq!(plain(name), None, "{name}");
        }
    }

    #[test]
    fn a_slip_of_a_letter_keeps_prefix_and_power() {
        let rows = [
            ("secnod", Some("second")),
            ("msecnod", Some("msecond")),
            ("mvotl", Some("mvolt")),
            ("mmetter2", Some("mmeter2")),
            ("siemns", Some("siemens")),
            ("mv", Some("mV")),
            ("Mv", None),
            ("MS", None),
            ("MV", None),
            ("mhz", None),
            ("khz", Some("kHz")),
            ("um4", None),
            ("nm", None),
            ("ns", None),
            ("cap", None),
            ("camq", None),
            ("tau", None),
        ];
        for (name, expected) in rows {
            assert_eq!(near(name).as_deref(), expected, "{name}");
        }
    }

    /// Every mend is a unit, and every spelling with a prefix gives that prefix's size.
    #[test]
    fn no_suggestion_changes_the_size() {
        for (written, prefix) in PREFIXES {
            for (word, family) in WORDS {
                let Some(unit) = plain(&format!("{written}{word}")) else { continue };
                let expected = units::unit(&format!("{prefix}{family}")).map(|unit| (unit.factor, unit.dimension));
                assert_eq!(units::unit(&unit).map(|unit| (unit.factor, unit.dimension)), expected, "{written}{word}");
            }
        }
    }
}
