//! Going back: states kept under names.
//!
//! In: a simulation between two steps. Out: the same, as it was when it was stored: all values, time, delays, spikes on their way, the
//! place of listed and Poisson sources, what was recorded until then. Random numbers go on as new ones, unless they are to come again
//! too. A recording begun since stays and is empty; so do callbacks.

use super::run::Simulation;
use super::spool::{Spool, Stream};
use crate::error::Error;
use runtime::Network;

/// A state kept.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) network: Network,
    /// Stream of the next assignment.
    pub(super) streams: u64,
    /// What had gone to disk of the recordings.
    pub(super) on_disk: Vec<Stream>,
}

impl Simulation {
    /// Keeps the state under a name, or under none (`""`); what was kept there before is gone. The name is worth something in this
    /// simulation only, and to the `restore` of the model's own text too.
    pub fn store(&mut self, name: &str) {
        let on_disk = self.spool.as_ref().map(Spool::streams).unwrap_or_default();
        let stored = Stored { network: self.network.clone(), streams: self.streams, on_disk };
        self.stored.insert(name.to_owned(), stored);
    }

    /// Goes back to what was stored under a name (`""` for none), as often as is wanted; what happens then draws new random numbers.
    ///
    /// # Errors
    /// `Error::NeverStored` where nothing was.
    pub fn restore(&mut self, name: &str) -> Result<(), Error> {
        self.go_back(name, false)
    }

    /// The same, and random numbers come again as they came the first time.
    ///
    /// # Errors
    /// `Error::NeverStored` where nothing was.
    pub fn restore_with_random(&mut self, name: &str) -> Result<(), Error> {
        self.go_back(name, true)
    }

    pub(super) fn go_back(&mut self, name: &str, random: bool) -> Result<(), Error> {
        let Some(stored) = self.stored.get(name) else {
            let suggestion = crate::resolve::nearest(name, self.stored.keys().map(String::as_str));
            return Err(Error::NeverStored { name: name.to_owned(), suggestion: suggestion.map(ToOwned::to_owned) });
        };
        self.network.restore_from(&stored.network, random);
        if let Some(spool) = &mut self.spool {
            spool.go_back(&stored.on_disk);
        }
        // A run that was left in its middle is not of that state.
        self.network.leave_run();
        self.failed = None;
        if random {
            self.streams = stored.streams;
        }
        let t = self.network.time();
        self.kept.iter_mut().for_each(|kept| kept.since = kept.since.min(t));
        Ok(())
    }
}
