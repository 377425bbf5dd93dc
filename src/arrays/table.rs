//! Tables as text: columns separated by commas, names and units in the first line where there are any.
//!
//! Where the lines have no commas, semicolons, tabs or spaces separate the columns if that is what makes numbers of them.
//! Lines that begin with `#` are comments. The first line that is none holds the names if one of its cells is no number; a name may
//! carry its unit in brackets, `t[ms]`, `t (ms)`. Everything else is numbers.

use super::{Column, MOST_VALUES, Malformed, Table};
use std::borrow::Cow;

/// What to do about a cell that is no number.
const CELLS: &str =
    "columns are separated by commas (or all by semicolons, tabs or spaces), and hold numbers below one line of names";

pub(super) fn read(bytes: &[u8]) -> Result<Table, Malformed> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let bytes = &*with_commas(bytes);
    let mut reader = csv::ReaderBuilder::new();
    let mut reader =
        reader.has_headers(false).comment(Some(b'#')).trim(csv::Trim::All).flexible(true).from_reader(bytes);
    let mut record = csv::StringRecord::new();
    let mut columns: Vec<Draft> = Vec::new();
    let mut first = true;
    while reader.read_record(&mut record).map_err(|error| not_text(&error))? {
        let line = record.position().map_or(0, csv::Position::line);
        if std::mem::take(&mut first) {
            let named = record.iter().any(|cell| number(cell).is_none());
            columns = record.iter().map(|cell| Draft::new(if named { cell } else { "" })).collect();
            if named {
                continue;
            }
        }
        if record.len() != columns.len() {
            let reason =
                format!("line {line} has {} columns, and those before it have {}", record.len(), columns.len());
            return Err(Malformed::new(reason, CELLS));
        }
        for (column, cell) in columns.iter_mut().zip(&record) {
            column.push(cell, line)?;
        }
        if columns.iter().map(|column| column.values.len()).sum::<usize>() > MOST_VALUES {
            return Err(Malformed::new("it has more than 2^31 numbers", "divide it into several files"));
        }
    }
    if columns.is_empty() {
        return Err(Malformed::new("it has no line with numbers", CELLS));
    }
    Ok(Table { columns: columns.into_iter().map(Draft::finish).collect() })
}

/// The same lines with commas between the columns, where something else separates them.
fn with_commas(bytes: &[u8]) -> Cow<'_, [u8]> {
    // The first line may be one of names; if the second has one number or commas, no other separator is meant.
    let told = lines(bytes).map(<[u8]>::trim_ascii).filter(|line| !line.is_empty() && !line.starts_with(b"#"));
    let told: Vec<&[u8]> = told.take(2).collect();
    let Some(line) = told.last().and_then(|line| std::str::from_utf8(line).ok()) else { return Cow::Borrowed(bytes) };
    if told.iter().any(|line| line.contains(&b',')) || number(line).is_some() {
        return Cow::Borrowed(bytes);
    }
    let numbers = |mut cells: std::str::Split<'_, char>| cells.all(|cell| number(cell.trim()).is_some());
    let separator = [';', '\t'].into_iter().find(|&separator| numbers(line.split(separator)));
    if separator.is_none() && !line.split_whitespace().all(|cell| number(cell).is_some()) {
        return Cow::Borrowed(bytes);
    }
    let mut with_commas = Vec::with_capacity(bytes.len());
    for line in lines(bytes) {
        match separator {
            _ if line.trim_ascii_start().starts_with(b"#") => with_commas.push(b'#'),
            Some(separator) => with_commas
                .extend(line.trim_ascii().iter().map(|&byte| if byte == separator as u8 { b',' } else { byte })),
            None => {
                let cells = line.split(u8::is_ascii_whitespace).filter(|cell| !cell.is_empty());
                let joined = cells.collect::<Vec<_>>().join(&b',');
                with_commas.extend(joined);
            }
        }
        // As many lines as there were, for messages that name one.
        with_commas.push(b'\n');
    }
    Cow::Owned(with_commas)
}

/// Lines end as those of the `csv` crate: by `\r`, `\n`, or both.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ended = |line: &[u8]| line.len() - usize::from(line.ends_with(b"\r"));
    let lines = bytes.strip_suffix(b"\n").unwrap_or(bytes).split(|&byte| byte == b'\n');
    lines.flat_map(move |line| line[..ended(line)].split(|&byte| byte == b'\r'))
}

/// A column that is being read.
struct Draft {
    name: String,
    unit: Option<String>,
    values: Vec<f64>,
    integer: bool,
}

impl Draft {
    /// From `t`, `t[ms]`, `t (ms)` or nothing.
    fn new(heading: &str) -> Self {
        let within = |open, close| heading.strip_suffix(close).and_then(|heading| heading.split_once(open));
        let (name, unit) = match within('[', ']').or_else(|| within('(', ')')) {
            Some((name, unit)) => (name.trim(), Some(unit.trim().to_owned())),
            None => (heading, None),
        };
        Self { name: name.to_owned(), unit, values: Vec::new(), integer: true }
    }

    fn push(&mut self, cell: &str, line: u64) -> Result<(), Malformed> {
        let Some(value) = number(cell) else {
            return Err(Malformed::new(format!("line {line}: `{}` is not a number", shortened(cell)), CELLS));
        };
        if !value.is_finite() {
            let mend = "every value is a finite number; leave the line out, or give it another value";
            return Err(Malformed::new(format!("line {line}: `{cell}` is not finite"), mend));
        }
        self.integer &= cell.parse::<i64>().is_ok();
        self.values.push(value);
        Ok(())
    }

    fn finish(self) -> Column {
        Column { name: self.name, unit: self.unit, integer: self.integer, values: self.values.into() }
    }
}

fn number(cell: &str) -> Option<f64> {
    cell.parse().ok()
}

fn shortened(cell: &str) -> String {
    if cell.chars().count() <= 24 { cell.to_owned() } else { cell.chars().take(24).chain(['…']).collect() }
}

fn not_text(error: &csv::Error) -> Malformed {
    let line = error.position().map_or_else(String::new, |position| format!("line {}: ", position.line()));
    let reason = match error.kind() {
        csv::ErrorKind::Utf8 { .. } => format!("{line}it is not text in UTF-8"),
        _ => format!("{line}it cannot be read as text"),
    };
    Malformed::new(reason, "for a NumPy file there is `npy(…)`, for a picture `png(…)`")
}
