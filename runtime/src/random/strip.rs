//! Random numbers of neighbouring elements: in, where they are and a law with the same parameters for all; out, the
//! numbers, with the bits that the law's function gives for each element alone.
//!
//! Neighbours share blocks of Philox, loops are vector code, and counts of a law with a small mean are looked up in a
//! table, which the thread keeps for the next time.

use super::distributions::{self, Counting};
use super::inversion::{Inversion, Table};
use super::{stream, vectors};
use std::cell::RefCell;

/// Where random numbers of one statement are: elements from `first` on, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strip {
    /// Of seed and statement.
    pub key: u64,
    /// The tick.
    pub step: i64,
    /// The first element.
    pub first: u32,
    /// The number of the draw in its statement.
    pub draw: u32,
}

/// Pairs whose bits are made at a time: two kilobytes.
const PAIRS: usize = 128;
/// Pairs whose logarithms are made at a time: half a kilobyte.
const PAIRS_OF_LOGARITHMS: usize = 32;
/// From so many elements on a table is made for them, which costs about as much as 50 numbers drawn without it.
const WORTH_A_TABLE: usize = 64;
/// Tables a thread keeps, of two kilobytes each.
const KEPT: usize = 32;

thread_local! {
    static TABLES: RefCell<Tables> = const { RefCell::new(Tables { kept: Vec::new(), oldest: 0 }) };
}

/// Tables made last.
struct Tables {
    kept: Vec<(Inversion, Table)>,
    oldest: usize,
}

impl Tables {
    /// The table of a law, made where there is none and it is worth it.
    fn find(&mut self, inversion: Inversion, worth: bool) -> Option<&Table> {
        let place = match self.kept.iter().position(|(kept, _)| *kept == inversion) {
            Some(place) => place,
            None if !worth => return None,
            None if self.kept.len() < KEPT => {
                self.kept.push((inversion, Table::new(inversion)));
                self.kept.len() - 1
            }
            None => {
                let place = self.oldest;
                self.kept[place] = (inversion, Table::new(inversion));
                self.oldest = (place + 1) % KEPT;
                place
            }
        };
        Some(&self.kept[place].1)
    }
}

impl Strip {
    /// Uniform numbers, see `uniform`.
    pub fn uniforms(self, to: &mut [f64]) {
        let alone = |element| distributions::uniform(self.key, self.step, element, self.draw);
        self.in_pairs(to, alone, |first, to| vectors::uniforms(self, first, to));
    }

    /// Standard normal numbers, see `normal`.
    pub fn normals(self, to: &mut [f64]) {
        let alone = |element| distributions::normal(self.key, self.step, element, self.draw);
        self.in_pairs(to, alone, |first, to| vectors::normals(self, first, to));
    }

    /// Poisson counts of one mean, see `poisson`.
    pub fn poissons(self, mean: f64, to: &mut [i32]) {
        let alone = |element| distributions::poisson(self.key, self.step, element, self.draw, mean);
        self.counts(distributions::of_poisson(mean), to, alone);
    }

    /// Binomial counts of one number of trials and probability, see `binomial`.
    pub fn binomials(self, trials: i32, probability: f64, to: &mut [i32]) {
        let alone = |element| distributions::binomial(self.key, self.step, element, self.draw, trials, probability);
        self.counts(distributions::of_binomial(trials, probability), to, alone);
    }

    /// 64 random bits for each of whole pairs of neighbours; `first` is even.
    pub(crate) fn bits_of_pairs(self, to: &mut [[u64; 2]]) {
        vectors::bits(self, self.first / 2, to);
    }

    /// ln(1 - u) for the uniform numbers u of those bits.
    pub(crate) fn logarithms_of_pairs(self, to: &mut [[f64; 2]]) {
        vectors::logarithms(self, self.first / 2, to);
    }

    /// What `of` makes of ln(1 - u) for uniform numbers u.
    pub(super) fn logarithms<T>(self, to: &mut [T], of: impl Fn(f64) -> T) {
        let mut logarithms = [[0.0; 2]; PAIRS_OF_LOGARITHMS];
        let one = |element| of(vectors::log_of_rest(stream::bits(self.key, self.step, element, self.draw)));
        self.in_pairs(to, one, |first, to| {
            for (number, to) in (0..).zip(to.chunks_mut(PAIRS_OF_LOGARITHMS)) {
                let logarithms = &mut logarithms[..to.len()];
                vectors::logarithms(self, first.wrapping_add(number * PAIRS_OF_LOGARITHMS as u32), logarithms);
                to.as_flattened_mut().iter_mut().zip(logarithms.as_flattened()).for_each(|(to, &logarithm)| {
                    *to = of(logarithm);
                });
            }
        });
    }

    /// The number of the element at a place of the strip.
    fn element(self, place: usize) -> u32 {
        self.first.wrapping_add(place as u32)
    }

    fn counts(self, counting: Counting, to: &mut [i32], alone: impl Fn(u32) -> i32) {
        match counting {
            Counting::Always(count) => to.fill(count),
            Counting::Rejected => to.iter_mut().zip(0..).for_each(|(to, place)| *to = alone(self.element(place))),
            Counting::Inverted(inversion) => self.inverted(inversion, to, alone, |count| count),
            Counting::Complement(trials, inversion) => self.inverted(inversion, to, alone, |count| trials - count),
        }
    }

    /// Counts by a table, or by `alone` where there is none; `result` is what a count of the table stands for.
    fn inverted(self, inversion: Inversion, to: &mut [i32], alone: impl Fn(u32) -> i32, result: impl Fn(i32) -> i32) {
        TABLES.with_borrow_mut(|tables| match tables.find(inversion, to.len() >= WORTH_A_TABLE) {
            None => to.iter_mut().zip(0..).for_each(|(to, place)| *to = alone(self.element(place))),
            Some(table) => {
                let mut bits = [[0; 2]; PAIRS];
                let of_bits = |bits| result(table.count(bits));
                let one = |element| of_bits(stream::bits(self.key, self.step, element, self.draw));
                self.in_pairs(to, one, |first, to| {
                    for (number, to) in (0..).zip(to.chunks_mut(PAIRS)) {
                        let bits = &mut bits[..to.len()];
                        vectors::bits(self, first.wrapping_add(number * PAIRS as u32), bits);
                        to.as_flattened_mut().iter_mut().zip(bits.as_flattened()).for_each(|(to, &bits)| {
                            *to = of_bits(bits);
                        });
                    }
                });
            }
        });
    }

    /// Fills whole pairs of neighbours, of which the number of the first is given, by `pairs`, and what is left at the
    /// ends one by one.
    fn in_pairs<T>(self, to: &mut [T], one: impl Fn(u32) -> T, mut pairs: impl FnMut(u32, &mut [[T; 2]])) {
        let (before, rest) = to.split_at_mut(((self.first % 2) as usize).min(to.len()));
        before.iter_mut().for_each(|to| *to = one(self.first));
        let after_pairs = self.element(before.len() + rest.len() - rest.len() % 2);
        let (whole, after) = rest.as_chunks_mut();
        pairs(self.first.div_ceil(2), whole);
        after.iter_mut().for_each(|to| *to = one(after_pairs));
    }
}
