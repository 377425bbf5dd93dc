//! Recordings that were written as text.

use super::{Entry, Visit, as_text_has, kind, not_those, rows_of_a_stretch, samples, wrong};
use crate::output::{Columns, Kind};
use std::fs::File;
use std::io::{self, BufRead, BufReader};

/// A 32-bit float has no more digits than this.
const DIGITS_OF_SINGLES: usize = 9;

/// Goes through the lines behind the units and the names.
pub(super) fn each(file: File, entry: &Entry, visit: &mut Visit<'_>) -> io::Result<()> {
    let mut file = BufReader::with_capacity(1 << 16, file);
    file.read_line(&mut String::new())?;
    let mut lines = csv::ReaderBuilder::new().has_headers(true).from_reader(file);
    let names = lines.headers()?.clone();
    let elements: Option<Vec<u32>> = names.iter().skip(1).map(|name| name.parse().ok()).collect();
    // Times and indices are no floats of 32 bits, whatever the state is held in.
    let of_samples = elements.is_some() && entry.units.len() == 2;
    let is_single = |place: usize| match entry.units.get(place) {
        Some((name, _)) if !of_samples => place > 0 && name != "t" && kind(entry, place) == Kind::Real,
        _ => place > 0,
    };
    let singles = (0..names.len()).map(|place| entry.single && is_single(place)).collect();
    let numbers = Numbers { lines, line: csv::StringRecord::new(), row: Vec::new(), rows: 0, singles };
    match elements {
        // A column an element: `t,0,5,10`; also of none.
        Some(elements) if entry.units.len() == 2 => numbers.samples(entry, &elements, visit),
        _ if entry.units.len() == names.len() => numbers.named(entry, visit),
        _ => Err(not_those()),
    }
}

/// The lines, as numbers.
struct Numbers {
    lines: csv::Reader<BufReader<File>>,
    line: csv::StringRecord,
    row: Vec<f64>,
    /// How many came.
    rows: u64,
    /// By column, whether its numbers are those of 32-bit floats.
    singles: Vec<bool>,
}

impl Numbers {
    /// The next line; whether there was one.
    fn next(&mut self) -> io::Result<bool> {
        let more = self.lines.read_record(&mut self.line)?;
        self.row.clear();
        for (place, cell) in self.line.iter().enumerate().filter(|_| more) {
            self.row.push(number(cell, self.singles.get(place) == Some(&true))?);
        }
        self.rows += u64::from(more);
        Ok(more)
    }

    /// A text that is cut off may end with a whole line.
    fn are_all_of(&self, entry: &Entry) -> io::Result<()> {
        if self.rows == entry.rows {
            return Ok(());
        }
        Err(wrong(format!("it has {} rows, and the summary says {}", self.rows, entry.rows)))
    }

    fn samples(mut self, entry: &Entry, elements: &[u32], visit: &mut Visit<'_>) -> io::Result<()> {
        let most = rows_of_a_stretch(elements.len());
        let (mut times, mut values) = (Vec::new(), Vec::new());
        loop {
            let more = self.next()?;
            if let [t, row @ ..] = self.row.as_slice() {
                times.push(*t);
                values.extend_from_slice(row);
            }
            if times.len() == most || !more && !times.is_empty() {
                samples(entry, elements, std::mem::take(&mut times), &values, visit)?;
                values.clear();
            }
            if !more {
                return self.are_all_of(entry);
            }
        }
    }

    fn named(mut self, entry: &Entry, visit: &mut Visit<'_>) -> io::Result<()> {
        let most = rows_of_a_stretch(entry.units.len());
        let mut columns: Vec<Vec<f64>> = vec![Vec::new(); entry.units.len()];
        loop {
            let more = self.next()?;
            columns.iter_mut().zip(&self.row).for_each(|(column, number)| column.push(*number));
            let rows = columns.first().map_or(0, Vec::len);
            if rows == most || !more && rows > 0 {
                let taken = columns.iter_mut().map(|column| Columns::Real(std::mem::take(column).into()));
                visit(&as_text_has(entry, taken));
            }
            if !more {
                return self.are_all_of(entry);
            }
        }
    }
}

/// A cell; of a state in 32-bit floats, what it was before it was written with the digits of one.
fn number(cell: &str, single: bool) -> io::Result<f64> {
    let failed = || wrong(format!("`{cell}` is no number"));
    let mantissa = cell.split(['e', 'E']).next().unwrap_or(cell);
    if single && mantissa.bytes().filter(u8::is_ascii_digit).count() <= DIGITS_OF_SINGLES {
        return cell.parse::<f32>().map(f64::from).map_err(|_| failed());
    }
    cell.parse().map_err(|_| failed())
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn singles_are_read_back_as_what_they_were() {
        for value in [0.1_f32, -0.06, 1e-40, 3.402_823_5e38, 16_777_216.0, 0.3] {
            let text = format!("{value:e}");
            assert_eq!(number(&text, true).expect("a number"), f64::from(value), "{text}");
        }
        assert_eq!(number("0.30000000000000004", true).expect("a number"), 0.1 + 0.2);
        assert_eq!(number("0.1", false).expect("a number"), 0.1);
        assert!(number("NaN", true).expect("a number").is_nan());
        assert_eq!(number("x", true).expect_err("none").to_string(), "`x` is no number");
    }
}
