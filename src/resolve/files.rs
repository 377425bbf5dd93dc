//! Files that a model names: `csv("edges.csv")`, `npy("w.npy")`, `npz("all.npz", w)`, `png("face.png")`, `coo("w.npz")`.
//!
//! In: a call and who can read files. Out: what the file holds. The resolver itself does no IO: it asks an `ArrayFiles`, which the caller
//! gives with its options. Whatever is wrong with a file is a diagnostic at the call.

use super::constants::Value;
use super::texts::is_name;
use super::{Resolver, codes};
use crate::arrays::{Column, Content, Format, Malformed};
use crate::units::Dimension;
use grammar::ast::{Argument, Expr, ExprKind, IndexItem, Name};
use grammar::{Diagnostic, SourceId, Span};

/// Who reads files for a resolver.
pub trait ArrayFiles: std::fmt::Debug + Send + Sync {
    /// What a file holds: `path` as a text writes it, `from` the text.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn read(&self, path: &str, format: &Format, from: SourceId) -> Result<Content, Fault>;
}

/// Why a file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// There is none of that name.
    Missing {
        /// One of a similar name in the same folder.
        nearest: Option<String>,
    },
    /// The system refuses, for a reason.
    Unreadable(String),
    /// It holds something else.
    Malformed(Malformed),
}

/// A function that reads a file: its name, a call as it is written, what it expects to find.
struct Reader {
    name: &'static str,
    example: &'static str,
    format: fn(Option<&str>) -> Format,
}

/// Every one.
const READERS: [Reader; 5] = [
    Reader { name: "csv", example: "csv(\"table.csv\")", format: |_| Format::Csv },
    Reader { name: "npy", example: "npy(\"array.npy\")", format: |_| Format::Npy },
    Reader { name: "npz", example: "npz(\"arrays.npz\", w)", format: |name| Format::Npz(name.map(ToOwned::to_owned)) },
    Reader { name: "png", example: "png(\"picture.png\")", format: |_| Format::Png },
    Reader { name: "coo", example: "coo(\"matrix.npz\")", format: |_| Format::Sparse },
];

/// Whether a function reads a file.
pub(super) fn is_reader(name: &str) -> bool {
    READERS.iter().any(|reader| reader.name == name)
}

/// Names of the functions that read files.
pub(super) fn readers() -> impl Iterator<Item = &'static str> {
    READERS.iter().map(|reader| reader.name)
}

/// A call of a reader, if an expression is one.
pub(super) fn file_call(expr: &Expr) -> Option<(&Name, &[Argument])> {
    match &expr.kind {
        ExprKind::Call { function, arguments } if is_reader(&function.text) => Some((function, arguments)),
        ExprKind::Group(inner) => file_call(inner),
        _ => None,
    }
}

impl Resolver<'_> {
    /// Reads the file that a call names; `most` names may stand behind its path.
    pub(super) fn read_file<'a>(&mut self, expr: &'a Expr, most: usize) -> Option<ReadFile<'a>> {
        let (function, arguments) = file_call(expr)?;
        let reader = READERS.iter().find(|reader| *reader.name == *function.text)?;
        let path = match arguments.first() {
            Some(Argument { name: None, value: Expr { kind: ExprKind::Text(path), .. } }) => &**path,
            _ => return self.wrong_call(reader, arguments, expr.span),
        };
        let names: Option<Vec<Word<'a>>> = arguments[1..].iter().map(word).collect();
        let Some(names) = names.filter(|names| names.len() <= most) else {
            return self.wrong_call(reader, arguments, expr.span);
        };
        let format = (reader.format)(names.first().map(|word| word.name));
        let found = match &self.options.files {
            Some(files) => files.read(path, &format, expr.span.source),
            None => Err(Fault::Missing { nearest: None }),
        };
        match found {
            Ok(content) => Some(ReadFile { content, path, names, span: expr.span }),
            Err(fault) => {
                self.report(unreadable(path, fault, expr.span));
                None
            }
        }
    }

    fn wrong_call<T>(&mut self, reader: &Reader, arguments: &[Argument], span: Span) -> Option<T> {
        let message = format!("`{}` takes the path of a file, in double quotes, and names without quotes", reader.name);
        let path = arguments.first().map(|first| &first.value.kind);
        let second = arguments.get(1).map(|second| &second.value.kind).filter(|_| arguments.len() == 2);
        let help = match (path, second) {
            (Some(ExprKind::Text(path)), Some(ExprKind::Text(column))) if is_name(column) => {
                format!("write `{}(\"{path}\", {column})`", reader.name)
            }
            (Some(ExprKind::Text(path)), Some(ExprKind::Number(number))) if reader.name == "csv" => {
                format!("columns by their number are a part: `csv(\"{path}\")[:, {}]`, from 0", number.text)
            }
            (Some(ExprKind::Text(path)), _) if arguments.len() > 1 && reader.name != "csv" => {
                format!("write `{}(\"{path}\")`", reader.name)
            }
            _ => format!("write it as in `{}`", reader.example),
        };
        self.report(Diagnostic::error(codes::ARGUMENTS, span, message).help(help));
        None
    }

    /// What the numbers of a column are multiplied with, and the dimension they then have; a plain number without unit.
    pub(super) fn heading_unit(&mut self, column: &Column, path: &str, span: Span) -> Option<Option<(f64, Dimension)>> {
        let Some(unit) = &column.unit else { return Some(None) };
        let (expr, wrong) = grammar::parse_expression(SourceId::default(), unit);
        // What is wrong with it has no place in the model: the message below stands for all of it.
        let before = self.found.len();
        let value = wrong.is_empty().then(|| self.constant_of(&expr, None, "a unit")).flatten();
        self.found.truncate(before);
        if let Some(Value { number, dimension, .. }) = value {
            return Some(Some((number, dimension)));
        }
        let message = format!("`{unit}`, the unit of column `{}` of \"{path}\", is none", column.name);
        let help = "write it as in `t[ms]` or `w[nS]`; a column without unit is in SI base units";
        self.report(Diagnostic::error(codes::FILE_CONTENT, span, message).help(help));
        None
    }
}

/// What a call read, and the names that stand behind the path.
pub(super) struct ReadFile<'a> {
    /// The file's.
    pub(super) content: Content,
    /// As written.
    pub(super) path: &'a str,
    /// Behind the path.
    pub(super) names: Vec<Word<'a>>,
    /// The call.
    pub(super) span: Span,
}

/// `w` or `w[nS]`: what a call names in its file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'a> {
    /// The name.
    pub(super) name: &'a str,
    /// In which unit the values are written.
    pub(super) unit: Option<&'a Expr>,
    /// The argument.
    pub(super) span: Span,
}

fn word(argument: &Argument) -> Option<Word<'_>> {
    let span = argument.value.span;
    let (name, unit) = match &argument.value.kind {
        ExprKind::Index { base, items } => match items.as_slice() {
            [IndexItem::At(unit)] => (&**base, Some(unit)),
            _ => return None,
        },
        _ => (&argument.value, None),
    };
    match &name.kind {
        ExprKind::Name(name) if argument.name.is_none() => Some(Word { name, unit, span }),
        _ => None,
    }
}

fn unreadable(path: &str, fault: Fault, span: Span) -> Diagnostic {
    match fault {
        Fault::Missing { nearest } => {
            let help = match nearest {
                Some(name) => format!("did you mean \"{name}\"?"),
                None => "a path is relative to the file that names it".to_owned(),
            };
            Diagnostic::error(codes::FILE, span, format!("there is no file \"{path}\"")).help(help)
        }
        Fault::Unreadable(reason) => {
            Diagnostic::error(codes::FILE, span, format!("\"{path}\" cannot be read: {reason}")).label("this file")
        }
        Fault::Malformed(Malformed { reason, mend }) => {
            Diagnostic::error(codes::FILE_CONTENT, span, format!("\"{path}\" cannot be used: {reason}")).help(mend)
        }
    }
}
