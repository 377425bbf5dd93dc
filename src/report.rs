//! Diagnostics as text: the only file that knows colours.
//!
//! In: diagnostics as values and the texts they point into. Out: what people read, on a terminal or in a snapshot.

mod json;
mod view;

use crate::sources::{Place, Sources};
use crate::{passes, resolve, simulation};
use codespan_reporting::diagnostic::{Diagnostic as Rendered, Label, Severity as Level};
use codespan_reporting::term::{self, termcolor::WriteColor};
use grammar::{Code, Diagnostic, Severity};
pub use json::{json, json_of_error};
use view::View;

/// Every diagnostic there can be, by the phase that finds it: of text, of meaning, of integration, of building, of
/// checkpoints.
/// `docs/diagnostics.md` shows each.
pub fn codes() -> impl Iterator<Item = Code> {
    let compiling = [grammar::codes::ALL, resolve::codes::ALL, passes::codes::ALL];
    let phases =
        compiling.into_iter().chain([simulation::CODES, simulation::CHECKPOINT_CODES, simulation::SWEEP_CODES]);
    phases.flatten().copied()
}

/// All diagnostics with the lines they are about, in order of severity and place, without colour.
#[must_use]
pub fn plain(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let mut view = View::new(sources);
    let config = term::Config::default();
    let mut text = String::new();
    for diagnostic in sorted(diagnostics) {
        let rendered = rendered(diagnostic, sources, &mut view);
        if term::emit_to_string(&mut text, &config, &view, &rendered).is_err() {
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
    let mut view = View::new(sources);
    let config = term::Config::default();
    let styles = term::Styles::default();
    for diagnostic in sorted(diagnostics) {
        let mut styled = term::StylesWriter::new(&mut *out, &styles);
        let rendered = rendered(diagnostic, sources, &mut view);
        term::emit_to_write_style(&mut styled, &config, &view, &rendered).map_err(std::io::Error::other)?;
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

/// A diagnostic for the renderer; its places become visible in the view.
fn rendered(diagnostic: &Diagnostic, sources: &Sources, view: &mut View<'_>) -> Rendered<usize> {
    view.forget();
    let level = match diagnostic.severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warning,
    };
    let primary = &diagnostic.primary;
    let mut place = |span: grammar::Span| {
        let file = span.source.0 as usize;
        view.show(file, within(sources, span)).map(|range| (file, range))
    };
    let mut labels = Vec::new();
    if let Some((file, range)) = place(primary.span) {
        labels.push(Label::primary(file, range).with_message(&primary.text));
    }
    for other in &diagnostic.secondary {
        if let Some((file, range)) = place(other.span) {
            labels.push(Label::secondary(file, range).with_message(&other.text));
        }
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
    fn a_long_line_is_cut_to_what_is_pointed_at() {
        let mut sources = Sources::default();
        let text = format!("a = {}oops{}\nb = 1\n", "µ + ".repeat(1000), " + 1".repeat(1000));
        let id = sources.add("a.rheo", text);
        let code = Code { id: "E0201", title: "unknown name" };
        let found = Diagnostic::error(code, Span::new(id, 5004, 5008), "nothing is called `oops`")
            .label("here")
            .also(Span::new(id, 0, 1), "far away")
            .also(Span::new(id, 5011, 5012), "near")
            .also(Span::new(id, 5004, 9014), "to the next line");
        let shown = plain(&sources, &[found]);
        assert!(shown.lines().all(|line| line.chars().count() < 260), "{shown}");
        assert!(shown.contains("a.rheo:1:4005") && shown.contains("^^^^") && shown.contains("near"), "{shown}");
        assert!(shown.contains("µ + oops + 1") && !shown.contains("far away"), "{shown}");
    }

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
