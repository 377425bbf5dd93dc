//! The state of a projection, without its synapses' columns.

use super::Projection;
use crate::clocks::Clocks;
use crate::code::Machine;
use crate::pathway::{Delay, SavedPathway};
use crate::population::Population;
use crate::saved::{Misfit, must};
use serde::{Deserialize, Serialize};

/// What changes in a projection besides columns.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SavedProjection<'a> {
    event_total: u64,
    pathways: Vec<SavedPathway<'a>>,
}

impl Projection {
    pub(crate) fn saved(&self, machine: &Machine) -> SavedProjection<'_> {
        let pathways = self.pathways.iter().map(|pathway| pathway.saved(machine)).collect();
        SavedProjection { event_total: self.event_total, pathways }
    }

    /// `under_way` says that delays stay as they are until the next run.
    pub(crate) fn load(
        &mut self,
        saved: &SavedProjection<'_>,
        machine: &Machine,
        populations: &[Population],
        clocks: &Clocks,
        under_way: bool,
    ) -> Result<(), Misfit> {
        self.event_total = saved.event_total;
        must(saved.pathways.len() == self.pathways.len(), &self.name, "another number of pathways")?;
        for (number, saved) in saved.pathways.iter().enumerate() {
            let side = self.side(self.pathways[number].side());
            let dt = clocks.get(populations[side.population.0 as usize].clock()).dt();
            let pathway = &mut self.pathways[number];
            let limit = match pathway.delay() {
                Delay::Shared(_) => side.size,
                Delay::PerSynapse(_) => self.rows.len() as u32,
            };
            let loaded = pathway.load(saved, limit, machine, (dt, under_way));
            loaded.map_err(|misfit| Misfit::new(format!("{}.{}", self.name, misfit.part), misfit.reason))?;
        }
        Ok(())
    }
}
