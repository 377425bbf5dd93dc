//! Expressions in the words of the text, for messages.

use grammar::ast::Expr;

/// Longest text that a message quotes.
const SHORT: usize = 48;

/// The expression in backquotes, or a pronoun where it is too long to be quoted.
#[must_use]
pub(super) fn quoted(expr: &Expr) -> String {
    // Evenly spaced text is at most three times as long as what was typed without spaces.
    if expr.span.range().len() > 3 * SHORT {
        return "this".to_owned();
    }
    let text = grammar::print::expression(expr);
    if text.chars().count() > SHORT { "this".to_owned() } else { format!("`{text}`") }
}
