//! Every example of the language's description parses as it stands, to the tree that it means.

use grammar::{Diagnostic, SourceId, parse, parse_members};

/// Texts with statements of the top level, and texts with the inside of a block.
const FILES: &[(&str, &str)] = &[
    ("network", include_str!("language/network.rheo")),
    ("neurons", include_str!("language/neurons.rheo")),
    ("synapses", include_str!("language/synapses.rheo")),
    ("inputs", include_str!("language/inputs.rheo")),
    ("models", include_str!("language/models.rheo")),
    ("run", include_str!("language/run.rheo")),
    ("sweep", include_str!("language/sweep.rheo")),
];
const MEMBERS: &[(&str, &str)] = &[
    ("reset", include_str!("language/reset.members.rheo")),
    ("connect", include_str!("language/connect.members.rheo")),
    ("pathways", "on_pre up { x = 1 };  delay up = 2*ms;  order up = 1;  on_event up = high; on_pre down { x = 2 }"),
    ("summed", "x_post = w*s_pre : 1 (summed)"),
];

const SOURCE: SourceId = SourceId(0);

#[track_caller]
fn nothing_wrong(name: &str, diagnostics: &[Diagnostic]) {
    assert!(diagnostics.is_empty(), "{name}: {diagnostics:#?}");
}

#[test]
fn the_examples_parse() {
    for (name, text) in FILES {
        nothing_wrong(name, &parse(SOURCE, text).diagnostics);
        nothing_wrong(name, &parse(SOURCE, &text.replace('\n', "\r\n")).diagnostics);
        nothing_wrong(name, &parse(SOURCE, &format!("\u{feff}{text}")).diagnostics);
    }
    for (name, text) in MEMBERS {
        nothing_wrong(name, &parse_members(SOURCE, text).1);
        nothing_wrong(name, &parse_members(SOURCE, &text.replace('\n', "\r\n")).1);
    }
}
