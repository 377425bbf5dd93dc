//! Which thresholds are programs of their own, where `lastspike` is noted, and what is copied before it is read by others.

#![cfg(test)]

use super::models::Model;
use crate::ir::expr::{Node, Type};
use crate::ir::plan::{Plan, SourcePlan};
use crate::passes::{Options, plan};
use crate::resolve;
use grammar::SourceId;

/// Neurons that spike, with a place for more statements of the block (`@`) and more objects before and after it.
const CELLS: &str = "neurons P[3] {\nv : 1\nw : 1\ndu/dt = -u/second : 1 (unless refractory)\n\
                     threshold v > 1\nreset w = 0\nrefractory v > 2\n@\n}\n";

fn planned(source: &str, options: Options) -> Plan {
    let parsed = grammar::parse(SourceId(0), source);
    assert!(parsed.diagnostics.is_empty(), "{source}\n{:?}", parsed.diagnostics);
    let (network, found) = resolve::resolve(&parsed.file, &resolve::Options::default());
    let network = network.unwrap_or_else(|| panic!("{source}\n{found:?}"));
    plan(network, options).unwrap_or_else(|failure| panic!("{source}\n{failure:?}")).plan
}

/// Whether the threshold of `P` is apart, and whether its `lastspike` is written by the reset.
fn cut(source: &str, options: Options) -> (bool, bool) {
    let plan = planned(source, options);
    let of_p = plan.populations.iter().find(|population| population.name == "P").expect("it is there");
    let SourcePlan::Neurons { step, threshold, spikes, reset, .. } = &of_p.source else { panic!("no neurons") };
    let last = plan.columns.iter().position(|column| column.name == "lastspike").expect("there is a threshold") as u32;
    let writes = |program: &Option<crate::ir::plan::ProgramId>| {
        program.is_some_and(|program| plan.programs[program.0 as usize].writes(last))
    };
    assert_eq!(threshold.is_some(), !spikes, "{source}");
    let in_reset = writes(reset);
    assert_eq!(in_reset, !writes(step) && !writes(threshold), "{source}");
    (threshold.is_some(), in_reset)
}

/// What is added to the block of `P`, what stands before it and after it; whether its threshold is then apart, and whether
/// `lastspike` is noted with the reset.
const CASES: &[(&str, &str, &str, bool, bool)] = &[
    ("", "", "", false, true),
    // Somebody writes what the threshold reads.
    ("every 1*ms { v = 1 }", "", "", false, true),
    ("every 1*ms when before_thresholds { v = 1 }", "", "", true, true),
    ("every 1*ms when before_thresholds { w = 1 }", "", "", false, true),
    ("every 1*ms when after_groups order -5 { v = 1 }", "", "", true, true),
    ("every 1*ms when groups order -5 { v = 1 }", "", "", false, true),
    ("every 1*ms when thresholds order 1 { v = 1 }", "", "", false, true),
    ("every 1*ms when thresholds order -1 { v = 1 }", "", "", true, true),
    ("event high if w > 1 when after_groups { v = 1 }\nwhen high = groups", "", "", true, true),
    ("event high if w > 1 { v = 1 }", "", "", false, true),
    ("", "", "poisson_input to P.v { n 1; rate 1*Hz; weight 1 }", false, true),
    ("", "", "poisson_input to P.v { n 1; rate 1*Hz; weight 1; when before_thresholds }", true, true),
    // Somebody reads what it writes: a guard looks at `not_refractory`.
    ("every 1*ms when before_thresholds { u = 1 }", "", "", true, true),
    ("every 1*ms when before_thresholds { w = int(not_refractory) }", "", "", true, true),
    ("every 1*ms when after_thresholds { w = lastspike/ms }", "", "", false, false),
    ("every 1*ms when after_groups { w = lastspike/ms }", "", "", true, false),
    ("every 1*ms { w = lastspike/ms }", "", "", false, true),
    ("event late if t - lastspike < 1*ms", "", "", false, false),
    ("h = lastspike : second (constant over dt)", "", "", false, true),
    ("", "", "record P.lastspike", false, true),
    // Its turn is not after its update.
    ("when threshold = start", "", "", true, true),
    ("when threshold = before_groups", "", "", true, true),
    ("when threshold = end\nwhen reset = after_end", "", "", false, true),
    ("when reset = start", "", "", false, false),
    ("order 3", "", "", false, true),
];

#[test]
fn a_threshold_is_apart_where_somebody_could_tell() {
    for (added, before, after, apart, in_reset) in CASES {
        let source = format!("{before}\n{}{after}\n", CELLS.replace('@', added));
        assert_eq!(cut(&source, Options::default()), (*apart, *in_reset), "{source}");
    }
}

/// The same with a refractory time, for which every step looks at `lastspike`: it must not be told of a spike too late.
#[test]
fn a_refractory_time_sees_the_last_spike_in_the_next_update() {
    for (added, apart, in_reset) in [
        ("", false, true),
        ("event late if t - lastspike < 1*ms", false, false),
        ("when threshold = start", true, false),
        ("when threshold = start\nwhen reset = before_groups", true, true),
        ("when threshold = end\nwhen reset = after_end", false, true),
        ("when reset = start", false, false),
    ] {
        let source = CELLS.replace("refractory v > 2", "refractory 5*ms").replace('@', added);
        assert_eq!(cut(&source, Options::default()), (apart, in_reset), "{source}");
    }
}

#[test]
fn callers_may_ask_for_all_thresholds_apart() {
    let options = Options { threshold_apart: true, ..Options::default() };
    assert_eq!(cut(&CELLS.replace('@', ""), options), (true, false));
}

/// A pathway that looks at spikes before the threshold's turn sees those of the step before.
#[test]
fn spikes_seen_before_their_turn_are_those_of_the_step_before() {
    let synapses = "neurons Q[3] { x : 1 }\nsynapses S: P -> Q { on_pre x += 1\nconnect all }\n";
    for (turn, apart) in [("before_synapses", false), ("after_synapses", true)] {
        let source = format!("{}{synapses}", CELLS.replace('@', &format!("when threshold = {turn}\nwhen reset = end")));
        assert_eq!(cut(&source, Options::default()).0, apart, "{turn}");
    }
}

/// dv/dt = (v of the next neuron - v)/dt with euler: everybody gets the old value of the next, whoever is computed first.
#[test]
fn what_others_read_is_copied_before_it_is_written() {
    let mut model = Model::new();
    let id = model.neurons("P", 3);
    model.equations(id, &[("v", "(0 - v)/0.0001")]);
    model.of(id).method = Some((crate::ir::network::Method::Euler, grammar::Span::default()));
    let v = model.find(crate::ir::network::Object::Population(id), "v").expect("it was just made");
    let next = model.expression(crate::ir::network::Object::Population(id), "(i + 1) % 3");
    let arena = &mut model.network.arena;
    let linked = arena.add(Node::At(v, next), Type::Float);
    let rate = arena.float(1e4);
    let pull = arena.binary(crate::ir::expr::Binary::Multiply, linked, rate);
    let own = model.of(id).equations[0].rhs;
    let sum = model.network.arena.binary(crate::ir::expr::Binary::Add, own, pull);
    model.of(id).equations[0].rhs = sum;
    model.threshold(id, "v > 5");
    let mut bench = model.bench();
    let SourcePlan::Neurons { before, step, .. } = &bench.plan.populations[0].source else { panic!("no neurons") };
    assert!(before.is_some() && step.is_some());
    (0..3).for_each(|i| bench.set("v", i, i as f64 + 1.0));
    bench.step();
    let got: Vec<f64> = (0..3).map(|i| bench.get("v", i)).collect();
    assert!(got.iter().zip([2.0, 3.0, 1.0]).all(|(got, wanted)| (got - wanted).abs() < 1e-12), "{got:?}");
}

/// A threshold that looks at another neuron's state sees it updated, so that it cannot be part of the step.
#[test]
fn a_threshold_on_the_state_of_others_is_apart() {
    let mut model = Model::new();
    let id = model.neurons("P", 3);
    model.equations(id, &[("v", "-v")]);
    model.threshold(id, "v > 1");
    let owner = crate::ir::network::Object::Population(id);
    let v = model.find(owner, "v").expect("it was just made");
    let next = model.expression(owner, "(i + 1) % 3");
    let linked = model.network.arena.add(Node::At(v, next), Type::Float);
    let one = model.network.arena.float(1.0);
    let condition = model.network.arena.binary(crate::ir::expr::Binary::Greater, linked, one);
    model.of(id).threshold = Some(condition);
    let plan = model.plan().expect("the model is sound");
    let SourcePlan::Neurons { before, threshold, .. } = &plan.populations[0].source else { panic!("no neurons") };
    assert!(before.is_none() && threshold.is_some());
}
