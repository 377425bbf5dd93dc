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
        self.steps_unfilled = 0;
    }

    /// After a step: whether monitors hold as much as they may. They are not looked at before they can.
    #[inline]
    pub(crate) fn is_full(&mut self) -> bool {
        let Some(most) = self.most_recorded else { return false };
        if self.steps_unfilled > 0 {
            self.steps_unfilled -= 1;
            return false;
        }
        self.look_how_full(most)
    }

    fn look_how_full(&mut self, most: usize) -> bool {
        let of = |spikes: fn(&SpikeMonitor) -> usize,
                  rates: fn(&RateMonitor) -> usize,
                  values: fn(&ValueMonitor) -> usize| {
            let spikes = self.spikes.iter().map(spikes).sum::<usize>();
            spikes + self.rates.iter().map(rates).sum::<usize>() + self.values.iter().map(values).sum::<usize>()
        };
        let held = of(SpikeMonitor::bytes, RateMonitor::bytes, ValueMonitor::bytes);
        let a_step = of(SpikeMonitor::most_bytes, RateMonitor::most_bytes, ValueMonitor::most_bytes);
        self.steps_unfilled = most.saturating_sub(held) / a_step.max(1);
        held >= most
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
