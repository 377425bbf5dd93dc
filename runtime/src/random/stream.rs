//! Keys and counters of the random numbers: in, what a number is for; out, where Philox finds it.
//!
//! The key is of the seed, the name of the object and statement, and the number of the stream; the counter is (low
//! and high word of the step, half the element, draw): a block of 128 bits serves two neighbours, 2k and 2k + 1. Draws of
//! a statement count from 0 and stay below 2^16. A law that rejects takes further blocks, which are an element's own:
//! the counter is then (low and high word of the step, element, draw + 2^16 iteration), with iterations from 1 on.

use super::philox::{halves, unit};

/// Stable hash of a name: FNV-1a of 64 bits (Fowler, Noll, Vo; RFC 9923).
pub fn name_hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// A bijection of 64 bits in which every bit of the argument moves about half of the result: the finaliser of
/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014; constants of Stafford's variant 13).
fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// The key for a seed, the hash of "object and statement", and a stream: each in turn is xored into what came before,
/// then the golden ratio is added and the sum mixed. Changing any one of them alone always gives another key.
pub fn key(seed: u64, name: u64, stream: u64) -> u64 {
    [seed, name, stream].into_iter().fold(0, |state, word| mix((state ^ word).wrapping_add(0x9e37_79b9_7f4a_7c15)))
}

/// The 64 random bits of every element of a pair, 2*`pair` and the one after it: one block for both.
#[inline(always)]
pub(super) fn pair(key: u64, step: i64, pair: u32, draw: u32) -> [u64; 2] {
    halves(key, [step as u32, (step >> 32) as u32, pair, draw])
}

/// The 64 random bits of an element.
pub(super) fn bits(key: u64, step: i64, element: u32, draw: u32) -> u64 {
    pair(key, step, element / 2, draw)[(element % 2) as usize]
}

/// Two uniform numbers in [0, 1) for an iteration of a law that rejects, from 1 to 65,535: a block of the element alone.
pub(super) fn proposal(key: u64, step: i64, element: u32, draw: u32, iteration: u16) -> (f64, f64) {
    let draw = draw.wrapping_add(u32::from(iteration) << 16);
    let [low, high] = halves(key, [step as u32, (step >> 32) as u32, element, draw]);
    (unit(low), unit(high))
}
