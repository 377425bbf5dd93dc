//! exp(A), phi1(A) = (exp(A) - 1)/A and the covariance of noise of a small matrix, as straight-line arithmetic: of numbers while compiling, or of
//! expressions that every neuron evaluates for itself.
//!
//! Scaling and doubling (Higham 2005, "The scaling and squaring method for the matrix exponential revisited"; phi1
//! and its doubling as in Hochbruck & Ostermann 2010, "Exponential integrators", section 4.2): phi1 of A/2^s by its Taylor series,
//! F = exp - 1 = A phi1, and s times
//!   phi1(2A) = phi1(A) + F(A) phi1(A)/2,   F(2A) = 2 F(A) + F(A)^2.
//! Carrying F instead of exp keeps slow decays beside fast ones to their full precision, however large s is. s comes from a norm that
//! no change of units alters (entries of volts per ampere may be 1e12 and harmless): for two variables
//! max|a_ii| + sqrt|a_12 a_21|, beyond that the eighth root of the row sums of |A|^8, both bounds of the spectral radius of |A|.
//! The covariance Q of noise of power D = G G^T h: its Taylor series in the scaled interval (Q' = A Q + Q A^T + D), and s times
//!   Q(2h) = Q(h) + exp(A) Q(h) exp(A)^T,
//! a sum of what is positive semi-definite.
//! A doubling that an element does not need is made and not taken, so that there are no branches.

use crate::ir::expr::{ExprId, Function};
use crate::passes::algebra::Algebra;

/// Norm below which the series is taken: the term left out is below 0.25^13/14! = 2e-19.
const SERIES_NORM: f64 = 0.25;
/// Terms of the series.
const SERIES_TERMS: u32 = 12;
/// Terms of the series of the covariance, whose norm is twice as large: the term left out is below 0.5^16/17! = 5e-20.
const COVARIANCE_TERMS: u32 = 16;

/// Halvings of numbers while compiling: norms to 2^58 are as precise as any.
pub(super) const DOUBLINGS_OF_NUMBERS: i32 = 60;
/// Halvings of expressions, each some instructions: intervals to 1.6e7 time constants.
pub(super) const DOUBLINGS_OF_EXPRESSIONS: i32 = 26;

/// What the algorithm needs to be able to do with its numbers.
pub(super) trait Arithmetic {
    /// A number.
    type Value: Copy;
    /// Whether something holds.
    type Condition: Copy;

    fn literal(&mut self, value: f64) -> Self::Value;
    fn add(&mut self, a: Self::Value, b: Self::Value) -> Self::Value;
    fn multiply(&mut self, a: Self::Value, b: Self::Value) -> Self::Value;
    fn divide(&mut self, a: Self::Value, b: Self::Value) -> Self::Value;
    fn abs(&mut self, a: Self::Value) -> Self::Value;
    fn sqrt(&mut self, a: Self::Value) -> Self::Value;
    fn max(&mut self, a: Self::Value, b: Self::Value) -> Self::Value;
    fn exceeds(&mut self, a: Self::Value, limit: f64) -> Self::Condition;
    fn choose(&mut self, condition: Self::Condition, a: Self::Value, b: Self::Value) -> Self::Value;
    /// Whether a number is known to be 0, so that its products need not be made.
    fn is_zero(&self, a: Self::Value) -> bool;
}

/// Numbers while compiling.
pub(super) struct Numbers;

impl Arithmetic for Numbers {
    type Value = f64;
    type Condition = bool;

    fn literal(&mut self, value: f64) -> f64 {
        value
    }
    fn add(&mut self, a: f64, b: f64) -> f64 {
        a + b
    }
    fn multiply(&mut self, a: f64, b: f64) -> f64 {
        a * b
    }
    fn divide(&mut self, a: f64, b: f64) -> f64 {
        a / b
    }
    fn abs(&mut self, a: f64) -> f64 {
        a.abs()
    }
    fn sqrt(&mut self, a: f64) -> f64 {
        a.sqrt()
    }
    fn max(&mut self, a: f64, b: f64) -> f64 {
        a.max(b)
    }
    fn exceeds(&mut self, a: f64, limit: f64) -> bool {
        a > limit
    }
    fn choose(&mut self, condition: bool, a: f64, b: f64) -> f64 {
        if condition { a } else { b }
    }
    fn is_zero(&self, a: f64) -> bool {
        a == 0.0
    }
}

impl Arithmetic for Algebra<'_> {
    type Value = ExprId;
    type Condition = ExprId;

    fn literal(&mut self, value: f64) -> ExprId {
        Algebra::literal(self, value)
    }
    fn add(&mut self, a: ExprId, b: ExprId) -> ExprId {
        Algebra::add(self, a, b)
    }
    fn multiply(&mut self, a: ExprId, b: ExprId) -> ExprId {
        Algebra::multiply(self, a, b)
    }
    fn divide(&mut self, a: ExprId, b: ExprId) -> ExprId {
        Algebra::divide(self, a, b)
    }
    fn abs(&mut self, a: ExprId) -> ExprId {
        match self.value(a) {
            Some(value) => Algebra::literal(self, value.abs()),
            None => self.call(Function::Abs, vec![a]),
        }
    }
    fn sqrt(&mut self, a: ExprId) -> ExprId {
        match self.value(a) {
            Some(value) => Algebra::literal(self, value.sqrt()),
            None => self.call(Function::Sqrt, vec![a]),
        }
    }
    fn max(&mut self, a: ExprId, b: ExprId) -> ExprId {
        if self.is_zero(a) {
            return b;
        }
        if self.is_zero(b) { a } else { self.call(Function::Max, vec![a, b]) }
    }
    fn exceeds(&mut self, a: ExprId, limit: f64) -> ExprId {
        let limit = Algebra::literal(self, limit);
        self.greater(a, limit)
    }
    fn choose(&mut self, condition: ExprId, a: ExprId, b: ExprId) -> ExprId {
        Algebra::choose(self, condition, a, b)
    }
    fn is_zero(&self, a: ExprId) -> bool {
        Algebra::is_zero(self, a)
    }
}

/// A square matrix by rows.
pub(super) type Matrix<V> = Vec<Vec<V>>;

/// exp(A) and phi1(A). `doublings` bounds s: beyond norms of 2^doublings/4 the result is of no use.
pub(super) fn exponential<T: Arithmetic>(
    arithmetic: &mut T,
    matrix: &Matrix<T::Value>,
    doublings: i32,
) -> (Matrix<T::Value>, Matrix<T::Value>) {
    let size = matrix.len();
    let Scaled { needed, scaled, .. } = scaled(arithmetic, matrix, doublings);
    let mut phi = phi(arithmetic, &scaled);
    let mut gain = product(arithmetic, &scaled, &phi);
    for &condition in &needed {
        let half = arithmetic.literal(0.5);
        let change = product(arithmetic, &gain, &phi);
        let change = each(arithmetic, &change, |w, a| w.multiply(a, half));
        let next = both(arithmetic, &phi, &change, T::add);
        phi = both(arithmetic, &next, &phi, |w, a, b| w.choose(condition, a, b));
        gain = doubled_gain(arithmetic, &gain, condition);
    }
    let one = identity(arithmetic, size);
    (both(arithmetic, &one, &gain, T::add), phi)
}

/// A matrix made small, and which doublings make up for it.
struct Scaled<T: Arithmetic> {
    needed: Vec<T::Condition>,
    scale: T::Value,
    scaled: Matrix<T::Value>,
}

fn scaled<T: Arithmetic>(arithmetic: &mut T, matrix: &Matrix<T::Value>, doublings: i32) -> Scaled<T> {
    let norm = norm(arithmetic, matrix);
    let needed: Vec<T::Condition> =
        (0..doublings).map(|k| arithmetic.exceeds(norm, SERIES_NORM * f64::from(k).exp2())).collect();
    let mut scale = arithmetic.literal(1.0);
    for (k, &condition) in (1..).zip(&needed) {
        let smaller = arithmetic.literal(f64::from(-k).exp2());
        scale = arithmetic.choose(condition, smaller, scale);
    }
    let scaled = each(arithmetic, matrix, |w, a| w.multiply(a, scale));
    Scaled { needed, scale, scaled }
}

/// phi1 of a small matrix by its series.
fn phi<T: Arithmetic>(arithmetic: &mut T, scaled: &Matrix<T::Value>) -> Matrix<T::Value> {
    let size = scaled.len();
    let mut phi = identity(arithmetic, size);
    for term in (2..=SERIES_TERMS + 1).rev() {
        let factor = arithmetic.literal(1.0 / f64::from(term));
        let smaller = each(arithmetic, scaled, |w, a| w.multiply(a, factor));
        let product = product(arithmetic, &smaller, &phi);
        let one = identity(arithmetic, size);
        phi = both(arithmetic, &one, &product, T::add);
    }
    phi
}

/// F of twice the interval, where it is needed.
fn doubled_gain<T: Arithmetic>(
    arithmetic: &mut T,
    gain: &Matrix<T::Value>,
    condition: T::Condition,
) -> Matrix<T::Value> {
    let squared = product(arithmetic, gain, gain);
    let two = arithmetic.literal(2.0);
    let twice = each(arithmetic, gain, |w, a| w.multiply(a, two));
    let next = both(arithmetic, &twice, &squared, T::add);
    both(arithmetic, &next, gain, |w, a, b| w.choose(condition, a, b))
}

/// The integral of exp(A s) D exp(A s)^T over s from 0 to 1. `doublings` bounds s as in `exponential`.
pub(super) fn covariance<T: Arithmetic>(
    arithmetic: &mut T,
    matrix: &Matrix<T::Value>,
    power: &Matrix<T::Value>,
    doublings: i32,
) -> Matrix<T::Value> {
    let size = matrix.len();
    let Scaled { needed, scale, scaled } = scaled(arithmetic, matrix, doublings);
    let mut term = each(arithmetic, power, |w, a| w.multiply(a, scale));
    let mut sum = term.clone();
    for number in 2..=COVARIANCE_TERMS {
        let product = product(arithmetic, &scaled, &term);
        let factor = arithmetic.literal(1.0 / f64::from(number));
        term = both(arithmetic, &product, &transposed(&product), T::add);
        term = each(arithmetic, &term, |w, a| w.multiply(a, factor));
        sum = both(arithmetic, &sum, &term, T::add);
    }
    let phi = phi(arithmetic, &scaled);
    let mut gain = product(arithmetic, &scaled, &phi);
    for &condition in &needed {
        let one = identity(arithmetic, size);
        let forward = both(arithmetic, &one, &gain, T::add);
        let carried = product(arithmetic, &forward, &sum);
        let carried = product(arithmetic, &carried, &transposed(&forward));
        let next = both(arithmetic, &sum, &carried, T::add);
        sum = both(arithmetic, &next, &sum, |w, a, b| w.choose(condition, a, b));
        gain = doubled_gain(arithmetic, &gain, condition);
    }
    sum
}

fn transposed<V: Copy>(matrix: &Matrix<V>) -> Matrix<V> {
    (0..matrix.len()).map(|i| matrix.iter().map(|row| row[i]).collect()).collect()
}

/// A bound of the spectral radius of |A| that does not depend on the units of the variables, or only weakly.
fn norm<T: Arithmetic>(arithmetic: &mut T, matrix: &Matrix<T::Value>) -> T::Value {
    let sizes = each(arithmetic, matrix, T::abs);
    if let [row, other] = sizes.as_slice() {
        let diagonal = arithmetic.max(row[0], other[1]);
        let (left, right) = (arithmetic.sqrt(row[1]), arithmetic.sqrt(other[0]));
        let mixed = arithmetic.multiply(left, right);
        return arithmetic.add(diagonal, mixed);
    }
    let mut power = sizes;
    let roots = if power.len() == 1 { 0 } else { 3 };
    for _ in 0..roots {
        power = product(arithmetic, &power, &power);
    }
    let mut norm = arithmetic.literal(0.0);
    for row in &power {
        let mut sum = arithmetic.literal(0.0);
        for &value in row {
            sum = arithmetic.add(sum, value);
        }
        norm = arithmetic.max(norm, sum);
    }
    for _ in 0..roots {
        norm = arithmetic.sqrt(norm);
    }
    norm
}

fn identity<T: Arithmetic>(arithmetic: &mut T, size: usize) -> Matrix<T::Value> {
    let mut row = |i: usize| (0..size).map(|j| arithmetic.literal(f64::from(u8::from(i == j)))).collect();
    (0..size).map(&mut row).collect()
}

fn each<T: Arithmetic>(
    arithmetic: &mut T,
    matrix: &Matrix<T::Value>,
    mut f: impl FnMut(&mut T, T::Value) -> T::Value,
) -> Matrix<T::Value> {
    matrix.iter().map(|row| row.iter().map(|&value| f(arithmetic, value)).collect()).collect()
}

fn both<T: Arithmetic>(
    arithmetic: &mut T,
    left: &Matrix<T::Value>,
    right: &Matrix<T::Value>,
    mut f: impl FnMut(&mut T, T::Value, T::Value) -> T::Value,
) -> Matrix<T::Value> {
    let row = |(left, right): (&Vec<T::Value>, &Vec<T::Value>)| {
        left.iter().zip(right).map(|(&a, &b)| f(arithmetic, a, b)).collect()
    };
    left.iter().zip(right).map(row).collect()
}

fn product<T: Arithmetic>(arithmetic: &mut T, left: &Matrix<T::Value>, right: &Matrix<T::Value>) -> Matrix<T::Value> {
    let size = left.len();
    let mut entry = |i: usize, j: usize| {
        let mut sum = arithmetic.literal(0.0);
        for k in 0..size {
            if !arithmetic.is_zero(left[i][k]) && !arithmetic.is_zero(right[k][j]) {
                let term = arithmetic.multiply(left[i][k], right[k][j]);
                sum = arithmetic.add(sum, term);
            }
        }
        sum
    };
    (0..size).map(|i| (0..size).map(|j| entry(i, j)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::DMatrix;

    fn of(rows: &[&[f64]]) -> Matrix<f64> {
        rows.iter().map(|row| row.to_vec()).collect()
    }

    fn assert_close(got: &Matrix<f64>, wanted: &DMatrix<f64>, tolerance: f64) {
        for (i, row) in got.iter().enumerate() {
            for (j, &value) in row.iter().enumerate() {
                let wanted = wanted[(i, j)];
                assert!((value - wanted).abs() <= tolerance * wanted.abs().max(1e-3), "({i}, {j}): {value} {wanted}");
            }
        }
    }

    #[test]
    fn agrees_with_pade_and_with_the_definition_of_phi() {
        let matrices = [
            of(&[&[-0.3]]),
            of(&[&[-0.02, 0.02], &[0.0, -0.02]]),
            of(&[&[0.0, -1.3], &[1.3, 0.0]]),
            of(&[&[-2.0, 1.0, 0.5], &[0.3, -1.0, 0.0], &[0.0, 0.7, -3.0]]),
            of(&[&[-0.1, 1.0, 0.0], &[0.0, -0.1, 1.0], &[0.0, 0.0, -0.1]]),
        ];
        for matrix in matrices {
            let size = matrix.len();
            let (exp, phi) = exponential(&mut Numbers, &matrix, 40);
            let dense = DMatrix::from_fn(size, size, |i, j| matrix[i][j]);
            let mut augmented = DMatrix::zeros(2 * size, 2 * size);
            augmented.view_mut((0, 0), (size, size)).copy_from(&dense);
            augmented.view_mut((0, size), (size, size)).fill_with_identity();
            let wanted = augmented.exp();
            assert_close(&exp, &wanted.view((0, 0), (size, size)).into(), 1e-13);
            assert_close(&phi, &wanted.view((0, size), (size, size)).into(), 1e-13);
        }
    }

    /// Van Loan's block matrix: the right column of exp([[-A, D], [0, A^T]]) has exp(A)^T below, and exp(-A) Q above.
    #[test]
    fn covariances_agree_with_van_loan() {
        let matrices = [
            of(&[&[-0.02, 0.02], &[0.0, -0.02]]),
            of(&[&[0.0, 0.0], &[1.5, 0.0]]),
            of(&[&[-0.7, -1.3], &[1.3, -0.7]]),
            of(&[&[-2.0, 1.0, 0.5], &[0.3, -1.0, 0.0], &[0.0, 0.7, -3.0]]),
        ];
        for matrix in matrices {
            let size = matrix.len();
            let root = DMatrix::from_fn(size, size, |i, j| 1.0 / (1.0 + i as f64 + 2.0 * j as f64));
            let power = &root * root.transpose();
            let rows: Matrix<f64> = (0..size).map(|i| (0..size).map(|j| power[(i, j)]).collect()).collect();
            let got = covariance(&mut Numbers, &matrix, &rows, 40);
            let dense = DMatrix::from_fn(size, size, |i, j| matrix[i][j]);
            let mut block = DMatrix::zeros(2 * size, 2 * size);
            block.view_mut((0, 0), (size, size)).copy_from(&-&dense);
            block.view_mut((0, size), (size, size)).copy_from(&power);
            block.view_mut((size, size), (size, size)).copy_from(&dense.transpose());
            let block = block.exp();
            let wanted = block.view((size, size), (size, size)).transpose() * block.view((0, size), (size, size));
            assert_close(&got, &wanted, 1e-12);
        }
    }

    #[test]
    fn slow_decay_beside_a_fast_one_keeps_its_precision() {
        let (exp, _) = exponential(&mut Numbers, &of(&[&[-1e-7, 0.0], &[0.0, -1e4]]), 40);
        assert!((exp[0][0] - (-1e-7_f64).exp()).abs() < 1e-16);
        assert!(exp[1][1].abs() < 1e-16);
    }

    #[test]
    fn a_change_of_units_changes_nothing_but_the_units() {
        let unit = 2f64.powi(40);
        let (plain, _) = exponential(&mut Numbers, &of(&[&[-0.3, 0.2], &[0.1, -0.5]]), 40);
        let (scaled, _) = exponential(&mut Numbers, &of(&[&[-0.3, 0.2 * unit], &[0.1 / unit, -0.5]]), 40);
        assert_eq!(plain[0][0].to_bits(), scaled[0][0].to_bits());
        assert_eq!((plain[0][1] * unit).to_bits(), scaled[0][1].to_bits());
        assert_eq!((plain[1][0] / unit).to_bits(), scaled[1][0].to_bits());
    }
}
