//! What pictures need to know of the model beside a recording: how long it ran, how many neurons there are, what is a
//! synapse, since when something was recorded.

use crate::output::{Origin, Summary};
use serde_json::Value;

/// Facts that a summary has, and `summary.json` too.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct About {
    /// Time that passed in the model [s].
    pub end: f64,
    /// Populations with the number of their neurons.
    pub populations: Vec<(String, u32)>,
    /// Names of projections.
    pub projections: Vec<String>,
    /// What recordings are of, by the names of their files; of others their names and columns tell.
    pub origins: Vec<(String, Origin)>,
}

impl About {
    /// From a run's summary.
    #[must_use]
    pub fn of(summary: &Summary) -> Self {
        Self {
            end: summary.biological_s,
            populations: summary.populations.iter().map(|(name, of)| (name.clone(), of.size)).collect(),
            projections: summary.synapses.iter().map(|(name, _)| name.clone()).collect(),
            origins: summary.recordings.iter().map(|(name, of)| (name.clone(), of.origin.clone())).collect(),
        }
    }

    /// From `summary.json`; what it does not say is not known.
    #[must_use]
    pub fn of_json(summary: &Value) -> Self {
        let map = |name: &str| summary.get(name).and_then(Value::as_object).into_iter().flatten();
        let size = |of: &Value| of.get("size").and_then(Value::as_u64);
        let population = |(name, of): (&String, &Value)| Some((name.clone(), size(of)?.try_into().ok()?));
        let origin = |(name, of): (&String, &Value)| {
            let recorded = of.get("recorded")?.as_str()?.to_owned();
            let smooth_s = of.get("smooth_s").and_then(Value::as_f64);
            let neurons = of.get("neurons").and_then(Value::as_u64).and_then(|size| size.try_into().ok());
            Some((name.clone(), Origin { recorded, since_s: of.get("since_s")?.as_f64()?, smooth_s, neurons }))
        };
        Self {
            end: summary.get("biological_s").and_then(Value::as_f64).unwrap_or(0.0),
            populations: map("populations").filter_map(population).collect(),
            projections: map("synapses").map(|(name, _)| name.clone()).collect(),
            origins: map("recordings").filter_map(origin).collect(),
        }
    }

    /// How many neurons a population has; `None` for parts and what is none.
    pub(super) fn size(&self, name: &str) -> Option<u32> {
        self.populations.iter().find(|(of, _)| of == name).map(|(_, size)| *size)
    }

    /// What a recording of this file is of.
    pub(super) fn origin(&self, name: &str) -> Option<&Origin> {
        self.origins.iter().find(|(of, _)| of == name).map(|(_, origin)| origin)
    }

    /// Whether a name is a projection's.
    pub(super) fn is_projection(&self, name: &str) -> bool {
        self.projections.iter().any(|of| of == name)
    }
}
