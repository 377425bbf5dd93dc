//! Threads of a simulation's own: how many, and when they pay.
//!
//! One thread is the caller's, and no pool is made. More are a private rayon pool, in which every participant gets one share of
//! a dense range (`broadcast`); a pool of the host's is never used nor waited on in turn, so that a simulation may run inside it.
//! A panic in one participant reaches the caller once all have ended. How many there are never changes a result.

use crate::error::BuildError;
use std::sync::Arc;

/// Work below which a share is not worth a thread [ns]. Measured: an empty broadcast takes 3 to 12 us with two participants
/// on two cores, so a share of 20 us never makes a step slower and two shares of that size already gain a third.
const SHARE_NS: f64 = 20_000.0;

/// Shares begin at multiples of this many elements: 64 bytes of the smallest type, a cache line, so that no line is written by two.
const GRAIN: u32 = 64;

/// The threads dense kernels are shared among.
#[derive(Clone, Debug, Default)]
pub struct Threads {
    pool: Option<Arc<rayon::ThreadPool>>,
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
        let name = |index| format!("rheobase-{index}");
        let pool = rayon::ThreadPoolBuilder::new().num_threads(count).thread_name(name).build();
        pool.map(|pool| Self { pool: Some(Arc::new(pool)) })
            .map_err(|reason| BuildError::Threads { count, reason: reason.to_string() })
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> usize {
        self.pool.as_ref().map_or(1, |pool| pool.current_num_threads())
    }

    /// The pool, where there is more than one thread.
    #[must_use]
    pub fn pool(&self) -> Option<&rayon::ThreadPool> {
        self.pool.as_deref()
    }

    /// The pool and into how many shares to cut `elements` of `cost` [ns] each, where that pays.
    pub(crate) fn shares(&self, elements: u32, cost: f64) -> Option<(&rayon::ThreadPool, u32)> {
        let pool = self.pool.as_deref()?;
        let most = (f64::from(elements) * cost / SHARE_NS) as u32;
        let shares = most.min(elements.div_ceil(GRAIN)).min(pool.current_num_threads() as u32);
        (shares > 1).then_some((pool, shares))
    }
}

/// Share `index` of `shares` of the elements `first..last`: they cover the range in order, and all but the last end at a
/// multiple of `GRAIN` elements from `first`.
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
            assert!(threads.pool.is_none());
            assert_eq!(threads.count(), 1);
        }
    }

    #[test]
    fn small_work_stays_on_one_thread() {
        let threads = Threads::new(3).expect("three threads");
        let shares = |elements, cost| threads.shares(elements, cost).map(|(_, shares)| shares);
        assert_eq!(shares(100, 10.0), None);
        assert_eq!(shares(3999, 10.0), None);
        assert_eq!(shares(4000, 10.0), Some(2));
        assert_eq!(shares(4_000_000, 10.0), Some(3));
        assert_eq!(shares(64, 1e9), None, "one grain is one share");
    }
}
