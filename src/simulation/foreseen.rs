//! Is there room for what a run records? In: a simulation, and for how long it will run. Out: a diagnostic of its largest recording
//! where there is none, with an interval that would fit.
//!
//! Asked before the run, since one of days would end where the disk is full. Refused is only what the machine cannot hold however
//! empty it is; what is more than is free on a disk now is worth a warning, since room may be made while the run goes on. Only what
//! is known for sure is counted: values and rates at their intervals, as they lie on disk while the run goes on, or in memory.
//! Spikes are not, nor what results take beside them: who passes may still be stopped by a full disk.

use super::build::SMALL;
use super::codes;
use super::free::{self, Space, written};
use super::front::rejected;
use super::recording::{Kept, Monitor};
use super::run::Simulation;
use crate::error::Error;
use crate::ir::network::Recorded as What;
use crate::sources::Sources;
use crate::units::{Dimension, grouped, quantity, time_in_text};
use grammar::{Diagnostic, Span};
use std::path::Path;

/// What is to be said of recordings that there is room for.
#[derive(Clone, Debug)]
pub struct Foreseen {
    /// Warnings of those that take more than is free on the disk now.
    pub warnings: Vec<Diagnostic>,
    /// The texts that these are about.
    pub sources: Sources,
}

/// Where recordings are kept.
#[derive(Clone, Copy, Debug)]
enum Place<'a> {
    Memory,
    /// In a folder, but for so many bytes that memory may hold.
    Disk(&'a Path, u64),
}

impl Place<'_> {
    /// What of so many bytes is kept there at least.
    fn share(self, bytes: u64) -> u64 {
        match self {
            Self::Memory => bytes,
            Self::Disk(_, in_memory) => bytes.saturating_sub(in_memory),
        }
    }

    fn has(self, all: u64) -> String {
        match self {
            Self::Memory => format!("the machine has {} of memory", written(all)),
            Self::Disk(folder, _) => format!("the disk of {} has {}", shown(folder), written(all)),
        }
    }

    fn has_free(self, free: u64) -> String {
        match self {
            Self::Memory => format!("{} of memory are free", written(free)),
            Self::Disk(folder, _) => format!("{} are free on the disk of {}", written(free), shown(folder)),
        }
    }
}

/// A recording that takes so much room.
struct Sampled<'a> {
    kept: &'a Kept,
    /// Values of a sample.
    width: u64,
    /// Bytes of a sample.
    each: f64,
    /// Seconds between samples.
    every: f64,
    /// Samples of so much time are to come that stay [s].
    kept_for: f64,
}

impl Sampled<'_> {
    fn samples(&self) -> f64 {
        (self.kept_for / self.every).floor()
    }

    fn bytes(&self) -> u64 {
        (self.samples() * self.each) as u64
    }
}

impl Simulation {
    /// Refuses a run of so many seconds whose recordings no machine like this holds, where nothing can end it before.
    ///
    /// # Errors
    /// `Error::Model` where there is no room.
    pub(super) fn must_have_room(&self, duration: f64) -> Result<(), Error> {
        let calls = self.calls.len().max(self.expected_calls);
        if calls > 0 || self.stopper.may_stop() { Ok(()) } else { self.foresee(duration).map(drop) }
    }

    /// Whether there is room for what a run of so many seconds records.
    ///
    /// # Errors
    /// `Error::Model` where there is not.
    pub(super) fn foresee(&self, duration: f64) -> Result<Foreseen, Error> {
        let sampled: Vec<Sampled<'_>> =
            self.kept.iter().filter_map(|kept| self.sampled(kept, duration.max(0.0))).collect();
        let (growing, windows): (Vec<_>, Vec<_>) = sampled.iter().partition(|sampled| sampled.kept.grows());
        let memory = || free::memory().map(|all| Space { all, free: all });
        match self.spool.as_ref().map(|spool| (spool.folder(), spool.most())) {
            // Nobody wants them.
            Some((None, _)) => self.fits(&windows, Place::Memory, memory),
            Some((Some(folder), in_memory)) => {
                self.fits(&windows, Place::Memory, memory)?;
                self.fits(&growing, Place::Disk(folder, in_memory as u64), || free::disk(folder))
            }
            None => self.fits(&sampled.iter().collect::<Vec<_>>(), Place::Memory, memory),
        }
    }

    fn sampled<'a>(&self, kept: &'a Kept, duration: f64) -> Option<Sampled<'a>> {
        let on_disk = kept.grows() && self.spool.is_some();
        let (width, each, every, held) = match (&kept.what, kept.monitor) {
            (What::Values(_), Monitor::Values(id)) => {
                let (monitor, width) = (self.network.values(id), kept.elements.len() as u64);
                // The values, and their time.
                let each = 8.0 * (width as f64 + 1.0);
                (width, each, f64::from(monitor.every()) * monitor.dt(), monitor.ticks().len())
            }
            (What::Rate(_), Monitor::Rate(id)) => {
                let monitor = self.network.rate(id);
                // Memory counts spikes; on disk are the rate and its time.
                let each = if on_disk { 16.0 } else { 4.0 };
                (1, each, f64::from(monitor.every()) * monitor.dt(), monitor.counts().len())
            }
            _ => return None,
        };
        // Of a window, what is in it has its room already.
        let more = |last: f64| last.min(self.t() - kept.since + duration) - held as f64 * every;
        let kept_for = kept.last.map_or(duration, |last| more(last).max(0.0));
        Some(Sampled { kept, width, each, every, kept_for })
    }

    /// Whether recordings fit into a place, whose room is asked for where they are not small.
    fn fits(
        &self,
        all: &[&Sampled<'_>],
        place: Place<'_>,
        space: impl FnOnce() -> Option<Space>,
    ) -> Result<Foreseen, Error> {
        let mut foreseen = Foreseen { warnings: Vec::new(), sources: self.model.sources().clone() };
        let bytes = all.iter().map(|sampled| sampled.bytes()).fold(0, u64::saturating_add);
        let taken = place.share(bytes);
        let Some(largest) = all.iter().max_by_key(|sampled| sampled.bytes()).filter(|_| taken > SMALL) else {
            return Ok(foreseen);
        };
        let Some(space) = space().filter(|space| taken > space.free.min(space.all)) else { return Ok(foreseen) };
        let span = match &largest.kept.asked {
            None => largest.kept.span,
            Some(asked) => {
                let source = foreseen.sources.add("<record>", format!("record {asked}"));
                Span { source, start: 7, end: 7 + asked.len() as u32 }
            }
        };
        let told = told(largest, bytes, (place, space), span);
        if taken > space.all {
            return Err(rejected(&foreseen.sources, vec![told]));
        }
        foreseen.warnings.push(told);
        Ok(foreseen)
    }
}

/// An error where there is no such room, else a warning.
fn told(largest: &Sampled<'_>, bytes: u64, (place, space): (Place<'_>, Space), span: Span) -> Diagnostic {
    let refused = place.share(bytes) > space.all;
    let room = if refused { place.has(space.all) } else { place.has_free(space.free) };
    let message = format!("`{}` takes {}, and {room}", largest.kept.name, written(largest.bytes()));
    let values = if largest.width == 1 { "value".to_owned() } else { format!("{} values", grouped(largest.width)) };
    let label = format!(
        "{values} every {}, for {}",
        quantity(largest.every, Dimension::SECOND),
        quantity(largest.kept_for, Dimension::SECOND)
    );
    let told = if refused {
        Diagnostic::error(codes::TOO_MUCH_RECORDED, span, message)
    } else {
        Diagnostic::warning(codes::MUCH_RECORDED, span, message)
    };
    let told = told.label(label);
    let told = if bytes > largest.bytes() {
        told.note(format!("all that is recorded at intervals takes {}", written(bytes)))
    } else {
        told
    };
    let (told, begin) = match interval_that_fits(largest, bytes, space.free.min(space.all)) {
        Some((every, bytes)) => {
            let (every, bytes) = (time_in_text(every), written(bytes));
            (told.help(format!("record it less often: with `every {every}` it takes {bytes}")), "or")
        }
        None => (told, "record"),
    };
    if matches!(largest.kept.what, What::Rate(_)) {
        return told;
    }
    let few = if largest.width > 1 { "fewer elements, as by `[::100]`; " } else { "" };
    let end = if largest.kept.last.is_some() { "a shorter end" } else { "the end alone" };
    told.help(format!("{begin} {few}{end}, by `last 100*ms`; or what it amounts to, by `mean` or `variance`"))
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

/// A folder as people gave it: not by the hidden one beside their results that these are made in.
fn shown(folder: &Path) -> String {
    let is_made_beside = |part: &Path| {
        let name = part.file_name().unwrap_or_default().to_string_lossy();
        let numbered = name.rsplit_once(".new").is_some_and(|(_, number)| {
            number.strip_prefix('.').map_or(number.is_empty(), |number| number.parse::<u32>().is_ok())
        });
        name.starts_with('.') && numbered
    };
    let made = folder.parent().filter(|part| folder.ends_with("spool") && is_made_beside(part));
    let given = made.and_then(Path::parent).unwrap_or(folder);
    if given.as_os_str().is_empty() { "this folder".to_owned() } else { given.display().to_string() }
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
    fn in_place(simulation: &Simulation, place: Place<'_>, space: Space) -> Option<Diagnostic> {
        let sampled: Vec<_> = simulation.kept.iter().filter_map(|kept| simulation.sampled(kept, 1000.0)).collect();
        match simulation.fits(&sampled.iter().collect::<Vec<_>>(), place, || Some(space)) {
            Err(Error::Model(rejected)) => rejected.diagnostics.into_iter().next(),
            other => other.expect("no other error").warnings.into_iter().next(),
        }
    }

    fn of(simulation: &Simulation, all: u64) -> Option<Diagnostic> {
        in_place(simulation, Place::Memory, Space { all, free: all })
    }

    #[test]
    fn what_does_not_fit_is_told_with_an_interval_that_does() {
        let many = simulation("record P.v, P.population_rate\nrecord P.v last 10*second");
        let told = of(&many, 100_000_000_000).expect("it is too much");
        assert_eq!(told.message, "`P.v` takes 8.0 TB, and the machine has 100.0 GB of memory");
        assert_eq!(told.primary.text, "100,000 values every 100 us, for 1000 s");
        assert_eq!(told.notes, ["all that is recorded at intervals takes 8.1 TB"]);
        // Twenty thousand samples of 100,001 numbers beside 80 GB of the others would be more than half of it.
        let others = "record fewer elements, as by `[::100]`; the end alone, by `last 100*ms`; or what it amounts to, by \
                      `mean` or `variance`";
        assert_eq!(told.help, [others]);
        let told = of(&many, 400_000_000_000).expect("it is too much");
        assert_eq!(told.help[0], "record it less often: with `every 10*ms` it takes 80.0 GB");
        assert_eq!(of(&many, 9_000_000_000_000), None);
        let window = simulation("record P.v last 500*second");
        let told = of(&window, 1_000_000_000).expect("it is too much");
        assert_eq!(told.message, "`P.v last` takes 4.0 TB, and the machine has 1.0 GB of memory");
        assert!(told.help[1].starts_with("or fewer elements, as by `[::100]`; a shorter end, by"), "{:?}", told.help);
    }

    #[test]
    fn the_mend_fits_when_it_is_written() {
        let told = of(&simulation("record P.v"), 1_000_000_000).expect("it is too much");
        let every = told.help[0].split('`').nth(1).expect("an interval");
        assert_eq!(of(&simulation(&format!("record P.v {every}")), 1_000_000_000), None, "{every}");
    }

    #[test]
    fn what_a_disk_has_but_is_not_free_is_worth_a_warning() {
        let (many, folder) = (simulation("record P.v"), Path::new("/data/.m.results.new/spool"));
        let on_disk = |all, free, in_memory| in_place(&many, Place::Disk(folder, in_memory), Space { all, free });
        let refused = on_disk(4_000_000_000_000, 100_000_000_000, 0).expect("no such disk holds it");
        assert_eq!(refused.code.id, "E0695");
        assert_eq!(refused.message, "`P.v` takes 8.0 TB, and the disk of /data has 4.0 TB");
        // The interval is one that nothing is to be said of.
        assert_eq!(refused.help[0], "record it less often: with `every 20*ms` it takes 40.0 GB");
        let warned = on_disk(9_000_000_000_000, 100_000_000_000, 0).expect("it is full");
        assert_eq!(warned.code.id, "W0695");
        assert_eq!(warned.message, "`P.v` takes 8.0 TB, and 100.0 GB are free on the disk of /data");
        assert_eq!(warned.help, refused.help);
        assert_eq!(on_disk(9_000_000_000_000, 8_500_000_000_000, 0), None);
        // What memory holds is not on disk.
        assert_eq!(on_disk(4_000_000_000_000, 4_000_000_000_000, 5_000_000_000_000), None);
    }

    #[test]
    fn a_window_asks_for_what_it_does_not_hold_yet() {
        let mut window = simulation("record P.v, P.population_rate last 1*ms");
        let to_come = |simulation: &Simulation, duration| -> Vec<u64> {
            let sampled = simulation.kept.iter().filter_map(|kept| simulation.sampled(kept, duration));
            sampled.map(|sampled| sampled.samples().round() as u64).collect()
        };
        assert_eq!(to_come(&window, 0.40001e-3), [4, 4]);
        assert_eq!(to_come(&window, 1000.0), [10, 10]);
        window.run("2*ms").expect("it runs");
        for left in to_come(&window, 1000.0) {
            assert!(left <= 1, "the window is full, and {left} samples are asked for");
        }
    }

    #[test]
    fn what_may_end_early_is_not_refused() {
        let text = "neurons P[10] { dv/dt = (1 - v)/(10*ms) : 1 }\nrecord P.v";
        let few = || Simulation::from_source(text).expect("built");
        let mut called = few();
        let stop = |now: &mut crate::Moment<'_>| {
            now.stop();
            Ok(())
        };
        called.on(0.001 * SECOND, crate::Turn::of(crate::Slot::End), stop).expect("a callback");
        assert!(matches!(called.foresee(1e9), Err(Error::Model(_))), "who asks is told");
        assert!(called.run(1e9 * SECOND).is_ok());
        let mut stopped = few();
        stopped.stopper().stop();
        assert!(matches!(stopped.run(1e9 * SECOND), Err(Error::Stopped { .. })));
        assert!(matches!(stopped.run(1e9 * SECOND), Err(Error::Model(_))), "nobody has it any more");
        let stopper = stopped.stopper();
        let thread = std::thread::spawn(move || stopper.stop());
        assert!(matches!(stopped.run(1e9 * SECOND), Err(Error::Stopped { .. })));
        thread.join().expect("it ends");
    }

    #[test]
    fn what_is_little_or_does_not_grow_is_not_asked_for() {
        let little = simulation("record P.v every 10*second\nrecord P.v mean, P.spikes counts, P.v at end");
        let sampled: Vec<_> = little.kept.iter().filter_map(|kept| little.sampled(kept, 1000.0)).collect();
        assert_eq!(sampled.len(), 1);
        let asked = little.fits(&sampled.iter().collect::<Vec<_>>(), Place::Memory, || panic!("it is little"));
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
            ("/home/a/.cache/b/.m.results.new.2/spool", "/home/a/.cache/b"),
            ("m.checkpoint.recordings", "m.checkpoint.recordings"),
            (".mine/of.new", ".mine/of.new"),
            ("/data/.m.newer/spool", "/data/.m.newer/spool"),
        ] {
            assert_eq!(shown(Path::new(folder)), expected);
        }
    }
}
