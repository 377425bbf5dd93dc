//! Recordings that were written as NumPy's arrays, in an archive or in a folder: all columns are read side by side.

use super::{Entry, Visit, as_text_has, not_those, rounded_times, rows_of_a_stretch, samples, wrong};
use crate::output::npz_file::array_name;
use crate::output::{Columns, Kind, npy};
use npyz::{DType, NpyHeader, Order};
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use zip::ZipArchive;
use zip::result::ZipError;

/// Goes through an archive's arrays.
pub(super) fn archive(path: &Path, entry: &Entry, visit: &mut Visit<'_>) -> io::Result<()> {
    let open = || Ok(ZipArchive::new(BufReader::new(File::open(path)?))?);
    let has_elements = open().map(|archive| archive.file_names().any(|name| name == "elements.npy"))?;
    let names = names(entry, has_elements);
    // One that is open reads one member at a time.
    let mut archives = names.iter().map(|_| open()).collect::<io::Result<Vec<_>>>()?;
    let members = archives.iter_mut().zip(&names).map(|(archive, name)| {
        let member = archive.by_name(&format!("{name}.npy"));
        member.map_err(|reason| match reason {
            ZipError::FileNotFound => missing(name),
            other => other.into(),
        })
    });
    each(members.collect::<io::Result<Vec<_>>>()?, &names, entry, visit)
}

/// Goes through a folder's arrays.
pub(super) fn folder(path: &Path, entry: &Entry, visit: &mut Visit<'_>) -> io::Result<()> {
    let names = names(entry, path.join("elements.npy").exists());
    let files = names.iter().map(|name| match File::open(path.join(format!("{name}.npy"))) {
        Ok(file) => Ok(BufReader::new(file)),
        Err(reason) if reason.kind() == io::ErrorKind::NotFound => Err(missing(name)),
        Err(reason) => Err(reason),
    });
    each(files.collect::<io::Result<Vec<_>>>()?, &names, entry, visit)
}

fn missing(name: &str) -> io::Error {
    wrong(format!("it has no array `{name}`"))
}

/// What the arrays are called: of samples times, values and elements, else the columns.
fn names(entry: &Entry, of_samples: bool) -> Vec<String> {
    let of = entry.units.iter().enumerate().map(|(place, (name, _))| array_name(name, place, of_samples));
    of.chain(of_samples.then(|| "elements".to_owned())).collect()
}

fn each<R: Read>(sources: Vec<R>, names: &[String], entry: &Entry, visit: &mut Visit<'_>) -> io::Result<()> {
    let mut arrays =
        sources.into_iter().zip(names).map(|(from, name)| Array::open(from, name)).collect::<io::Result<Vec<_>>>()?;
    match arrays.as_mut_slice() {
        [times, values, elements] if elements.name == "elements" && entry.units.len() == 2 => {
            let elements = elements.all()?;
            let Columns::Index(elements) = elements.of_kind(Kind::Index) else { return Err(not_those()) };
            if values.shape != [times.rows(), elements.len() as u64] {
                return Err(wrong("its arrays do not fit together"));
            }
            while times.left > 0 {
                let rows = times.left.min(rows_of_a_stretch(elements.len()) as u64);
                let (times, values) = (times.take(rows)?, values.take(rows)?);
                let (Columns::Real(times), Columns::Real(values)) = (times, values.of_kind(Kind::Real)) else {
                    return Err(not_those());
                };
                samples(entry, &elements, rounded_times(times.into_owned()), &values, visit)?;
            }
        }
        columns => {
            let rows = columns.first().map_or(0, Array::rows);
            if columns.iter().any(|column| column.shape != [rows]) {
                return Err(wrong("its arrays do not fit together"));
            }
            let mut left = rows;
            while left > 0 {
                let rows = left.min(rows_of_a_stretch(columns.len()) as u64);
                let taken = columns.iter_mut().map(|column| column.take(rows)).collect::<io::Result<Vec<_>>>()?;
                visit(&as_text_has(entry, taken));
                left -= rows;
            }
        }
    }
    arrays.iter_mut().try_for_each(Array::ends)
}

/// An array that is read from its first row to its last.
struct Array<'a, R> {
    name: &'a str,
    kind: Kind,
    shape: Vec<u64>,
    /// Rows that were not read yet.
    left: u64,
    from: R,
}

impl<'a, R: Read> Array<'a, R> {
    fn open(mut from: R, name: &'a str) -> io::Result<Self> {
        let header = NpyHeader::from_reader(&mut from)?;
        let of = |kind: &Kind| matches!(header.dtype(), DType::Plain(dtype) if dtype.to_string() == kind.descr());
        // Indices are of 32 bits in files of older versions.
        let kind = [Kind::Long, Kind::Index, Kind::Real, Kind::Truth, Kind::Seed].into_iter().find(of);
        let kind = kind.ok_or_else(|| wrong(format!("`{name}` holds values of another type")))?;
        let shape = header.shape().to_vec();
        if header.order() != Order::C || shape.is_empty() {
            return Err(wrong(format!("`{name}` has another shape")));
        }
        Ok(Self { name, kind, left: shape[0], shape, from })
    }

    fn rows(&self) -> u64 {
        self.shape[0]
    }

    /// The values of the next so many rows.
    fn take(&mut self, rows: u64) -> io::Result<Columns<'static>> {
        let width: u64 = self.shape[1..].iter().product();
        let bytes = rows.checked_mul(width).and_then(|values| values.checked_mul(self.kind.bytes()));
        let mut taken = Vec::new();
        let bytes = bytes.ok_or_else(not_those)?;
        // A header may say anything: no memory is taken for what is not there.
        let read = self.from.by_ref().take(bytes).read_to_end(&mut taken)?;
        if read as u64 != bytes {
            return Err(wrong(format!("`{}` is cut off", self.name)));
        }
        self.left = self.left.saturating_sub(rows);
        Ok(npy::read(self.kind, &taken))
    }

    fn all(&mut self) -> io::Result<Columns<'static>> {
        self.take(self.left)
    }

    /// Nothing comes behind the last row; an archive compares its checksum when it is read to its end.
    fn ends(&mut self) -> io::Result<()> {
        match self.from.read(&mut [0])? {
            0 => Ok(()),
            _ => Err(wrong(format!("`{}` has more values than it says", self.name))),
        }
    }
}
