//! Rows in other numbers: where the ends of a projection are synapses, rules count them by creation and rows by storage.

use super::Connected;
use crate::rows::Rows;
use crate::targets::Targets;

impl Connected {
    /// The same synapses, made in the same order, with other numbers for their sources and targets: `sources` and `targets` are
    /// permutations of all elements of an end, and `None` where its numbers stay.
    ///
    /// # Panics
    /// Where a permutation is shorter than the numbers in use.
    #[must_use]
    pub fn renumbered(self, sources: Option<&[u32]>, targets: Option<&[u32]>) -> Self {
        if sources.is_none() && targets.is_none() {
            return self;
        }
        let Self { rows, creation, made } = self;
        let target = |old: u32| targets.map_or(old, |numbers| numbers[old as usize]);
        let Some(sources) = sources else {
            let mut renamed = Targets::below(rows.target_limit());
            rows.targets().iter().for_each(|old| renamed.push(target(old)));
            return Self { rows: replaced(rows.starts().to_vec(), renamed, &rows), creation, made };
        };
        let offset = rows.source_offset();
        let mut source_of = vec![0; rows.len()];
        for (row, bounds) in (offset..).zip(rows.starts().windows(2)) {
            source_of[bounds[0] as usize..bounds[1] as usize].fill(sources[row as usize] - offset);
        }
        let mut starts = vec![0; rows.sources() + 1];
        source_of.iter().for_each(|&source| starts[source as usize + 1] += 1);
        (1..starts.len()).for_each(|row| starts[row] += starts[row - 1]);
        let mut next = starts.clone();
        let (mut moved, mut storage) = (Targets::below(rows.target_limit()), Vec::with_capacity(rows.len()));
        moved.lengthen(rows.len());
        // By creation, so that rows keep its order.
        for created in 0..rows.len() {
            let old = creation.as_ref().map_or(created, |creation| creation[created] as usize);
            let place = &mut next[source_of[old] as usize];
            moved.set(*place as usize, target(rows.targets().at(old)));
            storage.push(*place);
            *place += 1;
        }
        let in_order = storage.is_sorted();
        Self { rows: replaced(starts, moved, &rows), creation: (!in_order).then_some(storage), made }
    }
}

fn replaced(starts: Vec<u32>, targets: Targets, old: &Rows) -> Rows {
    Rows::of(starts, targets, old.source_offset(), old.target_limit())
        .expect("a permutation keeps the number of synapses of each source and the range of targets")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source and target of every synapse, by creation.
    fn pairs(connected: &Connected) -> Vec<(u32, u32)> {
        let rows = &connected.rows;
        let place = |created: usize| connected.creation.as_ref().map_or(created as u32, |creation| creation[created]);
        let source = |place: u32| rows.starts().iter().filter(|&&start| start <= place).count() as u32 - 1;
        let pair = |created| (source(place(created)), rows.targets().at(place(created) as usize));
        (0..rows.len()).map(pair).collect()
    }

    #[test]
    fn both_ends_get_other_numbers_and_the_order_of_creation_stays() {
        let rows = || Rows::new(vec![0, 2, 2, 5], vec![0, 2, 1, 0, 2], 0, 3).expect("good rows");
        let (sources, targets) = ([2, 0, 1], [1, 2, 0]);
        for creation in [None, Some(vec![4, 0, 2, 1, 3])] {
            let old = Connected { rows: rows(), creation, made: Vec::new() };
            let expected = |from: &dyn Fn(u32) -> u32, to: &dyn Fn(u32) -> u32| -> Vec<(u32, u32)> {
                pairs(&old).into_iter().map(|(source, target)| (from(source), to(target))).collect()
            };
            let (from, to) = (|old: u32| sources[old as usize], |old: u32| targets[old as usize]);
            let renumbered =
                |sources: Option<&[u32]>, targets: Option<&[u32]>| pairs(&old.clone().renumbered(sources, targets));
            assert_eq!(renumbered(Some(&sources), Some(&targets)), expected(&from, &to));
            assert_eq!(renumbered(None, Some(&targets)), expected(&|old| old, &to));
            assert_eq!(renumbered(Some(&sources), None), expected(&from, &|old| old));
            assert_eq!(renumbered(None, None), pairs(&old));
        }
    }
}
