//! Whose recordings on disk are: which checkpoints name a folder of them, and what is done with one that none names.
//!
//! In: a folder that `Simulation::stream_to` was given, or one in it. Out: what processes left there that were killed
//! is removed, unless a checkpoint names it or a simulation has it. A checkpoint is looked for where it was put, and
//! beside the folder, under whatever name: who keeps one by renaming it keeps its recordings.

use super::file;
use crate::output::SpoolFolder;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A folder as a checkpoint at that path names it: from its own where it is in that, so that both can be moved
/// together.
pub(super) fn seen_from(checkpoint: &Path, folder: &Path) -> PathBuf {
    let own = checkpoint.parent().unwrap_or(checkpoint);
    folder.strip_prefix(own).unwrap_or(folder).to_owned()
}

/// Where a folder is that a checkpoint at that path names.
pub(super) fn place(checkpoint: &Path, folder: &Path) -> PathBuf {
    checkpoint.parent().unwrap_or(checkpoint).join(folder)
}

/// The folders that a checkpoint names; nothing where it cannot be read.
pub(super) fn named_by(checkpoint: &Path) -> Option<Vec<PathBuf>> {
    let (_, folders): (f64, Vec<PathBuf>) = file::read_front(checkpoint).ok()?;
    Some(folders.iter().map(|folder| place(checkpoint, folder)).collect())
}

/// The checkpoints that name a folder; an error where that cannot be found out.
pub(super) fn namers(folder: &SpoolFolder) -> io::Result<Vec<PathBuf>> {
    let (path, noted) = (folder.path(), folder.noted()?);
    let places: BTreeSet<&Path> =
        noted.iter().filter_map(|path| path.parent()).chain(folder.within().parent()).collect();
    let files = places.into_iter().flat_map(|place| fs::read_dir(place).into_iter().flatten().flatten());
    let checkpoints = files.map(|file| file.path()).filter(|path| file::is_one(path) == Some(true));
    let same = |other: &PathBuf| matches!((other.canonicalize(), path.canonicalize()), (Ok(a), Ok(b)) if a == b);
    // One that cannot be read may name it, where it once did.
    let names = |path: &PathBuf| named_by(path).map_or_else(|| noted.contains(path), |all| all.iter().any(same));
    Ok(checkpoints.filter(names).collect())
}

/// Removes a folder that no checkpoint names and no simulation has.
pub(super) fn remove_unnamed(folder: &Path) {
    if let Ok(Some(free)) = SpoolFolder::take(folder)
        && !namers(&free).is_ok_and(|namers| namers.is_empty())
    {
        free.leave();
    }
}

/// Does so with all of those in a folder.
pub(in crate::simulation) fn sweep(within: &Path) {
    SpoolFolder::all(within).iter().for_each(|folder| remove_unnamed(folder));
}
