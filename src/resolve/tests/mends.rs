//! What a diagnostic tells to write instead: that it is what was meant, and right.

use super::resolved;

/// Text, and every line of help, in their order, of all that is found in it.
const CASES: &[(&str, &[&str])] = &[
    ("print 3*mvolts", &["the unit is written `mvolt`"]),
    ("print 3*mseconds", &["the unit is written `msecond`"]),
    ("print 3*nSiemens", &["the unit is written `nsiemens`"]),
    ("print 3*pS", &["the unit is written `psiemens`"]),
    ("print 3*GOhm", &["the unit is written `Gohm`"]),
    ("print 3*minute", &["the unit is written `(60*second)`"]),
    ("print 3*min", &["`min` is a function: write `min(…)`", "a minute is `(60*second)`"]),
    ("print 3*mvotl", &["did you mean `mvolt`?"]),
    ("print 3*MV", &["the unit is written `Mvolt`"]),
    ("print 3*Mv", &["define it: `Mv = …` at the top level is a constant"]),
    ("Ns = 3; print ns*Ns", &["did you mean `Ns`?"]),
    ("print 2/minute", &["the unit is written `(60*second)`"]),
    ("a = 2*np.pi; print a", &["write `pi` without `np.`"]),
    ("print 3*V", &["write `volt`"]),
    (
        "tau = 20; neurons P[3] { dv/dt = (-70*mV - v)/tau : volt }",
        &["`tau` has no unit: where it is defined write `tau = 20*ms`"],
    ),
    (
        "neurons P[3] { dv/dt = -v/20 : volt }",
        &["`20` has no unit: write `(20*ms)`, in the unit of time that is meant"],
    ),
    ("neurons P[3] { dv/dt = -v : volt }", &["divide it by a time, as in `(…)/tau`"]),
    ("neurons P[3] { x : 1 }\nsynapses S: P -> P { connect all_to_all }", &["write `all`"]),
    ("neurons P[3] { x : 1 }\nsynapses S: P -> P { connect one_to_one }", &["write `i == j`"]),
    (
        "neurons P[1] { x : 1 (shared) }\nsynapses S: P -> P { x_post = 1 : 1 (summed)\nconnect all }",
        &["leave out `(shared)` where it is declared: a single neuron has one value anyway"],
    ),
    (
        "neurons P[1] { x : 1 (constant) }\nsynapses S: P -> P { x_post = 1 : 1 (summed)\nconnect all }",
        &["leave out `(constant)` where it is declared"],
    ),
    ("neurons P[3] { v : mvolts }", &["write `volt`"]),
    ("neurons P[3] { g : pS }", &["write `siemens`"]),
    ("neurons P[3] { T : minutes }", &["write `second`"]),
    ("neurons P[3] { v : 1\ninit v = rand*2 }", &["`rand` is a function: write `rand()`"]),
    ("neurons P[3] { v : volt }\nrecord P.spikes", &["add one, as `threshold v > -50*mV`"]),
    ("neurons P[3] { v : 1 }\nrecord P.spikes", &["add one, as `threshold v > 1`"]),
    ("neurons P[3] { a : 1\nu : volt }\nrecord P.population_rate", &["add one, as `threshold u > -50*mV`"]),
    ("neurons P[3] { I : amp\nk : integer\nreset I = 0*nA }", &["add one, as `threshold I > 1*nA`"]),
    ("neurons P[3] { v : volt\nrefractory 2*ms }", &["add one, as `threshold v > -50*mV`"]),
    ("neurons P[3] { v : volt\nthreshold v }", &["compare it with something: `threshold v > -50*mV`"]),
    ("neurons P[3] { v : 1\nthreshold v }", &["compare it with something: `threshold v > 1`"]),
    ("neurons P[3] { v : volt\nthreshold v - 3*mV }", &["compare it with something: `threshold v - 3*mV > 0*volt`"]),
    ("neurons P[3] { v : 1\nthreshold v > 1 and v }", &["compare it with something: `v != 0`"]),
    (
        "neurons P[3] { v : 1\nthreshold v > 1\nreset: v = 0 }",
        &[
            "a statement is written without colon: `reset v = 0`",
            "write a unit, as `volt` or `amp/meter**2`, or `1` for a pure number",
        ],
    ),
    (
        "neurons P[3] { v : 1 }\nsynapses S: P -> P { connect 'i != j' }",
        &["expressions are written without quotes: write `i != j`"],
    ),
    (
        "neurons P[3] { v : 1 }\nsynapses S: P -> P { connect j = 'i' }",
        &["expressions are written without quotes: write `i`"],
    ),
    (
        "neurons P[3] { v : 1 }\nM = StateMonitor(P, 'v', record = True)",
        &["write `record P.v`, or `record P.v[0:10] every 1*ms`"],
    ),
    ("neurons P[3] { v : 1\nthreshold v > 1 }\nrecord P.spikes\nrecord P.spikes", &["leave one of the two out"]),
    (
        "neurons P[3] { v : 1 }\nrecord P.v[0]\nrecord P.v[2]",
        &["leave one of the two out, or name all the indices in one pair of brackets, as `[0, 5, 10:20]`"],
    ),
    (
        "neurons P[3] { v : 1 }\nrecord P.v\nrecord P.v[0, 2] when end",
        &[
            "leave one of the two out",
            "or give one of them another name, by that of a part of the group: `Some = P[…]`, `record Some.v …`",
        ],
    ),
    (
        "taud = 1*ms\nprint taud\ntaud = 100*ms",
        &[
            "leave one of the two out, or give it another name",
            "a constant has one value in all runs; for another one in the next run make it a parameter of the group, \
             `taud : unit`, and write `set P.taud = …` between them",
        ],
    ),
    ("dt = 1*ms; dt = 2*ms; print 1", &["leave one of the two out: it holds for the whole text"]),
    ("neurons P[3] { v : 1 }\nneurons P[2] { v : 1 }", &["leave one of the two out, or give it another name"]),
    (
        "taum = 20*mV\nneurons P[3] { dv/dt = -v/taum : volt }",
        &["`taum` has unit V; they would agree if it were in s, as `taum = …*ms`"],
    ),
];

/// What reads files takes a path in the one place where a text stands in an expression: in single quotes, it is mended.
#[test]
fn the_path_of_a_reader_stands_in_double_quotes() {
    for reader in super::super::files::readers() {
        let found = grammar::parse(grammar::SourceId(0), &format!("a = {reader}('x.dat')")).diagnostics;
        let codes: Vec<&str> = found.iter().map(|found| found.code.id).collect();
        assert_eq!(codes, ["E0008"], "{reader}");
    }
}

#[test]
fn a_mend_says_what_was_meant() {
    let mut wrong = Vec::new();
    for (text, expected) in CASES {
        let found = resolved(text).1;
        let helps: Vec<&str> = found.iter().flat_map(|found| found.help.iter().map(|help| &**help)).collect();
        if helps != *expected {
            wrong.push(format!("{text}\n{helps:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
