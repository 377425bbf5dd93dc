//! Checkpoints of simulations whose recordings go to disk: what is gone on from is what never stopped, whatever was
//! written behind the checkpoint; what is missing of it is refused by name; nothing is left that nothing names.

use proptest::prelude::*;
use rheobase::output::{Columns, Format, Table};
use rheobase::{Checkpoint, Engine, Error, Event, MS, Model, Options, SECOND, Simulation};
use std::fs;
use std::path::{Path, PathBuf};

/// Everything that grows, things that do not, two clocks, and a script that goes back.
const TEXT: &str = "
    neurons P[20] {
        dv/dt = (1.2 - v)/(5*ms) + 0.3*xi*(5*ms)**-0.5 : 1
        u : 1
        threshold v > 1
        reset { v = 0; u += 1 }
        event high if v > 0.9
    }
    neurons Q[3] {
        dx/dt = 1/ms : 1
        threshold x > 1
        reset x = 0
        dt 0.5*ms
    }
    record P.spikes with v, u
    record P[5:].spikes, Q.spikes, P.high, Q.x, P.v[0, 3, 7:9]
    record P.population_rate smooth gaussian 2*ms
    record P.v last 5*ms
    record P.u at end, P.u mean
    record P.high counts
    seed = 3
    run 20*ms
    store \"a\"
    run 25*ms
    restore \"a\"
    run 17*ms
    store
    run 6*ms
    restore \"a\" with random
    run 11*ms
    restore
    run 30.3*ms
";

/// So few bytes that memory is emptied every few steps.
const FEW: usize = 2000;

fn engines() -> [Options; 3] {
    [Options::new(), Options::new().threads(2), Options::new().engine(Engine::Interpreter)]
}

fn model(options: &Options) -> Model {
    Model::from_source(TEXT, options).unwrap_or_else(|error| panic!("{error}"))
}

/// Every table, with the bits of its numbers, and what a summary says of spikes.
fn seen(simulation: &mut Simulation) -> Vec<(String, String)> {
    let trains = format!("{:?}", simulation.summary("m", None).spike_trains);
    let tables = simulation.tables().unwrap_or_else(|error| panic!("{error}"));
    let tables = tables.into_iter().map(|(name, table)| (name, bits(&table)));
    tables.chain([("summary".to_owned(), trains)]).collect()
}

fn bits(table: &Table<'_>) -> String {
    let column = |values: &Columns<'_>| match values {
        Columns::Real(values) => format!("{:?}", values.iter().map(|value| value.to_bits()).collect::<Vec<_>>()),
        other => format!("{other:?}"),
    };
    match table {
        Table::Named { columns } => {
            columns.iter().map(|(name, _, values)| format!("{name} {}\n", column(values))).collect()
        }
        Table::Samples { times, values, .. } => {
            let (times, values) = (Columns::Real(times.clone()), Columns::Real(values.clone()));
            format!("{}\n{}", column(&times), column(&values))
        }
    }
}

fn same(got: &[(String, String)], expected: &[(String, String)], what: &str) {
    for ((name, got), (_, expected)) in got.iter().zip(expected) {
        assert!(got == expected, "{name}, {what}");
    }
    assert_eq!(got.len(), expected.len());
}

/// The script, never stopped, with everything in memory.
fn whole() -> Vec<(String, String)> {
    let mut simulation = model(&Options::new()).simulation().expect("built");
    simulation.run_script(|_| {}).expect("it runs");
    seen(&mut simulation)
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).expect("made");
        for entry in fs::read_dir(from).expect("listed") {
            let entry = entry.expect("an entry");
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::copy(from, to).expect("copied");
    }
}

/// Every file in a folder and in those in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Runs the script with checkpoints; what a disk held at each of them is kept in a folder of its own.
fn cut(simulation: &mut Simulation, place: &Path) -> Vec<PathBuf> {
    let mut kept = Vec::new();
    let ran = simulation.run_script(|event| match event {
        Event::Saved(_) => {
            let folder = place.join(format!("kept{}", kept.len()));
            copy(&place.join("now"), &folder);
            kept.push(folder);
        }
        Event::NotSaved(error) => panic!("{error}"),
        Event::Progress(_) | Event::Print(_) => {}
    });
    ran.unwrap_or_else(|error| panic!("{error}"));
    kept
}

/// What a process that was killed has written behind its checkpoint: more rows, other headers, other segments.
fn write_on(folder: &Path) {
    let mut found = files(&folder.join("spool"));
    found.retain(|path| path.extension().is_some_and(|ending| ending == "npy"));
    for (number, path) in found.iter().enumerate() {
        let mut bytes = fs::read(path).expect("readable");
        bytes[70..90].fill(b' ');
        bytes.extend(vec![7; number * 5]);
        fs::write(path, bytes).expect("written");
    }
    if let Some(first) = found.first().and_then(|path| path.parent()) {
        copy(first, &first.with_file_name("P.v.99"));
    }
}

fn check(part: f64, which: usize, before: &Options, after: &Options) {
    let whole = whole();
    let desk = tempfile::tempdir().expect("a folder");
    let now = desk.path().join("now");
    fs::create_dir(&now).expect("made");
    let mut first = model(before).simulation().expect("built");
    first.stream_to(now.join("spool"), FEW);
    first.checkpoint_every(part * 0.06 * SECOND, now.join("m.checkpoint"), "").expect("an interval");
    let kept = cut(&mut first, desk.path());
    same(&seen(&mut first), &whole, "with checkpoints");
    let place = &kept[which % kept.len()];
    write_on(place);
    let path = place.join("m.checkpoint");
    let checkpoint = Checkpoint::read(&path).expect("a checkpoint");
    let mut resumed = model(after).resume(&checkpoint).unwrap_or_else(|error| panic!("{error}"));
    assert!(!files(place).iter().any(|path| path.to_string_lossy().contains("P.v.99")), "what nothing names is gone");
    resumed.checkpoint_every(part * 0.06 * SECOND, &path, "").expect("an interval");
    resumed.run_script(|_| {}).expect("it runs");
    let what = format!("gone on from {} s", checkpoint.t());
    same(&seen(&mut resumed), &whole, &what);
    assert!(files(&place.join("spool")).len() > 10, "most is on disk");
    // Once more, from the last that it wrote itself.
    drop(resumed);
    let mut third = model(before).resume(&Checkpoint::read(&path).expect("a checkpoint")).expect("gone on from");
    third.run_script(|_| {}).expect("it runs");
    same(&seen(&mut third), &whole, &format!("{what}, and again"));
    Checkpoint::remove(&path).expect("removed");
    drop(third);
    assert_eq!(files(place), Vec::<PathBuf>::new(), "nothing is left");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, ..ProptestConfig::default() })]
    #[test]
    fn what_is_on_disk_is_gone_on_from(part in 0.1..0.9_f64, which: usize, before in 0..3_usize, after in 0..3_usize) {
        check(part, which, &engines()[before], &engines()[after]);
    }
}

/// A simulation with recordings on disk that was saved.
fn saved(place: &Path) -> (Simulation, PathBuf) {
    let text = "neurons P[50] { dv/dt = (1.5 - v)/(10*ms) : 1\nthreshold v > 1\nreset v = 0\ninit v = rand() }
                record P.v, P.spikes\nseed = 1";
    let mut simulation = Simulation::from_source(text).expect("built");
    simulation.stream_to(place.join("spool"), 100_000);
    simulation.run(50.0 * MS).expect("it runs");
    let path = place.join("m.checkpoint");
    simulation.save(&path).expect("saved");
    (simulation, path)
}

fn resume(simulation: &Simulation, path: &Path) -> Result<Simulation, Error> {
    simulation.model().resume(&Checkpoint::read(path)?)
}

#[test]
fn one_that_is_there_goes_on_beside_one_that_was_resumed() {
    let desk = tempfile::tempdir().expect("a folder");
    let (mut first, path) = saved(desk.path());
    first.run(30.0 * MS).expect("it runs");
    let mut second = resume(&first, &path).expect("its recordings are copied");
    second.run(30.0 * MS).expect("it runs");
    assert!(seen(&mut first) == seen(&mut second));
    // Files that results share with recordings stay as they are, whoever goes on.
    let results = desk.path().join("results");
    fs::create_dir(&results).expect("made");
    first.write_recordings(&results, Format::Npy).expect("written");
    let bytes = || files(&results).iter().map(|path| fs::read(path).expect("readable")).collect::<Vec<_>>();
    let written = bytes();
    let expected = seen(&mut first);
    drop(first);
    let mut third = resume(&second, &path).expect("nobody else has them");
    third.run(30.0 * MS).expect("it runs");
    assert!(seen(&mut third) == expected && bytes() == written);
    drop((second, third));
    assert!(fs::read_dir(desk.path().join("spool")).expect("listed").count() == 1, "what is copied goes");
    assert!(Checkpoint::remove(&path).is_ok() && files(&desk.path().join("spool")).is_empty());
    assert!(bytes() == written);
}

#[test]
fn two_checkpoints_of_one_simulation_can_both_be_gone_on_from() {
    let desk = tempfile::tempdir().expect("a folder");
    let (mut first, path) = saved(desk.path());
    let later = desk.path().join("later.checkpoint");
    first.run(30.0 * MS).expect("it runs");
    first.save(&later).expect("saved");
    first.run(20.0 * MS).expect("it runs");
    let expected = seen(&mut first);
    let model = first.model().clone();
    drop(first);
    for (path, rest) in [(&path, 50.0), (&later, 20.0), (&path, 50.0)] {
        let mut again = model.resume(&Checkpoint::read(path).expect("a checkpoint")).expect("gone on from");
        again.run(rest * MS).expect("it runs");
        assert!(seen(&mut again) == expected, "{}", path.display());
    }
    Checkpoint::remove(&path).expect("removed");
    assert!(model.resume(&Checkpoint::read(&later).expect("a checkpoint")).is_ok(), "its recordings are still named");
    Checkpoint::remove(&later).expect("removed");
    assert_eq!(files(desk.path()), Vec::<PathBuf>::new());
}

#[test]
fn recordings_that_are_not_as_they_were_are_refused_by_name() {
    let desk = tempfile::tempdir().expect("a folder");
    let (simulation, path) = saved(desk.path());
    let model = simulation.model().clone();
    drop(simulation);
    let spool = desk.path().join("spool/1");
    let file = spool.join("P.v.1/1.v.npy");
    let whole = fs::read(&file).expect("readable");
    let refused = |code: &str, words: &str| {
        let wrong = match model.resume(&Checkpoint::read(&path).expect("a checkpoint")) {
            Err(Error::Checkpoint(wrong)) => wrong,
            other => panic!("{code}: {other:?}"),
        };
        assert_eq!(wrong.code(), code, "{wrong}");
        assert!(wrong.to_string().contains(words) && !wrong.mend().is_empty(), "{wrong}");
    };
    let tell = |words: &str| words.replace("FILE", &file.display().to_string());
    fs::write(&file, &whole[..whole.len() - 24]).expect("written");
    refused("E0915", &tell("is cut off: 24 bytes of FILE are missing"));
    let mut damaged = whole.clone();
    damaged[1000] ^= 4;
    fs::write(&file, &damaged).expect("written");
    refused("E0916", &tell("its checksum is not that of FILE"));
    fs::remove_file(&file).expect("removed");
    refused("E0914", &tell("are not there: FILE"));
    fs::rename(&spool, desk.path().join("elsewhere")).expect("moved");
    refused("E0914", &format!("are not there: {}", spool.display()));
    // A folder of another's, where it should be, is left alone.
    fs::create_dir(&spool).expect("made");
    fs::write(spool.join("lock"), "years of work").expect("written");
    refused("E0914", "are not there");
    assert!(spool.join("lock").exists());
    fs::remove_dir_all(&spool).expect("removed");
    fs::rename(desk.path().join("elsewhere"), &spool).expect("moved");
    fs::write(&file, &whole).expect("written");
    assert!(model.resume(&Checkpoint::read(&path).expect("a checkpoint")).is_ok(), "and once it is mended it goes on");
}

#[test]
fn what_nothing_names_is_removed_and_what_something_names_is_not() {
    let desk = tempfile::tempdir().expect("a folder");
    let spool = desk.path().join("spool");
    let (first, path) = saved(desk.path());
    drop(first);
    assert!(!files(&spool).is_empty(), "it belongs to the checkpoint");
    // Kept under another name, it keeps its recordings, whatever comes to its place.
    let kept = desk.path().join("kept.checkpoint");
    fs::rename(&path, &kept).expect("renamed");
    let (second, _) = saved(desk.path());
    assert!(resume(&second, &kept).is_ok());
    let model = second.model().clone();
    drop(second);
    // A new run in the place of an old one: the recordings of that go with its checkpoint, and not before.
    let count = || fs::read_dir(&spool).expect("listed").count();
    assert_eq!(count(), 2);
    let mut third = model.simulation().expect("built");
    third.stream_to(&spool, 100_000);
    third.run(50.0 * MS).expect("it runs");
    assert_eq!(count(), 3);
    assert!(model.resume(&Checkpoint::read(&path).expect("a checkpoint")).is_ok());
    third.save(&path).expect("saved");
    assert_eq!(count(), 2);
    // What a process left that was killed, before there was a checkpoint.
    fs::create_dir_all(spool.join("7/P.v.1")).expect("made");
    fs::write(spool.join("7/lock"), "recordings of rheobase\n").expect("written");
    fs::create_dir_all(spool.join("8/P.v.1")).expect("made");
    Checkpoint::remove_leftovers(&spool);
    assert!(!spool.join("7").exists() && spool.join("8").exists() && count() == 3, "what is none of ours stays");
    fs::remove_dir_all(spool.join("8")).expect("removed");
    drop(third);
    Checkpoint::remove(&kept).expect("removed");
    assert_eq!(count(), 1);
    fs::remove_file(&path).expect("removed");
    Checkpoint::remove_leftovers(&spool);
    assert_eq!(count(), 0);
}

#[test]
fn what_is_thrown_away_is_summed_up_after_a_checkpoint_too() {
    let desk = tempfile::tempdir().expect("a folder");
    let path = desk.path().join("m.checkpoint");
    let mut whole = model(&Options::new()).simulation().expect("built");
    whole.discard_recordings(FEW);
    whole.checkpoint_every(40.0 * MS, &path, "").expect("an interval");
    whole.run_script(|_| {}).expect("it runs");
    let mut resumed = model(&Options::new()).resume(&Checkpoint::read(&path).expect("one")).expect("gone on from");
    resumed.run_script(|_| {}).expect("it runs");
    let trains = |simulation: &Simulation| format!("{:?}", simulation.summary("m", None).spike_trains);
    assert_eq!(trains(&resumed), trains(&whole));
    assert!(matches!(resumed.table("P.spikes"), Err(Error::Discarded { .. })));
}
