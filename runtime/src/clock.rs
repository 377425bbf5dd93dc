//! Time as a count of ticks.
//!
//! In come durations, delays and spike times [s]; out go ticks. Time is always `tick*dt`, never accumulated, and every
//! rounding here is one of Brian2's rules, taken on doubles exactly as written: another form of the same formula rounds
//! elsewhere.

use crate::kernel::Moment;
use serde::{Deserialize, Serialize};

/// The number of a time step, or a count of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tick(pub i64);

impl Tick {
    /// The time at which it begins [s].
    #[must_use]
    pub fn time(self, dt: f64) -> f64 {
        self.0 as f64 * dt
    }
}

/// How far beside a tick, in units of `dt`, a time still counts as that tick.
pub(crate) const TOLERANCE: f64 = 1e-4;

/// Ticks are exact as doubles up to here.
const LAST_TICK: f64 = 9_007_199_254_740_992.0;

impl Tick {
    /// Whether it is one that clocks reach.
    pub(crate) fn is_countable(&self) -> bool {
        self.0.unsigned_abs() < LAST_TICK as u64
    }
}

/// The first tick that a run until `time` [s] does not do: the nearest one where `time` is within a 10,000th of a step
/// of it, else the next above. `None` where there is no such tick: `time` is no number, or beyond 2^53 ticks.
#[must_use]
pub fn end_tick(time: f64, dt: f64) -> Option<Tick> {
    let nearest = (time / dt).round();
    if nearest.is_nan() || nearest.abs() >= LAST_TICK {
        return None;
    }
    let close = (nearest * dt - time).abs() / dt <= TOLERANCE;
    Some(Tick(if close { nearest } else { (time / dt).ceil() } as i64))
}

/// Ticks from one sample to the next: `every` [s] must be a whole multiple of `dt`, one or more, within a 10,000th of a
/// step.
#[must_use]
pub fn sample_ticks(every: f64, dt: f64) -> Option<u32> {
    let nearest = (every / dt).round();
    let whole = (nearest * dt - every).abs() / dt <= TOLERANCE;
    (whole && (1.0..=f64::from(u32::MAX)).contains(&nearest)).then_some(nearest as u32)
}

/// The longest delay: a queue holds a list for every tick on the way.
pub const LONGEST_DELAY: u32 = 1 << 24;

/// How many ticks a spike travels: `delay/dt` rounded half up, on doubles. `None` where the delay is negative, no
/// number, or longer than `LONGEST_DELAY`.
#[must_use]
pub fn delay_ticks(delay: f64, dt: f64) -> Option<u32> {
    let ticks = (delay / dt + 0.5).trunc();
    (delay >= 0.0 && ticks <= f64::from(LONGEST_DELAY)).then_some(ticks as u32)
}

/// The tick in which a spike of time `time` [s] is sent: a spike up to a 1000th of a step before a tick is that tick's.
#[must_use]
pub fn spike_tick(time: f64, dt: f64) -> Tick {
    Tick(((time + 1e-3 * dt) / dt) as i64)
}

/// A clock: how long its ticks are, and which comes next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clock {
    dt: f64,
    tick: Tick,
}

impl Clock {
    /// At tick 0, with steps of `dt` [s]; `None` where `dt` is not a positive number.
    #[must_use]
    pub fn new(dt: f64) -> Option<Self> {
        (dt > 0.0 && dt.is_finite()).then_some(Self { dt, tick: Tick(0) })
    }

    /// The same at another tick.
    pub(crate) fn starting(self, tick: Tick) -> Self {
        Self { tick, ..self }
    }

    /// Time step [s].
    #[must_use]
    pub fn dt(&self) -> f64 {
        self.dt
    }

    /// The tick that comes next.
    #[must_use]
    pub fn tick(&self) -> Tick {
        self.tick
    }

    /// The next tick and its time.
    #[must_use]
    pub fn moment(&self) -> Moment {
        Moment { step: self.tick.0, t: self.tick.time(self.dt) }
    }

    /// The next tick was done.
    pub(crate) fn advance(&mut self) {
        self.tick.0 += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: f64 = 0.001;
    const DT: f64 = 0.1 * MS;

    #[test]
    fn no_tick_is_found_for_what_is_no_time() {
        for time in [f64::NAN, f64::INFINITY, -f64::INFINITY, 1e15] {
            assert_eq!(end_tick(time, DT), None, "{time}");
        }
    }

    /// Delay [ms] and ticks at 0.1 ms: the first six are `reference/delay_rounding.json` (arrival sample less 11).
    const DELAYS: [(f64, Option<u32>); 13] = [
        (0.15, Some(1)),
        (0.25, Some(3)),
        (0.05, Some(1)),
        (0.0499999, Some(0)),
        (0.149, Some(1)),
        (0.3, Some(3)),
        (0.0, Some(0)),
        (-0.0, Some(0)),
        (-0.01, None),
        (f64::NAN, None),
        (f64::INFINITY, None),
        (1_677_721.6, Some(LONGEST_DELAY)),
        (1_677_721.7, None),
    ];

    #[test]
    fn delays_round_as_brian2s_do() {
        for (delay, ticks) in DELAYS {
            assert_eq!(delay_ticks(delay * MS, DT), ticks, "{delay} ms");
        }
    }

    /// Spike time [ms] and tick: from `reference/spike_generator_and_rate.json`, and both sides of the tolerance.
    const SPIKES: [(f64, i64); 7] = [(1.0, 10), (2.0, 20), (3.05, 30), (4.5, 45), (0.0, 0), (0.2999, 3), (0.2998, 2)];

    #[test]
    fn spike_times_fall_into_brian2s_bins() {
        for (time, tick) in SPIKES {
            assert_eq!(spike_tick(time * MS, DT), Tick(tick), "{time} ms");
        }
    }

    /// Distance of samples [ms] and ticks.
    const SAMPLES: [(f64, Option<u32>); 8] = [
        (0.1, Some(1)),
        (1.0, Some(10)),
        (0.3, Some(3)),
        (0.300_009, Some(3)),
        (0.30002, None),
        (0.05, None),
        (0.0, None),
        (f64::NAN, None),
    ];

    #[test]
    fn samples_are_whole_ticks_apart() {
        for (every, ticks) in SAMPLES {
            assert_eq!(sample_ticks(every * MS, DT), ticks, "{every} ms");
        }
    }

    #[test]
    fn a_clock_needs_a_positive_step() {
        for dt in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Clock::new(dt), None, "{dt}");
        }
    }
}
