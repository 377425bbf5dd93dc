//! Spikes of several steps, step by step: tiles leave theirs tile by tile.
//!
//! In come, for every tile in ascending order, its spikes and where those of each step end; out come, for every step, the
//! spikes of all tiles, ascending. Threads share the steps: each goes through all tiles once, and reads what lies side by
//! side there. A million neurons have some 1,500 tiles with one or two spikes a step each: gathered step by step as they
//! are asked for, by one thread, they took 6 % of a run on two.

use crate::threads::Team;
use std::sync::{Mutex, PoisonError};

/// Fewer pieces, of a tile and a step, are gathered before another thread has begun.
const WORTH_SHARING: usize = 4096;

/// The spikes of one tile, and where those of each step begin, and the last end.
pub(super) type OfTile<'t> = (&'t [u32], &'t [usize]);

/// What was gathered.
#[derive(Debug, Default)]
pub(super) struct BySteps {
    /// Spikes of successive steps, as many parts as threads had a share.
    parts: Vec<Part>,
    /// How many of them are of the last stretch.
    shares: usize,
}

/// Spikes of successive steps.
#[derive(Debug, Default)]
struct Part {
    first: u32,
    spikes: Vec<u32>,
    /// Where those of the first step begin, and where those of each end.
    ends: Vec<usize>,
    /// Where the next of each step goes.
    cursors: Vec<usize>,
}

impl BySteps {
    /// Gathers the spikes of all tiles, of which each has so many steps.
    pub(super) fn gather<'t>(
        &mut self,
        team: Option<Team<'_>>,
        (tiles, steps): (usize, u32),
        of: impl Fn(usize) -> OfTile<'t> + Sync,
    ) {
        let team = team.filter(|_| tiles * steps as usize >= WORTH_SHARING);
        let shares = team.map_or(1, |team| team.shares()).min(steps).max(1);
        self.shares = shares as usize;
        self.parts.resize_with(self.parts.len().max(self.shares), Part::default);
        let all = || (0..tiles).map(&of);
        let begin = |share: u32| (u64::from(steps) * u64::from(share) / u64::from(shares)) as u32;
        match team {
            Some(team) => {
                let parts: Vec<Mutex<&mut Part>> = self.parts.iter_mut().map(Mutex::new).collect();
                team.act(|number| {
                    if number < shares {
                        let mut part = parts[number as usize].lock().unwrap_or_else(PoisonError::into_inner);
                        part.gather(begin(number)..begin(number + 1), all);
                    }
                });
            }
            None => self.parts[0].gather(0..steps, all),
        }
    }

    /// The spikes of a step.
    pub(super) fn spikes(&self, step: u32) -> &[u32] {
        let Some(part) = self.parts[..self.shares].iter().rev().find(|part| part.first <= step) else { return &[] };
        let place = (step - part.first) as usize;
        &part.spikes[part.ends[place]..part.ends[place + 1]]
    }
}

impl Part {
    fn gather<'t, Tiles: Iterator<Item = OfTile<'t>>>(
        &mut self,
        steps: std::ops::Range<u32>,
        tiles: impl Fn() -> Tiles,
    ) {
        let (first, count) = (steps.start as usize, steps.len());
        self.first = steps.start;
        self.ends.clear();
        self.ends.resize(count + 1, 0);
        for (_, ends) in tiles() {
            for (end, of_tile) in self.ends[1..].iter_mut().zip(ends[first..].windows(2)) {
                *end += of_tile[1] - of_tile[0];
            }
        }
        let mut total = 0;
        for end in &mut self.ends {
            total += *end;
            *end = total;
        }
        self.spikes.resize(total, 0);
        self.cursors.clear();
        self.cursors.extend_from_slice(&self.ends[..count]);
        for (spikes, ends) in tiles() {
            for (cursor, of_tile) in self.cursors.iter_mut().zip(ends[first..].windows(2)) {
                // Mostly none, one or two: a call that copies them would cost more than they do.
                for &spike in &spikes[of_tile[0]..of_tile[1]] {
                    self.spikes[*cursor] = spike;
                    *cursor += 1;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::BySteps;
    use crate::threads::Threads;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn steps_have_the_spikes_of_all_tiles_in_order(
            counts in prop::collection::vec(prop::collection::vec(0_usize..3, 5), 1..1200),
            threads in 1_usize..4,
        ) {
            // Spikes are numbered through the tiles; every tile has five steps.
            let (mut tiles, mut expected, mut next) = (Vec::new(), vec![Vec::new(); 5], 0);
            for of_tile in &counts {
                let (mut spikes, mut ends) = (Vec::new(), vec![0]);
                for (step, &count) in of_tile.iter().enumerate() {
                    for _ in 0..count {
                        spikes.push(next);
                        expected[step].push(next);
                        next += 1;
                    }
                    ends.push(spikes.len());
                }
                tiles.push((spikes, ends));
            }
            let threads = Threads::new(threads).expect("threads");
            let mut by_steps = BySteps::default();
            for _ in 0..2 {
                by_steps.gather(threads.team(1 << 20, 1e3), (tiles.len(), 5), |tile| (&tiles[tile].0, &tiles[tile].1));
                for (step, spikes) in expected.iter().enumerate() {
                    prop_assert_eq!(by_steps.spikes(step as u32), &spikes[..]);
                }
            }
        }
    }
}
