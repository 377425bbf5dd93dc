//! Diagnostics as text: the only file that knows colours.
//!
//! In: diagnostics as values and the texts they point into. Out: what people read, on a terminal or in a snapshot.

use crate::sources::{Place, Sources};
use codespan_reporting::diagnostic::{Diagnostic as Rendered, Label, Severity as Level};
use codespan_reporting::files::SimpleFiles;
use codespan_reporting::term::{self, termcolor::WriteColor};
use grammar::{Diagnostic, Severity};

/// All diagnostics with the lines they are about, in order of severity and place, without colour.
#[must_use]
pub fn plain(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let files = files(sources);
    let config = term::Config::default();
    let mut text = String::new();
    for diagnostic in sorted(diagnostics) {
        let rendered = rendered(diagnostic, sources);
        if term::emit_to_string(&mut text, &config, &files, &rendered).is_err() {
            text.push_str(&line(sources, diagnostic));
            text.push('\n');
        }
    }
    text
}

/// The same in colours, written to `out`.
///
/// # Errors
/// What writing fails with.
pub fn colored(out: &mut dyn WriteColor, sources: &Sources, diagnostics: &[Diagnostic]) -> std::io::Result<()> {
    let files = files(sources);
    let config = term::Config::default();
    let styles = term::Styles::default();
    for diagnostic in sorted(diagnostics) {
        let mut styled = term::StylesWriter::new(&mut *out, &styles);
        term::emit_to_write_style(&mut styled, &config, &files, &rendered(diagnostic, sources))
            .map_err(std::io::Error::other)?;
    }
    Ok(())
}

/// One diagnostic as one line: `file:line:column: error[E0201]: message`.
#[must_use]
pub fn line(sources: &Sources, diagnostic: &Diagnostic) -> String {
    let Place { name, line, column } = sources.place(diagnostic.primary.span);
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    format!("{name}:{line}:{column}: {level}[{}]: {}", diagnostic.code.id, diagnostic.message)
}

fn sorted(diagnostics: &[Diagnostic]) -> Vec<&Diagnostic> {
    let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
    sorted.sort_by_key(|diagnostic| (diagnostic.primary.span.source, diagnostic.primary.span.start));
    sorted
}

fn files(sources: &Sources) -> SimpleFiles<&str, &str> {
    let mut files = SimpleFiles::new();
    for source in sources.all() {
        files.add(source.name.as_str(), source.text.as_str());
    }
    files
}

fn rendered(diagnostic: &Diagnostic, sources: &Sources) -> Rendered<usize> {
    let level = match diagnostic.severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warning,
    };
    let primary = &diagnostic.primary;
    let mut labels =
        vec![Label::primary(primary.span.source.0 as usize, within(sources, primary.span)).with_message(&primary.text)];
    for other in &diagnostic.secondary {
        let label = Label::secondary(other.span.source.0 as usize, within(sources, other.span));
        labels.push(label.with_message(&other.text));
    }
    let notes = diagnostic.notes.iter().map(|note| format!("note: {note}"));
    let help = diagnostic.help.iter().map(|help| format!("help: {help}"));
    Rendered::new(level)
        .with_code(diagnostic.code.id)
        .with_message(&diagnostic.message)
        .with_labels(labels)
        .with_notes(notes.chain(help).collect())
}

/// The span cut to its text: a diagnostic may point one past the end.
fn within(sources: &Sources, span: grammar::Span) -> std::ops::Range<usize> {
    let length = sources.get(span.source).map_or(0, |source| source.text.len());
    let start = (span.start as usize).min(length);
    start..(span.end as usize).clamp(start, length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use grammar::{Code, Span};

    #[test]
    fn a_diagnostic_shows_code_place_reason_and_mend() {
        let mut sources = Sources::default();
        let id = sources.add("a.rheo", "run 10 ms\n");
        let code = Code { id: "E0100", title: "number against a name" };
        let diagnostic =
            Diagnostic::error(code, Span::new(id, 4, 9), "a unit is multiplied").label("here").help("write `10*ms`");
        let text = plain(&sources, std::slice::from_ref(&diagnostic));
        assert_eq!(
            text,
            "error[E0100]: a unit is multiplied\n  ┌─ a.rheo:1:5\n  │\n1 │ run 10 ms\n  │     ^^^^^ here\n  │\n  = help: write `10*ms`\n\n"
        );
        assert_eq!(line(&sources, &diagnostic), "a.rheo:1:5: error[E0100]: a unit is multiplied");
    }
}
