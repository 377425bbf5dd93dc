//! Beginning to record: what the text asks for, and what is asked for later, as it would be in the text.
//!
//! In: the plan of a recording. Out: its monitor in the network, and what is known of it beside. Elements are numbered as the user
//! does (neurons relative to the subgroup, synapses by creation) wherever they are shown, and as the state does (absolute, by storage)
//! wherever values are got.

use super::programs::reads_ticks;
use super::rate::{Rate, Smoother};
use super::recording::{Counts, Kept, Monitor, Noted, Recorded, Recording, Samples, Statistic};
use super::run::Simulation;
use super::state::tick_length;
use super::trains::Spikes;
use super::{codes, counterparts};
use crate::error::Error;
use crate::ir::network::{Object, Record, Recorded as What, Slot, Turn};
use crate::ir::plan::{Plan, ProgramId, RecordPlan, SourcePlan, Values};
use grammar::{Diagnostic, Span};
use runtime::state::ColumnId;
use runtime::{BuildError, Code, Keep, Sampling, SpikeRecord};

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

    /// Counts spikes or a custom event from now on, and keeps nothing else: `P.spikes counts`, `P.high counts`.
    ///
    /// # Errors
    /// As `record_events`.
    pub fn record_counts(&mut self, what: &str) -> Result<Recording<Counts<'static>>, Error> {
        self.record(what)
    }

    /// Keeps up the mean or the variance of values from now on: `P.v mean every 1*ms`, `S.w[0:10] variance`.
    ///
    /// # Errors
    /// As `record_values`.
    pub fn record_statistic(&mut self, what: &str) -> Result<Recording<Statistic<'static>>, Error> {
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

    /// Gives a recording its monitor, of these elements or else of those that it names now; `code_of` gives the code of its programs.
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
            What::Counts(group, event) => {
                elements = (0..group.size).collect();
                let counted = SpikeRecord::new(counterparts::group(*group)).counted();
                self.keep_spikes(plan, event.map_or(counted.clone(), |event| counted.of_event(event)), code_of)?
            }
            What::Rate(group) => {
                // Bins before the window, which those in it are smoothed with.
                let bin = record.every.unwrap_or(self.model.plan().clocks[record.clock.0 as usize]);
                let beside = record.smooth.map_or(0.0, |smooth| Smoother::reach(smooth, bin));
                let (last, turn) = (record.last.map(|last| last + beside), turn_of(record, Slot::End));
                let made = self.network.record_rate_of(counterparts::group(*group), record.every, last, turn);
                Monitor::Rate(made.map_err(refused)?)
            }
            What::Values(quantity) | What::Mean(quantity) | What::Variance(quantity) | What::AtEnd(quantity) => {
                (elements, places) = match given {
                    Some(given) => given,
                    None => {
                        let condition = plan.condition.map(code_of);
                        let found = self.now().elements(quantity, condition.as_ref());
                        found.map_err(|error| self.placed(error, record.span))?
                    }
                };
                let keep = match &record.what {
                    What::AtEnd(_) => None,
                    What::Mean(_) => Some(Keep::Mean),
                    What::Variance(_) => Some(Keep::Variance),
                    _ => Some(record.last.map_or(Keep::All, Keep::Last)),
                };
                match keep {
                    None => Monitor::AtEnd,
                    Some(keep) => {
                        let values = self.values_of(quantity.object, &source)?;
                        let (clock, turn) = (counterparts::clock(record.clock), turn_of(record, Slot::Start));
                        let sampling = Sampling { clock, every: record.every, turn, keep };
                        let made = self.network.record_values(&record.name, values, places.clone(), sampling);
                        Monitor::Values(made.map_err(refused)?)
                    }
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
            last: record.last,
            with: record.with.iter().map(|(name, quantity)| Noted::of(name, quantity)).collect(),
            since: self.t(),
            span: record.span,
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
        if let Some(last) = record.last {
            asked = asked.last(last);
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

/// The resolver has seen to groups and intervals, and `elements` to indices: what the runtime refuses all the same is a defect.
fn refused(error: BuildError) -> Error {
    Error::Defect(error.to_string())
}
