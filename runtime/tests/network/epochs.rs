//! Populations of compiled kernels that run ahead of their network: how far, and that nobody can tell.
#![expect(unsafe_code, reason = "hand-written kernels of the compiled kind take raw pointers")]

use crate::kernels::{DT, code, reals, source, whole};
use runtime::abi::{Entry, Frame};
use runtime::kernel::{Call, Kernel, Work};
use runtime::partition::{Native, NativeSlot, Over, Reach};
use runtime::rows::Rows;
use runtime::state::{Column, ColumnId, ElementType, State};
use runtime::{
    Code, Delay, Network, Neurons, Notice, Pathway, Population, PopulationId, Projection, RunError, Sampling, Side,
    SpikeRecord, Threads, Values, Watched,
};
use std::cell::RefCell;
use std::ops::ControlFlow;
use std::sync::Arc;

/// More than one tile of one column of reals, and of no round number.
const SIZE: u32 = 5_001;

thread_local! {
    /// First element and tick of every call of `climb` on this thread.
    static CALLS: RefCell<Vec<(u64, i64)>> = const { RefCell::new(Vec::new()) };
}

/// v += 1; an element of v above 7 + its number modulo 5 spikes. One far below 0 is told of at tick 30, for nothing, and becomes
/// infinite at tick 60.
unsafe extern "C" fn climb(frame: *mut Frame) {
    // SAFETY: the caller gives a dense frame whose slot 0 is a column of reals, with room for all spikes.
    unsafe {
        let frame = &mut *frame;
        CALLS.with_borrow_mut(|calls| calls.push((frame.first, frame.step)));
        for element in frame.first..frame.last {
            let v = (*frame.slots).cast::<f64>().add(element as usize);
            *v += 1.0;
            if *v > 7.0 + (element % 5) as f64 {
                *frame.spikes.add(frame.spike_count as usize) = element as u32;
                frame.spike_count += 1;
            }
            if *v < -1e5 && (frame.step == 30 || frame.step >= 60) {
                frame.nonfinite = 1;
                *v = if frame.step >= 60 { f64::NEG_INFINITY } else { *v };
            }
        }
    }
}

/// v = 0.
unsafe extern "C" fn fall(frame: *mut Frame) {
    // SAFETY: the caller gives an indexed frame whose slot 0 is a column of reals.
    unsafe {
        let frame = &*frame;
        for place in 0..frame.last {
            let element = *frame.elements.add(place as usize);
            *(*frame.slots).cast::<f64>().add(element as usize) = 0.0;
        }
    }
}

/// The function, its slots, and over what it is run.
struct Compiled(Entry, [NativeSlot; 1], Over);

impl Compiled {
    fn code(name: &str, entry: Entry, over: Over) -> Code {
        let slot = NativeSlot { column: ColumnId(0), kind: ElementType::Real, reach: Reach::Own };
        Code::new(name, Arc::new(Self(entry, [slot], over))).writing([ColumnId(0)])
    }
}

impl Kernel for Compiled {
    fn run(&self, state: &mut State, call: &mut Call<'_>) {
        let slots = [state.column_mut(ColumnId(0)).as_mut_ptr()];
        let mut spikes = vec![0; SIZE as usize];
        let frame = Frame { slots: slots.as_ptr(), spikes: spikes.as_mut_ptr(), ..Frame::at(call.moment, call.key) };
        let mut frame = match call.work {
            Work::Dense { first, last } => Frame { first: first.into(), last: last.into(), ..frame },
            Work::Indexed(list) => Frame { last: list.len() as u64, elements: list.as_ptr(), ..frame },
            _ => panic!("neurons"),
        };
        // SAFETY: the frame is as `climb` and `fall` ask.
        unsafe { (self.0)(&raw mut frame) };
        call.spikes.extend_from_slice(&spikes[..frame.spike_count as usize]);
        *call.nonfinite |= frame.nonfinite != 0;
    }

    fn native(&self) -> Option<Native<'_>> {
        // SAFETY: both functions touch their own elements of slot 0 alone, and `fall` no spikes.
        Some(unsafe { Native::new(self.0, &self.1, self.2) })
    }
}

/// Climbing neurons; whether it is known what their code touches, so that they may run ahead.
fn climbers(known: bool, threads: usize) -> (Network, PopulationId) {
    let threads = Threads::new(threads).expect("the system gives threads");
    let columns = vec![Column::Real((0..SIZE).map(|i| f64::from(i % 7)).collect()), Column::Real(vec![0.5; 3])];
    let mut network = Network::new(State::new(columns), DT, 1, threads).expect("a good time step");
    let (mut step, mut reset) =
        (Compiled::code("P.step", climb, Over::Range).costing(50.0), Compiled::code("P.reset", fall, Over::List));
    if known {
        (step, reset) = (step.touching([ColumnId(0)]), reset.touching([ColumnId(0)]));
    }
    let neurons = Neurons { step: Some(step), reset: Some(reset), ..Neurons::default() };
    let watched = Watched { column: ColumnId(0), variable: "v".to_owned() };
    let population = network.add_population(Population::neurons("P", SIZE, neurons).watching([watched]));
    (network, population)
}

/// First elements and ticks of the calls so far.
fn calls() -> Vec<(u64, i64)> {
    CALLS.take()
}

type Outcome = (Result<u64, RunError>, State, Vec<(i64, u32)>, u64);

fn outcome(mut network: Network, population: PopulationId, steps: u32) -> Outcome {
    let spikes = network.record_spikes(SpikeRecord::new(whole(population, SIZE))).expect("P is there");
    let result = network.run(f64::from(steps) * DT).map(|report| report.spikes);
    let list = network.spikes(spikes).spikes().map(|(tick, neuron)| (tick.0, neuron)).collect();
    (result, network.state().clone(), list, network.populations()[population.0 as usize].spike_total())
}

/// Ticks up to which tile 0 is done before the next tile begins, one after the other.
fn epochs(calls: &[(u64, i64)]) -> Vec<i64> {
    let ends = calls.windows(2).filter(|pair| pair[0].0 == 0 && pair[1].0 != 0).map(|pair| pair[0].1);
    ends.collect()
}

#[test]
fn a_population_alone_runs_ahead_tile_by_tile() {
    let (network, population) = climbers(false, 1);
    let expected = outcome(network, population, 100);
    assert!(calls().iter().enumerate().all(|(step, &call)| call == (0, step as i64)), "step by step");
    assert!(expected.3 > 10_000 && expected.0 == Ok(expected.3), "{:?}", expected.0);
    let (network, population) = climbers(true, 1);
    assert!(outcome(network, population, 100) == expected);
    let calls = calls();
    assert_eq!(*epochs(&calls).last().expect("there are epochs"), 99, "{calls:?}");
    assert!(epochs(&calls).len() <= 25, "{:?}", epochs(&calls));
    for threads in [2, 3] {
        let (network, population) = climbers(true, threads);
        assert!(outcome(network, population, 100) == expected, "{threads} threads");
    }
}

#[test]
fn an_epoch_ends_before_somebody_looks() {
    let run = |known| {
        let (mut network, _) = climbers(known, 1);
        let sampling = Sampling { every: Some(10.0 * DT), ..Sampling::default() };
        let values = network.record_values("v", Values::Column(ColumnId(0)), vec![0, 4_999], sampling).expect("v");
        network.run(95.0 * DT).expect("it runs");
        (network.values(values).samples().to_vec(), network.state().clone())
    };
    let expected = run(false);
    calls();
    assert!(run(true) == expected);
    let ends = epochs(&calls());
    assert!((9..100).step_by(10).all(|end| ends.contains(&end) || end > 94), "{ends:?}");
}

/// A spike that arrives 20 ticks after it was sent reaches everybody where they are.
#[test]
fn an_epoch_ends_before_a_spike_arrives() {
    let run = |known| {
        let (mut network, population) = climbers(known, 1);
        let from = network.add_population(source("In", 1, &[(1.0, 0), (1.3, 0), (6.6, 0)]));
        let rows = Rows::new(vec![0, 2], vec![7, 3_000], 0, SIZE).expect("good rows");
        let bump = code("S.pre", |state, site| reals(state, 0)[site.post as usize] += 0.25);
        let bump = bump.writing([ColumnId(0)]).touching([ColumnId(0)]);
        let pathway = Pathway::new("pre", Side::Pre, Delay::Shared(20.0 * DT), bump);
        let synapses = Projection::new("S", whole(from, 1), whole(population, SIZE), rows, None);
        network.add_projection(synapses.expect("good rows").with_pathway(pathway)).expect("it fits");
        outcome(network, population, 120)
    };
    let expected = run(false);
    calls();
    assert!(run(true) == expected);
    let ends = epochs(&calls());
    assert!(ends.len() >= 3 && ends.len() < 60, "{ends:?}");
}

/// State, spikes and error are those of a run step by step; an alarm at tick 30 was false.
#[test]
fn what_is_not_finite_is_told_of_in_its_step() {
    let run = |known: bool, threads: usize, element: usize| {
        let (mut network, population) = climbers(known, threads);
        reals(network.state_mut(), 0)[element] = -1e6;
        outcome(network, population, 100)
    };
    for bad in [0, 2_600, SIZE - 1] {
        let expected = run(false, 1, bad as usize);
        let told = expected.0.clone().expect_err("it becomes infinite");
        assert!(matches!(told, RunError::NotFinite { element, tick: 60, .. } if element == bad), "{told:?}");
        for threads in [1, 2, 3] {
            calls();
            assert!(run(true, threads, bad as usize) == expected, "{threads} threads, element {bad}");
            let went_back = calls().windows(2).any(|pair| pair[1].1 < pair[0].1);
            assert!(threads > 1 || went_back, "it ran ahead");
        }
    }
}

/// Somebody else's error, with the population in the middle of an epoch: it is where it would have been.
#[test]
fn errors_of_others_find_everybody_where_they_are() {
    let run = |known| {
        let (mut network, population) = climbers(known, 1);
        let burst = code("Q.step", |state, site| {
            let x = &mut reals(state, 1)[site.element as usize];
            *x = if site.moment.step == 57 { f64::NAN } else { *x };
            site.nonfinite = x.is_nan();
        });
        let burst = burst.writing([ColumnId(1)]).touching([ColumnId(1)]);
        let watched = Watched { column: ColumnId(1), variable: "x".to_owned() };
        let neurons = Neurons { step: Some(burst), ..Neurons::default() };
        network.add_population(Population::neurons("Q", 3, neurons).watching([watched]));
        let (result, state, spikes, total) = outcome(network, population, 100);
        let bits: Vec<u64> = reals(&mut state.clone(), 0).iter().map(|value| value.to_bits()).collect();
        (result.map_err(|error| error.to_string()), bits, spikes, total)
    };
    let expected = run(false);
    assert!(expected.0.as_ref().is_err_and(|error| error.contains("tick 57")), "{:?}", expected.0);
    calls();
    assert!(run(true) == expected);
    assert!(epochs(&calls()).iter().any(|&end| end > 57), "it had run ahead");
}

/// Whoever watches the run may change the state between steps, in the middle of a chain of epochs.
#[test]
fn who_watches_sees_and_changes_everybody_where_they_are() {
    let run = |known: bool| {
        let (mut network, population) = climbers(known, 1);
        let spikes = network.record_spikes(SpikeRecord::new(whole(population, SIZE))).expect("P is there");
        let mut watch = |network: &mut Network, notice: Notice| {
            if let Notice::Progress(progress) = notice {
                let v = reals(network.state_mut(), 0);
                // Every neuron has climbed or fallen as often as there were steps: one of them tells the time.
                v[11] = v[11].min(3.0);
                assert!(progress.done <= 3_000);
            }
            ControlFlow::Continue(())
        };
        network.run_watched(3_000.0 * DT, &mut watch).expect("it runs");
        let of_others = network.spikes(spikes).spikes().filter(|&(_, neuron)| neuron != 11).count();
        let mut values = reals(network.state_mut(), 0).clone();
        values[11] = 0.0;
        (of_others, values)
    };
    assert!(run(true) == run(false));
}
