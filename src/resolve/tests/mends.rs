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
    ("neurons P[3] { x : 1 }\nsynapses S: P -> P { connect all_to_all }", &["write `connect all`"]),
    ("neurons P[3] { x : 1 }\nsynapses S: P -> P { connect one_to_one }", &["write `connect i == j`"]),
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
    // Texts: names without quotes where they are known, files by what reads them.
    (
        "print \"hello\"",
        &[
            "leave the text out: a value is shown with what it is, as `print 20*mV/(4*nA)`; words for a reader stand behind `#`",
        ],
    ),
    ("tau = 5*ms; print \"tau\"", &["write `print tau`, without quotes"]),
    (
        "a = \"hello\"; print a",
        &[
            "values are written without quotes, and nothing is called `hello`: define it, as `hello = …` at the top level",
        ],
    ),
    ("neurons P[3] { v : 1\ninit v = \"rand()\" }", &["expressions are written without quotes: write `rand()`"]),
    (
        "neurons P[3] { v : 1 }\nsynapses S: P -> P { connect \"pre_post.csv\" }",
        &["a file is read by a call: `csv(\"pre_post.csv\")`"],
    ),
    // Columns by their names.
    ("a = csv(\"course.csv\")[\"v\"]; print a", &["write `csv(\"course.csv\", v)`"]),
    ("a = csv(\"course.csv\").v; print a", &["write `csv(\"course.csv\", v)`"]),
    ("a = csv(\"course.csv\")[v]; print a", &["write `csv(\"course.csv\", v)`"]),
    ("a = csv(\"course.csv\", \"v\"); print 3", &["write `csv(\"course.csv\", v)`"]),
    (
        "a = csv(\"course.csv\", 1); print 3",
        &["columns by their number are a part: `csv(\"course.csv\")[:, 1]`, from 0"],
    ),
    ("a = csv(\"course.csv\"); b = a[\"v\"]; print 3", &["write `csv(\"…\", v)`"]),
    // How many neurons a part has.
    (
        "N = 10; neurons P[10] { x : 1 }\nset P[:3].x = N",
        &["give the constant another name, so that a reader knows which is meant"],
    ),
    (
        "neurons P[10] { x : 1 }\nset P.x[2:5] = linspace(0, 1, N)",
        &["`N` is the number of neurons in `P`, 10: write 3 for it"],
    ),
    // Connections in the words of others.
    (
        "neurons P[3] { v : 1 }\nsynapses S: P -> P { connect p = 0.1, autapses = False }",
        &["write `connect i != j, p = 0.1`"],
    ),
    (
        "neurons P[3] { v : 1 }\nsynapses S: P -> P { connect p = 0.1, allow_autapses = False }",
        &["write `connect i != j, p = 0.1`"],
    ),
    ("neurons P[3] { v : 1 }\nsynapses S: P -> P { connect all, autapses = False }", &["write `connect i != j`"]),
    (
        "neurons P[3] { v : 1 }\nsynapses S: P -> P { connect condition = \"i > 1 or j > 1\", autapses = False }",
        &["write `connect i != j and (i > 1 or j > 1)`"],
    ),
    (
        "neurons P[3] { v : 1 }\nsynapses S: P -> P { connect condition = \"i > 1 or j > 1\", p = 0.1 }",
        &["write `connect i > 1 or j > 1, p = 0.1`"],
    ),
    (
        "neurons P[3] { v : 1 }\nneurons Q[3] { v : 1 }\nsynapses S: P -> Q { connect p = 0.1, autapses = False }",
        &[
            "write `connect p = 0.1`",
            "source and target have no neuron in common, so that there are no autapses to leave out",
        ],
    ),
    (
        "neurons P[3] { v : 1 }\nsynapses S: P -> P { connect rule = \"fixed_indegree\", indegree = 2, multapses = True }",
        &[
            "it knows `p`, `n`, `i`, `j`, `all`, `skip_if_invalid`, `fixed_indegree(…)`, `fixed_outdegree(…)` and `fixed_total(…)`",
        ],
    ),
    // Delays, places of synapses and recordings as Brian2 means them.
    (
        "neurons P[3] { v : 1\nthreshold v > 1 }\nsynapses S: P -> P { on_pre v += 1\nconnect all\ninit delay = 1*ms + rand()*ms }",
        &["write `delay 1*ms + rand()*ms` in the block of `S`"],
    ),
    (
        "neurons P[3] { v : 1\nthreshold v > 1 }\nsynapses S: P -> P { on_pre v += 1\nconnect all }\nset S.delay = rand()*ms",
        &["to give each synapse its own, write `delay rand()*ms` in the block of `S`"],
    ),
    (
        "neurons P[3] { v : 1 }\nsynapses S: P -> P { w : 1\nconnect all }\nset S.w[0, 5] = 1\nset S.w[[0, 5]] = 1\nset S.w[0, 5, 7] = 1",
        &["for the synapse from neuron 0 to 5 write `S.w[i == 0 and j == 5]`", "for these two write `S.w[[0, 5]]`"],
    ),
    (
        "neurons P[3] { v : 1\nthreshold v > 1 }\nrun 5*ms\nrecord P.v\nrun 10*ms",
        &["for what comes behind it write `record P.v last 10*ms`", "for all runs write it before the first of them"],
    ),
    (
        "neurons P[3] { v : 1\nthreshold v > 1 }\nrun 5*ms\nrecord P.v at end, P.v mean\nrun 10*ms\nrun 5*ms",
        &["for all runs write it before the first of them"],
    ),
    (
        "neurons P[3] { v : 1\nthreshold v > 1 }\nrun 5*ms\nrecord P.spikes\nrun 10*ms\nrun 5*ms",
        &[
            "for what comes behind it write `record P.spikes last 15*ms`",
            "for all runs write it before the first of them",
        ],
    ),
    ("neurons P[3] { v : 1 }\nrecord P.v\nrun 5*ms\nrun 10*ms", &[]),
    ("neurons P[3] { v : 1 }\nrun 5*ms\nrun 10*ms\nrecord P.v", &[]),
    ("neurons P[3] { v : 1 }\nrun 5*ms\nrecord P.v last 2*ms\nrun 10*ms", &[]),
    (
        "neurons P[3] { v : 1 }\nsynapses S: P -> P { connect fixed_indegree(2), autapses = False }",
        &["write `connect fixed_indegree(2, autapses = False)`"],
    ),
    (
        "neurons P[3] { v : 1 }\nsynapses S: P -> P { connect fixed_indegree(2, allow_autapses = False) }",
        &["write `connect fixed_indegree(2, autapses = False)`"],
    ),
    (
        "neurons P[3] { v : 1 }\nsynapses S: P -> P { connect fixed_indegree(indegree = 2) }",
        &["write `connect fixed_indegree(2)`"],
    ),
    (
        "neurons P[3] { v : 1 }\nsynapses S: P -> P { connect fixed_indegree = 2 }",
        &["write `connect fixed_indegree(2)`"],
    ),
    (
        "neurons P[3] { v : 1 }\nsynapses S: P -> P { connect rule = \"fixed_outdegree\", outdegree = 2, multapses = False }",
        &["write `connect fixed_outdegree(2)`"],
    ),
    (
        "neurons P[3] { v : 1 }\nsynapses S: P -> P { connect fixed_total_number(9) }",
        &["write `connect fixed_total(9)`"],
    ),
    ("neurons P[3] { v : 1 }\nsynapses S: P -> P { connect pairwise_bernoulli(0.1) }", &["write `connect p = 0.1`"]),
    ("neurons P[3] { v : 1 }\nsynapses S: P -> P { connect FixedProb(0.1) }", &["write `connect p = 0.1`"]),
    ("neurons P[3] { v : 1 }\nsynapses S: P -> P { connect probability = 0.1 }", &["write `connect p = 0.1`"]),
    (
        "neurons P[3] { v : 1 }\nsynapses S: P -> P { connect condition = \"i != j\", p = 0.1 }",
        &["write `connect i != j, p = 0.1`"],
    ),
    ("neurons P[3] { v : 1 }\nsynapses S: P -> P { connect all_to_all() }", &["write `connect all`"]),
    ("neurons P[3] { v : 1 }\nsynapses S: P -> P { connect One2One() }", &["write `connect i == j`"]),
    // Tables of pairs by their own columns, and such as count from 1.
    (
        "neurons P[3] { v : 1 }\nsynapses S: P -> P { w : 1; connect csv(\"pre_post.csv\") }",
        &[
            "name the columns of both neurons: `connect i = csv(\"pre_post.csv\", pre), j = csv(\"pre_post.csv\", post); init w = csv(\"pre_post.csv\", weight)`",
        ],
    ),
    (
        "neurons P[3] { v : 1 }\nsynapses S: P -> P { weight : 1; connect csv(\"pre_post.csv\", pre, post, weight) }",
        &[
            "name the columns of both neurons: `connect i = csv(\"pre_post.csv\", pre), j = csv(\"pre_post.csv\", post); init weight = csv(\"pre_post.csv\", weight)`",
        ],
    ),
    (
        "neurons P[3] { v : 1 }\nsynapses S: P -> P { connect csv(\"pre_post.csv\", i, j) }",
        &[
            "name the columns of both neurons: `connect i = csv(\"pre_post.csv\", pre), j = csv(\"pre_post.csv\", post)`",
        ],
    ),
    (
        "neurons P[3] { v : 1\nthreshold v > 1 }\nsynapses S: P -> P { w : volt; on_pre v += w/mV; connect csv(\"units.csv\") }",
        &[
            "name the columns of both neurons: `connect i = csv(\"units.csv\", source), j = csv(\"units.csv\", target); init w = csv(\"units.csv\", w); delay csv(\"units.csv\", delay)`",
        ],
    ),
    (
        "neurons P[3] { v : 1 }\nsynapses S: P -> P { w : 1; connect csv(\"blanks.csv\") }",
        &["name them in order: `csv(\"blanks.csv\", i, j, w)`"],
    ),
    (
        "neurons P[3] { v : 1 }\nsynapses S: P -> P { connect csv(\"tabs.csv\") }",
        &["declare it, as `w : 1`, or name the columns to take: `csv(\"tabs.csv\", i, j)`"],
    ),
    ("neurons P[3] { v : 1 }\nsynapses S: P -> P { w : 1; connect csv(\"tabs.csv\") }", &[]),
    ("neurons P[3] { v : 1 }\nsynapses S: P -> P { w : 1; connect csv(\"semicolons.csv\") }", &[]),
    ("neurons P[3] { v : 1 }\nsynapses S: P -> P { w : 1; connect csv(\"blanks.csv\", i, j, w) }", &[]),
    (
        "neurons P[3] { v : 1 }\nsynapses S: P -> P { w : 1; connect csv(\"from_one.csv\") }",
        &[
            "indices go from 0 to 2, relative to the group, and these seem to count from 1: write `connect i = csv(\"from_one.csv\", i) - 1, j = csv(\"from_one.csv\", j) - 1; init w = csv(\"from_one.csv\", w)`",
        ],
    ),
    (
        "neurons P[3] { v : 1 }\nsynapses S: P -> P { connect i = csv(\"from_one.csv\", i), j = csv(\"from_one.csv\", j) }",
        &[
            "indices go from 0 to 2, relative to the group, and these seem to count from 1: write `connect i = csv(\"from_one.csv\", i) - 1, j = csv(\"from_one.csv\", j) - 1`",
        ],
    ),
    // Courses over time with their times.
    (
        "s = timed_array(csv(\"course.csv\")*mV, dt = 1*ms); print 3",
        &["write `timed_array(csv(\"course.csv\", v)*mV, dt = 1*ms)`"],
    ),
    (
        "s = timed_array(csv(\"courses.csv\"), dt = 1*ms); print 3",
        &[
            "write `timed_array(csv(\"courses.csv\")[:, 1:], dt = 1*ms)`",
            "its rows are 1 s apart, if their times are in seconds",
        ],
    ),
    (
        "a = csv(\"course.csv\"); s = timed_array(a, dt = 1*ms); print 3",
        &["take the column of values where the file is read, `csv(\"course.csv\", v)`, with `dt = 1*ms` here"],
    ),
    (
        "s = timed_array(csv(\"odd_course.csv\"), dt = 1*ms); print 3",
        &["name the column: `csv(\"odd_course.csv\", v)`"],
    ),
    ("s = timed_array(csv(\"course.csv\", v)); print 3", &["write `timed_array(csv(\"course.csv\", v), dt = 1*ms)`"]),
    // Names that are taken: told once, and silent where they are used.
    (
        "neurons P[3] { di/dt = -i/ms : amp\ndv/dt = (i*Mohm - v)/ms : volt\nthreshold i > 1*nA\nreset i = 0*nA }\nsynapses S: P -> P { on_pre i_post += 1*nA; connect all }\nrecord P.i",
        &["choose another name, as `I`"],
    ),
    ("neurons P[3] { de/dt = -e/ms : 1\nE : 1\ninit e = 3 }\nrecord P.e", &["choose another name, as `E_`"]),
    ("neurons P[3] { min : 1 = 3\nv : 1\nthreshold v > min }", &["choose another name, as `min_`"]),
    ("neurons P[3] { xi : 1\ndx/dt = xi/ms : 1 }", &["choose another name, as `noise`"]),
    ("neurons P[3] { N : 1\ninit N = 3 }\nset P[:2].N = 3", &["choose another name, as `n`"]),
    ("e = 3*mV; neurons P[3] { v : volt\nthreshold v > e }", &["choose another name, as `E`"]),
    (
        "neurons P[3] { g : 1 }\nsynapses S: P -> P { w : 1; g_post = w : 1 (sum); connect all }",
        &["for a sum over all synapses of a neuron write `… : 1 (summed)`", "choose another name, as `post_g`"],
    ),
    // Units where what has none was declared.
    (
        "neurons P[3] { dv/dt = -v/ms : volt\nv0 : 1\nthreshold v > 1*mV\nreset v = 0*mV }\nsynapses S: P -> P { w : 1; on_pre v_post += w; connect all }",
        &["where `w` is declared write `w : volt`, or `w*mV` here"],
    ),
    (
        "neurons P[3] { dv/dt = -v/ms : volt\nv0 : 1\nthreshold v > 1*mV\nreset v = 0*mV }\nsynapses S: P -> P { w : siemens; on_pre v_post += w; connect all }",
        &[
            "where `w` is declared write `w : volt`",
            "they would agree if `v_post` were multiplied by a value in siemens/volt, or `w` by one in volt*ohm",
        ],
    ),
    (
        "neurons P[3] { dv/dt = -v/ms : volt\nv0 : 1\nthreshold v > 1*mV\nreset v = 0*mV }\nsynapses S: P -> P { dw/dt = -w/ms : 1 (event-driven); on_pre v += w; connect all }",
        &["where `w` is declared write `w : volt`, or `w*mV` here"],
    ),
    (
        "w = 0.1\nneurons P[3] { dv/dt = -v/ms : volt\nv0 : 1\nthreshold v > 1*mV\nreset v = 0*mV }\nsynapses S: P -> P { on_pre v += w; connect all }",
        &["where `w` is defined write `w = 0.1*mV`, or `w*mV` here"],
    ),
    (
        "neurons P[3] { dv/dt = -v/ms : volt\nv0 : 1\nthreshold v > 1*mV\nreset v = 0*mV }\nset P.v = 3*mV\nset P.v = 0.5",
        &["a plain number has no unit: write `0.5*mV`"],
    ),
    ("neurons P[3] { v : 1\nI : volt\nthreshold v > I }", &["where `I` is declared write `I : 1`, or `I/mV` here"]),
    ("neurons P[3] { dv/dt = -v/10*ms : volt }", &["`-v/10*ms` is `(-v/10)*ms`: write `-v/(10*ms)`"]),
    // Functions of others.
    (
        "neurons P[3] { v : 1\ninit v = uniform(0, 1) }",
        &["write `low + (high - low)*rand()`: `rand()` is uniform between 0 and 1"],
    ),
    (
        "neurons P[3] { dv/dt = (I(t) - v)/ms : 1 }",
        &[
            "what depends on time is an array, `I = timed_array([0, 1]*nA, dt = 10*ms)` at the top level, or a function, `function I(t: second): 1 = t/(10*ms)`",
        ],
    ),
    // Sweeps.
    (
        "n = 3; neurons P[n] { v : 1\nthreshold v > 1 }\nsweep n = linspace(1, 5, 5) { run 1*ms; report rate(P) }",
        &["write integers: `n = range(1, 6)`"],
    ),
    (
        "n = 3; neurons P[n] { v : 1\nthreshold v > 1 }\nsweep n = [2.0, 5.0] { run 1*ms; report rate(P) }",
        &["write integers: `n = [2, 5]`"],
    ),
    (
        "n = 2*k; k = 3; neurons P[n] { v : 1\nthreshold v > 1 }\nsweep k = linspace(10, 50, 5) { run 1*ms; report rate(P) }",
        &["write integers: `k = range(10, 51, 10)`"],
    ),
    (
        "g = 0.6; k = 3*(g > 0.5); neurons P[5 + k] { v : 1\nthreshold v > 1 }\nsweep g = [0.2, 0.8] { run 1*ms; report rate(P) }",
        &[],
    ),
    (
        "tau = 250*us; neurons P[2] { v : 1\nthreshold v > tau/us }\nsweep tau = [1, 2, 3] { run 1*ms; report rate(P) }",
        &["a plain number has no unit: write `1*us`"],
    ),
    (
        "n = int(k); k = 3; neurons P[n] { v : 1\nthreshold v > 1 }\nsweep k = linspace(10, 50, 5) { run 1*ms; report rate(P) }",
        &[],
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

/// Calls of Brian2 whose mends need nothing filled in.
const CALLS: &[&str] = &[
    "G = NeuronGroup(10, 'dv/dt = -v/tau : 1', threshold='v > 1', reset='v = 0', refractory=5*ms, method='exact')",
    "G = NeuronGroup(N, '''du/dt = -u/tau : 1\nv : 1''', threshold='v > 1', reset='''v = 0\nu += 1''', dt=0.2*ms)",
    "G = NeuronGroup(N=2*N, model='v : 1', events={'high': 'v > 0.5', 'low': 'v < 0.1'})",
    "G = NeuronGroup(10, 'v : 1', threshold='v > 1', reset='v = 0', refractory='v > 0.5', order=1)",
    "S = Synapses(P, Q, 'w : 1', on_pre='v_post += w', delay=2*ms)",
    "S = Synapses(P, on_pre={'pre': 'v_post += 1', 'up': 'v_post -= 1'}, delay={'up': 1*ms})",
    "S = Synapses(P[:5], Q, '''w : 1\ndx/dt = -x/tau : 1 (event-driven)''', on_pre='x += 1; v_post += w', on_post='w += x')",
    "S = Synapses(P, Q, 'dg/dt = -g/tau : 1 (clock-driven)', on_pre='g += 1', method='exact')",
    "M = SpikeMonitor(P)",
    "M = SpikeMonitor(P, variables='v')",
    "M = SpikeMonitor(P[:5], 'v', record=False)",
    "M = EventMonitor(P, 'up', variables=['v'])",
    "M = StateMonitor(P, 'v', record=True)",
    "M = StateMonitor(P, ['v', 'u'], record=[0, 5], dt=1*ms)",
    "M = StateMonitor(P, 'v', record=np.arange(2, 8, 2), dt=10*defaultclock.dt)",
    "M = StateMonitor(P, 'v', record=range(3))",
    "R = PopulationRateMonitor(P)",
    "X = PoissonGroup(100, rates=15*Hz)",
    "X = PoissonGroup(100, rates='(1 + i)*Hz')",
    "I = PoissonInput(P, 'v', 1000, 20*Hz, weight=0.1)",
    "G = SpikeGeneratorGroup(2, array([0, 1]), np.array([1, 2])*ms, period=6*ms)",
    "s = TimedArray(np.linspace(0, 1, 5)*nA, dt=1*ms)",
];

#[test]
fn what_a_call_of_brian2_is_mended_to_is_a_model() {
    let around = "tau = 10*ms; N = 20; dt = 0.1*ms
        neurons P[10] { v : 1; u : 1; threshold v > 1; reset v = 0; event up if u > 1 { u = 0 } }
        neurons Q[10] { v : 1; threshold v > 1; reset v = 0 }";
    for call in CALLS {
        let parsed = grammar::parse(grammar::SourceId(0), call);
        let mend = parsed.diagnostics.first().and_then(|told| told.help.first()).expect("a mend");
        let written = mend.strip_prefix("write `").and_then(|rest| rest.strip_suffix('`')).expect(mend);
        let connected = if written.starts_with("synapses") {
            written.replacen('{', "{ connect i == j;", 1)
        } else {
            written.to_owned()
        };
        assert_eq!(super::check(&format!("{around}\n{connected}\nrun 1*ms")), "", "{call}\n{written}");
    }
}
