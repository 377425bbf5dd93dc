//! Callbacks: code of the host program that has its turn in the steps of a run.
//!
//! In: how often, when in a step, and a closure. The closure is given the simulation as it is at that point, to read and to change by
//! name, and may end the run; an error of it ends the run too and is what the run gives back. Nothing is compiled when a variable is
//! read or written by its plain name.

use super::function::guarded;
use super::quantity::IntoQuantity;
use super::run::Simulation;
use super::saved::{self, Beside, CheckpointError, Position};
use super::spool::Spool;
use super::state::Moment;
use crate::error::Error;
use crate::ir::network::{Slot, Turn};
use crate::ir::plan::SourcePlan;
use crate::units::{self, Dimension};
use runtime::{ClockId, Notice};
use std::fmt;
use std::ops::ControlFlow;
use std::time::Instant;

/// How far time goes on.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stretch {
    /// For so long [s].
    Time(f64),
    /// To the end of the run that is under way.
    Rest,
    /// One step.
    Step,
}

/// What is heard of a run.
#[derive(Debug)]
pub(super) enum Heard {
    /// The time reached [s], about every 10 ms of wall-clock time.
    Time(f64),
    /// A checkpoint of this time [s] was written.
    Saved(f64),
    /// One could not be.
    NotSaved(Error),
}

/// What a callback does.
type Act = Box<dyn FnMut(&mut Moment<'_>) -> Result<(), Error> + Send>;

/// A callback with its clock, by the number of the runtime's call.
pub(super) struct Call {
    clock: ClockId,
    act: Act,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("clock", &self.clock).finish_non_exhaustive()
    }
}

impl Simulation {
    /// Calls `act` every so often from now on (Brian2's `network_operation`): at multiples of `every`, at its `turn` in the step,
    /// after what the model does in the same turn and before what is recorded in it.
    ///
    /// ```
    /// use rheobase::{MS, NA, Simulation, Slot, Turn};
    ///
    /// let mut simulation = Simulation::from_source("
    ///     neurons P[1] {
    ///         dv/dt = I/(200*pF) - v/(10*ms) : volt
    ///         I : amp
    ///     }
    /// ")?;
    /// simulation.on(10.0 * MS, Turn::of(Slot::Start), |now| {
    ///     let current = if now.t() < 0.025 { 1.0 } else { 0.0 };
    ///     now.set("P.I", current * NA)
    /// })?;
    /// simulation.run(50.0 * MS)?;
    /// assert_eq!(simulation.get("P.I")?.values(), [0.0]);
    /// # Ok::<(), rheobase::Error>(())
    /// ```
    ///
    /// # Errors
    /// `Error::Unit` where `every` is no time, `Error::Time` where it is not above 0, `Error::Turn` where the turn is
    /// after the state update of a population that spikes and before its reset, and the model is not compiled with
    /// `Options::threshold_apart`.
    pub fn on(
        &mut self,
        every: impl IntoQuantity,
        turn: Turn,
        act: impl FnMut(&mut Moment<'_>) -> Result<(), Error> + Send + 'static,
    ) -> Result<(), Error> {
        let interval = every.into_quantity()?.expect("how often a callback is called", Dimension::SECOND)?;
        self.must_be_apart(turn)?;
        let clock = self.network.add_clock(interval).map_err(|_| {
            let reason = "a callback is called at intervals above 0".to_owned();
            Error::Time { given: units::quantity(interval, Dimension::SECOND), reason }
        })?;
        self.network.add_call(clock, super::counterparts::turn(turn));
        self.calls.push(Call { clock, act: Box::new(act) });
        Ok(())
    }

    /// From a state update to the reset nothing can have its turn where they are compiled into one, or where `lastspike` is noted with the
    /// reset only.
    fn must_be_apart(&self, turn: Turn) -> Result<(), Error> {
        if self.model.options().threshold_apart {
            return Ok(());
        }
        let spiking = self.model.plan().populations.iter().find(|population| {
            let step = Turn { slot: Slot::Groups, order: population.order };
            let spikes = matches!(population.source, SourcePlan::Neurons { spikes: true, .. });
            spikes && step <= turn && turn < population.reset_turn.max(population.threshold_turn)
        });
        match spiking {
            Some(population) => Err(Error::Turn { population: population.name.clone() }),
            None => Ok(()),
        }
    }

    /// Runs with all callbacks, and writes checkpoints; `on` is told how far it is.
    pub(super) fn run_called(&mut self, stretch: Stretch, on: &mut dyn FnMut(Heard)) -> Result<(), Error> {
        // A function that panicked has ended this for good: nobody knows how far the step had come.
        if let Some(failure) = &self.failed {
            return Err(failure.clone().into());
        }
        if self.calls.len() < self.expected_calls {
            let (expected, got) = (self.expected_calls, self.calls.len());
            return Err(CheckpointError::Callbacks { expected, got }.into());
        }
        let started = Instant::now();
        let Self { model, network, streams, kept, calls, stored, script, saving, run_time, stopper, spool, .. } = self;
        // What was read back from disk is not all any more.
        spool.iter_mut().for_each(Spool::forget_wholes);
        let saving = saving.as_ref();
        network.pause_at(saving.map(|saving| saving.next_after(network.time())));
        let (mut failed, mut ended) = (None, false);
        let mut watch = |network: &mut runtime::Network, notice: Notice| match notice {
            Notice::Progress(progress) => {
                on(Heard::Time(progress.t));
                ended = stopper.take();
                if ended { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            }
            Notice::Pause => {
                let Some(saving) = saving else { return ControlFlow::Continue(()) };
                let run_time = *run_time + started.elapsed();
                let position = Position { script: *script, streams: *streams, calls: calls.len(), run_time };
                let beside = Beside { kept, stored, spool: spool.as_ref() };
                let written = saved::write(&saving.path, model, network, beside, position, Some(saving));
                on(written.map_or_else(Heard::NotSaved, |()| Heard::Saved(network.time())));
                network.pause_at(Some(saving.next_after(network.time())));
                ControlFlow::Continue(())
            }
            Notice::Full => {
                let taken = spool.as_mut().map_or(Ok(()), |spool| spool.take(network, kept));
                let Err(error) = taken else { return ControlFlow::Continue(()) };
                failed.get_or_insert(error);
                ControlFlow::Break(())
            }
            Notice::Call(id) => {
                let Some(call) = calls.get_mut(id.0 as usize) else { return ControlFlow::Continue(()) };
                spool.iter_mut().for_each(Spool::forget_wholes);
                let spool = spool.as_ref();
                let mut now = Moment { model, network, streams, kept, spool, clock: call.clock, stopped: false };
                let outcome = (call.act)(&mut now);
                let stopped = now.stopped;
                // The step is done to its end all the same, with what else is called in it.
                if let Err(error) = outcome {
                    failed.get_or_insert(error);
                }
                if stopped || failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            }
        };
        let ran = guarded(|| match stretch {
            Stretch::Time(duration) => network.run_watched(duration, &mut watch).map(drop),
            Stretch::Rest => network.run_rest(&mut watch).map(drop),
            Stretch::Step => network.step_watched(&mut watch),
        });
        ran.inspect_err(|failure| self.failed = Some(failure.clone()))??;
        match failed {
            Some(error) => Err(error),
            None if ended => Err(Error::Stopped { t: self.t() }),
            None => Ok(()),
        }
    }
}
