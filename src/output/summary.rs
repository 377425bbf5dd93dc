//! `summary.json`: what was run and what came of it.

use super::Origin;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// Everything in `summary.json`. Times of the machine and of the model are in seconds.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// Version of Rheobase.
    pub rheobase: &'static str,
    /// The model's file.
    pub model: String,
    /// `jit` or `interpreter`.
    pub engine: String,
    /// In what floats the state is held: `f64` or `f32`.
    pub precision: String,
    /// Threads used for the time loop.
    pub threads: usize,
    /// The seed of all random numbers.
    pub seed: u64,
    /// The time step [s].
    pub dt: f64,
    /// From text to callable code [s].
    pub compile_s: f64,
    /// Connecting and initialising [s].
    pub build_s: f64,
    /// The time loop [s].
    pub run_s: f64,
    /// Time that passed in the model [s].
    pub biological_s: f64,
    /// Why it did not run to its end, where it did not.
    pub stopped: Option<String>,
    /// By name.
    #[serde(serialize_with = "by_name")]
    pub populations: Vec<(String, PopulationSummary)>,
    /// Number of synapses by name.
    #[serde(serialize_with = "by_name")]
    pub synapses: Vec<(String, u64)>,
    /// Integrator by name.
    #[serde(serialize_with = "by_name")]
    pub integrators: Vec<(String, String)>,
    /// Spikes and custom events recorded, by name.
    #[serde(serialize_with = "by_name")]
    pub spike_trains: Vec<(String, TrainSummary)>,
    /// What was recorded, by name.
    #[serde(serialize_with = "by_name")]
    pub recordings: Vec<(String, RecordingSummary)>,
}

/// One population.
#[derive(Clone, Debug, Serialize)]
pub struct PopulationSummary {
    /// How many neurons.
    pub size: u32,
    /// How many spikes; not there where its neurons have no threshold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spikes: Option<u64>,
    /// Spikes per neuron and second [Hz], over all the time that passed; not there where its neurons have no threshold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_hz: Option<f64>,
}

/// What is made of spikes or custom events that were recorded.
#[derive(Clone, Debug, Serialize)]
pub struct TrainSummary {
    /// How many.
    pub count: u64,
    /// Per neuron and second of the time recorded [Hz].
    pub rate_hz: f64,
    /// The mean over neurons of the coefficient of variation of their intervals.
    pub mean_cv: Option<f64>,
    /// How many neurons have one: those with three spikes or more.
    pub cv_neurons: u32,
}

/// One recording.
#[derive(Clone, Debug, Serialize)]
pub struct RecordingSummary {
    /// Its file in the folder.
    pub file: String,
    /// The units of its columns.
    pub units: String,
    /// How many rows.
    pub rows: usize,
    /// What it is of.
    #[serde(flatten)]
    pub origin: Origin,
}

/// A map in the order of the list: names are unique, and the order is the model's.
fn by_name<T: Serialize, S: Serializer>(entries: &[(String, T)], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(entries.len()))?;
    for (name, value) in entries {
        map.serialize_entry(name, value)?;
    }
    map.end()
}

/// The run against the time it stands for: so many model seconds in a second.
#[must_use]
pub fn pace(factor: f64) -> String {
    let number = |factor: f64| if factor >= 10.0 { format!("{factor:.0}") } else { format!("{factor:.1}") };
    if factor >= 1.0 {
        format!("{} x faster than real time", number(factor))
    } else {
        format!("{} x slower than real time", number(factor.recip()))
    }
}

#[cfg(test)]
mod tests {
    use super::pace;

    #[test]
    fn paces_say_which_is_faster() {
        let rows = [
            (13.2, "13 x faster than real time"),
            (2.71, "2.7 x faster than real time"),
            (1.0, "1.0 x faster than real time"),
            (0.37, "2.7 x slower than real time"),
            (0.015, "67 x slower than real time"),
        ];
        for (factor, text) in rows {
            assert_eq!(pace(factor), text);
        }
    }
}
