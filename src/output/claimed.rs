//! Folders that have one user at a time.
//!
//! In: a path. Out: the folder there, for as long as the value lives, or nothing where somebody else has it. Who has it
//! holds a lock on a file in it; what a process leaves behind that was killed is nobody's, and can be told by that. The
//! folder is removed under its lock, so that nobody begins to write where something is still being removed.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// The file that is locked.
const LOCK: &str = "lock";

/// A folder that nobody else has.
#[derive(Debug)]
pub(super) struct Claimed {
    folder: PathBuf,
    lock: File,
}

impl Claimed {
    /// Takes a folder, which is made where it is not there; `None` where somebody has it, or has removed it in this
    /// moment.
    pub(super) fn take(folder: &Path) -> io::Result<Option<Self>> {
        match fs::create_dir_all(folder) {
            // It was there, and was removed before it was looked at.
            Err(reason) if reason.kind() == io::ErrorKind::AlreadyExists && !folder.exists() => return Ok(None),
            made => made?,
        }
        match File::options().read(true).append(true).create(true).open(folder.join(LOCK)) {
            Err(reason) if reason.kind() == io::ErrorKind::NotFound => Ok(None),
            opened => Ok(Self::locked(folder, opened?)),
        }
    }

    /// Takes a folder that somebody had before.
    ///
    /// # Errors
    /// `NotFound` where there is none.
    pub(super) fn take_again(folder: &Path) -> io::Result<Option<Self>> {
        let lock = File::options().read(true).append(true).open(folder.join(LOCK))?;
        Ok(Self::locked(folder, lock))
    }

    fn locked(folder: &Path, lock: File) -> Option<Self> {
        // A disk that knows no locks is taken to have one user.
        let free = !matches!(lock.try_lock(), Err(TryLockError::WouldBlock));
        // Who had it may have removed it before the lock was free.
        let claimed = Self { folder: folder.to_owned(), lock };
        (free && claimed.is_there()).then_some(claimed)
    }

    /// Whether the file that is locked is the one that others would find.
    fn is_there(&self) -> bool {
        let found = fs::metadata(self.folder.join(LOCK));
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let own = self.lock.metadata();
            own.is_ok_and(|own| found.is_ok_and(|found| (own.dev(), own.ino()) == (found.dev(), found.ino())))
        }
        // Elsewhere a file that is open keeps its name.
        #[cfg(not(unix))]
        found.is_ok()
    }

    /// The folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What is locked; whoever has the folder may note something in it.
    pub(super) fn lock(&self) -> &File {
        &self.lock
    }

    /// Removes everything in it.
    pub(super) fn clear(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if entry.file_name() == LOCK {
                continue;
            }
            if entry.file_type()?.is_dir() { fs::remove_dir_all(entry.path())? } else { fs::remove_file(entry.path())? }
        }
        Ok(())
    }

    /// Removes it, as far as the disk lets it: what is left, the next one who takes it finds and clears.
    pub(super) fn remove(&self) {
        if self.clear().is_ok() {
            drop(fs::remove_file(self.folder.join(LOCK)));
            // Only where it is empty: somebody may have made another lock in it by now.
            drop(fs::remove_dir(&self.folder));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waited_for_a_folder_that_is_removed_does_not_have_it() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = place.path().join("a");
        let first = Claimed::take(&folder).expect("made").expect("free");
        assert!(Claimed::take(&folder).expect("there").is_none(), "one at a time");
        // Somebody has opened the lock, and comes to lock it when its folder is gone, and made again by a third.
        let waiting = File::options().read(true).append(true).open(folder.join(LOCK)).expect("there");
        fs::write(folder.join("rest"), "of it").expect("written");
        first.remove();
        drop(first);
        assert!(!folder.exists());
        let third = Claimed::take(&folder).expect("made").expect("free");
        assert!(cfg!(not(unix)) || Claimed::locked(&folder, waiting).is_none());
        fs::write(folder.join("own"), "").expect("written");
        drop(third);
        let fourth = Claimed::take_again(&folder).expect("there").expect("free again");
        assert!(folder.join("own").exists(), "what is left is not removed");
        fourth.clear().expect("cleared");
        assert_eq!(fs::read_dir(&folder).expect("listed").count(), 1);
    }

    /// What begins to be written while another removes its own is not removed with that.
    #[test]
    fn nothing_is_removed_of_who_comes_next() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = place.path().join("a");
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let folder = &folder;
                scope.spawn(move || {
                    let mut had = 0;
                    while had < 200 {
                        // A folder that is being removed may refuse to be made in this moment.
                        let Ok(Some(claimed)) = Claimed::take(folder) else { continue };
                        let own = folder.join(format!("{thread}.{had}"));
                        fs::create_dir(&own).expect("made");
                        fs::write(own.join("file"), "").expect("written");
                        assert_eq!(fs::read_dir(folder).expect("listed").count(), 2);
                        claimed.remove();
                        had += 1;
                    }
                });
            }
        });
        assert!(!folder.exists() || fs::read_dir(&folder).expect("listed").count() <= 1);
    }
}
