//! Lists of numbers: `[0, 1, 2]`, `[1, 2, 3.05]*ms`.
//!
//! In: an expression. Out: its numbers, each with the place it is written at; one number where there is no list.

use super::arrays::{Values, shape_words};
use super::constants::Value;
use super::spell::quoted;
use super::{Resolver, codes, dependencies};
use crate::ir::expr::Type;
use grammar::ast::{BinaryOp, Expr, ExprKind};
use grammar::{Diagnostic, Span};

/// Numbers and their places.
#[derive(Clone, Debug)]
pub(super) enum Numbers {
    /// A value for all.
    One(Value, Span),
    /// A list.
    Many(Vec<(Value, Span)>),
}

/// Whether an expression is made of a list.
pub(super) fn has_list(expr: &Expr) -> bool {
    let mut found = false;
    dependencies::walk(expr, |part| found |= matches!(part.kind, ExprKind::List(_)));
    found
}

impl Resolver<'_> {
    /// The numbers of an array, of a list, or of a list times or over one value.
    pub(super) fn numbers(&mut self, expr: &Expr) -> Option<Numbers> {
        if self.is_of_file(expr) {
            return self.numbers_of_array(expr);
        }
        let mut at = expr;
        let mut factors: Vec<(BinaryOp, &Expr)> = Vec::new();
        loop {
            match &at.kind {
                ExprKind::List(items) => return self.listed(items, &factors),
                ExprKind::Group(inner) => at = inner,
                ExprKind::Binary { op: op @ (BinaryOp::Multiply | BinaryOp::Divide), left, right, .. }
                    if has_list(left) =>
                {
                    factors.push((*op, right));
                    at = left;
                }
                ExprKind::Binary { op: BinaryOp::Multiply, left, right, .. } if has_list(right) => {
                    factors.push((BinaryOp::Multiply, left));
                    at = right;
                }
                _ if has_list(at) => {
                    let message = "a list can be multiplied or divided by one value, as in `[1, 2]*ms`";
                    self.report(
                        Diagnostic::error(codes::NOT_A_VALUE, at.span, message)
                            .help("work out the entries of the list themselves"),
                    );
                    return None;
                }
                _ => break,
            }
        }
        let value = self.constant_of(expr, None, "a list")?;
        Some(Numbers::One(value, expr.span))
    }

    /// Whether an expression is one of arrays other than lists, whose entries have no places of their own.
    pub(super) fn is_of_file(&self, expr: &Expr) -> bool {
        self.array_leaves(&self.outside, expr).iter().any(|leaf| !matches!(leaf.kind, ExprKind::List(_)))
    }

    /// The entries of an array of one dimension: all have the place of the whole expression.
    fn numbers_of_array(&mut self, expr: &Expr) -> Option<Numbers> {
        let Values { array, dimension, .. } = self.array(expr)?;
        if array.shape().len() != 1 {
            let message = format!("{} is {}", quoted(expr), shape_words(array.shape()));
            let help = "a list is wanted here: take a column as `x[:, 0]`";
            self.report(Diagnostic::error(codes::SHAPE, expr.span, message).help(help));
            return None;
        }
        let entry = |&number: &f64| {
            // Files keep indices as floats too.
            let kind = if dimension.is_one() && number.fract() == 0.0 { Type::Integer } else { Type::Float };
            (Value { number, dimension, kind }, expr.span)
        };
        Some(Numbers::Many(array.values().iter().map(entry).collect()))
    }

    fn listed(&mut self, items: &[Expr], factors: &[(BinaryOp, &Expr)]) -> Option<Numbers> {
        let mut scales = Vec::new();
        for (op, factor) in factors.iter().rev() {
            scales.push((*op, self.constant_of(factor, None, "a list")?));
        }
        let mut fine = true;
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            match self.constant_of(item, None, "a list") {
                Some(value) => {
                    values.push((scales.iter().fold(value, |value, (op, by)| scaled(value, *op, *by)), item.span))
                }
                None => fine = false,
            }
        }
        fine.then_some(Numbers::Many(values))
    }
}

fn scaled(value: Value, op: BinaryOp, by: Value) -> Value {
    match op {
        BinaryOp::Divide => {
            Value { number: value.number / by.number, dimension: value.dimension.over(by.dimension), kind: Type::Float }
        }
        _ => Value {
            number: value.number * by.number,
            dimension: value.dimension.times(by.dimension),
            kind: value.kind.max(by.kind).max(Type::Integer),
        },
    }
}
