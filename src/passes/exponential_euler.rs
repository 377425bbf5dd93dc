//! Exponential Euler: every equation is linear in its own variable, x' = A x + B, the rest of it held for the step.
//!
//! x <- x + (A x + B) dt (e^(A dt) - 1)/(A dt), the exact solution for constant A and B, written with
//! `exprel` so that A = 0 is the Euler step rather than 0/0 (MacGregor 1987; Hochbruck & Ostermann 2010, phi1).
//! Where B is 0 this is x e^(A dt). Where x is in functions, too, as in a gate that follows it at once (Wang & Buzsaki 1996), those
//! are among what is held: A and B are worth what they are at the beginning of the step, as in Brian2.

use super::algebra::Algebra;
use super::linear::{Linear, split, split_holding};
use crate::ir::expr::{ExprId, Node, Site, Type, VariableId};
use crate::ir::network::{Equation, Network};

/// Values of variables.
pub(super) struct Integrated {
    /// `dt` [s] later, in the order of the equations.
    pub(super) values: Vec<ExprId>,
    /// Variables of which functions in their own equations are held.
    pub(super) held: Vec<VariableId>,
}

/// The values of the equations' variables `dt` [s] later, from old ones alone; or why not.
pub(super) fn integrate(network: &mut Network, equations: &[Equation], dt: f64) -> Result<Integrated, String> {
    let (mut values, mut held) = (Vec::with_capacity(equations.len()), Vec::new());
    for equation in equations {
        let linear = match split(network, equation.rhs, &[equation.variable]) {
            Ok(linear) => linear,
            Err(reason) => {
                held.push(equation.variable);
                split_holding(network, equation.rhs, equation.variable).ok_or(reason)?
            }
        };
        values.push(step(network, equation, &linear, dt));
    }
    Ok(Integrated { values, held })
}

fn step(network: &mut Network, equation: &Equation, linear: &Linear, dt: f64) -> ExprId {
    let x = network.arena.add(Node::Variable(Site::Own, equation.variable), Type::Float);
    let mut algebra = Algebra { arena: &mut network.arena };
    let dt = algebra.literal(dt);
    let rest = algebra.real(linear.rest);
    let Some(&rate) = linear.coefficients.get(&0) else {
        let change = algebra.multiply(rest, dt);
        return algebra.add(x, change);
    };
    let z = algebra.multiply(rate, dt);
    if algebra.is_zero(rest) {
        let decay = algebra.exp(z);
        return algebra.multiply(x, decay);
    }
    let relative = algebra.exprel(z);
    let held = algebra.multiply(dt, relative);
    if algebra.value(rate).is_some() {
        let decay = algebra.exp(z);
        let (kept, gained) = (algebra.multiply(x, decay), algebra.multiply(rest, held));
        return algebra.add(kept, gained);
    }
    let driven = algebra.multiply(rate, x);
    let slope = algebra.add(driven, rest);
    let change = algebra.multiply(slope, held);
    algebra.add(x, change)
}
