//! Philox4x32-10: in, a key of 64 bits and a counter of 128; out, four words of 32 random bits, a pure function of
//! both.
//!
//! Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11 (2011); held to the known
//! answers of their Random123 library.

use std::convert::Infallible;

use rand_core::TryRng;

const MULTIPLIERS: [u64; 2] = [0xD251_1F53, 0xCD9E_8D57];
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: usize = 10;
const WORD: u64 = 0xffff_ffff;

/// The block of a counter (words from low to high) under a key (low half first).
pub fn block(key: u64, counter: [u32; 4]) -> [u32; 4] {
    let [low, high] = halves(key, counter);
    [low as u32, (low >> 32) as u32, high as u32, (high >> 32) as u32]
}

/// The same block as its words 0 and 1, and 2 and 3, low words first. Words are kept in 64 bits, so that a loop over
/// counters becomes vector code: vectors multiply 32 bits to 64.
#[inline(always)]
pub(super) fn halves(key: u64, counter: [u32; 4]) -> [u64; 2] {
    let mut key = [key as u32, (key >> 32) as u32];
    let mut words = counter.map(u64::from);
    for _ in 0..ROUNDS {
        let products = [MULTIPLIERS[0] * words[0], MULTIPLIERS[1] * words[2]];
        words = [
            (products[1] >> 32) ^ words[1] ^ u64::from(key[0]),
            products[1] & WORD,
            (products[0] >> 32) ^ words[3] ^ u64::from(key[1]),
            products[0] & WORD,
        ];
        key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
    }
    [words[0] | words[1] << 32, words[2] | words[3] << 32]
}

/// A uniform number in [0, 1), of the upper 53 of 64 bits.
#[inline(always)]
pub(super) fn unit(bits: u64) -> f64 {
    const STEP: f64 = 1.0 / (1_u64 << 53) as f64;
    (bits >> 11) as f64 * STEP
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
        let low = u64::from(self.word());
        unit(low | u64::from(self.word()) << 32)
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
