//! Every diagnostic has a model in `gallery/` that brings it out, and `docs/diagnostics.md` shows them all as users see them.
//!
//! The page is made of the models: `RHEOBASE_UPDATE=1 cargo test --test gallery` writes it anew, to be read before it is committed.
//! `E09…` are of checkpoints and of sweeps: of files that are made here, and damaged, and of what is given beside a text.

use rheobase::{
    Checkpoint, CheckpointError, Code, Diagnostic, Engine, Error, MS, Model, Options, Severity, Simulation, Slot,
    Sources, Sweep, SweepError, Turn, report,
};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// Diagnostics that no text of a few lines brings out, and why.
const WITHOUT_A_MODEL: [(&str, &str); 7] = [
    ("E0006", "A file holds bytes that are no text; they are shown by their place. Save it as UTF-8."),
    ("E0007", "A file has 4 GiB or more. Put its parts into files of their own, and `use` them."),
    (
        "E0595",
        "Listed spikes that a network cannot have, as programs give them; what a text lists is looked at before. Give neurons that are there, and times from 0 on.",
    ),
    (
        "E0693",
        "The signature of a function that a program gives says nothing about its value. End it with the unit of that, as in `gain(x: volt): 1`.",
    ),
    (
        "E0694",
        "More neurons than the machine at hand has memory for, whoever uses it now. Take fewer, or `--precision f32`.",
    ),
    (
        "E0695",
        "More values recorded than the disk at hand, or its memory, could hold if it were empty; it is told when a run begins. Record less often (`every`), fewer elements, what came last (`last`) or what it amounts to (`mean`).",
    ),
    (
        "W0695",
        "More values recorded than are free on the disk at hand, though it could hold them; it is told when a run begins. Make room, or record less, as for E0695.",
    ),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gallery")
}

/// What is found in a model, with the texts it is about; the network is built where the text is sound.
fn found(code: &str) -> (String, Sources, Vec<Diagnostic>) {
    let name = format!("{code}.rheo");
    let text = fs::read_to_string(folder().join(&name)).unwrap_or_else(|_| panic!("{name} is not there"));
    let path = format!("tests/gallery/{name}");
    let rejected = match Model::from_bytes(&path, text.as_bytes(), &Options::default()) {
        Err(Error::Model(rejected)) => rejected,
        Err(other) => panic!("{name}: {other}"),
        Ok(model) => {
            let warnings = model.warnings().to_vec();
            if code.starts_with('W') {
                return (text, model.sources().clone(), warnings);
            }
            match model.simulation_with_seed(1) {
                Err(Error::Model(rejected)) => rejected,
                Err(other) => panic!("{name}: {other}"),
                Ok(_) => panic!("{name} is built"),
            }
        }
    };
    (text, rejected.sources, rejected.diagnostics)
}

fn shown() -> Vec<Code> {
    let with_a_model = |code: &Code| WITHOUT_A_MODEL.iter().all(|(id, _)| *id != code.id) && !is_of_files(*code);
    report::codes().filter(with_a_model).collect()
}

/// Whether it is of checkpoints or of sweeps.
fn is_of_files(code: Code) -> bool {
    code.id.starts_with("E09")
}

/// What checkpoints are of here: what is recorded of it does not fit into the memory that it may have.
const SAVED: &str = "neurons P[20] {
    dv/dt = (1.5 - v)/(10*ms) : 1
    up : boolean
    threshold v > 1
    reset { v = 0; up = not up }
}
record P.v
tau = 10*ms
seed = 1
";

/// Bytes of the header of a checkpoint: its mark, its format, the version, the length of the rest, a checksum.
const HEADER: usize = 76;
const FORMAT: usize = 16;
const VERSION: usize = 20;
const LENGTH: usize = 52;
const SUM: usize = 60;

/// A folder with a checkpoint, and what made it.
struct Desk {
    folder: tempfile::TempDir,
    model: Model,
    whole: Vec<u8>,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let options = Options::new().engine(Engine::Interpreter);
        let model = Model::from_bytes("m.rheo", SAVED.as_bytes(), &options).expect("compiled");
        let mut simulation = model.simulation().expect("built");
        simulation.stream_to(folder.path().join("m.checkpoint.recordings"), 10_000);
        simulation.run(20.0 * MS).expect("it runs");
        simulation.save(folder.path().join("m.checkpoint")).expect("saved");
        let whole = fs::read(folder.path().join("m.checkpoint")).expect("a checkpoint");
        Self { folder, model, whole }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("m.checkpoint")
    }

    fn recording(&self) -> PathBuf {
        self.folder.path().join("m.checkpoint.recordings/1/P.v.1/1.v.npy")
    }

    /// What is wrong with a checkpoint of these bytes, if anything.
    fn gone_on_from(&self, bytes: &[u8], model: &Model) -> Option<CheckpointError> {
        fs::write(self.path(), bytes).expect("written");
        wrong(Checkpoint::read(self.path()).and_then(|checkpoint| model.resume(&checkpoint).map(drop)))
    }

    fn refused(&self, bytes: &[u8]) -> CheckpointError {
        self.gone_on_from(bytes, &self.model).expect("it is refused")
    }

    /// The whole with other bytes at a place, under a checksum that is right.
    fn sealed(&self, place: usize, bytes: &[u8]) -> Vec<u8> {
        let mut file = self.whole.clone();
        file[place..place + bytes.len()].copy_from_slice(bytes);
        seal(&mut file);
        file
    }

    /// What is found wrong with a checkpoint where one byte is another, under a checksum that is right: a row a byte.
    fn other_bytes(&self) -> Vec<CheckpointError> {
        // Of a simulation that has not begun: it is short.
        self.model.simulation().expect("built").save(self.path()).expect("saved");
        let whole = fs::read(self.path()).expect("a checkpoint");
        let changed = |place: usize| {
            let mut file = whole.clone();
            file[place] ^= 2;
            seal(&mut file);
            self.gone_on_from(&file, &self.model)
        };
        (HEADER..whole.len()).filter_map(changed).collect()
    }
}

/// The first of those with a code, by their words.
fn first_of(wrong: &mut Vec<CheckpointError>, code: &str) -> CheckpointError {
    let found = (0..wrong.len()).filter(|&place| wrong[place].code() == code);
    let first = found.min_by_key(|&place| wrong[place].to_string()).expect("there is such a byte");
    wrong.swap_remove(first)
}

fn seal(file: &mut [u8]) {
    let mut sum = twox_hash::XxHash3_128::new();
    sum.write(&file[HEADER..]);
    sum.write(&file[..SUM]);
    file[SUM..HEADER].copy_from_slice(&sum.finish_128().to_le_bytes());
}

fn wrong(outcome: Result<(), Error>) -> Option<CheckpointError> {
    match outcome {
        Ok(()) => None,
        Err(Error::Checkpoint(wrong)) => Some(wrong),
        Err(other) => panic!("{other}"),
    }
}

/// A simulation that an error has stopped in the middle of a step.
fn stopped(place: &Path) -> CheckpointError {
    let text = "neurons P[1] { dv/dt = v**2/ms : 1\n method euler\n init v = 1 }";
    let mut simulation = Simulation::from_source(text).expect("built");
    assert!(matches!(simulation.run(10.0 * MS), Err(Error::Run(_))));
    wrong(simulation.save(place)).expect("it is refused")
}

/// A simulation that goes on without its callback.
fn alone(place: &Path) -> CheckpointError {
    let model = Model::from_source("neurons P[1] { dv/dt = -v/ms : 1 }", &Options::new()).expect("compiled");
    let mut simulation = model.simulation().expect("built");
    simulation.on(1.0 * MS, Turn::of(Slot::End), |_| Ok(())).expect("a callback");
    simulation.save(place).expect("saved");
    let mut resumed = model.resume(&Checkpoint::read(place).expect("a checkpoint")).expect("gone on from");
    wrong(resumed.run(1.0 * MS)).expect("it is refused")
}

/// What is done to a checkpoint, or to what goes on from it, and what is said of that.
fn of_checkpoints() -> Vec<(&'static str, String)> {
    let desk = Desk::new();
    let whole = &desk.whole;
    let place = desk.folder.path().join("other.checkpoint");
    let mut damaged = whole.clone();
    damaged[whole.len() / 2] ^= 4;
    let mut unreadable = [&whole[..HEADER], &[0xff; 30]].concat();
    unreadable[LENGTH..SUM].copy_from_slice(&30_u64.to_le_bytes());
    seal(&mut unreadable);
    let changed = SAVED.replace("1.5", "1.6").replace("tau", "taum");
    let changed = Model::from_bytes("m.rheo", changed.as_bytes(), &Options::new()).expect("compiled");
    let mut others = desk.other_bytes();
    let [other_build, misfit] = ["E0909", "E0910"].map(|code| first_of(&mut others, code));
    let mut rows = vec![
        ("A text under the name of a checkpoint:", desk.refused(SAVED.as_bytes())),
        ("A checkpoint of a version that lays them out otherwise:", desk.refused(&desk.sealed(FORMAT, &[9, 0, 0, 0]))),
        ("One of another version that does not:", desk.refused(&desk.sealed(VERSION, b"9.9.9"))),
        ("A file of which the end is missing:", desk.refused(&whole[..whole.len() - 100])),
        ("One with something behind its end:", desk.refused(&[whole, &b"more"[..]].concat())),
        ("One in which a byte is another:", desk.refused(&damaged)),
        ("Contents that nobody wrote, under a checksum that is right:", desk.refused(&unreadable)),
        ("A model that was changed since:", desk.gone_on_from(whole, &changed).expect("it is refused")),
        ("The same model, compiled by a build that makes other programs of it:", other_build),
        ("A state that the model cannot have, under a checksum that is right:", misfit),
        ("A simulation that is saved after `Error::Run`:", stopped(&place)),
        ("One that had a callback, and goes on without it:", alone(&place)),
    ];
    let file = desk.recording();
    let recorded = fs::read(&file).expect("a recording");
    fs::write(&file, &recorded[..recorded.len() - 24]).expect("written");
    let cut_off = desk.refused(whole);
    let mut other = recorded.clone();
    other[recorded.len() / 2] ^= 4;
    fs::write(&file, &other).expect("written");
    let damaged = desk.refused(whole);
    fs::remove_dir_all(desk.folder.path().join("m.checkpoint.recordings")).expect("removed");
    rows.extend([
        ("A checkpoint that was moved without its recordings:", desk.refused(whole)),
        ("A recording of which the end is missing:", cut_off),
        ("One in which a byte is another:", damaged),
    ]);
    let folder = format!("{}/", desk.folder.path().display());
    let told = |wrong: &CheckpointError| {
        assert!(!wrong.mend().is_empty());
        let told = format!("error[{}]: {wrong}\nhelp: {}", wrong.code(), wrong.mend());
        // The page is of all versions, and of all processors: what they compile to has digests of other lengths.
        let told = told.replace(&folder, "").replace(env!("CARGO_PKG_VERSION"), "0.1.0");
        told.replace(&format!("its {} bytes", whole.len()), "its 4000 bytes")
    };
    rows.iter().map(|(how, wrong)| (wrong.code(), format!("{how}\n\n```text\n{}\n```", told(wrong)))).collect()
}

/// What is given beside a text that is swept, or done to the points that were logged, and what is said of that.
fn of_sweeps() -> Vec<(&'static str, String)> {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("m.sweep.points");
    let text =
        "drive = 1.2\nneurons P[5] { dv/dt = (drive - v)/(10*ms) : 1; threshold v > 1; reset v = 0 }\nrun 20*ms\n";
    let model = Model::from_bytes("m.rheo", text.as_bytes(), &Options::new()).expect("compiled");
    let seeded = Model::from_bytes("m.rheo", text.as_bytes(), &Options::new().seed(4)).expect("compiled");
    let varied = |model: &Model, values: &str| Simulation::sweep(model).vary("drive", values);
    let sweep = varied(&model, "[1.5, 2.0]").report("rate(P)");
    let wrong = |outcome: Result<(), Error>| match outcome {
        Err(Error::Sweep(wrong)) => wrong,
        other => panic!("{other:?}"),
    };
    let refused = |sweep: Sweep| wrong(sweep.run(|_| {}).map(drop));
    sweep.clone().log_to(&log).run(|_| {}).expect("it runs");
    let whole = fs::read(&log).expect("a log");
    let resumed = |bytes: &[u8], sweep: Sweep| {
        fs::write(&log, bytes).expect("written");
        refused(sweep.resume(&log))
    };
    let mut damaged = whole.clone();
    *damaged.last_mut().expect("bytes") ^= 4;
    let rows = [
        ("`rheobase sweep m.rheo` of a text without a sweep:", refused(Simulation::sweep(&model))),
        ("`rheobase sweep m.rheo --vary 'drive = [1.5, 2]'`:", refused(varied(&model, "[1.5, 2]"))),
        (
            "`rheobase sweep m.rheo --seed 4 --vary 'seed = range(3)' --report 'rate(P)'`:",
            refused(Simulation::sweep(&seeded).vary("seed", "range(3)").report("rate(P)")),
        ),
        ("A text under the name of the points that are done:", resumed(text.as_bytes(), sweep.clone())),
        ("Points that another version has done:", resumed(&of_version(&whole), sweep.clone())),
        ("A file in which a byte is another:", resumed(&damaged, sweep.clone())),
        ("A sweep whose values were changed since:", resumed(&whole, varied(&model, "[1.5, 2.5]").report("rate(P)"))),
        ("`rheobase run m.rheo --point 2` of a sweep with two:", wrong(sweep.point(2).map(drop))),
        ("A sweep into a folder into which another sweep writes:", busy(&log, &sweep)),
        (
            "`rheobase sweep m.rheo --vary 'drive = [1.5, 2] seeds apart' --report 'rate(P)'`:",
            refused(varied(&model, "[1.5, 2] seeds apart").report("rate(P)")),
        ),
    ];
    let place = format!("{}/", folder.path().display());
    let told = |wrong: &SweepError| {
        let told = format!("error[{}]: {wrong}\nhelp: {}", wrong.code(), wrong.mend());
        // As above, digests have other lengths elsewhere.
        let told = told.replace(&place, "").replace(&format!("from byte {}", last_point(&whole)), "from byte 400");
        told.replace(env!("CARGO_PKG_VERSION"), "0.1.0")
    };
    rows.iter().map(|(how, wrong)| (wrong.code(), format!("{how}\n\n```text\n{}\n```", told(wrong)))).collect()
}

/// A sweep that logs where another one does.
fn busy(log: &Path, sweep: &Sweep) -> SweepError {
    let user = fs::File::options().append(true).open(log).expect("a log");
    user.lock().expect("locked");
    match sweep.clone().resume(log).run(|_| {}) {
        Err(Error::Sweep(wrong)) => wrong,
        other => panic!("{other:?}"),
    }
}

/// Where what is logged is cut into pieces: their places, lengths and contents, behind the mark.
fn pieces(log: &[u8]) -> Vec<(usize, &[u8])> {
    let (mut place, mut pieces) = (16, Vec::new());
    while place < log.len() {
        let length = u32::from_le_bytes(log[place..place + 4].try_into().expect("four bytes")) as usize;
        pieces.push((place, &log[place + 20..place + 20 + length]));
        place += 20 + length;
    }
    pieces
}

fn last_point(log: &[u8]) -> usize {
    pieces(log).last().expect("points").0
}

/// The heading of a log, with another version at its beginning.
fn of_version(log: &[u8]) -> Vec<u8> {
    let mut heading = pieces(log)[0].1.to_vec();
    heading[1..6].copy_from_slice(b"9.9.9");
    let length = (heading.len() as u32).to_le_bytes();
    let mut sum = twox_hash::XxHash3_128::new();
    sum.write(&length);
    sum.write(&heading);
    [&log[..16], &length, &sum.finish_128().to_le_bytes(), &heading].concat()
}

#[test]
fn every_diagnostic_of_checkpoints_and_sweeps_is_brought_out() {
    let mut told: Vec<&str> = of_checkpoints().iter().chain(&of_sweeps()).map(|(code, _)| *code).collect();
    let mut codes: Vec<&str> = report::codes().filter(|code| is_of_files(*code)).map(|code| code.id).collect();
    told.sort_unstable();
    codes.sort_unstable();
    assert_eq!(told, codes);
}

#[test]
fn every_diagnostic_is_brought_out_alone_and_says_how_to_mend_it() {
    for code in shown() {
        let (_, sources, diagnostics) = found(code.id);
        let told = report::plain(&sources, &diagnostics);
        assert!(diagnostics.iter().any(|diagnostic| diagnostic.code == code), "{} brings out:\n{told}", code.id);
        for diagnostic in &diagnostics {
            assert!(!diagnostic.help.is_empty(), "{} says not how to mend it:\n{told}", diagnostic.code.id);
            let severity = if diagnostic.code.id.starts_with('W') { Severity::Warning } else { Severity::Error };
            assert_eq!((diagnostic.code, diagnostic.severity), (code, severity), "in {}.rheo", code.id);
        }
    }
}

#[test]
fn every_model_is_of_a_diagnostic() {
    let shown = shown();
    for entry in fs::read_dir(folder()).expect("listed") {
        let path = entry.expect("an entry").path();
        let stem = path.file_stem().expect("a name").to_string_lossy();
        assert!(shown.iter().any(|code| code.id == stem), "there is no {stem}");
    }
}

/// Longer models are cut where they are shown.
const LONGEST_LINE: usize = 120;

fn page() -> String {
    let mut page = String::from(
        "# Diagnostics\n\n\
         Everything that Rheobase finds wrong with a model, or worth a second look, each with a model that brings it out.\n\
         `E…` are errors: the model is not run. `W…` are warnings.\n\
         A number is never given to another.\n\
         `rheobase check MODEL.rheo` shows all of a model at once; `--message-format json` is for editors.\n\
         `E090…` and `E091…` are of checkpoints, found by `rheobase resume` or where a program saves one; `E092…` are of sweeps.\n\n\
         This page is made of `tests/gallery/` by its test.\n",
    );
    let mut codes: Vec<Code> = report::codes().collect();
    codes.sort_by_key(|code| code.id);
    let of_files: Vec<(&str, String)> = of_checkpoints().into_iter().chain(of_sweeps()).collect();
    for code in codes {
        write!(page, "\n## {} {}\n\n", code.id, code.title).expect("strings can be written to");
        if let Some((_, why)) = WITHOUT_A_MODEL.iter().find(|(id, _)| *id == code.id) {
            writeln!(page, "{why}").expect("strings can be written to");
            continue;
        }
        if let Some((_, told)) = of_files.iter().find(|(id, _)| *id == code.id) {
            writeln!(page, "{told}").expect("strings can be written to");
            continue;
        }
        let (text, sources, diagnostics) = found(code.id);
        let text: String = text.lines().map(|line| cut(line) + "\n").collect();
        let told = report::plain(&sources, &diagnostics).replace("tests/gallery/", "");
        write!(page, "```rheo\n{text}```\n\n```text\n{}\n```\n", told.trim_end()).expect("strings can be written to");
    }
    page
}

fn cut(line: &str) -> String {
    if line.chars().count() <= LONGEST_LINE {
        return line.to_owned();
    }
    let (begin, end): (String, String) =
        (line.chars().take(LONGEST_LINE / 2).collect(), line.chars().skip(line.chars().count() - 20).collect());
    format!("{begin} … {end}")
}

#[test]
fn the_page_shows_them_all() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/diagnostics.md");
    let page = page();
    if std::env::var_os("RHEOBASE_UPDATE").is_some() {
        fs::write(&path, &page).expect("written");
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(there == page, "docs/diagnostics.md is not what the models bring out: see the top of tests/gallery.rs");
}
