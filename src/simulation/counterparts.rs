//! What the runtime calls the parts of a plan: clocks, turns, groups, objects.
//!
//! In: a part as the network and the plan have it. Out: the runtime's value for the same. Numbers are the same on both sides, since a
//! network is built in the order of its plan.

use crate::ir::network::{self, Group, Object};
use runtime::{ClockId, InputId, PopulationId, ProjectionId, Slot, Turn};

/// A clock: its number is the same.
pub(super) fn clock(clock: network::ClockId) -> ClockId {
    ClockId(clock.0)
}

/// A turn within a step.
pub(super) fn turn(turn: network::Turn) -> Turn {
    Turn::at(slot(turn.slot), turn.order)
}

fn slot(slot: network::Slot) -> Slot {
    use network::Slot as Of;
    match slot {
        Of::BeforeStart => Slot::BeforeStart,
        Of::Start => Slot::Start,
        Of::AfterStart => Slot::AfterStart,
        Of::BeforeGroups => Slot::BeforeGroups,
        Of::Groups => Slot::Groups,
        Of::AfterGroups => Slot::AfterGroups,
        Of::BeforeThresholds => Slot::BeforeThresholds,
        Of::Thresholds => Slot::Thresholds,
        Of::AfterThresholds => Slot::AfterThresholds,
        Of::BeforeSynapses => Slot::BeforeSynapses,
        Of::Synapses => Slot::Synapses,
        Of::AfterSynapses => Slot::AfterSynapses,
        Of::BeforeResets => Slot::BeforeResets,
        Of::Resets => Slot::Resets,
        Of::AfterResets => Slot::AfterResets,
        Of::BeforeEnd => Slot::BeforeEnd,
        Of::End => Slot::End,
        Of::AfterEnd => Slot::AfterEnd,
    }
}

/// A group of neurons; of synapses, whose number is not known before they are connected, see `ends::group`.
pub(super) fn group(group: Group) -> runtime::Group {
    let population = PopulationId(group.population.0);
    runtime::Group { population, offset: group.offset, size: group.size }
}

/// Arrays are no part of a network's time.
pub(super) fn object(object: Object) -> Option<runtime::Object> {
    match object {
        Object::Population(id) => Some(runtime::Object::Population(PopulationId(id.0))),
        Object::Projection(id) => Some(runtime::Object::Projection(ProjectionId(id.0))),
        Object::Input(number) => Some(runtime::Object::Input(InputId(number))),
        Object::Array(_) => None,
    }
}
