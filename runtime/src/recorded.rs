//! What monitors hold, between two steps: how much it is, what leaves their windows, what is taken elsewhere.
//!
//! In comes a network between two steps; out goes the same with less recorded. Everything recorded until then is in its
//! monitors or was told to be forgotten, so that who keeps it elsewhere has all of it, in order.

use crate::agenda::Recording;
use crate::monitor::{RateMonitor, RateMonitorId, SpikeMonitor, SpikeMonitorId, ValueMonitor, ValueMonitorId};
use crate::network::Network;

impl Network {
    /// How many bytes monitors may hold of what grows with the run before the caller is told (`Notice::Full`); `None` for
    /// any number. It may be more by what one step records, or one epoch.
    pub fn limit_recordings(&mut self, bytes: Option<usize>) {
        self.most_recorded = bytes;
    }

    /// Whether monitors hold as much as they may.
    pub(crate) fn is_full(&self) -> bool {
        self.most_recorded.is_some_and(|most| self.recorded_bytes() >= most)
    }

    fn recorded_bytes(&self) -> usize {
        let spikes = self.spikes.iter().map(SpikeMonitor::bytes).sum::<usize>();
        let rates = self.rates.iter().map(RateMonitor::bytes).sum::<usize>();
        spikes + rates + self.values.iter().map(ValueMonitor::bytes).sum::<usize>()
    }

    /// Windows end where the network is now.
    pub(crate) fn close_windows(&mut self) {
        for &(clock, _, recording) in &self.recordings {
            let next = self.clocks.get(clock).tick();
            match recording {
                Recording::Spikes(SpikeMonitorId(number)) => self.spikes[number as usize].reach(next),
                Recording::Rate(RateMonitorId(number)) => self.rates[number as usize].reach(next),
                Recording::Values(ValueMonitorId(number)) => self.values[number as usize].reach(next),
            }
        }
    }

    /// Forgets the spikes that a monitor holds, which the caller has taken elsewhere; counts and windows stay.
    ///
    /// # Panics
    /// Where it is of another network.
    pub fn forget_spikes(&mut self, monitor: SpikeMonitorId) {
        self.spikes[monitor.0 as usize].forget();
    }

    /// Likewise the bins of a rate that are complete.
    ///
    /// # Panics
    /// Where it is of another network.
    pub fn forget_rate(&mut self, monitor: RateMonitorId) {
        self.rates[monitor.0 as usize].forget();
    }

    /// Likewise samples; means and variances stay.
    ///
    /// # Panics
    /// Where it is of another network.
    pub fn forget_values(&mut self, monitor: ValueMonitorId) {
        self.values[monitor.0 as usize].forget();
    }
}
