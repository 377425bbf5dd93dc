//! Work cut into blocks: in, the elements of a call; out, runs of them that may go through a program side by side.
//!
//! Elements may share a block where none of them reads or writes what another one writes: the entries written must be distinct
//! ones. Where that cannot be seen from the indices alone, a block is a single element.

use crate::ir::steps::{Access, Op, Program};
use runtime::kernel::Work;
use runtime::rows::{Rows, Segment};

/// Indices, one for each element of a block.
#[derive(Clone, Copy, Debug)]
pub(super) enum Indices<'a> {
    /// One after the other.
    Run(u32),
    /// All the same.
    Same(u32),
    /// As listed.
    Listed(&'a [u32]),
}

impl Indices<'_> {
    /// Of the element at this place of the block.
    pub(super) fn at(self, lane: usize) -> u32 {
        match self {
            Self::Run(first) => first + lane as u32,
            Self::Same(index) => index,
            Self::Listed(indices) => indices[lane],
        }
    }

    /// How many of the first are distinct for certain: those in ascending order.
    fn distinct(self, limit: usize) -> usize {
        match self {
            Self::Run(_) => limit,
            Self::Same(_) => 1,
            Self::Listed(indices) => {
                let falls = indices[..limit].windows(2).position(|pair| pair[0] >= pair[1]);
                falls.map_or(limit, |place| place + 1)
            }
        }
    }
}

/// Some elements to be visited side by side.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block<'a> {
    /// How many.
    pub(super) count: usize,
    /// How many elements of the call came before.
    pub(super) position: usize,
    pub(super) element: Indices<'a>,
    pub(super) pre: Indices<'a>,
    pub(super) post: Indices<'a>,
    pub(super) each: &'a [i32],
}

impl Block<'_> {
    /// A block for what does not depend on the element.
    pub(super) fn single() -> Self {
        let nowhere = Indices::Same(0);
        Self { count: 1, position: 0, element: nowhere, pre: nowhere, post: nowhere, each: &[] }
    }
}

/// Which elements of a program may share a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grouping {
    /// Those with distinct elements and targets, of which the flags say whether they matter.
    Distinct { elements: bool, targets: bool },
    /// None.
    Single,
}

impl Grouping {
    pub(super) fn of(program: &Program) -> Self {
        let mut grouping = (false, false);
        for op in &program.ops {
            let &Op::Store(slot, _) = op else { continue };
            let written = program.slots[slot.0 as usize];
            let crossed =
                |other: &&crate::ir::steps::Slot| other.column == written.column && other.access != written.access;
            match written.access {
                _ if program.slots.iter().any(|other| crossed(&other)) => return Self::Single,
                Access::Element => grouping.0 = true,
                Access::Post => grouping.1 = true,
                Access::Pre | Access::Shared | Access::At => return Self::Single,
            }
        }
        Self::Distinct { elements: grouping.0, targets: grouping.1 }
    }
}

/// How many elements a call visits at most.
pub(super) fn elements(work: &Work<'_>) -> usize {
    match *work {
        Work::Dense { first, last } => last.saturating_sub(first) as usize,
        Work::Indexed(elements) => elements.len(),
        Work::Rows { rows, .. } => rows.len(),
        Work::List { synapses, .. } => synapses.len(),
        Work::Pairs { pre, .. } => pre.len(),
    }
}

/// How to cut.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    /// Elements a block has at most; not 0.
    pub(super) width: usize,
    pub(super) grouping: Grouping,
    /// Whether sources are looked up.
    pub(super) pre: bool,
    /// Whether targets are looked up.
    pub(super) post: bool,
}

impl Cut {
    /// Visits all elements in order.
    pub(super) fn each(self, work: &Work<'_>, mut visit: impl FnMut(&Block<'_>)) {
        let nowhere = Indices::Same(0);
        match *work {
            Work::Dense { first, last } => {
                let count = last.saturating_sub(first) as usize;
                self.parts(
                    0,
                    count,
                    |at, limit| (Indices::Run(first + at as u32), nowhere, nowhere, limit),
                    &mut visit,
                );
            }
            Work::Indexed(elements) => {
                let part = |at: usize, limit| (Indices::Listed(&elements[at..at + limit]), nowhere, nowhere, limit);
                self.parts(0, elements.len(), part, &mut visit);
            }
            Work::Rows { sources, rows } => self.rows(sources, rows, &mut visit),
            Work::List { synapses, rows, sources } => self.list(synapses, rows, sources, &mut visit),
            Work::Pairs { pre, post, each } => {
                for start in (0..pre.len()).step_by(self.width) {
                    let end = pre.len().min(start + self.width);
                    visit(&Block {
                        count: end - start,
                        position: start,
                        element: Indices::Run(start as u32),
                        pre: Indices::Listed(&pre[start..end]),
                        post: Indices::Listed(&post[start..end]),
                        each: &each[start..end],
                    });
                }
            }
        }
    }

    /// How many of the first elements may share a block.
    fn together(self, element: Indices<'_>, post: Indices<'_>, limit: usize) -> usize {
        match self.grouping {
            Grouping::Single => 1,
            Grouping::Distinct { elements, targets } => {
                let limit = if elements { element.distinct(limit) } else { limit };
                if targets { post.distinct(limit) } else { limit }
            }
        }
    }

    /// Cuts `count` elements, of which `part` gives the indices from a place on.
    fn parts<'a>(
        self,
        position: usize,
        count: usize,
        part: impl Fn(usize, usize) -> (Indices<'a>, Indices<'a>, Indices<'a>, usize),
        visit: &mut impl FnMut(&Block<'_>),
    ) {
        let mut at = 0;
        while at < count {
            let (element, pre, post, limit) = part(at, self.width.min(count - at));
            let count = self.together(element, post, limit);
            visit(&Block { count, position: position + at, element, pre, post, each: &[] });
            at += count;
        }
    }

    fn rows(self, sources: &[u32], rows: &Rows, visit: &mut impl FnMut(&Block<'_>)) {
        let (mut position, mut targets) = (0, Vec::new());
        for &source in sources {
            let Segment { begin, end, .. } = rows.row(source);
            targets.clear();
            targets.extend(rows.targets().within(begin as usize..end as usize));
            let pre = Indices::Same(rows.source_offset() + source);
            let part = |at: usize, limit: usize| {
                (Indices::Run(begin + at as u32), pre, Indices::Listed(&targets[at..at + limit]), limit)
            };
            self.parts(position, targets.len(), part, visit);
            position += targets.len();
        }
    }

    fn list(self, synapses: &[u32], rows: &Rows, sources: &[u32], visit: &mut impl FnMut(&Block<'_>)) {
        let (mut pre, mut post) = (Vec::new(), Vec::new());
        for (number, chunk) in synapses.chunks(self.width).enumerate() {
            let places = || chunk.iter().map(|&synapse| synapse as usize);
            pre.clear();
            pre.extend(places().map(|synapse| if self.pre { sources[synapse] } else { 0 }));
            post.clear();
            post.extend(places().map(|synapse| if self.post { rows.targets().at(synapse) } else { 0 }));
            let part = |at: usize, limit: usize| {
                let listed = |all: &'_ [u32]| -> std::ops::Range<usize> { at..all.len().min(at + limit) };
                (
                    Indices::Listed(&chunk[listed(chunk)]),
                    Indices::Listed(&pre[listed(&pre)]),
                    Indices::Listed(&post[listed(&post)]),
                    limit,
                )
            };
            self.parts(number * self.width, chunk.len(), part, visit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(grouping: Grouping, width: usize, work: &Work<'_>) -> Vec<(usize, Vec<u32>, Vec<u32>)> {
        let mut all = Vec::new();
        Cut { width, grouping, pre: true, post: true }.each(work, |block| {
            let indices = |indices: Indices<'_>| (0..block.count).map(|lane| indices.at(lane)).collect();
            all.push((block.position, indices(block.element), indices(block.post)));
        });
        all
    }

    #[test]
    fn a_row_is_cut_where_a_target_might_come_again() {
        let rows = Rows::new(vec![0, 4, 5], vec![1, 3, 3, 4, 0], 0, 5).expect("rows in order");
        let work = Work::Rows { sources: &[0, 1], rows: &rows };
        let distinct = Grouping::Distinct { elements: false, targets: true };
        let expected = vec![(0, vec![0, 1], vec![1, 3]), (2, vec![2, 3], vec![3, 4]), (4, vec![4], vec![0])];
        assert_eq!(blocks(distinct, 128, &work), expected);
        assert_eq!(blocks(Grouping::Single, 128, &work).len(), 5);
        let free = Grouping::Distinct { elements: false, targets: false };
        assert_eq!(blocks(free, 3, &work).iter().map(|block| block.1.len()).collect::<Vec<_>>(), [3, 1, 1]);
    }

    #[test]
    fn a_list_is_cut_where_a_synapse_comes_again() {
        let rows = Rows::new(vec![0, 2, 3], vec![7, 8, 9], 0, 10).expect("rows in order");
        let work = Work::List { synapses: &[2, 0, 1, 1], rows: &rows, sources: &[0, 0, 1] };
        let distinct = Grouping::Distinct { elements: true, targets: false };
        let expected = vec![(0, vec![2], vec![9]), (1, vec![0, 1], vec![7, 8]), (3, vec![1], vec![8])];
        assert_eq!(blocks(distinct, 128, &work), expected);
        assert_eq!(blocks(distinct, 2, &work).len(), 4);
    }
}
