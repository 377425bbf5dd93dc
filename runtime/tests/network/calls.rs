//! The caller's own code: when it is called, what it may do, and how it ends a run.

use crate::kernels::{DT, code, network, reals, still};
use runtime::state::ColumnId;
use runtime::{ClockId, Network, Neurons, Notice, Population, RunError, Sampling, Slot, Tick, Turn, Values};
use std::ops::ControlFlow;

/// One neuron whose v grows by 1 a step.
fn counting() -> Network {
    let mut network = network(&[&[0.0]]);
    let step = code("P.step", |state, _| reals(state, 0)[0] += 1.0);
    network.add_population(Population::neurons("P", 1, Neurons { step: Some(step), ..Neurons::default() }));
    network
}

#[test]
fn calls_come_at_their_turn_and_change_the_state() {
    let mut network = counting();
    let five = network.add_clock(5.0 * DT).expect("a good time step");
    let (start, end) =
        (network.add_call(five, Turn::of(Slot::Start)), network.add_call(ClockId(0), Turn::of(Slot::End)));
    let v = network.record_values("P.v", Values::Column(ColumnId(0)), vec![0], Sampling::default());
    let mut heard = Vec::new();
    let report = network.run_watched(7.0 * DT, &mut |network, notice| {
        if let Notice::Call(call) = notice {
            let v = reals(network.state_mut(), 0)[0];
            heard.push((call, network.clock().tick().0, v));
            if call == start {
                network.column_mut(ColumnId(0)).set_number(0, v + 100.0);
            }
        }
        ControlFlow::Continue(())
    });
    assert_eq!(report.expect("nothing can go wrong").ticks, 7);
    let ends = [(0, 101.0), (1, 102.0), (2, 103.0), (3, 104.0), (4, 105.0), (5, 206.0), (6, 207.0)];
    let mut expected: Vec<_> = ends.iter().map(|&(tick, v)| (end, tick, v)).collect();
    expected.insert(5, (start, 5, 105.0));
    expected.insert(0, (start, 0, 0.0));
    assert_eq!(heard, expected);
    let v = network.values(v.expect("v is there")).samples();
    assert_eq!(v, [100.0, 101.0, 102.0, 103.0, 104.0, 205.0, 206.0], "calls come before recordings");
}

/// The step in which a call asks for an end is done; time is that of the next step, and the next run goes on there.
#[test]
fn a_call_ends_a_run_after_its_step() {
    let mut network = counting();
    network.add_call(ClockId(0), Turn::of(Slot::Start));
    let stop_at = |network: &mut Network, last: i64| {
        let watch = &mut |network: &mut Network, notice| match notice {
            Notice::Call(_) if network.clock().tick() == Tick(last) => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        };
        network.run_watched(10.25 * DT, watch).expect("nothing can go wrong")
    };
    let report = stop_at(&mut network, 3);
    assert!(report.interrupted);
    assert_eq!((report.ticks, network.clock().tick(), network.time()), (4, Tick(4), 4.0 * DT));
    assert_eq!(reals(network.state_mut(), 0), &[4.0], "the state update after the call was done");
    let report = stop_at(&mut network, 14);
    assert!(!report.interrupted, "that was the last step anyway");
    assert_eq!((report.ticks, network.time()), (11, 15.0 * DT));
}

#[test]
fn a_run_within_a_step_is_refused() {
    let mut network = counting();
    network.add_call(ClockId(0), Turn::of(Slot::Groups));
    let watch = &mut |network: &mut Network, notice| {
        if matches!(notice, Notice::Call(_)) {
            assert_eq!(network.run(DT), Err(RunError::Nested));
            assert_eq!(network.step(), Err(RunError::Nested));
        }
        ControlFlow::Continue(())
    };
    assert_eq!(network.run_watched(3.0 * DT, watch).expect("the run itself goes on").ticks, 3);
}

/// What a call adds to the network acts from the next step on.
#[test]
fn parts_may_be_added_within_a_step() {
    let mut network = counting();
    network.add_call(ClockId(0), Turn::of(Slot::Start));
    let mut monitor = None;
    let watch = &mut |network: &mut Network, notice| {
        if matches!(notice, Notice::Call(_)) && network.clock().tick() == Tick(1) {
            network.add_population(still("Q", 1));
            let made = network.record_values("P.v", Values::Column(ColumnId(0)), vec![0], Sampling::default());
            monitor = made.ok();
        }
        ControlFlow::Continue(())
    };
    network.run_watched(4.0 * DT, watch).expect("nothing can go wrong");
    let monitor = network.values(monitor.expect("v is there"));
    assert_eq!((monitor.ticks(), monitor.samples()), (&[Tick(2), Tick(3)][..], &[2.0, 3.0][..]));
}

/// Time is that of the step, and a clock begins with the first tick after it.
#[test]
fn calls_see_the_time_and_may_add_clocks() {
    let mut network = counting();
    network.add_call(ClockId(0), Turn::of(Slot::Start));
    let mut heard = Vec::new();
    let watch = &mut |network: &mut Network, notice| {
        if let Notice::Call(call) = notice {
            heard.push((call.0, (network.time() / DT).round() as i64));
            if network.clock().tick() == Tick(4) && call.0 == 0 {
                let two = network.add_clock(2.0 * DT).expect("a good time step");
                network.add_call(two, Turn::of(Slot::End));
            }
        }
        ControlFlow::Continue(())
    };
    network.run_watched(9.0 * DT, watch).expect("nothing can go wrong");
    let first: Vec<_> = heard.iter().filter(|(call, _)| *call == 0).map(|(_, tick)| *tick).collect();
    let second: Vec<_> = heard.iter().filter(|(call, _)| *call == 1).map(|(_, tick)| *tick).collect();
    assert_eq!((first, second), ((0..9).collect(), vec![6, 8]));
    assert_eq!(network.time(), 9.0 * DT);
}

/// Going back within a step: the rest of the step acts on what was then, and the run goes on from there to its end.
#[test]
fn a_call_may_go_back() {
    let mut network = counting();
    network.run(2.0 * DT).expect("nothing can go wrong");
    let checkpoint = network.clone();
    network.add_call(ClockId(0), Turn::of(Slot::Start));
    let mut back = Some(checkpoint);
    let watch = &mut |network: &mut Network, notice| {
        if matches!(notice, Notice::Call(_)) && network.clock().tick() == Tick(4) {
            back.take().iter().for_each(|checkpoint| network.restore_from(checkpoint, true));
        }
        ControlFlow::Continue(())
    };
    let report = network.run_watched(5.0 * DT, watch).expect("nothing can go wrong");
    assert_eq!((report.ticks, network.clock().tick()), (7, Tick(7)), "ticks 2, 3, 4 that is 2 again, 3 to 6");
    assert_eq!(reals(network.state_mut(), 0), &[7.0]);
}
