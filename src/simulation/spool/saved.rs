//! What a checkpoint says of recordings on disk, and how they are found again.
//!
//! In: recordings on disk, and a checkpoint that is about to be written; or what one says. Out: the same, on disk for
//! good, and a value that says how long each segment is; or recordings on disk as they were then. Nothing that is read
//! is believed: neither numbers, nor that what lies where a checkpoint says is what it means.

use super::{Spool, Stream};
use crate::output::{Segment, SpoolFolder, Table, Unfit, Wanted};
use crate::simulation::recording::{Kept, Monitor};
use crate::simulation::stretches;
use crate::simulation::trains::Totals;
use runtime::Network;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows are fewer than this: what is more is no number of rows.
const MOST_ROWS: u64 = 1 << 60;

/// Recordings on disk, of the state and of those that are stored.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::simulation) struct SavedSpool {
    folder: Option<PathBuf>,
    most: u64,
    segments: Vec<SavedSegment>,
    streams: Vec<SavedStream>,
    /// In the order of the states' names.
    stored: Vec<Vec<SavedStream>>,
}

#[derive(Debug, Serialize, Deserialize)]
struct SavedSegment {
    /// Which of the checkpoint's folders has it.
    folder: u32,
    name: String,
    recording: u32,
    rows: u64,
    sums: Vec<u128>,
}

#[derive(Debug, Serialize, Deserialize)]
struct SavedStream {
    segments: Vec<u32>,
    rows: u64,
    totals: Option<Totals>,
}

impl Spool {
    /// Every segment, of the state and of those that are stored, once, and of which recording.
    fn segments<'a>(&'a self, stored: &[&'a [Stream]]) -> Vec<(u32, &'a Arc<Segment>)> {
        let mut found: Vec<(u32, &Arc<Segment>)> = Vec::new();
        let mut seen = HashSet::new();
        for streams in std::iter::once(&self.streams[..]).chain(stored.iter().copied()) {
            for (recording, stream) in (0..).zip(streams) {
                let new = stream.segments.iter().filter(|segment| seen.insert(Arc::as_ptr(segment)));
                found.extend(new.map(|segment| (recording, segment)));
            }
        }
        found
    }

    /// Has all rows on disk for good that a checkpoint is about to name, and notes where that will be.
    pub(in crate::simulation) fn settle(&self, stored: &[&[Stream]], checkpoint: &Path) -> io::Result<()> {
        self.segments(stored).into_iter().try_for_each(|(_, segment)| segment.sync())?;
        self.folders.iter().try_for_each(|folder| folder.note(checkpoint))
    }

    /// The checkpoint is in its place: what only the one before named is gone.
    pub(in crate::simulation) fn name(&self, stored: &[&[Stream]], checkpoint: &Path) {
        let segments = self.segments(stored);
        for folder in &self.folders {
            let own = segments.iter().filter(|(_, segment)| Arc::ptr_eq(segment.within(), folder));
            folder.name(checkpoint, own.map(|(_, segment)| segment.name().to_owned()).collect());
        }
    }

    /// Where rows go that memory is not to hold.
    pub(in crate::simulation) fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// What is to be said of it, and the folders that segments are in; `seen` says how a checkpoint names a folder.
    pub(in crate::simulation) fn saved(
        &self,
        stored: &[&[Stream]],
        seen: &dyn Fn(&Path) -> PathBuf,
    ) -> (Vec<PathBuf>, SavedSpool) {
        let segments = self.segments(stored);
        let used =
            |folder: &&Arc<SpoolFolder>| segments.iter().any(|(_, segment)| Arc::ptr_eq(folder, segment.within()));
        let folders: Vec<&Arc<SpoolFolder>> = self.folders.iter().filter(used).collect();
        let place = |of: &Arc<Segment>| segments.iter().position(|(_, segment)| Arc::ptr_eq(segment, of));
        let saved_stream = |stream: &Stream| SavedStream {
            segments: stream.segments.iter().filter_map(place).map(|place| place as u32).collect(),
            rows: stream.rows,
            totals: stream.totals.clone(),
        };
        let saved_segment = |(recording, segment): &(u32, &Arc<Segment>)| SavedSegment {
            folder: folders.iter().position(|folder| Arc::ptr_eq(folder, segment.within())).unwrap_or(0) as u32,
            name: segment.name().to_owned(),
            recording: *recording,
            rows: segment.rows(),
            sums: segment.sums(),
        };
        let saved = SavedSpool {
            folder: self.folder.as_ref().map(|folder| seen(&std::path::absolute(folder).unwrap_or(folder.clone()))),
            most: self.most as u64,
            segments: segments.iter().map(saved_segment).collect(),
            streams: self.streams.iter().map(saved_stream).collect(),
            stored: stored.iter().map(|streams| streams.iter().map(saved_stream).collect()).collect(),
        };
        (folders.iter().map(|folder| seen(folder.path())).collect(), saved)
    }
}

/// Why recordings on disk are not found again.
#[derive(Debug)]
pub(in crate::simulation) enum Lost {
    /// What the checkpoint says cannot be.
    Misfit(&'static str),
    /// The folder is not there.
    Folder(PathBuf),
    /// A segment is not what it says.
    Segment(Unfit),
}

/// Recordings on disk that were found again.
#[derive(Debug)]
pub(in crate::simulation) struct Found {
    pub(in crate::simulation) spool: Spool,
    /// Of the states that are stored, in the order of their names.
    pub(in crate::simulation) stored: Vec<Vec<Stream>>,
    /// How much memory may hold [bytes].
    pub(in crate::simulation) most: usize,
}

/// What is known of a checkpoint's folders.
#[derive(Clone, Copy)]
pub(in crate::simulation) struct OnDisk<'a> {
    /// Where it lies itself.
    pub(in crate::simulation) checkpoint: &'a Path,
    /// Where a folder is that it names.
    pub(in crate::simulation) place: &'a dyn Fn(&Path) -> PathBuf,
    /// Whether no other checkpoint names it.
    pub(in crate::simulation) is_free: &'a dyn Fn(&SpoolFolder) -> bool,
}

/// A folder that a checkpoint names.
enum Place {
    /// It is this simulation's own from now on.
    Own(Arc<SpoolFolder>),
    /// Something else needs it as it is: what is wanted of it is copied.
    Copied(PathBuf, Arc<SpoolFolder>),
}

impl SavedSpool {
    /// Finds the recordings of a checkpoint in the folders that it names.
    pub(in crate::simulation) fn find(
        &self,
        folders: &[PathBuf],
        disk: &OnDisk<'_>,
        (network, kept): (&Network, &[Kept]),
    ) -> Result<Found, Lost> {
        self.check(folders.len(), network, kept)?;
        let mut places = Vec::with_capacity(folders.len());
        for (number, path) in (0..).zip(folders) {
            let path = &(disk.place)(path);
            let wanted = self.segments.iter().filter(|segment| segment.folder == number);
            let names: HashSet<String> = wanted.map(|segment| segment.name.clone()).collect();
            places.push(place(path, disk, names)?);
        }
        let segments = self.segments.iter().map(|segment| segment.find(&places, network, kept).map(Arc::new));
        let segments = segments.collect::<Result<Vec<_>, _>>()?;
        let stream = |saved: &SavedStream| Stream {
            segments: saved.segments.iter().map(|&segment| segments[segment as usize].clone()).collect(),
            rows: saved.rows,
            totals: saved.totals.clone(),
        };
        let streams = |saved: &[SavedStream]| saved.iter().map(stream).collect::<Vec<_>>();
        let folders: Vec<_> = places.iter().map(|place| place.folder().clone()).collect();
        // What was written after the checkpoint is nobody's now. Where it cannot be removed, it stays.
        folders.iter().for_each(|folder| drop(folder.sweep()));
        let (most, stored) = (usize::try_from(self.most).unwrap_or(usize::MAX), self.stored.iter());
        let stored = stored.map(|saved| streams(saved)).collect();
        let folder = self.folder.as_deref().map(disk.place);
        let mut spool = Spool { folder, most, folders, ..Spool::default() };
        spool.streams = streams(&self.streams);
        spool.forget_wholes();
        Ok(Found { spool, stored, most })
    }

    /// Refuses numbers that cannot be.
    fn check(&self, folders: usize, network: &Network, kept: &[Kept]) -> Result<(), Lost> {
        let must = |holds: bool, reason| if holds { Ok(()) } else { Err(Lost::Misfit(reason)) };
        for segment in &self.segments {
            let recording = kept.get(segment.recording as usize).filter(|kept| kept.grows());
            let columns = recording.map(|kept| stretches::heading(kept).layout().len());
            let name = Path::new(&segment.name);
            let named = name.file_name().is_some_and(|name| name == segment.name.as_str());
            must(columns == Some(segment.sums.len()) && named, "of another recording")?;
            must((segment.folder as usize) < folders, "in a folder that is none")?;
            must(segment.rows < MOST_ROWS, "more rows than there can be")?;
        }
        for streams in std::iter::once(&self.streams).chain(&self.stored) {
            must(streams.len() <= kept.len(), "more recordings than there are")?;
            for (recording, (stream, kept)) in (0..).zip(streams.iter().zip(kept)) {
                let found = |&number: &u32| self.segments.get(number as usize);
                let own = |number: &u32| found(number).is_some_and(|segment| segment.recording == recording);
                must(stream.segments.iter().all(own), "segments of another recording")?;
                let rows = stream.segments.iter().filter_map(found).map(|segment| segment.rows);
                let rows = rows.fold(0, u64::saturating_add);
                must(rows <= stream.rows && stream.rows < MOST_ROWS, "fewer rows than its segments have")?;
                let summed_up = match (kept.monitor, &stream.totals) {
                    (Monitor::Spikes(id), Some(totals)) => totals.are_of(network.spikes(id).group().size, stream.rows),
                    (Monitor::Spikes(_), None) => stream.rows == 0,
                    (_, totals) => totals.is_none(),
                };
                must(summed_up, "other spikes than it has")?;
            }
        }
        Ok(())
    }
}

/// Takes a folder that a checkpoint names, or else makes one to copy into.
fn place(path: &Path, disk: &OnDisk<'_>, names: HashSet<String>) -> Result<Place, Lost> {
    let failed = |reason: io::Error| match reason.kind() {
        io::ErrorKind::NotFound => Lost::Folder(path.to_owned()),
        _ => Lost::Segment(Unfit::Failed(path.to_owned(), reason)),
    };
    let taken = SpoolFolder::take(path).map_err(failed)?;
    match taken {
        Some(own) if (disk.is_free)(&own) => {
            // From now on it is left as it is, whatever comes of this.
            own.name(disk.checkpoint, names);
            Ok(Place::Own(own))
        }
        other => {
            other.iter().for_each(|folder| folder.leave());
            let made = SpoolFolder::create(path.parent().unwrap_or(path)).map_err(failed)?;
            Ok(Place::Copied(path.to_owned(), made))
        }
    }
}

impl Place {
    fn folder(&self) -> &Arc<SpoolFolder> {
        match self {
            Self::Own(folder) | Self::Copied(_, folder) => folder,
        }
    }
}

impl SavedSegment {
    fn find(&self, places: &[Place], network: &Network, kept: &[Kept]) -> Result<Segment, Lost> {
        let kept = &kept[self.recording as usize];
        let elements = match kept.monitor {
            Monitor::Spikes(id) => network.spikes(id).group().size,
            _ => u32::MAX,
        };
        let heading: Table<'static> = stretches::heading(kept);
        let wanted = Wanted { name: &self.name, heading: &heading, rows: self.rows, sums: &self.sums, elements };
        let found = match &places[self.folder as usize] {
            Place::Own(folder) => Segment::take_over(folder, wanted),
            Place::Copied(from, into) => Segment::copy(from, into, wanted),
        };
        found.map_err(Lost::Segment)
    }
}
