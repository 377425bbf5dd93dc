//! One tick, in order.
//!
//! In comes a network at the start of a tick; out goes the same at the start of the next, or an error with everything
//! recorded until then. Within a slot, what was declared first acts first. The lists of who acts in which slot are made
//! when parts are added, so that a tick of a small network costs next to nothing.

use crate::error::RunError;
use crate::input::InputId;
use crate::kernel::Moment;
use crate::network::Network;
use crate::pathway::Side;
use crate::population::{PopulationId, Watched};
use crate::projection::ProjectionId;
use crate::state::{Column, State};

/// A part of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Object {
    /// Neurons.
    Population(PopulationId),
    /// Synapses.
    Projection(ProjectionId),
    /// A `poisson_input`.
    Input(InputId),
}

/// Who acts in which slot, by position among parts of the kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schedule {
    groups: Vec<Object>,
    sources: Vec<usize>,
    pre: Vec<(usize, usize)>,
    post: Vec<(usize, usize)>,
    resets: Vec<usize>,
}

impl Schedule {
    /// Of a network whose populations and projections were declared in the order `network.order`.
    pub(crate) fn new(network: &Network) -> Self {
        let acts = |object: &Object| match *object {
            Object::Population(PopulationId(number)) => network.populations[number as usize].has_step(),
            Object::Projection(ProjectionId(number)) => network.projections[number as usize].has_step(),
            Object::Input(_) => false,
        };
        let populations = || network.populations.iter().enumerate();
        let pathways = |side: Side| {
            let projections = network.projections.iter().enumerate();
            let of_side = projections.flat_map(move |(projection, parts)| {
                let pathways = parts.pathways().iter().enumerate();
                pathways
                    .filter(move |(_, pathway)| pathway.side() == side)
                    .map(move |(pathway, _)| (projection, pathway))
            });
            of_side.collect()
        };
        Self {
            groups: network.order.iter().copied().filter(acts).collect(),
            sources: populations()
                .filter(|(_, population)| population.is_external())
                .map(|(number, _)| number)
                .collect(),
            pre: pathways(Side::Pre),
            post: pathways(Side::Post),
            resets: populations().filter(|(_, population)| population.has_reset()).map(|(number, _)| number).collect(),
        }
    }
}

impl Network {
    /// One tick.
    pub(crate) fn tick(&mut self) -> Result<(), RunError> {
        let moment = self.clock.moment();
        self.check_rates(moment)?;
        self.sample(moment); // start
        self.update_groups(moment)?; // groups: state update with threshold
        self.fire_sources(moment); // thresholds
        self.record_spikes(moment);
        self.deliver(Side::Pre, moment); // synapses
        self.act_inputs(moment);
        self.deliver(Side::Post, moment);
        self.reset(moment); // resets
        self.count_spikes(moment); // end
        self.clock.advance();
        Ok(())
    }

    /// Rates are looked at before anything is done, so that after an error the tick may be done once the rate is
    /// mended.
    fn check_rates(&mut self, moment: Moment) -> Result<(), RunError> {
        let dt = self.clock.dt();
        let mut sources = self.schedule.sources.iter();
        sources.try_for_each(|&number| self.populations[number].check_rate(&self.machine, moment, dt))
    }

    fn sample(&mut self, moment: Moment) {
        let dt = self.clock.dt();
        for monitor in &mut self.values {
            monitor.sample(&self.projections, &mut self.machine, moment, dt);
        }
    }

    /// Whoever notes a value that is not finite does not keep the others from their step: the first by declaration,
    /// index and variable is named. A note may be a false alarm (a sum of finite values that overflowed); then nothing
    /// is found.
    fn update_groups(&mut self, moment: Moment) -> Result<(), RunError> {
        let mut alarms = Vec::new();
        for &object in &self.schedule.groups {
            let alarm = match object {
                Object::Population(PopulationId(number)) => {
                    self.populations[number as usize].step(&mut self.machine, moment)
                }
                Object::Projection(ProjectionId(number)) => {
                    self.projections[number as usize].step(&mut self.machine, moment)
                }
                Object::Input(_) => false,
            };
            if alarm {
                alarms.push(object);
            }
        }
        match alarms.into_iter().find_map(|object| self.not_finite(object, moment)) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    fn not_finite(&self, object: Object, moment: Moment) -> Option<RunError> {
        let (name, watched, storage) = match object {
            Object::Population(PopulationId(number)) => {
                let population = &self.populations[number as usize];
                (population.name(), population.watched(), None)
            }
            Object::Projection(ProjectionId(number)) => {
                let projection = &self.projections[number as usize];
                (projection.name(), projection.watched(), projection.storage_numbers())
            }
            Object::Input(_) => return None,
        };
        let (element, watched, value) = first_not_finite(&self.machine.state, watched, storage)?;
        let (object, variable) = (name.to_owned(), watched.variable.clone());
        Some(RunError::NotFinite { object, element, variable, value, t: moment.t, tick: moment.step })
    }

    fn fire_sources(&mut self, moment: Moment) {
        for &number in &self.schedule.sources {
            self.populations[number].fire(moment);
        }
    }

    fn record_spikes(&mut self, moment: Moment) {
        for monitor in &mut self.spikes {
            monitor.record(moment, self.populations[monitor.population().0 as usize].spikes());
        }
    }

    fn deliver(&mut self, side: Side, moment: Moment) {
        let pathways = if side == Side::Pre { &self.schedule.pre } else { &self.schedule.post };
        for &(number, pathway) in pathways {
            let projection = &mut self.projections[number];
            let group = if side == Side::Pre { projection.source() } else { projection.target() };
            let spikes = self.populations[group.population.0 as usize].spikes();
            projection.deliver(pathway, spikes, &mut self.machine, moment);
        }
    }

    fn act_inputs(&mut self, moment: Moment) {
        for input in &self.inputs {
            input.act(&mut self.machine, moment);
        }
    }

    fn reset(&mut self, moment: Moment) {
        for &number in &self.schedule.resets {
            self.populations[number].reset(&mut self.machine, moment);
        }
    }

    fn count_spikes(&mut self, moment: Moment) {
        for monitor in &mut self.rates {
            monitor.record(moment, self.populations[monitor.population().0 as usize].spikes());
        }
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
        let Column::Real(values) = state.column(watched.column) else { return None };
        let value = |element: usize| values[storage.map_or(element, |storage| storage[element] as usize)];
        let element = (0..values.len()).find(|&element| !value(element).is_finite())?;
        Some((element as u32, watched, value(element)))
    });
    found.min_by_key(|&(element, ..)| element)
}
