//! Threads of a simulation's own: how many, and when they pay.
//!
//! One thread is the caller's, and nothing is made. More are a crew for the time loop, in which whoever is free takes the
//! next share of a dense range (`partition::crew`), and a private rayon pool for what is built before it; a pool of the
//! host's is never used nor waited on in turn, so that a simulation may run inside it. A panic in one share reaches the
//! caller once all have ended. How many there are never changes a result.

use crate::error::BuildError;
use crate::partition::crew::Crew;
use std::sync::Arc;

/// Work below which a share is not worth a thread [ns]. Measured with two threads on two cores that ten others used too: to hand
/// out work and join takes 0.2 to 0.3 us more than the work alone (a broadcast of a rayon pool 20 to 27 us), whether a
/// worker comes in time or not. On two idle cores a step of 2.5 us became slower in two shares, one of 9 us faster by a third.
const SHARE_NS: f64 = 3_000.0;

/// Shares begin at multiples of this many elements: 64 bytes of the smallest type, a cache line, so that no line is
/// written by two.
const GRAIN: u32 = 64;

/// The threads dense kernels are shared among.
#[derive(Clone, Debug, Default)]
pub struct Threads {
    several: Option<Arc<Several>>,
}

#[derive(Debug)]
struct Several {
    crew: Crew,
    pool: rayon::ThreadPool,
}

impl Threads {
    /// `count` threads; 0 and 1 both mean the caller's own.
    ///
    /// # Errors
    /// `BuildError::Threads` where the system gives none.
    pub fn new(count: usize) -> Result<Self, BuildError> {
        if count <= 1 {
            return Ok(Self::default());
        }
        let name = |index| format!("rheobase-build-{index}");
        let pool = rayon::ThreadPoolBuilder::new().num_threads(count).thread_name(name).build();
        let several = |pool| Several { crew: Crew::new("rheobase"), pool };
        pool.map(|pool| Self { several: Some(Arc::new(several(pool))) })
            .map_err(|reason| BuildError::Threads { count, reason: reason.to_string() })
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> usize {
        self.pool().map_or(1, rayon::ThreadPool::current_num_threads)
    }

    /// The pool, where there is more than one thread.
    #[must_use]
    pub fn pool(&self) -> Option<&rayon::ThreadPool> {
        self.several.as_ref().map(|several| &several.pool)
    }

    /// Who shares `elements` of `cost` [ns] each, where that pays.
    #[inline]
    pub(crate) fn team(&self, elements: u32, cost: f64) -> Option<Team<'_>> {
        let several = self.several.as_deref()?;
        let most = (f64::from(elements) * cost / SHARE_NS) as u32;
        let shares = most.min(elements.div_ceil(GRAIN)).min(several.pool.current_num_threads() as u32);
        (shares > 1).then_some(Team { crew: &several.crew, shares: shares.min(u16::MAX.into()) as u16 })
    }
}

/// Some threads at work on one thing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Team<'a> {
    crew: &'a Crew,
    shares: u16,
}

impl Team<'_> {
    /// How many shares there are.
    pub(crate) fn shares(&self) -> u32 {
        self.shares.into()
    }

    /// Lets every share be done once, by its number, as far as threads are free at the same time; returns when all are done. A panic
    /// of one goes on here.
    pub(crate) fn act(&self, act: impl Fn(u32) + Sync) {
        self.crew.act(self.shares, &act);
    }
}

/// Share `index` of `shares` of the elements `first..last`: they cover the range in order, and all but the last end at
/// a multiple of `GRAIN` elements from `first`.
pub(crate) fn share(first: u32, last: u32, index: u32, shares: u32) -> (u32, u32) {
    let grains = u64::from((last - first).div_ceil(GRAIN));
    let begin = |index: u32| {
        let elements = grains * u64::from(index) / u64::from(shares) * u64::from(GRAIN);
        u64::from(first) + elements.min(u64::from(last - first))
    };
    (begin(index) as u32, begin(index + 1) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicU32, Ordering};

    proptest! {
        #[test]
        fn shares_cover_a_range_in_order(first in 0u32..1000, length in 0u32..100_000, shares in 1u32..20) {
            let mut next = first;
            for index in 0..shares {
                let (begin, end) = share(first, first + length, index, shares);
                prop_assert_eq!(begin, next);
                prop_assert!(end >= begin);
                prop_assert!(index + 1 == shares || (end - first) % GRAIN == 0 || end == first + length);
                next = end;
            }
            prop_assert_eq!(next, first + length);
        }
    }

    #[test]
    fn one_thread_makes_no_pool() {
        for count in [0, 1] {
            let threads = Threads::new(count).expect("none are started");
            assert!(threads.pool().is_none());
            assert_eq!(threads.count(), 1);
        }
    }

    #[test]
    fn small_work_stays_on_one_thread() {
        let threads = Threads::new(3).expect("three threads");
        let shares = |elements, cost| threads.team(elements, cost).map(|team| team.shares());
        assert_eq!(shares(100, 10.0), None);
        assert_eq!(shares(599, 10.0), None);
        assert_eq!(shares(600, 10.0), Some(2));
        assert_eq!(shares(4_000_000, 10.0), Some(3));
        assert_eq!(shares(64, 1e9), None, "one grain is one share");
    }

    #[test]
    fn a_panic_of_one_participant_reaches_the_caller() {
        let threads = Threads::new(3).expect("three threads");
        let team = threads.team(1000, 1e9).expect("much work");
        let acted = AtomicU32::new(0);
        let act = |bad: Option<u32>| {
            team.act(|number| {
                assert!(Some(number) != bad, "participant {number}");
                acted.fetch_add(1, Ordering::Relaxed);
            });
        };
        for bad in 0..3 {
            assert!(catch_unwind(AssertUnwindSafe(|| act(Some(bad)))).is_err());
        }
        assert_eq!(acted.load(Ordering::Relaxed), 6, "the others went on");
        act(None);
        assert_eq!(acted.load(Ordering::Relaxed), 9, "and the threads are there still");
    }
}
