//! Does a sine turn so fast that steps see another? In: sines and cosines of a phase that grows with time at a known
//! rate, in what is worked out once in a step or at intervals. Out: a warning where it is more than half a turn in a
//! step (Shannon 1949, theorem 1): then a slower wave has the same samples.

use super::bounds::affine;
use super::{Read, held, regular, rounded, stepped};
use crate::ir::describe;
use crate::ir::expr::{ExprId, Function, Node};
use crate::ir::network::{Block, Network, PopulationKind};
use crate::passes::codes;
use crate::passes::walk::reachable;
use crate::units::{Dimension, quantity};
use grammar::{Diagnostic, Span};
use std::f64::consts::{PI, TAU};

/// Deeper parts of a wave are left out of the message.
const DEPTH: usize = 6;

pub(super) fn folded(network: &Network, _: &Read) -> Vec<Diagnostic> {
    let equations = stepped(network).flat_map(|(object, equations)| {
        let dt = network.dt_of(object);
        equations.iter().map(move |equation| (dt, equation.rhs, equation.span))
    });
    let held = held(network).flat_map(|(object, block)| values(network.dt_of(object), block));
    let regular = regular(network).flat_map(|(_, one)| values(network.clocks[one.clock.0 as usize], &one.block));
    let mut found: Vec<Diagnostic> = Vec::new();
    for (dt, root, span) in equations.chain(held).chain(conditions(network)).chain(regular) {
        found.extend(fastest(network, root, dt, span));
    }
    found
}

/// What a block writes, every so many seconds.
fn values(dt: f64, block: &Block) -> impl Iterator<Item = (f64, ExprId, Span)> {
    block.statements.iter().map(move |statement| (dt, statement.value, statement.span))
}

/// What is asked in every step.
fn conditions(network: &Network) -> impl Iterator<Item = (f64, ExprId, Span)> {
    network.populations.iter().flat_map(|population| {
        let dt = network.clocks[population.clock.0 as usize];
        let threshold = match &population.kind {
            PopulationKind::Neurons(neurons) => {
                neurons.threshold.map(|threshold| (threshold, neurons.threshold_span.unwrap_or(population.span)))
            }
            _ => None,
        };
        let events = population.events.iter().map(|event| (event.condition, event.span));
        threshold.into_iter().chain(events).map(move |(condition, span)| (dt, condition, span))
    })
}

/// The fastest wave of an expression, where it is too fast.
fn fastest(network: &Network, root: ExprId, dt: f64, span: Span) -> Option<Diagnostic> {
    let waves = reachable(&network.arena, &[root]).into_iter().filter_map(|id| match network.arena.node(id) {
        Node::Call(Function::Sin | Function::Cos, operands) => {
            let phase = affine(&network.arena, *operands.first()?, |node| *node == Node::Time, |_| None);
            Some((id, phase.slope.only()?.abs()))
        }
        _ => None,
    });
    let (id, rate) = waves.max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    (rate * dt > PI).then(|| warning(network, id, rate, dt, span))
}

fn warning(network: &Network, id: ExprId, rate: f64, dt: f64, span: Span) -> Diagnostic {
    let frequency = rate / TAU;
    let seen = (frequency * dt - (frequency * dt).round()).abs() / dt;
    let [wave, seen] = [frequency, seen].map(|frequency| quantity(rounded(frequency), Dimension::HERTZ));
    let step = quantity(dt, Dimension::SECOND);
    let message = format!("a wave of {wave} looks like one of {seen} at steps of {step}");
    let label = format!("`{}`", describe::expression(network, id, DEPTH));
    let help = format!("take a step below {}", quantity(rounded(PI / rate), Dimension::SECOND));
    Diagnostic::warning(codes::FOLDED_WAVE, span, message).label(label).help(help)
}
