//! What holds of the functions at their edges, whatever the width: tests over a table `ROWS` of functions and what they
//! give, written for one engine.

/// The tests of an engine: its numbers, their bits, where its functions are, and some bits of numbers that are none.
macro_rules! edges_hold {
    ($engine:ident, $real:ty, $bits:ty, $($functions:ident)::+, $nans:expr) => {
        /// Equal to the bit; any NaN for NaN.
        fn same(a: $real, b: $real) -> bool {
            a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
        }

        #[test]
        fn edges_are_exact() {
            for (name, function, points) in ROWS {
                for &(x, expected) in points {
                    for fused in [false, true] {
                        let result = function(&mut $engine { fused }, x);
                        assert!(same(result, expected), "{name}({x:e}), fused {fused}: {result:e}, not {expected:e}");
                    }
                }
            }
        }

        #[test]
        fn a_nan_stays_one_whatever_its_payload() {
            for (name, function, _) in ROWS.into_iter().filter(|(name, ..)| *name != "x**0") {
                let nans: [$bits; 4] = $nans;
                for bits in nans {
                    for fused in [false, true] {
                        let result = function(&mut $engine { fused }, <$real>::from_bits(bits));
                        assert!(result.is_nan(), "{name}({bits:x})");
                    }
                }
            }
        }

        #[test]
        fn the_lesser_and_the_greater_follow_their_rules() {
            use runtime::math::{maximum, minimum};
            let ops = &mut $engine { fused: false };
            for (a, b, least, greatest) in [
                (1.0, 2.0, 1.0, 2.0),
                (2.0, 1.0, 1.0, 2.0),
                (0.0, -0.0, 0.0, 0.0),
                (NAN, 1.0, NAN, NAN),
                (1.0, NAN, NAN, NAN),
                (-INF, 3.0, -INF, 3.0),
            ] {
                assert!(same(minimum(ops, a, b), least), "minimum({a}, {b})");
                assert!(same(maximum(ops, a, b), greatest), "maximum({a}, {b})");
            }
        }

        proptest! {
            #![proptest_config(ProptestConfig::with_cases(2000))]

            #[test]
            fn odd_and_even_functions_are_so_to_the_bit(bits: $bits, fused: bool) {
                use $($functions)::+::{cos, sin, tanh};
                let x = <$real>::from_bits(bits);
                let ops = &mut $engine { fused };
                prop_assert!(same(sin(ops, -x), -sin(ops, x)));
                prop_assert!(same(tanh(ops, -x), -tanh(ops, x)));
                prop_assert!(same(cos(ops, -x), cos(ops, x)));
            }

            #[test]
            fn results_stay_in_their_range(bits: $bits, fused: bool) {
                use $($functions)::+::{cos, exp, expm1, exprel, log, sin, tanh};
                let x = <$real>::from_bits(bits);
                prop_assume!(!x.is_nan());
                let ops = &mut $engine { fused };
                prop_assert!(exp(ops, x) >= 0.0);
                prop_assert!(expm1(ops, x) >= -1.0);
                prop_assert!(exprel(ops, x) >= 0.0);
                prop_assert!(tanh(ops, x).abs() <= 1.0);
                prop_assert!(x.is_infinite() || sin(ops, x).abs() <= 1.0);
                prop_assert!(x.is_infinite() || cos(ops, x).abs() <= 1.0);
                prop_assert_eq!(log(ops, x).is_nan(), x < 0.0);
            }
        }
    };
}
