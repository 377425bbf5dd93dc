//! Arrays of lists and files, timed arrays, and spikes from either.

use super::{check, network};
use crate::ir::expr::{Node, VariableId};
use crate::ir::network::{Action, Network, PopulationKind, Role, Rule};
use crate::units::Dimension;

/// The values of the timed array `a` of a text, and how many columns it has.
fn timed(definition: &str) -> (Vec<f64>, u32) {
    let found = network(&format!("{definition}\nneurons P[4] {{ x : 1 }}"));
    let array = found.arrays.iter().find(|array| array.name == "a").expect("the array");
    (array.values.to_vec(), array.columns)
}

#[test]
fn lists_files_slices_and_arithmetic_give_arrays() {
    let rows: [(&str, &[f64], u32); 13] = [
        ("a = timed_array([0, 1.5, -2], dt = 7*ms)", &[0.0, 1.5, -2.0], 1),
        ("a = timed_array([1, 2]*nA, 7*ms)", &[1e-9, 2e-9], 1),
        ("a = timed_array([1*mV, 2*mV] + 1*volt, dt = 1*ms)", &[1.001, 1.002], 1),
        ("a = timed_array([[0, 1], [2, 3]], dt = 1*ms)", &[0.0, 1.0, 2.0, 3.0], 2),
        ("x = npy(\"four.npy\")*gain; gain = 2*volt; a = timed_array(x, dt = 1*ms)", &[1.0, 2.0, 3.0, 4.0], 1),
        ("a = timed_array(npy(\"movie.npy\")[::-1], dt = 1*ms)", &[4.0, 5.0, 2.0, 3.0, 0.0, 1.0], 2),
        ("a = timed_array((1 - npy(\"movie.npy\"))[1:, :1], dt = 1*ms)", &[-1.0, -3.0], 1),
        ("a = timed_array(npy(\"movie.npy\")[:, 1], dt = 1*ms)", &[1.0, 3.0, 5.0], 1),
        ("a = timed_array(npy(\"movie.npy\")[-1], dt = 1*ms)", &[4.0, 5.0], 1),
        ("x = npy(\"four.npy\"); y = x[1:3]; a = timed_array(sqrt(y**2), dt = 1*ms)", &[1.0, 1.5], 1),
        ("a = timed_array(csv(\"edges.csv\", w), dt = 1*ms)", &[0.5, 1.5], 1),
        ("a = timed_array(csv(\"spikes.csv\", t)/ms, dt = 1*ms)", &[1.0, 2.5], 1),
        ("x = npy(\"movie.npy\"); n = rows(x) + columns(x); a = timed_array([1]*n, dt = 1*ms)", &[5.0], 1),
    ];
    for (text, values, columns) in rows {
        let (found, width) = timed(text);
        assert_eq!((found.as_slice(), width), (values, columns), "{text}");
    }
}

#[test]
fn lists_of_neurons_know_how_many_there_are() {
    let text = "neurons P[4] { x : 1\ninit x = linspace(0, 6, N) }\nset P.x = range(N)/N\nset P.x[::2] = [N, -N]\n";
    let found = network(text);
    assert_eq!(found.given[0].values[..], [0.0, 2.0, 4.0, 6.0]);
    let set = found.actions.iter().filter_map(|action| match action {
        Action::SetEach { values, .. } => Some(&values[..]),
        _ => None,
    });
    assert_eq!(set.collect::<Vec<_>>(), [&[0.0, 0.25, 0.5, 0.75][..], &[4.0, -4.0]]);
}

#[test]
fn ranges_are_arrays_wherever_arrays_stand() {
    let rows: [(&str, &[f64]); 12] = [
        ("linspace(0, 1, 5)", &[0.0, 0.25, 0.5, 0.75, 1.0]),
        ("linspace(1, 3, 3)*nA", &[1e-9, 2e-9, 3.0 * 1e-9]),
        ("linspace(1*mV, 3*mV, 3)", &[1e-3, 2e-3, 3e-3]),
        ("logspace(1*nS, 100*nS, 2)", &[1e-9, 100.0 * 1e-9]),
        ("range(4)", &[0.0, 1.0, 2.0, 3.0]),
        ("range(1, 4)", &[1.0, 2.0, 3.0]),
        ("range(5, 0, -2)", &[5.0, 3.0, 1.0]),
        ("arange(3)", &[0.0, 1.0, 2.0]),
        ("arange(0, 0.5, 0.1)", &[0.0, 0.1, 0.2, 0.300_000_000_000_000_04, 0.4]),
        // The fourth is at the stop, by rounding, and comes out as it does in NumPy.
        ("arange(1, 1.3, 0.1)", &[1.0, 1.1, 1.200_000_000_000_000_2, 1.300_000_000_000_000_3]),
        ("range(6)[1::2]/2", &[0.5, 1.5, 2.5]),
        ("2**range(3) + linspace(0, 2, 3)", &[1.0, 3.0, 6.0]),
    ];
    for (text, values) in rows {
        let (found, _) = timed(&format!("a = timed_array({text}, dt = 1*ms)"));
        assert_eq!(found, values, "{text}");
    }
    let (spikes, _) = spikes("spike_source G[5] { spikes i = range(5), t = linspace(1, 3, 5)*ms }");
    assert_eq!(spikes.len(), 5);
    assert_eq!(spikes[1], (1.5 * 1e-3, 1));
    let found = network(
        "neurons P[4] { x : volt\ninit x = linspace(0, 3, 4)*mV }\nset P.x = range(4)*mV\nrange = 3\nprint range",
    );
    assert_eq!(found.actions.len(), 2);
    let found = network("neurons P[4] { x : 1 }\nsynapses S: P -> P { connect i = range(4), j = range(3, -1, -1) }");
    assert!(
        matches!(&found.projections[0].connects[0].rule, Rule::Pairs { pairs, .. } if pairs[..] == [(0, 3), (1, 2), (2, 1), (3, 0)])
    );
}

#[test]
fn a_size_may_be_that_of_an_array() {
    let found = network("img = npy(\"movie.npy\")\nneurons P[columns(img)] { x : 1 }\nrun rows(img)*ms");
    assert_eq!(found.populations[0].size, 2);
    assert!(matches!(found.actions[..], [Action::Run { duration: 0.003, .. }]));
}

#[test]
fn a_timed_array_is_read_by_its_own_variable_and_has_its_unit() {
    let found = network("stim = timed_array([1, 2]*nA, dt = 7*ms)\nneurons P[2] { I = stim(t) : amp }");
    let array = &found.arrays[0];
    let variable = &found.variables[array.variable.0 as usize];
    assert_eq!((variable.role, variable.dimension), (Role::Array, Dimension([0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0])));
    let value = found.populations[0].subexpressions[0].value;
    assert!(matches!(found.arena.node(value), Node::At(read, _) if *read == array.variable));
    assert_eq!(array.dt, 0.007);
}

#[test]
fn mistakes_about_arrays_have_their_places() {
    let define = "s = timed_array([1, 2]*nA, dt = 7*ms); m = timed_array([[1, 2], [3, 4]], dt = 1*ms)\n";
    let rows = [
        ("neurons P[2] { x = s(t) : 1 }", "E0302 `s(t)` `x` has no unit, and its right side has unit A"),
        ("neurons P[2] { x = m(t) : 1 }", "E0306 `m(t)` `m` has 2 columns: it takes a time and the number of a column"),
        (
            "neurons P[2] { x = s(t, i) : amp }",
            "E0306 `s(t, i)` `s` has one value for every time: it takes a time alone",
        ),
        ("neurons P[2] { x = s(t/ms) : amp }", "E0302 `t/ms` `s` takes a time, and `t/ms` has no unit"),
        ("neurons P[2] { x = m(t, 0.5) : 1 }", "E0305 `0.5` the column of `m` takes an integer, and `0.5` is none"),
        ("neurons P[2] { x = s : amp }", "E0205 `s` `s` is a function of time, not a value"),
        ("x = s(1*ms); print x", "E0205 `s(1*ms)` `s(1*ms)` is read while time passes, and a constant is known before"),
        ("w = [1, 2]; neurons P[2] { x = w : 1 }", "E0205 `w` `w` is an array, not one value"),
        (
            "neurons P[2] { x = npy(\"four.npy\") : 1 }",
            "E0205 `npy(\"four.npy\")` `npy(\"four.npy\")` is an array, not one value",
        ),
        ("a = timed_array(3, dt = 1*ms); print 1", "E0205 `3` `timed_array` takes an array, and `3` is none"),
        (
            "a = timed_array([1, 2]); print 1",
            "E0306 `timed_array([1, 2])` `timed_array` takes its values and the time `dt` from one row to the next",
        ),
        (
            "a = timed_array([1, 2], dt = 0*ms); print 1",
            "E0603 `0*ms` rows follow each other after more than 0 s, and `0*ms` is 0 s",
        ),
        ("a = [1, 2*mV]; print 1", "E0301 `[1, 2*mV]` the first entry has no unit, and another one has unit V"),
        ("a = [1, 2]*mV + 3; print 1", "E0301 `+` `[1, 2]*mV` has unit V, `3` has no unit: they cannot be added"),
        ("a = [1, 0]; b = 1/a; print 1", "E0606 `1/a` entry 1 of `1/a` is inf"),
        ("a = [[1, 2], [3]]; print 1", "E0803 `[3]` this row has 1 entries, and the first one 2"),
        (
            "a = npy(\"four.npy\") + npy(\"three.npy\"); print 1",
            "E0803 `npy(\"three.npy\")` `npy(\"four.npy\")` is a list of 4, and `npy(\"three.npy\")` is a list of 3",
        ),
        (
            "a = npy(\"four.npy\")[::-1, :, 0]; print 1",
            "E0803 `npy(\"four.npy\")[::-1, :, 0]` this array is a list of 4, and has no third dimension",
        ),
        ("a = npy(\"four.npy\")[4]; print 1", "E0803 `4` index 4 is outside an array of 4"),
        ("a = csv(\"edges.csv\", u); print 1", "E0802 `u` \"edges.csv\" has no column `u`"),
        (
            "a = csv(\"edges.csv\"); print 1",
            "E0802 `csv(\"edges.csv\")` the columns of \"edges.csv\" have units of their own",
        ),
        (
            "a = npy(four); print 1",
            "E0306 `npy(four)` `npy` takes the path of a file, in double quotes, and names without quotes",
        ),
        ("print rows(3)", "E0306 `rows(3)` `rows` takes one array"),
    ];
    for (text, expected) in rows {
        assert_eq!(check(&format!("{define}{text}")), expected, "{text}");
    }
}

fn spikes(text: &str) -> (Vec<(f64, u32)>, Option<f64>) {
    let Network { populations, .. } = network(text);
    match &populations[0].kind {
        PopulationKind::Spikes { spikes, period, .. } => (spikes.clone(), *period),
        other => panic!("spikes: {other:?}"),
    }
}

#[test]
fn spikes_come_from_lists_arrays_and_tables_once_or_in_periods() {
    let expected = vec![(0.001, 0), (0.0025, 1)];
    let rows = [
        ("spikes i = [0, 1], t = [1, 2.5]*ms; period 6*ms", Some(0.006)),
        ("spikes csv(\"spikes.csv\")", None),
        ("spikes i = csv(\"spikes.csv\", i), t = csv(\"spikes.csv\", t); period 3*ms", Some(0.003)),
        ("spikes i = npy(\"four.npy\")[1:2] - 1, t = [1]*ms", None),
    ];
    for (text, period) in rows {
        let (found, again) = spikes(&format!("spike_source G[3] {{ {text} }}"));
        let count = if text.contains("[1:2]") { 1 } else { 2 };
        let close = |(a, b): (&(f64, u32), &(f64, u32))| (a.0 - b.0).abs() < 1e-15 && a.1 == b.1;
        assert!(found.len() == count && found.iter().zip(&expected).all(close), "{text}: {found:?}");
        assert_eq!(again, period, "{text}");
    }
    let found = network(
        "spike_source G[3] { spikes i = [0], t = [1]*ms }\nrun 1*ms\nset G { spikes csv(\"spikes.csv\"); period 3*ms }",
    );
    assert!(matches!(&found.actions[1], Action::SetSpikes { spikes, period: Some(0.003), .. } if spikes.len() == 2));
}

#[test]
fn mistakes_about_spikes_have_their_places() {
    let rows = [
        (
            "spikes csv(\"late.csv\")",
            "E0604 `csv(\"late.csv\")` spike 1, counted from 0: a spike cannot be at -2 ms: the experiment begins at 0",
        ),
        (
            "spikes csv(\"twice.csv\")",
            "E0604 `csv(\"twice.csv\")` spike 1, counted from 0: neuron 0 has two spikes in one time step",
        ),
        (
            "spikes csv(\"odd.csv\")",
            "E0802 `csv(\"odd.csv\")` `parsec`, the unit of column `t` of \"odd.csv\", is none",
        ),
        (
            "spikes i = npy(\"four.npy\"), t = 1*ms",
            "E0604 `npy(\"four.npy\")` neurons are listed by their index, an integer",
        ),
        ("spikes i = [9], t = [1]*ms", "E0602 `9` index 9 is outside a group of 3 neurons"),
        (
            "spikes i = npy(\"pairs.npy\")[1], t = [1, 2]*ms",
            "E0602 `npy(\"pairs.npy\")[1]` spike 1, counted from 0: neuron 3 is outside a group of 3 neurons",
        ),
        ("spikes npy(\"three.npy\")", "E0803 `npy(\"three.npy\")` this is a list of 3"),
        (
            "spikes i = [0], t = [1]*ms; period 0.05*ms",
            "E0603 `0.05*ms` a period is one or more whole time steps of 100 us, and `0.05*ms` is 50 us",
        ),
        ("spikes i = [0], t = [7]*ms; period 6*ms", "E0604 `7` a spike at 7 ms is not within a period of 6 ms"),
        ("spikes i = [0], t = [6]*ms; period 6*ms", "E0604 `6` a spike at 6 ms is not within a period of 6 ms"),
    ];
    for (text, expected) in rows {
        assert_eq!(check(&format!("spike_source G[3] {{ {text} }}")), expected, "{text}");
    }
    let rows = [
        ("set P { spikes i = 0, t = 0*ms }", "E0607 `P` `P` is no spike source: its spikes cannot be set"),
        ("set Q { spikes i = 0, t = 0*ms }", "E0207 `Q` there is no group called `Q`"),
        ("set G { period 6*ms }", "E0404 `set G { period 6*ms }` `set` of a spike_source needs a `spikes`"),
    ];
    for (text, expected) in rows {
        let text = format!("neurons P[2] {{ x : 1 }}\nspike_source G[3] {{ spikes i = 0, t = 0*ms }}\n{text}");
        assert_eq!(check(&text), expected, "{text}");
    }
}

#[test]
fn functions_of_a_text_may_read_timed_arrays() {
    let text = "function twice(x: second): amp = 2*s(x)\ns = timed_array([1, 2]*nA, dt = 7*ms)
        neurons P[2] { I = twice(t) : amp }";
    assert_eq!(check(text), "");
}

/// Pairs of neurons, and the columns that come with them.
type Edges = (Vec<(u32, u32)>, Vec<(String, Vec<f64>)>);

/// The first rule of the first projection of a text.
fn edges(connect: &str) -> Edges {
    let text =
        format!("neurons P[4] {{ x : 1\nthreshold x > 1 }}\nsynapses S: P -> P {{ w : 1\nk : integer\n{connect} }}");
    let found = network(&text);
    match &found.projections[0].connects[0].rule {
        Rule::Pairs { pairs, values, .. } => {
            let name = |id: VariableId| found.variables[id.0 as usize].name.clone();
            (pairs.clone(), values.iter().map(|(id, values)| (name(*id), values.to_vec())).collect())
        }
        other => panic!("pairs: {other:?}"),
    }
}

#[test]
fn pairs_come_from_tables_arrays_and_sparse_matrices() {
    let two = vec![(0, 1), (2, 3)];
    let of_w = |name: &str| vec![(name.to_owned(), vec![0.5, 1.5])];
    let rows = [
        ("connect csv(\"edges.csv\", i, j)", two.clone(), vec![]),
        ("connect csv(\"edges.csv\", j, w, i)", two.clone(), of_w("w")),
        ("connect csv(\"bare.csv\")", two.clone(), vec![]),
        ("connect csv(\"bare.csv\", j, i)", vec![(1, 0), (3, 2)], vec![]),
        ("connect csv(\"bare.csv\"), p = 0.5, n = 2", two.clone(), vec![]),
        ("connect npy(\"pairs.npy\")", two.clone(), vec![]),
        ("connect coo(\"w.npz\")", two.clone(), vec![]),
        ("connect coo(\"w.npz\", w)", two.clone(), of_w("w")),
        ("connect coo(\"w.npz\", k)", two.clone(), vec![("k".to_owned(), vec![0.0, 1.0])]),
        ("connect i = npy(\"pairs.npy\")[:, 0], j = npy(\"pairs.npy\")[:, 1]", two, vec![]),
        ("connect i = npy(\"pairs.npy\")[:, 0], j = 3", vec![(0, 3), (2, 3)], vec![]),
    ];
    for (connect, pairs, values) in rows {
        assert_eq!(edges(connect), (pairs, values), "{connect}");
    }
}

#[test]
fn mistakes_about_pairs_have_their_places() {
    let rows = [
        (
            "connect csv(\"outside.csv\")",
            "E0505 `csv(\"outside.csv\")` pair 1, counted from 0: target 9 is outside its group of 4",
        ),
        (
            "connect csv(\"halves.csv\")",
            "E0505 `csv(\"halves.csv\")` pair 1, counted from 0: a target is given by its index, an integer, and this is 0.5",
        ),
        (
            "connect csv(\"unknown.csv\")",
            "E0802 `csv(\"unknown.csv\")` column `u` of \"unknown.csv\" is no variable of these synapses",
        ),
        ("connect csv(\"bare.csv\", i)", "E0802 `csv(\"bare.csv\", i)` \"bare.csv\" has 2 columns, and 1 are named"),
        ("connect csv(\"edges.csv\", i, jj)", "E0802 `jj` \"edges.csv\" has no column `jj`"),
        ("connect csv(\"spikes.csv\", i)", "E0802 `csv(\"spikes.csv\", i)` \"spikes.csv\" has no column `j`"),
        (
            "connect csv(\"edges.csv\", i, j, w[mV])",
            "E0302 `w[mV]` `w` has no unit, and column `w` of \"edges.csv\" has unit V",
        ),
        ("connect csv(\"edge.csv\")", "E0801 `csv(\"edge.csv\")` there is no file \"edge.csv\""),
        ("connect npy(\"four.npy\")", "E0803 `npy(\"four.npy\")` this is a list of 4"),
        ("connect csv(\"bare.csv\"), i = 3", "E0502 `i` a file of pairs goes with no other part"),
        ("connect csv(\"bare.csv\"), npy(\"pairs.npy\")", "E0502 `npy(\"pairs.npy\")` there is one rule already"),
        ("connect csv(\"bare.csv\"), fixed_total(3)", "E0502 `fixed_total(3)` there is one rule already"),
        ("connect fixed_total(3), csv(\"bare.csv\")", "E0502 `csv(\"bare.csv\")` there is one rule already"),
        ("connect fixed_total(3), fixed_indegree(1)", "E0502 `fixed_indegree(1)` there is one rule already"),
        (
            "connect i = npy(\"pairs.npy\")[:, 0], j = [1, 2, 3]",
            "E0506 `[1, 2, 3]` `i` lists 2 neurons and `j` lists 3",
        ),
        (
            "connect i = csv(\"spikes.csv\", t), j = 0",
            "E0302 `csv(\"spikes.csv\", t)` neurons are given by their index, and `csv(\"spikes.csv\", t)` has unit s",
        ),
    ];
    for (connect, expected) in rows {
        let text = format!("neurons P[4] {{ x : 1\nthreshold x > 1 }}\nsynapses S: P -> P {{ w : 1\n{connect} }}");
        assert_eq!(check(&text), expected, "{connect}");
    }
    let text = "neurons P[3] { x : 1\nthreshold x > 1 }\nsynapses S: P -> P { connect coo(\"w.npz\") }";
    assert_eq!(check(text), "E0803 `coo(\"w.npz\")` the matrix has 4 rows and 4 columns, for 3 sources and 3 targets");
}
