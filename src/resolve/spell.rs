//! Expressions in the words of the text, for messages.

use grammar::ast::{Expr, ExprKind};

/// Longest text that a message quotes.
const SHORT: usize = 48;

/// The expression as it is written, without brackets around the whole.
#[must_use]
pub(super) fn bare(expr: &Expr) -> String {
    let mut inner = expr;
    while let ExprKind::Group(next) = &inner.kind {
        inner = next;
    }
    grammar::print::expression(inner)
}

/// The expression in backquotes, or a pronoun where it is too long to be quoted.
#[must_use]
pub(super) fn quoted(expr: &Expr) -> String {
    // Evenly spaced text is at most three times as long as what was typed without spaces.
    if expr.span.range().len() > 3 * SHORT {
        return "this".to_owned();
    }
    let text = bare(expr);
    if text.chars().count() > SHORT { "this".to_owned() } else { format!("`{text}`") }
}
