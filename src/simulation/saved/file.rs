//! The file of a checkpoint: a header of fixed length, then everything else in one piece.
//!
//! In: a value to be written, or a path. Out: the file, there whole or not at all, or the value that was written. The
//! header has a mark, the format, the version of Rheobase, the length of what follows, and a checksum of that and of
//! the header itself. Bytes are read as what they are only when the checksum is right; nothing is allocated for what
//! they merely claim.

use super::error::CheckpointError;
use crate::error::Error;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use twox_hash::XxHash3_128;

/// How every checkpoint begins: a byte that no text has, and line ends that a transfer as text would change.
const MARK: [u8; 16] = *b"\x89rheobase save\r\n";

/// How checkpoints are laid out; another number for every change of what is in them.
const FORMAT: u32 = 2;

/// Bytes of the version's name, filled up with zeros.
const VERSION: usize = 32;

/// Mark, format, version, length of the rest, checksum.
const HEADER: usize = MARK.len() + 4 + VERSION + 8 + 16;

/// Writes through, and keeps the checksum.
struct Summing<W> {
    out: W,
    sum: XxHash3_128,
    length: u64,
}

impl<W: Write> Write for Summing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.sum.write(&bytes[..written]);
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The header of a body of that length and sum.
fn header(length: u64, mut sum: XxHash3_128) -> [u8; HEADER] {
    let mut version = [0; VERSION];
    let name = env!("CARGO_PKG_VERSION").as_bytes();
    version[..name.len()].copy_from_slice(name);
    let mut bytes = [0; HEADER];
    let (front, check) = bytes.split_at_mut(HEADER - 16);
    let parts = [&MARK[..], &FORMAT.to_le_bytes(), &version, &length.to_le_bytes()].concat();
    front.copy_from_slice(&parts);
    sum.write(front);
    check.copy_from_slice(&sum.finish_128().to_le_bytes());
    bytes
}

/// Writes a value into a file beside the one at `path`, and puts it in its place when all of it is on disk.
///
/// # Errors
/// What writing fails with; what was at `path` is then untouched.
pub(super) fn write(path: &Path, value: &impl Serialize) -> io::Result<()> {
    let staged = staged(path)?;
    let done = fill(&staged, value).and_then(|()| fs::rename(&staged, path)).and_then(|()| settle(path));
    done.inspect_err(|_| drop(fs::remove_file(&staged)))
}

/// Where a file is written before it is put in its place.
fn staged(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "it is no file"))?;
    Ok(path.with_file_name(format!(".{}.new", name.to_string_lossy())))
}

/// Removes a file, and what may be left of one that was being written.
///
/// # Errors
/// Where the file is there and cannot be removed.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    let gone = |removed: io::Result<()>| match removed {
        Err(reason) if reason.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    };
    gone(fs::remove_file(staged(path)?))?;
    gone(fs::remove_file(path))
}

fn fill(path: &Path, value: &impl Serialize) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    out.write_all(&[0; HEADER])?;
    let mut out = Summing { out, sum: XxHash3_128::new(), length: 0 };
    // What fails here is writing: every value can be encoded.
    postcard::to_io(value, &mut out).map_err(|reason| io::Error::other(reason.to_string()))?;
    let Summing { out, sum, length } = out;
    let mut file = out.into_inner()?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&header(length, sum))?;
    file.sync_all()
}

/// Sees to it that the name of a file is on disk too.
fn settle(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        return File::open(folder)?.sync_all();
    }
    Ok(())
}

/// Reads what was written.
///
/// # Errors
/// `Error::File` where it cannot be read, `Error::Checkpoint` where it is not as it was written.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<T, Error> {
    let bytes = fs::read(path).map_err(|reason| Error::File { path: path.to_owned(), reason })?;
    Ok(decode(path, &bytes)?)
}

/// Reads what stands first of what was written.
///
/// # Errors
/// As `read`.
pub(super) fn read_front<T: DeserializeOwned>(path: &Path) -> Result<T, Error> {
    let bytes = fs::read(path).map_err(|reason| Error::File { path: path.to_owned(), reason })?;
    let front = postcard::take_from_bytes(body(path, &bytes)?);
    front.map(|(value, _)| value).map_err(|_| CheckpointError::Unreadable { path: path.to_owned() }.into())
}

fn decode<T: DeserializeOwned>(path: &Path, bytes: &[u8]) -> Result<T, CheckpointError> {
    let body = body(path, bytes)?;
    match postcard::take_from_bytes(body) {
        Ok((value, [])) => Ok(value),
        _ => Err(CheckpointError::Unreadable { path: path.to_owned() }),
    }
}

/// What follows the header, which is sound.
fn body<'a>(path: &Path, bytes: &'a [u8]) -> Result<&'a [u8], CheckpointError> {
    let path = || -> PathBuf { path.to_owned() };
    let marked = bytes.len().min(MARK.len());
    if bytes.is_empty() || bytes[..marked] != MARK[..marked] {
        return Err(CheckpointError::Foreign { path: path() });
    }
    let cut_off = |missing: u64, in_header| CheckpointError::CutOff { path: path(), missing, in_header };
    let Some((header, body)) = bytes.split_at_checked(HEADER) else {
        return Err(cut_off((HEADER - bytes.len()) as u64, true));
    };
    let (front, check) = header.split_at(HEADER - 16);
    let (format, rest) = front[MARK.len()..].split_at(4);
    let (version, length) = rest.split_at(VERSION);
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |number: u128, &byte| number << 8 | u128::from(byte));
    let (found, length) = (number(format) as u32, number(length) as u64);
    if found != FORMAT {
        return Err(CheckpointError::Format { path: path(), found, read: FORMAT });
    }
    if (body.len() as u64) < length {
        return Err(cut_off(length - body.len() as u64, false));
    }
    if body.len() as u64 > length {
        return Err(CheckpointError::Longer { path: path(), extra: body.len() as u64 - length });
    }
    let mut sum = XxHash3_128::new();
    sum.write(body);
    sum.write(front);
    if number(check) != sum.finish_128() {
        return Err(CheckpointError::Damaged { path: path(), size: bytes.len() as u64 });
    }
    let found = String::from_utf8_lossy(version).trim_end_matches('\0').to_owned();
    if found != env!("CARGO_PKG_VERSION") {
        return Err(CheckpointError::Version { path: path(), found });
    }
    Ok(body)
}

/// Whether a file is a checkpoint, of whatever version; `None` where there is no file.
pub(super) fn is_one(path: &Path) -> Option<bool> {
    use io::Read;
    let mut mark = [0; MARK.len()];
    match File::open(path).and_then(|mut file| file.read_exact(&mut mark)) {
        Ok(()) => Some(mark == MARK),
        Err(reason) if reason.kind() == io::ErrorKind::NotFound => None,
        Err(_) => Some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(body: &[u8]) -> Vec<u8> {
        let mut sum = XxHash3_128::new();
        sum.write(body);
        [&header(body.len() as u64, sum)[..], body].concat()
    }

    /// A file that an honest writer made, with other bytes in the header: sealed anew.
    fn with_header(bytes: &[u8], at: usize, replaced: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        bytes[at..at + replaced.len()].copy_from_slice(replaced);
        let mut sum = XxHash3_128::new();
        sum.write(&bytes[HEADER..]);
        sum.write(&bytes[..HEADER - 16]);
        bytes[HEADER - 16..HEADER].copy_from_slice(&sum.finish_128().to_le_bytes());
        bytes
    }

    #[test]
    fn every_kind_of_damage_has_its_name() {
        let path = Path::new("m.checkpoint");
        let whole = sealed(&postcard::to_stdvec(&(7_u64, "seven")).expect("encoded"));
        let read = |bytes: &[u8]| decode::<(u64, String)>(path, bytes);
        assert_eq!(read(&whole).expect("whole"), (7, "seven".to_owned()));
        let mut damaged = whole.clone();
        damaged[HEADER + 2] ^= 4;
        let longer = [&whole[..], b"more"].concat();
        let rows: [(&[u8], &str); 10] = [
            (b"", "E0901"),
            (b"neurons P[10] {\n}\n", "E0901"),
            (&whole[..7], "E0904"),
            (&whole[..HEADER], "E0904"),
            (&whole[..whole.len() - 3], "E0904"),
            (&longer, "E0905"),
            (&damaged, "E0906"),
            (&with_header(&whole, MARK.len(), &9_u32.to_le_bytes()), "E0902"),
            (&with_header(&whole, MARK.len() + 4, b"9.9.9"), "E0903"),
            (&sealed(b"\xff\xff\xff"), "E0907"),
        ];
        let mut told = String::new();
        for (bytes, code) in rows {
            let wrong = read(bytes).expect_err(code);
            assert_eq!(wrong.code(), code, "{wrong}");
            told += &format!("error[{code}]: {wrong}\nhelp: {}\n\n", wrong.mend());
        }
        let told = told.replace(env!("CARGO_PKG_VERSION"), "VERSION");
        insta::assert_snapshot!("damaged_checkpoints", told);
    }

    #[test]
    fn no_byte_can_be_changed_and_none_can_be_missing() {
        let path = Path::new("m.checkpoint");
        let whole = sealed(&postcard::to_stdvec(&vec![0.25_f64; 40]).expect("encoded"));
        for place in 0..whole.len() {
            assert!(decode::<Vec<f64>>(path, &whole[..place]).is_err(), "the first {place} bytes");
            for bit in 0..8 {
                let mut damaged = whole.clone();
                damaged[place] ^= 1 << bit;
                assert!(decode::<Vec<f64>>(path, &damaged).is_err(), "bit {bit} of byte {place}");
            }
        }
    }

    #[test]
    fn a_file_is_there_whole_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("m.checkpoint");
        write(&path, &vec![1.5_f64; 1000]).expect("written");
        assert_eq!(is_one(&path), Some(true));
        assert_eq!(read::<Vec<f64>>(&path).expect("read"), [1.5; 1000]);
        // What cannot be written, since a folder is in the way, leaves the one before.
        fs::create_dir(folder.path().join(".m.checkpoint.new")).expect("a folder");
        assert!(write(&path, &vec![2.5_f64]).is_err());
        assert_eq!(read::<Vec<f64>>(&path).expect("read"), [1.5; 1000]);
        assert_eq!(is_one(&folder.path().join("none")), None);
        fs::remove_dir(folder.path().join(".m.checkpoint.new")).expect("removed");
        fs::write(folder.path().join(".m.checkpoint.new"), "half of it").expect("written");
        remove(&path).expect("removed");
        remove(&path).expect("nothing is there to remove");
        assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 0);
    }
}
