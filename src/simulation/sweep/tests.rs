//! A point is what `--set` makes of the model, to the bit; sweeps go on, fail in parts, and end when they are told to.

use super::{SweepEvent, SweepTable};
use crate::ir::network::Seeds;
use crate::simulation::{Engine, Model, Options, Precision, Simulation};
use crate::units::Dimension;
use runtime::state::ColumnId;
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::Path;

/// A neuron that fires with a probability that depends on what is varied.
const NOISY: &str = "
    seed = 5
    tau = 10*ms
    drive = 1.5
    neurons P[50] {
        dv/dt = (drive - v)/tau + 0.3*xi/tau**0.5 : 1
        threshold v > 1
        reset     v = 0
        init      v = rand()
    }
    synapses S: P -> P { on_pre v += 0.01
        connect p = 0.1 }
    run 20*ms
";

fn model(text: &str) -> Model {
    Model::from_source(text, &Options::default()).expect("a model")
}

/// All of a state that a model has of itself, as a number.
fn digest(simulation: &Simulation) -> f64 {
    let mut sum = DefaultHasher::new();
    sum.write_u64(simulation.t().to_bits());
    for (number, plan) in (0..).zip(&simulation.model.plan().columns) {
        if plan.name.starts_with("_swept") {
            continue;
        }
        let column = simulation.network.state().column(ColumnId(number));
        (0..column.len()).for_each(|place| sum.write_u64(column.number(place).to_bits()));
    }
    simulation.network.populations().iter().for_each(|population| sum.write_u64(population.spike_total()));
    (sum.finish() >> 12) as f64
}

/// The same of a point by itself.
fn alone(
    read: impl Fn(&Options) -> Result<Model, crate::Error>,
    options: &Options,
    seed: u64,
) -> Result<f64, crate::Error> {
    let mut simulation = read(options)?.simulation_with_seed(seed)?;
    simulation.run_script(|_| {})?;
    Ok(digest(&simulation))
}

/// Constants of a text that are numbers, with twice or 1.1 times their value beside it; and the time step.
fn constants(text: &str) -> Vec<(String, String)> {
    let number = |line: &str| {
        let (name, value) = line.split_once('=')?;
        let (name, value) = (name.trim(), value.split('#').next()?.trim());
        let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let first = value.chars().next()?;
        let plain = !value.contains(['[', '(', '"', ';']) && (first.is_ascii_digit() || first == '-');
        let whole = value.chars().all(|c| c.is_ascii_digit());
        let values = if whole { format!("[{value}, 2*{value}]") } else { format!("[{value}, 1.1*({value})]") };
        (is_name && plain && !matches!(name, "dt" | "seed")).then(|| (name.to_owned(), values))
    };
    let numbers = text.lines().filter(|line| !line.starts_with(' ')).filter_map(number).take(2);
    numbers.chain([("dt".to_owned(), "[0.1, 0.07]*ms".to_owned())]).collect()
}

/// Every model of the reference, for two of its constants and the time step, with code that points share.
fn every_reference_model_is_itself(options: &Options) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference");
    let (mut points, mut compiled) = (0, 0);
    for entry in fs::read_dir(folder).expect("the reference") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "rheo") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a text");
        for (name, values) in constants(&text) {
            let model = Model::from_file(&path, options).expect("a model");
            let sweep = Simulation::sweep(&model).vary(&name, &values);
            let sweep = sweep.measure("digest", Dimension::ONE, |simulation| Ok(digest(simulation)));
            let table =
                sweep.run(|_| {}).unwrap_or_else(|error| panic!("{}, {name} = {values}: {error}", path.display()));
            let (axis, measured) = (&table.axes[0], table.measured(0));
            assert_eq!((axis.name.as_str(), measured.len()), (name.as_str(), 2));
            for (point, got) in table.points.iter().zip(measured) {
                let value = format!("{:?}*{}", point.values[0], axis.dimension.spelled());
                let whole = values.starts_with('[') && !values.contains('.') && axis.dimension.is_one();
                let value = if whole { format!("{:.0}", point.values[0]) } else { value };
                let set = options.clone().set(&name, &value);
                let expected = alone(|options| Model::from_file(&path, options), &set, point.seed);
                match (expected, got) {
                    (Ok(expected), Some(got)) => assert_eq!(got, expected, "{}, {name} = {value}", path.display()),
                    (Err(_), None) => {}
                    (expected, got) => panic!("{}, {name} = {value}: {expected:?}, {got:?}", path.display()),
                }
                points += 1;
            }
            compiled += table.compiled;
        }
    }
    assert!(points > 150 && compiled < points * 3 / 4, "{points} points, {compiled} times compiled");
}

#[test]
fn a_point_is_what_set_makes_of_the_model() {
    every_reference_model_is_itself(&Options::new());
}

/// Means over the first neurons of the last 7.5 ms, which lie in two runs, against those of all that a run by itself records.
#[test]
fn a_mean_without_the_transient_is_that_of_the_samples_in_its_window() {
    for options in [Options::new(), Options::new().engine(Engine::Interpreter)] {
        let text = format!("{NOISY}\nrun 5*ms\nrecord P.v[:9]");
        let model = Model::from_source(&text, &options).expect("a model");
        let sweep = Simulation::sweep(&model).vary("drive", "[0.9, 1.5]").threads(1);
        let asked = ["mean(P.v[:9]), std(P.v[:9]) last 7.5*ms", "mean(P.v) last 10*ms", "mean(P.v), std(P.v)"];
        let sweep = asked.iter().fold(sweep, |sweep, measure| sweep.report(measure));
        let sweep = sweep.report("mean(P.v), std(P.v) last 1*second");
        let table = sweep.run(|_| {}).expect("swept");
        assert_eq!(table.measures[1].name, "std(P.v[:9]) last 7.5*ms");
        for point in &table.points {
            let mut alone = sweep.point(point.number).expect("a point").simulation().expect("built");
            alone.run_script(|_| {}).expect("run");
            let trace = alone.samples("P.v").expect("recorded");
            let window: Vec<f64> = trace.values()[(250 - 75) * 9..].to_vec();
            assert_eq!(window.len(), 75 * 9);
            let expected = window.iter().sum::<f64>() / window.len() as f64;
            let deviation = window.iter().map(|v| (v - expected).powi(2)).sum::<f64>() / window.len() as f64;
            let values = point.outcome.as_ref().expect("measured");
            assert!((values[0] - expected).abs() < 1e-12, "{} {expected}", values[0]);
            assert!((values[1] - deviation.sqrt()).abs() < 1e-12, "{} {}", values[1], deviation.sqrt());
            // The transient is in one of them, and a window longer than the run is the run.
            assert!((values[2] - values[3]).abs() > 1e-3);
            assert_eq!(values[3..5], values[5..7]);
        }
        let again = sweep.threads(2).run(|_| {}).expect("swept");
        assert!((0..7).all(|place| again.measured(place) == table.measured(place)));
    }
}

#[test]
fn in_singles_too() {
    every_reference_model_is_itself(&Options::new().precision(Precision::F32));
}

#[test]
fn and_interpreted() {
    every_reference_model_is_itself(&Options::new().engine(Engine::Interpreter));
}

fn noisy(threads: usize) -> SweepTable {
    let sweep = Simulation::sweep(&model(NOISY)).vary("tau", "[5, 10, 20]*ms").vary("drive", "linspace(0.5, 1.5, 4)");
    sweep.report("rate(P)").report("cv(P), std(P.v)").threads(threads).run(|_| {}).expect("a table")
}

#[test]
fn results_do_not_depend_on_threads() {
    let one = noisy(1);
    // Not compared as values, since some are NaN.
    assert_eq!(format!("{one:?}"), format!("{:?}", noisy(5)));
    // Code is made once more where two numbers of a program happen to be equal.
    assert!((one.size(), one.points.len()) == (12, 12) && one.compiled <= 2, "{}", one.compiled);
    let names: Vec<&str> = one.measures.iter().map(|measure| measure.name.as_str()).collect();
    assert_eq!(names, ["rate(P)", "cv(P)", "std(P.v)"]);
    assert_eq!(one.points[1].values, [5e-3, 0.5 + 1.0 / 3.0]);
    let rates: Vec<f64> = one.measured(0).into_iter().flatten().collect();
    assert!(rates[3] > rates[0] && rates[3] > 20.0, "{rates:?}");
}

#[test]
fn seeds_are_alike_or_apart() {
    let same = |seeds| {
        let sweep = Simulation::sweep(&model(NOISY)).vary("drive", "[1.5, 1.5]").report("mean(P.v)").seeds(seeds);
        let table = sweep.run(|_| {}).expect("a table");
        let values = table.measured(0);
        (values[0] == values[1], table.points.iter().map(|point| point.seed).collect::<Vec<_>>())
    };
    assert_eq!(same(Seeds::Alike), (true, vec![5, 5]));
    assert_eq!(same(Seeds::Apart), (false, vec![5, 6]));
    let sweep = Simulation::sweep(&model(NOISY)).vary("seed", "[5, 9]").report("mean(P.v)");
    let table = sweep.run(|_| {}).expect("a table");
    assert_eq!(table.points.iter().map(|point| point.seed).collect::<Vec<_>>(), [5, 9]);
    assert_ne!(table.measured(0)[0], table.measured(0)[1]);
}

#[test]
fn a_point_that_fails_is_told_and_the_others_go_on() {
    let text = "
        rate = 0.0/second
        neurons P[1] { dv/dt = rate*v : 1
            init v = 1 }
        sweep rate = [1, 1e6, 2]/second {
            run 100*ms
            report final(P.v)
        }
    ";
    let table = Simulation::sweep(&model(text)).run(|_| {}).expect("a table");
    let values = table.measured(0);
    assert!((values[0].expect("a value") - 0.1_f64.exp()).abs() < 1e-12);
    assert!((values[2].expect("a value") - 0.2_f64.exp()).abs() < 1e-12);
    let failures: Vec<_> = table.failures().map(|(point, reason)| (point.number, reason.to_owned())).collect();
    assert!(matches!(&*failures, [(1, reason)] if reason.contains("v of P[0] is inf")), "{failures:?}");
}

#[test]
fn a_sweep_that_was_stopped_goes_on_to_the_same_table() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("m.points");
    let sweep = || {
        let sweep = Simulation::sweep(&model(NOISY)).vary("drive", "linspace(0.5, 1.5, 9)").report("rate(P), cv(P)");
        sweep.seeds(Seeds::Apart).threads(2)
    };
    let whole = sweep().run(|_| {}).expect("a table");
    let stopped = sweep().log_to(&log);
    let stopper = stopped.stopper();
    let mut done = 0;
    let part = stopped.run(|event| {
        done += usize::from(matches!(event, SweepEvent::Done(_)));
        if done == 3 {
            stopper.stop();
        }
    });
    let part = part.expect("a table");
    assert!((3..9).contains(&part.points.len()), "{}", part.points.len());
    // As if it had been killed while it wrote a point.
    let bytes = fs::read(&log).expect("a log");
    fs::write(&log, &bytes[..bytes.len() - 5]).expect("cut off");
    let mut before = None;
    let resumed = sweep().resume(&log).run(|event| {
        if let SweepEvent::Begun { done, points } = event {
            before = Some((done, points));
        }
    });
    assert_eq!(before, Some((part.points.len() - 1, 9)));
    assert_eq!(format!("{:?}", resumed.expect("a table")), format!("{whole:?}"));
}

#[test]
fn what_stands_before_a_sweep_happens_at_every_point() {
    let text = "
        step = 0.0
        neurons P[2] { v : 1 }
        set P.v = 1
        run 1*ms
        store
        sweep step = [1.0, 2.0] {
            set P.v = v + step
            run 1*ms
            print step
            report mean(P.v), final(P.v[1]) 
        }
    ";
    let mut lines = Vec::new();
    let table = Simulation::sweep(&model(text)).threads(1).run(|event| {
        if let SweepEvent::Print { point, line } = event {
            lines.push((point, line));
        }
    });
    let table = table.expect("a table");
    assert_eq!(table.measured(1), [Some(2.0), Some(3.0)]);
    let means: Vec<f64> = table.measured(0).into_iter().flatten().collect();
    assert!((means[0] - 1.5).abs() < 1e-12 && (means[1] - 2.0).abs() < 1e-12, "{means:?}");
    assert_eq!(lines, [(0, "step = 1".to_owned()), (1, "step = 2".to_owned())]);
}

/// Whether a measure shares a record of the text may differ from point to point.
#[test]
fn measures_are_those_of_the_point_whatever_the_text_records_there() {
    let text = |record: &str, n: &str, report: &str| {
        format!(
            "n = {n}\nneurons P[10] {{ v : 1; init v = i }}\nQ = P[:n]\nrecord {record}\n\
             sweep n = [2, 5, 8] {{ run 1*ms; report {report} }}\n"
        )
    };
    let rows = |text: &str| {
        let table = Simulation::sweep(&model(text)).run(|_| {}).expect("a table");
        assert_eq!(table.failures().count(), 0, "{:?}", table.failures().collect::<Vec<_>>());
        (0..table.measures.len()).map(|place| table.measured(place)).collect::<Vec<_>>()
    };
    for n in ["2", "5", "4"] {
        let both = rows(&text("Q.v at end", n, "final(P[:5].v), final(P.v)"));
        assert_eq!(both, [vec![Some(2.0); 3], vec![Some(4.5); 3]], "n = {n}");
        let part = rows(&text("P.v[n] at end", n, "final(P.v[4]), final(Q.v)"));
        assert_eq!(part, [vec![Some(4.0); 3], vec![Some(0.5), Some(2.0), Some(3.5)]], "n = {n}");
    }
}

#[test]
fn a_seed_that_depends_on_what_is_varied_is_refused() {
    let text = "
        trial = 0
        seed = 100 + trial
        neurons P[1] { v : 1
            init v = rand() }
        run 1*ms
    ";
    let sweep = Simulation::sweep(&model(text)).vary("trial", "range(3)").report("final(P.v)");
    let refused = sweep.run(|_| {}).expect_err("refused").to_string();
    assert!(refused.contains("E0614") && refused.contains("the seed depends on what is varied"), "{refused}");
}

#[test]
fn what_is_given_is_an_axis_or_a_measure_and_no_more() {
    let more = |sweep: super::Sweep| match sweep.run(|_| {}) {
        Err(crate::Error::Sweep(wrong)) => wrong.code(),
        other => panic!("{other:?}"),
    };
    let sweep = || Simulation::sweep(&model(NOISY));
    for values in ["[1, 2] seeds apart", "[1, 2] { run 1*second }; sweep tau = [1, 2]*ms"] {
        assert_eq!(more(sweep().vary("drive", values).report("rate(P)")), "E0929", "{values}");
    }
    for report in ["rate(P)\nrun 1*second", "rate(P); set P.v = 0"] {
        assert_eq!(more(sweep().vary("drive", "[1, 2]").report(report)), "E0929", "{report}");
    }
}

#[test]
fn rates_are_over_the_steps_that_were_done() {
    let text = "
        dt = 1*ms
        neurons P[1] { v : 1
            threshold True
            reset v = 0 }
        sweep dt = [1, 7]*ms { run 20*ms
            report rate(P), count(P)
            report rate(P), count(P) last 10*ms }
    ";
    let table = Simulation::sweep(&model(text)).run(|_| {}).expect("a table");
    let spikes = [(1, [20, 10]), (7, [3, 2])];
    for (point, (milliseconds, counts)) in spikes.into_iter().enumerate() {
        for (place, count) in counts.into_iter().enumerate() {
            assert_eq!(table.measured(2 * place + 1)[point], Some(f64::from(count)));
            let rate = table.measured(2 * place)[point].expect("a rate");
            assert!((rate - 1e3 / f64::from(milliseconds)).abs() < 1e-9, "{rate} Hz at {milliseconds} ms");
        }
    }
}

#[test]
fn every_point_is_planned_before_one_is_run() {
    let text = "n = 2\nneurons P[n] { v : 1 }\nsweep n = [1, -1, 3] { run 1*ms; report mean(P.v) }\n";
    let mut told = Vec::new();
    let table = Simulation::sweep(&model(text)).threads(1).run(|event| match event {
        SweepEvent::Begun { done, points } => told.push(format!("begun {done} of {points}")),
        SweepEvent::Planning { done, points } => told.push(format!("planning {done} of {points}")),
        SweepEvent::Planned { .. } => told.push("planned".to_owned()),
        SweepEvent::Done(point) => told.push(format!("done {}, failed {}", point.number, point.outcome.is_err())),
        SweepEvent::Print { .. } => {}
    });
    assert_eq!(table.expect("a table").failures().count(), 1);
    let planning = ["begun 0 of 3", "planning 1 of 3", "planning 2 of 3", "done 1, failed true", "planning 3 of 3"];
    assert_eq!(told, [&planning[..], &["planned", "done 0, failed false", "done 2, failed false"]].concat());
}

#[test]
fn warnings_are_of_all_points_or_of_the_sweep() {
    let text = |values: &str| {
        format!(
            "I = 0.5\nneurons P[1] {{ dv/dt = (I - v)/(10*ms) : 1; threshold v > 1; reset v = 0 }}\n\
             sweep I = {values} {{ run 20*ms; report rate(P) }}\n"
        )
    };
    let codes = |sweep: &super::Sweep| {
        let mut told = Vec::new();
        let table = sweep.run(|event| {
            if let SweepEvent::Planned { warnings, .. } = event {
                told = warnings.iter().map(|warning| warning.code.id).collect();
            }
        });
        assert_eq!(table.expect("a table").warnings.len(), told.len());
        told
    };
    // Some points spike; none does.
    assert_eq!(codes(&Simulation::sweep(&model(&text("[0.5, 0.6, 2]")))), Vec::<&str>::new());
    assert_eq!(codes(&Simulation::sweep(&model(&text("[0.5, 0.6]")))), ["W0451"]);
    let unused = text("[2, 3]").replace("I = 0.5", "I = 2.0\nz = 1");
    assert_eq!(codes(&Simulation::sweep(&model(&unused)).vary("z", "[1, 2]")), ["W0604"]);
}

#[test]
fn a_point_that_needs_more_memory_than_there_is_fails_and_the_others_go_on() {
    let variables: String = (0..200).map(|number| format!("x{number} : 1\n")).collect();
    let text = format!(
        "n = 1\nm = 1\nneurons P[n] {{ v : 1\n{variables} }}\nneurons Q[m] {{ v : 1 }}
        synapses S: Q -> Q {{ w : 1\n{variables} connect p = 0.9 }}
        sweep n = [2, 2000000000], m = [1, 60000] {{ run 1*ms; report final(P.v[0]) }}"
    );
    let model = Model::from_source(&text, &Options::default().seed(1)).expect("a model");
    let table = Simulation::sweep(&model).threads(1).run(|_| {}).expect("a table");
    let failed = |reason: &str, expected: &str| assert!(reason.contains(expected), "{reason}");
    let failures: Vec<_> = table.failures().collect();
    let [(first, of_synapses), (_, of_neurons), (_, of_both)] = failures[..] else { panic!("{failures:?}") };
    assert_eq!((first.number, table.points.len()), (1, 4));
    failed(of_synapses, "E0590]: there is no memory for about 3,240,000,000 synapses: they take 5.2 TB, and ");
    failed(of_neurons, "E0694]: there is no memory for the 2,000,000,000 neurons of `P`");
    failed(of_both, "E0694]");
}
