//! Compile time by pass, time per neuron and step, synaptic events per second, whole networks: both engines side by side.
//!
//! ```text
//! cargo bench                    # everything
//! cargo bench -- step            # ns per neuron-step: divide by the throughput criterion prints
//! ```

use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime};
use rheobase::{Engine, Model, Options, Simulation};
use std::hint::black_box;
use std::time::Duration;

const EXAMPLES: [(&str, &str); 7] = [
    ("lif", include_str!("../examples/lif.rheo")),
    ("cuba", include_str!("../examples/cuba.rheo")),
    ("coba", include_str!("../examples/coba.rheo")),
    ("cobahh", include_str!("../examples/cobahh.rheo")),
    ("hh", include_str!("../examples/hh.rheo")),
    ("stdp", include_str!("../examples/stdp.rheo")),
    ("brunel", include_str!("../examples/brunel.rheo")),
];

const ENGINES: [Engine; 2] = [Engine::Jit, Engine::Interpreter];

fn options() -> Options {
    Options::new().seed(1)
}

fn simulation(text: &str, options: &Options) -> Simulation {
    let model = Model::from_source(text, options).expect("the model is good");
    model.simulation().expect("the model can be built")
}

/// The neurons of an example without its synapses, so that nothing but state updates is measured.
fn alone(text: &str, size: u32) -> String {
    let neurons = text.split("\nsynapses").next().expect("a first part");
    let constants = neurons.split("\nneurons").next().expect("constants");
    let block = &neurons[constants.len()..];
    let close = block.find("\n}").expect("a closing brace") + 2;
    let (open, rest) = (block.find('[').expect("a size"), block.find(']').expect("a size"));
    format!("{constants}{}[{size}]{}\n", &block[..open], &block[rest + 1..close])
}

/// From text to callable code, and each pass of it.
fn compile(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("compile");
    for (name, text) in EXAMPLES {
        group.bench_function(name, |bencher| {
            bencher.iter(|| Model::from_source(black_box(text), &options()).expect("the model is good"));
        });
    }
    let (_, text) = EXAMPLES[3];
    let passes = Model::from_source(text, &options()).expect("the model is good");
    for (pass, _) in passes.timings() {
        group.bench_function(format!("cobahh by pass/{pass}"), |bencher| {
            bencher.iter_custom(|times| {
                let once = || {
                    let model = Model::from_source(text, &options()).expect("the model is good");
                    let timing = model.timings().iter().find(|(name, _)| name == pass);
                    timing.map_or(Duration::ZERO, |(_, duration)| *duration)
                };
                (0..times).map(|_| once()).sum()
            });
        });
    }
    group.finish();
}

/// Time per neuron and step; the throughput is neuron-steps per second.
fn step(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("step");
    for (name, size) in [("lif", 10_000), ("cuba", 4_000), ("hh", 10_000)] {
        let (_, text) = EXAMPLES.iter().find(|(example, _)| *example == name).expect("an example");
        for engine in ENGINES {
            let mut simulation = simulation(&alone(text, size), &options().engine(engine));
            group.throughput(Throughput::Elements(u64::from(size)));
            group.bench_function(format!("{name}/{}", engine.name()), |bencher| {
                bencher.iter(|| simulation.step().expect("it runs"));
            });
        }
    }
    group.finish();
}

/// Every source fires in every step into a fan of targets; the throughput is synaptic events per second.
fn events(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("events");
    let model = |synapses: &str| {
        format!(
            "neurons P[1000] {{ v : 1\n threshold i < 100 }}
            neurons Q[10000] {{ g : 1 }}
            synapses S: P -> Q {{ {synapses}\n connect fixed_outdegree(1000) }}"
        )
    };
    let cases = [
        ("one weight", model("on_pre g += 0.1")),
        ("a weight each", model("w : 1 = 0.1\n on_pre g += w")),
        ("one delay", model("on_pre g += 0.1\n delay 1*ms")),
        ("a delay each", model("on_pre g += 0.1\n delay rand()*2*ms")),
        (
            "pair STDP",
            model(
                "w : 1\n dA/dt = -A/(20*ms) : 1 (event-driven)\n on_pre { g += w; A += 0.01; w = clip(w + A, 0, 1) }",
            ),
        ),
    ];
    for (name, text) in &cases {
        for engine in ENGINES {
            let mut simulation = simulation(text, &options().engine(engine));
            simulation.run("3*ms").expect("it runs");
            group.throughput(Throughput::Elements(100 * 1000));
            group.bench_function(format!("{name}/{}", engine.name()), |bencher| {
                bencher.iter(|| simulation.step().expect("it runs"));
            });
        }
    }
    group.finish();
}

/// Runs `duration` of model time, built anew each time; building is not counted.
fn whole(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, text: &str, engine: Engine, duration: &str) {
    let model = Model::from_source(text, &options().engine(engine)).expect("the model is good");
    group.bench_function(format!("{name}/{}", engine.name()), |bencher| {
        bencher.iter_batched(
            || model.simulation().expect("the model can be built"),
            |mut simulation| simulation.run(duration).expect("it runs"),
            criterion::BatchSize::PerIteration,
        );
    });
}

/// Whole networks for 100 ms of model time.
fn network(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("network");
    group.sample_size(10);
    for (name, text) in EXAMPLES.iter().filter(|(name, _)| ["cuba", "coba", "cobahh", "stdp"].contains(name)) {
        for engine in ENGINES {
            whole(&mut group, name, text, engine, "100*ms");
        }
    }
    group.finish();
}

/// Synapses made per second.
fn connect(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("connect");
    group.sample_size(10);
    let text = "neurons P[20000] { v : 1\n threshold v > 1 }
        synapses S: P -> P { on_pre v += 1\n connect i != j, p = 0.01 }";
    let model = Model::from_source(text, &options()).expect("the model is good");
    group.throughput(Throughput::Elements(20_000 * 19_999 / 100));
    group.bench_function("i != j, p = 0.01", |bencher| {
        bencher.iter(|| model.simulation().expect("the model can be built"));
    });
    group.finish();
}

criterion_group!(benches, compile, step, events, network, connect);
criterion_main!(benches);
