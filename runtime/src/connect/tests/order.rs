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
}

#[test]
fn copies_of_a_pair_follow_each_other_in_any_order_of_creation() {
    let ends = between(2, 2);
    let n = Some(yields(&ends, |i, j, _| (1 + i + j) as f64));
    let rule = Rule::Pairs { pairs: vec![(1, 1), (0, 1), (1, 0)], p: Chance::Always, n };
    let connected = connected(rule, &ends);
    assert_eq!(created(&connected, &ends), [(1, 1), (1, 1), (1, 1), (0, 1), (0, 1), (1, 0), (1, 0)]);
}
