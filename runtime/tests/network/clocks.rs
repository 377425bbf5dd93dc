//! Several clocks: who ticks when, and what the kernels see of it.

use crate::kernels::{DT, Log, code, logged, network, reals, rows, source, still, whole};
use runtime::state::ColumnId;
use runtime::{
    ClockId, Delay, Elements, Network, Neurons, Pathway, Population, Projection, Regular, Sampling, Side, Slot,
    SpikeRecord, StepOver, Summed, Tick, Turn, Values, random,
};

fn clock(network: &mut Network, dt: f64) -> ClockId {
    network.add_clock(dt).expect("a good time step")
}

/// Brian2 2.9: groups of dt 0.1 and 0.25 ms, both in order of declaration where they tick together.
#[test]
fn groups_tick_by_their_own_clocks() {
    let log = Log::default();
    let mut network = network(&[]);
    let slow = clock(&mut network, 2.5 * DT);
    for (name, clock) in [("A", slow), ("B", ClockId(0))] {
        let neurons = Neurons { step: Some(logged(&log, name)), ..Neurons::default() };
        network.add_population(Population::neurons(name, 1, neurons).on_clock(clock));
    }
    network.run(3.5 * DT).expect("nothing can go wrong");
    network.run(2.0 * DT).expect("nothing can go wrong");
    let expected = [(0, "A"), (0, "B"), (1, "B"), (2, "B"), (1, "A"), (3, "B"), (4, "B"), (2, "A"), (5, "B")];
    assert_eq!(log.all(), expected);
    assert_eq!(network.clocks().iter().map(|clock| clock.tick()).collect::<Vec<_>>(), [Tick(6), Tick(3)]);
}

/// A step of the network is the earliest tick of all clocks; time is then that of the next.
#[test]
fn a_step_is_the_earliest_tick() {
    let mut network = network(&[]);
    clock(&mut network, 2.5 * DT);
    let mut times = Vec::new();
    for _ in 0..6 {
        network.step().expect("nothing can go wrong");
        times.push((network.time() / DT * 10.0).round() / 10.0);
    }
    assert_eq!(times, [1.0, 2.0, 2.5, 3.0, 4.0, 5.0]);
    let report = network.run(1.0 * DT).expect("nothing can go wrong");
    assert_eq!((report.ticks, network.time()), (1, 6.0 * DT));
}

/// Spikes travel by the clock of who spikes; the code sees the time of the synapses' own clock, whose step is the one
/// done or the next.
#[test]
fn pathways_tick_with_the_spikes_and_see_the_time_of_their_synapses() {
    let mut network = network(&[&[0.0; 8]]);
    let (fast, slow) = (ClockId(0), clock(&mut network, 5.0 * DT));
    let pre = network.add_population(source("A", 1, &[(0.0, 0), (0.3, 0), (0.5, 0), (0.6, 0)]));
    let post = network.add_population(
        Population::listed("B", 1, &[(5.0 * DT, 0)], None, 5.0 * DT).expect("a good list").on_clock(slow),
    );
    let seen = Log::default();
    let times = |name: &'static str| {
        let seen = seen.clone();
        code(name, move |_, site| {
            assert_eq!(site.moment.t, site.moment.step as f64 * (5.0 * DT));
            seen.note(site.moment.step, name);
        })
    };
    let (rows, _) = rows(1, 1, &[(0, 0)]);
    let projection = Projection::new("S", whole(pre, 1), whole(post, 1), rows, None).expect("good rows");
    let projection = projection
        .on_clock(slow)
        .with_pathway(Pathway::new("pre", Side::Pre, Delay::Shared(2.0 * DT), times("pre")))
        .with_pathway(Pathway::new("post", Side::Post, Delay::Shared(6.0 * DT), times("post")));
    network.add_projection(projection).expect("both are there");
    let arrivals = network.add_population(still("C", 1));
    assert_eq!(network.clock_of(arrivals), fast);
    network.run(20.0 * DT).expect("nothing can go wrong");
    // Sent in ticks 0, 3, 5 and 6, two ticks later: 2 (before slow tick 1), 5 (in it), 7 and 8 (before slow tick 2).
    // Sent in slow tick 1; 6/5 of a slow tick are one: arrives in slow tick 2.
    assert_eq!(seen.all(), [(1, "pre"), (1, "pre"), (2, "pre"), (2, "pre"), (2, "post")]);
}

/// Several triggers within one step of the code's own clock draw different numbers, and the same again from a clone.
#[test]
fn random_numbers_differ_from_trigger_to_trigger() {
    let mut network = network(&[&[], &[0.0]]);
    let slow = clock(&mut network, 10.0 * DT);
    let every = [0.0, 0.1, 0.2, 1.1].map(|time| (time, 0));
    let pre = network.add_population(source("A", 1, &every));
    let post = network.add_population(still("B", 1).on_clock(slow));
    let draw = |state: &mut runtime::state::State, site: &mut crate::kernels::Site| {
        let drawn = random::uniform(site.key, site.moment.step, site.element, 0);
        reals(state, 0).push(drawn);
    };
    let (rows, _) = rows(1, 1, &[(0, 0)]);
    let projection = Projection::new("S", whole(pre, 1), whole(post, 1), rows, None).expect("good rows");
    let pathway = Pathway::new("pre", Side::Pre, Delay::Shared(0.0), code("S.pre", draw));
    network.add_projection(projection.on_clock(slow).with_pathway(pathway)).expect("both are there");
    let mut regular = Regular::new(Elements::Neurons(post), ClockId(0));
    regular.each = Some(code("B.every", draw));
    network.add_regular(regular).expect("B is there");
    let mut clone = network.clone();
    for network in [&mut network, &mut clone] {
        network.run(12.0 * DT).expect("nothing can go wrong");
    }
    let drawn = reals(network.state_mut(), 0).clone();
    assert_eq!(&drawn, reals(clone.state_mut(), 0));
    let mut sorted = drawn.clone();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup();
    assert_eq!((drawn.len(), sorted.len()), (16, 16));
}

/// Sums are of the neurons' clock, their code of the synapses'; samples of the monitor's; spikes of the population's.
#[test]
fn sums_and_monitors_tick_by_the_right_clock() {
    let mut network = network(&[&[0.0], &[1.0], &[5.0]]);
    let (slow, own) = (clock(&mut network, 3.0 * DT), clock(&mut network, 2.0 * DT));
    let pre = network.add_population(source("A", 1, &[(0.2, 0), (0.4, 0)]));
    let threshold = code("B.threshold", |_, site| site.spike = true);
    let neurons = Neurons { threshold: Some(threshold), ..Neurons::default() };
    let post = network.add_population(Population::neurons("B", 1, neurons).on_clock(slow));
    let (rows, _) = rows(1, 1, &[(0, 0)]);
    let add = code("S.sum", |state, site| reals(state, 0)[0] += site.moment.step as f64);
    let projection = Projection::new("S", whole(pre, 1), whole(post, 1), rows, None).expect("good rows");
    let projection = projection.with_summed(Summed::new(ColumnId(0), whole(post, 1), add));
    network.add_projection(projection).expect("both are there");
    let sampling = Sampling { clock: own, ..Sampling::default() };
    let v = network.record_values("B.v", Values::Column(ColumnId(0)), vec![0], sampling).expect("v is there");
    let late = Sampling { clock: own, every: Some(4.0 * DT), turn: Turn::of(Slot::End), ..Sampling::default() };
    let late = network.record_values("B.v", Values::Column(ColumnId(0)), vec![0], late).expect("v is there");
    let times = network.record_values("B.x", Values::Times(ColumnId(2), 3.0 * DT), vec![0], sampling);
    let spikes = network.record_spikes(SpikeRecord::new(whole(post, 1))).expect("B is there");
    let rate = network.record_rate_of(whole(post, 1), Some(6.0 * DT), None, Turn::of(Slot::End)).expect("two ticks");
    assert!(network.record_rate_of(whole(post, 1), Some(2.0 * DT), None, Turn::of(Slot::End)).is_err(), "of 3 ticks");
    network.run(12.0 * DT).expect("nothing can go wrong");

    assert_eq!(network.values(v).ticks(), [0, 1, 2, 3, 4, 5].map(Tick));
    assert_eq!(network.values(v).samples(), [0.0, 0.0, 3.0, 3.0, 6.0, 9.0], "of ticks 0, 2, 4, 6, 8, 10");
    assert_eq!(network.values(late).samples(), [0.0, 3.0, 6.0]);
    assert_eq!(network.values(times.expect("x is there")).samples(), [15.0 * DT; 6]);
    assert_eq!(network.spikes(spikes).by_tick().map(|(tick, _)| tick.0).collect::<Vec<_>>(), [0, 1, 2, 3]);
    assert_eq!(network.spikes(spikes).dt(), 3.0 * DT);
    let counts: Vec<_> = network.rate(rate).counts().collect();
    assert_eq!(counts, [(Tick(0), 2), (Tick(2), 2)]);
    let rates: Vec<f64> = network.rate(rate).rates().map(|(_, rate)| rate * 3.0 * DT).collect();
    assert!(rates.iter().all(|rate| (rate - 1.0).abs() < 1e-12), "{rates:?}");
}

/// A Poisson source's chance is that of its own step.
#[test]
fn poisson_spikes_come_by_their_own_clock() {
    let mut network = network(&[&[100.0]]);
    let slow = clock(&mut network, 100.0 * DT);
    let population = network.add_population(Population::poisson("P", 10, ColumnId(0)).on_clock(slow));
    let spikes = network.record_spikes(SpikeRecord::new(whole(population, 10))).expect("P is there");
    network.run(5000.0 * DT).expect("a good rate");
    assert_eq!(network.spikes(spikes).len(), 500, "100 Hz in steps of 10 ms: one in every step");
}

/// A clock may be added between runs, and begins with its first tick to come.
#[test]
fn what_is_added_between_runs_begins_then() {
    let log = Log::default();
    let mut network = network(&[]);
    let population = network.add_population(still("P", 1));
    network.run(7.0 * DT).expect("nothing can go wrong");
    let five = clock(&mut network, 5.0 * DT);
    let mut regular = Regular::new(Elements::Neurons(population), five);
    regular.each = Some(logged(&log, "every"));
    network.add_regular(regular).expect("P is there");
    network.run(14.0 * DT).expect("nothing can go wrong");
    assert_eq!(log.all(), [(10, "every"), (15, "every"), (20, "every")]);
    assert!(network.add_clock(0.0).is_err() && network.add_clock(f64::NAN).is_err());
}

/// State updates of synapses on a clock of their own.
#[test]
fn synapses_step_by_their_own_clock() {
    let log = Log::default();
    let mut network = network(&[]);
    let slow = clock(&mut network, 4.0 * DT);
    let population = network.add_population(still("P", 1));
    let (rows, _) = rows(1, 1, &[(0, 0)]);
    let projection = Projection::new("S", whole(population, 1), whole(population, 1), rows, None).expect("good rows");
    let projection = projection.on_clock(slow).ordered(3).with_step(logged(&log, "S"), StepOver::Rows);
    network.add_projection(projection).expect("P is there");
    network.run(9.0 * DT).expect("nothing can go wrong");
    assert_eq!(log.all(), [(0, "S"), (1, "S"), (2, "S")]);
}
