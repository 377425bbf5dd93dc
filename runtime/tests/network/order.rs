//! The order of a tick, of pathways and of synapses: numbers of Brian2 2.9 (`reference/`).

use crate::kernels::{DT, code, network, reals, rows, source, still, whole};
use runtime::state::{ColumnId, State};
use runtime::{
    Code, Delay, Input, Neurons, Object, Pathway, Population, Projection, Propagators, Sampling, Side, SpikeRecord,
    StepOver, Values,
};

fn steady(accumulated: f64) -> Code {
    code("G.step", move |state, site| {
        let v = &mut reals(state, 0)[site.element as usize];
        *v += accumulated;
        site.spike = *v >= 0.95;
    })
}

/// `reference/schedule_order.json`: monitors see the state before the step, synapses the one before the reset.
#[test]
fn a_tick_samples_updates_delivers_and_resets() {
    let mut network = network(&[&[0.0], &[0.0]]);
    let reset = code("G.reset", |state, site| reals(state, 0)[site.element as usize] = 0.0);
    let neurons = Neurons { step: Some(steady(DT / 1e-3)), reset: Some(reset), ..Neurons::default() };
    let neurons = network.add_population(Population::neurons("G", 1, neurons));
    let pre = code("S.pre", |state, site| reals(state, 1)[site.post as usize] += reals(state, 0)[site.post as usize]);
    let pathway = Pathway::new("pre", Side::Pre, Delay::Shared(0.0), pre);
    let (rows, _) = rows(1, 1, &[(0, 0)]);
    let projection = Projection::new("S", whole(neurons, 1), whole(neurons, 1), rows, None).expect("good rows");
    network.add_projection(projection.with_pathway(pathway)).expect("a projection within G");
    let spikes = network.record_spikes(SpikeRecord::new(whole(neurons, 1))).expect("G is there");
    let v =
        network.record_values("G.v", Values::Column(ColumnId(0)), vec![0], Sampling::default()).expect("v is there");
    let c =
        network.record_values("G.c", Values::Column(ColumnId(1)), vec![0], Sampling::default()).expect("c is there");
    network.run(0.005).expect("nothing can go wrong");

    let ticks: Vec<i64> = network.spikes(spikes).spikes().map(|(tick, _)| tick.0).collect();
    assert_eq!(ticks, [9, 19, 29, 39, 49]);
    let v = network.values(v).samples();
    let first = [0.0, 0.1, 0.2, 0.30000000000000004, 0.4, 0.5, 0.6, 0.7, 0.7999999999999999, 0.8999999999999999];
    assert_eq!(v.len(), 50);
    assert!(v.iter().zip(first.iter().cycle()).all(|(v, expected)| (v - expected).abs() < 1e-15), "{v:?}");
    let c = network.values(c).samples();
    let expected: Vec<f64> = (0..50).map(|tick| f64::from(tick / 10)).collect();
    assert!(c.iter().zip(&expected).all(|(c, expected)| (c - expected).abs() < 1e-14), "{c:?}");
}

fn trace(events: &[(f64, u32)], pairs: &[(u32, u32)], pathways: Vec<Pathway>, columns: &[&[f64]], ms: f64) -> Vec<f64> {
    let sources = pairs.iter().map(|pair| pair.0 + 1).max().expect("some pairs");
    let mut network = network(columns);
    let pre = network.add_population(source("src", sources, events));
    let post = network.add_population(still("G", 1));
    let (rows, storage) = rows(sources, 1, pairs);
    let projection = Projection::new("S", whole(pre, sources), whole(post, 1), rows, Some(storage)).expect("good rows");
    let projection = pathways.into_iter().fold(projection, Projection::with_pathway);
    network.add_projection(projection).expect("both are there");
    let v =
        network.record_values("G.v", Values::Column(ColumnId(0)), vec![0], Sampling::default()).expect("v is there");
    network.run(ms * 0.001).expect("nothing can go wrong");
    network.values(v).samples().to_vec()
}

fn pathway(name: &str, side: Side, act: impl Fn(f64) -> f64 + Send + Sync + 'static) -> Pathway {
    let code = code(name, move |state, site| {
        let v = &mut reals(state, 0)[site.post as usize];
        *v = act(*v);
    });
    Pathway::new(name, side, Delay::Shared(0.0), code)
}

/// `reference/pathways_and_order.json`: whoever is added first acts first.
#[test]
fn pathways_act_in_their_order() {
    let up = || pathway("up", Side::Pre, |v| v + 1.0);
    let down = || pathway("down", Side::Pre, |v| v * 0.5);
    let events = [(1.0, 0), (3.0, 0)];
    let up_last = trace(&events, &[(0, 0)], vec![down(), up()], &[&[2.0]], 5.0);
    assert!(up_last.iter().all(|&v| v == 2.0));
    let down_last = trace(&events, &[(0, 0)], vec![up(), down()], &[&[2.0]], 5.0);
    let expected: Vec<f64> =
        (0..50).map(|tick| [2.0, 1.5, 1.25][usize::from(tick > 10) + usize::from(tick > 30)]).collect();
    assert_eq!(down_last, expected);
}

/// `reference/effects_in_order.json`: by source, whatever the order of creation.
#[test]
fn synapses_of_a_tick_act_by_source() {
    let double = || {
        let double = code("S.pre", |state, site| {
            let w = reals(state, 1)[site.element as usize];
            let v = &mut reals(state, 0)[site.post as usize];
            *v = *v * 2.0 + w;
        });
        vec![Pathway::new("pre", Side::Pre, Delay::Shared(0.0), double)]
    };
    for pairs in [[(0, 0), (1, 0)], [(1, 0), (0, 0)]] {
        let v = trace(&[(1.0, 0), (1.0, 1)], &pairs, double(), &[&[3.0], &[1.0, 10.0]], 3.0);
        assert_eq!((v[10], v[11], v[29]), (3.0, 24.0, 24.0), "{pairs:?}");
    }
}

/// Inputs come after `Pre` and before `Post` pathways of all projections, whichever was declared first.
#[test]
fn inputs_act_between_pre_and_post() {
    let mut network = network(&[&[0.0]]);
    let digit = |name: &'static str, digit: f64| {
        code(name, move |state: &mut State, _: &mut _| reals(state, 0)[0] = reals(state, 0)[0] * 10.0 + digit)
    };
    let population = network.add_population(source("P", 1, &[(0.0, 0)]));
    let both = |name: &str, first: f64, network: &mut runtime::Network| {
        let post = Pathway::new("post", Side::Post, Delay::Shared(0.0), digit("post", first + 1.0));
        let pre = Pathway::new("pre", Side::Pre, Delay::Shared(0.0), digit("pre", first));
        let (rows, _) = rows(1, 1, &[(0, 0)]);
        let projection =
            Projection::new(name, whole(population, 1), whole(population, 1), rows, None).expect("good rows");
        network.add_projection(projection.with_pathway(post).with_pathway(pre)).expect("P is there");
    };
    both("S", 1.0, &mut network);
    network.add_input(Input::new(digit("input", 5.0), whole(population, 1))).expect("P is there");
    both("T", 3.0, &mut network);
    network.step().expect("nothing can go wrong");
    assert_eq!(reals(network.state_mut(), 0), &[13524.0]);
}

/// State updates come in order of declaration, populations and projections alike.
#[test]
fn state_updates_follow_the_order_of_declaration() {
    let digit = |digit: f64| {
        code("step", move |state: &mut State, _: &mut _| reals(state, 0)[0] = reals(state, 0)[0] * 10.0 + digit)
    };
    let mut network = network(&[&[0.0]]);
    let neurons = |digit| Neurons { step: Some(digit), ..Neurons::default() };
    let first = network.add_population(Population::neurons("A", 1, neurons(digit(1.0))));
    let second = network.add_population(Population::neurons("B", 1, neurons(digit(2.0))));
    let mut projections = Vec::new();
    for (over, number) in [(StepOver::Dense, 3.0), (StepOver::Rows, 4.0)] {
        let (rows, _) = rows(1, 1, &[(0, 0)]);
        let projection = Projection::new("S", whole(first, 1), whole(second, 1), rows, None).expect("good rows");
        projections.push(network.add_projection(projection.with_step(digit(number), over)).expect("both are there"));
    }
    network.step().expect("nothing can go wrong");
    assert_eq!(reals(network.state_mut(), 0), &[1234.0]);
    let [third, fourth] = projections[..] else { panic!("two projections") };
    let order =
        [Object::Projection(fourth), Object::Population(second), Object::Projection(third), Object::Population(first)];
    network.set_order(&order).expect("everything is named");
    reals(network.state_mut(), 0)[0] = 0.0;
    network.step().expect("nothing can go wrong");
    assert_eq!(reals(network.state_mut(), 0), &[4231.0]);
    assert!(network.set_order(&order[1..]).is_err());
    assert!(network.set_order(&[&order[..], &order[..1]].concat()).is_err());
}

/// What is derived from columns is computed before the first step, and again after writes from anywhere.
#[test]
fn propagators_are_computed_again_where_their_columns_were_written() {
    let mut network = network(&[&[2.0], &[0.0], &[0.0]]);
    let compute = code("P.propagators", |state, _| {
        let tau = reals(state, 0)[0];
        reals(state, 1)[0] = 1.0 / tau;
        reals(state, 2)[0] += 1.0;
    });
    let step = code("P.step", |state, _| {
        let tau = reals(state, 0)[0];
        assert_eq!(reals(state, 1)[0], 1.0 / tau);
    });
    let propagators = Some(Propagators::new(compute, [ColumnId(0)]));
    let neurons = Neurons { step: Some(step), propagators, ..Neurons::default() };
    let population = network.add_population(Population::neurons("P", 1, neurons));
    let source = network.add_population(source("src", 1, &[(0.7, 0), (0.8, 0)]));
    let longer = code("S.pre", |state, _| reals(state, 0)[0] *= 2.0).writing([ColumnId(0)]);
    let (rows, _) = rows(1, 1, &[(0, 0)]);
    let projection = Projection::new("S", whole(source, 1), whole(population, 1), rows, None).expect("good rows");
    let pathway = Pathway::new("pre", Side::Pre, Delay::Shared(0.0), longer);
    network.add_projection(projection.with_pathway(pathway)).expect("both are there");

    let mut computed = |ticks: u32| {
        (0..ticks).for_each(|_| network.step().expect("nothing can go wrong"));
        let runtime::state::Column::Real(count) = network.state().column(ColumnId(2)) else { panic!("reals") };
        let count = count[0];
        network.column_mut(ColumnId(0)).set_number(0, 3.0);
        count
    };
    assert_eq!(computed(5), 1.0, "once, at the first step");
    assert_eq!(computed(1), 2.0, "after a write from outside");
    assert_eq!(computed(4), 5.0, "after that, and after the spikes of ticks 7 and 8");
}
