//! Whole texts against what is found in them.

use super::{Options, resolve};
use crate::ir::network::Network;
use desk::Desk;
use grammar::{Diagnostic, SourceId};
use std::sync::Arc;

/// Parses and resolves a text that must parse.
fn resolved(source: &str) -> (Option<Network>, Vec<Diagnostic>) {
    let parsed = grammar::parse(SourceId(0), source);
    assert!(parsed.diagnostics.is_empty(), "{source}\n{:?}", parsed.diagnostics);
    resolve(&parsed.file, &Options { files: Some(Arc::new(Desk)), ..Options::default() })
}

/// The network of a text without mistakes.
fn network(source: &str) -> Network {
    let (network, found) = resolved(source);
    network.unwrap_or_else(|| panic!("{source}\n{}", lines(source, &found)))
}

/// What is wrong with a text: a line for each, with code, the text it is about, and message.
pub(super) fn check(source: &str) -> String {
    let (network, found) = resolved(source);
    let wrong = found.iter().any(|diagnostic| diagnostic.severity == grammar::Severity::Error);
    assert_eq!(network.is_none(), wrong);
    lines(source, &found)
}

fn lines(source: &str, found: &[Diagnostic]) -> String {
    let line = |diagnostic: &Diagnostic| {
        let at = source.get(diagnostic.primary.span.range()).unwrap_or("?").lines().next().unwrap_or_default();
        format!("{} `{at}` {}", diagnostic.code.id, diagnostic.message)
    };
    found.iter().map(line).collect::<Vec<String>>().join("\n")
}

/// Every model of this repository: path and text.
fn models() -> Vec<(String, String)> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut models = Vec::new();
    for folder in ["examples", "examples/from-documents", "tests/reference"] {
        for path in std::fs::read_dir(root.join(folder)).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if path.extension().is_some_and(|ending| ending == "rheo") {
                let source = std::fs::read_to_string(&path).expect("a model of this repository is text");
                models.push((path.display().to_string(), source));
            }
        }
    }
    models.sort();
    models
}

/// Cases that pin the order of synapses are warned of it, and of nothing else.
fn is_about_order(path: &str, found: &str) -> bool {
    const CASES: [&str; 6] = [
        "autapse_and_pre_writes",
        "clocks_of_groups",
        "delays_changed_between_runs",
        "effects_in_order",
        "projections_onto_one_variable",
        "two_synapses_per_pair",
    ];
    CASES.iter().any(|case| path.contains(case)) && found.lines().all(|line| line.starts_with("W0403"))
}

#[test]
fn all_models_at_hand_resolve() {
    let models = models();
    assert!(models.len() > 30, "the models are where they were");
    let wrong: Vec<String> = models
        .iter()
        .map(|(path, source)| (path, check(source)))
        .filter(|(path, found)| !found.is_empty() && !is_about_order(path, found))
        .map(|(path, found)| format!("{path}\n{found}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_model_without_one_of_its_lines_resolves_or_says_why_not() {
    for (path, source) in models() {
        let all: Vec<&str> = source.lines().collect();
        for left_out in 0..all.len() {
            let rest: Vec<&str> =
                all.iter().enumerate().filter(|(line, _)| *line != left_out).map(|(_, text)| *text).collect();
            let parsed = grammar::parse(SourceId(0), &rest.join("\n"));
            let (network, found) = resolve(&parsed.file, &Options::default());
            let wrong = found.iter().any(|diagnostic| diagnostic.severity == grammar::Severity::Error);
            assert_eq!(network.is_none(), wrong, "{path} without line {left_out}");
        }
    }
}

mod arrays;
mod codes;
mod desk;
mod functions;
mod mends;
mod models;
mod networks;
mod options;
mod sweeps;
