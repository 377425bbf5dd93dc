//! Candidate ranges against the plain condition over all pairs.

use super::*;
use proptest::collection::vec;
use proptest::prelude::*;

const SOURCES: usize = 7;

/// Bounds of every kind: whole, broken, far out, infinite, not a number.
fn bound() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => (-3..15_i32).prop_map(f64::from),
        3 => -3.0..15.0,
        1 => prop_oneof![
            Just(f64::NAN),
            Just(f64::INFINITY),
            Just(f64::NEG_INFINITY),
            Just(-0.0),
            Just(1e300),
            Just(-1e300),
            Just(4_294_967_295.0),
        ],
    ]
}

/// Expressions that yield the entry of the source, from columns.
fn columns() -> impl Strategy<Value = Vec<Vec<f64>>> {
    vec(vec(bound(), SOURCES), 0..3)
}

fn as_expressions(columns: &[Vec<f64>], ends: &Ends) -> Vec<Expression> {
    columns.iter().cloned().map(|column| yields(ends, move |i, _, _| column[i as usize])).collect()
}

proptest! {
    #[test]
    fn are_those_that_the_condition_holds_for(
        low in columns(),
        high in columns(),
        except in columns(),
        size in 0..13_u32,
    ) {
        let ends = subgroups(SOURCES as u32, size);
        let expected = all_pairs(&ends, |i, j| {
            let (i, j) = (i as usize, j as f64);
            low.iter().all(|low| low[i] <= j)
                && high.iter().all(|high| j <= high[i])
                && except.iter().all(|except| except[i] != j)
        });
        let candidates = Candidates {
            low: as_expressions(&low, &ends),
            high: as_expressions(&high, &ends),
            except: as_expressions(&except, &ends),
        };
        let plainly = connected(candidates_only(candidates.clone()), &ends);
        prop_assert_eq!(stored(&plainly, &ends), expected.clone());
        let asking = Rule::Condition {
            candidates,
            condition: Some(holds(&ends, |i, j, _| (i + j) % 3 != 0)),
            p: Chance::Always,
            n: None,
        };
        let asked: Vec<_> = expected.into_iter().filter(|(i, j)| (i + j) % 3 != 0).collect();
        prop_assert_eq!(stored(&connected(asking, &ends), &ends), asked);
    }
}

#[test]
fn of_many_sources_are_asked_in_chunks() {
    // 150 times 150 pairs: several chunks, whose borders are inside rows.
    let ends = subgroups(150, 150);
    let rule = condition(Some(holds(&ends, |i, j, _| (i * j) % 7 == 3)), Chance::Always);
    assert_eq!(stored(&connected(rule, &ends), &ends), all_pairs(&ends, |i, j| (i * j) % 7 == 3));
}

#[test]
fn of_a_chunk_of_exactly_full_size_are_asked_once() {
    let ends = between(2, 4096);
    let rule = condition(Some(holds(&ends, |_, _, _| true)), Chance::Always);
    assert_eq!(stored(&connected(rule, &ends), &ends), all_pairs(&ends, |_, _| true));
}

#[test]
fn copies_are_whole_numbers_and_never_negative() {
    let ends = between(1, 7);
    let copies = [0.0, 1.0, 2.9, -1.0, f64::NAN, 0.99, f64::NEG_INFINITY];
    let rule = Rule::Condition {
        candidates: Candidates::default(),
        condition: None,
        p: Chance::Always,
        n: Some(yields(&ends, move |_, j, _| copies[j as usize])),
    };
    assert_eq!(stored(&connected(rule, &ends), &ends), [(0, 1), (0, 2), (0, 2)]);
}

#[test]
fn the_work_of_a_rule_is_foretold() {
    let ends = within(100_000);
    let asked = || Some(holds(&ends, |i, j, _| i % 2 == j % 2));
    let bound = || vec![yields(&ends, |i, _, _| i as f64)];
    let rule = |candidates, condition, p| Rule::Condition { candidates, condition, p, n: None };
    let both = || Candidates { low: bound(), high: bound(), except: Vec::new() };
    let one = || Candidates { low: bound(), ..Candidates::default() };
    let all = 10_000_000_000;
    for (rule, pairs) in [
        (rule(Candidates::default(), None, Chance::Constant(0.1)), 0),
        (rule(one(), None, Chance::Always), 0),
        (rule(Candidates::default(), asked(), Chance::Always), all),
        (rule(one(), asked(), Chance::Always), all),
        (rule(both(), asked(), Chance::Always), 100_000),
        (rule(Candidates::default(), asked(), Chance::Constant(0.25)), all / 4),
        (rule(Candidates::default(), asked(), Chance::Constant(f64::NAN)), 0),
        (rule(Candidates::default(), None, Chance::PerPair(bound().remove(0))), all),
        (Rule::FixedIndegree { count: 100, autapses: true }, 0),
    ] {
        assert_eq!(pairs_to_examine(&rule, &ends), pairs);
    }
}
