//! What an expression must be where it stands: units that agree, numbers without unit, conditions, integers.
//!
//! In: an expression that was read, and what asks for something. Out: nothing, or the diagnostic with the units in the user's
//! words and the mend where there is an obvious one.

use super::names::{Entry, Meaning, Scope, Typed};
use super::spell::{bare, quoted};
use super::{Resolver, codes};
use crate::ir::expr::{Arena, Node, Site, Type};
use crate::ir::network::{Object, Role};
use crate::units::{self, Dimension, number};
use grammar::ast::{BinaryOp, Expr, ExprKind, UnaryOp};
use grammar::print::expression;
use grammar::{Diagnostic, Span};

/// An operand and where it stands.
pub(super) type Operand<'e> = (Typed, &'e Expr);

impl Resolver<'_> {
    /// Operands of sums and comparisons have one unit.
    pub(super) fn must_agree(
        &mut self,
        op: BinaryOp,
        op_span: Span,
        left: Operand<'_>,
        right: Operand<'_>,
    ) -> Option<()> {
        let (first, second) = (left.0.dimension, right.0.dimension);
        if first == second {
            return Some(());
        }
        let what = match op {
            BinaryOp::Add => "cannot be added",
            BinaryOp::Subtract => "cannot be subtracted",
            BinaryOp::Remainder => "have no remainder",
            _ => "cannot be compared",
        };
        let (left_words, right_words) = (has_unit(first), has_unit(second));
        let (left_name, right_name) = match (quoted(left.1), quoted(right.1)) {
            (left, right) if left == "this" && right == "this" => {
                ("the left side".to_owned(), "the right side".to_owned())
            }
            (left, right) if left == "this" => ("the left side".to_owned(), right),
            (left, right) if right == "this" => (left, "the right side".to_owned()),
            both => both,
        };
        let message = format!("{left_name} {left_words}, {right_name} {right_words}: they {what}");
        let mut diagnostic = Diagnostic::error(codes::UNITS_DIFFER, op_span, message)
            .also(left.1.span, left_words)
            .also(right.1.span, right_words);
        for (side, other) in [(left, second), (right, first)] {
            if let Some(help) = unit_for_number(side, other) {
                diagnostic = diagnostic.help(help);
            }
        }
        if diagnostic.help.is_empty() {
            let declared = self.declared_in(right, first).or_else(|| self.declared_in(left, second));
            if let Some(declared) = &declared {
                diagnostic = declared.told(diagnostic);
            }
            if declared.is_none() || !first.is_one() && !second.is_one() {
                diagnostic = diagnostic.help(missing_factor((&left_name, first), (&right_name, second)));
            }
        }
        self.report(diagnostic);
        None
    }

    /// Where a name got the unit that it has, and what to write there for it to be of `wanted`.
    pub(super) fn declared_in(&self, (value, expr): Operand<'_>, wanted: Dimension) -> Option<Declared> {
        let ExprKind::Name(name) = &expr.kind else { return None };
        let unit = usual_unit(wanted);
        let has = has_unit(value.dimension);
        let (place, there) = match self.network.arena.node(value.id) {
            Node::Variable(_, id) => {
                let variable = &self.network.variables[id.0 as usize];
                // The unit of what an equation of neurons makes is not the first to be wrong.
                let of_synapses = matches!(variable.owner, Object::Projection(_)) && variable.role == Role::State;
                let own = variable.kind == Type::Float && (variable.role == Role::Parameter || of_synapses);
                let slot = if wanted.is_one() { "1".to_owned() } else { wanted.spelled() };
                (own.then_some(variable.span)?, format!("where `{name}` is declared write `{name} : {slot}`"))
            }
            Node::Integer(_) | Node::Float(_) => {
                let constant = self.constants.get(name).copied().flatten()?;
                let written = match (constant.dimension.is_one(), wanted.is_one()) {
                    (true, false) => format!("{}*{unit}", number(constant.number)),
                    _ => return None,
                };
                let place = self.definitions.get(name).copied()?;
                (place, format!("where `{name}` is defined write `{name} = {written}`"))
            }
            _ => return None,
        };
        let here = match (value.dimension.is_one(), wanted.is_one()) {
            (true, _) => format!(", or `{name}*{unit}` here"),
            (_, true) => format!(", or `{name}/{}` here", usual_unit(value.dimension)),
            _ => String::new(),
        };
        Some(Declared { place, has, help: there + &here })
    }

    /// `value` has no unit; `place` says what asks for that.
    pub(super) fn must_be_number(&mut self, (value, expr): Operand<'_>, place: &str) -> Option<()> {
        if value.dimension.is_one() {
            return Some(());
        }
        let message = format!("{} has unit {}, and {place} takes numbers without unit", quoted(expr), value.dimension);
        let unit = value.dimension.spelled();
        let unit = if unit.contains(['*', '/']) { format!("({unit})") } else { unit };
        let help = format!("divide by a value of that unit: `{}/{unit}`", expression(expr));
        self.report(Diagnostic::error(codes::WRONG_UNIT, expr.span, message).help(help));
        None
    }

    /// `value` is true or false; `place` says what asks for that.
    pub(super) fn must_be_boolean(&mut self, (value, expr): Operand<'_>, place: &str) -> Option<()> {
        if self.network.arena.kind(value.id) == Type::Boolean {
            return Some(());
        }
        let message = format!("{} is a number, and {place} takes what is true or false", quoted(expr));
        let help = match (&expr.kind, place) {
            (_, "`connect`") => format!("to connect pairs with that probability, write `p = {}`", bare(expr)),
            (ExprKind::Name(name), "`threshold`") => {
                format!("compare it with something: `threshold {name} > {}`", level(value.dimension))
            }
            (_, "`threshold`") => {
                format!("compare it with something: `threshold {} > {}`", bare(expr), zero(value.dimension))
            }
            _ => format!("compare it with something: `{} != {}`", bare(expr), zero(value.dimension)),
        };
        self.report(Diagnostic::error(codes::WRONG_TYPE, expr.span, message).help(help));
        None
    }

    pub(super) fn arguments_agree(&mut self, name: &str, first: Operand<'_>, other: Operand<'_>) -> bool {
        let (unit, wrong) = (first.0.dimension, other.0.dimension);
        if unit == wrong {
            return true;
        }
        let (words, wrong_words) = (has_unit(unit), has_unit(wrong));
        let message =
            format!("{} {words}, {} {wrong_words}: `{name}` needs one unit", quoted(first.1), quoted(other.1));
        let mut diagnostic =
            Diagnostic::error(codes::UNITS_DIFFER, other.1.span, message).label(wrong_words).also(first.1.span, words);
        for help in [unit_for_number(other, unit), unit_for_number(first, wrong)].into_iter().flatten() {
            diagnostic = diagnostic.help(help);
        }
        self.report(diagnostic);
        false
    }

    /// `value` measures `dimension`; `place` says what asks for that.
    pub(super) fn must_measure(&mut self, (value, expr): Operand<'_>, dimension: Dimension, place: &str) -> Option<()> {
        if value.dimension == dimension {
            return Some(());
        }
        let message =
            format!("{place} takes {}, and {} {}", with_unit(dimension), quoted(expr), has_unit(value.dimension));
        let diagnostic = Diagnostic::error(codes::WRONG_UNIT, expr.span, message).label(has_unit(value.dimension));
        let diagnostic = self.with_unit(diagnostic, (value, expr), dimension);
        self.report(diagnostic);
        None
    }

    /// The diagnostic of a value of another unit, with what to write where that is known.
    pub(super) fn with_unit(&self, diagnostic: Diagnostic, value: Operand<'_>, wanted: Dimension) -> Diagnostic {
        match (self.declared_in(value, wanted), unit_for_value(value, wanted)) {
            (Some(declared), _) => declared.told(diagnostic),
            (None, Some(help)) => diagnostic.help(help),
            (None, None) => diagnostic,
        }
    }
}

/// Where a name got its unit.
pub(super) struct Declared {
    place: Span,
    has: String,
    help: String,
}

impl Declared {
    /// The diagnostic with that place and what to write there.
    pub(super) fn told(&self, diagnostic: Diagnostic) -> Diagnostic {
        diagnostic.also(self.place, self.has.clone()).help(self.help.clone())
    }
}

/// The diagnostic of a float (or boolean) where an integer is needed.
pub(super) fn not_an_integer(expr: &Expr, place: &str) -> Diagnostic {
    let text = bare(expr);
    let message = format!("{place} takes an integer, and {} is none", quoted(expr));
    let help = match &expr.kind {
        ExprKind::Number(number) if number.value.fract() == 0.0 && number.value.abs() < 1e9 => {
            format!("write `{}`", number.value)
        }
        ExprKind::Binary { op: BinaryOp::Divide, .. } => {
            format!("divide with `//`, or write `int({text})`: `/` never gives an integer")
        }
        _ => format!("write `int({text})`"),
    };
    Diagnostic::error(codes::NOT_AN_INTEGER, expr.span, message).help(help)
}

/// The diagnostic of a file's values where one value is asked for.
pub(super) fn array_for_value(expr: &Expr) -> Diagnostic {
    let message = format!("{} is an array, not one value", quoted(expr));
    let help = "`init` and `set` give each its own, `timed_array(…, dt = 1*ms)` makes it a function of time";
    Diagnostic::error(codes::NOT_A_VALUE, expr.span, message).help(help)
}

/// `has unit V`, `has no unit`.
pub(super) fn has_unit(dimension: Dimension) -> String {
    if dimension.is_one() { "has no unit".to_owned() } else { format!("has unit {dimension}") }
}

/// `a value in V`, `a number without unit`.
fn with_unit(dimension: Dimension) -> String {
    if dimension.is_one() {
        "a number without unit".to_owned()
    } else if dimension == Dimension::SECOND {
        "a time".to_owned()
    } else {
        format!("a value in {dimension}")
    }
}

/// `0`, `0*volt`.
fn zero(dimension: Dimension) -> String {
    if dimension.is_one() { "0".to_owned() } else { format!("0*{}", dimension.spelled()) }
}

/// A value that a variable of a dimension may cross: of volts, one below 0.
fn level(dimension: Dimension) -> String {
    match &*usual_unit(dimension) {
        "1" => "1".to_owned(),
        "mV" => "-50*mV".to_owned(),
        unit => format!("1*{unit}"),
    }
}

/// A threshold for neurons that have these names, as an example: of `v`, else of a voltage, else of any variable.
fn threshold_for(arena: &Arena, scope: &Scope) -> String {
    let variables = scope.entries.iter().filter_map(|(name, entry)| match entry {
        Entry::Known(value, Meaning::Variable(Site::Own, _)) if arena.kind(value.id) == Type::Float => {
            Some((&**name, value.dimension))
        }
        _ => None,
    });
    let first = variables.min_by_key(|&(name, dimension)| (name != "v", dimension.spelled() != "volt", name));
    let (name, dimension) = first.unwrap_or(("v", Dimension::ONE));
    format!("threshold {name} > {}", level(dimension))
}

/// The diagnostic of what neurons that never spike have for their spikes.
pub(super) fn without_threshold(arena: &Arena, scope: &Scope, message: String, span: Span) -> Diagnostic {
    let help = format!("add one, as `{}`", threshold_for(arena, scope));
    Diagnostic::error(codes::NO_THRESHOLD, span, message).help(help)
}

/// The mend where two units differ: what one side lacks to be of the other's.
fn missing_factor((left, first): (&str, Dimension), (right, second): (&str, Dimension)) -> String {
    let ratio = first.over(second);
    if ratio == Dimension::SECOND {
        return format!("{left} divided by a time would have the unit of {right}");
    }
    if second.over(first) == Dimension::SECOND {
        return format!("{right} divided by a time would have the unit of {left}");
    }
    if ratio.is_one() || first.is_one() || second.is_one() {
        let (with, dimension) = if first.is_one() { (right, second) } else { (left, first) };
        return format!("divide {with} by a value in {dimension}, or give the other side that unit");
    }
    let (of_right, of_left) = (ratio.spelled(), second.over(first).spelled());
    format!("they would agree if {left} were multiplied by a value in {of_left}, or {right} by one in {of_right}")
}

/// The mend where a plain number stands against a value with a unit.
fn unit_for_number((value, expr): Operand<'_>, dimension: Dimension) -> Option<String> {
    if !value.dimension.is_one() || dimension.is_one() {
        return None;
    }
    let number = plain_number(expr)?;
    Some(format!("a plain number has no unit: write `{number}*{}`", usual_unit(dimension)))
}

/// A number as it is written, with its sign.
fn plain_number(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Number(number) => Some(number.text.to_string()),
        ExprKind::Unary { op: UnaryOp::Negate, operand } => match &operand.kind {
            ExprKind::Number(number) => Some(format!("-{}", number.text)),
            _ => None,
        },
        _ => None,
    }
}

/// What stands behind the number of a value that is a number and units: `*pA` of `250*pA`, `/ms` of `3/ms`.
fn behind_number(expr: &Expr, is_unit: &dyn Fn(&str) -> bool) -> Option<String> {
    let mut first = expr;
    while let ExprKind::Binary { op: BinaryOp::Multiply | BinaryOp::Divide, left, right, .. } = &first.kind {
        if !is_of_units(right, is_unit) {
            return None;
        }
        first = left;
    }
    plain_number(first)?;
    let behind = expression(expr).strip_prefix(&expression(first))?.trim().to_owned();
    (!behind.is_empty()).then_some(behind)
}

/// Whether an expression is made of units, their products and their powers.
fn is_of_units(expr: &Expr, is_unit: &dyn Fn(&str) -> bool) -> bool {
    match &expr.kind {
        ExprKind::Name(name) => is_unit(name),
        ExprKind::Group(inner) => is_of_units(inner, is_unit),
        ExprKind::Binary { op: BinaryOp::Multiply | BinaryOp::Divide, left, right, .. } => {
            is_of_units(left, is_unit) && is_of_units(right, is_unit)
        }
        ExprKind::Binary { op: BinaryOp::Power, left, right, .. } => {
            is_of_units(left, is_unit) && plain_number(right).is_some()
        }
        _ => false,
    }
}

/// Units as models of neurons use them, where the base unit is not one of them.
const USUAL: [(&str, &str); 6] =
    [("volt", "mV"), ("amp", "nA"), ("second", "ms"), ("siemens", "nS"), ("farad", "pF"), ("hertz", "Hz")];

/// A unit of a dimension for an example.
pub(super) fn usual_unit(dimension: Dimension) -> String {
    let spelled = dimension.spelled();
    match USUAL.iter().find(|row| row.0 == spelled) {
        Some((_, usual)) => (*usual).to_owned(),
        None if spelled.contains('/') => format!("({spelled})"),
        None => spelled,
    }
}

/// The mend where a value without unit is given to something that has one.
fn unit_for_value((value, expr): Operand<'_>, dimension: Dimension) -> Option<String> {
    if !value.dimension.is_one() || dimension.is_one() {
        return None;
    }
    unit_for_number((value, expr), dimension)
        .or_else(|| Some(format!("give it one, as in `…*{}`", usual_unit(dimension))))
}

impl Resolver<'_> {
    /// The mend where a value without unit is given from outside to a constant that has one: the unit that the `text` gives it, to
    /// its prefix. Where the text works it out of other things, no number is given a unit that may be another than is meant.
    pub(super) fn unit_as_in(&self, given: Operand<'_>, text: Option<&Expr>, dimension: Dimension) -> Option<String> {
        let (value, expr) = given;
        if !value.dimension.is_one() || dimension.is_one() {
            return None;
        }
        let Some(text) = text else { return unit_for_value(given, dimension) };
        let is_unit = |name: &str| !self.constants.contains_key(name) && units::unit(name).is_some();
        Some(match (plain_number(expr), behind_number(text, &is_unit)) {
            (Some(number), Some(behind)) => format!("a plain number has no unit: write `{number}{behind}`"),
            (None, Some(behind)) => format!("give it one, as in `…{behind}`"),
            (_, None) => format!("give it a unit: its own value is {}", quoted(text)),
        })
    }
}
