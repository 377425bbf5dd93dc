//! The arrays that a model's text names: given in memory, or in files.
//!
//! In: a path as a text writes it, and which text. Out: what it holds, read once however often a model is planned again.

use super::options::Options;
use super::saved::digest;
use crate::arrays::{self, Array, Column, Content, Format, Table};
use crate::files::Files;
use crate::resolve::{ArrayFiles, Fault, nearest};
use grammar::SourceId;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A file that a model's arrays come from, and what tells it from another of that name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrayFile {
    /// Where it was found.
    pub path: PathBuf,
    /// How long it was [bytes].
    pub bytes: u64,
    /// The checksum of its bytes: CRC-32, as in gzip and zip.
    pub crc32: u32,
}

/// Arrays and files of one model.
#[derive(Debug)]
pub(super) struct Store {
    arrays: Vec<(String, Array)>,
    files: Vec<(String, Vec<u8>)>,
    /// Names of the texts, by number; a text that came later is in no file.
    texts: Vec<String>,
    read: Mutex<HashMap<(PathBuf, Format), Content>>,
    /// The files that were read so far, each with a digest of its bytes.
    seen: Mutex<Vec<(ArrayFile, u128)>>,
}

impl Store {
    /// What the options give, for texts of these names.
    pub(super) fn new(options: &Options, texts: impl Iterator<Item = String>) -> Self {
        let (arrays, files) = (options.arrays.clone(), options.files.clone());
        Self { arrays, files, texts: texts.collect(), read: Mutex::default(), seen: Mutex::default() }
    }

    /// The files that were read so far.
    pub(super) fn seen(&self) -> Vec<ArrayFile> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.iter().map(|(file, _)| file.clone()).collect()
    }

    /// Their paths, in order, and digests of their bytes.
    pub(super) fn digests(&self) -> Vec<(String, u128)> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut digests: Vec<_> = seen.iter().map(|(file, sum)| (file.path.display().to_string(), *sum)).collect();
        digests.sort();
        digests
    }

    fn load(&self, path: &Path, format: &Format) -> Result<Content, Fault> {
        let files = Files::new(&self.files);
        let given = files.gives(path);
        if !given && !path.exists() {
            return Err(Fault::Missing { nearest: self.nearest(path) });
        }
        if !given && !path.is_file() {
            return Err(Fault::Unreadable("it is no file".to_owned()));
        }
        let bytes = files.read(path).map_err(|reason| Fault::Unreadable(reason.to_string()))?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if !seen.iter().any(|(file, _)| file.path == path) {
            let file = ArrayFile { path: path.to_owned(), bytes: bytes.len() as u64, crc32: crc32fast::hash(&bytes) };
            seen.push((file, digest(&bytes)));
        }
        drop(seen);
        arrays::read(format, &bytes).map_err(Fault::Malformed)
    }

    /// A name like that of a file that is not there: of a file in its folder, or of what is given.
    fn nearest(&self, path: &Path) -> Option<String> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort_unstable();
        names.extend(self.arrays.iter().map(|(name, _)| name.clone()));
        names.extend(self.files.iter().map(|(name, _)| name.clone()));
        nearest(path.file_name()?.to_str()?, names.iter().map(String::as_str)).map(ToOwned::to_owned)
    }
}

impl ArrayFiles for Store {
    fn read(&self, path: &str, format: &Format, from: SourceId) -> Result<Content, Fault> {
        if let Some((_, array)) = self.arrays.iter().rev().find(|(name, _)| name == path) {
            return Ok(if *format == Format::Csv {
                Content::Table(table(array))
            } else {
                Content::Array(array.clone())
            });
        }
        let naming = self.texts.get(from.0 as usize).map_or("<text>", String::as_str);
        let key = (Files::find(naming, path), format.clone());
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(content) = read.get(&key) {
            return Ok(content.clone());
        }
        let content = self.load(&key.0, format)?;
        read.insert(key, content.clone());
        Ok(content)
    }
}

/// An array as a table of columns without names.
fn table(array: &Array) -> Table {
    let width = array.shape().get(1).copied().unwrap_or(1);
    let column = |column: usize| Column {
        name: String::new(),
        unit: None,
        values: array.values().iter().skip(column).step_by(width).copied().collect(),
        integer: array.is_integer(),
    };
    Table { columns: (0..width).map(column).collect() }
}
