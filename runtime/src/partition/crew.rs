//! A crew: threads that do shares of a caller's work beside it.
//!
//! In comes work that may be done in numbered shares, in any order and by anyone; every share is done once, then the
//! call returns. The caller takes part: a share is taken by whoever is free first, so that a worker that the system
//! does not let run in time delays nobody, and on a single core the caller does it all. Who waits spins briefly, then
//! yields, then parks; workers that have had nothing to do for some 50 us are parked. A panic in a share reaches the
//! caller once all shares have ended. A crew that is busy with another caller's work leaves the new one to do its work
//! alone.
#![expect(unsafe_code, reason = "work that borrows from its caller is done by other threads while the caller waits")]

use std::any::Any;
use std::hint::spin_loop;
use std::mem::{forget, transmute};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle, Thread};
use std::time::{Duration, Instant};

/// Looks at what is waited for before the first yield: about 2 us.
const SPINS: u32 = 64;

/// How long it is yielded before parking. Not counted in yields: where others want the core each of them takes
/// milliseconds, and who is parked is woken sooner.
const YIELDING: Duration = Duration::from_micros(50);

/// What is to be done in shares.
type Work<'a> = dyn Fn(u32) + Sync + 'a;

/// Threads beside the caller's.
pub(crate) struct Crew {
    name: &'static str,
    post: Arc<Post>,
    workers: Mutex<Vec<Worker>>,
}

struct Worker {
    parked: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

/// Work on hand, and who does it.
#[derive(Clone)]
struct Task {
    work: &'static Work<'static>,
    caller: Thread,
}

/// Where work is handed out.
#[derive(Default)]
struct Post {
    /// The task's number (32 bits), the next share that nobody has taken (16) and how many there are (16).
    shares: AtomicU64,
    /// Shares that have not ended.
    left: AtomicU32,
    /// The caller is parked, or about to be.
    waits: AtomicBool,
    closed: AtomicBool,
    task: Mutex<Option<Task>>,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
}

impl std::fmt::Debug for Crew {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Crew").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Crew {
    /// Without workers as yet.
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, post: Arc::default(), workers: Mutex::default() }
    }

    /// Lets every share be done once, by up to as many threads; returns when all have ended. A panic of one goes on
    /// here.
    pub(crate) fn act(&self, shares: u16, work: &Work<'_>) {
        let panic = match self.workers.try_lock() {
            Ok(mut workers) => {
                self.fill(&mut workers, usize::from(shares).saturating_sub(1));
                self.post.act(&workers, shares, work)
            }
            Err(_) => alone(shares, work),
        };
        if let Some(payload) = panic {
            resume_unwind(payload);
        }
    }

    /// Starts workers up to so many; where the system gives none, those who are there do the work.
    fn fill(&self, workers: &mut Vec<Worker>, wanted: usize) {
        while workers.len() < wanted {
            let (post, parked) = (Arc::clone(&self.post), Arc::<AtomicBool>::default());
            let (name, flag) = (format!("{}-{}", self.name, workers.len() + 1), Arc::clone(&parked));
            let Ok(thread) = thread::Builder::new().name(name).spawn(move || post.serve(&flag)) else { return };
            workers.push(Worker { parked, thread });
        }
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.post.closed.store(true, Ordering::SeqCst);
        for worker in lock(&self.workers).drain(..) {
            worker.thread.thread().unpark();
            // What panicked in a share was caught there.
            let _ = worker.thread.join();
        }
    }
}

/// All shares one after the other; the first panic.
fn alone(shares: u16, work: &Work<'_>) -> Option<Box<dyn Any + Send>> {
    let attempt = |share| catch_unwind(AssertUnwindSafe(|| work(share))).err();
    let mut panics = (0..u32::from(shares)).filter_map(attempt);
    let first = panics.next();
    panics.for_each(forget);
    first
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits until it is ready: spins, yields, parks. Who makes it ready looks at `parked` afterwards and unparks.
fn wait(parked: &AtomicBool, ready: impl Fn() -> bool) {
    for _ in 0..SPINS {
        if ready() {
            return;
        }
        spin_loop();
    }
    let begun = Instant::now();
    while begun.elapsed() < YIELDING {
        if ready() {
            return;
        }
        thread::yield_now();
    }
    parked.store(true, Ordering::SeqCst);
    while !ready() {
        thread::park();
    }
    parked.store(false, Ordering::SeqCst);
}

impl Post {
    fn act(&self, workers: &[Worker], shares: u16, work: &Work<'_>) -> Option<Box<dyn Any + Send>> {
        // SAFETY: the reference is followed for shares that were taken, and this function returns when all of them have
        // ended: `left` counts them down, and none can be taken any more. Nothing in between unwinds (panics of shares
        // are caught). The task is put away before it returns.
        let work = unsafe { transmute::<&Work<'_>, &'static Work<'static>>(work) };
        *lock(&self.task) = Some(Task { work, caller: thread::current() });
        self.left.store(shares.into(), Ordering::SeqCst);
        let number = (self.shares.load(Ordering::Relaxed) >> 32).wrapping_add(1);
        self.shares.store(number << 32 | u64::from(shares), Ordering::SeqCst);
        for worker in workers.iter().take(usize::from(shares) - 1) {
            if worker.parked.load(Ordering::SeqCst) {
                worker.thread.thread().unpark();
            }
        }
        self.do_shares();
        wait(&self.waits, || self.left.load(Ordering::SeqCst) == 0);
        *lock(&self.task) = None;
        lock(&self.panic).take()
    }

    /// Does shares until all are taken.
    fn do_shares(&self) {
        while let Some(share) = self.take() {
            // It is there until this share has ended.
            let Some(task) = lock(&self.task).clone() else { return };
            if let Err(payload) = catch_unwind(AssertUnwindSafe(|| (task.work)(share))) {
                let mut first = lock(&self.panic);
                // Dropping what a stranger panicked with might panic again.
                if first.is_none() { *first = Some(payload) } else { forget(payload) }
            }
            if self.left.fetch_sub(1, Ordering::SeqCst) == 1 && self.waits.load(Ordering::SeqCst) {
                task.caller.unpark();
            }
        }
    }

    /// Takes a share that nobody has.
    fn take(&self) -> Option<u32> {
        const NEXT: u64 = 1 << 16;
        let open = |word: u64| is_open(word).then(|| word + NEXT);
        let word = self.shares.fetch_update(Ordering::SeqCst, Ordering::SeqCst, open).ok()?;
        Some((word >> 16) as u32 & 0xffff)
    }

    fn serve(&self, parked: &AtomicBool) {
        loop {
            wait(parked, || is_open(self.shares.load(Ordering::SeqCst)) || self.closed.load(Ordering::SeqCst));
            if self.closed.load(Ordering::SeqCst) {
                return;
            }
            self.do_shares();
        }
    }
}

/// Whether there is a share that nobody has taken.
fn is_open(word: u64) -> bool {
    (word >> 16) & 0xffff < word & 0xffff
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How often each of some shares is done.
    fn counts(crew: &Crew, shares: u16) -> Vec<u32> {
        let counts: Vec<AtomicU32> = (0..shares).map(|_| AtomicU32::new(0)).collect();
        crew.act(shares, &|share| {
            counts[share as usize].fetch_add(1, Ordering::Relaxed);
        });
        counts.into_iter().map(AtomicU32::into_inner).collect()
    }

    #[test]
    fn every_share_is_done_once() {
        let crew = Crew::new("crew");
        for round in 0..2000 {
            let shares = [1, 2, 3, 7][round % 4];
            assert_eq!(counts(&crew, shares), vec![1; usize::from(shares)]);
        }
        assert_eq!(counts(&crew, 256), vec![1; 256]);
    }

    #[test]
    fn workers_are_there_after_they_were_parked() {
        let crew = Crew::new("crew");
        for _ in 0..3 {
            assert_eq!(counts(&crew, 3), [1; 3]);
            let (begun, parked) = (Instant::now(), |worker: &Worker| worker.parked.load(Ordering::SeqCst));
            while !lock(&crew.workers).iter().all(parked) {
                assert!(begun.elapsed() < Duration::from_secs(10), "who has nothing to do parks");
                thread::yield_now();
            }
        }
    }

    #[test]
    fn shares_wait_for_each_other_only_where_all_have_a_thread() {
        let (crew, begun) = (Crew::new("crew"), AtomicU32::new(0));
        crew.act(3, &|_| {
            begun.fetch_add(1, Ordering::SeqCst);
            while begun.load(Ordering::SeqCst) < 3 {
                thread::yield_now();
            }
        });
        assert_eq!(begun.into_inner(), 3, "three threads were in it at the same time");
    }

    #[test]
    fn a_busy_crew_leaves_callers_to_themselves() {
        let (crew, total) = (Crew::new("crew"), AtomicU32::new(0));
        crew.act(2, &|_| {
            crew.act(2, &|_| {
                total.fetch_add(1, Ordering::Relaxed);
            });
        });
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..500 {
                        assert_eq!(counts(&crew, 2), [1; 2]);
                    }
                });
            }
        });
        assert_eq!(total.into_inner(), 4);
    }
}
