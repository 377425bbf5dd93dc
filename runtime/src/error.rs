//! What can be wrong with a network, as values: when it is put together (`BuildError`) and while it runs (`RunError`).
//!
//! Names are those the objects were given; times are in seconds. Who knows the user's text adds spans and units.

/// A part that does not fit the network.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BuildError {
    /// The time step is no positive number.
    #[error("the time step must be positive, and is {dt} s")]
    TimeStep {
        /// The time step [s].
        dt: f64,
    },
    /// A spike of a source before time 0, or at none.
    #[error("a spike of {population} has the time {time} s; times are 0 or more")]
    SpikeTime {
        /// The source.
        population: String,
        /// Position in the list of spikes.
        position: usize,
        /// The time [s].
        time: f64,
    },
    /// A spike of a neuron that a source has not.
    #[error("a spike of {population} is of neuron {neuron}, and there are {size}")]
    SpikeNeuron {
        /// The source.
        population: String,
        /// Position in the list of spikes.
        position: usize,
        /// The neuron.
        neuron: u32,
        /// How many there are.
        size: u32,
    },
    /// Two spikes of one neuron in one tick.
    #[error("neuron {neuron} of {population} spikes twice in tick {tick}")]
    SpikeTwice {
        /// The source.
        population: String,
        /// The neuron.
        neuron: u32,
        /// The tick.
        tick: i64,
    },
    /// A period that is no whole number of ticks.
    #[error("{population} repeats its spikes every {period} s, which is no whole number of steps of {dt} s")]
    Period {
        /// The source.
        population: String,
        /// The period [s].
        period: f64,
        /// Time step [s].
        dt: f64,
    },
    /// A spike that comes only when its list begins again.
    #[error("a spike of neuron {neuron} of {population} is at {} s, and all come again after {period} s", readable(*time))]
    SpikeAfterPeriod {
        /// The source.
        population: String,
        /// The neuron.
        neuron: u32,
        /// Time of its tick [s].
        time: f64,
        /// The period [s].
        period: f64,
    },
    /// A population whose spikes are not listed was to get other ones.
    #[error("population number {population} has no listed spikes")]
    NotListed {
        /// The population.
        population: u32,
    },
    /// A custom event that a population has not.
    #[error("{object} refers to event number {event} of population number {population}, which is not there")]
    Event {
        /// What refers to it.
        object: String,
        /// The population.
        population: u32,
        /// The event.
        event: u32,
    },
    /// A regular operation on an object that is not there.
    #[error("a regular operation is on an object that is not there")]
    Regular,
    /// A group that is not in its population, or a population that is not in the network.
    #[error("{object} refers to neurons {offset}..{end} of population number {population}, which are not there")]
    Group {
        /// What refers to it.
        object: String,
        /// The population.
        population: u32,
        /// First neuron.
        offset: u32,
        /// One past the last.
        end: u64,
    },
    /// Rows that are not from the source group to the target group.
    #[error("the synapses of {projection} do not go from its source to its target")]
    Rows {
        /// The projection.
        projection: String,
    },
    /// An order of creation that is no permutation of the synapses.
    #[error("the order of creation of {projection} does not number its synapses")]
    Creation {
        /// The projection.
        projection: String,
    },
    /// Elements to record that are not there.
    #[error("{name} records element {element}, and there are {size}")]
    Element {
        /// The recording.
        name: String,
        /// The element.
        element: u32,
        /// How many there are.
        size: u32,
    },
    /// A distance of samples that is no whole number of steps.
    #[error("samples {every} s apart do not fall on steps of {dt} s")]
    Every {
        /// The distance [s].
        every: f64,
        /// Time step [s].
        dt: f64,
    },
    /// A window of no length, or of more ticks than can be counted.
    #[error("the last {window} s cannot be kept: a window is longer than 0 s, and no longer than 2^53 steps of {dt} s")]
    Window {
        /// Its length [s].
        window: f64,
        /// Time step [s].
        dt: f64,
    },
    /// An order of declaration that does not name every object once.
    #[error("the order of declaration does not name every population, projection and input once")]
    Order,
    /// The system gave no threads.
    #[error("{count} threads could not be started: {reason}")]
    Threads {
        /// How many were asked for.
        count: usize,
        /// The system's reason.
        reason: String,
    },
}

/// Why a run stopped, or did not begin.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RunError {
    /// A state became NaN or infinite. The network stays where it is; what was recorded until then is kept.
    #[error("{variable} of {object}[{element}] is {value} at t = {} s (tick {tick})", readable(*t))]
    NotFinite {
        /// Population or projection.
        object: String,
        /// Neuron, or synapse by order of creation.
        element: u32,
        /// Which variable.
        variable: String,
        /// NaN or an infinity.
        value: f64,
        /// Time of the step that computed it [s].
        t: f64,
        /// The step.
        tick: i64,
    },
    /// A Poisson rate that is negative or no number.
    #[error("the rate of {population} is {rate} Hz at t = {} s; a rate is 0 or more", readable(*t))]
    Rate {
        /// The population.
        population: String,
        /// Its rate [Hz].
        rate: f64,
        /// When [s].
        t: f64,
        /// The step.
        tick: i64,
    },
    /// A delay that is negative, no number, or longer than `clock::LONGEST_DELAY` steps.
    #[error("the delay of pathway {pathway} of {projection} is {delay} s; delays are 0 to {longest} s")]
    Delay {
        /// The projection.
        projection: String,
        /// Its pathway.
        pathway: String,
        /// Which synapse, by order of creation, where each has its own.
        synapse: Option<u32>,
        /// The delay [s].
        delay: f64,
        /// The longest [s].
        longest: f64,
    },
    /// A duration that is negative, no number, or ends beyond 2^53 steps.
    #[error("a run cannot last {duration} s")]
    Duration {
        /// The duration [s].
        duration: f64,
    },
    /// A run was begun from within a step of another.
    #[error("the network is in the middle of a step")]
    Nested,
}

/// A time as people write it: the third of steps of 0.0001 s is at 0.0003 s, and not at 0.00030000000000000003 s.
fn readable(t: f64) -> f64 {
    format!("{t:.12e}").parse().unwrap_or(t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_without_the_rounding_of_steps() {
        for (t, text) in [(3.0 * 1e-4, "0.0003"), (0.0, "0"), (12_345.0 * 5e-5, "0.61725"), (1e9 * 1e-4, "100000")] {
            assert_eq!(readable(t).to_string(), text);
        }
    }
}
