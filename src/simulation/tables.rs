//! Keeping what is recorded, and giving it out: as typed views and as tables for files.
//!
//! Elements are numbered as the user does (neurons relative to the subgroup, synapses by creation) wherever they are shown, and as
//! the state does (absolute, by storage) wherever values are got.

use super::function::guarded;
use super::programs::reads_ticks;
use super::recording::{Kept, Monitor, Rate, Recorded, Recording, Samples, Spikes};
use super::run::Simulation;
use super::{build, codes, ends};
use crate::error::Error;
use crate::ir::network::{Group, Object, ProjectionId, Quantity, Recorded as What, Selection};
use crate::ir::plan::{ProgramId, RecordPlan, Values};
use crate::output::{Columns, Table};
use grammar::{Diagnostic, Span};
use runtime::state::ColumnId;
use runtime::{BuildError, Code, Over, Sampling, Slot, SpikeRecord, Turn};
use std::borrow::Cow;

/// How the values of a recording are got.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// There are none.
    None,
    /// As they stand in a column.
    Column(ColumnId),
    /// Yielded by code.
    Code(Code),
}

/// The source of a plan's values; `code` gives the code of its programs.
pub(super) fn code(values: &Values, code: impl FnOnce(ProgramId) -> Code) -> Source {
    match *values {
        Values::None => Source::None,
        Values::Column(column) => Source::Column(ColumnId(column)),
        Values::Program(program) => Source::Code(code(program)),
    }
}

impl Simulation {
    /// Records the spikes of a population or subgroup from now on.
    ///
    /// # Errors
    /// `Error::Model` where there is no such population.
    pub fn record_spikes(&mut self, group: &str) -> Result<Recording<Spikes<'static>>, Error> {
        Ok(Recording::new(self.record(&format!("{group}.spikes"))?))
    }

    /// Records the rate of a population or subgroup from now on.
    ///
    /// # Errors
    /// `Error::Model` where there is no such population.
    pub fn record_rate(&mut self, group: &str) -> Result<Recording<Rate>, Error> {
        Ok(Recording::new(self.record(&format!("{group}.population_rate"))?))
    }

    /// Records values from now on: `P.v`, `P.v[0, 5, 10:20] every 1*ms`, `S.w[0:10]`.
    ///
    /// # Errors
    /// `Error::Model` where there is no such variable.
    pub fn record_values(&mut self, what: &str) -> Result<Recording<Samples<'static>>, Error> {
        Ok(Recording::new(self.record(what)?))
    }

    /// Adds a recording as the language does.
    fn record(&mut self, what: &str) -> Result<usize, Error> {
        let plan = self.model.extended("record", &format!("record {what}\n"))?;
        let record = plan.records.last().ok_or_else(|| Error::Defect(format!("nothing is recorded by `{what}`")))?;
        let interpreted = |id: ProgramId| self.model.interpreted(&plan.programs[id.0 as usize]);
        let (source, condition) = (code(&record.values, interpreted), record.condition.map(interpreted));
        self.keep(record, source, condition)?;
        Ok(self.kept.len() - 1)
    }

    /// Gives a recording its monitor.
    pub(super) fn keep(&mut self, plan: &RecordPlan, source: Source, condition: Option<Code>) -> Result<(), Error> {
        let record = &plan.record;
        let told = |error: BuildError| {
            let code = if matches!(error, BuildError::Every { .. }) { codes::EVERY } else { codes::ELEMENT };
            build::Failure::from(Diagnostic::error(code, record.span, error.to_string()))
        };
        let (mut elements, mut places) = (Vec::new(), Vec::new());
        let monitor = match &record.what {
            What::Spikes(group) | What::Events(group, _) => {
                let (spikes, turn) = (SpikeRecord::new(build::group(*group)), record.turn.map(build::turn));
                let spikes = turn.into_iter().fold(spikes, SpikeRecord::at);
                let spikes = match record.what {
                    What::Events(_, event) => spikes.of_event(event),
                    _ => spikes,
                };
                self.network.record_spikes(spikes).map(Monitor::Spikes)
            }
            What::Rate(group) => {
                let turn = record.turn.map_or(Turn::of(Slot::End), build::turn);
                self.network.record_rate_of(build::group(*group), record.every, turn).map(Monitor::Rate)
            }
            What::Values(quantity) | What::AtEnd(quantity) => {
                let condition = condition.as_ref();
                (elements, places) =
                    self.elements(quantity, condition).map_err(|error| self.placed(error, record.span))?;
                match &record.what {
                    What::Values(_) => {
                        let values = self.values_of(quantity, &source);
                        let turn = record.turn.map_or(Turn::of(Slot::Start), build::turn);
                        let sampling = Sampling { clock: build::clock(record.clock), every: record.every, turn };
                        self.network.record_values(&record.name, values, places.clone(), sampling).map(Monitor::Values)
                    }
                    _ => Ok(Monitor::AtEnd),
                }
            }
            What::Synapses(_) => Ok(Monitor::AtEnd),
        };
        let monitor = monitor.map_err(|error| self.model.failed(told(error)))?;
        let (name, what) = (record.name.clone(), record.what.clone());
        self.kept.push(Kept { name, what, values: source, monitor, elements, places });
        Ok(())
    }

    /// Elements of a quantity, as the user and as the state numbers them.
    pub(super) fn elements(
        &mut self,
        quantity: &Quantity,
        condition: Option<&Code>,
    ) -> Result<(Vec<u32>, Vec<u32>), Error> {
        if quantity.shared {
            return Ok((vec![0], vec![0]));
        }
        let selected = self.select(quantity.object, &quantity.selection, condition)?;
        let places = selected.iter().map(|&element| self.place(quantity.object, element)).collect();
        Ok((selected.iter().map(|element| element - quantity.offset).collect(), places))
    }

    /// An index that is not there, as a mistake of the model's text at `span`.
    pub(super) fn placed(&self, error: Error, span: Span) -> Error {
        if !matches!(error, Error::Index { .. }) {
            return error;
        }
        let told = Diagnostic::error(codes::ELEMENT, span, error.to_string()).help("indices count from 0");
        self.model.failed(told.into())
    }

    /// Where the state has an element: synapses are numbered by creation outside of it.
    pub(super) fn place(&self, object: Object, element: u32) -> u32 {
        match object {
            Object::Projection(id) => self.network.projections()[id.0 as usize].storage_number(element),
            Object::Population(_) | Object::Input(_) | Object::Array(_) => element,
        }
    }

    /// How many elements an object has.
    pub(super) fn size(&self, object: Object) -> u32 {
        match object {
            Object::Population(id) => self.network.populations()[id.0 as usize].size(),
            Object::Projection(id) => self.network.projections()[id.0 as usize].rows().len() as u32,
            Object::Input(_) | Object::Array(_) => 0,
        }
    }

    /// The time step of an object's clock [s].
    pub(super) fn dt_of(&self, object: Object) -> f64 {
        let plan = self.model.plan();
        let clock = match object {
            Object::Population(id) => plan.populations[id.0 as usize].clock,
            Object::Projection(id) => plan.projections[id.0 as usize].clock,
            Object::Input(_) | Object::Array(_) => return self.dt(),
        };
        plan.clocks[clock.0 as usize]
    }

    /// The elements of a selection: neurons absolute, synapses by creation. `condition` yields what a `Where` asks.
    pub(super) fn select(
        &mut self,
        object: Object,
        selection: &Selection,
        condition: Option<&Code>,
    ) -> Result<Vec<u32>, Error> {
        let size = self.size(object);
        match selection {
            Selection::Range { start, stop, step } => {
                Ok((*start..(*stop).min(size)).step_by((*step).max(1) as usize).collect())
            }
            Selection::List(list) => match list.iter().find(|&&element| element >= size) {
                Some(&index) => Err(self.no_element(object, index.into())),
                None => Ok(list.clone()),
            },
            Selection::Slice { start, stop, step } => Ok(counted(size, *start, *stop, *step)),
            Selection::FromEnd(back) => match size.checked_sub(*back) {
                Some(element) => Ok(vec![element]),
                None => Err(self.no_element(object, -i64::from(*back))),
            },
            Selection::Where { start, stop, .. } => {
                let candidates: Vec<u32> = (*start..(*stop).min(size)).collect();
                let Some(condition) = condition else {
                    return Err(Error::Defect("a selection by a condition has no program for it".to_owned()));
                };
                let holds = self.evaluate(object, &candidates, condition)?;
                Ok(candidates
                    .iter()
                    .zip(holds)
                    .filter(|(_, holds)| *holds != 0.0)
                    .map(|(&element, _)| element)
                    .collect())
            }
        }
    }

    fn no_element(&self, object: Object, index: i64) -> Error {
        Error::Index { object: self.model.plan().name(object).to_owned(), index, size: self.size(object) }
    }

    /// What code yields for elements (neurons absolute, synapses by creation).
    pub(super) fn evaluate(&mut self, object: Object, elements: &[u32], code: &Code) -> Result<Vec<f64>, Error> {
        let places: Vec<u32> = elements.iter().map(|&element| self.place(object, element)).collect();
        self.values_at((object, false), &places, &Source::Code(code.clone()))
    }

    fn values_of(&self, quantity: &Quantity, source: &Source) -> runtime::Values {
        match (source, quantity.object) {
            (Source::Code(code), Object::Projection(id)) => {
                runtime::Values::Synapses(runtime::ProjectionId(id.0), code.clone())
            }
            (Source::Code(code), Object::Population(id)) => {
                runtime::Values::Neurons(runtime::PopulationId(id.0), code.clone())
            }
            (Source::Column(column), object) if reads_ticks(self.model.plan(), *column) => {
                runtime::Values::Times(*column, self.dt_of(object))
            }
            (Source::Column(column), _) => runtime::Values::Column(*column),
            (Source::None | Source::Code(_), _) => runtime::Values::Column(ColumnId(0)),
        }
    }

    /// What a handle's recording holds.
    #[must_use]
    pub fn recorded<T: Recorded>(&self, recording: Recording<T>) -> T::View<'_> {
        T::view(self, recording.index)
    }

    /// The spikes that the model's text records of a group: `spikes("P")` for `record P.spikes`. Where it does not, it is an error.
    ///
    /// # Errors
    /// `Error::Unknown` where they are not recorded.
    pub fn spikes(&self, group: &str) -> Result<Spikes<'_>, Error> {
        let name = format!("{group}.spikes");
        self.find(&name).and_then(|index| self.spikes_of(index).ok_or_else(|| self.unrecorded(&name)))
    }

    /// The values that the model's text records: `samples("P.v")` for `record P.v[0:10]`.
    ///
    /// # Errors
    /// `Error::Unknown` where they are not recorded.
    pub fn samples(&self, name: &str) -> Result<Samples<'_>, Error> {
        self.find(name).and_then(|index| self.samples_of(index).ok_or_else(|| self.unrecorded(name)))
    }

    fn find(&self, name: &str) -> Result<usize, Error> {
        self.kept.iter().position(|kept| kept.name == name).ok_or_else(|| self.unrecorded(name))
    }

    fn unrecorded(&self, name: &str) -> Error {
        let names = self.kept.iter().map(|kept| kept.name.as_str());
        let suggestion = crate::resolve::nearest(name, names).map(ToOwned::to_owned);
        Error::Unknown { what: "recording", name: name.to_owned(), suggestion }
    }

    pub(super) fn spikes_of(&self, index: usize) -> Option<Spikes<'_>> {
        match self.kept.get(index)?.monitor {
            Monitor::Spikes(id) => Some(Spikes { monitor: self.network.spikes(id) }),
            _ => None,
        }
    }

    pub(super) fn rate_of(&self, index: usize) -> Option<Rate> {
        let Monitor::Rate(id) = self.kept.get(index)?.monitor else { return None };
        let monitor = self.network.rate(id);
        let (times, rates) = monitor.rates().map(|(tick, rate)| (tick.time(monitor.dt()), rate)).unzip();
        Some(Rate { times, rates })
    }

    pub(super) fn samples_of(&self, index: usize) -> Option<Samples<'_>> {
        let kept = self.kept.get(index)?;
        let (Monitor::Values(id), What::Values(quantity)) = (kept.monitor, &kept.what) else { return None };
        let monitor = self.network.values(id);
        Some(Samples {
            values: monitor.samples(),
            ticks: monitor.ticks(),
            elements: &kept.elements,
            dimension: quantity.dimension,
            dt: monitor.dt(),
        })
    }

    /// Everything recorded, as tables under the names of their files.
    #[must_use]
    pub fn tables(&mut self) -> Vec<(String, Table<'_>)> {
        let finals: Vec<Option<Vec<f64>>> = (0..self.kept.len()).map(|index| self.final_values(index)).collect();
        let names = file_names(&self.kept);
        let tables = finals.into_iter().enumerate().map(|(index, values)| self.table_of(index, values));
        let tables: Vec<_> = tables.collect();
        names.into_iter().zip(tables).collect()
    }

    /// One recording as a table, by the name it is asked for: `P.spikes`, `P.v`, `P.v at end`, `S.synapses`.
    ///
    /// # Errors
    /// `Error::Unknown` where it is not recorded.
    pub fn table(&mut self, name: &str) -> Result<Table<'_>, Error> {
        let index = self.find(name)?;
        let values = self.final_values(index);
        Ok(self.table_of(index, values))
    }

    /// The values of a recording `at end`, as they are now.
    fn final_values(&mut self, index: usize) -> Option<Vec<f64>> {
        let kept = self.kept[index].clone();
        let What::AtEnd(quantity) = &kept.what else { return None };
        // Where a function cannot tell them, there are none.
        let values = self.values_at((quantity.object, quantity.shared), &kept.places, &kept.values);
        Some(values.unwrap_or_else(|_| vec![f64::NAN; kept.places.len()]))
    }

    /// Values of a quantity at places of the state, in SI units.
    pub(super) fn values_at(
        &mut self,
        (object, shared): (Object, bool),
        places: &[u32],
        source: &Source,
    ) -> Result<Vec<f64>, Error> {
        Ok(match source {
            Source::None => Vec::new(),
            Source::Column(column) => {
                let scale = if reads_ticks(self.model.plan(), *column) { self.dt_of(object) } else { 1.0 };
                let values = self.network.state().column(*column);
                places.iter().map(|&place| values.number(place as usize) * scale).collect()
            }
            Source::Code(code) => {
                let mut out = vec![0.0; places.len()];
                if let Some(over) = over(object, shared, places) {
                    guarded(|| self.network.execute(code, over, 0, &mut out))?;
                }
                out
            }
        })
    }

    fn table_of(&self, index: usize, finals: Option<Vec<f64>>) -> Table<'_> {
        let kept = &self.kept[index];
        match &kept.what {
            What::Spikes(_) | What::Events(..) => self.spike_table(index),
            What::Rate(_) => {
                let Rate { times, rates } = self.rate_of(index).unwrap_or(Rate { times: vec![], rates: vec![] });
                named([("t", "s", real(times)), ("rate", "Hz", real(rates))])
            }
            What::Values(quantity) => self.sample_table(kept, quantity),
            What::AtEnd(quantity) => {
                let elements = Columns::Index(Cow::Borrowed(&kept.elements[..]));
                let variable = variable(&kept.name);
                let unit = quantity.dimension.to_string();
                named([("i", "1", elements), (variable, unit.as_str(), real(finals.unwrap_or_default()))])
            }
            What::Synapses(id) => self.synapse_table(*id),
        }
    }

    fn spike_table(&self, index: usize) -> Table<'_> {
        let (mut steps, mut times, mut neurons) = (Vec::new(), Vec::new(), Vec::new());
        if let Some(spikes) = self.spikes_of(index) {
            for spike in spikes.iter() {
                steps.push(spike.tick);
                times.push(spike.t);
                neurons.push(spike.neuron);
            }
        }
        let steps = Columns::Long(Cow::Owned(steps));
        named([("step", "1", steps), ("t", "s", real(times)), ("i", "1", Columns::Index(Cow::Owned(neurons)))])
    }

    fn sample_table<'a>(&'a self, kept: &'a Kept, quantity: &Quantity) -> Table<'a> {
        let Monitor::Values(id) = kept.monitor else { return Table::Named { columns: Vec::new() } };
        let monitor = self.network.values(id);
        Table::Samples {
            times: monitor.ticks().iter().map(|tick| tick.time(monitor.dt())).collect(),
            elements: Cow::Borrowed(&kept.elements),
            name: variable(&kept.name).to_owned(),
            unit: quantity.dimension.to_string(),
            values: Cow::Borrowed(monitor.samples()),
        }
    }

    /// i, j, delay and the synaptic variables, by creation.
    fn synapse_table(&self, id: ProjectionId) -> Table<'_> {
        let (plan, made) = (self.model.plan(), &self.network.projections()[id.0 as usize]);
        let declared = &plan.projections[id.0 as usize];
        let (pre, post): (Vec<u32>, Vec<u32>) = made.pairs().unzip();
        let relative = |elements: Vec<u32>, group: Group| {
            let created = ends::creation(plan, &self.network, group);
            let number = |element: u32| created.as_ref().map_or(element - group.offset, |made| made[element as usize]);
            Columns::Index(elements.into_iter().map(number).collect::<Vec<_>>().into())
        };
        let mut columns = vec![
            ("i".to_owned(), "1".to_owned(), relative(pre, declared.source)),
            ("j".to_owned(), "1".to_owned(), relative(post, declared.target)),
        ];
        if let Some(pathway) = declared.pathways.first()
            && let crate::ir::plan::DelayPlan::Shared(delay) = pathway.delay
        {
            columns.push(("delay".to_owned(), "s".to_owned(), real(vec![delay; made.rows().len()])));
        }
        for (number, column) in plan.columns.iter().enumerate() {
            let own = column.owner == Object::Projection(id) && !column.shared && !column.name.starts_with('_');
            if own {
                let scale = if column.ticks { self.dt_of(Object::Projection(id)) } else { 1.0 };
                let values = self.network.state().column(ColumnId(number as u32));
                let value = |created: u32| values.number(made.storage_number(created) as usize) * scale;
                let values = (0..made.rows().len() as u32).map(value).collect();
                columns.push((column.name.clone(), column.dimension.to_string(), real(values)));
            }
        }
        Table::Named { columns }
    }
}

/// The elements of a slice of so many, as Python counts.
fn counted(size: u32, start: Option<i32>, stop: Option<i32>, step: i32) -> Vec<u32> {
    let (size, step) = (i64::from(size), i64::from(step));
    // Forwards a bound is between the first and one past the last, backwards between the last and one before the first.
    let (low, high) = if step > 0 { (0, size) } else { (-1, size - 1) };
    let bound = |given: Option<i32>, usual: i64| {
        given.map_or(usual, |at| (i64::from(at) + if at < 0 { size } else { 0 }).clamp(low, high))
    };
    let (start, stop) =
        if step > 0 { (bound(start, low), bound(stop, high)) } else { (bound(start, high), bound(stop, low)) };
    let mut elements = Vec::new();
    let mut at = start;
    while (step > 0 && at < stop) || (step < 0 && at > stop) {
        elements.extend(u32::try_from(at));
        at += step;
    }
    elements
}

/// Elements that code can be run over, as the state numbers them; once where it is about what they share.
pub(super) fn over(object: Object, shared: bool, places: &[u32]) -> Option<Over<'_>> {
    match object {
        Object::Projection(id) if shared => Some(Over::Shared(runtime::ProjectionId(id.0))),
        Object::Projection(id) => Some(Over::Synapses(runtime::ProjectionId(id.0), places)),
        Object::Population(id) => Some(Over::Neurons(runtime::PopulationId(id.0), places)),
        Object::Input(_) | Object::Array(_) => None,
    }
}

fn named<'a, const N: usize>(columns: [(&str, &str, Columns<'a>); N]) -> Table<'a> {
    let owned = |(name, unit, values): (&str, &str, Columns<'a>)| (name.to_owned(), unit.to_owned(), values);
    Table::Named { columns: columns.into_iter().map(owned).collect() }
}

fn real(values: Vec<f64>) -> Columns<'static> {
    Columns::Real(Cow::Owned(values))
}

/// The variable of a recording's name: `v` of `P.v at end`.
fn variable(name: &str) -> &str {
    let name = name.strip_suffix(" at end").unwrap_or(name);
    name.rsplit_once('.').map_or(name, |(_, variable)| variable)
}

/// `P.v`, `P.v.at_end`; what is recorded again, as the library may, gets a number: `P.v.2`. Slices lose what file names cannot have.
fn file_names(kept: &[Kept]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(kept.len());
    for kept in kept {
        let name = kept.name.replace(" at end", ".at_end").replace(':', "-").replace([' ', '/'], "");
        let numbered = (2..).map(|number| format!("{name}.{number}"));
        let free = std::iter::once(name.clone()).chain(numbered).find(|name| !names.contains(name));
        names.extend(free);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::counted;

    /// How many there are, a slice of them, and what it gives.
    type Row = (u32, Option<i32>, Option<i32>, i32, &'static [u32]);

    /// Against Python's `list(range(n))[start:stop:step]`.
    #[test]
    fn slices_count_as_in_python() {
        let rows: [Row; 12] = [
            (5, None, None, 1, &[0, 1, 2, 3, 4]),
            (5, None, None, -1, &[4, 3, 2, 1, 0]),
            (5, None, None, -2, &[4, 2, 0]),
            (5, Some(-2), None, 1, &[3, 4]),
            (5, None, Some(-2), 2, &[0, 2]),
            (5, Some(-9), Some(9), 3, &[0, 3]),
            (5, Some(9), Some(1), -1, &[4, 3, 2]),
            (5, Some(1), Some(-9), -1, &[1, 0]),
            (5, Some(3), Some(1), 1, &[]),
            (5, Some(-1), Some(-1), 1, &[]),
            (0, None, None, 1, &[]),
            (0, None, None, -1, &[]),
        ];
        for (size, start, stop, step, expected) in rows {
            assert_eq!(counted(size, start, stop, step), expected, "{start:?}:{stop:?}:{step} of {size}");
        }
    }
}
