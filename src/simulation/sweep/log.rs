//! The points that a sweep has done, in a file: what an interrupted sweep goes on with.
//!
//! In: points as they are done. Out: a file that grows by each of them, and is read back. It begins with a mark and with what
//! sweep it is of; that and every point has its length and its checksum before it. A point whose writing was broken off is cut off
//! when the file is read; what is otherwise not as it was written is refused. Who writes holds a lock on it.

use super::error::SweepError;
use super::points::Points;
use super::table::SweepColumn;
use crate::error::Error;
use crate::ir::network::Seeds;
use crate::simulation::saved::Identity;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use twox_hash::XxHash3_128;

/// How every such file begins: a byte that no text has, and a line end that a transfer as text might change.
const MARK: [u8; 16] = *b"\x89rheobase sweep\n";

/// Length and checksum before everything that follows.
const FRAME: usize = 4 + 16;

/// What sweep the points are of.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Heading {
    version: String,
    identity: Identity,
    /// Names, and the bits of the values.
    axes: Vec<(String, Vec<u64>)>,
    measures: Vec<String>,
    apart: bool,
    seed: u64,
    drawn: bool,
}

impl Heading {
    /// Of a sweep of that model. `drawn` says whether nobody gave the seed.
    pub(super) fn new(identity: &Identity, points: &Points, measures: &[SweepColumn], drawn: bool) -> Self {
        let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect();
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            identity: identity.of_any_seed(),
            axes: points.axes.iter().map(|axis| (axis.name.clone(), bits(&axis.values))).collect(),
            measures: measures.iter().map(|measure| measure.name.clone()).collect(),
            apart: points.seeds == Seeds::Apart,
            seed: points.seed,
            drawn,
        }
    }

    /// What another sweep differs in from this one, which was logged.
    fn differences(&self, now: &Self) -> Vec<String> {
        let names = |heading: &Self| heading.axes.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        let apart = if self.apart { "its seeds are apart" } else { "its seeds are alike" };
        let same_axes = names(self) == names(now);
        let notes = [
            (!same_axes, format!("it varies {}", names(self).join(", "))),
            (same_axes && self.axes != now.axes, "the values of what is varied have changed".to_owned()),
            (self.measures != now.measures, format!("it reports {}", self.measures.join(", "))),
            (self.apart != now.apart, apart.to_owned()),
            (self.seed != now.seed && !now.drawn, format!("its seed is {}", self.seed)),
        ];
        let mut told = self.identity.differences(&now.identity);
        told.extend(notes.into_iter().filter_map(|(differs, note)| differs.then_some(note)));
        if told.is_empty() && self.identity != now.identity {
            told.push("the same model was compiled to other step programs by another build of Rheobase".to_owned());
        }
        told
    }
}

/// A point that was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Done {
    pub(super) number: u64,
    /// Measures, or why there are none.
    pub(super) outcome: Result<Vec<f64>, String>,
}

/// The file, open for more points.
#[derive(Debug)]
pub(super) struct Log {
    path: PathBuf,
    file: File,
}

/// What was read of a file that is gone on with.
pub(super) struct Resumed {
    pub(super) log: Log,
    pub(super) done: Vec<Done>,
    /// Of the sweep that it is of.
    pub(super) seed: u64,
}

impl Log {
    /// Begins a file, in the place of one that may be there.
    ///
    /// # Errors
    /// `Error::Sweep` where another sweep is writing there.
    pub(super) fn begin(path: &Path, heading: &Heading) -> Result<Self, Error> {
        let mut log = Self::open(path, OpenOptions::new().create(true))?;
        let mut begun = || -> io::Result<()> {
            log.file.set_len(0)?;
            log.file.write_all(&[&MARK[..], &frame(heading)?].concat())
        };
        begun().map_err(|reason| Error::File { path: path.to_owned(), reason })?;
        Ok(log)
    }

    /// Goes on with a file.
    ///
    /// # Errors
    /// `Error::Sweep` where it is of another sweep, not as it was written, or another sweep is writing there.
    pub(super) fn resume(path: &Path, now: &Heading) -> Result<Resumed, Error> {
        let failed = |reason| Error::File { path: path.to_owned(), reason };
        let log = Self::open(path, &mut OpenOptions::new())?;
        let bytes = fs::read(path).map_err(failed)?;
        let Read { heading, done, length } = read(path, &bytes)?;
        let differences = heading.differences(now);
        if !differences.is_empty() {
            return Err(SweepError::Other { path: path.to_owned(), differences }.into());
        }
        log.file.set_len(length).map_err(failed)?;
        Ok(Resumed { log, done, seed: heading.seed })
    }

    /// A file that nobody else writes to: it has a lock for as long as this has it open. A disk that knows no locks is taken to
    /// have one user.
    fn open(path: &Path, options: &mut OpenOptions) -> Result<Self, Error> {
        let file = options.append(true).open(path).map_err(|reason| Error::File { path: path.to_owned(), reason })?;
        if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
            return Err(SweepError::Busy { path: path.to_owned() }.into());
        }
        Ok(Self { path: path.to_owned(), file })
    }

    /// Adds a point, in one piece.
    pub(super) fn put(&mut self, done: &Done) -> Result<(), Error> {
        let written = frame(done).and_then(|bytes| self.file.write_all(&bytes));
        written.map_err(|reason| Error::File { path: self.path.clone(), reason })
    }
}

/// Whether a file holds points of a sweep; `None` where there is no file.
pub(super) fn is_one(path: &Path) -> Option<bool> {
    use io::Read;
    let mut mark = [0; MARK.len()];
    match File::open(path).and_then(|mut file| file.read_exact(&mut mark)) {
        Ok(()) => Some(mark == MARK),
        // Nothing had been written yet.
        Err(_) if fs::metadata(path).is_ok_and(|file| file.len() == 0) => None,
        Err(reason) if reason.kind() == io::ErrorKind::NotFound => None,
        Err(_) => Some(false),
    }
}

/// What a file holds.
struct Read {
    heading: Heading,
    done: Vec<Done>,
    /// As far as it is whole.
    length: u64,
}

fn read(path: &Path, bytes: &[u8]) -> Result<Read, SweepError> {
    let damaged = |rest: &[u8]| SweepError::Damaged { path: path.to_owned(), at: (bytes.len() - rest.len()) as u64 };
    let Some(rest) = bytes.strip_prefix(&MARK) else {
        return Err(SweepError::Foreign { path: path.to_owned() });
    };
    let (payload, mut rest) = match framed(rest) {
        Framed::Whole(payload, after) => (payload, after),
        Framed::CutOff | Framed::Damaged => return Err(damaged(rest)),
    };
    // The version comes first, so that it is read where the rest is laid out otherwise.
    let version = postcard::take_from_bytes::<String>(payload).map_err(|_| damaged(rest))?.0;
    if version != env!("CARGO_PKG_VERSION") {
        return Err(SweepError::Version { path: path.to_owned(), found: version });
    }
    let heading: Heading = postcard::from_bytes(payload).map_err(|_| damaged(rest))?;
    let mut done = Vec::new();
    while !rest.is_empty() {
        match framed(rest) {
            Framed::Whole(payload, after) => {
                done.push(postcard::from_bytes(payload).map_err(|_| damaged(rest))?);
                rest = after;
            }
            Framed::CutOff => break,
            // What a machine that lost its power leaves of a file that grew.
            Framed::Damaged if rest.iter().all(|&byte| byte == 0) => break,
            Framed::Damaged => return Err(damaged(rest)),
        }
    }
    Ok(Read { heading, done, length: (bytes.len() - rest.len()) as u64 })
}

/// Length, checksum, value.
fn frame(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let payload = postcard::to_stdvec(value).map_err(|reason| io::Error::other(reason.to_string()))?;
    let length = u32::try_from(payload.len()).map_err(io::Error::other)?.to_le_bytes();
    Ok([&length[..], &sum(length, &payload).to_le_bytes(), &payload].concat())
}

fn sum(length: [u8; 4], payload: &[u8]) -> u128 {
    let mut sum = XxHash3_128::new();
    sum.write(&length);
    sum.write(payload);
    sum.finish_128()
}

/// What bytes begin with.
enum Framed<'a> {
    /// A value, and what follows.
    Whole(&'a [u8], &'a [u8]),
    /// The beginning of one.
    CutOff,
    /// Something else.
    Damaged,
}

fn framed(bytes: &[u8]) -> Framed<'_> {
    let Some((head, rest)) = bytes.split_at_checked(FRAME) else { return Framed::CutOff };
    let (length, check) = head.split_at(4);
    let length: [u8; 4] = length.try_into().unwrap_or_default();
    let Some((payload, after)) = rest.split_at_checked(u32::from_le_bytes(length) as usize) else {
        return Framed::CutOff;
    };
    if sum(length, payload).to_le_bytes() == check { Framed::Whole(payload, after) } else { Framed::Damaged }
}

#[cfg(test)]
mod tests {
    use super::{Done, Heading, Log, MARK, frame, is_one, read};
    use crate::error::Error;
    use crate::simulation::sweep::SweepError;
    use crate::simulation::{Model, Options};
    use std::fs;
    use std::path::Path;

    fn heading() -> Heading {
        let model = Model::from_source("neurons P[1] { v : 1 }", &Options::default()).expect("a model");
        Heading {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            identity: model.identity().of_any_seed(),
            axes: vec![("tau".to_owned(), vec![1, 2])],
            measures: vec!["rate(P)".to_owned()],
            apart: false,
            seed: 7,
            drawn: false,
        }
    }

    fn done() -> [Done; 2] {
        [
            Done { number: 1, outcome: Ok(vec![0.1, f64::INFINITY]) },
            Done { number: 0, outcome: Err("it is not finite".to_owned()) },
        ]
    }

    fn written() -> Vec<u8> {
        let [first, second] = done();
        let frames = [frame(&heading()), frame(&first), frame(&second)];
        [&MARK[..], &frames.map(|frame| frame.expect("written")).concat()].concat()
    }

    #[test]
    fn points_are_read_back_and_one_that_was_cut_off_is_written_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("m.points");
        assert_eq!(is_one(&path), None);
        let mut log = Log::begin(&path, &heading()).expect("begun");
        let [first, second] = done();
        log.put(&first).expect("put");
        let whole = fs::metadata(&path).expect("there").len();
        log.put(&second).expect("put");
        // While it is open, nobody else writes there.
        for other in [Log::begin(&path, &heading()).map(drop), Log::resume(&path, &heading()).map(drop)] {
            assert!(matches!(other, Err(Error::Sweep(SweepError::Busy { .. }))), "{other:?}");
        }
        drop(log);
        assert_eq!(is_one(&path), Some(true));
        let all = fs::read(&path).expect("read");
        assert_eq!(all, written());
        fs::write(&path, &all[..all.len() - 3]).expect("cut off");
        let mut resumed = Log::resume(&path, &heading()).expect("resumed");
        assert_eq!((&resumed.done, resumed.seed), (&vec![done()[0].clone()], 7));
        assert_eq!(fs::metadata(&path).expect("there").len(), whole);
        resumed.log.put(&second).expect("put");
        drop(resumed);
        assert_eq!(fs::read(&path).expect("read"), all);
        // What a machine that lost its power may leave, and what a program that was killed before its first write leaves.
        fs::write(&path, [&all[..], &[0; 70]].concat()).expect("written");
        assert_eq!(Log::resume(&path, &heading()).expect("resumed").done, done());
        assert_eq!(fs::read(&path).expect("read"), all);
        fs::write(&path, "").expect("written");
        assert_eq!(is_one(&path), None);
    }

    #[test]
    fn what_is_not_as_it_was_written_is_never_taken_for_it() {
        let path = Path::new("m.points");
        let whole = written();
        let first = read(path, &whole).expect("whole").done;
        assert_eq!(first, done());
        let mut refused = 0;
        for place in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[place] ^= 0x10;
            // A length that has become too large looks like the end of a file that was cut off.
            match read(path, &damaged) {
                Ok(found) => assert!(found.done.len() < 2 && done().starts_with(&found.done), "byte {place}"),
                Err(_) => refused += 1,
            }
        }
        assert!(refused > whole.len() * 9 / 10, "{refused} of {}", whole.len());
    }

    #[test]
    fn every_kind_of_misfit_has_its_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("m.points");
        let refused = |bytes: &[u8], now: &Heading| {
            fs::write(&path, bytes).expect("written");
            match Log::resume(&path, now).map(|resumed| resumed.done) {
                Err(Error::Sweep(wrong)) => wrong,
                other => panic!("{other:?}"),
            }
        };
        let whole = written();
        assert_eq!(refused(b"point,tau\n0,1\n", &heading()).code(), "E0923");
        let other = Heading { version: "9.9.9".to_owned(), ..heading() };
        let of_other = [&MARK[..], &frame(&other).expect("written")].concat();
        assert_eq!(refused(&of_other, &heading()).code(), "E0924");
        assert_eq!(refused(&whole[..MARK.len() + 9], &heading()).code(), "E0925");
        let rows: [(Heading, &str); 5] = [
            (Heading { axes: vec![("g".to_owned(), vec![1, 2])], ..heading() }, "it varies tau"),
            (
                Heading { axes: vec![("tau".to_owned(), vec![1, 3])], ..heading() },
                "the values of what is varied have changed",
            ),
            (Heading { measures: Vec::new(), ..heading() }, "it reports rate(P)"),
            (Heading { apart: true, ..heading() }, "its seeds are alike"),
            (Heading { seed: 8, ..heading() }, "its seed is 7"),
        ];
        for (now, told) in rows {
            let SweepError::Other { differences, .. } = refused(&whole, &now) else { panic!("{told}") };
            assert_eq!(differences, [told]);
        }
        // A seed that was drawn anew is none that was asked for.
        fs::write(&path, &whole).expect("written");
        assert!(Log::resume(&path, &Heading { seed: 8, drawn: true, ..heading() }).is_ok());
    }
}
