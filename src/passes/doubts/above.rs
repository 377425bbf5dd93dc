//! Does a threshold hold where neurons begin, or where a reset leaves them, or is there none? In: thresholds that compare, with
//! what their variables begin with or are reset to. Out: a warning for each population of which that is certain.
//!
//! Who gives a variable an initial value above its threshold means it: told is only of those that were given none and begin
//! at 0, which for a potential in volts is far above.

use super::Read;
use super::bounds::{Bounds, bounds};
use crate::ir::expr::{Binary, ExprId, Node, Site, VariableId};
use crate::ir::network::{Action, Block, Network, Neurons, Population, PopulationKind, Role, Target};
use crate::passes::codes;
use crate::passes::walk::{any, reachable};
use crate::units::quantity;
use grammar::Diagnostic;

/// Thresholds that hold for neurons to which nobody has given another value than 0.
pub(super) fn at_first(network: &Network, _: &Read) -> Vec<Diagnostic> {
    of_thresholds(network, |population, neurons, threshold| {
        let begin = |variable| begins(network, population, neurons, variable);
        let zero = compared(network, threshold).find(|&variable| begin(variable) == Some(Bounds::ZERO))?;
        if !holds(network, threshold, &|variable| begin(variable)) {
            return None;
        }
        let declared = &network.variables[zero.0 as usize];
        let (name, value) = (&declared.name, quantity(0.0, declared.dimension));
        let message =
            format!("neurons of `{}` spike at once: `{name}` begins at {value}, above its threshold", population.name);
        let span = neurons.threshold_span?;
        let help = format!("give it an initial value: `init {name} = …`");
        Some(Diagnostic::warning(codes::ABOVE_AT_FIRST, span, message).label("holds from the beginning").help(help))
    })
}

/// Thresholds that hold after the reset, too.
pub(super) fn after_reset(network: &Network, _: &Read) -> Vec<Diagnostic> {
    of_thresholds(network, |population, neurons, threshold| {
        let left = |variable| left_at(network, &neurons.reset, variable);
        let reset = compared(network, threshold).find(|&variable| left(variable).is_some())?;
        if !holds(network, threshold, &left) {
            return None;
        }
        let declared = &network.variables[reset.0 as usize];
        let value = quantity(left(reset)?.low, declared.dimension);
        let message = format!(
            "the reset leaves neurons of `{}` above their threshold: `{}` is {value} then",
            population.name, declared.name
        );
        let often = if neurons.refractory.is_some() {
            "they spike again whenever they are not refractory"
        } else {
            "they spike again in every step"
        };
        let span = neurons.threshold_span?;
        let help = "reset it to a value for which the threshold does not hold, or give the threshold another";
        Some(Diagnostic::warning(codes::ABOVE_AFTER_RESET, span, message).label(often).help(help))
    })
}

/// Thresholds of what an equation moves, after which nothing happens.
pub(super) fn without_reset(network: &Network, _: &Read) -> Vec<Diagnostic> {
    of_thresholds(network, |population, neurons, threshold| {
        let moved = |variable: &VariableId| network.variables[variable.0 as usize].role == Role::State;
        let moved = compared(network, threshold).find(moved)?;
        if !neurons.reset.statements.is_empty() || neurons.refractory.is_some() {
            return None;
        }
        let name = &network.variables[moved.0 as usize].name;
        let message = format!("neurons of `{}` have no reset: nothing ends a spike", population.name);
        let help = format!(
            "write what a spike does, `reset {name} = …`, or, where `{name}` comes down by itself, until when it is one spike: `refractory {name} > …`"
        );
        let warning = Diagnostic::warning(codes::NO_RESET, neurons.threshold_span?, message);
        Some(warning.label("they spike in every step in which this holds").help(help))
    })
}

fn of_thresholds(
    network: &Network,
    question: impl Fn(&Population, &Neurons, ExprId) -> Option<Diagnostic>,
) -> Vec<Diagnostic> {
    let asked = network.populations.iter().filter_map(|population| match &population.kind {
        PopulationKind::Neurons(neurons) => question(population, neurons, neurons.threshold?),
        _ => None,
    });
    asked.collect()
}

/// The variables of a condition.
fn compared(network: &Network, condition: ExprId) -> impl Iterator<Item = VariableId> {
    reachable(&network.arena, &[condition]).into_iter().filter_map(|id| match *network.arena.node(id) {
        Node::Variable(Site::Own, variable) => Some(variable),
        _ => None,
    })
}

/// Whether a condition is certain, by what is known of variables.
fn holds(network: &Network, condition: ExprId, known: &dyn Fn(VariableId) -> Option<Bounds>) -> bool {
    let side = |id: ExprId| {
        bounds(&network.arena, id, |node| match *node {
            Node::Variable(Site::Own, variable) => known(variable),
            _ => None,
        })
    };
    match *network.arena.node(condition) {
        Node::Boolean(value) => value,
        Node::Binary(Binary::And, a, b) => holds(network, a, known) && holds(network, b, known),
        Node::Binary(Binary::Or, a, b) => holds(network, a, known) || holds(network, b, known),
        Node::Binary(Binary::Greater, a, b) => side(a).low > side(b).high,
        Node::Binary(Binary::GreaterEqual, a, b) => side(a).low >= side(b).high,
        Node::Binary(Binary::Less, a, b) => side(a).high < side(b).low,
        Node::Binary(Binary::LessEqual, a, b) => side(a).high <= side(b).low,
        _ => false,
    }
}

/// What a variable begins with, where that is known; 0 where nothing in the text gives it a value.
fn begins(network: &Network, population: &Population, neurons: &Neurons, variable: VariableId) -> Option<Bounds> {
    let declared = &network.variables[variable.0 as usize];
    let summed = network.projections.iter().flat_map(|made| &made.summed).any(|summed| summed.variable == variable);
    let set = network.actions.iter().any(|action| match action {
        Action::Set { block, .. } => writes(block, variable),
        Action::SetEach { variable: other, .. } => *other == variable,
        _ => false,
    });
    let first = !matches!(declared.role, Role::State | Role::Parameter) || summed || set;
    // What changes at once is elsewhere when its threshold is looked at for the first time.
    let quick = neurons.equations.iter().any(|equation| {
        equation.variable == variable && any(&network.arena, equation.rhs, |node| matches!(node, Node::Noise(_)))
    });
    (!first && !quick && !writes(&population.init, variable)).then_some(Bounds::ZERO)
}

fn writes(block: &Block, variable: VariableId) -> bool {
    block.statements.iter().any(|statement| matches!(statement.target, Target::Variable(_, other) if other == variable))
}

/// The number that a reset leaves in a variable, where it is one.
fn left_at(network: &Network, reset: &Block, variable: VariableId) -> Option<Bounds> {
    let last = reset.statements.iter().rev().find_map(|statement| match statement.target {
        Target::Variable(_, other) if other == variable => Some(statement.value),
        _ => None,
    })?;
    bounds(&network.arena, last, |_| None).only().map(Bounds::of)
}
