//! The state at some moment: read and written by name, with units.
//!
//! In: a model, its network, what is asked for. Out: values in SI base units, elements numbered as the user does (neurons relative to the
//! group named, synapses by creation). A plain name (`P.v`) is its column and costs about a microsecond; everything else (subexpressions,
//! slices, conditions, expressions) goes the way of the language: it is resolved, lowered, and interpreted.

use super::ends;
use super::function::guarded;
use super::model::Model;
use super::programs::reads_ticks;
use super::quantity::{IntoQuantity, Quantity};
use super::record::{self, Source};
use super::recording::{Kept, Recording, Records};
use super::run::Simulation;
use super::spool::Spool;
use crate::error::Error;
use crate::ir::network::{Object, PopulationId, ProjectionId, Recorded};
use crate::ir::plan::{Plan, PopulationPlan, ProgramId};
use crate::units::Dimension;
use runtime::kernel::{Call, Work};
use runtime::state::{Column, ColumnId, State};
use runtime::{ClockId, Code, Network, Over};

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

/// A stored variable of a model, found by its name once: for loops that read or write it often. It holds for all simulations of the
/// model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Variable {
    pub(super) object: Object,
    pub(super) column: ColumnId,
}

/// A simulation in the middle of a step: what callbacks are given (`Simulation::on`).
#[derive(Debug)]
pub struct Moment<'a> {
    pub(super) model: &'a Model,
    pub(super) network: &'a mut Network,
    pub(super) streams: &'a mut u64,
    pub(super) kept: &'a [Kept],
    pub(super) spool: Option<&'a Spool>,
    /// Whose steps are counted.
    pub(super) clock: ClockId,
    pub(super) stopped: bool,
}

impl Moment<'_> {
    /// The time [s] of the step that is under way.
    #[must_use]
    pub fn t(&self) -> f64 {
        self.network.clocks()[self.clock.0 as usize].moment().t
    }

    /// How often the callback's clock has ticked before: `t` is that number times its interval.
    #[must_use]
    pub fn step(&self) -> i64 {
        self.network.clocks()[self.clock.0 as usize].moment().step
    }

    /// Ends the run once this step is done; time is then that of the next step.
    pub fn stop(&mut self) {
        self.stopped = true;
    }

    /// What a handle's recording holds until now.
    ///
    /// # Panics
    /// As `Simulation::recorded`.
    #[must_use]
    pub fn recorded<T: super::recording::Recorded>(&self, recording: Recording<T>) -> T::View<'_> {
        T::view(Records { kept: self.kept, network: self.network, spool: self.spool, t: self.t() }, recording.index)
    }

    /// The values of a variable or subexpression now, as `Simulation::get`.
    ///
    /// # Errors
    /// As `Simulation::get`.
    pub fn get(&mut self, name: &str) -> Result<Values, Error> {
        match self.variable(name) {
            Ok(variable) => Ok(Values { values: self.read(variable), dimension: self.plan_of(variable).dimension }),
            Err(Error::Unknown { what: "variable", .. }) => match self.shared_delay(name) {
                Some(delay) => Ok(Values { values: vec![delay], dimension: Dimension::SECOND }),
                None => self.evaluate_by_name(name),
            },
            Err(other) => Err(other),
        }
    }

    /// The values of a variable found before, in SI base units; booleans are 0 and 1.
    ///
    /// # Panics
    /// Where it is of another model.
    #[must_use]
    pub fn read(&self, variable: Variable) -> Vec<f64> {
        if let (Some(program), Object::Projection(id)) = (self.plan_of(variable).from_neurons, variable.object) {
            return of_neurons(self.model, self.network, id, program);
        }
        let shared = self.plan_of(variable).shared;
        let scale = self.scale(variable.column);
        let values = self.network.state().column(variable.column);
        let place = |element: u32| if shared { element } else { self.place(variable.object, element) };
        (0..values.len() as u32).map(|element| values.number(place(element) as usize) * scale).collect()
    }

    pub(super) fn plan_of(&self, variable: Variable) -> &crate::ir::plan::ColumnPlan {
        &self.model.plan().columns[variable.column.0 as usize]
    }

    /// What the entries of a column are multiplied with to be in SI base units: columns of ticks hold the steps of their owner's clock.
    fn scale(&self, column: ColumnId) -> f64 {
        let plan = self.model.plan();
        if reads_ticks(plan, column) { tick_length(plan, plan.columns[column.0 as usize].owner) } else { 1.0 }
    }

    /// The delay [s] that all synapses of the first pathway share: `S.delay` where it is no variable.
    fn shared_delay(&self, name: &str) -> Option<f64> {
        let projection = name.strip_suffix(".delay")?;
        let made = self.network.projections().iter().find(|made| made.name() == projection)?;
        match made.pathways().first()?.delay() {
            runtime::Delay::Shared(seconds) => Some(seconds),
            runtime::Delay::PerSynapse(_) => None,
        }
    }

    /// Anything else that can be recorded: subexpressions, parts, subgroups.
    fn evaluate_by_name(&mut self, name: &str) -> Result<Values, Error> {
        let plan = self.model.extended("get", &format!("record {name} at end\n"))?;
        let planned = plan.records.last().ok_or_else(|| Error::Defect(format!("nothing is recorded by `{name}`")))?;
        let Recorded::AtEnd(quantity) = &planned.record.what else {
            return Err(Error::Defect(format!("`{name}` is no quantity")));
        };
        let code = |id: ProgramId| self.model.interpreted(&plan.programs[id.0 as usize]);
        let (source, condition) = (record::code(&planned.values, code), planned.condition.map(code));
        let (_, places) = self.elements(quantity, condition.as_ref())?;
        let values = self.values_at((quantity.object, quantity.shared), &places, &source)?;
        Ok(Values { values, dimension: quantity.dimension })
    }

    /// The variable of a plain name: `P.v`.
    ///
    /// # Errors
    /// `Error::Unknown` where there is no such variable.
    pub fn variable(&self, name: &str) -> Result<Variable, Error> {
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
            Some((number, _)) => Ok(Variable { object: owner, column: ColumnId(number as u32) }),
            None => Err(unknown("variable", name, visible.by_ref().map(|(_, column)| column.name.as_str()).collect())),
        }
    }

    /// What code yields for elements (neurons absolute, synapses by creation).
    pub(super) fn evaluate(&mut self, object: Object, elements: &[u32], code: &Code) -> Result<Vec<f64>, Error> {
        let places: Vec<u32> = elements.iter().map(|&element| self.place(object, element)).collect();
        self.values_at((object, false), &places, &Source::Code(code.clone()))
    }

    /// Runs code for places of the state; once where it is about what they share.
    pub(super) fn execute(
        &mut self,
        (object, shared): (Object, bool),
        places: &[u32],
        code: &Code,
        stream: u64,
        out: &mut [f64],
    ) -> Result<(), Error> {
        let over = match object {
            Object::Projection(id) if shared => Over::Shared(runtime::ProjectionId(id.0)),
            Object::Projection(id) => Over::Synapses(runtime::ProjectionId(id.0), places),
            Object::Population(id) => Over::Neurons(runtime::PopulationId(id.0), places),
            // Nothing of theirs can be named.
            Object::Input(_) | Object::Array(_) => return Ok(()),
        };
        Ok(guarded(|| self.network.execute(code, over, stream, out))?)
    }

    /// Values of a quantity at places of the state, in SI units.
    pub(super) fn values_at(&mut self, of: (Object, bool), places: &[u32], source: &Source) -> Result<Vec<f64>, Error> {
        Ok(match source {
            Source::None => Vec::new(),
            Source::Column(column) => {
                let scale = self.scale(*column);
                let values = self.network.state().column(*column);
                places.iter().map(|&place| values.number(place as usize) * scale).collect()
            }
            Source::Code(code) => {
                let mut out = vec![0.0; places.len()];
                self.execute(of, places, code, 0, &mut out)?;
                out
            }
        })
    }
}

/// What the synapses of a projection would hold, by creation, of a variable that neurons keep; `program` yields it.
pub(super) fn of_neurons(model: &Model, network: &Network, id: ProjectionId, program: ProgramId) -> Vec<f64> {
    let made = &network.projections()[id.0 as usize];
    let synapses: Vec<u32> = (0..made.rows().len() as u32).map(|created| made.storage_number(created)).collect();
    let sources: Vec<u32> = (0..made.rows().len() as u32).map(|stored| made.source_of(stored)).collect();
    // It only reads, and of columns of neurons alone: those are few beside the synapses.
    let columns = &model.plan().programs[program.0 as usize].slots;
    let read = |number: usize| columns.iter().any(|slot| slot.column as usize == number);
    let column = |number: usize| match network.state().column(ColumnId(number as u32)) {
        column if read(number) => column.clone(),
        column => Column::filled(column.kind(), 0, 0.0),
    };
    let mut state = State::new((0..network.state().len()).map(column).collect());
    let mut out = vec![0.0; synapses.len()];
    let clock = &network.clocks()[made.clock().0 as usize];
    model.programs().kernel(program).run(
        &mut state,
        &mut Call {
            work: Work::List { synapses: &synapses, rows: made.rows(), sources: &sources },
            moment: clock.moment(),
            key: 0,
            spikes: &mut Vec::new(),
            out: &mut out,
            nonfinite: &mut false,
        },
    );
    out
}

/// The time step of the clock of an object [s].
pub(super) fn tick_length(plan: &Plan, object: Object) -> f64 {
    let clock = match object {
        Object::Population(id) => plan.populations[id.0 as usize].clock,
        Object::Projection(id) => plan.projections[id.0 as usize].clock,
        Object::Input(_) | Object::Array(_) => return plan.dt,
    };
    plan.clocks[clock.0 as usize]
}

impl Simulation {
    /// The state as it is now.
    pub(super) fn now(&mut self) -> Moment<'_> {
        let Self { model, network, streams, kept, spool, .. } = self;
        Moment { model, network, streams, kept, spool: spool.as_ref(), clock: ClockId::default(), stopped: false }
    }

    /// The values of a variable or subexpression now: `get("P.v")`, `get("S.w[0:10]")`. Booleans are 0 and 1.
    ///
    /// # Errors
    /// `Error::Model` or `Error::Unknown` where there is no such variable.
    pub fn get(&mut self, name: &str) -> Result<Values, Error> {
        self.now().get(name)
    }

    /// The variable of a plain name, to be read and written often: `variable("P.tau")`.
    ///
    /// # Errors
    /// `Error::Unknown` where there is no such variable.
    pub fn variable(&mut self, name: &str) -> Result<Variable, Error> {
        self.now().variable(name)
    }

    /// The values of a variable found before, in SI base units; booleans are 0 and 1.
    ///
    /// # Panics
    /// Where it is of another model.
    #[must_use]
    pub fn read(&mut self, variable: Variable) -> Vec<f64> {
        self.now().read(variable)
    }
}
