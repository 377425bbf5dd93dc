//! A line may end wherever the language guide lets one go on: the text means the same.

mod common {
    mod spans;
    pub(crate) use spans::without_spans;
}

use common::without_spans;
use grammar::{Parsed, SourceId, parse};
use std::fs;
use std::path::{Path, PathBuf};

/// A line goes on behind these.
const ENDS: [&str; 9] = ["->", ":", ",", "=", "+", "*", "/", "<", ">"];

/// Model files of the repository that are right.
fn models() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders =
        ["tests/language", "../tests/ordinary", "../tests/reference", "../examples", "../examples/from-documents"];
    let listed = folders.iter().flat_map(|folder| fs::read_dir(root.join(folder)).expect("a folder"));
    let paths = listed.map(|entry| entry.expect("an entry").path());
    paths.filter(|path| path.extension().is_some_and(|ending| ending == "rheo")).collect()
}

/// Where a line end may be put into a text: behind one of the signs, before a blank, outside comments and texts.
fn places(text: &str) -> Vec<usize> {
    let mut places = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let code = line.split(['#', '"', '\'']).next().unwrap_or_default();
        for (at, _) in code.match_indices(' ') {
            if ENDS.iter().any(|sign| code[..at].ends_with(sign)) {
                places.push(start + at);
            }
        }
        start += line.len();
    }
    places
}

#[test]
fn a_line_goes_on_where_the_guide_says_so() {
    let source = SourceId(0);
    let mut tried = 0;
    for path in models() {
        let text = fs::read_to_string(&path).expect("read");
        let Parsed { file: whole, diagnostics: found } = parse(source, &text);
        if !found.is_empty() {
            continue;
        }
        let whole = without_spans(&whole);
        for place in places(&text) {
            for indent in ["", "            "] {
                let cut = format!("{}\n{indent}{}", &text[..place], &text[place..]);
                let Parsed { file: tree, diagnostics: found } = parse(source, &cut);
                assert_eq!(found, [], "{}:\n{cut}", path.display());
                assert_eq!(without_spans(&tree), whole, "{}:\n{cut}", path.display());
                tried += 1;
            }
        }
    }
    assert!(tried > 5000, "{tried} line ends");
}

#[test]
fn headers_may_end_in_a_colon() {
    for text in [
        "neurons P[10]:\n    lif",
        "neurons P[10]:\nlif {\n v : 1\n}",
        "synapses S:\n    P -> P { on_pre v += 0.01\n connect all }",
        "synapses S:\n    n -> n { connect all }",
        "synapses S: P -> P:\n    st { connect all }",
        "neurons P[10] { init :\n    1 }",
        "neurons P[10] { reset :\n    volt }",
    ] {
        let found = parse(SourceId(0), text).diagnostics;
        assert_eq!(found, [], "{text}");
    }
}
