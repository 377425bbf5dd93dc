//! What is wrong with a text, as a value: code, place, reason and mend.
//!
//! Nothing here knows colours, terminals or files: the command line renders these values.

use crate::span::Span;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The model runs, but may not mean what its author thinks.
    Warning,
    /// The model is not run.
    Error,
}

/// One row of a table of diagnostics: a stable identifier, and what it stands for in a few words.
///
/// `E00…` are lexical, `E01…` syntactic (this crate); `E02…` names, `E03…` units and types, `E04…` equations and
/// blocks, `E05…` connections, `E06…` values, `E07…` what a later version will understand, `E08…` run time, `E09…`
/// checkpoints, `W…` warnings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Code {
    /// `E0102`, never reused.
    pub id: &'static str,
    /// What the diagnostic is about, a few words.
    pub title: &'static str,
}

/// Declares the rows of a phase's table of diagnostics and `ALL` of them, so that no row can be left out of the table: first who
/// sees a row, then who sees the table.
#[macro_export]
macro_rules! codes {
    ($row:vis row, $all:vis table; $($(#[$meta:meta])* $name:ident = $id:literal $title:literal;)*) => {
        $($(#[$meta])* $row const $name: $crate::Code = $crate::Code { id: $id, title: $title };)*

        /// Every row, in the order of the table.
        $all const ALL: &[$crate::Code] = &[$($name),*];
    };
}

/// A place in the text, with a few words about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is there; may be empty.
    pub text: String,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// The row of the table it is an instance of.
    pub code: Code,
    /// One sentence, in the user's words and units.
    pub message: String,
    /// The place the message is about.
    pub primary: Label,
    /// Other places that explain it (a first definition, the unit of the other operand).
    pub secondary: Vec<Label>,
    /// Reasons that need no place.
    pub notes: Vec<String>,
    /// What to write instead.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// An error at `span`.
    #[must_use]
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, span, message.into())
    }

    /// A warning at `span`.
    #[must_use]
    pub fn warning(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, span, message.into())
    }

    fn new(severity: Severity, code: Code, span: Span, message: String) -> Self {
        let primary = Label { span, text: String::new() };
        Self { severity, code, message, primary, secondary: Vec::new(), notes: Vec::new(), help: Vec::new() }
    }

    /// The words under the primary place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Another place that explains it.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }

    /// A reason.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// A mend.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }
}
