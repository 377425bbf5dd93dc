//! Runs: where they end, that they can be cut anywhere, and that a clone goes on like its original.

use crate::kernels::{DT, code, network, reals, rows, sampled, whole};
use proptest::prelude::*;
use runtime::state::ColumnId;
use runtime::{Delay, Network, Neurons, Notice, Pathway, Population, Projection, RateMonitorId, Side, Slot};
use runtime::{SpikeMonitorId, SpikeRecord, Tick, Turn, ValueMonitorId, Values, random};
use std::ops::ControlFlow;

struct Noisy {
    network: Network,
    spikes: SpikeMonitorId,
    rate: RateMonitorId,
    v: ValueMonitorId,
}

/// Poisson spikes into noisy neurons over synapses with delays of their own: every kind of state there is.
fn noisy() -> Noisy {
    let pairs: Vec<(u32, u32)> = (0..20).flat_map(|pre| (0..10).map(move |k| (pre, (pre * 7 + k * 3) % 15))).collect();
    let delays: Vec<f64> = (0..200).map(|synapse| f64::from(synapse * 37 % 23) * DT).collect();
    let mut network = network(&[&[0.0; 15], &delays, &[0.1; 200], &[400.0]]);
    let inputs = network.add_population(Population::poisson("in", 20, ColumnId(3)));
    let step = code("P.step", |state, site| {
        let noise = random::normal(site.key, site.moment.step, site.element, 0);
        let v = &mut reals(state, 0)[site.element as usize];
        *v += 0.01 * (1.0 - *v) + 0.02 * noise;
        site.spike = *v > 1.0;
    });
    let reset = code("P.reset", |state, site| reals(state, 0)[site.element as usize] = 0.0);
    let neurons = Neurons { step: Some(step), reset: Some(reset), ..Neurons::default() };
    let neurons = network.add_population(Population::neurons("P", 15, neurons));
    let (rows, storage) = rows(20, 15, &pairs);
    let projection =
        Projection::new("S", whole(inputs, 20), whole(neurons, 15), rows, Some(storage)).expect("good rows");
    let pre = code("S.pre", |state, site| {
        let w = reals(state, 2)[site.element as usize];
        reals(state, 0)[site.post as usize] += w;
    });
    let post = code("S.post", |state, site| reals(state, 2)[site.element as usize] *= 0.99);
    let projection = projection
        .with_pathway(Pathway::new("pre", Side::Pre, Delay::PerSynapse(ColumnId(1)), pre))
        .with_pathway(Pathway::new("post", Side::Post, Delay::Shared(7.0 * DT), post));
    network.add_projection(projection).expect("both are there");
    let spikes = network.record_spikes(SpikeRecord::new(whole(neurons, 15))).expect("P is there");
    let rate = network.record_rate_of(whole(inputs, 20), Some(0.001), Turn::of(Slot::End)).expect("whole ticks");
    let v = network.record_values("P.v", Values::Column(ColumnId(0)), vec![3, 1], sampled(0.0005)).expect("v is there");
    Noisy { network, spikes, rate, v }
}

fn assert_same(a: &Noisy, b: &Noisy) {
    assert_eq!(a.network.state(), b.network.state());
    assert_eq!(a.network.clock().tick(), b.network.clock().tick());
    let spikes = |noisy: &Noisy| noisy.network.spikes(noisy.spikes).spikes().collect::<Vec<_>>();
    assert_eq!(spikes(a), spikes(b));
    assert_eq!(a.network.rate(a.rate), b.network.rate(b.rate));
    assert_eq!(a.network.values(a.v).ticks(), b.network.values(b.v).ticks());
    assert_eq!(a.network.values(a.v).samples(), b.network.values(b.v).samples());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    #[test]
    fn runs_may_be_cut_anywhere(cuts in prop::collection::vec(1u32..150, 1..6)) {
        let total: u32 = cuts.iter().sum();
        let mut whole = noisy();
        let report = whole.network.run(f64::from(total) * DT).expect("nothing can go wrong");
        prop_assert_eq!(report.ticks, u64::from(total));
        let mut parts = noisy();
        let mut sums = (0, 0);
        for cut in &cuts {
            let report = parts.network.run(f64::from(*cut) * DT).expect("nothing can go wrong");
            sums = (sums.0 + report.spikes, sums.1 + report.events);
        }
        prop_assert_eq!(sums, (report.spikes, report.events));
        assert_same(&whole, &parts);
        let mut steps = noisy();
        (0..total).for_each(|_| steps.network.step().expect("nothing can go wrong"));
        assert_same(&whole, &steps);
    }
}

#[test]
fn a_network_is_as_lively_as_the_tests_need() {
    let mut noisy = noisy();
    let report = noisy.network.run(0.1).expect("nothing can go wrong");
    let spikes: u64 = noisy.network.populations().iter().map(Population::spike_total).sum();
    assert_eq!(report.spikes, spikes);
    assert!(noisy.network.spikes(noisy.spikes).len() > 100);
    assert!(report.events > 5000, "{report:?}");
    assert_eq!(noisy.network.rate(noisy.rate).rates().len(), 100);
}

#[test]
fn a_clone_goes_on_like_its_original() {
    let mut original = noisy();
    original.network.run(0.0123).expect("nothing can go wrong");
    let mut clone = Noisy { network: original.network.clone(), ..noisy() };
    original.network.run(0.02).expect("nothing can go wrong");
    clone.network.run(0.02).expect("nothing can go wrong");
    assert_same(&original, &clone);
}

#[test]
fn another_seed_is_another_experiment() {
    let (mut first, mut second) = (noisy(), noisy());
    second.network.reseed(2);
    first.network.run(0.01).expect("nothing can go wrong");
    second.network.run(0.01).expect("nothing can go wrong");
    assert_ne!(first.network.state(), second.network.state());
}

#[test]
fn a_run_ends_between_two_ticks_when_it_is_told_to() {
    let mut told = noisy();
    let mut heard = 0;
    let report = told.network.run_watched(1e6, &mut |_, notice| {
        let Notice::Progress(progress) = notice else { panic!("there are no calls") };
        assert_eq!(progress.ticks, 10_000_000_000);
        heard += 1;
        if heard == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let report = report.expect("nothing can go wrong");
    assert!(report.interrupted && report.ticks > 0);
    assert_eq!(told.network.clock().tick(), Tick(report.ticks as i64));
    told.network.run(0.01).expect("nothing can go wrong");
    let mut whole = noisy();
    whole.network.run((report.ticks + 100) as f64 * DT).expect("nothing can go wrong");
    assert_same(&told, &whole);
}

/// Durations that are no whole ticks add up as asked, and a run of less than nothing left does nothing.
#[test]
fn time_asked_for_adds_up() {
    let mut network = network(&[]);
    let ticks = |duration: f64, network: &mut Network| network.run(duration).expect("a good duration").ticks;
    assert_eq!(ticks(0.05e-3, &mut network), 1);
    assert_eq!(ticks(0.05e-3, &mut network), 0);
    assert_eq!(ticks(0.25e-3, &mut network), 3);
    assert_eq!(ticks(0.0, &mut network), 0);
    assert!((network.time() - 0.35e-3).abs() < 1e-18);
    assert_eq!(network.clock().tick(), Tick(4));
}
