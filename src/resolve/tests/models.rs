//! Models by name: what a block makes of its model, and where mistakes are told.

use super::{check, network, resolved};
use crate::ir::describe;

/// A model for most rows.
const LIF: &str = "model lif {
    dv/dt = (I - v)/tau : 1 (unless refractory)
    tau : second
    I : 1 = 0
    init tau = 10*ms
    threshold v > 1
    reset v = 0
    refractory 2*ms
    method euler
}\n";

/// Blocks that use models, and the same written out.
const SAME: &[(&str, &str)] = &[
    (
        "neurons P[3]: lif",
        "neurons P[3] { dv/dt = (I - v)/tau : 1 (unless refractory); tau : second; I : 1 = 0; init tau = 10*ms
         threshold v > 1; reset v = 0; refractory 2*ms; method euler }",
    ),
    (
        "neurons P[3]: lif { init tau = 20*ms; init v = rand() }",
        "neurons P[3] { dv/dt = (I - v)/tau : 1 (unless refractory); tau : second; I : 1 = 0
         init tau = 10*ms; init tau = 20*ms; init v = rand()
         threshold v > 1; reset v = 0; refractory 2*ms; method euler }",
    ),
    (
        "neurons P[3]: lif { threshold v > vt; reset { v = 0; vt += 1 }; refractory 1*ms; method rk4; vt : 1 = 1 }",
        "neurons P[3] { dv/dt = (I - v)/tau : 1 (unless refractory); tau : second; I : 1 = 0; init tau = 10*ms
         threshold v > vt; reset { v = 0; vt += 1 }; refractory 1*ms; method rk4; vt : 1 = 1 }",
    ),
    // An equation is replaced where it stands, and what gives a value of its own ends the model's `init` of it.
    (
        "neurons P[3]: lif { tau = 5*ms : second; I : 1 = 2 }",
        "neurons P[3] { dv/dt = (I - v)/tau : 1 (unless refractory); tau = 5*ms : second; I : 1 = 2
         threshold v > 1; reset v = 0; refractory 2*ms; method euler }",
    ),
    (
        "neurons P[3]: lif { dv/dt = -v/tau : 1 (unless refractory); init { v = 1; I = 1 } }",
        "neurons P[3] { dv/dt = -v/tau : 1 (unless refractory); tau : second; I : 1 = 0; init tau = 10*ms
         threshold v > 1; reset v = 0; refractory 2*ms; method euler; init { v = 1; I = 1 } }",
    ),
    (
        "model noise { rate 10*Hz }\npoisson P[3]: noise\npoisson Q[3]: noise { rate 20*Hz }",
        "poisson P[3] { rate 10*Hz }\npoisson Q[3] { rate 20*Hz }",
    ),
    (
        "model two { spikes i = [0, 1], t = [1, 2]*ms }\nspike_source P[3]: two",
        "spike_source P[3] { spikes i = [0, 1], t = [1, 2]*ms }",
    ),
    (
        "model plastic { w : 1; on_pre { v += w; w += a }; on_post w -= a; delay 1*ms; connect all; a : 1 = 0.5 }
         neurons P[3]: lif
         synapses S: P -> P: plastic { connect p = 0.5; connect i == j; a : 1 = 0.2; on_pre v += w; delay 2*ms }",
        "neurons P[3]: lif
         synapses S: P -> P { w : 1; on_pre v += w; on_post w -= a; delay 2*ms; connect p = 0.5; connect i == j
         a : 1 = 0.2 }",
    ),
];

#[test]
fn a_block_adds_to_its_model_and_replaces_parts() {
    for (with, without) in SAME {
        let (with, without) = (format!("{LIF}{with}"), format!("{LIF}{without}"));
        assert_eq!(describe::network(&network(&with)), describe::network(&network(&without)), "{with}");
    }
}

#[test]
fn a_mistake_of_a_model_is_told_once_and_names_the_blocks() {
    let source = "model m { dv/dt = v : 1 }\nneurons P[3]: m\nneurons Q[3]: m { x : 1 }";
    assert_eq!(check(source), "E0302 `v` `dv/dt` has unit 1/s, and its right side has no unit");
    let users: Vec<String> = resolved(source).1[0].secondary.iter().map(|label| label.text.clone()).collect();
    assert!(users.contains(&"`P` uses the model here".to_owned()), "{users:?}");
    assert!(users.contains(&"`Q` uses the model here".to_owned()), "{users:?}");
}

#[test]
fn what_a_block_replaces_is_not_looked_at() {
    assert_eq!(check("model m { x = y : 1 }\nneurons P[3]: m { x = 2 : 1 }"), "");
    assert_eq!(check("model m { x = y : 1 }\nneurons P[3]: m { y : 1 }"), "");
    assert_eq!(check("model m { x = y : 1 }\nneurons P[3]: m"), "E0201 `y` nothing is called `y`");
}

#[test]
fn a_model_that_nothing_uses_is_read_for_what_can_be_told() {
    let rows = [
        // Names may come from the block.
        ("model m { x = y : 1 }", ""),
        ("model m { on_pre g += w; w : 1 }", ""),
        ("model m { x = w*j : 1; w : 1 }", ""),
        ("model m { rate 3*Hz }", ""),
        ("model m { dv/dt = v : volt }", "E0302 `v` `dv/dt` has unit V/s, and its right side has unit V"),
        ("model m { x : 1; x : 1 }", "E0202 `x` `x` is declared twice"),
        ("model m { method eulr }", "E0407 `eulr` there is no method `eulr`"),
        ("model m { x : mV }", "E0307 `mV` `mV` is not a base unit, and variables are kept in base units"),
        ("model m { delay 1 }", "E0302 `1` `delay` takes a time, and `1` has no unit"),
        ("model m { threshold 1 > 2; on_pre x = 1 }", "E0402 `m` no block can have all that the model `m` has"),
    ];
    for (text, expected) in rows {
        assert_eq!(check(&format!("k = 2\n{text}")), expected, "{text}");
    }
}

#[test]
fn a_statement_of_another_block_says_which_block_uses_it() {
    let source = "model m { on_pre v += 1 }\nneurons P[3]: m { v : 1 }";
    assert_eq!(check(source), "E0402 `on_pre v += 1` `on_pre` does not belong in a neurons block");
    assert_eq!(resolved(source).1[0].secondary[0].text, "`P` uses the model here");
}
