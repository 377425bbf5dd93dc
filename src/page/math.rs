//! Expressions as MathML, which browsers typeset themselves.
//!
//! In: syntax trees, whose parentheses are those of the text. Out: markup in which every name and text is escaped.
//! Fractions and exponents need no parentheses and lose them; everything else keeps its own. A quotient of a quotient has
//! one line: `a/b/c` is a over b⋅c.

use crate::units;
use grammar::ast::{Argument, AssignOp, BinaryOp, Expr, ExprKind, IndexItem, Statement, UnaryOp};
use maud::{Markup, html};

/// Names of Greek letters, and the letters.
const GREEK: [(&str, &str); 25] = [
    ("alpha", "α"),
    ("beta", "β"),
    ("gamma", "γ"),
    ("delta", "δ"),
    ("epsilon", "ε"),
    ("zeta", "ζ"),
    ("eta", "η"),
    ("theta", "θ"),
    ("kappa", "κ"),
    ("lambda", "λ"),
    ("mu", "μ"),
    ("nu", "ν"),
    ("xi", "ξ"),
    ("pi", "π"),
    ("rho", "ρ"),
    ("sigma", "σ"),
    ("tau", "τ"),
    ("phi", "φ"),
    ("chi", "χ"),
    ("psi", "ψ"),
    ("omega", "ω"),
    ("Delta", "Δ"),
    ("Gamma", "Γ"),
    ("Sigma", "Σ"),
    ("Omega", "Ω"),
];

/// A letter's name as long as this may be followed by an index at once: `taum` is τ with the index m, `number` has no ν
/// in it.
const LONG: usize = 3;

/// An index that follows at once is no longer than this.
const LONGEST_INDEX: usize = 4;

/// A list of more entries than this is shortened.
const MOST_ENTRIES: usize = 8;

/// A sum of more characters than this in the text may be broken before its terms.
const LONGEST_LINE: u32 = 72;

/// A whole formula.
pub(super) fn formula(inner: Markup) -> Markup {
    html! { math displaystyle="true" { mrow { (inner) } } }
}

/// `dx/dt`
pub(super) fn derivative(name: &str) -> Markup {
    html! { mfrac { mrow { mi mathvariant="normal" { "d" } (identifier(name)) } mrow { mi mathvariant="normal" { "d" } mi { "t" } } } }
}

/// `left = right` as a formula; a long sum as several, one for each term, so that browsers, which break no formula, have
/// places for new lines.
pub(super) fn equation(left: Markup, right: &Expr) -> Markup {
    let mut terms = Vec::new();
    let first = if right.span.end - right.span.start > LONGEST_LINE { apart(right, &mut terms) } else { right };
    html! {
        (formula(equal(left, first)))
        @for (op, term) in terms { " " (formula(html! { mo form="infix" { (symbol(op)) } (expression(term)) })) }
    }
}

/// The terms of a sum behind the first, which is given back.
fn apart<'a>(sum: &'a Expr, terms: &mut Vec<(BinaryOp, &'a Expr)>) -> &'a Expr {
    match &sum.kind {
        ExprKind::Binary { op: op @ (BinaryOp::Add | BinaryOp::Subtract), left, right, .. } => {
            let first = apart(left, terms);
            terms.push((*op, right));
            first
        }
        _ => sum,
    }
}

/// `left = right`
pub(super) fn equal(left: Markup, right: &Expr) -> Markup {
    html! { (left) mo { "=" } (whole(right)) }
}

/// An expression that stands alone: cases below each other, which between others would not say where they end.
fn whole(expression: &Expr) -> Markup {
    let ExprKind::Call { function, arguments } = &expression.kind else { return self::expression(expression) };
    let ("where", [condition, one, other]) = (&*function.text, arguments.as_slice()) else {
        return self::expression(expression);
    };
    let case = |value: &Argument, when: Markup| html! { mtr { mtd { (bare(&value.value)) } mtd { (when) } } };
    let holds = html! { mtext { "if " } (bare(&condition.value)) };
    html! {
        mrow {
            mo stretchy="true" symmetric="false" { "{" }
            mtable { (case(one, holds)) (case(other, html! { mtext { "otherwise" } })) }
        }
    }
}

/// `target ← value`, `target += value`; of what is no sum, `target ← target⋅value`.
pub(super) fn statement(statement: &Statement) -> Markup {
    let (target, value) = (identifier(&statement.target.text), &statement.value);
    match statement.op {
        AssignOp::Set => html! { (target) mo { "←" } (whole(value)) },
        AssignOp::With(op @ (BinaryOp::Add | BinaryOp::Subtract)) => {
            html! { (target) mo { (symbol(op)) "=" } (expression(value)) }
        }
        AssignOp::With(op) => {
            let changed = match op {
                BinaryOp::Divide => quotient(&target, value),
                BinaryOp::FloorDivide => floored(quotient(&target, value)),
                BinaryOp::Power => html! { msup { (target) mrow { (bare(value)) } } },
                _ => html! { mrow { (target) mo { (symbol(op)) } (factor(value)) } },
            };
            html! { (target) mo { "←" } (changed) }
        }
    }
}

/// A name: Greek letters as such, what follows `_` as an index.
pub(super) fn identifier(name: &str) -> Markup {
    let (base, index) = parted(name);
    let letter = GREEK.iter().find(|(spelled, _)| *spelled == base).map_or(base, |(_, letter)| *letter);
    match index {
        "" => html! { mi { (letter) } },
        index => html! { msub { mi { (letter) } mtext { (index.replace('_', ",")) } } },
    }
}

/// A name and its index: `tau_m` and `taum` are `tau` and `m`.
fn parted(name: &str) -> (&str, &str) {
    if let Some((base, index)) = name.split_once('_').filter(|(base, index)| !base.is_empty() && !index.is_empty()) {
        return (base, index);
    }
    let letter = |(spelled, _): &(&str, &str)| {
        let index = name.strip_prefix(spelled)?;
        let fits = spelled.len() > LONG || *spelled == "tau";
        (fits && (1..=LONGEST_INDEX).contains(&index.len())).then(|| name.split_at(spelled.len()))
    };
    GREEK.iter().find_map(letter).unwrap_or((name, ""))
}

/// An expression.
pub(super) fn expression(expression: &Expr) -> Markup {
    match &expression.kind {
        ExprKind::Number(number) => self::number(&number.text),
        ExprKind::Boolean(value) => html! { mi { (if *value { "true" } else { "false" }) } },
        ExprKind::Text(text) => html! { mtext { "“" (text) "”" } },
        ExprKind::Name(name) => self::name(name),
        ExprKind::Unary { op, operand } => {
            let sign = match op {
                UnaryOp::Negate => "−",
                UnaryOp::Plus => "+",
                UnaryOp::Not => "¬",
            };
            html! { mrow { mo { (sign) } (self::expression(operand)) } }
        }
        ExprKind::Binary { op, left, right, .. } => binary(*op, left, right),
        ExprKind::Call { function, arguments } => call(&function.text, arguments),
        ExprKind::Member { base, name } => {
            html! { mrow { (self::expression(base)) mo { "." } (identifier(&name.text)) } }
        }
        ExprKind::Index { base, items } => {
            html! { mrow { (self::expression(base)) mo { "[" } (separated(items.iter().map(item))) mo { "]" } } }
        }
        ExprKind::List(entries) => list(entries),
        ExprKind::Group(inner) => fenced(is_tall(inner), self::expression(inner)),
        ExprKind::Error => html! { mtext { "?" } },
    }
}

/// `5e-5` is 5⋅10⁻⁵.
fn number(text: &str) -> Markup {
    let Some((digits, power)) = text.split_once(['e', 'E']) else { return html! { mn { (text) } } };
    let power = power.trim_start_matches('+').replace('-', "−");
    html! { mrow { mn { (digits) } mo { "⋅" } msup { mn { "10" } mn { (power) } } } }
}

fn name(name: &str) -> Markup {
    match units::unit(name) {
        Some(_) => html! { mi mathvariant="normal" { (name) } },
        None => identifier(name),
    }
}

fn binary(op: BinaryOp, left: &Expr, right: &Expr) -> Markup {
    match op {
        BinaryOp::Divide => fraction(left, right),
        BinaryOp::FloorDivide => floored(quotient(&bare(left), right)),
        BinaryOp::Power => html! { msup { mrow { (expression(left)) } mrow { (bare(right)) } } },
        BinaryOp::Multiply if is_unit(right) => {
            html! { mrow { (expression(left)) mspace width="0.17em" {} (expression(right)) } }
        }
        _ => html! { mrow { (expression(left)) mo { (symbol(op)) } (expression(right)) } },
    }
}

/// A quotient; of one, all that divides it is below one line.
fn fraction(left: &Expr, right: &Expr) -> Markup {
    let (mut above, mut below) = (left, vec![right]);
    while let ExprKind::Binary { op: BinaryOp::Divide, left, right, .. } = &above.kind {
        below.push(right);
        above = left;
    }
    match below.as_slice() {
        [one] => quotient(&bare(above), one),
        all => {
            let factors = all.iter().rev().enumerate();
            let product = html! { @for (place, one) in factors { @if place > 0 { mo { "⋅" } } (factor(one)) } };
            html! { mfrac { mrow { (bare(above)) } mrow { (product) } } }
        }
    }
}

fn quotient(above: &Markup, below: &Expr) -> Markup {
    html! { mfrac { mrow { (above) } mrow { (bare(below)) } } }
}

fn floored(inner: Markup) -> Markup {
    html! { mrow { mo { "⌊" } (inner) mo { "⌋" } } }
}

/// As one factor among others: a sum in parentheses.
fn factor(expression: &Expr) -> Markup {
    let inner = self::expression(expression);
    let loose = match &expression.kind {
        ExprKind::Binary { op, .. } => !matches!(op, BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Power),
        ExprKind::Unary { .. } => true,
        _ => false,
    };
    if loose { fenced(is_tall(expression), inner) } else { inner }
}

/// Without the parentheses around it.
fn bare(expression: &Expr) -> Markup {
    match &expression.kind {
        ExprKind::Group(inner) => bare(inner),
        _ => self::expression(expression),
    }
}

/// A unit, or a power of one.
fn is_unit(expression: &Expr) -> bool {
    match &expression.kind {
        ExprKind::Name(name) => units::unit(name).is_some(),
        ExprKind::Binary { op: BinaryOp::Power, left, .. } => is_unit(left),
        _ => false,
    }
}

fn symbol(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Subtract => "−",
        BinaryOp::Multiply => "⋅",
        BinaryOp::Remainder => "mod",
        BinaryOp::LessEqual => "≤",
        BinaryOp::GreaterEqual => "≥",
        BinaryOp::Equal => "=",
        BinaryOp::NotEqual => "≠",
        BinaryOp::And => "∧",
        BinaryOp::Or => "∨",
        other => other.symbol(),
    }
}

fn call(function: &str, arguments: &[Argument]) -> Markup {
    match (function, arguments) {
        ("sqrt", [one]) => html! { msqrt { (bare(&one.value)) } },
        ("abs", [one]) => html! { mrow { mo { "|" } (bare(&one.value)) mo { "|" } } },
        ("exp", [one]) if is_short(&one.value) => {
            html! { msup { mi mathvariant="normal" { "e" } mrow { (bare(&one.value)) } } }
        }
        _ => {
            let tall = arguments.iter().any(|argument| is_tall(&argument.value));
            html! { mrow { mi { (function) } (fenced(tall, separated(arguments.iter().map(argument)))) } }
        }
    }
}

/// Between parentheses, which grow with what is tall between them.
fn fenced(tall: bool, inner: Markup) -> Markup {
    let side = |sign: &str| match tall {
        true => html! { mo stretchy="true" symmetric="false" { (sign) } },
        false => html! { mo stretchy="false" { (sign) } },
    };
    html! { mrow { (side("(")) (inner) (side(")")) } }
}

/// Whether there is a fraction in it.
fn is_tall(expression: &Expr) -> bool {
    match &expression.kind {
        ExprKind::Binary { op: BinaryOp::Divide | BinaryOp::FloorDivide, .. } => true,
        ExprKind::Binary { left, right, .. } => is_tall(left) || is_tall(right),
        ExprKind::Unary { operand, .. } => is_tall(operand),
        ExprKind::Group(inner) => is_tall(inner),
        ExprKind::Call { arguments, .. } => arguments.iter().any(|argument| is_tall(&argument.value)),
        _ => false,
    }
}

/// What can stand in an exponent and still be read.
fn is_short(expression: &Expr) -> bool {
    match &expression.kind {
        ExprKind::Number(_) | ExprKind::Name(_) => true,
        ExprKind::Unary { operand, .. } => is_short(operand),
        ExprKind::Group(inner) => is_short(inner),
        ExprKind::Binary { op: BinaryOp::Divide, left, right, .. } => is_short(left) && is_short(right),
        _ => false,
    }
}

fn argument(argument: &Argument) -> Markup {
    match &argument.name {
        Some(name) => equal(identifier(&name.text), &argument.value),
        None => expression(&argument.value),
    }
}

fn item(item: &IndexItem) -> Markup {
    match item {
        IndexItem::At(index) => expression(index),
        IndexItem::Slice { start, stop, step, .. } => {
            let side = |side: &Option<Expr>| side.as_ref().map(expression).unwrap_or_default();
            let step = step.as_ref().map(|step| html! { mo { ":" } (expression(step)) }).unwrap_or_default();
            html! { (side(start)) mo { ":" } (side(stop)) (step) }
        }
    }
}

fn list(entries: &[Expr]) -> Markup {
    let shown = entries.iter().take(MOST_ENTRIES).map(expression);
    let more = entries.len() > MOST_ENTRIES;
    html! {
        mrow {
            mo { "[" } (separated(shown))
            @if more { mo { "," } mo { "…" } mtext { " (" (entries.len()) " entries)" } }
            mo { "]" }
        }
    }
}

fn separated(parts: impl Iterator<Item = Markup>) -> Markup {
    html! { @for (place, part) in parts.enumerate() { @if place > 0 { mo separator="true" { "," } } (part) } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use grammar::SourceId;

    fn typeset(text: &str) -> String {
        let (tree, wrong) = grammar::parse_expression(SourceId::default(), text);
        assert!(wrong.is_empty(), "{text}");
        expression(&tree).into_string()
    }

    #[test]
    fn quotients_are_fractions_without_parentheses() {
        let row = "<mrow><mi>a</mi><mo>−</mo><mi>b</mi></mrow>";
        let (open, close) = ("<mo stretchy=\"false\">(</mo>", "<mo stretchy=\"false\">)</mo>");
        assert_eq!(
            typeset("(a - b)/tau_m"),
            format!("<mfrac><mrow>{row}</mrow><mrow><msub><mi>τ</mi><mtext>m</mtext></msub></mrow></mfrac>")
        );
        assert_eq!(typeset("(a - b)*c"), format!("<mrow><mrow>{open}{row}{close}</mrow><mo>⋅</mo><mi>c</mi></mrow>"));
    }

    #[test]
    fn quotients_of_quotients_have_one_line() {
        let fraction = |above: &str, below: &str| format!("<mfrac><mrow>{above}</mrow><mrow>{below}</mrow></mfrac>");
        assert_eq!(typeset("a/b/c"), fraction("<mi>a</mi>", "<mi>b</mi><mo>⋅</mo><mi>c</mi>"));
        let sum = typeset("(b + 1)");
        assert_eq!(typeset("a/(b + 1)/c"), fraction("<mi>a</mi>", &format!("{sum}<mo>⋅</mo><mi>c</mi>")));
        let inner = fraction("<mi>b</mi>", "<mi>c</mi>");
        assert_eq!(typeset("a/(b/c)"), fraction("<mi>a</mi>", &inner));
    }

    #[test]
    fn assignments_say_what_becomes_of_the_variable() {
        let assigned = |text: &str| {
            let (block, wrong) = grammar::parse_block(SourceId::default(), text);
            assert!(wrong.is_empty(), "{text}: {wrong:?}");
            statement(&block.statements[0]).into_string()
        };
        let (x, y) = ("<mi>x</mi>", "<mi>y</mi>");
        let becomes = |value: &str| format!("{x}<mo>←</mo>{value}");
        let sum = typeset("(y + 1)");
        for (text, expected) in [
            ("x = y", becomes(y)),
            ("x += y", format!("{x}<mo>+=</mo>{y}")),
            ("x -= y", format!("{x}<mo>−=</mo>{y}")),
            ("x *= y", becomes(&format!("<mrow>{x}<mo>⋅</mo>{y}</mrow>"))),
            ("x *= y + 1", becomes(&format!("<mrow>{x}<mo>⋅</mo>{sum}</mrow>"))),
            ("x /= y", becomes(&format!("<mfrac><mrow>{x}</mrow><mrow>{y}</mrow></mfrac>"))),
            ("x **= y", becomes(&format!("<msup>{x}<mrow>{y}</mrow></msup>"))),
            ("x %= y", becomes(&format!("<mrow>{x}<mo>mod</mo>{y}</mrow>"))),
        ] {
            assert_eq!(assigned(text), expected, "{text}");
        }
        assert!(assigned("x //= y").contains("<mo>⌊</mo><mfrac>"));
        assert!(assigned("x = where(x > y, 1, 2)").contains("<mtable>"));
        assert!(!assigned("x = 1 - where(x > y, 1, 2)").contains("<mtable>"), "where it ends would not be seen");
    }

    #[test]
    fn long_sums_can_be_broken_before_their_terms() {
        let formulas = |text: &str| {
            let (tree, wrong) = grammar::parse_expression(SourceId::default(), text);
            assert!(wrong.is_empty(), "{text}");
            equation(identifier("x"), &tree).into_string().matches("<math").count()
        };
        assert_eq!(formulas("a + b - c"), 1);
        let long = "first_of_all*(b + c) + second_of_all*(b - c) - third_of_all/(first + second + third)";
        assert_eq!(formulas(long), 3);
        assert_eq!(formulas(&format!("({long})")), 1);
    }

    #[test]
    fn numbers_and_units_are_upright() {
        let unit = "<mi mathvariant=\"normal\">mV</mi>";
        assert_eq!(
            typeset("-60*mV"),
            format!("<mrow><mrow><mo>−</mo><mn>60</mn></mrow><mspace width=\"0.17em\"></mspace>{unit}</mrow>")
        );
        assert_eq!(typeset("5e-5"), "<mrow><mn>5</mn><mo>⋅</mo><msup><mn>10</mn><mn>−5</mn></msup></mrow>");
    }

    #[test]
    fn names_have_letters_and_indices_only_where_they_are_meant() {
        let rows = [
            ("taum", "<msub><mi>τ</mi><mtext>m</mtext></msub>"),
            ("nu_ext", "<msub><mi>ν</mi><mtext>ext</mtext></msub>"),
            ("number", "<mi>number</mi>"),
            ("xi", "<mi>ξ</mi>"),
            ("v_post", "<msub><mi>v</mi><mtext>post</mtext></msub>"),
            ("ge", "<mi>ge</mi>"),
            ("_x", "<mi>_x</mi>"),
        ];
        for (name, expected) in rows {
            assert_eq!(typeset(name), expected, "{name}");
        }
    }

    #[test]
    fn texts_are_escaped() {
        let text = typeset("csv(\"</mtext><script>alert(1)</script>\")");
        assert!(!text.contains("<script"), "{text}");
        assert!(text.contains("&lt;script&gt;"), "{text}");
    }
}
