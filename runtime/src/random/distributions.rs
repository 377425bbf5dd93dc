//! The laws of random numbers: in, where the number is (key, step, element, draw) and the parameters; out, the number.
//!
//! All laws are exact up to the 53 bits of a uniform number; every parameter, NaN too, has a stated result; no loop
//! is endless. Arithmetic is never fused here and functions are our own or `libm`'s, so that every machine draws the
//! same. The functions have the C calling convention: compiled code and Rust call the same address. Numbers of many
//! elements at once are made faster by `strip`, with the same bits.

use super::gaussian;
use super::inversion::Inversion;
use super::philox::unit;
use super::stream::{bits, pair, proposal};
use super::strip::Strip;
use crate::math::{self, Scalar};

/// Means from here on are drawn by rejection, below by inversion.
pub(super) const REJECTION: f64 = 30.0;

fn log(x: f64) -> f64 {
    math::log(&mut Scalar { fused: false }, x)
}

fn log1p(x: f64) -> f64 {
    math::log1p(&mut Scalar { fused: false }, x)
}

/// Uniform in [0, 1), a multiple of 2^-53.
pub extern "C" fn uniform(key: u64, step: i64, element: u32, draw: u32) -> f64 {
    unit(bits(key, step, element, draw))
}

/// Standard normal: neighbours, 2k and 2k + 1, are one pair of Box and Muller; at most 8.57 in size, which a true one
/// exceeds once in 10^17.
pub extern "C" fn normal(key: u64, step: i64, element: u32, draw: u32) -> f64 {
    gaussian::pair(pair(key, step, element / 2, draw))[(element % 2) as usize]
}

/// How counts of a law come about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Counting {
    /// All are this one.
    Always(i32),
    /// From a uniform number.
    Inverted(Inversion),
    /// `trials` less a count from a uniform number.
    Complement(i32, Inversion),
    /// From as many uniform numbers as it takes.
    Rejected,
}

/// How counts of a Poisson law come about.
pub(super) fn of_poisson(mean: f64) -> Counting {
    if mean.is_nan() || mean <= 0.0 {
        Counting::Always(0)
    } else if mean < REJECTION {
        Counting::Inverted(Inversion::Poisson { mean })
    } else {
        Counting::Rejected
    }
}

/// Poisson count of that mean: 0 for a mean that is 0, negative or NaN; `i32::MAX` for counts beyond it and an
/// infinite mean.
pub extern "C" fn poisson(key: u64, step: i64, element: u32, draw: u32, mean: f64) -> i32 {
    count(of_poisson(mean), (key, step, element, draw), |proposals| {
        // From 10^10 on every count is beyond i32; so the formulas need not hold there.
        poisson_by_rejection(mean.min(1e10), proposals)
    })
}

fn count(
    counting: Counting,
    (key, step, element, draw): (u64, i64, u32, u32),
    by_rejection: impl FnOnce(&mut dyn Iterator<Item = (f64, f64)>) -> i32,
) -> i32 {
    let uniform = || unit(bits(key, step, element, draw));
    match counting {
        Counting::Always(count) => count,
        Counting::Inverted(inversion) => inversion.count(uniform()),
        Counting::Complement(trials, inversion) => trials - inversion.count(uniform()),
        // A law accepts with probability 0.7 or more each time: that none of 65,535 is accepted happens never, and then
        // it gives its middle.
        Counting::Rejected => {
            by_rejection(&mut (1..=u16::MAX).map(|iteration| proposal(key, step, element, draw, iteration)))
        }
    }
}

/// PTRS: W. Hörmann, "The transformed rejection method for generating Poisson random variables", Insurance:
/// Mathematics and Economics 12 (1993), 39-45. For means of 10 and more.
fn poisson_by_rejection(mean: f64, proposals: &mut dyn Iterator<Item = (f64, f64)>) -> i32 {
    let b = 0.931 + 2.53 * mean.sqrt();
    let a = -0.059 + 0.02483 * b;
    let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    let squeeze = 0.9277 - 3.6224 / (b - 2.0);
    let log_mean = log(mean);
    for (u, v) in proposals {
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

/// The rarer of success and failure is drawn: whether that is failure, and its probability; 1 - p is exact from 1/2 on.
fn rarer(probability: f64) -> (bool, f64) {
    let mirrored = probability > 0.5;
    (mirrored, if mirrored { 1.0 - probability } else { probability })
}

/// How counts of a binomial law come about.
pub(super) fn of_binomial(trials: i32, probability: f64) -> Counting {
    if trials <= 0 || probability.is_nan() || probability <= 0.0 {
        return Counting::Always(0);
    }
    if probability >= 1.0 {
        return Counting::Always(trials);
    }
    let (mirrored, probability) = rarer(probability);
    if f64::from(trials) * probability >= REJECTION {
        return Counting::Rejected;
    }
    let inversion = Inversion::Binomial { trials, probability };
    if mirrored { Counting::Complement(trials, inversion) } else { Counting::Inverted(inversion) }
}

/// Successes of `trials` independent trials of that probability: 0 for no or negative trials, for a probability that
/// is 0, negative or NaN; `trials` for a probability of 1 and more.
pub extern "C" fn binomial(key: u64, step: i64, element: u32, draw: u32, trials: i32, probability: f64) -> i32 {
    count(of_binomial(trials, probability), (key, step, element, draw), |proposals| {
        let (mirrored, rarer) = rarer(probability);
        let count = binomial_by_rejection(trials, rarer, proposals);
        if mirrored { trials - count } else { count }
    })
}

/// BTRS: W. Hörmann, "The generation of binomial random variates", Journal of Statistical Computation and Simulation
/// 46 (1993), 101-110. For p <= 1/2 and n p >= 10.
fn binomial_by_rejection(trials: i32, p: f64, proposals: &mut dyn Iterator<Item = (f64, f64)>) -> i32 {
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
    for (u, v) in proposals {
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

/// Gaps between the successes of independent trials of one probability, by inversion: ln(1 - u)/ln(1 - p), whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gaps {
    /// ln(1 - p): minus infinity for trials that always succeed, 0 for those that never do.
    log_failure: f64,
}

impl Gaps {
    /// For trials of that probability; above 1 it is taken for 1, and below 0 or NaN for 0.
    #[must_use]
    pub fn of(probability: f64) -> Self {
        let probability = if probability > 0.0 { probability.min(1.0) } else { 0.0 };
        Self { log_failure: log1p(-probability) }
    }

    /// Failures before the next success, for each of neighbouring elements: `u64::MAX` where there is none, and for
    /// gaps beyond.
    pub fn fill(self, strip: Strip, to: &mut [u64]) {
        if self.log_failure == 0.0 {
            to.fill(u64::MAX);
            return;
        }
        strip.logarithms(to, |logarithm| (logarithm / self.log_failure) as u64);
    }
}
