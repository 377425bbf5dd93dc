//! Writing to the terminal: errors and diagnostics to standard error, results to standard output.
//!
//! What is wrong is told as `--message-format` says: with the lines it is about, in a line, or as JSON for editors.

use super::Failed;
use super::args::{ColorName, MessageFormat, Telling};
use rheobase::{Diagnostic, Error, Sources, report};
use std::io::IsTerminal;
use std::io::Write;
use std::sync::OnceLock;
use termcolor::{ColorChoice, StandardStream};

static TELLING: OnceLock<Telling> = OnceLock::new();

/// From now on what is wrong is told this way.
pub(super) fn tell_so(telling: Telling) {
    // Only the first counts, and there is only one.
    let _ = TELLING.set(telling);
}

fn telling() -> Telling {
    let usual = Telling { color: ColorName::Auto, message_format: MessageFormat::Text };
    TELLING.get().copied().unwrap_or(usual)
}

/// Shows an error: a model's diagnostics with their lines, anything else in one line.
pub(super) fn show(error: &Error) -> Failed {
    show_with(error, &[])
}

/// The same with what may mend it beside what it says itself.
pub(super) fn show_with(error: &Error, mends: &[String]) -> Failed {
    match error {
        Error::Model(rejected) => {
            diagnostics(&rejected.sources, &rejected.diagnostics);
            count(rejected.errors());
        }
        other if telling().message_format == MessageFormat::Json => {
            let _ = writeln!(std::io::stderr().lock(), "{}", report::json_of_error(other, mends));
        }
        other => match other.code_and_mend() {
            Some((code, mend)) => {
                complain(&format!("error[{code}]: {other}"));
                complain(&format!("help: {mend}"));
            }
            None => {
                complain(&other.to_string());
                mends.iter().for_each(|mend| complain(&format!("help: {mend}")));
            }
        },
    }
    if let Error::File { path, reason } = error
        && reason.kind() == std::io::ErrorKind::NotFound
        && path.with_added_extension("rheo").exists()
    {
        complain(&format!("did you mean {}?", path.with_added_extension("rheo").display()));
    }
    Failed
}

/// Shows diagnostics: a terminal that is gone is no reason to fail otherwise than the model does.
pub(super) fn diagnostics(sources: &Sources, diagnostics: &[Diagnostic]) {
    let _ = match one_a_line(sources, diagnostics) {
        Some(lines) => std::io::stderr().lock().write_all(lines.as_bytes()),
        None if diagnostics.is_empty() => Ok(()),
        None => report::colored(&mut StandardStream::stderr(choice()), sources, diagnostics),
    };
}

/// Shows diagnostics that are what was asked for: where they are for programs to read, they go to standard output.
pub(super) fn findings(sources: &Sources, found: &[Diagnostic]) -> Result<(), Failed> {
    match one_a_line(sources, found) {
        Some(lines) => std::io::stdout().lock().write_all(lines.as_bytes()).map_err(|_| Failed),
        None => {
            diagnostics(sources, found);
            Ok(())
        }
    }
}

/// Says how many errors there were, to people.
pub(super) fn count(errors: usize) {
    if telling().message_format != MessageFormat::Json {
        complain(&format!("{errors} error{}", if errors == 1 { "" } else { "s" }));
    }
}

/// The formats of one line each.
fn one_a_line(sources: &Sources, diagnostics: &[Diagnostic]) -> Option<String> {
    let line = match telling().message_format {
        MessageFormat::Text => return None,
        MessageFormat::Short => report::line,
        MessageFormat::Json => report::json,
    };
    Some(diagnostics.iter().map(|diagnostic| line(sources, diagnostic) + "\n").collect())
}

/// One line of complaint.
pub(super) fn complain(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "rheobase: {text}");
}

/// One line of output; a closed pipe ends the program quietly.
pub(super) fn say(text: &str) -> Result<(), Failed> {
    writeln!(std::io::stdout().lock(), "{text}").map_err(|_| Failed)
}

fn choice() -> ColorChoice {
    let colors = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    match telling().color {
        ColorName::Always => ColorChoice::Always,
        ColorName::Auto if colors => ColorChoice::Auto,
        ColorName::Auto | ColorName::Never => ColorChoice::Never,
    }
}
