//! Laws of chance, in whole models: means and variances as their formulas say, and no two streams alike.
//!
//! Every bound is five standard errors, which one in two million tries misses; the seed is fixed, so that a test that passes
//! passes always. What the generators themselves promise is tested in `runtime`.

use rheobase::{Engine, Model, Options, Simulation};

const N: usize = 4000;

const TEXT: &str = "
neurons A[4000] {
    a : 1
    b : 1
    c : 1
    d : 1
    r : 1
    s : 1
    n : 1
    few  : integer
    many : integer
    threshold True
    reset { r = rand(); s = rand(); n = randn(); few = poisson(0.3); many = poisson(47.5) }
    init { a = rand(); b = rand(); c = rand() - rand(); d = randn() }
}
neurons B[4000] {
    a : 1
    r : 1
    x : 1
    y : 1
    threshold True
    reset r = rand()
    init a = rand()
}
synapses S: A -> B {
    w : 1
    u : 1
    k : 1
    on_pre  { w = rand(); u = rand() }
    on_post k = rand()
    connect i == j
}
poisson_input to B.x { n 1000; rate 20*Hz; weight 1 }
poisson_input to B.y { n 7; rate 4*kHz; weight 1 }
poisson P[4000] { rate 300*Hz }
poisson Q[4000] { rate 300*Hz }
synapses V: A[:500] -> B[:500] { connect p = 0.05 }
synapses W: A[:500] -> B[:500] { connect p = 0.05 }
synapses X: A[:500] -> B[:500] { connect i != j, p = 0.7 }
synapses Y: A[:500] -> B[:500] { connect p = 0.1 + 0.4*(j % 2) }
record A.r, A.s, A.n, A.few, A.many, B.r, B.x, B.y, S.w, S.u, S.k
record P.spikes, Q.spikes
record V.synapses, W.synapses, X.synapses, Y.synapses
";

fn simulation(options: Options) -> Simulation {
    let model = Model::from_source(TEXT, &options).unwrap_or_else(|error| panic!("{error}"));
    model.simulation().expect("it builds")
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Mean and variance within five standard errors; `fourth` is the fourth central moment.
fn moments(name: &str, values: &[f64], expected: f64, variance: f64, fourth: f64) {
    let count = values.len() as f64;
    let got = mean(values);
    let error = 5.0 * (variance / count).sqrt();
    assert!((got - expected).abs() < error, "{name}: mean {got}, expected {expected} within {error}");
    let got = values.iter().map(|value| (value - expected).powi(2)).sum::<f64>() / count;
    let error = 5.0 * ((fourth - variance * variance) / count).sqrt();
    assert!((got - variance).abs() < error, "{name}: variance {got}, expected {variance} within {error}");
}

fn uniform(name: &str, values: &[f64]) {
    moments(name, values, 0.5, 1.0 / 12.0, 1.0 / 80.0);
}

fn poisson(name: &str, values: &[f64], rate: f64) {
    moments(name, values, rate, rate, rate + 3.0 * rate * rate);
}

fn binomial(name: &str, values: &[f64], n: f64, p: f64) {
    let variance = n * p * (1.0 - p);
    moments(name, values, n * p, variance, variance * (1.0 + (3.0 * n - 6.0) * p * (1.0 - p)));
}

/// The correlation of two rows is no more than five standard errors.
fn uncorrelated(name: &str, one: &[f64], other: &[f64]) {
    let (m, n) = (mean(one), mean(other));
    let product =
        |a: &[f64], m: f64, b: &[f64], n: f64| -> f64 { a.iter().zip(b).map(|(x, y)| (x - m) * (y - n)).sum() };
    let scale = (product(one, m, one, m) * product(other, n, other, n)).sqrt();
    let correlation = product(one, m, other, n) / scale * (one.len() as f64).sqrt();
    assert!(correlation.abs() < 5.0, "{name}: correlation of {correlation:.1} standard errors");
}

/// One recorded sample of every element.
fn sample(simulation: &Simulation, name: &str, at: usize) -> Vec<f64> {
    simulation.samples(name).expect("recorded").values()[at * N..(at + 1) * N].to_vec()
}

fn state(simulation: &mut Simulation, name: &str) -> Vec<f64> {
    simulation.get(name).expect("a variable").into_values()
}

#[test]
fn draws_have_the_moments_of_their_laws() {
    let mut simulation = simulation(Options::new().seed(11));
    for name in ["A.a", "A.b", "B.a"] {
        uniform(name, &state(&mut simulation, name));
    }
    // A difference of two uniform numbers is triangular: its fourth moment is 1/15.
    moments("A.c", &state(&mut simulation, "A.c"), 0.0, 1.0 / 6.0, 1.0 / 15.0);
    moments("A.d", &state(&mut simulation, "A.d"), 0.0, 1.0, 3.0);
    simulation.run("3*ms").expect("it runs");
    let all = |name: &str| simulation.samples(name).expect("recorded").values()[N..].to_vec();
    for name in ["A.r", "A.s", "B.r", "S.w", "S.u", "S.k"] {
        uniform(name, &all(name));
    }
    moments("A.n", &all("A.n"), 0.0, 1.0, 3.0);
    poisson("A.few", &all("A.few"), 0.3);
    poisson("A.many", &all("A.many"), 47.5);
    let grown = |name: &str| -> Vec<f64> {
        let values = simulation.samples(name).expect("recorded").values();
        values[N..].iter().zip(values).map(|(after, before)| after - before).collect()
    };
    binomial("B.x", &grown("B.x"), 1000.0, 0.002);
    binomial("B.y", &grown("B.y"), 7.0, 0.4);
}

#[test]
fn sources_and_connections_have_the_numbers_of_their_laws() {
    let mut simulation = simulation(Options::new().seed(12));
    simulation.run("10*ms").expect("it runs");
    for name in ["P", "Q"] {
        let mut counts = vec![0.0; N];
        simulation.spikes(name).expect("recorded").iter().for_each(|spike| counts[spike.neuron as usize] += 1.0);
        binomial(name, &counts, 100.0, 0.03);
    }
    let mut pairs = |name: &str| {
        let table = simulation.table(&format!("{name}.synapses")).expect("recorded");
        let column = |wanted: &str| -> Vec<u32> {
            let rheobase::output::Table::Named { columns } = &table else { panic!("synapses have named columns") };
            match &columns.iter().find(|(name, _, _)| name == wanted).expect("it is there").2 {
                rheobase::output::Columns::Index(values) => values.to_vec(),
                other => panic!("indices are expected, not {other:?}"),
            }
        };
        column("i").into_iter().zip(column("j")).collect::<Vec<(u32, u32)>>()
    };
    let (v, w, x, y) = (pairs("V"), pairs("W"), pairs("X"), pairs("Y"));
    let within = |name: &str, got: usize, n: f64, p: f64| {
        let error = 5.0 * (n * p * (1.0 - p)).sqrt();
        assert!((got as f64 - n * p).abs() < error, "{name}: {got} synapses, expected {} within {error}", n * p);
    };
    within("V", v.len(), 250_000.0, 0.05);
    within("W", w.len(), 250_000.0, 0.05);
    within("X", x.len(), 249_500.0, 0.7);
    within("Y, even", y.iter().filter(|(_, j)| j % 2 == 0).count(), 125_000.0, 0.1);
    within("Y, odd", y.iter().filter(|(_, j)| j % 2 == 1).count(), 125_000.0, 0.5);
    let both: std::collections::HashSet<_> = v.into_iter().collect();
    within("V and W", w.iter().filter(|pair| both.contains(pair)).count(), 250_000.0, 0.0025);
    let mut outgoing = vec![0.0; 500];
    x.iter().for_each(|&(i, _)| outgoing[i as usize] += 1.0);
    binomial("X by row", &outgoing, 499.0, 0.7);
}

#[test]
fn statements_objects_steps_and_neighbours_are_independent() {
    let mut simulation = simulation(Options::new().seed(13));
    let mut rows: Vec<(String, Vec<f64>)> = Vec::new();
    for name in ["A.a", "A.b", "A.c", "A.d", "B.a"] {
        rows.push((format!("{name} at first"), state(&mut simulation, name)));
    }
    for name in ["A.a", "A.b", "B.a"] {
        simulation.set(name, "rand()").expect("an expression");
        rows.push((format!("{name} set"), state(&mut simulation, name)));
    }
    simulation.run("1*ms").expect("it runs");
    for name in ["A.r", "A.s", "A.n", "A.many", "B.r", "B.x", "S.w", "S.u", "S.k"] {
        for at in [2, 3, 4] {
            // What grows by every step is compared by what it grows by.
            let mut row = sample(&simulation, name, at);
            if name == "B.x" {
                row.iter_mut().zip(sample(&simulation, name, at - 1)).for_each(|(after, before)| *after -= before);
            }
            rows.push((format!("{name}, step {at}"), row));
        }
    }
    for (place, (name, row)) in rows.iter().enumerate() {
        for (other, another) in &rows[..place] {
            uncorrelated(&format!("{name}, {other}"), row, another);
            uncorrelated(&format!("{name}, {other} of the next neuron"), &row[1..], &another[..N - 1]);
        }
        for lag in 1..5 {
            uncorrelated(&format!("{name}, {lag} neurons apart"), &row[lag..], &row[..N - lag]);
        }
    }
}

#[test]
fn seeds_give_other_numbers_and_one_seed_the_same_everywhere() {
    let run = |options: Options, halves: bool| {
        let mut simulation = simulation(options);
        for _ in 0..if halves { 2 } else { 1 } {
            simulation.run(if halves { "1*ms" } else { "2*ms" }).expect("it runs");
        }
        let names = ["A.a", "A.r", "A.n", "A.few", "A.many", "B.r", "B.x", "B.y", "S.w", "S.u", "S.k"];
        let mut bits: Vec<u64> = Vec::new();
        for name in names {
            bits.extend(state(&mut simulation, name).iter().map(|value| value.to_bits()));
        }
        bits.extend(
            simulation
                .spikes("P")
                .expect("recorded")
                .iter()
                .map(|spike| spike.tick as u64 * 10_000 + u64::from(spike.neuron)),
        );
        bits
    };
    let seeded = || Options::new().seed(14);
    let first = run(seeded(), false);
    for (name, other) in [
        ("interpreter", seeded().engine(Engine::Interpreter)),
        ("one neuron at a time", seeded().scalar(true)),
        ("baseline", seeded().cpu(rheobase::Cpu::Baseline)),
        ("two threads", seeded().threads(2)),
        ("three threads", seeded().threads(3)),
    ] {
        assert!(first == run(other, false), "{name}");
    }
    assert!(first == run(seeded(), true), "two halves");
    let other = run(Options::new().seed(15), false);
    let numbers = |bits: &[u64]| bits[N..2 * N].iter().map(|&bits| f64::from_bits(bits)).collect::<Vec<_>>();
    assert!(numbers(&first).iter().zip(numbers(&other)).all(|(one, other)| *one != other), "no number stays");
    uncorrelated("two seeds", &numbers(&first), &numbers(&other));
}

/// A random call in every place where an expression can stand, two in most.
const PLACES: &str = "
neurons A[4000] {
    dx/dt = (rand() - rand())/ms : 1
    dy/dt = poisson(3.0)/ms : 1
    held = rand() - rand() : 1 (constant over dt)
    few  : integer = binomial(7, 0.4)
    many : integer
    odds : integer
    kept : 1
    each : 1
    back : 1
    hits : integer
    threshold rand() < 0.5 and rand() < 0.5
    reset     { many = binomial(1000, 0.002) + binomial(1000, 0.002); odds = binomial(1 + i % 2, 0.3); back = randn() + randn() }
    every     0.1*ms { each = rand() - rand(); kept = held }
    event     hit if rand() < 0.4 and rand() < 0.5 { hits += 1 }
    method    rk4
}
neurons B[4000] {
    v : 1
    threshold  True
    refractory (binomial(1, 0.5) + binomial(1, 0.5))*0.1*ms
}
neurons C[4000] { x : 1; n : integer }
poisson P[4000] { rate rand()*2*kHz*(1 + rand()) }
poisson_input to C.x { n 10; rate 1*kHz; weight 1 + randn() }
synapses S: B -> C {
    w : 1
    u : integer
    on_pre { w = rand() - rand(); u = binomial(7, 0.4) }
    connect i == j
    delay (rand() + rand())*ms
}
synapses T: A[:500] -> C[:500] { connect rand() < 0.5 and rand() < 0.5, p = 0.1*(1 + rand()) }
synapses U: A -> C { connect j = int(N_post*rand()*rand()) for k in range(1 + binomial(2, 0.5)) if rand() < 0.5 and rand() < 0.5 }
synapses V: A -> C { connect i == j, n = binomial(3, 0.5) + binomial(3, 0.5) }
record A.spikes, A.x, A.y, A.kept, B.spikes, C.x, P.spikes
record S.synapses, T.synapses, U.synapses, V.synapses
run 3*ms
";

#[test]
fn random_numbers_can_be_drawn_wherever_an_expression_stands() {
    let model = Model::from_source(PLACES, &Options::new().seed(16)).unwrap_or_else(|error| panic!("{error}"));
    let mut simulation = model.simulation().expect("it builds");
    simulation.run_script(|_| {}).expect("it runs");
    let grown = |name: &str, dt: f64| -> Vec<f64> {
        let values = simulation.samples(name).expect("recorded").values();
        values[N..].iter().zip(values).map(|(after, before)| (after - before) / dt).collect()
    };
    // Drawn once in a step, whatever stages it has: the change over 0.1 ms is that of one number.
    let triangular = (1.0 / 6.0, 1.0 / 15.0);
    moments("equation", &grown("A.x", 0.1), 0.0, triangular.0, triangular.1);
    poisson("equation, poisson", &grown("A.y", 0.1), 3.0);
    let kept = &simulation.samples("A.kept").expect("recorded").values()[N..];
    moments("held", kept, 0.0, triangular.0, triangular.1);
    // Ten inputs of p = 0.1, times 1 + a normal number.
    let input = grown("C.x", 1.0);
    let got = mean(&input);
    // E = 1; E K^2 = 1.9, so that the variance is 2*1.9 - 1.
    assert!((got - 1.0).abs() < 5.0 * (2.8 / input.len() as f64).sqrt(), "weight: mean {got}");
    let spikes = |name: &str| {
        let mut counts = vec![0.0; N];
        simulation.spikes(name).expect("recorded").iter().for_each(|spike| counts[spike.neuron as usize] += 1.0);
        counts
    };
    binomial("threshold", &spikes("A"), 30.0, 0.25);
    // A period of 1, 1 or 2 steps with odds 1, 2, 1, asked for anew in every step.
    let fired = mean(&spikes("B")) / 30.0;
    assert!((fired - 0.8).abs() < 0.02, "refractory: {fired} spikes per step");
    binomial("rate", &spikes("P"), 30.0, 0.15);
    let [few, many, odds, each, back, hits, w, u] =
        ["A.few", "A.many", "A.odds", "A.each", "A.back", "A.hits", "S.w", "S.u"]
            .map(|name| state(&mut simulation, name));
    binomial("default", &few, 7.0, 0.4);
    binomial("reset", &many, 2000.0, 0.002);
    let odd: Vec<f64> = odds.iter().skip(1).step_by(2).copied().collect();
    let even: Vec<f64> = odds.iter().step_by(2).copied().collect();
    binomial("reset, one of a neuron", &even, 1.0, 0.3);
    binomial("reset, two of a neuron", &odd, 2.0, 0.3);
    moments("every", &each, 0.0, triangular.0, triangular.1);
    moments("reset, normal", &back, 0.0, 2.0, 12.0);
    binomial("event", &hits, 30.0, 0.2);
    moments("pathway", &w, 0.0, triangular.0, triangular.1);
    binomial("pathway, binomial", &u, 7.0, 0.4);
    uncorrelated("two variables of a pathway", &w, &u);
    uncorrelated("interval and reset", &each, &back);
    let mut column = |name: &str, wanted: &str| -> Vec<f64> {
        let table = simulation.table(&format!("{name}.synapses")).expect("recorded");
        let rheobase::output::Table::Named { columns } = &table else { panic!("synapses have named columns") };
        columns.iter().find(|(name, _, _)| name == wanted).expect("it is there").2.numbers()
    };
    moments(
        "delay",
        &column("S", "delay").iter().map(|delay| delay * 1e3).collect::<Vec<_>>(),
        1.0,
        triangular.0,
        triangular.1,
    );
    let mut per_source = |name: &str, sources: usize| {
        let mut counts = vec![0.0; sources];
        column(name, "i").into_iter().for_each(|i| counts[i as usize] += 1.0);
        counts
    };
    binomial("condition and probability", &per_source("T", 500), 500.0, 0.25 * 0.15);
    binomial("number of synapses", &per_source("V", N), 6.0, 0.5);
    // One and a binomial number of tries, each with p = 1/4: mean 1/2, variance 2*(3/16) + (1/2)/16.
    let counts = per_source("U", N);
    let got = mean(&counts);
    assert!((got - 0.5).abs() < 5.0 * ((0.375 + 0.03125) / N as f64).sqrt(), "generator: {got}");
    let target = mean(&column("U", "j")) / N as f64;
    assert!((target - 0.25).abs() < 0.03, "target of a generator: {target}");
}
