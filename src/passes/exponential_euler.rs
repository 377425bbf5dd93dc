//! Exponential Euler: every equation is linear in its own variable, x' = A x + B, the rest of it held for the step.
//!
//! x <- x + (A x + B) dt (e^(A dt) - 1)/(A dt), the exact solution for constant A and B, written with
//! `exprel` so that A = 0 is the Euler step rather than 0/0 (MacGregor 1987; Hochbruck & Ostermann 2010, phi1).
//! Where B is 0 this is x e^(A dt).

use super::algebra::Algebra;
use super::linear::split;
use crate::ir::expr::{ExprId, Node, Site, Type};
use crate::ir::network::{Equation, Network};

/// The values of the equations' variables `dt` [s] later, from old ones alone; or why not.
pub(super) fn integrate(network: &mut Network, equations: &[Equation], dt: f64) -> Result<Vec<ExprId>, String> {
    equations.iter().map(|equation| step(network, equation, dt)).collect()
}

fn step(network: &mut Network, equation: &Equation, dt: f64) -> Result<ExprId, String> {
    let linear = split(network, equation.rhs, &[equation.variable])?;
    let x = network.arena.add(Node::Variable(Site::Own, equation.variable), Type::Float);
    let mut algebra = Algebra { arena: &mut network.arena };
    let dt = algebra.literal(dt);
    let rest = algebra.real(linear.rest);
    let Some(&rate) = linear.coefficients.get(&0) else {
        let change = algebra.multiply(rest, dt);
        return Ok(algebra.add(x, change));
    };
    let z = algebra.multiply(rate, dt);
    if algebra.is_zero(rest) {
        let decay = algebra.exp(z);
        return Ok(algebra.multiply(x, decay));
    }
    let relative = algebra.exprel(z);
    let held = algebra.multiply(dt, relative);
    if algebra.value(rate).is_some() {
        let decay = algebra.exp(z);
        let (kept, gained) = (algebra.multiply(x, decay), algebra.multiply(rest, held));
        return Ok(algebra.add(kept, gained));
    }
    let driven = algebra.multiply(rate, x);
    let slope = algebra.add(driven, rest);
    let change = algebra.multiply(slope, held);
    Ok(algebra.add(x, change))
}
