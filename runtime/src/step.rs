//! One step, in order.
//!
//! In comes a network before a step; out goes the same before the next, or an error with everything recorded until
//! then. Which clocks tick is found first; then the agenda is gone through, and whatever is of those clocks acts.
//! Kernels see the moment of their own object's clock.

use crate::agenda::{Act, Agenda, Entry, Object, Recording};
use crate::clocks::ClockId;
use crate::code::Occasion;
use crate::error::RunError;
use crate::kernel::Moment;
use crate::monitor::{RateMonitorId, SpikeMonitorId, ValueMonitorId, Values};
use crate::network::Network;
use crate::population::{PopulationId, Watched};
use crate::projection::ProjectionId;
use crate::regular::Elements;
use crate::run::{Notice, Watch};
use crate::state::State;
use crate::turn::Slot;
use std::ops::ControlFlow;

impl Network {
    /// One step; whether the caller's code asked for an end after it.
    pub(crate) fn do_step(&mut self, watch: &mut Watch<'_>) -> Result<ControlFlow<()>, RunError> {
        self.clocks.choose();
        if self.agenda.parts != self.parts {
            self.agenda = Agenda::new(self);
        }
        self.check_rates()?;
        let flow = self.go_through(watch)?;
        self.clocks.advance();
        Ok(flow)
    }

    /// The caller's code may add parts meanwhile: it is this step's agenda that is gone through, the next makes its own.
    fn go_through(&mut self, watch: &mut Watch<'_>) -> Result<ControlFlow<()>, RunError> {
        let mut flow = ControlFlow::Continue(());
        let mut alarms = Vec::new();
        // Most entries are of the clock of the one before.
        let (mut last, mut due, mut moment) =
            (ClockId(0), self.clocks.is_due(ClockId(0)), self.clocks.moment(ClockId(0)));
        let mut place = 0;
        while let Some(&Entry { clock, turn, act }) = self.agenda.entries.get(place) {
            place += 1;
            if clock != last {
                (last, due, moment) = (clock, self.clocks.is_due(clock), self.clocks.moment(clock));
            }
            if !due {
                continue;
            }
            if !alarms.is_empty() && turn.slot != Slot::Groups {
                self.told(&mut alarms)?;
            }
            match act {
                Act::Update(Object::Population(PopulationId(number))) => {
                    if self.update_population(number, moment, flow.is_continue()) {
                        alarms.push(Object::Population(PopulationId(number)));
                    }
                }
                Act::Fire(number) => {
                    let population = &mut self.populations[number as usize];
                    if population.ahead.is_begun() {
                        self.pass(number);
                    } else {
                        population.fire(&mut self.machine, moment);
                    }
                }
                Act::Deliver(projection, pathway) => self.deliver(projection as usize, pathway as usize, clock, moment),
                Act::Reset(number) => {
                    let population = &mut self.populations[number as usize];
                    if population.ahead.is_begun() {
                        self.pass(number);
                    } else {
                        population.reset(&mut self.machine, moment);
                    }
                }
                Act::Update(object) => alarms.extend(self.update_other(object, moment).then_some(object)),
                Act::Call(call) => {
                    self.clocks.reach_next();
                    self.close_windows();
                    if watch(self, Notice::Call(call)).is_break() {
                        flow = ControlFlow::Break(());
                    }
                }
                other => self.do_other(other, clock, moment),
            }
        }
        if !alarms.is_empty() {
            self.told(&mut alarms)?;
        }
        Ok(flow)
    }

    /// What is apart, so that the loop over all that acts stays small.
    #[inline(never)]
    fn do_other(&mut self, act: Act, clock: ClockId, moment: Moment) {
        match act {
            Act::Regular(number) => self.run_regular(number as usize, clock),
            Act::Sum(projection, summed) => self.sum(projection as usize, summed as usize, clock),
            Act::Look(population, event) => {
                self.populations[population as usize].look(event as usize, &mut self.machine, moment);
            }
            Act::Event(population, event) => {
                let event = &self.populations[population as usize].events()[event as usize];
                event.act(&mut self.machine, moment.into());
            }
            Act::Input(number) => self.inputs[number as usize].act(&mut self.machine, moment),
            Act::Record(recording) => self.record(recording, clock, moment),
            Act::Update(_) | Act::Fire(_) | Act::Deliver(..) | Act::Reset(_) | Act::Call(_) => {}
        }
    }

    /// Rates are looked at before anything is done, so that after an error the step may be done once the rate is
    /// mended.
    fn check_rates(&mut self) -> Result<(), RunError> {
        for &(clock, number) in &self.agenda.rates {
            if self.clocks.is_due(clock) {
                let (moment, dt) = (self.clocks.moment(clock), self.clocks.get(clock).dt());
                self.populations[number as usize].check_rate(&self.machine, moment, dt)?;
            }
        }
        Ok(())
    }

    /// A state update of what is no population; true where a watched value was not finite.
    #[inline(never)]
    fn update_other(&mut self, object: Object, moment: Moment) -> bool {
        match object {
            Object::Projection(ProjectionId(number)) => {
                self.projections[number as usize].step(&mut self.machine, moment)
            }
            Object::Population(_) | Object::Input(_) => false,
        }
    }

    fn run_regular(&mut self, number: usize, clock: ClockId) {
        let own = match self.regular[number].of {
            Elements::Neurons(population) => self.clock_of(population),
            Elements::Synapses(projection, _) => self.projections[projection.0 as usize].clock(),
        };
        let occasion = self.occasion(own, clock);
        self.regular[number].act(&self.populations, &self.projections, &mut self.machine, occasion);
    }

    fn sum(&mut self, projection: usize, summed: usize, clock: ClockId) {
        let occasion = self.occasion(self.projections[projection].clock(), clock);
        self.projections[projection].sum(summed, &mut self.machine, occasion);
    }

    #[inline]
    fn deliver(&mut self, projection: usize, pathway: usize, clock: ClockId, moment: Moment) {
        let projection = &mut self.projections[projection];
        let (own, clocks) = (projection.clock(), &self.clocks);
        projection.deliver(pathway, &self.populations, &mut self.machine, || {
            if own == clock { moment.into() } else { Occasion::triggered(clocks.moment(own), moment.step) }
        });
    }

    fn record(&mut self, recording: Recording, clock: ClockId, moment: Moment) {
        match recording {
            Recording::Spikes(SpikeMonitorId(number)) => {
                let monitor = &mut self.spikes[number as usize];
                let population = &self.populations[monitor.group().population.0 as usize];
                monitor.record(moment, population.emitted(monitor.event()), &mut self.machine);
            }
            Recording::Rate(RateMonitorId(number)) => {
                let monitor = &mut self.rates[number as usize];
                monitor.record(moment, self.populations[monitor.group().population.0 as usize].spikes());
            }
            Recording::Values(ValueMonitorId(number)) => {
                let own = match self.values[number as usize].values() {
                    Values::Column(_) | Values::Times(..) => clock,
                    Values::Neurons(population, _) => self.clock_of(*population),
                    Values::Synapses(projection, _) => self.projections[projection.0 as usize].clock(),
                };
                let occasion = self.occasion(own, clock);
                self.values[number as usize].sample(moment.step, &self.projections, &mut self.machine, occasion);
            }
        }
    }

    /// The moment of code of the clock `own` that a tick of `clock` triggers.
    fn occasion(&self, own: ClockId, clock: ClockId) -> Occasion {
        let (own, by) = (self.clocks.moment(own), (own != clock).then(|| self.clocks.moment(clock).step));
        by.map_or(own.into(), |step| Occasion::triggered(own, step))
    }

    /// Whoever notes a value that is not finite does not keep the others from their step: the first by declaration,
    /// index and variable is named. A note may be a false alarm (a sum of finite values that overflowed); then nothing
    /// is found.
    #[cold]
    fn told(&self, alarms: &mut Vec<Object>) -> Result<(), RunError> {
        let place = |object: &Object| self.order.iter().position(|declared| declared == object);
        alarms.sort_by_key(place);
        alarms.drain(..).find_map(|object| self.not_finite(object)).map_or(Ok(()), Err)
    }

    fn not_finite(&self, object: Object) -> Option<RunError> {
        let (name, watched, storage, clock) = match object {
            Object::Population(PopulationId(number)) => {
                let population = &self.populations[number as usize];
                (population.name(), population.watched(), None, population.clock())
            }
            Object::Projection(ProjectionId(number)) => {
                let projection = &self.projections[number as usize];
                (projection.name(), projection.watched(), projection.storage_numbers(), projection.clock())
            }
            Object::Input(_) => return None,
        };
        let (element, watched, value) = first_not_finite(&self.machine.state, watched, storage)?;
        let (object, variable) = (name.to_owned(), watched.variable.clone());
        let moment = self.clocks.moment(clock);
        Some(RunError::NotFinite { object, element, variable, value, t: moment.t, tick: moment.step })
    }
}

/// The first element with a value that is not finite, the first such variable of it, and the value. Elements come in
/// the order of `storage`, which gives their places in the columns, where there is one.
fn first_not_finite<'a>(
    state: &State,
    watched: &'a [Watched],
    storage: Option<&[u32]>,
) -> Option<(u32, &'a Watched, f64)> {
    let found = watched.iter().filter_map(|watched| {
        let column = state.column(watched.column);
        let value = |element: usize| column.number(storage.map_or(element, |storage| storage[element] as usize));
        let element = (0..column.len()).find(|&element| !value(element).is_finite())?;
        Some((element as u32, watched, value(element)))
    });
    found.min_by_key(|&(element, ..)| element)
}
