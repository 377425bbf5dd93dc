//! Explicit integrators: euler, rk2 (the midpoint rule), rk4 (the classical rule of Kutta 1901), and for noise heun and milstein.
//!
//! All stages are taken from old values; a stage is made for all equations before the next one begins. `t` in a stage is
//! the stage's time, a random number that of the step. heun and milstein read noise in the sense of Stratonovich; their drift is
//! Euler's, as Brian2's is, so that without noise they are the Euler step.

use super::algebra::Algebra;
use super::walk::rebuild;
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
    /// What the noise of each is multiplied by, with the number of the noise.
    pub(super) factors: &'a [Vec<(usize, ExprId)>],
    /// dW of every noise.
    pub(super) increments: &'a [ExprId],
    /// The time step [s].
    pub(super) dt: f64,
}

impl Slopes<'_> {
    fn old(&self, arena: &mut Arena) -> Vec<ExprId> {
        self.variables.iter().map(|&variable| arena.add(Node::Variable(Site::Own, variable), Type::Float)).collect()
    }

    /// The slopes at other values, `later` [s] after the start of the step.
    fn at(&self, arena: &mut Arena, values: &[ExprId], later: f64) -> Vec<ExprId> {
        self.moved(arena, self.derivatives, values, later)
    }

    /// Expressions at other values of the variables, `later` [s] after the start of the step.
    fn moved(&self, arena: &mut Arena, of: &[ExprId], values: &[ExprId], later: f64) -> Vec<ExprId> {
        let values: HashMap<VariableId, ExprId> = self.variables.iter().copied().zip(values.iter().copied()).collect();
        let start = arena.add(Node::Time, Type::Float);
        let time = if later == 0.0 {
            start
        } else {
            let mut algebra = Algebra { arena };
            let later = algebra.literal(later);
            algebra.add(start, later)
        };
        rebuild(arena, of, |arena, old, node| match &node {
            Node::Variable(Site::Own, variable) => values.get(variable).copied().unwrap_or(old),
            Node::Time => time,
            // Drawn once in a step, from what its parameters are then.
            Node::Random(..) => old,
            _ => {
                let kind = arena.kind(old);
                arena.add(node, kind)
            }
        })
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

/// Values with `factor*dW` added to each, for every noise it has; `factors` are parallel to the system's.
fn disturbed(
    arena: &mut Arena,
    values: &[ExprId],
    factors: &[Vec<(usize, ExprId)>],
    increments: &[ExprId],
) -> Vec<ExprId> {
    let mut algebra = Algebra { arena };
    let mut one = |(&value, factors): (&ExprId, &Vec<(usize, ExprId)>)| {
        factors.iter().fold(value, |sum, &(symbol, factor)| {
            let change = algebra.multiply(factor, increments[symbol]);
            algebra.add(sum, change)
        })
    };
    values.iter().zip(factors).map(&mut one).collect()
}

/// x + dt f(x, t) + g dW: the rule of Maruyama (1955).
pub(super) fn euler(arena: &mut Arena, system: &Slopes<'_>) -> Vec<ExprId> {
    let old = system.old(arena);
    let drifted = ahead(arena, &old, system.derivatives, system.dt);
    disturbed(arena, &drifted, system.factors, system.increments)
}

/// x + dt f(x, t) + (g(x, t) + g(y, t + dt)) dW/2 with y = x + g(x, t) dW, all noise of a step in y (Rümelin, SIAM Journal on
/// Numerical Analysis 19, 1982, 604). Brian2 makes a y of each symbol, which is the same where there is one.
pub(super) fn heun(arena: &mut Arena, system: &Slopes<'_>) -> Vec<ExprId> {
    let old = system.old(arena);
    let ahead_of = disturbed(arena, &old, system.factors, system.increments);
    let mut means = Vec::new();
    for factors in system.factors {
        let here: Vec<ExprId> = factors.iter().map(|&(_, factor)| factor).collect();
        let there = system.moved(arena, &here, &ahead_of, system.dt);
        let mut algebra = Algebra { arena };
        let mut mean = |(&(symbol, here), there): (&(usize, ExprId), ExprId)| {
            if here == there {
                return (symbol, here);
            }
            let half = algebra.literal(0.5);
            let sum = algebra.add(here, there);
            (symbol, algebra.multiply(sum, half))
        };
        means.push(factors.iter().zip(there).map(&mut mean).collect());
    }
    let drifted = ahead(arena, &old, system.derivatives, system.dt);
    disturbed(arena, &drifted, &means, system.increments)
}

/// x + dt f(x, t) + g(x, t) dW + (g(y, t) - g(z, t)) dW**2/(4 sqrt(dt)) with y, z = x ± sqrt(dt) g(x, t): Milstein's rule for Stratonovich's
/// integral, g g' dW**2/2, with a central difference in place of the derivative (Kloeden & Platen 1992, sections 10.3 and 11.1).
///
/// Brian2's difference is (g(y) - g(x))/sqrt(dt) with y = x + dt f + sqrt(dt) g for all variables at once. That leaves
/// (f g' + g**2 g''/2) sqrt(dt) dW**2/2 in every step, whose mean is not 0: an error of order 1/2 (measured between 8 and 64 steps: 0.53
/// for dx = x/2 dt + 0.6 x dW, where this rule has 1.0). And it adds a drift where one variable is part of the noise of another: here y and z
/// are of the equation's own variable.
pub(super) fn milstein(arena: &mut Arena, system: &Slopes<'_>) -> Vec<ExprId> {
    let old = system.old(arena);
    let drifted = ahead(arena, &old, system.derivatives, system.dt);
    let mut new = disturbed(arena, &drifted, system.factors, system.increments);
    let root = system.dt.sqrt();
    for (place, factors) in system.factors.iter().enumerate() {
        for &(symbol, here) in factors {
            let beside = [root, -root].map(|distance| {
                let mut moved = old.clone();
                moved[place] = ahead(arena, &[old[place]], &[here], distance)[0];
                system.moved(arena, &[here], &moved, 0.0)[0]
            });
            let mut algebra = Algebra { arena };
            let difference = algebra.subtract(beside[0], beside[1]);
            let square = algebra.multiply(system.increments[symbol], system.increments[symbol]);
            let weight = algebra.literal(0.25 / root);
            let weight = algebra.multiply(square, weight);
            let correction = algebra.multiply(difference, weight);
            new[place] = algebra.add(new[place], correction);
        }
    }
    new
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
