//! What the runtime drives: a kernel runs one step program over some elements.
//!
//! A kernel is made elsewhere (interpreted or compiled) and shared by all simulations of a model. It reads and writes columns
//! of the `State` it is given, appends to the spikes or results of its call, and keeps nothing of its own.
//! Elements are visited in the order of the work; the effects of one are seen by the next. The result never depends on how a
//! dense range is cut into parts.

use crate::partition::{Binding, Native};
use crate::rows::Rows;
use crate::state::State;
use std::ops::Range;

/// Which elements a call visits, and what stands for `element`, `pre` and `post` at each.
#[derive(Clone, Copy, Debug)]
pub enum Work<'a> {
    /// Elements `first..last`, in any grouping.
    Dense {
        /// First element.
        first: u32,
        /// One past the last.
        last: u32,
    },
    /// The elements listed.
    Indexed(&'a [u32]),
    /// All synapses of the rows of some sources: `element` is the synapse, `pre` and `post` its neurons (absolute).
    Rows {
        /// Rows to visit: positions in the source group.
        sources: &'a [u32],
        /// The rows.
        rows: &'a Rows,
    },
    /// The synapses listed; `pre` and `post` are looked up.
    List {
        /// Synapses in storage order numbers.
        synapses: &'a [u32],
        /// The rows they are of.
        rows: &'a Rows,
        /// Source neuron (absolute) of every synapse; may be empty where the program does not read `pre`.
        sources: &'a [u32],
    },
    /// Pairs that might be connected; all slices are of one length, and `element` is the position in them.
    Pairs {
        /// Source neurons (absolute).
        pre: &'a [u32],
        /// Target neurons (absolute).
        post: &'a [u32],
        /// What the loop variable of a generator is.
        each: &'a [i32],
    },
}

impl Work<'_> {
    /// Whether it names no elements and no rows: then a kernel does nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match *self {
            Self::Dense { first, last } => first >= last,
            Self::Indexed(listed) | Self::Rows { sources: listed, .. } | Self::List { synapses: listed, .. } => {
                listed.is_empty()
            }
            Self::Pairs { pre, .. } => pre.is_empty(),
        }
    }

    /// A dense range.
    #[must_use]
    pub fn dense(range: Range<u32>) -> Self {
        Work::Dense { first: range.start, last: range.end }
    }
}

/// When a call happens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// The tick.
    pub step: i64,
    /// Its time, `step*dt` [s].
    pub t: f64,
}

/// One call of a kernel.
#[derive(Debug)]
pub struct Call<'a> {
    /// Over what.
    pub work: Work<'a>,
    /// When.
    pub moment: Moment,
    /// Key of the random numbers it draws (see `random`).
    pub key: u64,
    /// Elements for which the program said "spike" are appended.
    pub spikes: &'a mut Vec<u32>,
    /// One entry per element visited, for programs that yield a value; else empty.
    pub out: &'a mut [f64],
    /// Set where a watched value was not finite; never cleared.
    pub nonfinite: &'a mut bool,
}

/// A step program that can be run.
pub trait Kernel: Send + Sync {
    /// Runs it.
    fn run(&self, state: &mut State, call: &mut Call<'_>);

    /// The same, many times: `binding` is what the last call left, and may be of another kernel or state.
    fn run_bound(&self, _binding: &mut Binding, state: &mut State, call: &mut Call<'_>) {
        self.run(state, call);
    }

    /// The compiled code, where there is some for a dense or an indexed program whose elements do not see each other, or for
    /// one over rows whose synapses see but those of the same target.
    fn native(&self) -> Option<Native<'_>>;
}
