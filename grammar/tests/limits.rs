//! What is too deep or too long is told once and by name, within the stack of a test's thread (2 MB, unoptimised);
//! what is just within the limits can be cloned, compared, printed, outlined and dropped there.

use grammar::limits::{DEPTH, OPERATORS};
use grammar::{Code, SourceId, codes, diagnose_bytes, parse, parse_expression, parse_members, print};

const SOURCE: SourceId = SourceId(0);

#[track_caller]
fn told_once(text: &str, code: Code, place: usize) {
    let diagnostics = parse(SOURCE, text).diagnostics;
    let found: Vec<_> = diagnostics.iter().map(|one| (one.code, one.primary.span.range().start)).collect();
    assert_eq!(found, [(code, place)]);
    let limit = if code == codes::EXPRESSION_TOO_LONG { OPERATORS } else { DEPTH };
    assert!(diagnostics[0].message.contains(&limit.to_string()), "{}", diagnostics[0].message);
    assert!(print::format(text).is_err());
}

#[track_caller]
fn within(value: &str) {
    let text = format!("a = {value}");
    let parsed = parse(SOURCE, &text);
    assert_eq!(parsed.diagnostics, []);
    let copy = parsed.file.clone();
    assert_eq!(copy, parsed.file);
    let printed = print::file(&copy);
    assert_eq!(print::format(&text).as_ref(), Ok(&printed));
    assert!(print::tree(&copy).lines().count() > DEPTH);
}

#[test]
fn a_hundred_kilobytes_of_nesting_are_one_mistake() {
    let many = 100_000;
    told_once(&format!("a = {}", "(".repeat(many)), codes::NESTED_TOO_DEEP, 4 + DEPTH);
    told_once(&format!("a = {}", "[".repeat(many)), codes::NESTED_TOO_DEEP, 4 + DEPTH);
    told_once(&"(".repeat(many), codes::NESTED_TOO_DEEP, DEPTH);
    told_once(&format!("a = {}1{}", "(".repeat(many), ")".repeat(many)), codes::NESTED_TOO_DEEP, 4 + DEPTH);
    told_once(&format!("a = {}1", "f(".repeat(many)), codes::NESTED_TOO_DEEP, 4 + 2 * DEPTH + 1);
    told_once(&format!("a = {}1", "-".repeat(many)), codes::NESTED_TOO_DEEP, 4 + DEPTH);
    told_once(&format!("a = {}b", "not ".repeat(many)), codes::NESTED_TOO_DEEP, 4 + 4 * DEPTH);
    told_once(&format!("a = 2{}", "**2".repeat(many)), codes::NESTED_TOO_DEEP, 5 + 3 * DEPTH);
    told_once(&format!("a = b{}", ".b".repeat(many)), codes::NESTED_TOO_DEEP, 5 + 2 * DEPTH);
    told_once(&format!("a = b{}", "[0]".repeat(many)), codes::NESTED_TOO_DEEP, 5 + 3 * DEPTH);
}

#[test]
fn a_hundred_kilobytes_of_braces_are_one_mistake() {
    told_once(&"{".repeat(100_000), codes::NESTED_TOO_DEEP, DEPTH);
    told_once(&format!("model m {}{}", "{".repeat(100_000), "}".repeat(100_000)), codes::NESTED_TOO_DEEP, 8 + DEPTH);
    told_once(&format!("model m {}", "{ reset".repeat(20_000)), codes::NESTED_TOO_DEEP, 8 + 7 * DEPTH);
}

#[test]
fn a_hundred_thousand_terms_are_one_mistake() {
    for operator in ["+", "-", "*", "/", "//", "%", "<", "==", " and ", " or "] {
        let text = format!("a = b{}", format!("{operator}b").repeat(100_000));
        let diagnostics = parse(SOURCE, &text).diagnostics;
        let found: Vec<_> = diagnostics.iter().map(|one| one.code).collect();
        assert_eq!(found, [codes::EXPRESSION_TOO_LONG], "{operator}");
    }
    told_once(&format!("a = b{}", "+b".repeat(OPERATORS + 1)), codes::EXPRESSION_TOO_LONG, 5 + 2 * OPERATORS);
}

#[test]
fn what_is_just_within_the_limits_can_be_used() {
    within(&format!("{}1{}", "(".repeat(DEPTH), ")".repeat(DEPTH)));
    within(&format!("{}1{}", "[".repeat(DEPTH), "]".repeat(DEPTH)));
    within(&format!("{}b", "-".repeat(DEPTH)));
    within(&format!("{}b", "not ".repeat(DEPTH)));
    within(&format!("2{}", "**2".repeat(DEPTH)));
    within(&format!("b{}", ".b".repeat(DEPTH)));
    within(&format!("b{}", " + b".repeat(OPERATORS)));
    let nested = format!("{}{}{}", "(1 + ".repeat(DEPTH), 1, ")".repeat(DEPTH));
    within(&format!("{nested}{}", " + 1".repeat(OPERATORS - 2 * DEPTH)));
    within(&format!("{}{}b", "b + ".repeat(OPERATORS - DEPTH), "-".repeat(DEPTH)));
}

#[test]
fn long_lists_are_no_deep_trees() {
    let list = vec!["-1*2"; 20_000].join(", ");
    assert_eq!(parse_expression(SOURCE, &format!("[{list}]")).1, []);
    let members = "x : 1\n".repeat(5_000);
    assert_eq!(parse_members(SOURCE, &members).1, []);
}

#[test]
fn an_empty_text_is_an_empty_file() {
    for text in ["", "\n\n", "# a comment\n", "\u{feff}", ";;\n;"] {
        let parsed = parse(SOURCE, text);
        assert_eq!((parsed.file.items.len(), parsed.diagnostics.len()), (0, 0), "{text:?}");
    }
}

#[test]
fn bytes_that_are_no_text_are_told_with_their_place() {
    assert_eq!(diagnose_bytes(SOURCE, "µ".as_bytes()), Ok("µ"));
    let told = diagnose_bytes(SOURCE, b"a = 1\nb\xff\xfe = 2").expect_err("0xff begins no character");
    assert_eq!((told.code, told.primary.span.range()), (codes::NOT_UTF8, 7..8));
    assert_eq!(told.message, "the text is not UTF-8: byte 7 (line 2) begins no character");
    assert!(told.help[0].contains("UTF-8"));
    let cut = diagnose_bytes(SOURCE, b"a\xe2\x82").expect_err("the last character is cut off");
    assert_eq!(cut.primary.span.range(), 1..3);
}
