//! NumPy's arrays of a recording, in one archive or in a folder: `numpy.load(file)["v"]`.
//!
//! Named columns become arrays of one dimension; samples become `t`, `elements` and the values as an array of two dimensions
//! (time, element), named by what is recorded. Whole numbers, indices among them, have 64 bits and a sign, what holds or does not is
//! boolean. `units` has the name and the unit of each: `dict(archive["units"])["v"]`. A name
//! that one of these has gets an underscore.

use super::npy;
use super::rows::Rows;
use super::table::{Columns, Kind, Table};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use zip::write::FileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Archives need other fields for members beyond 4 GiB; from here on they have them.
const LARGE: u64 = 1 << 31;

/// Writes all rows to `out`, as an archive.
pub(super) fn write_archive(rows: &dyn Rows, out: impl Write + io::Seek) -> io::Result<()> {
    let mut archive = ZipWriter::new(io::BufWriter::with_capacity(1 << 16, out));
    for array in arrays(rows) {
        let large = array.bytes() > LARGE;
        let options = FileOptions::default().compression_method(CompressionMethod::Stored).large_file(large);
        // Not the time of writing: the same recording is the same file.
        let options = options.last_modified_time(DateTime::default());
        archive.start_file(format!("{}.npy", array.name), options).map_err(io::Error::other)?;
        array.write(rows, &mut archive)?;
    }
    archive.finish().map_err(io::Error::other)?.flush()
}

/// Writes all rows into a folder that is made, a file each array: they can be mapped into memory.
pub(super) fn write_folder(rows: &dyn Rows, folder: &Path) -> io::Result<()> {
    fs::create_dir(folder)?;
    for array in arrays(rows) {
        let path = folder.join(format!("{}.npy", array.name));
        // What lies on disk as it is to be takes no second copy, where the disk can call it by two names.
        if let Values::Column(place) = array.values
            && let Some(file) = rows.file_of(place, array.kind)
            && fs::hard_link(file, &path).is_ok()
        {
            continue;
        }
        let mut out = io::BufWriter::with_capacity(1 << 16, File::create_new(path)?);
        array.write(rows, &mut out)?;
        out.flush()?;
    }
    Ok(())
}

/// An array of a recording.
struct Array {
    name: String,
    kind: Kind,
    shape: Vec<u64>,
    values: Values,
}

enum Values {
    /// A column of the recording.
    Column(usize),
    /// Elements.
    Elements(Vec<u32>),
    /// Names and units.
    Units(Vec<(String, String)>),
}

impl Array {
    /// About how large it is.
    fn bytes(&self) -> u64 {
        self.shape.iter().product::<u64>().saturating_mul(self.kind.bytes())
    }

    fn write(&self, rows: &dyn Rows, mut out: &mut impl Write) -> io::Result<()> {
        if let Values::Units(units) = &self.values {
            return out.write_all(&npy::pairs(units));
        }
        out.write_all(&npy::header(self.kind.descr(), &self.shape))?;
        match &self.values {
            Values::Column(place) => {
                rows.each_of(*place, &mut |values| npy::write(&values.of_kind(self.kind), &mut out))
            }
            Values::Elements(elements) => npy::write(&Columns::Index(elements.into()).of_kind(self.kind), out),
            Values::Units(_) => Ok(()),
        }
    }
}

/// The arrays that a recording is written as.
fn arrays(rows: &dyn Rows) -> Vec<Array> {
    let heading = rows.heading();
    let length = rows.rows();
    let of_samples = matches!(heading, Table::Samples { .. });
    let mut arrays = Vec::new();
    let mut units = Vec::new();
    for (place, (name, unit, kind, width)) in heading.layout().into_iter().enumerate() {
        let name = array_name(&name, place, of_samples);
        units.push((name.clone(), unit));
        let wide = matches!((&heading, place), (Table::Samples { .. }, 1));
        let shape = if wide { vec![length, width] } else { vec![length] };
        arrays.push(Array { name, kind: kind.written(), shape, values: Values::Column(place) });
    }
    if let Table::Samples { elements, .. } = &heading {
        let (name, shape) = ("elements".to_owned(), vec![elements.len() as u64]);
        arrays.insert(1, Array { name, kind: Kind::Long, shape, values: Values::Elements(elements.to_vec()) });
    }
    let (name, shape) = ("units".to_owned(), vec![units.len() as u64, 2]);
    arrays.push(Array { name, kind: Kind::Real, shape, values: Values::Units(units) });
    arrays
}

/// What the array of a column is called; names of our own arrays are left to those.
pub(super) fn array_name(column: &str, place: usize, of_samples: bool) -> String {
    let own: &[&str] = if of_samples { &["t", "elements", "units"] } else { &["units"] };
    let named_alike = own.contains(&column) && !(place == 0 && column == "t");
    if named_alike { format!("{column}_") } else { column.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;
    use std::io::Read;
    use zip::ZipArchive;

    #[test]
    fn samples_read_back_with_their_shape() {
        let table = Table::Samples {
            times: Cow::Owned(vec![0.0, 1e-4, 2e-4]),
            elements: Cow::Owned(vec![0, 5]),
            name: "v".to_owned(),
            unit: "V".to_owned(),
            kind: Kind::Real,
            values: Cow::Owned(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
        };
        let mut out = io::Cursor::new(Vec::new());
        write_archive(&table, &mut out).expect("writing to memory");
        let mut archive = ZipArchive::new(out).expect("an archive");
        let mut array = |name: &str| {
            let mut bytes = Vec::new();
            let mut member = archive.by_name(&format!("{name}.npy")).expect("there");
            member.read_to_end(&mut bytes).expect("readable");
            npyz::NpyFile::new(io::Cursor::new(bytes)).expect("an array")
        };
        let values = array("v");
        assert_eq!(values.shape(), [3, 2]);
        assert_eq!(values.into_vec::<f64>().expect("floats"), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let elements = array("elements");
        assert_eq!(elements.into_vec::<i64>().expect("indices"), [0, 5]);
        let units = array("units");
        assert_eq!(units.shape(), [2, 2]);
    }

    #[test]
    fn names_of_our_own_are_left_to_us() {
        let names = |table: &Table<'_>| arrays(table).into_iter().map(|array| array.name).collect::<Vec<_>>();
        let samples = |name: &str| Table::Samples {
            times: Cow::Owned(vec![]),
            elements: Cow::Owned(vec![]),
            name: name.to_owned(),
            unit: "1".to_owned(),
            kind: Kind::Real,
            values: Cow::Owned(vec![]),
        };
        assert_eq!(names(&samples("elements")), ["t", "elements", "elements_", "units"]);
        assert_eq!(names(&samples("units")), ["t", "elements", "units_", "units"]);
        let column = ("units".to_owned(), "1".to_owned(), Columns::Index(Cow::Owned(vec![])));
        assert_eq!(names(&Table::of([column])), ["units_", "units"]);
    }
}
