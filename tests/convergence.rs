//! Explicit integrators approach the solution with the order they have: halving the step divides the error by 2 to the order.
//!
//! x = exp(sin t), z = 1 - exp(-sin t)/2 (linear in themselves, with coefficients that depend on t), p = exp(sin t) - 1 (driven by x)
//! and y = 1/(1 + 4*exp(-t)) (not linear), with t in ms; `heun` is, without noise, Euler's rule, as in Brian2.

use rheobase::{Engine, Model, Options};

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

/// Errors of all variables at the end.
fn errors(method: &str, dt: &str, engine: Engine) -> Vec<(&'static str, f64)> {
    let (equations, variables) = match method {
        "exponential_euler" => (LINEAR, &["x", "z", "p"][..]),
        _ => (NONLINEAR, &["x", "z", "p", "y"][..]),
    };
    let text = format!("neurons P[3] {{ {equations}\n method {method} }}\nrun {END}*ms");
    let options = Options::new().seed(1).dt(dt).engine(engine);
    let model = Model::from_source(&text, &options).unwrap_or_else(|error| panic!("{text}\n{error}"));
    let mut simulation = model.simulation().expect("it builds");
    simulation.run_script(|_| {}).expect("it runs");
    let error = |&variable: &&'static str| {
        let values = simulation.get(&format!("P.{variable}")).expect("a variable").into_values();
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
