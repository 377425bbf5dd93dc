//! Gives every random call of a step a number of its own.
//!
//! Threshold, refractoriness and equations each count their calls from 0, but run as one program, in which one number is one random
//! value. Their numbers are moved apart in the order in which Brian2 draws: refractoriness, equations, threshold. Those of noise
//! come after them.

use super::walk::{reachable, rebuild};
use crate::ir::expr::{Arena, ExprId, Node};
use crate::ir::network::{Network, Neurons, PopulationKind, Refractory};

/// Moves the draws of every step apart.
pub(super) fn number(network: &mut Network) {
    let arena = &mut network.arena;
    for population in &mut network.populations {
        if let PopulationKind::Neurons(neurons) = &mut population.kind {
            let refractory =
                neurons.refractory.as_mut().map(|(Refractory::Time(value) | Refractory::While(value))| value);
            let equations = neurons.equations.iter_mut().map(|equation| &mut equation.rhs);
            apart(arena, refractory.into_iter().chain(equations).chain(&mut neurons.threshold));
        }
    }
    for projection in &mut network.projections {
        apart(arena, projection.clock_driven.iter_mut().map(|equation| &mut equation.rhs));
    }
}

/// The random calls of a step of neurons stand in these.
pub(super) fn of_step(neurons: &Neurons) -> impl Iterator<Item = ExprId> + '_ {
    let refractory = neurons.refractory.map(|(Refractory::Time(value) | Refractory::While(value))| value);
    let equations = neurons.equations.iter().map(|equation| equation.rhs);
    refractory.into_iter().chain(equations).chain(neurons.threshold)
}

/// The first number that no random call of these has.
pub(super) fn next(arena: &Arena, roots: impl Iterator<Item = ExprId>) -> u32 {
    let roots: Vec<ExprId> = roots.collect();
    let draws = reachable(arena, &roots).into_iter().filter_map(|id| match arena.node(id) {
        Node::Random(_, draw, _) => Some(draw + 1),
        _ => None,
    });
    draws.max().unwrap_or(0)
}

fn apart<'a>(arena: &mut Arena, roots: impl Iterator<Item = &'a mut ExprId>) {
    let mut first = 0;
    for root in roots {
        let count = next(arena, [*root].into_iter());
        if count == 0 {
            continue;
        }
        *root = rebuild(arena, &[*root], |arena, old, node| {
            let kind = arena.kind(old);
            match node {
                Node::Random(distribution, draw, operands) => {
                    arena.add(Node::Random(distribution, draw + first, operands), kind)
                }
                other => arena.add(other, kind),
            }
        })[0];
        first += count;
    }
}
