//! Recordings on disk: the same as in memory, whatever the run does, and whole where the disk is full.

use rheobase::output::{Columns, Format, Table};
use rheobase::{Engine, Error, MS, Model, Options, Simulation, Slot, Turn};
use std::fs;
use std::path::Path;

/// Everything that grows, everything that does not, and two clocks.
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
    record P.population_rate, P[5:].population_rate every 1*ms
    record P.population_rate smooth gaussian 2*ms
    record P[:3].population_rate smooth flat 3*ms every 0.5*ms
    record P.v last 5*ms
    record P.u at end, P.u mean, P.v variance
    record P.high counts
    seed = 3
";

fn model(run: &str) -> Model {
    Model::from_source(&format!("{TEXT}\n{run}"), &Options::new()).unwrap_or_else(|error| panic!("{error}"))
}

/// So few bytes that memory is emptied every few steps.
const FEW: usize = 2000;

/// Every table, with the bits of its numbers.
fn tables(simulation: &mut Simulation) -> Vec<(String, String)> {
    let tables = simulation.tables().unwrap_or_else(|error| panic!("{error}"));
    tables.into_iter().map(|(name, table)| (name, bits(&table))).collect()
}

fn bits(table: &Table<'_>) -> String {
    let column = |values: &Columns<'_>| match values {
        Columns::Real(values) => format!("{:?}", values.iter().map(|value| value.to_bits()).collect::<Vec<_>>()),
        other => format!("{other:?}"),
    };
    match table {
        Table::Named { columns } => {
            columns.iter().map(|(name, unit, values)| format!("{name} [{unit}] {}\n", column(values))).collect()
        }
        Table::Samples { times, elements, name, unit, kind, values } => {
            let (times, values) = (Columns::Real(times.clone()), Columns::Real(values.clone()));
            format!("{name} [{unit}] {kind:?} {elements:?}\n{}\n{}", column(&times), column(&values))
        }
    }
}

/// Every file of a folder and of those in it, by name.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("listed") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)));
        } else {
            found.push((name, fs::read(&path).expect("readable")));
        }
    }
    found.sort();
    found
}

/// What memory holds and what it gave away are together what it would have held: tables, views, files, summaries.
#[test]
fn what_is_on_disk_is_what_would_have_been_in_memory() {
    let model = model("run 60*ms\nset P.v = 0.5\nrun 40.2*ms");
    let mut kept = model.simulation().expect("it builds");
    kept.run_script(|_| {}).expect("it runs");
    let place = tempfile::tempdir().expect("a folder");
    let mut streamed = model.simulation().expect("it builds");
    streamed.stream_to(place.path().join("spool"), FEW);
    streamed.run_script(|_| {}).expect("it runs");
    let spooled = files(&place.path().join("spool"));
    assert!(spooled.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() > 50_000, "most is on disk");
    let (expected, got) = (tables(&mut kept), tables(&mut streamed));
    for ((name, table), (_, other)) in expected.iter().zip(&got) {
        assert!(table == other, "{name}: {table}\n{other}");
    }
    assert_eq!(expected.len(), 15);

    let (spikes, again) = (kept.spikes("P").expect("recorded"), streamed.spikes("P").expect("recorded"));
    assert!(spikes.iter().eq(again.iter()) && spikes.values("u") == again.values("u"));
    assert_eq!(spikes.mean_cv(), again.mean_cv());
    assert_eq!(kept.samples("Q.x").expect("recorded"), streamed.samples("Q.x").expect("recorded"));
    for rate in ["P.population_rate", "P.population_rate smooth gaussian", "P[:3].population_rate smooth flat"] {
        assert_eq!(kept.rate(rate).expect("recorded"), streamed.rate(rate).expect("recorded"));
    }
    let trains = |simulation: &Simulation| format!("{:?}", simulation.summary("m", None).spike_trains);
    assert_eq!(trains(&kept), trains(&streamed));

    let mut rows = 0;
    streamed.read_rows("P.v", |table| rows += table.rows()).expect("recorded");
    assert_eq!(rows, 1002);
    let mut formats = vec![Format::Csv, Format::Npz, Format::Npy];
    #[cfg(feature = "parquet")]
    formats.push(Format::Parquet);
    for (number, format) in formats.into_iter().enumerate() {
        let folders = ["kept", "streamed"].map(|name| place.path().join(format!("{name}{number}")));
        for (simulation, folder) in [&mut kept, &mut streamed].into_iter().zip(&folders) {
            fs::create_dir(folder).expect("made");
            let written = simulation.write_recordings(folder, format).expect("written");
            assert!(written.iter().all(|(_, entry)| folder.join(&entry.file).exists()));
            assert_eq!(written.iter().find(|(name, _)| name == "P.v").map(|(_, entry)| entry.rows), Some(1002));
        }
        for ((name, bytes), (_, other)) in files(&folders[0]).iter().zip(&files(&folders[1])) {
            assert!(bytes == other, "{format:?}: {name}");
        }
    }
    // Files that were not copied do not change with what comes.
    let npy = place.path().join("streamed2");
    let before = files(&npy);
    streamed.run(30.0 * MS).expect("it runs");
    kept.run(30.0 * MS).expect("it runs");
    assert!(files(&npy) == before);
    assert!(tables(&mut kept) == tables(&mut streamed));
    drop(streamed);
    assert!(files(&npy) == before);
    assert_eq!(files(&place.path().join("spool")), [], "what was on disk goes with the simulation");
}

/// Going back takes recordings along, also to a state that was left for another one in between.
#[test]
fn going_back_takes_what_is_on_disk_along() {
    let text = "
        store
        run 30*ms
        store \"a\"
        run 30*ms
        store \"b\"
        restore \"a\"
        run 12*ms
        restore \"b\" with random
        run 20*ms
        restore \"a\"
        run 35*ms
    ";
    let model = model(text);
    let mut kept = model.simulation().expect("it builds");
    kept.run_script(|_| {}).expect("it runs");
    let place = tempfile::tempdir().expect("a folder");
    let mut streamed = model.simulation().expect("it builds");
    streamed.stream_to(place.path(), FEW);
    streamed.run_script(|_| {}).expect("it runs");
    assert!(tables(&mut kept) == tables(&mut streamed));
    kept.restore("b").expect("stored");
    streamed.restore("b").expect("stored");
    assert!(tables(&mut kept) == tables(&mut streamed), "what came after is still there");
    kept.run(10.0 * MS).expect("it runs");
    streamed.run(10.0 * MS).expect("it runs");
    assert!(tables(&mut kept) == tables(&mut streamed));
    streamed.restore("").expect("stored");
    assert_eq!(streamed.spikes("P").expect("recorded").len(), 0);
}

/// Single steps, callbacks that look at recordings, recordings begun in between, both engines.
#[test]
fn steps_and_callbacks_see_everything_recorded() {
    for engine in [Engine::Jit, Engine::Interpreter] {
        let model = Model::from_source(TEXT, &Options::new().engine(engine)).expect("it compiles");
        let mut kept = model.simulation().expect("it builds");
        let mut streamed = model.simulation().expect("it builds");
        let place = tempfile::tempdir().expect("a folder");
        streamed.stream_to(place.path(), FEW);
        let mut ends = Vec::new();
        for simulation in [&mut kept, &mut streamed] {
            let spikes = simulation.record_spikes("P[2:9]").expect("they spike");
            let (seen, heard) = std::sync::mpsc::channel();
            simulation
                .on(7.0 * MS, Turn::of(Slot::End), move |now| {
                    let recorded = now.recorded(spikes);
                    seen.send((recorded.len(), recorded.counts())).expect("heard");
                    Ok(())
                })
                .expect("a good time");
            simulation.run(40.0 * MS).expect("it runs");
            let late = simulation.record_values("P.v[1] when end").expect("there");
            (0..200).for_each(|_| simulation.step().expect("it runs"));
            let late = simulation.recorded(late).trace(0);
            ends.push((tables(simulation), late, heard.try_iter().collect::<Vec<_>>()));
        }
        assert!(ends[0] == ends[1]);
        assert_eq!((ends[0].1.len(), ends[0].2.len()), (200, 9));
    }
}

#[test]
fn what_is_not_wanted_is_not_kept_but_summed_up() {
    let model = model("run 100*ms");
    let mut kept = model.simulation().expect("it builds");
    kept.run_script(|_| {}).expect("it runs");
    let mut discarding = model.simulation().expect("it builds");
    discarding.discard_recordings(FEW);
    discarding.run_script(|_| {}).expect("it runs");
    let trains = |simulation: &Simulation| format!("{:?}", simulation.summary("m", None).spike_trains);
    assert_eq!(trains(&kept), trains(&discarding));
    assert!(matches!(discarding.spikes("P"), Err(Error::Discarded { name }) if name == "P.spikes"));
    assert!(matches!(discarding.samples("P.v"), Err(Error::Discarded { .. })));
    assert!(matches!(discarding.rate("P.population_rate"), Err(Error::Discarded { .. })));
    assert!(matches!(discarding.table("Q.x"), Err(Error::Discarded { .. })));
    assert!(matches!(discarding.read_rows("Q.x", |_| {}), Err(Error::Discarded { .. })));
    assert!(matches!(discarding.tables(), Err(Error::Discarded { .. })));
    let place = tempfile::tempdir().expect("a folder");
    discarding.stream_to(place.path(), FEW);
    discarding.run(20.0 * MS).expect("it runs");
    assert!(matches!(discarding.samples("P.v"), Err(Error::Discarded { .. })), "its beginning is gone");
    kept.run(20.0 * MS).expect("it runs");
    let of = |simulation: &Simulation| simulation.statistic("P.u mean").expect("kept").values().to_vec();
    assert_eq!(of(&kept), of(&discarding), "what does not grow is there");
}

/// A disk that takes nothing ends the run with an error; nothing is lost, and the run can go on.
#[test]
fn a_run_ends_where_nothing_can_be_written() {
    let model = model("");
    let mut kept = model.simulation().expect("it builds");
    kept.run(100.0 * MS).expect("it runs");
    let place = tempfile::tempdir().expect("a folder");
    let in_the_way = place.path().join("spool");
    fs::write(&in_the_way, "no folder").expect("written");
    let mut streamed = model.simulation().expect("it builds");
    streamed.stream_to(&in_the_way, FEW);
    let error = streamed.run(100.0 * MS).expect_err("nothing can be made there");
    assert!(matches!(&error, Error::File { path, .. } if path.starts_with(&in_the_way)), "{error}");
    let until = streamed.t();
    assert!(until < 0.1);
    fs::remove_file(&in_the_way).expect("removed");
    streamed.run(format!("100*ms - {until}*second").as_str()).expect("it goes on");
    assert_eq!(streamed.t(), kept.t());
    assert!(tables(&mut kept) == tables(&mut streamed));
}
