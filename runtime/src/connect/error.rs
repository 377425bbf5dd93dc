//! What can be wrong with a connection, as values: which connect, which neuron, which number. No text of a model is
//! known here.

use super::Outer;

/// Why a projection could not be connected.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("connect {connect}: {fault}")]
pub struct ConnectError {
    /// Which rule, by its place in the list.
    pub connect: usize,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with a rule. Neurons are relative to their group.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Fault {
    /// More synapses than can be numbered, all connects of the projection together.
    #[error("about {synapses:.0} synapses are more than the {limit} that a projection can have")]
    TooMany {
        /// How many there would be: expected where the rule is a random one, and at least so many where only counting
        /// showed it.
        synapses: f64,
        /// The most there can be.
        limit: u32,
    },
    /// More synapses than there is memory for.
    #[error("there is no memory for about {synapses:.0} synapses")]
    NoMemory {
        /// How many are expected, all connects of the projection together.
        synapses: f64,
        /// What they take.
        bytes: f64,
    },
    /// A generator gave a neuron that its group does not have.
    #[error("neuron {neuron} is given partner {value}, outside a group of {size}")]
    OutOfGroup {
        /// The side gone through.
        outer: Outer,
        /// The neuron of that side.
        neuron: u32,
        /// What the generator gave for the other side.
        value: i64,
        /// Size of the other side's group.
        size: u32,
    },
    /// A listed pair names a neuron that its group does not have.
    #[error("pair {position}: neuron {neuron} is outside a group of {size}")]
    PairOutOfGroup {
        /// The side of the bad number.
        side: Outer,
        /// Which pair of the list.
        position: usize,
        /// The bad number.
        neuron: u32,
        /// Size of that side's group.
        size: u32,
    },
    /// A range with step 0.
    #[error("the range of neuron {neuron} has step 0")]
    ZeroStep {
        /// The side gone through.
        outer: Outer,
        /// The neuron of that side.
        neuron: u32,
    },
    /// A sample of more values than there are, or of fewer than none.
    #[error("neuron {neuron} draws {wanted} of {available} values")]
    SampleSize {
        /// The side gone through.
        outer: Outer,
        /// The neuron of that side.
        neuron: u32,
        /// How many are asked for.
        wanted: i64,
        /// How many there are.
        available: u64,
    },
    /// A fixed number of distinct partners that there are not.
    #[error("neuron {neuron} has {available} possible partners, not {wanted}")]
    TooFewPartners {
        /// The side whose neurons get a fixed number of partners.
        outer: Outer,
        /// The first neuron of that side that cannot have them.
        neuron: u32,
        /// How many it should get.
        wanted: u32,
        /// How many it could get.
        available: u32,
    },
    /// A fixed total of synapses, but not one pair that may be connected.
    #[error("{wanted} synapses, but no pair that may be connected")]
    NoPair {
        /// How many synapses were asked for.
        wanted: u64,
    },
}
