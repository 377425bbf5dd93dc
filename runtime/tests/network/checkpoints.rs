//! Going back to a checkpoint: the same bits, or the same state and other random numbers.

use crate::kernels::{DT, code, network, reals, rows, sampled, source, still, whole};
use crate::runs::{Noisy, assert_same, noisy};
use runtime::state::ColumnId;
use runtime::{
    ClockId, Delay, Network, Pathway, Population, Projection, RunError, Side, Slot, SpikeRecord, Turn, Values,
};

/// The same noisy network with its handles, at another point of its experiment.
fn with(network: Network) -> Noisy {
    Noisy { network, ..noisy() }
}

#[test]
fn with_random_numbers_the_same_comes_again() {
    let mut original = noisy();
    original.network.run(0.0123).expect("nothing can go wrong");
    let checkpoint = original.network.clone();
    original.network.run(0.02).expect("nothing can go wrong");
    let end = with(original.network.clone());
    for _ in 0..2 {
        original.network.restore_from(&checkpoint, true);
        assert_same(&original, &with(checkpoint.clone()));
        assert_eq!(original.network.time(), checkpoint.time());
        original.network.run(0.02).expect("nothing can go wrong");
        assert_same(&original, &end);
    }
}

/// Without, state and recordings go back all the same, and every pass differs from all before it.
#[test]
fn without_random_numbers_each_pass_is_another() {
    let mut original = noisy();
    original.network.run(0.0123).expect("nothing can go wrong");
    let checkpoint = original.network.clone();
    let mut passes: Vec<Vec<f64>> = Vec::new();
    for pass in 0..4 {
        if pass > 0 {
            original.network.restore_from(&checkpoint, false);
            assert_same(&original, &with(checkpoint.clone()));
        }
        original.network.run(0.01).expect("nothing can go wrong");
        let v = reals(original.network.state_mut(), 0).clone();
        assert!(!passes.contains(&v), "pass {pass}");
        passes.push(v);
    }
    original.network.restore_from(&checkpoint, true);
    original.network.run(0.01).expect("nothing can go wrong");
    assert_eq!(reals(original.network.state_mut(), 0), &passes[0]);
    // The pass after that is none of those before it either.
    original.network.restore_from(&checkpoint, false);
    original.network.run(0.01).expect("nothing can go wrong");
    let v = reals(original.network.state_mut(), 0).clone();
    assert!(!passes.contains(&v));
}

/// Poisson spikes to come are drawn anew, and their law does not change: 400 restarts of 20 neurons at 400 Hz, each of
/// 10 steps, within five standard errors.
#[test]
fn poisson_spikes_drawn_again_keep_their_rate() {
    let mut network = network(&[&[400.0]]);
    network.add_population(Population::poisson("P", 20, ColumnId(0)));
    network.run(0.01).expect("a good rate");
    let checkpoint = network.clone();
    let mut counts = Vec::new();
    for _ in 0..400 {
        network.restore_from(&checkpoint, false);
        counts.push(network.run(10.0 * DT).expect("a good rate").spikes as f64);
    }
    let trials = 400.0 * 10.0 * 20.0;
    let (total, p) = (counts.iter().sum::<f64>(), 0.04);
    assert!((total - trials * p).abs() < 5.0 * (trials * p * (1.0 - p)).sqrt(), "{total} spikes");
    counts.dedup();
    assert!(counts.len() > 100, "they differ from pass to pass");
}

/// Spikes on their way, delays, lists of spikes and an error go back; threads, calls and later monitors stay.
#[test]
fn what_goes_back_and_what_stays() {
    let mut network = network(&[&[0.0], &[1.0]]);
    let pre = network.add_population(source("src", 1, &[(0.2, 0), (1.0, 0)]));
    let post = network.add_population(still("G", 1));
    let (rows, _) = rows(1, 1, &[(0, 0)]);
    let count = code("S.pre", |state, _| reals(state, 0)[0] += 1.0);
    let projection = Projection::new("S", whole(pre, 1), whole(post, 1), rows, None).expect("good rows");
    let pathway = Pathway::new("pre", Side::Pre, Delay::Shared(5.0 * DT), count);
    let projection = network.add_projection(projection.with_pathway(pathway)).expect("both are there");
    network.run(4.0 * DT).expect("nothing can go wrong");
    let checkpoint = network.clone();

    assert!(network.set_delay(projection, 0, 0.0));
    assert_eq!(network.set_spikes(pre, &[(0.0005, 0)], None), Ok(0));
    let call = network.add_call(ClockId(0), Turn::of(Slot::Start));
    let late = network.add_clock(2.0 * DT).expect("a good time step");
    let v = network.record_values("G.v", Values::Column(ColumnId(0)), vec![0], sampled(DT)).expect("v is there");
    let spikes = network.record_spikes(SpikeRecord::new(whole(pre, 1))).expect("src is there");
    network.run(10.0 * DT).expect("nothing can go wrong");
    assert_eq!((network.values(v).samples().len(), network.spikes(spikes).len()), (10, 1));
    assert_eq!(reals(network.state_mut(), 0), &[2.0]);

    network.restore_from(&checkpoint, false);
    assert_eq!(reals(network.state_mut(), 0), &[0.0]);
    assert_eq!((network.values(v).samples().len(), network.spikes(spikes).len()), (0, 0));
    assert_eq!(network.add_clock(2.0 * DT), Ok(late));
    let mut called = 0;
    let watch = &mut |_: &mut Network, notice| {
        called += u32::from(notice == runtime::Notice::Call(call));
        std::ops::ControlFlow::Continue(())
    };
    network.run_watched(13.0 * DT, watch).expect("nothing can go wrong");
    let expected: Vec<f64> = (4..17).map(|tick| f64::from(u8::from(tick > 7) + u8::from(tick > 15))).collect();
    assert_eq!(network.values(v).samples(), expected, "sent in tick 2 with the old delay, and again in tick 10");
    assert_eq!((network.spikes(spikes).len(), called), (1, 13));
}

/// A run that failed can be taken back.
#[test]
fn an_error_goes_back() {
    let mut network = network(&[&[1.0]]);
    let step = code("P.step", |state, site| {
        if site.moment.step == 4 {
            reals(state, 0)[0] = f64::NAN;
            site.nonfinite = true;
        }
    });
    let neurons = runtime::Neurons { step: Some(step), ..runtime::Neurons::default() };
    let watched = runtime::Watched { column: ColumnId(0), variable: "v".to_owned() };
    network.add_population(Population::neurons("P", 1, neurons).watching([watched]));
    network.run(2.0 * DT).expect("as yet");
    let checkpoint = network.clone();
    assert!(matches!(network.run(10.0 * DT), Err(RunError::NotFinite { tick: 4, .. })));
    assert!(network.run(DT).is_err());
    network.restore_from(&checkpoint, false);
    assert_eq!(network.run(2.0 * DT).expect("as it was").ticks, 2);
}
