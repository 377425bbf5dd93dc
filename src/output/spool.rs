//! Recordings on disk while a run goes on: columns that grow, each a file of its own.
//!
//! In: stretches of a recording, in order. Out: files that hold them from then on, and the same rows again, a stretch at a time. The
//! files are NumPy's arrays, whole after every stretch, so that what is there can be read whatever becomes of the run. A segment is
//! written by its only owner and never cut: who goes back to an earlier time keeps the segments there were, and begins another.

use super::npy::{self, HEADER};
use super::table::{Columns, Kind, Table};
use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Bytes that are read at a time.
const STRETCH: u64 = 1 << 20;

/// A stretch of a recording, of any length, in a folder of its own; the folder goes with it.
#[derive(Debug)]
pub(crate) struct Segment {
    folder: PathBuf,
    heading: Table<'static>,
    columns: Vec<Column>,
    rows: u64,
}

#[derive(Debug)]
struct Column {
    path: PathBuf,
    kind: Kind,
    /// Values in a row, where there may be other than one.
    width: Option<u64>,
}

impl Column {
    fn values(&self) -> u64 {
        self.width.unwrap_or(1)
    }

    fn header(&self, rows: u64) -> Vec<u8> {
        let shape: Vec<u64> = std::iter::once(rows).chain(self.width).collect();
        npy::header(self.kind.descr(), &shape)
    }

    /// Writes a stretch behind so many rows, then says in the header that it is there.
    fn append(&self, before: u64, rows: u64, values: &Columns<'_>) -> io::Result<()> {
        let mut file = File::options().write(true).open(&self.path)?;
        file.seek(SeekFrom::Start(HEADER + before * self.values() * self.kind.bytes()))?;
        npy::write(values, &mut file)?;
        file.rewind()?;
        file.write_all(&self.header(before + rows))
    }

    /// Goes back to so many rows.
    fn cut(&self, rows: u64) -> io::Result<()> {
        let mut file = File::options().write(true).open(&self.path)?;
        file.write_all(&self.header(rows))?;
        file.set_len(HEADER + rows * self.values() * self.kind.bytes())
    }
}

impl Segment {
    /// An empty one, in a folder that is made; `table` says of what columns.
    pub(crate) fn create(folder: PathBuf, table: &Table<'_>) -> io::Result<Self> {
        let heading = table.emptied();
        fs::create_dir_all(&folder)?;
        let mut columns = Vec::new();
        for (place, (name, _, kind, width)) in heading.layout().into_iter().enumerate() {
            // Numbered: some disks take `v` and `V` for one name.
            let path = folder.join(format!("{place}.{name}.npy"));
            let wide = matches!(heading, Table::Samples { .. }) && place == 1;
            let column = Column { path, kind, width: wide.then_some(width) };
            File::create_new(&column.path)?.write_all(&column.header(0))?;
            columns.push(column);
        }
        Ok(Self { folder, heading, columns, rows: 0 })
    }

    /// Adds rows of the same columns; none of them where that fails.
    pub(crate) fn append(&mut self, table: &Table<'_>) -> io::Result<()> {
        let rows = table.rows() as u64;
        for (place, column) in self.columns.iter().enumerate() {
            if let Err(error) = column.append(self.rows, rows, &table.column(place)) {
                self.cut(self.rows);
                return Err(error);
            }
        }
        self.rows += rows;
        Ok(())
    }

    /// Goes back to its first rows, as far as the disk lets it.
    pub(crate) fn cut(&mut self, rows: u64) {
        self.rows = rows;
        // Where the disk does not, what stands behind these rows is read by nobody.
        self.columns.iter().for_each(|column| drop(column.cut(rows)));
    }

    /// How many rows.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// The file of a column.
    pub(crate) fn file_of(&self, place: usize) -> Option<&Path> {
        self.columns.get(place).map(|column| column.path.as_path())
    }

    /// Where it lies.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Goes through all rows.
    pub(crate) fn each(&self, on: &mut dyn FnMut(&Table<'_>) -> io::Result<()>) -> io::Result<()> {
        let width: u64 = self.columns.iter().map(|column| column.values() * column.kind.bytes()).sum();
        let at_once = (STRETCH / width.max(1)).max(1);
        let mut files = self.columns.iter().map(Reader::open).collect::<io::Result<Vec<_>>>()?;
        let mut left = self.rows;
        while left > 0 {
            let rows = left.min(at_once);
            let columns = files.iter_mut().map(|file| file.take(rows)).collect::<io::Result<Vec<_>>>()?;
            on(&self.table(columns))?;
            left -= rows;
        }
        Ok(())
    }

    /// Goes through the rows of one column.
    pub(crate) fn each_of(&self, place: usize, on: &mut dyn FnMut(&Columns<'_>) -> io::Result<()>) -> io::Result<()> {
        let column = &self.columns[place];
        let at_once = (STRETCH / (column.values() * column.kind.bytes()).max(1)).max(1);
        let mut file = Reader::open(column)?;
        let mut left = self.rows;
        while left > 0 {
            let rows = left.min(at_once);
            on(&file.take(rows)?)?;
            left -= rows;
        }
        Ok(())
    }

    fn table(&self, columns: Vec<Columns<'static>>) -> Table<'_> {
        match &self.heading {
            Table::Named { columns: named } => {
                let named = named.iter().map(|(name, unit, _)| (name.clone(), unit.clone()));
                Table::of(named.zip(columns).map(|((name, unit), values)| (name, unit, values)))
            }
            Table::Samples { elements, name, unit, .. } => {
                let mut columns = columns.into_iter().map(|values| match values {
                    Columns::Real(values) => values,
                    _ => Cow::Owned(Vec::new()),
                });
                Table::Samples {
                    times: columns.next().unwrap_or_default(),
                    elements: Cow::Borrowed(elements),
                    name: name.clone(),
                    unit: unit.clone(),
                    values: columns.next().unwrap_or_default(),
                }
            }
        }
    }
}

impl Drop for Segment {
    fn drop(&mut self) {
        // What cannot be removed goes with the folder that all of them are in.
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// A column that is read from its start.
struct Reader {
    file: File,
    kind: Kind,
    width: u64,
}

impl Reader {
    fn open(column: &Column) -> io::Result<Self> {
        let mut file = File::open(&column.path)?;
        file.seek(SeekFrom::Start(HEADER))?;
        Ok(Self { file, kind: column.kind, width: column.values() })
    }

    fn take(&mut self, rows: u64) -> io::Result<Columns<'static>> {
        let mut bytes = vec![0; (rows * self.width * self.kind.bytes()) as usize];
        self.file.read_exact(&mut bytes)?;
        Ok(npy::read(self.kind, &bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(from: i64, to: i64) -> Table<'static> {
        let column = |name: &str, values| (name.to_owned(), "1".to_owned(), values);
        Table::of([
            column("step", Columns::Long((from..to).collect())),
            column("i", Columns::Index((from..to).map(|step| step as u32 % 7).collect())),
        ])
    }

    fn steps(segment: &Segment) -> Vec<i64> {
        let mut steps = Vec::new();
        let mut take = |values: &Columns<'_>| match values {
            Columns::Long(values) => {
                steps.extend_from_slice(values);
                Ok(())
            }
            other => panic!("{other:?}"),
        };
        segment.each_of(0, &mut take).expect("readable");
        let mut both = Vec::new();
        let mut take = |table: &Table<'_>| match (table.column(0), table.column(1)) {
            (Columns::Long(values), Columns::Index(others)) if values.len() == others.len() => {
                both.extend_from_slice(&values);
                Ok(())
            }
            other => panic!("{other:?}"),
        };
        segment.each(&mut take).expect("readable");
        assert!(steps == both);
        steps
    }

    #[test]
    fn rows_come_back_in_order_and_can_be_cut() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = place.path().join("P.spikes.1");
        let mut segment = Segment::create(folder.clone(), &table(0, 0)).expect("made");
        let mut end = 0;
        for rows in [1, 1000, 0, 300_000] {
            segment.append(&table(end, end + rows)).expect("written");
            end += rows;
        }
        assert_eq!(segment.rows(), end as u64);
        assert!(steps(&segment) == (0..end).collect::<Vec<_>>());
        segment.cut(500);
        segment.append(&table(0, 3)).expect("written");
        assert!(steps(&segment) == (0..500).chain(0..3).collect::<Vec<_>>());
        let bytes = fs::read(folder.join("1.i.npy")).expect("there");
        let array = npyz::NpyFile::new(&bytes[..]).expect("an array");
        assert_eq!(array.shape(), [503]);
        drop(segment);
        assert!(!folder.exists());
    }

    #[test]
    fn samples_keep_their_elements() {
        let samples = Table::Samples {
            times: Cow::Owned(vec![0.0, 0.5]),
            elements: Cow::Owned(vec![4, 2, 9]),
            name: "v".to_owned(),
            unit: "V".to_owned(),
            values: Cow::Owned(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
        };
        let place = tempfile::tempdir().expect("a folder");
        let mut segment = Segment::create(place.path().join("P.v.1"), &samples).expect("made");
        segment.append(&samples).expect("written");
        let mut seen = 0;
        segment
            .each(&mut |table| {
                assert_eq!(*table, samples);
                seen += 1;
                Ok(())
            })
            .expect("readable");
        assert_eq!(seen, 1);
    }
}
