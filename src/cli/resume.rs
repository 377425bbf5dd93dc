//! `rheobase resume`: what is left of an experiment, its summary, its results folder.

use super::Failed;
use super::args::{EngineName, Resume};
use super::checkpoint::Note;
use super::run::{Experiment, claim, crowded, format};
use super::terminal::{complain, say, show};
use rheobase::output::ResultsFolder;
use rheobase::{Checkpoint, Engine, Error, Model, Options, SECOND, units};
use std::path::PathBuf;

pub(super) fn resume(arguments: &Resume) -> Result<(), Failed> {
    let path = absolute(&arguments.file)?;
    let given = arguments.out.as_ref().map(absolute).transpose()?;
    let checkpoint = Checkpoint::read(&path).map_err(|error| show(&error))?;
    let note = Note::read(&checkpoint)?;
    // Where that folder is gone, paths count from this one.
    let _ = std::env::set_current_dir(&note.folder);
    let changed = checkpoint.changed_texts();
    if !changed.is_empty() && !arguments.kept_text {
        let names: Vec<String> = changed.iter().map(|name| format!("`{name}`")).collect();
        let (these, have) = if changed.len() == 1 { ("it was", "has") } else { ("they were", "have") };
        complain(&format!("{} {have} changed since the checkpoint was written", names.join(", ")));
        complain(&format!("go on with the text as {these} by --kept-text, or run the model from its beginning"));
        return Err(Failed);
    }
    let before = note.out.clone();
    let note = Note {
        threads: arguments.threads.unwrap_or(note.threads),
        interpreter: arguments.engine.map_or(note.interpreter, |engine| engine == EngineName::Interpreter),
        format: arguments.format.unwrap_or(note.format),
        out: if arguments.no_out { None } else { given.or(note.out) },
        folder: note.folder,
    };
    let folder = claim(note.out.clone())?;
    if let Some(begun) = before.filter(|before| note.out.as_ref() != Some(before)) {
        ResultsFolder::remove_leftovers(&begun);
    }
    let options = Options {
        engine: if note.interpreter { Engine::Interpreter } else { Engine::Jit },
        threads: usize::from(note.threads),
        ..checkpoint.options()
    };
    let name = checkpoint.name().to_owned();
    let model = Model::from_bytes(&name, checkpoint.text().as_bytes(), &options).map_err(|error| show(&error))?;
    let mut simulation = model.resume(&checkpoint).map_err(|error| show(&error))?;
    if !arguments.showing.quiet {
        crowded(usize::from(note.threads));
        say(&format!("{name}: on from {}", units::quantity(checkpoint.t(), units::Dimension::SECOND)))?;
    }
    let every = checkpoint.every();
    // What it recorded in memory is there once, and not twice while the run goes on.
    drop(checkpoint);
    if let Some(every) = every {
        let again = simulation.checkpoint_every(every * SECOND, &path, &note.text()?);
        again.map_err(|error| show(&error))?;
    }
    let format = format(note.format)?;
    let (checkpoint, showing) = (Some(path), arguments.showing);
    Experiment { name, folder, format, checkpoint, resumed: true, showing }.run(&model, simulation)
}

/// A path from the root, since the current folder will be another.
fn absolute(path: &PathBuf) -> Result<PathBuf, Failed> {
    std::path::absolute(path).map_err(|reason| show(&Error::File { path: path.clone(), reason }))
}
