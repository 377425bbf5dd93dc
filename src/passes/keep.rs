//! Which propagators of the exact integrator are kept in hidden columns, one entry per neuron, rather than made at every step;
//! and what Brian2 would have said to a system.
//!
//! Kept is what costs an exponential or a matrix exponential, differs between neurons, and is made of parameters that
//! change rarely: those that `init` and `set` alone write. Where event code writes them a closed form is made anew at every step; a
//! matrix exponential is kept even then.

use super::choose::Update;
use super::exact::{Solution, closures};
use super::linear::LinearSystem;
use super::walk::reachable;
use crate::ir::expr::{Arena, ExprId, Function, Node, Site, Type, VariableId};
use crate::ir::network::{Network, Object, Role, Variable};
use std::collections::{HashMap, HashSet};

/// What may be kept for whom.
pub(super) struct Rules<'a> {
    /// Whose columns they are.
    pub(super) owner: Object,
    /// Variables that resets, pathways and inputs write.
    pub(super) written_by_events: &'a HashSet<VariableId>,
}

impl Rules<'_> {
    /// Puts hidden variables in place of what is kept.
    pub(super) fn keep(
        &self,
        network: &mut Network,
        system: &LinearSystem,
        solution: &mut Solution,
        update: &mut Update,
    ) {
        let mut kept: HashMap<ExprId, ExprId> = HashMap::new();
        for (row, &variable) in solution.rows.iter_mut().zip(&system.variables) {
            let parts = [("P", &mut row.propagators), ("Phi", &mut row.gains)];
            for (letter, entries) in parts {
                for (j, entry) in entries {
                    if !self.is_worth_keeping(network, *entry, solution.doubled) {
                        continue;
                    }
                    *entry = *kept.entry(*entry).or_insert_with(|| {
                        let name = |id: VariableId| network.variables[id.0 as usize].name.clone();
                        let name = format!("_{letter}_{}_{}", name(variable), name(system.variables[*j]));
                        let hidden = self.hidden(network, name, variable);
                        update.kept.push((hidden, *entry));
                        network.arena.add(Node::Variable(Site::Own, hidden), Type::Float)
                    });
                }
            }
        }
        if !kept.is_empty() {
            update.notes.push("propagators kept per neuron, made again where their parameters change".to_owned());
        }
    }

    fn hidden(&self, network: &mut Network, name: String, of: VariableId) -> VariableId {
        let span = network.variables[of.0 as usize].span;
        let id = VariableId(u32::try_from(network.variables.len()).expect("2^32 variables would not fit in memory"));
        network.variables.push(Variable {
            name,
            owner: self.owner,
            dimension: crate::units::Dimension::ONE,
            kind: Type::Float,
            role: Role::Parameter,
            shared: false,
            constant: true,
            span,
        });
        id
    }

    fn is_worth_keeping(&self, network: &Network, entry: ExprId, doubled: bool) -> bool {
        let mut per_neuron = false;
        let mut costs = false;
        for id in reachable(&network.arena, &[entry]) {
            match network.arena.node(id) {
                Node::Call(Function::Exp | Function::Exprel, _) => costs = true,
                Node::Call(Function::Sqrt | Function::Where, _) if doubled => costs = true,
                Node::Index(Site::Own) => per_neuron = true,
                Node::Variable(Site::Own, variable) => {
                    let stored = &network.variables[variable.0 as usize];
                    per_neuron |= !stored.shared;
                    let rare = doubled || !self.written_by_events.contains(variable);
                    if stored.role != Role::Parameter || !rare {
                        return false;
                    }
                }
                Node::Variable(..) | Node::Time | Node::Tick | Node::Random(..) => return false,
                _ => {}
            }
        }
        per_neuron && costs
    }
}

/// The variables that expressions are made of.
pub(super) fn sources(arena: &Arena, roots: &[ExprId]) -> Vec<VariableId> {
    let variables = reachable(arena, roots).into_iter().filter_map(|id| match arena.node(id) {
        Node::Variable(Site::Own, variable) => Some(*variable),
        _ => None,
    });
    variables.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

/// A note where Brian2 would not have taken its exact integrator, which divides by M and wants real eigenvalues.
pub(super) fn brian2_refuses(network: &mut Network, system: &LinearSystem) -> Option<String> {
    if is_singular(&network.arena, system) {
        return Some("Brian2 takes euler here: the matrix of the system is singular".to_owned());
    }
    oscillates(&mut network.arena, system)
        .then(|| "Brian2 takes euler here: the system oscillates (complex eigenvalues)".to_owned())
}

fn value(arena: &Arena, id: ExprId) -> Option<f64> {
    super::fold::Literal::of(arena, id).map(super::fold::Literal::float)
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
    eigenvalues.iter().any(|value| value.im.abs() > 1e-9 * value.norm())
}
