//! Runs: where they end, that they can be cut anywhere, and that a clone goes on like its original.

use crate::kernels::{DT, Site, code, network, reals, rows, sampled, still, whole};
use proptest::prelude::*;
use runtime::state::ColumnId;
use runtime::{
    ClockId, Delay, Elements, Event, Network, Neurons, Notice, Pathway, Population, PopulationId, Projection,
    RateMonitorId, Regular, Sampling, Side, Slot, SpikeMonitorId, SpikeRecord, Summed, Tick, Turn, ValueMonitorId,
    Values, random,
};
use std::ops::ControlFlow;

pub(crate) struct Noisy {
    pub(crate) network: Network,
    pub(crate) spikes: SpikeMonitorId,
    pub(crate) lows: SpikeMonitorId,
    pub(crate) rate: RateMonitorId,
    pub(crate) v: ValueMonitorId,
    pub(crate) sum: ValueMonitorId,
}

fn drawn(site: &Site) -> f64 {
    random::normal(site.key, site.moment.step, site.element, 0)
}

/// Noisy neurons with an event and a regular operation on a clock of its own.
fn neurons(five: ClockId) -> (Population, Regular) {
    let step = code("P.step", |state, site| {
        let v = &mut reals(state, 0)[site.element as usize];
        *v += 0.01 * (1.0 - *v) + 0.02 * drawn(site);
    });
    let threshold = code("P.threshold", |state, site| site.spike = reals(state, 0)[site.element as usize] > 1.0);
    let reset = code("P.reset", |state, site| reals(state, 0)[site.element as usize] = 0.0);
    let low = code("P.low", |state, site| site.spike = reals(state, 0)[site.element as usize] < -0.02);
    let lift = code("P.low.code", |state, site| reals(state, 0)[site.element as usize] += 0.03 * drawn(site).abs());
    let neurons = Neurons { step: Some(step), threshold: Some(threshold), reset: Some(reset), ..Neurons::default() };
    let mut regular = Regular::new(Elements::Neurons(PopulationId(1)), five);
    regular.each = Some(code("P.every", |state, site| reals(state, 0)[site.element as usize] += 0.1 * drawn(site)));
    (Population::neurons("P", 15, neurons).with_event(Event::new("low", low).with_code(lift)), regular)
}

/// Poisson spikes into noisy neurons over synapses with delays of their own, which give their neighbours on a slower
/// clock a sum; listed spikes that come again: every kind of state there is.
pub(crate) fn noisy() -> Noisy {
    let pairs: Vec<(u32, u32)> = (0..20).flat_map(|pre| (0..10).map(move |k| (pre, (pre * 7 + k * 3) % 15))).collect();
    let delays: Vec<f64> = (0..200).map(|synapse| f64::from(synapse * 37 % 23) * DT).collect();
    let mut network = network(&[&[0.0; 15], &delays, &[0.1; 200], &[400.0], &[0.0; 15]]);
    let [three, five] = [3.0, 5.0].map(|ticks| network.add_clock(ticks * DT).expect("a good time step"));
    let inputs = network.add_population(Population::poisson("in", 20, ColumnId(3)));
    let (neurons, regular) = neurons(five);
    let neurons = network.add_population(neurons);
    network.add_regular(regular).expect("P is there");
    let list = [(0.0, 3), (0.0006, 19)];
    let listed = Population::listed("L", 20, &list, Some(0.0009), 3.0 * DT).expect("a good list").on_clock(three);
    let listed = network.add_population(listed);
    let still = network.add_population(still("Q", 15).on_clock(three));
    let (rows, storage) = rows(20, 15, &pairs);
    let new = |name: &str, source, target| {
        let (source, target) = (whole(source, 20), whole(target, 15));
        Projection::new(name, source, target, rows.clone(), Some(storage.clone())).expect("good rows")
    };
    let pre = |name: &str| {
        code(name, |state, site| {
            let w = reals(state, 2)[site.element as usize];
            reals(state, 0)[site.post as usize] += w * (1.0 + 0.1 * drawn(site));
        })
    };
    let post = code("S.post", |state, site| reals(state, 2)[site.element as usize] *= 0.99);
    let low = code("S.low", |state, site| reals(state, 2)[site.element as usize] *= 1.01);
    let projection = new("S", inputs, neurons)
        .with_pathway(Pathway::new("pre", Side::Pre, Delay::PerSynapse(ColumnId(1)), pre("S.pre")))
        .with_pathway(Pathway::new("post", Side::Post, Delay::Shared(7.0 * DT), post))
        .with_pathway(Pathway::new("low", Side::Post, Delay::PerSynapse(ColumnId(1)), low).on_event(0));
    network.add_projection(projection).expect("both are there");
    let slow = Pathway::new("pre", Side::Pre, Delay::Shared(6.0 * DT), pre("L.pre"));
    network.add_projection(new("L", listed, neurons).with_pathway(slow)).expect("both are there");
    let sum = code("Q.sum", |state, site| {
        let w = reals(state, 2)[site.element as usize] * drawn(site);
        reals(state, 4)[site.post as usize] += w;
    });
    let summed = Summed::new(ColumnId(4), whole(still, 15), sum);
    network.add_projection(new("Q", inputs, still).with_summed(summed)).expect("both are there");

    let value = code("P.v", |state, site| site.value = reals(state, 0)[site.element as usize] + drawn(site));
    let spikes = SpikeRecord::new(whole(neurons, 15)).with(Values::Neurons(neurons, value));
    let spikes = network.record_spikes(spikes).expect("P is there");
    let lows = network.record_spikes(SpikeRecord::new(whole(neurons, 15)).of_event(0)).expect("the event is there");
    let rate = network.record_rate_of(whole(inputs, 20), Some(0.001), None, Turn::of(Slot::End)).expect("whole ticks");
    let v = network.record_values("P.v", Values::Column(ColumnId(0)), vec![3, 1], sampled(0.0005)).expect("v is there");
    let sampling = Sampling { clock: three, ..Sampling::default() };
    let sum = network.record_values("Q.x", Values::Column(ColumnId(4)), vec![2], sampling).expect("x is there");
    Noisy { network, spikes, lows, rate, v, sum }
}

pub(crate) fn assert_same(a: &Noisy, b: &Noisy) {
    assert_eq!(a.network.state(), b.network.state());
    assert_eq!(a.network.clocks(), b.network.clocks());
    let spikes = |noisy: &Noisy, of| noisy.network.spikes(of).spikes().collect::<Vec<_>>();
    assert_eq!(spikes(a, a.spikes), spikes(b, b.spikes));
    assert_eq!(spikes(a, a.lows), spikes(b, b.lows));
    assert_eq!(a.network.spikes(a.spikes).noted(0), b.network.spikes(b.spikes).noted(0));
    assert_eq!(a.network.rate(a.rate), b.network.rate(b.rate));
    for (first, second) in [(a.v, b.v), (a.sum, b.sum)] {
        assert_eq!(a.network.values(first).ticks(), b.network.values(second).ticks());
        assert_eq!(a.network.values(first).samples(), b.network.values(second).samples());
    }
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
