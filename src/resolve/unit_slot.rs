//! The unit of an equation line.
//!
//! In: what stands behind the colon. Out: the variable's dimension and type. Only base units and their products, quotients and
//! powers may stand there, so that the stored numbers are what the line says; `1`, `integer` and `boolean` are without unit.

use super::{Resolver, codes, dependencies, meant_units, suggestions};
use crate::ir::expr::Type;
use crate::units::{self, Dimension};
use grammar::Diagnostic;
use grammar::ast::{BinaryOp, Expr, ExprKind, UnaryOp};

/// Words that people write for types.
const FOREIGN_TYPES: [(&str, &str); 6] =
    [("bool", "boolean"), ("int", "integer"), ("float", "1"), ("double", "1"), ("real", "1"), ("dimensionless", "1")];

impl Resolver<'_> {
    /// Dimension and type of a variable with this unit.
    pub(super) fn unit_slot(&mut self, expr: &Expr) -> Option<(Dimension, Type)> {
        match &expr.kind {
            ExprKind::Name(name) if &**name == "boolean" => return Some((Dimension::ONE, Type::Boolean)),
            ExprKind::Name(name) if &**name == "integer" => return Some((Dimension::ONE, Type::Integer)),
            _ => {}
        }
        let mut fine = true;
        dependencies::walk(expr, |part| {
            if let Some(wrong) = wrong_part(part) {
                self.report(wrong);
                fine = false;
            }
            fine &= !matches!(part.kind, ExprKind::Error);
        });
        if !fine {
            return None;
        }
        let value = self.constant_of(expr, None, "a unit")?;
        if value.number == 1.0 {
            return Some((value.dimension, Type::Float));
        }
        let message =
            format!("a variable's unit is a product of base units, and this is {}", units::number(value.number));
        let help = format!("write `{}`", value.dimension.spelled());
        self.report(Diagnostic::error(codes::UNIT_SLOT, expr.span, message).help(help));
        None
    }
}

/// What is wrong with one part of a unit, if anything.
fn wrong_part(part: &Expr) -> Option<Diagnostic> {
    let wrong = |message: String| Diagnostic::error(codes::UNIT_SLOT, part.span, message);
    match &part.kind {
        ExprKind::Name(name) => {
            let Some(unit) = units::unit(name) else {
                let mut diagnostic = wrong(format!("`{name}` is not a unit"));
                let foreign = FOREIGN_TYPES.iter().find(|row| row.0 == &**name).map(|row| row.1);
                let base = || {
                    // Of `(60*second)` the unit is what stands behind the number.
                    let unit = meant_units::plain(name)?;
                    Some(units::unit(unit.rsplit('*').next()?.trim_end_matches(')'))?.dimension.spelled())
                };
                let habit = foreign.or_else(|| suggestions::habit(name)).map(ToOwned::to_owned);
                let nearest = || suggestions::nearest(name, BASE).map(ToOwned::to_owned);
                if let Some(meant) = habit.or_else(base).or_else(nearest) {
                    diagnostic = diagnostic.help(format!("write `{meant}`"));
                } else {
                    diagnostic = diagnostic.help("write a unit, as `volt` or `amp/meter**2`, or `1` for a pure number");
                }
                return Some(diagnostic);
            };
            if unit.factor == 1.0 {
                return None;
            }
            let base = unit.dimension.spelled();
            let message = format!("`{name}` is not a base unit, and variables are kept in base units");
            Some(wrong(message).help(format!("write `{base}`; values may still be given in `{name}`")))
        }
        ExprKind::Number(_) | ExprKind::Group(_) | ExprKind::Error => None,
        ExprKind::Unary { op: UnaryOp::Negate | UnaryOp::Plus, .. } => None,
        ExprKind::Binary { op: BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Power, .. } => None,
        _ => {
            let message = "this cannot be part of a unit".to_owned();
            Some(wrong(message).help("write base units with `*`, `/` and `**`, as in `siemens/meter**2`"))
        }
    }
}

/// Base units in their usual spelling, for suggestions.
const BASE: [&str; 14] = [
    "volt", "amp", "second", "siemens", "farad", "hertz", "meter", "metre", "ohm", "kelvin", "coulomb", "boolean",
    "integer", "mole",
];
