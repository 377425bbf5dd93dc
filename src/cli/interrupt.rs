//! Ctrl-C, and the signal by which a system asks programs to end: in, how far a run is; out, its end.
//!
//! A signal that was ignored when the program began stays so: a shell without job control has Ctrl-C ignored by what it
//! runs in the background, which is not what is meant by it. Of SIGHUP nothing is heard: it ends the program, or
//! `nohup` has it ignored. While the time loop runs, the first one ends it at a whole step, so that what was recorded
//! is written; a second one ends the program at once. Before the loop there is nothing to lose, and nobody listens: the
//! first one ends the program. While results are written, the first one is told so, and the second ends the program;
//! the results folder is then as it was before.

use super::terminal::complain;
use rheobase::Stopper;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

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
    static LISTENING: Once = Once::new();
    heard().stopper = Some(stopper);
    LISTENING.call_once(on_signals);
}

/// There was a signal.
fn hear() {
    let mut heard = heard();
    if std::mem::replace(&mut heard.before, true) {
        std::process::exit(EXIT.into());
    }
    match &heard.stopper {
        Some(stopper) => stopper.stop(),
        None => complain("results are being written; Ctrl-C again ends at once, without them"),
    }
}

/// A thread of its own hears them from now on.
#[cfg(unix)]
fn on_signals() {
    use signal_hook::consts::{SIGINT, SIGTERM};
    let ignored = ignored();
    let wanted = [SIGINT, SIGTERM].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0);
    if let Ok(mut signals) = signal_hook::iterator::Signals::new(wanted) {
        std::thread::spawn(move || signals.forever().for_each(|_| hear()));
    }
}

#[cfg(not(unix))]
fn on_signals() {
    let _ = ctrlc::set_handler(hear);
}

/// Which signals are ignored, a bit each; none where the system does not say.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

/// The time loop is over.
pub(super) fn writing() {
    heard().stopper = None;
}

/// Whether there was a signal.
pub(super) fn was_heard() -> bool {
    heard().before
}
