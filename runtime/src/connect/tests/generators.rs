//! Generators beyond what the reference shows.

use super::*;

fn value_is_k(ends: &Ends) -> Expression {
    yields(ends, |_, _, k| k as f64)
}

fn loop_over(ends: &Ends, start: f64, stop: f64, step: f64) -> Option<Each> {
    Some(Each {
        start: Some(yields(ends, move |_, _, _| start)),
        stop: yields(ends, move |_, _, _| stop),
        step: Some(yields(ends, move |_, _, _| step)),
        taken: Taken::All,
        random: false,
    })
}

#[test]
fn ranges_are_pythons() {
    let ends = subgroups(1, 20);
    // list(range(start, stop, step)) in Python
    let rows: [(f64, f64, f64, &[u32]); 9] = [
        (0.0, 3.0, 1.0, &[0, 1, 2]),
        (2.0, 9.0, 3.0, &[2, 5, 8]),
        (2.0, 8.0, 3.0, &[2, 5]),
        (9.0, 2.0, -3.0, &[9, 6, 3]),
        (9.0, 0.0, -3.0, &[9, 6, 3]),
        (5.0, 5.0, 1.0, &[]),
        (5.0, 5.0, -1.0, &[]),
        (5.0, 4.0, 1.0, &[]),
        (4.0, 5.0, -1.0, &[]),
    ];
    for (start, stop, step, targets) in rows {
        let rule = generator(Outer::Source, value_is_k(&ends), loop_over(&ends, start, stop, step));
        let made: Vec<_> = created(&connected(Rule::Generator(rule), &ends), &ends).iter().map(|pair| pair.1).collect();
        assert_eq!(made, targets, "range({start}, {stop}, {step})");
    }
}

#[test]
fn a_range_without_start_and_step_counts_from_0() {
    let ends = between(2, 9);
    let each = Each {
        start: None,
        stop: yields(&ends, |i, _, _| i as f64 + 1.0),
        step: None,
        taken: Taken::All,
        random: false,
    };
    let rule = generator(Outer::Source, value_is_k(&ends), Some(each));
    assert_eq!(created(&connected(Rule::Generator(rule), &ends), &ends), [(0, 0), (1, 0), (1, 1)]);
}

#[test]
fn going_through_targets_numbers_by_target() {
    let ends = subgroups(4, 3);
    let rule = generator(Outer::Target, value_is_k(&ends), loop_over(&ends, 3.0, -1.0, -2.0));
    let connected = connected(Rule::Generator(rule), &ends);
    assert_eq!(created(&connected, &ends), [(3, 0), (1, 0), (3, 1), (1, 1), (3, 2), (1, 2)]);
    assert_eq!(stored(&connected, &ends), [(1, 0), (1, 1), (1, 2), (3, 0), (3, 1), (3, 2)]);
    assert_eq!(connected.creation.as_deref(), Some([3, 0, 4, 1, 5, 2].as_slice()));
}

#[test]
fn samples_take_values_with_their_probability() {
    let ends = between(200, 500);
    let sample = |p: f64| {
        let each =
            Each { taken: Taken::Probability(yields(&ends, move |_, _, _| p)), ..loop_over(&ends, 499.0, -1.0, -1.0)? };
        Some(each)
    };
    for p in [0.0, 0.1, 0.6, 1.0] {
        let rule = generator(Outer::Source, value_is_k(&ends), sample(p));
        let pairs = created(&connected(Rule::Generator(rule), &ends), &ends);
        assert!(pairs.is_sorted_by(|a, b| a.0 < b.0 || (a.0 == b.0 && a.1 > b.1)), "in the order of the loop");
        assert_near(pairs.len() as f64, 100_000.0 * p, (100_000.0 * p * (1.0 - p)).sqrt());
    }
}

#[test]
fn a_condition_comes_before_the_group_only_where_it_does_not_read_the_partner() {
    let ends = between(3, 3);
    let rule = |condition: Expression, condition_reads_partner, skip_if_invalid| {
        Rule::Generator(Generator {
            condition: Some(condition),
            condition_reads_partner,
            skip_if_invalid,
            ..generator(Outer::Source, yields(&ends, |i, _, k| (i + k) as f64), loop_over(&ends, -1.0, 2.0, 1.0))
        })
    };
    let neighbours = all_pairs(&ends, |i, j| (i - j).abs() <= 1);
    let inside = || holds(&ends, |i, _, k| (0..3).contains(&(i + k)));
    let of_partner = || holds(&ends, |_, j, _| j < 2);
    assert_eq!(created(&connected(rule(inside(), false, false), &ends), &ends), neighbours);
    assert_eq!(
        connect(&[rule(of_partner(), true, false)], &ends).map_err(|error| error.fault),
        Err(Fault::OutOfGroup { outer: Outer::Source, neuron: 0, value: -1, size: 3 })
    );
    let some: Vec<_> = neighbours.iter().copied().filter(|pair| pair.1 < 2).collect();
    assert_eq!(created(&connected(rule(of_partner(), true, true), &ends), &ends), some);
}

#[test]
fn chances_and_copies_are_for_pairs_found() {
    let ends = between(1000, 1000);
    let rule = Generator {
        p: Chance::PerPair(yields(&ends, |_, j, _| if j < 500 { 0.2 } else { 1.0 })),
        n: Some(yields(&ends, |i, _, _| (i % 2) as f64 * 2.0)),
        ..generator(Outer::Source, yields(&ends, |i, _, _| i as f64), None)
    };
    let pairs = created(&connected(Rule::Generator(rule), &ends), &ends);
    assert!(pairs.iter().all(|(i, j)| i == j && i % 2 == 1));
    let late: Vec<_> = (500..1000).filter(|i| i % 2 == 1).flat_map(|i| [(i, i), (i, i)]).collect();
    assert!(pairs.ends_with(&late));
    assert_near((pairs.len() - late.len()) as f64, 100.0, 2.0 * (250.0_f64 * 0.2 * 0.8).sqrt());
}

#[test]
fn long_loops_go_over_many_chunks() {
    let ends = between(3, 10_000);
    let rule = generator(Outer::Source, value_is_k(&ends), loop_over(&ends, 0.0, 10_000.0, 1.0));
    assert_eq!(created(&connected(Rule::Generator(rule), &ends), &ends), all_pairs(&ends, |_, _| true));
    let ends = between(10_000, 3);
    let rule = generator(Outer::Source, yields(&ends, |i, _, _| (i % 3) as f64), None);
    assert_eq!(created(&connected(Rule::Generator(rule), &ends), &ends), all_pairs(&ends, |i, j| i % 3 == j));
}

/// `sample(start, stop, step, size = size(i))` of every source.
fn sized(
    ends: &Ends,
    (start, stop, step): (f64, f64, f64),
    size: impl Fn(i64) -> f64 + Send + Sync + 'static,
) -> Generator {
    let taken = Taken::Size(yields(ends, move |i, _, _| size(i)));
    let each = loop_over(ends, start, stop, step).map(|each| Each { taken, ..each });
    generator(Outer::Source, value_is_k(ends), each)
}

#[test]
fn a_sample_of_a_size_has_that_size_and_stands_in_the_order_of_the_loop() {
    let ends = subgroups(50, 40);
    for (bounds, ascending) in [((0.0, 40.0, 1.0), true), ((39.0, -1.0, -3.0), false)] {
        let rule = sized(&ends, bounds, |i| (i % 8) as f64);
        let pairs = created(&connected(Rule::Generator(rule), &ends), &ends);
        for i in 0..50 {
            let row: Vec<_> = pairs.iter().filter(|pair| pair.0 == i).map(|pair| pair.1).collect();
            assert_eq!(row.len(), i as usize % 8);
            assert!(row.is_sorted_by(|a, b| if ascending { a < b } else { a > b }), "{row:?}");
            assert!(ascending || row.iter().all(|j| j % 3 == 0), "{row:?}");
        }
    }
}

#[test]
fn every_value_is_as_likely_in_a_sample_of_a_size() {
    let ends = between(4000, 10);
    let rule = sized(&ends, (0.0, 10.0, 1.0), |_| 3.0);
    let pairs = created(&connected(Rule::Generator(rule), &ends), &ends);
    let mut times = [[0.0; 10]; 10];
    for row in pairs.chunks(3) {
        for a in row {
            for b in row {
                times[a.1 as usize][b.1 as usize] += 1.0;
            }
        }
    }
    // One of 10 is among 3 with probability 3/10, two of them together with 3/10*2/9.
    let (alone, together) = (0.3_f64, 3.0 / 10.0 * 2.0 / 9.0);
    for (a, row) in times.iter().enumerate() {
        for (b, &found) in row.iter().enumerate() {
            let p = if a == b { alone } else { together };
            assert_near(found, 4000.0 * p, (4000.0 * p * (1.0 - p)).sqrt());
        }
    }
}

#[test]
fn a_sample_of_more_than_there_are_is_an_error_or_all_of_them() {
    let ends = between(3, 5);
    let fault = |wanted: f64| {
        let rule = Rule::Generator(sized(&ends, (0.0, 5.0, 2.0), move |i| if i == 1 { wanted } else { 3.0 }));
        connect(&[rule], &ends).map_err(|error| error.fault).expect_err("there are 3 values")
    };
    let expected = |wanted| Fault::SampleSize { outer: Outer::Source, neuron: 1, wanted, available: 3 };
    assert_eq!(fault(4.0), expected(4));
    assert_eq!(fault(-1.0), expected(-1));
    let sizes = [-2.0, 9.0, 3.0];
    let mut rule = sized(&ends, (0.0, 5.0, 2.0), move |i| sizes[i as usize]);
    rule.skip_if_invalid = true;
    let pairs = created(&connected(Rule::Generator(rule), &ends), &ends);
    assert_eq!(pairs, [(1, 0), (1, 2), (1, 4), (2, 0), (2, 2), (2, 4)]);
}
