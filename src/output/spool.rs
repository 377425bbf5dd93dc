//! Recordings on disk while a run goes on: columns that grow, each a file of its own.
//!
//! In: stretches of a recording, in order. Out: files that hold them from then on, and the same rows again, a stretch
//! at a time. The files are NumPy's arrays, whole after every stretch, so that what is there can be read whatever
//! becomes of the run. A segment is written by its only owner, who adds to it and never changes what is there: who goes
//! back to an earlier time keeps the segments there were, and begins another. The first rows of a segment are thus what
//! a checkpoint needs to know of it, with a checksum of each column; who goes on from there finds them (`opened.rs`),
//! and what comes behind them is cut off.

use super::npy::{self, HEADER};
use super::spool_folder::{SpoolFolder, settle};
use super::table::{Columns, Kind, Table};
use std::borrow::Cow;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use twox_hash::XxHash3_128;

/// Bytes that are read at a time.
pub(super) const STRETCH: u64 = 1 << 20;

/// A stretch of a recording, of any length, in a folder of its own; the folder goes with it, unless a checkpoint names
/// it.
#[derive(Debug)]
pub(crate) struct Segment {
    within: Arc<SpoolFolder>,
    name: String,
    folder: PathBuf,
    heading: Table<'static>,
    columns: Vec<Column>,
    rows: u64,
    /// How many of them the disk was asked to have for good; none of a segment whose names it was not.
    synced: AtomicU64,
}

#[derive(Debug)]
pub(super) struct Column {
    pub(super) path: PathBuf,
    pub(super) kind: Kind,
    /// Values in a row, where there may be other than one.
    width: Option<u64>,
    pub(super) sum: Sum,
}

/// A checksum of the values so far.
#[derive(Clone)]
pub(super) struct Sum(pub(super) XxHash3_128);

impl fmt::Debug for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sum({:x})", self.0.finish_128())
    }
}

/// How far a segment was at some time.
#[derive(Debug)]
pub(crate) struct Mark {
    rows: u64,
    sums: Vec<Sum>,
}

/// Writes through, and keeps the checksum.
struct Summing<'a> {
    out: &'a mut File,
    sum: &'a mut Sum,
}

impl Write for Summing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.sum.0.write(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Column {
    /// The columns of a recording, without a value.
    pub(super) fn all(folder: &Path, heading: &Table<'_>) -> Vec<Self> {
        let column = |(place, (name, _, kind, width)): (usize, (String, String, Kind, u64))| {
            // Numbered: some disks take `v` and `V` for one name.
            let path = folder.join(format!("{place}.{name}.npy"));
            let wide = matches!(heading, Table::Samples { .. }) && place == 1;
            Self { path, kind, width: wide.then_some(width), sum: Sum(XxHash3_128::new()) }
        };
        heading.layout().into_iter().enumerate().map(column).collect()
    }

    pub(super) fn values(&self) -> u64 {
        self.width.unwrap_or(1)
    }

    pub(super) fn header(&self, rows: u64) -> Vec<u8> {
        let shape: Vec<u64> = std::iter::once(rows).chain(self.width).collect();
        npy::header(self.kind.descr(), &shape)
    }

    /// Where the file ends that has so many rows.
    pub(super) fn end(&self, rows: u64) -> u64 {
        let values = rows.saturating_mul(self.values());
        values.saturating_mul(self.kind.bytes()).saturating_add(HEADER)
    }

    /// Writes a stretch behind so many rows, then says in the header that it is there.
    fn append(&mut self, before: u64, rows: u64, values: &Columns<'_>) -> io::Result<()> {
        let mut file = File::options().write(true).open(&self.path)?;
        file.seek(SeekFrom::Start(self.end(before)))?;
        npy::write(values, &mut Summing { out: &mut file, sum: &mut self.sum })?;
        file.rewind()?;
        file.write_all(&self.header(before + rows))
    }

    /// Goes back to so many rows.
    pub(super) fn cut(&self, rows: u64) -> io::Result<()> {
        let mut file = File::options().write(true).open(&self.path)?;
        file.write_all(&self.header(rows))?;
        file.set_len(self.end(rows))
    }
}

impl Segment {
    /// An empty one, in a folder that is made; `table` says of what columns. `name` is followed by a number that is
    /// free.
    pub(crate) fn create(within: Arc<SpoolFolder>, name: &str, table: &Table<'_>) -> io::Result<Self> {
        let free = (1_u64..).map(|number| format!("{name}.{number}")).find(|name| !within.path().join(name).exists());
        let name = free.ok_or_else(|| io::Error::other("every name for a segment is taken"))?;
        let folder = within.path().join(&name);
        fs::create_dir(&folder)?;
        // From here on what is made is removed where the rest cannot be.
        let segment = Self::of(within, name, table.emptied());
        for column in &segment.columns {
            File::create_new(&column.path)?.write_all(&column.header(0))?;
        }
        Ok(segment)
    }

    /// One whose files are there, or are about to be, so far without a row.
    pub(super) fn of(within: Arc<SpoolFolder>, name: String, heading: Table<'static>) -> Self {
        within.use_one(&name);
        let folder = within.path().join(&name);
        let columns = Column::all(&folder, &heading);
        Self { within, name, folder, heading, columns, rows: 0, synced: AtomicU64::new(0) }
    }

    /// Its files have so many rows, with these checksums.
    pub(super) fn has(mut self, rows: u64, columns: Vec<Column>) -> Self {
        self.rows = rows;
        self.columns.iter_mut().zip(columns).for_each(|(own, found)| own.sum = found.sum);
        self
    }

    /// Adds rows of the same columns; none of them where that fails.
    pub(crate) fn append(&mut self, table: &Table<'_>) -> io::Result<()> {
        let rows = table.rows() as u64;
        let mark = self.mark();
        for place in 0..self.columns.len() {
            if let Err(error) = self.columns[place].append(self.rows, rows, &table.column(place)) {
                self.cut(mark);
                return Err(error);
            }
        }
        self.rows += rows;
        Ok(())
    }

    /// How far it is.
    pub(crate) fn mark(&self) -> Mark {
        Mark { rows: self.rows, sums: self.columns.iter().map(|column| column.sum.clone()).collect() }
    }

    /// Goes back to the rows that it had, as far as the disk lets it.
    pub(crate) fn cut(&mut self, mark: Mark) {
        self.rows = mark.rows;
        for (column, sum) in self.columns.iter_mut().zip(mark.sums) {
            column.sum = sum;
            // Where the disk does not, what stands behind these rows is read by nobody.
            drop(column.cut(mark.rows));
        }
    }

    /// Sees to it that its rows are on disk for good, and the names of its files.
    pub(crate) fn sync(&self) -> io::Result<()> {
        if self.synced.load(Ordering::Relaxed) == self.rows {
            return Ok(());
        }
        for column in &self.columns {
            File::options().write(true).open(&column.path)?.sync_all()?;
        }
        if self.synced.load(Ordering::Relaxed) == 0 {
            settle(&self.folder)?;
        }
        self.synced.store(self.rows, Ordering::Relaxed);
        Ok(())
    }

    /// The folder that it is one of.
    pub(crate) fn within(&self) -> &Arc<SpoolFolder> {
        &self.within
    }

    /// What it is called there.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// A checksum of the values of each column.
    pub(crate) fn sums(&self) -> Vec<u128> {
        self.columns.iter().map(|column| column.sum.0.finish_128()).collect()
    }

    pub(super) fn columns(&self) -> &[Column] {
        &self.columns
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
            Table::Samples { elements, name, unit, kind, .. } => {
                let mut columns = columns.into_iter().map(|values| match values {
                    Columns::Real(values) => values,
                    _ => Cow::Owned(Vec::new()),
                });
                Table::Samples {
                    times: columns.next().unwrap_or_default(),
                    elements: Cow::Borrowed(elements),
                    name: name.clone(),
                    unit: unit.clone(),
                    kind: *kind,
                    values: columns.next().unwrap_or_default(),
                }
            }
        }
    }
}

impl Drop for Segment {
    fn drop(&mut self) {
        self.within.leave_one(&self.name);
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
        let within = SpoolFolder::create(place.path()).expect("made");
        let folder = within.path().join("P.spikes.1");
        let mut segment = Segment::create(within, "P.spikes", &table(0, 0)).expect("made");
        let (mut end, mut mark) = (0, None);
        for rows in [1, 499, 501, 0, 300_000] {
            mark = mark.or_else(|| (end == 500).then(|| segment.mark()));
            segment.append(&table(end, end + rows)).expect("written");
            end += rows;
        }
        assert_eq!(segment.rows(), end as u64);
        assert!(steps(&segment) == (0..end).collect::<Vec<_>>());
        segment.cut(mark.expect("it was there"));
        segment.append(&table(0, 3)).expect("written");
        let mut other = Segment::create(segment.within().clone(), "P.spikes", &table(0, 0)).expect("made");
        [(0, 300), (300, 500), (0, 3)].iter().for_each(|&(from, to)| other.append(&table(from, to)).expect("written"));
        assert_eq!(other.sums(), segment.sums(), "the same values in other stretches");
        drop(other);
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
            kind: Kind::Real,
            values: Cow::Owned(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
        };
        let place = tempfile::tempdir().expect("a folder");
        let within = SpoolFolder::create(place.path()).expect("made");
        let mut segment = Segment::create(within, "P.v", &samples).expect("made");
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
