//! The rules of the house that a compiler does not check: who may know whom, headers, the places of `unsafe`.

use std::fs;
use std::path::{Path, PathBuf};

/// Which words a folder's files must not contain: who must not know whom.
const MUST_NOT_KNOW: &[(&str, &[&str])] = &[
    ("grammar/src", &["runtime::", "cranelift", "std::fs", "std::io"]),
    ("runtime/src", &["grammar::", "cranelift", "rheobase::"]),
    ("src/units", &["runtime::", "cranelift"]),
    ("src/resolve", &["runtime::network", "runtime::kernel", "cranelift"]),
    ("src/ir", &["runtime::", "cranelift", "grammar::ast"]),
    ("src/passes", &["runtime::network", "runtime::kernel", "cranelift", "grammar::ast"]),
    ("src/interpreter", &["cranelift", "grammar::"]),
    ("src/codegen", &["grammar::", "crate::units"]),
    ("src/output", &["runtime::", "cranelift", "grammar::"]),
    ("src/cli", &["runtime::", "grammar::", "cranelift", "crate::"]),
    ("examples", &["runtime::", "grammar::", "cranelift"]),
];

/// The modules that may contain `unsafe`.
const MAY_BE_UNSAFE: &[&str] = &[
    "runtime/src/partition.rs",
    "runtime/src/partition/crew.rs",
    "runtime/src/partition/tiles.rs",
    "runtime/src/random/vectors.rs",
    "src/codegen/executable.rs",
];

/// Folders with sources of ours.
const ALL: &[&str] =
    &["grammar/src", "grammar/tests", "runtime/src", "runtime/tests", "src", "tests", "benches", "examples"];

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut waiting = vec![root.join(folder)];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source file is text");
                found.push((path.strip_prefix(root).expect("within the root").to_owned(), text));
            }
        }
    }
    assert!(!found.is_empty(), "{folder} has sources");
    found
}

/// The text without comments and without its tests, which may know more.
fn code(text: &str) -> String {
    let tests = |line: &&str| line.starts_with("#[cfg(test)]") || line.starts_with("#![cfg(test)]");
    let lines = text.lines().take_while(|line| !tests(line));
    lines.map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

#[test]
fn folders_do_not_know_what_they_must_not() {
    for (folder, words) in MUST_NOT_KNOW {
        for (path, text) in sources(folder) {
            for word in *words {
                assert!(!code(&text).contains(word), "{} must not know `{word}`", path.display());
            }
        }
    }
}

#[test]
fn every_file_begins_with_what_it_is() {
    for folder in ALL {
        for (path, text) in sources(folder) {
            assert!(text.starts_with("//!"), "{} has no header", path.display());
        }
    }
}

#[test]
fn unsafe_stands_only_in_its_modules() {
    for folder in ["grammar/src", "runtime/src", "src"] {
        for (path, text) in sources(folder) {
            let named = MAY_BE_UNSAFE.iter().any(|allowed| path == Path::new(allowed));
            let blocks = code(&text).lines().any(|line| line.contains("unsafe {") || line.contains("unsafe impl"));
            assert!(named || !blocks, "{} has unsafe code", path.display());
        }
    }
}

#[test]
fn nothing_is_left_for_later() {
    for folder in ALL {
        for (path, text) in sources(folder) {
            for word in [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X"), concat!("#[ig", "nore")] {
                assert!(!text.contains(word), "{} contains {word}", path.display());
            }
        }
    }
}

#[test]
fn the_command_line_sees_only_what_everybody_sees() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let main = fs::read_to_string(root.join("src/main.rs")).expect("the binary");
    assert!(main.contains("mod cli;"), "a module of the binary reaches the library by its public items alone");
}
