//! Lists of pairs and of spikes that come from files.

use super::codes;
use super::suggestions;
use crate::arrays::Table;
use grammar::{Diagnostic, Span};

/// The diagnostic of a column that a table has not.
pub(super) fn no_column(table: &Table, path: &str, name: &str, span: Span) -> Diagnostic {
    let names = || table.columns.iter().map(|column| &*column.name).filter(|name| !name.is_empty());
    let message = format!("\"{path}\" has no column `{name}`");
    let help = match suggestions::nearest(name, names()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if names().next().is_none() => "its first line names no columns: write one, as `i,j,w`".to_owned(),
        None => format!("its columns are: {}", suggestions::listed(names())),
    };
    Diagnostic::error(codes::FILE_CONTENT, span, message).help(help)
}
