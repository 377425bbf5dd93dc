//! What recordings hold, on both engines: values at spikes, turns in the step, smoothed rates, what is made of trains.

use rheobase::output::{Columns, Table};
use rheobase::{Engine, Error, MS, Model, Options, Simulation, Window};

/// The same on both engines.
fn on_both(text: &str, check: impl Fn(&mut Simulation)) {
    for engine in [Engine::Jit, Engine::Interpreter] {
        let model = Model::from_source(text, &Options::new().engine(engine)).unwrap_or_else(|error| panic!("{error}"));
        let mut simulation = model.simulation().unwrap_or_else(|error| panic!("{error}"));
        simulation.run_script(|_| {}).unwrap_or_else(|error| panic!("{error}"));
        check(&mut simulation);
    }
}

/// A population that spikes every 10 steps; a pathway and the reset change v in the step of the spike.
const RAMP: &str = "
    neurons P[3] {
        dv/dt = 1/ms : 1
        n : integer
        double = 2*v : 1
        gain : 1 (shared) = 7
        threshold v >= 0.95
        reset { v = 0; n += 1 }
    }
    synapses S: P -> P { on_pre v += 100; connect i == j }
";

#[test]
fn values_at_spikes_are_those_before_synapses_and_reset() {
    let text = format!("{RAMP}\nrecord P[1:].spikes with v, n, double, gain, lastspike\nrun 3*ms");
    on_both(&text, |simulation| {
        let spikes = simulation.spikes("P[1:]").expect("recorded");
        let ticks: Vec<(i64, u32)> = spikes.iter().map(|spike| (spike.tick, spike.neuron)).collect();
        assert_eq!(ticks, [(9, 0), (9, 1), (19, 0), (19, 1), (29, 0), (29, 1)]);
        let of = |name| spikes.values(name).expect("recorded with it").to_vec();
        assert!(of("v").iter().all(|v| (v - 1.0).abs() < 1e-12), "{:?}", of("v"));
        assert_eq!(of("n"), [0.0, 0.0, 1.0, 1.0, 2.0, 2.0]);
        assert!(of("double").iter().all(|v| (v - 2.0).abs() < 1e-12));
        assert_eq!(of("gain"), [7.0; 6]);
        let times: Vec<f64> = spikes.iter().map(|spike| spike.t).collect();
        assert_eq!(of("lastspike"), times);
        assert!(spikes.values("w").is_none());
        let Table::Named { columns } = simulation.table("P[1:].spikes").expect("recorded") else { panic!("columns") };
        let names: Vec<&str> = columns.iter().map(|(name, ..)| name.as_str()).collect();
        assert_eq!(names, ["step", "t", "i", "v", "n", "double", "gain", "lastspike"]);
        assert_eq!(columns[7].1, "s");
        assert!(matches!(&columns[4].2, Columns::Long(values) if values[5] == 2));
    });
}

#[test]
fn when_and_order_decide_what_is_seen() {
    // Slot, v of neuron 0 in the steps 8, 9 (the spike) and 10.
    let turns = [
        ("", [0.8, 0.9, 0.0]),
        ("when after_groups", [0.9, 1.0, 0.1]),
        ("when after_thresholds order -3", [0.9, 1.0, 0.1]),
        ("when after_synapses", [0.9, 101.0, 0.1]),
        ("when synapses order -2", [0.9, 1.0, 0.1]),
        ("when synapses order 0", [0.9, 101.0, 0.1]),
        ("when end", [0.9, 0.0, 0.1]),
        ("order 3", [0.8, 0.9, 0.0]),
    ];
    for (turn, expected) in turns {
        on_both(&format!("{RAMP}\nrecord P.v[0] {turn}\nrun 1.2*ms"), |simulation| {
            let trace = simulation.samples("P.v").expect("recorded").trace(0);
            let close = trace[8..11].iter().zip(expected).all(|(got, expected)| (got - expected).abs() < 1e-9);
            assert!(close, "{turn}: {:?}, expected {expected:?}", &trace[8..11]);
        });
    }
    on_both(&format!("{RAMP}\nrecord P.spikes when end with v\nrun 1*ms"), |simulation| {
        let spikes = simulation.spikes("P").expect("recorded");
        assert_eq!(spikes.len(), 3);
        assert_eq!(spikes.values("v"), Some(&[0.0; 3][..]), "after the reset");
    });
}

#[test]
fn events_are_recorded_with_values_and_at_turns() {
    let text = "
        neurons P[3] {
            dv/dt = 1/ms : 1
            n : integer
            event high if v > 0.45 and v < 0.55 { n += 10 }
        }
        record P[1:].high with v, n
        run 1*ms
    ";
    on_both(text, |simulation| {
        let events = simulation.events("P[1:].high").expect("recorded");
        assert_eq!(events.iter().map(|event| (event.tick, event.neuron)).collect::<Vec<_>>(), [(4, 0), (4, 1)]);
        assert_eq!(events.values("n"), Some(&[0.0; 2][..]), "before what the event does");
        assert!(events.values("v").is_some_and(|v| v.iter().all(|v| (v - 0.5).abs() < 1e-9)));
        assert_eq!(simulation.summary("m", None).spike_trains[0].0, "P[1:].high");
    });
    on_both(&text.replace("high with v, n", "high when end with n"), |simulation| {
        assert_eq!(simulation.events("P[1:].high").expect("recorded").values("n"), Some(&[10.0; 2][..]));
    });
}

#[test]
fn what_has_a_clock_of_its_own_is_recorded_by_it() {
    let text = "
        neurons P[1] { dv/dt = 1/ms : 1
            threshold v >= 0.95; reset v = 0
            dt 0.25*ms }
        neurons Q[1] { x : 1 }
        record P.spikes with v, lastspike
        record P.population_rate
        record P.v every 0.5*ms
        record Q.x
        run 2*ms
    ";
    on_both(text, |simulation| {
        let spikes = simulation.spikes("P").expect("recorded");
        assert_eq!(spikes.iter().map(|spike| (spike.tick, spike.t)).collect::<Vec<_>>(), [(3, 0.75e-3), (7, 1.75e-3)]);
        assert_eq!(spikes.values("lastspike"), Some(&[0.75e-3, 1.75e-3][..]));
        assert!((spikes.mean_rate() - 1000.0).abs() < 1e-9);
        let rate = simulation.rate("P.population_rate").expect("recorded");
        assert_eq!((rate.rates.len(), rate.bin, rate.rates[3]), (8, 0.25e-3, 4000.0));
        let v = simulation.samples("P.v").expect("recorded");
        assert_eq!(v.times(), [0.0, 2.0 * 0.25e-3, 4.0 * 0.25e-3, 6.0 * 0.25e-3]);
        assert_eq!(v.trace(0), [0.0, 0.5, 0.0, 0.5]);
        assert_eq!(simulation.samples("Q.x").expect("recorded").times().len(), 20);
    });
}

#[test]
fn states_of_synapses_are_recorded_every_so_often() {
    let text = "
        neurons P[2] { v : 1 }
        synapses S: P -> P { dw/dt = (1 + i + 2*j)/ms : 1 (clock-driven)
            connect all }
        record S.w[1, 2] every 0.5*ms
        record S.w at end
        run 1*ms
    ";
    on_both(text, |simulation| {
        let samples = simulation.samples("S.w").expect("recorded");
        assert_eq!(samples.times().len(), 2);
        let close = |got: &[f64], expected: &[f64]| got.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9);
        assert!(close(&samples.trace(0), &[0.0, 1.5]) && close(&samples.trace(1), &[0.0, 1.0]));
    });
}

#[test]
fn rates_are_smoothed_in_texts_as_in_the_library() {
    let text = "
        spike_source G[4] { spikes i = [0, 1, 2, 3], t = [1, 5, 5, 9]*ms }
        record G.population_rate smooth gaussian 1*ms
        run 10*ms
    ";
    on_both(text, |simulation| {
        let smooth = simulation.rate("G.population_rate smooth gaussian").expect("recorded");
        let mut again = Simulation::from_source(text).expect("a model");
        let (plain, flat) = (
            again.record_rate("G").expect("a group"),
            again.record_rates("G.population_rate smooth flat 2*ms every 1*ms").expect("a rate"),
        );
        again.run(10.0 * MS).expect("it runs");
        let plain = again.recorded(plain);
        assert_eq!(plain.smooth(Window::Gaussian, "1*ms").expect("a width"), smooth);
        assert_eq!(plain.bin, 1e-4);
        let binned = plain.binned(1.0 * MS).expect("ten bins");
        let flat = again.recorded(flat);
        assert_eq!((flat.rates.len(), flat.bin), (10, 1e-3));
        let expected = binned.smooth(Window::Flat, 2.0 * MS).expect("a width");
        let close = flat.rates.iter().zip(&expected.rates).all(|(got, expected)| (got - expected).abs() < 1e-9);
        assert!(close, "{:?}, {:?}", flat.rates, expected.rates);
    });
}

#[test]
fn trains_have_counts_intervals_rates_and_variability() {
    let text = "
        spike_source G[4] { spikes i = [0, 0, 0, 0, 1, 1, 1, 2, 2], t = [10, 20, 30, 40, 10, 20, 50, 7, 9]*ms }
        record G.spikes
        run 100*ms
    ";
    on_both(text, |simulation| {
        let spikes = simulation.spikes("G").expect("recorded");
        assert_eq!(spikes.neurons(), 4);
        assert_eq!(spikes.counts(), [4, 3, 2, 0]);
        assert_eq!(spikes.spike_trains()[1], [100.0 * 1e-4, 200.0 * 1e-4, 500.0 * 1e-4]);
        assert_eq!(spikes.intervals()[0], [100.0 * 1e-4; 3]);
        assert_eq!(spikes.intervals()[2], [20.0 * 1e-4]);
        let rates = spikes.rates();
        assert!((rates[0] - 40.0).abs() < 1e-9 && rates[3] == 0.0, "{rates:?}");
        assert!((spikes.mean_rate() - 22.5).abs() < 1e-9);
        let cv = spikes.cv();
        assert!(cv[0].is_some_and(|cv| cv < 1e-12), "{cv:?}");
        assert!(cv[1].is_some_and(|cv| (cv - 0.5).abs() < 1e-12), "{cv:?}");
        assert_eq!(cv[2..], [None, None], "one interval says nothing");
        let (mean, neurons) = spikes.mean_cv().expect("two neurons have one");
        assert!((mean - 0.25).abs() < 1e-12 && neurons == 2);
        let summary = simulation.summary("m", None);
        assert_eq!(summary.spike_trains[0].0, "G.spikes");
        assert_eq!((summary.spike_trains[0].1.count, summary.spike_trains[0].1.cv_neurons), (9, 2));
    });
}

/// A Poisson process has a coefficient of variation of 1; that of a finite train is a little less.
#[test]
fn a_poisson_train_is_as_variable_as_it_should_be() {
    let text = "poisson P[200] { rate 50*Hz }\nrecord P.spikes\nseed = 5\nrun 10*second\n";
    let mut simulation = Simulation::from_source(text).expect("a model");
    simulation.run_script(|_| {}).expect("it runs");
    let spikes = simulation.spikes("P").expect("recorded");
    let (cv, neurons) = spikes.mean_cv().expect("they spike");
    // The mean of 200 trains of 500 intervals: 1 - 1/500, and one step of dead time (0.5%); standard error 1/sqrt(2*200*500).
    assert_eq!(neurons, 200);
    assert!((cv - 0.996).abs() < 4.0 * 0.0023, "{cv}");
    assert!((spikes.mean_rate() - 50.0).abs() < 4.0 * (50.0_f64 / 2000.0).sqrt(), "{}", spikes.mean_rate());
}

#[test]
fn a_recording_begun_late_counts_from_then() {
    let mut simulation = Simulation::from_source(RAMP).expect("a model");
    simulation.run(5.0 * MS).expect("it runs");
    let spikes = simulation.record_events("P.spikes with v").expect("spikes");
    simulation.run(5.0 * MS).expect("it runs");
    let recorded = simulation.recorded(spikes);
    assert_eq!(recorded.counts(), [5; 3]);
    assert!((recorded.mean_rate() - 1000.0).abs() < 1e-6);
    assert_eq!(recorded.values("v").map(<[f64]>::len), Some(15));
}

#[test]
fn a_handle_is_only_had_for_what_it_is_of() {
    let mut simulation = Simulation::from_source(RAMP).expect("a model");
    assert!(matches!(simulation.record_values("P.spikes"), Err(Error::Unknown { .. })));
    assert!(matches!(simulation.record_events("P.v"), Err(Error::Unknown { .. })));
    assert!(matches!(simulation.record_rates("P.spikes"), Err(Error::Unknown { .. })));
    assert!(matches!(simulation.record_values("P.v at end"), Err(Error::Unknown { .. })));
    assert!(matches!(simulation.record_spikes("Q"), Err(Error::Model(_))));
    assert!(matches!(simulation.rate("P.population_rate"), Err(Error::Unknown { .. })));
    assert!(matches!(simulation.events("P.spikes"), Err(Error::Unknown { .. })));
}
