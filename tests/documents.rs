//! The documents' cells (`docs/documents.md`): the numbers that Brian2 gives for them, and the pages' own outputs.
//!
//! `documents/numbers.json` holds what Brian2 2.9 gives for the cells without chance. What a cell with chance must
//! show is said here, cell by cell.

use rheobase::output::Table;
use rheobase::{Engine, Event, Options, Simulation};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Samples of a trace that are kept in the file: every so many.
const KEPT: usize = 25;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|reason| panic!("{}: {reason}", path.display()))
}

fn example(name: &str) -> PathBuf {
    root().join("examples/from-documents").join(format!("{name}.rheo"))
}

/// The example run on an engine, and the lines it prints.
fn run(name: &str, options: &Options) -> (Simulation, Vec<String>) {
    let failed = |error: rheobase::Error| -> ! { panic!("{name}:\n{error}") };
    let model = rheobase::Model::from_file(example(name), options).unwrap_or_else(|error| failed(error));
    let mut simulation = model.simulation().unwrap_or_else(|error| failed(error));
    let mut printed = Vec::new();
    let outcome = simulation.run_script(|event| {
        if let Event::Print(line) = event {
            printed.push(line);
        }
    });
    outcome.unwrap_or_else(|error| failed(error));
    (simulation, printed)
}

fn seeded(name: &str) -> Simulation {
    run(name, &Options::new().seed(7)).0
}

/// A column of a recording as floats.
fn column(simulation: &mut Simulation, recording: &str, wanted: &str) -> Vec<f64> {
    let table = simulation.table(recording).unwrap_or_else(|error| panic!("{recording}: {error}"));
    let Table::Named { columns } = table else { panic!("{recording} holds samples") };
    let found = columns.into_iter().find(|(name, _, _)| name == wanted);
    found.unwrap_or_else(|| panic!("{recording} has no column {wanted}")).2.numbers()
}

fn numbers(value: &Value) -> Vec<f64> {
    let list = value.as_array().unwrap_or_else(|| panic!("a list is expected, not {value}"));
    list.iter().map(|number| number.as_f64().expect("a number")).collect()
}

/// Within 1e-9 of the largest magnitude.
fn close(got: &[f64], expected: &[f64], what: &str) {
    assert_eq!(got.len(), expected.len(), "{what}: number of values");
    let largest = expected.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    for (got, expected) in got.iter().zip(expected) {
        assert!((got - expected).abs() <= 1e-9 * largest, "{what}: {got:e}, expected {expected:e}");
    }
}

fn compare(simulation: &mut Simulation, recording: &str, expected: &Value, what: &str) {
    match expected {
        Value::Object(columns) => {
            for (name, values) in columns {
                assert_eq!(column(simulation, recording, name), numbers(values), "{what}: {name}");
            }
        }
        Value::Array(rows) if rows.iter().all(Value::is_array) => {
            let table = simulation.table(recording).unwrap_or_else(|error| panic!("{what}: {error}"));
            let Table::Samples { times, elements, values, .. } = table else { panic!("{what} holds no samples") };
            assert_eq!(elements.len(), rows.len(), "{what}: number of rows");
            for (place, row) in rows.iter().enumerate() {
                let kept = (0..times.len()).step_by(KEPT);
                let got: Vec<f64> = kept.map(|sample| values[sample * elements.len() + place]).collect();
                close(&got, &numbers(row), &format!("{what}, row {place}"));
            }
        }
        values => {
            let variable = recording.trim_end_matches(" at end").rsplit_once('.').expect("a variable").1;
            close(&column(simulation, recording, variable), &numbers(values), what);
        }
    }
}

#[test]
fn cells_without_chance_give_brian2s_numbers() {
    let expected: Value = serde_json::from_str(&read(&root().join("tests/documents/numbers.json"))).expect("JSON");
    let cells = expected["cells"].as_object().expect("cells");
    assert!(cells.len() >= 13, "{} cells", cells.len());
    for (cell, recordings) in cells {
        for engine in [Engine::Jit, Engine::Interpreter] {
            let (mut simulation, _) = run(cell, &Options::new().seed(1).engine(engine));
            for (recording, values) in recordings.as_object().expect("recordings") {
                compare(&mut simulation, recording, values, &format!("{cell}, {engine:?}, {recording}"));
            }
        }
    }
}

/// Every cell's row names an example, a Rust example or a diagnostic that is there, and no example is without a row.
#[test]
fn the_table_and_the_examples_agree() {
    let page = read(&root().join("docs/documents.md"));
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---"));
    let mut named = BTreeSet::new();
    for row in rows.filter(|row| !row.starts_with("| cell ")) {
        let here = row.trim_end_matches(" |").rsplit(" | ").next().expect("a last column");
        let paths: Vec<&str> = here.split('`').skip(1).step_by(2).filter(|word| word.contains('/')).collect();
        assert!(!paths.is_empty() || here == "no model", "this row says not where the cell is: {row}");
        for path in paths {
            assert!(root().join(path).exists(), "{path} is not there: {row}");
            named.insert(path.to_owned());
        }
    }
    for entry in fs::read_dir(root().join("examples/from-documents")).expect("the folder is there") {
        let file = entry.expect("readable").file_name().to_string_lossy().into_owned();
        let path = format!("examples/from-documents/{file}");
        assert!(!file.ends_with(".rheo") || named.contains(&path), "{path} is in no row");
    }
}

/// S0: what the page prints after `Spike times`.
#[test]
fn spike_times_are_the_printed_ones() {
    let times = column(&mut seeded("spikes"), "G.spikes", "t");
    close(&times, &[16e-3, 32.1e-3, 48.2e-3], "spike times");
}

/// S0 and S1: what the pages print of units; `1000*namp` is not 1.0000000000000002 uA here.
#[test]
fn values_are_printed_with_their_units() {
    let printed = run("units", &Options::new()).1;
    let expected = [
        "20*volt = 20 V",
        "1000*amp = 1 kA",
        "1e6*volt = 1 MV",
        "1000*namp = 1 uA",
        "(10*amp) + (100*mA) = 10.1 A",
        "-60e-3*volt = -60 mV",
        "-60*mvolt = -60 mV",
        "120*amp = 120 A",
        "120*mamp = 120 mA",
        "120*mamp*60*ohm = 7.2 V",
    ];
    assert_eq!(printed, expected);
}

/// S0: `After v = 0.9999546000702376`, after a thousand steps that each round, and `Expected value of v`.
#[test]
fn v_is_what_the_closed_form_says() {
    let (mut simulation, printed) = run("relaxation", &Options::new());
    let v = column(&mut simulation, "G.v at end", "v")[0];
    assert!((v - 0.999_954_600_070_237_6).abs() < 1e-13, "{v}");
    assert_eq!(printed, ["1 - exp(-100*ms/tau) = 0.9999546"]);
}

/// S1: without noise a neuron fires only where its drive is above the threshold; with it, below it too.
#[test]
fn noise_lets_neurons_fire_below_their_threshold() {
    let drive = |i: f64| 3.0 * i / 29.0;
    let below = |spikes: &[f64]| spikes.iter().filter(|&&i| drive(i) < 0.8).count();
    let plain = column(&mut seeded("drive_per_neuron"), "population.spikes", "i");
    assert_eq!(below(&plain), 0);
    let noisy = column(&mut seeded("drive_per_neuron_noisy"), "population.spikes", "i");
    assert!(below(&noisy) > 0, "no neuron below its threshold fired");
    let count = |neuron: f64| noisy.iter().filter(|&&i| i == neuron).count();
    assert!(count(29.0) > count(10.0) && count(10.0) > count(3.0), "more drive, more spikes");
}

/// S1: every spike raises the threshold by 5 mV, so that the group slows down from its common beginning.
#[test]
fn a_moving_threshold_slows_the_group() {
    let times = column(&mut seeded("moving_threshold"), "population.spikes", "t");
    let (early, late) = times.iter().partition::<Vec<f64>, _>(|&&t| t < 15e-3);
    assert!(early.len() > 30 && late.len() > 30, "{} and {} spikes", early.len(), late.len());
    assert!(early.len() as f64 / 15.0 > late.len() as f64 / 35.0, "{} and {} spikes", early.len(), late.len());
}

/// S1: the current is the same for 10 ms and another after them; spikes carry the value of v, above the threshold.
#[test]
fn a_current_drawn_every_10_ms_changes_the_rate() {
    let mut simulation = seeded("changing_current");
    let at_spikes = column(&mut simulation, "group.spikes", "v");
    assert!(!at_spikes.is_empty(), "no spikes");
    assert!(at_spikes.iter().all(|&v| v > -40e-3), "{at_spikes:?}");
}

/// S1: one shared current; the smaller the capacitance, the more it does.
#[test]
fn a_shared_current_drives_three_capacitances() {
    let mut simulation = seeded("shared_current");
    assert_eq!(simulation.get("group.I").expect("the current").values().len(), 1);
    let capacitances = simulation.get("group.C").expect("capacitances").into_values();
    close(&capacitances, &[160e-12, 200e-12, 240e-12], "capacitances");
    let Table::Samples { elements, values, .. } = simulation.table("group.v").expect("v") else { panic!("samples") };
    // Every channel is shut at first, so that the first step is the current's alone but for the leak.
    let depolarised = |neuron: usize| values[elements.len() + neuron] - values[neuron];
    for (neuron, capacitance) in [(1, 200e-12), (2, 240e-12)] {
        let ratio = depolarised(0) / depolarised(neuron);
        assert!((ratio - capacitance / 160e-12).abs() < 5e-3, "{ratio}");
    }
}

/// S1: a dark pixel of the picture drives its neuron at its time; a bright one leaves it to the noise. Brian2 2.9 gives
/// 68.0 spikes with a deviation of 5.3 over 100 seeds, 62.2 of them within two pixels of the cross.
#[test]
fn a_picture_becomes_a_raster() {
    let mut simulation = seeded("picture_input");
    let (neurons, times) = (column(&mut simulation, "pop.spikes", "i"), column(&mut simulation, "pop.spikes", "t"));
    let cross = |i: f64, t: f64| {
        let (row, column) = (31.0 - (t / 1e-3).floor(), i);
        (row - column).abs() < 3.0 || (row + column - 31.0).abs() < 3.0
    };
    let on = neurons.iter().zip(&times).filter(|&(&i, &t)| cross(i, t)).count();
    assert!((68.0 - neurons.len() as f64).abs() < 4.0 * 5.3, "{} spikes", neurons.len());
    assert!(on * 4 > neurons.len() * 3, "{on} of {} spikes are on the cross", neurons.len());
}
