//! Do synapses look at what neurons have not got yet? In: what the experiment sets before its first run. Out: a warning for each
//! variable that rules, delays or values of synapses look at, that no `init` gives a value, and that is set after all.
//!
//! Everything is made before the experiment begins, wherever its lines stand; in Brian2 each line acts where it stands, so that
//! what is pasted line by line connects neurons that all lie at 0.

use super::{Read, writes};
use crate::ir::expr::{ExprId, Node, Site, VariableId};
use crate::ir::network::{Action, Delay, Network, Object, PopulationKind, Projection, Selection};
use crate::passes::codes;
use crate::passes::usage::targets;
use crate::passes::walk::reachable;
use grammar::{Diagnostic, Span};
use std::collections::HashMap;

pub(super) fn set(network: &Network, _: &Read) -> Vec<Diagnostic> {
    let before = network.actions.iter().take_while(|action| !matches!(action, Action::Run { .. }));
    let set: Vec<_> = before.filter_map(|action| set_by(network, action)).collect();
    if set.is_empty() {
        return Vec::new();
    }
    let looked_at = looked_at(network);
    let mut told = Vec::new();
    let mut found = Vec::new();
    for late in set {
        if let Some(&(projection, span)) = looked_at.get(&late.variable)
            && !told.contains(&late.variable)
        {
            told.push(late.variable);
            found.push(warning(network, &late, projection, span));
        }
    }
    found
}

/// A variable of neurons that begins with 0 and is set.
struct Late {
    variable: VariableId,
    /// Whether some of its neurons alone are set.
    part: bool,
    span: Span,
}

fn set_by(network: &Network, action: &Action) -> Option<Late> {
    let (object, variable, selection, span) = match action {
        Action::Set { object, selection, block, span } => (*object, targets(block).next()?, selection, *span),
        Action::SetEach { object, variable, selection, span, .. } => (*object, *variable, selection, *span),
        _ => return None,
    };
    let Object::Population(id) = object else { return None };
    let population = &network.populations[id.0 as usize];
    let begins_with_nothing =
        matches!(population.kind, PopulationKind::Neurons(_)) && !writes(&population.init, variable);
    let all = Selection::Range { start: 0, stop: population.size, step: 1 };
    begins_with_nothing.then(|| Late { variable, part: *selection != all, span })
}

/// Variables of neurons that are looked at while synapses are made, and for which synapses, and where.
fn looked_at(network: &Network) -> HashMap<VariableId, (&Projection, Span)> {
    let mut found = HashMap::new();
    for projection in &network.projections {
        for (value, span) in made_of(projection) {
            for id in reachable(&network.arena, &[value]) {
                if let Node::Variable(Site::Pre | Site::Post, variable) = *network.arena.node(id) {
                    found.entry(variable).or_insert((projection, span));
                }
            }
        }
    }
    found
}

/// What is evaluated while synapses are made, and where it stands.
fn made_of(projection: &Projection) -> impl Iterator<Item = (ExprId, Span)> {
    let rules = projection.connects.iter().flat_map(|connect| {
        let span = connect.span;
        connect.rule.values().into_iter().map(move |value| (value, span))
    });
    let delays = projection.pathways.iter().filter_map(|pathway| match &pathway.delay {
        Delay::PerSynapse { init, .. } => Some(init),
        Delay::Shared(_) => None,
    });
    let blocks = delays.chain([&projection.init]);
    rules.chain(blocks.flat_map(|block| block.statements.iter().map(|statement| (statement.value, statement.span))))
}

fn warning(network: &Network, late: &Late, projection: &Projection, span: Span) -> Diagnostic {
    let variable = &network.variables[late.variable.0 as usize];
    let name = &variable.name;
    let Object::Population(owner) = variable.owner else { unreachable!("only what neurons have is set late") };
    let owner = &network.populations[owner.0 as usize].name;
    let message = format!("`{name}` is still 0 when the synapses of `{}` look at it", projection.name);
    let init = if late.part { format!("init {name} = where(i < …, …, …)") } else { format!("init {name} = …") };
    Diagnostic::warning(codes::SET_LATE, late.span, message)
        .label("set when all synapses are made")
        .also(span, "looks at it")
        .help(format!("what neurons begin with stands in their block: write `{init}` in that of `{owner}`"))
}
