//! `set` of parts of the state and `print` of it: each text with the lines it prints, on both engines.

use rheobase::{Engine, Error, Event, Model, Options};

/// Neurons and synapses to set and print.
const NETWORK: &str = "
seed = 1
neurons P[6] {
    v : volt = -60*mV + i*1*mV
    x : 1
    n : integer
    on : boolean
    k : 1 (shared)
    double = 2*v : volt
}
neurons Q[3] { g : 1 }
synapses S: P -> Q {
    w : 1 = i + 0.1*j
    m : integer
    up : boolean
    all : 1 (shared) = 0.5
    connect i // 2 == j
}
Back = P[3:]
";

/// Statements, and what they print.
const CASES: &[(&str, &[&str])] = &[
    ("print P.v", &["P.v = [-60, -59, -58, -57, -56, -55] mV"]),
    ("print P.v[0]; print P.v[-1]; print P.v[[2]]", &["P.v[0] = -60 mV", "P.v[-1] = -55 mV", "P.v[[2]] = -58 mV"]),
    (
        "print P.v[0:3]; print P.v[::-2]; print P.v[4:1:-1]",
        &["P.v[0:3] = [-60, -59, -58] mV", "P.v[::-2] = [-55, -57, -59] mV", "P.v[4:1:-1] = [-56, -57, -58] mV"],
    ),
    (
        "print P.v[5, 0:2]; print P.v[v > -56.5*mV]; print P.v[v > 0*mV]",
        &["P.v[5, 0:2] = [-55, -60, -59] mV", "P.v[v > -56.5*mV] = [-56, -55] mV", "P.v[v > 0*mV] = []"],
    ),
    (
        "print P.double[0]; print P.k; print P.n; print P.on[0]; print P.on",
        &[
            "P.double[0] = -120 mV",
            "P.k = 0",
            "P.n = [0, 0, 0, 0, 0, 0]",
            "P.on[0] = False",
            "P.on = [False, False, False, False, False, False]",
        ],
    ),
    (
        "print Back.v; print Back.i; print P[1:3].v; print Back.N; print P.N",
        &["Back.v = [-57, -56, -55] mV", "Back.i = [0, 1, 2]", "P[1:3].v = [-59, -58] mV", "Back.N = 3", "P.N = 6"],
    ),
    (
        "print S.w; print S.w[j == 1]; print S.i; print S.j[-2:]; print S.w[-1]; print S.w[::-3]; print S.all",
        &[
            "S.w = [0, 1, 2.1, 3.1, 4.2, 5.2]",
            "S.w[j == 1] = [2.1, 3.1]",
            "S.i = [0, 1, 2, 3, 4, 5]",
            "S.j[-2:] = [2, 2]",
            "S.w[-1] = 5.2",
            "S.w[::-3] = [5.2, 2.1]",
            "S.all = 0.5",
        ],
    ),
    // The moment counts.
    (
        "print P.x[0]; set P.x = 1; print P.x[0]; run 1*ms; set P.x = x + t/ms; print P.x[0]",
        &["P.x[0] = 0", "P.x[0] = 1", "P.x[0] = 2"],
    ),
    ("set P.x[-2:] = 1; set P.x[::3] = 2; set P.x[2:0:-1] = 3; print P.x", &["P.x = [2, 3, 3, 2, 1, 1]"]),
    ("set P.x[[0, 5]] = i + 1; set P.x[1, 2] = 7; print P.x", &["P.x = [1, 7, 7, 0, 0, 6]"]),
    ("set P.x[i > 3 and v < -55*mV] = v/mV; print P.x", &["P.x = [0, 0, 0, 0, -56, 0]"]),
    ("set P[4:].x = i + 1; set Back.x[i == 0] = -1; set P[1:3].x[-1] = 9; print P.x", &["P.x = [0, 0, 9, -1, 1, 2]"]),
    (
        "set P.n = 2.9*i; set P.on = i % 2; set P.on[0:2] = v > 0*volt; set P.k = 3; print P.n; print P.on; print P.k",
        &["P.n = [0, 2, 5, 8, 11, 14]", "P.on = [False, False, False, True, False, True]", "P.k = 3"],
    ),
    ("set S.w[-2:] = 0; set S.w[i == j] = 1 + x_pre; set S.m = 2*i + j; set S.up[[1, 3]] = True; set S.all = 2", &[]),
    ("set S.w[::2] = v_pre/mV; set S.w[-1] = 8; set S.w[1] = all; print S.w", &["S.w = [-60, 0.5, -58, 3.1, -56, 8]"]),
];

fn printed(text: &str, engine: Engine) -> Result<Vec<String>, Error> {
    let options = Options::new().engine(engine);
    let mut lines = Vec::new();
    Model::from_source(text, &options)?.simulation()?.run_script(|event| {
        if let Event::Print(line) = event {
            lines.push(line);
        }
    })?;
    Ok(lines)
}

#[test]
fn what_is_set_is_what_is_printed() {
    for (statements, expected) in CASES {
        for engine in [Engine::Jit, Engine::Interpreter] {
            let text = format!("{NETWORK}{}\n", statements.replace("; ", "\n"));
            let lines = printed(&text, engine).unwrap_or_else(|error| panic!("{statements}: {error}"));
            assert_eq!(lines, *expected, "{statements}");
        }
    }
}

#[test]
fn long_lists_are_shortened_and_count_their_values() {
    let text = "neurons P[1000] { v : volt = i*1e-3*mV }\nprint P.v\nprint P.v[0:12]\n";
    let lines = printed(text, Engine::Jit).expect("it runs");
    assert_eq!(lines[0], "P.v = [0, 1, 2, 3, 4, 5, 6, …, 997, 998, 999] uV (1000 values)");
    assert_eq!(lines[1], "P.v[0:12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] uV");
}

#[test]
fn a_rate_is_set_between_runs() {
    let text = "poisson P[10] { rate 0*Hz }\nrecord P.spikes\nrun 1*ms\nset P.rate = 20*kHz\nprint P.rate\nrun 1*ms\n";
    let mut simulation = Model::from_source(text, &Options::new()).expect("a model").simulation().expect("it builds");
    let mut lines = Vec::new();
    simulation
        .run_script(|event| {
            lines.extend(match event {
                Event::Print(line) => Some(line),
                _ => None,
            })
        })
        .expect("it runs");
    assert_eq!(lines, ["P.rate = 20 kHz"]);
    // More than one spike a step is asked for: every neuron spikes in each of the ten steps after the change.
    let spikes = simulation.spikes("P").expect("recorded");
    assert_eq!(spikes.len(), 100);
    assert!(spikes.iter().all(|spike| spike.tick >= 10));
}

#[test]
fn no_synapses_are_printed_as_none() {
    let text = "neurons P[3] { v : 1 }\nsynapses S: P -> P { w : volt\nconnect False }\nprint S.w\nprint S.N_pre\nset S.w = 1*mV\n";
    for engine in [Engine::Jit, Engine::Interpreter] {
        assert_eq!(printed(text, engine).expect("it runs"), ["S.w = []", "S.N_pre = 3"]);
    }
}

#[test]
fn an_element_that_is_not_there_is_told_with_its_place() {
    for (statement, message) in [
        ("print S.w[6]", "index 6 is outside `S`, which has 6"),
        ("set S.w[-7] = 1", "index -7 is outside `S`, which has 6"),
    ] {
        match printed(&format!("{NETWORK}{statement}\n"), Engine::Jit) {
            Err(Error::Model(rejected)) => {
                assert_eq!(rejected.diagnostics[0].message, message);
                assert_eq!(rejected.sources.place(rejected.diagnostics[0].primary.span).line, 20, "{statement}");
            }
            other => panic!("{other:?}"),
        }
    }
}
