//! NumPy arrays: `numpy.save`, and members of the archives of `numpy.savez`.
//!
//! The format is that of NumPy's "NEP 1, a simple file format for NumPy arrays": a magic text, a version, a header that is a Python
//! literal, and the numbers. Booleans, integers and floats of 4 and 8 bytes are read, of either byte order, by rows or by columns.

use super::{Array, MOST_VALUES, Malformed};
use npyz::npz::{array_name_from_file_name, file_name_from_array_name};
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// How each file begins.
const MAGIC: &[u8] = b"\x93NUMPY";

/// The largest member of an archive that is unpacked [bytes]: eight for every number there may be.
const MOST_BYTES: u64 = 8 * MOST_VALUES as u64;

/// A type of numbers: as NumPy writes it without the byte order, its length, and how it is read.
struct Number {
    code: &'static str,
    bytes: usize,
    integer: bool,
    value: fn([u8; 8]) -> f64,
}

/// The types that can be read; `value` gets the bytes in little-endian order, the rest zero.
const NUMBERS: [Number; 11] = [
    Number { code: "b1", bytes: 1, integer: true, value: |bytes| f64::from(bytes[0] != 0) },
    Number { code: "i1", bytes: 1, integer: true, value: |bytes| f64::from(bytes[0] as i8) },
    Number { code: "u1", bytes: 1, integer: true, value: |bytes| f64::from(bytes[0]) },
    Number { code: "i2", bytes: 2, integer: true, value: |bytes| f64::from(i16::from_le_bytes([bytes[0], bytes[1]])) },
    Number { code: "u2", bytes: 2, integer: true, value: |bytes| f64::from(u16::from_le_bytes([bytes[0], bytes[1]])) },
    Number { code: "i4", bytes: 4, integer: true, value: |bytes| f64::from(u64::from_le_bytes(bytes) as u32 as i32) },
    Number { code: "u4", bytes: 4, integer: true, value: |bytes| f64::from(u64::from_le_bytes(bytes) as u32) },
    Number { code: "i8", bytes: 8, integer: true, value: |bytes| i64::from_le_bytes(bytes) as f64 },
    Number { code: "u8", bytes: 8, integer: true, value: |bytes| u64::from_le_bytes(bytes) as f64 },
    Number {
        code: "f4",
        bytes: 4,
        integer: false,
        value: |bytes| f64::from(f32::from_bits(u64::from_le_bytes(bytes) as u32)),
    },
    Number { code: "f8", bytes: 8, integer: false, value: f64::from_le_bytes },
];

/// The header of an array, and where its numbers begin.
struct Header<'a> {
    descr: &'a str,
    by_columns: bool,
    shape: Vec<usize>,
    rest: &'a [u8],
}

/// An array of one or two dimensions, finite.
pub(super) fn read(bytes: &[u8]) -> Result<Array, Malformed> {
    let header = header(bytes)?;
    if !matches!(header.shape.len(), 1 | 2) {
        let reason = format!("its shape is {}", shape_text(&header.shape));
        return Err(Malformed::new(reason, "arrays of one or two dimensions can be used: `reshape` it before saving"));
    }
    let (values, integer) = numbers(&header)?;
    if let Some(bad) = values.iter().position(|value| !value.is_finite()) {
        let reason = format!("its entry {bad} is {}", values[bad]);
        return Err(Malformed::new(reason, "every value is a finite number: replace it, as by `numpy.nan_to_num`"));
    }
    let values = if header.by_columns { by_rows(&header.shape, &values) } else { values };
    Ok(Array::new(header.shape, values.into(), integer))
}

/// One array of an archive; the only one where no name is given.
pub(super) fn read_member(bytes: &[u8], name: Option<&str>) -> Result<Array, Malformed> {
    let mut archive = Archive::open(bytes)?;
    let names = archive.names();
    let listed = || names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let wanted = match (name, names.as_slice()) {
        (Some(name), _) if names.iter().any(|other| other == name) => name,
        (Some(name), _) => {
            return Err(Malformed::new(format!("it has no array `{name}`"), format!("its arrays are: {}", listed())));
        }
        (None, [only]) => only,
        (None, _) => {
            let reason = format!("it has {} arrays", names.len());
            let mend = format!("name one, as in `npz(\"file.npz\", name)`; its arrays are: {}", listed());
            return Err(Malformed::new(reason, mend));
        }
    };
    read(&archive.member(wanted)?)
}

/// A NumPy archive.
pub(super) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
}

impl<'a> Archive<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| {
            Malformed::new("it is not a NumPy archive", "write it by `numpy.savez`, or a single array by `numpy.save`")
        })?;
        Ok(Self { zip })
    }

    /// Names of its arrays, in order of the alphabet.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> =
            self.zip.file_names().filter_map(array_name_from_file_name).map(ToOwned::to_owned).collect();
        names.sort_unstable();
        names
    }

    /// The bytes of one of its arrays.
    pub(super) fn member(&mut self, name: &str) -> Result<Vec<u8>, Malformed> {
        let broken = || Malformed::new(format!("its array `{name}` cannot be unpacked"), "write it anew");
        let member = self.zip.by_name(&file_name_from_array_name(name)).map_err(|_| broken())?;
        let mut bytes = Vec::new();
        member.take(MOST_BYTES).read_to_end(&mut bytes).map_err(|_| broken())?;
        Ok(bytes)
    }
}

/// All numbers of an array, in the order of the file, and whether they are integers.
pub(super) fn plain(bytes: &[u8]) -> Result<(Vec<f64>, bool), Malformed> {
    numbers(&header(bytes)?)
}

/// A text that is an array of no dimension: `numpy.array(b"coo")`.
pub(super) fn text(bytes: &[u8]) -> Result<String, Malformed> {
    let header = header(bytes)?;
    Ok(header.rest.iter().filter(|&&byte| byte != 0).map(|&byte| char::from(byte)).collect())
}

fn numbers(header: &Header<'_>) -> Result<(Vec<f64>, bool), Malformed> {
    let (order, code) = header.descr.split_at_checked(1).unwrap_or(("", ""));
    let Some(number) = NUMBERS.iter().find(|number| number.code == code) else {
        let mend = "numbers are written as booleans, integers or floats of 4 or 8 bytes: `.astype(float)`";
        return Err(Malformed::new(format!("its numbers are of type `{}`", header.descr), mend));
    };
    let count = header.shape.iter().try_fold(1_usize, |count, &length| count.checked_mul(length));
    let Some(count) = count.filter(|&count| count <= MOST_VALUES) else {
        let reason = format!("its shape is {}: more than 2^31 numbers", shape_text(&header.shape));
        return Err(Malformed::new(reason, "divide it into several files"));
    };
    let Some(bytes) = header.rest.get(..count * number.bytes) else {
        let reason = format!("it ends after {} of its {count} numbers", header.rest.len() / number.bytes);
        return Err(Malformed::new(reason, "write it anew"));
    };
    let value = |bytes: &[u8]| {
        let mut little = [0; 8];
        little[..bytes.len()].copy_from_slice(bytes);
        if order == ">" {
            little[..bytes.len()].reverse();
        }
        (number.value)(little)
    };
    Ok((bytes.chunks_exact(number.bytes).map(value).collect(), number.integer))
}

fn header(bytes: &[u8]) -> Result<Header<'_>, Malformed> {
    let wrong = || Malformed::new("it is not a NumPy array", "write it by `numpy.save`; for text there is `csv(…)`");
    let rest = bytes.strip_prefix(MAGIC).ok_or_else(wrong)?;
    let (version, rest) = rest.split_at_checked(2).ok_or_else(wrong)?;
    // Version 1 has a length of two bytes, later ones of four.
    let (length, rest) = rest.split_at_checked(if version[0] == 1 { 2 } else { 4 }).ok_or_else(wrong)?;
    let length = length.iter().rev().fold(0_usize, |length, &byte| length * 256 + usize::from(byte));
    let (text, rest) = rest.split_at_checked(length).ok_or_else(wrong)?;
    let text = std::str::from_utf8(text).map_err(|_| wrong())?;
    let field = |name: &str| text.split_once(&format!("'{name}':")).map(|(_, rest)| rest.trim_start());
    let descr = field("descr").ok_or_else(wrong)?;
    // A list of fields instead of a type is a structured array.
    let descr = descr.strip_prefix('\'').and_then(|descr| descr.split('\'').next()).ok_or_else(|| {
        Malformed::new("it is a structured array", "save its fields one by one, as by `numpy.save(…, a[\"w\"])`")
    })?;
    let by_columns = field("fortran_order").ok_or_else(wrong)?.starts_with("True");
    let shape = field("shape").and_then(|shape| shape.strip_prefix('(')?.split(')').next()).ok_or_else(wrong)?;
    let lengths = shape.split(',').map(str::trim).filter(|length| !length.is_empty());
    let shape = lengths.map(|length| length.parse().map_err(|_| wrong())).collect::<Result<_, _>>()?;
    Ok(Header { descr, by_columns, shape, rest })
}

/// Values that stand column by column, row by row.
fn by_rows(shape: &[usize], values: &[f64]) -> Vec<f64> {
    let &[rows, columns] = shape else { return values.to_vec() };
    (0..rows).flat_map(|row| (0..columns).map(move |column| column * rows + row)).map(|place| values[place]).collect()
}

/// A shape as Python writes it.
fn shape_text(shape: &[usize]) -> String {
    let lengths: Vec<String> = shape.iter().map(ToString::to_string).collect();
    format!("({})", lengths.join(", "))
}
