//! Does a threshold hold where neurons begin, or where a reset leaves them, or is there none? In: thresholds that
//! compare, with what their variables begin with or are reset to. Out: a warning for each population of which that is
//! certain.
//!
//! Who gives a variable an initial value above its threshold means it: told is only of those that were given none and
//! begin at 0, which for a potential in volts is far above.

use super::bounds::{Bounds, bounds};
use super::{Read, writes};
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
        let after = |variable| after_step(network, population, neurons, (variable, begin(variable)?), &begin);
        if !holds(network, threshold, &begin) || !holds(network, threshold, &after) {
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
        let after = |variable| after_step(network, population, neurons, (variable, left(variable)?), &|_| None);
        let moves = neurons.equations.iter().any(|one| one.variable == reset && !one.unless_refractory);
        let goes = neurons.refractory.is_some() && moves;
        let others = written_elsewhere(network, population, neurons, reset);
        if goes || others || !holds(network, threshold, &left) || !holds(network, threshold, &after) {
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
        let may_end = |node: &Node| match *node {
            Node::Variable(_, variable) => {
                !matches!(network.variables[variable.0 as usize].role, Role::State | Role::Parameter)
            }
            Node::Boolean(_) | Node::Integer(_) | Node::Float(_) | Node::Unary(..) => false,
            Node::Binary(operator, ..) => operator == Binary::And,
            _ => true,
        };
        if !neurons.reset.statements.is_empty()
            || neurons.refractory.is_some()
            || any(&network.arena, threshold, may_end)
            || compared(network, threshold).any(|variable| moved_elsewhere(network, population, neurons, variable))
        {
            return None;
        }
        let name = &network.variables[moved.0 as usize].name;
        let message = format!("neurons of `{}` have no reset: nothing ends a spike", population.name);
        let warning = Diagnostic::warning(codes::NO_RESET, neurons.threshold_span?, message);
        let warning = warning.label("they spike in every step in which this holds");
        let warning = warning.help(format!("write what a spike does, as `reset {name} = …`"));
        Some(warning.help(format!(
            "or, where `{name}` comes down by itself, how long it is one spike: `refractory {name} > …`"
        )))
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
    let set = network.actions.iter().any(|action| match action {
        Action::Set { block, .. } => writes(block, variable),
        Action::SetEach { variable: other, .. } => *other == variable,
        _ => false,
    });
    let given = !matches!(declared.role, Role::State | Role::Parameter) || set;
    let elsewhere = moved_elsewhere(network, population, neurons, variable);
    (!given && !elsewhere && !writes(&population.init, variable)).then_some(Bounds::ZERO)
}

/// Where a variable that is at `from` may be a step later, which is when its threshold is looked at; `known` says
/// where others are.
fn after_step(
    network: &Network,
    population: &Population,
    neurons: &Neurons,
    (variable, from): (VariableId, Bounds),
    known: &dyn Fn(VariableId) -> Option<Bounds>,
) -> Option<Bounds> {
    let Some(equation) = neurons.equations.iter().find(|equation| equation.variable == variable) else {
        return Some(from);
    };
    if any(&network.arena, equation.rhs, |node| matches!(node, Node::Noise(_))) {
        return None;
    }
    let dt = network.clocks.get(population.clock.0 as usize).copied().unwrap_or(network.dt);
    let slope = bounds(&network.arena, equation.rhs, |node| match *node {
        Node::Variable(Site::Own, other) if other == variable => Some(from),
        Node::Variable(Site::Own, other) => known(other),
        _ => None,
    });
    let at = |from: f64, slope: f64| from + dt * slope;
    Some(Bounds { low: at(from.low, slope.low), high: at(from.high, slope.high) })
}

/// Whether a variable is a sum over synapses, or anything but `init`, the reset and its equation writes it.
fn moved_elsewhere(network: &Network, population: &Population, neurons: &Neurons, variable: VariableId) -> bool {
    let summed = network.projections.iter().flat_map(|made| &made.summed).any(|summed| summed.variable == variable);
    summed || written_elsewhere(network, population, neurons, variable)
}

/// Whether anything but `init`, the reset and its equation writes a variable.
fn written_elsewhere(network: &Network, population: &Population, neurons: &Neurons, variable: VariableId) -> bool {
    let own = [&raw const population.init, &raw const neurons.reset];
    let regular = network.populations.iter().flat_map(|other| &other.regular).map(|regular| &regular.block);
    let others = network.code_blocks().chain(regular).filter(|&block| !own.contains(&std::ptr::from_ref(block)));
    others.into_iter().any(|block| writes(block, variable))
}

/// The number that a reset leaves in a variable, where it is one.
fn left_at(network: &Network, reset: &Block, variable: VariableId) -> Option<Bounds> {
    let last = reset.statements.iter().rev().find_map(|statement| match statement.target {
        Target::Variable(_, other) if other == variable => Some(statement.value),
        _ => None,
    })?;
    bounds(&network.arena, last, |_| None).only().map(Bounds::of)
}
