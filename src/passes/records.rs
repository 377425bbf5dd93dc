//! Programs of Poisson inputs, of indices of links, of recordings, and of assignments while the experiment goes on.

use super::PassError;
use super::assemble::{Work, name_of};
use crate::ir::expr::{ExprId, Node, Site};
use crate::ir::network::{Action, Object, Quantity, Record, Recorded, Role, Selection, Target};
use crate::ir::plan::{ActionPlan, InputPlan, LinkPlan, ProgramId, RecordPlan, Values};
use crate::ir::steps::Shape;

/// Lowers inputs, recordings and actions, each in order.
pub(super) fn run(work: &mut Work) -> Result<(), PassError> {
    for (number, input) in work.network.inputs.clone().into_iter().enumerate() {
        let context = work.context_of(Object::Input(number as u32));
        let program = context.statements(format!("poisson_input {number}"), Shape::Dense, &input.block)?;
        let program = work.timed(program);
        work.inputs.push(InputPlan { program, group: input.group, turn: input.turn });
    }
    for link in work.network.links.clone() {
        let shape = if matches!(link.object, Object::Projection(_)) { Shape::Rows } else { Shape::Dense };
        let name = format!("{}.link", name_of(&work.network, link.object));
        let program = work.context_of(link.object).yields(name, shape, link.index)?;
        let program = work.untimed(program);
        work.links.push(LinkPlan { object: link.object, program, size: link.size, span: link.span });
    }
    for asked in work.network.records.clone() {
        let plan = record(work, asked)?;
        work.records.push(plan);
    }
    for happens in work.network.actions.clone() {
        let plan = action(work, happens)?;
        work.actions.push(plan);
    }
    Ok(())
}

/// The shape of programs over some elements of an object.
///
/// What is one for a whole object reads no element of it, and is there where it has none: it takes the plainer shape.
fn listed(object: Object, shared: bool) -> Shape {
    match object {
        Object::Projection(_) if !shared => Shape::List,
        Object::Projection(_) => Shape::Indexed,
        Object::Population(_) | Object::Input(_) | Object::Array(_) => Shape::Indexed,
    }
}

fn record(work: &mut Work, record: Record) -> Result<RecordPlan, PassError> {
    let (how, condition) = match record.what.quantity() {
        None => (Values::None, None),
        Some(quantity) => {
            // A monitor samples what a projection shares over the projection itself.
            let once = quantity.shared && matches!(record.what, Recorded::AtEnd(_));
            let how = values(work, &record.name, quantity, once)?;
            (how, condition(work, &record.name, quantity.object, &quantity.selection)?)
        }
    };
    let mut with = Vec::with_capacity(record.with.len());
    for (name, quantity) in &record.with {
        with.push(values(work, &format!("{} with {name}", record.name), quantity, false)?);
    }
    Ok(RecordPlan { record, values: how, condition, with })
}

/// As they stand in a column where a variable is asked for that is stored as the user sees it.
fn values(work: &mut Work, name: &str, quantity: &Quantity, shared: bool) -> Result<Values, PassError> {
    if let Node::Variable(Site::Own, variable) = *work.network.arena.node(quantity.value) {
        let role = work.network.variables[variable.0 as usize].role;
        let stored = work.traces.iter().all(|traces| traces.of(variable).is_none());
        if stored && !matches!(role, Role::LastSpike | Role::LastUpdate) {
            return Ok(Values::Column(variable.0));
        }
    }
    let of = (quantity.object, shared);
    Ok(Values::Program(yields(work, format!("record {name}"), of, quantity.value)?))
}

fn condition(
    work: &mut Work,
    name: &str,
    object: Object,
    selection: &Selection,
) -> Result<Option<ProgramId>, PassError> {
    match *selection {
        Selection::Where { condition, .. } => yields(work, format!("{name}[…]"), (object, false), condition).map(Some),
        Selection::Range { .. } | Selection::List(_) | Selection::Slice { .. } | Selection::FromEnd(_) => Ok(None),
    }
}

fn yields(
    work: &mut Work,
    name: String,
    (object, shared): (Object, bool),
    value: ExprId,
) -> Result<ProgramId, PassError> {
    let program = work.context_of(object).yields(name, listed(object, shared), value)?;
    Ok(work.untimed(program))
}

fn action(work: &mut Work, action: Action) -> Result<ActionPlan, PassError> {
    let (object, selection, block, span) = match action {
        Action::Set { object, selection, block, span } => (object, selection, block, span),
        Action::Show { ref text, ref quantity, .. } => {
            let values = values(work, text, quantity, quantity.shared)?;
            let condition = condition(work, text, quantity.object, &quantity.selection)?;
            return Ok(ActionPlan::Show { action, values, condition });
        }
        Action::SetEach { object, ref selection, .. } => {
            let name = format!("set {}", name_of(&work.network, object));
            let condition = condition(work, &name, object, selection)?;
            return Ok(ActionPlan::SetEach { action, condition });
        }
        other => return Ok(ActionPlan::Plain(other)),
    };
    let name = format!("set {}", name_of(&work.network, object));
    let condition = condition(work, &name, object, &selection)?;
    let mut written: Vec<u32> = Vec::new();
    let mut shared = false;
    for statement in &block.statements {
        if let Target::Variable(_, variable) = statement.target {
            written.push(variable.0);
            shared |= work.network.variables[variable.0 as usize].shared;
        }
    }
    written.sort_unstable();
    written.dedup();
    let program = work.context_of(object).statements(name, listed(object, shared), &block)?;
    let program = work.untimed(program);
    Ok(ActionPlan::Set { object, selection, program, condition, written, span })
}
