//! A text laid out anew. In: a text without mistakes. Out: the same tokens and comments in the canonical layout.
//!
//! Holds throughout: the tokens are those of the text in their order, `;` left out, so that the tree stays the same;
//! every comment stays before or behind the token it stood at; line ends inside a statement stay where the author put
//! them.

use crate::diagnostic::Diagnostic;
use crate::lexer::{self, Lexeme};
use crate::parse;
use crate::print::writer::Writer;
use crate::span::SourceId;
use crate::statements::{self, Braces, Line};
use crate::token::{Start, Token};
use crate::words;

/// Lays a text out in the canonical way: one statement per line, four spaces for each block, comments and single
/// blank lines kept. A block of at most one statement stays in its line if it was written in one.
///
/// # Errors
///
/// All diagnostics of a text that does not parse.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let source = SourceId(0);
    let mut diagnostics = parse(source, text).diagnostics;
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    let lexemes = lexer::lex(source, text);
    let lines = statements::split(source, text, &lexemes, &mut diagnostics);
    let mut formatter = Formatter { text, comments: &lexemes.comments, end: 0, writer: Writer::default() };
    formatter.lines(lines, Start::Item);
    formatter.comments_before(text.len());
    Ok(formatter.writer.finish())
}

/// Where in the text the writer stands.
struct Formatter<'t, 'a> {
    text: &'t str,
    /// Those not yet written.
    comments: &'a [Lexeme<'t>],
    /// The end of what was written last.
    end: usize,
    writer: Writer<'t>,
}

impl<'t> Formatter<'t, '_> {
    fn lines(&mut self, lines: Vec<Line<'t>>, level: Start) {
        for mut line in lines {
            words::mark(level, &mut line.tokens);
            let start = line.tokens.first().map_or(self.end, |first| first.start);
            self.comments_before(start);
            if self.line_ends_before(start) > 1 {
                self.writer.blank_line();
            }
            self.statement(line, level);
        }
    }

    fn statement(&mut self, line: Line<'t>, level: Start) {
        let mut braces = line.braces.into_iter();
        for (at, lexeme) in line.tokens.iter().enumerate() {
            let commented = at > 0 && self.comments_before(lexeme.start);
            if let Token::Braces(_) = lexeme.token {
                if let Some(braces) = braces.next() {
                    self.block(braces, level);
                }
                continue;
            }
            if at > 0 && (commented || self.line_ends_before(lexeme.start) > 0) {
                self.writer.line();
            }
            self.writer.token(lexeme.token, &self.text[lexeme.start..lexeme.end]);
            self.end = lexeme.end;
        }
        self.writer.end_statement();
    }

    fn block(&mut self, braces: Braces<'t>, level: Start) {
        let inner = if level == Start::Item { Start::Member } else { Start::Statement };
        let range = braces.span.range();
        let in_one_line = fits_one_line(&braces, self.text);
        self.end = range.start + 1;
        if in_one_line {
            let empty = braces.lines.is_empty();
            self.writer.open_inline();
            self.lines(braces.lines, inner);
            self.writer.close_inline(empty);
        } else {
            self.writer.open_block();
            self.lines(braces.lines, inner);
            self.comments_before(range.end - 1);
            self.writer.close_block();
        }
        self.end = range.end;
    }

    /// Writes the comments before byte `place`; whether there were any.
    fn comments_before(&mut self, place: usize) -> bool {
        let mut any = false;
        while let Some((comment, rest)) = self.comments.split_first()
            && comment.start < place
        {
            let written = &self.text[comment.start..comment.end];
            match self.line_ends_before(comment.start) {
                0 if self.end > 0 => self.writer.comment_behind(written),
                ends => {
                    if ends > 1 {
                        self.writer.line();
                        self.writer.blank_line();
                    }
                    self.writer.comment_line(written);
                }
            }
            self.end = comment.end;
            self.comments = rest;
            any = true;
        }
        any
    }

    /// How many line ends stand between what was written last and byte `place`.
    fn line_ends_before(&self, place: usize) -> usize {
        let between = self.text.get(self.end..place).unwrap_or_default().as_bytes();
        let carriage_returns_alone =
            between.iter().enumerate().filter(|&(at, &byte)| byte == b'\r' && between.get(at + 1) != Some(&b'\n'));
        between.iter().filter(|&&byte| byte == b'\n').count() + carriage_returns_alone.count()
    }
}

/// Whether a block was written in one line, or holds nothing, and nothing in it has to be in a line of its own.
fn fits_one_line(braces: &Braces<'_>, text: &str) -> bool {
    let written = text.get(braces.span.range()).unwrap_or_default();
    let empty = braces.lines.is_empty() && !written.contains('#');
    empty || !written.contains(['\n', '\r']) && only_one(braces)
}

/// At most one statement, in this block and in those in it.
fn only_one(braces: &Braces<'_>) -> bool {
    braces.lines.len() <= 1 && braces.lines.iter().flat_map(|line| &line.braces).all(only_one)
}
