//! Why a statement does not fit the grammar.
use crate::ast::Member;
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::span::{SourceId, Span};
use crate::statements::Line;
use crate::token::{Start, Token};
use lalrpop_util::ParseError;
use std::convert::Infallible;

pub(crate) struct Failure<'a, 's> {
    source: SourceId,
    text: &'s str,
    start: Start,
    line: &'a Line<'s>,
    before: Option<&'a Member>,
    at: usize,
    expected: Vec<String>,
}

impl<'a, 's> Failure<'a, 's> {
    pub(crate) fn new(
        source: SourceId,
        text: &'s str,
        start: Start,
        line: &'a Line<'s>,
        before: Option<&'a Member>,
        error: ParseError<usize, Token<'_>, Infallible>,
    ) -> Self {
        let (at, expected) = match error {
            ParseError::UnrecognizedToken { token: (l, ..), expected } => {
                (line.tokens.iter().position(|t| t.start == l).unwrap_or(0), expected)
            }
            ParseError::UnrecognizedEof { expected, .. } => (line.tokens.len(), expected),
            _ => (0, Vec::new()),
        };
        Self { source, text, start, line, before, at, expected }
    }
}

/// The diagnostic for a statement that does not fit.
pub(crate) fn explain(f: &Failure<'_, '_>) -> Diagnostic {
    let at = f.line.tokens.get(f.at).or(f.line.tokens.last()).map_or((0, 0), |t| (t.start, t.end));
    let message = format!("`{}` cannot stand here", &f.text[at.0..at.1]);
    Diagnostic::error(codes::UNEXPECTED, Span::new(f.source, at.0, at.1), message)
        .help(format!("expected one of {}", f.expected.join(", ")))
}
