//! What comes out of a sweep: a row for every point, with what was varied and what was measured.

use super::Sweep;
use crate::ir::network::Seeds;
use crate::output::{Columns, FailureSummary, Format, SweepSummary, SweptSummary, Table, write_recording};
use crate::sources::Sources;
use crate::units::Dimension;
use grammar::Diagnostic;
use std::borrow::Cow;
use std::io;
use std::path::Path;
use std::time::Duration;

/// A column of a sweep's table: something varied or measured.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepColumn {
    /// The constant, `tau`, or the measure as it is written, `rate(P)`.
    pub name: String,
    /// What its values measure; they are in SI base units.
    pub dimension: Dimension,
}

/// A point that was run.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepPoint {
    /// Its number, from 0.
    pub number: usize,
    /// The value of every axis [SI base units].
    pub values: Vec<f64>,
    /// The seed of its random numbers.
    pub seed: u64,
    /// Every measure [SI base units], NaN where there is none (the variability of neurons that did not spike); or why the point
    /// has failed, as it is told of a model that runs by itself: lines that begin with `help: ` say what mends it.
    pub outcome: Result<Vec<f64>, String>,
}

/// The points of a sweep that were run, in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepTable {
    /// What was varied; the last changes fastest from point to point.
    pub axes: Vec<SweepColumn>,
    /// The values of each axis.
    pub values: Vec<Vec<f64>>,
    /// What was measured.
    pub measures: Vec<SweepColumn>,
    /// Whether the points have different seeds.
    pub seeds: Seeds,
    /// The seed of the first point.
    pub seed: u64,
    /// How often code was compiled: points whose programs differ in numbers alone share it.
    pub compiled: usize,
    /// How many recordings the model's text asks for: they are not made, also where a measure is of the same. 0 where closures,
    /// which may look at them, have them kept.
    pub unrecorded: usize,
    /// What is worth knowing about the sweep, or about all of its points, but no error.
    pub warnings: Vec<Diagnostic>,
    /// The texts that warnings point into.
    pub sources: Sources,
    /// In the order of their numbers. Where a sweep was stopped, not all.
    pub points: Vec<SweepPoint>,
}

impl SweepTable {
    /// How many points there are in all, run or not.
    #[must_use]
    pub fn size(&self) -> usize {
        self.values.iter().map(Vec::len).product()
    }

    /// Those that have failed.
    pub fn failures(&self) -> impl Iterator<Item = (&SweepPoint, &str)> {
        self.points.iter().filter_map(|point| Some((point, point.outcome.as_ref().err()?.as_str())))
    }

    /// A measure at every point, run or not: none where the point was not run, or has failed.
    #[must_use]
    pub fn measured(&self, measure: usize) -> Vec<Option<f64>> {
        let mut all = vec![None; self.size()];
        for point in &self.points {
            all[point.number] = point.outcome.as_ref().ok().and_then(|values| values.get(measure).copied());
        }
        all
    }

    /// As a table with a row for every point: number, axes, seed where seeds differ, measures (NaN where a point has failed).
    #[must_use]
    pub fn table(&self) -> Table<'static> {
        let column = |of: &SweepColumn, values: Vec<f64>| {
            (of.name.clone(), of.dimension.to_string(), Columns::Real(Cow::Owned(values)))
        };
        let counted = |name: &str, values: Vec<i64>| {
            (name.to_owned(), Dimension::ONE.to_string(), Columns::Long(Cow::Owned(values)))
        };
        let mut columns = vec![counted("point", self.points.iter().map(|point| point.number as i64).collect())];
        let axes = self.axes.iter().enumerate();
        columns
            .extend(axes.map(|(place, of)| column(of, self.points.iter().map(|point| point.values[place]).collect())));
        if self.seeds == Seeds::Apart {
            let seeds = Columns::Seed(self.points.iter().map(|point| point.seed).collect());
            columns.push(("seed".to_owned(), Dimension::ONE.to_string(), seeds));
        }
        let measured = |place: usize| {
            let value = |point: &SweepPoint| point.outcome.as_ref().map_or(f64::NAN, |values| values[place]);
            self.points.iter().map(value).collect()
        };
        columns.extend(self.measures.iter().enumerate().map(|(place, of)| column(of, measured(place))));
        Table::of(columns)
    }

    /// Writes the table into a folder; what its file is called.
    ///
    /// # Errors
    /// What writing fails with.
    pub fn write(&self, folder: &Path, format: Format) -> io::Result<String> {
        let (_, written) = write_recording(folder, "table", &self.table(), format)?;
        Ok(written.file)
    }

    /// What was run and what came of it. `name` is what the model's file is called, `file` that of the table.
    #[must_use]
    pub fn summary(&self, name: &str, sweep: &Sweep, took: Duration, file: String) -> SweepSummary {
        let options = sweep.model.options();
        let swept = |of: &SweepColumn, values: &[f64]| SweptSummary {
            name: of.name.clone(),
            unit: of.dimension.to_string(),
            values: values.to_vec(),
        };
        let failure = |(point, reason): (&SweepPoint, &str)| FailureSummary {
            point: point.number,
            values: point.values.clone(),
            reason: reason.to_owned(),
        };
        SweepSummary {
            rheobase: env!("CARGO_PKG_VERSION"),
            model: name.to_owned(),
            engine: options.engine.name().to_owned(),
            precision: options.precision.name().to_owned(),
            threads: sweep.at_a_time(self.size()),
            seed: self.seed,
            seeds: self.seeds.name().to_owned(),
            points: self.size(),
            done: self.points.len(),
            compiled: self.compiled,
            run_s: took.as_secs_f64(),
            axes: self.axes.iter().zip(&self.values).map(|(of, values)| swept(of, values)).collect(),
            measures: self.measures.iter().map(|of| swept(of, &[])).collect(),
            table: file,
            failures: self.failures().map(failure).collect(),
        }
    }
}
