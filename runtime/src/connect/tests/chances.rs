//! Statistics of sampled pairs, and that they do not depend on threads.

use super::*;
use crate::connect::piece::BLOCK;
use rayon::ThreadPoolBuilder;

const SIZE: u32 = 1000;

/// Probabilities on both sides of the border between gaps and asking.
const PROBABILITIES: [f64; 4] = [0.02, 0.249, 0.25, 0.7];

#[test]
fn every_pair_is_as_likely_as_said() {
    for p in PROBABILITIES {
        let ends = within(SIZE);
        let connected = connected(condition(None, Chance::Constant(p)), &ends);
        let n = f64::from(SIZE);
        assert_near(connected.rows.len() as f64, n * n * p, n * (p * (1.0 - p)).sqrt());
        let mut out_degrees = vec![0.0; SIZE as usize];
        let mut in_degrees = vec![0.0; SIZE as usize];
        for (i, j) in stored(&connected, &ends) {
            out_degrees[i as usize] += 1.0;
            in_degrees[j as usize] += 1.0;
        }
        // A binomial count has the variance n p (1 - p), not its mean: Pearson's sum is smaller by 1 - p.
        for degrees in [out_degrees, in_degrees] {
            let sum: f64 = degrees.iter().map(|degree| (degree - n * p).powi(2) / (n * p * (1.0 - p))).sum();
            assert_near(sum, n, (2.0 * n).sqrt());
        }
    }
}

#[test]
fn distances_between_taken_targets_are_geometric() {
    for p in PROBABILITIES {
        let ends = within(SIZE);
        let pairs = stored(&connected(condition(None, Chance::Constant(p)), &ends), &ends);
        // Only from targets with at least 400 behind them, so that the end of the row cuts nothing off that is counted.
        const LONGEST: u32 = 400;
        let from: Vec<_> = pairs.windows(2).filter(|pair| pair[0].1 < SIZE - LONGEST).collect();
        let bins = ((5.0 / p) as usize).min(LONGEST as usize).max(8);
        let mut counts = vec![0.0; bins + 1];
        for pair in &from {
            let distance = if pair[0].0 == pair[1].0 { (pair[1].1 - pair[0].1 - 1) as usize } else { bins };
            counts[distance.min(bins)] += 1.0;
        }
        let total = from.len() as f64;
        let mut expected: Vec<_> = (0..bins).map(|gap| total * p * (1.0 - p).powi(gap as i32)).collect();
        expected.push(total * (1.0 - p).powi(bins as i32));
        assert_distributed(&counts, &expected, bins as f64);
    }
}

#[test]
fn certain_and_impossible_are_what_they_say() {
    let ends = between(3, 4);
    for (p, count) in [
        (1.0, 12),
        (7.0, 12),
        (f64::INFINITY, 12),
        (0.0, 0),
        (-0.1, 0),
        (f64::NAN, 0),
        (f64::MIN_POSITIVE, 0),
        (1e-300, 0),
    ] {
        let (per_source, per_pair) = (yields(&ends, move |_, _, _| p), yields(&ends, move |_, _, _| p));
        for chance in [Chance::Constant(p), Chance::PerSource(per_source), Chance::PerPair(per_pair)] {
            assert_eq!(connected(condition(None, chance), &ends).rows.len(), count, "p = {p}");
        }
        let listed = Rule::Pairs { pairs: all_pairs(&ends, |_, _| true), p: Chance::Constant(p), n: None };
        assert_eq!(connected(listed, &ends).rows.len(), count, "p = {p}");
    }
}

#[test]
fn a_probability_may_depend_on_the_source() {
    let ends = between(40, 10_000);
    let p_of = |i: f64| i / 80.0;
    let rule = condition(None, Chance::PerSource(yields(&ends, move |i, _, _| p_of(i as f64))));
    let connected = connected(rule, &ends);
    for (source, row) in connected.rows.starts().windows(2).enumerate() {
        let p = p_of(source as f64);
        assert_near(f64::from(row[1] - row[0]), 10_000.0 * p, (10_000.0 * p * (1.0 - p)).sqrt());
    }
}

#[test]
fn a_probability_may_depend_on_the_pair_and_the_condition_still_holds() {
    let ends = within(500);
    let rule = condition(
        Some(holds(&ends, |i, j, _| i != j)),
        Chance::PerPair(yields(&ends, |i, j, _| if i < j { 0.3 } else { 0.05 })),
    );
    let pairs = stored(&connected(rule, &ends), &ends);
    let half = 500.0 * 499.0 / 2.0;
    let above = pairs.iter().filter(|(i, j)| i < j).count() as f64;
    let below = pairs.iter().filter(|(i, j)| i > j).count() as f64;
    assert_near(above, 0.3 * half, (0.3_f64 * 0.7 * half).sqrt());
    assert_near(below, 0.05 * half, (0.05_f64 * 0.95 * half).sqrt());
    assert_eq!(above + below, pairs.len() as f64);
}

#[test]
fn asking_after_sampling_takes_a_part_of_what_was_sampled() {
    let ends = within(600);
    let sampled = stored(&connected(condition(None, Chance::Constant(0.1)), &ends), &ends);
    let rule = condition(Some(holds(&ends, |i, j, _| (i + j) % 2 == 0)), Chance::Constant(0.1));
    let expected: Vec<_> = sampled.into_iter().filter(|(i, j)| (i + j) % 2 == 0).collect();
    assert_eq!(stored(&connected(rule, &ends), &ends), expected);
}

#[test]
fn holes_are_stepped_over_and_not_drawn() {
    let ends = within(2000);
    let candidates = Candidates { except: vec![yields(&ends, |i, _, _| i as f64)], ..Candidates::default() };
    let rule = Rule::Condition { candidates, condition: None, p: Chance::Constant(0.01), n: None };
    let pairs = stored(&connected(rule, &ends), &ends);
    assert!(pairs.iter().all(|(i, j)| i != j));
    let all: f64 = 2000.0 * 1999.0;
    assert_near(pairs.len() as f64, all * 0.01, (all * 0.01 * 0.99).sqrt());
}

#[test]
fn every_call_of_a_kernel_draws_anew() {
    // 9 chunks; were the key the same, the same positions of each would be chosen.
    let ends = between(9, 4096);
    let rule = condition(Some(Arc::new(TellsKey)), Chance::Always);
    assert_eq!(connected(rule, &ends).rows.len(), 9 * 4096, "0 of 53 bits is drawn once in 10^11");
    let rule = condition(None, Chance::PerPair(Arc::new(TellsKey)));
    let connected = connected(rule, &ends);
    let row = |source: usize| {
        let starts = connected.rows.starts();
        connected.rows.targets().within(starts[source] as usize..starts[source + 1] as usize).collect::<Vec<_>>()
    };
    assert!((1..9).all(|source| row(source) != row(0)));
    let total: f64 = 9.0 * 4096.0;
    assert_near(connected.rows.len() as f64, total / 2.0, total.sqrt() / 2.0);
}

#[test]
fn keys_and_rules_have_draws_of_their_own() {
    let ends = within(300);
    let rule = condition(None, Chance::Constant(0.5));
    let with_key = |key| {
        build(std::slice::from_ref(&rule), &ends, &mut State::default(), key, None, Room::default())
            .expect("it can be met")
    };
    assert_eq!(with_key(1), with_key(1));
    assert_ne!(with_key(1), with_key(2));
    let twice = connect(&[rule.clone(), rule.clone()], &ends).expect("it can be met");
    let pairs = created(&twice, &ends);
    let first = with_key(KEY).rows.len();
    assert_eq!(pairs[..first], stored(&with_key(KEY), &ends));
    assert_ne!(pairs[..first], pairs[first..]);
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let ends = within(1400);
    let rules = [
        condition(None, Chance::Constant(0.11)),
        condition(None, Chance::Constant(0.5)),
        condition(None, Chance::PerSource(yields(&ends, |i, _, _| i as f64 / 2800.0))),
        Rule::FixedOutdegree { count: 140, autapses: false },
    ];
    for rule in rules {
        let alone = connected(rule.clone(), &ends);
        assert!(alone.rows.len() as f64 > 2.0 * BLOCK, "several blocks");
        for threads in [1, 2] {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be had");
            let together =
                build(std::slice::from_ref(&rule), &ends, &mut State::default(), KEY, Some(&pool), Room::default());
            assert!(together.as_ref() == Ok(&alone), "{threads} threads");
        }
    }
}
