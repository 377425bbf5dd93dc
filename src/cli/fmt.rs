//! `rheobase fmt`: the canonical layout, comments and blank lines kept.

use super::Failed;
use super::args::Fmt;
use super::terminal::{complain, say, show};
use rheobase::{Error, format_file};

pub(super) fn fmt(arguments: &Fmt) -> Result<(), Failed> {
    let mut failed = false;
    for file in &arguments.files {
        match format_file(file) {
            Ok(formatted) if !formatted.changed => {}
            Ok(_) if arguments.check => {
                say(&format!("{} is laid out otherwise", file.display()))?;
                failed = true;
            }
            Ok(formatted) => {
                if let Err(reason) = replace(file, &formatted.text) {
                    show(&Error::File { path: file.clone(), reason });
                    failed = true;
                }
            }
            Err(error) => {
                show(&error);
                failed = true;
            }
        }
    }
    if failed && !arguments.check {
        complain("files with errors are left as they are");
    }
    if failed { Err(Failed) } else { Ok(()) }
}

/// Writes beside and renames, so that an interruption leaves the old file; its permissions and links to it stay.
fn replace(file: &std::path::Path, text: &str) -> std::io::Result<()> {
    let file = file.canonicalize()?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = file.with_file_name(format!(".{name}.new"));
    std::fs::write(&beside, text)?;
    std::fs::set_permissions(&beside, std::fs::metadata(&file)?.permissions())?;
    std::fs::rename(&beside, file)
}
