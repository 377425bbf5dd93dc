//! What is kept of a recording: the last of it, counts, means and variances; on both engines, held to the whole recording.

use rheobase::{Engine, Error, MS, Model, Options, Simulation};

/// The same on both engines.
fn on_both(text: &str, check: impl Fn(&mut Simulation)) {
    for engine in [Engine::Jit, Engine::Interpreter] {
        let model = Model::from_source(text, &Options::new().engine(engine)).unwrap_or_else(|error| panic!("{error}"));
        let mut simulation = model.simulation().unwrap_or_else(|error| panic!("{error}"));
        simulation.run_script(|_| {}).unwrap_or_else(|error| panic!("{error}"));
        check(&mut simulation);
    }
}

const NOISY: &str = "
    seed = 5
    neurons P[30] {
        dv/dt = (1.1 - v)/(5*ms) + 0.4*xi*(5*ms)**-0.5 : 1
        mean = 2*v : 1                      # words of `record` are names all the same
        threshold v > 1
        reset v = 0
        event high if v > 0.8
    }
    neurons L[1] { last : 1 }
    synapses S: P -> P { dw/dt = (1*mV - w)/(20*ms) : volt (clock-driven)
        connect i == j }
";

#[test]
fn a_window_is_the_end_of_the_whole() {
    let text = format!(
        "{NOISY}
        record P.spikes with v
        record P.spikes last 20*ms with v
        record P.v[3:6] every 0.5*ms
        record P.v[3:6], P.high every 0.5*ms last 10*ms"
    );
    assert!(Model::from_source(&text, &Options::new()).is_err(), "events are not sampled");
    let text = format!(
        "{NOISY}
        record P.spikes with v
        record P.spikes last 20*ms with v
        record P.high
        record P.high last 3*ms
        record P.v[3:6] every 0.5*ms
        record P.v[3:6] every 0.5*ms last 10*ms
        record P.mean[0], P.population_rate
        record P.mean[0], L.last, P.population_rate last 10*ms
        record P.population_rate smooth gaussian 2*ms
        record P.population_rate smooth gaussian 2*ms last 10*ms
        record P[:9].population_rate smooth flat 3*ms every 1*ms
        record P[:9].population_rate smooth flat 3*ms every 1*ms last 10*ms
        run 70*ms
        run 41*ms"
    );
    on_both(&text, |simulation| {
        let of = |name: &str| {
            let spikes = simulation.events(name).expect("recorded");
            let values = spikes.values("v").map(<[f64]>::to_vec).unwrap_or_default();
            (spikes.iter().map(|spike| (spike.tick, spike.neuron)).collect::<Vec<_>>(), values)
        };
        for (name, first) in [("P.spikes", 910), ("P.high", 1080)] {
            let (whole, values) = of(name);
            let (last, noted) = of(&format!("{name} last"));
            let before = whole.iter().filter(|(tick, _)| *tick < first).count();
            assert!(before > 0 && before < whole.len(), "{name}: {before} of {}", whole.len());
            assert_eq!(last, whole[before..], "{name}");
            assert_eq!(noted, values.get(before..).unwrap_or_default(), "{name}");
        }
        let spikes = simulation.events("P.spikes last").expect("recorded");
        assert!((spikes.mean_rate() - spikes.len() as f64 / 30.0 / 0.02).abs() < 1e-9, "a rate is over the window");
        for (name, samples) in [("P.v", 20), ("P.mean", 100)] {
            let (whole, last) = (simulation.samples(name), simulation.samples(&format!("{name} last")));
            let (whole, last) = (whole.expect("recorded"), last.expect("recorded"));
            let gone = whole.times().len() - samples;
            assert_eq!(last.times(), whole.times()[gone..], "{name}");
            assert_eq!(last.values(), &whole.values()[gone * whole.elements().len()..], "{name}");
        }
        assert_eq!(simulation.samples("L.last last").expect("recorded").times().len(), 100);
        let plain = ["P.population_rate", "P.population_rate smooth gaussian", "P[:9].population_rate smooth flat"];
        for (name, bins) in plain.into_iter().zip([100, 100, 10]) {
            let (whole, last) = (simulation.rate(name), simulation.rate(&format!("{name} last")));
            let (whole, last) = (whole.expect("recorded"), last.expect("recorded"));
            let gone = whole.times.len() - bins;
            assert_eq!(last.times, whole.times[gone..], "{name}");
            let close = last.rates.iter().zip(&whole.rates[gone..]).all(|(got, rate)| (got - rate).abs() < 1e-9);
            assert!(close, "{name}: {:?}, {:?}", last.rates, &whole.rates[gone..]);
        }
        let names: Vec<String> = simulation.tables().expect("in memory").into_iter().map(|(name, _)| name).collect();
        for name in ["P.spikes.last", "P.v.last", "L.last.last", "P.population_rate.smooth_gaussian.last"] {
            assert!(names.iter().any(|made| made == name), "{names:?}");
        }
    });
}

/// What one wants a window for: what led to an error that stopped the run.
#[test]
fn a_window_holds_what_led_to_a_stop() {
    let text = "neurons G[2] { dx/dt = x*x/ms : 1
            init x = 0.1 + 0.1*i }
        record G.x, G.x last 1*ms
        run 100*ms";
    assert!(Simulation::from_source(text).is_err(), "`last` holds for the whole line: `G.x` would be recorded twice");
    let mut simulation =
        Simulation::from_source(&text.replace("record G.x, ", "record G.x\nrecord ")).expect("a model");
    assert!(matches!(simulation.run_script(|_| {}), Err(Error::Run(_))));
    let (whole, last) =
        (simulation.samples("G.x").expect("recorded"), simulation.samples("G.x last").expect("recorded"));
    assert!(whole.times().len() > 20);
    // The step that failed had its samples taken.
    assert_eq!(last.values(), &whole.values()[whole.values().len() - last.values().len()..]);
    assert!((9..=11).contains(&last.times().len()), "{}", last.times().len());
}

#[test]
fn counts_means_and_variances_are_those_of_the_whole() {
    let text = format!(
        "{NOISY}
        record P.spikes, P.high
        record P.spikes counts, P.high counts, P[10:].spikes counts
        record P.v[3, 7:9], S.w[:4], P.mean[1] every 0.2*ms
        record P.v[3, 7:9] mean, P.v[3, 7:9] variance, S.w[:4] mean, S.w[:4] variance, P.mean[1] mean every 0.2*ms
        record L.last mean when end
        run 70*ms
        run 30*ms"
    );
    on_both(&text, |simulation| {
        for event in ["P.spikes", "P.high"] {
            let whole = simulation.events(event).expect("recorded");
            let counts = simulation.counts(&format!("{event} counts")).expect("recorded");
            assert!(whole.counts().iter().map(|&count| u64::from(count)).eq(counts.counts().iter().copied()));
            assert_eq!((counts.total(), counts.mean_rate()), (whole.len() as u64, whole.mean_rate()));
            assert_eq!(counts.rates(), whole.rates());
        }
        let all = simulation.counts("P.spikes counts").expect("recorded").counts().to_vec();
        assert_eq!(simulation.counts("P[10:].spikes counts").expect("recorded").counts(), &all[10..]);
        for (name, unit) in [("P.v", "1"), ("S.w", "V^2"), ("P.mean", "")] {
            let whole = simulation.samples(name).expect("recorded");
            let mean = simulation.statistic(&format!("{name} mean")).expect("recorded");
            assert_eq!((mean.elements(), mean.samples()), (whole.elements(), 500));
            let variance = simulation.statistic(&format!("{name} variance"));
            for place in 0..whole.elements().len() {
                let trace = whole.trace(place);
                let expected = trace.iter().sum::<f64>() / 500.0;
                assert!((mean.values()[place] - expected).abs() < 1e-12 * expected.abs().max(1e-3), "{name}");
                if let Ok(variance) = &variance {
                    let expected = trace.iter().map(|v| (v - expected).powi(2)).sum::<f64>() / 500.0;
                    let got = variance.values()[place];
                    assert!((got - expected).abs() < 1e-9 * expected, "{name}: {got} {expected}");
                    assert_eq!(variance.dimension().to_string(), unit);
                }
            }
        }
        let trains = simulation.summary("m", None).spike_trains;
        let (_, counted) = trains.iter().find(|(name, _)| name == "P.spikes counts").expect("summed up");
        let (_, whole) = trains.iter().find(|(name, _)| name == "P.spikes").expect("summed up");
        assert_eq!((counted.count, counted.rate_hz, counted.mean_cv), (whole.count, whole.rate_hz, None));
        let tables = simulation.tables().expect("in memory");
        let units = |name: &str| tables.iter().find(|(table, _)| table == name).map(|(_, table)| table.units());
        assert_eq!(units("P.spikes.counts").as_deref(), Some("i [1], count [1]"));
        assert_eq!(units("S.w.mean").as_deref(), Some("i [1], mean [V]"));
        assert_eq!(units("S.w.variance").as_deref(), Some("i [1], variance [V^2]"));
    });
}

#[test]
fn handles_are_had_for_what_is_kept() {
    let mut simulation = Simulation::from_source(NOISY).expect("a model");
    let counts = simulation.record_counts("P.spikes counts").expect("they spike");
    let mean = simulation.record_statistic("P.v mean every 1*ms").expect("there");
    let last = simulation.record_values("P.v last 2*ms").expect("there");
    assert!(simulation.recorded(mean).values().iter().all(|mean| mean.is_nan()), "there was no sample");
    simulation.run(50.0 * MS).expect("it runs");
    assert_eq!(simulation.recorded(counts).counts().len(), 30);
    assert!(simulation.recorded(counts).total() > 0);
    assert_eq!(simulation.recorded(mean).samples(), 50);
    assert_eq!(simulation.recorded(last).times().len(), 20);
    simulation.store("here");
    let (total, means) = (simulation.recorded(counts).total(), simulation.recorded(mean).values().to_vec());
    simulation.run(50.0 * MS).expect("it runs");
    simulation.restore("here").expect("stored");
    assert_eq!((simulation.recorded(counts).total(), simulation.recorded(mean).values()), (total, &means[..]));
    assert!(matches!(simulation.record_counts("P.spikes"), Err(Error::Unknown { .. })));
    assert!(matches!(simulation.record_statistic("P.v"), Err(Error::Unknown { .. })));
    assert!(matches!(simulation.record_spikes("P.spikes counts"), Err(Error::Model(_))));
    assert!(matches!(simulation.record_values("P.v mean"), Err(Error::Unknown { .. })));
    assert!(matches!(simulation.counts("P.spikes"), Err(Error::Unknown { .. })));
}
