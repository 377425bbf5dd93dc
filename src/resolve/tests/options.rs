//! What is set from outside, values of single expressions, and the limits of the call stack.

use super::super::{Options, resolve, value};
use super::{check, lines, network, resolved};
use crate::ir::expr::Type;
use crate::ir::network::Action;
use crate::units::Dimension;
use grammar::ast::{Expr, ExprKind, ItemKind, Name};
use grammar::{SourceId, Span};

fn expression(text: &str) -> Expr {
    let (expr, found) = grammar::parse_expression(SourceId(1), text);
    assert!(found.is_empty(), "{text}");
    expr
}

fn set(pairs: &[(&str, &str)]) -> Options {
    let overrides = pairs.iter().map(|(name, value)| {
        let span = Span::new(SourceId(1), 0, name.len());
        (Name { text: (*name).into(), span }, expression(value))
    });
    Options { overrides: overrides.collect(), ..Options::default() }
}

const TEXT: &str = "tau = 10*ms; twice = 2*tau; print twice; neurons P[2] { v : 1 }; run 1*ms; run 2*ms";

fn durations(options: &Options) -> Vec<f64> {
    let parsed = grammar::parse(SourceId(0), TEXT);
    let network = resolve(&parsed.file, options).0.expect("the text is right");
    let runs = network.actions.iter().filter_map(|action| match action {
        Action::Run { duration, .. } => Some(*duration),
        _ => None,
    });
    runs.collect()
}

#[test]
fn an_override_replaces_a_constant_everywhere() {
    let parsed = grammar::parse(SourceId(0), TEXT);
    let network = resolve(&parsed.file, &set(&[("tau", "7*ms")])).0.expect("the text is right");
    assert!(matches!(network.actions[0], Action::Print { value, .. } if value == 2.0 * 0.007));
}

#[test]
fn overrides_are_checked() {
    let rows = [
        ("tua", "7*ms", "E0201 the text has no constant `tua` to set"),
        ("tau", "7", "E0302 `tau` has unit s, and the value it is set to has no unit"),
        ("tau", "twice", "E0204 `tau` is defined by way of itself: `tau` -> `twice` -> `tau`"),
        ("tau", "7*mss", "E0201 nothing is called `mss`"),
        ("dt", "-1*ms", "E0603 the time step is -1 ms, and must be more than 0"),
        ("seed", "-1", "E0609 the seed is -1, and must be 0 or more"),
    ];
    for (name, value, expected) in rows {
        let parsed = grammar::parse(SourceId(0), TEXT);
        let (network, found) = resolve(&parsed.file, &set(&[(name, value)]));
        assert!(network.is_none(), "{name}");
        let found: Vec<String> = found.iter().map(|found| format!("{} {}", found.code.id, found.message)).collect();
        assert_eq!(found, [expected]);
    }
}

/// A number without unit is offered that of the text, to its prefix: another would be another value.
#[test]
fn a_number_from_outside_is_offered_the_unit_of_the_text() {
    let cases = [
        ("Ipulse = 250*pA", "340", "a plain number has no unit: write `340*pA`"),
        ("Ipulse = -1*us", "-5", "a plain number has no unit: write `-5*us`"),
        ("Ipulse = 2*nS/cm**2", "3", "a plain number has no unit: write `3*nS/cm**2`"),
        ("Ipulse = 250*us", "2*3", "give it one, as in `…*us`"),
        ("Ipulse = 5*1e-3*amp", "3", "give it a unit: its own value is `5*1e-3*amp`"),
    ];
    for (text, given, help) in cases {
        let parsed = grammar::parse(SourceId(0), &format!("{text}; print Ipulse; neurons P[1] {{ v : 1 }}"));
        let (_, found) = resolve(&parsed.file, &set(&[("Ipulse", given)]));
        assert_eq!(found.iter().flat_map(|one| one.help.clone()).collect::<Vec<_>>(), [help], "{text}");
    }
}

#[test]
fn settings_come_from_the_text_or_from_outside() {
    let plain = network(TEXT);
    assert_eq!((plain.dt, plain.seed), (1e-4, None));
    let written =
        network("dt = 0.5*ms; seed = 18446744073709551615; steps = 1*ms/dt; print steps; neurons P[1] { v : 1 }");
    assert_eq!((written.dt, written.seed), (0.5 * 1e-3, Some(u64::MAX)));
    assert!(matches!(written.actions[0], Action::Print { value: 2.0, .. }));
    let parsed = grammar::parse(SourceId(0), "dt = 0.5*ms; seed = 3; print dt; neurons P[1] { v : 1 }");
    let options = Options { dt: Some((0.25, Span::default())), seed: Some(9), ..set(&[("dt", "1*ms"), ("seed", "4")]) };
    let network = resolve(&parsed.file, &options).0.expect("the text is right");
    assert_eq!((network.dt, network.seed), (0.25, Some(9)));
    assert!(matches!(network.actions[0], Action::Print { value: 0.25, .. }));
    let network = resolve(&parsed.file, &set(&[("dt", "1*ms"), ("seed", "4")])).0.expect("the text is right");
    assert_eq!((network.dt, network.seed), (1e-3, Some(4)));
}

#[test]
fn a_duration_cuts_or_stretches_the_runs() {
    let lasting =
        |seconds: f64| durations(&Options { duration: Some((seconds, Span::default())), ..Options::default() });
    assert_eq!(durations(&Options::default()), [1e-3, 2e-3]);
    assert_eq!(lasting(0.5e-3), [0.5e-3]);
    assert_eq!(lasting(2e-3), [1e-3, 2e-3 - 1e-3]);
    assert_eq!(lasting(1.0), [1e-3, 2e-3 + (1.0 - 1e-3 - 2e-3)]);
    let parsed = grammar::parse(SourceId(0), "neurons P[1] { v : 1 }");
    let options = Options { duration: Some((2.0, Span::default())), ..Options::default() };
    let network = resolve(&parsed.file, &options).0.expect("the text is right");
    assert!(matches!(network.actions[..], [Action::Run { duration: 2.0, .. }]));
}

/// A mistake in what is given from outside is shown where it was given.
#[test]
fn times_from_outside_keep_their_place() {
    let place = Span { source: SourceId(7), start: 2, end: 9 };
    let parsed = grammar::parse(SourceId(0), "neurons P[1] { v : 1 }\nrun 1*ms");
    let wrong = [
        Options { dt: Some((0.0, place)), ..Options::default() },
        Options { duration: Some((-1e-3, place)), ..Options::default() },
        Options { duration: Some((f64::INFINITY, place)), ..Options::default() },
        Options { duration: Some((1e300, place)), ..Options::default() },
    ];
    for options in wrong {
        let (network, found) = resolve(&parsed.file, &options);
        assert!(network.is_none());
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].primary.span, place, "{found:?}");
    }
}

#[test]
fn values_of_single_expressions() {
    let volt = Dimension([2.0, 1.0, -3.0, -1.0, 0.0, 0.0, 0.0]);
    assert_eq!(value(&expression("-60*mV"), None), Ok((-60.0 * 1e-3, volt, Type::Float)));
    assert_eq!(value(&expression("3"), Some(Dimension::ONE)), Ok((3.0, Dimension::ONE, Type::Integer)));
    assert_eq!(value(&expression("1 < 2 and True"), None), Ok((1.0, Dimension::ONE, Type::Boolean)));
    assert_eq!(value(&expression("2**-1"), None), Ok((0.5, Dimension::ONE, Type::Float)));
    assert_eq!(value(&expression("-2**2"), None), Ok((-4.0, Dimension::ONE, Type::Integer)));
    assert_eq!(value(&expression("inf"), None), Ok((f64::INFINITY, Dimension::ONE, Type::Float)));
    let wrong = value(&expression("-60"), Some(volt)).expect_err("a plain number is no voltage");
    assert_eq!(wrong[0].code.id, "E0302");
    let wrong = value(&expression("a + b"), None).expect_err("nothing has these names");
    assert_eq!(wrong.len(), 2);
}

/// Runs on a stack of 2 MB, as threads have by default.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(work).expect("a thread starts");
    thread.join().expect("the stack was large enough");
}

#[test]
fn the_longest_chain_the_grammar_lets_through_resolves() {
    on_a_small_stack(|| {
        let chain = format!("1{}", " + 1".repeat(900));
        let source = format!("a = {chain}\nneurons P[a] {{ x = v + {chain} : 1\nv : 1\ninit v = {chain} }}\nprint a");
        assert_eq!(check(&source), "");
        let signs = format!("{}1", "-".repeat(200));
        let brackets = format!("{}1{}", "(".repeat(200), ")".repeat(200));
        assert_eq!(check(&format!("a = {signs} + {brackets}\nprint a")), "");
    });
}

#[test]
fn expressions_deeper_than_the_grammar_makes_do_not_overflow() {
    on_a_small_stack(|| {
        let mut file = grammar::parse(SourceId(0), "a = 1\nprint a").file;
        let span = Span::default();
        let leaf = Expr { kind: ExprKind::Name("ms".into()), span };
        let deep = (0..1000).fold(leaf, |inner, _| Expr { kind: ExprKind::Group(Box::new(inner)), span });
        if let ItemKind::Definition { value, .. } = &mut file.items[0].kind {
            *value = deep;
        }
        assert!(resolve(&file, &Options::default()).0.is_some());
    });
}

#[test]
fn many_definitions_in_a_chain_resolve() {
    on_a_small_stack(|| {
        let constants: String = (0..5000).map(|k| format!("a{k} = a{} + 1\n", k + 1)).collect();
        let lines: String = (0..2000).map(|k| format!("x{k} = x{} + 1 : 1\n", k + 1)).collect();
        let source = format!("{constants}a5000 = 0\nprint a0\nneurons P[2] {{\n{lines}x2000 : 1\n}}");
        let (network, found) = resolved(&source);
        assert_eq!(super::lines(&source, &found), "");
        let network = network.expect("nothing was wrong");
        assert!(matches!(network.actions[0], Action::Print { value: 5000.0, .. }));
    });
}

#[test]
fn mistakes_do_not_hide_each_other() {
    let source = "a = b\nneurons P[q] { dv/dt = (a - v)/taum : volt\nthreshold v > vt }\nrecord P.v[50], P.u\nrun 3";
    let (_, found) = resolved(source);
    let expected = [
        "E0201 `b` nothing is called `b`",
        "E0201 `q` nothing is called `q`",
        "E0201 `taum` nothing is called `taum`",
        "E0201 `vt` nothing is called `vt`",
        "E0201 `u` `P` has no variable `u`",
        "E0302 `3` `run` takes a time, and `3` has no unit",
    ];
    assert_eq!(lines(source, &found), expected.join("\n"));
}
