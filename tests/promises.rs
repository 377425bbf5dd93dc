//! What Rheobase promises, where a test can hold it; exact figures of time are the benches' to give, memory is `memory.rs`'s.

use rheobase::{Engine, Model, Options, Simulation};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

fn example(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
    fs::read_to_string(&path).unwrap_or_else(|reason| panic!("{}: {reason}", path.display()))
}

fn model(text: &str, options: &Options) -> Model {
    Model::from_source(text, options).unwrap_or_else(|error| panic!("{text}\n{error}"))
}

fn simulation(text: &str) -> Simulation {
    model(text, &Options::new().seed(1)).simulation().unwrap_or_else(|error| panic!("{text}\n{error}"))
}

/// The quickest of several: what disturbs a measurement only ever makes it longer.
fn quickest(times: usize, mut work: impl FnMut()) -> Duration {
    let once = |_| {
        let started = Instant::now();
        work();
        started.elapsed()
    };
    (0..times).map(once).min().expect("at least one")
}

#[test]
fn compile_time_does_not_grow_with_the_number_of_neurons() {
    let text = example("hh.rheo").replace("[0, 3000, 9999]", "[0]");
    let compile = |size: &str| quickest(7, || drop(model(&text, &Options::new().set("size", size))));
    let (few, many) = (compile("10"), compile("10000000"));
    assert!(many < few * 2 + Duration::from_millis(2), "10 neurons {few:?}, 10 million {many:?}");
}

#[test]
fn conditions_that_are_ranges_connect_a_million_neurons_at_once() {
    if cfg!(debug_assertions) {
        return;
    }
    for (rule, synapses) in [("i == j", 1_000_000), ("abs(i - j) < 3", 4_999_994), ("i != j, p = 1e-5", 9_999_990)] {
        let text = format!(
            "neurons P[1000000] {{ v : 1\n threshold v > 1 }}\nsynapses S: P -> P {{ on_pre v += 1\n connect {rule} }}"
        );
        let model = model(&text, &Options::new().seed(1));
        assert!(model.warnings().is_empty(), "{rule}: {:?}", model.warnings());
        let mut made = 0;
        let took = quickest(2, || made = model.simulation().expect("it connects").summary("", None).synapses[0].1);
        let error = 5.0 * (synapses as f64).sqrt();
        assert!((made as f64 - synapses as f64).abs() <= error, "{rule}: {made} synapses");
        assert!(took < Duration::from_millis(1500), "{rule} took {took:?}");
    }
}

#[test]
fn a_condition_of_very_many_pairs_is_warned_of() {
    let text = "neurons P[50000] { v : 1\n threshold v > 1 }
        synapses S: P -> P { on_pre v += 1\n connect (i*7 + j*3) % 100000 == 5 }";
    let warnings = model(text, &Options::new()).warnings().to_vec();
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].message.contains("2.5 thousand million"), "{}", warnings[0].message);
}

#[test]
fn one_run_or_two_halves_give_the_same_bits() {
    let text = example("cuba.rheo");
    let mut whole = simulation(&text);
    whole.run("40*ms").expect("it runs");
    let mut halves = simulation(&text);
    halves.run("20*ms").expect("it runs");
    halves.run("20*ms").expect("it runs");
    for name in ["P.v", "P.ge", "P.gi", "P.lastspike"] {
        assert_eq!(whole.get(name).expect(name), halves.get(name).expect(name), "{name}");
    }
}

#[test]
fn a_model_serves_several_threads_at_once() {
    let text = example("stdp.rheo");
    let model = model(&text, &Options::new());
    let run = |seed: u64| {
        let mut simulation = model.simulation_with_seed(seed).expect("it builds");
        simulation.run("50*ms").expect("it runs");
        simulation.get("S.w").expect("weights")
    };
    let alone: Vec<_> = (0..3).map(run).collect();
    let together: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|seed| scope.spawn(move || run(seed))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    assert_eq!(alone, together);
    assert_ne!(alone[0], alone[1], "seeds differ");
}

/// A tick's spikes reach two million synapses, of which each thread has those of its targets. Sums in another order would
/// have other last digits, and weights follow them.
#[test]
fn threads_share_the_targets_of_spikes_and_change_nothing() {
    let text = "neurons A[2000] { x : 1
            threshold x >= 0
            init x = rand() }
        neurons P[1000] { v : 1 }
        synapses Plastic: A -> P { w : 1
            on_pre { v += w*x_pre
                w = 0.9*w + 1e-4*rand()*v_post }
            connect p = 0.4
            init w = rand() }
        synapses Constant: A -> P { on_pre v -= 0.3
            connect p = 0.6
            delay 0.1*ms }
        synapses Falling: A -> P { on_pre v *= 0.999
            connect j = 900 - k for k in range(50) }";
    let values = |options: &Options| {
        let mut simulation = model(text, &options.clone().seed(3)).simulation().expect("it builds");
        simulation.run("0.3*ms").expect("it runs");
        ["P.v", "Plastic.w"].map(|name| simulation.get(name).expect(name))
    };
    let expected = values(&Options::new().engine(Engine::Interpreter));
    for threads in 1..=4 {
        assert_eq!(values(&Options::new().threads(threads)), expected, "{threads} threads");
    }
}

#[test]
fn state_can_be_set_between_runs_by_value_and_by_expression() {
    let text = "neurons P[4] { dv/dt = (I - v)/(10*ms) : volt\n I : volt\n method exact }";
    for engine in [Engine::Jit, Engine::Interpreter] {
        let mut simulation = model(text, &Options::new().seed(1).engine(engine)).simulation().expect("it builds");
        simulation.set("P.I", "i*mV").expect("an expression");
        simulation.set("P.v[2:]", "1*mV + v").expect("a part");
        assert_eq!(simulation.get("P.I").expect("I").in_units("mV").expect("volts"), [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(simulation.get("P.v").expect("v").in_units("mV").expect("volts"), [0.0, 0.0, 1.0, 1.0]);
        simulation.set("P.v", 2.0 * rheobase::MV).expect("a quantity");
        simulation.run("10*ms").expect("it runs");
        let v = simulation.get("P.v").expect("v").into_values();
        for (i, v) in v.into_iter().enumerate() {
            let expected = 1e-3 * (i as f64 + (2.0 - i as f64) * (-1.0_f64).exp());
            assert!((v - expected).abs() < 1e-15, "neuron {i}: {v}, expected {expected}");
        }
        assert!(simulation.set("P.v", 2.0 * rheobase::NA).is_err(), "a current is no voltage");
        assert!(simulation.set("P.u", 1.0).is_err(), "there is no u");
        assert!(simulation.get("Q.v").is_err(), "there is no Q");
    }
}

/// Synaptic equations that read neurons run over rows, others densely; both are watched.
#[test]
fn what_is_not_finite_is_named_wherever_it_is() {
    let model = |rhs: &str| {
        format!(
            "neurons P[3] {{ v : 1 = 1\n threshold t < 0*ms }}
            synapses S: P -> P {{ dw/dt = {rhs}/ms : 1 (clock-driven)\n method euler\n connect i != j\n init w = 100*i }}
            record S.w[0:2]"
        )
    };
    for rhs in ["w**2", "w**2*v_post"] {
        for engine in [Engine::Jit, Engine::Interpreter] {
            let options = Options::new().seed(1).engine(engine);
            let mut simulation = self::model(&model(rhs), &options).simulation().expect("it builds");
            let error = simulation.run("10*ms").expect_err("w grows without bound").to_string();
            assert!(error.starts_with("w of S[4] is inf"), "{rhs}, {engine:?}: {error}");
            assert!(!simulation.samples("S.w").expect("recorded").times().is_empty(), "what was recorded is kept");
        }
    }
}

#[test]
fn parts_of_synapses_are_recorded_and_set_by_condition_and_index() {
    let text = "neurons P[6] { v : 1 = 0.1\n threshold t < 0*ms }
        synapses S: P -> P { w : 1\n connect i != j\n init w = i + 0.1*j }
        record S.w[i == 0 and j == 5], P.v[i > 3] at end";
    for engine in [Engine::Jit, Engine::Interpreter] {
        let mut simulation = model(text, &Options::new().seed(1).engine(engine)).simulation().expect("it builds");
        simulation.set("S.w[i == 0 and j == 5]", 7.0).expect("a condition");
        simulation.set("S.w[0:2]", "w + 1").expect("a slice");
        simulation.run("0.2*ms").expect("it runs");
        assert_eq!(simulation.samples("S.w").expect("recorded").values(), [7.0, 7.0]);
        assert_eq!(simulation.get("S.w[0:2]").expect("a slice").into_values(), [1.1, 1.2]);
        assert_eq!(simulation.get("S.w[i == 0 and j == 5]").expect("a condition").into_values(), [7.0]);
        assert_eq!(simulation.table("P.v at end").expect("recorded").rows(), 2);
        let error = simulation.set("S.w[30]", 1.0).expect_err("there are 30").to_string();
        assert_eq!(error, "index 30 is outside `S`, which has 30");
    }
}

#[test]
fn a_synapse_that_is_not_there_is_told_with_its_place() {
    let text = "neurons P[3] { v : 1 }\nsynapses S: P -> P { w : 1\n connect i != j }\nrecord S.w[6]\n";
    let error = model(text, &Options::new()).simulation().expect_err("there are 6").to_string();
    assert_eq!(error, "<model>:4:8: error[E0597]: index 6 is outside `S`, which has 6");
}

#[test]
fn what_the_simulation_keeps_cannot_be_set() {
    let text = "neurons P[2] { v : 1\n threshold v > 1\n reset v = 0\n refractory 1*ms }";
    let mut simulation = simulation(text);
    for name in ["P.lastspike", "P.not_refractory"] {
        assert!(matches!(simulation.set(name, 0.0), Err(rheobase::Error::Kept { .. })), "{name}");
        assert!(matches!(simulation.set_values(name, &[0.0, 0.0]), Err(rheobase::Error::Kept { .. })), "{name}");
        assert!(simulation.set(name, "v").is_err(), "{name}");
    }
    assert_eq!(simulation.get("P.lastspike").expect("it can be read").into_values(), [-1e4, -1e4]);
}
