//! Text to plan: the way every model and every change of one goes.
//!
//! In: the texts of a model and the options. Out: the plan and the warnings, or all diagnostics. Each stage is timed under the name
//! that `explain --timings` shows.

use super::array_files::Store;
use super::function;
use super::options::{Cpu, Options, Precision};
use super::uses;
use crate::codegen;
use crate::error::{Error, Rejected};
use crate::files::Files;
use crate::ir::network::Network;
use crate::ir::plan::Plan;
use crate::passes::{self, Keep, Made};
use crate::resolve;
use crate::sources::Sources;
use crate::units::Dimension;
use grammar::{Diagnostic, Severity, SourceId, Span, ast};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long each stage took, in order.
pub(super) type Timings = Vec<(String, Duration)>;

/// A model's text, read.
#[derive(Clone)]
pub(super) struct Reading {
    /// The main text and those of the options.
    pub(super) sources: Sources,
    /// How many of these are the main text and those it uses.
    pub(super) files: usize,
    /// The arrays and other files that the texts name.
    pub(super) store: Arc<Store>,
    /// The tree of the main text and the files it uses.
    pub(super) file: ast::File,
    /// What the options say.
    pub(super) given: resolve::Options,
    /// Found so far.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Which point of the text's sweep it is, where it is one.
    pub(super) at: Option<At>,
}

/// A point of a sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct At {
    /// Its number.
    pub(crate) point: usize,
    /// The seed of the first point, where seeds are not what is varied.
    pub(crate) first_seed: Option<u64>,
}

/// A model's text with its meaning.
pub(super) struct Planned {
    /// As resolved.
    pub(super) network: Network,
    /// What simulations are built from.
    pub(super) plan: Plan,
    /// What is worth knowing but no error.
    pub(super) warnings: Vec<Diagnostic>,
}

/// Reads a text and the options' texts.
pub(super) fn read(name: &str, text: &str, options: &Options, timings: &mut Timings) -> Reading {
    let started = Instant::now();
    let mut sources = Sources::default();
    let id = sources.add(name, text);
    let parsed = grammar::parse(id, text);
    let mut diagnostics = parsed.diagnostics;
    let files = Files::new(&options.files);
    let file = uses::joined(name, parsed.file, files, &mut sources, &mut diagnostics);
    let texts = sources.all().len();
    let mut given = resolve::Options { seed: options.seed, ..resolve::Options::default() };
    let mut time = |name: &str, value: &Option<String>| {
        let value = value.as_ref()?;
        let id = sources.add(format!("<{name}>"), value.as_str());
        seconds(id, value, &mut diagnostics)
    };
    given.dt = time("dt", &options.dt);
    given.duration = time("duration", &options.duration);
    let functions = options.functions.iter();
    given.functions = functions.filter_map(|own| function::given(own, &mut sources, &mut diagnostics)).collect();
    let store = Arc::new(Store::new(options, sources.all().iter().map(|source| source.name.clone())));
    given.files = Some(Arc::clone(&store) as Arc<dyn resolve::ArrayFiles>);
    let mut reading = Reading { sources, files: texts, store, file, given, diagnostics, at: None };
    options.set.iter().for_each(|(name, value)| reading.set(name, value));
    timings.push(("parse".to_owned(), started.elapsed()));
    reading
}

impl Reading {
    /// Gives a constant another value, which counts more than any before.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        let text = format!("{name} = {value}");
        let id = self.sources.add("<set>", text.as_str());
        let parsed = grammar::parse(id, &text);
        self.diagnostics.extend(parsed.diagnostics);
        self.given.overrides.extend(parsed.file.items.into_iter().filter_map(definition));
    }
}

/// `name = value`, as a constant given from outside is read.
fn definition(item: ast::Item) -> Option<(ast::Name, ast::Expr)> {
    match item.kind {
        ast::ItemKind::Definition { name, value } => Some((name, value)),
        _ => None,
    }
}

/// A time given from outside [s], and where it stands.
fn seconds(id: SourceId, text: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<(f64, Span)> {
    let (expression, mut found) = grammar::parse_expression(id, text);
    let mut value = None;
    if found.is_empty() {
        match resolve::value(&expression, Some(Dimension::SECOND)) {
            Ok((seconds, _, _)) => value = Some((seconds, expression.span)),
            Err(wrong) => found = wrong,
        }
    }
    diagnostics.extend(found);
    value
}

/// Gives a text its meaning.
///
/// # Errors
/// `Error::Model` with everything that is wrong with it.
pub(super) fn plan(reading: &Reading, options: &Options, timings: &mut Timings) -> Result<Planned, Error> {
    let traces = if options.traces_per_synapse { Keep::Nothing } else { Keep::Fitting };
    plan_with(reading, options, traces, timings)
}

/// The same, the traces that neurons keep being as told.
///
/// # Errors
/// As `plan`.
pub(super) fn plan_with(
    reading: &Reading,
    options: &Options,
    traces: Keep,
    timings: &mut Timings,
) -> Result<Planned, Error> {
    let started = Instant::now();
    let (network, found) = resolve::resolve(&reading.file, &reading.given);
    timings.push(("resolve".to_owned(), started.elapsed()));
    let mut diagnostics = reading.diagnostics.clone();
    diagnostics.extend(found);
    let Some(network) = network.filter(|_| !any_error(&diagnostics)) else {
        return Err(rejected(&reading.sources, diagnostics));
    };
    let fused = options.cpu == Cpu::Host && codegen::host_has_fma();
    let singles = options.precision == Precision::F32;
    let chosen = passes::Options { fused, threshold_apart: options.threshold_apart, traces, singles };
    match passes::plan(network.clone(), chosen) {
        Ok(Made { plan, warnings, timings: passes }) => {
            timings.extend(passes.passes.into_iter().map(|(name, duration)| (name.to_owned(), duration)));
            diagnostics.extend(warnings);
            Ok(Planned { network, plan, warnings: diagnostics })
        }
        Err(passes::Failure::Model(found)) => {
            diagnostics.extend(found);
            Err(rejected(&reading.sources, diagnostics))
        }
        Err(passes::Failure::Pass(fault)) => Err(Error::Defect(fault.to_string())),
    }
}

pub(super) fn rejected(sources: &Sources, diagnostics: Vec<Diagnostic>) -> Error {
    Error::Model(Rejected { sources: sources.clone(), diagnostics })
}

fn any_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}
