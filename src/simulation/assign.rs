//! Assignments: `set` of a script, and of the library.
//!
//! A value with a unit goes straight into its column, without anything compiled; an expression goes the way of the language's own
//! `set`. Both convert as the language does: integers cut off, booleans are true where a number is not zero.

use super::quantity::Quantity;
use super::run::Simulation;
use super::state::{Moment, Variable};
use crate::error::Error;
use crate::ir::network::{Action, Object};
use crate::ir::plan::{ActionPlan, ProgramId};
use runtime::Code;

/// What can be assigned: a quantity, a plain number, a truth value, or an expression of the object's variables as text.
pub trait Assignable {
    #[doc(hidden)]
    fn assigned(self) -> Assigned;
}

/// The two ways a value can be given.
#[doc(hidden)]
#[derive(Clone, Debug, PartialEq)]
pub enum Assigned {
    /// One value for all elements.
    Quantity(Quantity),
    /// An expression.
    Text(String),
}

impl Assignable for Quantity {
    fn assigned(self) -> Assigned {
        Assigned::Quantity(self)
    }
}

impl Assignable for f64 {
    fn assigned(self) -> Assigned {
        Assigned::Quantity(Quantity::si(self, crate::units::Dimension::ONE))
    }
}

impl Assignable for bool {
    fn assigned(self) -> Assigned {
        f64::from(u8::from(self)).assigned()
    }
}

impl Assignable for &str {
    fn assigned(self) -> Assigned {
        // A constant needs no program.
        self.parse().map_or_else(|_| Assigned::Text(self.to_owned()), Assigned::Quantity)
    }
}

impl Moment<'_> {
    /// Gives a variable new values, as `Simulation::set`.
    ///
    /// # Errors
    /// As `Simulation::set`.
    pub fn set(&mut self, place: &str, value: impl Assignable) -> Result<(), Error> {
        match value.assigned() {
            Assigned::Quantity(quantity) => match self.variable(place) {
                Ok(variable) => {
                    self.must_be_settable(variable)?;
                    let value = quantity.expect(place, self.plan_of(variable).dimension)?;
                    self.fill(variable, value)
                }
                Err(_) => self.assign(place, &format!("{:?}", quantity.value), Some(quantity)),
            },
            Assigned::Text(text) => self.assign(place, &text, None),
        }
    }

    /// Gives every element its own value, as `Simulation::set_values`.
    ///
    /// # Errors
    /// As `Simulation::set_values`.
    pub fn set_values(&mut self, name: &str, values: &[f64]) -> Result<(), Error> {
        let variable = self.variable(name)?;
        self.write(variable, values)
    }

    /// Gives all elements of a variable found before one value, in SI base units.
    ///
    /// # Errors
    /// `Error::Kept` where the simulation keeps it (`lastspike`).
    ///
    /// # Panics
    /// Where it is of another model.
    pub fn fill(&mut self, variable: Variable, value: f64) -> Result<(), Error> {
        self.must_be_settable(variable)?;
        let column = self.network.column_mut(variable.column);
        (0..column.len()).for_each(|place| column.set_number(place, value));
        Ok(())
    }

    /// Gives each element of a variable found before its own value, in SI base units, in the order of `read`.
    ///
    /// # Errors
    /// `Error::Length` where it has another number of values, `Error::Kept` as `fill`.
    ///
    /// # Panics
    /// Where it is of another model.
    pub fn write(&mut self, variable: Variable, values: &[f64]) -> Result<(), Error> {
        self.must_be_settable(variable)?;
        let expected = self.network.state().column(variable.column).len();
        if expected != values.len() {
            return Err(Error::Length { name: self.name_of(variable), expected, got: values.len() });
        }
        let places: Option<Vec<u32>> = match variable.object {
            // Only synapses stand elsewhere than where the user counts them.
            Object::Projection(_) if !self.plan_of(variable).shared => {
                Some((0..values.len() as u32).map(|element| self.place(variable.object, element)).collect())
            }
            _ => None,
        };
        let column = self.network.column_mut(variable.column);
        let place = |element: usize| places.as_ref().map_or(element, |places| places[element] as usize);
        values.iter().enumerate().for_each(|(element, &value)| column.set_number(place(element), value));
        Ok(())
    }

    fn name_of(&self, variable: Variable) -> String {
        format!("{}.{}", self.model.plan().name(variable.object), self.plan_of(variable).name)
    }

    /// What the simulation keeps cannot be written.
    fn must_be_settable(&self, variable: Variable) -> Result<(), Error> {
        let plan = self.plan_of(variable);
        let projections = &self.model.plan().projections;
        let counted =
            || projections.iter().flat_map(|made| &made.counted).any(|&(column, _)| column == variable.column.0);
        if plan.from_neurons.is_some() && !plan.ticks {
            return Err(Error::Trace { name: self.name_of(variable) });
        }
        let kept = plan.ticks || plan.name == "not_refractory" || counted();
        if kept { Err(Error::Kept { name: self.name_of(variable) }) } else { Ok(()) }
    }

    /// An assignment by the language's own `set`.
    fn assign(&mut self, place: &str, value: &str, quantity: Option<Quantity>) -> Result<(), Error> {
        let unit = quantity.map(|quantity| quantity.dimension.spelled()).unwrap_or_default();
        let value = if unit.is_empty() || unit == "1" { value.to_owned() } else { format!("({value})*{unit}") };
        let plan = self.model.extended("set", &format!("set {place} = {value}\n"))?;
        let written = match plan.actions.last() {
            Some(ActionPlan::SetEach { action: Action::SetEach { variable, .. }, .. }) => vec![variable.0],
            Some(ActionPlan::Set { written, .. }) => written.clone(),
            _ => Vec::new(),
        };
        if let Some(&column) = written.iter().find(|&&column| plan.columns[column as usize].from_neurons.is_some()) {
            let of = &plan.columns[column as usize];
            return Err(Error::Trace { name: format!("{}.{}", plan.name(of.owner), of.name) });
        }
        match plan.actions.last() {
            Some(ActionPlan::Plain(Action::SetDelay { projection, pathway, delay, .. })) => {
                self.set_delay(*projection, *pathway, *delay)
            }
            Some(ActionPlan::SetEach { action, condition }) => {
                let condition = condition.map(|id| self.model.interpreted(&plan.programs[id.0 as usize]));
                self.give_each(action, condition.as_ref())
            }
            Some(set @ ActionPlan::Set { .. }) => {
                let model = self.model;
                self.execute_assignment(set, |id| model.interpreted(&plan.programs[id.0 as usize]))
            }
            _ => Err(Error::Defect(format!("nothing is set by `{place}`"))),
        }
    }

    /// Another delay for all synapses of a pathway; spikes on their way keep theirs.
    pub(super) fn set_delay(
        &mut self,
        projection: crate::ir::network::ProjectionId,
        pathway: u32,
        delay: f64,
    ) -> Result<(), Error> {
        let set = self.network.set_delay(runtime::ProjectionId(projection.0), pathway as usize, delay);
        if set { Ok(()) } else { Err(Error::Defect("a delay is set that is not shared by all synapses".to_owned())) }
    }

    fn execute_assignment(&mut self, set: &ActionPlan, code: impl Fn(ProgramId) -> Code) -> Result<(), Error> {
        let ActionPlan::Set { object, selection, program, condition, written, .. } = set else { return Ok(()) };
        let shared = written.iter().any(|&column| self.model.plan().columns[column as usize].shared);
        let places = if shared {
            vec![0]
        } else {
            let elements = self.select(*object, selection, condition.map(&code).as_ref())?;
            elements.iter().map(|&element| self.place(*object, element)).collect()
        };
        let stream = *self.streams;
        *self.streams += 1;
        self.execute((*object, shared), &places, &code(*program), stream, &mut [])
    }
}

impl Simulation {
    /// Gives a variable new values: `set("P.I", 2.0*NA)`, `set("P.up", true)`, `set("P.v[0:10]", "Vr + rand()*5*mV")`. A quantity for a
    /// whole variable is written without compiling anything; it takes about a microsecond and one more for every thousand elements.
    ///
    /// # Errors
    /// `Error::Unit` or `Error::Model` where the value does not fit, `Error::Unknown` where there is no such variable,
    /// `Error::Kept` where the simulation keeps it (`lastspike`).
    pub fn set(&mut self, place: &str, value: impl Assignable) -> Result<(), Error> {
        self.now().set(place, value)
    }

    /// Gives every element its own value, in SI base units, in the order of `get`.
    ///
    /// # Errors
    /// `Error::Unknown` where there is no such variable, `Error::Length` where it has another number of values, `Error::Kept`
    /// where the simulation keeps it (`lastspike`).
    pub fn set_values(&mut self, name: &str, values: &[f64]) -> Result<(), Error> {
        self.now().set_values(name, values)
    }

    /// Gives all elements of a variable found before one value, in SI base units.
    ///
    /// # Errors
    /// `Error::Kept` where the simulation keeps it (`lastspike`).
    ///
    /// # Panics
    /// Where it is of another model.
    pub fn fill(&mut self, variable: Variable, value: f64) -> Result<(), Error> {
        self.now().fill(variable, value)
    }

    /// Gives each element of a variable found before its own value, in SI base units, in the order of `read`.
    ///
    /// # Errors
    /// `Error::Length` where it has another number of values, `Error::Kept` as `fill`.
    ///
    /// # Panics
    /// Where it is of another model.
    pub fn write(&mut self, variable: Variable, values: &[f64]) -> Result<(), Error> {
        self.now().write(variable, values)
    }

    /// A `set` of the script.
    pub(super) fn assign_planned(&mut self, action: &ActionPlan) -> Result<(), Error> {
        let ActionPlan::Set { span, .. } = action else { return Ok(()) };
        let model = self.model.clone();
        let set = self.now().execute_assignment(action, |id| model.programs().code(id));
        set.map_err(|error| self.placed(error, *span))
    }
}
