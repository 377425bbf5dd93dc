//! Timed arrays: `stim = timed_array([0, 1, 3]*nA, dt = 7*ms)`, read as `stim(t)`; with two dimensions, as `movie(t, i)`.
//!
//! In: a definition, and calls in equations and code. Out: an array of the network with a variable that holds its entries, and for
//! each call the entry at an index. A row holds from its time on until the next one's, the first before it begins and the last
//! after it ended; a column that is not there is NaN.

use super::checks::not_an_integer;
use super::names::{Scope, Typed};
use super::spell::{bare, quoted};
use super::texts::is_name;
use super::{Resolver, arrays, codes};
use crate::ir::expr::{Binary, ExprId, Function, Node, Type, VariableId};
use crate::ir::network::{self, Object, Role, Variable};
use crate::units::{Dimension, quantity};
use grammar::ast::{Argument, Expr, ExprKind, Name};
use grammar::{Diagnostic, Span};

/// A timed array as calls see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timed {
    variable: VariableId,
    rows: usize,
    /// How many neurons have values of their own; `None` where there is one value for all.
    columns: Option<usize>,
    /// Seconds from one row to the next.
    dt: f64,
    dimension: Dimension,
}

impl Timed {
    fn example(self, name: &str) -> String {
        if self.columns.is_some() { format!("{name}(t, i)") } else { format!("{name}(t)") }
    }
}

impl Resolver<'_> {
    /// `name = timed_array(values, dt = 1*ms)`
    pub(super) fn timed_array(&mut self, name: &Name, value: &Expr) -> Option<Timed> {
        let ExprKind::Call { arguments, .. } = &value.kind else { return None };
        let (values, dt) = self.timed_arguments(arguments, value.span)?;
        if !self.is_array(values) {
            let message = format!("`timed_array` takes an array, and {} is none", quoted(values));
            let help = "write a list, as in `timed_array([0, 1, 3]*nA, dt = 7*ms)`, or a file: `npy(\"x.npy\")*nA`";
            self.report(Diagnostic::error(codes::NOT_A_VALUE, values.span, message).help(help));
            return None;
        }
        let read = self.array(values);
        let step = self.constant_of(dt, Some(Dimension::SECOND), "`dt`")?;
        if !(step.number > 0.0 && step.number.is_finite()) {
            let shown = quantity(step.number, Dimension::SECOND);
            let message = format!("rows follow each other after more than 0 s, and {} is {shown}", quoted(dt));
            self.report(Diagnostic::error(codes::TIME_VALUE, dt.span, message).help("write it as in `dt = 1*ms`"));
            return None;
        }
        let arrays::Values { array, dimension, times, .. } = read?;
        if let Some(times) = times {
            self.report(with_times(&times, values, (dt, step.number)));
            return None;
        }
        let number = u32::try_from(self.network.arrays.len()).unwrap_or(u32::MAX);
        let variable = VariableId(u32::try_from(self.network.variables.len()).unwrap_or(u32::MAX));
        self.network.variables.push(Variable {
            name: name.text.to_string(),
            owner: Object::Array(number),
            dimension,
            kind: Type::Float,
            role: Role::Array,
            shared: false,
            constant: true,
            span: name.span,
        });
        let columns = array.shape().get(1).copied();
        self.network.arrays.push(network::Array {
            name: name.text.to_string(),
            variable,
            values: std::sync::Arc::clone(array.values()),
            // No array has more than 2^31 entries.
            columns: columns.unwrap_or(1) as u32,
            dt: step.number,
            span: dt.span,
        });
        Some(Timed { variable, rows: array.shape()[0], columns, dt: step.number, dimension })
    }

    /// The values and the time step, which is named.
    fn timed_arguments<'e>(&mut self, arguments: &'e [Argument], span: Span) -> Option<(&'e Expr, &'e Expr)> {
        if let [values, dt] = arguments
            && values.name.is_none()
            && dt.name.as_ref().is_none_or(|name| &*name.text == "dt")
        {
            return Some((&values.value, &dt.value));
        }
        let message = "`timed_array` takes its values and the time `dt` from one row to the next";
        let help = match arguments {
            [Argument { name: None, value }] => format!("write `timed_array({}, dt = 1*ms)`", bare(value)),
            _ => "write it as in `stim = timed_array([0, 1, 3]*nA, dt = 7*ms)`".to_owned(),
        };
        self.report(Diagnostic::error(codes::ARGUMENTS, span, message).help(help));
        None
    }

    /// `stim(t)`, `movie(t, i)`
    pub(super) fn timed_call(
        &mut self,
        scope: &Scope,
        (name, timed): (&Name, Timed),
        span: Span,
        arguments: &[Argument],
        operands: &[Option<Typed>],
    ) -> Option<Typed> {
        let example = timed.example(&name.text);
        let wanted = 1 + usize::from(timed.columns.is_some());
        if arguments.len() != wanted || arguments.iter().any(|argument| argument.name.is_some()) {
            let what = match timed.columns {
                Some(columns) => format!("has {columns} columns: it takes a time and the number of a column"),
                None => "has one value for every time: it takes a time alone".to_owned(),
            };
            let message = format!("`{}` {what}", name.text);
            self.report(Diagnostic::error(codes::ARGUMENTS, span, message).help(format!("write `{example}`")));
            return None;
        }
        let operands: Vec<Typed> = operands.iter().copied().collect::<Option<_>>()?;
        let place = format!("`{}`", name.text);
        self.must_measure((operands[0], &arguments[0].value), Dimension::SECOND, &place)?;
        if let (Some(column), Some(argument)) = (operands.get(1), arguments.get(1)) {
            self.must_be_number((*column, &argument.value), &place)?;
            if self.network.arena.kind(column.id) != Type::Integer {
                self.report(not_an_integer(&argument.value, &format!("the column of {place}")));
                return None;
            }
        }
        // Functions are read before the time step is known.
        let step = scope.step.or((self.network.dt > 0.0).then_some(self.network.dt));
        let id = self.entry_at(timed, step, operands[0].id, operands.get(1).map(|column| column.id));
        Some(Typed { id, dimension: timed.dimension })
    }

    /// The entry at a time and a column.
    fn entry_at(&mut self, timed: Timed, step: Option<f64>, time: ExprId, column: Option<ExprId>) -> ExprId {
        let row = self.row_at(timed, step, time);
        let arena = &mut self.network.arena;
        let (Some(column), Some(columns)) = (column, timed.columns) else {
            return arena.add(Node::At(timed.variable, row), Type::Float);
        };
        let (zero, columns) = (arena.integer(0), arena.integer(i32::try_from(columns).unwrap_or(i32::MAX)));
        let first = arena.binary(Binary::Multiply, row, columns);
        let index = arena.binary(Binary::Add, first, column);
        let entry = arena.add(Node::At(timed.variable, index), Type::Float);
        let (low, high) =
            (arena.binary(Binary::GreaterEqual, column, zero), arena.binary(Binary::Less, column, columns));
        let there = arena.binary(Binary::And, low, high);
        let nothing = arena.float(f64::NAN);
        arena.add(Node::Call(Function::Where, vec![there, entry, nothing]), Type::Float)
    }

    /// The row that holds at a time: int((t/eps + 0.5)/K), eps = dt/K, between the first and the last.
    ///
    /// Brian2's rule: K parts of a row, a power of two of at least 8 in a time step of the group, so that a time that is a rounding
    /// error before a row's beginning counts as on it.
    fn row_at(&mut self, timed: Timed, step: Option<f64>, time: ExprId) -> ExprId {
        let last = timed.rows.saturating_sub(1) as f64;
        let (part, parts) = match step {
            Some(step) => {
                let parts = (8.0 * timed.dt / step).log2().ceil().exp2().max(1.0);
                (self.network.arena.float(timed.dt / parts), self.network.arena.float(parts))
            }
            None => self.parts_of_row(timed.dt),
        };
        let arena = &mut self.network.arena;
        let [half, zero, last] = [0.5, 0.0, last].map(|value| arena.float(value));
        let count = arena.binary(Binary::Divide, time, part);
        let rounded = arena.binary(Binary::Add, count, half);
        let row = arena.binary(Binary::Divide, rounded, parts);
        let within = arena.add(Node::Call(Function::Clip, vec![row, zero, last]), Type::Float);
        arena.add(Node::Call(Function::Int, vec![within]), Type::Integer)
    }

    /// A part of a row [s], and how many there are, as expressions of the time step that will be known.
    fn parts_of_row(&mut self, row: f64) -> (ExprId, ExprId) {
        let arena = &mut self.network.arena;
        let dt = arena.add(Node::Dt, Type::Float);
        // What is short of a whole power by a rounding error is that power.
        let [eight, log_of_two, slack, two, one, row] =
            [8.0 * row, std::f64::consts::LN_2, 1e-9, 2.0, 1.0, row].map(|value| arena.float(value));
        let ratio = arena.binary(Binary::Divide, eight, dt);
        let log = arena.add(Node::Call(Function::Log, vec![ratio]), Type::Float);
        let exponent = arena.binary(Binary::Divide, log, log_of_two);
        let exponent = arena.binary(Binary::Subtract, exponent, slack);
        let exponent = arena.add(Node::Call(Function::Ceil, vec![exponent]), Type::Float);
        let power = arena.binary(Binary::Power, two, exponent);
        let parts = arena.add(Node::Call(Function::Max, vec![power, one]), Type::Float);
        (arena.binary(Binary::Divide, row, parts), parts)
    }
}

/// The diagnostic of a table whose column of times would be taken for values.
fn with_times(times: &arrays::Times, values: &Expr, (dt, given): (&Expr, f64)) -> Diagnostic {
    let arrays::Times { call, columns, at, step } = times;
    let path = call.trim_end_matches(')');
    let message = format!("column `{}` of this table holds times, and `timed_array` takes values alone", columns[*at]);
    let others: Vec<&String> =
        columns.iter().enumerate().filter(|(place, _)| place != at).map(|(_, name)| name).collect();
    let column = match others.as_slice() {
        [only] if is_name(only) => format!("{path}, {only})"),
        [first, ..] if is_name(first) && *at > 0 => format!("{path}, {first})"),
        _ => format!("{call}[:, {}:]", at + 1),
    };
    let written = bare(values);
    let dt = bare(dt);
    let wrong = Diagnostic::error(codes::SHAPE, values.span, message);
    let wrong = if written.contains(call.as_str()) {
        wrong.help(format!("write `timed_array({}, dt = {dt})`", written.replace(call.as_str(), &column)))
    } else {
        wrong.help(format!("take the column of values where the file is read, `{column}`, with `dt = {dt}` here"))
    };
    match step {
        Some(step) if (step - given).abs() < 1e-3 * given => wrong,
        Some(step) => wrong
            .help(format!("its rows are {} apart, if their times are in seconds", quantity(*step, Dimension::SECOND))),
        None => wrong.help("the rows of a `timed_array` follow each other after equal times, and these do not"),
    }
}
