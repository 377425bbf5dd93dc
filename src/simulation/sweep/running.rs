//! A sweep under way: in, what its points have in common and which were done before; out, all that were done.
//!
//! First every point that is left is planned, so that it is known which share code; then they are run. Both is done on several
//! threads, and heard of by the one that calls: it logs points, and tells the caller.

use super::SweepEvent;
use super::code::Groups;
use super::log::{Done, Log};
use super::point::{Setting, Shared};
use super::side_by_side::{Heard, side_by_side};
use super::table::SweepPoint;
use crate::error::Error;
use crate::simulation::stopper::Stopper;
use grammar::Diagnostic;

/// A point that is planned, and its group.
pub(super) type InGroup = (usize, usize);

/// Points, what is known of them, and who hears of them.
pub(super) struct Running<'a> {
    setting: &'a Setting<'a>,
    at_a_time: usize,
    stopper: &'a Stopper,
    points: Vec<Option<SweepPoint>>,
    log: Option<Log>,
    warnings: Vec<Diagnostic>,
    on: &'a mut dyn FnMut(SweepEvent<'_>),
}

impl<'a> Running<'a> {
    /// Takes what was done before.
    pub(super) fn begin(
        setting: &'a Setting<'a>,
        (at_a_time, stopper): (usize, &'a Stopper),
        (log, done): (Option<Log>, Vec<Done>),
        on: &'a mut dyn FnMut(SweepEvent<'_>),
    ) -> Self {
        let mut points: Vec<Option<SweepPoint>> = vec![None; setting.points.count()];
        for Done { number, outcome } in done {
            if let Some(point) = points.get_mut(number as usize) {
                *point = Some(setting.points.row(number as usize, outcome));
            }
        }
        on(SweepEvent::Begun { done: points.iter().flatten().count(), points: points.len() });
        Self { setting, at_a_time, stopper, points, log, warnings: setting.warnings().to_vec(), on }
    }

    /// A point is done: it is logged, and told.
    fn put(&mut self, number: usize, outcome: Result<Vec<f64>, String>) -> Result<(), Error> {
        let point = self.setting.points.row(number, outcome);
        let done = || Done { number: number as u64, outcome: point.outcome.clone() };
        let logged = self.log.iter_mut().try_for_each(|log| log.put(&done()));
        (self.on)(SweepEvent::Done(&point));
        self.points[number] = Some(point);
        logged
    }

    /// Plans the points that are left; which have a plan, in their order, and what they share.
    pub(super) fn plan(&mut self) -> Result<(Vec<InGroup>, Groups), Error> {
        let (setting, at_a_time, stopper) = (self.setting, self.at_a_time, self.stopper);
        let left: Vec<usize> = (0..self.points.len()).filter(|&point| self.points[point].is_none()).collect();
        let (mut groups, mut planned, mut warnings) = (Groups::default(), Vec::with_capacity(left.len()), None);
        let plan = |point: usize, _: &dyn Fn(String)| setting.taken_apart(point);
        let mut done = 0;
        side_by_side(&left, at_a_time, &|| stopper.is_asked(), plan, |heard| {
            let Heard::Done(point, parts) = heard else { return Ok(()) };
            done += 1;
            (self.on)(SweepEvent::Planning { done, points: left.len() });
            match parts {
                Ok((parts, found)) => {
                    planned.push((point, groups.put(parts)));
                    in_common(&mut warnings, found);
                    Ok(())
                }
                Err(reason) => self.put(point, Err(reason)),
            }
        })?;
        // What holds for some of the points need not hold for all.
        if !stopper.is_asked() && left.len() == self.points.len() {
            self.warnings.extend(warnings.unwrap_or_default());
        }
        (self.on)(SweepEvent::Planned { warnings: &self.warnings, sources: setting.sources() });
        planned.sort_unstable();
        Ok((planned, groups))
    }

    /// Runs points with the code of their groups.
    pub(super) fn run(&mut self, planned: &[InGroup], shared: &[Shared]) -> Result<(), Error> {
        let (setting, at_a_time, stopper) = (self.setting, self.at_a_time, self.stopper);
        let asked = || stopper.is_asked();
        let run = |(point, group): InGroup, say: &dyn Fn(String)| setting.run(point, &shared[group], &asked, say);
        side_by_side(planned, at_a_time, &asked, run, |heard| match heard {
            Heard::Said((point, _), line) => {
                (self.on)(SweepEvent::Print { point, line });
                Ok(())
            }
            Heard::Done(_, None) => Ok(()),
            Heard::Done((point, _), Some(outcome)) => self.put(point, outcome),
        })
    }

    /// The points that were done, and what is worth knowing about all.
    pub(super) fn end(self) -> (Vec<SweepPoint>, Vec<Diagnostic>) {
        (self.points.into_iter().flatten().collect(), self.warnings)
    }
}

/// Leaves what another point is warned of too.
fn in_common(warnings: &mut Option<Vec<Diagnostic>>, found: Vec<Diagnostic>) {
    match warnings {
        None => *warnings = Some(found),
        Some(warnings) => warnings.retain(|warning| {
            let is_same = |other: &Diagnostic| (other.code, other.primary.span) == (warning.code, warning.primary.span);
            found.iter().any(is_same)
        }),
    }
}
