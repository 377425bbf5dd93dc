//! The laws of random numbers: in, where the number is (key, step, element, draw) and the parameters; out, the number.
//!
//! All laws are exact up to the 53 bits of a uniform number; every parameter, NaN too, has a stated result; no loop
//! is endless. Arithmetic is never fused here and functions are our own or `libm`'s, so that every machine draws the
//! same. The functions have the C calling convention: compiled code and Rust call the same address.

use super::stream::pair;
use crate::math::{self, Scalar};

/// Blocks that a rejecting law may use. It accepts with probability 0.7 or more each time: that none of 65,536 is
/// accepted happens never, and then the law gives its middle.
const ITERATIONS: u32 = 1 << 16;
/// Means from here on are drawn by rejection, below by inversion.
const REJECTION: f64 = 10.0;

fn exp(x: f64) -> f64 {
    math::exp(&mut Scalar { fused: false }, x)
}

fn log(x: f64) -> f64 {
    math::log(&mut Scalar { fused: false }, x)
}

fn log1p(x: f64) -> f64 {
    math::log1p(&mut Scalar { fused: false }, x)
}

/// Uniform in [0, 1), a multiple of 2^-53.
pub extern "C" fn uniform(key: u64, step: i64, element: u32, draw: u32) -> f64 {
    pair(key, step, element, draw, 0).0
}

/// Standard normal: sqrt(-2 ln u) cos(2 pi v) (Box and Muller, Annals of Mathematical Statistics 29, 1958); at most
/// 8.57 in size, which a true one exceeds once in 10^17.
pub extern "C" fn normal(key: u64, step: i64, element: u32, draw: u32) -> f64 {
    let (u, v) = pair(key, step, element, draw, 0);
    let radius = (-2.0 * log(1.0 - u)).sqrt();
    radius * math::cos(&mut Scalar { fused: false }, std::f64::consts::TAU * v)
}

/// Poisson count of that mean: 0 for a mean that is 0, negative or NaN; `i32::MAX` for counts beyond it and an
/// infinite mean.
pub extern "C" fn poisson(key: u64, step: i64, element: u32, draw: u32, mean: f64) -> i32 {
    if mean.is_nan() || mean <= 0.0 {
        0
    } else if mean < REJECTION {
        poisson_by_inversion(pair(key, step, element, draw, 0).0, mean)
    } else {
        // From 10^10 on every count is beyond i32; so the formulas need not hold there.
        poisson_by_rejection(mean.min(1e10), |iteration| pair(key, step, element, draw, iteration))
    }
}

/// The first count whose cumulative probability exceeds u, by the recurrence of the probabilities from exp(-mean).
fn poisson_by_inversion(u: f64, mean: f64) -> i32 {
    // Beyond 100, less than 10^-60 remains of a mean below 10: only rounding can lead there.
    const LAST: i32 = 100;
    let mut probability = exp(-mean);
    let mut cumulative = probability;
    let mut count = 0;
    while u >= cumulative && count < LAST {
        count += 1;
        probability *= mean / f64::from(count);
        cumulative += probability;
    }
    count
}

/// PTRS: W. Hörmann, "The transformed rejection method for generating Poisson random variables", Insurance:
/// Mathematics and Economics 12 (1993), 39-45. For means of 10 and more.
fn poisson_by_rejection(mean: f64, uniforms: impl Fn(u32) -> (f64, f64)) -> i32 {
    let b = 0.931 + 2.53 * mean.sqrt();
    let a = -0.059 + 0.02483 * b;
    let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    let squeeze = 0.9277 - 3.6224 / (b - 2.0);
    let log_mean = log(mean);
    for iteration in 0..ITERATIONS {
        let (u, v) = uniforms(iteration);
        let u = u - 0.5;
        let distance = 0.5 - u.abs();
        let count = libm::floor((2.0 * a / distance + b) * u + mean + 0.43);
        if distance >= 0.07 && v <= squeeze {
            return count as i32;
        }
        if count < 0.0 || (distance < 0.013 && v > distance) {
            continue;
        }
        let height = log(v * inverse_alpha / (a / (distance * distance) + b));
        if height <= count * log_mean - mean - libm::lgamma(count + 1.0) {
            return count as i32;
        }
    }
    mean as i32
}

/// Successes of `trials` independent trials of that probability: 0 for no or negative trials, for a probability that
/// is 0, negative or NaN; `trials` for a probability of 1 and more.
pub extern "C" fn binomial(key: u64, step: i64, element: u32, draw: u32, trials: i32, probability: f64) -> i32 {
    if trials <= 0 || probability.is_nan() || probability <= 0.0 {
        return 0;
    }
    if probability >= 1.0 {
        return trials;
    }
    // The rarer of success and failure is drawn; 1 - p is exact from 1/2 on.
    let mirrored = probability > 0.5;
    let rarer = if mirrored { 1.0 - probability } else { probability };
    let count = if f64::from(trials) * rarer < REJECTION {
        binomial_by_inversion(pair(key, step, element, draw, 0).0, trials, rarer)
    } else {
        binomial_by_rejection(trials, rarer, |iteration| pair(key, step, element, draw, iteration))
    };
    if mirrored { trials - count } else { count }
}

/// The first count whose cumulative probability exceeds u, by the recurrence of the probabilities from (1 - p)^n >=
/// 9e-7.
fn binomial_by_inversion(u: f64, trials: i32, p: f64) -> i32 {
    // As for Poisson: a mean below 10.
    const LAST: i32 = 100;
    let odds = p / (1.0 - p);
    let last = trials.min(LAST);
    let mut probability = exp(f64::from(trials) * log1p(-p));
    let mut cumulative = probability;
    let mut count = 0;
    while u >= cumulative && count < last {
        probability *= f64::from(trials - count) / f64::from(count + 1) * odds;
        cumulative += probability;
        count += 1;
    }
    count
}

/// BTRS: W. Hörmann, "The generation of binomial random variates", Journal of Statistical Computation and Simulation
/// 46 (1993), 101-110. For p <= 1/2 and n p >= 10.
fn binomial_by_rejection(trials: i32, p: f64, uniforms: impl Fn(u32) -> (f64, f64)) -> i32 {
    let n = f64::from(trials);
    let deviation = (n * p * (1.0 - p)).sqrt();
    let b = 1.15 + 2.53 * deviation;
    let a = -0.0873 + 0.0248 * b + 0.01 * p;
    let center = n * p + 0.5;
    let squeeze = 0.92 - 4.2 / b;
    let alpha = (2.83 + 5.1 / b) * deviation;
    let log_odds = log(p / (1.0 - p));
    let mode = libm::floor((n + 1.0) * p);
    let at_mode = libm::lgamma(mode + 1.0) + libm::lgamma(n - mode + 1.0);
    for iteration in 0..ITERATIONS {
        let (u, v) = uniforms(iteration);
        let u = u - 0.5;
        let distance = 0.5 - u.abs();
        let count = libm::floor((2.0 * a / distance + b) * u + center);
        if distance >= 0.07 && v <= squeeze {
            return count as i32;
        }
        if count < 0.0 || count > n {
            continue;
        }
        let height = log(v * alpha / (a / (distance * distance) + b));
        let factorials = at_mode - libm::lgamma(count + 1.0) - libm::lgamma(n - count + 1.0);
        if height <= factorials + (count - mode) * log_odds {
            return count as i32;
        }
    }
    mode as i32
}

/// Failures before the next success of trials of that probability: 0 where it is 1 or more, `u64::MAX` where it is 0,
/// negative or NaN, and for gaps beyond. Inversion: the whole part of ln(1 - u)/ln(1 - p).
pub extern "C" fn geometric_gap(key: u64, step: i64, element: u32, draw: u32, probability: f64) -> u64 {
    if probability >= 1.0 {
        return 0;
    }
    if probability.is_nan() || probability <= 0.0 {
        return u64::MAX;
    }
    let u = uniform(key, step, element, draw);
    (log1p(-u) / log1p(-probability)) as u64
}
