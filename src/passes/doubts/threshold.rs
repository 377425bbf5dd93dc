//! Can a threshold be reached? In: thresholds that compare, and everything that writes the variables in them. Out: a warning for
//! each population whose variables stay, by their own equations and by all else in the text, where the threshold does not hold.
//!
//! A variable of an equation `dx/dt = -k*x + b` stays between its initial values and the bounds of b/k, whatever b does.
//! Resets are left out: they happen only to those that have reached the threshold.

use super::Read;
use super::bounds::{Bounds, affine, bounds};
use crate::ir::expr::{Binary, ExprId, Node, Site, VariableId};
use crate::ir::network::{Action, Block, Equation, Network, Neurons, Population, PopulationKind, Role, Target};
use crate::passes::codes;
use crate::passes::walk::any;
use crate::units::quantity;
use grammar::Diagnostic;
use std::collections::HashMap;

pub(super) fn unreachable(network: &Network, _: &Read) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for population in &network.populations {
        let PopulationKind::Neurons(neurons) = &population.kind else { continue };
        let (Some(threshold), Some(span)) = (neurons.threshold, neurons.threshold_span) else { continue };
        let mut range = Range { network, population, neurons, known: HashMap::new() };
        if let Some(why) = range.impossible(threshold) {
            let message = format!(
                "neurons of `{}` never spike: nothing in the text brings them to their threshold",
                population.name
            );
            let help = "give them more input, another initial value, or another threshold";
            found.push(Diagnostic::warning(codes::NEVER_REACHED, span, message).label(why).help(help));
        }
    }
    found
}

/// Between which values the variables of a population stay, as far as it is known.
struct Range<'n> {
    network: &'n Network,
    population: &'n Population,
    neurons: &'n Neurons,
    known: HashMap<VariableId, Bounds>,
}

impl Range<'_> {
    /// Why a condition never holds, where that is known.
    fn impossible(&mut self, condition: ExprId) -> Option<String> {
        match *self.network.arena.node(condition) {
            Node::Boolean(false) => Some("this is never true".to_owned()),
            Node::Binary(Binary::And, a, b) => self.impossible(a).or_else(|| self.impossible(b)),
            Node::Binary(Binary::Greater, a, b) => self.stays_below(a, b, |high, low| high <= low),
            Node::Binary(Binary::GreaterEqual, a, b) => self.stays_below(a, b, |high, low| high < low),
            Node::Binary(Binary::Less, a, b) => self.stays_below(b, a, |high, low| high <= low),
            Node::Binary(Binary::LessEqual, a, b) => self.stays_below(b, a, |high, low| high < low),
            _ => None,
        }
    }

    /// Says so where `a` stays so far below `b`.
    fn stays_below(&mut self, a: ExprId, b: ExprId, far: fn(f64, f64) -> bool) -> Option<String> {
        let (of_a, of_b) = (self.bounds(a), self.bounds(b));
        far(of_a.high, of_b.low).then(|| {
            let most = self.told(a, "most", of_a.high);
            most.or_else(|| self.told(b, "least", of_b.low)).unwrap_or_else(|| "this is never true".to_owned())
        })
    }

    fn told(&self, id: ExprId, end: &str, value: f64) -> Option<String> {
        let Node::Variable(_, variable) = *self.network.arena.node(id) else { return None };
        let variable = &self.network.variables[variable.0 as usize];
        Some(format!("`{}` is {} at {end}", variable.name, quantity(value, variable.dimension)))
    }

    fn bounds(&mut self, id: ExprId) -> Bounds {
        let network = self.network;
        bounds(&network.arena, id, |node| self.of_node(node))
    }

    fn of_node(&mut self, node: &Node) -> Option<Bounds> {
        match *node {
            Node::Variable(Site::Own, variable) => Some(self.variable(variable)),
            _ => None,
        }
    }

    fn variable(&mut self, variable: VariableId) -> Bounds {
        if let Some(&known) = self.known.get(&variable) {
            return known;
        }
        // Of what depends on itself in another way than below, nothing is known.
        self.known.insert(variable, Bounds::ANY);
        let found = match self.network.variables[variable.0 as usize].role {
            Role::State => self.state(variable),
            Role::Parameter | Role::Held => self.written(variable),
            _ => Bounds::ANY,
        };
        self.known.insert(variable, found);
        found
    }

    fn state(&mut self, variable: VariableId) -> Bounds {
        let written = self.written(variable);
        let equation = self.neurons.equations.iter().find(|equation| equation.variable == variable);
        equation
            .map_or(Bounds::ANY, |equation| self.driven(equation).map_or(Bounds::ANY, |driven| written.hull(driven)))
    }

    /// What an equation drives its variable to.
    fn driven(&mut self, equation: &Equation) -> Option<Bounds> {
        let network = self.network;
        if any(&network.arena, equation.rhs, |node| matches!(node, Node::Noise(_))) {
            return None;
        }
        let itself = Node::Variable(Site::Own, equation.variable);
        let form = affine(&network.arena, equation.rhs, |node| *node == itself, |node| self.of_node(node));
        let dt = network.clocks.get(self.population.clock.0 as usize).copied().unwrap_or(network.dt);
        // Rules that take longer steps may go beyond.
        let decays = form.slope.high < 0.0 && form.slope.low * dt > -1.0;
        decays.then(|| form.rest.over(Bounds { low: -form.slope.high, high: -form.slope.low }))
    }

    /// Between what is written into a variable, at first and later, but for its own reset.
    fn written(&mut self, variable: VariableId) -> Bounds {
        let network = self.network;
        let listed = network
            .actions
            .iter()
            .any(|action| matches!(action, Action::SetEach { variable: other, .. } if *other == variable));
        let summed = network.projections.iter().flat_map(|made| &made.summed).any(|summed| summed.variable == variable);
        if listed || summed {
            return Bounds::ANY;
        }
        let mut values = Vec::new();
        let resets = std::ptr::from_ref(&self.neurons.reset);
        let regular =
            network.populations.iter().flat_map(|population| &population.regular).map(|regular| &regular.block);
        for block in network.code_blocks().chain(regular).filter(|&block| !std::ptr::eq(block, resets)) {
            values.extend(block.statements.iter().filter_map(|statement| match statement.target {
                Target::Variable(_, other) if other == variable => Some(statement.value),
                _ => None,
            }));
        }
        let given = initial(&self.population.init, variable);
        let first = if given { None } else { Some(Bounds::ZERO) };
        let all = values.into_iter().map(|value| self.bounds(value)).chain(first);
        all.reduce(Bounds::hull).unwrap_or(Bounds::ANY)
    }
}

/// Whether a variable has an initial value of its own.
fn initial(init: &Block, variable: VariableId) -> bool {
    init.statements.iter().any(|statement| matches!(statement.target, Target::Variable(_, other) if other == variable))
}
