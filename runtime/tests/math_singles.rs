//! The functions for 32-bit floats: errors in units of the last place, edges, signs. Each must hold fused and not.
//!
//! The 64-bit functions, wrong by 2^-52, are the reference: nearer to the exact value than any bound here can tell. One
//! argument in 4,099 is tried, of the whole range of bits, and more of where functions err most.
//! `MATH_SINGLES=1 cargo test --release --test math_singles -- --nocapture` tries all 2^32 (some minutes a function).

#[macro_use]
mod edges;

use proptest::prelude::*;
use runtime::math::{self, Scalar, Single, powi, sign, single};

/// A function, the one of 64 bits, and the largest error allowed in units of the last place: that of all 2^32
/// arguments (of sine and cosine, one in 97), fused or not, rounded up to a tenth.
struct Case {
    name: &'static str,
    function: fn(&mut Single, f32) -> f32,
    reference: fn(&mut Scalar, f64) -> f64,
    bound: f64,
}

macro_rules! case {
    ($function:ident, $bound:literal) => {
        Case { name: stringify!($function), function: single::$function, reference: math::$function, bound: $bound }
    };
}

const CASES: [Case; 8] = [
    case!(exp, 1.1),
    case!(expm1, 1.8),
    case!(exprel, 2.0),
    case!(tanh, 1.4),
    case!(log, 1.0),
    case!(log1p, 1.0),
    case!(sin, 1.9),
    case!(cos, 2.0),
];

/// The distance of floats around a number, which is 2^-149 down from 2^-126.
fn unit(exact: f64) -> f64 {
    let exponent = (exact.abs().to_bits() >> 52) as i32 - 1023;
    2.0_f64.powi(exponent.max(-126) - 23)
}

/// The error in units of the last place; infinite where one is NaN and the other not, or signs differ. Where the exact
/// value is beyond the range, the largest float is half a unit from infinity.
fn error(result: f32, exact: f64) -> f64 {
    let rounded = exact as f32;
    if result.to_bits() == rounded.to_bits() || (result.is_nan() && rounded.is_nan()) {
        0.0
    } else if !result.is_finite() || !rounded.is_finite() || result.is_sign_negative() != rounded.is_sign_negative() {
        f64::INFINITY
    } else {
        ((f64::from(result) - exact) / unit(exact)).abs()
    }
}

/// The largest error and where it is.
fn largest(case: &Case, fused: bool, arguments: impl Iterator<Item = f32>) -> (f64, f32) {
    let mut worst = (0.0, 0.0);
    for x in arguments {
        let exact = (case.reference)(&mut Scalar { fused: false }, x.into());
        let error = error((case.function)(&mut Single { fused }, x), exact);
        if error > worst.0 {
            worst = (error, x);
        }
    }
    worst
}

#[test]
fn errors_stay_under_the_bound_of_each_function() {
    let every: usize = if std::env::var_os("MATH_SINGLES").is_some() { 1 } else { 4_099 };
    let mut beyond: Vec<String> = Vec::new();
    for case in CASES {
        for fused in [false, true] {
            let all = (0..=u32::MAX).step_by(every).map(f32::from_bits);
            let near = (-50_000..50_000).map(|step| 2e-4 * step as f32);
            let (error, x) = largest(&case, fused, all.chain(near));
            println!("{} fused {fused}: {error:.4} at {x:e}", case.name);
            if error > case.bound {
                beyond.push(format!("{}({x:e}), fused {fused}: wrong by {error} units", case.name));
            }
        }
    }
    assert!(beyond.is_empty(), "{beyond:#?}");
}

const INF: f32 = f32::INFINITY;
const NAN: f32 = f32::NAN;
const TINY: f32 = 1e-45;
const HUGE: f32 = f32::MAX;

/// A function and what it gives, to the bit (any NaN for NaN).
type Row = (&'static str, fn(&mut Single, f32) -> f32, &'static [(f32, f32)]);

const ROWS: [Row; 11] = [
    (
        "exp",
        single::exp,
        &[
            (0.0, 1.0),
            (-0.0, 1.0),
            (TINY, 1.0),
            (-TINY, 1.0),
            (INF, INF),
            (-INF, 0.0),
            (HUGE, INF),
            (-HUGE, 0.0),
            (88.722_83, 3.402_798_5e38),
            (88.722_84, INF),
            (-103.972_08, TINY),
            (-103.972_084, 0.0),
            (NAN, NAN),
        ],
    ),
    (
        "expm1",
        single::expm1,
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (TINY, TINY),
            (-TINY, -TINY),
            (1.2e-38, 1.2e-38),
            (1e-9, 1e-9),
            (88.722_84, INF),
            (INF, INF),
            (-INF, -1.0),
            (HUGE, INF),
            (-HUGE, -1.0),
            (-17.5, -1.0),
            (NAN, NAN),
        ],
    ),
    (
        "exprel",
        single::exprel,
        &[
            (0.0, 1.0),
            (-0.0, 1.0),
            (TINY, 1.0),
            (-TINY, 1.0),
            (1e-38, 1.0),
            (1e-8, 1.0),
            (93.3, INF),
            (INF, INF),
            (-INF, 0.0),
            (HUGE, INF),
            (-1e30, 1e-30),
            (-1024.0, 1.0 / 1024.0),
            (NAN, NAN),
        ],
    ),
    (
        "log",
        single::log,
        &[
            (1.0, 0.0),
            (0.0, -INF),
            (-0.0, -INF),
            (-TINY, NAN),
            (-1.0, NAN),
            (-INF, NAN),
            (INF, INF),
            (TINY, -103.278_93),
            (HUGE, 88.722_84),
            (NAN, NAN),
        ],
    ),
    (
        "log1p",
        single::log1p,
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (TINY, TINY),
            (-TINY, -TINY),
            (-1.0, -INF),
            (-1.5, NAN),
            (-INF, NAN),
            (INF, INF),
            (HUGE, 88.722_84),
            (NAN, NAN),
        ],
    ),
    (
        "tanh",
        single::tanh,
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (TINY, TINY),
            (-TINY, -TINY),
            (1e-20, 1e-20),
            (INF, 1.0),
            (-INF, -1.0),
            (HUGE, 1.0),
            (10.0, 1.0),
            (NAN, NAN),
        ],
    ),
    (
        "sin",
        single::sin,
        &[(0.0, 0.0), (-0.0, -0.0), (TINY, TINY), (-TINY, -TINY), (INF, NAN), (-INF, NAN), (NAN, NAN)],
    ),
    ("cos", single::cos, &[(0.0, 1.0), (-0.0, 1.0), (TINY, 1.0), (INF, NAN), (-INF, NAN), (NAN, NAN)]),
    ("sign", sign, &[(0.0, 0.0), (-0.0, 0.0), (TINY, 1.0), (-TINY, -1.0), (INF, 1.0), (-INF, -1.0), (NAN, NAN)]),
    ("x**0", |ops, x| powi(ops, x, 0), &[(0.0, 1.0), (INF, 1.0), (NAN, 1.0), (-3.0, 1.0)]),
    (
        "x**-3",
        |ops, x| powi(ops, x, -3),
        &[(0.0, INF), (-0.0, -INF), (INF, 0.0), (-INF, -0.0), (-2.0, -0.125), (NAN, NAN)],
    ),
];

edges_hold! {
    Single, f32, u32, runtime::math::single, [0x7fc0_0fff, 0xffc0_0001, 0x7fff_ffff, 0xffff_fffe]
}

/// Constants round once, so that choices are those of 32-bit floats throughout.
#[test]
fn choices_have_no_width() {
    let ops = &mut Single { fused: false };
    assert_eq!(math::clip(ops, 0.3, 0.1, 0.2), 0.2);
    assert_eq!(powi(ops, 0.1, 3), 0.1 * 0.1 * 0.1);
    assert_eq!(powi(ops, 2.0, 128), INF);
}
