//! What a diagnostic tells to write instead: that it is what was meant, that it is right, and that it comes first.

use grammar::{Diagnostic, SourceId, parse, parse_members};

/// Text at the top level, and of every diagnostic the code and the beginning of its first help.
const FILES: &[(&str, &[(&str, &str)])] = &[
    ("a = b && c", &[("E0005", "write `and` for what both sides fulfil")]),
    ("a = b || c", &[("E0005", "write `or` for what one side or both fulfil")]),
    ("a = !c", &[("E0005", "write `not` for the opposite")]),
    // A line of Python is a statement of its own, and touches neither the one before nor the one behind.
    ("tau = 3*ms\nif tau > 5*ms:\n    tau = 2*ms", &[("E0119", "there are no branches here")]),
    ("tau = 3*ms\nif a:\n b = 2\nelse:\n c = 3", &[("E0119", "there are no"), ("E0119", "there are no branches")]),
    ("record P.spikes\nfor k in range(3):\n    run 3*ms", &[("E0119", "there are no loops; to run the model once")]),
    ("a = 1\nwhile a < 3:\n  b = 2", &[("E0119", "there are no loops; to run")]),
    ("def f(x):\n  a = 2", &[("E0119", "a function is one line: `function f(x: volt): 1 = x/mV`")]),
    ("from brian2 import *\nneuron P[3]", &[("E0119", "this is a Python script"), ("E0119", "did you mean `neurons`")]),
    ("import brian2", &[("E0119", "this is a Python script, and `docs/from-brian2.md` says what to write")]),
    ("import numpy as np", &[("E0119", "this is a Python script")]),
    ("\"\"\"\nA network.\n\"\"\"\na = 3", &[("E0117", "what is a comment in Python is one here behind `#`")]),
    ("a = 3\n\n'''A network.'''\n", &[("E0117", "what is a comment in Python")]),
    ("eqs = '''v : 1'''", &[("E0117", "write these lines into the braces of a block: `neurons P[10] { … }`, `syn")]),
    ("G = NeuronGroup(4,\n'''v : 1''')", &[("E0117", "write these lines into the braces of a block: `neurons P[10]")]),
    (
        "G = NeuronGroup(4, 'v : 1', reset='''v = 0''')",
        &[("E0117", "write these lines into the braces behind `reset`")],
    ),
    (
        "S = Synapses(P, Q, on_pre='''v += 1''')",
        &[("E0117", "write these lines into the braces behind `on_pre`: `synapses S: P -> Q { on_pre { … } }`")],
    ),
    (
        "S = Synapses(P, Q, model='''w : 1''')",
        &[("E0117", "write these lines into the braces of a block: `synapses S")],
    ),
    ("seed(42)", &[("E0119", "write `seed = 42`")]),
    ("connect P -> P", &[("E0121", "`connect` stands in the block of synapses, as `synapses S: P -> Q")]),
    ("seed()", &[("E0119", "write `seed = 1`")]),
    ("a = np.linspace(0, 1, 3)", &[("E0101", "write `linspace(…)` without `np.`")]),
    ("a = 2*np.random.rand()", &[("E0101", "write `rand(…)` without `np.random.`")]),
    ("record(P.v)", &[("E0101", "write `record P.v`")]),
    ("print a, b", &[("E0101", "each value has a `print` of its own: `print a`")]),
    ("print f(a, b), b", &[("E0101", "each value has a `print` of its own: `print f(a, b)`")]),
    ("print(a, b)", &[("E0101", "each value has a `print` of its own: `print a`")]),
    ("a = csv('x.csv')\nstore 'warm'", &[("E0008", "write `\"x.csv\"`"), ("E0008", "write `\"warm\"`")]),
    // What a text says that is no path is told where it is known what stands there.
    ("M = StateMonitor(neuron, 'v', record = True)", &[]),
];

/// The same in the block of a group.
const MEMBERS: &[(&str, &[(&str, &str)])] = &[
    ("threshold v > 1 && v < 3", &[("E0005", "write `and` for what both")]),
    ("x : 1\nfor k in range(3):\n y : 1", &[("E0119", "there are no loops: statements run for every neuron")]),
    ("v' = -v/tau", &[("E0002", "a derivative is written `dv/dt`, not `v'`")]),
    ("ge' = -ge/tau : 1", &[("E0002", "a derivative is written `dge/dt`, not `ge'`")]),
    ("reset \"vm=Vr; w+=b\"", &[("E0117", "write `reset { vm=Vr; w+=b }`")]),
    ("reset = 'vm=Vr; w+=b'", &[("E0108", "write `reset { vm=Vr; w+=b }`")]),
    ("reset 'v = Vr;'", &[("E0117", "write `reset v = Vr`")]),
    ("connect 'i != j'", &[]),
    ("connect j = 'i'", &[]),
];

fn wrong(text: &str, found: &[Diagnostic], expected: &[(&str, &str)]) -> Option<String> {
    let first = |one: &Diagnostic| one.help.first().map_or("", |help| help).to_owned();
    let fits = found.len() == expected.len()
        && found.iter().zip(expected).all(|(one, (id, help))| one.code.id == *id && first(one).starts_with(help));
    (!fits).then(|| format!("{text:?}: {found:#?}"))
}

#[test]
fn the_first_mend_is_what_was_meant() {
    let source = SourceId(0);
    let of_files = FILES.iter().filter_map(|row| wrong(row.0, &parse(source, row.0).diagnostics, row.1));
    let of_members = MEMBERS.iter().filter_map(|row| wrong(row.0, &parse_members(source, row.0).1, row.1));
    let all: Vec<String> = of_files.chain(of_members).collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
}
