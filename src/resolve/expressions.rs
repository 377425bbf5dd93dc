//! Expressions: from syntax to the arena, with types and dimensions.
//!
//! In: a syntax tree and the names it may read. Out: a typed expression in SI base units. Every mistake is reported where it
//! stands; the result is then `None`, which silences what is made of it. The tree is gone through with a stack of its own, so
//! that its depth costs no call stack.

use super::checks::{Operand, array_for_value, not_an_integer};
use super::functions::{self, Gives, Row, Takes, What};
use super::names::{self, Scope, Typed};
use super::spell::{bare, quoted};
use super::{Resolver, arrays, codes, evaluate, files, ranges, suggestions};
use crate::ir::expr::{Binary, ExprId, Function, Node, Type, Unary};
use crate::units::Dimension;
use grammar::ast::{Argument, BinaryOp, Expr, ExprKind, Name, Number, UnaryOp};
use grammar::{Diagnostic, Span};

/// What is left to do for an expression.
enum Work<'e> {
    /// Read it.
    Visit(&'e Expr),
    /// Its operands are read: put them together.
    Finish(&'e Expr),
    /// Leave it without a value: what is wrong with the expression around it is told there.
    Skip,
}

impl Resolver<'_> {
    /// Reads an expression. `None` where something was wrong with it, which has been reported.
    pub(super) fn expression(&mut self, scope: &mut Scope, expr: &Expr) -> Option<Typed> {
        let mut work = vec![Work::Visit(expr)];
        let mut values: Vec<Option<Typed>> = Vec::new();
        while let Some(next) = work.pop() {
            match next {
                Work::Visit(expr) => {
                    if let Some(value) = self.visit(scope, expr, &mut work) {
                        values.push(value);
                    }
                }
                Work::Skip => values.push(None),
                Work::Finish(expr) => {
                    let value = self.finish(scope, expr, &mut values);
                    values.push(value);
                }
            }
        }
        values.pop().flatten()
    }

    /// Reads a leaf, or lays out the work for operands (`None`).
    fn visit<'e>(&mut self, scope: &Scope, expr: &'e Expr, work: &mut Vec<Work<'e>>) -> Option<Option<Typed>> {
        if let Some(leaf) = scope.leaves.get(&expr.span) {
            return Some(*leaf);
        }
        match &expr.kind {
            ExprKind::Number(number) => Some(self.number(number, expr.span)),
            ExprKind::Boolean(value) => {
                let id = self.network.arena.boolean(*value);
                Some(Some(Typed { id, dimension: Dimension::ONE }))
            }
            ExprKind::Name(name) => Some(self.name(scope, name, expr.span)),
            ExprKind::Group(inner) => {
                work.push(Work::Visit(inner));
                None
            }
            ExprKind::Unary { operand, .. } => {
                work.extend([Work::Finish(expr), Work::Visit(operand)]);
                None
            }
            ExprKind::Binary { left, right, .. } => {
                work.extend([Work::Finish(expr), Work::Visit(right), Work::Visit(left)]);
                None
            }
            ExprKind::Call { function, arguments } if arrays::is_length(&function.text) => {
                Some(self.length(&function.text, arguments, expr.span))
            }
            ExprKind::Call { function, .. } if files::is_reader(&function.text) || ranges::is_maker(&function.text) => {
                self.report(array_for_value(expr));
                Some(None)
            }
            ExprKind::Call { function, arguments } => {
                let unknown = !self.is_function(&function.text);
                work.push(Work::Finish(expr));
                work.extend(arguments.iter().rev().map(|argument| match &argument.value.kind {
                    ExprKind::Text(_) if unknown => Work::Skip,
                    _ => Work::Visit(&argument.value),
                }));
                None
            }
            ExprKind::Text(_) | ExprKind::List(_) | ExprKind::Index { .. } | ExprKind::Member { .. } => {
                let wrong = self.not_a_value(scope, expr);
                self.report(wrong);
                Some(None)
            }
            ExprKind::Error => Some(None),
        }
    }

    fn finish(&mut self, scope: &mut Scope, expr: &Expr, values: &mut Vec<Option<Typed>>) -> Option<Typed> {
        match &expr.kind {
            ExprKind::Unary { op, operand } => {
                let value = values.pop().flatten()?;
                self.unary(*op, (value, operand))
            }
            ExprKind::Binary { op, op_span, left, right } => {
                let second = values.pop().flatten();
                let first = values.pop().flatten();
                self.binary(*op, *op_span, (first?, left), (second?, right))
            }
            ExprKind::Call { function, arguments } => {
                let operands = values.split_off(values.len().saturating_sub(arguments.len()));
                self.call(scope, expr.span, function, arguments, &operands)
            }
            _ => None,
        }
    }

    fn number(&mut self, number: &Number, span: Span) -> Option<Typed> {
        let id = if !number.value.is_finite() {
            // Reported when the text was read.
            return None;
        } else if !number.integer {
            self.network.arena.float(number.value)
        } else if number.value <= f64::from(i32::MAX) {
            self.network.arena.integer(number.value as i32)
        } else {
            let message = format!("`{}` is beyond the largest integer ({})", number.text, i32::MAX);
            let help = format!("write `{}.0` for a number that is no integer", number.text);
            self.report(Diagnostic::error(codes::INTEGER_RANGE, span, message).help(help));
            return None;
        };
        Some(Typed { id, dimension: Dimension::ONE })
    }

    fn unary(&mut self, op: UnaryOp, (value, operand): Operand<'_>) -> Option<Typed> {
        let boolean = self.network.arena.kind(value.id) == Type::Boolean;
        match op {
            UnaryOp::Not => {
                self.must_be_boolean((value, operand), "`not`")?;
                Some(Typed { id: self.network.arena.unary(Unary::Not, value.id), ..value })
            }
            UnaryOp::Negate | UnaryOp::Plus if boolean => {
                let message = format!("{} is true or false and has no sign", quoted(operand));
                let help = format!("write `int({})` for 0 or 1", bare(operand));
                self.report(Diagnostic::error(codes::WRONG_TYPE, operand.span, message).help(help));
                None
            }
            UnaryOp::Negate => Some(Typed { id: self.network.arena.unary(Unary::Negate, value.id), ..value }),
            UnaryOp::Plus => Some(value),
        }
    }

    /// Two operands under an operator; also what `x += y` does.
    pub(super) fn binary(
        &mut self,
        op: BinaryOp,
        op_span: Span,
        left: Operand<'_>,
        right: Operand<'_>,
    ) -> Option<Typed> {
        let operator = operator(op);
        let (first, second) = (left.0, right.0);
        let dimension = match op {
            BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Remainder => {
                self.must_agree(op, op_span, left, right)?;
                first.dimension
            }
            BinaryOp::Multiply => first.dimension.times(second.dimension),
            BinaryOp::Divide => first.dimension.over(second.dimension),
            BinaryOp::FloorDivide => {
                let fine = self.must_be_number(left, "`//`").is_some() & self.must_be_number(right, "`//`").is_some();
                fine.then_some(Dimension::ONE)?
            }
            BinaryOp::Power => self.power(left, right)?,
            BinaryOp::And | BinaryOp::Or => {
                let word = format!("`{}`", op.symbol());
                let fine = self.must_be_boolean(left, &word).is_some() & self.must_be_boolean(right, &word).is_some();
                fine.then_some(Dimension::ONE)?
            }
            _ => {
                self.must_agree(op, op_span, left, right)?;
                Dimension::ONE
            }
        };
        Some(Typed { id: self.network.arena.binary(operator, first.id, second.id), dimension })
    }

    /// The dimension of a power.
    fn power(&mut self, (base, base_expr): Operand<'_>, exponent: Operand<'_>) -> Option<Dimension> {
        self.must_be_number(exponent, "an exponent")?;
        if base.dimension.is_one() {
            return Some(Dimension::ONE);
        }
        let Some(number) = evaluate::value(&self.network.arena, &self.options.functions, exponent.0.id)
            .filter(|number| number.is_finite())
        else {
            let unit = base.dimension;
            let message = format!("the unit of this power depends on the value of {}", quoted(exponent.1));
            self.report(
                Diagnostic::error(codes::EXPONENT, exponent.1.span, message)
                    .label("must be a constant")
                    .also(base_expr.span, format!("has unit {unit}"))
                    .help(format!(
                        "divide the base by its unit first: `({}/…)**…`",
                        grammar::print::expression(base_expr)
                    )),
            );
            return None;
        };
        Some(base.dimension.power(number))
    }

    fn call(
        &mut self,
        scope: &mut Scope,
        span: Span,
        function: &Name,
        arguments: &[Argument],
        operands: &[Option<Typed>],
    ) -> Option<Typed> {
        if let Some(timed) = self.timed.get(&function.text) {
            return self.timed_call(scope, (function, (*timed)?), span, arguments, operands);
        }
        if let Some(own) = self.own_functions.get(&function.text) {
            // What was refused where it is defined is silent where it is called.
            let own = own.clone()?;
            return self.own_call(scope, span, (&function.text, &own), arguments, operands);
        }
        let of_time =
            arguments.first().is_some_and(|first| matches!(&first.value.kind, ExprKind::Name(name) if &**name == "t"));
        let row = self.row(scope, function, of_time)?;
        let operands: Vec<Typed> = self.arguments(row, span, arguments, operands)?;
        let kind = |resolver: &Self, id: ExprId| resolver.network.arena.kind(id);
        let widest = |resolver: &Self, from: usize| operands[from..].iter().map(|value| kind(resolver, value.id)).max();
        let unit = operands.last().map_or(Dimension::ONE, |value| value.dimension);
        let (kind, dimension) = match row.gives {
            Gives::Float => (Type::Float, Dimension::ONE),
            Gives::Integer => (Type::Integer, Dimension::ONE),
            Gives::FloatOfUnit => (Type::Float, unit),
            Gives::Root => (Type::Float, unit.power(0.5)),
            Gives::First => (kind(self, operands.first()?.id).max(Type::Integer), unit),
            Gives::Widest => (widest(self, 0)?.max(Type::Integer), unit),
            Gives::Chosen => (widest(self, 1)?, unit),
        };
        let ids = operands.iter().map(|value| value.id).collect();
        let node = match row.what {
            What::Function(function) => Node::Call(function, ids),
            What::Random(distribution) => {
                if let Some(reason) = scope.no_random {
                    let message = format!("`{}()` cannot be drawn here", row.name);
                    self.report(
                        Diagnostic::error(codes::RANDOM, span, message).label(reason).help(names::DRAW_ELSEWHERE),
                    );
                    return None;
                }
                scope.draws += 1;
                Node::Random(distribution, scope.draws - 1, ids)
            }
        };
        Some(Typed { id: self.network.arena.add(node, kind), dimension })
    }

    /// Whether there is something of this name to call.
    pub(super) fn is_function(&self, name: &str) -> bool {
        functions::function(name).is_some() || self.timed.contains_key(name) || self.own_functions.contains_key(name)
    }

    /// The function that is called.
    fn row(&mut self, scope: &Scope, function: &Name, of_time: bool) -> Option<&'static Row> {
        let name = &*function.text;
        let row = functions::function(name);
        if row.is_some() || scope.open || self.open {
            return row;
        }
        let message = format!("there is no function `{name}`");
        let mut diagnostic = Diagnostic::error(codes::UNKNOWN_FUNCTION, function.span, message);
        let mut names: Vec<&str> = self.timed.keys().chain(self.own_functions.keys()).map(|name| &**name).collect();
        for other in functions::FUNCTIONS.iter().map(|row| row.name).chain(files::readers()).chain(ranges::makers()) {
            names.push(other);
        }
        let habit = suggestions::habit(name).map(ToOwned::to_owned);
        let meant = habit.or_else(|| suggestions::nearest(name, names).map(ToOwned::to_owned));
        if name == "timed_array" {
            diagnostic = diagnostic.help("give it a name at the top level: `stim = timed_array([0, 1]*nA, dt = 1*ms)`");
        } else if let Some(instead) = suggestions::foreign_class(name) {
            diagnostic = diagnostic.help(instead);
        } else if let Some(meant) = meant {
            diagnostic = diagnostic.help(format!("did you mean `{meant}`?"));
        } else if of_time {
            diagnostic = diagnostic.help(format!(
                "what depends on time is an array, `{name} = timed_array([0, 1]*nA, dt = 10*ms)` at the top level, or a \
                 function, `function {name}(t: second): 1 = t/(10*ms)`"
            ));
        } else {
            let all = suggestions::listed(functions::FUNCTIONS.iter().map(|row| row.name));
            diagnostic = diagnostic.help(format!("the functions are: {all}"));
        }
        self.report(diagnostic);
        None
    }

    /// The arguments of a call, checked against its row.
    fn arguments(
        &mut self,
        row: &Row,
        span: Span,
        given: &[Argument],
        operands: &[Option<Typed>],
    ) -> Option<Vec<Typed>> {
        if let Some(name) = given.iter().find_map(|argument| argument.name.as_ref()) {
            let message = format!("`{}` takes its arguments without names", row.name);
            let help = format!("write `{}`", row.example());
            self.report(Diagnostic::error(codes::ARGUMENTS, name.span, message).help(help));
            return None;
        }
        if given.len() != row.takes.len() {
            let message = format!("`{}` takes {}, not {}", row.name, counted(row.takes.len()), given.len());
            self.report(Diagnostic::error(codes::ARGUMENTS, span, message).help(format!("write `{}`", row.example())));
            return None;
        }
        let operands: Vec<Typed> = operands.iter().copied().collect::<Option<_>>()?;
        let place = format!("`{}`", row.name);
        let mut fine = true;
        let mut first_any: Option<Operand<'_>> = None;
        for ((takes, value), argument) in row.takes.iter().zip(&operands).zip(given) {
            let operand = (*value, &argument.value);
            fine &= match takes {
                Takes::Number => self.must_be_number(operand, &place).is_some(),
                Takes::Whole => self.must_be_whole_number(operand, &place).is_some(),
                Takes::Condition => self.must_be_boolean(operand, &place).is_some(),
                Takes::Time => self.must_measure(operand, Dimension::SECOND, &place).is_some(),
                Takes::Any => match first_any {
                    None => {
                        first_any = Some(operand);
                        true
                    }
                    Some(first) => self.arguments_agree(row.name, first, operand),
                },
            };
        }
        fine.then_some(operands)
    }

    /// An expression that is true or false; `place` says what asks for that.
    pub(super) fn condition(&mut self, scope: &mut Scope, expr: &Expr, place: &str) -> Option<ExprId> {
        let value = self.expression(scope, expr)?;
        self.must_be_boolean((value, expr), place)?;
        Some(value.id)
    }

    /// An expression of one dimension; `place` says what asks for that.
    pub(super) fn measure(
        &mut self,
        scope: &mut Scope,
        expr: &Expr,
        dimension: Dimension,
        place: &str,
    ) -> Option<ExprId> {
        let value = self.expression(scope, expr)?;
        self.must_measure((value, expr), dimension, place)?;
        Some(value.id)
    }

    /// An expression of integer type; `place` says what asks for that.
    pub(super) fn whole(&mut self, scope: &mut Scope, expr: &Expr, place: &str) -> Option<ExprId> {
        let value = self.expression(scope, expr)?;
        self.must_be_whole_number((value, expr), place)?;
        Some(value.id)
    }

    /// A number of integer type.
    fn must_be_whole_number(&mut self, (value, expr): Operand<'_>, place: &str) -> Option<()> {
        self.must_be_number((value, expr), place)?;
        if self.network.arena.kind(value.id) == Type::Integer {
            self.must_stay_whole(expr, place);
            return Some(());
        }
        self.report(not_an_integer(expr, place));
        None
    }

    /// A value as it is stored in a variable of a type: towards zero for an integer, whether it is not 0 for a boolean.
    pub(super) fn convert(&mut self, value: ExprId, kind: Type) -> ExprId {
        let arena = &mut self.network.arena;
        match (arena.kind(value), kind) {
            (Type::Float, Type::Integer) => arena.add(Node::Call(Function::Int, vec![value]), Type::Integer),
            (Type::Float, Type::Boolean) => {
                let zero = arena.float(0.0);
                arena.binary(Binary::NotEqual, value, zero)
            }
            (Type::Integer, Type::Boolean) => {
                let zero = arena.integer(0);
                arena.binary(Binary::NotEqual, value, zero)
            }
            _ => value,
        }
    }
}

pub(super) fn counted(arguments: usize) -> String {
    match arguments {
        0 => "no argument".to_owned(),
        1 => "1 argument".to_owned(),
        more => format!("{more} arguments"),
    }
}

fn operator(op: BinaryOp) -> Binary {
    match op {
        BinaryOp::Add => Binary::Add,
        BinaryOp::Subtract => Binary::Subtract,
        BinaryOp::Multiply => Binary::Multiply,
        BinaryOp::Divide => Binary::Divide,
        BinaryOp::FloorDivide => Binary::FloorDivide,
        BinaryOp::Remainder => Binary::Remainder,
        BinaryOp::Power => Binary::Power,
        BinaryOp::Less => Binary::Less,
        BinaryOp::LessEqual => Binary::LessEqual,
        BinaryOp::Greater => Binary::Greater,
        BinaryOp::GreaterEqual => Binary::GreaterEqual,
        BinaryOp::Equal => Binary::Equal,
        BinaryOp::NotEqual => Binary::NotEqual,
        BinaryOp::And => Binary::And,
        BinaryOp::Or => Binary::Or,
    }
}
