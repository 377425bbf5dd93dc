//! Functions of one's own: what a call of one becomes, and what is refused.

use super::{check, lines, network, resolve};
use crate::ir::describe;
use crate::ir::expr::{Node, Type};
use crate::resolve::{Given, Options};
use grammar::ast::ItemKind;
use grammar::{SourceId, ast};
use std::sync::Arc;

/// What the first subexpression of the first population is, in words.
fn first_subexpression(source: &str) -> String {
    let network = network(source);
    describe::expression(&network, network.populations[0].subexpressions[0].value, 9)
}

#[test]
fn a_call_is_the_expression_with_arguments_in_place_of_parameters() {
    let rows = [
        ("function f(x: 1): 1 = x*x + 1", "f(v - 2)", "(v - 2)*(v - 2) + 1"),
        ("function f(x: 1, y: 1): 1 = x - y", "f(2*v, v)", "2*v - v"),
        ("function half(x: 1): 1 = x/2; function f(x: 1): 1 = half(half(x))", "f(v)", "v/2/2"),
        ("function f(x: 1): 1 = a*x; a = 3", "f(v)", "3*v"),
        ("function f(v: 1): 1 = v + 1", "f(2.5)", "2.5 + 1.0"),
        ("function f(): 1 = 7.5", "f() + v", "7.5 + v"),
        ("function f(c: boolean, n: integer): integer = int(c)*n", "f(v > 1, i)", "int(v > 1)*i"),
    ];
    for (functions, call, expected) in rows {
        let source = format!("{functions}\nneurons P[3] {{ v : 1\ny = {call} : 1 }}");
        let [got, expected] = [first_subexpression(&source), expected.to_owned()].map(|text| text.replace(".0", ""));
        assert_eq!(got, expected, "{source}");
    }
}

#[test]
fn an_integer_for_a_real_parameter_counts_as_a_real() {
    let network = network("function f(x: 1): 1 = x // 2\nneurons P[3] { y = f(i) + i // 2 : 1 }");
    let sum = network.populations[0].subexpressions[0].value;
    let kinds: Vec<Type> = network.arena.operands(sum).into_iter().map(|part| network.arena.kind(part)).collect();
    assert_eq!(kinds, [Type::Float, Type::Integer]);
}

#[test]
fn every_call_draws_random_numbers_of_its_own() {
    let network = network(
        "function noisy(x: 1): 1 = x + rand() - rand()\nneurons P[3] { v : 1\ninit v = noisy(rand()) + noisy(2) }",
    );
    let init = &network.populations[0].init;
    let value = init.statements[0].value;
    let draws = super::super::evaluate::parts(&network.arena, value).into_iter().filter_map(|part| {
        match network.arena.node(part) {
            Node::Random(_, draw, _) => Some(*draw),
            _ => None,
        }
    });
    let draws: std::collections::BTreeSet<u32> = draws.collect();
    assert_eq!((draws.into_iter().collect::<Vec<_>>(), init.draws), (vec![0, 1, 2, 3, 4], 5));
}

#[test]
fn constants_and_functions_use_one_another_in_any_order() {
    assert_eq!(
        check("neurons P[n] { v : 1 }\nn = twice(k)\nfunction twice(x: integer): integer = x*two\nk = 4; two = 2"),
        ""
    );
    assert_eq!(
        network("neurons P[twice(4)] { v : 1 }\nfunction twice(x: integer): integer = x*2").populations[0].size,
        8
    );
}

#[test]
fn what_is_wrong_with_a_function_is_told_once() {
    let source = "function f(x: 1): 1 = y\nneurons P[3] { v = f(1) + f(2) : 1 }";
    assert_eq!(check(source), "E0201 `y` nothing is called `y`");
    let source = "function f(x: 1): 1 = 2*g(x); function g(x: 1): 1 = f(x)\nneurons P[3] { v = f(1) : 1 }";
    assert_eq!(check(source), "E0204 `f` `f` is defined by way of itself: `f` -> `g` -> `f`");
}

#[test]
fn a_function_that_doubles_itself_over_and_over_is_refused_in_time() {
    let mut source = "function f0(x: 1): 1 = sin(x)\n".to_owned();
    for k in 1..40 {
        source += &format!("function f{k}(x: 1): 1 = f{0}(x) + f{0}(x + {k})\n", k - 1);
    }
    let found = check(&(source + "print f39(1)"));
    assert!(found.starts_with("E0309 `f"), "{found}");
    assert_eq!(found.lines().count(), 1, "{found}");
}

#[test]
fn a_chain_of_ten_thousand_functions_needs_no_stack() {
    let mut source = "function f0(x: 1): 1 = x\n".to_owned();
    for k in 1..9_000 {
        source += &format!("function f{k}(x: 1): 1 = f{}(x)\n", k - 1);
    }
    assert_eq!(check(&(source + "print f8999(1)\nneurons P[1] { v : 1 }")), "");
}

/// A function as the program gives it, by its definition in the language.
fn given(text: &str, call: fn(&[f64]) -> f64) -> Given {
    let parsed = grammar::parse(SourceId(1), text);
    let item: Option<ast::Item> = parsed.file.items.into_iter().next();
    let Some(ItemKind::Function { name, parameters, unit, .. }) = item.map(|item| item.kind) else {
        panic!("`{text}` defines no function")
    };
    let arguments = parameters.into_iter().map(|parameter| parameter.unit).collect();
    Given { name, arguments, result: unit, call: Arc::new(call) }
}

/// What is wrong with a text for a program that gives these functions.
fn check_with(functions: Vec<Given>, source: &str) -> String {
    let parsed = grammar::parse(SourceId(0), source);
    let (network, found) = resolve(&parsed.file, &Options { functions, ..Options::default() });
    assert_eq!(network.is_some(), found.is_empty(), "{source}");
    lines(source, &found)
}

#[test]
fn functions_of_the_program_are_known_by_name_and_unit() {
    let two =
        || vec![given("function g(a: volt): 1/second = 0", |x| x[0] * 1e3), given("function h(): 1 = 0", |_| 4.0)];
    let neurons = "neurons P[4] { dv/dt = g(v)*v + h()/second : volt }";
    let cases = [
        (neurons, "E0301 `+` `g(v)*v` has unit V/s, `h()/second` has unit Hz: they cannot be added"),
        ("neurons P[4] { dv/dt = g(v)*v : volt }", ""),
        ("neurons P[int(h())] { v : 1 }\nprint g(2*mV)", ""),
        ("function g(x: 1): 1 = x", "E0202 `?` `g` is defined twice"),
        ("h = 3; print h", "E0202 `?` `h` is defined twice"),
        ("print g(3)", "E0302 `3` argument 1 of `g` takes a value in V, and `3` has no unit"),
        ("print g", "E0201 `g` nothing is called `g`"),
        ("print k(3)", "E0308 `k` there is no function `k`"),
    ];
    for (source, expected) in cases {
        let found = check_with(two(), source);
        let found = if expected.contains("`?`") { without_place(&found) } else { found };
        assert_eq!(found, expected, "{source}");
    }
}

#[test]
fn what_the_program_gives_must_be_functions_of_real_numbers() {
    let cases = [
        ("function sin(a: 1): 1 = 0", "E0203 `?` `sin` cannot be the name of a function"),
        ("function g(a: integer): 1 = 0", "E0307 `?` functions of the program get and give real numbers"),
        ("function g(a: 1): boolean = 0", "E0307 `?` functions of the program get and give real numbers"),
        ("function g(a: mV): 1 = 0", "E0307 `?` `mV` is not a base unit, and variables are kept in base units"),
        ("function g(a: 1, b: 1, c: 1, d: 1, e: 1): 1 = 0", "E0306 `?` `g` takes 5 arguments"),
    ];
    for (text, expected) in cases {
        let found = check_with(vec![given(text, |_| 0.0)], "neurons P[1] { v : 1 }");
        assert_eq!(without_place(&found), expected);
    }
}

/// A line of `check` that points into the text of a function that the program gives.
fn without_place(line: &str) -> String {
    let parts = line.split('`').enumerate().map(|(k, part)| if k == 1 { "?" } else { part });
    parts.collect::<Vec<_>>().join("`")
}
