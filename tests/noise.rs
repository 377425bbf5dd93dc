//! Noise in equations: its laws, who shares it, who may have it.
//!
//! Covariances of linear systems are held against closed forms at time steps short and long, within five standard errors, which one in
//! two million tries misses; the seed is fixed, so that a test that passes passes always. Orders are measured in `convergence`.

use rheobase::{Cpu, Engine, Model, Options, Simulation};

/// Neurons of a population.
const N: usize = 4000;

fn model(text: &str, options: &Options) -> Model {
    Model::from_source(text, options).unwrap_or_else(|error| panic!("{text}\n{error}"))
}

fn finished(text: &str, options: &Options) -> Simulation {
    let mut simulation = model(text, options).simulation().expect("it builds");
    simulation.run_script(|_| {}).expect("it runs");
    simulation
}

fn state(simulation: &mut Simulation, name: &str) -> Vec<f64> {
    simulation.get(name).expect("a variable").into_values()
}

fn covariance(a: &[f64], b: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (m, n) = (mean(a), mean(b));
    a.iter().zip(b).map(|(a, b)| (a - m) * (b - n)).sum::<f64>() / a.len() as f64
}

/// The covariance of two rows of normal numbers is that expected, within five standard errors.
fn covary(what: &str, (a, b): (&[f64], &[f64]), expected: f64, (of_a, of_b): (f64, f64)) {
    let error = 5.0 * ((of_a * of_b + expected * expected) / a.len() as f64).sqrt();
    let got = covariance(a, b);
    assert!((got - expected).abs() < error, "{what}: covariance {got}, expected {expected} within {error}");
}

#[test]
fn the_process_of_ornstein_and_uhlenbeck_keeps_its_law_at_any_step() {
    for dt in [1.0_f64, 10.0, 50.0] {
        let text = format!(
            "neurons P[{N}] {{ dv/dt = (3 - v)/(10*ms) + sqrt(2/(10*ms))*xi : 1\ninit v = 3 + randn()\nmethod exact }}
            record P.v\nrun {}*ms",
            8.0 * dt
        );
        let mut simulation = finished(&text, &Options::new().seed(3).dt(&format!("{dt}*ms")));
        let samples = simulation.samples("P.v").expect("recorded");
        let rows: Vec<&[f64]> = samples.values().chunks(N).collect();
        for lag in 0..4 {
            let what = format!("steps of {dt} ms, {lag} apart");
            covary(&what, (rows[3], rows[3 + lag]), (-dt / 10.0 * lag as f64).exp(), (1.0, 1.0));
        }
        let last = state(&mut simulation, "P.v");
        let mean = last.iter().sum::<f64>() / N as f64;
        assert!((mean - 3.0).abs() < 5.0 / (N as f64).sqrt(), "steps of {dt} ms: mean {mean}");
    }
}

/// A linear system from rest, and what its variables x and y covary at time T.
struct System {
    name: &'static str,
    equations: &'static str,
    /// Variance of x, covariance, variance of y at T [s].
    law: fn(f64) -> [f64; 3],
}

/// The integral of exp(-rate s) over s from 0 to t.
fn decayed(rate: f64, t: f64) -> f64 {
    -(-rate * t).exp_m1() / rate
}

const SYSTEMS: [System; 7] = [
    System {
        name: "one noise, two time constants",
        equations: "dx/dt = -x/(10*ms) + 3*xi_a/second**0.5 : 1\ndy/dt = -y/(4*ms) + 5*xi_a/second**0.5 : 1",
        law: |t| [9.0 * decayed(200.0, t), 15.0 * decayed(350.0, t), 25.0 * decayed(500.0, t)],
    },
    System {
        name: "two noises, one of them shared",
        equations: "dx/dt = -x/(10*ms) + (3*xi_a + 4*xi_b)/second**0.5 : 1\ndy/dt = -y/(10*ms) + 5*xi_a/second**0.5 : 1",
        law: |t| [25.0, 15.0, 25.0].map(|power| power * decayed(200.0, t)),
    },
    System {
        name: "noise integrated: a singular system",
        equations: "dx/dt = 2*xi/second**0.5 : 1\ndy/dt = x/ms : 1",
        law: |t| [4.0 * t, 4e3 * t * t / 2.0, 4e6 * t.powi(3) / 3.0],
    },
    System {
        name: "a chain of equal time constants",
        equations: "dx/dt = -x/(10*ms) + 2*xi/second**0.5 : 1\ndy/dt = (x - y)/(10*ms) : 1",
        // With s = t/tau the impulse responses are exp(-s) and s exp(-s).
        law: |t| {
            let (s, tau) = (t / 0.01, 0.01);
            let e = (-2.0 * s).exp();
            let power = 4.0 * tau;
            [
                power * (1.0 - e) / 2.0,
                power * (1.0 - e * (1.0 + 2.0 * s)) / 4.0,
                power * (1.0 - e * (1.0 + 2.0 * s + 2.0 * s * s)) / 4.0,
            ]
        },
    },
    System {
        name: "a damped oscillator",
        equations: "dx/dt = -30*Hz*x - 200*Hz*y + 2*xi_a/second**0.5 : 1\ndy/dt = 200*Hz*x - 30*Hz*y + 2*xi_b/second**0.5 : 1",
        law: |t| [4.0 * decayed(60.0, t), 0.0, 4.0 * decayed(60.0, t)],
    },
    System {
        name: "an unstable system",
        equations: "dx/dt = 50*Hz*x + xi_a/second**0.5 : 1\ndy/dt = 50*Hz*y + xi_a/second**0.5 : 1",
        law: |t| [decayed(-100.0, t); 3],
    },
    System {
        name: "one noise and its negative",
        equations: "dx/dt = -x/(7*ms) + 2*xi_a/second**0.5 : 1\ndy/dt = -y/(7*ms) - 2*xi_a/second**0.5 : 1",
        law: |t| [4.0, -4.0, 4.0].map(|power| power * decayed(2.0 / 7e-3, t)),
    },
];

#[test]
fn systems_have_the_covariance_of_their_solutions_at_any_step() {
    for System { name, equations, law } in SYSTEMS {
        for (steps, dt) in [(1, 12.0), (16, 0.75)] {
            let text = format!("neurons P[{N}] {{ {equations}\nmethod exact }}\nrun 12*ms");
            let mut simulation = finished(&text, &Options::new().seed(7).dt(&format!("{dt}*ms")));
            let [x, y] = ["P.x", "P.y"].map(|variable| state(&mut simulation, variable));
            let [xx, xy, yy] = law(12e-3);
            let what = |part: &str| format!("{name}, {steps} steps, {part}");
            covary(&what("xx"), (&x, &x), xx, (xx, xx));
            covary(&what("xy"), (&x, &y), xy, (xx, yy));
            covary(&what("yy"), (&y, &y), yy, (yy, yy));
        }
    }
}

/// Coefficients of each neuron's own give the factors that numbers give: the same draws, the same paths.
#[test]
fn parameters_of_neurons_give_what_numbers_give() {
    let rows = [
        "dx/dt = -x/T + s*xi : 1",
        "dx/dt = -x/T + s*xi_a : 1\ndy/dt = (x - y)/T + 0.5*s*xi_a + 0.1*s*xi_b : 1",
        "dx/dt = -x/T - y/(3*T) + s*xi_a : 1\ndy/dt = x/T + 0.5*s*xi_b : 1\ndz/dt = y/T : 1",
        "dx/dt = (y - x)/T : 1\ndy/dt = (z - y)/T : 1\ndz/dt = -z/T + s*xi : 1",
    ];
    for equations in rows {
        for tau in ["10*ms", "0.02*ms", "3*second"] {
            let last = |block: String| {
                let text = format!("neurons P[50] {{ {block}\nmethod exact }}\nrun 2*ms");
                let mut simulation = finished(&text, &Options::new().seed(9).dt("0.1*ms"));
                state(&mut simulation, "P.x")
            };
            let of_neurons = last(format!("{equations}\nT : second\ns : Hz**0.5\ninit {{ T = {tau}; s = 3*Hz**0.5 }}"));
            let written = equations.replace('T', &format!("({tau})")).replace("s*xi", "3*Hz**0.5*xi");
            let of_numbers = last(written);
            for (own, number) in of_neurons.iter().zip(&of_numbers) {
                let scale = of_numbers.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
                assert!((own - number).abs() < 1e-11 * scale, "{equations}, {tau}: {own} and {number}");
            }
        }
    }
}

#[test]
fn a_name_is_one_noise_and_two_names_are_two() {
    for method in ["euler", "exact", "heun"] {
        let text = format!(
            "neurons P[{N}] {{
                dx/dt = drive + 0*Hz*x : 1
                dy/dt = 0.5*drive : 1
                dz/dt = xi_b/ms**0.5 : 1
                drive = 2*xi_a/ms**0.5 : Hz
                method {method}
            }}
            record P.x
            run 0.3*ms"
        );
        let mut simulation = finished(&text, &Options::new().seed(21).dt("0.1*ms"));
        let [x, y, z] = ["P.x", "P.y", "P.z"].map(|variable| state(&mut simulation, variable));
        for (x, y) in x.iter().zip(&y) {
            assert!((x - 2.0 * y).abs() < 1e-13, "{method}: {x} is not twice {y}");
        }
        covary(&format!("{method}, x and x"), (&x, &x), 1.2, (1.2, 1.2));
        covary(&format!("{method}, x and z"), (&x, &z), 0.0, (1.2, 0.3));
        covary(&format!("{method}, neighbours"), (&x[1..], &x[..N - 1]), 0.0, (1.2, 1.2));
        let samples = simulation.samples("P.x").expect("recorded");
        let rows: Vec<&[f64]> = samples.values().chunks(N).collect();
        let grown: Vec<f64> = rows[2].iter().zip(rows[1]).map(|(after, before)| after - before).collect();
        covary(&format!("{method}, two steps"), (&grown, rows[1]), 0.0, (0.4, 0.4));
    }
}

#[test]
fn a_refractory_neuron_stands_still_with_its_noise() {
    for equations in [
        "dv/dt = -v/(10*ms) + 0.5*xi_a/ms**0.5 : 1 (unless refractory)\ndw/dt = xi_a/ms**0.5 : 1",
        "dv/dt = -v/(10*ms) + 0.5*xi_a/ms**0.5 : 1 (unless refractory)\ndw/dt = v/ms + xi_a/ms**0.5 : 1",
    ] {
        for method in ["euler", "exact", "heun"] {
            let text = format!(
                "neurons P[200] {{ {equations}
                    threshold v > 0.5\nreset v = -1\nrefractory 1*ms\nmethod {method} }}
                record P.v, P.w, P.not_refractory\nrun 6*ms"
            );
            let simulation = finished(&text, &Options::new().seed(8).dt("0.1*ms"));
            let course = |name: &str| simulation.samples(name).expect("recorded").values().to_vec();
            let (v, w, active) = (course("P.v"), course("P.w"), course("P.not_refractory"));
            let (mut held, mut moved) = (0, 0);
            // What is recorded at the start of a step is the activity of the step before it.
            for place in 200..v.len() - 200 {
                if active[place + 200] == 0.0 && active[place] == 0.0 {
                    assert_eq!(v[place], v[place + 200], "{method}: v moves while it is refractory");
                    assert_ne!(w[place], w[place + 200], "{method}: w has no flag");
                    held += 1;
                } else if active[place] != 0.0 && active[place + 200] != 0.0 {
                    assert_ne!(v[place], v[place + 200], "{method}: v moves");
                    moved += 1;
                }
            }
            assert!(held > 500 && moved > 500, "{method}: {held} held, {moved} moved");
        }
    }
}

#[test]
fn the_method_is_the_one_named_or_the_first_that_fits() {
    let rows = [
        ("dv/dt = -v/ms + xi/ms**0.5 : 1", "exact"),
        ("dv/dt = -v**3/ms + xi/ms**0.5 : 1", "euler"),
        ("dv/dt = -v/ms + v*xi/ms**0.5 : 1", "heun"),
        ("dv/dt = -v/ms + sin(t/ms)*xi/ms**0.5 : 1", "heun"),
        ("dv/dt = -v/ms + rand()*xi/ms**0.5 : 1", "euler"),
        ("dv/dt = -v/ms + xi/ms**0.5 : 1\nmethod euler", "euler"),
        ("dv/dt = -v/ms + xi/ms**0.5 : 1\nmethod heun", "heun"),
        ("dv/dt = -v/ms + xi/ms**0.5 : 1\nmethod milstein", "milstein"),
    ];
    let with_array = [
        ("dv/dt = -v/ms + stim(t)*xi/ms**0.5 : 1", "exact"),
        ("dv/dt = -v/ms + stim(2*t)*xi/ms**0.5 : 1", "euler"),
        ("dv/dt = -v/ms + stim(t)*v*xi/ms**0.5 : 1", "heun"),
        ("dv/dt = -v/ms + stim(t)*xi/ms**0.5 : 1\nmethod euler", "euler"),
    ];
    for (block, expected) in rows.into_iter().chain(with_array) {
        let text = format!("stim = timed_array([1, 2], dt = 1*ms)\nneurons P[3] {{ {block} }}");
        let found = model(&text, &Options::new()).explain().to_string();
        assert!(found.contains(&format!("P: {expected}")), "{block}: {found}");
    }
}

#[test]
fn what_cannot_be_done_is_refused_with_its_reason() {
    let rows = [
        ("dv/dt = -v/ms + v*xi/ms**0.5 : 1\nmethod euler", "what multiplies xi in the equation of v depends on v"),
        ("dv/dt = -v/ms + v*xi/ms**0.5 : 1\nmethod exact", "what multiplies xi in the equation of v depends on v"),
        ("dv/dt = -v/ms + sin(t/ms)*xi/ms**0.5 : 1\nmethod euler", "depends on t"),
        ("dv/dt = -v/ms + xi/ms**0.5 : 1\nmethod rk2", "it knows no noise, and xi stands in the equation of v"),
        ("dv/dt = -v/ms + xi/ms**0.5 : 1\nmethod rk4", "it knows no noise"),
        ("dv/dt = -v/ms + xi/ms**0.5 : 1\nmethod exponential_euler", "it knows no noise"),
        ("dv/dt = xi_a/ms**0.5 : 1\ndw/dt = xi_a/ms**0.5 : 1\nmethod milstein", "v and w share xi_a"),
        ("dv/dt = (xi_a + xi_b)/ms**0.5 : 1\nmethod milstein", "that of v has xi_a and xi_b"),
        ("dv/dt = -v**2/ms + xi/ms**0.5 : 1\nmethod exact", "v appears in"),
        ("dv/dt = -v/ms + rand()*xi/ms**0.5 : 1\nmethod exact", "is random, in the equation of v"),
        ("dv/dt = xi**2 : 1", "xi appears in xi**2"),
        ("dv/dt = exp(xi*ms**0.5)/ms : 1", "xi appears in"),
        ("dv/dt = 1/(xi*ms**1.5) : 1", "xi appears in the divisor of"),
        ("dv/dt = xi_a*xi_b : 1", "xi_a and xi_b appear together in xi_a*xi_b"),
    ];
    for (block, expected) in rows {
        let error = Model::from_source(&format!("neurons P[3] {{ {block} }}"), &Options::new()).expect_err(block);
        assert!(error.to_string().contains(expected), "{block}: {error}");
    }
}

#[test]
fn clock_driven_synapses_have_noise_of_their_own() {
    let text = format!(
        "neurons A[1] {{ v : 1 }}
        neurons B[{N}] {{ v : 1 }}
        synapses S: A -> B {{
            dw/dt = -w/(10*ms) + sqrt(2/(10*ms))*xi_a : 1 (clock-driven)
            du/dt = -u/(10*ms) + (1 + u)*0.1*xi_b/ms**0.5 : 1 (clock-driven)
            connect all
            init w = randn()
        }}
        record S.w, S.u
        run 5*ms"
    );
    let simulation = finished(&text, &Options::new().seed(2).dt("1*ms"));
    let w = simulation.samples("S.w").expect("recorded");
    let u = simulation.samples("S.u").expect("recorded");
    let (w, u) = (&w.values()[4 * N..], &u.values()[4 * N..]);
    let spread = covariance(u, u);
    assert!(spread > 0.01, "u moves by noise: {spread}");
    covary("w and u", (w, u), 0.0, (1.0, spread));
    covary("neighbours", (&w[1..], &w[..N - 1]), 0.0, (1.0, 1.0));
}

#[test]
fn one_seed_gives_the_same_noise_on_every_engine() {
    let text = "
        neurons P[101] {
            dv/dt = -v/(10*ms) + s*xi_a : 1 (unless refractory)
            du/dt = (v - u)/T + 0.1*s*xi_a + 0.2*s*xi_b : 1
            T : second
            s : Hz**0.5
            threshold v > 0.3 + 0.1*rand()
            reset v = 0
            refractory 1*ms*(1 + rand())
            init { T = 5*ms + i*0.1*ms; s = (1 + rand())*Hz**0.5*4 }
        }
        neurons Q[101] {
            dx/dt = -x/(10*ms) + rand()/ms + (0.3 + x*rand())*xi_a/ms**0.5 : 1
            dy/dt = -y**3/ms + 0.2*xi_b/ms**0.5 : 1
        }
        neurons R[101] { dx/dt = -x/ms + (0.3 + sin(x))*xi/ms**0.5 : 1\nmethod milstein }
        synapses S: P -> Q {
            dw/dt = -w/(10*ms) + y_post*xi/ms**0.5 : 1 (clock-driven)
            on_pre x += 0.01*w
            connect p = 0.2
        }
        run 20*ms";
    let run = |options: Options| {
        let mut simulation = finished(text, &options.seed(14));
        let names = ["P.v", "P.u", "Q.x", "Q.y", "R.x", "S.w"];
        names.map(|name| state(&mut simulation, name).iter().map(|value| value.to_bits()).collect::<Vec<_>>())
    };
    let first = run(Options::new());
    for (name, options) in [
        ("interpreter", Options::new().engine(Engine::Interpreter)),
        ("one neuron at a time", Options::new().scalar(true)),
        ("two threads", Options::new().threads(2)),
        ("three threads", Options::new().threads(3)),
    ] {
        assert!(first == run(options), "{name}");
    }
    let baseline = || Options::new().cpu(Cpu::Baseline);
    assert!(run(baseline()) == run(baseline().engine(Engine::Interpreter)), "without fused products");
}
