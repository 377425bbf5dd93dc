//! `rheobase check`: every mistake of every file, nothing run.

use super::Failed;
use super::args::Check;
use super::terminal::{count, findings, show};
use rheobase::{Error, Model};

pub(super) fn check(arguments: &Check) -> Result<(), Failed> {
    let mut errors = 0;
    for file in &arguments.files {
        let (sources, found, wrong) = match Model::from_file(file, &arguments.reading.options()) {
            Ok(model) => (model.sources().clone(), model.warnings().to_vec(), 0),
            Err(Error::Model(rejected)) => {
                let wrong = rejected.errors();
                (rejected.sources, rejected.diagnostics, wrong)
            }
            Err(other) => {
                show(&other);
                errors += 1;
                continue;
            }
        };
        errors += wrong;
        findings(&sources, &found)?;
    }
    if errors == 0 {
        return Ok(());
    }
    count(errors);
    Err(Failed)
}
