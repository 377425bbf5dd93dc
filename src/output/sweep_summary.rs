//! `summary.json` of a sweep: what was varied and measured, and what came of it.

use serde::Serialize;

/// Everything in `summary.json` of a sweep. Times of the machine are in seconds.
#[derive(Clone, Debug, Serialize)]
pub struct SweepSummary {
    /// Version of Rheobase.
    pub rheobase: &'static str,
    /// The model's file.
    pub model: String,
    /// `jit` or `interpreter`.
    pub engine: String,
    /// In what floats the state is held: `f64` or `f32`.
    pub precision: String,
    /// How many points were run at a time.
    pub threads: usize,
    /// The seed of the first point.
    pub seed: u64,
    /// `alike` or `apart`.
    pub seeds: String,
    /// How many points there are.
    pub points: usize,
    /// How many of them were run.
    pub done: usize,
    /// How often code was compiled: points whose programs differ in numbers alone share it.
    pub compiled: usize,
    /// How long it took in all [s].
    pub run_s: f64,
    /// What was varied; the last changes fastest from point to point.
    pub axes: Vec<SweptSummary>,
    /// What was measured.
    pub measures: Vec<SweptSummary>,
    /// The file of the table.
    pub table: String,
    /// Points that have failed.
    pub failures: Vec<FailureSummary>,
}

/// Something varied or measured.
#[derive(Clone, Debug, Serialize)]
pub struct SweptSummary {
    /// Its name, that of its column.
    pub name: String,
    /// The unit of its values.
    pub unit: String,
    /// The values that it is given; none where it is measured.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<f64>,
}

/// A point that has failed.
#[derive(Clone, Debug, Serialize)]
pub struct FailureSummary {
    /// Its number.
    pub point: usize,
    /// The value of every axis.
    pub values: Vec<f64>,
    /// Why.
    pub reason: String,
}
