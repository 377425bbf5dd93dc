//! The laws against what they should be, with fixed seeds: mean and variance within 5 standard errors, frequencies by
//! chi-square within 5 standard deviations of its mean; and every parameter's stated result.

use runtime::math::{Scalar, log, log1p};
use runtime::random::{Gaps, Strip, binomial, key, normal, poisson, uniform};

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
        for mean in [0.01, 0.5, 3.0, 9.99, 29.99, 30.0, 37.5, 1e3, 1e6] {
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
            (59, 0.5),
            (60, 0.5),
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
            let gaps = strips(seed, |strip, to| Gaps::of(p).fill(strip, to));
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
        let mut gaps = [1; 3];
        Gaps::of(p).fill(Strip { key: 1, step: 2, first: 3, draw: 4 }, &mut gaps);
        assert_eq!(gaps, [gap; 3], "gaps of {p}");
    }
}

/// A million numbers: 100 steps of 10,000 neighbours.
fn strips<T: Clone + Default>(seed: u64, fill: impl Fn(Strip, &mut [T])) -> Vec<T> {
    let key = key(seed, 8, 0);
    let mut all = vec![T::default(); 1_000_000];
    for (step, to) in (0..).zip(all.chunks_mut(10_000)) {
        fill(Strip { key, step, first: 1, draw: 2 }, to);
    }
    all
}

/// Kolmogorov and Smirnov: the largest distance from the law, times the root of the count, exceeds 2.5 in one of 130,000.
fn assert_law(name: &str, mut values: Vec<f64>, below: impl Fn(f64) -> f64) {
    values.sort_by(f64::total_cmp);
    let n = values.len() as f64;
    let distance = |(place, &value): (usize, &f64)| {
        let law = below(value);
        (law - place as f64 / n).abs().max((law - (place + 1) as f64 / n).abs())
    };
    let largest = values.iter().enumerate().map(distance).fold(0.0, f64::max);
    assert!(largest * n.sqrt() < 2.5, "{name}: {} from its law", largest * n.sqrt());
}

fn normal_below(x: f64) -> f64 {
    0.5 * libm::erfc(-x / std::f64::consts::SQRT_2)
}

#[test]
fn strips_keep_the_law_into_the_tails() {
    for seed in SEEDS {
        assert_law("uniform", strips(seed, Strip::uniforms), |u| u);
        let normals = strips(seed, Strip::normals);
        assert_moments("normal", &normals, 0.0, 1.0, 3.0);
        let fourth: Vec<f64> = normals.iter().map(|value| value.powi(4)).collect();
        assert_moments("normal to the fourth", &fourth, 3.0, 96.0, 207.0);
        for beyond in [2.5, 3.0, 3.5, 4.0] {
            let sides: [fn(f64) -> f64; 2] = [|x| x, |x| -x];
            for side in sides {
                let expected = 1e6 * normal_below(-beyond);
                let seen = normals.iter().filter(|&&value| side(value) > beyond).count() as f64;
                assert!((seen - expected).abs() < 5.0 * expected.sqrt(), "{seen} beyond {beyond}, not {expected}");
            }
        }
        assert_law("normal", normals, normal_below);
        let counts = strips(seed, |strip, to| strip.binomials(1000, 0.002, to));
        assert_frequencies("binomial of strips", &counts, &binomial_probabilities(1000, 0.002)[..40]);
        let counts = strips(seed, |strip, to| strip.poissons(25.5, to));
        assert_frequencies("poisson of strips", &counts, &poisson_probabilities(25.5, 90));
    }
}

#[test]
fn neighbours_that_share_a_block_are_independent() {
    for seed in SEEDS {
        let moved: [fn(f64) -> f64; 3] = [|z| z, |z| z * z - 1.0, |z| z.abs() - std::f64::consts::FRAC_2_PI.sqrt()];
        let normals = strips(seed, |strip, to: &mut [f64]| Strip { first: 0, ..strip }.normals(to));
        for one in moved {
            for other in moved {
                let products: Vec<f64> = normals.chunks(2).map(|pair| one(pair[0]) * other(pair[1])).collect();
                let (mean, variance) = moments(&products);
                let error = mean / (variance / products.len() as f64).sqrt();
                assert!(error.abs() < 5.0, "correlation of {error} standard errors");
            }
        }
        let uniforms = strips(seed, |strip, to: &mut [f64]| Strip { first: 0, ..strip }.uniforms(to));
        let cells: Vec<i32> =
            uniforms.chunks(2).map(|pair| (pair[0] * 16.0) as i32 * 16 + (pair[1] * 16.0) as i32).collect();
        assert_frequencies("pairs of uniform numbers", &cells, &[1.0 / 256.0; 255]);
    }
}

#[test]
fn a_strip_has_the_bits_of_each_element_alone() {
    let (nan, inf) = (f64::NAN, f64::INFINITY);
    for (first, length) in
        [(0, 0), (1, 0), (7, 1), (8, 1), (3, 2), (0, 63), (1, 64), (5, 300), (2, 1000), (u32::MAX, 1)]
    {
        let strip = Strip { key: key(9, 7, 0), step: -3, first, draw: 1 };
        let alone = |law: &dyn Fn(u32) -> u64| -> Vec<u64> {
            (0..length).map(|place| law(first.wrapping_add(place as u32))).collect()
        };
        let mut reals = vec![0.0_f64; length];
        let mut found = |fill: &dyn Fn(&mut [f64])| -> Vec<u64> {
            fill(&mut reals);
            reals.iter().map(|value| value.to_bits()).collect()
        };
        let Strip { key, step, draw, .. } = strip;
        let each = alone(&|element| uniform(key, step, element, draw).to_bits());
        assert_eq!(found(&|to| strip.uniforms(to)), each, "uniforms from {first}");
        let each = alone(&|element| normal(key, step, element, draw).to_bits());
        assert_eq!(found(&|to| strip.normals(to)), each, "normals from {first}");
        for p in [1e-9, 0.002, 0.5, 0.998] {
            let each = alone(&|element| {
                let [rest, failure] = [1.0 - uniform(key, step, element, draw), 1.0 - p];
                (log(&mut Scalar { fused: false }, rest) / log1p(&mut Scalar { fused: false }, failure - 1.0)) as u64
            });
            let mut gaps = vec![0; length];
            Gaps::of(1.0 - (1.0 - p)).fill(strip, &mut gaps);
            assert_eq!(gaps, each, "gaps of {p} from {first}");
        }
        let mut counts = vec![0; length];
        let mut found = |fill: &dyn Fn(&mut [i32])| -> Vec<u64> {
            fill(&mut counts);
            counts.iter().map(|&count| u64::from(i32::cast_unsigned(count))).collect()
        };
        for mean in [nan, -1.0, 0.0, 5e-324, 1e-12, 0.3, 2.0, 9.99, 29.9, 30.0, 1e3, 1e5, 1e300, inf] {
            let each = alone(&|element| u64::from(poisson(key, step, element, draw, mean).cast_unsigned()));
            assert_eq!(found(&|to| strip.poissons(mean, to)), each, "poissons of {mean} from {first}");
        }
        for n in [-1, 0, 1, 2, 59, 60, 1000, 1_000_000, i32::MAX] {
            for p in [nan, -0.5, 0.0, 5e-324, 1e-9, 0.002, 0.3, 0.5, 0.7, 0.998, 1.0, 2.0, inf] {
                let each = alone(&|element| u64::from(binomial(key, step, element, draw, n, p).cast_unsigned()));
                assert_eq!(found(&|to| strip.binomials(n, p, to)), each, "binomials of {n} and {p} from {first}");
            }
        }
    }
}

#[test]
fn numbers_do_not_change_between_versions() {
    let key = key(42, 7, 0);
    assert_eq!(key, 6_178_525_862_795_807_727);
    let found = |element| {
        let (step, draw) = (1_000_000_007, 2);
        let mut gap = [0];
        Gaps::of(1e-3).fill(Strip { key, step, first: element, draw }, &mut gap);
        (
            uniform(key, step, element, draw).to_bits(),
            normal(key, step, element, draw),
            [3.5, 25.5].map(|mean| poisson(key, step, element, draw, mean)),
            binomial(key, step, element, draw, 1000, 0.002),
            gap[0],
        )
    };
    // Computed by another program (Python, mpmath), normal numbers exactly: an element of each half of a block.
    let exact = [
        (123_456, (4_603_955_814_153_959_409, 4_607_059_973_985_425_179, [4, 27], 2, 1026)),
        (123_457, (4_593_821_374_740_891_720, 4_607_359_510_987_473_830, [1, 20], 0, 138)),
    ];
    let own = [4_607_059_973_985_425_176, 4_607_359_510_987_473_829];
    for ((element, (u, z, counts, successes, gap)), bits) in exact.into_iter().zip(own) {
        let found = found(element);
        assert_eq!((found.0, found.2, found.3, found.4), (u, counts, successes, gap));
        assert!(found.1.to_bits().abs_diff(z) <= 4, "{} is not within 4 units in the last place", found.1);
        assert_eq!(found.1.to_bits(), bits);
    }
    // Laws that reject, which only this program computes.
    let rejecting = (poisson(key, 5, 3, 2, 350.0), binomial(key, 5, 3, 2, 1000, 0.3));
    assert_eq!(rejecting, (352, 301));
}
