//! The text of a block of members, line by line.
//!
//! In: words and what follows them. Out: the block as one would write it, with its closing brace.

use std::fmt::Write;

/// The text of a block, without its closing brace.
#[derive(Clone, Debug)]
pub(super) struct Block {
    text: String,
}

impl Block {
    pub(super) fn open(head: &str) -> Self {
        Self { text: format!("{head} {{\n") }
    }

    /// Lines as they are, without their indentation.
    pub(super) fn lines(&mut self, lines: &str) {
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            self.put(line);
        }
    }

    /// `word rest`
    pub(super) fn member(&mut self, word: &str, rest: &str) {
        self.put(&format!("{word} {rest}"));
    }

    /// `word { statements }`
    pub(super) fn code(&mut self, word: &str, statements: &str) {
        let statements = statements.lines().map(str::trim).collect::<Vec<_>>().join("\n        ");
        self.put(&format!("{word} {{\n        {statements}\n    }}"));
    }

    fn put(&mut self, line: &str) {
        writeln!(self.text, "    {line}").expect("writing to a string does not fail");
    }

    pub(super) fn finish(mut self) -> String {
        self.text.push('}');
        self.text
    }
}

/// Members that blocks of several kinds have: `members! { Neurons: equations "what they are", … }`.
macro_rules! members {
    ($($(#[$doc:meta])* $name:ident($($argument:ident),*) => $put:ident($word:expr, $rest:expr);)*) => {
        $(
            $(#[$doc])*
            #[must_use]
            pub fn $name(mut self, $($argument: &str),*) -> Self {
                self.block.$put($word.as_ref(), $rest);
                self
            }
        )*
    };
}
pub(super) use members;
