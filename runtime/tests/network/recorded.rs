//! What monitors keep: all, the last, counts, moments; and what is taken from them while a run goes on.

use crate::kernels::{DT, code, network, reals, whole};
use runtime::state::ColumnId;
use runtime::{BuildError, Keep, Network, Neurons, Notice, Population, PopulationId, RateMonitorId, Sampling};
use runtime::{Slot, SpikeMonitorId, SpikeRecord, Tick, Turn, ValueMonitorId, Values};
use std::ops::ControlFlow;

/// Three neurons; v of each grows by 1 a step, and neuron n spikes at steps that n+1 divides.
fn counting() -> (Network, PopulationId) {
    let mut network = network(&[&[0.0, 10.0, 20.0]]);
    let step = code("P.step", |state, site| {
        reals(state, 0)[site.element as usize] += 1.0;
        site.spike = site.moment.step % i64::from(site.element + 1) == 0;
    });
    let neurons = Neurons { step: Some(step), ..Neurons::default() };
    let population = network.add_population(Population::neurons("P", 3, neurons));
    (network, population)
}

#[derive(Clone, Copy)]
struct Monitors {
    spikes: SpikeMonitorId,
    rate: RateMonitorId,
    v: ValueMonitorId,
}

fn monitors(network: &mut Network, of: PopulationId, last: Option<f64>) -> Monitors {
    let record = SpikeRecord::new(whole(of, 3)).with(Values::Column(ColumnId(0)));
    let record = last.map_or(record.clone(), |last| record.last(last));
    let keep = last.map_or(Keep::All, Keep::Last);
    let sampling = Sampling { every: Some(2.0 * DT), keep, ..Sampling::default() };
    let spikes = network.record_spikes(record).expect("P is there");
    let rate = network.record_rate_of(whole(of, 3), Some(3.0 * DT), last, Turn::of(Slot::End)).expect("three ticks");
    let v = network.record_values("P.v", Values::Column(ColumnId(0)), vec![2, 0], sampling).expect("v is there");
    Monitors { spikes, rate, v }
}

/// Everything that monitors hold of ticks from `first` on.
type Held = (Vec<(Tick, u32)>, Vec<f64>, Vec<(Tick, u32)>, Vec<Tick>, Vec<f64>);

fn held(network: &Network, Monitors { spikes, rate, v }: Monitors, first: i64) -> Held {
    let (spikes, v) = (network.spikes(spikes), network.values(v));
    let noted = spikes.spikes().zip(spikes.noted(0)).filter(|((tick, _), _)| tick.0 >= first);
    let (times, noted) = noted.map(|(spike, noted)| (spike, *noted)).unzip();
    let counts = network.rate(rate).counts().filter(|(tick, _)| tick.0 >= first).collect();
    let ticks: Vec<Tick> = v.ticks().iter().copied().filter(|tick| tick.0 >= first).collect();
    let values = v.samples()[2 * (v.ticks().len() - ticks.len())..].to_vec();
    (times, noted, counts, ticks, values)
}

/// Whatever the run is cut into, a window holds what the whole recording has of its ticks.
#[test]
fn a_window_holds_the_last_of_everything() {
    for runs in [&[1.0, 100.0, 3.0][..], &[104.0], &[0.0, 2.0], &[52.0, 52.0]] {
        let (mut network, population) = counting();
        let all = monitors(&mut network, population, None);
        let window = monitors(&mut network, population, Some(9.5 * DT));
        let mut ticks = 0;
        for run in runs {
            network.run(run * DT).expect("it runs");
            ticks += *run as i64;
            assert_eq!(held(&network, window, 0), held(&network, all, ticks - 10), "{runs:?}");
        }
        for _ in 0..3 {
            network.step().expect("it runs");
            ticks += 1;
            assert_eq!(held(&network, window, 0), held(&network, all, ticks - 10), "{runs:?}");
        }
    }
    let (mut network, population) = counting();
    for window in [0.0, -1.0, f64::NAN] {
        let made = network.record_spikes(SpikeRecord::new(whole(population, 3)).last(window));
        assert!(matches!(made, Err(BuildError::Window { .. })), "{window}");
    }
}

#[test]
fn counts_and_moments_are_those_of_what_is_recorded() {
    let (mut network, population) = counting();
    let all = monitors(&mut network, population, None);
    let counted = network.record_spikes(SpikeRecord::new(whole(population, 3)).counted()).expect("P is there");
    let mut moments = |keep| {
        let sampling = Sampling { every: Some(2.0 * DT), keep, ..Sampling::default() };
        network.record_values("P.v", Values::Column(ColumnId(0)), vec![2, 0], sampling).expect("v is there")
    };
    let (mean, variance) = (moments(Keep::Mean), moments(Keep::Variance));
    network.run(101.0 * DT).expect("it runs");
    assert_eq!(network.spikes(counted).counts(), Some(&[101, 51, 34][..]));
    assert!(network.spikes(counted).is_empty() && network.values(mean).samples().is_empty());
    let moments = network.values(variance).moments().expect("kept");
    assert_eq!(network.values(mean).moments().map(|mean| mean.means()), Some(moments.means()));
    // 0, 2, … 100 beside where they began.
    assert_eq!((moments.number(), moments.means()), (51, vec![70.0, 50.0]));
    let of = |place| network.values(all.v).trace(place).map(|v| (v - [70.0, 50.0][place]).powi(2)).sum::<f64>() / 51.0;
    let variances = moments.variances().expect("kept");
    assert!((0..2).all(|place| (variances[place] - of(place)).abs() < 1e-9), "{variances:?}");
}

/// What is taken between steps, and what is left at the end, is what would have been kept; no more is held than may be.
#[test]
fn what_is_full_is_taken_elsewhere() {
    let (mut network, population) = counting();
    let kept = monitors(&mut network, population, None);
    let mut streamed = network.clone();
    network.run(1000.0 * DT).expect("it runs");
    streamed.limit_recordings(Some(2000));
    let (mut taken, mut times): (Held, u32) = Default::default();
    let mut take = |network: &mut Network, notice| {
        if notice == Notice::Full {
            let more = held(network, kept, 0);
            taken.0.extend(more.0);
            taken.1.extend(more.1);
            taken.2.extend(more.2);
            taken.3.extend(more.3);
            taken.4.extend(more.4);
            network.forget_spikes(kept.spikes);
            network.forget_rate(kept.rate);
            network.forget_values(kept.v);
            times += 1;
        }
        ControlFlow::Continue(())
    };
    streamed.run_watched(700.0 * DT, &mut take).expect("it runs");
    for _ in 700..1000 {
        streamed.step_watched(&mut take).expect("it runs");
    }
    assert!(times > 5, "{times}");
    let (spikes, noted, counts, ticks, values) = taken;
    let rest = held(&streamed, kept, 0);
    let whole = streamed.spikes(kept.spikes).following(spikes, vec![noted]);
    let whole_v = streamed.values(kept.v).following(ticks, values);
    let counts = [counts, rest.2].concat();
    let expected = held(&network, kept, 0);
    assert!(whole.spikes().collect::<Vec<_>>() == expected.0 && whole.noted(0) == expected.1);
    assert!(counts == expected.2 && whole_v.ticks() == expected.3 && whole_v.samples() == expected.4);
}

/// A break at a full monitor ends the run between two steps; it goes on where it was.
#[test]
fn a_run_ends_where_what_is_full_cannot_be_taken() {
    let (mut network, population) = counting();
    let kept = monitors(&mut network, population, None);
    let mut whole = network.clone();
    whole.run(100.0 * DT).expect("it runs");
    network.limit_recordings(Some(500));
    let full = |_: &mut Network, notice| match notice {
        Notice::Full => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    let report = network.run_watched(100.0 * DT, &mut |network, notice| full(network, notice)).expect("it runs");
    assert!(report.interrupted && report.ticks < 100);
    network.limit_recordings(None);
    network.run((100.0 - report.ticks as f64) * DT).expect("it runs");
    assert!(held(&network, kept, 0) == held(&whole, kept, 0));
}
