//! Strategies for syntax trees: every tree that some text means, with spans of zero and brackets where the text needs
//! them.

use grammar::Span;
use grammar::ast::*;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// Names, those that are keywords elsewhere among them.
const NAMES: &[&str] = &[
    "v",
    "x1",
    "_a",
    "d",
    "dv",
    "i",
    "N",
    "rate",
    "event",
    "count",
    "method",
    "delay",
    "n",
    "record",
    "run",
    "set",
    "dt",
    "every",
    "with",
    "at",
    "end",
    "to",
    "random",
    "threshold",
    "reset",
    "neurons",
    "synapses",
    "store",
    "all",
    "print",
    "spikes",
    "sweep",
    "report",
    "seeds",
    "last",
];
const FLAGS: &[&str] = &["unless refractory", "event-driven", "constant over dt", "shared", "constant"];

fn name() -> impl Strategy<Value = Name> {
    prop::sample::select(NAMES).prop_map(|text| Name { text: text.into(), span: Span::default() })
}

fn quoted() -> impl Strategy<Value = Name> {
    "[^\"\r\n\\PC]{0,6}".prop_map(|text| Name { text: text.into(), span: Span::default() })
}

fn expr(kind: ExprKind) -> Expr {
    Expr { kind, span: Span::default() }
}

fn number() -> impl Strategy<Value = Expr> {
    let written = prop_oneof!["[0-9]{1,4}", "[0-9]{1,3}\\.[0-9]{0,2}", "\\.[0-9]{1,3}", "[0-9]{1,2}e[+-]?[0-9]{1,2}"];
    written.prop_map(|text: String| {
        let integer = text.bytes().all(|byte| byte.is_ascii_digit());
        let value = text.parse().expect("the pattern makes numbers");
        expr(ExprKind::Number(Number { text: text.into(), integer, value }))
    })
}

fn named() -> impl Strategy<Value = Expr> {
    name().prop_map(|name| expr(ExprKind::Name(name.text)))
}

/// How strongly an expression holds together: the precedence of the language's description, loosest first.
fn strength(expression: &Expr) -> u8 {
    match &expression.kind {
        ExprKind::Binary { op, .. } => match op {
            BinaryOp::Or => 0,
            BinaryOp::And => 1,
            BinaryOp::Add | BinaryOp::Subtract => 4,
            BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::FloorDivide | BinaryOp::Remainder => 5,
            BinaryOp::Power => 7,
            _ => 3,
        },
        ExprKind::Unary { op: UnaryOp::Not, .. } => 2,
        ExprKind::Unary { .. } => 6,
        ExprKind::Number(_) | ExprKind::Boolean(_) | ExprKind::Text(_) => 8,
        _ => 9,
    }
}

/// The expression, in brackets if it is weaker than `needed`.
fn at_least(needed: u8, expression: Expr) -> Box<Expr> {
    Box::new(if strength(&expression) < needed { expr(ExprKind::Group(Box::new(expression))) } else { expression })
}

fn binary(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    let (left_needs, right_needs) = match op {
        BinaryOp::Or => (0, 1),
        BinaryOp::And => (1, 2),
        BinaryOp::Add | BinaryOp::Subtract => (4, 5),
        BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::FloorDivide | BinaryOp::Remainder => (5, 6),
        BinaryOp::Power => (8, 6),
        _ => (4, 4),
    };
    let (left, right) = (at_least(left_needs, left), at_least(right_needs, right));
    expr(ExprKind::Binary { op, op_span: Span::default(), left, right })
}

fn operator() -> impl Strategy<Value = BinaryOp> {
    use BinaryOp::*;
    prop::sample::select(vec![
        Add,
        Subtract,
        Multiply,
        Divide,
        FloorDivide,
        Remainder,
        Power,
        Less,
        LessEqual,
        Greater,
        GreaterEqual,
        Equal,
        NotEqual,
        And,
        Or,
    ])
}

fn unary(op: UnaryOp, operand: Expr) -> Expr {
    let operand = at_least(if op == UnaryOp::Not { 2 } else { 6 }, operand);
    expr(ExprKind::Unary { op, operand })
}

/// An expression.
pub(crate) fn expression() -> BoxedStrategy<Expr> {
    let leaf = prop_oneof![number(), named(), any::<bool>().prop_map(|value| expr(ExprKind::Boolean(value)))];
    let recursive = leaf.prop_recursive(5, 24, 3, |inner| {
        let sign = prop::sample::select(vec![UnaryOp::Negate, UnaryOp::Plus, UnaryOp::Not]);
        prop_oneof![
            4 => (operator(), inner.clone(), inner.clone()).prop_map(|(op, left, right)| binary(op, left, right)),
            2 => (sign, inner.clone()).prop_map(|(op, operand)| unary(op, operand)),
            1 => inner.clone().prop_map(|inner| expr(ExprKind::Group(Box::new(inner)))),
            1 => vec(inner.clone(), 0..3).prop_map(|items| expr(ExprKind::List(items))),
            1 => (name(), arguments(inner.clone(), 0)).prop_map(|(function, arguments)| {
                expr(ExprKind::Call { function, arguments })
            }),
            1 => (inner.clone(), name()).prop_map(|(base, name)| {
                expr(ExprKind::Member { base: at_least(9, base), name })
            }),
            1 => (inner.clone(), indices(inner)).prop_map(|(base, items)| {
                expr(ExprKind::Index { base: at_least(9, base), items })
            }),
        ]
    });
    recursive.boxed()
}

/// Arguments, those with a name last; texts stand here and nowhere else.
fn arguments(
    value: impl Strategy<Value = Expr> + Clone + 'static,
    least: usize,
) -> impl Strategy<Value = Vec<Argument>> {
    let value = prop_oneof![4 => value, 1 => quoted().prop_map(|text| expr(ExprKind::Text(text.text)))].boxed();
    let plain = value.clone().prop_map(|value| Argument { name: None, value });
    let with_name = (name(), value).prop_map(|(name, value)| Argument { name: Some(name), value });
    (vec(plain, least..3), vec(with_name, 0..2)).prop_map(|(mut plain, named)| {
        plain.extend(named);
        plain
    })
}

fn indices(value: impl Strategy<Value = Expr> + Clone + 'static) -> impl Strategy<Value = Vec<IndexItem>> {
    let part = || option::of(value.clone());
    let slice = (part(), part(), part()).prop_map(|(start, stop, step)| IndexItem::Slice {
        start,
        stop,
        step,
        span: Span::default(),
    });
    vec(prop_oneof![value.prop_map(IndexItem::At), slice], 1..3)
}

/// `P`, `P.v`, `P.v[…]`
fn place() -> impl Strategy<Value = Expr> {
    (named(), option::of(name()), option::of(indices(expression()))).prop_map(|(mut place, member, items)| {
        if let Some(name) = member {
            place = expr(ExprKind::Member { base: Box::new(place), name });
        }
        if let Some(items) = items {
            place = expr(ExprKind::Index { base: Box::new(place), items });
        }
        place
    })
}

fn unit() -> BoxedStrategy<Expr> {
    let exponent = prop_oneof![
        number(),
        number().prop_map(|number| unary(UnaryOp::Negate, number)),
        expression().prop_map(|inner| expr(ExprKind::Group(at_least(4, inner)))),
    ];
    let atom = prop_oneof![named(), number()];
    let power = (atom, option::of(exponent)).prop_map(|(base, exponent)| match exponent {
        Some(exponent) => binary(BinaryOp::Power, base, exponent),
        None => base,
    });
    let recursive = power.prop_recursive(2, 6, 2, |inner| {
        let op = prop::sample::select(vec![BinaryOp::Multiply, BinaryOp::Divide]);
        prop_oneof![
            (op, inner.clone(), inner.clone()).prop_map(|(op, left, right)| binary(op, left, right)),
            inner.prop_map(|inner| expr(ExprKind::Group(Box::new(inner)))),
        ]
    });
    recursive.boxed()
}

fn statement() -> impl Strategy<Value = Statement> {
    use BinaryOp::*;
    let op = prop::sample::select(vec![
        AssignOp::Set,
        AssignOp::With(Add),
        AssignOp::With(Subtract),
        AssignOp::With(Multiply),
        AssignOp::With(Divide),
        AssignOp::With(FloorDivide),
        AssignOp::With(Remainder),
        AssignOp::With(Power),
    ]);
    (name(), op, expression()).prop_map(|(target, op, value)| Statement { target, op, value, span: Span::default() })
}

fn braces() -> impl Strategy<Value = Block> {
    vec(statement(), 0..3).prop_map(|statements| Block { statements, braces: true, span: Span::default() })
}

/// In braces, or one statement without.
fn code() -> impl Strategy<Value = Block> {
    let one = statement().prop_map(|one| Block { statements: vec![one], braces: false, span: Span::default() });
    prop_oneof![braces(), one]
}

/// Code with the name of a pathway, which needs braces, or without.
fn pathway() -> impl Strategy<Value = (Option<Name>, Block)> {
    prop_oneof![(name().prop_map(Some), braces()), (Just(None), code())]
}

fn equation() -> impl Strategy<Value = MemberKind> {
    let kind = prop_oneof![
        expression().prop_map(EquationKind::Differential),
        expression().prop_map(EquationKind::Subexpression),
        option::of(expression()).prop_map(EquationKind::Parameter),
    ];
    let flag = prop::sample::select(FLAGS).prop_map(|text| Name { text: text.into(), span: Span::default() });
    (name(), kind, unit(), vec(flag, 0..3))
        .prop_map(|(name, kind, unit, flags)| MemberKind::Equation(Equation { name, kind, unit, flags }))
}

fn connect_part() -> impl Strategy<Value = ConnectPart> {
    let generator = (option::of((name(), expression())), option::of(expression())).prop_map(|(each, condition)| {
        (each.is_some() || condition.is_some()).then(|| Generator { each, condition, span: Span::default() })
    });
    prop_oneof![
        expression().prop_map(ConnectPart::Plain),
        (name(), expression(), generator).prop_map(|(name, value, generator)| ConnectPart::Named {
            name,
            value,
            generator
        }),
    ]
}

/// A statement of a block.
pub(crate) fn member() -> impl Strategy<Value = Member> {
    let with_value = prop_oneof![
        expression().prop_map(MemberKind::Threshold),
        expression().prop_map(MemberKind::Refractory),
        expression().prop_map(MemberKind::Dt),
        expression().prop_map(MemberKind::Rate),
        expression().prop_map(MemberKind::Count),
        expression().prop_map(MemberKind::Weight),
        expression().prop_map(MemberKind::Period),
    ];
    let with_code = prop_oneof![
        code().prop_map(MemberKind::Reset),
        code().prop_map(MemberKind::Init),
        (name(), expression(), turn(), option::of(braces()))
            .prop_map(|(name, condition, turn, body)| MemberKind::Event { name, condition, turn, body }),
        (expression(), turn(), braces()).prop_map(|(interval, turn, body)| MemberKind::Every { interval, turn, body }),
        pathway().prop_map(|(pathway, body)| MemberKind::OnPre { pathway, body }),
        pathway().prop_map(|(pathway, body)| MemberKind::OnPost { pathway, body }),
    ];
    let others = prop_oneof![
        name().prop_map(MemberKind::Method),
        (option::of(name()), name()).prop_map(|(pathway, event)| MemberKind::OnEvent { pathway, event }),
        (option::of(name()), expression()).prop_map(|(of, value)| MemberKind::Order { of, value }),
        (option::of(name()), name()).prop_map(|(of, slot)| MemberKind::When { of, slot }),
        name().prop_map(MemberKind::MultisynapticIndex),
        (option::of(name()), expression()).prop_map(|(pathway, value)| MemberKind::Delay { pathway, value }),
        vec(connect_part(), 1..3).prop_map(MemberKind::Connect),
        arguments(expression(), 1).prop_map(MemberKind::Spikes),
    ];
    prop_oneof![equation(), with_value, with_code, others].prop_map(|kind| Member { kind, span: Span::default() })
}

fn turn() -> impl Strategy<Value = Turn> {
    (option::of(name()), option::of(expression())).prop_map(|(when, order)| Turn { when, order })
}

fn body() -> impl Strategy<Value = Vec<Member>> {
    vec(member(), 0..4)
}

fn group() -> impl Strategy<Value = Group> {
    (name(), expression(), option::of(name()), option::of(body())).prop_map(|(name, size, model, body)| Group {
        name,
        size,
        model,
        body,
    })
}

fn declaration() -> impl Strategy<Value = ItemKind> {
    let parameter = (name(), unit()).prop_map(|(name, unit)| Parameter { name, unit });
    prop_oneof![
        (name(), expression()).prop_map(|(name, value)| ItemKind::Definition { name, value }),
        group().prop_map(ItemKind::Neurons),
        group().prop_map(ItemKind::Poisson),
        group().prop_map(ItemKind::SpikeSource),
        (name(), place(), place(), option::of(name()), option::of(body()))
            .prop_map(|(name, source, target, model, body)| ItemKind::Synapses { name, source, target, model, body }),
        (place(), body()).prop_map(|(target, body)| ItemKind::PoissonInput { target, body }),
        (name(), body()).prop_map(|(name, body)| ItemKind::Model { name, body }),
        (name(), vec(parameter, 0..3), unit(), expression())
            .prop_map(|(name, parameters, unit, value)| ItemKind::Function { name, parameters, unit, value }),
        quoted().prop_map(|path| ItemKind::Use { path }),
    ]
}

/// What stands at the top level and in the body of a sweep.
fn step() -> impl Strategy<Value = ItemKind> {
    prop_oneof![
        expression().prop_map(|duration| ItemKind::Run { duration }),
        (place(), expression()).prop_map(|(place, value)| ItemKind::Set { place, value }),
        (place(), body()).prop_map(|(place, body)| ItemKind::SetSpikes { place, body }),
        option::of(quoted()).prop_map(|name| ItemKind::Store { name }),
        (option::of(quoted()), any::<bool>()).prop_map(|(name, random)| ItemKind::Restore { name, random }),
        expression().prop_map(|value| ItemKind::Print { value }),
    ]
}

fn sweep() -> impl Strategy<Value = ItemKind> {
    let axis = (name(), expression()).prop_map(|(name, values)| Axis { name, values });
    let report = (vec(expression(), 1..3), option::of(expression()))
        .prop_map(|(measures, last)| ItemKind::Report { measures, last });
    let item = prop_oneof![step(), report].prop_map(|kind| Item { kind, span: Span::default() });
    (vec(axis, 1..3), option::of(name()), vec(item, 0..3)).prop_map(|(axes, seeds, body)| ItemKind::Sweep {
        axes,
        seeds,
        body,
    })
}

fn order() -> impl Strategy<Value = ItemKind> {
    use RecordForm::{All, AtEnd, Counts, Mean, Variance};
    let form = prop_oneof![Just(All), Just(AtEnd), Just(Counts), Just(Mean), Just(Variance)];
    let target = (place(), form).prop_map(|(place, form)| RecordTarget { place, form, span: Span::default() });
    let times = (option::of(expression()), option::of(expression()));
    let smooth = (name(), expression()).prop_map(|(window, width)| Smooth { window, width });
    prop_oneof![
        1 => (vec(target, 1..3), option::of(smooth), times, turn(), vec(name(), 0..3)).prop_map(
            |(targets, smooth, (every, last), turn, with)| ItemKind::Record {
                targets,
                smooth,
                every,
                last,
                turn,
                with
            }
        ),
        4 => step(),
        1 => sweep(),
    ]
}

/// A whole text.
pub(crate) fn file() -> impl Strategy<Value = File> {
    let item = prop_oneof![declaration(), order()].prop_map(|kind| Item { kind, span: Span::default() });
    vec(item, 0..5).prop_map(|items| File { items })
}
