//! All expressions of a network, one after the other: the place where a pass finds what it may rewrite.

use crate::ir::expr::ExprId;
use crate::ir::network::{
    Action, Block, Delay, Each, Network, Object, PopulationId, PopulationKind, ProjectionId, Quantity, Refractory,
    Rule, Selection,
};

/// Where an expression stands, as far as rewriting cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The right-hand side of a differential equation.
    Equation,
    /// The value of a subexpression, which stands wherever it is used too.
    Subexpression,
    /// Anywhere else.
    Elsewhere,
}

/// What may be done to an expression.
type Change<'a> = dyn FnMut(Place, &mut ExprId) + 'a;

/// Gives every expression of the network to `f`, with the time step [s] of the object it is of; `f` may put another in its place.
pub(super) fn for_each(network: &mut Network, f: &mut dyn FnMut(f64, Place, &mut ExprId)) {
    let steps = Steps::of(network);
    for (number, population) in network.populations.iter_mut().enumerate() {
        let dt = steps.populations[number];
        let f: &mut Change<'_> = &mut |place, id| f(dt, place, id);
        population.subexpressions.iter_mut().for_each(|sub| f(Place::Subexpression, &mut sub.value));
        block(&mut population.init, f);
        if let PopulationKind::Neurons(neurons) = &mut population.kind {
            neurons.equations.iter_mut().for_each(|equation| f(Place::Equation, &mut equation.rhs));
            neurons.threshold.iter_mut().for_each(|threshold| f(Place::Elsewhere, threshold));
            block(&mut neurons.reset, f);
            if let Some(Refractory::Time(value) | Refractory::While(value)) = &mut neurons.refractory {
                f(Place::Elsewhere, value);
            }
        }
        population.held.iter_mut().for_each(|held| block(&mut held.block, f));
        population.regular.iter_mut().for_each(|regular| block(&mut regular.block, f));
        for event in &mut population.events {
            f(Place::Elsewhere, &mut event.condition);
            block(&mut event.code, f);
        }
    }
    for (number, projection) in network.projections.iter_mut().enumerate() {
        let dt = steps.projections[number];
        let f: &mut Change<'_> = &mut |place, id| f(dt, place, id);
        projection.subexpressions.iter_mut().for_each(|sub| f(Place::Subexpression, &mut sub.value));
        let equations = projection.clock_driven.iter_mut().chain(&mut projection.event_driven);
        equations.for_each(|equation| f(Place::Equation, &mut equation.rhs));
        block(&mut projection.init, f);
        for pathway in &mut projection.pathways {
            block(&mut pathway.block, f);
            if let Delay::PerSynapse { init, .. } = &mut pathway.delay {
                block(init, f);
            }
        }
        projection.connects.iter_mut().for_each(|connect| rule(&mut connect.rule, f));
        projection.held.iter_mut().for_each(|held| block(&mut held.block, f));
        projection.regular.iter_mut().for_each(|regular| block(&mut regular.block, f));
        projection.summed.iter_mut().for_each(|summed| f(Place::Elsewhere, &mut summed.value));
    }
    for (number, input) in network.inputs.iter_mut().enumerate() {
        let dt = steps.inputs[number];
        block(&mut input.block, &mut |place, id| f(dt, place, id));
    }
    for record in &mut network.records {
        record.what.quantity_mut().into_iter().for_each(|values| quantity(values, &steps, f));
        record.with.iter_mut().for_each(|(_, values)| quantity(values, &steps, f));
    }
    for action in &mut network.actions {
        match action {
            Action::Set { object, selection: elements, block: statements, .. } => {
                let dt = steps.of_object(*object);
                let f: &mut Change<'_> = &mut |place, id| f(dt, place, id);
                selection(elements, f);
                block(statements, f);
            }
            Action::Show { quantity: values, .. } => quantity(values, &steps, f),
            _ => {}
        }
    }
}

/// Time steps of all objects [s].
struct Steps {
    populations: Vec<f64>,
    projections: Vec<f64>,
    inputs: Vec<f64>,
    network: f64,
}

impl Steps {
    fn of(network: &Network) -> Self {
        let of = |object: fn(u32) -> Object, count: usize| {
            (0..count as u32).map(|number| network.dt_of(object(number))).collect()
        };
        Self {
            populations: of(|number| Object::Population(PopulationId(number)), network.populations.len()),
            projections: of(|number| Object::Projection(ProjectionId(number)), network.projections.len()),
            inputs: of(Object::Input, network.inputs.len()),
            network: network.dt,
        }
    }

    fn of_object(&self, object: Object) -> f64 {
        let found = match object {
            Object::Population(id) => self.populations.get(id.0 as usize),
            Object::Projection(id) => self.projections.get(id.0 as usize),
            Object::Input(number) => self.inputs.get(number as usize),
            Object::Array(_) => None,
        };
        found.copied().unwrap_or(self.network)
    }
}

fn quantity(quantity: &mut Quantity, steps: &Steps, f: &mut dyn FnMut(f64, Place, &mut ExprId)) {
    let dt = steps.of_object(quantity.object);
    let f: &mut Change<'_> = &mut |place, id| f(dt, place, id);
    f(Place::Elsewhere, &mut quantity.value);
    selection(&mut quantity.selection, f);
}

fn block(block: &mut Block, f: &mut dyn FnMut(Place, &mut ExprId)) {
    block.statements.iter_mut().for_each(|statement| f(Place::Elsewhere, &mut statement.value));
}

fn selection(selection: &mut Selection, f: &mut dyn FnMut(Place, &mut ExprId)) {
    if let Selection::Where { condition, .. } = selection {
        f(Place::Elsewhere, condition);
    }
}

fn rule(rule: &mut Rule, f: &mut dyn FnMut(Place, &mut ExprId)) {
    let mut all = |values: &mut [&mut Option<ExprId>]| {
        values.iter_mut().filter_map(|value| value.as_mut()).for_each(|value| f(Place::Elsewhere, value));
    };
    match rule {
        Rule::Condition { condition, p, n } => all(&mut [condition, p, n]),
        Rule::Pairs { p, n, .. } => all(&mut [p, n]),
        Rule::Generator { value, each, condition, p, n, .. } => {
            all(&mut [condition, p, n]);
            f(Place::Elsewhere, value);
            match each {
                Some(Each::Range { start, stop, step }) => {
                    [start, stop, step].into_iter().for_each(|value| f(Place::Elsewhere, value));
                }
                Some(
                    Each::SampleProbability { start, stop, step, p: last }
                    | Each::SampleSize { start, stop, step, size: last },
                ) => {
                    [start, stop, step, last].into_iter().for_each(|value| f(Place::Elsewhere, value));
                }
                None => {}
            }
        }
        Rule::FixedIndegree { .. } | Rule::FixedOutdegree { .. } | Rule::FixedTotal { .. } => {}
    }
}
