//! A run that is cut anywhere, saved, and gone on from in another simulation cannot be told from one that was not: in, models with
//! everything that has a state; out, the same recordings, printed lines and state, to the bit, whatever the engine and the threads before
//! and after the cut.

use proptest::prelude::*;
use rheobase::output::Format;
use rheobase::{Checkpoint, Engine, Error, Event, MS, Model, Options, SECOND, Simulation, Slot, Turn};
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Noise, STDP with traces, delays that are drawn and change, Poisson and listed sources, events, `every`, another clock, sums, and a
/// script with `set`, `store` and `restore`.
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

fn engines() -> [Options; 3] {
    [Options::new(), Options::new().threads(2), Options::new().engine(Engine::Interpreter)]
}

/// All that can be seen of a simulation that is over.
#[derive(Debug, PartialEq)]
struct Seen {
    lines: Vec<String>,
    tables: Vec<(String, Vec<u8>)>,
    state: Vec<u8>,
}

/// Bytes of the header, and of the time that the run took on the wall-clock, which stand before all the rest.
const BEFORE_STATE: usize = 76 + 8;

fn seen(mut simulation: Simulation, lines: Vec<String>, folder: &Path) -> Seen {
    let table = |(name, table): &(String, rheobase::output::Table<'_>)| {
        let mut bytes = Cursor::new(Vec::new());
        Format::Csv.write(table, &mut bytes).expect("written");
        (name.clone(), bytes.into_inner())
    };
    let tables = simulation.tables().iter().map(table).collect();
    simulation.checkpoint_every(1.0 * SECOND, folder.join("end"), "").expect("an interval");
    simulation.save(folder.join("end")).expect("saved");
    let state = fs::read(folder.join("end")).expect("a checkpoint").split_off(BEFORE_STATE);
    Seen { lines, tables, state }
}

/// Runs the script, and writes checkpoints into files of their own beside `path`: the files, and how many lines were printed before each.
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
    let time = whole.t();
    let whole = seen(whole, lines, folder.path());
    if time == 0.0 {
        return;
    }
    let mut cut = model(name, text, before).simulation().expect("built");
    let path = folder.path().join("last");
    cut.checkpoint_every(part * time * SECOND, &path, "").expect("an interval");
    let (lines, cuts) = script(&mut cut, &path);
    let same = |seen: &Seen, what: &str| {
        assert_eq!(seen.lines, whole.lines, "{name}: lines, {what}");
        for ((file, got), (_, expected)) in seen.tables.iter().zip(&whole.tables) {
            assert!(got == expected, "{name}: {file}, {what}");
        }
        assert!(seen.state == whole.state, "{name}: state, {what}");
    };
    same(&seen(cut, lines, folder.path()), "with checkpoints");
    assert!(!cuts.is_empty(), "{name}: no checkpoint every {part} of {time} s");
    let (path, printed) = &cuts[which % cuts.len()];
    let checkpoint = Checkpoint::read(path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let resumed = model(name, text, after).resume(&checkpoint);
    let mut resumed = resumed.unwrap_or_else(|error| panic!("{name}: {error}"));
    let (rest, _) = script(&mut resumed, path);
    let lines = whole.lines[..*printed].iter().cloned().chain(rest).collect();
    same(&seen(resumed, lines, folder.path()), &format!("gone on from {} s with {after:?}", checkpoint.t()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn a_cut_run_is_the_whole_one(part in 0.02..0.9_f64, which: usize, before in 0..3_usize, after in 0..3_usize) {
        cut("all.rheo", ALL, part, which, &engines()[before], &engines()[after]);
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
        cut(&name, &text, part, number * 7 + 3, &engines()[number % 2], &engines()[(number + 1) % 2]);
    }
}
