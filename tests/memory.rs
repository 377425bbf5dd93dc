//! Memory, seen from outside: one test, since the tests of a file share their process.

#![cfg(target_os = "linux")]

use rheobase::{Model, Options, Precision};
use std::fs;

const SMALL: &str = "neurons P[3] { dv/dt = (1.5 - v)/(10*ms) : 1
    threshold v > 1
    reset v = 0 }
synapses S: P -> P { on_pre v += 0.1
    connect i != j }";

/// About ten million synapses.
fn large(neurons: u32) -> String {
    format!(
        "neurons P[{neurons}] {{ v : 1
        threshold v > 1 }}
    synapses S: P -> P {{ on_pre v += 1
        connect i != j, p = 1e7/{neurons}/{neurons}
        delay 1*ms }}"
    )
}

/// Pair STDP; traces are neurons' to keep, unless the text sets one.
const PLASTIC: &str = "neurons A[1000] { v : 1
    threshold v > 1 }
neurons B[3000] { v : 1
    threshold v > 1 }
synapses S: A -> B {
    w : 1
    dp/dt = -p/(20*ms) : 1 (event-driven)
    dq/dt = -q/(20*ms) : 1 (event-driven)
    on_pre { v += w; p += 0.01; w = clip(w + q, 0, 1) }
    on_post { q -= 0.01; w = clip(w + p, 0, 1) }
    connect all
    init w = rand()
}
record S.p[0]
";

/// A weight for each synapse, and nothing else.
const WEIGHTED: &str = "neurons A[1000] { v : 1
    threshold v > 1 }
neurons B[3000] { v : 1 }
synapses S: A -> B {
    w : 1
    on_pre v += w
    connect all
    init w = rand()
}
";

/// Bytes that each of three million synapses takes.
fn of_a_synapse(text: &str, precision: Precision) -> f64 {
    let options = Options::new().seed(1).precision(precision);
    let model = Model::from_source(text, &options).expect("it compiles");
    let before = resident();
    let simulation = model.simulation().expect("it connects");
    let synapses = simulation.summary("", None).synapses[0].1;
    assert_eq!(synapses, 3_000_000);
    resident().saturating_sub(before) as f64 / synapses as f64
}

/// Resident memory [bytes].
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux tells a process about itself");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("resident memory is told");
    let kilobytes = line.split_whitespace().nth(1).and_then(|number| number.parse::<u64>().ok());
    kilobytes.expect("a number of kB") * 1024
}

fn small(times: usize) {
    for _ in 0..times {
        let model = Model::from_source(SMALL, &Options::new().seed(1)).expect("it compiles");
        model.simulation().expect("it connects").run("0.5*ms").expect("it runs");
    }
}

#[test]
fn simulations_give_their_memory_back_and_synapses_take_few_bytes() {
    let times = if cfg!(debug_assertions) { 500 } else { 10_000 };
    small(times / 10);
    let before = resident();
    small(times);
    let grown = resident().saturating_sub(before);
    // A page of code is 4,096 bytes: kept, a round would cost that at least.
    assert!(grown < times as u64 * 400, "{times} simulations left {grown} bytes behind");

    // Beside the synapses, a neuron has its state and its place in the rows.
    for (neurons, most) in [(20_000, 2.8), (100_000, 5.2)] {
        let model = Model::from_source(&large(neurons), &Options::new().seed(1)).expect("it compiles");
        let before = resident();
        let simulation = model.simulation().expect("it connects");
        let synapses = simulation.summary("", None).synapses[0].1;
        let each = resident().saturating_sub(before) as f64 / synapses as f64;
        assert!(synapses > 9_900_000, "{synapses} synapses");
        assert!(each < most, "{each:.2} bytes a synapse of {neurons} neurons");
    }

    for (set, most) in [("", 24.0), ("set S.p = 0", 40.0)] {
        let each = of_a_synapse(&format!("{PLASTIC}{set}"), Precision::F64);
        assert!(each < most + 0.5, "{each:.2} bytes a plastic synapse, {most} expected: {set}");
    }

    // A target of two bytes, or of four, and a weight.
    for (text, precision, most) in
        [(WEIGHTED, Precision::F64, 10.0), (WEIGHTED, Precision::F32, 6.0), (PLASTIC, Precision::F32, 20.0)]
    {
        let each = of_a_synapse(text, precision);
        assert!(each < most + 0.5, "{each:.2} bytes a synapse in {precision:?}, {most} expected:\n{text}");
    }
}
