//! Sweeps of one to four axes, to the value; of odd ones, that they can be drawn at all.

use super::*;
use crate::pictures::{characters, plotly, png, svg};

const KIND: &str = "rate(P)";

fn varied<'a>(name: &'a str, unit: &'a str, values: &'a [f64]) -> Varied<'a> {
    Varied { name, unit, values }
}

fn pictures(axes: &[Varied<'_>], value: impl Fn(&[f64]) -> Option<f64>) -> Vec<Picture> {
    let mut points = vec![Vec::new()];
    for axis in axes {
        let with = |point: &Vec<f64>| {
            let more = |value: &f64| [point.as_slice(), &[*value]].concat();
            axis.values.iter().map(more).collect::<Vec<_>>()
        };
        points = points.iter().flat_map(with).collect();
    }
    let values: Vec<Option<f64>> = points.iter().map(|point| value(point)).collect();
    Swept { measure: KIND, unit: "Hz", axes, values: &values }.pictures()
}

/// 0, 0.25, … nA
fn currents() -> Vec<f64> {
    (0..9).map(|n| f64::from(n) * 0.25e-9).collect()
}

fn above(threshold: f64, current: f64) -> f64 {
    (60e9 * (current - threshold)).max(0.0)
}

#[test]
fn one_axis_is_a_curve_with_its_points_and_gaps() {
    let made = pictures(&[varied("I", "A", &currents())], |at| (at[0] != 1e-9).then(|| above(0.6e-9, at[0])));
    let [picture] = made.as_slice() else { panic!("one picture") };
    assert_eq!((picture.title.as_str(), picture.file_name().as_str()), ("rate(P) by I", "rate-P.sweep"));
    assert_eq!(picture.note, "1 of 9 points have no value");
    let panel = &picture.panels[0];
    assert_eq!((panel.x.label.as_str(), panel.y.label.as_str(), panel.y.low), ("I [nA]", "rate(P) [Hz]", 0.0));
    let [Mark::Line { x, y, dots: true, .. }] = panel.marks.as_slice() else { panic!("a curve") };
    assert!(x.iter().enumerate().all(|(place, x)| (x - 0.25 * place as f64).abs() < 1e-9), "{x:?}");
    assert!(y[4].is_nan() && y[3] > 8.9 && y[8] > 83.9, "{y:?}");
    insta::assert_snapshot!(characters(picture, 60).expect("wide enough"));
    insta::assert_snapshot!(svg(picture, (400, 240)).expect("drawn"));
}

#[test]
fn few_values_of_one_of_two_axes_are_a_curve_each() {
    for turned in [false, true] {
        let (current, threshold) = (currents(), [0.1e-9, 0.6e-9, 1.1e-9]);
        let mut axes = [varied("I", "A", &current), varied("theta", "A", &threshold)];
        if turned {
            axes.reverse();
        }
        let made = pictures(&axes, |at| Some(if turned { above(at[0], at[1]) } else { above(at[1], at[0]) }));
        let [picture] = made.as_slice() else { panic!("one picture") };
        let curves = picture.panels[0].marks.iter().map(|mark| match mark {
            Mark::Line { name, x, y, .. } => (name.as_str(), x.len(), y[8].round()),
            _ => panic!("a curve"),
        });
        let curves: Vec<_> = curves.collect();
        assert_eq!(curves, [("theta = 100 pA", 9, 114.0), ("theta = 600 pA", 9, 84.0), ("theta = 1.1 nA", 9, 54.0)]);
        assert_eq!(plotly(picture)["layout"]["showlegend"], true);
        insta::assert_snapshot!(
            "curves_in_characters",
            characters(picture, 60).expect("wide enough").replace("theta and I", "I and theta")
        );
    }
}

#[test]
fn two_axes_are_a_map_with_every_value_in_its_cell() {
    // Neither ascending nor evenly spaced.
    let (first, second) = ([3e-3, 1e-3, 2e-3, 4e-3, 6e-3, 5e-3], [0.5, 0.1, 0.2, 0.3, 0.4, 0.7, 0.6]);
    let made = pictures(&[varied("tau", "s", &first), varied("w", "1", &second)], |at| {
        (at[1] != 0.4).then_some(at[0] * 1e4 + at[1] * 10.0)
    });
    let [Mark::Cells { x, y, values, range, .. }] = made[0].panels[0].marks.as_slice() else { panic!("a map") };
    assert_eq!((x.len(), y.len(), values.len()), (7, 8, 42));
    assert!((x[0] - 0.5).abs() < 1e-9 && (x[6] - 6.5).abs() < 1e-9 && (y[0] - 0.05).abs() < 1e-9, "{x:?} {y:?}");
    for (row, values) in values.chunks(6).enumerate() {
        for (column, value) in values.iter().enumerate() {
            let expected = (column + 1) as f32 * 10.0 + (row + 1) as f32;
            assert!(if row == 3 { value.is_nan() } else { (value - expected).abs() < 1e-4 }, "{row} {column} {value}");
        }
    }
    assert_eq!(*range, (11.0, 67.0));
    assert_eq!(made[0].note, "6 of 42 points have no value");
    insta::assert_snapshot!(characters(&made[0], 60).expect("wide enough"));
}

#[test]
fn logarithmic_steps_are_drawn_so() {
    let steps: Vec<f64> = (0..7).map(|n| 1e-3 * 10f64.powf(f64::from(n) / 2.0)).collect();
    let even: Vec<f64> = (1..8).map(f64::from).collect();
    let made = pictures(&[varied("g", "S", &steps), varied("n", "1", &even)], |at| Some(at[1]));
    let panel = &made[0].panels[0];
    assert!(panel.x.log && !panel.y.log);
    let [Mark::Cells { x, .. }] = panel.marks.as_slice() else { panic!("a map") };
    assert!(x.windows(2).all(|pair| (pair[1] / pair[0] - 10f64.sqrt()).abs() < 1e-9), "{x:?}");
    let layout = &plotly(&made[0])["layout"];
    assert_eq!((layout["xaxis"]["type"].as_str(), layout["yaxis"].get("type")), (Some("log"), None));
    for few in [&[1.0, 10.0, 100.0][..], &[1.0, 2.0, 4.0, 8.0], &[0.0, 1.0, 10.0, 100.0], &[1.0, 10.0, 100.0, 1010.0]] {
        assert!(!pictures(&[varied("g", "S", few)], |at| Some(at[0]))[0].panels[0].x.log, "{few:?}");
    }
}

#[test]
fn further_axes_have_a_picture_for_each_of_their_values() {
    let (g, tau, current) = ([1e-9, 2e-9], [5e-3], currents());
    let thresholds: Vec<f64> = (0..7).map(|n| f64::from(n) * 0.1e-9).collect();
    let axes =
        [varied("g", "S", &g), varied("tau", "s", &tau), varied("theta", "A", &thresholds), varied("I", "A", &current)];
    let made = pictures(&axes, |at| Some(above(at[2], at[3]) + at[0]));
    let titles: Vec<&str> = made.iter().map(|picture| picture.title.as_str()).collect();
    assert_eq!(titles, ["rate(P) by theta and I, g = 1 nS", "rate(P) by theta and I, g = 2 nS"]);
    let files: Vec<String> = made.iter().map(Picture::file_name).collect();
    assert_eq!(files, ["rate-P.1.sweep", "rate-P.2.sweep"]);
    assert!(made.iter().all(|picture| picture.note == "tau = 5 ms"));
    let many: Vec<f64> = (0..30).map(f64::from).collect();
    let axes = [varied("a", "1", &many), varied("b", "1", &g), varied("c", "1", &many), varied("d", "1", &many)];
    let made = pictures(&axes, |at| Some(at[0] * 2.0 + at[1] * 1e9));
    assert_eq!((made.len(), made[3].title.as_str()), (12, "rate(P) by c and d, a = 1, b = 2e-9"));
    assert_eq!(made[0].note, "the first 12 values of a and b are drawn, 48 are left out");
    let [Mark::Cells { range, .. }] = made[0].panels[0].marks.as_slice() else { panic!("a map") };
    assert_eq!(*range, (1.0, 60.0), "one scale for all");
}

#[test]
fn files_of_measures_have_plain_names_each_its_own() {
    let (axes, values) = ([varied("a", "1", &[1.0, 2.0])], [Some(1.0), Some(2.0)]);
    let measures = [
        "rate(P) last 1*second",
        "mean(P.v[0, 2])",
        "mean(P.v[0:2])",
        "mean(P.v[i > 1])",
        "mean(P.v[i < 1])",
        "mean(P.v[0, 2, 2])",
        "(µ)",
        "../x \"y\"",
    ];
    let made = swept(measures.map(|measure| Swept { measure, unit: "1", axes: &axes, values: &values }));
    let files: Vec<String> = made.iter().map(|(_, picture)| picture.file_name()).collect();
    let expected = [
        "rate-P-last-1-second.sweep",
        "mean-P.v-0-2.sweep",
        "mean-P.v-0-2-2.sweep",
        "mean-P.v-i-1.sweep",
        "mean-P.v-i-1-2.sweep",
        "mean-P.v-0-2-2-2.sweep",
        "measure.sweep",
        "x-y.sweep",
    ];
    assert_eq!(files, expected);
}

#[test]
fn odd_sweeps_are_drawn_all_the_same() {
    let nan = f64::NAN;
    let ten: Vec<f64> = (0..10).map(f64::from).collect();
    let (nowhere, alike) = ([nan; 7], [2.0; 7]);
    let odd = [3.0, -1e300, 0.0, 0.0, 5e-324, 1e300, f64::INFINITY, nan];
    let axes: [&[Varied<'_>]; 10] = [
        &[],
        &[varied("a", "1", &[])],
        &[varied("a", "1", &[7.0])],
        &[varied("truth", "1", &[1.0, 0.0])],
        &[varied("truth", "1", &[0.0, 1.0]), varied("other", "1", &[1.0, 0.0])],
        &[varied("a", "V", &odd)],
        &[varied("a", "V", &odd), varied("b", "1", &ten)],
        &[varied("a", "V", &ten), varied("b", "1", &odd)],
        &[varied("a", "1", &nowhere), varied("b", "1", &nowhere)],
        &[varied("a", "1", &alike), varied("b", "1", &alike), varied("c", "1", &[])],
    ];
    let values: [fn(usize) -> Option<f64>; 6] = [
        |_| None,
        |_| Some(f64::NAN),
        |place| (place == 1).then_some(3.0),
        |_| Some(-2.0),
        |place| Some([1e300, -1e300, 0.0][place % 3]),
        |place| Some(place as f64),
    ];
    for axes in axes {
        for value in values {
            for count in [0, 1, 200] {
                let values: Vec<Option<f64>> = (0..count).map(value).collect();
                for picture in (Swept { measure: "a/b: \"c\"", unit: "1", axes, values: &values }).pictures() {
                    assert!(!picture.file_name().contains(['/', ':', '"', ' ']), "{}", picture.file_name());
                    for axis in picture.panels.iter().flat_map(|panel| [&panel.x, &panel.y]) {
                        assert!(
                            axis.low < axis.high && axis.low.is_finite() && axis.high.is_finite(),
                            "{axes:?}: {axis:?}"
                        );
                    }
                    svg(&picture, (300, 200)).unwrap_or_else(|reason| panic!("{axes:?}: {reason}"));
                    png(&picture, (300, 200)).unwrap_or_else(|reason| panic!("{axes:?}: {reason}"));
                    assert!(plotly(&picture).to_string().len() > 100);
                    for width in [10, 30, 80] {
                        let _ = characters(&picture, width);
                    }
                }
            }
        }
    }
}
