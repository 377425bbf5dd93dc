//! The clocks of a network, and which of them tick in a step.
//!
//! In comes the time that a run is to reach; out comes, step by step, who ticks. A step is done by the clock whose next
//! tick is earliest and by all whose next tick is within a 10,000th of a step of it (of the shorter of the two), which
//! is Brian2's rule; each of them then moves on by one tick. The time that runs were asked for is kept beside the
//! ticks, so that runs of `0.05 ms` at a `dt` of `0.1 ms` add up.

use crate::clock::{Clock, TOLERANCE, Tick, end_tick};
use crate::kernel::Moment;
use crate::saved::{Misfit, must};

/// The number of a clock in its network; clock 0 is the one the network was made with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClockId(pub u32);

/// All clocks of a network.
#[derive(Clone, Debug)]
pub(crate) struct Clocks {
    clocks: Vec<Clock>,
    /// Who ticks in the step that is done; of a single clock always true.
    due: Vec<bool>,
    asked: f64,
}

impl Clocks {
    pub(crate) fn new(first: Clock) -> Self {
        Self { clocks: vec![first], due: vec![true], asked: 0.0 }
    }

    /// The clock of that time step; where there is none as yet it begins with its first tick that is not past, and from
    /// within a step with the first after it. `None` where `dt` is no positive number, or so small that ticks cannot be
    /// counted up to now.
    pub(crate) fn add(&mut self, dt: f64, in_step: bool) -> Option<ClockId> {
        let place = self.clocks.iter().position(|clock| clock.dt().to_bits() == dt.to_bits());
        let place = match place {
            Some(place) => place,
            None => {
                let clock = Clock::new(dt)?;
                let tick = end_tick(self.asked, dt)?;
                let now = in_step && (tick.time(dt) - self.asked).abs() / dt < TOLERANCE;
                self.clocks.push(clock.starting(Tick(tick.0 + i64::from(now))));
                self.due.push(false);
                self.clocks.len() - 1
            }
        };
        Some(ClockId(place as u32))
    }

    pub(crate) fn all(&self) -> &[Clock] {
        &self.clocks
    }

    pub(crate) fn get(&self, clock: ClockId) -> &Clock {
        &self.clocks[clock.0 as usize]
    }

    /// The tick that the clock does in this step, or else its next one, and the time of it.
    pub(crate) fn moment(&self, clock: ClockId) -> Moment {
        self.get(clock).moment()
    }

    /// Whether the clock ticks in the step that is done.
    pub(crate) fn is_due(&self, clock: ClockId) -> bool {
        self.due[clock.0 as usize]
    }

    /// The time runs were asked to reach [s]; up to a step before the next tick.
    pub(crate) fn time(&self) -> f64 {
        self.asked
    }

    /// The time of the next step [s].
    pub(crate) fn next_time(&self) -> f64 {
        self.clocks.iter().map(|clock| clock.moment().t).fold(f64::INFINITY, f64::min)
    }

    /// For every clock the first tick that a run until `time` [s] does not do.
    pub(crate) fn ends(&self, time: f64) -> Option<Vec<Tick>> {
        self.clocks.iter().map(|clock| end_tick(time, clock.dt())).collect()
    }

    /// Whether no clock has a tick to do before those of `ends`. A clock added since has none to do.
    pub(crate) fn have_reached(&self, ends: &[Tick]) -> bool {
        self.clocks.iter().zip(ends).all(|(clock, &end)| clock.tick() >= end)
    }

    /// Ticks become those of clocks that were saved, and the time reached `asked` [s]; clocks beyond those begin as if
    /// they were added then.
    pub(crate) fn load(&mut self, saved: &[(f64, Tick)], asked: f64) -> Result<(), Misfit> {
        self.asked = asked;
        for (number, clock) in self.clocks.iter_mut().enumerate() {
            let tick = saved.get(number).map(|&(_, tick)| tick).filter(Tick::is_countable);
            let tick = if number < saved.len() { tick } else { end_tick(asked, clock.dt()) };
            *clock = clock.starting(tick.ok_or_else(|| Misfit::new("clocks", "a time that is none"))?);
        }
        must(asked.is_finite() && !saved.is_empty(), "clocks", "a time that is none")
    }

    /// Finds out who ticks next.
    pub(crate) fn choose(&mut self) {
        if self.clocks.len() == 1 {
            return;
        }
        let earlier = |a: &Clock, b: &Clock| a.moment().t.total_cmp(&b.moment().t);
        let Some(&first) = self.clocks.iter().min_by(|a, b| earlier(a, b)) else { return };
        let t = first.moment().t;
        for (due, clock) in self.due.iter_mut().zip(&self.clocks) {
            *due = (clock.moment().t - t).abs() / first.dt().min(clock.dt()) < TOLERANCE;
        }
    }

    /// The step was done: who ticked goes on to the next tick.
    pub(crate) fn advance(&mut self) {
        if let [only] = &mut self.clocks[..] {
            return only.advance();
        }
        for (clock, _) in self.clocks.iter_mut().zip(&self.due).filter(|(_, due)| **due) {
            clock.advance();
        }
    }

    /// So many steps of a single clock were done.
    pub(crate) fn pass(&mut self, steps: u32) {
        for clock in &mut self.clocks {
            *clock = clock.starting(Tick(clock.tick().0 + i64::from(steps)));
        }
    }

    /// Notes that a run reached `time` [s].
    pub(crate) fn reach(&mut self, time: f64) {
        self.asked = time;
    }

    /// Notes that time is that of the next step, or of the one being done: a run ended early, or its caller is asked.
    pub(crate) fn reach_next(&mut self) {
        self.asked = self.next_time();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: f64 = 0.001;

    fn clocks(steps: &[f64]) -> Clocks {
        let mut clocks = Clocks::new(Clock::new(steps[0]).expect("positive"));
        steps.iter().for_each(|&dt| assert!(clocks.add(dt, false).is_some()));
        clocks
    }

    /// Ticks done by each clock in every step until `time`.
    fn steps(clocks: &mut Clocks, time: f64) -> Vec<Vec<Option<i64>>> {
        let ends = clocks.ends(time).expect("in range");
        let mut steps = Vec::new();
        while !clocks.have_reached(&ends) {
            clocks.choose();
            let tick = |id: u32| clocks.is_due(ClockId(id)).then(|| clocks.moment(ClockId(id)).step);
            steps.push((0..clocks.all().len() as u32).map(tick).collect());
            clocks.advance();
        }
        clocks.reach(time);
        steps
    }

    /// Times [ms] that runs last one after the other, and the tick and time [ms] reached: seen in Brian2 2.9.
    const RUNS: [(&[f64], i64, f64); 6] = [
        (&[0.25], 3, 0.25),
        (&[0.05], 1, 0.05),
        (&[0.05, 0.05], 1, 0.1),
        (&[0.1001], 2, 0.1001),
        (&[0.10001], 1, 0.10001),
        (&[100.0], 1000, 100.0),
    ];

    #[test]
    fn runs_end_where_brian2s_do() {
        for (durations, tick, time) in RUNS {
            let mut clocks = clocks(&[0.1 * MS]);
            for duration in durations {
                let until = clocks.time() + duration * MS;
                steps(&mut clocks, until);
            }
            assert_eq!(clocks.moment(ClockId(0)).step, tick, "{durations:?}");
            assert!((clocks.time() - time * MS).abs() < 1e-18, "{durations:?}: {}", clocks.time());
        }
    }

    #[test]
    fn clocks_that_coincide_tick_together() {
        let mut two = clocks(&[0.1 * MS, 0.25 * MS]);
        let expected = [
            [Some(0), Some(0)],
            [Some(1), None],
            [Some(2), None],
            [None, Some(1)],
            [Some(3), None],
            [Some(4), None],
            [Some(5), Some(2)],
        ];
        assert_eq!(steps(&mut two, 0.6 * MS), expected);
        assert_eq!(two.next_time(), 6.0 * (0.1 * MS));
    }

    /// 0.3 and 3*0.1 differ in the last bit, 0.1 and 0.100009 by less than a 10,000th of a step only at first.
    #[test]
    fn coincidence_is_within_a_10000th_of_the_shorter_step() {
        let together =
            |steps: &[Vec<Option<i64>>]| steps.iter().filter(|step| step.iter().all(Option::is_some)).count();
        assert_eq!(together(&steps(&mut clocks(&[0.1 * MS, 0.3 * MS]), 3.0 * MS)), 10);
        assert_eq!(together(&steps(&mut clocks(&[1.0 * MS, 1.00003 * MS]), 20.0 * MS)), 4, "ticks 0 to 3");
    }

    #[test]
    fn a_clock_added_later_begins_at_its_first_tick_to_come() {
        let mut clocks = clocks(&[0.1 * MS]);
        steps(&mut clocks, 0.7 * MS);
        let late = clocks.add(0.5 * MS, false).expect("positive");
        assert_eq!(clocks.moment(late).step, 2);
        assert_eq!(clocks.add(0.5 * MS, false), Some(late));
        assert_eq!(clocks.add(0.1 * MS, false), Some(ClockId(0)));
        assert_eq!([0.0, -1.0, f64::NAN, f64::INFINITY, 1e-30].map(|dt| clocks.add(dt, false)), [None; 5]);
        assert_eq!(steps(&mut clocks, 1.0 * MS), [[Some(7), None], [Some(8), None], [Some(9), None]]);
    }

    /// A run may be cut where the clocks do not meet.
    #[test]
    fn runs_in_parts_tick_like_one() {
        let whole = steps(&mut clocks(&[0.1 * MS, 0.25 * MS]), 2.0 * MS);
        let mut parts = clocks(&[0.1 * MS, 0.25 * MS]);
        let mut all = Vec::new();
        for end in [0.12, 0.25, 0.3, 0.77, 1.3, 2.0] {
            all.extend(steps(&mut parts, end * MS));
        }
        assert_eq!(all, whole);
    }
}
