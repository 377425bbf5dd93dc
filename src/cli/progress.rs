//! A bar for long runs that a terminal watches, and a word for what must be waited for before.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rheobase::Progress;
use rheobase::output::pace;
use std::io::IsTerminal;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A run shorter than this shows no bar.
const PATIENCE: Duration = Duration::from_millis(700);

/// How finely the bar moves.
const STEPS: f64 = 1e4;

/// The bar is drawn anew at most this often.
const PAUSE: Duration = Duration::from_millis(100);

/// The bar; it appears once the run has taken longer than anybody would wonder about.
pub(super) struct Bar {
    started: Instant,
    /// How much was done when it was first heard of, in seconds of the model or points, and when that was: what is resumed does not
    /// begin at 0, and points are planned before the first is run.
    first: Option<(f64, Instant)>,
    bar: Option<ProgressBar>,
    drawn: Instant,
    watched: bool,
}

impl Bar {
    /// A bar for a run that begins now; `quiet` runs have none.
    pub(super) fn new(quiet: bool) -> Self {
        let now = Instant::now();
        Self { started: now, first: None, bar: None, drawn: now, watched: !quiet && std::io::stderr().is_terminal() }
    }

    /// Shows how far the run is.
    pub(super) fn show(&mut self, progress: &Progress) {
        let (first, since) = self.since(progress.done);
        self.draw(progress.done / progress.all, || message(progress, first, since.elapsed().as_secs_f64()));
    }

    /// Shows how many points of a sweep are planned.
    pub(super) fn show_planned(&mut self, planned: usize, points: usize) {
        self.draw(planned as f64 / points as f64, || format!("{planned} of {points} points planned"));
    }

    /// Shows how many points of a sweep are done.
    pub(super) fn show_points(&mut self, done: usize, points: usize) {
        let (first, since) = self.since(done as f64);
        self.draw(done as f64 / points as f64, || {
            let pace_now = (done as f64 - first) / since.elapsed().as_secs_f64();
            let left = time_left((points - done) as f64 / pace_now.max(1e-9));
            format!("{done} of {points} points, {left} left")
        });
    }

    /// How much was done when it was first heard of, and when that was.
    fn since(&mut self, done: f64) -> (f64, Instant) {
        *self.first.get_or_insert_with(|| (done, Instant::now()))
    }

    /// Draws the bar as far as it has come.
    fn draw(&mut self, part: f64, message: impl FnOnce() -> String) {
        if !self.watched || self.started.elapsed() < PATIENCE || self.bar.is_some() && self.drawn.elapsed() < PAUSE {
            return;
        }
        self.drawn = Instant::now();
        let (position, message) = ((part * STEPS) as u64, message());
        match &self.bar {
            Some(bar) => {
                bar.set_position(position);
                bar.set_message(message);
                bar.tick();
            }
            None => self.bar = Some(begun(ProgressDrawTarget::stderr(), position, message)),
        }
    }

    /// Takes the bar away.
    pub(super) fn finish(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

/// Says what is waited for, and for how long already, until it is dropped: of what goes on without telling how far it is.
pub(super) struct Waiting {
    /// Dropped first, which ends the thread.
    over: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Waiting {
    /// Waits for something that begins now; `quiet` runs say nothing.
    pub(super) fn new(quiet: bool, what: &'static str) -> Self {
        if quiet || !std::io::stderr().is_terminal() {
            return Self { over: None, thread: None };
        }
        let (over, ended) = channel::<()>();
        let thread = thread::spawn(move || {
            let goes_on = |time| matches!(ended.recv_timeout(time), Err(RecvTimeoutError::Timeout));
            if !goes_on(PATIENCE) {
                return;
            }
            let line = hidden("{msg}, {elapsed}");
            line.set_elapsed(PATIENCE);
            line.set_message(what);
            line.set_draw_target(ProgressDrawTarget::stderr());
            while goes_on(PAUSE) {
                line.tick();
            }
            line.finish_and_clear();
        });
        Self { over: Some(over), thread: Some(thread) }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.over.take();
        if let Some(thread) = self.thread.take() {
            // A line that could not be drawn is no reason to stop.
            _ = thread.join();
        }
    }
}

/// What is drawn by a template, and not before a target is given.
fn hidden(template: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

/// A bar that is drawn for the first time with all that it says: without words it would flash.
fn begun(target: ProgressDrawTarget, position: u64, message: String) -> ProgressBar {
    let bar = hidden("{wide_bar} {msg}");
    bar.set_length(STEPS as u64);
    bar.set_position(position);
    bar.set_message(message);
    bar.set_draw_target(target);
    bar.tick();
    bar
}

/// How far a run is that went on from `first` [s] for so long [s], how fast it is, and how long it will take if it goes on so.
/// What is counted is what is run: an experiment that goes back is not done where it has reached its last time once.
fn message(progress: &Progress, first: f64, elapsed: f64) -> String {
    let Progress { done, all, .. } = progress;
    let pace_now = (done - first) / elapsed;
    format!("{done:.3} of {all:.3} s, {}, {} left", pace(pace_now), time_left((all - done) / pace_now.max(1e-9)))
}

/// A time of the clock on the wall [s] as people say it.
fn time_left(seconds: f64) -> String {
    let whole = seconds.ceil() as u64;
    match whole {
        0..=99 => format!("{whole} s"),
        100..=5999 => format!("{} min", whole.div_ceil(60)),
        _ => format!("{:.1} h", seconds / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::{begun, message, time_left};
    use indicatif::{ProgressDrawTarget, TermLike};
    use rheobase::Progress;
    use std::io::Result;
    use std::sync::{Arc, Mutex};

    /// A terminal that keeps what is written.
    #[derive(Clone, Debug, Default)]
    struct Kept(Arc<Mutex<Vec<String>>>);

    impl TermLike for Kept {
        fn width(&self) -> u16 {
            80
        }
        fn move_cursor_up(&self, _: usize) -> Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> Result<()> {
            Ok(())
        }
        fn write_line(&self, line: &str) -> Result<()> {
            self.write_str(line)
        }
        fn write_str(&self, text: &str) -> Result<()> {
            self.0.lock().expect("whole").push(text.to_owned());
            Ok(())
        }
        fn clear_line(&self) -> Result<()> {
            Ok(())
        }
        fn flush(&self) -> Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_first_bar_has_its_words() {
        let terminal = Kept::default();
        let target = ProgressDrawTarget::term_like(Box::new(terminal.clone()));
        let bar = begun(target, 5_000, "1 of 2 points".to_owned());
        let written = terminal.0.lock().expect("whole").clone();
        let first = written.iter().find(|text| !text.trim().is_empty()).expect("something is drawn");
        assert!(first.contains("1 of 2 points"), "{written:?}");
        bar.finish_and_clear();
    }

    #[test]
    fn a_run_under_way_says_how_far_how_fast_and_how_long() {
        let progress = |done: f64| Progress { t: 0.5 * done, end: 10.0, done, all: 20.0 };
        let after = |done: f64, elapsed| message(&progress(done), 0.0, elapsed);
        assert_eq!(after(5.0, 2.0), "5.000 of 20.000 s, 2.5 x faster than real time, 6 s left");
        assert_eq!(after(0.0124, 1.0), "0.012 of 20.000 s, 81 x slower than real time, 27 min left");
        let resumed = message(&progress(15.0), 14.0, 2.0);
        assert_eq!(resumed, "15.000 of 20.000 s, 2.0 x slower than real time, 10 s left");
    }

    #[test]
    fn times_left_are_short() {
        for (seconds, text) in [(0.2, "1 s"), (99.0, "99 s"), (130.0, "3 min"), (9000.0, "2.5 h"), (f64::NAN, "0 s")] {
            assert_eq!(time_left(seconds), text);
        }
    }
}
