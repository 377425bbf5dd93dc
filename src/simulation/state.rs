//! Reading the state by name, with units.

use super::programs::reads_ticks;
use super::quantity::{IntoQuantity, Quantity};
use super::run::Simulation;
use super::{ends, tables};
use crate::error::Error;
use crate::ir::network::{Object, PopulationId, ProjectionId, Recorded};
use crate::ir::plan::PopulationPlan;
use crate::ir::plan::ProgramId;
use crate::units::Dimension;
use runtime::state::ColumnId;

/// Values of a variable: one per element (neurons in order, synapses by creation), or one where it is shared.
#[derive(Clone, Debug, PartialEq)]
pub struct Values {
    values: Vec<f64>,
    dimension: Dimension,
}

impl Values {
    /// In SI base units.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// In SI base units.
    #[must_use]
    pub fn into_values(self) -> Vec<f64> {
        self.values
    }

    /// What they are measured in.
    #[must_use]
    pub fn dimension(&self) -> Dimension {
        self.dimension
    }

    /// In another unit: `in_units("mV")`.
    ///
    /// # Errors
    /// `Error::Unit` where it measures something else, `Error::Model` where it is none.
    pub fn in_units(&self, unit: impl IntoQuantity) -> Result<Vec<f64>, Error> {
        let unit: Quantity = unit.into_quantity()?;
        let scale = unit.expect("the unit asked for", self.dimension)?;
        Ok(self.values.iter().map(|value| value / scale).collect())
    }
}

impl Simulation {
    /// The values of a variable or subexpression now: `get("P.v")`, `get("S.w[0:10]")`. Booleans are 0 and 1.
    ///
    /// # Errors
    /// `Error::Model` or `Error::Unknown` where there is no such variable.
    pub fn get(&mut self, name: &str) -> Result<Values, Error> {
        match self.column(name) {
            Ok((object, column)) => Ok(self.whole_column(object, column)),
            Err(Error::Unknown { what: "variable", .. }) => self.evaluate_by_name(name),
            Err(other) => Err(other),
        }
    }

    fn whole_column(&mut self, object: Object, column: ColumnId) -> Values {
        let declared = &self.model.plan().columns[column.0 as usize];
        let (dimension, shared) = (declared.dimension, declared.shared);
        let scale = if reads_ticks(self.model.plan(), column) { self.dt_of(object) } else { 1.0 };
        let values = self.network.state().column(column);
        let place = |element: u32| if shared { element } else { self.place(object, element) };
        let value = |element: u32| values.number(place(element) as usize) * scale;
        Values { values: (0..values.len() as u32).map(value).collect(), dimension }
    }

    /// Anything else that can be recorded: subexpressions, parts, subgroups.
    fn evaluate_by_name(&mut self, name: &str) -> Result<Values, Error> {
        let plan = self.model.extended("get", &format!("record {name} at end\n"))?;
        let record = plan.records.last().ok_or_else(|| Error::Defect(format!("nothing is recorded by `{name}`")))?;
        let Recorded::AtEnd(quantity) = &record.record.what else {
            return Err(Error::Defect(format!("`{name}` is no quantity")));
        };
        let interpreted = |id: ProgramId| self.model.interpreted(&plan.programs[id.0 as usize]);
        let (source, condition) = (tables::code(&record.values, interpreted), record.condition.map(interpreted));
        let (_, places) = self.elements(quantity, condition.as_ref())?;
        let values = self.values_at((quantity.object, quantity.shared), &places, &source)?;
        Ok(Values { values, dimension: quantity.dimension })
    }

    /// The column of a plain name: `P.v`.
    pub(super) fn column(&self, name: &str) -> Result<(Object, ColumnId), Error> {
        let plan = self.model.plan();
        let unknown = |what, name: &str, among: Vec<&str>| {
            let suggestion = crate::resolve::nearest(name, among).map(ToOwned::to_owned);
            Error::Unknown { what, name: name.to_owned(), suggestion }
        };
        let (object, variable) = name.split_once('.').unwrap_or((name, ""));
        let neurons = |(_, made): &(usize, &PopulationPlan)| ends::stands_for(made).is_none();
        let populations = plan.populations.iter().enumerate().filter(neurons);
        let projections = plan.projections.iter().enumerate();
        let named = populations
            .map(|(number, made)| (made.name.as_str(), Object::Population(PopulationId(number as u32))))
            .chain(
                projections.map(|(number, made)| (made.name.as_str(), Object::Projection(ProjectionId(number as u32)))),
            );
        let Some((_, owner)) = named.clone().find(|(name, _)| *name == object) else {
            return Err(unknown("variable", name, named.map(|(name, _)| name).collect()));
        };
        let own = plan.columns.iter().enumerate().filter(|(_, column)| column.owner == owner);
        let mut visible = own.filter(|(_, column)| !column.name.starts_with('_'));
        match visible.clone().find(|(_, column)| column.name == variable) {
            Some((number, _)) => Ok((owner, ColumnId(number as u32))),
            None => Err(unknown("variable", name, visible.by_ref().map(|(_, column)| column.name.as_str()).collect())),
        }
    }
}
