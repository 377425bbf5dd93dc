//! Sums, pathways and numbers of synapses through the library: what is read, what may be written, and that nothing depends on threads.

use rheobase::{Engine, Error, MS, Model, Options, Simulation};

fn simulation(text: &str, options: &Options) -> Simulation {
    let model = Model::from_source(text, options).unwrap_or_else(|error| panic!("{error}"));
    model.simulation().unwrap_or_else(|error| panic!("{error}"))
}

fn values(simulation: &mut Simulation, name: &str) -> Vec<f64> {
    simulation.get(name).unwrap_or_else(|error| panic!("{name}: {error}")).into_values()
}

const COUNTED: &str = "
neurons P[4] { v : 1 }
synapses S: P[:3] -> P[1:] {
    w : 1
    multisynaptic_index k
    connect i + j < 3, n = 1 + i
}
";

#[test]
fn numbers_of_synapses_are_read_and_not_written() {
    let mut simulation = simulation(COUNTED, &Options::new());
    // i = 0: j = 0, 1, 2; i = 1: j = 0, 1 twice each; i = 2: j = 0 three times.
    assert_eq!(values(&mut simulation, "S.k"), [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 2.0]);
    simulation.set("S.w", "N_incoming + 10*N_outgoing + 100*N").expect("they can be read");
    let expected = [6.0, 3.0, 1.0, 6.0, 6.0, 3.0, 3.0, 6.0, 6.0, 6.0];
    let outgoing = [3.0, 3.0, 3.0, 4.0, 4.0, 4.0, 4.0, 3.0, 3.0, 3.0];
    let expected: Vec<f64> = expected.iter().zip(outgoing).map(|(a, b)| a + 10.0 * b + 1000.0).collect();
    assert_eq!(values(&mut simulation, "S.w"), expected);
    assert_eq!(values(&mut simulation, "S.N_incoming[i == 2]"), [6.0, 6.0, 6.0]);
    simulation.set("S.w[i == 1 and j == 0 and k == 1]", -1.0).expect("there is one");
    assert_eq!(values(&mut simulation, "S.w")[3..6], [1046.0, -1.0, 1043.0]);
    assert!(matches!(simulation.set("S.k", 1.0), Err(Error::Kept { .. })));
    assert!(matches!(simulation.set_values("S.k", &[0.0; 10]), Err(Error::Kept { .. })));
    for name in ["S.N", "S.N_incoming", "S.N_outgoing"] {
        assert!(simulation.set(name, 1.0).is_err(), "{name}");
    }
}

/// Sums onto both sides, named pathways with delays, samples of a size, and code at intervals.
const NETWORK: &str = "
seed = 7
neurons P[300] {
    dv/dt = (1.2 + 0.3*I + 0.05*h - v)/(10*ms) : 1
    I : 1
    h : 1
    threshold v > 1
    reset     v = 0
    init      { v = rand(); I = rand() }
}
synapses S: P -> P {
    w : 1
    n : 1
    ds/dt  = (0.1*rand()*v_post - s)/(5*ms) : 1
    h_post = w*s : 1 (summed)
    on_pre up   { s += w }
    on_pre down { v_post -= 0.01*w }
    on_post     { w = clip(w + 0.01*s, 0, 1) }
    every 3*ms  { n = n + rand(); s *= 0.9 }
    dt     0.2*ms
    method euler
    delay  up   = rand()*3*ms
    delay  down = 1*ms
    when   down = after_resets
    connect j = k for k in sample(N_post, size = 5 + i % 7)
    init   w = rand()
}
run 40*ms
";

#[test]
fn sums_pathways_and_samples_are_the_same_on_every_engine_and_any_number_of_threads() {
    let names = ["P.v", "P.h", "S.w", "S.s", "S.n"];
    let run = |options: &Options| {
        let mut simulation = simulation(NETWORK, options);
        simulation.run_script(|_| {}).unwrap_or_else(|error| panic!("{error}"));
        names.map(|name| values(&mut simulation, name))
    };
    let expected = run(&Options::new());
    assert_eq!(expected[2].len(), (0..300).map(|i| 5 + i % 7).sum::<usize>());
    assert!(expected[1].iter().all(|h| h.is_finite() && *h != 0.0), "every neuron gets a sum");
    for options in [
        Options::new().threads(2),
        Options::new().threads(7),
        Options::new().scalar(true),
        Options::new().engine(Engine::Interpreter),
    ] {
        assert_eq!(run(&options), expected, "{options:?}");
    }
}

#[test]
fn a_sum_starts_from_0_in_every_step_and_leaves_others_alone() {
    let text = "
neurons P[5] { g : 1 = 7 }
synapses S: P -> P[1:4] {
    w : 1 = 0.5
    g_post = w*(i + 1) : 1 (summed)
    connect i = [0, 4, 0], j = [0, 0, 2]
}
run 1*ms
";
    let mut simulation = simulation(text, &Options::new());
    simulation.run_script(|_| {}).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(values(&mut simulation, "P.g"), [7.0, 3.0, 0.0, 0.5, 7.0]);
    simulation.set("S.w", 1.0).expect("a parameter");
    simulation.run("0.1*ms").expect("it runs");
    assert_eq!(values(&mut simulation, "P.g"), [7.0, 6.0, 0.0, 1.0, 7.0]);
}

#[test]
fn more_neurons_than_there_are_cannot_be_drawn() {
    let connect = |rest: &str| {
        format!(
            "neurons P[4] {{ v : 1 }}\nsynapses S: P -> P {{ connect j = k for k in sample(N_post, size = 3 + i){rest} }}"
        )
    };
    let model = Model::from_source(&connect(""), &Options::new()).unwrap_or_else(|error| panic!("{error}"));
    let error = model.simulation().expect_err("neuron 2 draws 5 of 4").to_string();
    assert!(error.contains("source neuron 2 draws 5 of 4 values"), "{error}");
    let mut simulation = simulation(&connect(", skip_if_invalid"), &Options::new());
    assert_eq!(values(&mut simulation, "S.N_outgoing[j == 0 and i > 0]"), [4.0, 4.0, 4.0]);
}

#[test]
fn one_delay_for_all_synapses_is_set_between_runs() {
    let text = "
spike_source A[1] { spikes i = [0, 0, 0], t = [1, 2, 3]*ms }
neurons P[1] { v : 1 }
synapses S: A -> P {
    on_pre up { v += 1 }
    delay up = 5*ms
    connect all
}
";
    let mut simulation = simulation(text, &Options::new());
    simulation.run("1.5*ms").expect("it runs");
    simulation.set("S.delay_up", "0.2*ms").expect("one for all");
    simulation.run("1*ms").expect("it runs");
    assert_eq!(values(&mut simulation, "P.v"), [1.0], "the second spike is faster than the first");
    assert!(simulation.set("S.delay_up", "-1*ms").is_err());
    simulation.set("S.delay_up", 2.0 * MS).expect("a quantity");
    simulation.run("2.6*ms").expect("it runs");
    assert_eq!(values(&mut simulation, "P.v"), [2.0]);
    simulation.run("1*ms").expect("it runs");
    assert_eq!(values(&mut simulation, "P.v"), [3.0], "the first one kept its 5 ms");
}
