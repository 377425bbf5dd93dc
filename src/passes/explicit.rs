//! Explicit integrators: euler, rk2 (the midpoint rule), rk4 (the classical rule of Kutta 1901), heun without noise.
//!
//! All stages are taken from old values; a stage is made for all equations before the next one begins. `t` in a stage is
//! the stage's time. Without noise Brian2's heun is the Euler step: its correction is of the noise term alone.

use super::algebra::Algebra;
use super::walk::replace;
use crate::ir::expr::{Arena, ExprId, Node, Site, Type, VariableId};
use std::collections::HashMap;

/// A step of an explicit integrator: new values of the variables, parallel to the slopes.
pub(super) type Rule = fn(&mut Arena, &Slopes<'_>) -> Vec<ExprId>;

/// The right-hand sides of a system.
pub(super) struct Slopes<'a> {
    /// The variables.
    pub(super) variables: &'a [VariableId],
    /// Their derivatives.
    pub(super) derivatives: &'a [ExprId],
    /// The time step [s].
    pub(super) dt: f64,
}

impl Slopes<'_> {
    fn old(&self, arena: &mut Arena) -> Vec<ExprId> {
        self.variables.iter().map(|&variable| arena.add(Node::Variable(Site::Own, variable), Type::Float)).collect()
    }

    /// The slopes at other values, `later` [s] after the start of the step.
    fn at(&self, arena: &mut Arena, values: &[ExprId], later: f64) -> Vec<ExprId> {
        let values: HashMap<VariableId, ExprId> = self.variables.iter().copied().zip(values.iter().copied()).collect();
        let start = arena.add(Node::Time, Type::Float);
        let time = if later == 0.0 {
            start
        } else {
            let mut algebra = Algebra { arena };
            let later = algebra.literal(later);
            algebra.add(start, later)
        };
        let stage = |arena: &mut Arena, &slope: &ExprId| {
            replace(arena, slope, |node| match node {
                Node::Variable(Site::Own, variable) => values.get(variable).copied(),
                Node::Time => Some(time),
                _ => None,
            })
        };
        self.derivatives.iter().map(|slope| stage(arena, slope)).collect()
    }
}

/// `x + factor*slope` for every variable.
fn ahead(arena: &mut Arena, values: &[ExprId], slopes: &[ExprId], factor: f64) -> Vec<ExprId> {
    let mut algebra = Algebra { arena };
    let factor = algebra.literal(factor);
    let pairs = values.iter().zip(slopes);
    pairs
        .map(|(&value, &slope)| {
            let change = algebra.multiply(slope, factor);
            algebra.add(value, change)
        })
        .collect()
}

/// x + dt f(x, t).
pub(super) fn euler(arena: &mut Arena, system: &Slopes<'_>) -> Vec<ExprId> {
    let old = system.old(arena);
    ahead(arena, &old, system.derivatives, system.dt)
}

/// x + dt f(x + dt/2 f(x, t), t + dt/2).
pub(super) fn rk2(arena: &mut Arena, system: &Slopes<'_>) -> Vec<ExprId> {
    let old = system.old(arena);
    let middle = ahead(arena, &old, system.derivatives, system.dt / 2.0);
    let slopes = system.at(arena, &middle, system.dt / 2.0);
    ahead(arena, &old, &slopes, system.dt)
}

/// x + dt/6 (k1 + 2 k2 + 2 k3 + k4).
pub(super) fn rk4(arena: &mut Arena, system: &Slopes<'_>) -> Vec<ExprId> {
    let old = system.old(arena);
    let half = system.dt / 2.0;
    let first = system.derivatives.to_vec();
    let middle = ahead(arena, &old, &first, half);
    let second = system.at(arena, &middle, half);
    let middle = ahead(arena, &old, &second, half);
    let third = system.at(arena, &middle, half);
    let end = ahead(arena, &old, &third, system.dt);
    let fourth = system.at(arena, &end, system.dt);
    let mut algebra = Algebra { arena };
    let two = algebra.literal(2.0);
    let mut sums = Vec::new();
    for place in 0..old.len() {
        let inner = algebra.add(second[place], third[place]);
        let inner = algebra.multiply(inner, two);
        let outer = algebra.add(first[place], fourth[place]);
        sums.push(algebra.add(outer, inner));
    }
    ahead(arena, &old, &sums, system.dt / 6.0)
}
