//! What was recorded, given out: as typed views, as tables, and row by row for what is larger than memory.
//!
//! Elements are numbered as the user does: neurons relative to the subgroup, synapses by creation.

use super::rate::Rate;
use super::recording::{Counts, Kept, Monitor, Recorded, Recording, Records, Samples, Statistic, written};
use super::rows::RecordedRows;
use super::run::Simulation;
use super::spool::{Spool, Stream};
use super::stretches::variable;
use super::trains::Spikes;
use crate::error::Error;
use crate::ir::network::Recorded as What;
use crate::output::{Format, Origin, RecordingSummary, Rows, Table, write_recording};
use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

impl Simulation {
    /// How much memory recordings may take before they go to disk, where nothing else is asked for [bytes].
    pub const RECORDED_IN_MEMORY: usize = 32 << 20;

    /// Lets recordings that grow with the run go to disk, into a folder that is made, whenever they take so many bytes of memory all
    /// together (`Simulation::RECORDED_IN_MEMORY` will do). Nothing else changes: everything recorded can be asked for as before, and
    /// is read back for that; `read_rows` and `write_recordings` take no more memory than a stretch of it. Files there are this
    /// simulation's own, and go with it, unless a checkpoint has them (`Simulation::save`).
    ///
    /// Where the disk is full the run ends with `Error::File`; nothing that was recorded is lost, and it may go on.
    ///
    /// ```
    /// use rheobase::output::{Format, Table};
    /// use rheobase::{SECOND, Simulation};
    ///
    /// let mut simulation = Simulation::from_source("
    ///     neurons P[100] { dv/dt = (i*mV - v)/(20*ms) : volt }
    ///     record P.v
    /// ")?;
    /// let folder = std::env::temp_dir().join(format!("recordings-{}", std::process::id()));
    /// simulation.stream_to(folder.join("spool"), 1 << 20);
    /// simulation.run(0.5 * SECOND)?;
    /// let mut highest = f64::NEG_INFINITY;
    /// simulation.read_rows("P.v", |table| {
    ///     if let Table::Samples { values, .. } = table {
    ///         highest = values.iter().copied().fold(highest, f64::max);
    ///     }
    /// })?;
    /// assert!((highest - 0.099).abs() < 1e-9);
    /// simulation.write_recordings(&folder, Format::Npy)?;
    /// assert!(folder.join("P.v/v.npy").exists());
    /// # std::fs::remove_dir_all(folder).expect("it is there");
    /// # Ok::<(), rheobase::Error>(())
    /// ```
    pub fn stream_to(&mut self, folder: impl Into<PathBuf>, bytes: usize) {
        self.spool.get_or_insert_with(Spool::default).put_into(Some(folder.into()), bytes);
        self.network.limit_recordings(Some(bytes));
    }

    /// Where recordings lie that have gone to disk: a folder of this simulation's own, in the one that `stream_to` was
    /// given, with NumPy's arrays of each. `None` where none have.
    #[must_use]
    pub fn recordings_folder(&self) -> Option<PathBuf> {
        self.spool.as_ref()?.own_path().map(Path::to_owned)
    }

    /// Lets recordings that grow with the run be thrown away whenever they take so many bytes of memory all together. `summary` is
    /// the same all the same; a recording of which something was thrown away cannot be asked for any more.
    pub fn discard_recordings(&mut self, bytes: usize) {
        self.spool.get_or_insert_with(Spool::default).put_into(None, bytes);
        self.network.limit_recordings(Some(bytes));
    }

    /// What a handle's recording holds.
    ///
    /// # Panics
    /// Where it was to go to disk and cannot be read back, or was not to be kept; accessors by name give an error there.
    #[must_use]
    pub fn recorded<T: Recorded>(&self, recording: Recording<T>) -> T::View<'_> {
        T::view(self.records(), recording.index)
    }

    /// The spikes that the model's text records of a group: `spikes("P")` for `record P.spikes`. Where it does not, it is an error.
    ///
    /// # Errors
    /// `Error::Unknown` where they are not recorded, `Error::File` where they cannot be read back from disk.
    pub fn spikes(&self, group: &str) -> Result<Spikes<'_>, Error> {
        let name = format!("{group}.spikes");
        self.find(&name, |records, index| records.spikes(index))
    }

    /// The custom events that the model's text records: `events("P.high")` for `record P.high`.
    ///
    /// # Errors
    /// `Error::Unknown` where they are not recorded, `Error::File` where they cannot be read back from disk.
    pub fn events(&self, name: &str) -> Result<Spikes<'_>, Error> {
        self.find(name, |records, index| records.spikes(index))
    }

    /// The rate that the model's text records: `rate("P.population_rate")`, `rate("P.population_rate smooth flat")`.
    ///
    /// # Errors
    /// `Error::Unknown` where it is not recorded, `Error::File` where it cannot be read back from disk.
    pub fn rate(&self, name: &str) -> Result<Rate, Error> {
        self.find(name, |records, index| records.rate(index))
    }

    /// The values that the model's text records: `samples("P.v")` for `record P.v[0:10]`.
    ///
    /// # Errors
    /// `Error::Unknown` where they are not recorded, `Error::File` where they cannot be read back from disk.
    pub fn samples(&self, name: &str) -> Result<Samples<'_>, Error> {
        self.find(name, |records, index| records.samples(index))
    }

    /// The counts that the model's text records: `counts("P.spikes counts")`.
    ///
    /// # Errors
    /// `Error::Unknown` where they are not recorded.
    pub fn counts(&self, name: &str) -> Result<Counts<'_>, Error> {
        self.find(name, |records, index| Ok(records.counts(index)))
    }

    /// The mean or the variance that the model's text records: `statistic("P.v mean")`.
    ///
    /// # Errors
    /// `Error::Unknown` where it is not recorded.
    pub fn statistic(&self, name: &str) -> Result<Statistic<'_>, Error> {
        self.find(name, |records, index| Ok(records.statistic(index)))
    }

    fn find<'a, T>(
        &'a self,
        name: &str,
        view: impl FnOnce(Records<'a>, usize) -> Result<Option<T>, Error>,
    ) -> Result<T, Error> {
        let index = self.index(name)?;
        view(self.records(), index)?.ok_or_else(|| self.unrecorded(name))
    }

    fn index(&self, name: &str) -> Result<usize, Error> {
        self.kept.iter().position(|kept| kept.name == name).ok_or_else(|| self.unrecorded(name))
    }

    fn unrecorded(&self, name: &str) -> Error {
        let names = self.kept.iter().map(|kept| kept.name.as_str());
        let suggestion = crate::resolve::nearest(name, names).map(ToOwned::to_owned);
        Error::Unknown { what: "recording", name: name.to_owned(), suggestion }
    }

    pub(super) fn records(&self) -> Records<'_> {
        Records { kept: &self.kept, network: &self.network, spool: self.spool.as_ref(), t: self.t() }
    }

    /// Everything recorded, as tables under the names of their files. What is on disk is read back; `read_rows` is for what is too large.
    ///
    /// # Errors
    /// `Error::File` where it cannot be read back, `Error::Discarded` where it was not to be kept.
    pub fn tables(&mut self) -> Result<Vec<(String, Table<'_>)>, Error> {
        let names = file_names(&self.kept);
        let finals: Vec<_> = (0..self.kept.len()).map(|index| self.final_values(index)).collect();
        let tables = finals.into_iter().enumerate().map(|(index, values)| self.table_of(index, values));
        names.into_iter().zip(tables).map(|(name, table)| Ok((name, table?))).collect()
    }

    /// One recording as a table, by the name it is asked for: `P.spikes`, `P.v`, `P.v last`, `P.v at end`, `S.synapses`.
    ///
    /// # Errors
    /// `Error::Unknown` where it is not recorded, and as `tables`.
    pub fn table(&mut self, name: &str) -> Result<Table<'_>, Error> {
        let index = self.index(name)?;
        let values = self.final_values(index);
        self.table_of(index, values)
    }

    /// Goes through one recording, some thousand rows at a time, from memory or from disk; the tables have the same columns.
    ///
    /// # Errors
    /// As `table`.
    pub fn read_rows(&mut self, name: &str, mut on: impl FnMut(&Table<'_>)) -> Result<(), Error> {
        let index = self.index(name)?;
        let values = self.final_values(index);
        self.go_through(index, &self.rows(index, values), &mut on)
    }

    /// Goes through the rows of a recording.
    fn go_through(&self, index: usize, rows: &dyn Rows, on: &mut dyn FnMut(&Table<'_>)) -> Result<(), Error> {
        let read = rows.each(&mut |table| {
            on(table);
            Ok(())
        });
        read.map_err(|reason| self.unread(index, reason))
    }

    /// Goes through every recording, stretch by stretch, in order: each under the name of its file, the first stretch without a row.
    /// No more of a recording is in memory at a time than some thousand rows.
    ///
    /// # Errors
    /// As `tables`, once those before were gone through.
    pub fn read_all(&mut self, on: &mut dyn FnMut(&str, &Table<'_>)) -> Result<(), Error> {
        for (index, name) in file_names(&self.kept).iter().enumerate() {
            let values = self.final_values(index);
            let rows = self.rows(index, values);
            on(name, &rows.heading());
            self.go_through(index, &rows, &mut |table| on(name, table))?;
        }
        Ok(())
    }

    /// What every recording is of, under the names of their files, in order.
    #[must_use]
    pub fn origins(&self) -> Vec<(String, Origin)> {
        let origins = self.kept.iter().map(|kept| kept.origin(self.t()));
        file_names(&self.kept).into_iter().zip(origins).collect()
    }

    /// Writes every recording into a folder that is there, as files of a format; what was written of each, under the names of the
    /// files. No more of a recording is in memory at a time than some thousand rows.
    ///
    /// # Errors
    /// `Error::File` where reading or writing fails, `Error::Discarded` where a recording was not to be kept.
    pub fn write_recordings(
        &mut self,
        folder: &Path,
        format: Format,
    ) -> Result<Vec<(String, RecordingSummary)>, Error> {
        if format == Format::Npy
            && let Some(spool) = &mut self.spool
        {
            spool.seal(&mut self.network, &self.kept)?;
        }
        let mut written = Vec::with_capacity(self.kept.len());
        for (index, name) in file_names(&self.kept).iter().enumerate() {
            let values = self.final_values(index);
            let entry = write_recording(folder, name, &self.rows(index, values), format);
            let path = || folder.to_owned();
            written.push(entry.map_err(|reason| match self.unread(index, reason) {
                Error::File { reason, .. } => Error::File { path: path(), reason },
                other => other,
            })?);
        }
        Ok(written)
    }

    /// Why a recording was not read.
    fn unread(&self, index: usize, reason: io::Error) -> Error {
        match &self.spool {
            Some(spool) if spool.stream(index).is_some_and(Stream::lacks_some) => {
                Error::Discarded { name: self.kept[index].name.clone() }
            }
            Some(spool) => spool.failed(reason),
            None => Error::File { path: PathBuf::new(), reason },
        }
    }

    /// The values of a recording `at end`, as they are now.
    pub(super) fn final_values(&mut self, index: usize) -> Option<Vec<f64>> {
        let kept = self.kept[index].clone();
        let What::AtEnd(quantity) = &kept.what else { return None };
        // Where a function cannot tell them, there are none.
        let values = self.now().values_at((quantity.object, quantity.shared), &kept.places, &kept.values);
        Some(values.unwrap_or_else(|_| vec![f64::NAN; kept.places.len()]))
    }

    /// The rows of a recording, wherever they are.
    fn rows(&self, index: usize, finals: Option<Vec<f64>>) -> RecordedRows<'_> {
        RecordedRows::new(self, index, finals)
    }

    /// A recording as a table; one of values that is all in memory is not copied.
    fn table_of(&self, index: usize, finals: Option<Vec<f64>>) -> Result<Table<'_>, Error> {
        let kept = &self.kept[index];
        if let (Monitor::Values(id), What::Values(quantity), None) =
            (kept.monitor, &kept.what, self.records().stream(index))
        {
            let monitor = self.network.values(id);
            return Ok(Table::Samples {
                times: monitor.ticks().iter().map(|tick| tick.time(monitor.dt())).collect(),
                elements: Cow::Borrowed(&kept.elements),
                name: variable(&kept.name).to_owned(),
                unit: quantity.dimension.to_string(),
                kind: written(quantity.kind),
                values: Cow::Borrowed(monitor.samples()),
            });
        }
        let rows = self.rows(index, finals);
        let mut whole = rows.heading().emptied();
        self.go_through(index, &rows, &mut |table| whole.extend(table))?;
        Ok(whole)
    }
}

/// `P.v`, `P.v.at_end`, `P.population_rate.smooth_flat`; what is recorded again, as the library may, gets a number: `P.v.2`.
fn file_names(kept: &[Kept]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(kept.len());
    for kept in kept {
        let name = kept.file_stem();
        let numbered = (2..).map(|number| format!("{name}.{number}"));
        let free = std::iter::once(name.clone()).chain(numbered).find(|name| !names.contains(name));
        names.extend(free);
    }
    names
}
