//! `rheobase new`: a starter model with comments.

use super::Failed;
use super::args::New;
use super::terminal::{complain, say, show};
use rheobase::Error;
use std::io::Write;

/// The model: small, complete, and different from zero when run.
pub(super) const STARTER: &str = include_str!("starter.rheo");

pub(super) fn new(arguments: &New) -> Result<(), Failed> {
    let file = &arguments.file;
    // `create_new` refuses to touch a file that is there, without a moment between looking and writing.
    let created = std::fs::File::create_new(file).and_then(|mut out| out.write_all(STARTER.as_bytes()));
    match created {
        Ok(()) => say(&format!("wrote {0}; run it with: rheobase run {0}", file.display())),
        Err(reason) if reason.kind() == std::io::ErrorKind::AlreadyExists => {
            complain(&format!("{} is there already and is left as it is", file.display()));
            Err(Failed)
        }
        Err(reason) => Err(show(&Error::File { path: file.clone(), reason })),
    }
}
