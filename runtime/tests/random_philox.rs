//! Philox, its sequence, and keys: known answers, and what must never change since recorded runs depend on it.

use rand_core::Rng;
use runtime::random::philox::block;
use runtime::random::{Philox, key, name_hash, uniform};

/// Lines `philox4x32 10` of Random123's `tests/kat_vectors`: counter, key, answer.
const KNOWN_ANSWERS: [([u32; 4], [u32; 2], [u32; 4]); 3] = [
    ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
    ([u32::MAX; 4], [u32::MAX; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
    (
        [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
        [0xa409_3822, 0x299f_31d0],
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
    ),
];

#[test]
fn blocks_are_those_of_random123() {
    for (counter, [low, high], answer) in KNOWN_ANSWERS {
        assert_eq!(block(u64::from(low) | u64::from(high) << 32, counter), answer);
    }
}

#[test]
fn the_sequence_is_the_blocks_one_after_the_other() {
    let mut generator = Philox::new(7);
    let words: Vec<u32> = (0..12).map(|_| generator.next_u32()).collect();
    let blocks: Vec<u32> = (0..3).flat_map(|number| block(7, [number, 0, 0, 0])).collect();
    assert_eq!(words, blocks);
    assert_eq!(generator.position(), (3, 0));
}

#[test]
fn any_place_can_be_sought() {
    let far = u128::from(u32::MAX) + 2;
    let mut generator = Philox::new(7);
    generator.seek(far);
    assert_eq!(generator.next_u32(), block(7, [1, 1, 0, 0])[0]);
    assert_eq!(generator.position(), (far, 1));
    generator.seek(u128::MAX);
    for _ in 0..4 {
        generator.next_u32();
    }
    assert_eq!(generator.next_u32(), block(7, [0; 4])[0]);
}

#[test]
fn long_words_and_bytes_are_made_of_words_low_first() {
    let [a, b, c, _] = block(3, [0; 4]);
    assert_eq!(Philox::new(3).next_u64(), u64::from(a) | u64::from(b) << 32);
    let mut bytes = [0; 10];
    Philox::new(3).fill_bytes(&mut bytes);
    assert_eq!(bytes[..4], a.to_le_bytes());
    assert_eq!(bytes[4..8], b.to_le_bytes());
    assert_eq!(bytes[8..], c.to_le_bytes()[..2]);
}

#[test]
fn names_hash_as_fnv_1a_does() {
    // Test vectors of the FNV reference distribution.
    assert_eq!(name_hash(""), 0xcbf2_9ce4_8422_2325);
    assert_eq!(name_hash("a"), 0xaf63_dc4c_8601_ec8c);
    assert_eq!(name_hash("foobar"), 0x8594_4171_f739_67e8);
}

#[test]
fn keys_differ_where_any_part_differs() {
    let mut keys: Vec<u64> = Vec::new();
    for seed in 0..20 {
        for name in 0..20 {
            keys.extend((0..20).map(|stream| key(seed, name, stream)));
        }
    }
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 8000);
}

#[test]
fn every_part_of_the_counter_matters() {
    let places = [(0, 0, 0), (1, 0, 0), (1 << 32, 0, 0), (-1, 0, 0), (0, 1, 0), (0, 0, 1)];
    let mut bits: Vec<u64> =
        places.iter().map(|&(step, element, draw)| uniform(1, step, element, draw).to_bits()).collect();
    bits.sort_unstable();
    bits.dedup();
    assert_eq!(bits.len(), places.len());
}
