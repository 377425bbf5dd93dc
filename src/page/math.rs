//! Expressions as MathML, which browsers typeset themselves.
//!
//! In: syntax trees, whose parentheses are those of the text. Out: markup in which every name and text is escaped.
//! Fractions and exponents need no parentheses and lose them; everything else keeps its own.

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

/// A whole formula.
pub(super) fn formula(inner: Markup) -> Markup {
    html! { math displaystyle="true" { mrow { (inner) } } }
}

/// `dx/dt`
pub(super) fn derivative(name: &str) -> Markup {
    html! { mfrac { mrow { mi mathvariant="normal" { "d" } (identifier(name)) } mrow { mi mathvariant="normal" { "d" } mi { "t" } } } }
}

/// `left = right`
pub(super) fn equal(left: Markup, right: &Expr) -> Markup {
    html! { (left) mo { "=" } (expression(right)) }
}

/// `target ← value`, `target += value`
pub(super) fn statement(statement: &Statement) -> Markup {
    let op = match statement.op {
        AssignOp::Set => "←".to_owned(),
        AssignOp::With(op) => format!("{}=", symbol(op)),
    };
    html! { (identifier(&statement.target.text)) mo { (op) } (expression(&statement.value)) }
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
        BinaryOp::Divide => html! { mfrac { mrow { (bare(left)) } mrow { (bare(right)) } } },
        BinaryOp::FloorDivide => {
            html! { mrow { mo { "⌊" } mfrac { mrow { (bare(left)) } mrow { (bare(right)) } } mo { "⌋" } } }
        }
        BinaryOp::Power => html! { msup { mrow { (expression(left)) } mrow { (bare(right)) } } },
        BinaryOp::Multiply if is_unit(right) => {
            html! { mrow { (expression(left)) mspace width="0.17em" {} (expression(right)) } }
        }
        _ => html! { mrow { (expression(left)) mo { (symbol(op)) } (expression(right)) } },
    }
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
    let stretchy = if tall { "true" } else { "false" };
    html! { mrow { mo stretchy=(stretchy) { "(" } (inner) mo stretchy=(stretchy) { ")" } } }
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
