//! Tables as Apache Parquet: `polars.read_parquet(file)`, `pandas.read_parquet(file)`.
//!
//! Named columns stay what they are; samples become rows of time, element and value, `t`, `i` and the name of what is recorded, so that
//! a file of ten elements and one of a million have the same columns. The file's metadata has the units as JSON under
//! `rheobase.units`, the time step [s] under `rheobase.dt`.

use super::rows::Rows;
use super::table::{Columns, Kind, Table};
use parquet::basic::{Compression, ConvertedType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{ColumnPath, Type};
use std::fs::File;
use std::io;
use std::sync::Arc;

/// Rows that are read at a time, and held before they are written.
const GROUP: usize = 1 << 18;

/// Writes all rows to `out`.
pub(super) fn write(rows: &dyn Rows, out: File) -> io::Result<()> {
    let heading = rows.heading();
    let mut group = long(&heading).emptied();
    let properties = properties(&group, rows.dt()).map_err(io::Error::other)?;
    let schema = schema(&group).map_err(wrong)?;
    let mut file = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties)).map_err(wrong)?;
    rows.each(&mut |table| {
        group.extend(&long(table));
        if group.rows() >= GROUP {
            write_group(&mut file, &group).map_err(wrong)?;
            group = group.emptied();
        }
        Ok(())
    })?;
    if group.rows() > 0 {
        write_group(&mut file, &group).map_err(wrong)?;
    }
    file.close().map(drop).map_err(wrong)
}

/// A failure to write, as it was told by whoever writes.
fn wrong(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(inner) => *inner,
            Err(inner) => io::Error::other(inner),
        },
        other => io::Error::other(other),
    }
}

/// Samples as rows of time, element and value.
fn long<'a>(table: &'a Table<'a>) -> Table<'a> {
    match table {
        Table::Named { columns } => {
            Table::of(columns.iter().map(|(name, unit, values)| (name.clone(), unit.clone(), values.borrowed())))
        }
        Table::Samples { times, elements, name, unit, .. } => {
            let each = |t: &f64| std::iter::repeat_n(*t, elements.len());
            let indices = times.iter().flat_map(|_| elements.iter().copied());
            Table::of([
                ("t".to_owned(), "s".to_owned(), Columns::Real(times.iter().flat_map(each).collect())),
                ("i".to_owned(), "1".to_owned(), Columns::Index(indices.collect())),
                (name.clone(), unit.clone(), table.column(1)),
            ])
        }
    }
}

fn schema(table: &Table<'_>) -> Result<Type, ParquetError> {
    let column = |(name, _, kind, _): (String, String, Kind, u64)| {
        let (physical, converted) = match kind {
            Kind::Long | Kind::Index => (Physical::INT64, ConvertedType::INT_64),
            Kind::Seed => (Physical::INT64, ConvertedType::UINT_64),
            Kind::Truth => (Physical::BOOLEAN, ConvertedType::NONE),
            Kind::Real => (Physical::DOUBLE, ConvertedType::NONE),
        };
        let made = Type::primitive_type_builder(&name, physical).with_repetition(Repetition::REQUIRED);
        made.with_converted_type(converted).build().map(Arc::new)
    };
    let columns = table.layout().into_iter().map(column).collect::<Result<Vec<_>, _>>()?;
    Type::group_type_builder("recording").with_fields(columns).build()
}

fn properties(table: &Table<'_>, dt: Option<f64>) -> serde_json::Result<WriterProperties> {
    let units = table.layout().into_iter().map(|(name, unit, ..)| (name, serde_json::Value::from(unit)));
    let units = serde_json::to_string(&serde_json::Value::Object(units.collect()))?;
    let mut metadata = vec![KeyValue::new("rheobase.units".to_owned(), units)];
    metadata.extend(dt.map(|dt| KeyValue::new("rheobase.dt".to_owned(), dt.to_string())));
    let mut properties = WriterProperties::builder()
        .set_created_by(format!("rheobase {}", env!("CARGO_PKG_VERSION")))
        .set_compression(Compression::SNAPPY)
        .set_key_value_metadata(Some(metadata));
    // Few values of a variable are alike: a dictionary of them is made for nothing.
    for (name, _, kind, _) in table.layout() {
        if kind == Kind::Real && name != "t" {
            properties = properties.set_column_dictionary_enabled(ColumnPath::from(vec![name]), false);
        }
    }
    Ok(properties.build())
}

fn write_group(file: &mut SerializedFileWriter<File>, table: &Table<'_>) -> Result<(), ParquetError> {
    let mut group = file.next_row_group()?;
    for place in 0..table.layout().len() {
        write_column(&mut group, &table.column(place))?;
    }
    group.close().map(drop)
}

fn write_column(group: &mut SerializedRowGroupWriter<'_, File>, values: &Columns<'_>) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else { return Ok(()) };
    match values {
        Columns::Long(values) => column.typed::<Int64Type>().write_batch(values, None, None)?,
        Columns::Index(values) => {
            let values: Vec<i64> = values.iter().map(|&value| i64::from(value)).collect();
            column.typed::<Int64Type>().write_batch(&values, None, None)?
        }
        Columns::Seed(values) => {
            let bits: Vec<i64> = values.iter().map(|&value| value.cast_signed()).collect();
            column.typed::<Int64Type>().write_batch(&bits, None, None)?
        }
        Columns::Truth(values) => column.typed::<BoolType>().write_batch(values, None, None)?,
        Columns::Real(values) => column.typed::<DoubleType>().write_batch(values, None, None)?,
    };
    column.close()
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::RowAccessor;
    use std::borrow::Cow;

    #[test]
    fn samples_are_rows_of_time_element_and_value() {
        let table = Table::Samples {
            times: Cow::Owned(vec![0.0, 0.5]),
            elements: Cow::Owned(vec![3, u32::MAX]),
            name: "v".to_owned(),
            unit: "V".to_owned(),
            kind: Kind::Real,
            values: Cow::Owned(vec![1.0, f64::NAN, -3.0, 1e-300]),
        };
        let place = tempfile::tempdir().expect("a folder");
        let path = place.path().join("P.v.parquet");
        write(&table, File::create(&path).expect("a file")).expect("written");
        let reader = SerializedFileReader::new(File::open(&path).expect("there")).expect("a file of that kind");
        let metadata = reader.metadata().file_metadata().key_value_metadata().expect("there is some");
        let units = metadata.iter().find(|entry| entry.key == "rheobase.units").and_then(|entry| entry.value.clone());
        assert_eq!(units.as_deref(), Some(r#"{"t":"s","i":"1","v":"V"}"#));
        let rows = reader.get_row_iter(None).expect("rows").map(|row| {
            let row = row.expect("a row");
            (row.get_double(0).expect("t"), row.get_long(1).expect("i"), row.get_double(2).expect("v").to_bits())
        });
        let expected = [
            (0.0, 3, 1.0_f64),
            (0.0, i64::from(u32::MAX), f64::NAN),
            (0.5, 3, -3.0),
            (0.5, i64::from(u32::MAX), 1e-300),
        ];
        assert!(rows.eq(expected.map(|(t, i, v)| (t, i, v.to_bits()))));
    }
}
