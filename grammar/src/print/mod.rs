//! Back to text. In: a text, or a tree. Out: the canonical layout of either, or an outline of the tree.
//!
//! Holds throughout: what is printed parses to the tree it was printed from, up to spans; what is formatted stays as
//! it is when it is formatted again. Four spaces for each block, spaces around `=`, `+`, `-`, `%` and comparisons, none
//! around `*`, `/`, `//` and `**`; a tree is printed with one statement per line, a text keeps its lines and columns.
//! Both ways to text go through one writer, so that there is one layout.

mod format;
mod outline;
mod syntax;
mod writer;

pub use format::format;
pub use outline::tree;
pub use syntax::{expression, file};
