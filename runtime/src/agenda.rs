//! The agenda: everything that acts in a step, in order.
//!
//! In come the parts of a network with their turns; out comes one list, sorted by slot and order, and where those are
//! equal by declaration: objects first, in each what holds values, `every`, the step, sums, spikes, events, pathways
//! and the reset; then calls of the caller's code, then recordings. A step goes through the list and does what is of a
//! clock that ticks; the list is made again where parts were added.

use crate::clocks::ClockId;
use crate::input::InputId;
use crate::monitor::{RateMonitorId, SpikeMonitorId, ValueMonitorId};
use crate::network::Network;
use crate::population::PopulationId;
use crate::projection::ProjectionId;
use crate::regular::Elements;
use crate::run::CallId;
use crate::solo::Solo;
use crate::turn::Turn;

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

/// Something that acts; numbers are positions among parts of the kind. With a tag of its own, and not one made of those of
/// objects and recordings: it is looked at several times a step.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// A regular operation, or a subexpression held.
    Regular(u32),
    /// A state update.
    Update(Object),
    /// A summed variable of a projection.
    Sum(u32, u32),
    /// Spikes of a population that no step makes.
    Fire(u32),
    /// The condition of an event of a population.
    Look(u32, u32),
    /// What happens then.
    Event(u32, u32),
    /// A pathway of a projection.
    Deliver(u32, u32),
    /// A `poisson_input`.
    Input(u32),
    /// Reset of a population.
    Reset(u32),
    /// Code of the caller.
    Call(CallId),
    /// A monitor.
    Record(Recording),
}

/// A monitor of any kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recording {
    /// Of spikes or events.
    Spikes(SpikeMonitorId),
    /// Of a rate.
    Rate(RateMonitorId),
    /// Of values.
    Values(ValueMonitorId),
}

/// Something with its turn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) clock: ClockId,
    pub(crate) turn: Turn,
    pub(crate) act: Act,
}

/// Everything that acts in a step.
#[derive(Clone, Debug, Default)]
pub(crate) struct Agenda {
    pub(crate) entries: Vec<Entry>,
    /// Poisson sources, whose rates are looked at before a step, and their clocks.
    pub(crate) rates: Vec<(ClockId, u32)>,
    /// By population what it may do ahead of the others, where it may.
    pub(crate) solos: Vec<Option<Solo>>,
    /// There are no others, and where nobody spikes nothing is done but what they do by themselves.
    pub(crate) is_silent_without_spikes: bool,
    /// Which parts it was made of (`Network::parts`).
    pub(crate) parts: u64,
}

impl Agenda {
    pub(crate) fn new(network: &Network) -> Self {
        let mut agenda = Self { parts: network.parts, ..Self::default() };
        for &object in &network.order {
            agenda.add_regular(network, object);
            match object {
                Object::Population(PopulationId(number)) => agenda.add_population(network, number),
                Object::Projection(ProjectionId(number)) => agenda.add_projection(network, number),
                Object::Input(InputId(number)) => {
                    let input = &network.inputs[number as usize];
                    agenda.add(network.clock_of(input.group().population), input.turn(), Act::Input(number));
                }
            }
        }
        for (call, &(clock, turn)) in (0..).zip(&network.calls) {
            agenda.add(clock, turn, Act::Call(CallId(call)));
        }
        for &(clock, turn, recording) in &network.recordings {
            agenda.add(clock, turn, Act::Record(recording));
        }
        agenda.entries.sort_by_key(|entry| entry.turn);
        agenda.find_solos(network);
        agenda
    }

    /// Whether a population may ever run ahead of the others.
    pub(crate) fn may_run_ahead(&self, population: u32) -> bool {
        self.solos.get(population as usize).is_some_and(Option::is_some)
    }

    fn add(&mut self, clock: ClockId, turn: Turn, act: Act) {
        self.entries.push(Entry { clock, turn, act });
    }

    fn add_some(&mut self, clock: ClockId, turn: Option<Turn>, act: Act) {
        turn.into_iter().for_each(|turn| self.add(clock, turn, act));
    }

    fn add_regular(&mut self, network: &Network, object: Object) {
        for (number, regular) in (0..).zip(&network.regular) {
            let of = match regular.of {
                Elements::Neurons(population) => Object::Population(population),
                Elements::Synapses(projection, _) => Object::Projection(projection),
            };
            if of == object {
                self.add(regular.clock, regular.turn, Act::Regular(number));
            }
        }
    }

    fn add_population(&mut self, network: &Network, number: u32) {
        let population = &network.populations[number as usize];
        let clock = population.clock();
        if population.rate().is_some() {
            self.rates.push((clock, number));
        }
        self.add_some(clock, population.step_turn(), Act::Update(Object::Population(PopulationId(number))));
        self.add_some(clock, population.firing_turn(), Act::Fire(number));
        for (place, event) in (0..).zip(population.events()) {
            self.add(clock, event.turn(), Act::Look(number, place));
            self.add_some(clock, event.code_turn(), Act::Event(number, place));
        }
        self.add_some(clock, population.reset_turn(), Act::Reset(number));
    }

    fn add_projection(&mut self, network: &Network, number: u32) {
        let projection = &network.projections[number as usize];
        self.add_some(
            projection.clock(),
            projection.step_turn(),
            Act::Update(Object::Projection(ProjectionId(number))),
        );
        for (place, summed) in (0..).zip(projection.summed()) {
            self.add(network.clock_of(summed.group().population), summed.turn(), Act::Sum(number, place));
        }
        for (place, pathway) in (0..).zip(projection.pathways()) {
            let spiking = projection.side(pathway.side()).population;
            self.add(network.clock_of(spiking), pathway.turn(), Act::Deliver(number, place));
        }
    }
}
