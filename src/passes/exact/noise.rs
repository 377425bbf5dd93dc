//! The noise of the exact solution of dX = (M X + B) dt + G dW over an interval h: normal, of mean 0 and covariance
//! Q = the integral of exp(M s) G G^T exp(M s)^T over s from 0 to h (Van Loan, IEEE Transactions on Automatic Control 23, 1978, 395).
//!
//! In go the system and h, out come the factors L of standard normal numbers, one number per variable that noise reaches, with
//! L L^T = Q. Variables that share neither noise nor what it does to others are looked at apart. One variable alone has
//! Q = g^2 h exprel(2 m h); several have Q by scaling and doubling, of numbers or of expressions. L is Cholesky's; where what is left of a
//! variance is rounding its column is 0, so that variables whose noise is one and the same keep it so.

use super::doubling::{Arithmetic, DOUBLINGS_OF_EXPRESSIONS, DOUBLINGS_OF_NUMBERS, Matrix, Numbers, covariance};
use super::{MOST_DOUBLED, too_many};
use crate::ir::expr::{Arena, ExprId};
use crate::passes::algebra::Algebra;
use crate::passes::linear::LinearSystem;

/// The part of a variance below which it is rounding: Q is good to some 1e-15.
const ROUNDING: f64 = 1e-13;

/// Factors of normal numbers, by variable: each with the variable whose number it is.
pub(super) type Spreads = Vec<Vec<(usize, ExprId)>>;

/// The noise of every variable over an interval [s], and whether some of it was found by doubling expressions.
pub(super) fn spreads(arena: &mut Arena, system: &LinearSystem, interval: ExprId) -> Result<(Spreads, bool), String> {
    let mut spreads = vec![Vec::new(); system.variables.len()];
    let mut doubled = false;
    let mut algebra = Algebra { arena };
    for part in parts(&algebra, system) {
        let literal = |id: ExprId| algebra.value(id).is_some();
        let numbers = literal(interval)
            && part.iter().all(|&i| {
                part.iter().all(|&j| literal(system.matrix[i][j])) && system.noise[i].values().all(|&g| literal(g))
            });
        match part[..] {
            _ if numbers => by_numbers(&mut algebra, system, interval, &part, &mut spreads),
            [one] => spreads[one].push((one, single(&mut algebra, system, interval, one))),
            _ if part.len() > MOST_DOUBLED => return Err(too_many(part.len())),
            _ => {
                doubled = true;
                by_expressions(&mut algebra, system, interval, &part, &mut spreads);
            }
        }
    }
    Ok((spreads, doubled))
}

/// The variables that noise reaches, in groups without anything in common; ascending.
fn parts(algebra: &Algebra<'_>, system: &LinearSystem) -> Vec<Vec<usize>> {
    let size = system.variables.len();
    let drives = |j: usize, i: usize| !algebra.is_zero(system.matrix[i][j]);
    let mut reached: Vec<bool> = (0..size).map(|i| !system.noise[i].is_empty()).collect();
    for _ in 0..size {
        for i in 0..size {
            reached[i] |= (0..size).any(|j| reached[j] && drives(j, i));
        }
    }
    let shares = |i: usize, j: usize| system.noise[i].keys().any(|symbol| system.noise[j].contains_key(symbol));
    let related = |i: usize, j: usize| drives(i, j) || drives(j, i) || shares(i, j);
    let mut parts: Vec<Vec<usize>> = Vec::new();
    for i in (0..size).filter(|&i| reached[i]) {
        let (with, mut others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut parts).into_iter().partition(|part| part.iter().any(|&j| related(i, j)));
        let mut joined: Vec<usize> = with.into_iter().flatten().chain([i]).collect();
        joined.sort_unstable();
        others.push(joined);
        parts = others;
    }
    parts
}

/// g sqrt(h exprel(2 m h)) of one variable alone.
fn single(algebra: &mut Algebra<'_>, system: &LinearSystem, interval: ExprId, i: usize) -> ExprId {
    let exponent = algebra.multiply(system.matrix[i][i], interval);
    let two = algebra.literal(2.0);
    let exponent = algebra.multiply(exponent, two);
    let relative = algebra.exprel(exponent);
    let time = algebra.multiply(interval, relative);
    let factors: Vec<ExprId> = system.noise[i].values().copied().collect();
    if let [factor] = factors[..] {
        let root = algebra.sqrt(time);
        return algebra.multiply(factor, root);
    }
    let mut sum = algebra.literal(0.0);
    for factor in factors {
        let square = algebra.multiply(factor, factor);
        sum = algebra.add(sum, square);
    }
    let variance = algebra.multiply(sum, time);
    algebra.sqrt(variance)
}

fn by_numbers(
    algebra: &mut Algebra<'_>,
    system: &LinearSystem,
    interval: ExprId,
    part: &[usize],
    spreads: &mut Spreads,
) {
    let value = |id: ExprId| algebra.value(id).unwrap_or(f64::NAN);
    let h = value(interval);
    let matrix: Matrix<f64> =
        part.iter().map(|&i| part.iter().map(|&j| value(system.matrix[i][j]) * h).collect()).collect();
    let power = |i: usize, j: usize| -> f64 {
        let common = system.noise[i].iter().filter_map(|(k, g)| Some((*g, *system.noise[j].get(k)?)));
        common.map(|(a, b)| value(a) * value(b)).sum::<f64>() * h
    };
    let power: Matrix<f64> = part.iter().map(|&i| part.iter().map(|&j| power(i, j)).collect()).collect();
    let factor = match part {
        &[_] => vec![vec![(power[0][0] * crate::passes::fold::exprel(2.0 * matrix[0][0])).sqrt()]],
        _ => {
            let covariance = covariance(&mut Numbers, &matrix, &power, DOUBLINGS_OF_NUMBERS);
            factor(&mut Numbers, &covariance)
        }
    };
    for (row, &i) in part.iter().enumerate() {
        let entries = part.iter().zip(&factor[row]).filter(|&(_, &entry)| entry != 0.0);
        let entries: Vec<_> = entries.map(|(&j, &entry)| (j, algebra.literal(entry))).collect();
        spreads[i].extend(entries);
    }
}

fn by_expressions(
    algebra: &mut Algebra<'_>,
    system: &LinearSystem,
    interval: ExprId,
    part: &[usize],
    spreads: &mut Spreads,
) {
    let mut matrix = Vec::new();
    let mut power = Vec::new();
    for &i in part {
        matrix.push(part.iter().map(|&j| algebra.multiply(system.matrix[i][j], interval)).collect());
        let mut row = Vec::new();
        for &j in part {
            let mut sum = algebra.literal(0.0);
            for (symbol, &mine) in &system.noise[i] {
                if let Some(&other) = system.noise[j].get(symbol) {
                    let product = algebra.multiply(mine, other);
                    sum = algebra.add(sum, product);
                }
            }
            row.push(algebra.multiply(sum, interval));
        }
        power.push(row);
    }
    let covariance = covariance(algebra, &matrix, &power, DOUBLINGS_OF_EXPRESSIONS);
    let factor = factor(algebra, &covariance);
    for (row, &i) in part.iter().enumerate() {
        let entries = part.iter().zip(&factor[row]).filter(|&(_, &entry)| !algebra.is_zero(entry));
        spreads[i].extend(entries.map(|(&j, &entry)| (j, entry)));
    }
}

/// Cholesky's L of a matrix that may be semi-definite, by rows.
fn factor<T: Arithmetic>(arithmetic: &mut T, matrix: &Matrix<T::Value>) -> Matrix<T::Value> {
    let size = matrix.len();
    let zero = arithmetic.literal(0.0);
    let mut factor = vec![vec![zero; size]; size];
    for j in 0..size {
        let left = without(arithmetic, matrix[j][j], &factor[j], &factor[j], j);
        let all_rounding = arithmetic.literal(-ROUNDING);
        let rounding = arithmetic.multiply(matrix[j][j], all_rounding);
        let certain = arithmetic.add(left, rounding);
        let counts = arithmetic.exceeds(certain, 0.0);
        let one = arithmetic.literal(1.0);
        let variance = arithmetic.choose(counts, left, one);
        let root = arithmetic.sqrt(variance);
        factor[j][j] = arithmetic.choose(counts, root, zero);
        for i in j + 1..size {
            let rest = without(arithmetic, matrix[i][j], &factor[i], &factor[j], j);
            let entry = arithmetic.divide(rest, root);
            factor[i][j] = arithmetic.choose(counts, entry, zero);
        }
    }
    factor
}

/// `value` less the products of the first `count` entries of two rows.
fn without<T: Arithmetic>(
    arithmetic: &mut T,
    value: T::Value,
    a: &[T::Value],
    b: &[T::Value],
    count: usize,
) -> T::Value {
    let minus = arithmetic.literal(-1.0);
    let mut left = value;
    for (&a, &b) in a.iter().zip(b).take(count) {
        if !arithmetic.is_zero(a) && !arithmetic.is_zero(b) {
            let product = arithmetic.multiply(a, b);
            let product = arithmetic.multiply(product, minus);
            left = arithmetic.add(left, product);
        }
    }
    left
}
