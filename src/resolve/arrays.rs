//! Expressions of arrays: lists, files, ranges, slices of them, and arithmetic with units: `npy("x.npy")*nA`, `1 - png("x.png")[::-1]`.
//!
//! In: an expression in which a list, a file, a range or the name of one stands. Out: an array with its dimension, every value finite.
//! The arithmetic is that of any other expression, done for every entry: arrays stand in it as leaves with a unit and a type, so that
//! functions, units and types need no rules of their own. Leaves of one expression have one shape.

use super::constants::Value;
use super::files::Word;
use super::names::{Entry, Scope, Typed};
use super::spell::quoted;
use super::{Resolver, codes, evaluate, files, ranges};
use crate::arrays::{Array, Column, Content, Table};
use crate::ir::expr::{LocalId, Node, Type};
use crate::units::Dimension;
use grammar::ast::{Expr, ExprKind, File, IndexItem, ItemKind};
use grammar::{Diagnostic, Span};
use std::collections::HashSet;
use std::sync::Arc;

/// An array in SI base units.
#[derive(Clone, Debug)]
pub(super) struct Values {
    /// Its shape and its numbers.
    pub(super) array: Array,
    /// What they measure.
    pub(super) dimension: Dimension,
    /// Whether its entries are true or false, kept as 1 and 0.
    pub(super) truths: bool,
    /// The times that stand in one of its columns, where it is a whole table or made of one.
    pub(super) times: Option<Arc<Times>>,
}

/// A column of times among the others of a table.
#[derive(Clone, Debug)]
pub(super) struct Times {
    /// The call that reads the table.
    pub(super) call: String,
    /// All columns.
    pub(super) columns: Vec<String>,
    /// Which of them it is.
    pub(super) at: usize,
    /// From one time to the next [s], where that is always the same.
    pub(super) step: Option<f64>,
}

/// Whether a column's name says that it holds times.
fn is_time(name: &str) -> bool {
    matches!(&*name.to_ascii_lowercase(), "t" | "time" | "times")
}

impl Values {
    /// Numbers.
    pub(super) fn numbers(array: Array, dimension: Dimension) -> Self {
        Self { array, dimension, truths: false, times: None }
    }

    /// The type of its entries.
    pub(super) fn kind(&self) -> Type {
        if self.truths { Type::Boolean } else { kind(&self.array) }
    }
}

/// The functions of an array that give one number.
const LENGTHS: [&str; 2] = ["rows", "columns"];

/// Whether a function gives a length of an array.
pub(super) fn is_length(name: &str) -> bool {
    LENGTHS.contains(&name)
}

/// The parts of an expression that are arrays by themselves, by what `named` says of names; lengths are none.
fn leaves(expr: &Expr, named: impl Fn(&str) -> bool) -> Vec<&Expr> {
    let (mut found, mut rest) = (Vec::new(), vec![expr]);
    while let Some(part) = rest.pop() {
        match &part.kind {
            ExprKind::List(_) => found.push(part),
            ExprKind::Name(name) if named(name) => found.push(part),
            ExprKind::Call { function, .. } if files::is_reader(&function.text) => found.push(part),
            ExprKind::Call { function, .. } if ranges::is_maker(&function.text) => found.push(part),
            ExprKind::Call { function, .. } if is_length(&function.text) || &*function.text == "timed_array" => {}
            ExprKind::Index { base, .. } if !leaves(base, &named as &dyn Fn(&str) -> bool).is_empty() => {
                found.push(part);
            }
            ExprKind::Group(inner) | ExprKind::Unary { operand: inner, .. } => rest.push(inner),
            ExprKind::Binary { left, right, .. } => rest.extend([&**right, &**left]),
            ExprKind::Call { arguments, .. } => rest.extend(arguments.iter().rev().map(|argument| &argument.value)),
            _ => {}
        }
    }
    found
}

impl Resolver<'_> {
    /// Which top-level names are those of arrays: a definition of one is an array too.
    pub(super) fn array_names(&mut self, file: &File) {
        let definitions: Vec<(&str, &Expr)> = file
            .items
            .iter()
            .filter_map(|item| match &item.kind {
                ItemKind::Definition { name, value } => Some((&*name.text, value)),
                _ => None,
            })
            .collect();
        let mut known: HashSet<Box<str>> = HashSet::new();
        loop {
            let new = definitions.iter().filter(|(name, value)| {
                !known.contains(*name) && !leaves(value, |name| known.contains(name)).is_empty()
            });
            let new: Vec<Box<str>> = new.map(|(name, _)| (*name).into()).collect();
            if new.is_empty() {
                break;
            }
            known.extend(new);
        }
        self.array_names = known;
    }

    /// The parts of an expression that are arrays where these names hold.
    pub(super) fn array_leaves<'e>(&self, scope: &Scope, expr: &'e Expr) -> Vec<&'e Expr> {
        let hidden = |name: &str| matches!(scope.entries.get(name), Some(Entry::Known(..) | Entry::Poison));
        leaves(expr, |name| self.array_names.contains(name) && !hidden(name))
    }

    /// Whether an expression outside of blocks is one of arrays.
    pub(super) fn is_array(&self, expr: &Expr) -> bool {
        !self.array_leaves(&self.outside, expr).is_empty()
    }

    /// The array that an expression of arrays and constants gives.
    pub(super) fn array(&mut self, expr: &Expr) -> Option<Values> {
        let mut inner = expr;
        while let ExprKind::Group(next) = &inner.kind {
            inner = next;
        }
        let found = self.array_leaves(&self.outside, inner);
        if let [only] = found[..]
            && std::ptr::eq(only, inner)
        {
            return self.leaf(only);
        }
        let mut values = Vec::with_capacity(found.len());
        for leaf in &found {
            values.push(self.leaf(leaf));
        }
        let values: Vec<Values> = values.into_iter().collect::<Option<_>>()?;
        self.same_shapes(&found, &values)?;
        let arena = std::mem::take(&mut self.network.arena);
        let made = self.elementwise(inner, &found, &values);
        self.network.arena = arena;
        made
    }

    /// Reads the expression once, with leaves for arrays, and evaluates it for every entry.
    fn elementwise(&mut self, expr: &Expr, found: &[&Expr], values: &[Values]) -> Option<Values> {
        let mut scope = std::mem::take(&mut self.outside);
        for ((number, leaf), values) in (0..).zip(found).zip(values) {
            let id = self.network.arena.add(Node::Local(LocalId(number)), values.kind());
            scope.leaves.insert(leaf.span, Some(Typed { id, dimension: values.dimension }));
        }
        let typed = self.expression(&mut scope, expr);
        scope.leaves.clear();
        self.outside = scope;
        let Typed { id, dimension } = typed?;
        let first = &values.first()?.array;
        let columns: Vec<&[f64]> = values.iter().map(|values| &values.array.values()[..]).collect();
        let kind = self.network.arena.kind(id);
        let numbers = evaluate::each(&self.network.arena, &self.options.functions, id, &columns)?;
        if let Some(bad) = numbers.iter().position(|number| !number.is_finite()) {
            let message = format!("entry {bad} of {} is {}", quoted(expr), numbers[bad]);
            let help = "every entry is a finite number: see what it is divided by";
            self.report(Diagnostic::error(codes::NOT_A_NUMBER, expr.span, message).help(help));
            return None;
        }
        let array = Array::new(first.shape().to_vec(), numbers.into(), kind != Type::Float);
        let times = values.iter().find_map(|values| values.times.clone());
        Some(Values { array, dimension, truths: kind == Type::Boolean, times })
    }

    fn same_shapes(&mut self, leaves: &[&Expr], values: &[Values]) -> Option<()> {
        let (first, shape) = (leaves.first()?, values.first()?.array.shape());
        let other = leaves.iter().zip(values).find(|(_, values)| values.array.shape() != shape);
        let Some((leaf, other)) = other else { return Some(()) };
        let (has, is) = (shape_words(shape), shape_words(other.array.shape()));
        let message = format!("{} is {has}, and {} is {is}", quoted(first), quoted(leaf));
        self.report(
            Diagnostic::error(codes::SHAPE, leaf.span, message)
                .label(is)
                .also(first.span, has)
                .help("arrays of one expression have one shape: take a part by `[a:b]`, or a constant for all entries"),
        );
        None
    }

    /// An array that stands by itself.
    fn leaf(&mut self, expr: &Expr) -> Option<Values> {
        match &expr.kind {
            ExprKind::Name(name) => self.arrays.get(name).cloned().flatten(),
            ExprKind::List(items) => self.list(items, expr.span),
            ExprKind::Index { base, items } => {
                if let Some(wrong) = self.column_by_name(expr) {
                    self.report(wrong);
                    return None;
                }
                let values = self.array(base)?;
                self.slice_of(values, items, expr.span)
            }
            _ if ranges::is_call(expr) => self.made_array(expr),
            _ => self.file_array(expr),
        }
    }

    /// The array in a file.
    fn file_array(&mut self, expr: &Expr) -> Option<Values> {
        let files::ReadFile { content, path, names, span } = self.read_file(expr, 1)?;
        match content {
            Content::Array(array) => Some(Values::numbers(array, Dimension::ONE)),
            Content::Table(table) => self.table_array(&table, path, names.first(), span),
            Content::Matrix(_) => {
                let message = "a sparse matrix says what connects, and is no array";
                let help = "write it as in `connect coo(\"matrix.npz\", w)`, or save it by `.toarray()`";
                self.report(Diagnostic::error(codes::NOT_A_VALUE, span, message).help(help));
                None
            }
        }
    }

    /// One column of a table, or all of them as columns of an array.
    fn table_array(&mut self, table: &Table, path: &str, name: Option<&Word<'_>>, span: Span) -> Option<Values> {
        let column = match (name, table.columns.as_slice()) {
            (Some(word), columns) => match columns.iter().find(|column| column.name == word.name) {
                Some(column) => column,
                None => {
                    self.report(super::edges::no_column(table, path, word.name, word.span));
                    return None;
                }
            },
            (None, [only]) => only,
            (None, columns) => {
                if let Some(column) = columns.iter().find(|column| column.unit.is_some()) {
                    let message = format!("the columns of \"{path}\" have units of their own");
                    let values = columns.iter().find(|column| !is_time(&column.name)).unwrap_or(column);
                    let help = format!("name the column: `csv(\"{path}\", {})`", values.name);
                    self.report(Diagnostic::error(codes::FILE_CONTENT, span, message).help(help));
                    return None;
                }
                let rows = columns[0].values.len();
                let entries = (0..rows).flat_map(|row| columns.iter().map(move |column| column.values[row]));
                let integer = columns.iter().all(|column| column.integer);
                let array = Array::new(vec![rows, columns.len()], entries.collect(), integer);
                return Some(Values { times: times_of(columns, path), ..Values::numbers(array, Dimension::ONE) });
            }
        };
        let unit = self.heading_unit(column, path, span)?;
        let (factor, dimension) = unit.unwrap_or((1.0, Dimension::ONE));
        let shape = vec![column.values.len()];
        let array = if unit.is_none() {
            Array::new(shape, Arc::clone(&column.values), column.integer)
        } else {
            Array::new(shape, column.values.iter().map(|value| value * factor).collect(), false)
        };
        Some(Values::numbers(array, dimension))
    }

    /// `[0, 1, 3]*nA` without its factor; `[[0, 1], [1, 0]]` has two dimensions.
    fn list(&mut self, items: &[Expr], span: Span) -> Option<Values> {
        let nested = items.iter().filter(|item| matches!(item.kind, ExprKind::List(_))).count();
        let (mut values, mut width, mut first): (Vec<Value>, usize, Option<Span>) = (Vec::new(), 0, None);
        if nested == 0 {
            values = self.entries(items)?;
        }
        for item in items.iter().filter(|_| nested > 0) {
            let ExprKind::List(inner) = &item.kind else {
                let message = "a list holds numbers or lists, not both";
                let help = "write an array of two dimensions as in `[[0, 1], [1, 0]]`";
                self.report(Diagnostic::error(codes::SHAPE, item.span, message).help(help));
                return None;
            };
            if let Some(first) = first.filter(|_| inner.len() != width) {
                let message = format!("this row has {} entries, and the first one {width}", inner.len());
                let wrong = Diagnostic::error(codes::SHAPE, item.span, message).also(first, "the first row");
                self.report(wrong.help("give all rows as many entries"));
                return None;
            }
            (width, first) = (inner.len(), first.or(Some(item.span)));
            values.extend(self.entries(inner)?);
        }
        let Some(dimension) = values.first().map(|value| value.dimension) else {
            let message = "this list is empty";
            self.report(Diagnostic::error(codes::SHAPE, span, message).help("write its entries, as in `[0, 1]*nA`"));
            return None;
        };
        if let Some(other) = values.iter().find(|value| value.dimension != dimension) {
            let (first, other) = (super::checks::has_unit(dimension), super::checks::has_unit(other.dimension));
            let message = format!("the first entry {first}, and another one {other}");
            self.report(
                Diagnostic::error(codes::UNITS_DIFFER, span, message).help("give all entries one unit: `[1, 2]*ms`"),
            );
            return None;
        }
        let integer = values.iter().all(|value| value.kind != Type::Float);
        let truths = values.iter().all(|value| value.kind == Type::Boolean);
        let shape = if nested > 0 { vec![items.len(), width] } else { vec![items.len()] };
        let array = Array::new(shape, values.iter().map(|value| value.number).collect(), integer);
        Some(Values { array, dimension, truths, times: None })
    }

    fn entries(&mut self, items: &[Expr]) -> Option<Vec<Value>> {
        let mut fine = true;
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            match self.constant_of(item, None, "a list") {
                Some(value) => values.push(value),
                None => fine = false,
            }
        }
        fine.then_some(values)
    }

    /// `x[a:b]`, `x[::-1]`, `x[3]`, `x[:, 0]`: rows first, then columns.
    fn slice_of(&mut self, values: Values, items: &[IndexItem], span: Span) -> Option<Values> {
        let shape = values.array.shape().to_vec();
        if items.len() > shape.len() {
            let message = format!("this array is {}, and has no {}", shape_words(&shape), ORDINALS[items.len().min(3)]);
            let help = "give as many slices as it has dimensions, rows first; a grey-scale picture has no colours";
            self.report(Diagnostic::error(codes::SHAPE, span, message).help(help));
            return None;
        }
        let mut taken: Vec<Vec<usize>> = Vec::with_capacity(shape.len());
        let mut kept = Vec::with_capacity(shape.len());
        for (dimension, &length) in shape.iter().enumerate() {
            let (places, keeps) = match items.get(dimension) {
                Some(item) => self.places(item, length)?,
                None => ((0..length).collect(), true),
            };
            if keeps {
                kept.push(places.len());
            }
            taken.push(places);
        }
        if kept.is_empty() || kept.contains(&0) {
            let message = if kept.is_empty() { "this is one entry, not an array" } else { "this part has no entries" };
            let help = "`[a:b]` are the entries from `a` to before `b`";
            self.report(Diagnostic::error(codes::SHAPE, span, message).help(help));
            return None;
        }
        let all = values.array.values();
        let entries: Arc<[f64]> = match taken.as_slice() {
            [rows, columns] => {
                let width = shape[1];
                rows.iter().flat_map(|row| columns.iter().map(move |column| all[row * width + column])).collect()
            }
            [places] => places.iter().map(|&place| all[place]).collect(),
            _ => return None,
        };
        let array = Array::new(kept, entries, values.array.is_integer());
        Some(Values { array, times: None, ..values })
    }

    /// The places that an index or a slice takes of so many, as Python does, and whether the dimension stays.
    fn places(&mut self, item: &IndexItem, length: usize) -> Option<(Vec<usize>, bool)> {
        let size = i64::try_from(length).ok()?;
        match item {
            IndexItem::At(at) => {
                let index = i64::from(self.constant_integer(at, "an index")?);
                let counted = if index < 0 { index + size } else { index };
                if (0..size).contains(&counted) {
                    return Some((vec![counted as usize], false));
                }
                let message = format!("index {index} is outside an array of {length}");
                let help = format!("indices go from 0 to {}", size - 1);
                self.report(Diagnostic::error(codes::SHAPE, at.span, message).help(help));
                None
            }
            IndexItem::Slice { start, stop, step, .. } => {
                let mut bound = |expr: &Option<Expr>| match expr {
                    Some(expr) => self.constant_integer(expr, "a bound of a slice").map(|bound| Some(i64::from(bound))),
                    None => Some(None),
                };
                let (start, stop, by) = (bound(start)?, bound(stop)?, bound(step)?.unwrap_or(1));
                if by == 0 {
                    let span = step.as_ref().map(|step| step.span).unwrap_or_default();
                    let message = "a step is 1 or more, or -1 or less";
                    self.report(Diagnostic::error(codes::SHAPE, span, message).help("`[::-1]` turns the order round"));
                    return None;
                }
                let (low, high) = if by > 0 { (0, size) } else { (-1, size - 1) };
                let place = |bound: Option<i64>, usual: i64| match bound {
                    Some(bound) if bound < 0 => (bound + size).clamp(low, high),
                    Some(bound) => bound.clamp(low, high),
                    None => usual,
                };
                let first = place(start, if by > 0 { low } else { high });
                let last = place(stop, if by > 0 { high } else { low });
                let places = std::iter::successors(Some(first), |place| place.checked_add(by));
                let places = places.take_while(|&place| if by > 0 { place < last } else { place > last });
                Some((places.map(|place| place as usize).collect(), true))
            }
        }
    }

    /// `rows(x)`, `columns(x)`: how many an array has.
    pub(super) fn length(&mut self, name: &str, arguments: &[grammar::ast::Argument], span: Span) -> Option<Typed> {
        let argument = match arguments {
            [argument] if argument.name.is_none() && self.is_array(&argument.value) => &argument.value,
            _ => {
                let message = format!("`{name}` takes one array");
                let help = format!("write it as in `{name}(npy(\"x.npy\"))`, or with the name of an array");
                self.report(Diagnostic::error(codes::ARGUMENTS, span, message).help(help));
                return None;
            }
        };
        let shape = self.array(argument)?.array.shape().to_vec();
        let length = if name == "rows" { shape.first() } else { shape.get(1) };
        // An array of one dimension is one column.
        let length = i32::try_from(length.copied().unwrap_or(1)).unwrap_or(i32::MAX);
        Some(Typed { id: self.network.arena.integer(length), dimension: Dimension::ONE })
    }

    /// Reports an array where one value is asked for.
    pub(super) fn array_for_value(&mut self, name: &str, span: Span) {
        if matches!(self.arrays.get(name), Some(None)) {
            // What is wrong with it is told where it is defined.
            return;
        }
        let message = format!("`{name}` is an array, not one value");
        let help = format!(
            "`init x = {name}` gives each its own; `timed_array({name}, dt = 1*ms)` makes it a function of time"
        );
        self.report(Diagnostic::error(codes::NOT_A_VALUE, span, message).help(help));
    }
}

/// The column of times among several.
fn times_of(columns: &[Column], path: &str) -> Option<Arc<Times>> {
    let at = columns.iter().position(|column| is_time(&column.name))?;
    let times = &columns[at].values;
    let step = times.get(1).zip(times.first()).map(|(second, first)| second - first);
    let even = |step: &f64| *step > 0.0 && times.windows(2).all(|pair| (pair[1] - pair[0] - step).abs() < 1e-3 * step);
    let names = columns.iter().map(|column| column.name.clone()).collect();
    Some(Arc::new(Times { call: format!("csv(\"{path}\")"), columns: names, at, step: step.filter(even) }))
}

/// What an array has one of for every number of its shape.
const ORDINALS: [&str; 4] = ["", "first dimension", "second dimension", "third dimension"];

/// The type of an array's entries.
pub(super) fn kind(array: &Array) -> Type {
    if array.is_integer() { Type::Integer } else { Type::Float }
}

/// `a list of 3`, `an array of 4 rows and 2 columns`.
pub(super) fn shape_words(shape: &[usize]) -> String {
    match shape {
        [rows, columns] => format!("an array of {rows} rows and {columns} columns"),
        [length] => format!("a list of {length}"),
        _ => "no array".to_owned(),
    }
}

/// Whether a definition is one of a timed array.
pub(super) fn is_timed(value: &Expr) -> bool {
    matches!(&value.kind, ExprKind::Call { function, .. } if &*function.text == "timed_array")
}
