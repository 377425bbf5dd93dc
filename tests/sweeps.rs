//! Sweeps as a user meets them: the command, what it leaves behind, the examples held against theory.

use rheobase::{MS, Model, Options, Seeds, Simulation, SweepTable};
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

const MODEL: &str = "seed = 3
drive = 1.2
neurons P[10] {
    dv/dt = (drive - v)/(10*ms) : 1
    threshold v > 1
    reset v = 0
    init v = rand()
}
record P.spikes
sweep drive = [0.5, 1.5, 2.5] {
    run 50*ms
    report rate(P), count(P)
}
";

/// A folder with `m.rheo`, and the program run in it.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new(model: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("m.rheo"), model).expect("a model");
        Self(folder)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rheobase"));
        command.args(arguments).current_dir(self.0.path());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program starts")
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.0.path().join(folder)).expect("listed").map(|entry| entry.expect("an entry"));
        let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.0.path().join(file)).unwrap_or_else(|reason| panic!("{file}: {reason}"))
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Lines without how long things took.
fn lines(output: &Output) -> String {
    let shown = text(&output.stdout);
    let lines = shown.lines().map(|line| line.split(", run in").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_text_with_a_sweep_leaves_a_table_whichever_command_runs_it() {
    let desk = Desk::new(MODEL);
    let swept = desk.run(&["sweep", "m.rheo"]);
    assert!(swept.status.success(), "{}", text(&swept.stderr));
    assert_eq!(desk.names("."), ["m.rheo", "m.sweep"]);
    assert!(desk.names("m.sweep").iter().any(|name| name == "table.csv"));
    let table = desk.read("m.sweep/table.csv");
    assert_eq!(
        table.lines().take(3).collect::<Vec<_>>(),
        ["# point [1], drive [1], rate(P) [Hz], count(P) [1]", "point,drive,rate(P),count(P)", "0,0.5,0,0"]
    );
    assert_eq!(table.lines().count(), 5);
    let summary: serde_json::Value = serde_json::from_str(&desk.read("m.sweep/summary.json")).expect("JSON");
    assert_eq!(
        (summary["points"].as_u64(), summary["compiled"].as_u64(), summary["seed"].as_u64()),
        (Some(3), Some(1), Some(3))
    );
    insta::assert_snapshot!("swept", lines(&swept));
    let ran = desk.run(&["run", "m.rheo", "--out", "other"]);
    assert!(ran.status.success(), "{}", text(&ran.stderr));
    assert_eq!(desk.read("other/table.csv"), table);
}

#[test]
fn what_is_varied_on_the_command_line_is_what_the_text_would_vary() {
    let desk = Desk::new(MODEL);
    assert!(desk.run(&["sweep", "m.rheo", "--quiet"]).status.success());
    let (before, _) = MODEL.split_once("sweep").expect("a sweep");
    let bare = Desk::new(&format!("{before}run 50*ms\n"));
    let axes = ["--vary", "drive = [0.5, 1.5, 2.5]", "--report", "rate(P), count(P)"];
    let swept = bare.run(&[&["sweep", "m.rheo", "--format", "csv"], &axes[..]].concat());
    assert!(swept.status.success(), "{}", text(&swept.stderr));
    assert_eq!(bare.read("m.sweep/table.csv"), desk.read("m.sweep/table.csv"));
    // One point by itself, by either way.
    let point = desk.run(&["run", "m.rheo", "--point", "2", "--out", "point"]);
    assert!(point.status.success(), "{}", text(&point.stderr));
    assert!(bare.run(&["run", "m.rheo", "--set", "drive=2.5", "--out", "set"]).status.success());
    let spikes = desk.read("point/P.spikes.csv");
    assert_eq!(spikes, bare.read("set/P.spikes.csv"));
    let count = desk.read("m.sweep/table.csv").lines().last().and_then(|row| row.rsplit(',').next()?.parse().ok());
    assert_eq!(Some(spikes.lines().count() - 2), count);
    assert!(desk.read("point/report.html").contains("rheobase run m.rheo --point 2 --seed 3"));
}

#[test]
fn what_cannot_be_swept_is_told() {
    let desk = Desk::new(MODEL);
    let (before, _) = MODEL.split_once("sweep").expect("a sweep");
    let bare = Desk::new(&format!("{before}run 50*ms\n"));
    let wrong = |desk: &Desk, arguments: &[&str]| {
        let output = desk.run(arguments);
        assert!(!output.status.success(), "{arguments:?}");
        assert!(!desk.names(".").iter().any(|name| name.starts_with("m.sweep")), "{:?}", desk.names("."));
        format!("$ rheobase {}\n{}\n", arguments.join(" "), text(&output.stderr).trim_end())
    };
    let told = [
        wrong(&bare, &["sweep", "m.rheo"]),
        wrong(&bare, &["sweep", "m.rheo", "--vary", "drive = [1, 2]"]),
        wrong(&bare, &["sweep", "m.rheo", "--vary", "drive = [1, 2]*mV", "--report", "rate(Q), rte(P)"]),
        wrong(&bare, &["sweep", "m.rheo", "--vary", "P.v=[1, 2]", "--report", "rate(P)"]),
        wrong(
            &bare,
            &["sweep", "m.rheo", "--vary", "drive=[1, 2]", "--report", "rate, std", "--report", "cv(), drive"],
        ),
        wrong(&bare, &["sweep", "m.rheo", "--vary", "drive"]),
        wrong(&bare, &["sweep", "m.rheo", "--vary", "seed = range(3)", "--report", "rate(P)", "--seed", "4"]),
        wrong(&bare, &["run", "m.rheo", "--point", "0"]),
        wrong(&desk, &["run", "m.rheo", "--point", "3"]),
        wrong(&desk, &["run", "m.rheo", "--checkpoint", "every 10*ms"]),
        wrong(&desk, &["sweep", "m.rheo", "--resume"]),
    ];
    insta::assert_snapshot!("refused_sweeps", told.join("\n"));
}

/// The spikes that `cv` is of are no recording of them: nothing is written.
#[test]
fn recordings_of_the_text_are_not_made_whatever_is_measured() {
    let (before, _) = MODEL.split_once("sweep").expect("a sweep");
    let desk = Desk::new(&format!("{before}record P.v\nrun 50*ms\n"));
    for reports in [&["rate(P)"][..], &["rate(P)", "cv(P)"], &["cv(P), rate(P) last 10*ms"]] {
        let reports: Vec<&str> = reports.iter().flat_map(|report| ["--report", report]).collect();
        let swept = desk.run(&[&["sweep", "m.rheo", "--vary", "drive = [0.5, 1.5]"], &reports[..]].concat());
        let told = text(&swept.stdout);
        assert!(told.contains("2 recordings of the text are not made by a sweep"), "{reports:?}: {told}");
        assert!(told.contains("; one point with them: rheobase run m.rheo --set drive=VALUE --seed 3"), "{told}");
    }
}

/// A point that has failed leaves no recordings either.
#[test]
fn the_point_that_is_told_of_with_its_recordings_has_not_failed() {
    let desk = Desk::new(
        "seed = 3\nn = 10\nneurons P[n] { v : 1 }\nrecord P.v\nsweep n = [0, 10] { run 1*ms; report mean(P.v) }\n",
    );
    let told = text(&desk.run(&["sweep", "m.rheo"]).stdout);
    assert!(told.contains("; one point with them: rheobase run m.rheo --point 1 --seed 3"), "{told}");
}

#[test]
fn a_reader_who_goes_away_leaves_no_unfinished_sweep() {
    let desk = Desk::new(MODEL);
    let mut child = desk.command(&["sweep", "m.rheo"]).stdout(Stdio::piped()).spawn().expect("the program starts");
    drop(child.stdout.take());
    child.wait().expect("over");
    assert_eq!(desk.names("."), ["m.rheo", "m.sweep"]);
}

#[test]
fn points_that_fail_are_told_and_the_rest_is_there() {
    let desk = Desk::new(
        "rate = 0.0/second
neurons P[1] { dv/dt = rate*v : 1; init v = 1 }
sweep rate = [1, 1e6, 2, 1e7]/second { run 100*ms; report final(P.v) }
",
    );
    let output = desk.run(&["sweep", "m.rheo", "--quiet"]);
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!("failed_points", text(&output.stderr));
    assert_eq!(desk.names("."), ["m.rheo", "m.sweep"]);
    let summary: serde_json::Value = serde_json::from_str(&desk.read("m.sweep/summary.json")).expect("JSON");
    assert_eq!(summary["failures"].as_array().map(Vec::len), Some(2));
    assert_eq!(desk.read("m.sweep/table.csv").matches("NaN").count(), 2);
}

#[test]
fn every_kind_of_reason_is_told_once_with_its_mend() {
    let desk = Desk::new(
        "n = 10
neurons P[n] { v : 1 }
synapses S: P -> P { connect fixed_indegree(5) }
sweep n = [0, 10, 2, -1, 3] { run 1*ms; report mean(P.v) }
",
    );
    let told = text(&desk.run(&["sweep", "m.rheo", "--quiet"]).stderr);
    let lines: Vec<&str> = told.lines().collect();
    let beginnings = [
        "rheobase: 2 points of 5 have failed; point 0 (n = 0):",
        "rheobase: m.rheo:2:11: error[E0601]: a group has at least 1 neuron",
        "rheobase: help: write it as in `neurons P[100]",
        "rheobase: 2 points have failed; point 2 (n = 2):",
        "rheobase: m.rheo:3:45: error[E0509]: there are only 2 sources to choose from",
        "rheobase: help: `fixed_indegree` draws each of them once at most",
        "rheobase: summary.json has all of them",
    ];
    assert_eq!(lines.len(), beginnings.len(), "{told}");
    assert!(lines.iter().zip(beginnings).all(|(line, beginning)| line.starts_with(beginning)), "{told}");
}

/// A sweep of many short points, which begins now.
fn begun(desk: &Desk) -> std::process::Child {
    let child = desk.command(&["run", "m.rheo"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    child.expect("the program starts")
}

/// One point lasts for hours, so that the sweep is surely interrupted.
#[test]
fn an_interrupted_sweep_says_the_command_that_goes_on() {
    let desk = Desk::new("drive = 1.2\nneurons P[4000] { dv/dt = (sin(v) + drive - v)/(10*ms) : 1 }\nrun 1e5*second\n");
    let given = ["--out", "my sweep", "--vary", "drive = [1, 2]", "--report", "mean(P.v)", "--threads", "1", "--dt"];
    let mut child = desk.command(&[&["sweep", "m.rheo", "--format", "npz"], &given[..], &["0.2*ms"]].concat());
    let child = child.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let log = desk.0.path().join("my sweep.points");
    let started = Instant::now();
    while !log.exists() {
        assert!(started.elapsed() < Duration::from_secs(60), "nothing is logged");
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(300));
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill").success());
    let told = text(&child.wait_with_output().expect("over").stderr);
    let command = "rheobase sweep m.rheo --vary 'drive = [1, 2]' --report 'mean(P.v)' --out 'my sweep' --threads 1 \
                   --format npz --dt '0.2*ms' --resume";
    assert!(told.contains(&format!("go on with the others by `{command}`")), "{told}");
}

#[test]
fn an_interrupted_sweep_goes_on() {
    let slow = "seed = 1
drive = 1.2
neurons P[400] {
    dv/dt = (drive - v)/(10*ms) + 0.1*xi/(10*ms)**0.5 : 1
    threshold v > 1
    reset v = 0
}
sweep drive = linspace(0.5, 2.5, 60) seeds apart {
    run 1*second
    report rate(P), cv(P)
}
";
    let whole = Desk::new(slow);
    assert!(whole.run(&["sweep", "m.rheo", "--quiet"]).status.success());
    for signal in ["-INT", "-KILL"] {
        let desk = Desk::new(slow);
        let child = begun(&desk);
        // Some points are logged, and most are not.
        let started = Instant::now();
        let log = desk.0.path().join("m.sweep.points");
        let heading = loop {
            match fs::metadata(&log).map(|log| log.len()) {
                Ok(length) if length > 0 => break length,
                _ => assert!(started.elapsed() < Duration::from_secs(60), "nothing is logged"),
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        while fs::metadata(&log).map_or(0, |log| log.len()) < heading + 100 {
            assert!(started.elapsed() < Duration::from_secs(60), "no point is logged");
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill").success());
        let output = child.wait_with_output().expect("over");
        let (status, told) = (output.status, text(&output.stderr));
        assert!(log.exists(), "it ended before it was interrupted");
        if signal == "-INT" {
            assert_eq!(status.code(), Some(130));
            let (kept, go_on) =
                ("are kept in m.sweep.points\n", "go on with the others by `rheobase sweep m.rheo --resume`");
            assert!(told.contains(kept) && told.contains(go_on), "{told}");
            let rows = desk.read("m.sweep/table.csv").lines().count() - 2;
            assert!((1..60).contains(&rows), "{rows}");
        }
        // What was done is not thrown away without being asked.
        let anew = desk.run(&["run", "m.rheo"]);
        let go_on = "go on with it by `rheobase sweep m.rheo --resume`, or remove it to begin anew";
        assert!(!anew.status.success() && text(&anew.stderr).contains(go_on), "{}", text(&anew.stderr));
        let other = desk.run(&["sweep", "m.rheo", "--resume", "--seeds", "alike"]);
        let mend =
            "to run this one from its beginning, remove m.sweep.points or choose another --out, and leave out --resume";
        assert!(text(&other.stderr).contains("E0926"), "{}", text(&other.stderr));
        assert!(text(&other.stderr).contains(mend), "{}", text(&other.stderr));
        let resumed = desk.run(&["sweep", "m.rheo", "--resume"]);
        assert!(resumed.status.success(), "{}", text(&resumed.stderr));
        assert_eq!(desk.read("m.sweep/table.csv"), whole.read("m.sweep/table.csv"));
        assert_eq!(desk.names("."), ["m.rheo", "m.sweep"]);
    }
}

fn example(name: &str) -> Model {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/from-documents").join(name);
    Model::from_file(path, &Options::default()).expect("a model")
}

fn table(sweep: &rheobase::Sweep) -> SweepTable {
    let table = sweep.run(|_| {}).expect("a table");
    assert_eq!((table.points.len(), table.failures().count()), (table.size(), 0));
    table
}

/// Holds rates against 1/T, where T(x) is the time from reset to reset: a neuron that is reset at whole steps is late by up to one
/// step a spike. Counts are off by up to two: one for the end, one since nothing is refractory before the first spike.
fn follows(table: &SweepTable, seconds: f64, dt: f64, interval: impl Fn(f64) -> f64) {
    let mut fired = 0;
    for (point, rate) in table.points.iter().zip(table.measured(0)) {
        let (x, rate) = (point.values[0], rate.expect("a rate"));
        let exact = interval(x);
        // Twice: refractoriness ends at whole steps too.
        let slowest = if exact.is_finite() { 1.0 / (exact + 2.0 * dt) } else { 0.0 };
        let fastest = if exact.is_finite() { 1.0 / exact } else { 0.0 };
        let off = 2.0 / seconds;
        assert!(rate >= slowest - off && rate <= fastest + off, "{x}: {rate} Hz, 1/{exact} s");
        assert!(exact.is_finite() || rate == 0.0, "{x}: {rate} Hz below what brings it to its threshold");
        fired += usize::from(rate > 0.0);
    }
    assert!(fired > table.size() / 2, "{fired}");
}

#[test]
fn rates_of_the_document_s_neuron_at_300_currents_are_those_of_its_theory() {
    let curve = table(&Simulation::sweep(&example("lif_curve.rheo")));
    assert_eq!(curve.size(), 300);
    // T = t_ref + tau ln((R I - V_reset)/(R I - V_th)), with all voltages from V_rest.
    follows(&curve, 1.0, 1e-5, |current| {
        if current <= 20.0 { f64::INFINITY } else { 5e-3 + 10e-3 * ((current + 5.0) / (current - 20.0)).ln() }
    });
}

#[test]
fn rates_of_the_driven_neuron_are_those_of_its_theory() {
    let curve = table(&Simulation::sweep(&example("drive_curve.rheo")));
    assert_eq!(curve.size(), 100);
    follows(
        &curve,
        0.1,
        1e-4,
        |drive| {
            if drive <= 0.8 { f64::INFINITY } else { 2e-3 + 10e-3 * (drive / (drive - 0.8)).ln() }
        },
    );
}

#[test]
fn the_loop_over_tau_is_that_of_runs_one_by_one() {
    let curve = table(&Simulation::sweep(&example("loop_over_tau.rheo")));
    assert_eq!((curve.size(), curve.compiled), (30, 1));
    for number in [0, 11, 29] {
        let tau = format!("{:?}*second", curve.points[number].values[0]);
        let model = Options::new().set("tau", &tau).seed(1);
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/from-documents/poisson_rate.rheo");
        let mut simulation = Model::from_file(path, &model).expect("a model").simulation().expect("built");
        simulation.run(300.0 * MS).expect("run");
        let rate = simulation.spikes("population").expect("recorded").mean_rate();
        assert_eq!(curve.measured(0)[number], Some(rate), "{tau}");
    }
    // The more slowly it forgets, the more it fires.
    let rates: Vec<f64> = curve.measured(0).into_iter().flatten().collect();
    assert!(rates[..5].iter().sum::<f64>() < rates[25..].iter().sum::<f64>(), "{rates:?}");
}

#[test]
fn a_program_measures_what_it_likes() {
    let model = Model::from_source(MODEL, &Options::default()).expect("a model");
    let sweep = Simulation::sweep(&model).vary("drive", "logspace(1, 4, 3)").seeds(Seeds::Apart);
    let sweep = sweep.measure("highest", rheobase::units::Dimension::ONE, |simulation| {
        Ok(simulation.get("P.v")?.values().iter().copied().fold(f64::NEG_INFINITY, f64::max))
    });
    let table = table(&sweep);
    let names: Vec<&str> = table.measures.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["rate(P)", "count(P)", "highest"]);
    assert!(table.measured(2).iter().all(|value| value.is_some_and(|value| value > 0.2 && value <= 1.0)));
    assert_eq!(table.points.iter().map(|point| point.seed).collect::<Vec<_>>(), [3, 4, 5]);
}
