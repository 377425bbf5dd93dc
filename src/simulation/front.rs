//! Text to plan: the way every model and every change of one goes.
//!
//! In: the texts of a model and the options. Out: the plan and the warnings, or all diagnostics. Each stage is timed under the name
//! that `explain --timings` shows.

use super::array_files::Store;
use super::function;
use super::options::{Cpu, Options};
use super::uses;
use crate::codegen;
use crate::error::{Error, Rejected};
use crate::files::Files;
use crate::ir::network::Network;
use crate::ir::plan::Plan;
use crate::passes::{self, Keep};
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
    /// The tree of the main text and the files it uses.
    pub(super) file: ast::File,
    /// What the options say.
    pub(super) given: resolve::Options,
    /// Where its arrays come from.
    pub(super) arrays: Arc<Store>,
    /// Found so far.
    pub(super) diagnostics: Vec<Diagnostic>,
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
    let mut given = resolve::Options { seed: options.seed, ..resolve::Options::default() };
    for (name, value) in &options.set {
        let text = format!("{name} = {value}");
        let id = sources.add("<set>", text.as_str());
        let parsed = grammar::parse(id, &text);
        diagnostics.extend(parsed.diagnostics);
        given.overrides.extend(parsed.file.items.into_iter().filter_map(definition));
    }
    let mut time = |name: &str, value: &Option<String>| {
        let value = value.as_ref()?;
        let id = sources.add(format!("<{name}>"), value.as_str());
        seconds(id, value, &mut diagnostics)
    };
    given.dt = time("dt", &options.dt);
    given.duration = time("duration", &options.duration);
    let functions = options.functions.iter();
    given.functions = functions.filter_map(|own| function::given(own, &mut sources, &mut diagnostics)).collect();
    let texts = sources.all().iter().map(|source| source.name.clone());
    let arrays = Arc::new(Store::new(options, texts));
    given.files = Some(arrays.clone());
    timings.push(("parse".to_owned(), started.elapsed()));
    Reading { sources, file, given, arrays, diagnostics }
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
    let chosen = passes::Options { fused, threshold_apart: options.threshold_apart, traces };
    match passes::plan(network.clone(), chosen) {
        Ok((plan, passes)) => {
            timings.extend(passes.passes.into_iter().map(|(name, duration)| (name.to_owned(), duration)));
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
