//! Turns: everything acts by slot, then order, then declaration.

use crate::kernels::{DT, Log, code, logged, network, reals, rows, source, still, whole};
use runtime::state::ColumnId;
use runtime::{
    BuildError, ClockId, Delay, Elements, Event, Input, Neurons, Notice, Object, Pathway, Population, PopulationId,
    Projection, Regular, Sampling, Side, Slot, SpikeRecord, StepOver, Summed, Turn, Values,
};
use std::ops::ControlFlow;

fn regular(log: &Log, name: &'static str, turn: Turn) -> Regular {
    let mut regular = Regular::new(Elements::Neurons(PopulationId(0)), ClockId(0));
    (regular.each, regular.turn) = (Some(logged(log, name)), turn);
    regular
}

/// One neuron that spikes in every step, with one of everything at its usual turn, declared against the order of a step.
#[test]
fn everything_has_its_usual_turn() {
    let log = Log::default();
    let mut network = network(&[&[0.0], &[0.0], &[1.0]]);
    let spiking = |name: &'static str| {
        let log = log.clone();
        code(name, move |_, site| {
            log.note(site.moment.step, name);
            site.spike = true;
        })
    };
    let neurons = Neurons {
        before: Some(logged(&log, "before")),
        step: Some(logged(&log, "step")),
        threshold: Some(spiking("threshold")),
        reset: Some(logged(&log, "reset")),
        ..Neurons::default()
    };
    let event = Event::new("high", spiking("condition")).with_code(logged(&log, "event"));
    let population = network.add_population(Population::neurons("P", 1, neurons).with_event(event));
    let group = whole(population, 1);
    let (rows, _) = rows(1, 1, &[(0, 0)]);
    let pathway = |name: &'static str, side| Pathway::new(name, side, Delay::Shared(0.0), logged(&log, name));
    let projection = Projection::new("S", group, group, rows, None).expect("good rows");
    let projection = projection
        .with_pathway(pathway("post", Side::Post))
        .with_pathway(pathway("pre", Side::Pre))
        .with_pathway(pathway("on event", Side::Pre).on_event(0).at(Turn::at(Slot::Synapses, -2)))
        .with_step(logged(&log, "synapses' step"), StepOver::Dense)
        .with_summed(Summed::new(ColumnId(0), group, logged(&log, "sum")));
    network.add_projection(projection).expect("P is there");
    network.add_input(Input::new(logged(&log, "input"), group)).expect("P is there");
    network.add_regular(regular(&log, "every", Turn::of(Slot::Start))).expect("P is there");
    network.add_regular(regular(&log, "held", Turn::of(Slot::BeforeStart))).expect("P is there");
    let value = |name: &'static str| Values::Neurons(population, logged(&log, name));
    network.record_spikes(SpikeRecord::new(group).of_event(0).with(value("with event"))).expect("P is there");
    network.record_spikes(SpikeRecord::new(group).with(value("with spikes"))).expect("P is there");
    network.record_values("P.v", value("sample"), vec![0], Sampling::default()).expect("P is there");
    let call = network.add_call(ClockId(0), Turn::of(Slot::Start));

    let heard = log.clone();
    let watch = &mut |network: &mut runtime::Network, notice| {
        assert_eq!(notice, Notice::Call(call));
        heard.note(network.clock().tick().0, "call");
        ControlFlow::Continue(())
    };
    network.step_watched(watch).expect("nothing can go wrong");
    let expected = [
        "held",
        "every",
        "call",
        "sample",
        "sum",
        "before",
        "step",
        "synapses' step",
        "threshold",
        "with spikes",
        "condition",
        "with event",
        "on event",
        "pre",
        "input",
        "post",
        "reset",
        "event",
    ];
    assert_eq!(log.names(), expected);
}

#[test]
fn slots_come_in_their_order() {
    use Slot::*;
    let slots = [
        BeforeStart,
        Start,
        AfterStart,
        BeforeGroups,
        Groups,
        AfterGroups,
        BeforeThresholds,
        Thresholds,
        AfterThresholds,
        BeforeSynapses,
        Synapses,
        AfterSynapses,
        BeforeResets,
        Resets,
        AfterResets,
        BeforeEnd,
        End,
        AfterEnd,
    ];
    let log = Log::default();
    let mut network = network(&[]);
    network.add_population(still("P", 1));
    let names: Vec<&'static str> = slots.iter().map(|slot| &*format!("{slot:?}").leak()).collect();
    for (&slot, name) in slots.iter().zip(&names).rev() {
        network.add_regular(regular(&log, name, Turn::of(slot))).expect("P is there");
    }
    network.step().expect("nothing can go wrong");
    assert_eq!(log.names(), names);
}

/// Equal turns go by declaration of the objects, then within them.
#[test]
fn orders_and_declaration_decide_within_a_slot() {
    let log = Log::default();
    let mut network = network(&[]);
    let first = network.add_population(still("P", 1));
    let second = network.add_population(still("Q", 1));
    for (of, name, order) in
        [(second, "Q", 0), (first, "late", 1), (first, "P", 0), (second, "Q too", 0), (first, "early", -7)]
    {
        let made = Regular { of: Elements::Neurons(of), ..regular(&log, name, Turn::at(Slot::Start, order)) };
        network.add_regular(made).expect("both are there");
    }
    network.step().expect("nothing can go wrong");
    assert_eq!(log.names(), ["early", "P", "Q", "Q too", "late"]);
    network.set_order(&[Object::Population(second), Object::Population(first)]).expect("both are named");
    network.step().expect("nothing can go wrong");
    assert_eq!(log.names()[5..], ["early", "Q", "Q too", "P", "late"]);
}

/// A pathway before the thresholds meets the spikes of the step before, one after them those of its own.
#[test]
fn a_pathway_meets_the_spikes_that_are_there_at_its_turn() {
    for (slot, arrival) in [(Slot::BeforeThresholds, 4), (Slot::AfterThresholds, 3), (Slot::AfterEnd, 3)] {
        let log = Log::default();
        let mut network = network(&[]);
        let population = network.add_population(source("P", 1, &[(0.3, 0)]));
        let (rows, _) = rows(1, 1, &[(0, 0)]);
        let projection =
            Projection::new("S", whole(population, 1), whole(population, 1), rows, None).expect("good rows");
        let pre = Pathway::new("pre", Side::Pre, Delay::Shared(0.0), logged(&log, "pre")).at(Turn::of(slot));
        network.add_projection(projection.with_pathway(pre)).expect("P is there");
        network.run(4.0 * DT).expect("nothing can go wrong");
        network.run(4.0 * DT).expect("nothing can go wrong");
        assert_eq!(log.all(), [(arrival, "pre")], "{slot:?}");
    }
}

/// Sums are zeroed over their group only, and are what the synapses had when the step began.
#[test]
fn sums_are_one_step_behind_their_synapses() {
    let mut network = network(&[&[7.0; 4], &[0.0; 3]]);
    let pre = network.add_population(still("A", 2));
    let post = network.add_population(still("B", 4));
    let target = runtime::Group { population: post, offset: 1, size: 3 };
    let (starts, targets) = (vec![0, 2, 3], vec![1, 2, 1]);
    let rows = runtime::rows::Rows::new(starts, targets, 0, 4).expect("good rows");
    let step = code("S.step", |state, site| reals(state, 1)[site.element as usize] += 1.0);
    let add = code("S.sum", |state, site| {
        let x = reals(state, 1)[site.element as usize];
        reals(state, 0)[site.post as usize] += x;
    });
    let projection = Projection::new("S", whole(pre, 2), target, rows, None).expect("good rows");
    let projection = projection.with_step(step, StepOver::Dense).with_summed(Summed::new(ColumnId(0), target, add));
    network.add_projection(projection).expect("both are there");
    let v = network.record_values("B.v", Values::Column(ColumnId(0)), vec![0, 1, 2, 3], Sampling::default());
    network.run(3.0 * DT).expect("nothing can go wrong");
    let samples = network.values(v.expect("v is there")).samples();
    assert_eq!(samples, [[7.0, 7.0, 7.0, 7.0], [7.0, 0.0, 0.0, 0.0], [7.0, 2.0, 1.0, 0.0]].concat());
}

/// What a regular operation does to shared variables comes first, and once.
#[test]
fn regular_operations_run_over_neurons_and_synapses() {
    let mut network = network(&[&[1.0], &[0.0; 3], &[0.0; 2]]);
    let population = network.add_population(still("P", 3));
    let (rows, _) = rows(3, 3, &[(2, 0), (0, 1)]);
    let projection = Projection::new("S", whole(population, 3), whole(population, 3), rows, None).expect("good rows");
    let projection = network.add_projection(projection).expect("P is there");
    let mut of_neurons = Regular::new(Elements::Neurons(population), ClockId(0));
    of_neurons.shared = Some(code("P.every.shared", |state, _| reals(state, 0)[0] *= 2.0));
    of_neurons.each = Some(code("P.every", |state, site| {
        let shared = reals(state, 0)[0];
        reals(state, 1)[site.element as usize] = shared + f64::from(site.element);
    }));
    network.add_regular(of_neurons).expect("P is there");
    let mut of_synapses = Regular::new(Elements::Synapses(projection, StepOver::Rows), ClockId(0));
    of_synapses.each = Some(code("S.every", |state, site| {
        reals(state, 2)[site.element as usize] += f64::from(10 * site.pre + site.post);
    }));
    network.add_regular(of_synapses).expect("S is there");
    let missing = Regular::new(Elements::Neurons(PopulationId(1)), ClockId(0));
    assert_eq!(network.add_regular(missing).expect_err("there is one population"), BuildError::Regular);
    network.run(2.0 * DT).expect("nothing can go wrong");
    let state = network.state_mut();
    assert_eq!(reals(state, 1), &[4.0, 5.0, 6.0]);
    assert_eq!(reals(state, 2), &[2.0, 40.0]);
}
