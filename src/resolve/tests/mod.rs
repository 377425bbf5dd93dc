//! Whole texts against what is found in them.

use super::{Options, resolve};
use crate::ir::network::Network;
use grammar::{Diagnostic, SourceId};

/// Parses and resolves a text that must parse.
fn resolved(source: &str) -> (Option<Network>, Vec<Diagnostic>) {
    let parsed = grammar::parse(SourceId(0), source);
    assert!(parsed.diagnostics.is_empty(), "{source}\n{:?}", parsed.diagnostics);
    resolve(&parsed.file, &Options::default())
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

#[test]
fn all_models_at_hand_resolve() {
    let mut wrong = Vec::new();
    for folder in ["examples", "examples/from-documents", "tests/reference"] {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let mut paths: Vec<_> =
            std::fs::read_dir(root).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths.iter().filter(|path| path.extension().is_some_and(|ending| ending == "rheo")) {
            let source = std::fs::read_to_string(path).expect("a model of this repository is text");
            let found = check(&source);
            if !found.is_empty() {
                wrong.push(format!("{}\n{found}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

mod codes;
mod networks;
mod options;
