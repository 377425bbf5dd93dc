//! Values of the state as `print` shows them.
//!
//! In: a `print` of the script that was reached. Out: its line, with units: `P.v = [-60, -52.3] mV`.

use super::record;
use super::run::Simulation;
use crate::error::Error;
use crate::ir::expr::Type;
use crate::ir::network::{Action, Selection};
use crate::ir::plan::ActionPlan;
use crate::units::{self, Dimension};

impl Simulation {
    /// The line of a `print` of state at this moment; `None` for other actions.
    pub(super) fn line(&mut self, action: &ActionPlan) -> Result<Option<String>, Error> {
        let ActionPlan::Show { action, values, condition } = action else { return Ok(None) };
        let Action::Show { text, quantity, kind, span } = action else { return Ok(None) };
        let model = self.model.clone();
        let condition = condition.map(|id| model.programs().code(id));
        let selected = self.now().elements(quantity, condition.as_ref());
        let (_, places) = selected.map_err(|error| self.placed(error, *span))?;
        let source = record::code(values, |id| model.programs().code(id));
        let values = self.now().values_at((quantity.object, quantity.shared), &places, &source)?;
        let one = match &quantity.selection {
            Selection::List(list) => list.len() == 1,
            Selection::FromEnd(_) => true,
            _ => quantity.shared,
        };
        let shown = match values.as_slice() {
            [value] if one => shown(*value, quantity.dimension, *kind),
            values if *kind == Type::Boolean => units::listed(values, |value| truth(value).to_owned()),
            values => units::quantities(values, quantity.dimension),
        };
        Ok(Some(format!("{text} = {shown}")))
    }
}

/// A value as `print` shows it.
pub(super) fn shown(value: f64, dimension: Dimension, kind: Type) -> String {
    match kind {
        Type::Boolean => truth(value).to_owned(),
        _ => units::quantity(value, dimension),
    }
}

fn truth(value: f64) -> &'static str {
    if value == 0.0 { "False" } else { "True" }
}
