//! Runs: from one time to another, step by step, under the eyes of the caller.
//!
//! In comes a duration; out comes what was done. The caller hears how far a run is, and when turns of its own code are
//! due (`Network::add_call`); then the network is its own to read and change, and it may end the run.

use crate::clock::Tick;
use crate::error::RunError;
use crate::network::Network;
use crate::population::Population;
use crate::projection::Projection;
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// What a run did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunReport {
    /// Steps done.
    pub ticks: u64,
    /// Spikes of all populations.
    pub spikes: u64,
    /// Synapses at which spikes arrived.
    pub events: u64,
    /// Wall-clock time.
    pub elapsed: Duration,
    /// Whether it was stopped before its end.
    pub interrupted: bool,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Ticks done of the clock that has most to do.
    pub done: u64,
    /// Ticks it has to do in all.
    pub ticks: u64,
    /// Biological time reached [s].
    pub t: f64,
    /// Wall-clock time since the run began.
    pub elapsed: Duration,
}

/// A turn of the caller's code in a step, in the order in which they were added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallId(pub u32);

/// What the caller is told during a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Notice {
    /// How far the run is, about every 10 ms of wall-clock time, between two steps.
    Progress(Progress),
    /// The time was reached that the caller wanted to be told of (`Network::pause_at`), between two steps.
    Pause,
    /// A turn of the caller's code is due, in the middle of a step: the clocks show the ticks that are done.
    Call(CallId),
    /// Monitors hold as much as they may (`Network::limit_recordings`), between two steps: what they hold may be taken
    /// elsewhere and forgotten (`Network::forget_spikes` and its like).
    Full,
}

/// A run that is under way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Course {
    /// The time it is to reach [s].
    pub(crate) until: f64,
    /// For every clock the first tick that it does not do.
    pub(crate) ends: Vec<Tick>,
}

/// Who is told; a `Break` ends the run: at once between two steps, else when the step is done.
pub(crate) type Watch<'a> = dyn FnMut(&mut Network, Notice) -> ControlFlow<()> + 'a;

impl Network {
    /// Runs for `duration` [s]: every clock up to its first tick that begins at or after the end, as Brian2 rounds it.
    ///
    /// # Errors
    /// `RunError::Duration` and `RunError::Delay` before anything is done, `RunError::Rate` before the step in
    /// question, `RunError::Nested` from within a step. After `RunError::NotFinite` the network stays in the middle of
    /// its step, and every further run returns the same error.
    pub fn run(&mut self, duration: f64) -> Result<RunReport, RunError> {
        self.run_watched(duration, &mut |_, _| ControlFlow::Continue(()))
    }

    /// As `run`; `watch` is told how far it is and when calls are due, and may end the run. Time is then that of the
    /// next step.
    ///
    /// # Errors
    /// As `run`.
    pub fn run_watched(
        &mut self,
        duration: f64,
        watch: &mut dyn FnMut(&mut Self, Notice) -> ControlFlow<()>,
    ) -> Result<RunReport, RunError> {
        let until = self.clocks.time() + duration;
        let ends = if duration >= 0.0 { self.clocks.ends(until) } else { None };
        let ends = ends.ok_or(RunError::Duration { duration })?;
        self.begin()?;
        self.course = Some(Course { until, ends });
        self.run_rest(watch)
    }

    /// Whether a run is under way: the network was saved in the middle of one.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        self.course.is_some()
    }

    /// The time that the run under way is to reach [s].
    #[must_use]
    pub fn goal(&self) -> Option<f64> {
        self.course.as_ref().map(|course| course.until)
    }

    /// What is left of the run that is under way is not done; the time stays that of the next step.
    pub fn leave_run(&mut self) {
        self.course = None;
    }

    /// Does what is left of the run that was under way when the network was saved; nothing where none was.
    ///
    /// # Errors
    /// As `run`.
    pub fn run_rest(
        &mut self,
        watch: &mut dyn FnMut(&mut Self, Notice) -> ControlFlow<()>,
    ) -> Result<RunReport, RunError> {
        let Some(Course { until, ends }) = self.course.clone() else {
            return Ok(RunReport { ticks: 0, spikes: 0, events: 0, elapsed: Duration::ZERO, interrupted: false });
        };
        self.bound_epochs();
        let report = self.run_until(until, &ends, watch);
        self.course = None;
        self.epochs.ends.clear();
        report
    }

    /// The next run tells its caller once when all clocks have reached `time` [s], between two steps, and goes on.
    pub fn pause_at(&mut self, time: Option<f64>) {
        self.pause = time.and_then(|time| self.clocks.ends(time));
        self.bound_epochs();
    }

    /// Nobody runs further ahead than to the end of the run, and to where the caller is to be told.
    fn bound_epochs(&mut self) {
        let Some(course) = &self.course else { return };
        let pause = |clock: usize| self.pause.as_ref().and_then(|pause| pause.get(clock));
        let ends = course.ends.iter().enumerate();
        self.epochs.ends = ends.map(|(clock, &end)| pause(clock).map_or(end, |&pause| end.min(pause))).collect();
    }

    fn run_until(&mut self, until: f64, ends: &[Tick], watch: &mut Watch<'_>) -> Result<RunReport, RunError> {
        let left = |network: &Self| {
            let clocks = network.clocks.all().iter().zip(ends);
            clocks.map(|(clock, end)| (end.0 - clock.tick().0).max(0) as u64).max().unwrap_or(0)
        };
        let (ticks, before, mut pace) = (left(self), self.totals(), Pace::new());
        let (mut steps, mut stopped) = (0, false);
        while !stopped && !self.clocks.have_reached(ends) {
            stopped = self.step_or_fail(watch)?.is_break();
            steps += 1 + self.pass_silence();
            stopped |= self.empty(watch).is_break();
            // Who is told may look at everything, and change it.
            if let Some(elapsed) = if self.epochs.are_over() { pace.poll() } else { None } {
                self.clocks.reach_next();
                let t = self.clocks.time();
                let progress = Progress { done: ticks.saturating_sub(left(self)), ticks, t, elapsed };
                stopped |= watch(self, Notice::Progress(progress)).is_break();
            }
            let paused = self.pause.as_ref().is_some_and(|pause| self.clocks.have_reached(pause));
            if paused && self.epochs.are_over() {
                self.pause = None;
                self.bound_epochs();
                self.clocks.reach_next();
                stopped |= watch(self, Notice::Pause).is_break();
            }
        }
        let interrupted = !self.clocks.have_reached(ends);
        if stopped {
            self.clocks.reach_next();
        } else {
            self.clocks.reach(until);
        }
        self.close_windows();
        let after = self.totals();
        // A call may have gone back to a checkpoint with fewer.
        let (spikes, events) = (after.0.saturating_sub(before.0), after.1.saturating_sub(before.1));
        Ok(RunReport { ticks: steps, spikes, events, elapsed: pace.elapsed(), interrupted })
    }

    /// Does one step.
    ///
    /// # Errors
    /// As `run`.
    pub fn step(&mut self) -> Result<(), RunError> {
        self.step_watched(&mut |_, _| ControlFlow::Continue(()))
    }

    /// As `step`; `watch` is told when calls are due.
    ///
    /// # Errors
    /// As `run`.
    pub fn step_watched(
        &mut self,
        watch: &mut dyn FnMut(&mut Self, Notice) -> ControlFlow<()>,
    ) -> Result<(), RunError> {
        self.begin()?;
        // There is nothing more that a break would end.
        let _ = self.step_or_fail(watch)?;
        let _ = self.empty(watch);
        self.clocks.reach_next();
        self.close_windows();
        Ok(())
    }

    /// Tells the caller where monitors are full; not while populations are ahead, which could not be stopped there.
    fn empty(&mut self, watch: &mut Watch<'_>) -> ControlFlow<()> {
        if self.is_full() && self.epochs.are_over() { watch(self, Notice::Full) } else { ControlFlow::Continue(()) }
    }

    fn begin(&mut self) -> Result<(), RunError> {
        if self.in_step {
            return Err(RunError::Nested);
        }
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let (machine, populations, clocks) = (&self.machine, &self.populations, &self.clocks);
        self.projections.iter_mut().try_for_each(|projection| projection.round_delays(machine, populations, clocks))
    }

    fn step_or_fail(&mut self, watch: &mut Watch<'_>) -> Result<ControlFlow<()>, RunError> {
        self.in_step = true;
        match self.do_step(watch) {
            Ok(flow) => {
                self.in_step = false;
                Ok(flow)
            }
            Err(error) => Err(self.fail(error)),
        }
    }

    /// A step ended with an error.
    #[cold]
    fn fail(&mut self, error: RunError) -> RunError {
        self.in_step = false;
        self.end_epochs();
        self.clocks.reach_next();
        self.close_windows();
        if matches!(error, RunError::NotFinite { .. }) {
            self.failed = Some(error.clone());
        }
        error
    }

    fn totals(&self) -> (u64, u64) {
        let spikes = self.populations.iter().map(Population::spike_total).sum();
        (spikes, self.projections.iter().map(Projection::event_total).sum())
    }
}

/// When to look at the clock on the wall, and when to speak.
#[derive(Debug)]
struct Pace {
    begun: Instant,
    spoken: Duration,
    countdown: u32,
    stride: u32,
}

/// How often a run reports.
const REPORT: Duration = Duration::from_millis(10);

/// The clock is read after so many ticks at most: at the quickest tick (0.1 us) reading it costs nothing, and a network
/// whose ticks become slow all at once is still heard of after so many.
const LONGEST_STRIDE: u32 = 256;

impl Pace {
    fn new() -> Self {
        Self { begun: Instant::now(), spoken: Duration::ZERO, countdown: 1, stride: 1 }
    }

    fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// After every tick: the time since the beginning, about every 10 ms.
    fn poll(&mut self) -> Option<Duration> {
        self.countdown -= 1;
        if self.countdown > 0 {
            return None;
        }
        let elapsed = self.elapsed();
        let speak = elapsed >= self.spoken + REPORT;
        self.stride = if speak { (self.stride / 2).max(1) } else { (self.stride * 2).min(LONGEST_STRIDE) };
        self.countdown = self.stride;
        if speak {
            self.spoken = elapsed;
        }
        speak.then_some(elapsed)
    }
}
