//! The state of a population, without its neurons' columns: its last spikes and events, and where its source is.

use super::{Population, Propagators, Source};
use crate::clock::{Clock, Tick};
use crate::code::Machine;
use crate::listed::Listed;
use crate::poisson::SavedPoisson;
use crate::saved::{Misfit, are_ascending, must};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What changes in a population besides columns.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SavedPopulation<'a> {
    spikes: Cow<'a, [u32]>,
    spike_total: u64,
    /// To whom each custom event happened last.
    events: Vec<Cow<'a, [u32]>>,
    source: SavedSource<'a>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum SavedSource<'a> {
    Neurons {
        /// Propagators are up to date.
        propagated: bool,
    },
    Poisson(SavedPoisson),
    Listed {
        spikes: Cow<'a, [(Tick, u32)]>,
        period: Option<i64>,
        next: u64,
    },
}

impl Propagators {
    fn are_current(&self, machine: &Machine) -> bool {
        self.computed_at == Some(machine.writes(&self.from))
    }
}

impl Population {
    pub(crate) fn saved(&self, machine: &Machine) -> SavedPopulation<'_> {
        let source = match &self.source {
            Source::Neurons(neurons) => SavedSource::Neurons {
                propagated: neurons.propagators.as_ref().is_some_and(|made| made.are_current(machine)),
            },
            Source::Poisson(poisson) => SavedSource::Poisson(poisson.saved()),
            Source::Listed(listed) => {
                let (spikes, period, next) = listed.saved();
                SavedSource::Listed { spikes: spikes.into(), period, next: next as u64 }
            }
        };
        let events = self.events.iter().map(|event| event.neurons().into()).collect();
        SavedPopulation { spikes: (&self.spikes).into(), spike_total: self.spike_total, events, source }
    }

    /// `clock` is its own, at the tick that comes next.
    pub(crate) fn load(&mut self, saved: &SavedPopulation<'_>, machine: &Machine, clock: &Clock) -> Result<(), Misfit> {
        let (name, size) = (self.name.clone(), self.size);
        let neurons = |neurons: &[u32]| must(are_ascending(neurons, size), &name, "spikes of neurons it has not");
        neurons(&saved.spikes)?;
        self.spikes = saved.spikes.to_vec();
        self.spike_total = saved.spike_total;
        must(saved.events.len() == self.events.len(), &name, "another number of events")?;
        for (event, saved) in self.events.iter_mut().zip(&saved.events) {
            neurons(saved)?;
            event.load(saved);
        }
        self.ahead = Default::default();
        match (&mut self.source, &saved.source) {
            (Source::Neurons(neurons), &SavedSource::Neurons { propagated }) => {
                if let Some(made) = &mut neurons.propagators {
                    made.computed_at = propagated.then(|| machine.writes(&made.from));
                }
                Ok(())
            }
            (Source::Poisson(poisson), SavedSource::Poisson(saved)) => {
                must(poisson.load(saved, clock.tick(), clock.dt()), &name, "a next spike that it cannot have")
            }
            (Source::Listed(listed), SavedSource::Listed { spikes, period, next }) => {
                let loaded = Listed::loaded(spikes.to_vec(), *period, *next, size);
                *listed = loaded.ok_or_else(|| Misfit::new(name, "listed spikes that it cannot have"))?;
                Ok(())
            }
            _ => Err(Misfit::new(name, "spikes from another source")),
        }
    }
}
