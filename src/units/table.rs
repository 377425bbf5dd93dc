//! The units by name: families, prefixes, powers, short names and physical constants, as tables.
//!
//! In: a name as a model writes it (`mV`, `usiemens`, `cmetre2`). Out: its factor to SI base units and its dimension. Names are
//! taken apart when they are looked up; nothing is built at start-up. The families, short names and constants are those of
//! Brian2's default names, with the values of CODATA 2014 that it has.

use super::Dimension;

/// A unit: a number of SI base units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    /// How many SI base units it is.
    pub factor: f64,
    /// What it measures.
    pub dimension: Dimension,
    /// Whether a model may not give its name to something else. Names with the prefixes c, d, da and h are free (but for
    /// centimetres), so that a variable may be called `damp`.
    pub reserved: bool,
}

/// Names that share prefixes and powers.
struct Family {
    name: &'static str,
    /// Exponents of metre, kilogram, second, ampere, kelvin, mole, candela.
    exponents: [i8; 7],
    /// Power of ten of the unprefixed unit.
    scale: i32,
    prefixes: bool,
    powers: bool,
}

const fn family(name: &'static str, exponents: [i8; 7]) -> Family {
    Family { name, exponents, scale: 0, prefixes: true, powers: true }
}

const fn without_prefixes(name: &'static str, exponents: [i8; 7]) -> Family {
    Family { name, exponents, scale: 0, prefixes: false, powers: true }
}

const fn scaled(name: &'static str, exponents: [i8; 7], scale: i32, powers: bool) -> Family {
    Family { name, exponents, scale, prefixes: true, powers }
}

#[rustfmt::skip]
const FAMILIES: [Family; 37] = [
    //                              m  kg   s   A  K mol cd
    family("metre",              [  1,  0,  0,  0, 0, 0, 0]),
    family("meter",              [  1,  0,  0,  0, 0, 0, 0]),
    without_prefixes("kilogram", [  0,  1,  0,  0, 0, 0, 0]),
    without_prefixes("kilogramme", [0,  1,  0,  0, 0, 0, 0]),
    scaled("gram",               [  0,  1,  0,  0, 0, 0, 0], -3, true),
    scaled("gramme",             [  0,  1,  0,  0, 0, 0, 0], -3, true),
    family("second",             [  0,  0,  1,  0, 0, 0, 0]),
    family("amp",                [  0,  0,  0,  1, 0, 0, 0]),
    family("ampere",             [  0,  0,  0,  1, 0, 0, 0]),
    without_prefixes("kelvin",   [  0,  0,  0,  0, 1, 0, 0]),
    family("mole",               [  0,  0,  0,  0, 0, 1, 0]),
    family("mol",                [  0,  0,  0,  0, 0, 1, 0]),
    family("candle",             [  0,  0,  0,  0, 0, 0, 1]),
    family("radian",             [  0,  0,  0,  0, 0, 0, 0]),
    family("steradian",          [  0,  0,  0,  0, 0, 0, 0]),
    family("hertz",              [  0,  0, -1,  0, 0, 0, 0]),
    family("newton",             [  1,  1, -2,  0, 0, 0, 0]),
    family("pascal",             [ -1,  1, -2,  0, 0, 0, 0]),
    family("joule",              [  2,  1, -2,  0, 0, 0, 0]),
    family("watt",               [  2,  1, -3,  0, 0, 0, 0]),
    family("coulomb",            [  0,  0,  1,  1, 0, 0, 0]),
    family("volt",               [  2,  1, -3, -1, 0, 0, 0]),
    family("farad",              [ -2, -1,  4,  2, 0, 0, 0]),
    family("ohm",                [  2,  1, -3, -2, 0, 0, 0]),
    family("siemens",            [ -2, -1,  3,  2, 0, 0, 0]),
    family("weber",              [  2,  1, -2, -1, 0, 0, 0]),
    family("tesla",              [  0,  1, -2, -1, 0, 0, 0]),
    family("henry",              [  2,  1, -2, -2, 0, 0, 0]),
    family("lumen",              [  0,  0,  0,  0, 0, 0, 1]),
    family("lux",                [ -2,  0,  0,  0, 0, 0, 1]),
    family("becquerel",          [  0,  0, -1,  0, 0, 0, 0]),
    family("gray",               [  2,  0, -2,  0, 0, 0, 0]),
    family("sievert",            [  2,  0, -2,  0, 0, 0, 0]),
    family("katal",              [  0,  0, -1,  0, 0, 1, 0]),
    scaled("liter",              [  3,  0,  0,  0, 0, 0, 0], -3, false),
    scaled("litre",              [  3,  0,  0,  0, 0, 0, 0], -3, false),
    scaled("molar",              [ -3,  0,  0,  0, 0, 1, 0],  3, true),
];

/// A prefix and its power of ten.
const PREFIXES: [(&str, i32); 20] = [
    ("y", -24),
    ("z", -21),
    ("a", -18),
    ("f", -15),
    ("p", -12),
    ("n", -9),
    ("u", -6),
    ("m", -3),
    ("c", -2),
    ("d", -1),
    ("da", 1),
    ("h", 2),
    ("k", 3),
    ("M", 6),
    ("G", 9),
    ("T", 12),
    ("P", 15),
    ("E", 18),
    ("Z", 21),
    ("Y", 24),
];

/// Short names, and the long ones they stand for.
pub(super) const SHORT: [(&str, &str); 28] = [
    ("mV", "mvolt"),
    ("mA", "mamp"),
    ("uA", "uamp"),
    ("nA", "namp"),
    ("pA", "pamp"),
    ("pF", "pfarad"),
    ("uF", "ufarad"),
    ("nF", "nfarad"),
    ("nS", "nsiemens"),
    ("uS", "usiemens"),
    ("mS", "msiemens"),
    ("ms", "msecond"),
    ("us", "usecond"),
    ("Hz", "hertz"),
    ("kHz", "khertz"),
    ("MHz", "Mhertz"),
    ("cm", "cmetre"),
    ("cm2", "cmetre2"),
    ("cm3", "cmetre3"),
    ("mm", "mmetre"),
    ("mm2", "mmetre2"),
    ("mm3", "mmetre3"),
    ("um", "umetre"),
    ("um2", "umetre2"),
    ("um3", "umetre3"),
    ("mM", "mmolar"),
    ("uM", "umolar"),
    ("nM", "nmolar"),
];

/// Physical constants (CODATA 2014): name, value in SI base units, exponents.
#[rustfmt::skip]
const CONSTANTS: [(&str, f64, [i8; 7]); 10] = [
    //                                              m  kg   s   A   K mol cd
    ("avogadro_constant",   6.022_140_857e23,    [  0,  0,  0,  0,  0, -1, 0]),
    ("boltzmann_constant",  1.380_648_52e-23,    [  2,  1, -2,  0, -1,  0, 0]),
    ("electric_constant",   8.854_187_817e-12,   [ -3, -1,  4,  2,  0,  0, 0]),
    ("electron_mass",       9.109_383_56e-31,    [  0,  1,  0,  0,  0,  0, 0]),
    ("elementary_charge",   1.602_176_620_8e-19, [  0,  0,  1,  1,  0,  0, 0]),
    ("faraday_constant",    96_485.332_89,       [  0,  0,  1,  1,  0, -1, 0]),
    ("gas_constant",        8.314_459_8,         [  2,  1, -2,  0, -1, -1, 0]),
    ("magnetic_constant",   4e-7 * std::f64::consts::PI, [1, 1, -2, -2, 0, 0, 0]),
    ("molar_mass_constant", 1e-3,                [  0,  1,  0,  0,  0, -1, 0]),
    ("zero_celsius",        273.15,              [  0,  0,  0,  0,  1,  0, 0]),
];

/// The unit or physical constant called `name`.
#[must_use]
pub fn unit(name: &str) -> Option<Unit> {
    if let Some((_, long)) = SHORT.iter().find(|(short, _)| *short == name) {
        return long_unit(long).map(|unit| Unit { reserved: true, ..unit });
    }
    long_unit(name).or_else(|| constant(name))
}

fn constant(name: &str) -> Option<Unit> {
    let &(_, factor, exponents) = CONSTANTS.iter().find(|row| row.0 == name)?;
    Some(Unit { factor, dimension: dimension(exponents), reserved: false })
}

/// A family's name between an optional prefix and an optional power.
fn long_unit(name: &str) -> Option<Unit> {
    let (stem, power) = match name.as_bytes().last()? {
        b'2' => (&name[..name.len() - 1], 2),
        b'3' => (&name[..name.len() - 1], 3),
        _ => (name, 1),
    };
    FAMILIES.iter().find_map(|family| {
        let prefix = stem.strip_suffix(family.name)?;
        let (_, scale) = match prefix {
            "" => ("", 0),
            _ if family.prefixes => *PREFIXES.iter().find(|row| row.0 == prefix)?,
            _ => return None,
        };
        if power > 1 && !family.powers {
            return None;
        }
        let rare = matches!(prefix, "c" | "d" | "da" | "h");
        let centimetre = prefix == "c" && matches!(family.name, "metre" | "meter");
        Some(Unit {
            factor: power_of_ten((family.scale + scale) * power),
            dimension: dimension(family.exponents).power(f64::from(power)),
            reserved: !rare || centimetre || !family.powers,
        })
    })
}

fn dimension(exponents: [i8; 7]) -> Dimension {
    Dimension(exponents.map(f64::from))
}

/// The double nearest to a power of ten; `powi` is off by a unit in the last place for some.
fn power_of_ten(exponent: i32) -> f64 {
    format!("1e{exponent}").parse().expect("a power of ten in this form is a number")
}

/// All unit names, in no order: for suggestions and tests.
#[cfg(test)]
fn all_names() -> Vec<String> {
    let mut names: Vec<String> = SHORT.iter().map(|row| row.0.to_owned()).collect();
    for family in &FAMILIES {
        let prefixes = PREFIXES.iter().map(|row| row.0).filter(|_| family.prefixes);
        for prefix in std::iter::once("").chain(prefixes) {
            for power in ["", "2", "3"] {
                if power.is_empty() || family.powers {
                    names.push(format!("{prefix}{}{power}", family.name));
                }
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn factor(name: &str) -> f64 {
        unit(name).unwrap_or_else(|| panic!("{name} is a unit")).factor
    }

    /// Brian2 2.9 has 1710 names: 16 prefixes (c, d, da and h only for litres) and 27 short ones (`mS` is left out). Its users
    /// have `mS` and six kinds of centimetre by import. The other prefixes are free names.
    #[test]
    fn every_name_is_found_once() {
        let names = all_names();
        let distinct: HashSet<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(distinct.len(), names.len());
        assert_eq!(names.len(), 32 * 21 * 3 + 3 * 3 + 2 * 21 + 28);
        let reserved = names.iter().filter(|name| unit(name).is_some_and(|unit| unit.reserved)).count();
        assert_eq!(reserved, 1710 + 1 + 6);
        assert!(names.iter().all(|name| unit(name).is_some()));
    }

    #[test]
    fn factors_are_exact() {
        let rows = [
            ("mV", 1e-3),
            ("cm2", 1e-4),
            ("um3", 1e-18),
            ("umetre2", 1e-12),
            ("liter", 1e-3),
            ("klitre", 1.0),
            ("molar", 1e3),
            ("mM", 1.0),
            ("nM", 1e-6),
            ("mmolar2", 1.0),
            ("gram", 1e-3),
            ("kgram", 1.0),
            ("Ykatal3", 1e72),
            ("dasecond", 10.0),
            ("MHz", 1e6),
            ("zero_celsius", 273.15),
        ];
        for (name, expected) in rows {
            assert_eq!(factor(name), expected, "{name}");
        }
    }

    #[test]
    fn what_is_not_a_unit_is_not_found() {
        for name in ["", "2", "V", "mkelvin", "kkilogram", "liter2", "mvolts", "volt4", "kmvolt", "celsius", "mµ", "é2"]
        {
            assert_eq!(unit(name), None, "{name}");
        }
    }

    #[test]
    fn dimensions_fit_each_other() {
        let of = |name: &str| unit(name).map(|unit| unit.dimension).unwrap_or_default();
        assert_eq!(of("volt").over(of("ohm")), of("amp"));
        assert_eq!(of("siemens").times(of("volt")), of("ampere"));
        assert_eq!(of("farad").over(of("siemens")), of("second"));
        assert_eq!(of("joule"), of("coulomb").times(of("volt")));
        assert_eq!(of("watt"), of("joule").times(of("hertz")));
        assert_eq!(of("weber"), of("volt").times(of("second")));
        assert_eq!(of("henry"), of("weber").over(of("amp")));
        assert_eq!(of("tesla"), of("weber").over(of("metre2")));
        assert_eq!(of("molar"), of("mole").over(of("liter")));
        assert_eq!(of("pascal"), of("newton").over(of("meter2")));
        assert_eq!(of("gas_constant"), of("boltzmann_constant").times(of("avogadro_constant")));
        assert_eq!(of("faraday_constant"), of("elementary_charge").times(of("avogadro_constant")));
    }

    #[test]
    fn free_names_are_not_reserved() {
        assert_eq!(unit("damp").map(|unit| unit.reserved), Some(false));
        assert_eq!(unit("cmeter2").map(|unit| unit.reserved), Some(true));
        assert_eq!(unit("daliter").map(|unit| unit.reserved), Some(true));
    }
}
