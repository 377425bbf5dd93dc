//! Every diagnostic: its code, the place it points at, what it says and what it tells to write instead.

use grammar::ast::{Group, ItemKind, MemberKind};
use grammar::{Code, Diagnostic, SourceId, codes, parse, parse_block, parse_expression, parse_members};

const SOURCE: SourceId = SourceId(3);

/// How a case is read.
#[derive(Clone, Copy, Debug)]
enum As {
    File,
    Members,
    Code,
    Expression,
}
use As::{Code as Statements, Expression, File, Members};

fn diagnostics(read_as: As, text: &str) -> Vec<Diagnostic> {
    match read_as {
        File => parse(SOURCE, text).diagnostics,
        Members => parse_members(SOURCE, text).1,
        Statements => parse_block(SOURCE, text).1,
        Expression => parse_expression(SOURCE, text).1,
    }
}

/// Code, how it is read, the text with the place between `«` and `»`, the whole message, a part of the help.
const CASES: &[(Code, As, &str, &str, &str)] = &[
    (codes::UNKNOWN_CHARACTER, File, "a = «$»3", "the character `$` has no meaning here", "remove it"),
    (codes::UNKNOWN_CHARACTER, File, "a = 3*«µ»V", "the character `µ` has no meaning here", "write `u` for micro"),
    (codes::UNKNOWN_CHARACTER, File, "«@@@»", "the character `@` has no meaning here", "remove it"),
    (codes::UNKNOWN_CHARACTER, File, "a =«\u{a0}»3", "the character U+00A0 has no meaning here", "plain space"),
    (codes::UNKNOWN_CHARACTER, File, "a = b «\\»\n + 3", "the character `\\` has no meaning here", "remove the `\\`"),
    (codes::UNKNOWN_CHARACTER, File, "«ä» = 3", "the character `ä` has no meaning here", "letters A to Z"),
    (codes::UNCLOSED_TEXT, File, "a = npy(«\"x.npy)»\nb = 1", "this text has no closing quote on its line", "close it"),
    (codes::NUMBER_AGAINST_NAME, File, "a = «10ms»", "the number `10` stands against the name `ms`", "write `10*ms`"),
    (codes::NUMBER_TOO_LARGE, File, "a = 1 + «1e999»", "`1e999` is larger than any number a double can hold", "inf"),
    (codes::FOREIGN_OPERATOR, File, "a = b«^»2", "`^` is not an operator here", "write `**`"),
    (codes::FOREIGN_OPERATOR, Members, "threshold a «&&» b", "`&&` is not an operator here", "write `and`"),
    (codes::FOREIGN_OPERATOR, Members, "threshold a «&» b", "`&` is not an operator here", "write `and`"),
    (codes::FOREIGN_OPERATOR, Members, "threshold a «|» b", "`|` is not an operator here", "write `or`"),
    (codes::FOREIGN_OPERATOR, Members, "threshold a «||» b", "`||` is not an operator here", "write `or`"),
    (codes::FOREIGN_OPERATOR, Members, "threshold «!»a", "`!` is not an operator here", "write `not`"),
    (codes::FOREIGN_OPERATOR, Members, "threshold a «<>» b", "`<>` is not an operator here", "write `!=`"),
    (codes::SINGLE_QUOTES, File, "use «'a.rheo'»", "a text stands in double quotes", "write `\"a.rheo\"`"),
    (codes::MALFORMED_NUMBER, File, "a = «1e»", "`1e` is not a number", "an exponent needs digits"),
    (codes::MALFORMED_NUMBER, File, "a = «1_000»", "`1_000` is not a number", "without `_`"),
    (codes::MALFORMED_NUMBER, File, "a = «1.2.3»", "`1.2.3` is not a number", "at most one point"),
    (codes::MALFORMED_NUMBER, File, "a = «0x1F»", "`0x1F` is not a number", "decimal"),
    (codes::UNEXPECTED, File, "«/» = 1", "`/` cannot stand here", "a statement begins with a name or a keyword"),
    (codes::UNEXPECTED, Statements, "v «>» 1", "`>` cannot stand here", "write `=` or another assignment here"),
    (codes::UNEXPECTED, File, "a = b «c»", "`c` cannot stand here", "write an operator between `b` and `c`"),
    (codes::UNEXPECTED, File, "synapses S: A «B»", "`B` cannot stand here", "`->`"),
    (codes::UNEXPECTED, Members, "connect p = 0.1 «n» = 2", "`n` cannot stand here", "by `,` in a list"),
    (codes::UNEXPECTED, File, "a = «*» 3", "`*` cannot stand here", "write a value here"),
    (codes::UNEXPECTED, File, "a = 1«,»", "`,` cannot stand here", "end the statement before `,`"),
    (codes::UNEXPECTED, File, "function f(x«)» = 3", "`)` cannot stand here", "write `:` here"),
    (codes::UNEXPECTED, File, "function f(x: 1) «=» x", "`=` cannot stand here", "write `:` here"),
    (codes::UNEXPECTED, File, "record P.v with x «when» end", "`when` cannot stand here", "stand in this order"),
    (codes::UNEXPECTED, File, "record P.v last 1*ms «every» 1*ms", "`every` cannot stand here", "stand in this order"),
    (
        codes::SWEEP_AXIS,
        File,
        "sweep tau «in» [1, 2] { run 1 }",
        "the values of `tau` stand behind `=`",
        "write `sweep tau = [1, 2] { … }`",
    ),
    (
        codes::SWEEP_AXIS,
        File,
        "sweep tau«:» 3 { run 1 }",
        "the values of `tau` stand behind `=`",
        "write `sweep tau = [1, 2, 3] { … }`",
    ),
    (
        codes::SWEEP_AXIS,
        File,
        "sweep«(»tau = [1, 2]*ms) { run 1 }",
        "what a sweep varies stands without brackets",
        "write `sweep tau = [1, 2]*ms { … }`",
    ),
    (
        codes::SWEEP_AXIS,
        File,
        "sweep tau = 1, «2» { run 1 }",
        "a name of what else is varied stands behind this `,`",
        "values stand in a list",
    ),
    (codes::SWEEP_AXIS, File, "sweep tau = [1] seeds «=» apart { run 1 }", "`seeds` takes a word", "`seeds apart`"),
    (
        codes::MISSING_BRACES,
        File,
        "sweep tau = [1] seeds «apart»",
        "what belongs to this `sweep` stands in braces",
        "write `sweep tau = [1] seeds apart { … }`",
    ),
    (
        codes::UNKNOWN_STATEMENT,
        File,
        "«for» tau in [1, 2] { run 1 }",
        "`for` begins no statement",
        "write `sweep tau = [1, 2, 3]*ms",
    ),
    (
        codes::MEASURE,
        File,
        "sweep a = [1] { report «rate P» }",
        "what `rate` measures stands in brackets",
        "write `rate(P)`",
    ),
    (
        codes::MEASURE,
        File,
        "sweep a = [1] { report cv(P) last 1*ms«,» rate(P) }",
        "`last` stands once, behind all that the line measures",
        "a `report` for each",
    ),
    (
        codes::MEASURE,
        File,
        "sweep a = [1] { report cv(P) «every» 1*ms }",
        "`every` cannot stand in `report`",
        "`last 100*ms`",
    ),
    (
        codes::MEASURE,
        File,
        "sweep a = [1] { «rate(»P) }",
        "`rate` measures and is no statement",
        "write `report rate(…)`",
    ),
    (codes::WRONG_LEVEL, File, "«report» rate(P)", "`report` cannot stand here", "in the body of a sweep"),
    (
        codes::WRONG_LEVEL,
        File,
        "neurons P[1] { «report» rate(P) }",
        "`report` cannot stand here",
        "in the body of a sweep",
    ),
    (
        codes::WRONG_LEVEL,
        File,
        "sweep a = [1] { «neurons» P[1] { x : 1 } }",
        "`neurons` cannot stand in a sweep",
        "write it before the sweep",
    ),
    (
        codes::WRONG_LEVEL,
        File,
        "sweep a = [1] { «record» P.v }",
        "`record` cannot stand in a sweep",
        "before the sweep",
    ),
    (
        codes::WRONG_LEVEL,
        File,
        "sweep a = [1] { «b» = 3 }",
        "the constant `b` cannot be defined in a sweep",
        "`sweep b = [ … ] { … }`",
    ),
    (
        codes::WRONG_LEVEL,
        File,
        "sweep a = [1] { «sweep» b = [1] { run 1 } }",
        "a sweep cannot stand in a sweep",
        "all combinations",
    ),
    (
        codes::WRONG_LEVEL,
        File,
        "sweep a = [1] { «threshold» v > 1 }",
        "`threshold` cannot stand here",
        "in the block of a group",
    ),
    (
        codes::ASSIGNMENT_TO_MEMBER,
        File,
        "sweep a = [1] { «P.v =» 3 }",
        "`P.v` cannot be set by `=` alone",
        "write `set P.v = 3`",
    ),
    (
        codes::UNKNOWN_STATEMENT,
        File,
        "sweep a = [1] { «reprot» rate(P) }",
        "`reprot` begins no statement",
        "did you mean `report`?",
    ),
    (codes::UNEXPECTED, File, "record P.v mean «variance»", "`variance` cannot stand here", "a recording of its own"),
    (codes::UNEXPECTED, File, "record P.v every 1*ms«,» P.u", "`,` cannot stand here", "a line for each"),
    (codes::UNEXPECTED, Members, "x : volt «unless» refractory", "`unless` cannot stand here", "`(unless refractory)`"),
    (codes::UNCLOSED_TEXT, Members, "v«' = -v/(10*ms) : 1»", "this text has no closing quote on its line", "`dv/dt`"),
    (codes::UNKNOWN_CHARACTER, File, "synapses S: P «→» P { }", "the character `→` has no meaning here", "write `->`"),
    (codes::UNKNOWN_CHARACTER, File, "a = b «?» c", "the character `?` has no meaning here", "where(condition, a, b)"),
    (codes::UNEXPECTED, File, "a = (1 «if» b > 1 else 0)", "`if` cannot stand here", "where(condition, a, b)"),
    (codes::UNEXPECTED, File, "neurons P«(»10)", "`(` cannot stand here", "`neurons P[10] { … }`"),
    (codes::UNEXPECTED, File, "synapses S: P«,» Q", "`,` cannot stand here", "`synapses S: P -> Q { … }`"),
    (codes::UNEXPECTED, Members, "reset v = 0«,» u = 1", "`,` cannot stand here", "`reset { a = 1; b = 2 }`"),
    (codes::UNEXPECTED, Members, "x : 1 «unless» refractory", "`unless` cannot stand here", "`(unless refractory)`"),
    (codes::UNEXPECTED_BLOCK, File, "neurons P «{» x : 1 }", "a block cannot stand here", "`neurons P[100] { … }`"),
    (
        codes::UNCLOSED_BRACKET,
        File,
        "a = «(»1 + 2",
        "this `(` is not closed before the statement ends",
        "close it with `)`",
    ),
    (codes::UNCLOSED_BRACKET, Members, "threshold f«(»v, 2; x : 1", "this `(` is not closed before `;`", "`)`"),
    (codes::UNCLOSED_BRACKET, File, "neurons P«[»10 { x : 1 }", "this `[` is not closed before `{`", "`]`"),
    (codes::UNCLOSED_BRACKET, File, "neurons P[10] { threshold «(»v > 1 }", "this `(` is not closed before `}`", "`)`"),
    (
        codes::UNCLOSED_BRACKET,
        Members,
        "threshold «(»v > 1\nreset v = 0",
        "this `(` is not closed before the statement ends",
        "`)`",
    ),
    (
        codes::UNCLOSED_BRACKET,
        Members,
        "threshold «(»v > 1\ndv/dt = 0 : 1",
        "this `(` is not closed before the statement ends",
        "`)`",
    ),
    (codes::UNCLOSED_BRACKET, File, "a = (1 + 2«]»", "`(` is closed by `]`", "write `)` here"),
    (codes::UNOPENED_BRACKET, File, "a = 1 + 2«)»", "this `)` closes nothing", "open it with `(` before"),
    (codes::UNOPENED_BRACKET, File, "a = 1\n«}»\nb = 2", "this `}` closes nothing", "open it with `{` before"),
    (codes::UNCLOSED_BRACE, File, "neurons P[10] «{»\n x : 1\n", "this `{` is not closed before the text ends", "`}`"),
    (
        codes::UNCLOSED_BRACE,
        File,
        "neurons P[1] «{»\n x : 1\nneurons Q[1] { y : 1 }",
        "this `{` is not closed before `neurons Q` begins",
        "`}`",
    ),
    (codes::CHAINED_COMPARISON, Members, "threshold 0 < v «<» 1", "comparisons cannot be chained", "`a < b and b < c`"),
    (
        codes::CHAINED_COMPARISON,
        Members,
        "threshold a == b «==» c == d",
        "comparisons cannot be chained",
        "join the two with `and`",
    ),
    (
        codes::KEYWORD_WITH_EQUALS,
        Members,
        "threshold «=» v > 1",
        "`threshold` takes what it sets without `=`",
        "write `threshold v > 1`",
    ),
    (
        codes::KEYWORD_WITH_EQUALS,
        Members,
        "threshold«:» v > 1",
        "`threshold` takes what it sets without `:`",
        "write `threshold v > 1`",
    ),
    (
        codes::KEYWORD_WITH_EQUALS,
        Members,
        "refractory «=» 5*ms",
        "`refractory` takes what it sets without `=`",
        "write `refractory 5*ms`",
    ),
    (
        codes::KEYWORD_WITH_EQUALS,
        Members,
        "method «=» 'exact'",
        "`method` takes what it sets without `=`",
        "write `method exact`",
    ),
    (
        codes::KEYWORD_WITH_EQUALS,
        Members,
        "method «=» \"exact\"",
        "`method` takes what it sets without `=`",
        "write `method exact`",
    ),
    (
        codes::KEYWORD_WITH_EQUALS,
        Members,
        "method «=» exact",
        "`method` takes what it sets without `=`",
        "write `method exact`",
    ),
    (
        codes::ASSIGNMENT_TO_MEMBER,
        File,
        "«P.v =» rand()",
        "`P.v` cannot be set by `=` alone",
        "write `init v = rand()`",
    ),
    (
        codes::ASSIGNMENT_TO_MEMBER,
        File,
        "«S.delay =» '1*ms + rand()*ms'",
        "`S.delay` cannot be set by `=` alone",
        "write `delay 1*ms + rand()*ms` in the block of `S`",
    ),
    (
        codes::ASSIGNMENT_TO_MEMBER,
        File,
        "«P[3:].v[0] =» 1",
        "`P[3:].v[0]` cannot be set by `=` alone",
        "write `set P[3:].v[0] = 1`",
    ),
    (
        codes::STATEMENTS_WITHOUT_BRACES,
        Members,
        "reset v = 0; «u += d»",
        "several statements after `reset` need { }",
        "write `reset { v = 0; u += d }`",
    ),
    (
        codes::STATEMENTS_WITHOUT_BRACES,
        Members,
        "on_pre g += w; «h = 0»; k = 1",
        "several statements after `on_pre` need { }",
        "write `on_pre { g += w; h = 0 }`",
    ),
    (codes::SEVERAL_TARGETS, Statements, "«a, b» = 1, 2", "an assignment has one name on its left", "`a = 1; b = 2`"),
    (codes::SEVERAL_TARGETS, File, "«a, b» = 1, 2", "an assignment has one name on its left", "`a = 1; b = 2`"),
    (
        codes::SEVERAL_TARGETS,
        Members,
        "reset «a, b» = 1, 2",
        "an assignment has one name on its left",
        "write `reset { a = 1; b = 2 }`",
    ),
    (codes::SEVERAL_TARGETS, Statements, "«a = b» = 1", "an assignment has one name on its left", "`a = 1; b = 2`"),
    (
        codes::NUMBER_BEFORE_NAME,
        File,
        "run «10 ms»",
        "there is no operator between the number `10` and the name `ms`",
        "write `10*ms`",
    ),
    (
        codes::NUMBER_BEFORE_NAME,
        Members,
        "refractory 2*«5. ms»",
        "there is no operator between the number `5.` and the name `ms`",
        "write `5.*ms`",
    ),
    (
        codes::EQUALS_IN_CONDITION,
        Members,
        "threshold v «=» 1",
        "`=` sets a value and cannot stand in an expression",
        "write `==`",
    ),
    (
        codes::EQUALS_IN_CONDITION,
        Members,
        "event high if v «=» 1 { u = 1 }",
        "`=` sets a value and cannot stand in an expression",
        "write `==`",
    ),
    (
        codes::EQUALS_IN_CONDITION,
        File,
        "set S.w[i «=» 0] = 1",
        "`=` sets a value and cannot stand in an expression",
        "write `==`",
    ),
    (
        codes::EQUALS_IN_CONDITION,
        Expression,
        "v «=» 1",
        "`=` sets a value and cannot stand in an expression",
        "write `==`",
    ),
    (
        codes::MISSING_BRACES,
        Members,
        "on_pre up «g» += w",
        "what belongs to this `on_pre` stands in braces",
        "write `on_pre up { g += w }`",
    ),
    (
        codes::MISSING_BRACES,
        Members,
        "event high if v > 0.5 «count» += 1",
        "what belongs to this `event` stands in braces",
        "`event name if condition { … }`",
    ),
    (
        codes::MISSING_BRACES,
        Members,
        "every 10*ms «I» = rand()",
        "what belongs to this `every` stands in braces",
        "`every interval { … }`",
    ),
    (
        codes::MISSING_BRACES,
        Members,
        "every 10*«ms»",
        "what belongs to this `every` stands in braces",
        "`every interval { … }`",
    ),
    (
        codes::MISSING_BRACES,
        File,
        "model «lif»",
        "what belongs to this `model` stands in braces",
        "write `model lif { … }`",
    ),
    (
        codes::MISSING_BRACES,
        File,
        "poisson_input to P.«v»",
        "what belongs to this `poisson_input` stands in braces",
        "write `poisson_input to P.v { … }`",
    ),
    (codes::MISSING_UNIT, Members, "«x = v + 1»", "the equation for `x` has no unit", "stands outside of the block"),
    (
        codes::MISSING_UNIT,
        Members,
        "«dv/dt = -v/tau»",
        "the equation for `dv/dt` has no unit",
        "end it with a colon and the unit",
    ),
    (
        codes::NOT_A_DERIVATIVE,
        Members,
        "«dv/dx» = 1 : 1",
        "`dv/dx` is not the derivative of a variable with respect to time",
        "write `dv/dt = …`",
    ),
    (
        codes::NOT_A_DERIVATIVE,
        Members,
        "«v/dt» = 1 : 1",
        "`v/dt` is not the derivative of a variable with respect to time",
        "write `dv/dt = …`",
    ),
    (
        codes::QUOTED_CODE,
        Members,
        "reset «\"v = 0\"»",
        "what follows `reset` is written without quotes",
        "write `reset v = 0`",
    ),
    (
        codes::QUOTED_CODE,
        Members,
        "threshold «'v > 1'»",
        "what follows `threshold` is written without quotes",
        "write `threshold v > 1`",
    ),
    (
        codes::QUOTED_CODE,
        File,
        "eqs = «'''\ndv/dt = -v/tau : 1\nw : 1 # it's ''here''\n'''»\nx = 1",
        "equations and code are written without quotes",
        "write these lines into the braces of a block",
    ),
    (codes::UNEXPECTED_BLOCK, Members, "threshold «{» v > 1 }", "a block cannot stand here", "a value expected here"),
    (codes::UNEXPECTED_BLOCK, File, "neurons P «{» x : 1 }", "a block cannot stand here", "`[` expected here"),
    (codes::UNEXPECTED_BLOCK, Statements, "v = 1 «{» u = 1 }", "a block cannot stand here", "code holds no blocks"),
    (
        codes::UNKNOWN_STATEMENT,
        File,
        "P = «NeuronGroup»(1, \"\"\"dv/dt = -v/tau : 1\"\"\", method = \"exact\")",
        "`NeuronGroup` is a call of Brian2, and no function of a model",
        "write `neurons P[1] { dv/dt = -v/tau : 1; method exact }`",
    ),
    (codes::UNKNOWN_STATEMENT, File, "«start_scope»()", "`start_scope` begins no statement", "leave it out"),
    (
        codes::UNKNOWN_STATEMENT,
        File,
        "«plot(M.t/ms, M.v)»",
        "a model draws nothing by itself",
        "draws what is recorded",
    ),
    (codes::UNKNOWN_STATEMENT, File, "«neuron» P[10]", "`neuron` begins no statement", "did you mean `neurons`?"),
    (
        codes::UNKNOWN_STATEMENT,
        Members,
        "«thresold» v > 1",
        "`thresold` begins no statement",
        "did you mean `threshold`?",
    ),
    (
        codes::EQUALS_IN_CONDITION,
        Members,
        "connect i != j and p «=» 0.1",
        "`=` sets a value and cannot stand in an expression",
        "`connect i != j, p = …`",
    ),
    (
        codes::UNEXPECTED,
        Members,
        "connect(p «=» 0.1)",
        "what connects is written without brackets",
        "write `connect p = 0.1`",
    ),
    (codes::UNKNOWN_STATEMENT, Members, "«pre» {v += 1}", "`pre` begins no statement", "did you mean `on_pre`?"),
    (codes::UNKNOWN_STATEMENT, File, "«from» brian2 import *", "`from` begins no statement", "nothing is imported"),
    (codes::UNKNOWN_STATEMENT, File, "«whatever»", "`whatever` begins no statement", "`name = value`"),
    (codes::UNKNOWN_STATEMENT, Statements, "«if» v > 1", "`if` begins no statement", "int(condition)"),
    (codes::UNFINISHED, File, "a = 1 «+»", "the statement ends too early after `+`", "go on with a value"),
    (codes::UNFINISHED, File, "«run»", "the statement ends too early after `run`", "go on with a value"),
    (codes::UNFINISHED, Expression, "«  »", "there is no expression here", "write a value"),
    (codes::WRONG_LEVEL, File, "«threshold» v > 1", "`threshold` cannot stand here", "in the block of a group"),
    (codes::WRONG_LEVEL, Members, "«run» 10*ms", "`run` cannot stand here", "at the top level"),
    (codes::WRONG_LEVEL, Statements, "«reset» v", "`reset` cannot stand here", "in the block of a group itself"),
    (
        codes::WRONG_LEVEL,
        File,
        "«dv/dt = -v/tau : volt»",
        "an equation cannot stand here",
        "put it into the block of a group",
    ),
    (codes::WRONG_LEVEL, File, "«v : volt»", "an equation cannot stand here", "put it into the block of a group"),
    (
        codes::WRONG_LEVEL,
        Statements,
        "«v = 1 : volt»",
        "an equation cannot stand here",
        "the block of the group itself",
    ),
    (codes::WRONG_LEVEL, Members, "«v += 1»", "`v` cannot be changed here", "`reset v += 1`"),
    (codes::WRONG_LEVEL, File, "«v += 1»", "`v` cannot be changed here", "`set P.v = …`"),
    (
        codes::ARGUMENT_ORDER,
        File,
        "a = f(x = 1, «2»)",
        "an argument without a name follows the argument `x`",
        "before those with a name",
    ),
    (codes::RESERVED_WORD, File, "«if» = 3", "`if` is reserved and cannot be a name", "choose another name"),
    (codes::RESERVED_WORD, Members, "«in» : volt", "`in` is reserved and cannot be a name", "choose another name"),
    (codes::RESERVED_WORD, File, "record P.«not»", "`not` is reserved and cannot be a name", "choose another name"),
    (
        codes::ASSIGNMENT_TARGET,
        Statements,
        "«v[0]» = 1",
        "`v[0]` cannot be assigned to in code",
        "`v`, `v_pre`, `v_post`",
    ),
    (codes::ASSIGNMENT_TARGET, Members, "reset «P.v» = 1", "`P.v` cannot be assigned to in code", "by its name"),
];

/// A case's text without its marks, and the bytes between them.
fn unmarked(marked: &str) -> (String, std::ops::Range<usize>) {
    let start = marked.find('«').expect("a case marks a place");
    let end = marked.find('»').expect("a case marks the end of a place") - '«'.len_utf8();
    (marked.replace(['«', '»'], ""), start..end)
}

#[test]
fn each_mistake_is_told_once_where_it_is_with_its_mend() {
    let mut wrong = Vec::new();
    for &(code, read_as, marked, message, help) in CASES {
        let (text, place) = unmarked(marked);
        let found = diagnostics(read_as, &text);
        let as_expected = match found.as_slice() {
            [one] => {
                one.code == code
                    && one.primary.span.range() == place
                    && one.primary.span.source == SOURCE
                    && one.message == message
                    && one.help.iter().any(|line| line.contains(help))
            }
            _ => false,
        };
        if !as_expected {
            wrong.push(format!("{marked:?}, {} expected: {found:#?}", code.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_has_a_case_and_stands_for_one_thing() {
    // Held by `tests/limits.rs`, whose texts are too long for the table; no test has 4 GiB.
    let elsewhere = [codes::NOT_UTF8, codes::TEXT_TOO_LONG, codes::NESTED_TOO_DEEP, codes::EXPRESSION_TOO_LONG];
    for code in codes::ALL {
        let cases = CASES.iter().filter(|case| case.0 == *code).count();
        assert_eq!(cases == 0, elsewhere.contains(code), "{} has {cases} cases", code.id);
        assert_eq!(codes::ALL.iter().filter(|other| other.id == code.id || other.title == code.title).count(), 1);
    }
    assert!(codes::ALL.is_sorted_by_key(|code| code.id));
}

/// Codes and first bytes of all diagnostics.
fn found(read_as: As, text: &str) -> Vec<(&'static str, usize)> {
    diagnostics(read_as, text).iter().map(|one| (one.code.id, one.primary.span.range().start)).collect()
}

#[test]
fn all_mistakes_are_told_at_once() {
    let text = "\
a = 1 +
b = 2ms
neuron X[3]
neurons P[10] {
    dv/dt = -v/tau
    threshold = v > 1
    reset v = 0; u = 1
    on_pre up g += 1
    x : 1
    every 1*ms { a[0] = 1; b = 2; c = = 3 }
    threshold (v > 1
    method exact
}
P.v = 3
record P.v every 10 ms
use 'a.rheo'
c = 3
";
    let at = |written: &str| text.find(written).expect("it is in the text");
    let expected = [
        ("E0120", at("+\n")),
        ("E0003", at("2ms")),
        ("E0119", at("neuron X")),
        ("E0115", at("dv/dt")),
        ("E0108", at("= v > 1")),
        ("E0110", at("u = 1")),
        ("E0114", at("g += 1")),
        ("E0124", at("a[0]")),
        ("E0101", at("= 3 }")),
        ("E0102", at("(v > 1\n")),
        ("E0109", at("P.v = 3")),
        ("E0112", at("10 ms")),
        ("E0008", at("'a.rheo'")),
    ];
    assert_eq!(found(File, text), expected);
    // What has no mistake is read all the same.
    let items = parse(SOURCE, text).file.items;
    let read = items.iter().filter(|item| item.kind != ItemKind::Error).count();
    assert_eq!((items.len(), read), (7, 3), "P, use and c of seven can be read; b is taken for a part of a");
    let ItemKind::Neurons(Group { body: Some(body), .. }) = &items[2].kind else { panic!("P is the third") };
    let read: Vec<_> = body.iter().filter(|member| member.kind != MemberKind::Error).collect();
    assert!(matches!(
        read.iter().map(|member| &member.kind).collect::<Vec<_>>()[..],
        [MemberKind::Reset(_), MemberKind::Equation(_), MemberKind::Every { .. }, MemberKind::Method(_)]
    ));
}

#[test]
fn what_a_mistake_swallows_is_told_with_it() {
    assert_eq!(found(Members, "reset v = 0; u = 1; w += 2\nx : 1"), [("E0110", 13)]);
    assert_eq!(found(Members, "reset v = 0; u = 1 : 1"), []);
    assert_eq!(found(Members, "reset v = 0\nu += 1"), [("E0121", 12)]);
    assert_eq!(found(File, "a = f(\"x, 3)\nb = (1"), [("E0002", 6), ("E0102", 17)]);
    assert_eq!(found(File, "a = $ \n + 3\nb = ?"), [("E0001", 4), ("E0001", 16)]);
    assert_eq!(found(File, "neurons P[3] { x : 1\nreset { v = 0\n"), [("E0104", 27)]);
    assert_eq!(found(File, "neurons P[3] {\nx : 1\n\nmodel m { y : 1 }\na = 2 $"), [("E0104", 13), ("E0001", 46)]);
    assert_eq!(found(File, "a = 1 }\nb = 2ms }"), [("E0103", 6), ("E0003", 12), ("E0103", 16)]);
    assert_eq!(found(File, "eqs = '''\nv : 1\n'''\nneuron X[3]"), [("E0117", 6), ("E0119", 20)]);
}
