//! The folder that a simulation has for its recordings on disk: its own, and what is left of it for checkpoints.
//!
//! In: a folder that the user gave, and which checkpoints name which segments. Out: a folder in it that no other
//! simulation has. It goes with its last user, but for what a checkpoint names that is there: that stays on disk, for
//! whoever goes on from it. Where checkpoints lie that name it is noted in it before they are put in place, so that
//! what nothing names can be told from what something does.

use super::claimed::Claimed;
use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How the note begins of a folder that is one of these: nothing else is ever removed.
const MARK: &str = "recordings of rheobase\n";

/// A folder of segments.
#[derive(Debug)]
pub(crate) struct SpoolFolder {
    claimed: Claimed,
    known: Mutex<Known>,
}

/// Names of segments.
#[derive(Debug, Default)]
struct Known {
    /// Those in use.
    used: HashSet<String>,
    /// Those that checkpoints name, by their files.
    named: HashMap<PathBuf, HashSet<String>>,
    /// Something else needs all of them.
    left: bool,
    /// Checkpoints that are noted since it was taken.
    noted: HashSet<PathBuf>,
}

impl SpoolFolder {
    /// A new one in a folder, which is made where it is not there.
    pub(crate) fn create(within: &Path) -> io::Result<Arc<Self>> {
        let within = std::path::absolute(within)?;
        fs::create_dir_all(&within)?;
        for number in 1_u64.. {
            let folder = within.join(number.to_string());
            // What is there may be what a checkpoint names.
            match fs::create_dir(&folder) {
                Err(reason) if reason.kind() == io::ErrorKind::AlreadyExists => continue,
                made => made?,
            }
            let Some(claimed) = Claimed::take(&folder)? else { continue };
            let mut lock = claimed.lock();
            lock.write_all(MARK.as_bytes())?;
            return Ok(Arc::new(Self { claimed, known: Mutex::default() }));
        }
        Err(io::Error::other("every name for a folder in it is taken"))
    }

    /// One that is there; `None` where somebody has it.
    ///
    /// # Errors
    /// `NotFound` where there is none.
    pub(crate) fn take(folder: &Path) -> io::Result<Option<Arc<Self>>> {
        match is_one(folder) {
            Ok(true) => {}
            Ok(false) => return Err(io::ErrorKind::NotFound.into()),
            Err(reason) if reason.kind() == io::ErrorKind::NotFound => return Err(reason),
            // There are systems where what is locked cannot be read either.
            Err(_) => return Ok(None),
        }
        let claimed = Claimed::take_again(folder)?;
        Ok(claimed.map(|claimed| Arc::new(Self { claimed, known: Mutex::default() })))
    }

    /// Those in a folder.
    pub(crate) fn all(within: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(within).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut found: Vec<PathBuf> = entries.filter(|path| is_one(path).unwrap_or(false)).collect();
        found.sort();
        found
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.claimed.folder()
    }

    /// The folder that the user gave.
    pub(crate) fn within(&self) -> &Path {
        self.path().parent().unwrap_or(self.path())
    }

    /// Notes where a checkpoint is about to be that names some of it, and sees to it that all names are on disk.
    pub(crate) fn note(&self, checkpoint: &Path) -> io::Result<()> {
        if !self.known().noted.contains(checkpoint) {
            let mut lock = self.claimed.lock();
            writeln!(lock, "{}", checkpoint.display())?;
            lock.sync_all()?;
            self.known().noted.insert(checkpoint.to_owned());
        }
        [Some(self.path()), Some(self.within()), self.within().parent()].into_iter().flatten().try_for_each(settle)
    }

    /// Where checkpoints were put that name some of it, or did.
    pub(crate) fn noted(&self) -> io::Result<Vec<PathBuf>> {
        let (mut lock, mut text) = (self.claimed.lock(), String::new());
        lock.rewind()?;
        lock.read_to_string(&mut text)?;
        Ok(text.strip_prefix(MARK).unwrap_or_default().lines().map(PathBuf::from).collect())
    }

    /// A checkpoint is in place that names these segments, and no others any more: what no other names and nobody uses
    /// is removed.
    pub(crate) fn name(&self, checkpoint: &Path, segments: HashSet<String>) {
        let mut known = self.known();
        let before = known.named.insert(checkpoint.to_owned(), segments).unwrap_or_default();
        for segment in before.into_iter().filter(|segment| !known.is_wanted(segment)) {
            drop(fs::remove_dir_all(self.path().join(segment)));
        }
    }

    /// All of it stays, whatever becomes of this value.
    pub(crate) fn leave(&self) {
        self.known().left = true;
    }

    /// Removes what no checkpoint names and nobody uses.
    pub(crate) fn sweep(&self) -> io::Result<()> {
        let known = self.known();
        for entry in fs::read_dir(self.path())? {
            let entry = entry?;
            let wanted = known.is_wanted(&entry.file_name().to_string_lossy());
            if !wanted && entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }

    /// A segment of that name is there and used.
    pub(super) fn use_one(&self, name: &str) {
        self.known().used.insert(name.to_owned());
    }

    /// Nobody uses a segment any more: where no checkpoint names it either, it is removed.
    pub(super) fn leave_one(&self, name: &str) {
        let mut known = self.known();
        known.used.remove(name);
        if !known.stays(name) {
            drop(fs::remove_dir_all(self.path().join(name)));
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn is_wanted(&self, segment: &str) -> bool {
        self.used.contains(segment) || self.named.values().any(|named| named.contains(segment))
    }

    /// Whether a checkpoint names it that has not been removed.
    fn stays(&self, segment: &str) -> bool {
        self.left || self.named.iter().any(|(checkpoint, named)| named.contains(segment) && checkpoint.exists())
    }
}

impl Drop for SpoolFolder {
    fn drop(&mut self) {
        let known = self.known();
        let named = known.named.iter().any(|(checkpoint, named)| !named.is_empty() && checkpoint.exists());
        if !named && !known.left {
            self.claimed.remove();
        }
    }
}

/// Whether a folder is one of these.
fn is_one(folder: &Path) -> io::Result<bool> {
    let mut mark = [0; MARK.len()];
    match File::open(folder.join("lock"))?.read_exact(&mut mark) {
        Err(reason) if reason.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        read => read.map(|()| mark == *MARK.as_bytes()),
    }
}

/// Sees to it that the names in a folder are on disk.
pub(super) fn settle(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
