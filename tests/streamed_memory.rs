//! The memory of runs that record more than they may hold, and of drawing that, seen from outside.

#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Samples of 320 MB, 2,000 neurons at each of 20,000 steps, and 360,000 spikes: ten times what recordings may hold.
const MODEL: &str = "
neurons P[2000] {
    dv/dt = (1.5 - v)/(10*ms) : 1
    threshold v > 1
    reset v = 0
    init v = rand()
}
record P.v, P.spikes, P.population_rate
record P.v last 10*ms
seed = 1
run 2*second
";

/// What a run takes with nothing recorded is 20 MB; recordings may hold 32 MB, and what is being written has its buffers.
const MOST: u64 = 100 << 20;

/// What a checkpoint has of recordings, 32 MB at most, is in memory twice while it is read.
const MOST_RESUMED: u64 = MOST + (32 << 20);

/// The most memory a process had [bytes], looked up until it ends.
fn peak(folder: &Path, arguments: &[&str]) -> u64 {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rheobase"));
    let command = command.args(arguments).current_dir(folder).stdout(Stdio::null());
    let mut child = command.spawn().expect("the program starts");
    let mut peak = 0;
    loop {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = most.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        peak = peak.max(kilobytes.unwrap_or(0) * 1024);
        if let Some(status) = child.try_wait().expect("a child") {
            assert!(status.success());
            return peak;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn memory_does_not_grow_with_what_is_recorded() {
    let desk = tempfile::tempdir().expect("a folder");
    fs::write(desk.path().join("m.rheo"), MODEL).expect("a model");
    let v = "m.results/P.v/v.npy";
    for (arguments, least) in [
        (&["run", "m.rheo", "--format", "npy"][..], 320_000_000),
        (&["run", "m.rheo", "--no-out"], 0),
        (&["run", "m.rheo", "--format", "npz", "--duration", "1*second"], 160_000_000),
        (&["run", "m.rheo", "--format", "parquet", "--duration", "0.6*second"], 20_000_000),
        (&["run", "m.rheo", "--format", "csv", "--duration", "0.3*second"], 60_000_000),
        (&["run", "m.rheo", "--format", "npy", "--checkpoint", "every", "0.27*second"], 320_000_000),
        (&["run", "m.rheo", "--no-out", "--checkpoint", "every", "0.27*second", "--duration", "1*second"], 0),
    ] {
        if arguments.contains(&"parquet") && cfg!(not(feature = "parquet")) {
            continue;
        }
        let peak = peak(desk.path(), arguments);
        assert!((5 << 20..MOST).contains(&peak), "{arguments:?}: {} MB", peak >> 20);
        if least > 0 {
            let file = arguments.iter().position(|argument| *argument == "--format").map(|place| arguments[place + 1]);
            let file = match file {
                Some("npy") => v.to_owned(),
                other => format!("m.results/P.v.{}", other.unwrap_or("csv")),
            };
            let bytes = fs::metadata(desk.path().join(&file)).expect("written").len();
            assert!(bytes > least, "{file}: {bytes}");
            let drawing = self::peak(desk.path(), &["plot", "m.results", "--out", "drawn"]);
            assert!((5 << 20..MOST).contains(&drawing), "{arguments:?}: drawn in {} MB", drawing >> 20);
            fs::remove_dir_all(desk.path().join("drawn")).expect("pictures");
        }
    }
    // A run that is killed late, and the rest of it.
    let mut command = Command::new(env!("CARGO_BIN_EXE_rheobase"));
    command.args(["run", "m.rheo", "--format", "npy", "--quiet", "--checkpoint", "every", "1.2*second"]);
    let mut child = command.current_dir(desk.path()).spawn().expect("the program starts");
    while !desk.path().join("m.checkpoint").exists() {
        assert!(child.try_wait().expect("asked").is_none(), "it ended before it was killed");
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().expect("killed");
    child.wait().expect("over");
    let resumed = peak(desk.path(), &["resume", "m.checkpoint"]);
    assert!((5 << 20..MOST_RESUMED).contains(&resumed), "resumed: {} MB", resumed >> 20);
    assert!(fs::metadata(desk.path().join(v)).expect("written").len() > 320_000_000);
    let left: Vec<_> =
        fs::read_dir(desk.path()).expect("listed").map(|entry| entry.expect("one").file_name()).collect();
    assert_eq!(left.len(), 2, "nothing of what was on disk is left behind: {left:?}");
}
