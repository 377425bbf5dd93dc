//! What monitors hold, as rows: some thousands at a time, so that a table of it takes no more memory than that.
//!
//! In: a network between two steps, and a recording of it. Out: its rows in order, as tables of the same columns. Rates are those of
//! the bins, not smoothed; elements are numbered as the user does.

use super::recording::{Kept, Monitor};
use crate::ir::network::Recorded as What;
use crate::output::{Columns, Kind, Table};
use runtime::Network;
use std::borrow::Cow;
use std::io;

/// Rows of a stretch, or values of one where a row has many.
const STRETCH: usize = 1 << 14;

/// What takes tables.
pub(super) type On<'a> = dyn FnMut(&Table<'_>) -> io::Result<()> + 'a;

/// The columns of a recording that grows, without a row: values as the numbers that monitors hold, whatever they are written as.
pub(super) fn heading(kept: &Kept) -> Table<'static> {
    match (&kept.what, kept.monitor) {
        (What::Values(quantity), _) => Table::Samples {
            times: Cow::Owned(Vec::new()),
            elements: Cow::Owned(kept.elements.clone()),
            name: variable(&kept.name).to_owned(),
            unit: quantity.dimension.to_string(),
            kind: Kind::Real,
            values: Cow::Owned(Vec::new()),
        },
        (_, Monitor::Rate(_)) => named([("t", "s", real(Vec::new())), ("rate", "Hz", real(Vec::new()))]),
        _ => spikes(kept, Vec::new(), Vec::new(), Vec::new(), vec![&[]; kept.with.len()]),
    }
}

/// How many rows monitors hold of it; none where it is no such recording.
pub(super) fn rows(network: &Network, kept: &Kept) -> usize {
    match kept.monitor {
        Monitor::Spikes(id) => network.spikes(id).len(),
        Monitor::Rate(id) => network.rate(id).counts().len(),
        Monitor::Values(id) => network.values(id).ticks().len(),
        Monitor::AtEnd => 0,
    }
}

/// Goes through them.
pub(super) fn each(network: &Network, kept: &Kept, on: &mut On<'_>) -> io::Result<()> {
    match kept.monitor {
        Monitor::Spikes(id) => {
            let monitor = network.spikes(id);
            let (mut all, mut first) = (monitor.spikes(), 0);
            loop {
                let (ticks, neurons): (Vec<_>, Vec<_>) = all.by_ref().take(STRETCH).unzip();
                if ticks.is_empty() {
                    return Ok(());
                }
                let steps = ticks.iter().map(|tick| tick.0).collect();
                let times = ticks.iter().map(|tick| tick.time(monitor.dt())).collect();
                let last = first + ticks.len();
                let noted = (0..kept.with.len()).map(|place| &monitor.noted(place)[first..last]).collect();
                on(&spikes(kept, steps, times, neurons, noted))?;
                first = last;
            }
        }
        Monitor::Rate(id) => {
            let monitor = network.rate(id);
            let mut all = monitor.rates();
            loop {
                let (ticks, rates): (Vec<_>, Vec<_>) = all.by_ref().take(STRETCH).unzip();
                if ticks.is_empty() {
                    return Ok(());
                }
                let times = ticks.iter().map(|tick| tick.time(monitor.dt())).collect();
                on(&named([("t", "s", real(times)), ("rate", "Hz", real(rates))]))?;
            }
        }
        Monitor::Values(id) => {
            let (monitor, What::Values(quantity)) = (network.values(id), &kept.what) else { return Ok(()) };
            let (width, unit) = (kept.elements.len(), quantity.dimension.to_string());
            let at_once = (STRETCH / width.max(1)).max(1);
            for (number, ticks) in monitor.ticks().chunks(at_once).enumerate() {
                let first = number * at_once * width;
                on(&Table::Samples {
                    times: ticks.iter().map(|tick| tick.time(monitor.dt())).collect(),
                    elements: Cow::Borrowed(&kept.elements),
                    name: variable(&kept.name).to_owned(),
                    unit: unit.clone(),
                    kind: Kind::Real,
                    values: Cow::Borrowed(&monitor.samples()[first..first + ticks.len() * width]),
                })?;
            }
            Ok(())
        }
        Monitor::AtEnd => Ok(()),
    }
}

/// The rows are elsewhere from now on.
pub(super) fn forget(network: &mut Network, kept: &Kept) {
    match kept.monitor {
        Monitor::Spikes(id) => network.forget_spikes(id),
        Monitor::Rate(id) => network.forget_rate(id),
        Monitor::Values(id) => network.forget_values(id),
        Monitor::AtEnd => {}
    }
}

/// Step, time and neuron of spikes, and what is noted with each.
fn spikes<'a>(kept: &Kept, steps: Vec<i64>, times: Vec<f64>, neurons: Vec<u32>, noted: Vec<&'a [f64]>) -> Table<'a> {
    let own = [
        ("step".to_owned(), "1".to_owned(), Columns::Long(Cow::Owned(steps))),
        ("t".to_owned(), "s".to_owned(), real(times)),
        ("i".to_owned(), "1".to_owned(), Columns::Index(Cow::Owned(neurons))),
    ];
    let noted = kept.with.iter().zip(noted).map(|(of, values)| {
        // The only name of the other columns that a variable may have too.
        let name = if of.name == "step" { "step_".to_owned() } else { of.name.clone() };
        (name, of.dimension.to_string(), Columns::Real(Cow::Borrowed(values)))
    });
    Table::of(own.into_iter().chain(noted))
}

pub(super) fn named<'a, const N: usize>(columns: [(&str, &str, Columns<'a>); N]) -> Table<'a> {
    Table::of(columns.into_iter().map(|(name, unit, values)| (name.to_owned(), unit.to_owned(), values)))
}

pub(super) fn real(values: Vec<f64>) -> Columns<'static> {
    Columns::Real(Cow::Owned(values))
}

/// The variable of a recording's name: `v` of `P.v at end`, and of `P.v every 0.5*ms`.
pub(super) fn variable(name: &str) -> &str {
    let name = name.rsplit_once(" every ").map_or(name, |(name, _)| name);
    let name = name.rsplit_once('.').map_or(name, |(_, variable)| variable);
    name.split_once(' ').map_or(name, |(variable, _)| variable)
}
