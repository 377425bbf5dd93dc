//! Every diagnostic has a model in `gallery/` that brings it out, and `docs/diagnostics.md` shows them all as users see them.
//!
//! The page is made of the models: `RHEOBASE_UPDATE=1 cargo test --test gallery` writes it anew, to be read before it is committed.

use rheobase::{Code, Diagnostic, Error, Model, Options, Severity, Sources, report};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// Diagnostics that no text of a few lines brings out, and why.
const WITHOUT_A_MODEL: [(&str, &str); 4] = [
    ("E0006", "A file holds bytes that are no text; they are shown by their place."),
    ("E0007", "A file has 4 GiB or more."),
    ("E0595", "Listed spikes that a network cannot have; what a text lists is looked at before."),
    ("E0693", "The signature of a function that a program gives says nothing about its value."),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gallery")
}

/// What is found in a model, with the texts it is about; the network is built where the text is sound.
fn found(code: &str) -> (String, Sources, Vec<Diagnostic>) {
    let name = format!("{code}.rheo");
    let text = fs::read_to_string(folder().join(&name)).unwrap_or_else(|_| panic!("{name} is not there"));
    let path = format!("tests/gallery/{name}");
    let rejected = match Model::from_bytes(&path, text.as_bytes(), &Options::default()) {
        Err(Error::Model(rejected)) => rejected,
        Err(other) => panic!("{name}: {other}"),
        Ok(model) => {
            let warnings = model.warnings().to_vec();
            if code.starts_with('W') {
                return (text, model.sources().clone(), warnings);
            }
            match model.simulation_with_seed(1) {
                Err(Error::Model(rejected)) => rejected,
                Err(other) => panic!("{name}: {other}"),
                Ok(_) => panic!("{name} is built"),
            }
        }
    };
    (text, rejected.sources, rejected.diagnostics)
}

fn shown() -> Vec<Code> {
    report::codes().filter(|code| WITHOUT_A_MODEL.iter().all(|(id, _)| *id != code.id)).collect()
}

#[test]
fn every_diagnostic_is_brought_out_alone_and_says_how_to_mend_it() {
    for code in shown() {
        let (_, sources, diagnostics) = found(code.id);
        let told = report::plain(&sources, &diagnostics);
        assert!(diagnostics.iter().any(|diagnostic| diagnostic.code == code), "{} brings out:\n{told}", code.id);
        for diagnostic in &diagnostics {
            assert!(!diagnostic.help.is_empty(), "{} says not how to mend it:\n{told}", diagnostic.code.id);
            let severity = if diagnostic.code.id.starts_with('W') { Severity::Warning } else { Severity::Error };
            assert_eq!((diagnostic.code, diagnostic.severity), (code, severity), "in {}.rheo", code.id);
        }
    }
}

#[test]
fn every_model_is_of_a_diagnostic() {
    let shown = shown();
    for entry in fs::read_dir(folder()).expect("listed") {
        let path = entry.expect("an entry").path();
        let stem = path.file_stem().expect("a name").to_string_lossy();
        assert!(shown.iter().any(|code| code.id == stem), "there is no {stem}");
    }
}

/// Longer models are cut where they are shown.
const LONGEST_LINE: usize = 120;

fn page() -> String {
    let mut page = String::from(
        "# Diagnostics\n\n\
         Everything that Rheobase finds wrong with a model, or worth a second look, each with a model that brings it out.\n\
         `E…` are errors: the model is not run. `W…` are warnings.\n\
         A number is never given to another.\n\
         `rheobase check MODEL.rheo` shows all of a model at once; `--message-format json` is for editors.\n\n\
         This page is made of `tests/gallery/` by its test.\n",
    );
    let mut codes: Vec<Code> = report::codes().collect();
    codes.sort_by_key(|code| code.id);
    for code in codes {
        write!(page, "\n## {} {}\n\n", code.id, code.title).expect("strings can be written to");
        if let Some((_, why)) = WITHOUT_A_MODEL.iter().find(|(id, _)| *id == code.id) {
            writeln!(page, "{why}").expect("strings can be written to");
            continue;
        }
        let (text, sources, diagnostics) = found(code.id);
        let text: String = text.lines().map(|line| cut(line) + "\n").collect();
        let told = report::plain(&sources, &diagnostics).replace("tests/gallery/", "");
        write!(page, "```rheo\n{text}```\n\n```text\n{}\n```\n", told.trim_end()).expect("strings can be written to");
    }
    page
}

fn cut(line: &str) -> String {
    if line.chars().count() <= LONGEST_LINE {
        return line.to_owned();
    }
    let (begin, end): (String, String) =
        (line.chars().take(LONGEST_LINE / 2).collect(), line.chars().skip(line.chars().count() - 20).collect());
    format!("{begin} … {end}")
}

#[test]
fn the_page_shows_them_all() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/diagnostics.md");
    let page = page();
    if std::env::var_os("RHEOBASE_UPDATE").is_some() {
        fs::write(&path, &page).expect("written");
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(there == page, "docs/diagnostics.md is not what the models bring out: see the top of tests/gallery.rs");
}
