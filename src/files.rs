//! Files that a model names: given in memory, or on disk.
//!
//! In: the text that names a file, and the path it names. Out: what the file is called in diagnostics, and its bytes. A path is
//! relative to the folder of the text that names it; a text that is in no file (its name is in angle brackets) counts from the
//! current folder. What is given in memory comes before what is on disk. The resolver reads no files: whoever has options does.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

/// Files in memory, by path.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Files<'f> {
    given: &'f [(String, Vec<u8>)],
}

impl<'f> Files<'f> {
    /// These, and what is on disk.
    pub(crate) fn new(given: &'f [(String, Vec<u8>)]) -> Self {
        Self { given }
    }

    /// Where the file is that the text called `naming` names by `path`: `models/a.rheo` names `b.rheo` for `models/b.rheo`.
    pub(crate) fn find(naming: &str, path: &str) -> PathBuf {
        let folder = if naming.starts_with('<') { None } else { Path::new(naming).parent() };
        plain(&folder.unwrap_or_else(|| Path::new("")).join(path))
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// What reading from disk fails with.
    pub(crate) fn read(&self, path: &Path) -> std::io::Result<Cow<'f, [u8]>> {
        match self.given.iter().rev().find(|(name, _)| plain(Path::new(name)) == path) {
            Some((_, bytes)) => Ok(Cow::Borrowed(bytes)),
            None => std::fs::read(path).map(Cow::Owned),
        }
    }

    /// Whether a file is in memory.
    pub(crate) fn gives(&self, path: &Path) -> bool {
        self.given.iter().any(|(name, _)| plain(Path::new(name)) == path)
    }

    /// What tells a file from others, by whatever path it is named.
    pub(crate) fn identity(&self, path: &Path) -> PathBuf {
        if self.gives(path) { path.to_owned() } else { path.canonicalize().unwrap_or_else(|_| path.to_owned()) }
    }
}

/// A path without `.` and, where a folder can be taken away, without `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(plain.components().next_back(), Some(Component::Normal(_))) => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_text_that_names_them() {
        let rows = [
            ("a.rheo", "b.rheo", "b.rheo"),
            ("models/a.rheo", "b.rheo", "models/b.rheo"),
            ("models/a.rheo", "./../b.rheo", "b.rheo"),
            ("a.rheo", "../b.rheo", "../b.rheo"),
            ("models/a.rheo", "/b.rheo", "/b.rheo"),
            ("<model>", "models/b.rheo", "models/b.rheo"),
        ];
        for (naming, path, expected) in rows {
            assert_eq!(Files::find(naming, path), Path::new(expected), "{naming} names {path}");
        }
    }

    #[test]
    fn what_is_given_comes_first_and_the_last_of_one_name_counts() {
        let given = [("./b.rheo".to_owned(), b"1".to_vec()), ("b.rheo".to_owned(), b"2".to_vec())];
        let files = Files::new(&given);
        assert_eq!(files.read(Path::new("b.rheo")).expect("given"), &b"2"[..]);
        assert!(files.read(Path::new("no/such/file.rheo")).is_err());
    }
}
