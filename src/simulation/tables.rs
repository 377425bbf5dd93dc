//! Keeping what is recorded, and giving it out: as typed views and as tables for files.
//!
//! Elements are numbered as the user does (neurons relative to the subgroup, synapses by creation) wherever they are shown, and as
//! the state does (absolute, by storage) wherever values are got.

use super::programs::reads_ticks;
use super::rate::Rate;
use super::recording::{Kept, Monitor, Recorded, Recording, Records, Samples};
use super::run::Simulation;
use super::state::{of_neurons, tick_length};
use super::trains::Spikes;
use super::{codes, counterparts, ends};
use crate::error::Error;
use crate::ir::network::{Group, Object, ProjectionId, Quantity, Record, Recorded as What, Slot, Turn};
use crate::ir::plan::{Plan, ProgramId, RecordPlan, SourcePlan, Values};
use crate::output::{Columns, Table};
use grammar::{Diagnostic, Span};
use runtime::state::ColumnId;
use runtime::{BuildError, Code, Sampling, SpikeRecord};
use std::borrow::Cow;

/// The elements of a recording as the user numbers them, and as the state does.
pub(super) type Elements = (Vec<u32>, Vec<u32>);

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
    /// `Error::Model` where there is no such population, or it has no threshold.
    pub fn record_spikes(&mut self, group: &str) -> Result<Recording<Spikes<'static>>, Error> {
        self.record(&format!("{group}.spikes"))
    }

    /// Records spikes or a custom event from now on, as a `record` line does: `P.spikes with v, vt`, `P.high when after_resets`.
    ///
    /// # Errors
    /// `Error::Model` where there is no such event or variable, `Error::Unknown` where the text records something else, `Error::Turn`
    /// where the model would have to be compiled otherwise for it (`lastspike` right at the spike).
    pub fn record_events(&mut self, what: &str) -> Result<Recording<Spikes<'static>>, Error> {
        self.record(what)
    }

    /// Records the rate of a population or subgroup from now on; for bins: `P.population_rate every 10*ms` by `record_rates`.
    ///
    /// # Errors
    /// `Error::Model` where there is no such population, or it has no threshold.
    pub fn record_rate(&mut self, group: &str) -> Result<Recording<Rate>, Error> {
        self.record(&format!("{group}.population_rate"))
    }

    /// Records a rate from now on, as a `record` line does: `P.population_rate smooth gaussian 5*ms every 1*ms`.
    ///
    /// # Errors
    /// `Error::Model` where there is no such population, `Error::Unknown` where the text records something else.
    pub fn record_rates(&mut self, what: &str) -> Result<Recording<Rate>, Error> {
        self.record(what)
    }

    /// Records values from now on: `P.v`, `P.v[0, 5, 10:20] every 1*ms when end`, `S.w[0:10]`.
    ///
    /// # Errors
    /// `Error::Model` where there is no such variable, `Error::Unknown` where the text records no values.
    pub fn record_values(&mut self, what: &str) -> Result<Recording<Samples<'static>>, Error> {
        self.record(what)
    }

    /// Adds a recording as the language does.
    fn record<T: Recorded>(&mut self, what: &str) -> Result<Recording<T>, Error> {
        let fits = |found: &What| if T::is_of(found) { Ok(()) } else { Err(T::WHAT) };
        self.begin(what, &fits, None)?;
        Ok(Recording::new(self.kept.len() - 1))
    }

    /// Begins again what the program had recorded of a simulation that was saved: the same elements, since then.
    pub(super) fn record_again(&mut self, what: &str, elements: Elements, since: f64) -> Result<(), Error> {
        self.begin(what, &|_| Ok(()), Some(elements))?;
        self.kept.iter_mut().last().into_iter().for_each(|kept| kept.since = since);
        Ok(())
    }

    fn begin(
        &mut self,
        what: &str,
        fits: &dyn Fn(&What) -> Result<(), &'static str>,
        elements: Option<Elements>,
    ) -> Result<(), Error> {
        let plan = self.model.extended("record", &format!("record {what}\n"))?;
        let record = plan.records.last().ok_or_else(|| Error::Defect(format!("nothing is recorded by `{what}`")))?;
        let other = |kind| Error::Unknown { what: kind, name: what.to_owned(), suggestion: None };
        fits(&record.record.what).map_err(other)?;
        let model = self.model.clone();
        if let Some(population) = compiled_otherwise(model.plan(), &plan) {
            return Err(Error::Turn { population: population.to_owned() });
        }
        self.keep(record, elements, &|id| model.interpreted(&plan.programs[id.0 as usize]))?;
        self.kept.iter_mut().last().into_iter().for_each(|kept| kept.asked = Some(what.to_owned()));
        Ok(())
    }

    /// Gives a recording its monitor, of these elements or else of those that it names now; `code_of` gives the code of
    /// its programs.
    pub(super) fn keep(
        &mut self,
        plan: &RecordPlan,
        given: Option<Elements>,
        code_of: &dyn Fn(ProgramId) -> Code,
    ) -> Result<(), Error> {
        let record = &plan.record;
        let source = code(&plan.values, code_of);
        let (mut elements, mut places) = (Vec::new(), Vec::new());
        let monitor = match &record.what {
            What::Spikes(group) => self.keep_spikes(plan, SpikeRecord::new(counterparts::group(*group)), code_of)?,
            What::Events(group, event) => {
                self.keep_spikes(plan, SpikeRecord::new(counterparts::group(*group)).of_event(*event), code_of)?
            }
            What::Rate(group) => {
                let made =
                    self.network.record_rate_of(counterparts::group(*group), record.every, turn_of(record, Slot::End));
                Monitor::Rate(made.map_err(refused)?)
            }
            What::Values(quantity) | What::AtEnd(quantity) => {
                (elements, places) = match given {
                    Some(given) => given,
                    None => {
                        let condition = plan.condition.map(code_of);
                        let found = self.now().elements(quantity, condition.as_ref());
                        found.map_err(|error| self.placed(error, record.span))?
                    }
                };
                if matches!(record.what, What::AtEnd(_)) {
                    Monitor::AtEnd
                } else {
                    let values = self.values_of(quantity.object, &source)?;
                    let (clock, turn) = (counterparts::clock(record.clock), turn_of(record, Slot::Start));
                    let sampling = Sampling { clock, every: record.every, turn };
                    let made = self.network.record_values(&record.name, values, places.clone(), sampling);
                    Monitor::Values(made.map_err(refused)?)
                }
            }
            What::Synapses(_) => Monitor::AtEnd,
        };
        self.kept.push(Kept {
            name: record.name.clone(),
            what: record.what.clone(),
            values: source,
            monitor,
            elements,
            places,
            smooth: record.smooth,
            with: record.with.iter().map(|(name, quantity)| (name.clone(), quantity.dimension)).collect(),
            since: self.t(),
            asked: None,
        });
        Ok(())
    }

    fn keep_spikes(
        &mut self,
        plan: &RecordPlan,
        mut asked: SpikeRecord,
        code_of: &dyn Fn(ProgramId) -> Code,
    ) -> Result<Monitor, Error> {
        let record = &plan.record;
        if let Some(at) = record.turn {
            asked = asked.at(counterparts::turn(at));
        }
        for (values, (_, quantity)) in plan.with.iter().zip(&record.with) {
            asked = asked.with(self.values_of(quantity.object, &code(values, code_of))?);
        }
        let made = self.network.record_spikes(asked);
        made.map(Monitor::Spikes).map_err(refused)
    }

    /// An index that is not there, as a mistake of the model's text at `span`.
    pub(super) fn placed(&self, error: Error, span: Span) -> Error {
        if !matches!(error, Error::Index { .. }) {
            return error;
        }
        let told = Diagnostic::error(codes::ELEMENT, span, error.to_string()).help("indices count from 0");
        self.model.failed(told.into())
    }

    /// What the runtime takes values from.
    fn values_of(&self, object: Object, source: &Source) -> Result<runtime::Values, Error> {
        let plan = self.model.plan();
        match (source, object) {
            (Source::Code(code), Object::Projection(id)) => {
                Ok(runtime::Values::Synapses(runtime::ProjectionId(id.0), code.clone()))
            }
            (Source::Code(code), Object::Population(id)) => {
                Ok(runtime::Values::Neurons(runtime::PopulationId(id.0), code.clone()))
            }
            (Source::Column(column), _) if reads_ticks(plan, *column) => {
                Ok(runtime::Values::Times(*column, tick_length(plan, object)))
            }
            (Source::Column(column), _) => Ok(runtime::Values::Column(*column)),
            (Source::None, _) | (Source::Code(_), Object::Input(_) | Object::Array(_)) => {
                Err(Error::Defect(format!("there are no values to record of {}", plan.name(object))))
            }
        }
    }

    /// What a handle's recording holds.
    #[must_use]
    pub fn recorded<T: Recorded>(&self, recording: Recording<T>) -> T::View<'_> {
        T::view(self.records(), recording.index)
    }

    /// The spikes that the model's text records of a group: `spikes("P")` for `record P.spikes`. Where it does not, it is an error.
    ///
    /// # Errors
    /// `Error::Unknown` where they are not recorded.
    pub fn spikes(&self, group: &str) -> Result<Spikes<'_>, Error> {
        let name = format!("{group}.spikes");
        self.find(&name).and_then(|index| self.spikes_of(index).ok_or_else(|| self.unrecorded(&name)))
    }

    /// The custom events that the model's text records: `events("P.high")` for `record P.high`.
    ///
    /// # Errors
    /// `Error::Unknown` where they are not recorded.
    pub fn events(&self, name: &str) -> Result<Spikes<'_>, Error> {
        self.find(name).and_then(|index| self.spikes_of(index).ok_or_else(|| self.unrecorded(name)))
    }

    /// The rate that the model's text records: `rate("P.population_rate")`, `rate("P.population_rate smooth flat")`.
    ///
    /// # Errors
    /// `Error::Unknown` where it is not recorded.
    pub fn rate(&self, name: &str) -> Result<Rate, Error> {
        self.find(name).and_then(|index| self.rate_of(index).ok_or_else(|| self.unrecorded(name)))
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

    pub(super) fn records(&self) -> Records<'_> {
        Records { kept: &self.kept, network: &self.network, t: self.t() }
    }

    pub(super) fn spikes_of(&self, index: usize) -> Option<Spikes<'_>> {
        self.records().spikes(index)
    }

    fn rate_of(&self, index: usize) -> Option<Rate> {
        self.records().rate(index)
    }

    fn samples_of(&self, index: usize) -> Option<Samples<'_>> {
        self.records().samples(index)
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
        let values = self.now().values_at((quantity.object, quantity.shared), &kept.places, &kept.values);
        Some(values.unwrap_or_else(|_| vec![f64::NAN; kept.places.len()]))
    }

    fn table_of(&self, index: usize, finals: Option<Vec<f64>>) -> Table<'_> {
        let kept = &self.kept[index];
        match &kept.what {
            What::Spikes(_) | What::Events(..) => self.spike_table(index),
            What::Rate(_) => {
                let (times, rates) = self.rate_of(index).map(|rate| (rate.times, rate.rates)).unwrap_or_default();
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

    /// Step, time and neuron of every spike, and what is noted with it.
    fn spike_table(&self, index: usize) -> Table<'_> {
        let (mut steps, mut times, mut neurons) = (Vec::new(), Vec::new(), Vec::new());
        let mut noted = Vec::new();
        if let Some(spikes) = self.spikes_of(index) {
            for spike in spikes.iter() {
                steps.push(spike.tick);
                times.push(spike.t);
                neurons.push(spike.neuron);
            }
            for (place, (name, dimension)) in spikes.with.iter().enumerate() {
                let values = Columns::Real(Cow::Borrowed(spikes.monitor.noted(place)));
                // The only name of the other columns that a variable may have too.
                let name = if name == "step" { "step_".to_owned() } else { name.clone() };
                noted.push((name, dimension.to_string(), values));
            }
        }
        let mut columns = vec![
            ("step".to_owned(), "1".to_owned(), Columns::Long(Cow::Owned(steps))),
            ("t".to_owned(), "s".to_owned(), real(times)),
            ("i".to_owned(), "1".to_owned(), Columns::Index(Cow::Owned(neurons))),
        ];
        columns.extend(noted);
        Table::Named { columns }
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
        if let Some(pathway) = made.pathways().first()
            && let runtime::Delay::Shared(delay) = pathway.delay()
        {
            columns.push(("delay".to_owned(), "s".to_owned(), real(vec![delay; made.rows().len()])));
        }
        for (number, column) in plan.columns.iter().enumerate() {
            let own = column.owner == Object::Projection(id) && !column.shared && !column.name.starts_with('_');
            if own {
                let values = if let Some(program) = column.from_neurons {
                    of_neurons(&self.model, &self.network, id, program)
                } else {
                    let scale = if column.ticks { tick_length(plan, Object::Projection(id)) } else { 1.0 };
                    let values = self.network.state().column(ColumnId(number as u32));
                    let value = |created: u32| values.number(made.storage_number(created) as usize) * scale;
                    (0..made.rows().len() as u32).map(value).collect()
                };
                columns.push((column.name.clone(), column.dimension.to_string(), real(values)));
            }
        }
        Table::Named { columns }
    }
}

/// The population whose steps would be compiled otherwise if the model's text said what the other plan's says.
fn compiled_otherwise<'a>(compiled: &'a Plan, wanted: &Plan) -> Option<&'a str> {
    let steps = |plan: &Plan, number: usize| match plan.populations[number].source {
        SourcePlan::Neurons { step, threshold, reset, .. } => [step, threshold, reset].map(|id| {
            let program = plan.programs.get(id?.0 as usize)?;
            Some(program.ops.clone())
        }),
        SourcePlan::Poisson { .. } | SourcePlan::Spikes { .. } | SourcePlan::Synapses(_) => [None, None, None],
    };
    let differs = |number: &usize| steps(compiled, *number) != steps(wanted, *number);
    (0..compiled.populations.len()).find(differs).map(|number| compiled.populations[number].name.as_str())
}

/// When something is recorded, if not where it usually is.
fn turn_of(record: &Record, usual: Slot) -> runtime::Turn {
    counterparts::turn(record.turn.unwrap_or(Turn::of(usual)))
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

/// `P.v`, `P.v.at_end`, `P.population_rate.smooth_flat`; what is recorded again, as the library may, gets a number: `P.v.2`. Slices lose what file names cannot have.
fn file_names(kept: &[Kept]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(kept.len());
    for kept in kept {
        let name = kept
            .name
            .replace(" at end", ".at_end")
            .replace(" smooth ", ".smooth_")
            .replace(':', "-")
            .replace([' ', '/'], "");
        let numbered = (2..).map(|number| format!("{name}.{number}"));
        let free = std::iter::once(name.clone()).chain(numbered).find(|name| !names.contains(name));
        names.extend(free);
    }
    names
}

/// The resolver has seen to groups and intervals, and `elements` to indices: what the runtime refuses all the same is a defect.
fn refused(error: BuildError) -> Error {
    Error::Defect(error.to_string())
}
