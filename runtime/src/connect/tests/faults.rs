//! What cannot be met, as values, and that nothing large is made before it is known.

use super::*;

#[track_caller]
fn fault(rule: Rule, ends: &Ends) -> Fault {
    connect(&[rule], ends).expect_err("the rule cannot be met").fault
}

#[test]
fn too_many_synapses_are_known_before_they_are_made() {
    let ends = within(100_000);
    let all = Fault::TooMany { synapses: 1e10, limit: u32::MAX };
    assert_eq!(fault(condition(None, Chance::Always), &ends), all);
    assert_eq!(fault(Rule::FixedIndegree { count: 100_000, autapses: true }, &ends), all);
    assert_eq!(fault(Rule::FixedOutdegree { count: 100_000, autapses: true }, &ends), all);
    assert_eq!(fault(Rule::FixedTotal { count: 10_000_000_000, autapses: true }, &ends), all);
    assert_eq!(
        fault(Rule::FixedTotal { count: 1 << 32, autapses: true }, &ends),
        Fault::TooMany { synapses: 4_294_967_296.0, limit: u32::MAX }
    );
    assert_eq!(fault(condition(None, Chance::Constant(0.5)), &ends), Fault::TooMany { synapses: 5e9, limit: u32::MAX });
    assert_eq!(
        fault(condition(None, Chance::PerSource(yields(&ends, |_, _, _| 0.5))), &ends),
        Fault::TooMany { synapses: 5e9, limit: u32::MAX }
    );
}

fn range(ends: &Ends, stop: f64, taken: Taken) -> Option<Each> {
    Some(Each { start: None, stop: yields(ends, move |_, _, _| stop), step: None, taken, random: false })
}

#[test]
fn too_many_synapses_of_a_loop_are_known_before_they_are_made() {
    let ends = within(100_000);
    let made = |taken, outer, p| {
        let value = yields(&ends, |_, _, _| panic!("no pair is looked at"));
        fault(Rule::Generator(Generator { p, ..generator(outer, value, range(&ends, 1e5, taken)) }), &ends)
    };
    let too_many = |synapses| Fault::TooMany { synapses, limit: u32::MAX };
    assert_eq!(made(Taken::All, Outer::Source, Chance::Always), too_many(1e10));
    assert_eq!(made(Taken::All, Outer::Target, Chance::Constant(0.75)), too_many(7.5e9));
    let half = || yields(&ends, |_, _, _| 0.5);
    assert_eq!(made(Taken::Probability(half()), Outer::Source, Chance::Always), too_many(5e9));
    let most = || yields(&ends, |_, _, _| 50_000.0);
    assert_eq!(made(Taken::Size(most()), Outer::Target, Chance::Always), too_many(5e9));
}

/// A loop whose pairs are asked, and may be too many, is gone through once to count: it makes what it would make
/// anyway.
#[test]
fn synapses_of_a_loop_that_asks_are_counted_first() {
    let ends = subgroups(5000, 30);
    for outer in [Outer::Source, Outer::Target] {
        let over = f64::from(ends.side(outer.other()).size);
        let rule = Generator {
            condition: Some(Arc::new(TellsKey)),
            condition_reads_partner: true,
            p: Chance::PerPair(Arc::new(TellsKey)),
            n: Some(yields(&ends, |i, j, _| ((i + j) % 3) as f64)),
            ..generator(outer, yields(&ends, |_, _, k| k as f64), range(&ends, over, Taken::All))
        };
        let after = |before: u64| {
            let mut state = State::default();
            generator::connect(
                &rule,
                &ends,
                &mut Evaluator::new(&mut state, KEY),
                Before { synapses: before, ..Before::default() },
            )
        };
        let free = after(0).expect("they are few");
        let room = u64::from(u32::MAX) - free.len() as u64;
        let tight = after(room).expect("they are as many as there can be");
        assert!(free.len() > 1000);
        assert_eq!((tight.counts, tight.targets, tight.sources), (free.counts, free.targets, free.sources));
        let fault = after(room + 1).expect_err("there is one too many");
        assert!(matches!(fault, Fault::TooMany { limit: u32::MAX, .. }), "{fault}");
    }
}

#[test]
fn synapses_that_memory_cannot_hold_are_known_before_they_are_made() {
    let ends = within(10_000);
    // 1 MB, at two bytes a target and eight of a variable.
    let room = Room { bytes: 1_000_000, beside: 8 };
    let in_room = |rules: &[Rule]| build(rules, &ends, &mut State::default(), KEY, None, room);
    let refused = |rule: Rule| in_room(&[rule]).expect_err("it does not fit").fault;
    let of = |synapses: f64| Fault::NoMemory { synapses, bytes: synapses * 10.0 };
    assert_eq!(refused(condition(None, Chance::Always)), of(1e8));
    assert_eq!(refused(condition(None, Chance::Constant(0.5))), of(5e7));
    assert_eq!(refused(condition(None, Chance::PerSource(yields(&ends, |_, _, _| 0.5)))), of(5e7));
    assert_eq!(refused(Rule::FixedIndegree { count: 11, autapses: true }), of(110_000.0));
    assert_eq!(refused(Rule::FixedOutdegree { count: 11, autapses: true }), of(110_000.0));
    assert_eq!(refused(Rule::FixedTotal { count: 100_001, autapses: true }), of(100_001.0));
    let value = |outer| generator(outer, yields(&ends, |_, _, _| 0.0), range(&ends, 11.0, Taken::All));
    assert_eq!(refused(Rule::Generator(value(Outer::Source))), of(110_000.0));
    // Synapses in another order take a source each, and their place when they are put into rows.
    let listed = Fault::NoMemory { synapses: 110_000.0, bytes: 110_000.0 * 12.0 };
    assert_eq!(refused(Rule::Generator(value(Outer::Target))), listed);
    // What only counting shows ends when it is too much.
    let asked = refused(condition(Some(yields(&ends, |_, _, _| 1.0)), Chance::Always));
    assert!(matches!(asked, Fault::NoMemory { synapses, .. } if synapses == 100_001.0), "{asked}");
    // Those of earlier rules count; as many as there is room for are made.
    let tenth = || Rule::FixedTotal { count: 10_000, autapses: true };
    let two = [tenth(), Rule::FixedTotal { count: 90_001, autapses: true }];
    assert_eq!(in_room(&two).expect_err("one too many").fault, of(100_001.0));
    let two = [tenth(), Rule::FixedTotal { count: 90_000, autapses: true }];
    assert_eq!(in_room(&two).expect("just as many").rows.len(), 100_000);
    // Each takes what those of its own rule take until all are in rows: 8 bytes, or 12 where they are listed.
    let listed = |pairs: usize| Rule::Pairs { pairs: vec![(0, 1); pairs], p: Chance::Always, n: None };
    let rows = |count| Rule::FixedTotal { count, autapses: true };
    assert_eq!(in_room(&[rows(50_000), listed(50_000)]).expect("just as many").rows.len(), 100_000);
    assert_eq!(in_room(&[listed(50_000), rows(50_000)]).expect("just as many").rows.len(), 100_000);
    assert_eq!(in_room(&[rows(20_000), listed(70_000)]).expect("just as many").rows.len(), 90_000);
    let fault = in_room(&[rows(20_000), listed(70_001)]).expect_err("one too many").fault;
    assert_eq!(fault, Fault::NoMemory { synapses: 90_001.0, bytes: 160_000.0 + 70_001.0 * 12.0 });
}

#[test]
fn too_many_copies_are_known_before_they_are_made() {
    let ends = between(2, 2);
    for (copies, synapses) in [(5e9, 5e9), (f64::INFINITY, f64::INFINITY), (1e300, 1e300)] {
        let n = Some(yields(&ends, move |i, j, _| if (i, j) == (1, 1) { copies } else { 0.0 }));
        let rule = Rule::Condition { candidates: Candidates::default(), condition: None, p: Chance::Always, n };
        assert_eq!(fault(rule, &ends), Fault::TooMany { synapses, limit: u32::MAX });
    }
}

#[test]
fn synapses_of_all_connects_count() {
    let ends = within(10);
    let two = [condition(None, Chance::Always), Rule::FixedTotal { count: u64::from(u32::MAX) - 99, autapses: true }];
    let fault = Fault::TooMany { synapses: 4_294_967_296.0, limit: u32::MAX };
    assert_eq!(connect(&two, &ends), Err(ConnectError { connect: 1, fault }));
}

#[test]
fn more_partners_than_there_are() {
    let wrong = |outer, neuron, wanted, available| Fault::TooFewPartners { outer, neuron, wanted, available };
    let (indegree, outdegree) = (
        |count, autapses| Rule::FixedIndegree { count, autapses },
        |count, autapses| Rule::FixedOutdegree { count, autapses },
    );
    assert_eq!(fault(indegree(6, true), &within(5)), wrong(Outer::Target, 0, 6, 5));
    assert_eq!(fault(outdegree(5, false), &within(5)), wrong(Outer::Source, 0, 5, 4));
    assert!(connect(&[indegree(5, false)], &between(5, 5)).is_ok());
    // Neurons 2..6 and 4..8: the third source is the first that is a target too.
    let side = |offset| Side { offset, size: 4, population: 10 };
    let overlapping = Ends { source: side(2), target: side(4), same_population: true };
    assert_eq!(fault(outdegree(4, false), &overlapping), wrong(Outer::Source, 2, 4, 3));
    assert_eq!(fault(indegree(4, false), &overlapping), wrong(Outer::Target, 0, 4, 3));
    assert_eq!(fault(indegree(1, true), &between(0, 3)), wrong(Outer::Target, 0, 1, 0));
}

#[test]
fn no_pair_to_draw() {
    let total = |autapses| Rule::FixedTotal { count: 3, autapses };
    assert_eq!(fault(total(false), &within(1)), Fault::NoPair { wanted: 3 });
    assert_eq!(fault(total(true), &between(0, 4)), Fault::NoPair { wanted: 3 });
    assert_eq!(connected(total(true), &within(1)).rows.len(), 3);
    assert_eq!(connected(total(false), &between(1, 1)).rows.len(), 3);
}

#[test]
fn values_outside_the_group() {
    let ends = subgroups(5000, 4999);
    let identity = yields(&ends, |i, _, _| i as f64);
    assert_eq!(
        fault(Rule::Generator(generator(Outer::Source, identity, None)), &ends),
        Fault::OutOfGroup { outer: Outer::Source, neuron: 4999, value: 4999, size: 4999 }
    );
    let before = yields(&ends, |_, j, _| (j - 1) as f64);
    assert_eq!(
        fault(Rule::Generator(generator(Outer::Target, before, None)), &ends),
        Fault::OutOfGroup { outer: Outer::Target, neuron: 0, value: -1, size: 5000 }
    );
}

#[test]
fn a_step_of_nothing() {
    let ends = between(9, 9);
    let each = Each {
        start: None,
        stop: yields(&ends, |_, _, _| 9.0),
        step: Some(yields(&ends, |i, _, _| (i - 4) as f64)),
        taken: Taken::All,
        random: false,
    };
    let rule =
        Generator { skip_if_invalid: true, ..generator(Outer::Source, yields(&ends, |_, _, k| k as f64), Some(each)) };
    assert_eq!(fault(Rule::Generator(rule), &ends), Fault::ZeroStep { outer: Outer::Source, neuron: 4 });
}

#[test]
fn listed_neurons_outside_their_groups() {
    let ends = subgroups(3, 2);
    let listed = |pairs: &[(u32, u32)]| Rule::Pairs { pairs: pairs.to_vec(), p: Chance::Always, n: None };
    assert_eq!(
        fault(listed(&[(0, 0), (3, 5)]), &ends),
        Fault::PairOutOfGroup { side: Outer::Source, position: 1, neuron: 3, size: 3 }
    );
    assert_eq!(
        fault(listed(&[(2, 1), (0, 0), (0, u32::MAX)]), &ends),
        Fault::PairOutOfGroup { side: Outer::Target, position: 2, neuron: u32::MAX, size: 2 }
    );
}
