//! A run that is cut anywhere, saved, and gone on from in another simulation cannot be told from one that was not: in,
//! models with everything that has a state; out, the same recordings, printed lines and state, to the bit, whatever the
//! engine and the threads before and after the cut.

use proptest::prelude::*;
use rheobase::{Checkpoint, Engine, Error, Event, MS, Model, Options, Precision, SECOND, Simulation, Slot, Turn};
use std::fs;
use std::path::{Path, PathBuf};

/// Noise, STDP with traces, delays that are drawn and change, Poisson and listed sources, events, `every`, another
/// clock, sums, and a script with `set`, `store` and `restore`.
const ALL: &str = "
    poisson Noise[20] { rate 200*Hz }
    spike_source Listed[2] { spikes i = [0, 1, 0], t = [2, 12, 22]*ms; period 25*ms }
    neurons P[40] {
        dv/dt = (1.3 - v + 0.1*total)/tau + 0.05*xi*tau**-0.5 : 1 (unless refractory)
        total : 1
        tau : second
        threshold  v > 1
        reset      v = -0.2*rand()
        refractory 2*ms
        event high if v > 0.8
        every 0.7*ms { tau += 0.001*ms*rand() }
        init       { v = rand(); tau = 10*ms + 2*ms*rand() }
    }
    neurons Slow[5] { dt 0.25*ms
        dx/dt = (1.3 - x)/(10*ms) : 1
        threshold x > 1
        reset x = 0
        init x = 0.2*i }
    synapses S: Noise -> P { w : 1
        dapre/dt = -apre/(20*ms) : 1 (event-driven)
        dapost/dt = -apost/(20*ms) : 1 (event-driven)
        on_pre { v += w; apre += 0.01; w = clip(w + apost, 0, 1) }
        on_post { apost -= 0.01; w = clip(w + apre, 0, 1) }
        connect p = 0.5
        delay rand()*5*ms
        init w = 0.05*rand() }
    synapses L: Listed -> P { on_pre v += 0.3; connect all; delay 3*ms }
    synapses R: P -> P { on_pre v -= 0.02; connect p = 0.2; delay 1.5*ms }
    synapses G: Slow -> P { g : 1 = 0.1
        total_post = g*(x_pre - v_post) : 1 (summed)
        connect p = 0.5 }
    poisson_input to P.v { n 10; rate 50*Hz; weight 0.01 }
    record P.spikes with v
    record Noise.spikes, Listed.spikes, Slow.spikes, P.high
    record P.v, S.w[0:5], P.tau[0], P.total[:3] every 0.5*ms
    record P.population_rate every 1*ms
    record S.synapses
    record P.v at end
    seed = 3
    run 7*ms
    set P.v[0:10] = rand()
    run 5*ms
    store \"warm\"
    set L.delay = 1*ms
    run 6*ms
    print P.v[0]
    restore \"warm\"
    run 4*ms
    store
    restore \"warm\" with random
    set Noise.rate = 500*Hz
    run 5*ms
    print P.tau[1]
";

/// Neurons that run ahead of the rest of their network, in stretches that a checkpoint cuts; somebody looks at them now
/// and then.
const AHEAD: &str = "
    neurons P[3000] {
        dv/dt = (drive - v)/(10*ms) : 1 (unless refractory)
        drive : 1
        threshold  v > 1
        reset      v = 0
        refractory 2*ms
        init       { v = rand(); drive = 0.6 + 0.9*i/N }
    }
    neurons Q[10] { dx/dt = (1.3 - x)/(10*ms) : 1
        threshold x > 1
        reset x = 0
        init x = 0.05*i }
    synapses S: Q -> P { on_pre v += 0.02; connect p = 0.1; delay 2.5*ms }
    record P.spikes
    record P.v[0:2900:700] every 1.3*ms
    run 30*ms
    run 31.7*ms
";

/// Recordings that are made of what was before the cut: windows, means, variances, counts, smoothed rates.
const MADE: &str = "
    neurons P[30] {
        dv/dt = (1.2 - v)/(5*ms) + 0.3*xi*(5*ms)**-0.5 : 1
        u : 1
        threshold v > 1
        reset { v = 0; u += 1 }
        event high if v > 0.9
    }
    neurons Q[3] { dt 0.25*ms
        dx/dt = 1/ms : 1
        threshold x > 1
        reset x = 0
    }
    synapses S: P -> P { w : 1
        on_pre { v += w; w = clip(w + 0.01*rand(), 0, 1) }
        connect p = 0.1
        delay rand()*3*ms
        init w = 0.05*rand() }
    record P.spikes last 5*ms
    record P[3:].spikes last 3*ms with v, u
    record P.high last 4*ms
    record Q.x last 2*ms
    record P.v[0, 4:9] every 0.5*ms last 3*ms
    record P.population_rate last 6*ms
    record P.population_rate smooth gaussian 1*ms every 0.5*ms last 8*ms
    record P.population_rate smooth flat 3*ms every 0.5*ms
    record P.v mean
    record P.v variance every 0.7*ms
    record S.w[0:20] mean every 1*ms
    record Q.x variance
    record P.spikes counts
    record P[5:].spikes counts
    record P.high counts
    run 9*ms
    store
    run 4*ms
    set P.v[0:10] = rand()
    restore
    run 12.3*ms
    print P.v[1]
    run 7*ms
";

fn engines() -> [Options; 3] {
    [Options::new(), Options::new().threads(2), Options::new().engine(Engine::Interpreter)]
}

/// All that can be seen of a simulation that is over.
#[derive(Debug, PartialEq)]
struct Seen {
    lines: Vec<String>,
    tables: Vec<(String, String)>,
    state: Vec<u8>,
}

/// Bytes of the header, and of the time that the run took on the wall-clock, which stand before all the rest.
const BEFORE_STATE: usize = 76 + 8;

fn seen(mut simulation: Simulation, lines: Vec<String>, folder: &Path) -> Seen {
    let tables = simulation.tables().expect("in memory").into_iter();
    // As it is noted for debugging, every number has all its digits.
    let tables = tables.map(|(name, table)| (name, format!("{table:?}"))).collect();
    simulation.checkpoint_every(1.0 * SECOND, folder.join("end"), "").expect("an interval");
    simulation.save(folder.join("end")).expect("saved");
    let state = fs::read(folder.join("end")).expect("a checkpoint").split_off(BEFORE_STATE);
    Seen { lines, tables, state }
}

/// Runs the script, and writes checkpoints into files of their own beside `path`: the files, and how many lines were
/// printed before each.
fn script(simulation: &mut Simulation, path: &Path) -> (Vec<String>, Vec<(PathBuf, usize)>) {
    let (mut lines, mut cuts) = (Vec::new(), Vec::new());
    let ran = simulation.run_script(|event| match event {
        Event::Print(line) => lines.push(line),
        Event::Saved(_) => {
            let copy = path.with_file_name(format!("cut{}", cuts.len()));
            fs::copy(path, &copy).expect("a checkpoint");
            cuts.push((copy, lines.len()));
        }
        Event::NotSaved(error) => panic!("{error}"),
        Event::Progress(_) => {}
    });
    ran.unwrap_or_else(|error| panic!("{error}"));
    (lines, cuts)
}

fn model(name: &str, text: &str, options: &Options) -> Model {
    let options = Options { seed: Some(options.seed.unwrap_or(5)), ..options.clone() };
    Model::from_bytes(name, text.as_bytes(), &options).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Cuts the script at multiples of a part of its time, and goes on at one of the cuts with other options.
fn cut(name: &str, text: &str, part: f64, which: usize, before: &Options, after: &Options) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut whole = model(name, text, before).simulation().expect("built");
    let (lines, _) = script(&mut whole, folder.path());
    let (time, step) = (whole.t(), whole.dt());
    let every = (part * time).max(step) * SECOND;
    let whole = seen(whole, lines, folder.path());
    if time == 0.0 {
        return;
    }
    let mut cut = model(name, text, before).simulation().expect("built");
    let path = folder.path().join("last");
    cut.checkpoint_every(every, &path, "").expect("an interval");
    let (lines, cuts) = script(&mut cut, &path);
    let same = |seen: &Seen, what: &str| {
        assert_eq!(seen.lines, whole.lines, "{name}: lines, {what}");
        for ((file, got), (_, expected)) in seen.tables.iter().zip(&whole.tables) {
            assert!(got == expected, "{name}: {file}, {what}");
        }
        assert!(seen.state == whole.state, "{name}: state, {what}");
    };
    same(&seen(cut, lines, folder.path()), "with checkpoints");
    assert!(!cuts.is_empty(), "{name}: no checkpoint every {every} of {time} s");
    let (path, printed) = &cuts[which % cuts.len()];
    let checkpoint = Checkpoint::read(path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let resumed = model(name, text, after).resume(&checkpoint);
    let mut resumed = resumed.unwrap_or_else(|error| panic!("{name}: {error}"));
    // What goes on is saved in its turn.
    let again = tempfile::tempdir().expect("a folder");
    resumed.checkpoint_every(every, again.path().join("last"), "").expect("an interval");
    let (rest, cuts) = script(&mut resumed, &again.path().join("last"));
    let all = |rest: Vec<String>| whole.lines[..*printed].iter().cloned().chain(rest).collect::<Vec<_>>();
    let what = format!("gone on from {} s with {after:?}", checkpoint.t());
    same(&seen(resumed, all(rest.clone()), folder.path()), &what);
    if let Some((path, printed)) = cuts.last() {
        let checkpoint = Checkpoint::read(path).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut third = model(name, text, before).resume(&checkpoint).unwrap_or_else(|error| panic!("{name}: {error}"));
        let (last, _) = script(&mut third, &again.path().join("last"));
        let rest = rest[..*printed].iter().cloned().chain(last).collect();
        same(&seen(third, all(rest), folder.path()), &format!("{what}, and again from {} s", checkpoint.t()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn a_cut_run_is_the_whole_one(part in 0.02..0.9_f64, which: usize, before in 0..3_usize, after in 0..3_usize) {
        cut("all.rheo", ALL, part, which, &engines()[before], &engines()[after]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]
    #[test]
    fn who_runs_ahead_can_be_cut(part in 0.01..0.9_f64, which: usize, before in 0..2_usize, after in 0..3_usize) {
        cut("ahead.rheo", AHEAD, part, which, &engines()[before], &engines()[after]);
    }
}

/// Of engines, and with the state in 64 or in 32 bits.
fn in_precision(of: usize, single: bool) -> Options {
    Options { precision: if single { Precision::F32 } else { Precision::F64 }, ..engines()[of].clone() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn what_is_made_of_what_was_before_the_cut_is_the_same(
        part in 0.02..0.9_f64, which: usize, before in 0..3_usize, after in 0..3_usize, single: bool,
    ) {
        cut("made.rheo", MADE, part, which, &in_precision(before, single), &in_precision(after, single));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn a_state_in_singles_can_be_cut(part in 0.02..0.9_f64, which: usize, before in 0..3_usize, after in 0..3_usize) {
        cut("all.rheo", ALL, part, which, &in_precision(before, true), &in_precision(after, true));
        cut("ahead.rheo", AHEAD, part, which, &in_precision(before % 2, true), &in_precision(after, true));
    }
}

/// Other cuts in every model that results are known of, the same ones in every run of the test.
#[test]
fn every_reference_model_can_be_cut() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference");
    let mut paths: Vec<_> = fs::read_dir(folder).expect("there").map(|entry| entry.expect("readable").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "rheo"));
    paths.sort();
    for (number, path) in paths.iter().enumerate() {
        let text = fs::read_to_string(path).expect("readable");
        let name = path.display().to_string();
        let part = 0.03 + 0.4 * (number as f64 * 0.618).fract();
        for single in [false, true] {
            let [before, after] = [number % 2, (number + 1) % 2].map(|engine| in_precision(engine, single));
            cut(&name, &text, part, number * 7 + 3, &before, &after);
        }
    }
}

/// A population with delays of its own for each synapse, and what is recorded of it and done to it from outside.
const DRIVEN: &str = "
    neurons P[12] {
        dv/dt = (I - v)/(10*ms) : 1
        I : 1
        threshold v > 1
        reset v = 0
        init { I = 1.2 + 0.05*i; v = rand() }
    }
    synapses S: P -> P { on_pre v += 0.03; connect i != j; delay 1*ms + rand()*3*ms }
    record P.v[0] every 1*ms
    seed = 8
";

/// Its callbacks: a current that changes with time, and delays that change while spikes are on their way, from the next
/// run on.
fn drive(simulation: &mut Simulation) {
    simulation.on(3.0 * MS, Turn::of(Slot::Start), |now| now.set("P.I", 1.2 + 2.0 * now.t())).expect("a callback");
    let change =
        |now: &mut rheobase::Moment<'_>| now.set("S.delay", if now.step() % 2 == 0 { 2.0 * MS } else { 0.5 * MS });
    simulation.on(4.0 * MS, Turn::of(Slot::End), change).expect("a callback");
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

/// Recordings and state of `DRIVEN`, as bits.
fn driven(simulation: &mut Simulation) -> Vec<Vec<u64>> {
    let mut all: Vec<Vec<u64>> =
        ["P.v", "P.I", "S.delay"].iter().map(|name| bits(simulation.get(name).expect("there").values())).collect();
    let spikes = simulation.spikes("P[:6]").expect("recorded");
    all.push(spikes.iter().map(|spike| (spike.tick as u64) << 32 | u64::from(spike.neuron)).collect());
    for name in ["P.v", "P[v > 0.5].v"] {
        if let Ok(samples) = simulation.samples(name) {
            all.push(samples.elements().iter().map(|&element| element.into()).collect());
            all.push(bits(samples.values()));
        }
    }
    all
}

#[test]
fn callbacks_and_recordings_of_the_program_come_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("driven.checkpoint");
    for options in engines() {
        let model = model("driven", DRIVEN, &options);
        let mut whole = model.simulation().expect("built");
        whole.run(5.0 * MS).expect("it runs");
        whole.record_spikes("P[:6]").expect("a recording");
        whole.record_values("P.I[3:5] every 2*ms").expect("a recording");
        drive(&mut whole);
        whole.store("begun");
        whole.checkpoint_every(7.0 * MS, &path, "its own note").expect("an interval");
        whole.run(23.0 * MS).expect("it runs");
        let checkpoint = Checkpoint::read(&path).expect("a checkpoint");
        assert_eq!((checkpoint.note(), checkpoint.seed(), checkpoint.every()), ("its own note", 5, Some(0.007)));
        assert!((checkpoint.t() - 0.028).abs() < 1e-12, "{}", checkpoint.t());

        let mut resumed = model.resume(&checkpoint).expect("gone on from");
        let alone = resumed.run_rest().expect_err("no callbacks").to_string();
        assert_eq!(alone, "2 callbacks were there when the simulation was saved, and none was given again");
        drive(&mut resumed);
        for simulation in [&mut whole, &mut resumed] {
            simulation.run_rest().expect("it runs");
            simulation.run(11.0 * MS).expect("it runs");
        }
        assert_eq!(resumed.t().to_bits(), whole.t().to_bits());
        assert_eq!(driven(&mut resumed), driven(&mut whole), "{options:?}");
        let current = |simulation: &Simulation| bits(simulation.samples("P.I").expect("recorded").values());
        assert_eq!(current(&resumed), current(&whole));
        for simulation in [&mut whole, &mut resumed] {
            simulation.restore("begun").expect("stored");
            simulation.run(9.0 * MS).expect("it runs");
        }
        assert_eq!(driven(&mut resumed), driven(&mut whole), "{options:?}, after going back");
    }
}

#[test]
fn a_run_that_is_left_is_not_done() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("left.checkpoint");
    let model = model("driven", DRIVEN, &Options::new());
    let mut first = model.simulation().expect("built");
    first.checkpoint_every("7*ms", &path, "").expect("an interval");
    first.run(13.0 * MS).expect("it runs");
    let mut second = model.resume(&Checkpoint::read(&path).expect("a checkpoint")).expect("gone on from");
    assert!((second.t() - 0.007).abs() < 1e-12);
    second.run(2.0 * MS).expect("it runs");
    second.run_rest().expect("nothing is left");
    assert!((second.t() - 0.009).abs() < 1e-12);
    let mut third = model.resume(&Checkpoint::read(&path).expect("a checkpoint")).expect("gone on from");
    third.store("");
    third.restore("").expect("stored");
    third.run_rest().expect("nothing is left of a run that was not of that state");
    assert!((third.t() - 0.007).abs() < 1e-12);
}

#[test]
fn other_models_are_refused_by_what_differs() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("p.checkpoint");
    let text = "neurons P[3] {\n    dv/dt = -v/tau : 1\n}\ntau = 10*ms\nrun 1*ms\n";
    let with = |text: &str, options: Options| Model::from_bytes("p.rheo", text.as_bytes(), &options).expect("compiled");
    let own = || Options::new().set("tau", "5*ms").seed(3);
    with(text, own()).simulation().expect("built").save(&path).expect("saved");
    let checkpoint = Checkpoint::read(&path).expect("a checkpoint");
    assert!(with(text, own()).resume(&checkpoint).is_ok());
    assert!(with(text, Options { seed: None, ..own() }).resume(&checkpoint).is_ok(), "the seed is in the checkpoint");
    assert!(with(text, checkpoint.options()).resume(&checkpoint).is_ok());
    let rows = [
        (text.replace("-v", "-2*v"), own(), "`p.rheo` has changed in line 2"),
        (text.to_owned(), own().set("tau", "6*ms"), "the constant `tau` was 5*ms and is 6*ms"),
        (text.to_owned(), Options::new().seed(3), "the constant `tau` was given and is not"),
        (text.to_owned(), own().dt("0.05*ms"), "the option `dt` was not given and is 0.05*ms"),
        (text.to_owned(), own().duration("2*ms"), "the option `duration` was not given and is 2*ms"),
        (text.to_owned(), own().seed(4), "the seed was 3 and is 4"),
        (
            text.to_owned(),
            own().cpu(rheobase::Cpu::Baseline),
            "it was compiled for this one, and the model is compiled for every processor",
        ),
    ];
    for (text, options, told) in rows {
        let model = with(&text, options);
        let Err(Error::Checkpoint(wrong)) = model.resume(&checkpoint) else { panic!("not refused: {told}") };
        assert_eq!(wrong.code(), "E0908");
        assert_eq!(wrong.to_string(), format!("{} is of another model: {told}", path.display()));
    }
}

#[test]
fn files_that_changed_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("p.checkpoint");
    let text = "neurons P[3] { v : 1 = 1 }\nx = csv(\"x.csv\")\nset P.v = x\n";
    let with = |values: &str| {
        let options = Options::new().file("x.csv", values);
        Model::from_bytes("p.rheo", text.as_bytes(), &options).unwrap_or_else(|error| panic!("{error}"))
    };
    with("1\n2\n3\n").simulation().expect("built").save(&path).expect("saved");
    let checkpoint = Checkpoint::read(&path).expect("a checkpoint");
    let wrong = with("1\n2\n4\n").resume(&checkpoint).expect_err("other values").to_string();
    assert!(wrong.ends_with(" is of another model: the file `x.csv` has changed"), "{wrong}");
    assert!(with("1\n2\n3\n").resume(&checkpoint).is_ok());
}

#[test]
fn a_simulation_that_failed_is_not_saved() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("p.checkpoint");
    let text = "neurons P[1] { dv/dt = v**2/ms : 1\n method euler\n init v = 1 }";
    let mut simulation = model("p", text, &Options::new()).simulation().expect("built");
    simulation.checkpoint_every("0.3*ms", &path, "").expect("an interval");
    assert!(matches!(simulation.run(10.0 * MS), Err(Error::Run(_))));
    let last = fs::read(&path).expect("a checkpoint");
    let refused = simulation.save(&path).expect_err("in the middle of a step").to_string();
    assert_eq!(refused, "a simulation that an error has stopped in the middle of a step cannot be saved");
    assert_eq!(fs::read(&path).expect("a checkpoint"), last, "the one before stays");
}

#[test]
fn a_checkpoint_that_cannot_be_written_does_not_end_the_run() {
    let nowhere = Path::new("no/such/folder/p.checkpoint");
    let text = "neurons P[1] { dv/dt = 1/ms : 1 }\nrun 1*ms\nrun 1*ms\n";
    let mut simulation = model("p", text, &Options::new()).simulation().expect("built");
    assert!(simulation.save(nowhere).is_err());
    simulation.checkpoint_every("0.5*ms", nowhere, "").expect("an interval");
    let mut told = 0;
    let script = simulation.run_script(|event| told += u32::from(matches!(event, Event::NotSaved(Error::File { .. }))));
    assert!(script.is_ok());
    assert_eq!(told, 4);
    assert!(matches!(simulation.run(1.0 * MS), Err(Error::File { .. })));
    assert!((simulation.t() - 0.003).abs() < 1e-12);
    assert!((simulation.get("P.v").expect("there").values()[0] - 3.0).abs() < 1e-9);
    for wrong in ["0*ms", "-1*ms"] {
        assert!(matches!(simulation.checkpoint_every(wrong, nowhere, ""), Err(Error::Time { .. })));
    }
}
