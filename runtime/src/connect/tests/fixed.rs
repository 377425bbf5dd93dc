//! Fixed numbers of partners, and of synapses.

use super::*;
use crate::connect::draws::{AheadOfPairs, Distinct, below};

#[test]
fn every_target_gets_so_many_distinct_sources() {
    for ends in [within(300), subgroups(300, 300)] {
        let pairs = stored(&connected(Rule::FixedIndegree { count: 40, autapses: true }, &ends), &ends);
        assert!(pairs.is_sorted_by(|a, b| a < b), "by source, then target, each pair once");
        for target in 0..300 {
            assert_eq!(pairs.iter().filter(|pair| pair.1 == target).count(), 40);
        }
    }
}

#[test]
fn every_source_gets_so_many_distinct_targets() {
    for ends in [within(300), subgroups(300, 300)] {
        let connected = connected(Rule::FixedOutdegree { count: 40, autapses: true }, &ends);
        assert!(stored(&connected, &ends).is_sorted_by(|a, b| a < b), "by source, then target, each pair once");
        assert!(connected.rows.starts().windows(2).all(|row| row[1] - row[0] == 40));
    }
}

#[test]
fn partners_are_chosen_evenly() {
    let (n, k) = (2000_u32, 50_u32);
    let ends = within(n);
    let p = f64::from(k) / f64::from(n - 1);
    let mean = f64::from(k);
    let deviation = (mean * (1.0 - p)).sqrt();
    for (rule, by_source) in [
        (Rule::FixedIndegree { count: k, autapses: false }, true),
        (Rule::FixedOutdegree { count: k, autapses: false }, false),
    ] {
        let mut degrees = vec![0.0; n as usize];
        for (i, j) in stored(&connected(rule, &ends), &ends) {
            assert_ne!(i, j);
            degrees[if by_source { i } else { j } as usize] += 1.0;
        }
        let sum: f64 = degrees.iter().map(|degree| ((degree - mean) / deviation).powi(2)).sum();
        assert_near(sum, f64::from(n), (2.0 * f64::from(n)).sqrt());
    }
}

#[test]
fn self_is_the_same_neuron_of_the_same_population() {
    // Neurons 2..6 and 4..8 share 4 and 5.
    let side = |offset| Side { offset, size: 4, population: 10 };
    let overlapping = Ends { source: side(2), target: side(4), same_population: true };
    let rules = [
        Rule::FixedIndegree { count: 3, autapses: false },
        Rule::FixedOutdegree { count: 3, autapses: false },
        Rule::FixedTotal { count: 2000, autapses: false },
    ];
    for rule in rules {
        let pairs = stored(&connected(rule.clone(), &overlapping), &overlapping);
        assert!(pairs.iter().all(|&(i, j)| i != j + 2), "no neuron connects to itself");
        let apart = Ends { same_population: false, ..overlapping };
        let pairs = stored(&connected(rule, &apart), &apart);
        assert!(pairs.iter().any(|&(i, j)| i == j + 2), "numbers of other populations mean other neurons");
    }
    let all = Rule::FixedOutdegree { count: 4, autapses: true };
    assert_eq!(stored(&connected(all, &overlapping), &overlapping), all_pairs(&overlapping, |_, _| true));
}

#[test]
fn a_total_is_of_pairs_drawn_evenly_with_replacement() {
    let ends = subgroups(7, 11);
    let connected = connected(Rule::FixedTotal { count: 77_000, autapses: true }, &ends);
    assert_eq!(connected.creation, None);
    let pairs = stored(&connected, &ends);
    assert_eq!(pairs.len(), 77_000);
    assert!(pairs.is_sorted(), "by source, then target");
    let mut counts = [0.0; 77];
    pairs.iter().for_each(|&(i, j)| counts[(i * 11 + j) as usize] += 1.0);
    assert_distributed(&counts, &[1000.0; 77], 76.0);
}

#[test]
fn nothing_is_asked_of_nobody() {
    for ends in [between(0, 4), between(4, 0), between(0, 0)] {
        for rule in [
            condition(Some(holds(&ends, |_, _, _| true)), Chance::Always),
            condition(None, Chance::Constant(0.5)),
            Rule::Pairs { pairs: Vec::new(), p: Chance::Always, n: None },
            Rule::FixedIndegree { count: 0, autapses: true },
            Rule::FixedOutdegree { count: 0, autapses: false },
            Rule::FixedTotal { count: 0, autapses: false },
        ] {
            let connected = connected(rule, &ends);
            assert_eq!((connected.rows.len(), connected.rows.sources() as u32), (0, ends.source.size));
        }
    }
    assert_eq!(connect(&[], &between(3, 3)).map(|connected| connected.rows.len()), Ok(0));
}

#[test]
fn numbers_below_a_limit_are_even() {
    let mut draws = AheadOfPairs::of_rule(KEY);
    let mut counts = [0.0; 7];
    (0..70_000).for_each(|_| counts[below(&mut draws, 7) as usize] += 1.0);
    assert_distributed(&counts, &[10_000.0; 7], 6.0);
    // Of 2^32 words, limits that do not divide it give some numbers more often unless some words are refused: without,
    // numbers of the first kind would be 2/4 of all here.
    let third = 1_u32 << 30;
    let hits = (0..90_000).filter(|_| below(&mut draws, 3 * third).is_multiple_of(3)).count();
    assert_near(hits as f64, 30_000.0, (90_000.0_f64 * 2.0 / 9.0).sqrt());
    assert_eq!((below(&mut draws, 1), below(&mut draws, 0)), (0, 0));
}

#[test]
fn every_set_of_distinct_numbers_is_as_likely() {
    // 10 pairs of 5.
    let mut distinct = Distinct::default();
    let mut counts = [0.0; 32];
    for neuron in 0..10_000 {
        let mut set = 0_usize;
        distinct.choose(2, 5, KEY, neuron, |number| set |= 1 << number);
        counts[set] += 1.0;
    }
    let pairs: Vec<f64> = (0..32_usize).filter(|set| set.count_ones() == 2).map(|set| counts[set]).collect();
    assert_eq!(pairs.iter().sum::<f64>(), 10_000.0);
    assert_distributed(&pairs, &[1000.0; 10], 9.0);
}

/// Rows as one number: FNV-1a over the bytes of their starts and targets.
fn digest(made: &[Connected]) -> u64 {
    let numbers = made.iter().flat_map(|made| made.rows.starts().iter().copied().chain(made.rows.targets().iter()));
    numbers
        .flat_map(u32::to_le_bytes)
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// Digests recorded when synapses were still drawn twice and put into their rows one by one; whatever the threads.
#[test]
fn a_key_makes_the_synapses_that_it_always_made() {
    let part = |offset, size, population| Side { offset, size, population };
    let overlapping = Ends { source: part(100, 5000, 9000), target: part(3000, 6000, 9000), same_population: true };
    for (ends, expected) in [
        (within(300), 0xc2be_08f7_9186_3715),
        (overlapping, 0xf67d_73fa_cfb9_0a58),
        (between(100_000, 90), 0xa7d6_c176_15c9_6239),
        (between(70, 200_000), 0x1d55_3b48_d3ef_84a9),
    ] {
        let rules = [false, true].into_iter().flat_map(|autapses| {
            [
                Rule::FixedIndegree { count: 60, autapses },
                Rule::FixedOutdegree { count: 60, autapses },
                Rule::FixedTotal { count: 200_000, autapses },
            ]
        });
        let rules: Vec<Rule> = rules.collect();
        let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        for pool in [None, Some(pool(2)), Some(pool(5))] {
            let made = |rule| {
                build(std::slice::from_ref(rule), &ends, &mut State::default(), KEY, pool.as_ref(), Room::default())
            };
            let made: Vec<Connected> = rules.iter().map(made).collect::<Result<_, _>>().expect("they can be met");
            assert_eq!(digest(&made), expected, "{:#x}", digest(&made));
        }
    }
}
