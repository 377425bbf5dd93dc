//! What texts mean: how strongly operators bind, which words are keywords where, and that every node has its place.

use grammar::ast::*;
use grammar::{SourceId, parse, parse_block, parse_expression, parse_members, print};

const SOURCE: SourceId = SourceId(0);

/// An expression with brackets around everything that has parts.
fn bracketed(expression: &Expr) -> String {
    match &expression.kind {
        ExprKind::Unary { op: UnaryOp::Not, operand } => format!("(not {})", bracketed(operand)),
        ExprKind::Unary { op: UnaryOp::Negate, operand } => format!("(-{})", bracketed(operand)),
        ExprKind::Unary { op: UnaryOp::Plus, operand } => format!("(+{})", bracketed(operand)),
        ExprKind::Binary { op, left, right, .. } => {
            format!("({} {} {})", bracketed(left), op.symbol(), bracketed(right))
        }
        ExprKind::Group(inner) => bracketed(inner),
        _ => print::expression(expression),
    }
}

#[test]
fn operators_bind_as_in_python() {
    for (text, meaning) in [
        ("-2**2", "(-(2 ** 2))"),
        ("2**-1", "(2 ** (-1))"),
        ("2**3**2", "(2 ** (3 ** 2))"),
        ("2**-3**2", "(2 ** (-(3 ** 2)))"),
        ("a - b - c", "((a - b) - c)"),
        ("a/b*c//d%e", "((((a / b) * c) // d) % e)"),
        ("-a*b", "((-a) * b)"),
        ("a*-b", "(a * (-b))"),
        ("a + b*c", "(a + (b * c))"),
        ("a - -b + +c", "((a - (-b)) + (+c))"),
        ("not a == b", "(not (a == b))"),
        ("not not a", "(not (not a))"),
        ("not a and b or c", "(((not a) and b) or c)"),
        ("a or b and c", "(a or (b and c))"),
        ("a + 1 < b*2 and c", "(((a + 1) < (b * 2)) and c)"),
        ("(a + b)*c", "((a + b) * c)"),
        ("a != b", "(a != b)"),
        ("a.b[0]**2", "(a.b[0] ** 2)"),
    ] {
        let (expression, diagnostics) = parse_expression(SOURCE, text);
        assert_eq!(diagnostics, [], "{text}");
        assert_eq!(bracketed(&expression), meaning, "{text}");
    }
}

#[test]
fn numbers_are_read_as_written() {
    for (text, integer, value) in [
        ("13.", false, 13.0),
        (".5", false, 0.5),
        ("1e-3", false, 1e-3),
        ("1E+3", false, 1e3),
        ("2.5e2", false, 250.0),
        ("42", true, 42.0),
        ("007", true, 7.0),
        ("1e-400", false, 0.0),
    ] {
        let expected = ExprKind::Number(Number { text: text.into(), integer, value });
        assert_eq!(parse_expression(SOURCE, text).0.kind, expected);
    }
}

/// Every word that is a keyword somewhere.
const WORDS: &[&str] = &[
    "at",
    "connect",
    "counts",
    "delay",
    "dt",
    "end",
    "event",
    "every",
    "function",
    "init",
    "last",
    "mean",
    "method",
    "model",
    "multisynaptic_index",
    "n",
    "neurons",
    "on_event",
    "on_post",
    "on_pre",
    "order",
    "period",
    "poisson",
    "poisson_input",
    "print",
    "random",
    "rate",
    "record",
    "refractory",
    "reset",
    "restore",
    "run",
    "set",
    "smooth",
    "spike_source",
    "spikes",
    "store",
    "synapses",
    "threshold",
    "to",
    "use",
    "variance",
    "weight",
    "when",
    "with",
];

#[test]
fn a_keyword_may_be_a_name_wherever_a_name_stands() {
    for word in WORDS {
        let file = format!(
            "{word} = 1\na = {word} + 1\nneurons {word}[{word}]: {word} {{ x : 1 }}\n\
             synapses S: {word} -> {word}.{word}[{word}:]\n\
             poisson_input to {word}.{word} {{ n {word} }}\nfunction {word}({word}: {word}): {word} = {word}({word})\n\
             record {word}.{word}, {word}.{word} at end every {word} with {word}, {word}\n\
             record {word}.{word} smooth {word} {word} every {word} last {word} when {word} order {word} with {word}\n\
             record {word}.{word} counts, {word}.{word} mean, {word}.{word}[{word}] variance every {word} last {word}\n\
             set {word} {{ spikes {word} = {word} }}\n\
             set {word}.{word}[{word} > 1] = {word}\n\
             run {word}\nprint {word}\nb = f({word} = {word})"
        );
        assert_eq!(parse(SOURCE, &file).diagnostics, [], "{file}");
        let members = format!(
            "d{word}/dt = -{word}/dt : 1\n{word} = {word} : {word} ({word})\n{word} : {word} ({word}) = {word}\n\
             {word} : 1\n\
             threshold {word} > 1\nreset {word} = 1\ninit {{ {word} += 1; {word} = {word} }}\nmethod {word}\n\
             event {word} if {word} when {word} order {word} {{ {word} = 1 }}\n\
             every {word} when {word} order {word} {{ {word} = 1 }}\nwhen {word} = {word}\nwhen {word}\n\
             multisynaptic_index {word}\non_pre {word} = {word}\non_pre {word} {{ {word} = 1 }}\n\
             on_event {word} = {word}\non_event {word}\ndelay {word} = {word}\ndelay {word}\norder {word} = 1\n\
             connect {word} = {word} for {word} in {word} if {word}, {word}\nspikes {word} = {word}\nrate {word}"
        );
        let (read, diagnostics) = parse_members(SOURCE, &members);
        assert_eq!(diagnostics, [], "{members}");
        let equations = read.iter().filter(|member| matches!(member.kind, MemberKind::Equation(_))).count();
        assert_eq!((read.len(), equations), (23, 4), "{members}");
    }
}

#[test]
fn the_name_of_a_differential_equation_is_its_variable() {
    let (members, diagnostics) = parse_members(SOURCE, "dv/dt = x : volt\n dd / dt = 1 : 1\nd : 1\nd_v = 1 : 1");
    assert_eq!(diagnostics, []);
    let names: Vec<_> = members
        .iter()
        .map(|member| match &member.kind {
            MemberKind::Equation(Equation { name, .. }) => (name.text.as_ref(), name.span.range()),
            other => panic!("{other:?} is no equation"),
        })
        .collect();
    assert_eq!(names, [("v", 1..2), ("d", 19..20), ("d", 34..35), ("d_v", 40..43)]);
}

#[test]
fn flags_are_words_with_one_space_between_them() {
    let text = "x : volt (unless   refractory, event - driven, constant over dt)";
    let (members, _) = parse_members(SOURCE, text);
    let [Member { kind: MemberKind::Equation(equation), .. }] = members.as_slice() else { panic!("one equation") };
    let flags: Vec<_> = equation.flags.iter().map(|flag| (flag.text.as_ref(), &text[flag.span.range()])).collect();
    assert_eq!(
        flags,
        [
            ("unless refractory", "unless   refractory"),
            ("event-driven", "event - driven"),
            ("constant over dt", "constant over dt")
        ]
    );
}

#[test]
fn code_may_have_braces_and_the_builders_has_none() {
    let (block, diagnostics) = parse_block(SOURCE, "v = 0; u **= 2\nw //= d\n");
    assert_eq!(diagnostics, []);
    assert!(!block.braces);
    assert_eq!(block.span.range(), 0..23);
    let ops: Vec<_> = block.statements.iter().map(|one| (one.target.text.as_ref(), one.op)).collect();
    let with = AssignOp::With;
    assert_eq!(ops, [("v", AssignOp::Set), ("u", with(BinaryOp::Power)), ("w", with(BinaryOp::FloorDivide))]);
    let (members, _) = parse_members(SOURCE, "reset v = 0\nreset { v = 0 }\nreset { }");
    let blocks: Vec<_> = members
        .iter()
        .map(|member| match &member.kind {
            MemberKind::Reset(block) => (block.statements.len(), block.braces, block.span.range()),
            other => panic!("{other:?} is no reset"),
        })
        .collect();
    assert_eq!(blocks, [(1, false, 6..11), (1, true, 18..27), (0, true, 34..37)]);
}

#[test]
fn an_expression_for_a_builder_may_have_several_lines() {
    let (expression, diagnostics) = parse_expression(SOURCE, "a\n  b");
    assert_eq!(diagnostics.len(), 1);
    assert_eq!(expression.kind, ExprKind::Error);
    let (expression, diagnostics) = parse_expression(SOURCE, "\n a > 1 # why\n and b\n");
    assert_eq!(diagnostics, []);
    assert_eq!(expression.span.range(), 2..20);
}

#[test]
fn every_node_has_its_place() {
    let text = "\u{feff}P = Q[:3]\nneurons G[2*N]: lif {\n  x : 1 (shared) = -0.5\n  on_pre up { v += w }\n  \
                connect j = k for k in f(i, p = 1) if k != i, all\n}\nrecord G.v[0, 1:2] at end every 1*ms with a\n";
    let expected = r"definition 3..12
  name P 3..4
  index 7..12
    value Q 7..8
    slice 9..11
      stop 10..11
        number 3 10..11
neurons 13..135
  name G 21..22
  size 23..26
    operator * 23..26
      number 2 23..24
      value N 25..26
  model lif 29..32
  parameter 37..58
    name x 37..38
    default 54..58
      sign - 54..58
        number 0.5 55..58
    unit 41..42
      number 1 41..42
    flag shared 44..50
  on_pre 61..81
    pathway up 68..70
    code 71..81
      assign += 73..79
        name v 73..74
        value w 78..79
  connect 84..133
    name j 92..93
    value k 96..97
    generator 98..128
      for k 102..103
      in 107..118
        call f 107..118
          value i 109..110
          argument p 112..113
          number 1 116..117
      if 122..128
        operator != 122..128
          value k 122..123
          value i 127..128
    value all 130..133
record 136..179
  target at end 143..161
    index 143..154
      member v 143..146
        value G 143..144
      number 0 147..148
      slice 150..153
        start 150..151
          number 1 150..151
        stop 152..153
          number 2 152..153
  every 168..172
    operator * 168..172
      number 1 168..169
      value ms 170..172
  with a 178..179
";
    let parsed = parse(SOURCE, text);
    assert_eq!(parsed.diagnostics, []);
    assert_eq!(print::tree(&parsed.file), expected);
}

#[test]
fn an_operator_has_its_place() {
    for (text, place) in [("a  and b", 3..6), ("(a) ** b", 4..6), ("a<=b", 1..3), ("a//b", 1..3), ("a - b", 2..3)] {
        let (expression, _) = parse_expression(SOURCE, text);
        let ExprKind::Binary { op_span, .. } = expression.kind else { panic!("{text} has an operator") };
        assert_eq!(op_span.range(), place, "{text}");
    }
}

#[test]
fn a_mended_mistake_is_read_as_what_was_meant() {
    for (text, meaning) in [
        ("10ms + a", "((10 * ms) + a)"),
        ("a^2", "(a ** 2)"),
        ("a && b || !c", "((a and b) or (not c))"),
        ("a & b | c", "((a and b) or c)"),
        ("a <> b", "(a != b)"),
    ] {
        assert_eq!(bracketed(&parse_expression(SOURCE, text).0), meaning);
    }
}
