//! `use "file"`: what comes of it, in memory and on disk, and what is told where it cannot be.

use rheobase::{Error, Model, Options, Rejected};
use std::fs;

const CHANNELS: &str = "gL = 10*nS\nmodel leaky {\n    dv/dt = gL*(El - v)/C : volt\n    C : farad = 200*pF\n}\n";

fn rejected(text: &str, options: &Options) -> Rejected {
    match Model::from_source(text, options) {
        Err(Error::Model(rejected)) => rejected,
        other => panic!("{other:?}"),
    }
}

/// Code, text and line of everything found.
fn lines(rejected: &Rejected) -> Vec<String> {
    rejected
        .diagnostics
        .iter()
        .map(|found| format!("{} {} {}", found.code.id, rejected.sources.place(found.primary.span), found.message))
        .collect()
}

#[test]
fn a_used_file_gives_models_and_constants() {
    let options = Options::new().file("lib/channels.rheo", CHANNELS).file("lib/rest.rheo", "El = -65*mV");
    let options = options.file("lib/all.rheo", "use \"channels.rheo\"\nuse \"../lib/rest.rheo\"\n");
    let text = "use \"lib/all.rheo\"\nneurons P[2]: leaky { init v = -50*mV }\nrun 20*ms\n";
    let mut simulation = Model::from_source(text, &options).expect("it is a model").simulation().expect("it builds");
    simulation.run_script(|_| {}).expect("it runs");
    let v = simulation.get("P.v").expect("it has v").into_values();
    let expected = -65e-3 + 15e-3 * (-1.0_f64).exp();
    assert!((v[0] - expected).abs() < 1e-12, "{} against {expected}", v[0]);
    // The library goes the way of the text once more: the files need not be read again.
    assert_eq!(simulation.get("P.v[0:1]").expect("a part").values(), &v[..1]);
}

#[test]
fn a_file_used_twice_and_by_two_ways_is_there_once() {
    let options =
        Options::new().file("a.rheo", "use \"c.rheo\"\na = 1 + c").file("b.rheo", "use \"c.rheo\"\nb = 2 + c");
    let options = options.file("c.rheo", "c = 1");
    let text = "use \"a.rheo\"\nuse \"b.rheo\"\nuse \"./a.rheo\"\nneurons P[a + b] { v : 1 }\n";
    let model = Model::from_source(text, &options).expect("it is a model");
    assert_eq!(model.simulation().expect("it builds").get("P.v").expect("it has v").values().len(), 5);
}

#[test]
fn constants_of_a_used_file_can_be_set_from_outside() {
    let options = Options::new().file("a.rheo", "n = 3").set("n", "7");
    let model = Model::from_source("use \"a.rheo\"\nneurons P[n] { v : 1 }\n", &options).expect("it is a model");
    assert_eq!(model.simulation().expect("it builds").get("P.v").expect("it has v").values().len(), 7);
}

#[test]
fn files_on_disk_are_relative_to_the_one_that_names_them() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("lib")).expect("a folder within");
    fs::write(folder.path().join("lib/sizes.rheo"), "n = 4\n").expect("written");
    fs::write(folder.path().join("lib/models.rheo"), "use \"sizes.rheo\"\nmodel m { v : 1 = n }\n").expect("written");
    let main = folder.path().join("main.rheo");
    fs::write(&main, "use \"lib/models.rheo\"\nneurons P[n]: m\n").expect("written");
    let model = Model::from_file(&main, &Options::new()).expect("it is a model");
    assert_eq!(model.simulation().expect("it builds").get("P.v").expect("it has v").values(), &[4.0; 4]);
}

#[test]
fn files_that_use_each_other_are_told_with_the_way_round() {
    let options = Options::new().file("a.rheo", "use \"b.rheo\"\na = 1").file("b.rheo", "use \"a.rheo\"\nb = 1");
    let options = options.file("self.rheo", "use \"self.rheo\"");
    let found = rejected("use \"a.rheo\"\nneurons P[1] { v : 1 }\n", &options);
    assert_eq!(
        lines(&found),
        ["E0691 b.rheo:1:5 `a.rheo` uses itself by way of others: `a.rheo` -> `b.rheo` -> `a.rheo`"]
    );
    let found = rejected("use \"self.rheo\"\nneurons P[1] { v : 1 }\n", &options);
    assert_eq!(lines(&found), ["E0691 self.rheo:1:5 `self.rheo` uses itself"]);
}

#[test]
fn an_experiment_cannot_be_used() {
    let rows = [
        "neurons Q[3] { v : 1 }\nrun 1*ms",
        "dt = 1*ms",
        "seed = 3",
        "R = P[0:1]",
        "synapses S: P -> P { connect all }",
        "record P.v",
        "set P.v = 1",
        "print 1",
        "sweep x = [1] { run 1*ms; report rate(P) }",
    ];
    for text in rows {
        let options = Options::new().file("a.rheo", format!("x = 1\n{text}\n"));
        let found = rejected("use \"a.rheo\"\nneurons P[1] { v : 1 = x }\n", &options);
        let message = "a file that is used has models, constants and functions, and this belongs in the main text";
        assert_eq!(lines(&found), [format!("E0692 a.rheo:2:1 {message}")], "{text}");
    }
}

#[test]
fn a_mistake_in_a_used_file_is_told_there_with_the_block_that_meets_it() {
    let options = Options::new().file("channels.rheo", CHANNELS);
    let found = rejected("use \"channels.rheo\"\n\nneurons P[2]: leaky\n", &options);
    insta::assert_snapshot!("used_file", found.render());
}

#[test]
fn clashes_show_both_places() {
    let options = Options::new().file("a.rheo", "tau = 1*ms\nmodel m { v : 1 }");
    let found = rejected("use \"a.rheo\"\ntau = 2*ms\nmodel m { x : 1 }\nneurons P[1] { v : 1 }\n", &options);
    insta::assert_snapshot!("used_file_clash", found.render());
}

#[test]
fn what_cannot_be_read_is_told_with_where_it_was_looked_for() {
    let options = Options::new().file("lib/a.rheo", "use \"missing.rheo\"\n").file("lib/b.rheo", vec![0xff, 0xfe]);
    let found = rejected("use \"lib/a.rheo\"\nneurons P[n]: m\n", &options);
    assert_eq!(found.diagnostics.len(), 1, "{}", found.render());
    assert!(found.render().contains("lib/missing.rheo"), "{}", found.render());
    let found = rejected("use \"lib/b.rheo\"\nneurons P[n]: m\n", &options);
    assert_eq!(lines(&found), ["E0690 <model>:1:5 `lib/b.rheo` cannot be read: it is no text in UTF-8"]);
}

#[test]
fn a_long_row_of_files_is_refused_and_does_not_overflow() {
    let options = (0..5_000).fold(Options::new(), |options, number| {
        options.file(&format!("{number}.rheo"), format!("use \"{}.rheo\"\n", number + 1))
    });
    let found = rejected("use \"0.rheo\"\nneurons P[1] { v : 1 }\n", &options);
    assert_eq!(lines(&found), ["E0691 62.rheo:1:5 files use one another 64 deep"]);
}

#[test]
fn a_file_of_models_can_be_checked_by_itself() {
    let model = Model::from_source("model m { v : 1 }\ntau = 1*ms\n", &Options::new());
    assert!(model.is_ok_and(|model| model.warnings().is_empty()));
}
