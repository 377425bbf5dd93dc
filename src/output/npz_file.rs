//! Tables as NumPy archives: `numpy.load(file)["v"]`.
//!
//! Named columns become arrays of one dimension; samples become `t`, `elements` and the values as an array of two dimensions
//! (time, element), named by what is recorded. Numbers are of 64 bits, in whatever floats the state is held.

use super::table::{Columns, Table};
use npyz::WriterBuilder;
use npyz::npz::NpzWriter;
use std::io;

/// Writes `table` to `out`.
pub(super) fn write(table: &Table<'_>, out: impl io::Write + io::Seek) -> io::Result<()> {
    let mut archive = NpzWriter::new(out);
    match table {
        Table::Named { columns } => {
            for (name, _, values) in columns {
                let length = values.len() as u64;
                match values {
                    Columns::Long(values) => array(&mut archive, name, &[length], values)?,
                    Columns::Index(values) => array(&mut archive, name, &[length], values)?,
                    Columns::Real(values) | Columns::Single(values) => array(&mut archive, name, &[length], values)?,
                }
            }
        }
        Table::Samples { times, elements, name, values, .. } => {
            array(&mut archive, "t", &[times.len() as u64], times)?;
            array(&mut archive, "elements", &[elements.len() as u64], elements)?;
            array(&mut archive, name, &[times.len() as u64, elements.len() as u64], values)?;
        }
    }
    archive.zip_writer().finish().map_err(io::Error::other)?;
    Ok(())
}

fn array<W, T>(archive: &mut NpzWriter<W>, name: &str, shape: &[u64], values: &[T]) -> io::Result<()>
where
    W: io::Write + io::Seek,
    T: npyz::AutoSerialize + Copy,
{
    let mut array = archive.array(name, Default::default())?.default_dtype().shape(shape).begin_nd()?;
    array.extend(values.iter().copied())?;
    array.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use npyz::npz::NpzArchive;
    use std::borrow::Cow;

    #[test]
    fn samples_read_back_with_their_shape() {
        let table = Table::Samples {
            times: Cow::Owned(vec![0.0, 1e-4, 2e-4]),
            elements: Cow::Owned(vec![0, 5]),
            name: "v".to_owned(),
            unit: "V".to_owned(),
            values: Cow::Owned(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
            single: false,
        };
        let mut out = io::Cursor::new(Vec::new());
        write(&table, &mut out).expect("writing to memory");
        let mut archive = NpzArchive::new(out).expect("an archive");
        let values = archive.by_name("v").expect("readable").expect("there");
        assert_eq!(values.shape(), [3, 2]);
        assert_eq!(values.into_vec::<f64>().expect("floats"), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let elements = archive.by_name("elements").expect("readable").expect("there");
        assert_eq!(elements.into_vec::<u32>().expect("indices"), [0, 5]);
    }
}
