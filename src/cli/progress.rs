//! A bar for long runs that a terminal watches.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rheobase::Progress;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// A run shorter than this shows no bar.
const PATIENCE: Duration = Duration::from_millis(700);

/// The bar; it appears once the run has taken longer than anybody would wonder about.
pub(super) struct Bar {
    started: Instant,
    bar: Option<ProgressBar>,
    watched: bool,
}

impl Bar {
    /// A bar for a run that begins now; `quiet` runs have none.
    pub(super) fn new(quiet: bool) -> Self {
        Self { started: Instant::now(), bar: None, watched: !quiet && std::io::stderr().is_terminal() }
    }

    /// Shows how far the run is.
    pub(super) fn show(&mut self, progress: &Progress) {
        if !self.watched || self.started.elapsed() < PATIENCE {
            return;
        }
        let bar = self.bar.get_or_insert_with(make);
        bar.set_length(milliseconds(progress.end));
        bar.set_position(milliseconds(progress.t));
        let factor = progress.t / self.started.elapsed().as_secs_f64();
        bar.set_message(format!("{:.3} of {:.3} s, {factor:.3} x real time", progress.t, progress.end));
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn make() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(1), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{wide_bar} {msg}, {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

fn milliseconds(t: f64) -> u64 {
    (t * 1e3).round() as u64
}
