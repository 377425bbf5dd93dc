//! Kernels as the time loop knows them, and what they run on.
//!
//! `Code` is a kernel with a name, from which its random numbers get their key, and the facts about it that the loop
//! needs. `Machine` is the state they run on, with a count of writes per column (so that what is derived from a column
//! is computed again only where it was written) and the threads.

use crate::kernel::{Call, Kernel, Moment, Work};
use crate::partition::{Binding, Native, Over, Partition};
use crate::random;
use crate::state::{ColumnId, State};
use crate::threads::Threads;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// What an element costs where nobody says [ns]: little, so that threads are used only where they surely pay.
const USUAL_COST: f64 = 1.0;

/// A kernel and what the time loop must know of it.
pub struct Code {
    kernel: Arc<dyn Kernel>,
    name: u64,
    key: u64,
    writes: Vec<ColumnId>,
    touches: Option<Vec<ColumnId>>,
    reads_pre: bool,
    cost: f64,
    /// One more than the place of its binding in the machine that runs it; 0 before its first call.
    place: AtomicU32,
}

impl Clone for Code {
    fn clone(&self) -> Self {
        Self {
            kernel: Arc::clone(&self.kernel),
            writes: self.writes.clone(),
            touches: self.touches.clone(),
            place: AtomicU32::new(0),
            ..*self
        }
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kernel: _, name, key, writes, touches, reads_pre, cost, place: _ } = self;
        let mut text = formatter.debug_struct("Code");
        text.field("name", name).field("key", key).field("writes", writes).field("touches", touches);
        text.field("reads_pre", reads_pre).field("cost", cost).finish_non_exhaustive()
    }
}

impl Code {
    /// A kernel under the name of its object and statement (`P.step`), which must be its own in the network: random
    /// numbers are drawn by seed and name.
    #[must_use]
    pub fn new(name: &str, kernel: Arc<dyn Kernel>) -> Self {
        let name = random::name_hash(name);
        Self {
            kernel,
            name,
            key: random::key(0, name, 0),
            writes: Vec::new(),
            touches: None,
            reads_pre: false,
            cost: USUAL_COST,
            place: AtomicU32::new(0),
        }
    }

    /// The columns it writes. Needed are those that propagators or delays are computed from; others do no harm.
    #[must_use]
    pub fn writing(mut self, columns: impl IntoIterator<Item = ColumnId>) -> Self {
        self.writes.extend(columns);
        self
    }

    /// All columns it reads or writes, where it does nothing but that; then `writing` names all that it writes. Neurons may run
    /// ahead of code that touches none of their columns.
    #[must_use]
    pub fn touching(mut self, columns: impl IntoIterator<Item = ColumnId>) -> Self {
        self.touches = Some(columns.into_iter().collect());
        self
    }

    /// It is run over lists of synapses and reads their source neurons.
    #[must_use]
    pub fn reading_pre(mut self) -> Self {
        self.reads_pre = true;
        self
    }

    /// About how long an element takes [ns]: decides from what size on threads are used, never what comes out.
    #[must_use]
    pub fn costing(mut self, nanoseconds: f64) -> Self {
        self.cost = nanoseconds;
        self
    }

    /// Whether it reads source neurons of listed synapses.
    #[must_use]
    pub fn reads_pre(&self) -> bool {
        self.reads_pre
    }

    /// Whether rows may be gone through part by part.
    pub(crate) fn goes_by_parts(&self) -> bool {
        self.native_over(Over::Rows).is_some()
    }

    /// All columns it reads or writes, where that is known.
    pub(crate) fn touches(&self) -> Option<&[ColumnId]> {
        self.touches.as_deref()
    }

    pub(crate) fn writes(&self) -> &[ColumnId] {
        &self.writes
    }

    /// Its compiled code, where there is some that may be run in parts of such work.
    pub(crate) fn native_over(&self, over: Over) -> Option<Native<'_>> {
        self.kernel.native().filter(|native| native.over() == over)
    }

    pub(crate) fn key(&self) -> u64 {
        self.key
    }

    /// About how long an element takes [ns].
    pub(crate) fn cost(&self) -> f64 {
        self.cost
    }

    /// Draws from the stream of that seed and number from now on.
    pub(crate) fn reseed(&mut self, seed: u64, stream: u64) {
        self.key = random::key(seed, self.name, stream);
    }
}

/// Mixed into keys of code that another clock triggers.
const TRIGGERED: u64 = 0x7472_6967_6765_7265;

/// When code runs, and by what its random numbers differ from those of other steps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Occasion {
    moment: Moment,
    trigger: Option<i64>,
}

impl Occasion {
    /// At a moment of the code's own clock, triggered by the tick `trigger` of another: the code's own clock may stand
    /// at one moment for several of those, and its numbers must differ all the same.
    pub(crate) fn triggered(moment: Moment, trigger: i64) -> Self {
        Self { moment, trigger: Some(trigger) }
    }

    pub(crate) fn key(self, code: &Code) -> u64 {
        self.trigger.map_or(code.key, |step| random::key(code.key, step as u64, TRIGGERED))
    }
}

impl From<Moment> for Occasion {
    fn from(moment: Moment) -> Self {
        Self { moment, trigger: None }
    }
}

/// What kernels run on.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub(crate) state: State,
    pub(crate) threads: Threads,
    writes: Vec<u64>,
    bindings: Bindings,
    partition: Partition,
}

/// Where the columns of code that was run are, by `Code::place`.
#[derive(Debug, Default)]
struct Bindings(Vec<Binding>);

impl Clone for Bindings {
    /// Cloned code has no place as yet.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Bindings {
    #[inline]
    fn of(&mut self, code: &Code) -> &mut Binding {
        let place = code.place.load(Ordering::Relaxed) as usize;
        if place == 0 || place > self.0.len() {
            self.0.push(Binding::default());
            code.place.store(self.0.len() as u32, Ordering::Relaxed);
            let last = self.0.len() - 1;
            return &mut self.0[last];
        }
        &mut self.0[place - 1]
    }
}

/// What a call leaves besides changes of the state.
#[derive(Debug)]
pub(crate) struct Results<'a> {
    /// Spikes are appended.
    pub(crate) spikes: &'a mut Vec<u32>,
    /// One value for every element, for code that yields.
    pub(crate) out: &'a mut [f64],
}

impl Machine {
    pub(crate) fn new(state: State, threads: Threads) -> Self {
        let writes = vec![0; state.len()];
        Self { state, threads, writes, bindings: Bindings::default(), partition: Partition::default() }
    }

    /// Runs code for its effects on the state; true where a watched value was not finite.
    pub(crate) fn run(&mut self, code: &Code, work: Work<'_>, occasion: impl Into<Occasion>) -> bool {
        let results = Results { spikes: &mut Vec::new(), out: &mut [] };
        self.run_for(code, work, occasion, results)
    }

    /// Runs code for its results too; true where a watched value was not finite.
    pub(crate) fn run_for(
        &mut self,
        code: &Code,
        work: Work<'_>,
        occasion: impl Into<Occasion>,
        results: Results<'_>,
    ) -> bool {
        self.call(code, work, occasion.into(), results, |machine, call| {
            code.kernel.run_bound(machine.bindings.of(code), &mut machine.state, call);
        })
    }

    /// The same outside of the time loop.
    pub(crate) fn run_once(&mut self, code: &Code, work: Work<'_>, moment: Moment, results: Results<'_>) {
        self.call(code, work, moment.into(), results, |machine, call| code.kernel.run(&mut machine.state, call));
        self.state.renew();
    }

    #[inline(always)]
    fn call(
        &mut self,
        code: &Code,
        work: Work<'_>,
        occasion: Occasion,
        results: Results<'_>,
        run: impl FnOnce(&mut Self, &mut Call<'_>),
    ) -> bool {
        let mut nonfinite = false;
        let Results { spikes, out } = results;
        let (moment, key) = (occasion.moment, occasion.key(code));
        let call = &mut Call { work, moment, key, spikes, out, nonfinite: &mut nonfinite };
        if !self.run_shared(code, call) {
            run(self, call);
        }
        self.note_writes(code);
        nonfinite
    }

    /// The columns that code writes were written.
    pub(crate) fn note_writes(&mut self, code: &Code) {
        for column in &code.writes {
            self.writes[column.0 as usize] += 1;
        }
    }

    /// Runs code on several threads, where there are some, the kernel can, and it pays, and rows part by part on one where
    /// that pays; whether it did.
    #[inline]
    fn run_shared(&mut self, code: &Code, call: &mut Call<'_>) -> bool {
        match call.work {
            Work::Dense { first, last } => {
                let Some(team) = self.threads.team(last - first, code.cost) else { return false };
                let Some(native) = code.native_over(Over::Range).filter(|_| call.out.is_empty()) else { return false };
                self.partition.run(team, native, (first, last), &mut self.state, call);
            }
            Work::Rows { sources, rows } if rows.parts() > 1 => {
                let Some(native) = code.native_over(Over::Rows) else { return false };
                let team = match self.threads.count() {
                    1 => None,
                    _ => self.threads.team(rows.synapses_of(sources), code.cost),
                };
                if team.is_none() && !rows.parts_pay_alone() {
                    return false;
                }
                self.partition.run_rows(team, native, (sources, rows), &mut self.state, call);
            }
            _ => return false,
        }
        true
    }

    /// The column may have been written from outside.
    pub(crate) fn touch(&mut self, column: ColumnId) {
        self.writes[column.0 as usize] += 1;
    }

    /// All columns may have been written from outside.
    pub(crate) fn touch_all(&mut self) {
        self.writes.iter_mut().for_each(|count| *count += 1);
    }

    /// How often these columns were written; grows with every write to any of them.
    pub(crate) fn writes(&self, columns: &[ColumnId]) -> u64 {
        columns.iter().map(|column| self.writes[column.0 as usize]).sum()
    }
}
