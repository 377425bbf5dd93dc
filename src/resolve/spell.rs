//! Expressions in the words of the text, for messages and for what `print` shows.
//!
//! In: a syntax tree. Out: its text with even spacing. What is nested deeper than a message could show is left out (`…`).

use grammar::ast::{Argument, Expr, ExprKind, IndexItem, UnaryOp};
use std::fmt::Write;

/// Levels shown; deeper parts become `…`, so that a chain of a thousand operators needs no stack.
const DEPTH: usize = 40;

/// Longest text that a message quotes.
const SHORT: usize = 48;

/// The whole expression.
#[must_use]
pub(super) fn spell(expr: &Expr) -> String {
    let mut text = String::new();
    write(&mut text, expr, DEPTH);
    text
}

/// The expression in backquotes, or a pronoun where it is too long to be quoted.
#[must_use]
pub(super) fn quoted(expr: &Expr) -> String {
    let text = spell(expr);
    if text.chars().count() > SHORT || text.contains('…') { "this".to_owned() } else { format!("`{text}`") }
}

fn write(text: &mut String, expr: &Expr, depth: usize) {
    if depth == 0 {
        text.push('…');
        return;
    }
    let depth = depth - 1;
    match &expr.kind {
        ExprKind::Number(number) => text.push_str(&number.text),
        ExprKind::Boolean(value) => text.push_str(if *value { "True" } else { "False" }),
        ExprKind::Text(inner) => {
            // Writing to a string cannot fail.
            let _ = write!(text, "\"{inner}\"");
        }
        ExprKind::Name(name) => text.push_str(name),
        ExprKind::Unary { op, operand } => {
            text.push_str(match op {
                UnaryOp::Negate => "-",
                UnaryOp::Plus => "+",
                UnaryOp::Not => "not ",
            });
            write(text, operand, depth);
        }
        ExprKind::Binary { op, left, right, .. } => {
            write(text, left, depth);
            let tight = matches!(op.symbol(), "*" | "/" | "**");
            text.push_str(if tight { "" } else { " " });
            text.push_str(op.symbol());
            text.push_str(if tight { "" } else { " " });
            write(text, right, depth);
        }
        ExprKind::Call { function, arguments } => {
            text.push_str(&function.text);
            between(text, "(", arguments, ")", |text, argument: &Argument| {
                if let Some(name) = &argument.name {
                    text.push_str(&name.text);
                    text.push_str(" = ");
                }
                write(text, &argument.value, depth);
            });
        }
        ExprKind::Member { base, name } => {
            write(text, base, depth);
            text.push('.');
            text.push_str(&name.text);
        }
        ExprKind::Index { base, items } => {
            write(text, base, depth);
            between(text, "[", items, "]", |text, item| index(text, item, depth));
        }
        ExprKind::List(items) => between(text, "[", items, "]", |text, item| write(text, item, depth)),
        ExprKind::Group(inner) => {
            text.push('(');
            write(text, inner, depth);
            text.push(')');
        }
        ExprKind::Error => text.push('…'),
    }
}

fn between<T>(text: &mut String, open: &str, items: &[T], close: &str, mut each: impl FnMut(&mut String, &T)) {
    text.push_str(open);
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            text.push_str(", ");
        }
        each(text, item);
    }
    text.push_str(close);
}

fn index(text: &mut String, item: &IndexItem, depth: usize) {
    match item {
        IndexItem::At(at) => write(text, at, depth),
        IndexItem::Slice { start, stop, step, .. } => {
            let part = |text: &mut String, part: &Option<Expr>| {
                if let Some(part) = part {
                    write(text, part, depth);
                }
            };
            part(text, start);
            text.push(':');
            part(text, stop);
            if step.is_some() {
                text.push(':');
                part(text, step);
            }
        }
    }
}
