//! Timed arrays as coefficients: whether an entry is the same all through a step.
//!
//! Brian2's rule for the exact integrator: the array is read at `t` itself, and its rows begin with steps, because its `dt` is a
//! whole multiple of the time step.

use crate::ir::expr::{Binary, ExprId, Function, Node};
use crate::ir::network::Network;
use runtime::clock::sample_ticks;

/// Whether a part of an expression is as asked, timed arrays that are constant for a step of `dt` left out.
pub(super) fn any_outside(network: &Network, root: ExprId, dt: f64, is: impl Fn(&Node) -> bool) -> bool {
    let mut waiting = vec![root];
    let mut seen = std::collections::HashSet::new();
    while let Some(id) = waiting.pop() {
        if !seen.insert(id) || constant_over_step(network, id, dt) {
            continue;
        }
        if is(network.arena.node(id)) {
            return true;
        }
        waiting.extend(network.arena.operands(id));
    }
    false
}

/// Whether an expression is an entry of a timed array that is the same all through a step of `dt`.
fn constant_over_step(network: &Network, id: ExprId, dt: f64) -> bool {
    let Node::At(variable, index) = *network.arena.node(id) else { return false };
    let Some(array) = network.arrays.iter().find(|array| array.variable == variable) else { return false };
    sample_ticks(array.dt, dt).is_some() && reads_time_itself(network, index, array.dt, dt)
}

/// Whether an index looks at time only as t/eps, where eps is a part of a row: a power of two of them make one.
fn reads_time_itself(network: &Network, index: ExprId, row: f64, dt: f64) -> bool {
    let arena = &network.arena;
    let (mut waiting, mut seen) = (vec![index], std::collections::HashSet::new());
    while let Some(id) = waiting.pop() {
        if !seen.insert(id) {
            continue;
        }
        match *arena.node(id) {
            Node::Time | Node::Tick => return false,
            Node::Binary(Binary::Divide, time, part) if *arena.node(time) == Node::Time => {
                let Some(part) = known_with(network, part, dt) else { return false };
                let parts = row / part;
                // To the last digit, as the time step may be known late.
                if (parts.log2() - parts.log2().round()).abs() > 1e-9 {
                    return false;
                }
            }
            _ => waiting.extend(arena.operands(id)),
        }
    }
    true
}

/// The value of the part of a row, which functions of a text have as an expression of the time step: their calls may be of groups
/// of several.
fn known_with(network: &Network, id: ExprId, dt: f64) -> Option<f64> {
    let known = |id| known_with(network, id, dt);
    Some(match network.arena.node(id) {
        Node::Float(bits) => f64::from_bits(*bits),
        Node::Dt => dt,
        Node::Binary(Binary::Divide, a, b) => known(*a)? / known(*b)?,
        Node::Binary(Binary::Subtract, a, b) => known(*a)? - known(*b)?,
        Node::Binary(Binary::Power, a, b) => known(*a)?.powf(known(*b)?),
        Node::Call(Function::Log, a) => known(a[0])?.ln(),
        Node::Call(Function::Ceil, a) => known(a[0])?.ceil(),
        Node::Call(Function::Max, a) => known(a[0])?.max(known(a[1])?),
        _ => return None,
    })
}
