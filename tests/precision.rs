//! The state in 32-bit floats (`Precision::F32`): which values are singles and which are not, how near results are to those of
//! 64 bits, and that no engine, thread or checkpoint changes a bit of them.

use rheobase::output::{Columns, Table};
use rheobase::{Cpu, Emit, Engine, Model, Options, Precision, Simulation};
use std::fs;
use std::path::Path;

fn narrow() -> Options {
    Options::new().precision(Precision::F32).seed(1)
}

fn model(text: &str, options: &Options) -> Model {
    Model::from_source(text, options).unwrap_or_else(|error| panic!("{text}\n{error}"))
}

fn simulation(text: &str, options: &Options) -> Simulation {
    model(text, options).simulation().unwrap_or_else(|error| panic!("{text}\n{error}"))
}

/// Statements, each of which shows a rule.
const RULES: &[(&str, &str)] = &[
    ("literals and what is uniform are rounded once", "a = 0.1*a + s*0.5"),
    ("a sum of products is fused in singles", "a = a*v + a*0.25"),
    ("what is uniform is made of reals", "a = a/(3*s)"),
    ("a phase is made of reals, and rounded as a sine", "a = a*sin(2*pi*a*Hz*t)"),
    ("the difference of two times is exact, then rounded", "a = exp(-(t - last)/T)"),
    ("times are compared as reals", "a += int(t > T)"),
    ("a variable that is given a time holds reals", "U = t + 5*ms"),
    ("what is no time holds singles, of time too", "a = t/second; v = a"),
    ("a function that there is not for singles", "a = tan(a)"),
    ("an index is a real", "a = (i + 1)*0.5"),
    ("integers are made of reals", "n = int(a)"),
    ("laws have parameters in reals", "n = poisson(a)"),
    ("no random number is rounded to 1", "a = rand()"),
    ("random numbers are rounded where they meet singles", "a = a + randn()"),
    ("random numbers are compared as reals", "a += int(rand() < a)"),
    ("a choice between singles", "a = where(v > a, 0.5, a)"),
    ("a whole power", "a = a**3"),
    ("what fades away is no denormal number", "a = where(v > 0.5, a, 0.9*a)"),
    ("what is shared holds reals", "s = 2*s + t/second"),
];

/// The program of a statement, with names in place of the numbers of slots.
fn program(statement: &str, precision: Precision) -> String {
    let text = format!(
        "neurons P[2] {{
            dv/dt = -v/(10*ms) : 1
            a : 1
            T : second
            U : second
            last : second
            n : integer
            s : 1 (shared)
            threshold v > 1
            reset last = t
            every 1*ms {{ {statement} }}
        }}"
    );
    let steps = model(&text, &Options::new().precision(precision)).emit(Emit::Steps).expect("text");
    let program = steps.split("\n\n").find(|program| program.starts_with("P.every")).expect("what is done every 1*ms");
    let slots: Vec<&str> = program.lines().filter(|line| line.trim_start().starts_with("slot ")).collect();
    let mut lines = Vec::new();
    for line in program.lines().skip(1 + slots.len()) {
        let mut line = line.trim_start().to_owned();
        for (number, slot) in slots.iter().enumerate() {
            let name = slot.rsplit(' ').next().expect("the name stands last");
            line = line.replace(&format!("load {number}"), &format!("load {name}"));
            line = line.replace(&format!("store {number},"), &format!("store {name},"));
        }
        lines.push(line);
    }
    lines.join("\n")
}

#[test]
fn every_rule_is_seen_in_the_program_of_a_statement() {
    let mut text = String::new();
    for (rule, statement) in RULES {
        let [real, single] = [Precision::F64, Precision::F32].map(|precision| program(statement, precision));
        text += &format!("## {rule}: {statement}\n# f64\n{real}\n# f32\n{single}\n\n");
    }
    insta::assert_snapshot!("rules_of_singles", text);
}

#[test]
fn explain_names_the_variables_that_keep_64_bits() {
    let text = "neurons P[2] { dv/dt = -v/(10*ms) : 1
            last : second
            since : second
            threshold v > 1
            reset { last = t; since = t - last }
        }
        synapses S: P -> P { on_pre v += 1
            connect all
            delay rand()*ms }";
    let explained = model(text, &narrow()).explain();
    assert_eq!(explained.times(), ["P.last"]);
    let shown = explained.to_string();
    assert!(
        shown.starts_with("The state is held in 32-bit floats; times, delays and what is shared in 64.\n"),
        "{shown}"
    );
    assert!(shown.contains("\n    P.last is given points in time: 64 bits\n"), "{shown}");
    let usual = model(text, &Options::new()).explain();
    assert!(usual.times().is_empty() && !usual.to_string().contains("bit"), "{usual}");
}

/// The largest difference of two tables' values, as a fraction of the largest value of their column; none where spikes, or how many
/// values there are, differ.
fn difference(wide: &Table<'_>, narrow: &Table<'_>) -> Option<f64> {
    let worst = |wide: &[f64], narrow: &[f64]| {
        let largest =
            wide.iter().filter(|value| value.is_finite()).fold(0.0_f64, |largest, value| largest.max(value.abs()));
        let apart = |(wide, narrow): (&f64, &f64)| {
            let same = wide == narrow || wide.is_nan() && narrow.is_nan();
            if same { 0.0 } else { (wide - narrow).abs() / largest }
        };
        (wide.len() == narrow.len()).then(|| wide.iter().zip(narrow).map(apart).fold(0.0, f64::max))
    };
    match (wide, narrow) {
        (Table::Samples { values: wide, elements, .. }, Table::Samples { values: narrow, .. }) => {
            let column = |values: &[f64], first: usize| -> Vec<f64> {
                values.iter().skip(first).step_by(elements.len().max(1)).copied().collect()
            };
            let mut columns =
                (0..elements.len()).map(|element| worst(&column(wide, element), &column(narrow, element)));
            columns.try_fold(0.0, |most, next| Some(f64::max(most, next?)))
        }
        (Table::Named { columns: wide }, Table::Named { columns: narrow }) => {
            let pairs = wide.iter().zip(narrow).map(|((_, _, wide), (_, _, narrow))| match (wide, narrow) {
                (Columns::Real(wide), Columns::Real(narrow)) => worst(wide, narrow),
                (wide, narrow) => (wide == narrow).then_some(0.0),
            });
            pairs.into_iter().try_fold(0.0, |most, next| Some(f64::max(most, next?)))
        }
        _ => None,
    }
}

/// Models of `reference/` whose results differ by more, and why.
const APART: [(&str, f64, &str); 6] = [
    ("hh_exponential_euler", 2e-3, "an upstroke is steep"),
    ("held_functions_exponential_euler", 5e-4, "an upstroke is steep"),
    ("izhikevich_euler", 1e-3, "an upstroke is steep"),
    ("schedule_order", f64::INFINITY, "it compares a sum of tenths with a whole number"),
    ("cuba_hashed", f64::INFINITY, "it is chaotic"),
    ("function_edges", f64::INFINITY, "it has values beyond 3.4e38"),
];

#[test]
fn results_are_those_of_64_bits_to_a_few_digits() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference");
    let mut compared = 0;
    for entry in fs::read_dir(&folder).expect("the folder is there") {
        let path = entry.expect("readable").path();
        if path.extension().is_none_or(|extension| extension != "rheo") {
            continue;
        }
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let most = APART.iter().find(|row| row.0 == name).map_or(2e-5, |row| row.1);
        let run = |options: &Options| {
            let model = Model::from_file(&path, options).unwrap_or_else(|error| panic!("{name}: {error}"));
            let mut simulation = model.simulation().unwrap_or_else(|error| panic!("{name}: {error}"));
            simulation.run_script(|_| {}).unwrap_or_else(|error| panic!("{name}: {error}"));
            simulation
        };
        let (mut wide, mut narrow) = (run(&Options::new().seed(1)), run(&narrow()));
        if most.is_infinite() {
            continue;
        }
        for ((recording, wide), (_, narrow)) in
            wide.tables().expect("in memory").iter().zip(&narrow.tables().expect("in memory"))
        {
            let found = difference(wide, narrow).unwrap_or_else(|| panic!("{name}, {recording}: others spike"));
            assert!(found <= most, "{name}, {recording}: {found:.1e} apart");
            compared += 1;
        }
    }
    assert!(compared > 150, "{compared} recordings");
}

/// A thousand seconds: singles tell times no better than 0.06 ms apart by then.
#[test]
fn time_keeps_its_digits_however_late_it_is() {
    let text = "dt = 10*ms
        neurons P[3] {
            dv/dt = (1.25 + 0.5*i - v)/second : 1
            f : Hz
            last : second
            wave  = sin(2*pi*f*t) : 1
            since = t - last : second
            ago   = t - lastspike : second
            threshold v > 1
            reset { v = 0; last = t }
            refractory 50*ms
            init f = 0.25*Hz*(i + 1)
        }
        run 1000*second
        record P.wave every 1*second
        record P.since every 1*second
        record P.ago every 1*second";
    let run = |options: &Options| {
        let mut simulation = simulation(text, &options.clone());
        simulation.run_script(|_| {}).expect("it runs");
        ["P.wave", "P.since", "P.ago"].map(|name| simulation.samples(name).expect("recorded").values().to_vec())
    };
    let (wide, narrow) = (run(&Options::new()), run(&narrow()));
    for (what, (wide, narrow)) in ["wave", "since", "ago"].iter().zip(wide.iter().zip(&narrow)) {
        assert_eq!(wide.len(), 3000, "{what}");
        let late = wide.iter().zip(narrow).skip(2900);
        let worst = late.map(|(wide, narrow)| (wide - narrow).abs()).fold(0.0, f64::max);
        assert!(worst < 1e-6, "{what} is {worst:e} apart");
    }
}

const PLASTIC: &str = "poisson A[300] { rate 40*Hz }
    neurons P[40] {
        dv/dt = (g*(0.5 - v) - v + 0.2*sin(2*pi*f*t))/(10*ms) : 1 (unless refractory)
        dg/dt = -g/(5*ms) : 1
        f : Hz
        threshold v > 0.25
        reset v = 0.1*rand()
        refractory 2*ms
        init { v = 0.2*rand(); f = (1 + i % 7)*10*Hz }
    }
    synapses S: A -> P {
        w : 1
        dp/dt = -p/(20*ms) : 1 (event-driven)
        dq/dt = -q/(20*ms) : 1 (event-driven)
        on_pre { g += w; p += 0.01; w = clip(w + q, 0, 1) }
        on_post { q -= 0.0105; w = clip(w + p, 0, 1) }
        connect p = 0.4
        delay 0.3*ms + rand()*ms
        init w = 0.2*rand()
    }
    synapses R: P -> P { on_pre v -= 0.01*exp(-abs(i - j)/5.0)
        connect i != j
        delay 0.5*ms }
";

/// Everything that is seen of a network after a run, as bits.
fn seen(simulation: &mut Simulation) -> Vec<Vec<u64>> {
    let names = ["P.v", "P.g", "P.lastspike", "S.w", "S.p", "S.q"];
    names.map(|name| simulation.get(name).expect(name).into_values().into_iter().map(f64::to_bits).collect()).into()
}

#[test]
fn engines_processors_and_threads_change_no_bit() {
    for cpu in [Cpu::Host, Cpu::Baseline] {
        let run = |options: Options| {
            let mut simulation = simulation(PLASTIC, &options.cpu(cpu));
            simulation.run("60*ms").expect("it runs");
            assert!(simulation.summary("", None).populations[1].1.spikes.is_some_and(|spikes| spikes > 100));
            seen(&mut simulation)
        };
        let expected = run(narrow().engine(Engine::Interpreter));
        assert!(run(narrow().scalar(true)) == expected, "{cpu:?}, one neuron at a time");
        for threads in 1..=3 {
            assert!(run(narrow().threads(threads)) == expected, "{cpu:?}, {threads} threads");
        }
    }
}

#[test]
fn halves_and_checkpoints_change_no_bit() {
    let mut whole = simulation(PLASTIC, &narrow());
    whole.run("60*ms").expect("it runs");
    let mut halves = simulation(PLASTIC, &narrow());
    halves.run("30*ms").expect("it runs");
    halves.store("half");
    for round in 0..2 {
        halves.run("30*ms").expect("it runs");
        assert!(seen(&mut halves) == seen(&mut whole), "round {round}");
        halves.restore_with_random("half").expect("it was kept");
    }
}

/// The same numbers are drawn, and compared with the same probabilities: sources and connections are those of 64 bits.
#[test]
fn chance_is_that_of_64_bits() {
    let text = "poisson A[1000] { rate 30*Hz }
        neurons B[1000] { rates : Hz
            threshold rand() < rates*dt
            init rates = 30*Hz*rand() }
        synapses S: A -> B { w : 1
            connect p = 0.02*exp(-abs(i - j)/400.0)
            init w = randn() }
        record A.spikes, B.spikes, S.synapses
        run 200*ms";
    let run = |options: &Options| {
        let mut simulation = simulation(text, options);
        simulation.run_script(|_| {}).expect("it runs");
        simulation
    };
    let (mut wide, mut narrow) = (run(&Options::new().seed(1)), run(&narrow()));
    assert!(wide.spikes("B").expect("recorded").len() > 2000);
    for ((name, wide), (_, narrow)) in
        wide.tables().expect("in memory").iter().zip(&narrow.tables().expect("in memory"))
    {
        let apart = difference(wide, narrow).unwrap_or_else(|| panic!("{name} differs"));
        assert!(apart < 1e-7, "{name}: {apart:e}");
    }
}

#[test]
fn what_no_single_can_be_ends_the_run() {
    let text = "neurons P[3] { dv/dt = -v/(10*ms) : 1 }";
    for engine in [Engine::Jit, Engine::Interpreter] {
        let mut simulation = simulation(text, &narrow().engine(engine));
        simulation.set_values("P.v", &[1.0, 1e39, 2.0]).expect("finite values");
        let error = simulation.run("1*ms").expect_err("1e39 is beyond 3.4e38").to_string();
        assert!(error.starts_with("v of P[1] is inf"), "{engine:?}: {error}");
        let mut wide = self::simulation(text, &Options::new().engine(engine));
        wide.set_values("P.v", &[1.0, 1e39, 2.0]).expect("finite values");
        wide.run("1*ms").expect("1e39 is a number of 64 bits");
    }
}

/// Left alone, a decay would stay at some smallest singles, and cost what arithmetic on these costs.
#[test]
fn what_fades_away_is_zero_before_it_is_denormal() {
    let text = "neurons P[40] {
            dg/dt = -g/(1*ms) : 1
            dh/dt = -h/(1*ms) : 1 (unless refractory)
            dk/dt = -k*v/(1*ms) : 1
            dv/dt = (1 - v)/(5*ms) : 1
            threshold v > 10
            refractory 1*ms
            method euler
            init { g = 0.1*i; h = -g; k = 1e-30*i }
        }";
    for engine in [Engine::Jit, Engine::Interpreter] {
        let mut simulation = simulation(text, &narrow().engine(engine));
        let mut late = 0;
        for _ in 0..120 {
            simulation.run("1*ms").expect("it runs");
            for name in ["P.g", "P.h", "P.k"] {
                let values = simulation.get(name).expect(name).into_values();
                let normal = |value: &f64| *value == 0.0 || value.abs() >= f64::from(f32::MIN_POSITIVE);
                assert!(values.iter().all(normal), "{name}: {values:?}");
                late += values.iter().filter(|value| **value == 0.0).count();
            }
        }
        assert!(late > 1000, "{late} zeros");
    }
}

#[test]
fn values_are_given_out_as_they_are_held() {
    let text = "neurons P[2] { v : 1 = 0.1\n threshold v > 1 }
        record P.v, P.v at end
        run 0.2*ms";
    let mut simulation = simulation(text, &narrow());
    simulation.run_script(|_| {}).expect("it runs");
    let held = f64::from(0.1_f32);
    assert_eq!(simulation.get("P.v").expect("v").into_values(), [held; 2]);
    assert_eq!(simulation.samples("P.v").expect("recorded").values(), [held; 4]);
    let folder = tempfile::tempdir().expect("a folder");
    simulation.write_recordings(folder.path(), rheobase::output::Format::Csv).expect("written");
    assert_eq!(
        fs::read_to_string(folder.path().join("P.v.csv")).expect("a file"),
        "# t [s], v [1]\nt,0,1\n0.0,0.1,0.1\n0.0001,0.1,0.1\n"
    );
    simulation.set("P.v", "v + 0.2").expect("an expression");
    assert_eq!(simulation.get("P.v").expect("v").into_values(), [f64::from(0.1_f32 + 0.2_f32); 2]);
}
