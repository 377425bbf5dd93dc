//! Is there room for what a run records? In: a simulation, and for how long it will run. Out: a diagnostic of its largest recording
//! where there is none, with an interval that would fit.
//!
//! Asked before the run, since one of days would end where the disk is full. Only what is known for sure is counted: values and rates
//! at their intervals, as they lie on disk while the run goes on, or in memory. Spikes are not, nor what results take beside them: who
//! passes may still be stopped by a full disk.

use super::build::SMALL;
use super::free::{self, written};
use super::front::rejected;
use super::recording::{Kept, Monitor};
use super::run::Simulation;
use super::{codes, spool::Spool};
use crate::error::Error;
use crate::ir::network::Recorded as What;
use crate::units::{Dimension, grouped, quantity, time_in_text};
use grammar::{Diagnostic, Span};
use std::path::Path;

/// Where there is so much room.
const MEMORY: &str = "of memory are free";

/// A recording that takes so much room.
struct Sampled<'a> {
    kept: &'a Kept,
    /// Values of a sample.
    width: u64,
    /// Seconds between samples.
    every: f64,
    /// For how long they are kept [s].
    kept_for: f64,
}

impl Sampled<'_> {
    fn samples(&self) -> f64 {
        (self.kept_for / self.every).floor()
    }

    /// Of the values, and of their times.
    fn bytes(&self) -> u64 {
        (self.samples() * 8.0 * (self.width as f64 + 1.0)) as u64
    }
}

impl Simulation {
    /// Whether there is room for what a run of so many seconds records.
    ///
    /// # Errors
    /// `Error::Model` where there is not.
    pub(super) fn foresee(&self, duration: f64) -> Result<(), Error> {
        let sampled: Vec<Sampled<'_>> =
            self.kept.iter().filter_map(|kept| self.sampled(kept, duration.max(0.0))).collect();
        let (growing, windows): (Vec<_>, Vec<_>) = sampled.iter().partition(|sampled| sampled.kept.grows());
        match self.spool.as_ref().map(Spool::folder) {
            // Nobody wants them.
            Some(None) => self.fits(&windows, free::memory, MEMORY),
            Some(Some(folder)) => {
                self.fits(&windows, free::memory, MEMORY)?;
                let place = format!("are free on the disk of {}", shown(folder));
                self.fits(&growing, || free::disk(folder), &place)
            }
            None => self.fits(&sampled.iter().collect::<Vec<_>>(), free::memory, MEMORY),
        }
    }

    fn sampled<'a>(&self, kept: &'a Kept, duration: f64) -> Option<Sampled<'a>> {
        let (width, every) = match (&kept.what, kept.monitor) {
            (What::Values(_), Monitor::Values(id)) => {
                let monitor = self.network.values(id);
                (kept.elements.len() as u64, f64::from(monitor.every()) * monitor.dt())
            }
            (What::Rate(_), Monitor::Rate(id)) => {
                let monitor = self.network.rate(id);
                (1, f64::from(monitor.every()) * monitor.dt())
            }
            _ => return None,
        };
        let kept_for = kept.last.map_or(duration, |last| last.min(self.t() - kept.since + duration));
        Some(Sampled { kept, width, every, kept_for })
    }

    /// Whether recordings fit into what is free, which is asked for where they are not small.
    fn fits(&self, all: &[&Sampled<'_>], free: impl FnOnce() -> Option<u64>, place: &str) -> Result<(), Error> {
        let bytes = all.iter().map(|sampled| sampled.bytes()).fold(0, u64::saturating_add);
        let Some(largest) = all.iter().max_by_key(|sampled| sampled.bytes()).filter(|_| bytes > SMALL) else {
            return Ok(());
        };
        let Some(free) = free().filter(|free| bytes > *free) else { return Ok(()) };
        let mut sources = self.model.sources().clone();
        let span = match &largest.kept.asked {
            None => largest.kept.span,
            Some(asked) => {
                let source = sources.add("<record>", format!("record {asked}"));
                Span { source, start: 7, end: 7 + asked.len() as u32 }
            }
        };
        Err(rejected(&sources, vec![told(largest, bytes, free, place, span)]))
    }
}

fn told(largest: &Sampled<'_>, bytes: u64, free: u64, place: &str, span: Span) -> Diagnostic {
    let name = &largest.kept.name;
    let message = format!("`{name}` takes {}, and {} {place}", written(largest.bytes()), written(free));
    let values = if largest.width == 1 { "value".to_owned() } else { format!("{} values", grouped(largest.width)) };
    let label = format!(
        "{values} every {}, for {}",
        quantity(largest.every, Dimension::SECOND),
        quantity(largest.kept_for, Dimension::SECOND)
    );
    let told = Diagnostic::error(codes::TOO_MUCH_RECORDED, span, message).label(label);
    let told = if bytes > largest.bytes() {
        told.note(format!("all that is recorded at intervals takes {}", written(bytes)))
    } else {
        told
    };
    let told = match interval_that_fits(largest, bytes, free) {
        Some((every, bytes)) => {
            let (every, bytes) = (time_in_text(every), written(bytes));
            told.help(format!("record it less often: with `every {every}` it takes {bytes}"))
        }
        None => told,
    };
    if matches!(largest.kept.what, What::Rate(_)) {
        return told;
    }
    let few = if largest.width > 1 { "of fewer elements, as by `[::100]`; " } else { "" };
    let end = if largest.kept.last.is_some() { "of a shorter end" } else { "of the end alone" };
    told.help(format!("or {few}{end}, by `last 100*ms`; or what it amounts to, by `mean` or `variance`"))
}

/// A multiple of the interval, of one digit, at which all recordings take half of what is free; and what this one takes then.
fn interval_that_fits(largest: &Sampled<'_>, bytes: u64, free: u64) -> Option<(f64, u64)> {
    let others = bytes - largest.bytes();
    let room = (free / 2).checked_sub(others).filter(|room| *room > 0)?;
    let least = largest.bytes() as f64 / room as f64;
    let scale = 10_f64.powf(least.log10().floor());
    let times = [1.0, 2.0, 5.0, 10.0].into_iter().map(|digit| digit * scale).find(|times| *times >= least)?;
    let sparse = Sampled { every: largest.every * times.round(), ..*largest };
    // At least some samples are left.
    (sparse.samples() >= 10.0).then(|| (sparse.every, sparse.bytes()))
}

/// A folder as people know it: not by the hidden one that results are made in.
fn shown(folder: &Path) -> String {
    let hidden = |part: &Path| part.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    let outside = folder.ancestors().filter(|part| hidden(part)).last().and_then(Path::parent).unwrap_or(folder);
    if outside.as_os_str().is_empty() { "this folder".to_owned() } else { outside.display().to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::{Model, Options, SECOND};

    fn simulation(records: &str) -> Simulation {
        let text =
            format!("neurons P[100000] {{ dv/dt = (1 - v)/(10*ms) : 1; threshold v > 2; reset v = 0 }}\n{records}\n");
        Model::from_source(&text, &Options::default()).expect("a model").simulation().expect("built")
    }

    /// What is told where recordings of 1000 s are to fit into so much.
    fn of(simulation: &Simulation, free: u64) -> Option<Diagnostic> {
        let sampled: Vec<_> = simulation.kept.iter().filter_map(|kept| simulation.sampled(kept, 1000.0)).collect();
        match simulation.fits(&sampled.iter().collect::<Vec<_>>(), || Some(free), MEMORY) {
            Err(Error::Model(rejected)) => rejected.diagnostics.into_iter().next(),
            other => other.map(|()| None).expect("no other error"),
        }
    }

    #[test]
    fn what_does_not_fit_is_told_with_an_interval_that_does() {
        let many = simulation("record P.v, P.population_rate\nrecord P.v last 10*second");
        let told = of(&many, 100_000_000_000).expect("it is too much");
        assert_eq!(told.message, "`P.v` takes 8.0 TB, and 100.0 GB of memory are free");
        assert_eq!(told.primary.text, "100,000 values every 100 us, for 1000 s");
        assert_eq!(told.notes, ["all that is recorded at intervals takes 8.1 TB"]);
        // Twenty thousand samples of 100,001 numbers beside 80 GB of the others would be more than half of it.
        assert_eq!(told.help.len(), 1, "{:?}", told.help);
        let told = of(&many, 400_000_000_000).expect("it is too much");
        assert_eq!(told.help[0], "record it less often: with `every 10*ms` it takes 80.0 GB");
        assert_eq!(of(&many, 9_000_000_000_000), None);
        let window = simulation("record P.v last 500*second");
        let told = of(&window, 1_000_000_000).expect("it is too much");
        assert_eq!(told.message, "`P.v last` takes 4.0 TB, and 1.0 GB of memory are free");
        assert!(told.help[1].starts_with("or of fewer elements, as by `[::100]`; of a shorter end"), "{:?}", told.help);
    }

    #[test]
    fn the_mend_fits_when_it_is_written() {
        let told = of(&simulation("record P.v"), 1_000_000_000).expect("it is too much");
        let every = told.help[0].split('`').nth(1).expect("an interval");
        assert_eq!(of(&simulation(&format!("record P.v {every}")), 1_000_000_000), None, "{every}");
    }

    #[test]
    fn what_is_little_or_does_not_grow_is_not_asked_for() {
        let little = simulation("record P.v every 10*second\nrecord P.v mean, P.spikes counts, P.v at end");
        let sampled: Vec<_> = little.kept.iter().filter_map(|kept| little.sampled(kept, 1000.0)).collect();
        assert_eq!(sampled.len(), 1);
        let asked = little.fits(&sampled.iter().collect::<Vec<_>>(), || panic!("it is little"), MEMORY);
        assert!(asked.is_ok());
        // A run of any length, where nobody wants what is recorded.
        let mut discarded = simulation("record P.v");
        discarded.discard_recordings(1 << 20);
        assert!(discarded.foresee(1e9).is_ok());
        assert!(matches!(simulation("record P.v").foresee(1e9), Err(Error::Model(_))));
    }

    #[test]
    fn a_script_that_goes_back_records_no_more_than_it_reaches() {
        let mut there = simulation("record P.v");
        assert!(matches!(there.run(1e9 * SECOND), Err(Error::Model(_))), "before anything is run");
        assert_eq!(there.t(), 0.0);
        let again = "store\nrun 100*ms\nrestore\n".repeat(100);
        let back = simulation(&format!("record P.v\n{again}"));
        assert!(back.foresee_script().is_ok());
        let asked = simulation("").record_values("P.v every 1*ms").map(drop);
        assert!(asked.is_ok());
        let mut asked = simulation("");
        asked.record_values("P.v[::2]").expect("recorded");
        let Err(Error::Model(rejected)) = asked.run(1e9 * SECOND) else { panic!("it is too much") };
        assert!(rejected.to_string().starts_with("<record>:1:8: error[E0695]"), "{rejected}");
    }

    #[test]
    fn folders_are_shown_as_people_know_them() {
        for (folder, expected) in [
            (".m.results.new/spool", "this folder"),
            ("/data/.m.results.new/spool", "/data"),
            ("m.checkpoint.recordings", "m.checkpoint.recordings"),
        ] {
            assert_eq!(shown(Path::new(folder)), expected);
        }
    }
}
