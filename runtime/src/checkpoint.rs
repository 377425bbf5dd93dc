//! Going back to a checkpoint, which is a clone.
//!
//! In come a network and an earlier clone of it; out goes the network as the clone was: state, time, spikes on their
//! way, delays, listed spikes, recordings. Random numbers come again bit by bit, or are drawn from a stream that no
//! past of the network has drawn from.

use crate::network::Network;

impl Network {
    /// Goes back to what it was when `checkpoint` was cloned from it. With `random` it goes on from there exactly as it
    /// did then; without, the time loop draws from a new stream, and Poisson spikes to come are drawn again (their gaps
    /// have no memory).
    ///
    /// Between two steps, of the network as of the checkpoint; also after an error that stopped a run. A call that goes
    /// back takes the rest of its step and of its run with it to the earlier time.
    ///
    /// What is no part of a state stays: threads, calls, how much monitors may hold. Monitors added since stay too, with nothing recorded.
    pub fn restore_from(&mut self, checkpoint: &Self, random: bool) {
        let mut restored = checkpoint.clone();
        restored.machine.threads = self.machine.threads.clone();
        restored.calls.clone_from(&self.calls);
        restored.add_clocks_of(self);
        restored.add_recordings_of(self);
        restored.in_step = false;
        restored.course = self.course.take();
        restored.pause = self.pause.take();
        restored.most_recorded = self.most_recorded;
        restored.steps_unfilled = 0;
        restored.agenda = std::mem::take(&mut self.agenda);
        restored.parts = self.parts.max(checkpoint.parts) + 1;
        restored.last_stream = self.last_stream.max(checkpoint.last_stream);
        if !random {
            restored.seed = self.seed;
            restored.last_stream += 1;
            restored.stream = restored.last_stream;
            restored.draw_from_stream();
            restored.populations.iter_mut().for_each(|population| population.redraw());
        }
        *self = restored;
    }

    /// Clocks that the other has more.
    fn add_clocks_of(&mut self, other: &Self) {
        for clock in other.clocks().iter().skip(self.clocks().len()) {
            let added = self.clocks.add(clock.dt(), false);
            debug_assert!(added.is_some(), "a time step that was good once");
        }
    }

    /// Monitors that the other has more, empty.
    fn add_recordings_of(&mut self, other: &Self) {
        self.recordings.clone_from(&other.recordings);
        let spikes = other.spikes.iter().skip(self.spikes.len()).map(|monitor| monitor.emptied());
        self.spikes.extend(spikes);
        let rates = other.rates.iter().skip(self.rates.len()).map(|monitor| monitor.emptied());
        self.rates.extend(rates);
        let values = other.values.iter().skip(self.values.len()).map(|monitor| monitor.emptied());
        self.values.extend(values);
    }
}
