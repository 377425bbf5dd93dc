//! Synapses that Brian2 2.9.0 makes, in the order in which it numbers them: 6 sources, 5 targets.

use super::*;

/// i and j as Brian2 gives them.
struct Row {
    name: &'static str,
    rule: fn(&Ends) -> Rule,
    i: &'static [u32],
    j: &'static [u32],
}

fn skipping(rule: Generator) -> Rule {
    Rule::Generator(Generator { skip_if_invalid: true, ..rule })
}

fn range(ends: &Ends, start: fn(i64) -> i64, stop: fn(i64) -> i64, step: i64) -> Option<Each> {
    Some(Each {
        start: Some(yields(ends, move |i, _, _| start(i) as f64)),
        stop: yields(ends, move |i, _, _| stop(i) as f64),
        step: Some(yields(ends, move |_, _, _| step as f64)),
        taken: Taken::All,
        random: false,
    })
}

const ROWS: &[Row] = &[
    Row {
        name: "all",
        rule: |_| condition(None, Chance::Always),
        i: &[0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5],
        j: &[0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4],
    },
    Row {
        name: "one_to_one",
        rule: |ends| {
            let same = || vec![yields(ends, |i, _, _| i as f64)];
            candidates_only(Candidates { low: same(), high: same(), except: Vec::new() })
        },
        i: &[0, 1, 2, 3, 4],
        j: &[0, 1, 2, 3, 4],
    },
    Row {
        name: "no_self",
        rule: |ends| {
            candidates_only(Candidates { except: vec![yields(ends, |i, _, _| i as f64)], ..Candidates::default() })
        },
        i: &[0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 5],
        j: &[1, 2, 3, 4, 0, 2, 3, 4, 0, 1, 3, 4, 0, 1, 2, 4, 0, 1, 2, 3, 0, 1, 2, 3, 4],
    },
    Row {
        name: "neighbours",
        rule: |ends| {
            let near = |distance: f64| vec![yields(ends, move |i, _, _| i as f64 + distance)];
            candidates_only(Candidates { low: near(-1.0), high: near(1.0), except: near(0.0) })
        },
        i: &[0, 1, 1, 2, 2, 3, 3, 4, 5],
        j: &[1, 0, 2, 1, 3, 2, 4, 3, 4],
    },
    Row {
        name: "arrays",
        rule: |_| Rule::Pairs { pairs: vec![(0, 1), (2, 1), (2, 3)], p: Chance::Always, n: None },
        i: &[0, 2, 2],
        j: &[1, 1, 3],
    },
    Row {
        name: "multi_n",
        rule: |ends| Rule::Condition {
            candidates: Candidates::default(),
            condition: Some(holds(ends, |i, j, _| i == j)),
            p: Chance::Always,
            n: Some(yields(ends, |_, _, _| 3.0)),
        },
        i: &[0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4],
        j: &[0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4],
    },
    Row {
        name: "n_expr",
        rule: |ends| Rule::Condition {
            candidates: Candidates::default(),
            condition: Some(holds(ends, |i, _, _| i < 3)),
            p: Chance::Always,
            n: Some(yields(ends, |_, j, _| j as f64)),
        },
        i: &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2],
        j: &[1, 2, 2, 3, 3, 3, 4, 4, 4, 4, 1, 2, 2, 3, 3, 3, 4, 4, 4, 4, 1, 2, 2, 3, 3, 3, 4, 4, 4, 4],
    },
    Row {
        name: "gen_range",
        rule: |ends| {
            let each = range(ends, |i| i - 1, |i| i + 2, 1);
            skipping(generator(Outer::Source, yields(ends, |_, _, k| k as f64), each))
        },
        i: &[0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5],
        j: &[0, 1, 0, 1, 2, 1, 2, 3, 2, 3, 4, 3, 4, 4],
    },
    Row {
        name: "gen_if",
        rule: |ends| {
            let each = range(ends, |_| 0, |_| 5, 1);
            Rule::Generator(Generator {
                condition: Some(holds(ends, |i, _, k| (i + k) % 2 == 0)),
                ..generator(Outer::Source, yields(ends, |_, _, k| k as f64), each)
            })
        },
        i: &[0, 0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 4, 4, 5, 5],
        j: &[0, 2, 4, 1, 3, 0, 2, 4, 1, 3, 0, 2, 4, 1, 3],
    },
    Row {
        name: "gen_step",
        rule: |ends| {
            let each = range(ends, |_| 0, |_| 5, 2);
            Rule::Generator(generator(Outer::Source, yields(ends, |_, _, k| k as f64), each))
        },
        i: &[0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5],
        j: &[0, 2, 4, 0, 2, 4, 0, 2, 4, 0, 2, 4, 0, 2, 4, 0, 2, 4],
    },
    Row {
        name: "gen_expr",
        rule: |ends| Rule::Generator(generator(Outer::Source, yields(ends, |i, _, _| ((i + 1) % 5) as f64), None)),
        i: &[0, 1, 2, 3, 4, 5],
        j: &[1, 2, 3, 4, 0, 1],
    },
    Row {
        name: "gen_i",
        rule: |ends| Rule::Generator(generator(Outer::Target, yields(ends, |_, j, _| ((j + 1) % 6) as f64), None)),
        i: &[1, 2, 3, 4, 5],
        j: &[0, 1, 2, 3, 4],
    },
    Row {
        name: "gen_if2",
        rule: |ends| {
            let each = range(ends, |_| -2, |_| 3, 2);
            skipping(Generator {
                condition: Some(holds(ends, |_, _, k| k != 0)),
                ..generator(Outer::Source, yields(ends, |i, _, k| (i + k) as f64), each)
            })
        },
        i: &[0, 1, 2, 2, 3, 4, 5],
        j: &[2, 3, 0, 4, 1, 2, 3],
    },
];

#[test]
fn rules_number_synapses_as_brian2_does() {
    for ends in [between(6, 5), subgroups(6, 5)] {
        for row in ROWS {
            let connected = connected((row.rule)(&ends), &ends);
            let expected: Vec<_> = row.i.iter().copied().zip(row.j.iter().copied()).collect();
            assert_eq!(created(&connected, &ends), expected, "{}", row.name);
            assert_eq!(row.i.len(), row.j.len(), "{}", row.name);
        }
    }
}
