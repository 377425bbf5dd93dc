//! The table of called functions, floor division and remainder, integers: a test per row.

use proptest::prelude::*;
use runtime::math::functions::{Call, ROWS, floor_divide, remainder, row};
use runtime::math::{Rare, integer};

/// Rounded from 1,500 bits (mpmath).
const VALUES: [(&str, &[(f64, f64)]); 15] = [
    ("sin", &[(1e22, -0.8522008497671888), (-0.5, -0.479425538604203), (1e300, -0.8178819121159085)]),
    ("cos", &[(1e22, 0.523214785395139), (-0.5, 0.8775825618903728), (1e300, -0.5753861119575491)]),
    ("tan", &[(1.5, 14.101419947171719), (-0.3, -0.30933624960962325), (1e5, -0.035771662952898776)]),
    ("sinh", &[(-0.001, -0.001000000166666675), (2.5, 6.0502044810397875), (-20.0, -242582597.70489514)]),
    ("cosh", &[(0.001, 1.0000005000000416), (-2.5, 6.132289479663686), (20.0, 242582597.70489514)]),
    ("arcsin", &[(-0.99, -1.4292568534704693), (0.3, 0.3046926540153975), (1e-9, 1e-9)]),
    ("arccos", &[(-0.99, 3.000053180265366), (0.3, 1.2661036727794992), (0.999999, 0.0014142136802445852)]),
    ("arctan", &[(1e10, 1.5707963266948965), (-0.7, -0.6107259643892086), (1e-9, 1e-9)]),
    ("arcsinh", &[(-3.5, -1.9657204716496515), (1e-5, 9.999999999833334e-6), (1e200, 461.2101657793691)]),
    ("arccosh", &[(1.0000001, 0.0004472135919037347), (3.5, 1.9248473002384139), (1e200, 461.2101657793691)]),
    ("arctanh", &[(-0.99, -2.6466524123622457), (0.3, 0.3095196042031117), (1e-9, 1e-9)]),
    ("erf", &[(-0.3, -0.3286267594591274), (1.2, 0.9103139782296353), (3.0, 0.9999779095030014)]),
    ("log10", &[(1000.0, 3.0), (7.0, 0.8450980400142568), (1e-320, -320.000004834948)]),
    ("floor", &[(-2.5, -3.0), (2.5, 2.0), (-0.0, -0.0), (1e300, 1e300), (f64::NEG_INFINITY, f64::NEG_INFINITY)]),
    ("ceil", &[(-2.5, -2.0), (2.5, 3.0), (0.3, 1.0), (1e300, 1e300), (f64::INFINITY, f64::INFINITY)]),
];

#[test]
fn functions_of_one_are_within_two_doubles() {
    for (name, points) in VALUES {
        let Some(Call::Unary(function)) = row(name).map(|row| row.call) else {
            panic!("{name} is not a function of one")
        };
        for &(x, expected) in points {
            let result = function(x);
            let distance = result.to_bits().abs_diff(expected.to_bits());
            assert!(distance <= 2, "{name}({x:e}) is {result:e}, not {expected:e}");
        }
        assert!(function(f64::NAN).is_nan(), "{name}(NaN)");
    }
}

#[test]
fn every_row_is_tested_and_named_once() {
    for row in &ROWS {
        let tests = VALUES.iter().filter(|(name, _)| *name == row.name).count();
        assert_eq!(tests, usize::from(row.call.arity() == 1), "{}", row.name);
        assert_eq!(ROWS.iter().filter(|other| other.name == row.name).count(), 1, "{}", row.name);
        assert!(!row.call.address().is_null());
    }
    assert!(row("bessel").is_none());
    for rare in [Rare::Sin, Rare::Cos] {
        assert!(row(rare.name()).is_some_and(|row| row.call.address() == rare.function() as *const u8));
    }
}

fn binary(name: &str) -> extern "C" fn(f64, f64) -> f64 {
    match row(name).expect("a row").call {
        Call::Binary(function) => function,
        Call::Unary(_) => panic!("{name} is of one"),
    }
}

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;

/// An operator, and operands with the result.
type Operator = (&'static str, &'static [(f64, f64, f64)]);

#[test]
fn operators_have_stated_results() {
    let rows: [Operator; 3] = [
        (
            "power",
            &[
                (2.0, 0.5, std::f64::consts::SQRT_2),
                (-8.0, 1.0 / 3.0, NAN),
                (-2.0, 3.0, -8.0),
                (0.0, -1.0, INF),
                (NAN, 0.0, 1.0),
                (1.0, NAN, 1.0),
            ],
        ),
        (
            "remainder",
            &[
                (7.5, 2.0, 1.5),
                (-7.5, 2.0, 0.5),
                (7.0, -3.0, -2.0),
                (-7.0, -3.0, -1.0),
                (-6.0, 3.0, 0.0),
                (6.0, -3.0, -0.0),
                (1.0, 0.0, NAN),
                (INF, 2.0, NAN),
                (3.0, INF, 3.0),
                (-3.0, INF, INF),
                (3.0, -INF, -INF),
                (-1e-20, 3.0, 3.0),
                (NAN, 1.0, NAN),
            ],
        ),
        (
            "floor_divide",
            &[
                (7.5, 2.0, 3.0),
                (-7.5, 2.0, -4.0),
                (7.0, -3.0, -3.0),
                (-7.0, -3.0, 2.0),
                (1.0, 0.0, INF),
                (-1.0, 0.0, -INF),
                (0.0, 0.0, NAN),
                (INF, 2.0, INF),
                (3.0, INF, 0.0),
                (-3.0, INF, -1.0),
                (-1e-300, 1e300, -1.0),
                (1.0, 0.1, 9.0),
                (1e300, 1e-300, INF),
                (NAN, 1.0, NAN),
            ],
        ),
    ];
    for (name, points) in rows {
        for &(x, y, expected) in points {
            let result = binary(name)(x, y);
            let same = result.to_bits() == expected.to_bits() || (result.is_nan() && expected.is_nan());
            assert!(same, "{name}({x:e}, {y:e}) is {result:e}, not {expected:e}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn floor_division_and_remainder_are_exact(
        a in -(1_i64 << 53)..(1_i64 << 53),
        b in prop_oneof![1_i64..50, -50_i64..-1, 1_i64..(1 << 53)],
        exponent in -60_i32..60,
    ) {
        let scale = 2.0_f64.powi(exponent);
        let (x, y) = (a as f64 * scale, b as f64 * scale);
        let euclidean = a.rem_euclid(b);
        let rest = if euclidean != 0 && b < 0 { euclidean + b } else { euclidean };
        prop_assert_eq!(floor_divide(x, y), ((a - rest) / b) as f64);
        prop_assert_eq!(remainder(x, y), rest as f64 * scale);
    }

    #[test]
    fn integers_divide_as_long_ones_do(a: i32, b in prop_oneof![any::<i32>(), -3_i32..4]) {
        prop_assume!(b != 0);
        let (long_a, long_b) = (i64::from(a), i64::from(b));
        let quotient = (long_a as f64 / long_b as f64).floor() as i64;
        prop_assert_eq!(integer::floor_divide(a, b), quotient as i32);
        prop_assert_eq!(i64::from(integer::remainder(a, b)), long_a - quotient * long_b);
    }
}

#[test]
fn integers_never_trap() {
    assert_eq!(integer::floor_divide(5, 0), 0);
    assert_eq!(integer::remainder(5, 0), 0);
    assert_eq!(integer::floor_divide(i32::MIN, -1), i32::MIN);
    assert_eq!(integer::remainder(i32::MIN, -1), 0);
    assert_eq!(integer::power(3, 4), 81);
    assert_eq!(integer::power(0, 0), 1);
    assert_eq!(integer::power(i32::MAX, 2), 1);
    assert_eq!(integer::from_real(-2.7), -2);
    assert_eq!(integer::from_real(f64::NAN), 0);
    assert_eq!(integer::from_real(1e300), i32::MAX);
    assert_eq!(integer::from_real(f64::NEG_INFINITY), i32::MIN);
}

#[test]
fn time_steps_count_a_time_just_under_a_tick_as_on_it() {
    let dt = 1e-4;
    assert_eq!(integer::timestep(0.0, dt), 0);
    assert_eq!(integer::timestep(0.2 - 1e-12, dt), 2000);
    assert_eq!(integer::timestep(0.99 * dt, dt), 0);
    assert_eq!(integer::timestep(0.9995 * dt, dt), 1);
    assert_eq!(integer::timestep(-1e4, dt), -99_999_999);
    assert_eq!(integer::timestep(INF, dt), i64::MAX);
    assert_eq!(integer::timestep(1.0, 0.0), i64::MAX);
    assert_eq!(integer::timestep(0.0, 0.0), 0);
}
