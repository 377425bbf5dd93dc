//! NumPy's arrays as bytes: a header of one length, whatever the shape, then the values, little-endian.
//!
//! In: columns of tables, texts. Out: the bytes of `.npy` files, version 1.0 of the format. Since headers are of one length, that of
//! a file whose last row is not known yet can be written again.

use super::table::{Columns, Kind};
use std::io::{self, Write};

/// Bytes of a header: the least multiple of 64 that any shape of two dimensions fits.
pub(super) const HEADER: u64 = 128;

impl Kind {
    /// What NumPy calls it.
    pub(super) fn descr(self) -> &'static str {
        match self {
            Self::Long => "<i8",
            Self::Index => "<u4",
            Self::Real => "<f8",
            Self::Truth => "|b1",
            Self::Seed => "<u8",
        }
    }

    /// Bytes a value.
    pub(super) fn bytes(self) -> u64 {
        match self {
            Self::Long | Self::Real | Self::Seed => 8,
            Self::Index => 4,
            Self::Truth => 1,
        }
    }
}

/// The header of an array.
pub(super) fn header(descr: &str, shape: &[u64]) -> Vec<u8> {
    let lengths: String = shape.iter().map(|length| format!("{length}, ")).collect();
    let lengths = if shape.len() > 1 { lengths.trim_end_matches(", ") } else { lengths.trim_end() };
    let text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({lengths}), }}");
    let length = HEADER as usize - 10;
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((length as u16).to_le_bytes());
    bytes.extend(format!("{text:<width$}\n", width = length - 1).into_bytes());
    bytes
}

/// Writes the values of a column.
pub(super) fn write(values: &Columns<'_>, out: &mut impl Write) -> io::Result<()> {
    match values {
        Columns::Long(values) => numbers(values, i64::to_le_bytes, out),
        Columns::Index(values) => numbers(values, u32::to_le_bytes, out),
        Columns::Real(values) => numbers(values, f64::to_le_bytes, out),
        Columns::Truth(values) => numbers(values, |value| [u8::from(value)], out),
        Columns::Seed(values) => numbers(values, u64::to_le_bytes, out),
    }
}

/// So many values become bytes at a time: they stay in the fastest cache.
const AT_ONCE: usize = 2048;

fn numbers<T: Copy, const N: usize>(values: &[T], bytes: fn(T) -> [u8; N], out: &mut impl Write) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(AT_ONCE.min(values.len()) * N);
    for values in values.chunks(AT_ONCE) {
        buffer.clear();
        values.iter().for_each(|&value| buffer.extend(bytes(value)));
        out.write_all(&buffer)?;
    }
    Ok(())
}

/// Values that were written as bytes.
pub(super) fn read(kind: Kind, bytes: &[u8]) -> Columns<'static> {
    fn values<T, const N: usize>(bytes: &[u8], value: fn([u8; N]) -> T) -> Vec<T> {
        bytes.as_chunks::<N>().0.iter().map(|bytes| value(*bytes)).collect()
    }
    match kind {
        Kind::Long => Columns::Long(values(bytes, i64::from_le_bytes).into()),
        Kind::Index => Columns::Index(values(bytes, u32::from_le_bytes).into()),
        Kind::Real => Columns::Real(values(bytes, f64::from_le_bytes).into()),
        Kind::Truth => Columns::Truth(values(bytes, |[byte]: [u8; 1]| byte != 0).into()),
        Kind::Seed => Columns::Seed(values(bytes, u64::from_le_bytes).into()),
    }
}

/// Pairs of texts, as a whole array of two columns: `dict(array)` in Python.
pub(super) fn pairs(pairs: &[(String, String)]) -> Vec<u8> {
    let texts = || pairs.iter().flat_map(|(name, value)| [name, value]);
    let longest = texts().map(|text| text.chars().count()).max().unwrap_or(0).max(1);
    let mut bytes = header(&format!("<U{longest}"), &[pairs.len() as u64, 2]);
    for text in texts() {
        let letters = text.chars().map(u32::from).chain(std::iter::repeat(0)).take(longest);
        letters.for_each(|letter| bytes.extend(letter.to_le_bytes()));
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_of_one_length_and_read_back() {
        for shape in [&[0][..], &[3], &[3, 2], &[u64::MAX, u64::from(u32::MAX)]] {
            let mut bytes = header("<f8", shape);
            assert_eq!(bytes.len() as u64, HEADER);
            if shape.iter().try_fold(1_u64, |size, length| size.checked_mul(*length)).is_some_and(|size| size < 10) {
                write(&Columns::Real(vec![1.5; shape.iter().product::<u64>() as usize].into()), &mut bytes)
                    .expect("memory");
                let file = npyz::NpyFile::new(&bytes[..]).expect("a header");
                assert_eq!(file.shape(), shape);
                assert!(file.into_vec::<f64>().expect("floats").iter().all(|value| *value == 1.5));
            }
        }
    }

    #[test]
    fn values_read_back() {
        let columns = [
            Columns::Long(vec![-1, 1 << 40].into()),
            Columns::Index(vec![7, u32::MAX].into()),
            Columns::Real(vec![0.1, f64::MIN_POSITIVE, -1e300].into()),
            Columns::Truth(vec![true, false].into()),
            Columns::Seed(vec![0, u64::MAX].into()),
        ];
        for column in columns {
            let mut bytes = Vec::new();
            write(&column, &mut bytes).expect("memory");
            assert_eq!(bytes.len() as u64, column.kind().bytes() * column.len() as u64);
            assert_eq!(read(column.kind(), &bytes), column);
        }
    }
}
