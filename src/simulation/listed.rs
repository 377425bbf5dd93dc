//! Other spikes for sources of listed ones.
//!
//! In: neurons and times of spikes, in SI base units. Out: a source that makes them from now on, those of the past left out.

use super::quantity::IntoQuantity;
use super::run::Simulation;
use crate::error::Error;
use crate::ir::network::PopulationId;
use crate::units::Dimension;

impl Simulation {
    /// Gives a `spike_source` other spikes from now on, each a neuron and a time [s] of the experiment; a period it had ends. Says
    /// how many of them are past, which are left out.
    ///
    /// # Errors
    /// `Error::Unknown` where there is no such population, `Error::Length` where there are not as many times as neurons,
    /// `Error::Spikes` where it is no spike source, or a neuron is not there, spikes twice in a time step, or before 0.
    pub fn set_spikes(&mut self, name: &str, neurons: &[u32], times: &[f64]) -> Result<usize, Error> {
        self.replace_spikes(name, neurons, times, None)
    }

    /// The same for spikes that come again after a period, `6.0*MS` or `"6*ms"`; times count from the beginning of each.
    ///
    /// # Errors
    /// As `set_spikes`; `Error::Unit` where the period is no time, `Error::Spikes` where it is no whole number of time steps or does
    /// not hold all the spikes.
    pub fn set_spikes_with_period(
        &mut self,
        name: &str,
        neurons: &[u32],
        times: &[f64],
        period: impl IntoQuantity,
    ) -> Result<usize, Error> {
        let period = period.into_quantity()?.expect("a period", Dimension::SECOND)?;
        self.replace_spikes(name, neurons, times, Some(period))
    }

    fn replace_spikes(
        &mut self,
        name: &str,
        neurons: &[u32],
        times: &[f64],
        period: Option<f64>,
    ) -> Result<usize, Error> {
        let populations = &self.model.plan().populations;
        let Some((number, _)) = (0..).zip(populations).find(|(_, population)| population.name == name) else {
            let names = populations.iter().map(|population| &*population.name);
            let suggestion = crate::resolve::nearest(name, names).map(ToOwned::to_owned);
            return Err(Error::Unknown { what: "population", name: name.to_owned(), suggestion });
        };
        if neurons.len() != times.len() {
            return Err(Error::Length { name: name.to_owned(), expected: neurons.len(), got: times.len() });
        }
        let spikes: Vec<(f64, u32)> = times.iter().copied().zip(neurons.iter().copied()).collect();
        self.give_spikes(PopulationId(number), &spikes, period)
    }

    /// Gives a source other spikes; says how many are past.
    pub(super) fn give_spikes(
        &mut self,
        population: PopulationId,
        spikes: &[(f64, u32)],
        period: Option<f64>,
    ) -> Result<usize, Error> {
        let PopulationId(number) = population;
        let given = self.network.set_spikes(runtime::PopulationId(number), spikes, period);
        let name = || self.model.plan().populations[number as usize].name.clone();
        given.map_err(|reason| Error::Spikes { name: name(), reason })
    }
}
