//! Every model of `errors/` is refused, and what the user then reads is held by a snapshot: read them as carefully as code.

use rheobase::{Error, Model, Options, Rejected};
use std::fs;
use std::path::{Path, PathBuf};

fn models() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/errors");
    let entries = fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("readable").path());
    let mut models: Vec<_> = entries.filter(|path| path.extension().is_some_and(|ending| ending == "rheo")).collect();
    models.sort();
    models
}

fn rejected(path: &Path) -> Rejected {
    let bytes = fs::read(path).expect("readable");
    let name = path.file_name().expect("a file").to_string_lossy();
    match Model::from_bytes(&name, &bytes, &Options::default()) {
        Err(Error::Model(rejected)) => rejected,
        Err(other) => panic!("{name}: refused without a diagnostic: {other}"),
        Ok(_) => panic!("{name} is accepted"),
    }
}

#[test]
fn what_is_wrong_is_told() {
    for path in models() {
        let stem = path.file_stem().expect("a file").to_string_lossy();
        insta::assert_snapshot!(stem.as_ref(), rejected(&path).render());
    }
}

#[test]
fn every_error_says_what_to_do_about_it() {
    for path in models() {
        for diagnostic in rejected(&path).diagnostics {
            let told =
                !diagnostic.help.is_empty() || !diagnostic.notes.is_empty() || !diagnostic.primary.text.is_empty();
            assert!(told, "{}: {} says nothing beyond {:?}", path.display(), diagnostic.code.id, diagnostic.message);
        }
    }
}

#[test]
fn bytes_that_are_no_text_are_refused_with_their_place() {
    let rejected = match Model::from_bytes("m.rheo", b"tau = 10*ms\nV = \xff\n", &Options::default()) {
        Err(Error::Model(rejected)) => rejected,
        other => panic!("{other:?}"),
    };
    insta::assert_snapshot!("not_utf8", rejected.render());
}

#[test]
fn a_hundred_thousand_brackets_are_one_diagnostic() {
    let text = format!("x = {}", "(".repeat(100_000));
    match Model::from_source(&text, &Options::default()) {
        Err(Error::Model(rejected)) => {
            assert!(rejected.diagnostics.len() <= 2, "{} diagnostics", rejected.diagnostics.len());
            assert!(rejected.diagnostics[0].message.contains("256"), "{}", rejected.diagnostics[0].message);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn neurons_that_no_memory_holds_are_told_before_any_is_made() {
    let variables: String = (0..200).map(|number| format!("x{number} : 1\n")).collect();
    let text = format!("neurons Few[3] {{ y : 1 }}\nneurons Many[2000000000] {{\n{variables}}}\n");
    let model = Model::from_source(&text, &Options::default()).expect("sound");
    let Err(Error::Model(rejected)) = model.simulation_with_seed(1) else { panic!("3.2 TB are made") };
    let told = &rejected.diagnostics[0];
    assert_eq!(told.code.id, "E0694");
    assert_eq!(told.message, "there is no memory for the 2,000,000,000 neurons of `Many`");
}
