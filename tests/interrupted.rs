//! Runs that are ended before their time, as a user of the command line meets it: killed, hung up on, asked to end;
//! what is left behind then, and what comes of it.

#![cfg(unix)]

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Samples of 160 MB and 90,000 spikes: five times what recordings may hold.
const RECORDED: &str = "
neurons P[2000] {
    dv/dt = (1.5 - v)/(10*ms) : 1
    threshold v > 1
    reset v = 0
    init v = rand()
}
record P.v, P.spikes
record P.population_rate smooth gaussian 5*ms every 1*ms
record P.v last 10*ms
seed = 1
run 0.4*second
print P.v[0]
run 0.6*second
";

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

const BINARY: &str = env!("CARGO_BIN_EXE_rheobase");

/// A folder with `m.rheo`, and the program run in it.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new(model: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("m.rheo"), model).expect("a model");
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn begin(&self, program: &str, arguments: &[&str]) -> Child {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.0.path()).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let output = self.begin(BINARY, arguments).wait_with_output().expect("it ends");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    /// Everything that lies there, hidden or not.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).expect("listed").map(|entry| entry.expect("an entry"));
        let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// Every file of a results folder but the page, without what the clock on the wall says.
    fn results(&self, folder: &str) -> Vec<(String, Vec<u8>)> {
        let mut files: Vec<_> = all_files(&self.path(folder));
        files.retain(|path| !path.ends_with("report.html"));
        files.sort();
        let read = |path: &PathBuf| {
            let name = path.strip_prefix(self.path(folder)).expect("in it").display().to_string();
            let bytes = fs::read(path).expect("readable");
            if name != "summary.json" {
                return (name, bytes);
            }
            let text = String::from_utf8(bytes).expect("text");
            let timed =
                |line: &&str| !["compile_s", "build_s", "run_s", "threads"].iter().any(|key| line.contains(key));
            (name, text.lines().filter(timed).collect::<Vec<_>>().join("\n").into_bytes())
        };
        files.iter().map(read).collect()
    }

    /// How much of recordings is on disk [bytes].
    fn on_disk(&self) -> u64 {
        let files = all_files(&self.path("m.checkpoint.recordings"));
        files.iter().filter_map(|path| fs::metadata(path).ok()).map(|file| file.len()).sum()
    }

    /// Kills a process when there is a checkpoint, and more on disk than when that was written.
    fn kill_behind_a_checkpoint(&self, mut child: Child, written: impl Fn() -> bool) {
        let wait = |child: &mut Child, until: &dyn Fn() -> bool| {
            while !until() {
                assert!(child.try_wait().expect("asked").is_none(), "it ended before it was killed");
                std::thread::sleep(Duration::from_millis(1));
            }
        };
        wait(&mut child, &written);
        let before = self.on_disk();
        wait(&mut child, &|| self.on_disk() > before);
        child.kill().expect("killed");
        assert!(!child.wait().expect("over").success(), "it ended before it was killed");
    }
}

fn all_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { all_files(&path) } else { vec![path] }).collect()
}

fn same(got: &[(String, Vec<u8>)], expected: &[(String, Vec<u8>)], what: &str) {
    for ((name, got), (_, expected)) in got.iter().zip(expected) {
        assert!(got == expected, "{name} differs, {what}");
    }
    assert_eq!(got.len(), expected.len(), "{what}");
}

#[test]
fn a_run_that_is_killed_with_recordings_on_disk_goes_on_to_the_same_files() {
    let desk = Desk::new(RECORDED);
    desk.run(&["run", "m.rheo", "--quiet", "--out", "whole", "--format", "npz"]);
    let whole = desk.results("whole");
    assert!(whole.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() > 160_000_000);
    let clean = ["m.results", "m.rheo", "whole"];
    for (with, options) in [
        (&["--format", "npz"][..], &[][..]),
        (&["--format", "npy"], &["--threads", "2", "--format", "npz"]),
        (&["--no-out", "--format", "npz"], &["--out", "m.results"]),
    ] {
        let run = [&["run", "m.rheo", "--quiet", "--checkpoint", "every", "0.13*second"], with].concat();
        let checkpoint = desk.path("m.checkpoint");
        desk.kill_behind_a_checkpoint(desk.begin(BINARY, &run), || checkpoint.exists());
        // And once more, while it goes on.
        let before = fs::metadata(&checkpoint).and_then(|file| file.modified()).expect("there");
        let resume = [&["resume", "m.checkpoint"][..], options].concat();
        let newer = || fs::metadata(&checkpoint).and_then(|file| file.modified()).is_ok_and(|time| time > before);
        desk.kill_behind_a_checkpoint(desk.begin(BINARY, &resume), newer);
        assert!(!desk.path("m.results").exists());
        let output = desk.run(&resume);
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(told.starts_with("m.rheo: on from "), "{told}");
        same(&desk.results("m.results"), &whole, &format!("{with:?}, {options:?}"));
        assert_eq!(desk.names(), clean, "{with:?}, {options:?}");
        fs::remove_dir_all(desk.path("m.results")).expect("removed");
    }
    // A new run in the place of one that was killed, to its end.
    let run = ["run", "m.rheo", "--quiet", "--checkpoint", "every", "0.13*second", "--format", "npz"];
    desk.kill_behind_a_checkpoint(desk.begin(BINARY, &run), || desk.path("m.checkpoint").exists());
    desk.run(&run);
    same(&desk.results("m.results"), &whole, "with checkpoints");
    assert_eq!(desk.names(), clean);
    // One that was killed before its first checkpoint: nothing names what it left.
    let mut late = run;
    late[5] = "0.99*second";
    desk.kill_behind_a_checkpoint(desk.begin(BINARY, &late), || desk.on_disk() > 0);
    assert!(desk.on_disk() > 0 && !desk.path("m.checkpoint").exists());
    desk.run(&["run", "m.rheo", "--quiet", "--duration", "1*ms"]);
    assert_eq!(desk.names(), clean);
}

#[test]
fn results_elsewhere_leave_nothing_where_they_were_to_be() {
    let desk = Desk::new(&RECORDED.replace("run 0.6*second", "run 0.2*second"));
    let run = ["run", "m.rheo", "--quiet", "--checkpoint", "every", "0.13*second"];
    desk.kill_behind_a_checkpoint(desk.begin(BINARY, &run), || desk.path("m.checkpoint").exists());
    assert!(desk.path(".m.results.new").exists());
    desk.run(&["resume", "m.checkpoint", "--quiet", "--out", "there", "--format", "npy"]);
    assert_eq!(desk.names(), ["m.rheo", "there"]);
}

#[test]
fn results_that_cannot_be_written_leave_the_checkpoint() {
    let desk = Desk::new(&RECORDED.replace("run 0.6*second", "run 0.2*second"));
    let run = "run m.rheo --quiet --format npz --checkpoint 'every 0.13*second'";
    // Files may be of 80 MB: recordings fit, and the archive of them, which is as large, with 1 KB more does not.
    let limited = format!("trap '' XFSZ; ulimit -f {}; exec {BINARY} {run}", (2000 * 6000 * 8 + 200) / 1024);
    let output = desk.begin("bash", &["-c", &limited]).wait_with_output().expect("it ends");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("`rheobase resume m.checkpoint` goes on from there"), "{told}");
    assert_eq!(desk.names(), ["m.checkpoint", "m.checkpoint.recordings", "m.rheo"]);
    desk.run(&["resume", "m.checkpoint"]);
    let resumed = desk.results("m.results");
    desk.run(&["run", "m.rheo", "--quiet", "--format", "npz", "--out", "whole"]);
    same(&resumed, &desk.results("whole"), "gone on from");
    assert_eq!(desk.names(), ["m.results", "m.rheo", "whole"]);
}

/// Sends a signal, and says whether the process is still there some time later.
fn outlives(child: &mut Child, signal: &str) -> bool {
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill").success());
    let sent = Instant::now();
    while sent.elapsed() < Duration::from_millis(700) {
        if child.try_wait().expect("asked").is_some() {
            return false;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    true
}

/// Waits until the time loop runs.
fn running(desk: &Desk, child: &mut Child) {
    while !desk.path(".m.results.new/results").exists() {
        assert!(child.try_wait().expect("asked").is_none(), "it is over");
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(100));
}

#[test]
fn signals_that_are_ignored_stay_ignored() {
    let ignoring = |signals: &str| format!("trap '' {signals}; exec {BINARY} run m.rheo");
    // Of a background job of a shell without job control Ctrl-C is ignored; `nohup` has hanging up ignored.
    let background = ignoring("INT");
    let both = ignoring("INT TERM");
    let rows: [(&str, &[&str], &[&str], &str); 4] = [
        ("nohup", &[BINARY, "run", "m.rheo"], &["-HUP"], "-INT"),
        ("bash", &["-c", &background], &["-INT"], "-TERM"),
        ("bash", &["-c", &both], &["-INT", "-TERM"], "-KILL"),
        (BINARY, &["run", "m.rheo"], &[], "-TERM"),
    ];
    for (program, arguments, ignored, last) in rows {
        let desk = Desk::new(ENDLESS);
        let mut child = desk.begin(program, arguments);
        running(&desk, &mut child);
        for signal in ignored {
            assert!(outlives(&mut child, signal), "{program} {arguments:?} is ended by {signal}");
        }
        assert!(!outlives(&mut child, last), "{program} {arguments:?} is not ended by {last}");
        let output = child.wait_with_output().expect("it ends");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        if last == "-KILL" {
            assert_eq!(output.status.signal(), Some(9));
        } else {
            assert_eq!(output.status.code(), Some(130), "{told}");
            assert!(told.contains("stopped at t = ") && desk.path("m.results/summary.json").exists(), "{told}");
        }
    }
}

#[test]
fn a_terminal_that_is_closed_ends_the_program_and_leaves_its_checkpoint() {
    let desk = Desk::new(ENDLESS);
    let mut child = desk.begin(BINARY, &["run", "m.rheo", "--checkpoint", "every", "1*ms"]);
    while !desk.path("m.checkpoint").exists() {
        assert!(child.try_wait().expect("asked").is_none(), "it is over");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(!outlives(&mut child, "-HUP"));
    assert_eq!(child.wait().expect("over").signal(), Some(1));
    assert!(desk.path("m.checkpoint").exists() && !desk.path("m.results").exists());
}

#[test]
fn ctrl_c_of_a_run_with_checkpoints_says_the_command_that_goes_on() {
    let desk = Desk::new(ENDLESS);
    let run = ["run", "m.rheo", "--checkpoint", "every", "1*ms", "--checkpoint-file", "intr.ck"];
    let mut child = desk.begin(BINARY, &run);
    while !desk.path("intr.ck").exists() {
        assert!(child.try_wait().expect("asked").is_none(), "it is over");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(!outlives(&mut child, "-INT"));
    let told = String::from_utf8_lossy(&child.wait_with_output().expect("it ends").stdout).into_owned();
    assert!(told.contains("the last checkpoint is intr.ck: `rheobase resume intr.ck` goes on from there\n"), "{told}");
}
