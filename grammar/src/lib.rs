//! The Rheobase model language: text to syntax tree, and back.
#![forbid(unsafe_code)]

pub mod ast;
pub mod diagnostic;
pub mod span;

pub use diagnostic::{Code, Diagnostic, Label, Severity};
pub use span::{SourceId, Span};
