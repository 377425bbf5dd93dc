//! Ctrl-C, and the signals by which a system asks programs to end: in, how far a run is; out, its end.
//!
//! While the time loop runs, the first one ends it at a whole step, so that what was recorded is written; a second one ends the
//! program at once. Before the loop there is nothing to lose, and nobody listens: the first one ends the program. While results
//! are written, the first one is told so, and the second ends the program; the results folder is then as it was before.

use super::terminal::complain;
use rheobase::Stopper;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The exit code of programs that Ctrl-C ended: 128 and the number of the signal.
pub(super) const EXIT: u8 = 130;

/// What is known to the thread that hears signals.
struct Heard {
    /// What ends the time loop; nothing once results are written.
    stopper: Option<Stopper>,
    before: bool,
}

static HEARD: Mutex<Heard> = Mutex::new(Heard { stopper: None, before: false });

fn heard() -> MutexGuard<'static, Heard> {
    HEARD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The time loop begins, and can be ended by this. A system that has no signals to listen to ends the program in its own way.
pub(super) fn listen(stopper: Stopper) {
    heard().stopper = Some(stopper);
    let _ = ctrlc::set_handler(|| {
        let mut heard = heard();
        if std::mem::replace(&mut heard.before, true) {
            std::process::exit(EXIT.into());
        }
        match &heard.stopper {
            Some(stopper) => stopper.stop(),
            None => complain("results are being written; Ctrl-C again ends at once, without them"),
        }
    });
}

/// The time loop is over.
pub(super) fn writing() {
    heard().stopper = None;
}

/// Whether there was a signal.
pub(super) fn was_heard() -> bool {
    heard().before
}
