//! Numbers that are known once synapses are there: how many a neuron has, and which of its pair's a synapse is.

use crate::rows::Rows;

/// How many synapses end at every neuron of the target population.
#[must_use]
pub fn incoming(rows: &Rows) -> Vec<u32> {
    let mut counts = vec![0; rows.target_limit() as usize];
    rows.targets().iter().for_each(|target| counts[target as usize] += 1);
    counts
}

/// How many synapses begin at every neuron of the source population, which has `population` neurons; at least those of the rows.
#[must_use]
pub fn outgoing(rows: &Rows, population: u32) -> Vec<u32> {
    let mut counts = vec![0; rows.source_offset() as usize];
    counts.extend(rows.starts().windows(2).map(|bounds| bounds[1] - bounds[0]));
    counts.resize(counts.len().max(population as usize), 0);
    counts
}

/// For every synapse, by order of storage, how many of its pair of neurons were made before it.
#[must_use]
pub fn multisynaptic(rows: &Rows) -> Vec<u32> {
    // Rows keep the order of creation, so that one walk along each is enough; 0 stands for a target not seen in any row.
    let mut seen = vec![(0, 0); rows.target_limit() as usize];
    let mut numbers = Vec::with_capacity(rows.len());
    for (row, bounds) in (1_u32..).zip(rows.starts().windows(2)) {
        for target in rows.targets().within(bounds[0] as usize..bounds[1] as usize) {
            let (last, count) = &mut seen[target as usize];
            *count = if *last == row { *count + 1 } else { 0 };
            *last = row;
            numbers.push(*count);
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn synapses_are_counted_by_target_by_source_and_by_pair() {
        let rows = Rows::new(vec![0, 3, 3, 7], vec![4, 2, 4, 2, 4, 2, 2], 1, 6).expect("good rows");
        assert_eq!(incoming(&rows), [0, 0, 4, 0, 3, 0]);
        assert_eq!(outgoing(&rows, 5), [0, 3, 0, 4, 0]);
        assert_eq!(multisynaptic(&rows), [0, 0, 1, 0, 0, 1, 2]);
    }
}
