//! Values that elements get one by one when a network is made, or by `set`: from lists, arrays and files.
//!
//! In: the plan's values and the network with its synapses connected. Out: columns that hold them, each at its element's place:
//! neurons in order, synapses in order of creation.

use super::build::Failure;
use super::codes;
use super::run::Simulation;
use super::state::Moment;
use crate::error::Error;
use crate::ir::network::{Action, Object};
use crate::ir::plan::{ActionPlan, Plan};
use grammar::{Diagnostic, Span};
use runtime::Network;
use runtime::state::ColumnId;

/// Fills the columns that hold what a population's or a projection's elements are given.
pub(super) fn fill(network: &mut Network, plan: &Plan, owner: Object) -> Result<(), Failure> {
    for (column, values, span) in of(plan, owner) {
        let places = match owner {
            Object::Projection(id) => {
                let made = &network.projections()[id.0 as usize];
                let synapses = made.rows().len();
                if synapses != values.len() {
                    return Err(wrong_length(values.len(), synapses, *span).into());
                }
                (0..synapses as u32).map(|created| made.storage_number(created)).collect()
            }
            _ => (0..values.len() as u32).collect::<Vec<u32>>(),
        };
        put(network, *column, &places, values);
    }
    Ok(())
}

/// Gives the memory of these columns back: what was made of them is made.
pub(super) fn release(network: &mut Network, plan: &Plan, owner: Object) {
    for (column, ..) in of(plan, owner) {
        network.column_mut(ColumnId(*column)).resize(0, 0.0);
    }
}

fn of(plan: &Plan, owner: Object) -> impl Iterator<Item = &(u32, std::sync::Arc<[f64]>, Span)> {
    plan.given.iter().filter(move |(column, ..)| plan.columns[*column as usize].owner == owner)
}

fn put(network: &mut Network, column: u32, places: &[u32], values: &[f64]) {
    let column = network.column_mut(ColumnId(column));
    places.iter().zip(values).for_each(|(&place, &value)| column.set_number(place as usize, value));
}

fn wrong_length(given: usize, elements: usize, span: Span) -> Diagnostic {
    let message = format!("{given} values are given, and there are {elements} elements");
    Diagnostic::error(codes::LENGTH, span, message)
        .help("every element gets one value: neurons in order, synapses in the order in which they are made")
}

impl Simulation {
    /// A `set` of a list in the script.
    pub(super) fn set_each(&mut self, plan: &ActionPlan) -> Result<(), Error> {
        let ActionPlan::SetEach { action, condition } = plan else { return Ok(()) };
        let Action::SetEach { span, .. } = action else { return Ok(()) };
        let model = self.model.clone();
        let condition = condition.map(|id| model.programs().code(id));
        self.now().give_each(action, condition.as_ref()).map_err(|error| match error {
            Error::Length { expected, got, .. } => model.failed(wrong_length(got, expected, *span).into()),
            other => self.placed(other, *span),
        })
    }
}

impl Moment<'_> {
    /// Gives each of the selected elements its value.
    pub(super) fn give_each(&mut self, action: &Action, condition: Option<&runtime::Code>) -> Result<(), Error> {
        let Action::SetEach { object, variable, selection, values, .. } = action else { return Ok(()) };
        let elements = self.select(*object, selection, condition)?;
        if elements.len() != values.len() {
            let name = self.model.plan().columns[variable.0 as usize].name.clone();
            return Err(Error::Length { name, expected: elements.len(), got: values.len() });
        }
        let places: Vec<u32> = elements.iter().map(|&element| self.place(*object, element)).collect();
        put(self.network, variable.0, &places, values);
        Ok(())
    }
}
