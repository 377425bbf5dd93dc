//! Network to plan: the passes in one visible table, a verifier between them.
//!
//! In goes a resolved network, out comes a plan: every expression as a verified step program. What the user can do something
//! about is a diagnostic; a `PassError` is a fault of the passes. Rewriting first (`simplify`), then integrators (`choose`), then
//! programs, then rewriting of programs: equal values once (`number`), exponentials of one scale from one (`share`), the state
//! in singles (`narrow`), products into sums (`contract`), what nobody needs out (`dead`), what is uniform first (`prelude`). After every pass all programs made so far are verified.

mod algebra;
mod apart;
mod assemble;
mod blocks;
mod brian2;
mod choose;
pub mod codes;
mod connect;
mod contract;
mod dead;
mod doubts;
mod draws;
mod exact;
mod explicit;
mod exponential_euler;
mod fade;
mod fold;
mod integrate;
mod keep;
mod linear;
mod lower;
mod moments;
mod narrow;
mod noise;
mod number;
mod prelude;
mod records;
mod regular;
mod roots;
mod share;
pub mod simplify;
mod step;
#[cfg(test)]
mod tests;
mod text;
mod timed;
mod traces;
mod usage;
mod walk;

use crate::ir::expr::{Distribution, Function};
use crate::ir::network::Network;
use crate::ir::plan::Plan;
use crate::ir::steps::Program;
use crate::ir::verify::{VerifyError, verify};
use assemble::Work;
use grammar::Diagnostic;
use std::time::{Duration, Instant};
pub use traces::Keep;

/// What may be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Whether products are fused with the sums they go into (for processors that can).
    pub fused: bool,
    /// Whether every threshold is a program of its own, for callers that look or act between state updates and thresholds.
    pub threshold_apart: bool,
    /// Which traces of synapses neurons keep.
    pub traces: Keep,
    /// Whether the state is held in 32-bit floats.
    pub singles: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { fused: true, threshold_apart: false, traces: Keep::Fitting, singles: false }
    }
}

/// A fault of the passes: always a bug.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PassError {
    /// A program that breaks a promise.
    #[error("after pass `{pass}`: {error}")]
    Unsound {
        /// The pass that made it.
        pass: &'static str,
        /// What is wrong.
        error: VerifyError,
    },
    /// A local variable is read that no statement before has written.
    #[error("local variable {0} is read before it has a value")]
    LocalBeforeItsValue(u32),
    /// A function with operands it does not take.
    #[error("{0:?} is called with a wrong number of operands")]
    WrongCall(Function),
    /// A function of the host program with more operands than any takes.
    #[error("host function {0} is called with too many operands")]
    WrongHostCall(u32),
    /// White noise that no integrator has taken.
    #[error("noise {0} is left after integrators were chosen")]
    NoiseLeft(u32),
    /// A distribution with parameters it does not take.
    #[error("{0:?} is drawn with a wrong number of parameters")]
    WrongDraw(Distribution),
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Failure {
    /// The model asks for what cannot be done.
    #[error("{} wrong with the model", .0.len())]
    Model(Vec<Diagnostic>),
    /// The passes are at fault.
    #[error(transparent)]
    Pass(#[from] PassError),
}

/// How long each pass took, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timings {
    /// Name and time of each.
    pub passes: Vec<(&'static str, Duration)>,
}

impl Timings {
    /// All passes together.
    #[must_use]
    pub fn total(&self) -> Duration {
        self.passes.iter().map(|(_, time)| *time).sum()
    }
}

/// One row of the table of passes.
pub struct Pass {
    /// Its name, as in timings.
    pub name: &'static str,
    /// What it does, in a line.
    pub purpose: &'static str,
    run: fn(&mut Work) -> Result<(), PassError>,
}

/// All passes, in the order in which they run.
pub const PIPELINE: &[Pass] = &[
    Pass { name: "simplify", purpose: "rewrite expressions by rules that keep their values", run: simplify_network },
    Pass { name: "doubts", purpose: "look for what may not be meant", run: find_doubts },
    Pass { name: "draws", purpose: "give every random call of a step its own number", run: number_draws },
    Pass { name: "traces", purpose: "decide which traces of synapses neurons keep", run: find_traces },
    Pass { name: "integrate", purpose: "choose integrators, write new values of state variables", run: integrate::run },
    Pass { name: "steps", purpose: "compare time constants with time steps", run: compare_steps },
    Pass { name: "apart", purpose: "decide which thresholds are programs of their own", run: apart::run },
    Pass { name: "columns", purpose: "give every variable a column", run: assemble::columns },
    Pass { name: "populations", purpose: "fuse steps, lower resets and initialisers", run: assemble::populations },
    Pass { name: "projections", purpose: "lower pathways and clock-driven steps", run: assemble::projections },
    Pass { name: "connections", purpose: "turn conditions into ranges of targets", run: assemble::connections },
    Pass { name: "records", purpose: "lower inputs, recordings and assignments", run: records::run },
    Pass { name: "number", purpose: "make equal values once", run: |work| each(work, number::number) },
    Pass {
        name: "share",
        purpose: "make one exponential of those that differ by sign and a constant",
        run: share_programs,
    },
    Pass { name: "narrow", purpose: "put the state into 32-bit floats, where it is to be so", run: narrow::run },
    Pass { name: "contract", purpose: "fuse products with sums", run: contract_programs },
    Pass { name: "dead", purpose: "leave out what no effect needs", run: |work| each(work, dead::remove) },
    Pass { name: "prelude", purpose: "put what is uniform first", run: |work| each(work, prelude::hoist) },
];

/// What the passes make of a network.
#[derive(Clone, Debug)]
pub struct Made {
    /// What simulations are built from.
    pub plan: Plan,
    /// What the model may not mean.
    pub warnings: Vec<Diagnostic>,
    /// How long it took.
    pub timings: Timings,
}

/// Makes the plan of a network.
///
/// # Errors
/// `Failure::Model` where the model names an integrator that cannot do its equations, or has event-driven equations that are
/// not linear: all such diagnostics. `Failure::Pass` is a bug.
pub fn plan(network: Network, options: Options) -> Result<Made, Failure> {
    let mut work = Work::new(network, options);
    let mut timings = Timings::default();
    for pass in PIPELINE {
        let start = Instant::now();
        (pass.run)(&mut work)?;
        if !work.diagnostics.is_empty() {
            return Err(Failure::Model(work.diagnostics));
        }
        check(&work, pass.name)?;
        timings.passes.push((pass.name, start.elapsed()));
    }
    let warnings = std::mem::take(&mut work.warnings);
    Ok(Made { plan: work.finish()?, warnings, timings })
}

/// Verifies every program made so far.
fn check(work: &Work, pass: &'static str) -> Result<(), PassError> {
    for draft in &work.drafts {
        verify(draft.program.clone()).map_err(|error| PassError::Unsound { pass, error })?;
    }
    Ok(())
}

fn simplify_network(work: &mut Work) -> Result<(), PassError> {
    simplify::simplify(&mut work.network);
    Ok(())
}

fn find_doubts(work: &mut Work) -> Result<(), PassError> {
    if is_one_model(&work.network) {
        work.warnings = doubts::find(&mut work.network);
    }
    Ok(())
}

fn compare_steps(work: &mut Work) -> Result<(), PassError> {
    if is_one_model(&work.network) {
        work.warnings.extend(doubts::long_steps(&work.network, &work.choices));
    }
    Ok(())
}

/// What holds with the constants as they stand need not hold at any point of a sweep.
fn is_one_model(network: &Network) -> bool {
    network.sweep.as_ref().is_none_or(|sweep| sweep.axes.is_empty())
}

fn number_draws(work: &mut Work) -> Result<(), PassError> {
    draws::number(&mut work.network);
    Ok(())
}

fn find_traces(work: &mut Work) -> Result<(), PassError> {
    work.traces = traces::find(&mut work.network, &work.options.traces);
    Ok(())
}

fn each(work: &mut Work, change: fn(Program) -> Program) -> Result<(), PassError> {
    for draft in &mut work.drafts {
        let empty = Program { ops: Vec::new(), slots: Vec::new(), name: String::new(), ..draft.program };
        draft.program = change(std::mem::replace(&mut draft.program, empty));
    }
    Ok(())
}

fn share_programs(work: &mut Work) -> Result<(), PassError> {
    for draft in work.drafts.iter_mut().filter(|draft| draft.runs_with_time) {
        draft.program = number::number(share::share(draft.program.clone()));
    }
    Ok(())
}

fn contract_programs(work: &mut Work) -> Result<(), PassError> {
    if work.options.fused {
        for draft in work.drafts.iter_mut().filter(|draft| draft.runs_with_time) {
            draft.program = contract::contract(draft.program.clone());
        }
    }
    Ok(())
}
