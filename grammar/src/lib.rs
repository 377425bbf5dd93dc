//! The Rheobase model language: text to syntax tree, and back.
//!
//! ```text
//! text ──lexer──► tokens ──statements──► lines ──words, limits──► lines ──model.lalrpop, build──► ast
//!                    └──────────── wrong tokens, brackets ─────────────┴── habits ──► diagnostics
//! ```
//!
//! In: `.rheo` text. Out: [`ast::File`] with a span on every node, and every mistake as a [`Diagnostic`]. Holds
//! throughout: no input makes it panic or overflow the stack, and it does no input or output. It does not know what a
//! unit or a neuron means.
#![forbid(unsafe_code)]

pub mod ast;
mod build;
pub mod codes;
pub mod diagnostic;
mod expected;
mod habits;
mod lexer;
pub mod limits;
mod parse;
pub mod print;
pub mod span;
mod statements;
mod token;
mod words;

/// The tables that LALRPOP makes from `model.lalrpop`.
mod model {
    #![allow(
        clippy::all,
        clippy::pedantic,
        clippy::allow_attributes_without_reason,
        unused_imports,
        unused_qualifications,
        unreachable_pub,
        missing_docs,
        reason = "generated code"
    )]
    include!(concat!(env!("OUT_DIR"), "/model.rs"));
}

pub use diagnostic::{Code, Diagnostic, Label, Severity};
pub use parse::{Parsed, diagnose_bytes, parse, parse_block, parse_expression, parse_members, parse_sweep_body};
pub use span::{SourceId, Span};
