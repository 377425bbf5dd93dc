//! All expressions of a network, one after the other: the place where a pass finds what it may rewrite.

use crate::ir::expr::ExprId;
use crate::ir::network::{
    Action, Block, Delay, Each, Network, PopulationKind, Quantity, Recorded, Refractory, Rule, Selection,
};

/// Where an expression stands, as far as rewriting cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The right-hand side of a differential equation.
    Equation,
    /// Anywhere else.
    Elsewhere,
}

/// Gives every expression of the network to `f`, which may put another in its place.
pub(super) fn for_each(network: &mut Network, f: &mut dyn FnMut(Place, &mut ExprId)) {
    for population in &mut network.populations {
        population.subexpressions.iter_mut().for_each(|sub| f(Place::Elsewhere, &mut sub.value));
        block(&mut population.init, f);
        if let PopulationKind::Neurons(neurons) = &mut population.kind {
            neurons.equations.iter_mut().for_each(|equation| f(Place::Equation, &mut equation.rhs));
            neurons.threshold.iter_mut().for_each(|threshold| f(Place::Elsewhere, threshold));
            block(&mut neurons.reset, f);
            if let Some(Refractory::Time(value) | Refractory::While(value)) = &mut neurons.refractory {
                f(Place::Elsewhere, value);
            }
        }
    }
    for projection in &mut network.projections {
        projection.subexpressions.iter_mut().for_each(|sub| f(Place::Elsewhere, &mut sub.value));
        let equations = projection.clock_driven.iter_mut().chain(&mut projection.event_driven);
        equations.for_each(|equation| f(Place::Equation, &mut equation.rhs));
        block(&mut projection.init, f);
        for pathway in &mut projection.pathways {
            block(&mut pathway.block, f);
            if let Delay::PerSynapse { init, .. } = &mut pathway.delay {
                block(init, f);
            }
        }
        projection.summed.iter_mut().for_each(|sum| f(Place::Elsewhere, &mut sum.value));
        projection.connects.iter_mut().for_each(|connect| rule(&mut connect.rule, f));
    }
    network.inputs.iter_mut().for_each(|input| block(&mut input.block, f));
    for record in &mut network.records {
        if let Recorded::Values(quantity) | Recorded::AtEnd(quantity) = &mut record.what {
            let Quantity { value, selection: elements, .. } = quantity;
            f(Place::Elsewhere, value);
            selection(elements, f);
        }
    }
    for action in &mut network.actions {
        if let Action::Set { selection: elements, block: statements, .. } = action {
            selection(elements, f);
            block(statements, f);
        }
    }
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
