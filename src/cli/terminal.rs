//! Writing to the terminal: errors and diagnostics to standard error, results to standard output.

use super::Failed;
use rheobase::{Diagnostic, Error, Sources, report};
use std::io::IsTerminal;
use std::io::Write;
use termcolor::{ColorChoice, StandardStream};

/// Shows an error: a model's diagnostics with their lines, anything else in one line.
pub(super) fn show(error: &Error) -> Failed {
    match error {
        Error::Model(rejected) => {
            diagnostics(&rejected.sources, &rejected.diagnostics);
            let count = rejected.errors();
            complain(&format!("{count} error{}", if count == 1 { "" } else { "s" }));
        }
        Error::Checkpoint(wrong) => {
            complain(&format!("error[{}]: {wrong}", wrong.code()));
            complain(&format!("help: {}", wrong.mend()));
        }
        other => complain(&other.to_string()),
    }
    if let Error::File { path, reason } = error
        && reason.kind() == std::io::ErrorKind::NotFound
        && path.with_added_extension("rheo").exists()
    {
        complain(&format!("did you mean {}?", path.with_added_extension("rheo").display()));
    }
    Failed
}

/// Shows diagnostics with the lines they are about.
pub(super) fn diagnostics(sources: &Sources, diagnostics: &[Diagnostic]) {
    if diagnostics.is_empty() {
        return;
    }
    let mut stream = StandardStream::stderr(choice());
    // A terminal that is gone is no reason to fail otherwise than the model does.
    let _ = report::colored(&mut stream, sources, diagnostics);
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
    let wanted = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    if wanted { ColorChoice::Auto } else { ColorChoice::Never }
}
