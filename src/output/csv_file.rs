//! Tables as text.
//!
//! The first line begins with `#` and names the units; the second names the columns; numbers are written so that reading them
//! gives back the same bits, but for times, which are rounded to 15 digits; those of a state in 32-bit floats give back the bits
//! of such.

use super::table::{Columns, Table, rounded_time, single};
use std::fmt::{self, Write as _};
use std::io::{self, Write as _};

/// Writes `table` to `out`.
pub(super) fn write(table: &Table<'_>, out: impl io::Write) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    writeln!(out, "# {}", table.units())?;
    let mut csv = csv::Writer::from_writer(out);
    match table {
        Table::Named { columns } => {
            csv.write_record(columns.iter().map(|(name, _, _)| name))?;
            let mut text = String::new();
            for row in 0..table.rows() {
                for (name, _, values) in columns {
                    text.clear();
                    field(&mut text, name, values, row);
                    csv.write_field(&text)?;
                }
                csv.write_record(None::<&[u8]>)?;
            }
        }
        Table::Samples { times, elements, values, single: of_singles, .. } => {
            let names = elements.iter().map(ToString::to_string);
            csv.write_record(std::iter::once("t".to_owned()).chain(names))?;
            for (row, &t) in times.iter().enumerate() {
                let sampled = &values[row * elements.len()..(row + 1) * elements.len()];
                if *of_singles {
                    let sampled: Vec<f64> = sampled.iter().map(|&value| single(value)).collect();
                    csv.serialize((rounded_time(t), sampled))?;
                } else {
                    csv.serialize((rounded_time(t), sampled))?;
                }
            }
        }
    }
    csv.flush()
}

/// Adds a value as text; there is always room in memory for it.
fn field(text: &mut String, name: &str, values: &Columns<'_>, row: usize) {
    let _ = match values {
        Columns::Long(values) => write!(text, "{}", values[row]),
        Columns::Index(values) => write!(text, "{}", values[row]),
        Columns::Real(values) if name == "t" => number(text, rounded_time(values[row])),
        Columns::Real(values) => number(text, values[row]),
        Columns::Single(values) => number(text, single(values[row])),
    };
}

/// The shortest text that reads back as the same number; exponents where plain digits would be long.
fn number(text: &mut String, value: f64) -> fmt::Result {
    let long = value != 0.0 && !(1e-5..1e16).contains(&value.abs());
    if long { write!(text, "{value:e}") } else { write!(text, "{value}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;

    fn text(table: &Table<'_>) -> String {
        let mut out = Vec::new();
        write(table, &mut out).expect("writing to memory");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn spikes_have_a_unit_line_and_three_columns() {
        let column = |name: &str, unit: &str, values| (name.to_owned(), unit.to_owned(), values);
        let columns = vec![
            column("step", "1", Columns::Long(Cow::Owned(vec![3, 10]))),
            column("t", "s", Columns::Real(Cow::Owned(vec![3.0 * 1e-4, 10.0 * 1e-4]))),
            column("i", "1", Columns::Index(Cow::Owned(vec![7, 0]))),
        ];
        assert_eq!(text(&Table::Named { columns }), "# step [1], t [s], i [1]\nstep,t,i\n3,0.0003,7\n10,0.001,0\n");
    }

    #[test]
    fn numbers_of_32_bits_are_written_as_such() {
        let values = vec![f64::from(-0.06_f32), f64::from(1e-40_f32), 0.1 + 0.2, 5.0];
        let named = |values: Columns<'static>| Table::Named { columns: vec![("w".to_owned(), "1".to_owned(), values)] };
        let written = text(&named(Columns::Single(Cow::Owned(values.clone()))));
        assert_eq!(written, "# w [1]\nw\n-0.06\n1e-40\n0.30000000000000004\n5\n");
        let table = Table::Samples {
            times: Cow::Owned(vec![0.1]),
            elements: Cow::Owned(vec![0, 1, 2, 3]),
            name: "w".to_owned(),
            unit: "1".to_owned(),
            values: Cow::Owned(values),
            single: true,
        };
        assert_eq!(text(&table), "# t [s], w [1]\nt,0,1,2,3\n0.1,-0.06,1e-40,0.30000000000000004,5.0\n");
    }

    #[test]
    fn samples_have_a_column_per_element() {
        let table = Table::Samples {
            times: Cow::Owned(vec![0.0, 1e-4]),
            elements: Cow::Owned(vec![0, 5]),
            name: "v".to_owned(),
            unit: "V".to_owned(),
            values: Cow::Owned(vec![-0.06, 1e-300, f64::NAN, 0.1 + 0.2]),
            single: false,
        };
        assert_eq!(text(&table), "# t [s], v [V]\nt,0,5\n0.0,-0.06,1e-300\n0.0001,NaN,0.30000000000000004\n");
    }
}
