//! Sweeps: what is varied, what is measured, what happens at a point; and what is refused.

use super::super::{Options, resolve};
use super::{check, lines, network};
use crate::ir::expr::Type;
use crate::ir::network::{Action, Axis, Measured, Network, Recorded, Seeds};
use crate::units::Dimension;
use grammar::{Diagnostic, SourceId};

/// Constants, neurons that spike, synapses: what every text begins with.
const MODEL: &str = "tau = 10*ms; w = 0.5; n = 3; on = True; unused = 1; big = 2*tau\n\
    neurons P[n + 1] { dv/dt = (w - v)/tau : 1\nu = 2*v*int(on) : 1\nk : integer\nthreshold v > 1\nreset v = 0\n\
    event high if v > 0.5 }\n\
    neurons Q[2] { dx/dt = -x/big : volt }\n\
    synapses S: P -> P { g : 1\non_pre v_post += g\nconnect all }\n\
    Pa = P[:2]\nramp = [1, 2, 3]; both = [True, False]; stim = timed_array([1, 2], dt = 1*ms)\n";

fn swept(text: &str) -> Network {
    network(&format!("{MODEL}{text}"))
}

/// What is wrong with a text behind the model.
fn wrong(text: &str) -> String {
    check(&format!("{MODEL}{text}"))
}

fn axes(text: &str) -> Vec<Axis> {
    swept(&format!("sweep {text} {{ run 1*ms; report rate(P) }}")).sweep.expect("a sweep").axes
}

/// The records of measures, as they are named, and the measures.
fn measured(text: &str) -> (Vec<String>, Vec<(String, Measured, Dimension)>) {
    let found = swept(&format!("sweep tau = [1, 2]*ms {{ run 10*ms\n{text} }}"));
    let measures = found.sweep.expect("a sweep").measures;
    let names = found.records.iter().map(|record| record.name.clone()).collect();
    (names, measures.into_iter().map(|measure| (measure.text, measure.what, measure.dimension)).collect())
}

#[test]
fn axes_hold_values_of_their_constants() {
    let found = axes("tau = linspace(1, 10, 4)*ms, w = [0.1, 2]");
    assert_eq!((&*found[0].name, found[0].dimension, found[0].kind), ("tau", Dimension::SECOND, Type::Float));
    assert_eq!(found[0].values, [1.0 * 1e-3, 4.0 * 1e-3, 7.0 * 1e-3, 10.0 * 1e-3]);
    assert_eq!((&*found[1].name, found[1].dimension, found[1].kind), ("w", Dimension::ONE, Type::Float));
    assert_eq!(found[1].values, [0.1, 2.0]);
    let rows: [(&str, &[f64], Type); 13] = [
        ("n = [1, 5]", &[1.0, 5.0], Type::Integer),
        ("n = range(2, 8, 3)", &[2.0, 5.0], Type::Integer),
        ("w = [1, 2.5]", &[1.0, 2.5], Type::Float),
        ("w = [1, 2]*n", &[3.0, 6.0], Type::Integer),
        ("on = [True, False]", &[1.0, 0.0], Type::Boolean),
        ("on = [not True, n > 2]", &[0.0, 1.0], Type::Boolean),
        ("on = both[::-1]", &[0.0, 1.0], Type::Boolean),
        ("on = not both", &[0.0, 1.0], Type::Boolean),
        ("on = ramp > 1", &[0.0, 1.0, 1.0], Type::Boolean),
        ("dt = [0.1, 0.05]*ms", &[0.1 * 1e-3, 0.05 * 1e-3], Type::Float),
        ("seed = range(3)", &[0.0, 1.0, 2.0], Type::Integer),
        ("w = ramp[1:]", &[2.0, 3.0], Type::Integer),
        ("w = logspace(0.01, 1, 3)", &[0.01, 0.1, 1.0], Type::Float),
    ];
    for (text, values, kind) in rows {
        let found = axes(text);
        assert_eq!((found[0].values.as_slice(), found[0].kind), (values, kind), "{text}");
    }
}

#[test]
fn the_network_is_that_of_one_point_and_the_body_happens_in_it() {
    let found = swept(
        "run 5*ms\nstore\nsweep tau = [1, 2]*ms seeds apart { restore\nset P.v = w\nrun 7*ms\nprint tau\nreport cv(P) }",
    );
    let happens: Vec<&str> = found
        .actions
        .iter()
        .map(|action| match action {
            Action::Run { duration, .. } if *duration == 5e-3 => "before",
            Action::Run { duration, .. } if *duration == 7e-3 => "in it",
            Action::Store { .. } => "store",
            Action::Restore { .. } => "restore",
            Action::Set { .. } => "set",
            Action::Print { value, .. } if *value == 10e-3 => "print",
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(happens, ["before", "store", "restore", "set", "in it", "print"]);
    let sweep = found.sweep.expect("a sweep");
    assert_eq!((sweep.seeds, sweep.axes.len(), sweep.measures.len()), (Seeds::Apart, 1, 1));
    let alike = swept("sweep tau = [1, 2]*ms seeds alike { run 7*ms; report cv(P) }").sweep.expect("a sweep");
    assert_eq!(alike.seeds, Seeds::Alike);
    assert!(swept("run 1*ms").sweep.is_none());
}

#[test]
fn measures_are_made_of_records_that_they_share() {
    let (names, measures) = measured("report rate(P), cv(P), count(P), mean(P.v), std(P.v), final(P.v)");
    assert_eq!(names, ["P.spikes counts", "P.spikes", "P.v mean", "P.v variance", "P.v at end"]);
    let whats: Vec<Measured> = measures.iter().map(|row| row.1).collect();
    let deviation = Measured::Deviation { mean: 2, variance: 3 };
    let expected =
        [Measured::Rate(0), Measured::Cv(1), Measured::Count(0), Measured::Mean(2), deviation, Measured::Final(4)];
    assert_eq!(whats, expected);
    let texts: Vec<&str> = measures.iter().map(|row| &*row.0).collect();
    assert_eq!(texts, ["rate(P)", "cv(P)", "count(P)", "mean(P.v)", "std(P.v)", "final(P.v)"]);
    assert_eq!((measures[0].2, measures[1].2, measures[2].2), (Dimension::HERTZ, Dimension::ONE, Dimension::ONE));
}

#[test]
fn measures_are_of_whatever_can_be_recorded() {
    let (names, measures) = measured("report rate(P[:2]), rate(Pa), count(P.high), cv(Pa.high), rate(P.spikes)");
    assert_eq!(names, ["P[:2].spikes counts", "P.high counts", "Pa.high", "P.spikes counts"]);
    assert_eq!((measures[0].1, measures[1].1), (Measured::Rate(0), Measured::Rate(0)));
    assert_eq!(measures[3].1, Measured::Cv(2));
    let (names, measures) =
        measured("report mean(Q.x), std(Q.x), mean(S.g), final(P.u), final(P.v[0]), final(P.v[1:3])");
    let volt = measures[0].2;
    assert_eq!((volt.spelled().as_str(), measures[1].2), ("volt", volt));
    assert_eq!(names[3..], ["P.u at end", "P.v at end", "P.v at end of report"]);
    let (names, measures) =
        measured("report rate(P) last 5*ms\nreport cv(P), rate(P)\nreport count(P) last 5*ms\nreport cv(P) last 2*ms");
    assert_eq!(names, ["P.spikes last", "P.spikes", "P.spikes counts", "P.spikes last of report"]);
    let texts: Vec<&str> = measures.iter().map(|row| &*row.0).collect();
    assert_eq!(texts, ["rate(P) last 5*ms", "cv(P)", "rate(P)", "count(P) last 5*ms", "cv(P) last 2*ms"]);
    assert_eq!((measures[0].1, measures[3].1, measures[4].1), (Measured::Rate(0), Measured::Count(0), Measured::Cv(3)));
    let poisson =
        network("r = 5*Hz\npoisson G[3] { rate r }\nsweep r = [1, 2]*Hz { run 1*second; report rate(G), rate(G[1:]) }");
    assert_eq!(poisson.records.len(), 2);
}

#[test]
fn means_and_deviations_of_a_window_are_of_the_values_in_it() {
    let (names, measures) = measured("report mean(P.v), mean(S.g), std(S.g)\nreport mean(P.v), std(P.v) last 5*ms");
    assert_eq!(names, ["P.v mean", "S.g mean", "S.g variance", "P.v last"]);
    let texts: Vec<&str> = measures[3..].iter().map(|row| &*row.0).collect();
    assert_eq!(texts, ["mean(P.v) last 5*ms", "std(P.v) last 5*ms"]);
    assert_eq!((measures[3].1, measures[4].1), (Measured::LastMean(3), Measured::LastDeviation(3)));
    let shared = swept("record P.v last 5*ms\nsweep tau = [1]*ms { run 1*ms; report mean(P.v) last 5*ms }");
    assert_eq!(shared.records.len(), 1);
}

#[test]
fn a_record_of_the_text_is_shared_where_it_is_the_same_and_left_alone_where_not() {
    let same = swept("record P.spikes, P.v mean\nsweep tau = [1, 2]*ms { run 1*ms; report cv(P), mean(P.v) }");
    assert_eq!(same.records.len(), 2);
    let measures = same.sweep.expect("a sweep").measures;
    assert_eq!((measures[0].what, measures[1].what), (Measured::Cv(0), Measured::Mean(1)));
    let other = swept("sweep tau = [1, 2]*ms { run 1*ms; report cv(P) }\nrecord P.spikes with v");
    let names: Vec<&str> = other.records.iter().map(|record| &*record.name).collect();
    assert_eq!(names, ["P.spikes", "P.spikes of report"]);
    assert!(matches!(other.records[1].what, Recorded::Spikes(_)) && other.records[1].with.is_empty());
}

#[test]
fn what_cannot_be_a_sweep_is_refused() {
    let rows = [
        (
            "sweep tau = [1]*ms { run 1*ms }",
            "E0613 `sweep tau` this sweep reports nothing: no point would leave anything behind",
        ),
        (
            "sweep tau = [1]*ms { report rate(P) }",
            "E0613 `sweep tau` nothing runs: neither before this sweep nor in it",
        ),
        (
            "sweep tau = [1]*ms { run 1*ms; report rate(P) }\nrun 1*ms",
            "E0613 `run 1*ms` `run` stands after a sweep, where nothing happens any more",
        ),
        (
            "sweep tau = [1]*ms { run 1*ms; report rate(P) }\nsweep w = [1] { run 1*ms; report rate(P) }",
            "E0613 `sweep w = [1] { run 1*ms; report rate(P) }` a text has one sweep, and this is another",
        ),
        (
            "sweep tau = [1]*ms seeds a_part { run 1*ms; report rate(P) }",
            "E0613 `a_part` seeds are `alike` or `apart`, not `a_part`",
        ),
        (
            "sweep seed = [1, 2] seeds apart { run 1*ms; report rate(P) }",
            "E0613 `apart` seeds cannot be apart and varied",
        ),
        (
            "sweep w = linspace(0, 1, 2000), n = range(1, 1000) { run 1*ms; report rate(P) }",
            "E0613 `sweep w` this sweep has 1998000 points, and at most 1000000 are run",
        ),
    ];
    for (text, expected) in rows {
        assert_eq!(wrong(text), expected, "{text}");
    }
}

#[test]
fn what_cannot_be_varied_is_refused() {
    let rows = [
        ("taa = [1]", "E0201 `taa` the text has no constant `taa` to vary"),
        ("v = [1]", "E0201 `v` the text has no constant `v` to vary"),
        ("Pa = [1]", "E0614 `Pa` `Pa` is a part of a population, and what is varied is a constant"),
        ("ramp = [1]", "E0614 `ramp` `ramp` is an array, and what is varied is one value"),
        ("stim = [1]", "E0614 `stim` `stim` is an array, and what is varied is one value"),
        ("P = [1]", "E0201 `P` the text has no constant `P` to vary"),
        ("w = [1], w = [2]", "E0614 `w` `w` is varied twice"),
        ("w = 3", "E0614 `3` `3` is one value, and a sweep goes through several"),
        (
            "w = npy(\"nothing.npy\")",
            "E0803 `npy(\"nothing.npy\")` `npy(\"nothing.npy\")` has no entries, and an axis has at least one",
        ),
        ("w = []", "E0803 `[]` this list is empty"),
        ("w = [[1, 2], [3, 4]]", "E0803 `[[1, 2], [3, 4]]` `[[1, 2], [3, 4]]` is an array of 2 rows and 2 columns"),
        ("tau = [1, 2]", "E0302 `1` `tau` has unit s, and what it is given here has no unit"),
        ("tau = [1, 2]*mV", "E0302 `[1, 2]*mV` `tau` has unit s, and what it is given here has unit V"),
        ("tau = [1*ms, 2]", "E0301 `[1*ms, 2]` the first entry has unit s, and another one has no unit"),
        ("on = [0, 1]", "E0304 `0` `on` is true or false, and the values it is given here are numbers"),
        ("w = [True]", "E0304 `True` `w` is a number, and the values it is given here are true or false"),
        ("dt = [0.1, 0]*ms", "E0603 `[0.1, 0]*ms` the time step is 0 s here, and must be more than 0"),
        ("seed = [1, -1]", "E0609 `1` a seed is an integer of 0 or more, and -1 is none"),
        ("seed = [0.5]", "E0609 `0.5` a seed is an integer of 0 or more, and 0.5 is none"),
        (
            "w = [1, 2], tau = [1, 2]*w*ms",
            "E0614 `w` `w` is another at every point, and the values of an axis are known before",
        ),
        (
            "tau = [1, 2]*ms, w = [big/tau]",
            "E0614 `big` `big` is another at every point, and the values of an axis are known before",
        ),
        ("w = [v]", "E0201 `v` nothing is called `v`"),
    ];
    for (text, expected) in rows {
        assert_eq!(wrong(&format!("sweep {text} {{ run 1*ms; report rate(P) }}")), expected, "{text}");
    }
}

#[test]
fn what_cannot_be_measured_is_refused() {
    let rows = [
        ("rat(P)", "E0615 `rat` there is no measure `rat`"),
        ("average(P.v)", "E0615 `average` there is no measure `average`"),
        ("P.v", "E0615 `P.v` `P.v` is no measure"),
        ("P", "E0615 `P` `P` is no measure"),
        ("rate(P)*2", "E0615 `rate(P)*2` `rate(P)*2` is no measure"),
        ("rate(P, Pa)", "E0306 `rate(P, Pa)` `rate` measures one thing, and has no options"),
        ("rate(group = P)", "E0306 `rate(group = P)` `rate` measures one thing, and has no options"),
        ("rate(Q)", "E0406 `Q` `Q` never spikes: its neurons have no threshold"),
        ("rate(S)", "E0615 `S` `S` are synapses, and `rate` is of what spikes"),
        ("rate(P.v)", "E0615 `P.v` `P.v` holds values, and `rate` is of spikes or events"),
        ("rate(R)", "E0207 `R` there is no group called `R`"),
        ("mean(P)", "E0615 `P` `mean` is of a variable, and `P` is none"),
        ("mean(P.spikes)", "E0615 `P.spikes` `P.spikes` is no variable, and `mean` is of values"),
        ("std(P.high)", "E0615 `P.high` `P.high` is no variable, and `std` is of values"),
        ("final(S.synapses)", "E0615 `S.synapses` `S.synapses` is no variable, and `final` is of values"),
        ("mean(P.vv)", "E0201 `vv` `P` has no variable `vv`"),
        ("mean(P.v) last 0*ms", "E0603 `0*ms` the last 0 s hold nothing: there is a sample every 100 us"),
        ("final(P.v) last 1*ms", "E0615 `1*ms` `final(P.v)` is the value at the end: `last` says nothing about it"),
        ("rate(P), cv(P) last 1*mV", "E0302 `1*mV` `last` takes a time, and `1*mV` has unit V"),
        ("rate(P), rate(P)", "E0608 `rate(P)` `rate(P)` is reported twice"),
        ("rate(P[7:9])", "E0602 `7` index 7 is outside a group of 4 neurons"),
    ];
    for (text, expected) in rows {
        assert_eq!(wrong(&format!("sweep tau = [1]*ms {{ run 1*ms; report {text} }}")), expected, "{text}");
    }
}

#[test]
fn an_axis_that_nothing_uses_is_warned_of_unless_seeds_are_apart() {
    let text = |seeds: &str| format!("sweep unused = range(4){seeds} {{ run 1*ms; report rate(P) }}");
    assert_eq!(wrong(&text("")), "W0604 `unused` nothing uses `unused`: it makes no difference which value it has");
    assert_eq!(wrong(&text(" seeds apart")), "");
    assert_eq!(wrong("sweep tau = [1]*ms, n = [1], on = [True] { run 1*ms; report rate(P) }"), "");
    assert_eq!(wrong("sweep unused = [1] { run unused*ms; report rate(P) }"), "");
}

#[test]
fn a_description_has_the_sweep() {
    let found =
        swept("sweep tau = linspace(1, 10, 30)*ms, n = [2, 5] seeds apart { run 1*ms; report rate(P), mean(Q.x) }");
    let text = crate::ir::describe::network(&found);
    let (_, sweep) = text.split_once("sweep seeds apart\n").expect("it is there");
    assert_eq!(
        sweep,
        "    axis tau (s): 0.001 to 0.01, 30 in all\n    axis n (1): 2 to 5, 2 in all\n    \
         report rate(P) (Hz)\n    report mean(Q.x) (V)\n"
    );
}

fn with(text: &str, options: &Options) -> (Option<Network>, String) {
    let source = format!("{MODEL}{text}");
    let parsed = grammar::parse(SourceId(0), &source);
    let (network, found): (_, Vec<Diagnostic>) = resolve(&parsed.file, options);
    (network, lines(&source, &found))
}

#[test]
fn a_value_from_outside_and_an_axis_are_one_too_many_except_for_a_point() {
    let text = "sweep tau = [1, 2]*ms, dt = [0.1, 0.2]*ms { run 1*ms; report rate(P) }";
    let given = grammar::parse(SourceId(1), "tau = 3*ms").file.items;
    let overrides: Vec<_> = given
        .into_iter()
        .filter_map(|item| match item.kind {
            grammar::ast::ItemKind::Definition { name, value } => Some((name, value)),
            _ => None,
        })
        .collect();
    let options = Options { overrides: overrides.clone(), ..Options::default() };
    let (network, found) = with(text, &options);
    assert!(network.is_none());
    assert!(found.ends_with("`tau` is varied by the sweep, and given a value from outside"), "{found}");
    let options = Options { dt: Some((1e-4, grammar::Span::default())), ..Options::default() };
    let (_, found) = with(text, &options);
    assert!(found.ends_with("`dt` is varied by the sweep, and given a value from outside"), "{found}");
    let (network, found) = with(text, &Options { overrides, point: true, ..Options::default() });
    assert_eq!(found, "");
    let sweep = network.and_then(|network| network.sweep).expect("a point");
    assert_eq!((sweep.axes.len(), sweep.measures.len()), (0, 1));
}
