//! Spikes on their way: numbers of Brian2 2.9 (`reference/`), and a naive list of events.

use crate::kernels::{DT, code, network, reals, rows, source, still, whole};
use proptest::prelude::*;
use runtime::state::ColumnId;
use runtime::{Delay, Network, Pathway, Projection, ProjectionId, Sampling, Side, Values};
use std::sync::{Arc, Mutex};

/// `reference/delay_rounding.json`.
#[test]
fn spikes_arrive_when_brian2s_do() {
    let delays = [0.15, 0.25, 0.05, 0.0499999, 0.149, 0.3].map(|delay| delay * 0.001);
    let mut network = network(&[&[0.0; 6], &delays]);
    let pre = network.add_population(source("src", 1, &[(1.0, 0)]));
    let post = network.add_population(still("G", 6));
    let (rows, _) = rows(1, 6, &[(0, 0), (0, 1), (0, 2), (0, 3), (0, 4), (0, 5)]);
    let count = code("S.pre", |state, site| reals(state, 0)[site.element as usize] += 1.0);
    let pathway = Pathway::new("pre", Side::Pre, Delay::PerSynapse(ColumnId(1)), count);
    let projection = Projection::new("S", whole(pre, 1), whole(post, 6), rows, None).expect("good rows");
    network.add_projection(projection.with_pathway(pathway)).expect("both are there");
    let monitor = network
        .record_values("S.c", Values::Column(ColumnId(0)), (0..6).collect(), Sampling::default())
        .expect("c is there");
    network.run(0.003).expect("delays are good");
    let arrival = |synapse| network.values(monitor).trace(synapse).position(|count| count > 0.0);
    let arrivals: Vec<_> = (0..6).map(arrival).collect();
    assert_eq!(arrivals, [12, 14, 12, 11, 12, 14].map(Some));
}

/// `reference/weight_changed_in_flight.json`: the weight is read on arrival, and a run may end meanwhile.
#[test]
fn weights_are_read_on_arrival() {
    let mut network = network(&[&[0.0], &[1.0]]);
    let pre = network.add_population(source("src", 1, &[(1.0, 0)]));
    let post = network.add_population(still("G", 1));
    let add = code("S.pre", |state, site| {
        let w = reals(state, 1)[site.element as usize];
        reals(state, 0)[site.post as usize] += w;
    });
    let (rows, _) = rows(1, 1, &[(0, 0)]);
    let projection = Projection::new("S", whole(pre, 1), whole(post, 1), rows, None).expect("good rows");
    let pathway = Pathway::new("pre", Side::Pre, Delay::Shared(0.005), add);
    network.add_projection(projection.with_pathway(pathway)).expect("both are there");
    let v =
        network.record_values("G.v", Values::Column(ColumnId(0)), vec![0], Sampling::default()).expect("v is there");
    network.run(0.003).expect("nothing can go wrong");
    network.column_mut(ColumnId(1)).set_number(0, 10.0);
    network.run(0.007).expect("nothing can go wrong");
    let expected: Vec<f64> = (0..100).map(|tick| if tick > 60 { 10.0 } else { 0.0 }).collect();
    assert_eq!(network.values(v).samples(), expected);
}

/// A delay that changes between runs holds for spikes sent from then on.
#[test]
fn spikes_on_their_way_keep_their_tick() {
    let mut network = network(&[&[0.0]]);
    let pre = network.add_population(source("src", 1, &[(0.0, 0), (0.1, 0), (0.2, 0), (0.3, 0)]));
    let post = network.add_population(still("G", 1));
    let (rows, _) = rows(1, 1, &[(0, 0)]);
    let count = code("S.pre", |state, _| reals(state, 0)[0] += 1.0);
    let projection = Projection::new("S", whole(pre, 1), whole(post, 1), rows, None).expect("good rows");
    let pathway = Pathway::new("pre", Side::Pre, Delay::Shared(5.0 * DT), count);
    let projection = network.add_projection(projection.with_pathway(pathway)).expect("both are there");
    let v =
        network.record_values("G.v", Values::Column(ColumnId(0)), vec![0], Sampling::default()).expect("v is there");
    network.run(DT).expect("nothing can go wrong");
    assert!(network.set_delay(projection, 0, 10.0 * DT));
    network.run(DT).expect("nothing can go wrong");
    assert!(network.set_delay(projection, 0, 0.0));
    network.run(DT).expect("nothing can go wrong");
    assert!(network.set_delay(projection, 0, 2.0 * DT));
    network.run(11.0 * DT).expect("nothing can go wrong");
    let arrivals = [2, 5, 5, 11];
    let expected: Vec<f64> =
        (0..14).map(|tick| arrivals.iter().filter(|&&arrival| arrival < tick).count() as f64).collect();
    assert_eq!(network.values(v).samples(), expected);
}

type Log = Arc<Mutex<Vec<(i64, u32, u32)>>>;

fn logging(
    pairs: &[(u32, u32)],
    spikes: &[(f64, u32)],
    side: Side,
    delays: &[f64],
    shared: bool,
) -> (Network, ProjectionId, Log) {
    let (rows, storage) = rows(5, 5, pairs);
    let mut stored = vec![0.0; pairs.len()];
    storage.iter().zip(delays).for_each(|(&number, &delay)| stored[number as usize] = delay);
    let mut network = network(&[&stored]);
    let population = network.add_population(source("P", 5, spikes));
    let log = Log::default();
    let seen = Arc::clone(&log);
    let note = code("S.note", move |_, site| {
        seen.lock().expect("nobody panics").push((site.moment.step, site.element, site.pre));
    });
    let delay = if shared { Delay::Shared(delays[0]) } else { Delay::PerSynapse(ColumnId(0)) };
    let projection =
        Projection::new("S", whole(population, 5), whole(population, 5), rows, Some(storage)).expect("good rows");
    let projection = projection.with_pathway(Pathway::new("path", side, delay, note.reading_pre()));
    let projection = network.add_projection(projection).expect("P is there");
    (network, projection, log)
}

proptest! {
    /// The model: every spike meets every synapse of its neuron at its tick plus the delay; sorted by arrival, tick
    /// sent, neuron and creation.
    #[test]
    fn arrivals_are_those_of_a_sorted_list(
        pairs in prop::collection::vec((0u32..5, 0u32..5), 1..30),
        spikes in prop::collection::btree_set((0i64..20, 0u32..5), 0..40),
        ticks in prop::collection::vec(0u32..12, 30),
        (post, shared, halves) in any::<(bool, bool, bool)>(),
    ) {
        let side = if post { Side::Post } else { Side::Pre };
        let delays: Vec<f64> = ticks.iter().take(pairs.len()).map(|&ticks| f64::from(ticks) * DT).collect();
        let times: Vec<(f64, u32)> = spikes.iter().map(|&(tick, neuron)| (tick as f64 * 0.1, neuron)).collect();
        let (mut network, projection, log) = logging(&pairs, &times, side, &delays, shared);
        if halves {
            network.run(10.0 * DT).expect("delays are good");
            network.run(30.0 * DT).expect("delays are good");
        } else {
            network.run(40.0 * DT).expect("delays are good");
        }

        let mut expected = Vec::new();
        for &(tick, neuron) in &spikes {
            for (created, &(pre, post)) in pairs.iter().enumerate() {
                if neuron == (if side == Side::Post { post } else { pre }) {
                    let delay = if shared { ticks[0] } else { ticks[created] };
                    expected.push((tick + i64::from(delay), tick, neuron, created as u32));
                }
            }
        }
        expected.sort_unstable();
        let projection = &network.projections()[projection.0 as usize];
        let expected: Vec<(i64, u32, u32)> = expected
            .into_iter()
            .map(|(arrival, _, _, created)| (arrival, projection.storage_number(created), pairs[created as usize].0))
            .collect();
        prop_assert_eq!(&*log.lock().expect("nobody panics"), &expected);
        prop_assert_eq!(projection.event_total(), expected.len() as u64);
        prop_assert_eq!(projection.pathways()[0].pending(), 0);
        prop_assert_eq!(projection.pairs().collect::<Vec<_>>(), pairs.clone());
        for created in 0..pairs.len() as u32 {
            prop_assert_eq!(projection.creation_number(projection.storage_number(created)), created);
        }
    }
}

/// Delays beyond 65,535 ticks take four bytes, and arrive all the same.
#[test]
fn long_delays_arrive() {
    for side in [Side::Pre, Side::Post] {
        let delays = [70_000.0 * DT, 3.0 * DT];
        let (mut network, _, log) = logging(&[(1, 1), (1, 1)], &[(0.2, 1)], side, &delays, false);
        network.run(70_003.0 * DT).expect("delays are good");
        assert_eq!(*log.lock().expect("nobody panics"), [(5, 1, 1), (70_002, 0, 1)], "{side:?}");
    }
}
