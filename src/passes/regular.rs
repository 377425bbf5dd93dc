//! Programs of what is done every so often, of custom events, and of subexpressions held for a step.
//!
//! Of a regular operation, the statements up to the last that writes a shared variable run once, as a program over one element;
//! the others run for all. Where those read other elements of a column that they write, a program before copies the column.

use super::PassError;
use super::apart::{from_copies, hidden};
use super::assemble::{Work, name_of};
use super::step;
use super::usage::of_others;
use crate::ir::expr::{ExprId, Node, Site, VariableId};
use crate::ir::network::{Block, Event, Held, Network, Object, Regular, Target};
use crate::ir::plan::{EventPlan, ProgramId, RegularPlan};
use crate::ir::steps::{Op, Shape};
use std::collections::BTreeSet;

/// Programs of subexpressions held for a step, in order.
pub(super) fn held(work: &mut Work, object: Object, held: &[Held]) -> Result<Vec<ProgramId>, PassError> {
    let mut programs = Vec::new();
    for Held { variable, block } in held {
        let name = &work.network.variables[variable.0 as usize].name;
        let name = format!("{}.held.{name}", name_of(&work.network, object));
        let shape = shape(&work.network, object, block);
        let program = work.context_of(object).statements(name, shape, block)?;
        programs.push(work.timed(program));
    }
    Ok(programs)
}

/// Regular operations, in order.
pub(super) fn regular(work: &mut Work, object: Object, regular: &[Regular]) -> Result<Vec<RegularPlan>, PassError> {
    let mut plans = Vec::new();
    for operation in regular {
        let Regular { clock, turn, block, .. } = operation;
        let name = format!("{}.{}", name_of(&work.network, object), operation.name);
        let (of_shared, mut of_each) = split(&work.network, block);
        let copies = copies(work, object, &mut of_each);
        let context = |work: &mut Work| -> Result<[Option<crate::ir::steps::Program>; 3], PassError> {
            let context = work.context_of(object);
            let shape = shape(&work.network, object, &of_each);
            Ok([
                context.block(format!("{name}.shared"), Shape::Dense, &of_shared)?,
                step::copies(context, format!("{name}.before"), &copies)?,
                context.block(name.clone(), shape, &of_each)?,
            ])
        };
        let [shared, before, each] = context(work)?.map(|program| program.map(|program| work.timed(program)));
        if let Some(before) = before {
            plans.push(RegularPlan { shared: None, each: Some(before), clock: *clock, turn: *turn });
        }
        plans.push(RegularPlan { shared, each, clock: *clock, turn: *turn });
    }
    Ok(plans)
}

/// Custom events, in order.
pub(super) fn events(work: &mut Work, object: Object, events: &[Event]) -> Result<Vec<EventPlan>, PassError> {
    let mut plans = Vec::new();
    for event in events {
        let name = format!("{}.event.{}", name_of(&work.network, object), event.name);
        let mut lowering = work.context_of(object).program(name.clone(), Shape::Dense);
        let happens = lowering.value_as(event.condition, crate::ir::steps::Kind::Boolean);
        lowering.builder.push(Op::Emit(happens));
        let condition = lowering.finish()?;
        let code = work.context_of(object).block(format!("{name}.code"), Shape::Indexed, &event.code)?;
        plans.push(EventPlan {
            name: event.name.clone(),
            condition: work.timed(condition),
            turn: event.turn,
            code: code.map(|program| work.timed(program)),
            code_turn: event.code_turn,
        });
    }
    Ok(plans)
}

/// The statements up to the last that writes a shared variable, and the rest.
fn split(network: &Network, block: &Block) -> (Block, Block) {
    let writes_shared = |statement: &crate::ir::network::Statement| match statement.target {
        Target::Variable(_, variable) => network.variables[variable.0 as usize].shared,
        Target::Local(_) => false,
    };
    let shared = block.statements.iter().rposition(writes_shared).map_or(0, |last| last + 1);
    let (first, rest) = block.statements.split_at(shared);
    let of =
        |statements: &[crate::ir::network::Statement]| Block { statements: statements.to_vec(), draws: block.draws };
    (of(first), of(rest))
}

/// Over what a block of an object runs for all elements: over rows where it reads or writes neurons of synapses.
fn shape(network: &Network, object: Object, block: &Block) -> Shape {
    let of_pair = |site: Site| site != Site::Own;
    let reads = |value: ExprId| {
        super::walk::any(
            &network.arena,
            value,
            |node| matches!(node, Node::Variable(site, _) | Node::Index(site) if of_pair(*site)),
        )
    };
    let writes = |target: Target| matches!(target, Target::Variable(site, _) if of_pair(site));
    let pairs = block.statements.iter().any(|statement| reads(statement.value) || writes(statement.target));
    match object {
        Object::Projection(_) if pairs => Shape::Rows,
        _ => Shape::Dense,
    }
}

/// Hidden variables for what a block reads of other elements while it writes it, put in place.
fn copies(work: &mut Work, object: Object, block: &mut Block) -> Vec<(VariableId, VariableId)> {
    let values: Vec<ExprId> = block.statements.iter().map(|statement| statement.value).collect();
    let read = of_others(&work.network.arena, &values);
    let written: BTreeSet<VariableId> = block
        .statements
        .iter()
        .filter_map(|statement| match statement.target {
            Target::Variable(_, variable) => Some(variable),
            Target::Local(_) => None,
        })
        .filter(|variable| read.contains(variable))
        .collect();
    let mut copies = Vec::new();
    for variable in written {
        let copy = hidden(&mut work.network, object, "before", variable);
        work.add_column(copy);
        copies.push((copy, variable));
    }
    for statement in &mut block.statements {
        statement.value = from_copies(&mut work.network, statement.value, &copies);
    }
    copies
}
