//! The edges of the functions: ±0, denormal numbers, infinities, NaN, ends of the range. Each must hold fused and not.

#[macro_use]
mod edges;

use proptest::prelude::*;
use runtime::math::{Scalar, clip, cos, exp, expm1, exprel, exprel_reciprocal, log, log1p, powi, sign, sin, tanh};

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;
const TINY: f64 = 5e-324;
const HUGE: f64 = f64::MAX;

/// A function and what it gives, to the bit (any NaN for NaN).
type Row = (&'static str, fn(&mut Scalar, f64) -> f64, &'static [(f64, f64)]);

const ROWS: [Row; 12] = [
    (
        "exp",
        exp,
        &[
            (0.0, 1.0),
            (-0.0, 1.0),
            (TINY, 1.0),
            (-TINY, 1.0),
            (INF, INF),
            (-INF, 0.0),
            (HUGE, INF),
            (-HUGE, 0.0),
            (709.782712893384, 1.797_693_134_862_273_2e308),
            (709.7827128933841, INF),
            (-745.133_219_101_941_1, TINY),
            (-745.133_219_101_941_2, 0.0),
            (-744.5, TINY),
            (NAN, NAN),
        ],
    ),
    (
        "expm1",
        expm1,
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (TINY, TINY),
            (-TINY, -TINY),
            (2.3e-308, 2.3e-308),
            (1e-20, 1e-20),
            (INF, INF),
            (-INF, -1.0),
            (HUGE, INF),
            (-HUGE, -1.0),
            (-38.0, -1.0),
            (NAN, NAN),
        ],
    ),
    (
        "exprel",
        exprel,
        &[
            (0.0, 1.0),
            (-0.0, 1.0),
            (TINY, 1.0),
            (1e-17, 1.0),
            (INF, INF),
            (-INF, 0.0),
            (HUGE, INF),
            (717.0, INF),
            (-1e300, 1e-300),
            (-1024.0, 1.0 / 1024.0),
            (NAN, NAN),
        ],
    ),
    (
        "exprel_reciprocal",
        exprel_reciprocal,
        &[
            (0.0, 1.0),
            (-0.0, 1.0),
            (TINY, 1.0),
            (INF, 0.0),
            (-INF, INF),
            (HUGE, 0.0),
            (-HUGE, HUGE),
            (752.0, 0.0),
            (-1e300, 1e300),
            (NAN, NAN),
        ],
    ),
    (
        "log",
        log,
        &[
            (1.0, 0.0),
            (0.0, -INF),
            (-0.0, -INF),
            (-TINY, NAN),
            (-1.0, NAN),
            (-INF, NAN),
            (INF, INF),
            (TINY, -744.440_071_921_381_2),
            (HUGE, 709.782712893384),
            (NAN, NAN),
        ],
    ),
    (
        "log1p",
        log1p,
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (TINY, TINY),
            (-TINY, -TINY),
            (-1.0, -INF),
            (-1.5, NAN),
            (-INF, NAN),
            (INF, INF),
            (HUGE, 709.782712893384),
            (NAN, NAN),
        ],
    ),
    (
        "tanh",
        tanh,
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (TINY, TINY),
            (-TINY, -TINY),
            (1e-20, 1e-20),
            (INF, 1.0),
            (-INF, -1.0),
            (HUGE, 1.0),
            (20.0, 1.0),
            (NAN, NAN),
        ],
    ),
    ("sin", sin, &[(0.0, 0.0), (-0.0, -0.0), (TINY, TINY), (-TINY, -TINY), (INF, NAN), (-INF, NAN), (NAN, NAN)]),
    ("cos", cos, &[(0.0, 1.0), (-0.0, 1.0), (TINY, 1.0), (INF, NAN), (-INF, NAN), (NAN, NAN)]),
    ("sign", sign, &[(0.0, 0.0), (-0.0, 0.0), (TINY, 1.0), (-TINY, -1.0), (INF, 1.0), (-INF, -1.0), (NAN, NAN)]),
    ("x**0", |ops, x| powi(ops, x, 0), &[(0.0, 1.0), (INF, 1.0), (NAN, 1.0), (-3.0, 1.0)]),
    (
        "x**-3",
        |ops, x| powi(ops, x, -3),
        &[(0.0, INF), (-0.0, -INF), (INF, 0.0), (-INF, -0.0), (-2.0, -0.125), (NAN, NAN)],
    ),
];

edges_hold! {
    Scalar, f64, u64, runtime::math,
    [0x7ff8_0000_0000_0fff, 0xfff8_0000_0000_0001, 0x7fff_ffff_ffff_ffff, 0xffff_ffff_ffff_fffe]
}

#[test]
fn powers_are_products() {
    let mut ops = Scalar { fused: false };
    for (x, n, expected) in [
        (1.5, 1, 1.5),
        (1.5, 2, 2.25),
        (-1.5, 3, -3.375),
        (2.0, 1023, 2.0_f64.powi(1023)),
        (2.0, -1022, f64::MIN_POSITIVE),
        (2.0, 1024, INF),
        (1.0, i32::MIN, 1.0),
        (2.0, i32::MIN, 0.0),
        (-1.0, i32::MAX, -1.0),
    ] {
        assert_eq!(powi(&mut ops, x, n), expected, "{x}**{n}");
    }
}

#[test]
fn a_number_is_kept_between_two_others() {
    let mut ops = Scalar { fused: false };
    for (x, low, high, expected) in [
        (5.0, 1.0, 2.0, 2.0),
        (-5.0, 1.0, 2.0, 1.0),
        (1.5, 1.0, 2.0, 1.5),
        (0.0, 3.0, 2.0, 3.0),
        (4.0, 3.0, 2.0, 2.0),
        (NAN, 1.0, 2.0, NAN),
        (0.0, NAN, 2.0, 0.0),
        (9.0, 1.0, NAN, 9.0),
        (1.0, -INF, INF, 1.0),
    ] {
        let result = clip(&mut ops, x, low, high);
        assert!(same(result, expected), "clip({x}, {low}, {high}) is {result}");
    }
}

/// The polynomial alone gives 1 + 2^-52 here where it is fused.
#[test]
fn the_cosine_of_next_to_nothing_is_one() {
    for fused in [false, true] {
        assert_eq!(cos(&mut Scalar { fused }, 8.450392607883829e-10), 1.0, "fused {fused}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_reciprocal_is_never_negative(bits: u64, fused: bool) {
        let x = f64::from_bits(bits);
        prop_assume!(!x.is_nan());
        let ops = &mut Scalar { fused };
        prop_assert!(exprel_reciprocal(ops, x) >= 0.0);
    }
}
