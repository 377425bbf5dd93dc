//! Event-driven equations of synapses, several at once: solved from event to event as their closed forms say.
//!
//! One source spikes at 1, 4 and 9.5 ms and adds 1 to x at each. What is read is the state right after the last event, because between
//! events a variable stands as it was left.

use rheobase::{Engine, Model, Options};

/// Spikes [ms].
const EVENTS: [f64; 3] = [1.0, 4.0, 9.5];

/// What a variable is worth so many time constants after an event.
type Response = fn(f64) -> f64;

/// Equations, in which `T` is a time constant and `x` gets the events.
struct System {
    name: &'static str,
    equations: &'static str,
    /// Of each variable.
    responses: &'static [(&'static str, Response)],
}

const SYSTEMS: [System; 6] = [
    System {
        name: "equal time constants",
        equations: "dx/dt = -x/T : 1 (event-driven)\ndy/dt = (x - y)/T : 1 (event-driven)",
        responses: &[("x", |s| (-s).exp()), ("y", |s| s * (-s).exp())],
    },
    System {
        name: "two time constants",
        equations: "dx/dt = -x/T : 1 (event-driven)\ndy/dt = (x - 3*y)/T : 1 (event-driven)",
        responses: &[("x", |s| (-s).exp()), ("y", |s| ((-s).exp() - (-3.0 * s).exp()) / 2.0)],
    },
    System {
        name: "singular",
        equations: "dx/dt = -x/T : 1 (event-driven)\ndy/dt = x/T : 1 (event-driven)",
        responses: &[("x", |s| (-s).exp()), ("y", |s| -(-s).exp_m1())],
    },
    System {
        name: "oscillating",
        equations: "dx/dt = -y/T : 1 (event-driven)\ndy/dt = x/T : 1 (event-driven)",
        responses: &[("x", f64::cos), ("y", f64::sin)],
    },
    System {
        name: "three in a chain",
        equations: "dx/dt = -x/T : 1 (event-driven)\ndy/dt = (x - y)/T : 1 (event-driven)\n\
                    dz/dt = (y - z)/T : 1 (event-driven)",
        responses: &[("x", |s| (-s).exp()), ("y", |s| s * (-s).exp()), ("z", |s| s * s / 2.0 * (-s).exp())],
    },
    System {
        name: "three in a circle, by way of a subexpression",
        // The eigenvalues are 0 and (-3 ± i sqrt 3)/2.
        equations: "dx/dt = (z - x)/T : 1 (event-driven)\ndy/dt = flow/T : 1 (event-driven)\n\
                    dz/dt = (y - z)/T : 1 (event-driven)\nflow = x - y : 1",
        responses: &[
            ("x", |s| (1.0 + 2.0 * (-1.5 * s).exp() * (0.75_f64.sqrt() * s).cos()) / 3.0),
            ("y", |s| {
                (1.0 + 2.0 * (-1.5 * s).exp() * (0.75_f64.sqrt() * s - 2.0 / 3.0 * std::f64::consts::PI).cos()) / 3.0
            }),
            ("z", |s| {
                (1.0 + 2.0 * (-1.5 * s).exp() * (0.75_f64.sqrt() * s + 2.0 / 3.0 * std::f64::consts::PI).cos()) / 3.0
            }),
        ],
    },
];

/// Values of variables of the synapses after the last event.
fn after_events(equations: &str, variables: &[&str], engine: Engine) -> Vec<Vec<f64>> {
    let text = format!(
        "spike_source A[1] {{ spikes i = [0, 0, 0], t = [{}, {}, {}]*ms }}
        neurons B[4] {{ v : 1 }}
        synapses S: A -> B {{ {equations}
            on_pre x += 1
            connect all
        }}
        run 12*ms",
        EVENTS[0], EVENTS[1], EVENTS[2]
    );
    let options = Options::new().seed(1).engine(engine);
    let model = Model::from_source(&text, &options).unwrap_or_else(|error| panic!("{text}\n{error}"));
    let mut simulation = model.simulation().expect("it builds");
    simulation.run_script(|_| {}).expect("it runs");
    let value = |variable: &&str| simulation.get(&format!("S.{variable}")).expect("a variable").into_values();
    variables.iter().map(value).collect()
}

#[test]
fn coupled_equations_are_solved_from_event_to_event() {
    for System { name, equations, responses } in SYSTEMS {
        let variables: Vec<&str> = responses.iter().map(|(variable, _)| *variable).collect();
        let written = equations.replace('T', "(5*ms)");
        let of_synapses = format!("{equations}\nT : second\ninit T = 2*ms + 3*ms*j");
        for engine in [Engine::Jit, Engine::Interpreter] {
            for (block, per_synapse) in [(&written, false), (&of_synapses, true)] {
                let got = after_events(block, &variables, engine);
                for ((variable, response), values) in responses.iter().zip(got) {
                    for (synapse, value) in values.into_iter().enumerate() {
                        let tau = if per_synapse { 2.0 + 3.0 * synapse as f64 } else { 5.0 };
                        let expected: f64 = EVENTS.iter().map(|event| response((EVENTS[2] - event) / tau)).sum();
                        let told = format!("{name}, {variable} of synapse {synapse}");
                        assert!((value - expected).abs() < 1e-13, "{told}: {value} instead of {expected}");
                    }
                }
            }
        }
    }
}

/// `lastupdate` is 0 at first, not the time of the first event.
#[test]
fn what_drives_an_equation_drives_it_from_the_beginning() {
    let equations = "dx/dt = 2/(5*ms) : 1 (event-driven)\ndy/dt = (x - y)/(5*ms) : 1 (event-driven)";
    for engine in [Engine::Jit, Engine::Interpreter] {
        let got = after_events(equations, &["x", "y"], engine);
        // x = 2 s and the steps of the events before the last, y its response; with s = t/tau.
        let s = EVENTS[2] / 5.0;
        let steps: f64 = EVENTS[..2].iter().map(|event| -(-(EVENTS[2] - event) / 5.0).exp_m1()).sum();
        let expected = [2.0 * s + 3.0, 2.0 * (s - 1.0 + (-s).exp()) + steps];
        for (values, expected) in got.iter().zip(expected) {
            assert!((values[0] - expected).abs() < 1e-13, "{} instead of {expected}", values[0]);
        }
    }
}

#[test]
fn what_has_no_closed_solution_is_refused() {
    let rows = [
        ("dx/dt = -x**2/ms : 1 (event-driven)", "E0451", "x appears in"),
        ("dx/dt = -x/ms : 1 (event-driven)\ndy/dt = x*y/ms : 1 (event-driven)", "E0451", "x and y appear together in"),
        ("dx/dt = -x*t/ms**2 : 1 (event-driven)", "E0451", "t appears in"),
        ("dx/dt = rand()/ms : 1 (event-driven)", "E0451", "is random"),
        ("dx/dt = -x/ms : 1 (event-driven)\ndy/dt = x/ms : 1 (clock-driven)", "E0410", "`y` -> `x`"),
        (
            "dx/dt = f/ms : 1 (event-driven)\nf = 2*y : 1\ndy/dt = -y/ms : 1 (clock-driven)",
            "E0410",
            "`x` -> `f` -> `y`",
        ),
    ];
    for (equations, code, reason) in rows {
        let text = format!(
            "neurons P[2] {{ v : 1\nthreshold v > 1 }}\nsynapses S: P -> P {{ {equations}\non_pre x += 1\nconnect all }}"
        );
        let error = Model::from_source(&text, &Options::new()).expect_err(equations).to_string();
        assert!(error.contains(code) && error.contains(reason), "{equations}: {error}");
    }
}
