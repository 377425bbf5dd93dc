//! Whole models through all passes, run by the interpreter and held against closed forms and naive loops.

#![cfg(test)]

mod apart;
pub(super) mod models;
mod reference;

use super::{Failure, PIPELINE};
use crate::ir::expr::Type;
use crate::ir::network::{Equation, Method, Object, PopulationId, Refractory, Role};
use crate::ir::plan::{ProgramId, SourcePlan};
use grammar::Span;
use models::Model;
use nalgebra::{DMatrix, DVector};
use runtime::kernel::Work;
use runtime::rows::Rows;

const DT: f64 = 1e-4;

fn close(got: f64, wanted: f64, tolerance: f64, what: &str) {
    assert!((got - wanted).abs() <= tolerance * wanted.abs().max(1e-3), "{what}: {got} instead of {wanted}");
}

fn square(rows: &[&[f64]]) -> DMatrix<f64> {
    DMatrix::from_fn(rows.len(), rows.len(), |i, j| rows[i][j])
}

fn model(equations: &[(&str, &str)], method: Option<Method>) -> Model {
    let mut model = Model::new();
    let id = model.neurons("P", 3);
    model.equations(id, equations);
    model.of(id).method = method.map(|method| (method, Span::default()));
    model
}

#[test]
fn every_pass_has_a_name_of_its_own_and_a_purpose() {
    for (at, pass) in PIPELINE.iter().enumerate() {
        assert!(PIPELINE[..at].iter().all(|other| other.name != pass.name));
        assert!(!pass.purpose.is_empty());
    }
}

#[test]
fn exact_solutions_of_decaying_coupled_singular_and_oscillating_systems() {
    let mut bench = model(
        &[
            ("v", "(g - v)/0.02"),
            ("g", "(x - g)/0.005"),
            ("x", "-x/0.005"),
            ("w", "x/0.01"),
            ("a", "-300*b"),
            ("b", "300*a"),
        ],
        None,
    )
    .bench();
    bench.set("x", 0, 1.0);
    bench.set("a", 0, 1.0);
    for _ in 0..500 {
        bench.step();
    }
    let t: f64 = 500.0 * DT;
    let x = (-t / 0.005).exp();
    close(bench.get("x", 0), x, 1e-12, "x");
    close(bench.get("g", 0), t / 0.005 * x, 1e-12, "g");
    close(bench.get("w", 0), 0.5 * (1.0 - x), 1e-12, "w");
    close(bench.get("a", 0), (300.0 * t).cos(), 1e-11, "a");
    close(bench.get("b", 0), (300.0 * t).sin(), 1e-11, "b");
    let notes = &bench.plan.choices[0].notes;
    assert!(notes.iter().any(|note| note.contains("singular")), "{notes:?}");
}

#[test]
fn per_neuron_parameters_have_their_propagators_kept() {
    let mut model = Model::new();
    let id = model.neurons("P", 3);
    model.parameter(id, "tau");
    model.parameter(id, "w");
    model
        .equations(id, &[("v", "(1 - v + u)/tau"), ("u", "w*v - u/0.01"), ("x", "(3 - x)/tau"), ("y", "x*w - y/0.01")]);
    let mut bench = model.bench();
    for i in 0..3 {
        bench.set("tau", i, 0.01 * (i + 1) as f64);
        bench.set("w", i, -200.0 * i as f64);
    }
    for _ in 0..300 {
        bench.step();
    }
    let SourcePlan::Neurons { propagators: Some((_, sources)), .. } = &bench.plan.populations[0].source else {
        panic!("propagators are kept");
    };
    assert_eq!(sources, &[0, 1]);
    for i in 0..3 {
        let (tau, w) = (0.01 * (i + 1) as f64, -200.0 * i as f64);
        let matrix = square(&[
            &[-1.0 / tau, 1.0 / tau, 0.0, 0.0, 1.0 / tau],
            &[w, -100.0, 0.0, 0.0, 0.0],
            &[0.0, 0.0, -1.0 / tau, 0.0, 3.0 / tau],
            &[0.0, 0.0, w, -100.0, 0.0],
            &[0.0, 0.0, 0.0, 0.0, 0.0],
        ]);
        let wanted = (matrix * (300.0 * DT)).exp() * DVector::from_row_slice(&[0.0, 0.0, 0.0, 0.0, 1.0]);
        for (place, name) in ["v", "u", "x", "y"].iter().enumerate() {
            close(bench.get(name, i), wanted[place], 1e-11, name);
        }
    }
}

#[test]
fn intervals_of_many_time_constants_end_at_the_fixed_point() {
    let mut model = Model::new();
    let id = model.neurons("P", 3);
    model.parameter(id, "tau");
    model.equations(id, &[("v", "(2 + u - v)/tau"), ("u", "(v - 3*u)/tau")]);
    let mut bench = model.bench();
    for (i, tau) in [1e-4, 1e-7, 1e-10].into_iter().enumerate() {
        bench.set("tau", i, tau);
    }
    for _ in 0..200 {
        bench.step();
    }
    for i in 0..3 {
        close(bench.get("v", i), 3.0, 1e-9, "v");
        close(bench.get("u", i), 1.0, 1e-9, "u");
    }
}

#[test]
fn explicit_integrators_are_their_formulas() {
    let f = |v: f64, t: f64| t * 1e3 - v * v;
    type Formula = fn(&dyn Fn(f64, f64) -> f64, f64, f64) -> f64;
    let rules: [(Method, Formula); 4] = [
        (Method::Euler, |f, v, t| v + DT * f(v, t)),
        (Method::Heun, |f, v, t| v + DT * f(v, t)),
        (Method::Rk2, |f, v, t| v + DT * f(v + DT / 2.0 * f(v, t), t + DT / 2.0)),
        (Method::Rk4, |f, v, t| {
            let a = f(v, t);
            let b = f(v + DT / 2.0 * a, t + DT / 2.0);
            let c = f(v + DT / 2.0 * b, t + DT / 2.0);
            let d = f(v + DT * c, t + DT);
            v + DT / 6.0 * (a + 2.0 * b + 2.0 * c + d)
        }),
    ];
    for (method, rule) in rules {
        let mut bench = model(&[("v", "t*1e3 - v**2")], Some(method)).bench();
        bench.set("v", 0, 5.0);
        let mut v = 5.0;
        for tick in 0..50 {
            bench.step();
            v = rule(&f, v, f64::from(tick) * DT);
            close(bench.get("v", 0), v, 1e-14, method.name());
        }
    }
}

#[test]
fn exponential_euler_holds_other_variables_and_survives_a_rate_of_zero() {
    let mut bench =
        model(&[("m", "n*(1 - m) - 20*n*m"), ("n", "-3*n*m"), ("k", "4")], Some(Method::ExponentialEuler)).bench();
    bench.set("n", 0, 50.0);
    bench.set("n", 1, 0.0);
    bench.set("m", 1, 0.25);
    let (mut m, mut n): (f64, f64) = (0.0, 50.0);
    for _ in 0..20 {
        bench.step();
        let (a, b) = (-21.0 * n, n);
        (m, n) = ((m + b / a) * (a * DT).exp() - b / a, n * (-3.0 * m * DT).exp());
    }
    close(bench.get("m", 0), m, 1e-12, "m");
    close(bench.get("n", 0), n, 1e-12, "n");
    close(bench.get("k", 0), 4.0 * 20.0 * DT, 1e-12, "k");
    assert_eq!((bench.get("m", 1), bench.get("n", 1)), (0.25, 0.0));
}

#[test]
fn exponential_euler_holds_functions_of_an_equation_s_own_variable() {
    // A = -exp(v)/(1 + v*v), B = 3 - exp(-v), as they are at the beginning of a step.
    let equations = [("v", "3 - exp(-v) - v*exp(v)/(1 + v*v)")];
    let mut bench = model(&equations, Some(Method::ExponentialEuler)).bench();
    bench.set("v", 0, 0.25);
    let mut v: f64 = 0.25;
    for _ in 0..20 {
        bench.step();
        let (a, b) = (-v.exp() / (1.0 + v * v), 3.0 - (-v).exp());
        v = (v + b / a) * (a * DT).exp() - b / a;
        close(bench.get("v", 0), v, 1e-12, "v");
    }
    let plan = model(&equations, Some(Method::ExponentialEuler)).plan().expect("it is taken");
    assert_eq!(plan.choices[0].notes, ["functions of v in its own equation are taken at the beginning of the step"]);
    // As Brian2: neither a square, nor a variable that is in functions alone.
    for rhs in ["-v*v", "-(v + 1)**2*exp(v)", "-exp(v)", "v*(v - 1)*exp(v)", "1 - v*v/(1 + exp(v)) - v"] {
        let refused = model(&[("v", rhs)], Some(Method::ExponentialEuler)).plan();
        let Err(Failure::Model(diagnostics)) = refused else { panic!("{rhs} is taken") };
        let reason = "`exponential_euler` cannot integrate these equations: v appears ";
        assert!(diagnostics[0].message.starts_with(reason), "{rhs}: {}", diagnostics[0].message);
    }
}

#[test]
fn refusals_are_in_the_words_of_the_model() {
    let reason = |equations: &[(&str, &str)]| {
        let plan = model(equations, None).plan().expect("euler takes everything");
        (plan.choices[0].method, plan.choices[0].refused[0].1.clone())
    };
    assert_eq!(reason(&[("v", "exp(v/2)")]), (Method::Euler, "v appears in exp(v*0.5)".to_owned()));
    assert_eq!(reason(&[("v", "v*w"), ("w", "1")]).1, "v and w appear together in v*w");
    assert_eq!(reason(&[("v", "1/v")]).1, "v appears in the divisor of 1/v");
    assert_eq!(reason(&[("v", "sin(t) - v")]).1, "t appears in sin(t), in the equation of v");
    assert_eq!(reason(&[("v", "rand() - v")]).1, "rand() is random, in the equation of v");
    let named = model(&[("v", "v**2")], Some(Method::Exact)).plan();
    let Err(Failure::Model(diagnostics)) = named else { panic!("exact cannot do squares") };
    assert_eq!(diagnostics[0].code.id, "E0450");
    assert_eq!(diagnostics[0].message, "`exact` cannot integrate these equations: v appears in v**2");
}

#[test]
fn systems_too_large_for_a_matrix_exponential_per_neuron_are_refused() {
    let mut model = Model::new();
    let id = model.neurons("P", 1);
    model.parameter(id, "tau");
    let names = ["a", "b", "c", "d", "e", "f", "g"];
    let sum = format!("-({})/tau", names.join(" + "));
    model.equations(id, &names.map(|name| (name, sum.as_str())));
    let plan = model.plan().expect("euler takes everything");
    assert_eq!(plan.choices[0].method, Method::Euler);
    let reason = "7 variables depend on each other through coefficients that are no constants, more than 6";
    assert_eq!(plan.choices[0].refused, [(Method::Exact, reason.to_owned())]);
}

/// A naive loop of a neuron that is clamped while refractory, and of one variable that looks at it.
#[test]
fn unless_refractory_holds_the_flagged_and_lets_others_go_on() {
    for method in [None, Some(Method::Euler), Some(Method::Rk4)] {
        let mut model = model(&[("v!", "(150 - v)/0.01"), ("w", "(v - w)/0.005")], method);
        let id = PopulationId(0);
        let owner = Object::Population(id);
        let flag = model.variable(owner, "not_refractory", Role::NotRefractory, Type::Boolean);
        model.threshold(id, "v > 100");
        let time = model.expression(owner, "0.002");
        let reset = model.statement(owner, "v", "0.5");
        let neurons = model.of(id);
        neurons.not_refractory = Some(flag);
        neurons.refractory = Some(Refractory::Time(time));
        neurons.reset.statements.push(reset);
        let mut bench = model.bench();
        let (mut v, mut w, mut last): (f64, f64, i64) = (0.0, 0.0, i64::MIN / 2);
        let mut spikes = 0;
        for tick in 0..600_i64 {
            let active = tick - last >= 20;
            let matrix = if active {
                square(&[&[-100.0, 0.0, 15000.0], &[200.0, -200.0, 0.0], &[0.0, 0.0, 0.0]])
            } else {
                square(&[&[0.0, 0.0, 0.0], &[200.0, -200.0, 0.0], &[0.0, 0.0, 0.0]])
            };
            let x = DVector::from_row_slice(&[v, w, 1.0]);
            let a = &matrix * DT;
            let x = match method {
                None => a.exp() * x,
                Some(Method::Euler) => &x + &a * &x,
                _ => &x + &a * &x + &a * &a * &x / 2.0 + &a * &a * &a * &x / 6.0 + &a * &a * &a * &a * &x / 24.0,
            };
            (v, w) = (x[0], x[1]);
            let spiking = v > 100.0 && active;
            assert_eq!(bench.step(), if spiking { vec![0, 1, 2] } else { vec![] }, "{method:?} tick {tick}");
            if spiking {
                (v, last) = (0.5, tick);
                spikes += 1;
                assert_eq!(bench.get("not_refractory", 0), 0.0);
                assert_eq!(bench.get("lastspike", 0), tick as f64);
            }
            close(bench.get("v", 1), v, 1e-11, "v");
            close(bench.get("w", 1), w, 1e-11, "w");
        }
        assert!(spikes > 3);
    }
}

/// Brian2's autapse: of two names of one neuron's entry `v_pre` is stored last, and the next synapse sees it.
#[test]
fn names_of_one_entry_are_stored_in_alphabetical_order() {
    let mut model = Model::new();
    let id = model.neurons("P", 2);
    model.parameter(id, "v");
    let synapses = model.synapses("S", id, id);
    model.on_pre(synapses, &[("v_post", "v_post + v_pre"), ("v_pre", "0")]);
    let mut bench = model.bench();
    bench.set("v", 0, 1.0);
    let rows = Rows::new(vec![0, 2, 2], vec![0, 1], 0, 2).expect("two synapses of neuron 0");
    let program = bench.plan.projections[0].pathways[0].rows.expect("one delay for all goes by rows");
    bench.call(program, Work::Rows { sources: &[0], rows: &rows });
    assert_eq!((bench.get("v", 0), bench.get("v", 1)), (0.0, 0.0));
}

#[test]
fn statements_see_what_earlier_ones_wrote_and_convert() {
    let mut model = Model::new();
    let id = model.neurons("P", 1);
    let owner = Object::Population(id);
    model.parameter(id, "x");
    model.variable(owner, "n", Role::Parameter, Type::Integer);
    model.threshold(id, "x >= 0");
    let statements = vec![
        model.statement(owner, "x", "x + 1.75"),
        model.statement(owner, "n", "x"),
        model.statement(owner, "x", "n + 0.5"),
    ];
    model.of(id).reset.statements = statements;
    let mut bench = model.bench();
    bench.set("x", 0, 1.0);
    assert_eq!(bench.step(), [0]);
    assert_eq!((bench.get("n", 0), bench.get("x", 0)), (2.0, 2.5));
}

#[test]
fn event_driven_variables_decay_from_event_to_event() {
    let mut model = Model::new();
    let id = model.neurons("P", 2);
    model.parameter(id, "g");
    let owner = model.synapses("S", id, id);
    let last = model.variable(owner, "lastupdate", Role::LastUpdate, Type::Float);
    for name in ["a", "b"] {
        model.variable(owner, name, Role::State, Type::Float);
    }
    for (name, rhs) in [("a", "-a/0.02"), ("b", "(a - b)/0.01")] {
        let (variable, rhs) = (model.find(owner, name).expect("just made"), model.expression(owner, rhs));
        let projection = &mut model.network.projections[0];
        let span = Span::default();
        projection.event_driven.push(Equation { variable, rhs, unless_refractory: false, span });
        projection.last_update = Some(last);
    }
    model.on_pre(owner, &[("g_post", "g_post + b"), ("a", "a + 1")]);
    let mut bench = model.bench();
    let rows = Rows::new(vec![0, 1, 1], vec![1], 0, 2).expect("one synapse");
    let program = bench.plan.projections[0].pathways[0].rows.expect("one delay for all goes by rows");
    for tick in [10, 60, 110] {
        bench.tick_to(tick);
        bench.call(program, Work::Rows { sources: &[0], rows: &rows });
    }
    let decay = |tau: f64| (-0.005 / tau).exp();
    let coupling = (1.0 / 0.01) * (decay(0.02) - decay(0.01)) / (1.0 / 0.01 - 1.0 / 0.02);
    let first = coupling;
    let second = coupling * (decay(0.02) + 1.0) + decay(0.01) * first;
    close(bench.get("g", 1), first + second, 1e-13, "g");
    assert_eq!(bench.get("lastupdate", 0), 110.0);
}

#[test]
fn random_calls_of_one_step_are_different() {
    let mut model = model(&[("v", "rand()"), ("w", "rand()")], Some(Method::Euler));
    model.threshold(PopulationId(0), "rand() >= v/dt");
    let mut bench = model.bench();
    bench.step();
    let drawn = |bench: &models::Bench, i| (bench.get("v", i) / DT, bench.get("w", i) / DT);
    for i in 0..3 {
        let (v, w) = drawn(&bench, i);
        assert!(v > 0.0 && v < 1.0 && (v - w).abs() > 1e-9);
    }
    let spiked: usize = (0..200).map(|_| bench.step().len()).sum();
    assert!(spiked < 60, "the sum of draws soon exceeds any draw: {spiked}");
}

#[test]
fn parameters_that_events_write_are_not_kept() {
    let mut model = Model::new();
    let id = model.neurons("P", 2);
    model.parameter(id, "g");
    model.equations(id, &[("v", "-v*g")]);
    let kept = |model: &Model| match &model.plan().expect("it is linear").populations[0].source {
        SourcePlan::Neurons { propagators, .. } => propagators.clone().map(|(_, sources)| sources),
        other => panic!("{other:?} are no neurons"),
    };
    assert_eq!(kept(&model), Some(vec![0]));
    let owner = model.synapses("S", id, id);
    model.on_pre(owner, &[("g_post", "g_post + 1")]);
    assert_eq!(kept(&model), None);
}

#[test]
fn the_last_spike_is_noted_in_the_step_only_for_those_who_look_before_the_reset() {
    let mut model = Model::new();
    let id = model.neurons("P", 1);
    model.parameter(id, "g");
    model.threshold(id, "t > 0.001");
    let stores = |model: &Model| {
        let plan = model.plan().expect("the model is sound");
        let SourcePlan::Neurons { step: Some(step), reset, .. } = plan.populations[0].source else {
            panic!("there is a threshold");
        };
        let writes = |program: ProgramId| plan.programs[program.0 as usize].writes(1);
        (writes(step), reset.is_some_and(writes))
    };
    assert_eq!(stores(&model), (false, true));
    let owner = model.synapses("S", id, id);
    model.on_pre(owner, &[("g_post", "t - lastspike_post")]);
    assert_eq!(stores(&model), (true, false));
}

#[test]
fn guarded_writes_keep_the_old_value_of_a_refractory_neuron() {
    let mut model = Model::new();
    let id = model.neurons("P", 2);
    model.parameter(id, "v");
    let flag = model.variable(Object::Population(id), "not_refractory", Role::NotRefractory, Type::Boolean);
    let owner = model.synapses("S", id, id);
    model.on_pre(owner, &[("v_post", "v_post + 1"), ("v_post", "2*v_post")]);
    for statement in &mut model.network.projections[0].pathways[0].block.statements {
        statement.guard = Some(flag);
    }
    let mut bench = model.bench();
    bench.set("not_refractory", 1, 0.0);
    bench.set("v", 1, 5.0);
    let rows = Rows::new(vec![0, 2, 2], vec![0, 1], 0, 2).expect("two synapses of neuron 0");
    let program = bench.plan.projections[0].pathways[0].rows.expect("one delay for all goes by rows");
    bench.call(program, Work::Rows { sources: &[0], rows: &rows });
    assert_eq!((bench.get("v", 0), bench.get("v", 1)), (2.0, 5.0));
}

#[test]
fn event_driven_equations_that_are_not_linear_are_refused() {
    let mut model = Model::new();
    let id = model.neurons("P", 1);
    let owner = model.synapses("S", id, id);
    let last = model.variable(owner, "lastupdate", Role::LastUpdate, Type::Float);
    let variable = model.variable(owner, "a", Role::State, Type::Float);
    let rhs = model.expression(owner, "-a**3");
    let projection = &mut model.network.projections[0];
    projection.event_driven.push(Equation { variable, rhs, unless_refractory: false, span: Span::default() });
    projection.last_update = Some(last);
    let Err(Failure::Model(found)) = model.plan() else { panic!("a cube is not linear") };
    assert_eq!(found[0].code.id, "E0451");
    assert!(found[0].message.ends_with("a appears in a**3"), "{}", found[0].message);
}
