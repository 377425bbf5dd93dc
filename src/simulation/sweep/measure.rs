//! What is measured at a point: in, a simulation that has run; out, a number for every measure.

use super::table::SweepColumn;
use crate::error::Error;
use crate::ir::network::{Measured, Sweep};
use crate::simulation::run::Simulation;
use runtime::Moments;
use std::fmt;
use std::sync::Arc;

/// What a closure of the program measures [SI base units].
type Measuring = dyn Fn(&mut Simulation) -> Result<f64, Error> + Send + Sync;

/// Something that the program measures itself.
#[derive(Clone)]
pub(super) struct Own {
    pub(super) column: SweepColumn,
    pub(super) measure: Arc<Measuring>,
}

impl fmt::Debug for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.column.fmt(f)
    }
}

/// The records that the measures of a point are made of, in the order of their numbers. Which they are is another at every point: a
/// measure shares a record of the text where it is the same, which a constant may decide.
pub(super) fn needed(sweep: &Sweep) -> Vec<usize> {
    let mut numbers: Vec<usize> = sweep.measures.iter().flat_map(|measure| parts(measure.what)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

fn parts(what: Measured) -> Vec<usize> {
    match what {
        Measured::Rate(record)
        | Measured::Count(record)
        | Measured::Cv(record)
        | Measured::Mean(record)
        | Measured::LastMean(record)
        | Measured::LastDeviation(record)
        | Measured::Final(record) => vec![record],
        Measured::Deviation { mean, variance } => vec![mean, variance],
    }
}

/// Every measure of a simulation that keeps the `needed` records alone [SI base units].
pub(super) fn all(simulation: &mut Simulation, sweep: &Sweep, needed: &[usize]) -> Result<Vec<f64>, Error> {
    let place = |record: usize| {
        let place = needed.iter().position(|&number| number == record);
        place.ok_or_else(|| Error::Defect("a measure has no record".to_owned()))
    };
    let mut measure = |what: Measured| match what {
        Measured::Rate(record) => Ok(simulation.train(place(record)?).map_or(f64::NAN, |train| train.rate_hz)),
        Measured::Count(record) => Ok(simulation.train(place(record)?).map_or(f64::NAN, |train| train.count as f64)),
        Measured::Cv(record) => {
            Ok(simulation.train(place(record)?).and_then(|train| train.mean_cv).unwrap_or(f64::NAN))
        }
        Measured::Mean(record) => Ok(mean(&statistic(simulation, place(record)?)?)),
        Measured::Deviation { mean, variance } => {
            let (means, variances) = (statistic(simulation, place(mean)?)?, statistic(simulation, place(variance)?)?);
            Ok(pooled(&means, &variances).sqrt())
        }
        Measured::LastMean(record) => Ok(mean(&window(simulation, place(record)?)?.means())),
        Measured::LastDeviation(record) => {
            let moments = window(simulation, place(record)?)?;
            Ok(moments.variances().map_or(f64::NAN, |variances| pooled(&moments.means(), &variances).sqrt()))
        }
        Measured::Final(record) => Ok(simulation.final_values(place(record)?).map_or(f64::NAN, |values| mean(&values))),
    };
    sweep.measures.iter().map(|of| measure(of.what)).collect()
}

fn statistic(simulation: &Simulation, index: usize) -> Result<Vec<f64>, Error> {
    let found = simulation.records().statistic(index);
    found
        .map(|statistic| statistic.values().to_vec())
        .ok_or_else(|| Error::Defect("a measure has no record".to_owned()))
}

/// Of the samples of a window, as whole runs are summed up, so that one as long as the run gives the same bits.
fn window(simulation: &Simulation, index: usize) -> Result<Moments, Error> {
    let found = simulation.records().moments(index);
    found.ok_or_else(|| Error::Defect("a measure has no record".to_owned()))
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The variance of all samples of all elements, each of which has as many: the mean of the variances, and the variance of the means.
fn pooled(means: &[f64], variances: &[f64]) -> f64 {
    let middle = mean(means);
    let between: Vec<f64> = means.iter().map(|of_element| (of_element - middle).powi(2)).collect();
    mean(variances) + mean(&between)
}

#[cfg(test)]
mod tests {
    use super::{mean, pooled};

    #[test]
    fn the_deviation_of_all_is_made_of_those_of_each() {
        let elements = [[1.0, 2.0, 6.0], [-3.0, 0.0, 3.0]];
        let all: Vec<f64> = elements.concat();
        let variance = |values: &[f64]| mean(&values.iter().map(|x| (x - mean(values)).powi(2)).collect::<Vec<_>>());
        let (means, variances) = (elements.map(|of| mean(&of)), elements.map(|of| variance(&of)));
        assert!((pooled(&means, &variances) - variance(&all)).abs() < 1e-12);
        assert!(mean(&[]).is_nan());
    }
}
