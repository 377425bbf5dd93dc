//! A text laid out anew. In: a text without mistakes. Out: the same tokens and comments in the canonical layout.
//!
//! Holds throughout: the tokens are those of the text in their order, `;` kept between statements of one line only, so
//! that the tree stays the same; every comment stays before or behind the token it stood at; line ends inside a
//! statement, and spaces that align columns, stay where the author put them.

use crate::diagnostic::Diagnostic;
use crate::lexer::{self, Lexeme};
use crate::parse;
use crate::print::writer::Writer;
use crate::span::SourceId;
use crate::statements::{self, Braces, Line};
use crate::token::{Start, Token};
use crate::words;

/// Lays a text out in the canonical way: four spaces for each block, the same spaces around the same operators, at
/// most one blank line. What its author chose stays: lines, blocks in one line, comments, and runs of spaces that
/// align columns.
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
    let mut formatter = Formatter { text, comments: &lexemes.comments, end: 0, margin: 0, writer: Writer::default() };
    formatter.lines(lines, Start::Item, false);
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
    /// Spaces at the beginning of the line in which the statement being written begins.
    margin: usize,
    writer: Writer<'t>,
}

impl<'t> Formatter<'t, '_> {
    fn lines(&mut self, lines: Vec<Line<'t>>, level: Start, in_one_line: bool) {
        let mut first = true;
        for mut line in lines {
            words::mark(level, &mut line.tokens);
            let start = line.tokens.first().map_or(self.end, |first| first.start);
            let commented = self.comments_before(start);
            match self.line_ends_before(start) {
                0 if !first && !commented && (in_one_line || line.after_semicolon) => {
                    self.aligned_before(start);
                    self.writer.join_statement();
                }
                ends => {
                    self.margin = self.margin_of(start);
                    if ends > 1 {
                        self.writer.blank_line();
                    }
                }
            }
            first = false;
            self.statement(line, level);
        }
    }

    fn statement(&mut self, line: Line<'t>, level: Start) {
        let mut braces = line.braces.into_iter();
        for (at, lexeme) in line.tokens.iter().enumerate() {
            let commented = at > 0 && self.comments_before(lexeme.start);
            if let Token::Braces(_) = lexeme.token {
                if let Some(braces) = braces.next() {
                    self.block(braces, words::inside(level, &line.tokens));
                }
                continue;
            }
            if at > 0 && (commented || self.line_ends_before(lexeme.start) > 0) {
                self.further_in(lexeme.start);
                self.writer.line();
            }
            self.aligned_before(lexeme.start);
            self.writer.token(lexeme.token, &self.text[lexeme.start..lexeme.end]);
            self.end = lexeme.end;
        }
        self.writer.end_statement();
    }

    /// A block whose statements are of the level `inner`.
    fn block(&mut self, braces: Braces<'t>, inner: Start) {
        let margin = self.margin;
        let range = braces.span.range();
        let in_one_line = fits_one_line(&braces, self.text);
        self.aligned_before(range.start);
        self.end = range.start + 1;
        if in_one_line {
            let empty = braces.lines.is_empty();
            self.writer.open_inline();
            self.lines(braces.lines, inner, true);
            self.aligned_before(range.end - 1);
            self.writer.close_inline(empty);
        } else {
            self.writer.open_block();
            self.lines(braces.lines, inner, false);
            self.comments_before(range.end - 1);
            self.writer.close_block();
        }
        self.end = range.end;
        self.margin = margin;
    }

    /// Writes the comments before byte `place`; whether there were any.
    fn comments_before(&mut self, place: usize) -> bool {
        let mut any = false;
        while let Some((comment, rest)) = self.comments.split_first()
            && comment.start < place
        {
            let written = &self.text[comment.start..comment.end];
            match self.line_ends_before(comment.start) {
                0 if self.end > 0 => {
                    self.aligned_before(comment.start);
                    self.writer.comment_behind(written);
                }
                ends => {
                    if ends > 1 {
                        self.writer.line();
                        self.writer.blank_line();
                    }
                    self.further_in(comment.start);
                    self.writer.comment_line(written);
                }
            }
            self.end = comment.end;
            self.comments = rest;
            any = true;
        }
        any
    }

    /// Tells the writer how much further in than its statement the line of byte `place` begins.
    fn further_in(&mut self, place: usize) {
        self.writer.further_in(self.margin_of(place).saturating_sub(self.margin));
    }

    /// How many spaces the line of byte `place` begins with.
    fn margin_of(&self, place: usize) -> usize {
        let before = self.text.get(..place).unwrap_or_default();
        let line = before.rfind(['\n', '\r']).map_or(0, |end| end + 1);
        before[line..].bytes().take_while(|&byte| byte == b' ').count()
    }

    /// Tells the writer how many spaces stand before byte `place`, in the line of what was written last.
    fn aligned_before(&mut self, place: usize) {
        let between = self.text.get(self.end..place).unwrap_or_default();
        let spaces = between.bytes().rev().take_while(|&byte| byte == b' ').count();
        self.writer.aligned(if self.line_ends_before(place) == 0 { spaces } else { 0 });
    }

    /// How many line ends stand between what was written last and byte `place`.
    fn line_ends_before(&self, place: usize) -> usize {
        let between = self.text.get(self.end..place).unwrap_or_default().as_bytes();
        let carriage_returns_alone =
            between.iter().enumerate().filter(|&(at, &byte)| byte == b'\r' && between.get(at + 1) != Some(&b'\n'));
        between.iter().filter(|&&byte| byte == b'\n').count() + carriage_returns_alone.count()
    }
}

/// Whether a block was written in one line, or holds nothing.
fn fits_one_line(braces: &Braces<'_>, text: &str) -> bool {
    let written = text.get(braces.span.range()).unwrap_or_default();
    let empty = braces.lines.is_empty() && !written.contains('#');
    empty || !written.contains(['\n', '\r'])
}
