//! Synapses on synapses beyond the reference case: none to connect, rules of fixed numbers, what is written in a step, what is refused.

use rheobase::output::{Columns, Table};
use rheobase::{Engine, Model, Options, Simulation};

fn run(text: &str, engine: Engine) -> Simulation {
    let options = Options::new().seed(5).engine(engine);
    let model = Model::from_source(text, &options).unwrap_or_else(|error| panic!("{text}\n{error}"));
    let mut simulation = model.simulation().unwrap_or_else(|error| panic!("{text}\n{error}"));
    simulation.run_script(|_| {}).unwrap_or_else(|error| panic!("{text}\n{error}"));
    simulation
}

fn values(simulation: &mut Simulation, name: &str) -> Vec<f64> {
    simulation.get(name).unwrap_or_else(|error| panic!("{name}: {error}")).into_values()
}

const NEURONS: &str = "
spike_source P[2] { spikes i = [0, 1], t = [1, 2]*ms }
neurons Q[3] { g : 1 }
";

#[test]
fn none_to_connect_gives_none() {
    let text = format!(
        "{NEURONS}
        synapses S: P -> Q {{ w : 1; connect False }}
        synapses T: P -> S {{ k : 1; on_pre w_post += 1; connect all }}
        synapses U: S -> Q {{ g_post = w_pre : 1 (summed); connect all }}
        run 3*ms"
    );
    for engine in [Engine::Jit, Engine::Interpreter] {
        let mut simulation = run(&text, engine);
        assert!(values(&mut simulation, "T.k").is_empty());
        assert_eq!(values(&mut simulation, "Q.g"), [0.0; 3]);
        assert_eq!(simulation.objects(), ["P", "Q", "S", "T", "U"]);
    }
}

#[test]
fn every_rule_connects_synapses() {
    let text = format!(
        "{NEURONS}
        synapses S: P -> Q {{ w : 1; connect i = [1, 0, 1, 0, 1], j = [2, 1, 0, 0, 1]; init w = [0.1, 0.2, 0.3, 0.4, 0.5] }}
        synapses A: P -> S {{ connect all }}
        synapses B: P -> S {{ connect p = 0.5 }}
        synapses C: P -> S {{ connect fixed_indegree(1) }}
        synapses D: S -> S {{ connect fixed_outdegree(2, autapses = False) }}
        synapses E: S -> P {{ connect fixed_total(7) }}
        synapses F: P -> S {{ connect j = k for k in range(N_post) if k != i }}
        synapses G: S -> S {{ connect j = i + 1, skip_if_invalid }}
        synapses H: A -> S {{ connect i == j }}
        synapses I: P -> S {{ connect i == 0 and w_post > 0.25 }}
        record A.synapses, B.synapses, C.synapses, D.synapses, E.synapses, F.synapses, G.synapses, H.synapses, I.synapses"
    );
    let mut simulation = run(&text, Engine::Jit);
    let mut numbers = |name: &str| -> Vec<(f64, f64)> {
        let Ok(Table::Named { columns }) = simulation.table(&format!("{name}.synapses")) else { panic!("{name}") };
        let index = |number: usize| match &columns[number].2 {
            Columns::Index(numbers) => numbers.iter().copied().map(f64::from).collect::<Vec<_>>(),
            _ => panic!("{name} has no numbers"),
        };
        index(0).into_iter().zip(index(1)).collect()
    };
    assert_eq!(numbers("A").len(), 10);
    assert!((1..10).contains(&numbers("B").len()));
    let mut targets: Vec<f64> = numbers("C").into_iter().map(|(_, j)| j).collect();
    targets.sort_by(f64::total_cmp);
    assert_eq!(targets, [0.0, 1.0, 2.0, 3.0, 4.0]);
    let d = numbers("D");
    assert_eq!(d.len(), 10);
    assert!(d.iter().all(|(i, j)| i != j));
    assert_eq!(numbers("E").len(), 7);
    assert!(numbers("E").iter().all(|&(i, j)| i < 5.0 && j < 2.0));
    assert_eq!(
        numbers("F"),
        [(0, 1), (0, 2), (0, 3), (0, 4), (1, 0), (1, 2), (1, 3), (1, 4)].map(|(i, j)| (i.into(), j.into()))
    );
    assert_eq!(numbers("G"), [(0.0, 1.0), (1.0, 2.0), (2.0, 3.0), (3.0, 4.0)]);
    assert_eq!(numbers("I"), [(0.0, 2.0), (0.0, 3.0), (0.0, 4.0)]);
    assert_eq!(numbers("H"), [0.0, 1.0, 2.0, 3.0, 4.0].map(|k| (k, k)));
}

/// What others write is no constant of the synapses' own equations, whatever the integrator keeps.
#[test]
fn a_parameter_that_others_write_counts_from_then_on() {
    let text = format!(
        "{NEURONS}
        synapses S: P -> Q {{
            ds/dt = -s/tau : 1 (clock-driven)
            tau : second = 10*ms
            method exact
            connect i == 0
            init s = 1
        }}
        synapses T: P -> S {{ on_pre tau_post = 1*ms; connect i == 1 }}
        run 4*ms"
    );
    // 20 steps of 10 ms, then, from the step after the spike at 2 ms on, 19 of 1 ms.
    let expected = (-0.1 * 21.0 / 10.0_f64 - 0.1 * 19.0).exp();
    for engine in [Engine::Jit, Engine::Interpreter] {
        let s = values(&mut run(&text, engine), "S.s");
        assert!((s[0] - expected).abs() < 1e-12, "{} against {expected}", s[0]);
    }
}

#[test]
fn what_cannot_be_is_told() {
    let rows = [
        ("synapses T: P -> S[0:1] { connect all }", "`S` is synapses, not neurons"),
        ("poisson_input to S.w { n 1; rate 1*Hz; weight 1 }", "`S` is synapses, not neurons"),
        ("X = S[0:2]", "`S` is synapses, not neurons"),
        (
            "synapses T: S -> Q { on_pre g += 1; connect all }",
            "`on_pre` waits for spikes of `S`, and synapses never spike",
        ),
        ("synapses T: T -> Q { connect all }", "the synapses of `T` are to connect themselves"),
        (
            "synapses T: U -> Q { connect all }\nsynapses U: P -> T { connect all }",
            "these synapses are to connect one another: `T` -> `U` -> `T`",
        ),
        ("synapses T: P -> S { w : 1; connect all }", "`w` is a variable of the target neurons already"),
        ("synapses T: P -> S { on_pre twice_post = 1; connect all }", "nothing is called `twice_post`"),
    ];
    for (statement, message) in rows {
        let text = format!("{NEURONS}synapses S: P -> Q {{ w : 1\nconnect all }}\n{statement}\n");
        match Model::from_source(&text, &Options::new()) {
            Err(rheobase::Error::Model(rejected)) => {
                let messages: Vec<&str> = rejected.diagnostics.iter().map(|found| found.message.as_str()).collect();
                assert_eq!(messages, [message], "{statement}");
                assert!(!rejected.diagnostics[0].help.is_empty() || !rejected.diagnostics[0].primary.text.is_empty());
            }
            other => panic!("{statement}: {other:?}"),
        }
    }
}
