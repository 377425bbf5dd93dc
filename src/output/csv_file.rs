//! Tables as text.
//!
//! The first line begins with `#` and names the units; the second names the columns; numbers are written so that reading them
//! gives back the same bits, but for times, which are rounded to 15 digits; those of a state in 32-bit floats give back the bits
//! of such. What holds is 1, what does not is 0.

use super::rows::Rows;
use super::table::{Columns, Kind, Table, rounded_time, single};
use std::fmt::{self, Write as _};
use std::io::{self, Write as _};

/// Writes all rows to `out`.
pub(super) fn write(rows: &dyn Rows, out: impl io::Write) -> io::Result<()> {
    let mut out = io::BufWriter::with_capacity(1 << 16, out);
    let heading = rows.heading();
    writeln!(out, "# {}", heading.units())?;
    let mut csv = csv::Writer::from_writer(out);
    match &heading {
        Table::Named { columns } => csv.write_record(columns.iter().map(|(name, _, _)| name))?,
        Table::Samples { elements, .. } => {
            let names = elements.iter().map(ToString::to_string);
            csv.write_record(std::iter::once("t".to_owned()).chain(names))?;
        }
    }
    let mut text = String::new();
    let shown = if rows.are_single() { single } else { |value| value };
    rows.each(&mut |table| {
        match table {
            Table::Named { columns } => {
                for row in 0..table.rows() {
                    for (name, _, values) in columns {
                        text.clear();
                        field(&mut text, name, values, row, shown);
                        csv.write_field(&text)?;
                    }
                    csv.write_record(None::<&[u8]>)?;
                }
            }
            Table::Samples { times, elements, values, kind: Kind::Real, .. } => {
                for (row, &t) in times.iter().enumerate() {
                    let sampled = &values[row * elements.len()..(row + 1) * elements.len()];
                    let sampled: Vec<f64> = sampled.iter().map(|&value| shown(value)).collect();
                    csv.serialize((rounded_time(t), sampled))?;
                }
            }
            Table::Samples { times, elements, values, .. } => {
                for (row, &t) in times.iter().enumerate() {
                    let sampled = &values[row * elements.len()..(row + 1) * elements.len()];
                    let sampled: Vec<i64> = sampled.iter().map(|&value| value as i64).collect();
                    csv.serialize((rounded_time(t), sampled))?;
                }
            }
        }
        Ok(())
    })?;
    csv.flush()
}

/// Adds a value as text, numbers as they are to be shown; there is always room in memory for it.
fn field(text: &mut String, name: &str, values: &Columns<'_>, row: usize, shown: fn(f64) -> f64) {
    let _ = match values {
        Columns::Long(values) => write!(text, "{}", values[row]),
        Columns::Index(values) => write!(text, "{}", values[row]),
        Columns::Seed(values) => write!(text, "{}", values[row]),
        Columns::Truth(values) => write!(text, "{}", u8::from(values[row])),
        Columns::Real(values) if name == "t" => number(text, rounded_time(values[row])),
        Columns::Real(values) => number(text, shown(values[row])),
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

    /// A table of a state in 32-bit floats.
    struct Singles<'a>(Table<'a>);

    impl Rows for Singles<'_> {
        fn heading(&self) -> Table<'_> {
            self.0.emptied()
        }

        fn rows(&self) -> u64 {
            self.0.rows() as u64
        }

        fn are_single(&self) -> bool {
            true
        }

        fn each(&self, on: &mut dyn FnMut(&Table<'_>) -> io::Result<()>) -> io::Result<()> {
            on(&self.0)
        }
    }

    #[test]
    fn numbers_of_32_bits_are_written_as_such() {
        let text = |table: Table<'_>| {
            let mut out = Vec::new();
            write(&Singles(table), &mut out).expect("writing to memory");
            String::from_utf8(out).expect("text")
        };
        let values = vec![f64::from(-0.06_f32), f64::from(1e-40_f32), 0.1 + 0.2, 5.0];
        let columns = vec![("w".to_owned(), "1".to_owned(), Columns::Real(Cow::Owned(values.clone())))];
        assert_eq!(text(Table::Named { columns }), "# w [1]\nw\n-0.06\n1e-40\n0.30000000000000004\n5\n");
        let table = Table::Samples {
            times: Cow::Owned(vec![0.1]),
            elements: Cow::Owned(vec![0, 1, 2, 3]),
            name: "w".to_owned(),
            unit: "1".to_owned(),
            kind: Kind::Real,
            values: Cow::Owned(values),
        };
        assert_eq!(text(table), "# t [s], w [1]\nt,0,1,2,3\n0.1,-0.06,1e-40,0.30000000000000004,5.0\n");
    }

    #[test]
    fn whole_numbers_have_no_point() {
        let samples = |kind| Table::Samples {
            times: Cow::Owned(vec![0.5]),
            elements: Cow::Owned(vec![0, 1]),
            name: "n".to_owned(),
            unit: "1".to_owned(),
            kind,
            values: Cow::Owned(vec![-3.0, 1.0]),
        };
        assert_eq!(text(&samples(Kind::Long)), "# t [s], n [1]\nt,0,1\n0.5,-3,1\n");
        let column = |name: &str, values| (name.to_owned(), "1".to_owned(), values);
        let columns =
            vec![column("seed", Columns::Seed(vec![u64::MAX].into())), column("up", Columns::Truth(vec![true].into()))];
        assert_eq!(text(&Table::Named { columns }), "# seed [1], up [1]\nseed,up\n18446744073709551615,1\n");
    }

    #[test]
    fn samples_have_a_column_per_element() {
        let table = Table::Samples {
            times: Cow::Owned(vec![0.0, 1e-4]),
            elements: Cow::Owned(vec![0, 5]),
            name: "v".to_owned(),
            unit: "V".to_owned(),
            kind: Kind::Real,
            values: Cow::Owned(vec![-0.06, 1e-300, f64::NAN, 0.1 + 0.2]),
        };
        assert_eq!(text(&table), "# t [s], v [V]\nt,0,5\n0.0,-0.06,1e-300\n0.0001,NaN,0.30000000000000004\n");
    }
}
