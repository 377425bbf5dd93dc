//! Recordings on disk: what memory holds of them is taken there whenever it is as much as it may be.
//!
//! In: a network between two steps whose monitors are full. Out: the same with empty monitors, and their rows behind those on disk.
//! Rows on disk and rows in memory, in this order, are the recording. What a summary says of spike trains is kept up beside them, so
//! that it need not be read again. A state that is stored shares the rows there were; going back to it loses what came after.
//! `saved.rs` has what a checkpoint says of it.

mod saved;

pub(super) use saved::{Found, Lost, OnDisk, SavedSpool};

use super::recording::{Kept, Monitor};
use super::saved as checkpoints;
use super::stretches;
use super::trains::Totals;
use crate::error::Error;
use crate::output::{Columns, Segment, SpoolFolder, Table};
use runtime::{Network, SpikeMonitor, Tick, ValueMonitor};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// Where recordings go that are full.
#[derive(Debug, Default)]
pub(super) struct Spool {
    /// `None` where they are not wanted.
    folder: Option<PathBuf>,
    /// How much memory may hold of them [bytes].
    most: usize,
    /// Those of its own: the last one is in use.
    folders: Vec<Arc<SpoolFolder>>,
    /// By recording.
    streams: Vec<Stream>,
    /// Likewise, those that were asked for, read back whole.
    wholes: Vec<OnceLock<Whole>>,
    /// Those whose files others may have a name for by now: nothing is added to them.
    sealed: Vec<Arc<Segment>>,
}

/// The rows of a recording that are not in memory any more; a clone has the same, and neither adds to what both have.
#[derive(Clone, Debug, Default)]
pub(super) struct Stream {
    segments: Vec<Arc<Segment>>,
    rows: u64,
    totals: Option<Totals>,
}

/// A recording with all its rows.
#[derive(Debug)]
enum Whole {
    Spikes(SpikeMonitor),
    Values(ValueMonitor),
}

impl Stream {
    /// How many rows.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Whether some of them were thrown away.
    pub(super) fn lacks_some(&self) -> bool {
        self.segments.iter().map(|segment| segment.rows()).sum::<u64>() < self.rows
    }

    /// What spike trains amount to so far.
    pub(super) fn totals(&self) -> Option<&Totals> {
        self.totals.as_ref()
    }

    /// The file of a column, where one holds all rows.
    pub(super) fn file_of(&self, place: usize) -> Option<&Path> {
        match &self.segments[..] {
            [segment] if !self.lacks_some() => segment.file_of(place),
            _ => None,
        }
    }

    /// Goes through its rows.
    pub(super) fn each(&self, on: &mut stretches::On<'_>) -> io::Result<()> {
        self.segments.iter().try_for_each(|segment| segment.each(on))
    }

    /// Goes through the rows of one column.
    pub(super) fn each_of(&self, place: usize, on: &mut dyn FnMut(&Columns<'_>) -> io::Result<()>) -> io::Result<()> {
        self.segments.iter().try_for_each(|segment| segment.each_of(place, on))
    }
}

impl Spool {
    /// The rows of a recording that are here, if there are any.
    pub(super) fn stream(&self, index: usize) -> Option<&Stream> {
        self.streams.get(index).filter(|stream| stream.rows > 0)
    }

    /// Where its own folder is.
    pub(super) fn own_path(&self) -> Option<&Path> {
        self.folders.last().map(|own| own.path())
    }

    /// From now on rows go there, or nowhere, where they are more than so many bytes; those that went elsewhere stay.
    pub(super) fn put_into(&mut self, folder: Option<PathBuf>, most: usize) {
        (self.folder, self.most) = (folder, most);
    }

    /// How much memory may hold of them [bytes].
    pub(super) fn most(&self) -> usize {
        self.most
    }

    /// The folder of its own that rows go to, which is made where it is not there yet; `None` where they are not
    /// wanted.
    fn own_folder(&mut self) -> Result<Option<Arc<SpoolFolder>>, Error> {
        let Some(path) = &self.folder else { return Ok(None) };
        let failed = |reason| Error::File { path: path.clone(), reason };
        let within = std::path::absolute(path).map_err(failed)?;
        if let Some(own) = self.folders.last().filter(|own| own.within() == within) {
            return Ok(Some(own.clone()));
        }
        checkpoints::sweep(&within);
        let made = SpoolFolder::create(&within).map_err(failed)?;
        self.folders.push(made.clone());
        Ok(Some(made))
    }

    /// What a stored state is to remember.
    pub(super) fn streams(&self) -> Vec<Stream> {
        self.streams.clone()
    }

    /// Goes back to what a stored state remembers; recordings begun since are empty.
    pub(super) fn go_back(&mut self, streams: &[Stream]) {
        let there = self.streams.len();
        self.streams = streams.to_vec();
        self.streams.resize_with(there.max(streams.len()), Stream::default);
        self.forget_wholes();
    }

    /// What was read back is not all any more.
    pub(super) fn forget_wholes(&mut self) {
        self.wholes.clear();
        self.wholes.resize_with(self.streams.len(), OnceLock::new);
    }

    /// What there is stays as it is: what comes is put elsewhere. Where recordings are on disk, those in memory go there before.
    pub(super) fn seal(&mut self, network: &mut Network, kept: &[Kept]) -> Result<(), Error> {
        if self.streams.iter().any(|stream| !stream.segments.is_empty()) {
            self.take(network, kept)?;
            self.sealed = self.streams.iter().flat_map(|stream| stream.segments.iter().cloned()).collect();
        }
        Ok(())
    }

    /// Takes what monitors hold. Where that fails, what could not be taken stays with them.
    pub(super) fn take(&mut self, network: &mut Network, kept: &[Kept]) -> Result<(), Error> {
        self.streams.resize_with(kept.len().max(self.streams.len()), Stream::default);
        self.forget_wholes();
        for (index, kept) in kept.iter().enumerate().filter(|(_, kept)| kept.grows()) {
            let rows = stretches::rows(network, kept);
            if rows > 0 {
                self.append(index, network, kept)?;
                self.streams[index].rows += rows as u64;
                stretches::forget(network, kept);
            }
        }
        Ok(())
    }

    fn append(&mut self, index: usize, network: &Network, kept: &Kept) -> Result<(), Error> {
        if let Some(within) = self.own_folder()? {
            let stream = &mut self.streams[index];
            let ours =
                |last: &mut Arc<Segment>| Arc::get_mut(last).is_some_and(|last| Arc::ptr_eq(last.within(), &within));
            if !stream.segments.last_mut().is_some_and(ours) {
                let path = within.path().join(kept.file_stem());
                let made = Segment::create(within, &kept.file_stem(), &stretches::heading(kept));
                stream.segments.push(Arc::new(made.map_err(|reason| Error::File { path, reason })?));
            }
            let Some(segment) = stream.segments.last_mut().and_then(Arc::get_mut) else { return Ok(()) };
            let before = segment.mark();
            if let Err(reason) = stretches::each(network, kept, &mut |table| segment.append(table)) {
                let path = segment.folder().to_owned();
                segment.cut(before);
                // One that holds nothing is nobody's to find.
                if segment.rows() == 0 {
                    stream.segments.pop();
                }
                return Err(Error::File { path, reason });
            }
        }
        if let Monitor::Spikes(id) = kept.monitor {
            let monitor = network.spikes(id);
            let totals = &mut self.streams[index].totals;
            totals.get_or_insert_with(|| Totals::new(monitor.group().size)).add(monitor.spikes());
        }
        Ok(())
    }

    /// A recording of spikes with all its rows: those on disk before those of `held`.
    pub(super) fn spikes(&self, index: usize, kept: &Kept, held: &SpikeMonitor) -> Result<&SpikeMonitor, Error> {
        let whole = self.whole(index, kept, |stream| {
            let (mut spikes, mut noted) = (Vec::new(), vec![Vec::new(); kept.with.len()]);
            stream.each(&mut |table| {
                if let (Columns::Long(steps), Columns::Index(neurons)) = (table.column(0), table.column(2)) {
                    spikes.extend(steps.iter().map(|&step| Tick(step)).zip(neurons.iter().copied()));
                }
                for (place, noted) in noted.iter_mut().enumerate() {
                    noted.extend_from_slice(&reals(table, 3 + place));
                }
                Ok(())
            })?;
            Ok(Whole::Spikes(held.following(spikes, noted)))
        })?;
        match whole {
            Whole::Spikes(monitor) => Ok(monitor),
            Whole::Values(_) => Err(Error::Defect(format!("`{}` is read back as values", kept.name))),
        }
    }

    /// The same of values.
    pub(super) fn values(&self, index: usize, kept: &Kept, held: &ValueMonitor) -> Result<&ValueMonitor, Error> {
        let whole = self.whole(index, kept, |stream| {
            let (mut ticks, mut samples) = (Vec::new(), Vec::new());
            stream.each(&mut |table| {
                // Times are ticks times `dt`, of which there are fewer than a number has digits for.
                ticks.extend(reals(table, 0).iter().map(|t| Tick((t / held.dt()).round() as i64)));
                samples.extend_from_slice(&reals(table, 1));
                Ok(())
            })?;
            Ok(Whole::Values(held.following(ticks, samples)))
        })?;
        match whole {
            Whole::Values(monitor) => Ok(monitor),
            Whole::Spikes(_) => Err(Error::Defect(format!("`{}` is read back as spikes", kept.name))),
        }
    }

    fn whole(
        &self,
        index: usize,
        kept: &Kept,
        read: impl FnOnce(&Stream) -> io::Result<Whole>,
    ) -> Result<&Whole, Error> {
        let (Some(stream), Some(whole)) = (self.stream(index), self.wholes.get(index)) else {
            return Err(Error::Defect(format!("`{}` is not on disk", kept.name)));
        };
        if stream.lacks_some() {
            return Err(Error::Discarded { name: kept.name.clone() });
        }
        if let Some(whole) = whole.get() {
            return Ok(whole);
        }
        let made = read(stream).map_err(|reason| self.failed(reason))?;
        Ok(whole.get_or_init(|| made))
    }

    /// A failure to read.
    pub(super) fn failed(&self, reason: io::Error) -> Error {
        Error::File { path: self.folder.as_deref().unwrap_or(Path::new("")).to_owned(), reason }
    }
}

/// A column of numbers.
fn reals(table: &Table<'_>, place: usize) -> Vec<f64> {
    match table.column(place) {
        Columns::Real(values) => values.into_owned(),
        _ => Vec::new(),
    }
}
