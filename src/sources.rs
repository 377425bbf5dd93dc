//! The user's texts by number, and where in them a byte stands.
//!
//! Every text that is parsed (a file, a builder's strings, a `--set`) is added here first; the spans of syntax and diagnostics
//! carry the number it gets.

use grammar::{SourceId, Span};

/// One text and what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The path, or a name in angle brackets for texts that are in no file.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// Texts, in the order they were added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    texts: Vec<Source>,
}

/// A place in a text as people count it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The text's name.
    pub name: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.name, self.line, self.column)
    }
}

impl Sources {
    /// Adds a text and gives its number.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        let id = SourceId(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        self.texts.push(Source { name: name.into(), text: text.into() });
        id
    }

    /// The text of that number, where there is one.
    #[must_use]
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.texts.get(id.0 as usize)
    }

    /// All texts.
    #[must_use]
    pub fn all(&self) -> &[Source] {
        &self.texts
    }

    /// Where a span begins.
    #[must_use]
    pub fn place(&self, span: Span) -> Place {
        let Some(source) = self.get(span.source) else {
            return Place { name: "<unknown>".to_owned(), line: 1, column: 1 };
        };
        let before = source.text.get(..span.start as usize).unwrap_or(&source.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        Place { name: source.name.clone(), line, column: before[line_start..].chars().count() + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters_from_one() {
        let mut sources = Sources::default();
        let id = sources.add("a.rheo", "τ = 1\n  x = 2\n");
        assert_eq!(sources.place(Span::new(id, 0, 1)).to_string(), "a.rheo:1:1");
        assert_eq!(sources.place(Span::new(id, 3, 4)).to_string(), "a.rheo:1:3");
        assert_eq!(sources.place(Span::new(id, 9, 10)).to_string(), "a.rheo:2:3");
    }
}
