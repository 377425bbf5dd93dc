//! The state of a pathway: spikes on their way, and delays in ticks.
//!
//! Delays per synapse are made ticks when a run begins; where their column has not changed since, they are made again
//! from it, and only those of another time are kept one by one.

use super::{Delay, Pathway, Ticks, per_synapse};
use crate::clock::LONGEST_DELAY;
use crate::code::Machine;
use crate::queue::Queue;
use crate::saved::{Misfit, must};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What changes in a pathway.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SavedPathway<'a> {
    delay: SavedDelay,
    /// Events by ticks from the next one on, ascending.
    queue: Vec<(u32, Cow<'a, [u32]>)>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum SavedDelay {
    /// The delay [s], what it was in ticks when the last run began, and whether it is that still.
    Shared { seconds: f64, ticks: u32, current: bool },
    /// No run has begun since the column was made.
    Unrounded,
    /// What the column says.
    Current,
    /// What the column said when the last run began.
    Earlier(Vec<u32>),
}

impl Ticks {
    fn each(&self) -> Vec<u32> {
        match self {
            Self::Shared(ticks) => vec![*ticks],
            Self::Short(ticks) => ticks.iter().copied().map(u32::from).collect(),
            Self::Long(ticks) => ticks.clone(),
        }
    }
}

impl Pathway {
    pub(crate) fn saved(&self, machine: &Machine) -> SavedPathway<'_> {
        let delay = match (self.delay, &self.ticks) {
            (Delay::Shared(seconds), ticks) => {
                let ticks = if let Ticks::Shared(ticks) = ticks { *ticks } else { 0 };
                SavedDelay::Shared { seconds, ticks, current: self.ticks_of.is_some() }
            }
            (Delay::PerSynapse(_), _) if self.ticks_of.is_none() => SavedDelay::Unrounded,
            (Delay::PerSynapse(column), _) if self.ticks_of == Some(machine.writes(&[column])) => SavedDelay::Current,
            (Delay::PerSynapse(_), ticks) => SavedDelay::Earlier(ticks.each()),
        };
        SavedPathway { delay, queue: self.queue.waiting().map(|(ticks, events)| (ticks, events.into())).collect() }
    }

    /// `limit` is how many rows or targets may spike, or how many synapses there are where each has a delay of its own;
    /// `dt` [s] is that of whoever spikes.
    pub(crate) fn load(
        &mut self,
        saved: &SavedPathway<'_>,
        limit: u32,
        machine: &Machine,
        (dt, under_way): (f64, bool),
    ) -> Result<(), Misfit> {
        let delays = |name: &str| Misfit::new(name, "delays that it cannot have");
        let longest = match (self.delay, &saved.delay) {
            (Delay::Shared(_), &SavedDelay::Shared { seconds, ticks, current }) => {
                must(ticks <= LONGEST_DELAY, &self.name, "a delay that it cannot have")?;
                self.delay = Delay::Shared(seconds);
                self.ticks = Ticks::Shared(ticks);
                self.ticks_of = current.then_some(0);
                ticks
            }
            (Delay::PerSynapse(_), SavedDelay::Unrounded) if !under_way => {
                self.ticks_of = None;
                0
            }
            (Delay::PerSynapse(column), SavedDelay::Current) => {
                let (ticks, longest) = per_synapse(&machine.state, column, dt).map_err(|_| delays(&self.name))?;
                self.ticks = ticks;
                self.ticks_of = Some(machine.writes(&[column]));
                longest
            }
            (Delay::PerSynapse(column), SavedDelay::Earlier(ticks)) => {
                let longest = ticks.iter().copied().max().unwrap_or(0);
                let fits = ticks.len() == machine.state.column(column).len() && longest <= LONGEST_DELAY;
                must(fits, &self.name, "delays that it cannot have")?;
                self.ticks = Ticks::Long(ticks.clone());
                // Another number than any count of writes to come: they are made anew when the next run begins.
                self.ticks_of = Some(u64::MAX);
                longest
            }
            _ => return Err(delays(&self.name)),
        };
        self.shortest = self.ticks.each().into_iter().min().unwrap_or(0);
        let queue = Queue::loaded(saved.queue.iter().map(|(ticks, events)| (*ticks, &**events)), longest, limit);
        self.queue = queue.ok_or_else(|| Misfit::new(&self.name, "spikes on their way that it cannot have"))?;
        Ok(())
    }
}
