//! `use "file"`: one tree of a text and the files it uses.
//!
//! In: the tree of the main text. Out: the same with the models, constants and functions of every used file in place of the `use`,
//! each file once however often it is named. What makes an experiment (groups, recordings, runs) stands in the main text alone.

use super::codes;
use crate::files::Files;
use crate::sources::Sources;
use grammar::ast::{ExprKind, File, Item, ItemKind, Name};
use grammar::{Diagnostic, Span};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Files that use one another in a row, at most: deeper than anyone writes, and far from the end of the call stack.
const DEEPEST: usize = 64;

/// A text on the way from the main one to the one being read.
struct Step {
    identity: PathBuf,
    name: String,
}

/// The work.
struct Joining<'a> {
    files: Files<'a>,
    sources: &'a mut Sources,
    found: &'a mut Vec<Diagnostic>,
    way: Vec<Step>,
    read: HashSet<PathBuf>,
}

/// The main text's tree with those of the files it uses; `name` is the main text's.
pub(super) fn joined(
    name: &str,
    file: File,
    files: Files<'_>,
    sources: &mut Sources,
    found: &mut Vec<Diagnostic>,
) -> File {
    if !file.items.iter().any(|item| matches!(item.kind, ItemKind::Use { .. })) {
        return file;
    }
    let start = Step { identity: files.identity(&Files::find("", name)), name: name.to_owned() };
    let mut joining = Joining { files, sources, found, way: vec![start], read: HashSet::new() };
    File { items: joining.items(name, file.items) }
}

impl Joining<'_> {
    /// Items with those of used files in place of each `use`.
    fn items(&mut self, name: &str, items: Vec<Item>) -> Vec<Item> {
        let mut joined = Vec::with_capacity(items.len());
        for item in items {
            match &item.kind {
                ItemKind::Use { path } => match self.used(name, path) {
                    Some(items) => joined.extend(items),
                    // What it would have defined is not known.
                    None => joined.push(Item { kind: ItemKind::Error, span: item.span }),
                },
                _ => joined.push(item),
            }
        }
        joined
    }

    /// What a used file defines; nothing where it was used before.
    fn used(&mut self, naming: &str, path: &Name) -> Option<Vec<Item>> {
        let place = Files::find(naming, &path.text);
        let identity = self.files.identity(&place);
        if let Some(first) = self.way.iter().position(|step| step.identity == identity) {
            self.found.push(self.ring(first, path));
            return None;
        }
        if !self.read.insert(identity.clone()) {
            return Some(Vec::new());
        }
        if self.way.len() >= DEEPEST {
            let message = format!("files use one another {DEEPEST} deep");
            self.found.push(
                Diagnostic::error(codes::USE_RING, path.span, message).help("use the file in the main text directly"),
            );
            return None;
        }
        let name = place.display().to_string();
        let text = self.text(&place, path)?;
        let id = self.sources.add(name.clone(), text.as_str());
        let parsed = grammar::parse(id, &text);
        self.found.extend(parsed.diagnostics);
        self.way.push(Step { identity, name: name.clone() });
        let items = self.items(&name, parsed.file.items);
        self.way.pop();
        Some(self.definitions(items, path.span))
    }

    fn text(&mut self, place: &Path, path: &Name) -> Option<String> {
        let reason = match self.files.read(place) {
            Ok(bytes) => match String::from_utf8(bytes.into_owned()) {
                Ok(text) => return Some(text),
                Err(_) => "it is no text in UTF-8".to_owned(),
            },
            Err(reason) => reason.to_string(),
        };
        let message = format!("`{}` cannot be read: {reason}", path.text);
        self.found.push(
            Diagnostic::error(codes::NOT_READ, path.span, message).help(format!(
                "it was looked for as `{}`: a path is relative to the file that names it",
                place.display()
            )),
        );
        None
    }

    /// The models, constants and functions among items; anything else is reported, the first of a file for all of them.
    fn definitions(&mut self, items: Vec<Item>, used: Span) -> Vec<Item> {
        let (kept, others): (Vec<Item>, Vec<Item>) = items.into_iter().partition(defines);
        if let [first, rest @ ..] = others.as_slice() {
            let message = "a file that is used has models, constants and functions, and this belongs in the main text";
            let more = match rest.len() {
                0 => String::new(),
                1 => "and one more statement below".to_owned(),
                count => format!("and {count} more statements below"),
            };
            self.found.push(
                Diagnostic::error(codes::USED_EXPERIMENT, first.span, message)
                    .label(more)
                    .also(used, "the file is used here")
                    .help("leave it to the text that uses the file, or move models and constants into a file of their own"),
            );
        }
        kept
    }

    /// Files that use each other, from one round to the same.
    fn ring(&self, first: usize, path: &Name) -> Diagnostic {
        let round: Vec<String> = self.way[first..].iter().map(|step| format!("`{}`", step.name)).collect();
        let message = match round.as_slice() {
            [name] => format!("{name} uses itself"),
            _ => format!("{} uses itself by way of others: {} -> {}", round[0], round.join(" -> "), round[0]),
        };
        Diagnostic::error(codes::USE_RING, path.span, message)
            .help("move what both need into a file of its own, and use that in both")
    }
}

/// Whether an item defines something for others to use. `dt` and `seed` are settings of an experiment, a slice is a part of a group.
fn defines(item: &Item) -> bool {
    match &item.kind {
        ItemKind::Definition { name, value } => {
            !matches!(&*name.text, "dt" | "seed") && !matches!(value.kind, ExprKind::Index { .. })
        }
        ItemKind::Model { .. } | ItemKind::Function { .. } | ItemKind::Error => true,
        _ => false,
    }
}
