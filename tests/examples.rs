//! Every example and every model in the documents compiles and runs; the examples do what their texts say.

use rheobase::{Engine, Model, Options, Simulation};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn models(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![root().join(folder)];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).expect("the folder is there") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rheo") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn built(name: &str, text: &str, options: &Options) -> Simulation {
    let failed = |error: rheobase::Error| -> ! { panic!("{name}:\n{error}") };
    let model = Model::from_bytes(name, text.as_bytes(), options).unwrap_or_else(|error| failed(error));
    assert!(model.warnings().is_empty(), "{name} has warnings: {:?}", model.warnings());
    model.simulation().unwrap_or_else(|error| failed(error))
}

fn run(name: &str, text: &str, options: &Options) -> Simulation {
    let mut simulation = built(name, text, options);
    simulation.run_script(|_| {}).unwrap_or_else(|error| panic!("{name}:\n{error}"));
    simulation
}

fn example(name: &str) -> String {
    fs::read_to_string(root().join("examples").join(name)).unwrap_or_else(|reason| panic!("{name}: {reason}"))
}

/// The model without its recordings, which name neurons that a smaller one does not have.
fn small(text: &str) -> String {
    text.lines().filter(|line| !line.starts_with("record")).map(|line| format!("{line}\n")).collect()
}

/// Mean rate of a population over the whole run [Hz].
fn rate(simulation: &Simulation, population: &str) -> f64 {
    let summary = simulation.summary("", None);
    let (_, found) = summary.populations.iter().find(|(name, _)| name == population).expect("the population");
    found.rate_hz.expect("its neurons have a threshold")
}

#[test]
fn the_documents_models_run_on_both_engines() {
    for path in models("examples/from-documents") {
        let text = fs::read_to_string(&path).expect("readable");
        for engine in [Engine::Jit, Engine::Interpreter] {
            run(&path.display().to_string(), &text, &Options::new().seed(1).engine(engine));
        }
    }
}

/// Brian2 2.9 gives 5 to 7 Hz for this network, from one connectivity to the next.
#[test]
fn cuba_fires_irregularly_by_itself() {
    let simulation = run("cuba", &example("cuba.rheo"), &Options::new().seed(1));
    assert!((3.0..9.0).contains(&rate(&simulation, "P")), "{} Hz", rate(&simulation, "P"));
}

#[test]
fn coba_fires_by_itself() {
    let simulation = run("coba", &example("coba.rheo"), &Options::new().seed(1));
    assert!((10.0..40.0).contains(&rate(&simulation, "P")), "{} Hz", rate(&simulation, "P"));
}

#[test]
fn cobahh_fires_by_itself() {
    let simulation = run("cobahh", &example("cobahh.rheo"), &Options::new().seed(1).duration("200*ms"));
    assert!((5.0..120.0).contains(&rate(&simulation, "P")), "{} Hz", rate(&simulation, "P"));
}

/// Poisson inputs of 15 Hz; weights go to the two ends of their range.
#[test]
fn stdp_spreads_the_weights() {
    let mut simulation = run("stdp", &example("stdp.rheo"), &Options::new().seed(1));
    let sources = simulation.objects()[0].clone();
    assert!((14.0..16.0).contains(&rate(&simulation, &sources)), "{} Hz", rate(&simulation, &sources));
    let weights = simulation.get("S.w").expect("weights").into_values();
    assert_eq!(weights.len(), 1000);
    let ends = weights.iter().filter(|&&weight| !(0.003..0.007).contains(&weight)).count();
    assert!(ends > 600, "{ends} of 1000 weights are near an end");
    assert!(weights.iter().all(|weight| (0.0..=0.01).contains(weight)));
}

/// Brunel (2000), figure 8C: about 40 Hz for g = 5 and twice the threshold rate.
#[test]
fn brunel_is_asynchronous_and_irregular() {
    let simulation = run("brunel", &example("brunel.rheo"), &Options::new().seed(1).duration("100*ms"));
    assert!((20.0..60.0).contains(&rate(&simulation, "P")), "{} Hz", rate(&simulation, "P"));
}

/// dv/dt = (v0 - v)/tau from 0 to 1 takes tau*ln(v0/(v0 - 1)), then 5 ms of refractoriness.
#[test]
fn lif_fires_as_its_closed_form_says() {
    let text = small(&example("lif.rheo"));
    let simulation = run("lif", &text, &Options::new().seed(1).set("size", "1000"));
    let expected: f64 = (0..1000)
        .map(|i| 0.5 + f64::from(i) / 1000.0)
        .map(|v0: f64| if v0 > 1.0 { 1.0 / (0.005 + 0.010 * (v0 / (v0 - 1.0)).ln()) } else { 0.0 })
        .sum::<f64>()
        / 1000.0;
    let got = rate(&simulation, "P");
    // 100 ms from random initial values: each neuron is at most one spike off its rate.
    assert!((got - expected).abs() < 5.0, "{got} Hz, expected about {expected} Hz");
}

#[test]
fn hh_fires_more_with_more_current() {
    let text = small(&example("hh.rheo"));
    let simulation = run("hh", &text, &Options::new().seed(1).set("size", "100"));
    assert!((10.0..120.0).contains(&rate(&simulation, "P")), "{} Hz", rate(&simulation, "P"));
}

/// Sixty recorded spikes reach the neurons, and the delays of the file are those of the synapses.
#[test]
fn models_take_everything_from_files() {
    let mut simulation = run("examples/files.rheo", &example("files.rheo"), &Options::new().seed(1));
    let summary = simulation.summary("", None);
    let spikes = |name: &str| summary.populations.iter().find(|(other, _)| other == name).and_then(|(_, it)| it.spikes);
    assert_eq!(spikes("Recorded"), Some(60));
    assert!(spikes("P") > Some(20), "{:?}", spikes("P"));
    let delays = simulation.get("S.delay").expect("delays").into_values();
    assert_eq!(delays.len(), 60);
    assert!(delays.iter().all(|delay| (0.0002..=0.003).contains(delay)));
}

/// Neurons in the rows of the ring spike where the picture is black, and hardly elsewhere.
#[test]
fn a_picture_is_seen_in_the_spikes() {
    let simulation = run("examples/image.rheo", &example("image.rheo"), &Options::new().seed(1));
    let spikes = simulation.spikes("P").expect("recorded");
    let (ring, corners): (Vec<_>, Vec<_>) = spikes.iter().partition(|spike| (12..52).contains(&spike.neuron));
    assert!(ring.len() > 100 && corners.len() * 4 < ring.len(), "{} and {}", ring.len(), corners.len());
}

/// The files that models in the documents read, by their bare names.
fn with_files(options: Options) -> Options {
    let files = fs::read_dir(root().join("examples/files")).expect("the folder is there");
    files.map(|entry| entry.expect("readable").path()).fold(options, |options, path| {
        let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
        options.file(&name, fs::read(&path).expect("readable"))
    })
}

/// The models in the documents' fenced blocks, as a reader would paste them.
#[test]
fn the_models_in_the_documents_run() {
    let mut count = 0;
    for file in ["README.md", "docs/tutorial.md", "docs/from-brian2.md", "docs/language.md", "docs/sweeps.md"] {
        let text = fs::read_to_string(root().join(file)).unwrap_or_else(|reason| panic!("{file}: {reason}"));
        for (number, block) in text.split("```rheo\n").skip(1).enumerate() {
            let model = block.split("```").next().expect("a block ends");
            run(&format!("<{file}, model {}>", number + 1), model, &with_files(Options::new().seed(1)));
            count += 1;
        }
    }
    assert!(count >= 15, "only {count} models were found in the documents");
}

#[test]
fn examples_are_laid_out_as_fmt_lays_out() {
    for path in models("examples") {
        let formatted = rheobase::format_file(&path).unwrap_or_else(|error| panic!("{error}"));
        assert!(!formatted.changed, "{} would be laid out otherwise:\n{}", path.display(), formatted.text);
    }
}
