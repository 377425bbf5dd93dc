//! The inline functions against correctly rounded values: in, the tables of `math_reference` (written by
//! `reference.py` with mpmath); out, the largest error in units of the last place, held to a bound per function,
//! fused and not.
//!
//! `MATH_REFERENCE=DIR cargo test --test math_accuracy -- --nocapture` measures with larger tables written elsewhere.

use runtime::math::{Scalar, cos, exp, expm1, exprel, exprel_reciprocal, log, log1p, sin, tanh};

/// A function, its table, and the largest error allowed in units of the last place: what was
/// measured at 20,000 points and 25,000 more in each interval where it errs most, rounded up to a tenth.
struct Case {
    name: &'static str,
    function: fn(&mut Scalar, f64) -> f64,
    table: &'static str,
    bound: f64,
}

macro_rules! case {
    ($function:ident, $bound:literal) => {
        Case {
            name: stringify!($function),
            function: $function::<Scalar>,
            table: include_str!(concat!("math_reference/", stringify!($function), ".txt")),
            bound: $bound,
        }
    };
}

const CASES: [Case; 9] = [
    case!(exp, 1.1),
    case!(expm1, 1.3),
    case!(exprel, 1.7),
    case!(exprel_reciprocal, 1.7),
    case!(log, 0.9),
    case!(log1p, 0.9),
    case!(tanh, 1.9),
    case!(sin, 1.8),
    case!(cos, 1.8),
];

/// Whole numbers in the order of the magnitudes of doubles of one sign.
fn ordinal(value: f64) -> i64 {
    (value.to_bits() & (u64::MAX >> 1)) as i64
}

/// Argument, rounded value, and what the exact one lies above it in magnitude, in units of the last place.
fn parse(line: &str) -> (f64, f64, f64) {
    let columns: Vec<&str> = line.split(' ').collect();
    let number = |text: &str| f64::from_bits(u64::from_str_radix(text, 16).expect("hexadecimal bits"));
    (number(columns[0]), number(columns[1]), columns[2].parse::<f64>().expect("thousandths") / 1000.0)
}

/// The error of a result in units of the last place: how many doubles lie between, and the part of one that rounding
/// lost.
fn error(result: f64, rounded: f64, lost: f64) -> f64 {
    if result.is_nan() || rounded.is_nan() || result.is_sign_negative() != rounded.is_sign_negative() {
        return if result.is_nan() && rounded.is_nan() { 0.0 } else { f64::INFINITY };
    }
    (ordinal(result).saturating_sub(ordinal(rounded)) as f64 - lost).abs()
}

/// The largest error and where it is.
fn largest(case: &Case, table: &str, fused: bool) -> (f64, f64) {
    let mut worst = (0.0, 0.0);
    for (x, rounded, lost) in table.lines().map(parse) {
        let error = error((case.function)(&mut Scalar { fused }, x), rounded, lost);
        if error > worst.0 {
            worst = (error, x);
        }
    }
    worst
}

#[test]
fn errors_stay_under_the_bound_of_each_function() {
    let mut beyond: Vec<String> = Vec::new();
    let other = std::env::var("MATH_REFERENCE").ok();
    for case in CASES {
        let elsewhere = other
            .as_ref()
            .map(|folder| std::fs::read_to_string(format!("{folder}/{}.txt", case.name)).expect("a table"));
        let table = elsewhere.as_deref().unwrap_or(case.table);
        assert!(table.lines().count() > 1000);
        for fused in [false, true] {
            let (error, x) = largest(&case, table, fused);
            println!("{} fused {fused}: {error:.3} at {x:e}", case.name);
            if error > case.bound {
                beyond.push(format!("{}({x:e}), fused {fused}: wrong by {error} units", case.name));
            }
        }
    }
    assert!(beyond.is_empty(), "{beyond:#?}");
}
