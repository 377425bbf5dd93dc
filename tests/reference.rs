//! Every case of `reference/` on every engine: the numbers that Brian2 or a closed form gives, see its README.
//!
//! `cases.json` says which recording is compared with which field, and how.

use rheobase::output::Table;
use rheobase::{Cpu, Engine, Model, Options};
use serde_json::Value;
use std::fs;
use std::panic;
use std::path::{Path, PathBuf};

/// The engines and what else may not change results beyond the tolerance.
fn engines() -> Vec<(&'static str, Options)> {
    vec![
        ("jit", Options::new()),
        ("jit, one neuron at a time", Options::new().scalar(true)),
        ("jit, two threads", Options::new().threads(2)),
        ("jit, baseline", Options::new().cpu(Cpu::Baseline)),
        ("interpreter", Options::new().engine(Engine::Interpreter)),
    ]
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference")
}

fn json(file: &Path) -> Value {
    let text = fs::read_to_string(file).unwrap_or_else(|reason| panic!("{}: {reason}", file.display()));
    serde_json::from_str(&text).unwrap_or_else(|reason| panic!("{}: {reason}", file.display()))
}

fn floats(value: &Value) -> Vec<f64> {
    let list = value.as_array().unwrap_or_else(|| panic!("a list is expected, not {value}"));
    list.iter().map(|number| number.as_f64().unwrap_or(f64::NAN)).collect()
}

fn integers(value: &Value) -> Vec<i64> {
    floats(value).into_iter().map(|number| number as i64).collect()
}

/// A named column of a table as floats.
fn column(table: &Table<'_>, wanted: &str) -> Vec<f64> {
    let Table::Named { columns } = table else { panic!("{wanted} is asked of samples") };
    let found = columns.iter().find(|(name, _, _)| name == wanted);
    found.unwrap_or_else(|| panic!("no column {wanted}")).2.numbers()
}

/// Samples as one row per element.
fn rows(table: &Table<'_>) -> Vec<Vec<f64>> {
    let Table::Samples { times, elements, values, .. } = table else { panic!("samples are expected") };
    let row = |element: usize| (0..times.len()).map(|time| values[time * elements.len() + element]).collect();
    (0..elements.len()).map(row).collect()
}

/// The values of a recording `at end`: its last column.
fn at_end(table: &Table<'_>) -> Vec<f64> {
    let Table::Named { columns } = table else { panic!("final values are expected") };
    let name = columns.last().expect("a column of values").0.clone();
    column(table, &name)
}

fn close(got: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(got.len(), expected.len(), "{what}: number of values");
    for (place, (got, expected)) in got.iter().zip(expected).enumerate() {
        let equal = got == expected || (got.is_nan() && expected.is_nan());
        assert!(
            equal || (got - expected).abs() <= tolerance,
            "{what}: value {place} is {got:e}, expected {expected:e}"
        );
    }
}

/// Within 1e-9 of the largest magnitude.
fn trace(got: &[f64], expected: &[f64], what: &str) {
    let largest = expected.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    close(got, expected, 1e-9 * largest, what);
}

/// Within 1e-12 of each value; a value of 0 within 1e-12.
fn function(got: &[f64], expected: &[f64], what: &str) {
    for (place, (&got, &expected)) in got.iter().zip(expected).enumerate() {
        let tolerance = if expected == 0.0 { 1e-12 } else { 1e-12 * expected.abs() };
        close(&[got], &[expected], tolerance, &format!("{what}, value {place}"));
    }
    assert_eq!(got.len(), expected.len(), "{what}: number of values");
}

fn first_above_zero(row: &[f64]) -> i64 {
    row.iter().position(|&value| value > 0.0).map_or(0, |place| place as i64)
}

fn whole(values: Vec<f64>) -> Vec<i64> {
    values.into_iter().map(|value| value as i64).collect()
}

/// Mean and variance of spikes per neuron, within four standard errors of the difference.
fn spike_counts(table: &Table<'_>, field: &Value, what: &str) {
    let n = field["n"].as_f64().expect("a number of neurons");
    let mut counts = vec![0.0; n as usize];
    column(table, "i").into_iter().for_each(|i| counts[i as usize] += 1.0);
    let mean = counts.iter().sum::<f64>() / n;
    let variance = counts.iter().map(|count| (count - mean).powi(2)).sum::<f64>() / n;
    let expected = field["mean_count"].as_f64().expect("a mean");
    let spread = field["var_count"].as_f64().expect("a variance");
    let error = (spread / n * 2.0).sqrt();
    assert!((mean - expected).abs() < 4.0 * error, "{what}: mean {mean}, expected {expected}");
    // The fourth central moment of a Poisson count is m + 3m².
    let error = ((expected + 2.0 * expected * expected) / n * 2.0).sqrt();
    assert!((variance - spread).abs() < 4.0 * error, "{what}: variance {variance}, expected {spread}");
}

fn mean_and_variance(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n)
}

/// Mean and variance of normal values, each within four standard errors of the difference of two samples.
fn moments(values: &[f64], field: &Value, what: &str) {
    let number = |name: &str| field[name].as_f64().expect("a number");
    let (expected, spread) = (number("mean"), number("var"));
    let (mean, variance) = mean_and_variance(values);
    let share = 1.0 / values.len() as f64 + 1.0 / number("n");
    let error = (spread * share).sqrt();
    assert!((mean - expected).abs() < 4.0 * error, "{what}: mean {mean}, expected {expected}");
    let error = spread * (2.0 * share).sqrt();
    assert!((variance - spread).abs() < 4.0 * error, "{what}: variance {variance}, expected {spread}");
}

/// The mean number of spikes of a neuron in a second, within four standard errors of the difference.
fn spike_rates(table: &Table<'_>, neurons: usize, field: &Value, what: &str) {
    let number = |name: &str| field[name].as_f64().expect("a number");
    let mut counts = vec![0.0; neurons];
    column(table, "i").into_iter().for_each(|i| counts[i as usize] += 1.0);
    let (mean, variance) = mean_and_variance(&counts);
    let error = number("std") * (1.0 / neurons as f64 + 1.0 / number("n")).sqrt();
    let expected = number("mean_rate_Hz");
    assert!((mean - expected).abs() < 4.0 * error, "{what}: {mean} Hz, expected {expected}");
    let error = number("std") * (0.5 / neurons as f64 + 0.5 / number("n")).sqrt();
    let (spread, expected) = (variance.sqrt(), number("std"));
    assert!((spread - expected).abs() < 4.0 * error, "{what}: standard deviation {spread}, expected {expected}");
}

fn compare(table: &Table<'_>, field: &Value, comparison: &Value, what: &str) {
    let rule = comparison["rule"].as_str().expect("a rule");
    match rule {
        "spikes" => {
            assert_eq!(whole(column(table, "step")), integers(&field["step"]), "{what}: steps");
            assert_eq!(whole(column(table, "i")), integers(&field["i"]), "{what}: neurons");
        }
        "times" => {
            let times: Vec<f64> = column(table, "t").into_iter().map(|seconds| seconds * 1e3).collect();
            close(&times, &floats(field), 1e-9, what);
        }
        "steps" => assert_eq!(whole(column(table, "step")), integers(field), "{what}"),
        "pairs" => {
            assert_eq!(whole(column(table, "i")), integers(&field["i"]), "{what}: i");
            assert_eq!(whole(column(table, "j")), integers(&field["j"]), "{what}: j");
        }
        "count" => {
            let entry = comparison["index"].as_u64().expect("an index") as usize;
            assert_eq!(table.rows() as u64, field[entry].as_u64().expect("a number"), "{what}");
        }
        "arrival" => {
            let got: Vec<i64> = rows(table).iter().map(|row| first_above_zero(row)).collect();
            assert_eq!(got, integers(field), "{what}");
        }
        "traces" => {
            let (got, expected) = (rows(table), field.as_array().expect("a list of rows"));
            assert_eq!(got.len(), expected.len(), "{what}: number of rows");
            for (row, (got, expected)) in got.iter().zip(expected).enumerate() {
                trace(got, &floats(expected), &format!("{what}, row {row}"));
            }
        }
        "trace" => trace(&rows(table)[0], &floats(field), what),
        "values" => trace(&at_end(table), &floats(field), what),
        "column" => trace(&column(table, comparison["name"].as_str().expect("a name")), &floats(field), what),
        "function" => function(&at_end(table), &floats(field), what),
        "value" => {
            let expected = comparison.get("instead").unwrap_or(field).as_f64().expect("a number");
            function(&at_end(table), &[expected], what);
        }
        "spike_counts" => spike_counts(table, field, what),
        "moments" => moments(&at_end(table), field, what),
        "spike_rates" => {
            let neurons = comparison["neurons"].as_u64().expect("a number of neurons") as usize;
            spike_rates(table, neurons, field, what);
        }
        other => panic!("there is no rule {other}"),
    }
}

fn run(case: &Value, engine: &str, options: &Options) {
    let file = case["model"].as_str().expect("a model");
    let reference = json(&folder().join(case["reference"].as_str().expect("a file of numbers")));
    let failed = |error: rheobase::Error| -> ! { panic!("{file}, {engine}:\n{error}") };
    let model = Model::from_file(folder().join(file), options).unwrap_or_else(|error| failed(error));
    let mut simulation = model.simulation().unwrap_or_else(|error| failed(error));
    simulation.run_script(|_| {}).unwrap_or_else(|error| failed(error));
    for comparison in case["compare"].as_array().expect("comparisons") {
        let path = comparison["field"].as_array().expect("a path of keys");
        let field = path.iter().fold(&reference, |value, key| &value[key.as_str().expect("a key")]);
        let recording = comparison["recording"].as_str().expect("a recording");
        let table = simulation.table(recording).unwrap_or_else(|error| failed(error));
        compare(&table, field, comparison, &format!("{file}, {engine}, {recording}"));
    }
}

#[test]
fn every_case_meets_its_numbers_on_every_engine() {
    let cases = json(&folder().join("cases.json"));
    let mut failed = Vec::new();
    for case in cases.as_array().expect("a list of cases") {
        for (engine, options) in engines() {
            // Each case is tried, whatever happens to the others; what is wrong with it has been printed by then.
            if panic::catch_unwind(|| run(case, engine, &options)).is_err() {
                failed.push(format!("{} on {engine}", case["model"]));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn every_model_and_every_file_of_numbers_is_compared() {
    let cases = json(&folder().join("cases.json"));
    let named: Vec<String> = cases
        .as_array()
        .expect("a list of cases")
        .iter()
        .flat_map(|case| [&case["model"], &case["reference"]].map(|name| name.as_str().expect("a name").to_owned()))
        .collect();
    for entry in fs::read_dir(folder()).expect("the folder is there") {
        let name = entry.expect("readable").file_name().to_string_lossy().into_owned();
        let expected = name.ends_with(".rheo") || (name.ends_with(".json") && name != "cases.json");
        assert!(!expected || named.contains(&name), "{name} is compared with nothing");
    }
}
