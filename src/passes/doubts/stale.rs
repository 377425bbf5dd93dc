//! Is an event-driven variable looked at? In: what is recorded, measured or printed. Out: a warning for each such variable, where
//! it is looked at first.
//!
//! As in Brian2 the state holds what the last spike of a synapse left, and what is looked at is the state: a trace that has
//! long decayed seems to stand still. Recordings of all that synapses have are left out: they are made for weights.

use super::Read;
use crate::ir::expr::{ExprId, Node, VariableId};
use crate::ir::network::{Action, Network, Projection};
use crate::passes::codes;
use crate::passes::walk::reachable;
use grammar::{Diagnostic, Span};
use std::collections::HashSet;

pub(super) fn shown(network: &Network, _: &Read) -> Vec<Diagnostic> {
    let mut told = HashSet::new();
    let mut found = Vec::new();
    for (value, span) in looked_at(network) {
        for id in reachable(&network.arena, &[value]) {
            let Node::Variable(_, variable) = *network.arena.node(id) else { continue };
            if let Some(projection) = driven(network, variable)
                && told.insert(variable)
            {
                let name = format!("{}.{}", projection.name, network.variables[variable.0 as usize].name);
                let message = format!("`{name}` is event-driven: what is seen of it is as the last spike left it");
                let help = "to see it as time goes on, let it go on step by step: `(clock-driven)` in place of `(event-driven)`";
                found.push(
                    Diagnostic::warning(codes::STALE, span, message)
                        .label("between spikes it stands still here")
                        .help(help),
                );
            }
        }
    }
    found
}

/// Expressions that are recorded, measured or printed, and where that is asked for.
fn looked_at(network: &Network) -> impl Iterator<Item = (ExprId, Span)> {
    let recorded = network.records.iter().filter_map(|record| Some((record.what.quantity()?.value, record.span)));
    let printed = network.actions.iter().filter_map(|action| match action {
        Action::Show { quantity, span, .. } => Some((quantity.value, *span)),
        _ => None,
    });
    recorded.chain(printed)
}

/// The synapses of which a variable is event-driven.
fn driven(network: &Network, variable: VariableId) -> Option<&Projection> {
    network.projections.iter().find(|made| made.event_driven.iter().any(|equation| equation.variable == variable))
}
