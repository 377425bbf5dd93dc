//! Order of creation and of storage.

use super::*;

fn listed(pairs: &[(u32, u32)]) -> Rule {
    Rule::Pairs { pairs: pairs.to_vec(), p: Chance::Always, n: None }
}

#[test]
fn storage_is_by_source_and_stable() {
    let ends = subgroups(4, 6);
    let pairs = [(3, 1), (0, 5), (3, 0), (0, 2), (3, 1), (2, 2)];
    let connected = connected(listed(&pairs), &ends);
    assert_eq!(stored(&connected, &ends), [(0, 5), (0, 2), (2, 2), (3, 1), (3, 0), (3, 1)]);
    assert_eq!(connected.creation.as_deref(), Some([3, 0, 4, 1, 5, 2].as_slice()));
    assert_eq!(connected.rows.starts(), [0, 2, 2, 3, 6]);
    assert_eq!((connected.rows.source_offset(), connected.rows.target_limit()), (3, 13));
}

#[test]
fn pairs_listed_by_source_need_no_order_of_their_own() {
    let ends = between(4, 6);
    let pairs = [(0, 5), (0, 2), (2, 2), (3, 0), (3, 0)];
    let connected = connected(listed(&pairs), &ends);
    assert_eq!((stored(&connected, &ends).as_slice(), connected.creation), (pairs.as_slice(), None));
}

#[test]
fn several_connects_append() {
    let ends = subgroups(3, 3);
    let rules = [
        condition(Some(holds(&ends, |i, j, _| i == j)), Chance::Always),
        listed(&[(1, 0), (0, 2)]),
        condition(Some(holds(&ends, |i, j, _| i == 1 && j > 0)), Chance::Always),
    ];
    let connected = connect(&rules, &ends).expect("they can be met");
    assert_eq!(created(&connected, &ends), [(0, 0), (1, 1), (2, 2), (1, 0), (0, 2), (1, 1), (1, 2)]);
    assert_eq!(stored(&connected, &ends), [(0, 0), (0, 2), (1, 1), (1, 0), (1, 1), (1, 2), (2, 2)]);
    let made = |synapses| Made { synapses, pairs: None };
    assert_eq!(connected.made, [made(3), made(2), made(2)]);
}

#[test]
fn copies_of_a_pair_follow_each_other_in_any_order_of_creation() {
    let ends = between(2, 2);
    let n = Some(yields(&ends, |i, j, _| (1 + i + j) as f64));
    let rule = Rule::Pairs { pairs: vec![(1, 1), (0, 1), (1, 0)], p: Chance::Always, n };
    let connected = connected(rule, &ends);
    assert_eq!(created(&connected, &ends), [(1, 1), (1, 1), (1, 1), (0, 1), (0, 1), (1, 0), (1, 0)]);
    assert_eq!(connected.made, [Made { synapses: 7, pairs: Some(vec![0, 0, 0, 1, 1, 2, 2]) }]);
}

/// More pairs than a chunk has: every synapse knows its own, whatever was left out before it.
#[test]
fn synapses_of_listed_pairs_know_their_pair() {
    let ends = between(100, 100);
    let pairs: Vec<(u32, u32)> = (0..10_000).map(|number| (number * 37 % 100, number / 100)).collect();
    for p in [Chance::Constant(0.3), Chance::PerPair(yields(&ends, |i, j, _| f64::from(u8::from((i + j) % 3 == 0))))] {
        let connected = connected(Rule::Pairs { pairs: pairs.clone(), p, n: None }, &ends);
        let created = created(&connected, &ends);
        assert!((2500..4000).contains(&created.len()));
        let of = connected.made[0].pairs.as_ref().expect("some pairs were left out");
        assert_eq!(of.iter().map(|&pair| pairs[pair as usize]).collect::<Vec<_>>(), created);
    }
}
