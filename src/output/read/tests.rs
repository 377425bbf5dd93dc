//! What is read back is what was written, whatever the format; what is damaged is refused.

use super::*;
use crate::output::{Format, ResultsFolder, Summary, write_folder};
use std::fs;

fn formats() -> Vec<Format> {
    let mut formats = vec![Format::Csv, Format::Npz, Format::Npy];
    #[cfg(feature = "parquet")]
    formats.push(Format::Parquet);
    formats
}

fn column(name: &str, unit: &str, values: Columns<'static>) -> (String, String, Columns<'static>) {
    (name.to_owned(), unit.to_owned(), values)
}

fn sampled(name: &str, rows: u32, elements: Vec<u32>) -> Table<'static> {
    let count = rows * elements.len() as u32;
    Table::Samples {
        times: (0..rows).map(|row| f64::from(row) * 1e-4).collect(),
        elements: elements.into(),
        name: name.to_owned(),
        unit: "V".to_owned(),
        kind: Kind::Real,
        values: (0..count).map(|place| (f64::from(place) * 0.7).sin() * 1e-3).collect(),
    }
}

/// Samples of whole numbers, or of what holds.
fn whole(name: &str, kind: Kind, rows: u32) -> Table<'static> {
    Table::Samples {
        times: (0..rows).map(|row| f64::from(row) * 1e-4).collect(),
        elements: vec![2, 3].into(),
        name: name.to_owned(),
        unit: "1".to_owned(),
        kind,
        values: (0..2 * rows).map(|place| f64::from(if kind == Kind::Truth { place % 2 } else { place })).collect(),
    }
}

/// Recordings of every form, some of more than one stretch.
fn recordings() -> Vec<(String, Table<'static>)> {
    let count: u32 = 100_000;
    let spikes = Table::of([
        column("step", "1", Columns::Long((0..i64::from(count)).map(|n| n / 3).collect())),
        column("t", "s", Columns::Real((0..count).map(|n| f64::from(n / 3) * 1e-4).collect())),
        column("i", "1", Columns::Index((0..count).map(|n| n % 997).collect())),
        column("v", "V", Columns::Real((0..count).map(|n| f64::from(n).sqrt()).collect())),
    ]);
    let rate = Table::of([
        column("t", "s", Columns::Real(vec![0.0, 1e-4, 3.0 * 1e-4].into())),
        column("rate", "Hz", Columns::Real(vec![0.1, 1.0 / 3.0, 7.0].into())),
    ]);
    let synapses = Table::of([
        column("i", "1", Columns::Index(vec![0, 1, u32::MAX].into())),
        column("j", "1", Columns::Index(vec![2, 0, 1].into())),
        column("units", "S", Columns::Real(vec![1e-9, -0.0, 1e300].into())),
    ]);
    let counts = Table::of([
        column("i", "1", Columns::Index(vec![0, 1].into())),
        column("count", "1", Columns::Long(vec![3, 0].into())),
    ]);
    let at_end = Table::of([
        column("i", "1", Columns::Index(vec![0, 1].into())),
        column("up", "1", Columns::Truth(vec![true, false].into())),
        column("n", "1", Columns::Long(vec![-3, 1 << 31].into())),
        column("seed", "1", Columns::Seed(vec![1 << 52, 0].into())),
    ]);
    // A variable may be called as a column of counts is.
    let count = Table::of([
        column("i", "1", Columns::Index(vec![0, 1].into())),
        column("count", "1", Columns::Real(vec![0.25, 1e-3].into())),
    ]);
    let silent = Table::of([
        column("step", "1", Columns::Long(vec![].into())),
        column("t", "s", Columns::Real(vec![].into())),
        column("i", "1", Columns::Index(vec![].into())),
    ]);
    let tables = [
        ("P.spikes", spikes),
        ("P.population_rate", rate),
        ("S.synapses", synapses),
        ("P.spikes.counts", counts),
        ("P.n", whole("n", Kind::Long, 70_000)),
        ("P.up", whole("up", Kind::Truth, 3)),
        ("P.up.at_end", at_end),
        ("P.count.at_end", count),
        ("P.silent", silent),
        ("P.csv", sampled("csv", 70_000, vec![0, 5, 7])),
        ("P.elements", sampled("elements", 3, vec![4])),
        ("P.wide", sampled("wide", 2, (0..200_000).collect())),
        ("P.nothing", sampled("nothing", 0, vec![1, 2])),
        ("P.nobody", sampled("nobody", 2, vec![])),
    ];
    tables.into_iter().map(|(name, table)| (name.to_owned(), table)).collect()
}

fn summary() -> Summary {
    crate::Simulation::from_source("neurons P[1] { v : 1 }").expect("a model").summary("m.rheo", None)
}

/// Names, elements and values, stretches joined.
type Flat = (Vec<String>, Vec<u32>, Vec<Vec<f64>>);

fn add(flat: &mut Flat, table: &Table<'_>) {
    let layout = table.layout();
    flat.0 = layout.iter().map(|(name, unit, ..)| format!("{name} [{unit}]")).collect();
    if let Table::Samples { elements, .. } = table {
        flat.1 = elements.to_vec();
    }
    flat.2.resize(layout.len(), Vec::new());
    for (place, values) in flat.2.iter_mut().enumerate() {
        match table.column(place) {
            Columns::Long(more) => values.extend(more.iter().map(|value| *value as f64)),
            Columns::Index(more) => values.extend(more.iter().map(|value| f64::from(*value))),
            Columns::Real(more) => values.extend(more.iter()),
            Columns::Truth(more) => values.extend(more.iter().map(|value| f64::from(u8::from(*value)))),
            Columns::Seed(more) => values.extend(more.iter().map(|value| *value as f64)),
        }
    }
}

#[test]
fn a_recording_is_the_same_whatever_it_was_written_as() {
    let tables = recordings();
    for format in formats() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = ResultsFolder::claim(place.path().join("m.results")).expect("free");
        write_folder(&folder, &tables, summary(), format).expect("written");
        let results = Results::open(folder.path()).expect("ours");
        let entries = results.entries();
        assert_eq!(entries.len(), tables.len());
        for (entry, (name, table)) in entries.iter().zip(&tables) {
            assert_eq!(&entry.name, name);
            let (mut read, mut expected) = (Flat::default(), Flat::default());
            results
                .each(entry, |table| {
                    let width = table.layout().iter().map(|(.., width)| *width as usize).sum::<usize>();
                    assert!(table.rows() <= 1 || table.rows() * width <= 3 * STRETCH, "{name}: {} rows", table.rows());
                    add(&mut read, table);
                })
                .unwrap_or_else(|reason| panic!("{name} as {format:?}: {reason}"));
            add(&mut expected, table);
            if let Some(t) = expected.0.iter().position(|column| column == "t [s]") {
                expected.2[t] = rounded_times(std::mem::take(&mut expected.2[t]));
            }
            if table.rows() > 0 && name != "P.nobody" {
                assert!(read == expected, "{name} as {format:?}");
            }
        }
    }
}

#[test]
fn what_has_no_rows_is_a_table_without_rows() {
    for format in formats() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = ResultsFolder::claim(place.path().join("m.results")).expect("free");
        write_folder(&folder, &recordings(), summary(), format).expect("written");
        let results = Results::open(folder.path()).expect("ours");
        let entry = results.entries().into_iter().find(|entry| entry.name == "P.silent").expect("recorded");
        let mut seen = Vec::new();
        let kinds = |table: &Table<'_>| table.layout().into_iter().map(|(_, _, kind, _)| kind).collect::<Vec<_>>();
        results.each(&entry, |table| seen.push((table.rows(), kinds(table)))).expect("readable");
        assert_eq!(seen, [(0, vec![Kind::Long, Kind::Real, Kind::Index])], "{format:?}");
    }
}

#[test]
fn counts_are_whole_and_what_is_called_count_is_not() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = ResultsFolder::claim(place.path().join("m.results")).expect("free");
    write_folder(&folder, &recordings(), summary(), Format::Csv).expect("written");
    let results = Results::open(folder.path()).expect("ours");
    for (name, expected) in [("P.spikes.counts", Kind::Long), ("P.count.at_end", Kind::Real)] {
        let entry = results.entries().into_iter().find(|entry| entry.name == name).expect("recorded");
        results.each(&entry, |table| assert_eq!(table.layout()[1].2, expected, "{name}")).expect("readable");
    }
}

/// What older versions wrote: indices of 32 bits.
#[test]
fn indices_of_32_bits_are_read() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = ResultsFolder::claim(place.path().join("m.results")).expect("free");
    write_folder(&folder, &recordings(), summary(), Format::Npy).expect("written");
    let results = Results::open(folder.path()).expect("ours");
    for (name, array, indices) in
        [("S.synapses", "i", vec![0, 1, u32::MAX]), ("P.csv", "elements", vec![0, 5, u32::MAX])]
    {
        let mut bytes = npy_of("<u4", indices.len());
        crate::output::npy::write(&Columns::Index(indices.as_slice().into()), &mut bytes).expect("memory");
        fs::write(folder.path().join(name).join(format!("{array}.npy")), bytes).expect("written");
        let entry = results.entries().into_iter().find(|entry| entry.name == name).expect("recorded");
        let mut read = Flat::default();
        results.each(&entry, |table| add(&mut read, table)).expect("readable");
        let expected: Vec<f64> = indices.iter().map(|index| f64::from(*index)).collect();
        assert!(if array == "i" { read.2[0] == expected } else { read.1 == indices }, "{name}");
    }
}

fn npy_of(descr: &str, length: usize) -> Vec<u8> {
    crate::output::npy::header(descr, &[length as u64])
}

/// The same of tables in Parquet.
#[cfg(feature = "parquet")]
#[test]
fn indices_of_32_bits_are_read_from_parquet() {
    use parquet::data_type::{DoubleType, Int32Type};
    let place = tempfile::tempdir().expect("a folder");
    let folder = ResultsFolder::claim(place.path().join("m.results")).expect("free");
    write_folder(&folder, &recordings(), summary(), Format::Parquet).expect("written");
    let results = Results::open(folder.path()).expect("ours");
    let entry = results.entries().into_iter().find(|entry| entry.name == "S.synapses").expect("recorded");
    let text = "message recording { REQUIRED INT32 i (UINT_32); REQUIRED INT32 j (UINT_32); REQUIRED DOUBLE units; }";
    let schema = parquet::schema::parser::parse_message_type(text).expect("a schema");
    let out = File::create(folder.path().join(&entry.file)).expect("writable");
    let mut file = parquet::file::writer::SerializedFileWriter::new(out, schema.into(), std::sync::Arc::default());
    let file = file.as_mut().expect("begun");
    let mut group = file.next_row_group().expect("a group");
    for indices in [[0, 1, -1], [2, 0, 1]] {
        let mut column = group.next_column().expect("a column").expect("indices");
        column.typed::<Int32Type>().write_batch(&indices, None, None).expect("written");
        column.close().expect("written");
    }
    let mut column = group.next_column().expect("a column").expect("values");
    column.typed::<DoubleType>().write_batch(&[1e-9, 0.0, 1.0], None, None).expect("written");
    column.close().expect("written");
    group.close().expect("written");
    file.finish().expect("written");
    let mut read = Flat::default();
    results.each(&entry, |table| add(&mut read, table)).expect("readable");
    assert_eq!(read.2[..2], [[0.0, 1.0, f64::from(u32::MAX)], [2.0, 0.0, 1.0]]);
}

#[test]
fn what_is_damaged_is_refused_and_named() {
    let tables = recordings();
    for format in formats() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = ResultsFolder::claim(place.path().join("m.results")).expect("free");
        write_folder(&folder, &tables, summary(), format).expect("written");
        let results = Results::open(folder.path()).expect("ours");
        let entry = &results.entries()[0];
        let path = folder.path().join(&entry.file);
        let array = path.join("v.npy");
        let file = if path.is_dir() { &array } else { &path };
        let whole = fs::read(file).expect("there");
        let told = || results.each(entry, |_| {}).expect_err("damaged").to_string();
        fs::write(file, &whole[..whole.len() / 2]).expect("cut");
        assert!(told().contains("P.spikes"), "{format:?}: {}", told());
        if format == Format::Csv {
            let line = whole[..whole.len() / 2].iter().rposition(|byte| *byte == b'\n').expect("lines");
            fs::write(file, &whole[..=line]).expect("cut");
            assert!(told().contains("rows, and the summary says 100000"), "{}", told());
        }
        if format == Format::Npz {
            let mut wrong = whole.clone();
            wrong[whole.len() / 2] ^= 1;
            fs::write(file, wrong).expect("changed");
            assert!(told().contains("Invalid checksum"), "{}", told());
        }
        fs::remove_file(file).expect("there");
        let missing = told();
        let words = if format == Format::Npy { "no array `v`" } else { "P.spikes" };
        assert!(missing.contains(words), "{format:?}: {missing}");
        if path.is_dir() {
            fs::write(file, b"\x93NUMPY\x01\x00").expect("written");
            assert!(told().contains("P.spikes"), "{}", told());
        }
    }
}

#[test]
fn a_header_that_says_too_much_takes_no_memory() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = ResultsFolder::claim(place.path().join("m.results")).expect("free");
    write_folder(&folder, &recordings(), summary(), Format::Npy).expect("written");
    let results = Results::open(folder.path()).expect("ours");
    let entry = results.entries().into_iter().find(|entry| entry.name == "P.elements").expect("recorded");
    let path = folder.path().join("P.elements");
    for (name, shape) in [("elements", &[u64::MAX / 8][..]), ("elements_", &[3, u64::MAX]), ("t", &[u64::MAX / 2])] {
        let file = path.join(format!("{name}.npy"));
        let kept = fs::read(&file).expect("there");
        let descr = if name == "elements" { "<u4" } else { "<f8" };
        fs::write(&file, crate::output::npy::header(descr, shape)).expect("written");
        results.each(&entry, |_| {}).expect_err("it is cut off");
        fs::write(&file, kept).expect("written");
    }
    results.each(&entry, |_| {}).expect("as it was");
}

/// The folder of a sweep, as `rheobase sweep` leaves it.
fn sweep(place: &std::path::Path, format: Format, number: i64) -> Results {
    let folder = ResultsFolder::claim(place.join("m.sweep")).expect("free");
    let table = Table::of([
        column("point", "1", Columns::Long(vec![0, 1, number].into())),
        column("tau", "s", Columns::Real(vec![1e-3, 1e-3, 2e-3].into())),
        column("w", "1", Columns::Real(vec![0.1, 0.2, 0.2].into())),
        column("seed", "1", Columns::Long(vec![1, 2, 4].into())),
        column("rate(P)", "Hz", Columns::Real(vec![5.0, f64::NAN, 7.5].into())),
        column("cv(P)", "1", Columns::Real(vec![0.5, 0.25, f64::NAN].into())),
    ]);
    write_folder(&folder, &[("table".to_owned(), table)], summary(), format).expect("written");
    let results = Results::open(folder.path()).expect("ours");
    let file = results.summary()["recordings"]["table"]["file"].clone();
    let summary = serde_json::json!({
        "rheobase": "0", "seeds": "apart", "points": 4, "done": 3, "table": file,
        "axes": [{"name": "tau", "unit": "s", "values": [1e-3, 2e-3]}, {"name": "w", "unit": "1", "values": [0.1, 0.2]}],
        "measures": [{"name": "rate(P)", "unit": "Hz"}, {"name": "cv(P)", "unit": "1"}],
    });
    fs::write(folder.path().join("summary.json"), summary.to_string()).expect("written");
    Results::open(folder.path()).expect("ours")
}

#[test]
fn a_sweep_is_read_back_with_its_gaps() {
    for format in formats() {
        let place = tempfile::tempdir().expect("a folder");
        let swept = sweep(place.path(), format, 3).sweep().expect("as written").expect("a sweep");
        assert_eq!(swept.axes[0], ("tau".to_owned(), "s".to_owned(), vec![1e-3, 2e-3]), "{format:?}");
        assert_eq!(swept.measures[0], ("rate(P)".to_owned(), "Hz".to_owned()));
        assert_eq!(swept.values, [[Some(5.0), None, None, Some(7.5)], [Some(0.5), Some(0.25), None, None]]);
    }
    let place = tempfile::tempdir().expect("a folder");
    for (number, words) in [(4, "points that the summary does not"), (-1, "points that the summary does not")] {
        let told = sweep(place.path(), Format::Csv, number).sweep().expect_err("damaged").to_string();
        assert!(told.contains(words), "{told}");
    }
    fs::write(place.path().join("m.sweep/summary.json"), r#"{"rheobase": "0", "axes": [{"name": "tau"}]}"#)
        .expect("written");
    let results = Results::open(place.path().join("m.sweep")).expect("ours");
    assert!(results.sweep().expect_err("damaged").to_string().contains("it does not say what was swept"));
}
