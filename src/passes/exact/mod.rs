//! The exact solution of X' = M X + B over an interval: X <- P X + Phi B, P = exp(M h), Phi = h phi1(M h); with noise + L n, see `noise`.
//!
//! In go a linear system and an interval, out come new values as expressions of old ones. B is evaluated at the old values
//! and held for the interval. M may be singular, oscillating or have equal time constants: no eigenvalue is ever taken.
//! Every variable looks only at the variables it depends on, itself included (its closure), which decides the form of its row:
//! - numbers, where the interval and all coefficients in the closure are literals (`doubling` while compiling; a
//!   variable that is not part of a cycle has exactly exp(m h) on the diagonal);
//! - one variable: P = exp(a), Phi = h exprel(a) with a = m h;
//! - one variable driven by free ones: P_ij = m_ij h (e^a - e^b)/(a - b), the divided difference as
//!   e^max(a,b) exprel(-|a - b|), which neither cancels for a = b nor overflows (McCurdy, Ng & Parlett 1984);
//! - anything else: `doubling` as expressions.

mod doubling;
mod noise;

use super::algebra::Algebra;
use super::linear::LinearSystem;
use crate::ir::expr::{Arena, ExprId, Function, Node, Site, Type};
use doubling::{DOUBLINGS_OF_EXPRESSIONS, DOUBLINGS_OF_NUMBERS, Matrix, Numbers, exponential};
use std::collections::HashMap;

/// Most variables that are solved together by doubling expressions. Two are 630 instructions and 10 ms to compile, three 1,700
/// and 47 ms, four 3,900 and 0.12 s, six 13,000 and 0.76 s: more would be a hidden wait.
const MOST_DOUBLED: usize = 6;

/// How a row is solved.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    Numbers,
    Single,
    Driven,
    /// Over these variables.
    Doubling(Vec<usize>),
}

/// P and Phi of one variable: coefficients by variable.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// Factors of old values.
    pub(super) propagators: Vec<(usize, ExprId)>,
    /// Factors of the rests.
    pub(super) gains: Vec<(usize, ExprId)>,
    /// Factors of standard normal numbers, one of which each variable that noise reaches has.
    pub(super) spreads: Vec<(usize, ExprId)>,
}

/// A system solved.
pub(super) struct Solution {
    /// One row per variable.
    pub(super) rows: Vec<Row>,
    /// Whether some row was solved by doubling expressions.
    pub(super) doubled: bool,
}

/// P and Phi of a system over an interval [s]; the reason where it is too large for that.
pub(super) fn solve(arena: &mut Arena, system: &LinearSystem, interval: ExprId) -> Result<Solution, String> {
    let closures = closures(arena, system);
    let mut solver = Solver { algebra: Algebra { arena }, system, interval, closures, doubled: HashMap::new() };
    let forms = solver.forms();
    let largest = forms.iter().map(|form| if let Form::Doubling(over) = form { over.len() } else { 0 }).max();
    if let Some(count) = largest.filter(|&count| count > MOST_DOUBLED) {
        return Err(too_many(count));
    }
    let mut rows: Vec<Row> = forms.iter().enumerate().map(|(i, form)| solver.row(i, form)).collect();
    let doubled = !solver.doubled.is_empty();
    let (spreads, noise_doubled) = noise::spreads(arena, system, interval)?;
    rows.iter_mut().zip(spreads).for_each(|(row, spreads)| row.spreads = spreads);
    Ok(Solution { rows, doubled: doubled || noise_doubled })
}

fn too_many(count: usize) -> String {
    format!(
        "{count} variables depend on each other through coefficients that are no constants, more than {MOST_DOUBLED}"
    )
}

/// New values: the sum of the rows' products with old values, rests and the variables' normal numbers.
pub(super) fn update(arena: &mut Arena, system: &LinearSystem, rows: &[Row], normals: &[ExprId]) -> Vec<ExprId> {
    let old: Vec<ExprId> =
        system.variables.iter().map(|&variable| arena.add(Node::Variable(Site::Own, variable), Type::Float)).collect();
    let mut algebra = Algebra { arena };
    let mut sum = |row: &Row| {
        let products = row.propagators.iter().map(|&(j, factor)| (factor, old[j]));
        let gains = row.gains.iter().map(|&(j, factor)| (factor, system.rest[j]));
        let spreads = row.spreads.iter().map(|&(j, factor)| (factor, normals[j]));
        let mut sum = algebra.literal(0.0);
        for (factor, value) in products.chain(gains).chain(spreads).collect::<Vec<_>>() {
            let term = algebra.multiply(value, factor);
            sum = algebra.add(sum, term);
        }
        sum
    };
    rows.iter().map(&mut sum).collect()
}

/// For every variable the variables it depends on, directly or not, itself included; ascending.
pub(super) fn closures(arena: &mut Arena, system: &LinearSystem) -> Vec<Vec<usize>> {
    let algebra = Algebra { arena };
    let size = system.variables.len();
    let mut reaches: Vec<Vec<bool>> =
        (0..size).map(|i| (0..size).map(|j| i == j || !algebra.is_zero(system.matrix[i][j])).collect()).collect();
    for k in 0..size {
        let through = reaches[k].clone();
        for row in &mut reaches {
            if row[k] {
                row.iter_mut().zip(&through).for_each(|(to, &more)| *to |= more);
            }
        }
    }
    reaches.iter().map(|row| (0..size).filter(|&j| row[j]).collect()).collect()
}

struct Solver<'a> {
    algebra: Algebra<'a>,
    system: &'a LinearSystem,
    interval: ExprId,
    closures: Vec<Vec<usize>>,
    /// P and phi1 of the closures solved by doubling.
    doubled: HashMap<Vec<usize>, (Matrix<ExprId>, Matrix<ExprId>)>,
}

impl Solver<'_> {
    /// The form of every row; rows solved by doubling share the largest closure that holds theirs.
    fn forms(&self) -> Vec<Form> {
        let mut forms: Vec<Form> = (0..self.closures.len()).map(|i| self.form(i)).collect();
        for i in 0..forms.len() {
            if !matches!(forms[i], Form::Doubling(_)) {
                continue;
            }
            let larger = (0..forms.len())
                .filter(|&k| matches!(forms[k], Form::Doubling(_)) && self.closures[k].contains(&i))
                .max_by_key(|&k| (self.closures[k].len(), std::cmp::Reverse(k)));
            if let Some(k) = larger {
                forms[i] = Form::Doubling(self.closures[k].clone());
            }
        }
        forms
    }

    fn form(&self, i: usize) -> Form {
        let closure = &self.closures[i];
        let literal = |id: ExprId| self.algebra.value(id).is_some();
        let numbers = closure.iter().all(|&k| closure.iter().all(|&l| literal(self.system.matrix[k][l])));
        if numbers && literal(self.interval) {
            return Form::Numbers;
        }
        let mut drivers = closure.iter().filter(|&&j| j != i);
        let free = |&j: &usize| self.closures[j].len() == 1 && self.algebra.is_zero(self.system.rest[j]);
        match closure.len() {
            1 => Form::Single,
            _ if drivers.all(free) => Form::Driven,
            _ => Form::Doubling(closure.clone()),
        }
    }

    fn row(&mut self, i: usize, form: &Form) -> Row {
        match form {
            Form::Numbers => self.numbers(i),
            Form::Single | Form::Driven => self.closed(i),
            Form::Doubling(over) => self.doubled(i, over),
        }
    }

    /// Coefficient times interval.
    fn exponent(&mut self, i: usize, j: usize) -> ExprId {
        self.algebra.multiply(self.system.matrix[i][j], self.interval)
    }

    fn is_driven(&self, j: usize) -> bool {
        !self.algebra.is_zero(self.system.rest[j])
    }

    fn numbers(&mut self, i: usize) -> Row {
        let over = self.closures[i].clone();
        let value = |algebra: &Algebra<'_>, id: ExprId| algebra.value(id).unwrap_or(f64::NAN);
        let interval = value(&self.algebra, self.interval);
        let scaled = |&k: &usize| {
            let entry = |&l: &usize| value(&self.algebra, self.system.matrix[k][l]) * interval;
            over.iter().map(entry).collect::<Vec<f64>>()
        };
        let matrix: Vec<Vec<f64>> = over.iter().map(scaled).collect();
        let (exp, phi) = exponential(&mut Numbers, &matrix, DOUBLINGS_OF_NUMBERS);
        let own = over.iter().position(|&j| j == i).unwrap_or(0);
        let cyclic = over.iter().any(|&j| j != i && self.closures[j].contains(&i));
        let mut row = Row::default();
        for (place, &j) in over.iter().enumerate() {
            let (mut factor, mut gain) = (exp[own][place], phi[own][place]);
            if place == own && !cyclic {
                factor = super::fold::exp(matrix[own][own]);
                gain = super::fold::exprel(matrix[own][own]);
            }
            row.propagators.push((j, self.algebra.literal(factor)));
            if self.is_driven(j) {
                row.gains.push((j, self.algebra.literal(gain * interval)));
            }
        }
        row
    }

    fn closed(&mut self, i: usize) -> Row {
        let own = self.exponent(i, i);
        let mut row = Row { propagators: vec![(i, self.algebra.exp(own))], ..Row::default() };
        if self.is_driven(i) {
            let relative = self.algebra.exprel(own);
            row.gains.push((i, self.algebra.multiply(self.interval, relative)));
        }
        for j in self.closures[i].clone() {
            if j != i {
                let driver = self.exponent(j, j);
                let coupling = self.exponent(i, j);
                let difference = self.divided_difference(own, driver);
                row.propagators.push((j, self.algebra.multiply(coupling, difference)));
            }
        }
        row
    }

    /// (e^a - e^b)/(a - b).
    fn divided_difference(&mut self, a: ExprId, b: ExprId) -> ExprId {
        let algebra = &mut self.algebra;
        if a == b {
            return algebra.exp(a);
        }
        let (higher, lower) = match (algebra.value(a), algebra.value(b)) {
            (Some(x), Some(y)) => (algebra.literal(x.max(y)), algebra.literal(x.min(y))),
            _ => (algebra.call(Function::Max, vec![a, b]), algebra.call(Function::Min, vec![a, b])),
        };
        let distance = algebra.subtract(lower, higher);
        let (level, relative) = (algebra.exp(higher), algebra.exprel(distance));
        algebra.multiply(level, relative)
    }

    fn doubled(&mut self, i: usize, over: &[usize]) -> Row {
        if !self.doubled.contains_key(over) {
            let mut matrix = Vec::new();
            for &k in over {
                matrix.push(over.iter().map(|&l| self.exponent(k, l)).collect());
            }
            let solved = exponential(&mut self.algebra, &matrix, DOUBLINGS_OF_EXPRESSIONS);
            self.doubled.insert(over.to_vec(), solved);
        }
        let (exp, phi) = &self.doubled[over];
        let own = over.iter().position(|&j| j == i).unwrap_or(0);
        let mut row = Row::default();
        for (place, &j) in over.iter().enumerate() {
            if !self.algebra.is_zero(exp[own][place]) {
                row.propagators.push((j, exp[own][place]));
            }
            if !self.algebra.is_zero(self.system.rest[j]) && !self.algebra.is_zero(phi[own][place]) {
                row.gains.push((j, self.algebra.multiply(phi[own][place], self.interval)));
            }
        }
        row
    }
}
