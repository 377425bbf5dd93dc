//! What pictures need to know of the model beside a recording: how long it ran, how many neurons there are, what is a
//! synapse.

use crate::output::Summary;

/// Facts that a summary has, and `summary.json` too.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct About {
    /// Time that passed in the model [s].
    pub end: f64,
    /// Populations with the number of their neurons.
    pub populations: Vec<(String, u32)>,
    /// Names of projections.
    pub projections: Vec<String>,
}

impl About {
    /// From a run's summary.
    #[must_use]
    pub fn of(summary: &Summary) -> Self {
        Self {
            end: summary.biological_s,
            populations: summary.populations.iter().map(|(name, of)| (name.clone(), of.size)).collect(),
            projections: summary.synapses.iter().map(|(name, _)| name.clone()).collect(),
        }
    }

    /// From `summary.json`; what it does not say is not known.
    #[must_use]
    pub fn of_json(summary: &serde_json::Value) -> Self {
        let map = |name: &str| summary.get(name).and_then(serde_json::Value::as_object).into_iter().flatten();
        let size = |of: &serde_json::Value| of.get("size").and_then(serde_json::Value::as_u64);
        let population = |(name, of): (&String, &serde_json::Value)| Some((name.clone(), size(of)?.try_into().ok()?));
        Self {
            end: summary.get("biological_s").and_then(serde_json::Value::as_f64).unwrap_or(0.0),
            populations: map("populations").filter_map(population).collect(),
            projections: map("synapses").map(|(name, _)| name.clone()).collect(),
        }
    }

    /// How many neurons a population has; `None` for subgroups and what is none.
    pub(super) fn size(&self, name: &str) -> Option<u32> {
        self.populations.iter().find(|(of, _)| of == name).map(|(_, size)| *size)
    }

    /// Whether a name is a projection's.
    pub(super) fn is_projection(&self, name: &str) -> bool {
        self.projections.iter().any(|of| of == name)
    }
}
