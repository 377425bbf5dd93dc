//! Diagnostics for programs: in, diagnostics and the texts they point into; out, an object of JSON in a line for each.
//!
//! Places have lines and columns as people count them (from 1, in characters) and offsets in bytes from the beginning of
//! the file, `end` being the first that is not meant.

use super::within;
use crate::error::Error;
use crate::sources::Sources;
use grammar::{Diagnostic, Label, Severity, Span};
use serde::Serialize;

/// A diagnostic as programs read it.
#[derive(Serialize)]
struct Told<'a> {
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'static str>,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<Place<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<Place<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    notes: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    help: &'a [String],
}

#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    start: usize,
    end: usize,
    #[serde(skip_serializing_if = "str::is_empty")]
    label: &'a str,
}

/// One diagnostic: `severity`, `code`, `title`, `message`, `place`, and where there are any `related`, `notes`, `help`.
#[must_use]
pub fn json(sources: &Sources, diagnostic: &Diagnostic) -> String {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    written(&Told {
        severity,
        code: Some(diagnostic.code.id),
        title: Some(diagnostic.code.title),
        message: &diagnostic.message,
        place: place(sources, &diagnostic.primary),
        related: diagnostic.secondary.iter().filter_map(|label| place(sources, label)).collect(),
        notes: &diagnostic.notes,
        help: &diagnostic.help,
    })
}

/// An error that is about no place of a text, with what may mend it beside what it says itself.
#[must_use]
pub fn json_of_error(error: &Error, mends: &[String]) -> String {
    let (code, mend) = error.code_and_mend().unzip();
    let help: Vec<String> = mend.into_iter().chain(mends.iter().cloned()).collect();
    let (message, related, notes, help) = (&error.to_string(), Vec::new(), &[][..], &help);
    written(&Told { severity: "error", code, title: None, message, place: None, related, notes, help })
}

fn written(told: &Told<'_>) -> String {
    serde_json::to_string(told).expect("strings and numbers can be written as JSON")
}

fn place<'a>(sources: &'a Sources, label: &'a Label) -> Option<Place<'a>> {
    let file = &sources.get(label.span.source)?.name;
    let range = within(sources, label.span);
    let point = |offset: usize| sources.place(Span::new(label.span.source, offset, offset));
    let (start, end) = (point(range.start), point(range.end));
    Some(Place {
        file,
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        start: range.start,
        end: range.end,
        label: &label.text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use grammar::Code;

    #[test]
    fn editors_get_places_reasons_and_mends() {
        let mut sources = Sources::default();
        let id = sources.add("a.rheo", "τ = 1\nx = oops + τ\n");
        let code = Code { id: "E0201", title: "unknown name" };
        let found = Diagnostic::error(code, Span::new(id, 11, 15), "nothing is called `oops`")
            .label("here")
            .also(Span::new(id, 18, 20), "this is")
            .help("write `\"ops\"`");
        let expected = serde_json::json!({
            "severity": "error", "code": "E0201", "title": "unknown name", "message": "nothing is called `oops`",
            "place": {"file": "a.rheo", "line": 2, "column": 5, "end_line": 2, "end_column": 9, "start": 11, "end": 15,
                      "label": "here"},
            "related": [{"file": "a.rheo", "line": 2, "column": 12, "end_line": 2, "end_column": 13, "start": 18, "end": 20,
                         "label": "this is"}],
            "help": ["write `\"ops\"`"],
        });
        let line = json(&sources, &found);
        assert!(!line.contains('\n'));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&line).expect("JSON"), expected);
    }
}
