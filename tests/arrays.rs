//! Values from lists, files and arrays in memory, on both engines: initial values, connections, spikes and timed arrays.

use rheobase::arrays::Array;
use rheobase::{Engine, Error, Model, Options, Simulation};

const ENGINES: [Engine; 2] = [Engine::Jit, Engine::Interpreter];

const EDGES: &str = "i,j,w[nS],k\n2,0,1.5,7\n0,1,-2,8\n2,1,3,9\n0,0,4,10\n";

fn built(text: &str, options: &Options) -> Simulation {
    let model = Model::from_source(text, options).unwrap_or_else(|error| panic!("{text}\n{error}"));
    model.simulation_with_seed(1).unwrap_or_else(|error| panic!("{text}\n{error}"))
}

fn run(text: &str, options: &Options) -> Simulation {
    let mut simulation = built(text, options);
    simulation.run_script(|_| {}).unwrap_or_else(|error| panic!("{text}\n{error}"));
    simulation
}

fn values(simulation: &mut Simulation, name: &str) -> Vec<f64> {
    simulation.get(name).unwrap_or_else(|error| panic!("{name}: {error}")).into_values()
}

/// What is wrong with a text, from reading it to its end.
fn wrong(text: &str, options: &Options) -> String {
    let outcome = Model::from_source(text, options).and_then(|model| {
        let mut simulation = model.simulation_with_seed(1)?;
        simulation.run_script(|_| {})
    });
    match outcome {
        Err(Error::Model(rejected)) => rejected.render(),
        other => panic!("{text}\nshould be rejected: {other:?}"),
    }
}

#[test]
fn neurons_and_synapses_get_their_values_one_by_one() {
    let text = "
        neurons P[3] {
            x : volt
            y : 1
            k : integer
            b : boolean
            init { y = 2; x = npy(\"x\")*mV + y*mV; k = [1.7, 2.2, -3.9]; b = [0, 1, 2]; y = y + [1, 2, 3]*i }
        }
        synapses S: P -> P {
            w : 1
            u : 1 = 3
            init { w = npy(\"w\")*2; u = u + w }
            connect i = [2, 0, 1], j = [0, 1, 2]
        }
        run 1*ms
        set P.x[1:] = [5, 6]*mV
        set S.u[::2] = [0.5, 0.25]
        set P.y[y > 4] = npy(\"w\")[0:1]";
    let options = Options::new().array("x", Array::list(&[10.0, 20.0, 30.0])).array("w", Array::list(&[0.1, 0.2, 0.3]));
    for engine in ENGINES {
        let mut simulation = run(text, &options.clone().engine(engine));
        assert_eq!(values(&mut simulation, "P.x"), [10.0 * 1e-3 + 2.0 * 1e-3, 0.005, 0.006]);
        assert_eq!(values(&mut simulation, "P.y"), [2.0, 4.0, 0.1]);
        assert_eq!(values(&mut simulation, "P.k"), [1.0, 2.0, -3.0]);
        assert_eq!(values(&mut simulation, "P.b"), [0.0, 1.0, 1.0]);
        assert_eq!(values(&mut simulation, "S.w"), [0.2, 0.4, 0.6]);
        assert_eq!(values(&mut simulation, "S.u"), [0.5, 3.4, 0.25]);
    }
}

#[test]
fn columns_of_a_file_belong_to_its_pairs_wherever_they_are_stored() {
    let text = "
        neurons P[3] { x : siemens\nthreshold x > 0*siemens }
        synapses S: P -> P {
            w : siemens
            k : integer
            connect i = 1, j = [0, 2]
            connect csv(\"edges.csv\")
            connect csv(\"edges.csv\", i, j, k)
            init k = k + 100
        }";
    let options = Options::new().file("edges.csv", EDGES);
    for engine in ENGINES {
        let mut simulation = built(text, &options.clone().engine(engine));
        let w = [0.0, 0.0, 1.5, -2.0, 3.0, 4.0, 0.0, 0.0, 0.0, 0.0].map(|nano: f64| nano * 1e-9);
        assert_eq!(values(&mut simulation, "S.w"), w);
        let k = [100.0, 100.0, 107.0, 108.0, 109.0, 110.0, 107.0, 108.0, 109.0, 110.0];
        assert_eq!(values(&mut simulation, "S.k"), k);
    }
}

/// Delays of 0.3 ms and 0.1 ms by a file, of 0.2 ms and 0.4 ms by a list.
#[test]
fn delays_come_from_files_and_lists() {
    let text = "
        spike_source G[2] { spikes i = [0, 1], t = [0, 0]*ms }
        neurons P[2] { x : 1; y : 1 }
        synapses S: G -> P {
            on_pre x += 1
            connect csv(\"edges.csv\")
        }
        synapses T: G -> P {
            on_pre far { y += 1 }
            delay far = npy(\"delays\")*ms
            connect i == j
        }
        record P.x, P.y
        run 0.6*ms";
    let options = Options::new().file("edges.csv", "i,j,delay[ms]\n1,0,0.3\n0,1,0.1\n");
    let options = options.array("delays", Array::list(&[0.2, 0.4]));
    for engine in ENGINES {
        let simulation = run(text, &options.clone().engine(engine));
        let arrival = |name: &str, neuron: usize| {
            let trace = simulation.samples(name).expect("recorded").trace(neuron);
            trace.iter().position(|&value| value > 0.0)
        };
        assert_eq!([arrival("P.x", 0), arrival("P.x", 1)], [Some(4), Some(2)]);
        assert_eq!([arrival("P.y", 0), arrival("P.y", 1)], [Some(3), Some(5)]);
    }
    let told = wrong(
        "neurons P[2] { x : 1\nthreshold x > 1 }\nsynapses S: P -> P { on_pre x += 1\ndelay 1*ms\nconnect csv(\"edges.csv\") }",
        &options,
    );
    assert!(told.contains("the delay is given by a column `delay` of the file and by `delay`"), "{told}");
}

#[test]
fn lists_of_a_wrong_length_name_both_lengths() {
    let neurons = "neurons P[3] { x : 1\nthreshold x > 1";
    let options = Options::new().file("edges.csv", EDGES);
    let rows = [
        (format!("{neurons}\ninit x = [1, 2] }}"), "2 values are given, and `P` has 3 neurons"),
        (format!("{neurons} }}\nset P.x = [1, 2, 3, 4]"), "4 values are given, and 3 of `P.x` are set"),
        (format!("{neurons} }}\nset P.x[:2] = [1]"), "1 value is given, and 2 of `P.x` are set"),
        (format!("{neurons} }}\nset P.x[x < 1] = [1]"), "1 values are given, and there are 3 elements"),
        (
            format!("{neurons} }}\nsynapses S: P -> P {{ w : 1\ninit w = [1, 2]\nconnect all }}"),
            "2 values are given, and there are 9 elements",
        ),
        (
            format!("{neurons} }}\nsynapses S: P -> P {{ w : 1\nconnect all }}\nset S.w = [1, 2]"),
            "2 values are given, and there are 9 elements",
        ),
        (format!("{neurons} }}\nset P.x = [1, 2, 3]*x"), "a list of values is set as it stands"),
    ];
    for (text, expected) in rows {
        let told = wrong(&text, &options);
        assert!(told.contains(expected), "{text}\n{told}");
    }
}

#[test]
fn spikes_are_changed_between_runs_by_text_and_by_the_library() {
    let text = "
        spike_source G[3] { spikes i = [0, 1], t = [1, 2]*ms; period 4*ms }
        record G.spikes
        run 8*ms
        set G { spikes csv(\"later.csv\") }
        run 4*ms";
    let options = Options::new().file("later.csv", "i,t[ms]\n2,9\n0,11.5\n");
    for engine in ENGINES {
        let mut simulation = run(text, &options.clone().engine(engine));
        assert_eq!(simulation.set_spikes("G", &[1, 2], &[0.001, 0.013]).expect("spikes"), 1, "one is past");
        simulation.run("2*ms").expect("runs");
        let again = simulation.set_spikes_with_period("G", &[0], &[0.0005], "1*ms");
        assert_eq!(again.expect("spikes"), 0);
        simulation.run("2*ms").expect("runs");
        let spikes = simulation.spikes("G").expect("recorded");
        let found: Vec<(i64, u32)> = spikes.iter().map(|spike| (spike.tick, spike.neuron)).collect();
        let expected = [(10, 0), (20, 1), (50, 0), (60, 1), (90, 2), (115, 0), (130, 2), (145, 0), (155, 0)];
        assert_eq!(found, expected);
        assert!(matches!(simulation.set_spikes("G", &[3], &[1.0]), Err(Error::Spikes { .. })));
        assert!(matches!(simulation.set_spikes("G", &[1], &[]), Err(Error::Length { .. })));
        assert!(matches!(simulation.set_spikes("H", &[], &[]), Err(Error::Unknown { .. })));
    }
}
