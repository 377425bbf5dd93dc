//! Pictures of small recordings, to the value; of large ones, that they stay small; of odd ones, that they can be drawn
//! at all.

use super::*;
use crate::output::{Columns, Origin, Table};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::borrow::Cow;

type Column<'a> = (&'a str, &'a str, Columns<'static>);

fn named(columns: Vec<Column<'_>>) -> Table<'static> {
    let owned = |(name, unit, values): Column<'_>| (name.to_owned(), unit.to_owned(), values);
    Table::Named { columns: columns.into_iter().map(owned).collect() }
}

fn real(values: Vec<f64>) -> Columns<'static> {
    Columns::Real(Cow::Owned(values))
}

fn index(values: Vec<u32>) -> Columns<'static> {
    Columns::Index(Cow::Owned(values))
}

/// Spikes at steps of 0.1 ms.
fn spikes(of: &[(i64, u32)]) -> Table<'static> {
    let (steps, neurons): (Vec<i64>, Vec<u32>) = of.iter().copied().unzip();
    let times = steps.iter().map(|step| *step as f64 * 1e-4).collect();
    named(vec![("step", "1", Columns::Long(Cow::Owned(steps))), ("t", "s", real(times)), ("i", "1", index(neurons))])
}

fn samples(name: &str, unit: &str, times: Vec<f64>, elements: Vec<u32>, values: Vec<f64>) -> Table<'static> {
    let (name, unit) = (name.to_owned(), unit.to_owned());
    Table::Samples {
        times: times.into(),
        elements: elements.into(),
        name,
        unit,
        kind: crate::output::Kind::Real,
        values: values.into(),
    }
}

fn about(end: f64, size: u32) -> About {
    About { end, populations: vec![("P".to_owned(), size)], projections: vec!["S".to_owned()], ..About::default() }
}

fn pictures(name: &str, about: &About, pieces: &[Table<'_>]) -> Vec<Picture> {
    let mut sketch = Sketch::new(name, about);
    pieces.iter().for_each(|table| sketch.add(table));
    sketch.finish()
}

/// Four neurons that take turns.
fn four() -> Vec<(i64, u32)> {
    (0..40).map(|n| (25 * n, (n % 4) as u32)).collect()
}

#[test]
fn four_neurons_are_four_rows_of_points() {
    let made = pictures("P.spikes", &about(0.1, 4), &[spikes(&four()[..6])]);
    insta::assert_debug_snapshot!(made[0]);
}

#[test]
fn a_small_picture_as_svg() {
    let made = pictures("P.spikes", &about(0.1, 4), &[spikes(&four()[..6])]);
    insta::assert_snapshot!(svg(&made[0], (400, 240)).expect("drawn"));
}

#[test]
fn a_small_picture_in_characters() {
    let made = pictures("P.spikes", &about(0.1, 4), &[spikes(&four())]);
    let text: Vec<String> = made.iter().filter_map(|picture| characters(picture, 60)).collect();
    insta::assert_snapshot!(text.join("\n"));
    assert_eq!(characters(&made[0], 12), None, "a terminal that narrow shows none");
}

#[test]
fn of_400_000_neurons_there_is_a_density_that_counts_every_spike() {
    // Two million spikes in pieces, as a file that is larger than memory would give them.
    let about = about(1.0, 400_000);
    let mut sketch = Sketch::new("P.spikes", &about);
    for step in 0..10_000_i64 {
        let piece: Vec<(i64, u32)> = (0..200).map(|n| (step, (step as u32 * 7919 + n * 1999) % 400_000)).collect();
        sketch.add(&spikes(&piece));
    }
    let made = sketch.finish();
    let [Mark::Density { columns, values, .. }] = made[0].panels[0].marks.as_slice() else {
        panic!("{:?}", made[0].panels[0].marks.len())
    };
    assert_eq!(values.iter().map(|value| f64::from(*value)).sum::<f64>(), 2e6);
    assert!(*columns <= 1024 && values.len() <= 1024 * 256 && values.len() > 256 * 200, "{}", values.len());
    assert!(made[0].note.contains("2,000,000 spikes"), "{}", made[0].note);
    let page = plotly(&made[0]).to_string();
    assert!(page.len() < 800_000, "{} bytes in the page", page.len());
    let drawn = svg(&made[0], (900, 480)).expect("drawn");
    assert!(drawn.len() < 30_000_000, "{} bytes", drawn.len());
    let [Mark::Line { y: bins, .. }, Mark::Line { y: smooth, .. }] = made[1].panels[0].marks.as_slice() else {
        panic!("a rate as it is, and smoothed")
    };
    // 200 spikes of 400,000 neurons in every 0.1 ms.
    for rate in bins.iter().chain(smooth) {
        assert!((rate - 5.0).abs() < 1e-9, "{rate}");
    }
}

#[test]
fn a_picture_does_not_depend_on_the_pieces_that_it_is_made_from() {
    let all: Vec<(i64, u32)> = (0..30_000).map(|n| (n / 3, (n * 31 % 997) as u32)).collect();
    let values: Vec<f64> = (0..60_000).map(|n| f64::from(n % 101) * 1e-3 - 0.06).collect();
    let times = |range: std::ops::Range<usize>| range.map(|n| n as f64 * 1e-4).collect::<Vec<_>>();
    let part = |from: usize, to: usize| {
        samples("v", "V", times(from..to), (0..12).collect(), values[from * 12..to * 12].to_vec())
    };
    let cases = [
        ("P.spikes", vec![spikes(&all)], vec![spikes(&all[..9_999]), spikes(&all[9_999..])]),
        ("P.v", vec![part(0, 5000)], vec![part(0, 1), part(1, 1234), part(1234, 5000)]),
        ("S.v", vec![part(0, 5000)], vec![part(0, 1), part(1, 1234), part(1234, 5000)]),
    ];
    for (name, whole, pieces) in cases {
        let (whole, pieces) = (pictures(name, &about(1.0, 997), &whole), pictures(name, &about(1.0, 997), &pieces));
        assert!(!whole.is_empty() && whole == pieces, "{name}");
    }
}

#[test]
fn what_nothing_is_known_of_is_drawn_as_large_as_it_comes() {
    let late = [(9_000, 3), (9_500, 700)];
    let made = pictures("Part.spikes", &About::default(), &[spikes(&late)]);
    let panel = &made[0].panels[0];
    assert!((panel.x.high - 950.0).abs() < 1e-9 && panel.y.high == 700.5, "{:?}", (&panel.x, &panel.y));
}

#[test]
fn one_spike_of_one_sample_is_seen_in_a_long_trace() {
    let count = 200_000;
    let mut values = vec![-0.07; count];
    values[123_456] = 0.03;
    let times = (0..count).map(|n| n as f64 * 1e-4).collect();
    let made = pictures("P.v", &about(20.0, 1), &[samples("v", "V", times, vec![0], values)]);
    let [Mark::Line { x, y, .. }] = made[0].panels[0].marks.as_slice() else { panic!("one line") };
    assert!(x.len() <= 4_000, "{} points", x.len());
    assert_eq!(made[0].panels[0].y.label, "v [mV]");
    let peak = y.iter().position(|value| (value - 30.0).abs() < 1e-9).expect("the spike");
    assert!((x[peak] - 12.3456).abs() < 1e-9, "{}", x[peak]);
}

#[test]
fn many_traces_are_a_map_beside_a_few_lines() {
    let (rows, elements) = (50, 1_000);
    let value = |n: usize| if n % elements < 500 { 1.0 } else { 3.0 };
    let values = (0..rows * elements).map(value).collect();
    let times = (0..rows).map(|n| n as f64 * 1e-3).collect();
    let made = pictures("P.x", &about(0.05, 1000), &[samples("x", "1", times, (0..1000).collect(), values)]);
    assert_eq!(made[0].panels[0].marks.len(), 4);
    let [Mark::Density { columns, values, y, .. }] = made[1].panels[0].marks.as_slice() else { panic!("a map") };
    assert_eq!((*columns, values.len(), y.1), (50, 50 * 200, 5.0));
    assert!(
        values[..50 * 100].iter().all(|value| *value == 1.0) && values[50 * 100..].iter().all(|value| *value == 3.0)
    );
}

#[test]
fn few_synapses_are_lines_and_points_many_are_bundles_and_cells() {
    let mut few = Connections::new("S", (4, 4));
    (0..16).filter(|n| n / 4 != n % 4).for_each(|n| few.add(n / 4, n % 4));
    let few = few.finish().expect("a picture");
    let [Mark::Segments { ends, .. }, Mark::Points { .. }, Mark::Points { .. }] = few.panels[0].marks.as_slice() else {
        panic!("lines and two columns of dots")
    };
    assert_eq!((ends.len(), ends[0]), (12, [0.0, 0.0, 1.0, 1.0]));
    assert!(matches!(few.panels[1].marks.as_slice(), [Mark::Points { x, .. }] if x.len() == 12));

    let mut many = Connections::new("S", (400_000, 400_000));
    (0..300_000_u32).for_each(|n| many.add(n, n.wrapping_mul(2_654_435_761) % 400_000));
    let many = many.finish().expect("a picture");
    let [Mark::Density { values, .. }] = many.panels[1].marks.as_slice() else { panic!("cells") };
    assert_eq!(values.iter().map(|value| f64::from(*value)).sum::<f64>(), 3e5);
    assert!(plotly(&many).to_string().len() < 300_000);
    assert!(Connections::new("S", (4, 4)).finish().is_none());
}

#[test]
fn connections_of_parts_are_at_the_numbers_of_their_populations() {
    let of = |name: &str, first: u32| (format!("neuron of {name}"), first);
    let mut few = Connections::new("S", (10, 20)).between(of("P", 90), of("P", 0));
    (0..10).for_each(|n| few.add(n, 2 * n));
    let few = few.finish().expect("a picture");
    let [sides, scatter] = few.panels.as_slice() else { panic!("two panels") };
    let Mark::Segments { ends, .. } = &sides.marks[0] else { panic!("lines") };
    assert_eq!((ends[0], ends[9]), ([0.0, 90.0, 1.0, 0.0], [0.0, 99.0, 1.0, 18.0]));
    assert!(sides.y.low > -1.0 && sides.y.high > 99.0 && sides.y.label == "neuron of P", "{:?}", sides.y);
    let Mark::Points { x, y, .. } = &scatter.marks[0] else { panic!("points") };
    assert_eq!((x[0], y[9]), (90.0, 18.0));
    assert!(scatter.x.low > 89.0 && scatter.x.high < 100.0 && scatter.x.label == "source neuron of P");

    let mut many = Connections::new("S", (1_000, 400)).between(of("P", 3_000), of("Q", 0));
    (0..100_000).for_each(|n| many.add(n % 1_000, n / 1_000));
    let many = many.finish().expect("a picture");
    let Mark::Density { x, y, .. } = &many.panels[1].marks[0] else { panic!("cells") };
    assert_eq!((x.0, y.0), (2_999.5, -0.5));
    let sides = &many.panels[0].y;
    assert!(sides.label == "index, from the first of each part" && sides.high < 1_001.0, "{sides:?}");
    let lines = many.panels[0].marks.iter().filter_map(|mark| match mark {
        Mark::Segments { ends, .. } => Some(ends),
        _ => None,
    });
    for [_, source, _, target] in lines.flatten() {
        assert!((0.0..1_000.0).contains(source) && (0.0..400.0).contains(target), "{source} {target}");
    }
    let mut whole = Connections::new("S", (4, 8)).between(of("P", 0), of("Q", 0));
    whole.add(3, 7);
    assert_eq!(whole.finish().expect("a picture").panels[0].y.label, "index");

    let mut last = Connections::new("S", (10, 8)).between(of("P", 99_990), of("Q", 0));
    (0..8).for_each(|n| last.add(n + 2, n));
    let last = last.finish().expect("a picture");
    let [sides, scatter] = last.panels.as_slice() else { panic!("two panels") };
    let Mark::Segments { ends, .. } = &sides.marks[0] else { panic!("lines") };
    assert_eq!((ends[0], sides.y.high < 12.0), ([0.0, 2.0, 1.0, 0.0], true));
    let Mark::Points { x, .. } = &scatter.marks[0] else { panic!("points") };
    assert_eq!(x[0], 99_992.0);
}

#[test]
fn what_never_changes_is_drawn_and_said() {
    let times: Vec<f64> = (0..20).map(|n| f64::from(n) * 1e-3).collect();
    let constant = |name: &str, unit: &str, value: f64, elements: u32| {
        samples(name, unit, times.clone(), (0..elements).collect(), vec![value; 20 * elements as usize])
    };
    let trace = pictures("P.v", &about(0.02, 2), &[constant("v", "V", -0.06, 2)]);
    assert_eq!(trace[0].note, "-60 mV throughout");
    assert!(trace[0].panels[0].y.low < -60.0 && trace[0].panels[0].y.high > -60.0);
    let weights = pictures("S.w", &about(0.02, 2), &[constant("w", "1", 0.5, 50)]);
    let [course] = weights.as_slice() else { panic!("one picture says it all") };
    assert_eq!(course.note, "all 50 synapses: 0.5 throughout");
    assert!(matches!(course.panels[0].marks.as_slice(), [Mark::Line { y, .. }] if *y == [0.5, 0.5]));
    for (value, note, low, high) in [
        (0.5e-3, "all 4 neurons: 500 µV", 499.5, 500.5),
        (2.5e-3, "all 4 neurons: 2.5 mV", 2.375, 2.625),
        (0.0, "all 4 neurons: 0 V", -0.5, 0.5),
        (-2.0, "all 4 neurons: -2 V", -2.5, -1.5),
    ] {
        let table = named(vec![("i", "1", index((0..4).collect())), ("v", "V", real(vec![value; 4]))]);
        let made = pictures("P.v.at_end", &about(1.0, 4), &[table]);
        let [Mark::Bars { start, width, heights, .. }] = made[0].panels[0].marks.as_slice() else { panic!("a bar") };
        assert_eq!((made[0].note.as_str(), heights.as_slice()), (note, &[4.0][..]));
        assert!((start - low).abs() < 1e-9 && (start + width - high).abs() < 1e-9, "{start} {width}");
    }
    let one = named(vec![("i", "1", index(vec![0])), ("v", "V", real(vec![2.0]))]);
    assert_eq!(pictures("P.v.at_end", &about(1.0, 1), &[one])[0].note, "1 neuron: 2 V");
    let none = pictures("P.spikes", &about(0.1, 4), &[spikes(&[])]);
    assert_eq!(none[0].note, "no spikes");
    assert_eq!(characters(&none[0], 80).as_deref(), Some("Spikes of P: none\n"));
}

#[test]
fn weights_that_begin_alike_are_told_apart_later() {
    let mut sketch = Sketch::new("S.w", &about(1.0, 4));
    for row in 0..100 {
        let values = (0..1_000).map(|n| 0.5 + 1e-5 * f64::from(row) * f64::from(n % 100 - 50)).collect();
        sketch.add(&samples("w", "1", vec![f64::from(row) * 1e-2], (0..1_000).collect(), values));
    }
    let made = sketch.finish();
    let Mark::Density { columns, values, .. } = &made[0].panels[0].marks[0] else { panic!("cells") };
    let rows = values.len() / columns;
    assert!(rows > 30, "{rows} rows for what spreads out by a tenth");
    assert!(values.iter().all(|count| *count <= 1_000.0) && values.contains(&1_000.0));
}

#[test]
fn the_axis_of_one_neuron_has_one_number() {
    let made = pictures("P.spikes", &about(0.1, 1), &[spikes(&[(10, 0), (500, 0)])]);
    let axis = &made[0].panels[0].y;
    assert_eq!(axis.ticks(7), [0.0]);
    let shown = &plotly(&made[0])["layout"];
    assert_eq!(shown["yaxis"]["dtick"], 1);
    assert!(axis.low > -1.0 && axis.high < 1.0 && shown["height"].as_u64() < Some(200), "{axis:?}");
}

#[test]
fn traces_in_characters_say_whose_they_are_and_from_where_to_where() {
    let times: Vec<f64> = (0..200).map(|n| f64::from(n) * 1e-3).collect();
    let wave = |n: usize| -0.06 + 5e-3 * ((n / 4) as f64 * 0.06 + (n % 4) as f64).sin();
    let table = samples("v", "V", times.clone(), (0..4).collect(), (0..800).map(wave).collect());
    let made = pictures("P.v", &about(0.2, 4), &[table]);
    insta::assert_snapshot!(characters(&made[0], 60).expect("wide enough"));
    let flat = samples("v", "V", times, (0..4).collect(), vec![-0.06; 800]);
    let made = pictures("P.v", &about(0.2, 4), &[flat]);
    insta::assert_snapshot!(characters(&made[0], 60).expect("wide enough"));
}

#[test]
fn maps_in_svg_files_are_pictures_in_them() {
    let many: Vec<(i64, u32)> = (0..40_000).map(|n| (n / 4, (n as u32).wrapping_mul(2_654_435_761) % 997)).collect();
    let made = pictures("P.spikes", &about(1.0, 997), &[spikes(&many)]);
    let drawn = svg(&made[0], (900, 480)).expect("drawn");
    assert!(drawn.len() < 400_000, "{} bytes", drawn.len());
    let data = drawn.split_once("<image ").and_then(|(_, rest)| rest.split_once("/>")).map(|(image, _)| image);
    let data = data.and_then(|image| image.split_once("base64,")?.1.strip_suffix('"')).expect("a picture in it");
    let bytes = BASE64_STANDARD.decode(data).expect("base64");
    let mut reader = ::png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("a picture");
    let Mark::Density { columns, values, .. } = &made[0].panels[0].marks[0] else { panic!("cells") };
    let (width, height) = (reader.info().width as usize, reader.info().height as usize);
    assert_eq!((width % columns, height % (values.len() / columns)), (0, 0), "whole points a cell");
    let mut points = vec![0; reader.output_buffer_size().expect("small")];
    reader.next_frame(&mut points).expect("whole");
    // Row after row from the top; what is clear has no spikes.
    let (across, up) = (width / columns, height / (values.len() / columns));
    for (place, value) in values.iter().enumerate() {
        let (column, row) = (place % columns, values.len() / columns - 1 - place / columns);
        let point = points[row * up * width + column * across];
        assert_eq!(point == 255, *value == 0.0, "{column} {row}: {value}");
    }
    let told = points.iter().collect::<std::collections::BTreeSet<_>>().len();
    let counted = values.iter().map(|value| *value as u32).collect::<std::collections::BTreeSet<_>>().len();
    assert_eq!(told, counted, "every count has a colour of its own");
}

#[test]
fn scales_of_counts_have_white_for_nothing_and_end_at_the_end() {
    for most in [1_u32, 2, 3, 7, 15, 43, 999] {
        let values: Vec<f32> = (0..=most).map(|count| count as f32).collect();
        let tones = tones::Tones::of(&values, true, None);
        let (stops, bottom) = tones.scale();
        let white = plotters::style::WHITE;
        assert!(bottom < 0.0 && stops[0] == (0.0, white) && stops[1].1 == white && stops[2].1 != white);
        assert_eq!(stops[stops.len() - 1].0, 1.0, "{most}");
        assert!(stops.windows(2).all(|pair| pair[0].0 <= pair[1].0), "{stops:?}");
        assert_eq!((tones.tone(0.0), tones.tone(most as f32)), (None, Some(tones::Tones::MOST - 1)));
    }
}

#[test]
fn labels_of_an_axis_have_as_many_digits_as_tell_them_apart() {
    for (low, high, labels) in [
        (0.0, 0.04, ("0", "0.04")),
        (1.001, 1.004, ("1.001", "1.004")),
        (-63.54, -56.31, ("-63.5", "-56.3")),
        (0.0, 118.0, ("0", "118")),
        (99.9, 100.0, ("99.9", "100")),
        (-1e-18, 2.0, ("0", "2")),
    ] {
        let made = characters::labels(low, high);
        assert_eq!((made.0.as_str(), made.1.as_str()), labels);
    }
}

#[test]
fn a_course_counts_as_many_synapses_as_there_are() {
    let (rows, elements) = (4_000, 10_000_u32);
    let mut sketch = Sketch::new("S.w", &about(4.0, 1));
    for row in 0..rows {
        let values = (0..elements).map(|n| f64::from(n) / f64::from(elements)).collect();
        sketch.add(&samples("w", "1", vec![f64::from(row) * 1e-3], (0..elements).collect(), values));
    }
    let made = sketch.finish();
    let [Mark::Density { columns, values, .. }, Mark::Line { y: means, .. }] = made[0].panels[0].marks.as_slice()
    else {
        panic!("a density with its mean")
    };
    let column: f32 = values.iter().step_by(*columns).sum();
    assert!((column / elements as f32 - 1.0).abs() < 0.01, "{column} synapses");
    assert!(means.iter().all(|mean| (mean - 0.49995).abs() < 1e-9));
    assert_eq!(made[0].note, "how 10,000 synapses (counted of 1 in 3) are distributed, and the mean of all");
    let [Mark::Bars { name, heights: first, .. }, Mark::Bars { heights: last, .. }] =
        made[1].panels[0].marks.as_slice()
    else {
        panic!("first and last")
    };
    assert_eq!((last, last.iter().sum::<f64>()), (first, f64::from(elements)));
    assert!(name.starts_with("at 0"), "the first is named before the last: {name}");
}

#[test]
fn a_course_covers_all_weights_and_one_that_is_clipped_begins_at_0() {
    let elements = 10_000_u32;
    let mut sketch = Sketch::new("S.w", &about(1.0, 1));
    for row in 0..100_u32 {
        let value = |n: u32| match n {
            // Never among those that are counted, every third.
            1 => 0.01,
            _ if row == 0 => 1e-10,
            _ => f64::from(n % 7) * 1e-5 * f64::from(row),
        };
        let values = (0..elements).map(value).collect();
        sketch.add(&samples("w", "1", vec![f64::from(row) * 1e-2], (0..elements).collect(), values));
    }
    let made = sketch.finish();
    let panel = &made[0].panels[0];
    let Mark::Density { columns, values, y, .. } = &panel.marks[0] else { panic!("cells") };
    assert_eq!((panel.y.low, y.0), (0.0, 0.0));
    let top = y.0 + y.1 * (values.len() / columns) as f64;
    assert!(panel.y.high > 0.01 && (top - panel.y.high).abs() < 1e-12, "{} {top}", panel.y.high);
    assert!(values[..*columns].iter().all(|count| *count > 0.0), "zeros are in the lowest cells, those of all times");
}

#[test]
fn a_map_where_all_is_alike_has_its_colour_on_the_bar() {
    let mut all = Connections::new("S", (200, 200));
    (0..40_000).for_each(|n| all.add(n / 200, n % 200));
    let shown = plotly(&all.finish().expect("a picture"));
    let map = shown["data"].as_array().and_then(|data| data.iter().find(|trace| trace["type"] == "heatmap"));
    let map = map.expect("cells");
    let stops = map["colorscale"].as_array().expect("stops");
    let (last, before) = (&stops[stops.len() - 1], &stops[stops.len() - 2]);
    assert_eq!((&last[0], map["zmax"].as_f64()), (&serde_json::json!(1.0), Some(1.0)));
    assert!(last[1] == before[1] && before[0].as_f64().is_some_and(|place| place < 0.6), "{stops:?}");
    assert_eq!(last[1], "#08306b", "as in files");
}

#[test]
fn a_rate_that_is_recorded_is_not_counted_once_more() {
    let about = about(0.1, 4);
    let mut counted = Sketch::new("P.spikes", &about);
    counted.add(&spikes(&four()));
    let mut recorded = Sketch::new("P.population_rate", &about);
    let times: Vec<f64> = (0..100).map(|n| f64::from(n) * 1e-3).collect();
    recorded.add(&named(vec![("t", "s", real(times)), ("rate", "Hz", real(vec![100.0; 100]))]));
    let names: Vec<String> = all([counted, recorded], Vec::new()).into_iter().map(|made| made.name).collect();
    assert_eq!(names, ["P.spikes", "P.population_rate"]);
}

/// The same, where a recording of this file was asked for so, since some time [s].
fn of(about: About, file: &str, recorded: &str, since_s: f64) -> About {
    let origin = Origin { recorded: recorded.to_owned(), since_s, ..Origin::default() };
    About { origins: vec![(file.to_owned(), origin)], ..about }
}

#[test]
fn of_a_window_nothing_is_drawn_before_it_begins() {
    // The last 100 ms of 100 s: spikes of two neurons from a while after the window begins.
    let about = of(about(100.0, 10), "P.spikes.last", "P.spikes last", 99.9);
    let few: Vec<(i64, u32)> = (0..50).map(|n| (999_100 + n * 10, (n % 2) as u32)).collect();
    let many: Vec<(i64, u32)> = (0..20_000).map(|n| (999_100 + n / 25, (n % 10) as u32)).collect();
    for spikes in [&few, &many].map(|of| spikes(of)) {
        let made = pictures("P.spikes.last", &about, &[spikes]);
        assert_eq!(made[0].title, "Spikes of P, the last 100 ms");
        assert_eq!(made[1].title, "Rate of P, the last 100 ms");
        for picture in &made {
            let x = &picture.panels[0].x;
            assert!((x.low - 99.9).abs() < 1e-9 && (x.high - 100.0).abs() < 1e-3, "{}: {x:?}", picture.title);
        }
        let Mark::Line { x, y, .. } = &made[1].panels[0].marks[0] else { panic!("a rate") };
        assert!(y[0] == 0.0 && x.len() > 20, "nothing was silent but the first 10 ms: {x:?} {y:?}");
    }
    let made = pictures("P.spikes.last", &about, &[spikes(&many)]);
    let [Mark::Density { x, columns, values, .. }] = made[0].panels[0].marks.as_slice() else { panic!("cells") };
    assert!(*columns > 800 && x.1 < 2e-4, "as fine as a window needs: {columns} of {}", x.1);
    assert_eq!(values.iter().map(|value| f64::from(*value)).sum::<f64>(), 2e4);
    let none = pictures("P.spikes.last", &about, &[spikes(&[])]);
    assert!((none[0].panels[0].x.low - 99.9).abs() < 1e-9, "a window in which nothing happened");
    let sampled = samples("v", "V", vec![99.91, 99.93], vec![0], vec![0.0, 1.0]);
    let about = of(about.clone(), "P.v.last", "P.v last", 99.9);
    let traces = pictures("P.v.last", &about, &[sampled]);
    assert!((traces[0].panels[0].x.low - 99.9).abs() < 1e-9 && traces[0].panels[0].x.high == 100.0);
    assert_eq!(traces[0].title, "v[0] of P, the last 100 ms");
}

#[test]
fn a_rate_of_a_window_does_not_stand_for_that_of_the_whole_run() {
    let rate = |times: std::ops::Range<u32>| {
        let times: Vec<f64> = times.map(|n| f64::from(n) * 1e-3).collect();
        let rates = vec![100.0; times.len()];
        named(vec![("t", "s", real(times)), ("rate", "Hz", real(rates))])
    };
    let names = |recorded: &[(&str, &str, f64, Table<'static>)]| {
        let origin = |since_s, recorded: &str| Origin { recorded: recorded.to_owned(), since_s, ..Origin::default() };
        let origins = recorded.iter().map(|(file, words, since, _)| ((*file).to_owned(), origin(*since, words)));
        let about = About { origins: origins.collect(), ..about(0.1, 4) };
        let sketches = recorded.iter().map(|(file, _, _, table)| {
            let mut sketch = Sketch::new(file, &about);
            sketch.add(table);
            sketch
        });
        all(sketches.collect::<Vec<_>>(), Vec::new()).into_iter().map(|made| made.file_name()).collect::<Vec<_>>()
    };
    let window = ("P.population_rate.last", "P.population_rate last", 0.09, rate(90..100));
    let whole = ("P.population_rate", "P.population_rate", 0.0, rate(0..100));
    let spikes = ("P.spikes", "P.spikes", 0.0, spikes(&four()));
    assert_eq!(
        names(&[spikes.clone(), window.clone()]),
        ["P.spikes.raster", "P.spikes.rates", "P.population_rate.last.rates"]
    );
    assert_eq!(names(&[spikes, whole.clone()]), ["P.spikes.raster", "P.population_rate.rates"]);
    assert_eq!(names(&[whole, window]), ["P.population_rate.rates", "P.population_rate.last.rates"]);
}

#[test]
fn values_of_elements_are_called_what_they_are() {
    let values = |name: &str, unit: &str| {
        named(vec![("i", "1", index((0..4).collect())), (name, unit, real(vec![0.01, 0.02, 0.02, 0.035]))])
    };
    let rows = [
        ("P.v.at_end", "P.v at end", values("v", "V"), "v of P at the end", "v [mV]"),
        ("P.v.mean", "P.v mean", values("mean", "V"), "Mean over time of P.v", "mean of v [mV]"),
        ("P.v.variance", "P.v variance", values("variance", "V^2"), "Variance over time of P.v", "variance of v [V^2]"),
        ("S.w.mean", "S.w mean", values("mean", "1"), "Mean over time of S.w", "mean of w"),
        ("P.spikes.counts", "P.spikes counts", values("count", "1"), "Spikes of each neuron of P", "spikes"),
        ("P.high.counts", "P[:9].high counts", values("count", "1"), "Events high of each neuron of P[:9]", "events"),
    ];
    for (file, recorded, table, title, label) in rows {
        let made = pictures(file, &of(about(1.0, 4), file, recorded, 0.0), &[table]);
        assert_eq!((made[0].title.as_str(), made[0].panels[0].x.label.as_str()), (title, label));
        let counted = if file.starts_with('S') { "synapses" } else { "neurons" };
        assert_eq!((made[0].note.as_str(), made[0].panels[0].y.label.as_str()), (&*format!("4 {counted}"), counted));
    }
}

#[test]
fn whole_numbers_have_bars_around_them() {
    let counts = Columns::Long(Cow::Owned(vec![3, 5, 5, 8]));
    let table = named(vec![("i", "1", index((0..4).collect())), ("count", "1", counts)]);
    let made = pictures("P.spikes.counts", &about(1.0, 4), &[table]);
    let [Mark::Bars { start, width, heights, .. }] = made[0].panels[0].marks.as_slice() else { panic!("bars") };
    assert_eq!((*start, *width), (2.5, 1.0));
    assert_eq!(heights, &[1.0, 0.0, 2.0, 0.0, 0.0, 1.0]);
}

#[test]
fn a_scale_ends_where_nearly_all_cells_do() {
    let rows = 100;
    let mut sketch = Sketch::new("S.w", &about(1.0, 4));
    for row in 0..rows {
        let spread = f64::from(row) / f64::from(rows);
        let values = (0..1_000).map(|n| 0.5 + spread * (f64::from(n % 100) * 0.01 - 0.5)).collect();
        sketch.add(&samples("w", "1", vec![f64::from(row) * 1e-2], (0..1_000).collect(), values));
    }
    let made = sketch.finish();
    let Mark::Density { values, most: Some(most), .. } = &made[0].panels[0].marks[0] else { panic!("a scale") };
    assert!(values.contains(&1_000.0) && *most < 334.0, "{most}");
    assert!(made[0].note.ends_with(&format!("the darkest cells have {most} or more")), "{}", made[0].note);
    assert_eq!(plotly(&made[0])["data"][0]["zmax"], f64::from(*most));
}

#[test]
fn odd_recordings_are_drawn_all_the_same() {
    let odd = [f64::NAN, f64::INFINITY, 0.0, 0.0, -1e300, 1e300, 5e-324];
    let elements = || (0..odd.len() as u32).collect::<Vec<_>>();
    let cases = [
        ("P.spikes", spikes(&[])),
        ("P.spikes", spikes(&[(0, 0)])),
        ("P.v", samples("v", "V", vec![], vec![0], vec![])),
        ("P.v", samples("v", "V", vec![0.0], vec![], vec![])),
        ("P.v", samples("v", "V", vec![0.0], vec![7], vec![f64::NAN])),
        ("P.v", samples("v", "V", vec![0.0], elements(), odd.to_vec())),
        ("P.v", samples("v", "V", vec![0.0], (0..14).collect(), odd.repeat(2))),
        ("S.w", samples("w", "1", vec![0.0], (0..14).collect(), odd.repeat(2))),
        ("S.w", samples("w", "1", vec![0.0, 1.0], (0..14).collect(), vec![0.5; 28])),
        ("P.v.at_end", named(vec![("i", "1", index(elements())), ("v", "V", real(odd.to_vec()))])),
        ("P.population_rate", named(vec![("t", "s", real(vec![0.0])), ("rate", "Hz", real(vec![0.0]))])),
        ("P.population_rate", named(vec![("t", "s", real(vec![0.0, 1.0])), ("rate", "Hz", real(vec![0.0; 2]))])),
        ("S.synapses", named(vec![("i", "1", index(vec![])), ("j", "1", index(vec![]))])),
        ("S.synapses", named(vec![("i", "1", index(vec![9])), ("j", "1", index(vec![0]))])),
    ];
    for (name, table) in cases {
        for about in [About::default(), about(1.0, 2)] {
            for made in pictures(name, &about, std::slice::from_ref(&table)) {
                for axis in made.panels.iter().flat_map(|panel| [&panel.x, &panel.y]) {
                    assert!(axis.low < axis.high && axis.low.is_finite() && axis.high.is_finite(), "{name}: {axis:?}");
                }
                svg(&made, (300, 200)).unwrap_or_else(|reason| panic!("{name}: {reason}"));
                png(&made, (300, 200)).unwrap_or_else(|reason| panic!("{name}: {reason}"));
                assert!(plotly(&made).to_string().len() > 100);
                let _ = characters(&made, 80);
            }
        }
    }
}

#[test]
fn png_has_letters_without_fonts_of_the_machine() {
    let made = pictures("P.spikes", &about(0.1, 4), &[spikes(&four())]);
    let bytes = png(&made[0], (600, 320)).expect("drawn");
    let mut reader = ::png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("a picture");
    let mut pixels = vec![0; reader.output_buffer_size().expect("small")];
    let frame = reader.next_frame(&mut pixels).expect("whole");
    assert_eq!((frame.width, frame.height), (600, 320));
    let ink = |rows: std::ops::Range<usize>| {
        let part = &pixels[rows.start * 600 * 3..rows.end * 600 * 3];
        part.chunks(3).filter(|pixel| pixel.iter().all(|channel| *channel < 120)).count()
    };
    assert!(ink(6..30) > 100, "the title has {} dark pixels", ink(6..30));
    assert!(ink(290..320) > 60, "the label of the axis has {} dark pixels", ink(290..320));
}
