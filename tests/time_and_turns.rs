//! Code at intervals, custom events, values held for a step, rates that vary, groups on clocks of their own: whole models on
//! every engine, against what follows from their texts.

use rheobase::{Engine, Model, Options, Simulation};

fn engines() -> Vec<Options> {
    vec![
        Options::new(),
        Options::new().scalar(true),
        Options::new().threads(3),
        Options::new().engine(Engine::Interpreter),
    ]
}

fn simulation(text: &str, options: &Options) -> Simulation {
    let model = Model::from_source(text, options).unwrap_or_else(|error| panic!("{error}"));
    model.simulation().expect("it builds")
}

fn run(text: &str, options: &Options) -> Simulation {
    let mut simulation = simulation(text, options);
    simulation.run_script(|_| {}).unwrap_or_else(|error| panic!("{error}"));
    simulation
}

fn samples(simulation: &Simulation, name: &str) -> Vec<f64> {
    simulation.samples(name).expect("recorded").values().to_vec()
}

fn spikes(simulation: &Simulation, name: &str) -> Vec<(i64, u32)> {
    simulation.spikes(name).expect("recorded").iter().map(|spike| (spike.tick, spike.neuron)).collect()
}

/// Something of everything, with random numbers in every place.
const ALL: &str = "
neurons P[7] {
    dv/dt  = (I + jitter - v)/(5*ms) : 1 (unless refractory)
    jitter = 0.3*randn() : 1 (constant over dt)
    beat   = rand() : 1 (constant over dt, shared)
    I      : 1
    gain   : 1 (shared)
    count  : integer
    up     : boolean
    threshold  v > 0.8 + 0.1*rand()
    reset      v = 0.1*rand()
    refractory 1*ms + rand()*ms
    every 1.7*ms { drawn = rand(); gain = 1 + drawn*beat; half = gain/2; I = 2*half + 0.2*rand() }
    every 0.3*ms when before_thresholds { v += 0.01*randn(); up = not up }
    event high if v > 0.5 + 0.2*rand() when before_resets { count += 1; I += 0.01*rand() }
    when high = before_thresholds
    dt 0.15*ms
}
poisson X[9] { rate (20 + 10*i)*Hz*(1 + sin(t/ms)) }
poisson Y[9] { rate 300*Hz*rand();  dt 0.4*ms }
synapses S: X -> P { on_pre v += 0.1*rand(); connect all }
record P.v, P.I, P.gain, P.jitter, P.beat, P.count, P.up, P.spikes, P.high, X.spikes, Y.spikes
";

fn all(options: &Options, runs: &[&str]) -> (Vec<u64>, Vec<(i64, u32)>) {
    let mut simulation = simulation(ALL, &options.clone().seed(5));
    for duration in runs {
        simulation.run(*duration).expect("it stays finite");
    }
    let names = ["P.v", "P.I", "P.gain", "P.jitter", "P.beat", "P.count", "P.up"];
    let bits = names.iter().flat_map(|name| samples(&simulation, name)).map(f64::to_bits).collect();
    let spikes = ["P", "X", "Y"].iter().flat_map(|name| spikes(&simulation, name)).collect();
    (bits, spikes)
}

#[test]
fn every_engine_gives_the_same_bits_in_one_run_or_several() {
    let expected = all(&Options::new(), &["40*ms"]);
    assert!(expected.1.len() > 50, "there are spikes to compare: {}", expected.1.len());
    for options in engines() {
        assert!(all(&options, &["40*ms"]) == expected, "{options:?}");
        assert!(all(&options, &["13*ms", "0.05*ms", "26.95*ms"]) == expected, "{options:?} in three runs");
    }
}

#[test]
fn what_is_drawn_for_all_is_one_number_and_what_is_held_is_one_for_a_step() {
    let text = "
    neurons P[50] {
        x = randn() : 1 (constant over dt)
        s = rand() : 1 (constant over dt, shared)
        a : 1
        b : 1
        c : 1
        gain : 1 (shared)
        I : 1
        every 0.1*ms { a = x; c = s }
        every 0.1*ms when end { b = x - a + (s - c) }
        every 1*ms { drawn = rand(); gain = drawn; I = gain - drawn }
    }
    record P.x, P.s, P.b, P.gain, P.I
    run 10*ms";
    for options in engines() {
        let simulation = run(text, &options.clone().seed(3));
        let [x, s, gain] = ["P.x", "P.s", "P.gain"].map(|name| samples(&simulation, name));
        let different = |values: &[f64]| {
            let mut values: Vec<u64> = values.iter().map(|value| value.to_bits()).collect();
            values.sort_unstable();
            values.dedup();
            values.len()
        };
        assert_eq!(different(&x), 50 * 100, "a draw for each neuron and step");
        assert_eq!((s.len(), different(&s)), (100, 100), "a draw for each step");
        assert_eq!((gain.len(), different(&gain)), (100, 10), "a draw for each millisecond");
        for name in ["P.b", "P.I"] {
            assert!(samples(&simulation, name).iter().all(|&value| value == 0.0), "{name}");
        }
    }
}

/// v is above 0.5 all the time, the neuron refractory for good after its first spike.
#[test]
fn events_happen_to_refractory_neurons_and_their_code_writes_like_a_reset() {
    let text = "
    neurons P[1] {
        v : 1
        dw/dt = 0*Hz : 1 (unless refractory)
        k : integer
        threshold v > 0.5
        refractory 1*second
        event high if v > 0.5 { k += 1; w += 1 }
        every 1*ms when end { w += 100 }
        init v = 1
    }
    record P.spikes, P.high, P.k at end, P.w at end
    run 5*ms
    set P.w = 7
    run 1*ms";
    for options in engines() {
        let mut simulation = run(text, &options);
        assert_eq!(spikes(&simulation, "P"), [(0, 0)]);
        assert_eq!(simulation.get("P.k").expect("there").values(), [60.0]);
        assert_eq!(
            simulation.get("P.w").expect("there").values(),
            [17.0],
            "`every` is guarded, `set` and events are not"
        );
    }
}

/// Spikes of independent trials: the count of every neuron within five standard errors of its expectation.
#[test]
fn rates_that_vary_are_met_by_every_neuron() {
    let text = "
    poisson Graded[40] { rate (1 + i)*20*Hz }
    poisson Waves[40]  { rate where(t < 500*ms, 100*Hz, 400*Hz) }
    poisson Slow[40]   { rate 50*Hz + 0*Hz*i; dt 2*ms }
    poisson Drawn[40]  { rate 400*Hz*rand() }
    poisson Sure[3]    { rate i*10*kHz }
    poisson Own[40]    { rate r;  r : Hz = 10*Hz;  dm/dt = 100*Hz - m/second : 1;  every 500*ms { r = (1 + int(t > 0*ms))*100*Hz } }
    record Graded.spikes, Waves.spikes, Slow.spikes, Drawn.spikes, Sure.spikes, Own.spikes, Own.m at end
    run 1*second";
    for options in engines() {
        let mut simulation = run(text, &options.clone().seed(8));
        let counts = |simulation: &Simulation, name: &str| {
            let mut counts = vec![0.0; 40];
            spikes(simulation, name).iter().for_each(|&(_, neuron)| counts[neuron as usize] += 1.0);
            counts
        };
        let steps = 10_000.0;
        let near = |name: &str, got: f64, n: f64, p: f64| {
            let error = 5.0 * (n * p * (1.0 - p)).sqrt();
            assert!((got - n * p).abs() < error, "{name}: {got} spikes, expected {} within {error}", n * p);
        };
        for (i, got) in counts(&simulation, "Graded").into_iter().enumerate() {
            near("Graded", got, steps, 0.002 * (i + 1) as f64);
        }
        let sum = |name: &str| counts(&simulation, name).iter().sum::<f64>();
        near("Waves", sum("Waves"), 40.0 * steps, 0.025);
        near("Slow", sum("Slow"), 40.0 * 500.0, 0.1);
        near("Drawn", sum("Drawn"), 40.0 * steps, 0.02);
        near("Own", sum("Own"), 40.0 * steps, 0.015);
        let sure = counts(&simulation, "Sure");
        assert_eq!(sure[..3], [0.0, steps, steps], "never at 0 Hz, always where rate*dt is 1 or more");
        let m = simulation.get("Own.m").expect("there").values()[0];
        assert!((m - 100.0 * (1.0 - (-1.0_f64).exp())).abs() < 1e-9, "{m}");
    }
}

#[test]
fn a_rate_for_each_neuron_can_be_set() {
    let text = "
    poisson X[10] { rate (1 + i)*kHz }
    record X.spikes, X.rate[3]
    run 10*ms
    set X.rate[i > 4] = 0*Hz
    set X.rate[:5] = 10*kHz
    run 10*ms";
    let simulation = run(text, &Options::new().seed(1));
    let late: Vec<(i64, u32)> = spikes(&simulation, "X").into_iter().filter(|&(tick, _)| tick >= 100).collect();
    let expected: Vec<(i64, u32)> = (100..200).flat_map(|tick| (0..5).map(move |neuron| (tick, neuron))).collect();
    assert_eq!(late, expected);
    let rate = samples(&simulation, "X.rate");
    assert_eq!((rate[0], rate[199]), (4000.0, 10_000.0));
}

/// What one code leaves, the next in order finds; ties go by declaration.
#[test]
fn turns_are_taken_by_slot_then_order_then_declaration() {
    let text = "
    neurons A[1] {
        x : 1
        every 0.1*ms { x = 10*x + 2 }
        every 0.1*ms when before_start { x = 1 }
        every 0.1*ms when start order 2 { x = 10*x + 5 }
        every 0.1*ms { x = 10*x + 3 }
        every 0.1*ms when start order 1 { x = 10*x + 4 }
        every 0.1*ms when after_end { x = 10*x + 9 }
        every 0.1*ms when end order -1 { x = 10*x + 7 }
        every 0.1*ms when end { x = 10*x + 8 }
        every 0.1*ms when groups order -1 { x = 10*x + 6 }
    }
    record A.x at end
    run 0.1*ms";
    for options in engines() {
        let mut simulation = run(text, &options);
        assert_eq!(simulation.get("A.x").expect("there").values(), [123_456_789.0]);
    }
}

/// A refractory time is a whole number of the group's own steps, from both sides of a half.
#[test]
fn refractory_times_are_counted_in_steps_of_the_group() {
    for (refractory, steps) in [("0.9*ms", 1), ("1*ms", 2), ("0.9999*ms", 2), ("1.4*ms", 2), ("1.5*ms", 3)] {
        let text = format!(
            "neurons P[1] {{ v : 1 = 1\nthreshold v > 0\nrefractory {refractory}\ndt 0.5*ms\n}}\nrecord P.spikes\nrun 20*ms"
        );
        let simulation = run(&text, &Options::new());
        let ticks: Vec<i64> = spikes(&simulation, "P").into_iter().map(|(tick, _)| tick).collect();
        let expected: Vec<i64> = (0..40).step_by(steps).collect();
        assert_eq!(ticks, expected, "{refractory}");
    }
}
