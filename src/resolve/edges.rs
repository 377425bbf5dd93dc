//! Pairs that files and arrays list: `connect csv("edges.csv")`, `connect coo("w.npz", w)`, `connect i = npy("i.npy"), j = 0`.
//!
//! In: a file or two arrays. Out: source and target of every synapse, in the order of the file, and the values that come with them,
//! each for a variable of the synapses. A file has columns `i` and `j`, and others that are called as variables; an array has two
//! columns; a sparse matrix has its rows for sources and its columns for targets.

use super::arrays::shape_words;
use super::checks::has_unit;
use super::files::{ReadFile, Word, file_call};
use super::groups::Part;
use super::lists::{Numbers, has_list};
use super::spell::{bare, quoted};
use super::suggestions;
use super::synapses::Ends;
use super::{Resolver, codes};
use crate::arrays::{Column, Content, Matrix, Table};
use crate::ir::expr::{Type, VariableId};
use crate::ir::network::{Network, Object, ProjectionId, Role, Variable};
use crate::units::{self, Dimension};
use grammar::ast::{ConnectPart, Expr, Member, MemberKind};
use grammar::{Diagnostic, Span};
use std::sync::Arc;

/// Pairs, relative to their groups, and what comes with them.
pub(super) struct Edges {
    /// Source and target of each.
    pub(super) pairs: Vec<(u32, u32)>,
    /// Values of variables, one for each pair.
    pub(super) values: Vec<(VariableId, Arc<[f64]>)>,
}

/// A column that is taken, and how a call names it.
type Taken<'a> = (&'a Column, Option<Word<'a>>);

/// A column, what it is taken for, and how a call names it.
type Named<'a> = ((&'a str, &'a Column), Option<Word<'a>>);

impl Resolver<'_> {
    /// The synapses that a file lists; their variables are those of the projection that is being read.
    pub(super) fn edges_of_file(&mut self, ends: Ends, expr: &Expr) -> Option<Edges> {
        let read = self.read_file(expr, usize::MAX)?;
        match &read.content {
            Content::Table(table) => self.edges_of_table(ends, &read, table),
            Content::Matrix(matrix) => self.edges_of_matrix(ends, &read, matrix),
            Content::Array(array) if array.shape().get(1) == Some(&2) => {
                let column = |first: usize| array.values().iter().skip(first).step_by(2).copied().collect::<Vec<_>>();
                let call = grammar::print::expression(expr);
                let from_one = Some(format!("connect i = {call}[:, 0] - 1, j = {call}[:, 1] - 1"));
                let pairs = self.neurons_of_pairs(ends, (&column(0), read.span), (&column(1), read.span), from_one)?;
                Some(Edges { pairs, values: Vec::new() })
            }
            Content::Array(array) => {
                let message = format!("this is {}", shape_words(array.shape()));
                let help = "pairs are rows of two columns: source and target; for two lists write `i = …, j = …`";
                self.report(Diagnostic::error(codes::SHAPE, read.span, message).help(help));
                None
            }
        }
    }

    /// The synapses of two arrays; a single number goes with every entry of the other.
    pub(super) fn edges_of_arrays(&mut self, ends: Ends, i: &Expr, j: &Expr) -> Option<Edges> {
        let (sources, targets) = (self.index_column(i), self.index_column(j));
        let (mut sources, mut targets) = (sources?, targets?);
        let count = sources.len().max(targets.len());
        for column in [&mut sources, &mut targets] {
            if let [only] = column[..] {
                *column = vec![only; count];
            }
        }
        if sources.len() != targets.len() {
            let (sources, targets) = (sources.len(), targets.len());
            let message = format!("`i` lists {sources} neurons and `j` lists {targets}");
            self.report(
                Diagnostic::error(codes::LIST_LENGTHS, j.span, message)
                    .label(format!("{targets} neurons"))
                    .also(i.span, format!("{sources} neurons"))
                    .help("give both as many entries, or one of them as a single number"),
            );
            return None;
        }
        let from_one =
            (!has_list(i) && !has_list(j)).then(|| format!("connect i = {} - 1, j = {} - 1", bare(i), bare(j)));
        let pairs = self.neurons_of_pairs(ends, (&sources, i.span), (&targets, j.span), from_one)?;
        Some(Edges { pairs, values: Vec::new() })
    }

    fn index_column(&mut self, expr: &Expr) -> Option<Vec<f64>> {
        let values = match self.numbers(expr)? {
            Numbers::One(value, _) => vec![value],
            Numbers::Many(values) => values.into_iter().map(|(value, _)| value).collect(),
        };
        if let Some(wrong) = values.iter().find(|value| !value.dimension.is_one()) {
            let message =
                format!("neurons are given by their index, and {} {}", quoted(expr), has_unit(wrong.dimension));
            self.report(Diagnostic::error(codes::WRONG_UNIT, expr.span, message).help("write indices without unit"));
            return None;
        }
        Some(values.into_iter().map(|value| value.number).collect())
    }

    /// Indices that are whole numbers within their groups.
    fn neurons_of_pairs(
        &mut self,
        ends: Ends,
        (sources, i): (&[f64], Span),
        (targets, j): (&[f64], Span),
        from_one: Option<String>,
    ) -> Option<Vec<(u32, u32)>> {
        let count_from_one = |indices: &[f64], part: Part| {
            indices.iter().all(|&index| (1.0..=f64::from(part.group.size)).contains(&index))
        };
        let sides = [(sources, ends.source), (targets, ends.target)];
        let mend = from_one.filter(|_| sides.into_iter().all(|(indices, part)| count_from_one(indices, part)));
        let sources = self.neurons_within(sources, ends.source, "source", i, mend.as_deref());
        // One mend is for both sides.
        if mend.is_some() && sources.is_none() {
            return None;
        }
        let targets = self.neurons_within(targets, ends.target, "target", j, mend.as_deref());
        Some(sources?.into_iter().zip(targets?).collect())
    }

    fn neurons_within(
        &mut self,
        indices: &[f64],
        part: Part,
        side: &str,
        span: Span,
        from_one: Option<&str>,
    ) -> Option<Vec<u32>> {
        let size = if part.sized { part.group.size } else { u32::MAX };
        let wrong = |index: &f64| index.fract() != 0.0 || !(0.0..f64::from(size)).contains(index);
        if let Some(place) = indices.iter().position(wrong) {
            let index = indices[place];
            let what = if index.fract() == 0.0 {
                format!("{side} {index} is outside its group of {size}")
            } else {
                format!("a {side} is given by its index, an integer, and this is {index}")
            };
            let message = format!("pair {place}, counted from 0: {what}");
            let within = format!("indices go from 0 to {}, relative to the group", size - 1);
            let help = match from_one {
                Some(mend) => format!("{within}, and these seem to count from 1: write `{mend}`"),
                None => within,
            };
            self.report(Diagnostic::error(codes::PAIR_OUTSIDE, span, message).help(help));
            return None;
        }
        Some(indices.iter().map(|&index| index as u32).collect())
    }

    /// The columns that the files of a block's connections give, each with the call that reads it.
    pub(super) fn columns_of_files(&mut self, members: &[&Member]) -> Vec<(String, Span)> {
        let parts = members.iter().filter_map(|member| match &member.kind {
            MemberKind::Connect(parts) => Some(parts),
            _ => None,
        });
        let calls = parts.flatten().filter_map(|part| match part {
            ConnectPart::Plain(expr) => file_call(expr).map(|_| expr),
            ConnectPart::Named { .. } => None,
        });
        let mut columns = Vec::new();
        for call in calls {
            // What is wrong with a file is reported where its pairs are read.
            let before = self.found.len();
            if let Some(read) = self.read_file(call, usize::MAX) {
                match (&read.content, read.names.as_slice()) {
                    (Content::Table(table), []) => {
                        columns.extend(table.columns.iter().map(|column| (column.name.clone(), read.span)));
                    }
                    (_, names) => columns.extend(names.iter().map(|word| (word.name.to_owned(), read.span))),
                }
            }
            self.found.truncate(before);
        }
        columns
    }

    fn edges_of_table(&mut self, ends: Ends, read: &ReadFile<'_>, table: &Table) -> Option<Edges> {
        let columns = self.named_columns(read, table)?;
        let missing = ["i", "j"].into_iter().find(|name| columns.iter().all(|((column, _), _)| column != name));
        if let Some(missing) = missing {
            let wrong = self.without_neurons(read, table, missing, read.span);
            self.report(wrong);
            return None;
        }
        let (mut pair, mut values) = ([None; 2], Vec::new());
        for &((name, column), word) in &columns {
            match name {
                "i" => pair[0] = Some(column),
                "j" => pair[1] = Some(column),
                _ => values.push(self.column_of_variable(read, name, (column, word))?),
            }
        }
        let [i, j] = [pair[0]?, pair[1]?];
        let from_one = Some(self.as_lists(read, table).written(" - 1"));
        let pairs = self.neurons_of_pairs(ends, (&i.values, read.span), (&j.values, read.span), from_one)?;
        Some(Edges { pairs, values })
    }

    /// The diagnostic of a table that has no column `i` or `j`.
    fn without_neurons(&self, read: &ReadFile<'_>, table: &Table, missing: &str, span: Span) -> Diagnostic {
        let wrong = no_column(table, read.path, missing, span);
        if table.columns.len() < 2 {
            return wrong;
        }
        let side = if missing == "i" { "sources" } else { "targets" };
        let help = format!("name the columns of both neurons: `{}`", self.as_lists(read, table).written(""));
        Diagnostic { help: vec![help], ..wrong.label(format!("`{missing}` are the {side}")) }
    }

    /// The columns that are taken, each with its name: those the call names, else all of a table that names its own.
    fn named_columns<'t>(&mut self, read: &ReadFile<'t>, table: &'t Table) -> Option<Vec<Named<'t>>> {
        let bare = table.columns.iter().all(|column| column.name.is_empty());
        let mut taken = Vec::new();
        match (read.names.as_slice(), bare) {
            ([], false) => {
                taken.extend(table.columns.iter().map(|column| ((&*column.name, column), None)));
            }
            ([], true) if table.columns.len() == 2 => {
                taken.extend(["i", "j"].into_iter().zip(&table.columns).map(|column| (column, None)));
            }
            (words, true) if words.len() == table.columns.len() => {
                let columns = words.iter().zip(&table.columns);
                taken.extend(columns.map(|(word, column)| ((word.name, column), Some(*word))));
            }
            (words, true) => {
                let count = table.columns.len();
                let message = match words.len() {
                    0 => format!("\"{}\" has {count} columns without names", read.path),
                    named => format!("\"{}\" has {count} columns, and {named} are named", read.path),
                };
                let help = self.names_for(read, table);
                self.report(Diagnostic::error(codes::FILE_CONTENT, read.span, message).help(help));
                return None;
            }
            (words, false) => {
                for word in words {
                    let Some(column) = table.columns.iter().find(|column| column.name == word.name) else {
                        let wrong = match word.name {
                            "i" | "j" => self.without_neurons(read, table, word.name, word.span),
                            name => no_column(table, read.path, name, word.span),
                        };
                        self.report(wrong);
                        return None;
                    };
                    taken.push(((word.name, column), Some(*word)));
                }
            }
        }
        Some(taken)
    }

    /// `coo("w.npz", w)`
    fn edges_of_matrix(&mut self, ends: Ends, read: &ReadFile<'_>, matrix: &Matrix) -> Option<Edges> {
        let groups = [ends.source.group.size as usize, ends.target.group.size as usize];
        if ends.source.sized && ends.target.sized && matrix.shape != groups {
            let ([rows, columns], [sources, targets]) = (matrix.shape, groups);
            let message = format!(
                "the matrix has {rows} rows and {columns} columns, for {sources} sources and {targets} targets"
            );
            let help = "rows are sources and columns are targets; a matrix of weights onto rows is to be transposed";
            self.report(Diagnostic::error(codes::SHAPE, read.span, message).help(help));
            return None;
        }
        let pairs = matrix.rows.iter().copied().zip(matrix.columns.iter().copied()).collect();
        let mut values = Vec::new();
        for word in &read.names {
            let entries = Arc::clone(&matrix.values);
            let column = Column { name: word.name.to_owned(), unit: None, values: entries, integer: false };
            values.push(self.column_of_variable(read, word.name, (&column, Some(*word)))?);
        }
        Some(Edges { pairs, values })
    }

    /// The variable that a column gives values to, and the values.
    fn column_of_variable(
        &mut self,
        read: &ReadFile<'_>,
        name: &str,
        (column, word): Taken<'_>,
    ) -> Option<(VariableId, Arc<[f64]>)> {
        let span = word.map_or(read.span, |word| word.span);
        let own = own_variables(&self.network);
        let Some(&(number, variable)) = own.iter().find(|(_, variable)| variable.name == name) else {
            let message = format!("column `{name}` of \"{}\" is no variable of these synapses", read.path);
            let names = own.iter().map(|(_, variable)| &*variable.name);
            let mut wrong = Diagnostic::error(codes::FILE_CONTENT, span, message);
            if let Some(meant) = own.iter().find_map(|(_, variable)| with_unit(name, &variable.name)) {
                self.report(wrong.help(meant));
                return None;
            }
            if let Some(meant) = suggestions::nearest(name, names) {
                wrong = wrong.help(format!("did you mean `{meant}`?"));
            }
            let unit =
                self.heading_unit(column, read.path, read.span)?.map_or(Dimension::ONE, |(_, dimension)| dimension);
            let unit = if unit.is_one() { "1".to_owned() } else { unit.spelled() };
            let help = format!(
                "declare it, as `{name} : {unit}`, or name the columns to take: `csv(\"{}\", i, j)`",
                read.path
            );
            self.report(wrong.help(help));
            return None;
        };
        let (dimension, kind, id) = (variable.dimension, variable.kind, VariableId(number as u32));
        let unit = match word.and_then(|word| word.unit) {
            Some(unit) => {
                let value = self.constant_of(unit, None, "a unit")?;
                Some((value.number, value.dimension))
            }
            None => self.heading_unit(column, read.path, read.span)?,
        };
        let (factor, given) = unit.unwrap_or((1.0, dimension));
        if given != dimension {
            let message = format!(
                "`{name}` {}, and column `{name}` of \"{}\" {}",
                has_unit(dimension),
                read.path,
                has_unit(given)
            );
            let help = "a column without unit in its heading is in SI base units";
            self.report(Diagnostic::error(codes::WRONG_UNIT, span, message).help(help));
            return None;
        }
        let stored = |value: &f64| match kind {
            Type::Float => value * factor,
            Type::Integer => value.trunc(),
            Type::Boolean => f64::from(*value != 0.0),
        };
        let as_read = kind == Type::Float && factor == 1.0;
        let values = if as_read { Arc::clone(&column.values) } else { column.values.iter().map(stored).collect() };
        Some((id, values))
    }
}

/// What to do about a column `w_mV` where `w` is meant: a unit stands in brackets.
fn with_unit(column: &str, wanted: &str) -> Option<String> {
    let unit = column.strip_prefix(wanted)?.strip_prefix('_').filter(|unit| units::unit(unit).is_some())?;
    Some(format!("a unit stands in brackets: call the column `{wanted}[{unit}]` in the file"))
}

/// The variables that a file may give values to, of the projection that is being read: last declared first, each with its number.
pub(super) fn own_variables(network: &Network) -> Vec<(usize, &Variable)> {
    let owner = Object::Projection(ProjectionId(network.projections.len() as u32));
    let takes = |role: Role| matches!(role, Role::State | Role::Parameter | Role::Delay);
    let own = network.variables.iter().enumerate().rev().filter(|(_, variable)| variable.owner == owner);
    own.filter(|(_, variable)| !variable.shared && takes(variable.role)).collect()
}

/// The diagnostic of a column that a table has not.
pub(super) fn no_column(table: &Table, path: &str, name: &str, span: Span) -> Diagnostic {
    let names = || table.columns.iter().map(|column| &*column.name).filter(|name| !name.is_empty());
    let message = format!("\"{path}\" has no column `{name}`");
    let help = match suggestions::nearest(name, names()) {
        _ if let Some(meant) = names().find_map(|column| with_unit(column, name)) => meant,
        Some(meant) => format!("did you mean `{meant}`?"),
        None if names().next().is_none() => "its first line names no columns: write one, as `i,j,w`".to_owned(),
        None => format!("its columns are: {}", suggestions::listed(names())),
    };
    Diagnostic::error(codes::FILE_CONTENT, span, message).help(help)
}

#[cfg(test)]
mod tests {
    use super::with_unit;

    #[test]
    fn a_unit_behind_a_name_is_one_in_brackets() {
        let told = "a unit stands in brackets: call the column `w[mV]` in the file";
        assert_eq!(with_unit("w_mV", "w").as_deref(), Some(told));
        for (column, wanted) in [("w_max", "w"), ("w", "w"), ("w_", "w"), ("v_mV", "w"), ("wmV", "w")] {
            assert_eq!(with_unit(column, wanted), None, "{column}");
        }
    }
}
