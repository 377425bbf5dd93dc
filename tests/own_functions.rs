//! Functions of one's own, in text and as closures: in, models that call them wherever code stands; out, the same bits as the
//! expressions written out, on both engines and any number of threads, and errors where a closure fails.

use rheobase::{Engine, Error, MS, Model, Options, Simulation};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Every engine and width, and threads.
fn ways() -> [Options; 4] {
    let jit = Options::new().seed(3);
    [jit.clone(), jit.clone().scalar(true), jit.clone().threads(3), jit.engine(Engine::Interpreter)]
}

fn run(text: &str, options: &Options) -> Simulation {
    let model = Model::from_source(text, options).unwrap_or_else(|error| panic!("{text}\n{error}"));
    let mut simulation = model.simulation().expect("it can be built");
    simulation.run_script(|_| {}).expect("it runs to its end");
    simulation
}

fn bits(simulation: &mut Simulation, names: &[&str]) -> Vec<u64> {
    let values = names.iter().map(|name| simulation.get(name).expect("it is there").into_values());
    values.flatten().map(f64::to_bits).collect()
}

/// A network that calls `f` and `g` in every kind of code.
const EVERYWHERE: &str = "
    k = f(2)
    neurons P[200] {
        dv/dt = (f(I) - v)/tau : 1 (unless refractory)
        I     = g(i*mV, 2) : 1
        tau   : second
        n     : integer
        threshold  g(v*mV, 100) > f(0.9)
        reset      { v = f(0.1) - 0.1; n += int(f(0.5)) }
        refractory f(1)*ms
        init       { v = f(rand()); tau = f(5)*ms }
    }
    synapses S: P -> P {
        w : 1
        on_pre  v_post += f(w)
        connect f(abs(i - j)) < k, p = g(0.2*volt, 0.1)
        init    w = f(0.001*i)
        delay   f(0.5)*ms
    }
    run 20*ms
    set P.v = f(v)
    run 20*ms
";

const STATE: [&str; 4] = ["P.v", "P.n", "S.w", "P.I"];

#[test]
fn a_function_is_the_same_in_text_and_as_a_closure_wherever_code_stands() {
    let text = format!("function f(x: 1): 1 = 2*x\nfunction g(u: volt, y: 1): 1 = u/mV*y*0.01\n{EVERYWHERE}");
    let expected = bits(&mut run(&text, &ways()[0]), &STATE);
    assert!(expected[200..400].iter().any(|&n| f64::from_bits(n) > 0.0), "some neurons spike");
    for options in ways() {
        assert_eq!(bits(&mut run(&text, &options), &STATE), expected, "in text, {options:?}");
    }
    let closures = |options: Options| {
        let options = options.function("f", "1 -> 1", |x| 2.0 * x[0]);
        options.function("g", "volt, 1 -> 1", |x| x[0] / 1e-3 * x[1] * 0.01)
    };
    let expected = bits(&mut run(EVERYWHERE, &closures(ways()[0].clone())), &STATE);
    assert!(expected[200..400].iter().any(|&n| f64::from_bits(n) > 0.0), "some neurons spike");
    for options in ways() {
        assert_eq!(bits(&mut run(EVERYWHERE, &closures(options.clone())), &STATE), expected, "closures, {options:?}");
    }
}

#[test]
fn a_closure_has_the_value_that_its_expression_has() {
    // Nothing here is a sum of products, which machine code rounds once and a closure twice.
    let network = "neurons P[5] { v = f(0.3*i) : 1\nw = f(i - 2) : 1 }\nrun 1*ms";
    let text = format!("function f(x: 1): 1 = exp(x)\n{network}");
    let expected = bits(&mut run(&text, &Options::new()), &["P.v", "P.w"]);
    let closure = Options::new().function("f", "1 -> 1", |x| x[0].exp());
    let got = bits(&mut run(network, &closure), &["P.v", "P.w"]);
    for (expected, got) in expected.into_iter().zip(got) {
        let (expected, got) = (f64::from_bits(expected), f64::from_bits(got));
        assert!((expected - got).abs() <= 2e-16 * expected, "{expected} and {got}");
    }
}

#[test]
fn what_is_the_same_for_all_is_asked_once_a_step() {
    for engine in [Engine::Jit, Engine::Interpreter] {
        let calls = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&calls);
        let drive = move |x: &[f64]| {
            counted.fetch_add(1, Ordering::Relaxed);
            x[0] * 1e3
        };
        let options = Options::new().engine(engine).function("drive", "second -> 1", drive);
        run("neurons P[1000] { dv/dt = drive(t)/second : 1\nmethod euler }\nrun 10*ms", &options);
        assert_eq!(calls.load(Ordering::Relaxed), 100);
    }
}

#[test]
fn a_closure_that_panics_ends_the_run_with_its_name_and_leaves_what_was_recorded() {
    let model = "
        neurons P[300] {
            dv/dt = 1/second : 1
            w = checked(v - 0.001*i) : 1
            method euler
            dx/dt = w/second : 1
        }
        record P.v[0]
    ";
    for options in ways() {
        let checked = |x: &[f64]| if x[0] > 0.0105 { panic!("{:.4} is too much", x[0]) } else { x[0] };
        let options = options.function("checked", "1 -> 1", checked);
        let mut simulation = Model::from_source(model, &options).expect("a model").simulation().expect("built");
        let error = simulation.run(20.0 * MS).expect_err("it fails after 10 ms");
        assert_eq!(
            error.to_string(),
            "the function `checked` that the program gives panicked: 0.0106 is too much",
            "{options:?}"
        );
        let samples = simulation.samples("P.v").expect("recorded").values().len();
        assert_eq!(samples, 107);
        let again = simulation.step().expect_err("it cannot go on");
        assert!(matches!(again, Error::Function(_)), "{again}");
    }
}

#[test]
fn a_closure_that_panics_while_a_network_is_built_or_set_is_an_error_too() {
    for engine in [Engine::Jit, Engine::Interpreter] {
        let options = Options::new().engine(engine);
        let options = options.function("never", "1 -> 1", |x| if x[0] > 1.0 { panic!("never") } else { x[0] });
        let build = Model::from_source("neurons P[3] { v : 1\ninit v = never(i) }", &options).expect("a model");
        assert!(matches!(build.simulation().expect_err("never(2)"), Error::Function(_)));
        let model = Model::from_source("neurons P[3] { v : 1\ny = never(2*v) : 1 }", &options).expect("a model");
        let mut simulation = model.simulation().expect("built");
        assert!(matches!(simulation.set("P.v", "never(2 + i)"), Err(Error::Function(_))));
        simulation.set("P.v", 1.0).expect("a number");
        assert!(matches!(simulation.get("P.y"), Err(Error::Function(_))));
        simulation.run(1.0 * MS).expect("nothing that runs calls it");
        let constant = Model::from_source("a = never(2)\nprint a\nneurons P[1] { v : 1 }", &options);
        assert!(constant.expect_err("it has no value").to_string().contains("is not a number"));
    }
}

#[test]
fn a_signature_that_says_too_little_or_wrong_is_told() {
    let wrong = [
        ("volt", "gives no unit of its value"),
        ("volt -> mV", "`mV` is not a base unit"),
        ("volt ->", "gives no unit of its value"),
        ("1, 1, 1, 1, 1 -> 1", "takes 5 arguments"),
        ("vlt -> 1", "`vlt` is not a unit"),
    ];
    for (signature, expected) in wrong {
        let options = Options::new().function("f", signature, |_| 0.0);
        let error = Model::from_source("neurons P[1] { v : 1 }", &options).expect_err(signature);
        assert!(error.to_string().contains(expected), "{signature}: {error}");
    }
}

#[test]
fn of_several_threads_that_fail_the_first_neuron_is_told() {
    let model = "neurons P[100000] { dv/dt = checked(i + 0.1)/second : 1\nmethod euler }";
    for threads in [1, 4] {
        let checked = |x: &[f64]| if x[0] > 20_000.0 { panic!("not neuron {}", x[0]) } else { x[0] };
        let options = Options::new().threads(threads).function("checked", "1 -> 1", checked);
        let mut simulation = Model::from_source(model, &options).expect("a model").simulation().expect("built");
        let error = simulation.run(1.0 * MS).expect_err("it fails in the first step");
        let expected = "the function `checked` that the program gives panicked: not neuron 20000.1";
        assert_eq!(error.to_string(), expected, "{threads} threads");
    }
}

#[test]
fn a_timed_array_read_in_a_function_leaves_a_system_exact() {
    let text = "
        stim = timed_array([0, 1, 2], dt = 1*ms)
        function gained(x: second): 1 = 1.5*stim(x)
        neurons P[1] { dv/dt = (gained(t) - v)/(5*ms) : 1 }
        neurons Q[1] { dv/dt = (1.5*stim(t) - v)/(5*ms) : 1;  dt 0.25*ms }
        neurons R[1] { dv/dt = (gained(t) - v)/(5*ms) : 1;  dt 0.25*ms }
        neurons U[1] { dv/dt = (gained(t/2) - v)/(5*ms) : 1 }
        neurons V[1] { dv/dt = (gained(t) - v)/(5*ms) : 1;  dt 0.3*ms }
        run 3*ms";
    let model = Model::from_source(text, &Options::new()).expect("a model");
    let explained = model.explain().to_string();
    for chosen in ["P: exact", "Q: exact", "R: exact", "U: euler", "V: euler"] {
        assert!(explained.contains(chosen), "{chosen}: {explained}");
    }
    let mut simulation = run(text, &Options::new());
    assert_eq!(bits(&mut simulation, &["R.v"]), bits(&mut simulation, &["Q.v"]));
}
