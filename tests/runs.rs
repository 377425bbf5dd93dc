//! Runs as the library gives them, on both engines: going back, callbacks, variables read and written without compiling.

use rheobase::output::{Columns, Table};
use rheobase::{Engine, Error, MS, MV, Model, NA, Options, SECOND, Simulation, Slot, Turn};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

fn engines() -> [Options; 3] {
    [Options::new(), Options::new().threads(2), Options::new().engine(Engine::Interpreter)]
}

fn simulation(text: &str, options: &Options) -> Simulation {
    let model = Model::from_source(text, options).unwrap_or_else(|error| panic!("{error}"));
    model.simulation().unwrap_or_else(|error| panic!("{error}"))
}

/// Neurons with delayed synapses, Poisson input, a listed source and noise in the reset: all that has a state.
const ALL: &str = "
    poisson Noise[20] { rate 200*Hz }
    spike_source Listed[1] { spikes i = [0, 0, 0], t = [2, 12, 22]*ms }
    neurons P[10] {
        dv/dt = (1.5 - v)/(10*ms) : 1 (unless refractory)
        threshold  v > 1
        reset      v = -0.2*rand()
        refractory 2*ms
    }
    synapses S: Noise -> P { w : 1
        on_pre { v += w; w *= 0.99 }
        connect p = 0.5
        delay rand()*5*ms
        init w = 0.05 }
    synapses L: Listed -> P { on_pre v += 0.3; connect all; delay 3*ms }
    poisson_input to P.v { n 10; rate 50*Hz; weight 0.01 }
    record P.spikes, Noise.spikes, Listed.spikes
    record P.v, S.w[0:5]
    seed = 3
";

/// Everything recorded, and the state, as bits.
fn seen(simulation: &mut Simulation) -> Vec<Vec<u64>> {
    let mut all = Vec::new();
    for group in ["P", "Noise", "Listed"] {
        let spikes = simulation.spikes(group).expect("recorded");
        all.push(spikes.iter().map(|spike| (spike.tick as u64) << 32 | u64::from(spike.neuron)).collect());
    }
    for name in ["P.v", "S.w"] {
        all.push(simulation.samples(name).expect("recorded").values().iter().map(|value| value.to_bits()).collect());
        all.push(simulation.get(name).expect("there").values().iter().map(|value| value.to_bits()).collect());
    }
    all
}

#[test]
fn going_back_with_random_numbers_is_bit_by_bit() {
    for options in engines() {
        let mut simulation = simulation(ALL, &options);
        simulation.run(10.0 * MS).expect("it runs");
        simulation.store("warm");
        simulation.set("P.v[0:3]", "rand()").expect("set");
        simulation.run(20.0 * MS).expect("it runs");
        let first = seen(&mut simulation);
        for _ in 0..2 {
            simulation.restore_with_random("warm").expect("stored");
            assert!((simulation.t() - 0.01).abs() < 1e-12);
            simulation.set("P.v[0:3]", "rand()").expect("set");
            simulation.run(20.0 * MS).expect("it runs");
            assert_eq!(seen(&mut simulation), first);
        }
    }
}

#[test]
fn going_back_without_draws_new_numbers_from_the_same_state() {
    for options in engines() {
        let mut simulation = simulation(ALL, &options);
        simulation.run(10.0 * MS).expect("it runs");
        let at_store = seen(&mut simulation);
        simulation.store("");
        simulation.run(20.0 * MS).expect("it runs");
        let first = seen(&mut simulation);
        simulation.restore("").expect("stored");
        assert_eq!(seen(&mut simulation), at_store, "state and recordings are as they were");
        simulation.run(20.0 * MS).expect("it runs");
        let second = seen(&mut simulation);
        assert_ne!(first[1], second[1], "Poisson spikes are others");
        assert_eq!(first[2], second[2], "listed ones are the same");
        simulation.restore("").expect("stored");
        simulation.run(20.0 * MS).expect("it runs");
        let third = seen(&mut simulation);
        assert_ne!(second[1], third[1], "and others each time");
        simulation.restore_with_random("").expect("stored");
        simulation.run(20.0 * MS).expect("it runs");
        assert_eq!(seen(&mut simulation), first);
    }
}

#[test]
fn scripts_store_and_restore_by_name() {
    let text = "
        neurons P[1] { dv/dt = 1/ms : 1 }
        run 1*ms
        store \"one\"
        run 1*ms
        store
        run 1*ms
        restore \"one\"
        run 5*ms
        restore with random
        run 3*ms
        record P.v at end
    ";
    for options in engines() {
        let mut simulation = simulation(text, &options);
        simulation.run_script(|_| {}).expect("it runs");
        assert!((simulation.t() - 5.0e-3).abs() < 1e-12);
        assert!((simulation.get("P.v").expect("there").values()[0] - 5.0).abs() < 1e-9);
    }
}

#[test]
fn delays_come_back_too() {
    let text = "
        spike_source G[1] { spikes i = [0, 0], t = [1, 11]*ms }
        neurons P[1] { x : 1 }
        synapses S: G -> P { on_pre x += 1; connect all; delay 1*ms + 0*i*ms }
        record P.x every 1*ms
    ";
    for options in engines() {
        let mut simulation = simulation(text, &options);
        simulation.run(5.0 * MS).expect("it runs");
        simulation.store("");
        let arrival = |simulation: &mut Simulation| {
            simulation.run(12.0 * MS).expect("it runs");
            simulation.samples("P.x").expect("recorded").trace(0).iter().position(|x| *x == 2.0)
        };
        let first = arrival(&mut simulation);
        simulation.restore("").expect("stored");
        simulation.set("S.delay", 3.0 * MS).expect("set");
        assert_eq!(arrival(&mut simulation), first.map(|at| at + 2));
        simulation.restore("").expect("stored");
        assert_eq!(simulation.get("S.delay").expect("there").values(), [1e-3]);
        assert_eq!(arrival(&mut simulation), first);
    }
}

/// A state that became infinite ends every further run, until there is another state.
#[test]
fn a_failed_simulation_can_go_back() {
    let text = "neurons P[1] { dv/dt = I/ms : 1\nI : 1 (shared) = 1 }";
    for options in engines() {
        let mut simulation = simulation(text, &options);
        simulation.run(1.0 * MS).expect("it runs");
        simulation.store("sound");
        simulation.set("P.I", f64::INFINITY).expect("a number");
        assert!(matches!(simulation.run(1.0 * MS), Err(Error::Run(_))));
        assert!(matches!(simulation.run(1.0 * MS), Err(Error::Run(_))));
        simulation.restore("sound").expect("stored");
        simulation.run(1.0 * MS).expect("it runs again");
        assert!((simulation.get("P.v").expect("there").values()[0] - 2.0).abs() < 1e-9);
    }
}

#[test]
fn what_was_never_stored_cannot_be_restored() {
    let mut simulation = simulation(ALL, &Options::new());
    assert!(simulation.restore("").is_err());
    simulation.store("warm");
    let error = simulation.restore("wram").expect_err("not stored").to_string();
    assert_eq!(error, "nothing is stored as `wram`; did you mean `warm`?");
}

/// A recording made after the state was stored stays, empty.
#[test]
fn later_recordings_are_emptied_by_going_back() {
    let mut simulation = simulation(ALL, &Options::new());
    simulation.store("");
    simulation.run(10.0 * MS).expect("it runs");
    let spikes = simulation.record_spikes("Noise").expect("a group");
    simulation.run(10.0 * MS).expect("it runs");
    assert!(!simulation.recorded(spikes).is_empty());
    simulation.restore("").expect("stored");
    assert!(simulation.recorded(spikes).is_empty());
    simulation.run(20.0 * MS).expect("it runs");
    let (late, text) = (simulation.recorded(spikes), simulation.spikes("Noise").expect("recorded"));
    assert_eq!(late.counts(), text.counts());
    assert_eq!(late.mean_rate(), text.mean_rate());
}

const FREE: &str =
    "neurons P[3] { dv/dt = (I - v)/(10*ms) : 1\nI : 1\nk : integer\nup : boolean\nall : volt (shared) }";

#[test]
fn callbacks_have_their_turn_and_see_the_state_of_it() {
    for options in engines() {
        let mut simulation = simulation(FREE, &options);
        let (seen, early) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
        let note = Arc::clone(&seen);
        simulation
            .on(1.0 * MS, Turn::of(Slot::End), move |now| {
                note.lock().expect("nobody failed").push((now.step(), now.t(), now.get("P.v[0]")?.values()[0]));
                Ok(())
            })
            .expect("a callback");
        let note = Arc::clone(&early);
        simulation
            .on("1*ms", Turn::of(Slot::Start), move |now| {
                note.lock().expect("nobody failed").push(now.get("P.v")?.values()[0]);
                now.set("P.I", now.t() / 1e-3)
            })
            .expect("a callback");
        let trace = simulation.record_values("P.v[0]").expect("a variable");
        simulation.run(2.5 * MS).expect("it runs");
        simulation.run(2.5 * MS).expect("it runs");
        let (seen, early) = (seen.lock().expect("nobody failed"), early.lock().expect("nobody failed"));
        let trace = simulation.recorded(trace).trace(0);
        assert_eq!(seen.len(), 5);
        for (place, &(step, t, v)) in seen.iter().enumerate() {
            assert_eq!(step, place as i64);
            assert_eq!(t, place as f64 * 1e-3);
            assert_eq!(early[place], trace[place * 10], "before the step");
            assert_eq!(v, trace[place * 10 + 1], "after it");
        }
        assert!(seen[4].2 > seen[1].2);
    }
}

/// A callback sees what was recorded until its moment, and acts on it: after the third spike of neuron 0 the drive ends.
#[test]
fn callbacks_see_what_was_recorded() {
    let text = "neurons P[2] { dv/dt = I/ms : 1\nI : 1 (shared) = 1\nthreshold v >= 0.95; reset v = 0 }";
    for options in engines() {
        let mut simulation = simulation(text, &options);
        let spikes = simulation.record_spikes("P").expect("a group");
        simulation
            .on(0.1 * MS, Turn::of(Slot::End), move |now| {
                let recorded = now.recorded(spikes);
                if recorded.counts()[0] < 3 {
                    return Ok(());
                }
                assert!((recorded.mean_rate() * now.t() - 3.0).abs() < 1e-9);
                now.set("P.I", 0.0)
            })
            .expect("a callback");
        simulation.run(10.0 * MS).expect("it runs");
        assert_eq!(simulation.recorded(spikes).counts(), [3, 3]);
    }
}

#[test]
fn a_callback_can_stop_the_run_at_the_end_of_the_step() {
    for options in engines() {
        let mut simulation = simulation(FREE, &options);
        simulation
            .on(0.1 * MS, Turn::of(Slot::Start), |now| {
                if now.step() == 12 {
                    now.stop();
                }
                Ok(())
            })
            .expect("a callback");
        let v = simulation.record_values("P.v").expect("a variable");
        simulation.run(5.0 * MS).expect("it runs");
        assert!((simulation.t() - 1.3e-3).abs() < 1e-12, "{}", simulation.t());
        assert_eq!(simulation.recorded(v).times().len(), 13, "the step is done to its end");
        simulation.run(1.0 * MS).expect("it goes on");
        assert!((simulation.t() - 2.3e-3).abs() < 1e-12);
    }
}

#[test]
fn an_error_of_a_callback_ends_the_run() {
    let mut simulation = simulation(FREE, &Options::new());
    simulation.on(1.0 * MS, Turn::of(Slot::End), |now| now.set("P.w", 1.0)).expect("a callback");
    assert!(matches!(simulation.run(5.0 * MS), Err(Error::Unknown { .. } | Error::Model(_))));
    assert!((simulation.t() - 0.1e-3).abs() < 1e-12);
    assert!(simulation.step().is_ok(), "1 ms is not due in this step");
}

#[test]
fn callbacks_are_refused_where_they_cannot_be() {
    let spiking = "neurons P[1] { dv/dt = 1/ms : 1\nthreshold v > 1; reset v = 0 }";
    let mut simulation = simulation(spiking, &Options::new());
    let turns = [Turn::of(Slot::Groups), Turn::of(Slot::BeforeThresholds), Turn::of(Slot::Synapses)];
    for turn in turns {
        assert!(matches!(simulation.on(1.0 * MS, turn, |_| Ok(())), Err(Error::Turn { .. })), "{turn:?}");
    }
    for turn in [Turn::of(Slot::BeforeGroups), Turn::of(Slot::Resets), Turn::of(Slot::AfterEnd)] {
        assert!(simulation.on(1.0 * MS, turn, |_| Ok(())).is_ok(), "{turn:?}");
    }
    let outcome = simulation.record_events("P.spikes with lastspike");
    assert!(matches!(outcome, Err(Error::Turn { .. })), "it is noted in the reset: {outcome:?}");
    for every in [0.0, -1.0, f64::NAN] {
        let outcome = simulation.on(every * MS, Turn::of(Slot::Start), |_| Ok(()));
        assert!(matches!(outcome, Err(Error::Time { .. })), "{every}");
    }
    assert!(matches!(simulation.on(1.0 * MV, Turn::of(Slot::Start), |_| Ok(())), Err(Error::Unit { .. })));
}

#[test]
fn a_callback_between_update_and_threshold_decides_who_spikes() {
    let spiking = "neurons P[2] { dv/dt = 1/ms : 1\nthreshold v >= 0.95; reset v = 0 }";
    for options in engines() {
        let mut simulation = simulation(spiking, &options.threshold_apart(true));
        let spikes = simulation.record_events("P.spikes with v, lastspike").expect("spikes");
        simulation
            .on(0.1 * MS, Turn::of(Slot::AfterGroups), |now| {
                if now.step() == 4 { now.set_values("P.v", &[5.0, 0.0]) } else { Ok(()) }
            })
            .expect("a callback");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let note = Arc::clone(&seen);
        simulation
            .on(0.1 * MS, Turn::of(Slot::Synapses), move |now| {
                note.lock().expect("nobody failed").push(now.get("P.lastspike")?.values()[0]);
                Ok(())
            })
            .expect("a callback");
        simulation.run(1.0 * MS).expect("it runs");
        let recorded = simulation.recorded(spikes);
        assert_eq!(recorded.iter().map(|spike| (spike.tick, spike.neuron)).collect::<Vec<_>>(), [(4, 0)]);
        assert_eq!(recorded.values("v"), Some(&[5.0][..]));
        assert_eq!(recorded.values("lastspike"), Some(&[4.0 * 1e-4][..]));
        assert_eq!(seen.lock().expect("nobody failed")[3..5], [-1e4, 4.0 * 1e-4], "noted with the spike");
    }
}

#[test]
fn everything_is_read_and_written_by_name() {
    for options in engines() {
        let mut simulation = simulation(FREE, &options);
        simulation.set("P.k", 3.0).expect("an integer");
        simulation.set("P.up", true).expect("a truth value");
        simulation.set("P.all", 5.0 * MV).expect("a shared variable");
        simulation.set_values("P.k", &[1.0, -2.0, 3.0]).expect("three integers");
        assert_eq!(simulation.get("P.k").expect("there").values(), [1.0, -2.0, 3.0]);
        assert_eq!(simulation.get("P.up").expect("there").values(), [1.0; 3]);
        assert_eq!(simulation.get("P.all").expect("there").in_units("mV").expect("volt"), [5.0]);
        simulation.set("P.k", -2.5).expect("cut off, as in a text");
        assert_eq!(simulation.get("P.k").expect("there").values(), [-2.0; 3]);
        simulation.set_values("P.up", &[0.0, 1.0, 2.0]).expect("what is not zero is true");
        assert_eq!(simulation.get("P.up").expect("there").values(), [0.0, 1.0, 1.0]);
        assert!(matches!(simulation.set("P.all", 1.0 * NA), Err(Error::Unit { .. })));
        assert!(matches!(simulation.set_values("P.all", &[1.0, 2.0]), Err(Error::Length { .. })));
        let k = simulation.variable("P.k").expect("there");
        simulation.write(k, &[4.0, 5.0, 6.0]).expect("integers");
        assert_eq!(simulation.read(k), [4.0, 5.0, 6.0]);
        simulation.fill(k, 9.0).expect("an integer");
        assert_eq!(simulation.get("P.k").expect("there").values(), [9.0; 3]);
    }
}

/// A delay of all synapses is read and set by name; the table of synapses has it too.
#[test]
fn a_shared_delay_is_read_and_set_by_name() {
    let text = "neurons P[2] { v : 1\nthreshold v > 1 }
        synapses S: P -> P { on_pre v += 1; connect all; delay 2*ms }
        record S.synapses";
    for options in engines() {
        let mut simulation = simulation(text, &options);
        assert_eq!(simulation.get("S.delay").expect("there").in_units("ms").expect("a time"), [2.0]);
        simulation.set("S.delay", 3.0 * MS).expect("set");
        assert_eq!(simulation.get("S.delay").expect("there").in_units("ms").expect("a time"), [3.0]);
        let Table::Named { columns } = simulation.table("S.synapses").expect("recorded") else { panic!("columns") };
        assert!(matches!(&columns[2], (name, _, Columns::Real(values)) if name == "delay" && **values == [3e-3; 4]));
    }
}

#[test]
fn the_last_spike_is_read_and_kept() {
    let text = "neurons P[2] { dv/dt = (1 + i)/ms : 1\nthreshold v >= 0.95; reset v = 0 }";
    for options in engines() {
        let mut simulation = simulation(text, &options);
        simulation.run(1.0 * MS).expect("it runs");
        let last = simulation.get("P.lastspike").expect("there");
        assert_eq!(last.values(), [9.0 * 1e-4, 9.0 * 1e-4]);
        assert!(matches!(simulation.set("P.lastspike", 1.0 * MS), Err(Error::Kept { .. })));
    }
}

/// A parameter is changed in far less time than anything can be compiled in: seen are 0.1 us by handle, 0.7 us by name.
#[test]
fn a_parameter_is_changed_without_compiling() {
    let text = "neurons P[1] { dv/dt = (1 - v)/tau : 1\ntau : second (shared) = 10*ms }";
    let mut simulation = simulation(text, &Options::new());
    let tau = simulation.variable("P.tau").expect("there");
    let quickest = |act: &mut dyn FnMut()| {
        let times = (0..100).map(|_| {
            let started = Instant::now();
            act();
            started.elapsed()
        });
        times.min().expect("a hundred")
    };
    let by_handle = quickest(&mut || simulation.fill(tau, 5e-3).expect("a time"));
    let by_name = quickest(&mut || simulation.set("P.tau", 5.0 * MS).expect("a time"));
    let by_list = quickest(&mut || simulation.set_values("P.tau", &[5e-3]).expect("a time"));
    for time in [by_handle, by_name, by_list] {
        assert!(time < Duration::from_micros(50), "{by_handle:?} {by_name:?} {by_list:?}");
    }
    simulation.run(5.0 * MS).expect("it runs");
    let v = simulation.get("P.v").expect("there").values()[0];
    assert!((v - (1.0 - (-1.0_f64).exp())).abs() < 1e-9, "the new value holds: {v}");
}

#[test]
fn threads_are_limited() {
    let model = Model::from_source(FREE, &Options::new().threads(Options::MOST_THREADS + 1)).expect("a model");
    assert!(matches!(model.simulation(), Err(Error::Threads { .. })));
}

#[test]
fn a_stopper_ends_a_run_within_a_tenth_of_a_second_and_another_goes_on_from_there() {
    let text = "neurons P[20000] { dv/dt = (sin(v) - v)/(10*ms) : 1\nthreshold v > 1\nreset v = 0\ninit v = rand() }";
    for threads in [1, 2] {
        let options = Options::new().seed(1).threads(threads);
        let build = || Model::from_source(text, &options).expect("a model").simulation().expect("built");
        let (mut stopped, mut whole) = (build(), build());
        let stopper = stopped.stopper();
        // A busy machine may be late once, not three times.
        let mut quickest = Duration::MAX;
        for _ in 0..3 {
            let stopper = stopper.clone();
            let asking = std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(60));
                stopper.stop();
                Instant::now()
            });
            let outcome = stopped.run("1e6*second");
            let ended = Instant::now();
            quickest = quickest.min(ended - asking.join().expect("asked"));
            assert!(matches!(outcome, Err(Error::Stopped { t }) if t == stopped.t()), "{outcome:?}");
        }
        assert!(quickest < Duration::from_millis(100), "{quickest:?} with {threads} threads");
        whole.run(stopped.t() * SECOND).expect("it runs");
        assert_eq!(stopped.get("P.v").expect("there"), whole.get("P.v").expect("there"));

        // Where no run is under way, it is the next that ends.
        stopper.stop();
        let before = stopped.t();
        assert!(matches!(stopped.run("1*ms"), Err(Error::Stopped { t }) if t == before));
        stopped.run("1*ms").expect("nobody asked again");
    }
}

/// A script that goes back runs more than the time that it reaches.
#[test]
fn progress_counts_what_is_run_and_not_where_time_is() {
    // Large enough that a run of it is heard of, about every 10 ms.
    let text = "neurons P[100000] { dv/dt = (1.2 + 0.1*sin(v) - v)/(10*ms) : 1 }
        run 0.1*second\nstore\nrun 0.3*second\nrestore\nrun 0.2*second";
    let model = Model::from_source(text, &Options::new()).expect("compiled");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("m.checkpoint");
    let mut heard = Vec::new();
    let mut simulation = model.simulation().expect("built");
    simulation.checkpoint_every("0.35*second", &path, "").expect("an interval");
    simulation.run_script(|event| heard.extend(progress(&event))).expect("it runs");
    let before = heard.len();
    let mut resumed = model.resume(&rheobase::Checkpoint::read(&path).expect("a checkpoint")).expect("gone on from");
    resumed.run_script(|event| heard.extend(progress(&event))).expect("it runs");
    assert!(before > 4 && heard.len() > before, "{before} of {}", heard.len());
    for heard in &heard {
        assert!((heard.end - 0.3).abs() < 1e-9 && (heard.all - 0.6).abs() < 1e-9, "{heard:?}");
        let gone_back = if heard.done > 0.4 + 1e-9 { 0.3 } else { 0.0 };
        assert!((heard.done - heard.t - gone_back).abs() < 1e-9, "{heard:?}");
    }
    let done = |heard: &[rheobase::Progress]| heard.iter().map(|heard| heard.done).collect::<Vec<_>>();
    let (whole, rest) = (done(&heard[..before]), done(&heard[before..]));
    assert!(whole.is_sorted() && rest.is_sorted() && whole[before - 1] > 0.4 && rest[0] >= 0.35, "{whole:?} {rest:?}");
}

fn progress(event: &rheobase::Event) -> Option<rheobase::Progress> {
    match event {
        rheobase::Event::Progress(progress) => Some(*progress),
        _ => None,
    }
}
