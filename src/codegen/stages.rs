//! How long Cranelift's stages take: what it says of itself while something is compiled on this thread.
//!
//! A stage's time is without that of the stages within it, so that all of them add up.

use cranelift_codegen::timing::{Pass, Profiler, set_thread_profiler};
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Name and time of each stage, in the order in which they first ended.
pub(crate) type Stages = Vec<(String, Duration)>;

/// Does some work; what comes of it, and the stages that Cranelift went through in it.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Stages) {
    let watch = Watch::default();
    let before = set_thread_profiler(Box::new(watch.clone()));
    let outcome = work();
    drop(set_thread_profiler(before));
    let times = watch.0.take().times;
    (outcome, times.into_iter().map(|(pass, time)| (name(pass), time)).collect())
}

/// `cranelift register allocation`
fn name(pass: Pass) -> String {
    format!("cranelift {}", pass.description().to_lowercase())
}

/// What was seen so far, shared with the stages that are running.
#[derive(Clone, Default)]
struct Watch(Rc<RefCell<Seen>>);

#[derive(Default)]
struct Seen {
    times: Vec<(Pass, Duration)>,
    /// For every stage that is running, the time spent in stages within it.
    within: Vec<Duration>,
}

impl Profiler for Watch {
    fn start_pass(&self, pass: Pass) -> Box<dyn Any> {
        self.0.borrow_mut().within.push(Duration::ZERO);
        Box::new(Running { watch: self.clone(), pass, started: Instant::now() })
    }
}

/// A stage that ends when this is dropped.
struct Running {
    watch: Watch,
    pass: Pass,
    started: Instant,
}

impl Drop for Running {
    fn drop(&mut self) {
        let whole = self.started.elapsed();
        let mut seen = self.watch.0.borrow_mut();
        let own = whole.saturating_sub(seen.within.pop().unwrap_or_default());
        if let Some(around) = seen.within.last_mut() {
            *around += whole;
        }
        match seen.times.iter_mut().find(|(pass, _)| *pass == self.pass) {
            Some((_, time)) => *time += own,
            None => seen.times.push((self.pass, own)),
        }
    }
}
