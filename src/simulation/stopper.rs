//! Ending a run from outside: a signal, another thread, a button of a window.
//!
//! In: a wish, from anywhere and at any time. Out: the run under way ends at its next whole step, within some 10 ms, or as
//! soon as its step is done where steps take longer; everything recorded until then stays, and the simulation can go on.

use super::run::Simulation;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Ends runs of one simulation; cheap to clone, may be sent to other threads.
///
/// ```
/// use rheobase::{Error, SECOND, Simulation};
///
/// let mut simulation = Simulation::from_source("neurons P[1] { dv/dt = -v/(10*ms) : 1 }")?;
/// let stopper = simulation.stopper();
/// std::thread::spawn(move || stopper.stop());
/// let outcome = simulation.run(1e9 * SECOND);
/// assert!(matches!(outcome, Err(Error::Stopped { .. })) && simulation.t() < 1e9);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Stopper {
    asked: Arc<AtomicBool>,
}

impl Stopper {
    /// Ends the run under way; where there is none, the next one before its first step. Its outcome is `Error::Stopped`.
    pub fn stop(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }

    /// Whether a wish is there.
    pub(super) fn is_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    /// Whether somebody else has one too, or has left a wish.
    pub(super) fn may_stop(&self) -> bool {
        Arc::strong_count(&self.asked) > 1 || self.is_asked()
    }

    /// Whether a wish is there that no run has ended for; it is fulfilled with that.
    pub(super) fn take(&self) -> bool {
        self.asked.swap(false, Ordering::Relaxed)
    }
}

impl Simulation {
    /// What ends a run of this simulation from outside.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        self.stopper.clone()
    }
}
