//! Segments that another run left: found again as a checkpoint knows them, or refused.
//!
//! In: a folder that a checkpoint names, and what it says of a segment: how many rows there were, and the checksum of
//! each column. Out: the segment with these rows, to be added to. Its files are taken over, and what was written behind
//! these rows is cut off; or they are copied, where something else needs them as they are.

use super::npy::HEADER;
use super::spool::{Column, STRETCH, Segment};
use super::spool_folder::SpoolFolder;
use super::table::{Kind, Table};
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is to be found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    /// What the segment is called in its folder.
    pub(crate) name: &'a str,
    /// Its columns.
    pub(crate) heading: &'a Table<'a>,
    pub(crate) rows: u64,
    pub(crate) sums: &'a [u128],
    /// All indices of elements are below this.
    pub(crate) elements: u32,
}

/// Why a segment is not what a checkpoint says.
#[derive(Debug)]
pub(crate) enum Unfit {
    /// It is not there.
    Missing(PathBuf),
    /// A file has so many bytes less than it had.
    CutOff(PathBuf, u64),
    /// A file has other values than it had.
    Other(PathBuf),
    /// It cannot be read or written.
    Failed(PathBuf, io::Error),
}

impl Segment {
    /// Takes over a segment of a folder that nobody else needs.
    pub(crate) fn take_over(within: &Arc<SpoolFolder>, wanted: Wanted<'_>) -> Result<Self, Unfit> {
        let mut columns = Column::all(&within.path().join(wanted.name), wanted.heading);
        for (column, &sum) in columns.iter_mut().zip(wanted.sums) {
            column.check(wanted, sum, None)?;
        }
        for column in &columns {
            column.keep(wanted.rows).map_err(|reason| Unfit::Failed(column.path.clone(), reason))?;
        }
        Ok(Self::of(within.clone(), wanted.name.to_owned(), wanted.heading.emptied()).has(wanted.rows, columns))
    }

    /// Copies a segment of another folder. What it is called is followed by another number.
    pub(crate) fn copy(from: &Path, into: &Arc<SpoolFolder>, wanted: Wanted<'_>) -> Result<Self, Unfit> {
        let stem = wanted.name.rsplit_once('.').map_or(wanted.name, |(stem, _)| stem);
        let made = Self::create(into.clone(), stem, wanted.heading);
        let copy = made.map_err(|reason| Unfit::Failed(into.path().to_owned(), reason))?;
        let mut columns = Column::all(&from.join(wanted.name), wanted.heading);
        for ((column, own), &sum) in columns.iter_mut().zip(copy.columns()).zip(wanted.sums) {
            let begun = File::create(&own.path).and_then(|mut file| {
                file.write_all(&own.header(wanted.rows))?;
                Ok(file)
            });
            let mut file = begun.map_err(|reason| Unfit::Failed(own.path.clone(), reason))?;
            column.check(wanted, sum, Some(&mut file))?;
        }
        Ok(copy.has(wanted.rows, columns))
    }
}

impl Column {
    /// Reads the rows that are wanted, to see that they are those; `copy` is written what is read.
    fn check(&mut self, wanted: Wanted<'_>, sum: u128, mut copy: Option<&mut File>) -> Result<(), Unfit> {
        let failed = |reason: io::Error| match reason.kind() {
            io::ErrorKind::NotFound => Unfit::Missing(self.path.clone()),
            _ => Unfit::Failed(self.path.clone(), reason),
        };
        let mut file = File::open(&self.path).map_err(failed)?;
        let (there, end) = (file.metadata().map_err(failed)?.len(), self.end(wanted.rows));
        if there < end {
            return Err(Unfit::CutOff(self.path.clone(), end - there));
        }
        file.seek(SeekFrom::Start(HEADER)).map_err(failed)?;
        let (mut left, mut buffer) = (end - HEADER, vec![0; STRETCH as usize]);
        let mut sound = true;
        while left > 0 {
            let bytes = &mut buffer[..left.min(STRETCH) as usize];
            file.read_exact(bytes).map_err(failed)?;
            self.sum.0.write(bytes);
            let below = |index: &[u8; 4]| u32::from_le_bytes(*index) < wanted.elements;
            sound &= self.kind != Kind::Index || bytes.as_chunks().0.iter().all(below);
            copy.iter_mut().try_for_each(|copy| copy.write_all(bytes)).map_err(failed)?;
            left -= bytes.len() as u64;
        }
        if sound && self.sum.0.finish_128() == sum { Ok(()) } else { Err(Unfit::Other(self.path.clone())) }
    }

    /// Keeps so many rows of its file; one that has another name too stays as it is under that.
    fn keep(&self, rows: u64) -> io::Result<()> {
        if is_shared(&fs::metadata(&self.path)?) {
            let copy = self.path.with_added_extension("new");
            let mut out = File::create(&copy)?;
            io::copy(&mut File::open(&self.path)?.take(self.end(rows)), &mut out)?;
            fs::rename(copy, &self.path)?;
        }
        self.cut(rows)
    }
}

/// Whether a file may have another name: results that are NumPy's arrays share files with recordings.
fn is_shared(found: &Metadata) -> bool {
    #[cfg(unix)]
    return std::os::unix::fs::MetadataExt::nlink(found) > 1;
    // Nobody knows.
    #[cfg(not(unix))]
    return found.is_file();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::table::Columns;

    fn table(from: i64, to: i64) -> Table<'static> {
        let column = |name: &str, values| (name.to_owned(), "1".to_owned(), values);
        Table::of([
            column("step", Columns::Long((from..to).collect())),
            column("i", Columns::Index((from..to).map(|step| step as u32 % 7).collect())),
        ])
    }

    fn steps(segment: &Segment) -> Vec<i64> {
        let mut steps = Vec::new();
        let mut take = |values: &Columns<'_>| {
            if let Columns::Long(values) = values {
                steps.extend_from_slice(values);
            }
            Ok(())
        };
        segment.each_of(0, &mut take).expect("readable");
        steps
    }

    #[test]
    fn rows_that_are_named_are_found_again_and_the_rest_is_cut_off() {
        let place = tempfile::tempdir().expect("a folder");
        let checkpoint = place.path().join("m.checkpoint");
        fs::write(&checkpoint, "one").expect("written");
        let folder = SpoolFolder::create(&place.path().join("spool")).expect("made");
        let path = folder.path().to_owned();
        let mut segment = Segment::create(folder.clone(), "P.spikes", &table(0, 0)).expect("made");
        segment.append(&table(0, 400_000)).expect("written");
        segment.sync().expect("synced");
        let (sums, heading) = (segment.sums(), table(0, 0));
        folder.note(&checkpoint).expect("noted");
        folder.name(&checkpoint, [segment.name().to_owned()].into());
        segment.append(&table(7, 99)).expect("written");
        fs::hard_link(path.join("P.spikes.1/0.step.npy"), place.path().join("results.npy")).expect("linked");
        let other = Segment::create(folder.clone(), "P.spikes", &table(0, 0)).expect("made");
        assert_eq!(other.name(), "P.spikes.2");
        assert!(SpoolFolder::take(&path).expect("there").is_none(), "somebody has it");
        drop((segment, other, folder));
        let files = |folder: &Path| fs::read_dir(folder).expect("listed").count();
        assert_eq!(files(&path), 2, "what is named is left, with its lock");

        let wanted = Wanted { name: "P.spikes.1", heading: &heading, rows: 400_000, sums: &sums, elements: 7 };
        let again = || SpoolFolder::take(&path).expect("there").expect("nobody has it");
        let leave = |folder: Arc<SpoolFolder>| folder.name(&checkpoint, ["P.spikes.1".to_owned()].into());
        let unfit = |wanted| {
            let folder = again();
            let found = Segment::take_over(&folder, wanted).map(|_| ()).expect_err("it is not there");
            leave(folder);
            found
        };
        assert!(matches!(unfit(Wanted { name: "P.spikes.3", ..wanted }), Unfit::Missing(_)));
        assert!(
            matches!(unfit(Wanted { rows: 400_093, ..wanted }), Unfit::CutOff(file, 8) if file.ends_with("0.step.npy"))
        );
        assert!(matches!(unfit(Wanted { rows: 399_999, ..wanted }), Unfit::Other(_)));
        assert!(matches!(unfit(Wanted { elements: 6, ..wanted }), Unfit::Other(file) if file.ends_with("1.i.npy")));

        let copies = SpoolFolder::create(&place.path().join("spool")).expect("made");
        assert!(copies.path() != path);
        let mut copy = Segment::copy(&path, &copies, wanted).expect("as it was");
        let folder = again();
        let mut taken = Segment::take_over(&folder, wanted).expect("as it was");
        for segment in [&mut copy, &mut taken] {
            assert!(steps(segment) == (0..400_000).collect::<Vec<_>>());
            segment.append(&table(5, 9)).expect("written");
            assert!(steps(segment) == (0..400_000).chain(5..9).collect::<Vec<_>>());
        }
        assert_eq!(copy.sums(), taken.sums());
        let bytes = fs::read(path.join("P.spikes.1/1.i.npy")).expect("there");
        assert_eq!(npyz::NpyFile::new(&bytes[..]).expect("an array").shape(), [400_004]);
        let bytes = fs::read(place.path().join("results.npy")).expect("there");
        assert_eq!(npyz::NpyFile::new(&bytes[..]).expect("an array").shape(), [400_092], "results stay as they were");
        drop((copy, taken, copies, folder));
        assert_eq!(files(&place.path().join("spool")), 0, "nothing names them");
    }
}
