//! Which propagators of the exact integrator are kept in hidden columns, one entry per neuron, rather than made at every step.
//!
//! Kept is what costs an exponential or a matrix exponential, differs between neurons, and is made of parameters that
//! change rarely: those that `init` and `set` alone write. Where event code writes them a closed form is made anew at every step; a
//! matrix exponential is kept even then.

use super::choose::Update;
use super::exact::Solution;
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
            let parts = [("P", &mut row.propagators), ("Phi", &mut row.gains), ("L", &mut row.spreads)];
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
                Node::Host(..) => costs = true,
                Node::Variable(..) | Node::At(..) | Node::Time | Node::Tick | Node::Random(..) => return false,
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
