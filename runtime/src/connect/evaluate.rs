//! Running the kernels of a rule: over chunks of pairs, or over all neurons of one side.
//!
//! A chunk has at most `CHUNK` pairs. Every call has its own key, made from the rule's and the number of the call, so
//! that two pairs never share a random number; calls are made in an order that the rule fixes.

use super::draws::call_key;
use super::{Ends, Expression, Outer};
use crate::kernel::{Call, Moment, Work};
use crate::state::State;

/// Pairs per call: three lists and the results are 80 kB and stay in a second-level cache, and the cost of a call is
/// lost in so many pairs.
pub(super) const CHUNK: usize = 4096;

/// Up to `CHUNK` pairs, absolute, with what the loop variable is for each.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    pub(super) pre: Vec<u32>,
    pub(super) post: Vec<u32>,
    pub(super) each: Vec<i32>,
}

impl Chunk {
    pub(super) fn len(&self) -> usize {
        self.pre.len()
    }

    pub(super) fn is_full(&self) -> bool {
        self.len() >= CHUNK
    }

    pub(super) fn push(&mut self, pre: u32, post: u32, each: i32) {
        self.pre.push(pre);
        self.post.push(post);
        self.each.push(each);
    }

    pub(super) fn clear(&mut self) {
        self.pre.clear();
        self.post.clear();
        self.each.clear();
    }

    /// Pairs the targets that have none yet with a source.
    pub(super) fn complete_with(&mut self, pre: u32) {
        self.pre.resize(self.post.len(), pre);
        self.each.resize(self.post.len(), 0);
    }

    /// Keeps the pairs at the positions for which `keep` holds.
    pub(super) fn retain(&mut self, keep: impl Fn(usize) -> bool) {
        let mut kept = 0;
        for position in 0..self.len() {
            if keep(position) {
                self.pre[kept] = self.pre[position];
                self.post[kept] = self.post[position];
                self.each[kept] = self.each[position];
                kept += 1;
            }
        }
        self.pre.truncate(kept);
        self.post.truncate(kept);
        self.each.truncate(kept);
    }
}

/// Runs kernels on the state.
pub(super) struct Evaluator<'a> {
    state: &'a mut State,
    key: u64,
    calls: u64,
    spikes: Vec<u32>,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(state: &'a mut State, key: u64) -> Self {
        Self { state, key, calls: 0, spikes: Vec::new() }
    }

    /// Key of the rule.
    pub(super) fn key(&self) -> u64 {
        self.key
    }

    /// Calls from now on see the random numbers that they saw from the first on.
    pub(super) fn begin_again(&mut self) {
        self.calls = 0;
    }

    /// One number per pair, into `out`.
    pub(super) fn run(&mut self, expression: &Expression, chunk: &Chunk, out: &mut Vec<f64>) {
        out.clear();
        out.resize(chunk.len(), 0.0);
        if chunk.len() == 0 {
            return;
        }
        let mut call = Call {
            work: Work::Pairs { pre: &chunk.pre, post: &chunk.post, each: &chunk.each },
            moment: Moment { step: 0, t: 0.0 },
            key: call_key(self.key, self.calls),
            spikes: &mut self.spikes,
            out,
            nonfinite: &mut false,
        };
        self.calls += 1;
        expression.run(self.state, &mut call);
    }

    /// One number for every neuron of a side, given to `take` with the neuron (relative) in ascending order.
    pub(super) fn for_each_neuron(
        &mut self,
        expression: &Expression,
        outer: Outer,
        ends: &Ends,
        mut take: impl FnMut(usize, f64),
    ) {
        let mut chunk = Chunk::default();
        let mut out = Vec::new();
        for first in (0..ends.side(outer).size).step_by(CHUNK) {
            ends.fill_with_neurons(outer, first, &mut chunk);
            self.run(expression, &chunk, &mut out);
            for (position, &value) in out.iter().enumerate() {
                take(first as usize + position, value);
            }
        }
    }
}

impl Ends {
    /// The group of that role.
    pub(super) fn side(&self, role: Outer) -> super::Side {
        match role {
            Outer::Source => self.source,
            Outer::Target => self.target,
        }
    }

    /// Puts neurons `first..` of a side into a chunk, as many as it takes, each paired with the first neuron of the
    /// other group.
    pub(super) fn fill_with_neurons(&self, outer: Outer, first: u32, chunk: &mut Chunk) {
        let side = self.side(outer);
        let last = side.size.min(first.saturating_add(CHUNK as u32));
        chunk.clear();
        for neuron in first..last {
            match outer {
                Outer::Source => chunk.push(side.offset + neuron, self.target.offset, 0),
                Outer::Target => chunk.push(self.source.offset, side.offset + neuron, 0),
            }
        }
    }
}
