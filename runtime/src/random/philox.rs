//! Philox4x32-10: in, a key of 64 bits and a counter of 128; out, four words of 32 random bits, a pure function of
//! both.
//!
//! Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11 (2011); held to the known
//! answers of their Random123 library.

use std::convert::Infallible;

use rand_core::TryRng;

const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: usize = 10;

fn product(a: u32, b: u32) -> (u32, u32) {
    let product = u64::from(a) * u64::from(b);
    ((product >> 32) as u32, product as u32)
}

/// The block of a counter (words from low to high) under a key (low half first).
pub fn block(key: u64, counter: [u32; 4]) -> [u32; 4] {
    let mut key = [key as u32, (key >> 32) as u32];
    let mut words = counter;
    for _ in 0..ROUNDS {
        let (high0, low0) = product(MULTIPLIERS[0], words[0]);
        let (high1, low1) = product(MULTIPLIERS[1], words[2]);
        words = [high1 ^ words[1] ^ key[0], low1, high0 ^ words[3] ^ key[1], low0];
        key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
    }
    words
}

/// A uniform number in [0, 1) of 53 bits, from a low and a high word.
pub(super) fn unit(low: u32, high: u32) -> f64 {
    const STEP: f64 = 1.0 / (1_u64 << 53) as f64;
    ((u64::from(low) | u64::from(high) << 32) >> 11) as f64 * STEP
}

/// The words of one key in sequence, for work that goes through them in an order of its own (connecting, initial
/// choices).
///
/// It gives the words of block 0, then of block 1, and so on; any place can be sought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Philox {
    key: u64,
    /// Number of the block in `words`.
    counter: u128,
    words: [u32; 4],
    /// How many of `words` were given.
    used: usize,
}

impl Philox {
    /// At the first word of the key.
    pub fn new(key: u64) -> Self {
        let mut generator = Self { key, counter: 0, words: [0; 4], used: 0 };
        generator.seek(0);
        generator
    }

    /// Goes to the first word of a block.
    pub fn seek(&mut self, block_number: u128) {
        self.counter = block_number;
        let part = |shift: u32| (block_number >> shift) as u32;
        self.words = block(self.key, [part(0), part(32), part(64), part(96)]);
        self.used = 0;
    }

    /// The number of the block of the next word, and which of its four words that is.
    pub fn position(&self) -> (u128, usize) {
        if self.used < 4 { (self.counter, self.used) } else { (self.counter.wrapping_add(1), 0) }
    }

    /// Uniform in [0, 1), with 53 bits: two words.
    pub fn uniform(&mut self) -> f64 {
        let low = self.word();
        let high = self.word();
        unit(low, high)
    }

    fn word(&mut self) -> u32 {
        if self.used == 4 {
            self.seek(self.counter.wrapping_add(1));
        }
        let word = self.words[self.used];
        self.used += 1;
        word
    }
}

impl TryRng for Philox {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.word())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let low = u64::from(self.word());
        Ok(low | u64::from(self.word()) << 32)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(4) {
            let word = self.word().to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}
