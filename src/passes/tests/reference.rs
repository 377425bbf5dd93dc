//! From text to numbers: single populations of the reference cases, resolved, planned and run by the interpreter.

#![cfg(test)]

use super::models::Bench;
use crate::ir::network::{Recorded, Selection};
use crate::passes::{Made, Options, plan};
use crate::resolve;
use grammar::SourceId;
use serde_json::Value;

/// Populations without synapses.
const CASES: &[&str] = &[
    "adex_euler",
    "decay_exact",
    "fhn_euler",
    "fhn_rk2",
    "fhn_rk4",
    "hh_exponential_euler",
    "izhikevich_euler",
    "lif_refractory_clamped",
    "lif_refractory_integrating",
    "lif_spikes_exact",
    "linear_2d_exact",
    "linear_equal_tau_exact",
    "linear_oscillator_exact",
    "linear_per_neuron_exact",
    "linear_singular_exact",
    "refractory_per_neuron",
    "sine_euler",
];

fn read(name: &str) -> String {
    let path = format!("{}/tests/reference/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn bench(name: &str, fused: bool) -> Bench {
    let parsed = grammar::parse(SourceId(0), &read(&format!("{name}.rheo")));
    let (network, found) = resolve::resolve(&parsed.file, &resolve::Options::default());
    let network = network.unwrap_or_else(|| panic!("{name}: {found:?}"));
    let size = network.populations[0].size;
    let Made { plan, .. } =
        plan(network, Options { fused, ..Options::default() }).unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
    let mut bench = Bench::new(plan, size);
    bench.initialise();
    bench
}

fn numbers(value: &Value) -> Vec<f64> {
    let entries = value.as_array().expect("a list");
    entries.iter().map(|entry| entry.as_f64().or(entry.as_bool().map(f64::from)).expect("a number")).collect()
}

/// Elements of a recording, by its name.
fn elements(bench: &Bench, name: &str, size: u32) -> Vec<u32> {
    let record = bench
        .plan
        .records
        .iter()
        .find(|plan| plan.record.name == name && matches!(plan.record.what, Recorded::Values(_)));
    match record.map(|plan| &plan.record.what) {
        Some(Recorded::Values(quantity)) => match &quantity.selection {
            Selection::Range { start, stop, step } => (*start..(*stop).min(size)).step_by(*step as usize).collect(),
            Selection::List(list) => list.clone(),
            _ => panic!("{name} has a condition, or counts from the end"),
        },
        _ => (0..size).collect(),
    }
}

fn check(name: &str, fused: bool) {
    let reference: Value = serde_json::from_str(&read(&format!("{name}.json"))).expect("reference cases are JSON");
    let mut bench = bench(name, fused);
    let every = reference["trace_every"].as_u64().unwrap_or(1) as usize;
    let size = bench.plan.populations[0].size;
    let mut traces = Vec::new();
    for (variable, lists) in reference["traces"].as_object().into_iter().flatten() {
        let lists: Vec<Vec<f64>> = lists.as_array().expect("a list per neuron").iter().map(numbers).collect();
        let scale = lists.iter().flatten().fold(0.0_f64, |most, value| most.max(value.abs()));
        traces.push((variable.clone(), elements(&bench, &format!("G.{variable}"), size), lists, scale));
    }
    let spikes = &reference["spikes"];
    let steps = traces.first().map_or(0, |(_, _, lists, _)| lists[0].len() * every);
    let steps = steps.max(
        spikes["step"]
            .as_array()
            .map_or(0, |steps| steps.iter().filter_map(Value::as_u64).max().map_or(0, |last| last as usize + 1)),
    );
    let mut got: Vec<(u64, u64)> = Vec::new();
    assert!(steps > 0, "{name} has nothing to compare");
    for step in 0..steps {
        for (variable, elements, lists, scale) in traces.iter().filter(|_| step % every == 0) {
            for (&i, list) in elements.iter().zip(lists).filter(|(_, list)| step / every < list.len()) {
                let (value, wanted) = (bench.get(variable, i as usize), list[step / every]);
                assert!((value - wanted).abs() <= 1e-9 * scale, "{name} {variable}[{i}] step {step}: {value} {wanted}");
            }
        }
        got.extend(bench.step().into_iter().map(|i| (step as u64, u64::from(i))));
    }
    if let (Some(steps), Some(i)) = (spikes["step"].as_array(), spikes["i"].as_array()) {
        let wanted: Vec<(u64, u64)> =
            steps.iter().zip(i).filter_map(|(step, i)| Some((step.as_u64()?, i.as_u64()?))).collect();
        assert_eq!(got, wanted, "{name}");
    }
}

#[test]
fn reference_cases_of_single_populations() {
    for name in CASES {
        check(name, true);
        check(name, false);
    }
}
