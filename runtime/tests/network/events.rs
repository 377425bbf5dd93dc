//! Custom events: to whom they happen, their code, pathways and monitors; and what is noted with spikes.

use crate::kernels::{DT, code, network, reals, rows, source, whole};
use runtime::state::ColumnId;
use runtime::{
    BuildError, Delay, Event, Neurons, Pathway, Population, Projection, Sampling, Side, Slot, SpikeRecord, Tick, Turn,
    Values,
};

/// Three neurons whose v grows by 1, 2 and 3 a step; those at 4 or more are high, and go down by 10.
fn growing() -> Population {
    let step = code("P.step", |state, site| {
        let v = &mut reals(state, 0)[site.element as usize];
        *v += f64::from(site.element + 1);
        site.spike = *v == 3.0;
    });
    let condition = code("P.high", |state, site| site.spike = reals(state, 0)[site.element as usize] >= 4.0);
    let fall = code("P.high.code", |state, site| reals(state, 0)[site.element as usize] -= 10.0);
    let reset = code("P.reset", |state, site| reals(state, 0)[site.element as usize] += 0.25);
    let neurons = Neurons { step: Some(step), reset: Some(reset), ..Neurons::default() };
    Population::neurons("P", 3, neurons).with_event(Event::new("high", condition).with_code(fall))
}

#[test]
fn events_happen_act_trigger_and_are_recorded() {
    let mut network = network(&[&[0.0; 3], &[0.0; 3]]);
    let population = network.add_population(growing());
    let group = runtime::Group { population, offset: 1, size: 2 };
    let count = code("S.pre", |state, site| {
        let v = reals(state, 0)[site.pre as usize];
        reals(state, 1)[site.post as usize] += v;
    });
    let rows = runtime::rows::Rows::new(vec![0, 1, 2], vec![0, 2], 1, 3).expect("good rows");
    let projection = Projection::new("S", group, whole(population, 3), rows, None).expect("good rows");
    let pre = Pathway::new("pre", Side::Pre, Delay::Shared(DT), count.reading_pre()).on_event(0);
    assert_eq!((pre.event(), pre.turn()), (Some(0), Turn::at(Slot::Synapses, -1)));
    network.add_projection(projection.with_pathway(pre)).expect("P is there");
    let with = |record: SpikeRecord| record.with(Values::Column(ColumnId(0)));
    let high = network.record_spikes(with(SpikeRecord::new(group).of_event(0))).expect("the event is there");
    let late = with(SpikeRecord::new(whole(population, 3)).of_event(0)).at(Turn::of(Slot::End));
    let late = network.record_spikes(late).expect("the event is there");
    let c = network.record_values("P.c", Values::Column(ColumnId(1)), vec![0, 1, 2], Sampling::default());
    network.run(5.0 * DT).expect("nothing can go wrong");

    // v before the events: (1 2 3) (2 4 6) (3 -4 -1) (4.25 -2 2) (-4.75 0 5)
    let seen: Vec<_> = network.spikes(high).spikes().collect();
    assert_eq!(seen, [(Tick(1), 0), (Tick(1), 1), (Tick(4), 1)], "relative to the group");
    assert_eq!(network.spikes(high).noted(0), [4.0, 6.25, 5.25], "before their code");
    let seen: Vec<_> = network.spikes(late).spikes().collect();
    assert_eq!(seen, [(Tick(1), 1), (Tick(1), 2), (Tick(3), 0), (Tick(4), 2)]);
    assert_eq!(network.spikes(late).noted(0), [-6.0, -3.75, -5.75, -4.75], "after it");
    assert_eq!(network.spikes(high).event(), Some(0));
    // Sent in tick 1 by neurons 1 and 2, arriving in tick 2 with v of then.
    let c = network.values(c.expect("c is there")).samples();
    assert_eq!(c[9..12], [-4.0, 0.0, -0.75]);
    let population = &network.populations()[0];
    assert_eq!((population.events()[0].name(), population.events()[0].neurons()), ("high", &[2][..]));
    assert_eq!(population.spike_total(), 2);
}

/// Values noted with spikes are those before synapses and reset, from columns, shared ones, and kernels.
#[test]
fn values_are_noted_with_spikes() {
    let mut network = network(&[&[0.0; 3], &[9.0]]);
    let population = network.add_population(growing());
    let square = code("P.square", |state, site| site.value = reals(state, 0)[site.element as usize].powi(2));
    let record = SpikeRecord::new(whole(population, 3))
        .with(Values::Column(ColumnId(0)))
        .with(Values::Neurons(population, square))
        .with(Values::Column(ColumnId(1)));
    let spikes = network.record_spikes(record).expect("P is there");
    network.run(3.0 * DT).expect("nothing can go wrong");
    let monitor = network.spikes(spikes);
    assert_eq!(monitor.spikes().collect::<Vec<_>>(), [(Tick(0), 2), (Tick(2), 0)]);
    assert_eq!([0, 1, 2].map(|place| monitor.noted(place)), [[3.0, 3.0], [9.0, 9.0], [9.0, 9.0]]);
}

#[test]
fn events_that_are_not_there_are_refused() {
    let mut network = network(&[&[0.0; 3]]);
    let population = network.add_population(growing());
    let (rows, _) = rows(3, 3, &[(0, 0)]);
    let projection = Projection::new("S", whole(population, 3), whole(population, 3), rows, None).expect("good rows");
    let pre = Pathway::new("pre", Side::Post, Delay::Shared(0.0), code("S.pre", |_, _| {})).on_event(1);
    let missing = |object: &str| BuildError::Event { object: object.to_owned(), population: 0, event: 1 };
    assert_eq!(network.add_projection(projection.with_pathway(pre)).expect_err("one event"), missing("S"));
    let record = SpikeRecord::new(whole(population, 3)).of_event(1);
    assert_eq!(network.record_spikes(record).expect_err("one event"), missing("a recording of events"));
}

/// Listed spikes that come again, and others in their place from some time on.
#[test]
fn listed_spikes_repeat_and_are_replaced() {
    let mut network = network(&[]);
    let list = [(0.0001, 0), (0.0003, 1)];
    let again = Population::listed("G", 2, &list, Some(0.0005), DT).expect("a good list");
    let again = network.add_population(again);
    let once = network.add_population(source("H", 2, &[(0.1, 0)]));
    let spikes = network.record_spikes(SpikeRecord::new(whole(again, 2))).expect("G is there");
    let other = network.record_spikes(SpikeRecord::new(whole(once, 2))).expect("H is there");
    network.run(7.0 * DT).expect("nothing can go wrong");
    let new = [(0.0001, 1), (0.0007, 0), (0.0008, 1), (0.0012, 1)];
    assert_eq!(network.set_spikes(once, &new, None), Ok(1));
    network.run(2.0 * DT).expect("nothing can go wrong");
    assert_eq!(network.set_spikes(again, &[(0.0, 0), (0.0002, 1)], Some(0.0003)), Ok(0));
    network.run(5.0 * DT).expect("nothing can go wrong");
    let seen = |monitor| network.spikes(monitor).spikes().map(|(tick, neuron)| (tick.0, neuron)).collect::<Vec<_>>();
    assert_eq!(seen(spikes), [(1, 0), (3, 1), (6, 0), (8, 1), (9, 0), (11, 1), (12, 0)]);
    assert_eq!(seen(other), [(1, 0), (7, 0), (8, 1), (12, 1)]);
    assert!(matches!(network.set_spikes(once, &[(0.0, 5)], None), Err(BuildError::SpikeNeuron { neuron: 5, .. })));
    let plain = network.add_population(growing());
    assert_eq!(network.set_spikes(plain, &[], None), Err(BuildError::NotListed { population: 2 }));
}
