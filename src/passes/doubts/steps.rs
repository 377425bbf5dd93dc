//! Is a time step longer than the shortest time constant? In: equations of the form `dx/dt = -x/tau + …` with a `tau` that is
//! known. Out: one warning for each object.

use super::bounds::affine;
use super::{Read, stepped};
use crate::ir::expr::{Node, Site};
use crate::ir::network::{Equation, Network};
use crate::passes::codes;
use crate::units::{Dimension, quantity};
use grammar::Diagnostic;

pub(super) fn long(network: &Network, _: &Read) -> Vec<Diagnostic> {
    let too_long = stepped(network).filter_map(|(object, equations)| {
        let dt = network.dt_of(object);
        let constants = equations.iter().filter_map(|equation| Some((equation, time_constant(network, equation)?)));
        let (equation, shortest) = constants.min_by(|(_, a), (_, b)| a.total_cmp(b))?;
        (shortest < dt).then(|| warning(network, equation, shortest, dt))
    });
    too_long.collect()
}

/// The time constant [s] with which a variable decays, where it is the same number for all elements and all time.
fn time_constant(network: &Network, equation: &Equation) -> Option<f64> {
    let itself = Node::Variable(Site::Own, equation.variable);
    let slope = affine(&network.arena, equation.rhs, |node| *node == itself, |_| None).slope.only()?;
    (slope < 0.0).then(|| -slope.recip())
}

fn warning(network: &Network, equation: &Equation, tau: f64, dt: f64) -> Diagnostic {
    let name = &network.variables[equation.variable.0 as usize].name;
    let [tau_text, dt_text] = [tau, dt].map(|time| quantity(time, Dimension::SECOND));
    let message = format!("`{name}` changes within {tau_text}, and a time step is {dt_text}");
    let note = "inputs and thresholds are looked at once in a step, so that what happens between is lost; rules as euler \
                and rk4 then oscillate or grow without bound";
    let help = format!("take a step of {} or less", quantity(readable(tau / 5.0), Dimension::SECOND));
    Diagnostic::warning(codes::LONG_STEP, equation.span, message)
        .label(format!("time constant {tau_text}"))
        .note(note)
        .help(help)
}

/// The next 1, 2 or 5 times a power of ten below.
fn readable(value: f64) -> f64 {
    let power = 10.0_f64.powf(value.log10().floor());
    let digit = [5.0, 2.0].into_iter().find(|digit| digit * power <= value);
    digit.unwrap_or(1.0) * power
}
