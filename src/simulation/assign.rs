//! Assignments: `set` of a script, and of the library.
//!
//! A value with a unit goes straight into its column; an expression goes the way of the language's own `set`.

use super::function::guarded;
use super::quantity::{IntoQuantity, Quantity};
use super::run::Simulation;
use crate::error::Error;
use crate::ir::network::PopulationId;
use crate::ir::plan::{ActionPlan, ColumnPlan, ProgramId};
use crate::units::Dimension;
use runtime::Code;
use runtime::state::ColumnId;

/// What can be assigned: a quantity, a plain number, or an expression of the object's variables as text.
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
        Assigned::Quantity(Quantity::si(self, Dimension::ONE))
    }
}

impl Assignable for &str {
    fn assigned(self) -> Assigned {
        // A constant needs no program.
        self.parse().map_or_else(|_| Assigned::Text(self.to_owned()), Assigned::Quantity)
    }
}

impl Simulation {
    /// Gives a variable new values: `set("P.I", 2.0*NA)`, `set("P.v[0:10]", "Vr + rand()*5*mV")`.
    ///
    /// # Errors
    /// `Error::Unit` or `Error::Model` where the value does not fit, `Error::Unknown` where there is no such variable,
    /// `Error::Kept` where the simulation keeps it (`lastspike`).
    pub fn set(&mut self, place: &str, value: impl Assignable) -> Result<(), Error> {
        match value.assigned() {
            Assigned::Quantity(quantity) => match self.column(place) {
                Ok((_, column)) => self.fill(place, column, quantity),
                Err(_) => self.assign(place, &format!("{:?}", quantity.value), Some(quantity)),
            },
            Assigned::Text(text) => self.assign(place, &text, None),
        }
    }

    /// Gives every element its own value, in SI base units, in the order of `get`.
    ///
    /// # Errors
    /// `Error::Unknown` where there is no such variable, `Error::Length` where it has another number of values, `Error::Kept`
    /// where the simulation keeps it (`lastspike`).
    pub fn set_values(&mut self, name: &str, values: &[f64]) -> Result<(), Error> {
        let (object, column) = self.column(name)?;
        let expected = self.network.state().column(column).len();
        if expected != values.len() {
            return Err(Error::Length { name: name.to_owned(), expected, got: values.len() });
        }
        let shared = self.settable(name, column)?.shared;
        let place = |element: u32| if shared { element } else { self.place(object, element) };
        let places: Vec<u32> = (0..values.len() as u32).map(place).collect();
        let column = self.network.column_mut(column);
        places.iter().zip(values).for_each(|(&place, &value)| column.set_number(place as usize, value));
        Ok(())
    }

    /// Gives a `spike_source` other spikes from now on, each a neuron and a time [s] of the experiment; a period it had ends. Says
    /// how many of them are past, which are left out.
    ///
    /// # Errors
    /// `Error::Unknown` where there is no such population, `Error::Length` where there are not as many times as neurons,
    /// `Error::Spikes` where it is no spike source, or a neuron is not there, spikes twice in a time step, or before 0.
    pub fn set_spikes(&mut self, name: &str, neurons: &[u32], times: &[f64]) -> Result<usize, Error> {
        self.replace_spikes(name, neurons, times, None)
    }

    /// The same for spikes that come again after a period, `6.0*MS` or `"6*ms"`; times count from the beginning of each.
    ///
    /// # Errors
    /// As `set_spikes`; `Error::Unit` where the period is no time, `Error::Spikes` where it is no whole number of time steps or does
    /// not hold all the spikes.
    pub fn set_spikes_with_period(
        &mut self,
        name: &str,
        neurons: &[u32],
        times: &[f64],
        period: impl IntoQuantity,
    ) -> Result<usize, Error> {
        let period = period.into_quantity()?.expect("a period", Dimension::SECOND)?;
        self.replace_spikes(name, neurons, times, Some(period))
    }

    fn replace_spikes(
        &mut self,
        name: &str,
        neurons: &[u32],
        times: &[f64],
        period: Option<f64>,
    ) -> Result<usize, Error> {
        let populations = &self.model.plan().populations;
        let Some((number, _)) = (0..).zip(populations).find(|(_, population)| population.name == name) else {
            let names = populations.iter().map(|population| &*population.name);
            let suggestion = crate::resolve::nearest(name, names).map(ToOwned::to_owned);
            return Err(Error::Unknown { what: "population", name: name.to_owned(), suggestion });
        };
        if neurons.len() != times.len() {
            return Err(Error::Length { name: name.to_owned(), expected: neurons.len(), got: times.len() });
        }
        let spikes: Vec<(f64, u32)> = times.iter().copied().zip(neurons.iter().copied()).collect();
        self.give_spikes(PopulationId(number), &spikes, period)
    }

    /// Gives a source other spikes; says how many are past.
    pub(super) fn give_spikes(
        &mut self,
        population: PopulationId,
        spikes: &[(f64, u32)],
        period: Option<f64>,
    ) -> Result<usize, Error> {
        let PopulationId(number) = population;
        let given = self.network.set_spikes(runtime::PopulationId(number), spikes, period);
        let name = || self.model.plan().populations[number as usize].name.clone();
        given.map_err(|reason| Error::Spikes { name: name(), reason })
    }

    /// The plan of a column that users may write.
    fn settable(&self, name: &str, column: ColumnId) -> Result<&ColumnPlan, Error> {
        let plan = &self.model.plan().columns[column.0 as usize];
        let kept = plan.ticks || plan.name == "not_refractory";
        if kept { Err(Error::Kept { name: name.to_owned() }) } else { Ok(plan) }
    }

    fn fill(&mut self, name: &str, column: ColumnId, quantity: Quantity) -> Result<(), Error> {
        let dimension = self.settable(name, column)?.dimension;
        let value = quantity.expect(name, dimension)?;
        let column = self.network.column_mut(column);
        (0..column.len()).for_each(|place| column.set_number(place, value));
        Ok(())
    }

    /// An assignment by the language's own `set`.
    fn assign(&mut self, place: &str, value: &str, quantity: Option<Quantity>) -> Result<(), Error> {
        let unit = quantity.map(|quantity| quantity.dimension.spelled()).unwrap_or_default();
        let value = if unit.is_empty() || unit == "1" { value.to_owned() } else { format!("({value})*{unit}") };
        let plan = self.model.extended("set", &format!("set {place} = {value}\n"))?;
        let Some(set) = plan.actions.last() else {
            return Err(Error::Defect(format!("nothing is set by `{place}`")));
        };
        let model = self.model.clone();
        let code = |id: ProgramId| model.interpreted(&plan.programs[id.0 as usize]);
        if let ActionPlan::SetEach { action, condition } = set {
            return self.give_each(action, condition.map(code).as_ref());
        }
        self.execute_assignment(set, code)
    }

    /// A `set` of the script.
    pub(super) fn assign_planned(&mut self, action: &ActionPlan) -> Result<(), Error> {
        let ActionPlan::Set { span, .. } = action else { return Ok(()) };
        let model = self.model.clone();
        let set = self.execute_assignment(action, |id| model.programs().code(id));
        set.map_err(|error| self.placed(error, *span))
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
        let stream = self.streams;
        self.streams += 1;
        if let Some(over) = super::tables::over(*object, shared, &places) {
            guarded(|| self.network.execute(&code(*program), over, stream, &mut []))?;
        }
        Ok(())
    }
}
