//! Populations that run ahead of the rest of their network cannot be told from those that do not: in, models in which
//! somebody looks or acts now and then, in every way there is; out, the same state, recordings and errors from the
//! interpreter (which never runs ahead), from compiled code on some threads, in one run and in pieces, and beside callbacks.

use rheobase::{Engine, MS, Model, Options, Simulation, Slot, Turn};

/// Neurons of which some spike, at several rates and sizes that fill more than one tile, and a place for more (`@`).
const CELLS: &str = "
neurons P[3000] {
    dv/dt = (drive + a - v)/(10*ms) : 1 (unless refractory)
    da/dt = -a/(30*ms) : 1
    drive : 1
    threshold  v > 1
    reset      { v = 0; a -= 0.1 }
    refractory 2*ms
    init       { v = rand(); drive = 0.6 + 0.9*i/N; a = 0.2 }
    @
}
record P.spikes, P[10:2000].population_rate
record P[:40].population_rate every 1*ms
";

/// What is added to the block of `P`, and after it.
const MODELS: &[(&str, &str)] = &[
    ("", ""),
    ("", "record P.v[0:2900:700] every 1.3*ms\nrecord P.a[7] every 5*ms\nrecord P.v[:4] at end"),
    ("", "record P.drive[1]\nrecord P.v[3] every 2*ms when after_synapses"),
    ("every 0.7*ms { a += 0.01*drive }", ""),
    ("every 3*ms when after_resets { drive *= 1.001 }", "record P.drive[5] every 4*ms"),
    ("event low if v < 0.05", "record P.low"),
    ("when threshold = after_thresholds\nwhen reset = end", ""),
    ("b = v*2 : 1 (constant over dt)\ndw/dt = (b - w)/(5*ms) : 1", ""),
    // Spikes that go to others, and to itself.
    (
        "",
        "neurons Q[50] { dy/dt = -y/(5*ms) : 1\n threshold y > 0.9\n reset y = 0 }
        synapses S: P -> Q { on_pre y += 0.02\n connect i % 50 == j }\nrecord Q.spikes\nrecord Q.y[:3] every 2*ms",
    ),
    // A trace that neurons keep sees its neuron when the spike arrives.
    (
        "",
        "neurons Q[50] { y : 1 }
        synapses S: P -> Q { w : 1\n dp/dt = -p/(20*ms) : 1 (event-driven)\n on_pre { w += p; p += v_pre }
            delay 3*ms\n connect i % 50 == j }",
    ),
    ("", "synapses S: P[2980:] -> P { on_pre v += 0.01\n delay 1.5*ms\n connect p = 0.02 }"),
    (
        "",
        "synapses S: P[2995:] -> P { w : 1\n on_pre v += w\n delay 2*ms + rand()*9*ms\n connect p = 0.1\n init w = 0.02 }",
    ),
    (
        "",
        "neurons Q[10] { dx/dt = (1.3 - x)/(10*ms) : 1\n threshold x > 1\n reset x = 0\n init x = 0.05*i }
        synapses S: Q -> P { on_pre a += 0.05\n delay 2.5*ms\n connect p = 0.5 }\nrecord Q.spikes",
    ),
    (
        "",
        "poisson In[20] { rate 200*Hz }\nsynapses S: In -> P { on_pre v += 0.02\n delay 3*ms\n connect p = 0.1 }
        record In.spikes",
    ),
    (
        "",
        "neurons Q[2000] { dx/dt = (1.3 - x)/(10*ms) : 1\n threshold x > 1\n reset x = 0\n init x = rand() }
        record Q.spikes\nrecord Q.x[5] every 7*ms",
    ),
    ("", "poisson_input to P[5:9].v { n 10; rate 100*Hz; weight 0.01 }"),
    (
        "",
        "neurons Q[40] { dt 0.25*ms\n dx/dt = (1.3 - x)/(10*ms) : 1\n threshold x > 1\n reset x = 0\n init x = rand() }
        synapses S: Q -> P { on_pre a += 0.05\n delay 2.5*ms\n connect p = 0.5 }\nrecord Q.spikes\nrecord Q.x[3] every 1*ms",
    ),
    // Errors: of its own, at two steps and places, and of somebody else's in the middle of an epoch.
    ("dz/dt = z*z/ms : 1\nmethod euler", "set P.z[2900] = 0.06\nset P.z[17] = 0.0602"),
    ("", "neurons Q[3] { dz/dt = z*z/ms : 1\n method euler\n init z = 0.04 }\nrecord Q.z[0]"),
    // The sum of what is watched overflows, and nothing else does.
    ("dp/dt = 0/ms : 1\ndq/dt = 0/ms : 1", "set P.p[12] = 1e308\nset P.q[12] = 1.5e308"),
];

fn text(&(block, after): &(&str, &str)) -> String {
    format!("{}{after}\nrun 60*ms\n", CELLS.replace('@', block))
}

fn build(text: &str, options: &Options) -> Simulation {
    let model = Model::from_source(text, &options.clone().seed(5));
    let model = model.unwrap_or_else(|error| panic!("{text}\n{error}"));
    model.simulation().unwrap_or_else(|error| panic!("{text}\n{error}"))
}

/// All there is to see of a simulation.
fn seen(simulation: &mut Simulation, error: Option<&rheobase::Error>) -> String {
    let mut seen = format!("{error:?}\nt = {:?}\n", simulation.t());
    for object in simulation.objects() {
        for variable in ["v", "a", "drive", "b", "w", "x", "y", "z", "p", "q", "lastspike", "not_refractory"] {
            if let Ok(values) = simulation.get(&format!("{object}.{variable}")) {
                seen += &format!("{object}.{variable} {:?}\n", values.values());
            }
        }
    }
    let summary = simulation.summary("", None);
    let totals: Vec<_> = summary.populations.iter().map(|(name, population)| (name, population.spikes)).collect();
    seen += &format!("{totals:?}\n");
    seen + &format!("{:?}", simulation.tables())
}

fn script(text: &str, options: &Options) -> String {
    let mut simulation = build(text, options);
    let error = simulation.run_script(|_| {}).err();
    seen(&mut simulation, error.as_ref())
}

/// The first line in which two differ, for a message that can be read.
fn difference(one: &str, other: &str) -> String {
    let lines = one.lines().zip(other.lines()).find(|(one, other)| one != other);
    let start = |line: &str| line.chars().take(300).collect::<String>();
    lines.map_or("in length".to_owned(), |(one, other)| format!("{}\n{}", start(one), start(other)))
}

#[test]
fn epochs_are_not_to_be_seen() {
    for model in MODELS {
        let text = text(model);
        let fused = script(&text, &Options::new().engine(Engine::Interpreter));
        // After an error it can be told whether the threshold of that step was part of the update.
        let apart = script(&text, &Options::new().engine(Engine::Interpreter).threshold_apart(true));
        for (options, expected) in [
            (Options::new(), &fused),
            (Options::new().threads(2), &fused),
            (Options::new().threads(3), &fused),
            (Options::new().scalar(true), &fused),
            (Options::new().threshold_apart(true), &apart),
        ] {
            let got = script(&text, &options);
            assert!(got == *expected, "{text}\n{options:?}\n{}", difference(&got, expected));
        }
    }
}

#[test]
fn runs_in_pieces_and_steps_are_one_run() {
    for model in MODELS {
        let text = text(model).replace("run 60*ms", "");
        let run = |pieces: &[(f64, u32)]| {
            let mut simulation = build(&text, &Options::new());
            let mut outcome = simulation.run_script(|_| {});
            for &(duration, steps) in pieces {
                outcome = outcome.and_then(|()| simulation.run(duration * MS));
                for _ in 0..steps {
                    outcome = outcome.and_then(|()| simulation.step());
                }
            }
            seen(&mut simulation, outcome.err().as_ref())
        };
        let (whole, pieces) = (run(&[(60.0, 0)]), run(&[(7.3, 0), (0.1, 4), (33.3, 1), (18.8, 0)]));
        assert!(pieces == whole, "{text}\n{}", difference(&pieces, &whole));
    }
}

/// A callback sees and changes the state of its step, and what it adds to the network is heeded from then on.
#[test]
fn callbacks_meet_everybody_where_they_are() {
    for turn in [Turn::of(Slot::Start), Turn::of(Slot::End)] {
        let run = |engine: Engine| {
            let mut simulation = build(&text(&("", "")), &Options::new().engine(engine));
            let mut heard = Vec::new();
            let (tell, told) = std::sync::mpsc::channel();
            simulation
                .on(3.7 * MS, turn, move |now| {
                    let v = now.get("P.v")?.into_values();
                    now.set("P[:9].v", v.iter().sum::<f64>() / 3000.0)?;
                    tell.send(v).expect("somebody listens");
                    if now.t() > 0.04 {
                        now.stop();
                    }
                    Ok(())
                })
                .expect("nothing is in its way");
            let error = simulation.run_script(|_| {}).err();
            let late = seen(&mut simulation, error.as_ref());
            heard.extend(told.try_iter());
            simulation.store("here");
            simulation.run(9.0 * MS).expect("it runs");
            let once = seen(&mut simulation, None);
            simulation.restore_with_random("here").expect("it was stored");
            simulation.run(9.0 * MS).expect("it runs");
            assert!(seen(&mut simulation, None) == once, "from a checkpoint it goes the same way");
            (heard, late, once)
        };
        assert!(run(Engine::Jit) == run(Engine::Interpreter), "{turn:?}");
    }
}
