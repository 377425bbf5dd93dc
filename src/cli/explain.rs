//! `rheobase explain`: integrators with their reasons, or any stage between text and machine code.

use super::Failed;
use super::args::{Explain, Stage};
use super::terminal::{diagnostics, say, show};
use rheobase::{Emit, Model};
use std::time::Duration;

pub(super) fn explain(arguments: &Explain) -> Result<(), Failed> {
    let model = Model::from_file(&arguments.file, &arguments.reading.options()).map_err(|error| show(&error))?;
    diagnostics(model.sources(), model.warnings());
    match arguments.emit {
        Some(stage) => say(model.emit(emit(stage)).map_err(|error| show(&error))?.trim_end())?,
        None if !arguments.timings => say(model.explain().to_string().trim_end())?,
        None => {}
    }
    if arguments.timings {
        let row = |name: &str, duration: Duration| say(&format!("{:>9.3} ms  {name}", duration.as_secs_f64() * 1e3));
        for (name, duration) in model.timings() {
            row(name, *duration)?;
        }
        row("in all", model.compile_time())?;
    }
    Ok(())
}

fn emit(stage: Stage) -> Emit {
    match stage {
        Stage::Ast => Emit::Ast,
        Stage::Ir => Emit::Ir,
        Stage::Steps => Emit::Steps,
        Stage::Clif => Emit::Clif,
        Stage::Asm => Emit::Asm,
    }
}
