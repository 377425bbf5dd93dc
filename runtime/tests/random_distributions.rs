//! The laws against what they should be, with fixed seeds: mean and variance within 5 standard errors, frequencies by
//! chi-square within 5 standard deviations of its mean; and every parameter's stated result.

use runtime::random::{binomial, geometric_gap, key, normal, poisson, uniform};

const SEEDS: [u64; 2] = [1, 20_240_229];
const DRAWS: u32 = 40_000;

/// 40,000 numbers: 200 steps of 200 elements.
fn draws<T>(seed: u64, draw: impl Fn(u64, i64, u32) -> T) -> Vec<T> {
    let key = key(seed, 7, 0);
    (0..DRAWS).map(|number| draw(key, i64::from(number / 200), number % 200)).collect()
}

fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n)
}

/// `kurtosis` is the fourth central moment over the squared variance: it gives the error of a variance.
fn assert_moments(name: &str, values: &[f64], mean: f64, variance: f64, kurtosis: f64) {
    let n = values.len() as f64;
    let (sample_mean, sample_variance) = moments(values);
    let mean_error = (sample_mean - mean) / (variance / n).sqrt();
    assert!(mean_error.abs() < 5.0, "{name}: mean {sample_mean}, not {mean}");
    let variance_error = (sample_variance / variance - 1.0) / ((kurtosis - 1.0) / n).sqrt();
    assert!(variance_error.abs() < 5.0, "{name}: variance {sample_variance}, not {variance}");
}

/// Chi-square over cells of at least 8 expected; probabilities of 0, 1, 2 …, the rest in one last cell.
fn assert_frequencies(name: &str, counts: &[i32], probabilities: &[f64]) {
    let n = counts.len() as f64;
    let mut observed = vec![0.0; probabilities.len() + 1];
    for &count in counts {
        let cell = usize::try_from(count).expect("counts are not negative").min(probabilities.len());
        observed[cell] += 1.0;
    }
    let rest = 1.0 - probabilities.iter().sum::<f64>();
    let (mut square, mut cells, mut seen, mut expected) = (0.0, 0.0, 0.0, 0.0);
    for (&count, probability) in observed.iter().zip(probabilities.iter().chain([&rest])) {
        seen += count;
        expected += n * probability;
        if expected >= 8.0 {
            square += (seen - expected) * (seen - expected) / expected;
            cells += 1.0;
            (seen, expected) = (0.0, 0.0);
        }
    }
    let freedom: f64 = cells - 1.0;
    assert!(freedom >= 1.0, "{name}: only {cells} cells");
    assert!(
        square < freedom + 5.0 * (2.0 * freedom).sqrt(),
        "{name}: chi-square {square} for {freedom} degrees of freedom"
    );
    assert!(seen <= expected + 30.0, "{name}: {seen} in the tail, expected {expected}");
}

#[test]
fn uniform_numbers_fill_the_unit_interval_evenly() {
    for seed in SEEDS {
        let values = draws(seed, |key, step, element| uniform(key, step, element, 0));
        assert!(values.iter().all(|&u| (0.0..1.0).contains(&u)));
        assert_moments("uniform", &values, 0.5, 1.0 / 12.0, 1.8);
        let cells: Vec<i32> = values.iter().map(|u| (u * 100.0) as i32).collect();
        assert_frequencies("uniform", &cells, &[0.01; 99]);
        let low_bits: Vec<i32> = values.iter().map(|u| ((u * 2f64.powi(53)) as u64 % 64) as i32).collect();
        assert_frequencies("uniform, low bits", &low_bits, &[1.0 / 64.0; 63]);
    }
}

#[test]
fn neighbours_are_independent() {
    for seed in SEEDS {
        let key = key(seed, 7, 0);
        let partners: [fn(u64, i64, u32) -> f64; 3] = [
            |key, step, element| uniform(key, step + 1, element, 0),
            |key, step, element| uniform(key, step, element + 1, 0),
            |key, step, element| uniform(key, step, element, 1),
        ];
        for partner in partners {
            let products: f64 = (0..DRAWS)
                .map(|n| {
                    (uniform(key, i64::from(n / 200), n % 200, 0) - 0.5)
                        * (partner(key, i64::from(n / 200), n % 200) - 0.5)
                })
                .sum();
            let deviation = f64::from(DRAWS).sqrt() / 12.0;
            assert!(products.abs() < 5.0 * deviation, "correlation {}", products / deviation);
        }
    }
}

#[test]
fn normal_numbers_are_so() {
    for seed in SEEDS {
        let values = draws(seed, |key, step, element| normal(key, step, element, 3));
        assert_moments("normal", &values, 0.0, 1.0, 3.0);
        let squares: Vec<f64> = values.iter().map(|value| value * value).collect();
        assert_moments("normal squared", &squares, 1.0, 2.0, 15.0);
        // Cells of a third of a standard deviation from -2 on, by the error function.
        let edge = |cell: i32| f64::from(cell) / 3.0 - 2.0;
        let below = |x: f64| 0.5 * (1.0 + libm::erf(x / std::f64::consts::SQRT_2));
        let cells: Vec<i32> = values.iter().map(|z| ((z + 2.0) * 3.0).floor().clamp(-1.0, 12.0) as i32 + 1).collect();
        let mut probabilities = vec![below(edge(0))];
        probabilities.extend((0..12).map(|cell| below(edge(cell + 1)) - below(edge(cell))));
        assert_frequencies("normal", &cells, &probabilities);
    }
}

fn poisson_probabilities(mean: f64, cells: i32) -> Vec<f64> {
    (0..cells).map(|k| (f64::from(k) * mean.ln() - mean - libm::lgamma(f64::from(k) + 1.0)).exp()).collect()
}

#[test]
fn poisson_counts_are_so() {
    for seed in SEEDS {
        for mean in [0.01, 0.5, 3.0, 9.99, 10.0, 37.5, 1e3, 1e6] {
            let counts = draws(seed, |key, step, element| poisson(key, step, element, 1, mean));
            let values: Vec<f64> = counts.iter().map(|&count| f64::from(count)).collect();
            assert_moments(&format!("poisson {mean}"), &values, mean, mean, 3.0 + 1.0 / mean);
            if mean < 2e3 {
                assert_frequencies(
                    &format!("poisson {mean}"),
                    &counts,
                    &poisson_probabilities(mean, 2 * mean as i32 + 10),
                );
            }
        }
    }
}

fn binomial_probabilities(n: i32, p: f64) -> Vec<f64> {
    let choose =
        |k: f64| libm::lgamma(f64::from(n) + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(f64::from(n) - k + 1.0);
    (0..n).map(|k| (choose(f64::from(k)) + f64::from(k) * p.ln() + f64::from(n - k) * (1.0 - p).ln()).exp()).collect()
}

#[test]
fn binomial_counts_are_so() {
    for seed in SEEDS {
        for (n, p) in [
            (1, 0.3),
            (7, 0.5),
            (1000, 0.002),
            (19, 0.52),
            (20, 0.5),
            (40, 0.3),
            (100, 0.9),
            (1000, 0.4),
            (1_000_000, 0.25),
        ] {
            let counts = draws(seed, |key, step, element| binomial(key, step, element, 1, n, p));
            let values: Vec<f64> = counts.iter().map(|&count| f64::from(count)).collect();
            let variance = f64::from(n) * p * (1.0 - p);
            let kurtosis = 3.0 + (1.0 - 6.0 * p * (1.0 - p)) / variance;
            assert_moments(&format!("binomial {n} {p}"), &values, f64::from(n) * p, variance, kurtosis);
            if n < 2000 {
                assert_frequencies(&format!("binomial {n} {p}"), &counts, &binomial_probabilities(n, p));
            }
        }
    }
}

#[test]
fn gaps_are_geometric() {
    for seed in SEEDS {
        for p in [0.9, 0.3, 0.02, 1e-3] {
            let gaps = draws(seed, |key, step, element| geometric_gap(key, step, element, 1, p));
            let values: Vec<f64> = gaps.iter().map(|&gap| gap as f64).collect();
            let kurtosis = 9.0 + p * p / (1.0 - p);
            assert_moments(&format!("gap {p}"), &values, (1.0 - p) / p, (1.0 - p) / (p * p), kurtosis);
            let counts: Vec<i32> = gaps.iter().map(|&gap| gap as i32).collect();
            let probabilities: Vec<f64> = (0..(3.0 / p) as i32).map(|k| p * (1.0 - p).powi(k)).collect();
            assert_frequencies(&format!("gap {p}"), &counts, &probabilities);
        }
    }
}

#[test]
fn every_parameter_has_a_result() {
    let (nan, inf) = (f64::NAN, f64::INFINITY);
    for (mean, count) in
        [(nan, 0), (-1.0, 0), (-inf, 0), (0.0, 0), (5e-324, 0), (inf, i32::MAX), (1e300, i32::MAX), (1e10, i32::MAX)]
    {
        assert_eq!(poisson(1, 2, 3, 4, mean), count, "poisson({mean})");
    }
    for (n, p, count) in [
        (0, 0.5, 0),
        (-3, 0.5, 0),
        (9, nan, 0),
        (9, -0.1, 0),
        (9, -inf, 0),
        (9, 0.0, 0),
        (9, 5e-324, 0),
        (9, 1.0, 9),
        (9, 1.5, 9),
        (9, inf, 9),
        (i32::MAX, 1.0, i32::MAX),
    ] {
        assert_eq!(binomial(1, 2, 3, 4, n, p), count, "binomial({n}, {p})");
    }
    let largest = f64::from(binomial(1, 2, 3, 4, i32::MAX, 0.5));
    assert!((largest / f64::from(i32::MAX) - 0.5).abs() < 1e-4);
    for (p, gap) in [(nan, u64::MAX), (-1.0, u64::MAX), (0.0, u64::MAX), (5e-324, u64::MAX), (1.0, 0), (inf, 0)] {
        assert_eq!(geometric_gap(1, 2, 3, 4, p), gap, "geometric_gap({p})");
    }
}

#[test]
fn numbers_do_not_change_between_versions() {
    let place = (key(42, 7, 0), 1_000_000_007, 123_456, 2);
    let (key, step, element, draw) = place;
    let found = (
        key,
        uniform(key, step, element, draw).to_bits(),
        normal(key, step, element, draw).to_bits(),
        poisson(key, step, element, draw, 3.5),
        poisson(key, step, element, draw, 350.0),
        binomial(key, step, element, draw, 1000, 0.3),
        geometric_gap(key, step, element, draw, 1e-3),
    );
    // Key, uniform, normal, small Poisson count and gap were computed by another program too (Python, mpmath).
    assert_eq!(
        found,
        (6_178_525_862_795_807_727, 4_606_592_582_999_693_904, 4_610_816_543_944_048_068, 6, 386, 336, 2724)
    );
}
