//! Compiled kernels on any number of threads: the same bits.
#![expect(unsafe_code, reason = "a hand-written kernel of the compiled kind takes raw pointers")]

use crate::kernels::{DT, whole};
use runtime::abi::{Entry, Frame};
use runtime::kernel::{Call, Kernel, Work};
use runtime::partition::{Native, NativeSlot, Over, Reach};
use runtime::state::{Column, ColumnId, ElementType, State};
use runtime::{Code, Network, Neurons, Population, RunError, SpikeRecord, Threads, Watched, random};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const SIZE: u32 = 3_007;

/// Calls of `noisy`, by whomever.
static CALLS: AtomicUsize = AtomicUsize::new(0);

/// v += 0.05*(1 - v) + 0.1*noise; spike and reset above 1; an element becomes infinite at tick 150 where asked for.
unsafe extern "C" fn noisy(frame: *mut Frame) {
    CALLS.fetch_add(1, Ordering::Relaxed);
    // SAFETY: the caller gives a dense frame: slot 0 is a column of reals, slot 1 of one long, with room for all
    // spikes.
    unsafe {
        let frame = &mut *frame;
        let v = (*frame.slots).cast::<f64>();
        let bad = *(*frame.slots.add(1)).cast::<i64>();
        for element in frame.first..frame.last {
            let v = v.add(element as usize);
            *v += 0.05 * (1.0 - *v) + 0.1 * random::normal(frame.key, frame.step, element as u32, 0);
            if frame.step == 150 && element as i64 >= bad {
                *v = f64::INFINITY;
                frame.nonfinite = 1;
            }
            if *v > 1.0 {
                *v = 0.0;
                *frame.spikes.add(frame.spike_count as usize) = element as u32;
                frame.spike_count += 1;
            }
            if frame.step == 150 && element as i64 >= bad {
                *v = f64::INFINITY;
            }
        }
    }
}

struct Noisy {
    slots: [NativeSlot; 2],
}

impl Noisy {
    fn new() -> Self {
        let slot = |column, kind, reach| NativeSlot { column: ColumnId(column), kind, reach };
        Self { slots: [slot(0, ElementType::Real, Reach::Own), slot(1, ElementType::Long, Reach::First)] }
    }
}

impl Kernel for Noisy {
    fn run(&self, state: &mut State, call: &mut Call<'_>) {
        let Work::Dense { first, last } = call.work else { panic!("a dense kernel") };
        let mut spikes = vec![0; (last - first) as usize];
        let slots = self.slots.map(|slot| state.column_mut(slot.column).as_mut_ptr());
        let mut frame = Frame {
            slots: slots.as_ptr(),
            first: first.into(),
            last: last.into(),
            spikes: spikes.as_mut_ptr(),
            ..Frame::at(call.moment, call.key)
        };
        // SAFETY: the frame is as `noisy` asks.
        unsafe { noisy(&raw mut frame) };
        call.spikes.extend_from_slice(&spikes[..frame.spike_count as usize]);
        *call.nonfinite |= frame.nonfinite != 0;
    }

    fn native(&self) -> Option<Native<'_>> {
        const ENTRY: Entry = noisy;
        // SAFETY: `noisy` touches its own elements of slot 0 and reads the only entry of slot 1.
        Some(unsafe { Native::new(ENTRY, &self.slots, Over::Range) })
    }
}

type Outcome = (Result<u64, RunError>, State, Vec<(i64, u32)>);

fn outcome(threads: Threads, bad: i64) -> Outcome {
    let state = State::new(vec![Column::Real(vec![0.0; SIZE as usize]), Column::Long(vec![bad])]);
    let mut network = Network::new(state, DT, 3, threads).expect("a good time step");
    let step = Code::new("P.step", Arc::new(Noisy::new())).costing(1000.0);
    let neurons = Neurons { step: Some(step), ..Neurons::default() };
    let watched = Watched { column: ColumnId(0), variable: "v".to_owned() };
    let population = network.add_population(Population::neurons("P", SIZE, neurons).watching([watched]));
    let spikes = network.record_spikes(SpikeRecord::new(whole(population, SIZE))).expect("P is there");
    let result = network.run(200.0 * DT).map(|report| report.spikes);
    let spikes = network.spikes(spikes).spikes().map(|(tick, neuron)| (tick.0, neuron)).collect();
    (result, network.state().clone(), spikes)
}

/// One test, because all count the calls of one kernel.
#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let before = CALLS.load(Ordering::Relaxed);
    let one = outcome(Threads::default(), i64::MAX);
    assert_eq!(CALLS.load(Ordering::Relaxed) - before, 200, "one call a tick");
    assert!(one.0.as_ref().is_ok_and(|&spikes| spikes > 10_000), "{:?}", one.0);
    for count in [2, 3, 7] {
        let before = CALLS.load(Ordering::Relaxed);
        let threads = Threads::new(count).expect("the system gives threads");
        assert_eq!(threads.count(), count);
        assert!(outcome(threads, i64::MAX) == one, "{count} threads");
        assert_eq!(CALLS.load(Ordering::Relaxed) - before, 200 * count, "a call a tick and thread");
    }

    let host = rayon::ThreadPoolBuilder::new().num_threads(2).build().expect("the system gives threads");
    let (inner, other) = host.install(|| {
        let run = || outcome(Threads::new(2).expect("the system gives threads"), i64::MAX);
        rayon::join(run, run)
    });
    assert!(inner == one && other == one, "inside a pool of the host's");

    for bad in [0, 1500, 3_006] {
        let expected = outcome(Threads::default(), bad);
        let RunError::NotFinite { element, tick, .. } = expected.0.clone().expect_err("it becomes infinite") else {
            panic!("{:?}", expected.0)
        };
        assert_eq!((i64::from(element), tick), (bad, 150));
        let seven = outcome(Threads::new(7).expect("the system gives threads"), bad);
        assert_eq!(seven.0, expected.0);
        assert_eq!(seven.2, expected.2);
    }
}
