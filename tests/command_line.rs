//! The command line as a user meets it: exit codes, what is printed, what is left behind.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const MODEL: &str = "neurons P[10] {
    dv/dt = (1.2 - v)/(10*ms) : 1
    threshold v > 1
    reset v = 0
    init v = rand()
}
synapses S: P -> P {
    w : 1 = 0.01
    on_pre v += w
    connect i != j
    delay 0.5*ms
}
record P.spikes, P.population_rate, S.synapses
record P.v[0, 5:7] every 1*ms
record P.v at end
print 3*nA*2*Mohm
run 50*ms
";

/// A folder with `m.rheo`, and the program run in it.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new(model: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("m.rheo"), model).expect("a model");
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rheobase"));
        command.args(arguments).current_dir(self.path()).output().expect("the program starts")
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path()).expect("listed").map(|entry| entry.expect("an entry"));
        let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path().join(file)).unwrap_or_else(|reason| panic!("{file}: {reason}"))
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn run_leaves_a_folder_with_a_file_per_recording() {
    let desk = Desk::new(MODEL);
    let output = desk.run(&["run", "m.rheo", "--seed", "3"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(desk.names(), ["m.results", "m.rheo"]);
    let mut files: Vec<String> = fs::read_dir(desk.path().join("m.results"))
        .expect("listed")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    files.sort();
    let expected = [
        "P.population_rate.csv",
        "P.spikes.csv",
        "P.v.at_end.csv",
        "P.v.csv",
        "S.synapses.csv",
        "report.html",
        "summary.json",
    ];
    assert_eq!(files, expected);
    let first_lines =
        |file: &str| desk.read(&format!("m.results/{file}")).lines().take(2).collect::<Vec<_>>().join("\n");
    assert_eq!(first_lines("P.spikes.csv"), "# step [1], t [s], i [1]\nstep,t,i");
    assert_eq!(first_lines("P.population_rate.csv"), "# t [s], rate [Hz]\nt,rate");
    assert_eq!(first_lines("P.v.csv"), "# t [s], v [1]\nt,0,5,6");
    assert_eq!(first_lines("P.v.at_end.csv"), "# i [1], v [1]\ni,v");
    assert_eq!(first_lines("S.synapses.csv"), "# i [1], j [1], delay [s], w [1]\ni,j,delay,w");
    assert_eq!(desk.read("m.results/P.v.csv").lines().count(), 2 + 50);
    assert_eq!(desk.read("m.results/S.synapses.csv").lines().nth(2), Some("0,1,0.0005,0.01"));
    assert!(text(&output.stdout).contains("3*nA*2*Mohm = 6 mV"), "{}", text(&output.stdout));
}

#[test]
fn the_summary_says_what_was_run() {
    let desk = Desk::new(MODEL);
    assert!(desk.run(&["run", "m.rheo", "--seed", "3"]).status.success());
    let summary: serde_json::Value = serde_json::from_str(&desk.read("m.results/summary.json")).expect("JSON");
    assert_eq!(summary["seed"], 3);
    assert_eq!(summary["biological_s"], 0.05);
    assert_eq!(summary["populations"]["P"]["size"], 10);
    assert_eq!(summary["synapses"]["S"], 90);
    assert_eq!(summary["integrators"]["P"], "exact");
    let spikes = desk.read("m.results/P.spikes.csv").lines().count() as u64 - 2;
    assert_eq!(summary["populations"]["P"]["spikes"], spikes);
    assert!(spikes > 10, "{spikes} spikes");
    for time in ["compile_s", "build_s", "run_s"] {
        assert!(summary[time].as_f64().is_some_and(|time| time > 0.0), "{time} is {}", summary[time]);
    }
}

#[test]
fn what_is_given_twice_is_refused() {
    let desk = Desk::new("tau = 5*ms\nneurons P[2] { dv/dt = -v/tau : 1 }\nrun 1*ms\n");
    for (arguments, told) in [
        (["--seed", "5", "--set", "seed=4"], "`--seed 5` and `--set seed=4` give one thing two values"),
        (["--dt", "1*ms", "--set", "dt=2*ms"], "`--dt 1*ms` and `--set dt=2*ms` give one thing two values"),
        (["--set", "tau=1*ms", "--set", "tau=2*ms"], "`--set tau=1*ms` and `--set tau=2*ms` give one thing two values"),
    ] {
        let output = desk.run(&[&["run", "m.rheo", "--no-out"][..], &arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(told), "{}", text(&output.stderr));
    }
    let output = desk.run(&["run", "m.rheo", "--no-out", "--seed", "5", "--set", "tau=1*ms"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
fn the_same_seed_gives_the_same_files_on_every_engine() {
    let desk = Desk::new(MODEL);
    for precision in ["f64", "f32"] {
        let mut seen: Option<String> = None;
        for engine in [&["--engine", "jit"][..], &["--engine", "interpreter"], &["--threads", "2"]] {
            let mut arguments = vec!["run", "m.rheo", "--seed", "7", "--quiet", "--precision", precision];
            arguments.extend(engine);
            assert!(desk.run(&arguments).status.success());
            let got = desk.read("m.results/P.spikes.csv") + &desk.read("m.results/P.v.csv");
            assert_eq!(*seen.get_or_insert_with(|| got.clone()), got, "{engine:?}, {precision}");
        }
    }
}

#[test]
fn the_precision_of_the_state_is_told_and_seen_in_the_digits() {
    let desk = Desk::new(MODEL);
    let output = desk.run(&["run", "m.rheo", "--seed", "3", "--precision", "f32"]);
    assert!(text(&output.stdout).contains("seed 3, jit, f32, 1 thread\n"), "{}", text(&output.stdout));
    let summary: serde_json::Value = serde_json::from_str(&desk.read("m.results/summary.json")).expect("JSON");
    assert_eq!(summary["precision"], "f32");
    assert_eq!(desk.read("m.results/S.synapses.csv").lines().nth(2), Some("0,1,0.0005,0.01"));
    let longest = |file: &str| {
        let text = desk.read(file);
        text.lines().skip(2).flat_map(|line| line.split(',').skip(1).map(str::len).collect::<Vec<_>>()).max()
    };
    assert!(longest("m.results/P.v.csv").is_some_and(|digits| digits <= 13), "-1.2345678e-3 at most");
    let explained = desk.run(&["explain", "m.rheo", "--precision", "f32"]);
    assert!(text(&explained.stdout).contains("in 32-bit floats"), "{}", text(&explained.stdout));
    assert!(desk.run(&["check", "m.rheo", "--precision", "f32"]).status.success());

    let output = desk.run(&["run", "m.rheo", "--seed", "3"]);
    assert!(text(&output.stdout).contains("seed 3, jit, 1 thread\n"), "{}", text(&output.stdout));
    let summary: serde_json::Value = serde_json::from_str(&desk.read("m.results/summary.json")).expect("JSON");
    assert_eq!(summary["precision"], "f64");
    assert!(longest("m.results/P.v.csv").is_some_and(|digits| digits > 13));
    assert_eq!(desk.run(&["run", "m.rheo", "--precision", "f16"]).status.code(), Some(2));
}

#[test]
fn constants_time_step_and_duration_can_be_given() {
    let desk = Desk::new(&format!("drive = 0.5\n{}", MODEL.replace("1.2", "drive")));
    let output = desk.run(&["run", "m.rheo", "--set", "drive=2", "--dt", "0.05*ms", "--duration", "20*ms", "--no-out"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let printed = text(&output.stdout);
    assert!(printed.contains("dt 50 us") && printed.contains("20 ms of model time"), "{printed}");
    assert!(!printed.contains(" 0 spikes"), "a drive of 2 makes spikes: {printed}");
    let unknown = desk.run(&["run", "m.rheo", "--set", "drove=2"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(text(&unknown.stderr).contains("drive"), "{}", text(&unknown.stderr));
}

#[test]
fn options_that_cannot_be_meant_are_refused() {
    let desk = Desk::new(MODEL);
    let cases: [(&[&str], i32, &str); 6] = [
        (&["--dt", "0*ms"], 2, "above 0"),
        (&["--duration", "-5*ms"], 2, "above 0"),
        (&["--duration", "1e30*second"], 1, "more than can be counted"),
        (&["--dt", "0.1ms"], 1, "write `0.1*ms`"),
        (&["--set", "tau"], 2, "NAME=VALUE"),
        (&["--seed", "-1"], 2, "--seed"),
    ];
    for (options, code, words) in cases {
        let output = desk.run(&[&["run", "m.rheo"], options].concat());
        assert_eq!(output.status.code(), Some(code), "{options:?}");
        assert!(text(&output.stderr).contains(words), "{options:?}: {}", text(&output.stderr));
        assert_eq!(desk.names(), ["m.rheo"]);
    }
}

#[test]
fn a_text_without_run_and_a_name_without_ending_are_told() {
    let desk = Desk::new("neurons P[10] { v : 1 }\n");
    let idle = desk.run(&["run", "m.rheo", "--no-out"]);
    assert!(idle.status.success());
    assert!(text(&idle.stdout).contains("nothing was run"), "{}", text(&idle.stdout));
    assert!(text(&desk.run(&["check", "m"]).stderr).contains("did you mean m.rheo?"));
}

#[test]
fn other_formats_are_written_on_request() {
    let formats = [("npz", "P.v.npz"), ("npy", "P.v/v.npy"), ("parquet", "P.v.parquet")];
    for (format, file) in formats {
        if format == "parquet" && cfg!(not(feature = "parquet")) {
            continue;
        }
        let desk = Desk::new(MODEL);
        let output = desk.run(&["run", "m.rheo", "--format", format, "--out", "there"]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert_eq!(desk.names(), ["m.rheo", "there"]);
        assert!(desk.path().join("there").join(file).exists());
        let summary: serde_json::Value = serde_json::from_str(&desk.read("there/summary.json")).expect("JSON");
        let named = summary["recordings"]["P.v"]["file"].as_str().expect("a name");
        assert!(file.starts_with(named), "{named}");
    }
}

#[test]
fn formats_that_are_not_written_are_refused_by_name() {
    let desk = Desk::new(MODEL);
    for (format, mend) in [("hdf5", "--format npz"), ("nwb", "pynwb"), ("arrow", "--format parquet")] {
        let output = desk.run(&["run", "m.rheo", "--format", format]);
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains(mend), "{}", text(&output.stderr));
        assert_eq!(desk.names(), ["m.rheo"], "nothing is run");
    }
}

/// A disk that is full in the middle of a run, and is still full at its end: files may be of 40 MB at most.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_ends_the_run_and_leaves_what_was_written() {
    let desk = Desk::new(
        "neurons P[1000] {\n    dv/dt = 1/second : 1\n    init v = i\n}\nrecord P.v\nrecord P.v[0] at end\nrun 2*second\n",
    );
    let limited = format!("trap '' XFSZ; ulimit -f 40960; exec {} run m.rheo --quiet", env!("CARGO_BIN_EXE_rheobase"));
    let output = Command::new("bash").args(["-c", &limited]).current_dir(desk.path()).output().expect("bash starts");
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stderr);
    assert!(
        told.contains("File too large") && told.contains("kept as NumPy's arrays in m.results.unfinished"),
        "{told}"
    );
    assert_eq!(desk.names(), ["m.results.unfinished", "m.rheo"]);
    let columns = desk.path().join("m.results.unfinished/P.v.1");
    let bytes = |name: &str| fs::read(columns.join(name)).expect("a column");
    let (times, values) = (bytes("0.t.npy"), bytes("1.v.npy"));
    let (times, values) =
        (npyz::NpyFile::new(&times[..]).expect("an array"), npyz::NpyFile::new(&values[..]).expect("an array"));
    let rows = times.shape()[0];
    assert!(rows > 4000 && values.shape() == [rows, 1000], "{rows}");
    let values = values.into_vec::<f64>().expect("floats");
    let expected = |place: usize| (place % 1000) as f64 + (place / 1000) as f64 * 1e-4;
    assert!(values.iter().enumerate().all(|(place, value)| (value - expected(place)).abs() < 1e-9));
}

#[test]
fn a_wrong_model_leaves_nothing_behind() {
    let desk = Desk::new("neurons P[10] {\n    dv/dt = -v/tau : volt\n}\nrun 10*ms\n");
    for command in [&["run", "m.rheo"][..], &["check", "m.rheo"]] {
        let output = desk.run(command);
        assert_eq!(output.status.code(), Some(1), "{command:?}");
        assert!(text(&output.stderr).contains("m.rheo:2:16"), "{}", text(&output.stderr));
        assert_eq!(desk.names(), ["m.rheo"]);
    }
    let short = desk.run(&["check", "--message-format", "short", "m.rheo"]);
    assert!(text(&short.stdout).starts_with("m.rheo:2:16: error[E"), "{}", text(&short.stdout));
}

#[test]
fn a_state_that_is_not_finite_stops_the_run_and_keeps_what_was_recorded() {
    let desk = Desk::new(
        "neurons P[3] {\n    dv/dt = v**2*i/(1*ms) : 1\n    method euler\n    init v = 1\n}\nrecord P.v\nrun 100*ms\n",
    );
    let output = desk.run(&["run", "m.rheo"]);
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stderr);
    assert!(told.contains("P") && told.contains('v') && told.contains("[2]") && told.contains("t = "), "{told}");
    let mends = "rheobase: help: try a smaller time step: `dt = 0.05*ms`, or --dt '0.05*ms'\nrheobase: help: try another \
                 integrator than `euler`, by which `P` is integrated: `method rk4`, or `method exponential_euler` where \
                 equations are linear in their own variable\n";
    assert!(told.ends_with(mends), "{told}");
    assert!(desk.read("m.results/P.v.csv").lines().count() > 5);
    let summary: serde_json::Value = serde_json::from_str(&desk.read("m.results/summary.json")).expect("JSON");
    assert!(summary["stopped"].is_string());
}

/// What is said to mend a value that is not finite is of the equations it is of.
#[test]
fn a_state_that_is_not_finite_is_told_with_what_may_mend_it() {
    let own_clock = "try a smaller time step: `dt 0.25*ms` in the block of `Q`";
    let threshold = "try a lower threshold than `v > 1e300`, so that the reset comes before `v` grows so far";
    let exact = "`P` is integrated by `exact`, which no smaller time step makes better: look at the equation of `v`";
    let divisor = "the equations have no value for what variables begin with: look for a divisor that is 0";
    let cases: [(&str, &[&str]); 7] = [
        ("tau = 0*ms; neurons P[1] { dv/dt = -v/tau : 1; threshold v > 1; reset v = 0 }", &[divisor]),
        (
            "neurons P[1] { dv/dt = (v/(exp(v) - 1) - v)/ms : 1; threshold v > 1; reset v = 0; method euler }",
            &[divisor, "x/(exp(x) - 1) is 1/exprel(x)"],
        ),
        (
            "neurons P[1] { dv/dt = v**3/ms : 1; threshold v > 1e300; reset v = 0; init v = 3; method rk4 }",
            &["`dt = 0.05*ms`", "than `rk4`, by which `P` is integrated: `method exponential_euler`", threshold],
        ),
        ("neurons Q[1] { dv/dt = v**3/ms : 1; init v = 3; method euler; dt 0.5*ms }", &[own_clock, "than `euler`"]),
        ("neurons P[1] { dv/dt = v**3/ms + xi/ms**0.5 : 1; init v = 3; method euler }", &["`dt = 0.05*ms`"]),
        ("neurons P[1] { dv/dt = v/(0.1*ms) : 1; init v = 3 }", &[exact]),
        (
            "neurons P[1] { v : 1 }\nsynapses S: P -> P { dw/dt = w**3/ms : 1 (clock-driven); init w = 3; method euler\nconnect all }",
            &["`dt = 0.05*ms`", "than `euler`, by which `S` is integrated"],
        ),
    ];
    for (text_of, mends) in cases {
        let desk = Desk::new(&format!("{text_of}\nrun 1*second\n"));
        let output = desk.run(&["run", "m.rheo", "--no-out", "--quiet"]);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{text_of}: {told}");
        assert!(mends.iter().all(|mend| told.contains(mend)), "{text_of}: {told}");
        assert_eq!(told.matches("help: ").count(), mends.len(), "{text_of}: {told}");
    }
    let desk = Desk::new("neurons P[1] { dv/dt = v/(0.1*ms) : 1; init v = 3 }\nrun 1*second\n");
    let json = text(&desk.run(&["run", "m.rheo", "--no-out", "--quiet", "--message-format", "json"]).stderr);
    let told: serde_json::Value = serde_json::from_str(json.lines().last().unwrap_or_default()).expect("an object");
    assert!(told["help"][0].as_str().is_some_and(|help| help.starts_with("`P` is integrated by `exact`")), "{json}");
}

#[test]
fn folders_of_others_are_not_replaced() {
    let desk = Desk::new(MODEL);
    fs::create_dir(desk.path().join("m.results")).expect("a folder");
    fs::write(desk.path().join("m.results/thesis.txt"), "years of work").expect("a file");
    let output = desk.run(&["run", "m.rheo"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(desk.read("m.results/thesis.txt"), "years of work");
}

#[test]
fn files_that_are_not_there_or_are_no_text_are_told() {
    let desk = Desk::new(MODEL);
    let missing = desk.run(&["run", "n.rheo"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(text(&missing.stderr).contains("n.rheo"));
    fs::write(desk.path().join("b.rheo"), b"x = \xff\xfe\n").expect("bytes");
    let bytes = desk.run(&["check", "b.rheo"]);
    assert_eq!(bytes.status.code(), Some(1));
    assert!(text(&bytes.stderr).contains("b.rheo:1:5"), "{}", text(&bytes.stderr));
    fs::write(desk.path().join("brackets.rheo"), format!("x = {}", "(".repeat(100_000))).expect("brackets");
    let brackets = desk.run(&["check", "--message-format", "short", "brackets.rheo"]);
    assert_eq!(brackets.status.code(), Some(1));
    assert!(text(&brackets.stdout).contains("256"), "{}", text(&brackets.stdout));
}

#[test]
fn explain_shows_integrators_and_every_stage() {
    let desk = Desk::new(MODEL);
    let integrators = desk.run(&["explain", "m.rheo"]);
    assert!(text(&integrators.stdout).starts_with("P: exact"), "{}", text(&integrators.stdout));
    for (stage, sign) in [("ast", "P"), ("ir", "dv/dt"), ("steps", "store"), ("clif", "function"), ("asm", "ret")] {
        let output = desk.run(&["explain", "m.rheo", "--emit", stage]);
        assert!(output.status.success(), "{stage}: {}", text(&output.stderr));
        assert!(text(&output.stdout).contains(sign), "{stage} has no `{sign}`:\n{}", text(&output.stdout));
    }
}

#[test]
fn timings_name_every_pass_and_stage_and_add_up() {
    let desk = Desk::new(MODEL);
    let output = desk.run(&["explain", "m.rheo", "--timings"]);
    let shown = text(&output.stdout);
    let row = |line: &str| {
        let (time, name) = line.split_once(" ms  ").expect("a time and a name");
        (name.to_owned(), time.trim().parse::<f64>().expect("milliseconds"))
    };
    let rows: Vec<(String, f64)> = shown.lines().map(row).collect();
    let stages = ["parse", "resolve", "simplify", "integrate", "prelude", "codegen", "cranelift register allocation"];
    for stage in stages {
        assert_eq!(rows.iter().filter(|(name, _)| name == stage).count(), 1, "{stage}:\n{shown}");
    }
    let ((last, whole), parts) = rows.split_last().expect("rows");
    let sum: f64 = parts.iter().map(|(_, time)| time).sum();
    assert_eq!(last, "in all");
    assert!((whole - sum).abs() < 0.001 * rows.len() as f64, "{whole} ms are not {sum} ms:\n{shown}");
}

#[test]
fn a_new_model_runs_and_is_laid_out() {
    let desk = Desk::new(MODEL);
    assert!(desk.run(&["new", "fresh.rheo"]).status.success());
    assert_eq!(desk.run(&["new", "fresh.rheo"]).status.code(), Some(1), "an existing file is left alone");
    assert!(desk.run(&["fmt", "--check", "fresh.rheo"]).status.success());
    let run = desk.run(&["run", "fresh.rheo", "--seed", "1", "--no-out"]);
    assert!(run.status.success(), "{}", text(&run.stderr));
    assert!(!text(&run.stdout).contains(" 0 spikes"), "{}", text(&run.stdout));
}

#[test]
fn fmt_keeps_comments_and_meaning() {
    let desk = Desk::new("# first\ntau=10*ms   # the constant\n\n\n\nneurons P[2]{dv/dt=-v/tau:1}\nrun 1*ms\n");
    assert_eq!(desk.run(&["fmt", "--check", "m.rheo"]).status.code(), Some(1));
    assert!(desk.run(&["fmt", "m.rheo"]).status.success());
    let laid_out = desk.read("m.rheo");
    assert!(laid_out.contains("# first") && laid_out.contains("# the constant"), "{laid_out}");
    assert!(desk.run(&["fmt", "--check", "m.rheo"]).status.success());
    assert!(desk.run(&["run", "m.rheo", "--no-out"]).status.success());
}

#[test]
fn the_summary_shows_rate_and_variability_of_what_can_spike() {
    let model = "neurons Quiet[3] { dv/dt = -v/(10*ms) : 1 }
neurons P[2] {
    dv/dt = 1/ms : 1
    threshold v >= 0.95
    reset v = 0
}
record P.spikes with v
record P.population_rate smooth flat 1*ms
run 5*ms
";
    let desk = Desk::new(model);
    let output = desk.run(&["run", "m.rheo"]);
    let printed = text(&output.stdout);
    let line =
        |name: &str| printed.lines().find(|line| line.trim_start().starts_with(name)).unwrap_or_default().to_owned();
    assert!(line("P ").contains("10 spikes") && line("P ").ends_with("CV 0.00"), "{printed}");
    assert!(!line("Quiet").contains("spike") && !line("Quiet").contains("Hz"), "{printed}");
    let summary: serde_json::Value = serde_json::from_str(&desk.read("m.results/summary.json")).expect("a summary");
    assert_eq!(summary["spike_trains"]["P.spikes"]["cv_neurons"], 2);
    assert_eq!(summary["spike_trains"]["P.spikes"]["count"], 10);
    assert!(summary["populations"]["Quiet"]["spikes"].is_null());
    assert!(desk.read("m.results/P.population_rate.smooth_flat.csv").starts_with("# t [s], rate [Hz]\nt,rate\n"));
    assert!(
        desk.read("m.results/P.spikes.csv").starts_with("# step [1], t [s], i [1], v [1]\nstep,t,i,v\n9,0.0009,0,")
    );
}

#[test]
fn more_threads_than_there_can_be_are_refused() {
    let desk = Desk::new(MODEL);
    for threads in ["257", "1000", "0"] {
        let output = desk.run(&["run", "m.rheo", "--threads", threads]);
        assert_eq!(output.status.code(), Some(2), "{threads}");
        assert!(text(&output.stderr).contains("256"), "{}", text(&output.stderr));
    }
}

/// Some seconds of work, with noise and plasticity.
const LONG: &str = "neurons P[200] {
    dv/dt = (1.3 - v)/(10*ms) + 0.1*xi*(10*ms)**-0.5 : 1
    threshold v > 1
    reset v = 0
    init v = rand()
}
synapses S: P -> P {
    w : 1 = 0.001
    dtrace/dt = -trace/(20*ms) : 1 (event-driven)
    on_pre { v += w; trace += 0.0001; w = clip(w + trace, 0, 0.002) }
    connect p = 0.1
    delay rand()*3*ms
}
record P.spikes, P.population_rate, S.synapses
record P.v[0:3] every 5*ms
print 1*mV
run 2*second
set P.v[0:10] = rand()
run length
print P.v[0]
length = 10*second
seed = 4
";

/// Every file of a results folder but the page, without what the clock on the wall says.
fn results(desk: &Desk, folder: &str) -> Vec<(String, String)> {
    let entries = fs::read_dir(desk.path().join(folder)).unwrap_or_else(|reason| panic!("{folder}: {reason}"));
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").file_name()).collect();
    // The page tells times of the machine in its texts.
    files.retain(|name| name != "report.html");
    files.sort();
    let read = |name: &std::ffi::OsString| {
        let name = name.to_string_lossy().into_owned();
        let text = desk.read(&format!("{folder}/{name}"));
        let timed =
            |line: &&str| !["compile_s", "build_s", "run_s", "threads", "engine"].iter().any(|key| line.contains(key));
        (name, text.lines().filter(timed).collect::<Vec<_>>().join("\n"))
    };
    files.iter().map(read).collect()
}

/// Begins a run with checkpoints and kills it when one is there.
fn killed(desk: &Desk) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rheobase"))
        .args(["run", "m.rheo", "--checkpoint", "every", "0.9*second", "--quiet"])
        .current_dir(desk.path())
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    while !desk.path().join("m.checkpoint").exists() {
        assert!(child.try_wait().expect("asked").is_none(), "it ended before it was killed");
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    child.kill().expect("killed");
    assert!(!child.wait().expect("over").success(), "it ended before it was killed");
    assert!(!desk.path().join("m.results").exists());
}

#[test]
fn a_killed_run_goes_on_to_the_same_files() {
    let desk = Desk::new(LONG);
    assert!(desk.run(&["run", "m.rheo", "--quiet", "--out", "whole"]).status.success());
    let whole = results(&desk, "whole");
    for options in [&[][..], &["--threads", "2"], &["--kept-text"]] {
        killed(&desk);
        // The file may be gone: its text is kept.
        let moved = options.contains(&"--kept-text");
        if moved {
            fs::remove_file(desk.path().join("m.rheo")).expect("removed");
        }
        let output = desk.run(&[&["resume", "m.checkpoint"], options].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert!(text(&output.stdout).starts_with("m.rheo: on from "), "{}", text(&output.stdout));
        for ((name, got), (_, expected)) in results(&desk, "m.results").iter().zip(&whole) {
            assert!(got == expected, "{name} differs, {options:?}");
        }
        assert!(!desk.path().join("m.checkpoint").exists(), "nothing is left to go on with");
        fs::remove_dir_all(desk.path().join("m.results")).expect("removed");
    }
}

#[test]
fn a_run_that_reaches_its_end_leaves_no_checkpoint() {
    let desk = Desk::new(MODEL);
    for how in [&["--checkpoint", "every", "10*ms"][..], &["--checkpoint", "every 10*ms"], &["--checkpoint", "7*ms"]] {
        let output = desk.run(&[&["run", "m.rheo"], how].concat());
        assert!(output.status.success(), "{how:?}: {}", text(&output.stderr));
        assert_eq!(desk.names(), ["m.results", "m.rheo"], "{how:?}");
    }
    for wrong in [&["--checkpoint", "every"][..], &["--checkpoint", "every", "0*ms"], &["--checkpoint-file", "c"]] {
        assert_eq!(desk.run(&[&["run", "m.rheo"], wrong].concat()).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn an_error_leaves_the_last_checkpoint() {
    let desk = Desk::new(
        "neurons P[3] {\n    dv/dt = v**2*i/(1*ms) : 1\n    method euler\n    init v = 1\n}\nrecord P.v\nrun 100*ms\n",
    );
    let first = desk.run(&["run", "m.rheo", "--checkpoint", "every", "0.3*ms"]);
    assert_eq!(first.status.code(), Some(1));
    assert!(
        text(&first.stdout).ends_with("`rheobase resume m.checkpoint` goes on from there\n"),
        "{}",
        text(&first.stdout)
    );
    let whole = results(&desk, "m.results");
    let second = desk.run(&["resume", "m.checkpoint", "--out", "again"]);
    assert_eq!(second.status.code(), Some(1), "the same error again");
    assert_eq!(results(&desk, "again"), whole);
    let again = desk.run(&["run", "m.rheo", "--checkpoint", "every", "0.3*ms", "--no-out"]);
    assert!(text(&again.stderr).contains("`rheobase resume m.checkpoint`"), "{}", text(&again.stderr));
    let short = ["run", "m.rheo", "--duration", "0.1*ms", "--checkpoint", "every", "0.3*ms", "--no-out"];
    assert!(desk.run(&short).status.success());
    assert!(desk.path().join("m.checkpoint").exists(), "a run that wrote none takes none away");
}

#[test]
fn what_cannot_be_gone_on_from_is_told() {
    let desk = Desk::new(LONG);
    fs::write(desk.path().join("m.checkpoint"), "years of work").expect("written");
    let taken = desk.run(&["run", "m.rheo", "--checkpoint", "every", "1*second"]);
    assert_eq!(taken.status.code(), Some(1));
    assert!(text(&taken.stderr).contains("is no checkpoint of Rheobase, so it is not replaced"));
    let foreign = desk.run(&["resume", "m.checkpoint"]);
    assert_eq!(
        text(&foreign.stderr),
        "rheobase: error[E0901]: m.checkpoint is no checkpoint of Rheobase\n\
         rheobase: help: give the file that `rheobase run --checkpoint` wrote\n"
            .replace("m.checkpoint", &desk.path().join("m.checkpoint").display().to_string())
    );
    assert_eq!(desk.run(&["resume", "none.checkpoint"]).status.code(), Some(1));

    fs::remove_file(desk.path().join("m.checkpoint")).expect("removed");
    killed(&desk);
    fs::write(desk.path().join("m.rheo"), LONG.replace("1.3", "1.31")).expect("written");
    let changed = desk.run(&["resume", "m.checkpoint"]);
    assert_eq!(changed.status.code(), Some(1));
    assert_eq!(
        text(&changed.stderr),
        "rheobase: `m.rheo` has changed since the checkpoint was written\n\
         rheobase: go on with the text as it was by --kept-text, or run the model from its beginning\n"
    );
    assert!(desk.run(&["resume", "m.checkpoint", "--kept-text", "--quiet"]).status.success());
}

/// A network that is busy for hours, and its run.
const ENDLESS: &str = "neurons P[2000] {
    dv/dt = (1.2 + 0.1*sin(v) - v)/(10*ms) : 1
    threshold v > 1
    reset v = 0
    init v = rand()
}
record P[0:10].spikes
run 1e6*second
";

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_run_at_a_whole_step_and_keeps_what_was_recorded() {
    use std::time::{Duration, Instant};
    let desk = Desk::new(ENDLESS);
    let mut quickest = Duration::MAX;
    // A busy machine may be late once, not three times.
    for _ in 0..3 {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rheobase"));
        command.args(["run", "m.rheo", "--seed", "1"]).current_dir(desk.path());
        command.stderr(Stdio::piped()).stdout(Stdio::piped());
        let child = command.spawn().expect("the program starts");
        std::thread::sleep(Duration::from_millis(400));
        let interrupted = Instant::now();
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill").success());
        let output = child.wait_with_output().expect("it ends");
        quickest = quickest.min(interrupted.elapsed());
        assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
        let told = text(&output.stderr);
        assert!(told.contains("stopped at t = ") && told.contains("is in m.results"), "{told}");
    }
    // 100 ms to the end of the time loop, and as much for the rest of the program.
    assert!(quickest < Duration::from_millis(200), "{quickest:?}");
    let summary: serde_json::Value = serde_json::from_str(&desk.read("m.results/summary.json")).expect("JSON");
    assert!(summary["stopped"].as_str().is_some_and(|why| why.starts_with("stopped at t = ")), "{summary}");
    let steps = summary["biological_s"].as_f64().expect("a time") / 1e-4;
    assert!(steps > 1.0 && (steps - steps.round()).abs() < 1e-3, "{steps} steps");
    let last = desk.read("m.results/P[0..10].spikes.csv").lines().last().map(ToOwned::to_owned).expect("spikes");
    let step: f64 = last.split(',').next().and_then(|step| step.parse().ok()).expect("a step");
    assert!(step < steps && step > steps - 1000.0, "the last spike is of step {step} of {steps}");
}

#[test]
fn mistakes_are_told_in_colours_in_lines_and_as_json() {
    let desk = Desk::new("neurons P[10] {\n    dv/dt = -v/tau : volt\n}\nrun 10*ms\n");
    let colored = text(&desk.run(&["check", "m.rheo", "--color", "always"]).stderr);
    assert!(colored.contains("\u{1b}["), "{colored}");
    let plain = text(&desk.run(&["check", "m.rheo", "--color", "never"]).stderr);
    assert!(!plain.contains('\u{1b}') && plain.contains("error[E0201]"), "{plain}");

    let output = desk.run(&["check", "m.rheo", "--message-format", "json"]);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(1), String::new()));
    let lines: Vec<serde_json::Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect();
    assert_eq!(lines[0]["code"], "E0201");
    assert_eq!((&lines[0]["place"]["line"], &lines[0]["place"]["column"]), (&2.into(), &16.into()));

    let run = desk.run(&["--message-format", "json", "run", "m.rheo"]);
    assert_eq!((run.status.code(), text(&run.stdout)), (Some(1), String::new()));
    assert_eq!(text(&run.stderr), text(&output.stdout));
    let missing = text(&desk.run(&["check", "n.rheo", "--message-format", "json"]).stderr);
    let told: serde_json::Value = serde_json::from_str(&missing).expect("an object");
    assert!(told["message"].as_str().is_some_and(|message| message.starts_with("n.rheo: ")), "{missing}");
}

#[test]
fn a_report_is_left_unless_it_is_not_wanted() {
    let desk = Desk::new(MODEL);
    let report = desk.path().join("m.results/report.html");
    for (options, there) in [(&[][..], true), (&["--no-report"], false), (&["--quiet"], false), (&["--plot"], true)] {
        assert!(desk.run(&[&["run", "m.rheo", "--seed", "3"], options].concat()).status.success());
        assert_eq!(report.exists(), there, "{options:?}");
    }
    let page = desk.read("m.results/report.html");
    assert!(page.contains("rheobase run m.rheo --seed 3") && page.contains("Connections S"), "what is in it");
    for options in [["--no-out", "--open"], ["--no-report", "--open"], ["--quiet", "--open"]] {
        assert_eq!(desk.run(&[&["run", "m.rheo"][..], &options].concat()).status.code(), Some(2), "{options:?}");
    }
}

#[test]
fn a_run_that_records_nothing_says_what_could_be() {
    let desk = Desk::new(&MODEL.lines().filter(|line| !line.starts_with("record")).collect::<Vec<_>>().join("\n"));
    let output = text(&desk.run(&["run", "m.rheo", "--seed", "3"]).stdout);
    assert!(output.contains("nothing was recorded: write `record P.spikes, P.population_rate`"), "{output}");
    assert!(output.contains("`record P.v[0:5]`"), "{output}");
    assert!(desk.read("m.results/report.html").contains("record S.synapses"));
}

#[test]
fn spikes_are_drawn_in_the_terminal_where_one_watches_or_asks() {
    let desk = Desk::new(MODEL);
    let braille =
        |output: &Output| text(&output.stdout).chars().any(|letter| ('\u{2801}'..='\u{28ff}').contains(&letter));
    assert!(!braille(&desk.run(&["run", "m.rheo", "--seed", "3"])), "no terminal watches");
    let asked = desk.run(&["run", "m.rheo", "--seed", "3", "--plot", "--no-out"]);
    let shown = text(&asked.stdout);
    assert!(braille(&asked) && shown.contains("Spikes of P") && shown.contains("Rate of P [Hz]"), "{shown}");
    let drawn = shown.lines().filter(|line| line.contains('│'));
    assert!(drawn.clone().count() > 8 && drawn.clone().all(|line| line.chars().count() <= 80), "{shown}");
}

#[test]
fn plots_are_the_same_of_every_format_of_results() {
    let model = format!("{MODEL}record P.spikes last 20*ms\nrecord P.v mean, P.spikes counts\n");
    let formats = ["csv", "npz", "npy", "parquet"].into_iter();
    let formats: Vec<&str> = formats.filter(|format| *format != "parquet" || cfg!(feature = "parquet")).collect();
    for precision in ["f64", "f32"] {
        let desk = Desk::new(&model);
        let mut drawn = Vec::new();
        for format in &formats {
            let run = ["run", "m.rheo", "--seed", "3", "--format", format, "--precision", precision];
            assert!(desk.run(&run).status.success());
            let output = desk.run(&["plot", "m.results"]);
            assert!(output.status.success(), "{}", text(&output.stderr));
            let files: Vec<String> = text(&output.stdout).lines().map(ToOwned::to_owned).collect();
            for expected in [
                "m.results/P.spikes.raster.svg",
                "m.results/P.population_rate.rates.svg",
                "m.results/P.v.traces.svg",
                "m.results/P.v.at_end.histograms.svg",
                "m.results/P.spikes.last.raster.svg",
                "m.results/S.connectivity.svg",
            ] {
                assert!(files.iter().any(|file| file == expected), "{format}: {expected} of {files:?}");
            }
            drawn.push(files.iter().map(|file| (file.clone(), desk.read(file))).collect::<Vec<_>>());
        }
        for (format, pictures) in formats.iter().zip(&drawn) {
            for (first, other) in drawn[0].iter().zip(pictures) {
                assert!(first == other, "{} of {format}, {precision}", first.0);
            }
            assert_eq!(pictures.len(), drawn[0].len());
        }
        assert!(drawn[0][0].1.starts_with("<svg") && drawn[0][0].1.contains("Spikes of P"));
    }
}

#[test]
fn a_window_and_a_mean_are_drawn_as_what_they_are() {
    let desk = Desk::new(&format!("{MODEL}record P.spikes last 20*ms\nrecord P.v mean, P.spikes counts\n"));
    assert!(desk.run(&["run", "m.rheo", "--seed", "3"]).status.success());
    let summary: serde_json::Value = serde_json::from_str(&desk.read("m.results/summary.json")).expect("an object");
    let window = &summary["recordings"]["P.spikes.last"];
    assert_eq!(window["recorded"], "P.spikes last");
    assert!(window["since_s"].as_f64().is_some_and(|since| (since - 0.03).abs() < 1e-12), "{window}");
    assert!(desk.run(&["plot", "m.results"]).status.success());
    for (file, title) in [
        ("P.spikes.last.raster", "Spikes of P, the last 20 ms"),
        ("P.v.mean.histograms", "Mean over time of P.v"),
        ("P.spikes.counts.histograms", "Spikes of each neuron of P"),
        ("P.population_rate.rates", "Rate of P"),
    ] {
        assert!(desk.read(&format!("m.results/{file}.svg")).contains(title), "{title}");
        assert!(desk.read("m.results/report.html").contains(title), "{title}");
    }
    let window = desk.read("m.results/P.spikes.last.raster.svg");
    assert!(window.contains("\n30\n") && !window.contains("\n20\n"), "time begins at 30 ms: {window}");
}

#[test]
fn what_never_spiked_and_what_is_called_count_are_drawn() {
    let formats = ["csv", "npz", "npy", "parquet"].into_iter();
    for format in formats.filter(|format| *format != "parquet" || cfg!(feature = "parquet")) {
        let model = "neurons P[4] {\n dv/dt = -v/(10*ms) : 1\n threshold v > 1\n reset v = 0\n count : 1 = 0.25\n}\n";
        let desk = Desk::new(&format!("{model}record P.spikes, P.count at end\nrun 5*ms\n"));
        assert!(desk.run(&["run", "m.rheo", "--format", format, "--no-report"]).status.success(), "{format}");
        let output = desk.run(&["plot", "m.results"]);
        assert!(output.status.success(), "{format}: {}", text(&output.stderr));
        let raster = desk.read("m.results/P.spikes.raster.svg");
        assert!(raster.contains("no spikes"), "{format}");
        let count = desk.read("m.results/P.count.at_end.histograms.svg");
        assert!(count.contains("all 4 neurons: 0.25"), "{format}");
    }
}

#[test]
fn a_sweep_is_drawn_from_its_folder() {
    let desk = Desk::new(MODEL);
    fs::create_dir(desk.path().join("m.sweep")).expect("a folder");
    let summary = serde_json::json!({
        "rheobase": "0", "seeds": "alike", "points": 3, "done": 2, "table": "table.csv",
        "axes": [{"name": "tau", "unit": "s", "values": [1e-3, 2e-3, 3e-3]}],
        "measures": [{"name": "rate(P)", "unit": "Hz"}],
    });
    let table = "# point [1], tau [s], rate(P) [Hz]\npoint,tau,rate(P)\n0,0.001,5\n2,0.003,NaN\n";
    fs::write(desk.path().join("m.sweep/summary.json"), summary.to_string()).expect("a file");
    fs::write(desk.path().join("m.sweep/table.csv"), table).expect("a file");
    let output = desk.run(&["plot", "m.sweep", "--kind", "sweep"]);
    assert_eq!(text(&output.stdout), "m.sweep/rate-P.sweep.svg\n", "{}", text(&output.stderr));
    let again = desk.run(&["plot", "m.sweep", "--of", "rate(P)", "--out", "again.svg"]);
    assert_eq!(text(&again.stdout), "again.svg\n", "{}", text(&again.stderr));
    let drawn = desk.read("m.sweep/rate-P.sweep.svg");
    assert!(drawn.contains("rate(P) by tau") && drawn.contains("2 of 3 points have no value"), "{drawn}");
}

#[test]
fn a_plot_is_chosen_among_those_of_one_kind() {
    let desk = Desk::new(
        "neurons P[3] {\n    dv/dt = -v/(10*ms) : 1\n    dw/dt = -w/(5*ms) : 1\n    init { v = 1; w = 1 }\n}\n\
         record P.v, P.w\nrun 20*ms\n",
    );
    assert!(desk.run(&["run", "m.rheo", "--seed", "3", "--quiet"]).status.success());
    let plot = ["plot", "m.results", "--kind", "traces", "--out", "t.svg"];
    let several = desk.run(&plot);
    assert_eq!(several.status.code(), Some(1));
    let told = "2 pictures: choose one by --kind (traces) and --of (P.v, P.w), or a folder";
    assert!(text(&several.stderr).contains(told), "{}", text(&several.stderr));
    let one = desk.run(&[&plot[..], &["--of", "P.w"]].concat());
    assert_eq!(text(&one.stdout), "t.svg\n", "{}", text(&one.stderr));
    assert!(desk.read("t.svg").contains("w of P") && !desk.read("t.svg").contains("v of P"));
    let both = desk.run(&["plot", "m.results", "--of", "P.w", "--of", "P.v"]);
    assert_eq!(text(&both.stdout).lines().count(), 2, "{}", text(&both.stderr));
}

#[test]
fn a_plot_is_chosen_by_kind_format_place_and_size() {
    let desk = Desk::new(MODEL);
    assert!(desk.run(&["run", "m.rheo", "--seed", "3", "--quiet"]).status.success());
    let png = ["plot", "m.results", "--kind", "raster", "--format", "png", "--out", "r.png", "--size", "640x400"];
    assert!(desk.run(&png).status.success());
    let bytes = fs::read(desk.path().join("r.png")).expect("a picture");
    let decoded = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("a PNG file");
    assert_eq!(decoded.info().size(), (640, 400));
    let two = desk.run(&["plot", "m.results", "--kind", "traces", "--kind", "rates", "--out", "there"]);
    assert_eq!(text(&two.stdout).lines().count(), 2, "{}", text(&two.stderr));
    let cases: [(&[&str], i32, &str); 8] = [
        (
            &["m.results", "--kind", "sweep"],
            1,
            "no pictures of that kind; it has raster, rates, traces, weights, histograms",
        ),
        (&["m.rheo"], 1, "not a results folder"),
        (
            &["m.results", "--out", "all.svg"],
            1,
            "7 pictures: choose one by --kind (raster, rates, traces, weights, histograms",
        ),
        (
            &["m.results", "--of", "P.w"],
            1,
            "m.results has no picture of `P.w`; it has those of P.spikes, P.population_rate",
        ),
        (
            &["m.results", "--kind", "raster", "--of", "P.v"],
            1,
            "no picture of that kind of `P.v`; it has those of P.spikes\n",
        ),
        (&["m.results", "--kind", "raster", "--out", "r.png"], 1, "choose another --format"),
        (&["m.results", "--kind", "colour"], 2, "raster"),
        (&["m.results", "--size", "90x1e9"], 2, "WIDTHxHEIGHT"),
    ];
    for (arguments, code, words) in cases {
        let output = desk.run(&[&["plot"], arguments].concat());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(text(&output.stderr).contains(words), "{arguments:?}: {}", text(&output.stderr));
    }
    fs::write(desk.path().join("m.results/P.spikes.csv"), "# step [1], t [s], i [1]\nstep,t,i\n3,x,0\n")
        .expect("a file");
    let damaged = desk.run(&["plot", "m.results", "--kind", "raster"]);
    assert_eq!(damaged.status.code(), Some(1));
    let told = text(&damaged.stderr);
    assert!(told.contains("P.spikes.csv") && told.contains("`x` is no number"), "{told}");
}

/// The opener of this platform is found by its name, so that one of ours is started instead of a browser.
#[test]
#[cfg(target_os = "linux")]
fn open_starts_the_browser_with_the_report() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new(MODEL);
    let opener = desk.path().join("xdg-open");
    fs::write(&opener, "#!/bin/sh\nprintf %s \"$1\" > opened.new && mv opened.new opened\n").expect("a script");
    fs::set_permissions(&opener, fs::Permissions::from_mode(0o755)).expect("executable");
    let path = format!("{}:{}", desk.path().display(), std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new(env!("CARGO_BIN_EXE_rheobase"));
    command.args(["run", "m.rheo", "--open"]).env("PATH", path).current_dir(desk.path());
    assert!(command.output().expect("the program starts").status.success());
    let opened = desk.path().join("opened");
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while !opened.exists() && std::time::Instant::now() < deadline {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let given = fs::read_to_string(opened).expect("the opener was started");
    assert!(Path::new(&given).is_absolute() && given.ends_with("m.results/report.html"), "{given}");
}

#[test]
fn recordings_that_no_disk_holds_are_refused_before_anything_is_run() {
    let model = "neurons P[2000000] { v : 1 }\nrecord P.v\nrun 100000*second\n";
    let desk = Desk::new(model);
    for arguments in [&["run", "m.rheo"][..], &["run", "m.rheo", "--checkpoint", "every 10*second"]] {
        let output = desk.run(arguments);
        assert_eq!(output.status.code(), Some(1));
        let told = text(&output.stderr);
        assert!(told.contains("error[E0695]: `P.v` takes 16.0 PB"), "{told}");
        assert!(told.contains("m.rheo:2:8") && told.contains("2,000,000 values every 100 us, for 100000 s"), "{told}");
        assert_eq!(desk.names(), ["m.rheo"], "nothing is begun, and what was there stays");
    }
}

#[test]
fn checkpoints_are_no_more_frequent_than_steps() {
    let desk = Desk::new("neurons P[1] { v : 1 }\nrun 1*ms\n");
    let checkpoint = |every: &str| desk.run(&["run", "m.rheo", "--no-out", "--quiet", "--checkpoint", every]);
    let refused = checkpoint("every 1*us");
    assert_eq!(refused.status.code(), Some(1));
    let told = "rheobase: 1 us cannot be used: checkpoints are written between time steps, which are 100 us long: give \
                100 us or more\n";
    assert_eq!(text(&refused.stderr), told);
    assert!(checkpoint("every 100*us").status.success());
}

#[test]
fn what_is_recorded_at_two_intervals_has_two_files() {
    let desk = Desk::new(
        "neurons P[2] {\n    dv/dt = (1 - v)/(10*ms) : 1\n    threshold v > 2\n    reset v = 0\n}\nrecord P.v[0]\nrecord P.v \
         every 0.5*ms\nrecord P.v mean, P.population_rate\nrecord P.v mean, P.population_rate every 2*ms\nrun 10*ms\n",
    );
    let output = desk.run(&["run", "m.rheo", "--no-report"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let stems = ["P.population_rate", "P.v", "P.v.mean"];
    let expected = ["P.population_rate.every_2ms", "P.v.every_500us", "P.v.mean.every_2ms"];
    for stem in stems.into_iter().chain(expected) {
        assert!(desk.path().join(format!("m.results/{stem}.csv")).exists(), "{stem}");
    }
    let [whole, sparse] = ["P.v", "P.v.every_500us"].map(|stem| desk.read(&format!("m.results/{stem}.csv")));
    assert_eq!((whole.lines().count(), sparse.lines().count()), (102, 22));
    assert!(sparse.starts_with("# t [s], v [1]\nt,0,1\n"), "{sparse}");
    let plotted = desk.run(&["plot", "m.results", "--kind", "traces", "--of", "P.v.every_500us"]);
    assert!(plotted.status.success(), "{}", text(&plotted.stderr));
}

#[test]
fn whole_numbers_are_written_as_such_in_every_format() {
    let desk = Desk::new(
        "neurons P[3] {\n    v = i*1.0 : 1\n    n : integer = i - 1\n    up : boolean = i > 1\n    threshold i > 1\n    refractory \
         1*ms\n}\nrecord P.n, P.up every 1*ms\nrecord P.n at end\nrecord P.spikes with n, up, v\nrun 2*ms\n",
    );
    for format in ["csv", "npz", "npy", "parquet"] {
        let output = desk.run(&["run", "m.rheo", "--format", format, "--out", format, "--no-report"]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let plotted = desk.run(&["plot", format, "--out", "pictures"]);
        assert!(plotted.status.success(), "{format}: {}", text(&plotted.stderr));
    }
    assert_eq!(desk.read("csv/P.n.csv"), "# t [s], n [1]\nt,0,1,2\n0.0,-1,0,1\n0.001,-1,0,1\n");
    assert_eq!(desk.read("csv/P.up.csv"), "# t [s], up [1]\nt,0,1,2\n0.0,0,0,1\n0.001,0,0,1\n");
    assert_eq!(desk.read("csv/P.n.at_end.csv"), "# i [1], n [1]\ni,n\n0,-1\n1,0\n2,1\n");
    let array = |name: &str| {
        let bytes = fs::read(desk.path().join("npy").join(name)).expect("an array");
        npyz::NpyFile::new(std::io::Cursor::new(bytes)).expect("an array")
    };
    let types = [
        ("P.n/n.npy", "<i8"),
        ("P.n/elements.npy", "<i8"),
        ("P.n/t.npy", "<f8"),
        ("P.up/up.npy", "|b1"),
        ("P.spikes/step.npy", "<i8"),
        ("P.spikes/i.npy", "<i8"),
        ("P.spikes/n.npy", "<i8"),
        ("P.spikes/up.npy", "|b1"),
        ("P.spikes/v.npy", "<f8"),
    ];
    for (name, expected) in types {
        assert_eq!(array(name).dtype().descr(), format!("'{expected}'"), "{name}");
    }
    assert_eq!(array("P.n/n.npy").into_vec::<i64>().expect("integers"), [-1, 0, 1, -1, 0, 1]);
}

#[test]
fn seeds_beyond_those_with_a_sign_are_written_as_they_are() {
    let desk = Desk::new(
        "drive = 1\nneurons P[1] { v = drive : 1 }\nsweep drive = [1, 2] seeds apart { run 1*ms; report final(P.v) }\n",
    );
    for format in ["csv", "npy"] {
        let arguments = ["sweep", "m.rheo", "--seed", "18446744073709551614", "--format", format, "--out", format];
        let output = desk.run(&arguments);
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    let table = desk.read("csv/table.csv");
    let seeds: Vec<_> = table.lines().skip(2).filter_map(|row| row.split(',').nth(2)).collect();
    assert_eq!(seeds, ["18446744073709551614", "18446744073709551615"]);
    let bytes = fs::read(desk.path().join("npy/table/seed.npy")).expect("an array");
    let seeds = npyz::NpyFile::new(&bytes[..]).expect("an array").into_vec::<u64>().expect("whole numbers");
    assert_eq!(seeds, [u64::MAX - 1, u64::MAX]);
    assert!(desk.run(&["plot", "npy", "--out", "pictures"]).status.success());
}
