//! What Brian2 would have said to a linear system: its exact integrator solves M b = B and wants real eigenvalues, and where it
//! cannot Brian2 takes euler without a word. Here such systems are solved exactly, and the difference is noted.

use super::exact::closures;
use super::fold::Literal;
use super::linear::LinearSystem;
use crate::ir::expr::{Arena, ExprId};
use crate::ir::network::Network;

/// A note where Brian2 would not have taken its exact integrator, which divides by M and wants real eigenvalues.
pub(super) fn refuses(network: &mut Network, system: &LinearSystem) -> Option<String> {
    if system.noise.iter().any(|factors| !factors.is_empty()) {
        return Some("Brian2 takes euler here: its exact integrator knows no noise".to_owned());
    }
    if is_singular(&network.arena, system) {
        return Some("Brian2 takes euler here: the matrix of the system is singular".to_owned());
    }
    oscillates(&mut network.arena, system)
        .then(|| "Brian2 takes euler here: the system oscillates (complex eigenvalues)".to_owned())
}

fn value(arena: &Arena, id: ExprId) -> Option<f64> {
    Literal::of(arena, id).map(Literal::float)
}

/// Whether the determinant is 0 whatever the coefficients are: no one-to-one choice of non-zero entries (augmenting paths, Kuhn 1955).
fn is_singular(arena: &Arena, system: &LinearSystem) -> bool {
    let size = system.variables.len();
    let mut row_of: Vec<Option<usize>> = vec![None; size];
    (0..size).any(|row| !assign(arena, system, row, &mut vec![false; size], &mut row_of))
}

fn assign(arena: &Arena, system: &LinearSystem, row: usize, seen: &mut [bool], row_of: &mut [Option<usize>]) -> bool {
    for column in 0..seen.len() {
        if value(arena, system.matrix[row][column]) == Some(0.0) || std::mem::replace(&mut seen[column], true) {
            continue;
        }
        if row_of[column].is_none_or(|other| assign(arena, system, other, seen, row_of)) {
            row_of[column] = Some(row);
            return true;
        }
    }
    false
}

/// Whether a system of literal coefficients has complex eigenvalues.
fn oscillates(arena: &mut Arena, system: &LinearSystem) -> bool {
    let size = system.variables.len();
    let cyclic = closures(arena, system);
    let in_cycle = |i: usize| cyclic[i].iter().any(|&j| j != i && cyclic[j].contains(&i));
    let mut entries = Vec::with_capacity(size * size);
    for row in &system.matrix {
        for &entry in row {
            let Some(value) = value(arena, entry).filter(|value| value.is_finite()) else { return false };
            entries.push(value);
        }
    }
    if !(0..size).any(in_cycle) {
        return false;
    }
    let eigenvalues = nalgebra::DMatrix::from_row_slice(size, size, &entries).complex_eigenvalues();
    eigenvalues.iter().any(|value| value.im.abs() > 1e-9 * value.re.hypot(value.im))
}
