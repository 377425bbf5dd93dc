//! Integrators approach the solution with the order they have: halving the step divides the error by 2 to the order.
//!
//! Without noise: x = exp(sin t), z = 1 - exp(-sin t)/2 (linear in themselves, with coefficients that depend on t), p = exp(sin t) - 1
//! (driven by x) and y = 1/(1 + 4*exp(-t)) (not linear), with t in ms. `heun` and `milstein` are Euler's rule then, as in Brian2.
//!
//! With noise, Stratonovich equations whose solutions are functions of the Brownian path's last value: strong order from the mean
//! distance of every neuron to the solution along its own path, weak order from the difference of means, on the same paths, which
//! leaves little to chance. The path is that of a model of the same name and seed, `dw/dt = xi_a`, whose draws are the same; that
//! they are is shown by the rules in Rust below, which follow the engine step by step.

use rheobase::{Engine, Model, Options, Simulation};

const LINEAR: &str = "
    dx/dt = x*cos(t/ms)/ms : 1
    dz/dt = (1 - z)*cos(t/ms)/ms : 1
    dp/dt = x*cos(t/ms)/ms : 1
    init { x = 1; z = 0.5; p = 0 }";

const NONLINEAR: &str = "
    dx/dt = x*cos(t/ms)/ms : 1
    dz/dt = (1 - z)*cos(t/ms)/ms : 1
    dp/dt = x*cos(t/ms)/ms : 1
    dy/dt = y*(1 - y)/ms : 1
    init { x = 1; z = 0.5; p = 0; y = 0.2 }";

/// Until where [ms].
const END: f64 = 1.2;

fn solution(variable: &str) -> f64 {
    let sine = END.sin();
    match variable {
        "x" => sine.exp(),
        "z" => 1.0 - (-sine).exp() / 2.0,
        "p" => sine.exp() - 1.0,
        _ => 1.0 / (1.0 + 4.0 * (-END).exp()),
    }
}

fn finished(text: &str, options: Options) -> Simulation {
    let model = Model::from_source(text, &options).unwrap_or_else(|error| panic!("{text}\n{error}"));
    let mut simulation = model.simulation().expect("it builds");
    simulation.run_script(|_| {}).expect("it runs");
    simulation
}

fn state(simulation: &mut Simulation, variable: &str) -> Vec<f64> {
    simulation.get(&format!("P.{variable}")).expect("a variable").into_values()
}

/// Errors of all variables at the end.
fn errors(method: &str, dt: &str, engine: Engine) -> Vec<(&'static str, f64)> {
    let (equations, variables) = match method {
        "exponential_euler" => (LINEAR, &["x", "z", "p"][..]),
        _ => (NONLINEAR, &["x", "z", "p", "y"][..]),
    };
    let text = format!("neurons P[3] {{ {equations}\n method {method} }}\nrun {END}*ms");
    let mut simulation = finished(&text, Options::new().seed(1).dt(dt).engine(engine));
    let error = |&variable: &&'static str| {
        let values = state(&mut simulation, variable);
        assert!(values.iter().all(|&value| value == values[0]), "all neurons are alike");
        (variable, (values[0] - solution(variable)).abs())
    };
    variables.iter().map(error).collect()
}

#[test]
fn halving_the_step_divides_the_error_as_the_order_says() {
    let rows = [
        ("euler", 1.0, ["0.01*ms", "0.005*ms"]),
        ("heun", 1.0, ["0.01*ms", "0.005*ms"]),
        ("milstein", 1.0, ["0.01*ms", "0.005*ms"]),
        ("exponential_euler", 1.0, ["0.01*ms", "0.005*ms"]),
        ("rk2", 2.0, ["0.01*ms", "0.005*ms"]),
        ("rk4", 4.0, ["0.04*ms", "0.02*ms"]),
    ];
    for (method, order, [coarse, fine]) in rows {
        for engine in [Engine::Jit, Engine::Interpreter] {
            let pairs = errors(method, coarse, engine).into_iter().zip(errors(method, fine, engine));
            for ((variable, coarse), (_, fine)) in pairs {
                let measured = (coarse / fine).log2();
                let told = format!("{method}, {variable}: order {measured:.3}, errors {coarse:e} and {fine:e}");
                assert!(fine > 1e-13, "{told}: the error is rounding, not the rule's");
                assert!((measured - order).abs() < 0.15, "{told}");
            }
        }
    }
}

#[test]
fn the_exact_integrator_has_no_error_but_rounding() {
    let text = "
        neurons P[3] {
            dx/dt = (1 - x)/(2*ms) : 1
            dy/dt = (x - y)/(2*ms) : 1
            dz/dt = y/(3*ms) : 1
            method exact
        }
        run 1.2*ms";
    // z' = y/3 and y = 1 - exp(-s)(1 + s) with s = t/2.
    let s: f64 = END / 2.0;
    let x = 1.0 - (-s).exp();
    let y = 1.0 - (-s).exp() * (1.0 + s);
    let z = (2.0 * s - 2.0 * (2.0 - (-s).exp() * (2.0 + s))) / 3.0;
    for dt in ["1.2*ms", "0.4*ms", "0.01*ms"] {
        for engine in [Engine::Jit, Engine::Interpreter] {
            let mut simulation = finished(text, Options::new().seed(1).dt(dt).engine(engine));
            for (variable, expected) in [("x", x), ("y", y), ("z", z)] {
                let got = state(&mut simulation, variable)[0];
                assert!((got - expected).abs() < 2e-15 * END / 0.01, "{variable}, {dt}: {got} instead of {expected}");
            }
        }
    }
}

/// Paths per measurement.
const N: usize = 2000;
/// Time steps of a run of 1 ms.
const STEPS: [usize; 3] = [8, 16, 64];

fn options(steps: usize) -> Options {
    Options::new().seed(5).dt(&format!("{}*ms", 1.0 / steps as f64))
}

/// Values of a variable at the start of every step and at the end, by step, in a population of N neurons.
fn course(block: &str, variables: &[&str], steps: usize) -> Vec<Vec<Vec<f64>>> {
    let recorded: Vec<String> = variables.iter().map(|variable| format!("P.{variable}")).collect();
    let text = format!("neurons P[{N}] {{ {block} }}\nrecord {}\nrun 1*ms", recorded.join(", "));
    let mut simulation = finished(&text, options(steps));
    let of = |variable: &&str| {
        let samples = simulation.samples(&format!("P.{variable}")).expect("recorded");
        let mut course: Vec<Vec<f64>> = samples.values().chunks(N).map(<[f64]>::to_vec).collect();
        course.push(state(&mut simulation, variable));
        assert_eq!(course.len(), steps + 1);
        course
    };
    variables.iter().map(of).collect()
}

/// The Brownian paths of `xi_a` and `xi_b` in any population P of this seed: values at the start of every step and at the end.
fn paths(steps: usize) -> [Vec<Vec<f64>>; 2] {
    let block = "dw/dt = xi_a/ms**0.5 : 1\ndz/dt = xi_b/ms**0.5 : 1\nmethod euler";
    course(block, &["w", "z"], steps).try_into().expect("two variables")
}

fn ends(block: &str, variable: &str, steps: usize) -> Vec<f64> {
    let text = format!("neurons P[{N}] {{ {block} }}\nrun 1*ms");
    state(&mut finished(&text, options(steps)), variable)
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    values.sum::<f64>() / N as f64
}

/// The orders that errors have in steps: from the coarsest to the finest.
fn order(errors: &[f64]) -> f64 {
    let ratio = STEPS[STEPS.len() - 1] as f64 / STEPS[0] as f64;
    (errors[0] / errors[errors.len() - 1]).ln() / ratio.ln()
}

/// An equation, and its solution at 1 ms along the paths W_a and W_b.
struct Equation {
    name: &'static str,
    methods: &'static [&'static str],
    block: &'static str,
    variable: &'static str,
    solution: fn(f64, f64) -> f64,
}

const EQUATIONS: [Equation; 4] = [
    Equation {
        name: "geometric",
        methods: &["heun", "milstein"],
        block: "dx/dt = 0.5*x/ms + 0.6*x*xi_a/ms**0.5 : 1\ninit x = 1",
        variable: "x",
        solution: |w, _| (0.5 + 0.6 * w).exp(),
    },
    Equation {
        name: "hyperbolic sine",
        methods: &["heun", "milstein"],
        block: "dx/dt = 0.3*sqrt(1 + x**2)/ms + g*xi_a/ms**0.5 : 1\ng = 0.5*sqrt(1 + x**2) : 1\ninit x = 0.2",
        variable: "x",
        solution: |w, _| (0.2_f64.asinh() + 0.3 + 0.5 * w).sinh(),
    },
    Equation {
        name: "two noises in one equation",
        methods: &["heun"],
        block: "dx/dt = -0.5*x/ms + x*(0.5*xi_a + 0.4*xi_b)/ms**0.5 : 1\ninit x = 1",
        variable: "x",
        solution: |w, z| (-0.5 + 0.5 * w + 0.4 * z).exp(),
    },
    Equation {
        name: "one noise in two equations: a turning vector",
        methods: &["heun"],
        block: "dx/dt = -y*(0.3/ms + 0.5*xi_a/ms**0.5) : 1\ndy/dt = x*(0.3/ms + 0.5*xi_a/ms**0.5) : 1\ninit x = 1",
        variable: "x",
        solution: |w, _| (0.3 + 0.5 * w).cos(),
    },
];

#[test]
fn multiplicative_noise_has_strong_and_weak_order_one() {
    let paths = STEPS.map(paths);
    for Equation { name, methods, block, variable, solution } in EQUATIONS {
        for method in methods {
            let (mut strong, mut weak) = (Vec::new(), Vec::new());
            for (steps, [w, z]) in STEPS.into_iter().zip(&paths) {
                let got = ends(&format!("{block}\nmethod {method}"), variable, steps);
                let differences: Vec<f64> =
                    (0..N).map(|neuron| got[neuron] - solution(w[steps][neuron], z[steps][neuron])).collect();
                strong.push(mean(differences.iter().map(|difference| difference.abs())));
                weak.push(mean(differences.into_iter()).abs());
            }
            for (kind, errors, lost) in [("strong", &strong, 0.12), ("weak", &weak, 0.25)] {
                let measured = order(errors);
                assert!(
                    (measured - 1.0).abs() < lost,
                    "{method}, {name}: {kind} order {measured:.3}, errors {errors:?}"
                );
            }
        }
    }
}

/// What the measurement says of a rule that is wrong: Heun's without its second half reads the equation in the sense of Itô.
#[test]
fn a_rule_without_its_corrector_has_no_order() {
    let errors = STEPS.map(|steps| {
        let [w, _] = paths(steps);
        mean((0..N).map(|neuron| {
            let dt = 1.0 / steps as f64;
            let last =
                (0..steps).fold(1.0, |x, step| x + 0.5 * x * dt + 0.6 * x * (w[step + 1][neuron] - w[step][neuron]));
            (last - (0.5 + 0.6 * w[steps][neuron]).exp()).abs()
        }))
    });
    assert!(order(&errors) < 0.3, "order {:.3}, errors {errors:?}", order(&errors));
}

/// dx = -x dt/tau + s dW has, given W at the steps, a normal solution of known mean and variance: what W does within a step is
/// independent of where it goes.
#[test]
fn additive_noise_has_strong_and_weak_order_one_in_euler() {
    let (tau, s): (f64, f64) = (0.5, 0.8);
    let (mut strong, mut weak) = (Vec::new(), Vec::new());
    for steps in STEPS {
        let [w, _] = paths(steps);
        let got = ends("dx/dt = -x/(0.5*ms) + 0.8*xi_a/ms**0.5 : 1\ninit x = 1\nmethod euler", "x", steps);
        let dt = 1.0 / steps as f64;
        let decay = (-dt / tau).exp();
        // Of a step: the mean of the integral of exp(-(dt - s)/tau) dW for the dW of the step, and the variance left.
        let share = tau * (1.0 - decay) / dt;
        let left = tau / 2.0 * (1.0 - decay * decay) - share * share * dt;
        let variance = (0..steps).map(|step| (-2.0 * step as f64 * dt / tau).exp()).sum::<f64>() * s * s * left;
        let mean_of = |neuron: usize| {
            (0..steps).fold(1.0, |x, step| x * decay + s * share * (w[step + 1][neuron] - w[step][neuron]))
        };
        let solutions: Vec<f64> = (0..N).map(mean_of).collect();
        let square = mean(got.iter().zip(&solutions).map(|(x, mean)| (x - mean).powi(2)));
        strong.push((square + variance).sqrt());
        weak.push((mean(got.iter().zip(&solutions).map(|(x, mean)| x * x - mean * mean)) - variance).abs());
    }
    for (kind, errors) in [("strong", &strong), ("weak", &weak)] {
        let measured = order(errors);
        assert!((measured - 1.0).abs() < 0.15, "{kind} order {measured:.3}, errors {errors:?}");
    }
}

/// One variable is part of another's noise: Stratonovich's integral of it has no drift.
#[test]
fn milstein_adds_no_drift_for_the_noise_of_another_variable() {
    let block = "dx/dt = y*xi_a/ms**0.5 : 1\ndy/dt = xi_b/ms**0.5 : 1\nmethod milstein";
    let got = ends(block, "x", 16);
    // The variance of the integral of W dW' over 1 is 1/2.
    let error = (0.5 / N as f64).sqrt();
    let mean = mean(got.into_iter());
    assert!(mean.abs() < 5.0 * error, "mean {mean}, expected 0 within {}", 5.0 * error);
}

/// A rule in Rust: x at the next step, from x, t [ms], dt [ms] and dW.
type Rule = fn(f64, f64, f64, f64) -> f64;

fn drift(x: f64, t: f64) -> f64 {
    (1.0 + t) * x.sin()
}

fn factor(x: f64, t: f64) -> f64 {
    0.4 + 0.3 * x * (1.0 + t)
}

#[test]
fn every_step_is_the_rule_s() {
    let additive = "dx/dt = (1 + t/ms)*sin(x)/ms + 0.7*xi_a/ms**0.5 : 1";
    let multiplied = "dx/dt = (1 + t/ms)*sin(x)/ms + (0.4 + 0.3*x*(1 + t/ms))*xi_a/ms**0.5 : 1";
    let rules: [(&str, &str, Rule); 4] = [
        ("euler", additive, |x, t, dt, dw| x + dt * drift(x, t) + 0.7 * dw),
        ("heun", additive, |x, t, dt, dw| x + dt * drift(x, t) + 0.7 * dw),
        ("heun", multiplied, |x, t, dt, dw| {
            let y = x + factor(x, t) * dw;
            x + dt * drift(x, t) + 0.5 * dw * (factor(x, t) + factor(y, t + dt))
        }),
        ("milstein", multiplied, |x, t, dt, dw| {
            let (y, z) = (x + dt.sqrt() * factor(x, t), x - dt.sqrt() * factor(x, t));
            let correction = (factor(y, t) - factor(z, t)) * dw * dw / (4.0 * dt.sqrt());
            x + dt * drift(x, t) + factor(x, t) * dw + correction
        }),
    ];
    let steps = 16;
    let [w, _] = paths(steps);
    let dt = 1.0 / steps as f64;
    for (method, equation, rule) in rules {
        let [x] = course(&format!("{equation}\ninit x = 0.5\nmethod {method}"), &["x"], steps)
            .try_into()
            .expect("one variable");
        for step in 0..steps {
            for neuron in 0..N {
                let expected = rule(x[step][neuron], step as f64 * dt, dt, w[step + 1][neuron] - w[step][neuron]);
                let got = x[step + 1][neuron];
                assert!((got - expected).abs() < 1e-13 * (1.0 + got.abs()), "{method}: {got} instead of {expected}");
            }
        }
    }
}
