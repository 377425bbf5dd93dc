//! Texts as the renderer of diagnostics sees them: long lines are cut to the part that a diagnostic points at.
//!
//! In: the user's texts, and the places a diagnostic names. Out: line ranges within them. Columns count from the true beginning of
//! a line, so that places stay those of the text.

use crate::sources::Sources;
use codespan_reporting::files::{self, Error, Files, Location};
use std::collections::BTreeMap;
use std::ops::Range;

/// Lines are shown up to this many bytes: a few lines of a wide terminal.
const LONGEST: usize = 240;

/// Bytes shown before the first place in a line that is cut.
const BEFORE: usize = 80;

/// The texts, and which part of its long lines is shown for one diagnostic.
pub(super) struct View<'s> {
    texts: Vec<Text<'s>>,
    windows: BTreeMap<(usize, usize), Range<usize>>,
}

struct Text<'s> {
    name: &'s str,
    text: &'s str,
    starts: Vec<usize>,
}

impl<'s> View<'s> {
    /// All texts, with nothing to show yet.
    pub(super) fn new(sources: &'s Sources) -> Self {
        let text = |source: &'s crate::sources::Source| Text {
            name: &source.name,
            text: &source.text,
            starts: files::line_starts(&source.text).collect(),
        };
        Self { texts: sources.all().iter().map(text).collect(), windows: BTreeMap::new() }
    }

    /// Begins another diagnostic.
    pub(super) fn forget(&mut self) {
        self.windows.clear();
    }

    /// Makes a place visible; what of it can be shown, or nothing where another part of its line is shown already.
    pub(super) fn show(&mut self, file: usize, place: Range<usize>) -> Option<Range<usize>> {
        let text = self.texts.get(file)?;
        let first = text.line_of(place.start);
        let line = text.line(first);
        if line.len() <= LONGEST && text.line(text.line_of(place.end)).len() <= LONGEST {
            return Some(place);
        }
        let window = self.windows.entry((file, first)).or_insert_with(|| {
            let start = text.text.floor_char_boundary(place.start.saturating_sub(BEFORE).max(line.start));
            start..text.text.floor_char_boundary((start + LONGEST).min(line.end))
        });
        let inside = window.start <= place.start && place.start <= window.end;
        inside.then(|| place.start..place.end.clamp(place.start, window.end))
    }
}

impl Text<'_> {
    fn line_of(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte).saturating_sub(1)
    }

    /// The bytes of a line, with its end.
    fn line(&self, index: usize) -> Range<usize> {
        let start = self.starts.get(index).copied().unwrap_or(self.text.len());
        start..self.starts.get(index + 1).copied().unwrap_or(self.text.len())
    }
}

impl<'a> Files<'a> for View<'_> {
    type FileId = usize;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: usize) -> Result<&'a str, Error> {
        self.texts.get(id).map(|text| text.name).ok_or(Error::FileMissing)
    }

    fn source(&'a self, id: usize) -> Result<&'a str, Error> {
        self.texts.get(id).map(|text| text.text).ok_or(Error::FileMissing)
    }

    fn line_index(&'a self, id: usize, byte: usize) -> Result<usize, Error> {
        self.texts.get(id).map(|text| text.line_of(byte)).ok_or(Error::FileMissing)
    }

    fn line_range(&'a self, id: usize, index: usize) -> Result<Range<usize>, Error> {
        let text = self.texts.get(id).ok_or(Error::FileMissing)?;
        if index >= text.starts.len() {
            return Err(Error::LineTooLarge { given: index, max: text.starts.len().saturating_sub(1) });
        }
        if let Some(window) = self.windows.get(&(id, index)) {
            return Ok(window.clone());
        }
        let line = text.line(index);
        Ok(line.start..text.text.floor_char_boundary(line.end.min(line.start + LONGEST)))
    }

    fn location(&'a self, id: usize, byte: usize) -> Result<Location, Error> {
        let text = self.texts.get(id).ok_or(Error::FileMissing)?;
        let index = text.line_of(byte);
        let column_number = files::column_index(text.text, text.line(index), byte) + 1;
        Ok(Location { line_number: index + 1, column_number })
    }
}
