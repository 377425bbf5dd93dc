//! Where statements begin and end. In: tokens with line ends. Out: statements, each with its tokens and the blocks in
//! its braces.
//!
//! Holds throughout: brackets of a statement that is not refused are balanced and nested at most [`DEPTH`] deep;
//! braces are one token each, so that a mistake between them touches no statement outside. A statement ends at a line
//! end, `;`, the `}` around it or after its own `}`; a line goes on inside `( )` and `[ ]`, after a token that wants
//! more and before one that cannot begin a statement (`Token::continues_after`, `Token::continues_before`), but for a
//! line that can only be Python's. A block whose braces are missing is told once and read as if they were there; a
//! dictionary of Python is tokens of its statement, and its braces are brackets.

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::lexer::{Lexeme, Lexemes};
use crate::limits::DEPTH;
use crate::span::{SourceId, Span};
use crate::token::Token;
use crate::words::{self, GROUP_WORDS, MEMBER_WORDS};

/// More places than this make a diagnostic longer, not clearer.
const MOST_LABELS: usize = 3;

/// One statement, not yet read.
#[derive(Debug, Default)]
pub(crate) struct Line<'s> {
    /// Without line ends; each pair of braces is one `Token::Braces`.
    pub(crate) tokens: Vec<Lexeme<'s>>,
    /// What the braces hold, by the number in `Token::Braces`.
    pub(crate) braces: Vec<Braces<'s>>,
    /// A diagnostic was given already: the tokens are not to be parsed.
    pub(crate) refused: bool,
    /// Whether a `;` stands between this statement and the one before.
    pub(crate) after_semicolon: bool,
}

/// What stands between `{` and `}`.
#[derive(Debug)]
pub(crate) struct Braces<'s> {
    pub(crate) lines: Vec<Line<'s>>,
    /// From `{` to `}`.
    pub(crate) span: Span,
}

/// Splits tokens into statements; what is wrong with brackets and braces is added to `diagnostics`.
pub(crate) fn split<'s>(
    source: SourceId,
    text: &'s str,
    lexemes: &Lexemes<'s>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Line<'s>> {
    let mut splitter = Splitter {
        source,
        text,
        tokens: &lexemes.tokens,
        frames: vec![Frame::default()],
        too_deep: 0,
        swallowed: false,
        diagnostics,
    };
    splitter.run();
    splitter.finish()
}

/// The statements between one `{` and its `}`, as far as they are read.
#[derive(Default)]
struct Frame<'s> {
    /// Where its `{` stands.
    opened: usize,
    lines: Vec<Line<'s>>,
    line: Line<'s>,
    /// Open brackets of the statement being read.
    brackets: Vec<Lexeme<'s>>,
    /// A `;` was read since the last statement.
    semicolon: bool,
    /// Its `{` is missing, and told: it ends before the first line that begins here or further left, and is none of a block.
    unbraced: Option<usize>,
}

struct Splitter<'s, 'a> {
    source: SourceId,
    text: &'s str,
    tokens: &'a [Lexeme<'s>],
    frames: Vec<Frame<'s>>,
    /// Braces opened beyond the limit and not closed yet.
    too_deep: usize,
    /// A text that is not closed, and told, has a `}` in it.
    swallowed: bool,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl<'s> Splitter<'s, '_> {
    fn run(&mut self) {
        let mut at = 0;
        while let Some(&lexeme) = self.tokens.get(at) {
            at += 1;
            match lexeme.token {
                Token::Newline => {
                    while self.tokens.get(at).is_some_and(|next| next.token == Token::Newline) {
                        at += 1;
                    }
                    self.line_end(at);
                }
                Token::Semicolon => {
                    self.brackets_unclosed(Some(lexeme));
                    self.end_statement();
                    self.frame().semicolon = true;
                }
                Token::LeftBrace if self.is_dictionary(at) => self.open_bracket(lexeme),
                Token::RightBrace if self.frame().brackets.iter().any(|open| open.token == Token::LeftBrace) => {
                    self.close_bracket(lexeme);
                }
                Token::LeftBrace => self.open_brace(lexeme),
                Token::RightBrace => self.close_brace(lexeme),
                Token::LeftParenthesis | Token::LeftBracket => self.open_bracket(lexeme),
                Token::RightParenthesis | Token::RightBracket => self.close_bracket(lexeme),
                Token::Unclosed => {
                    // The text swallowed the rest of its line, closing brackets and braces among it.
                    self.swallowed |= self.text[lexeme.start..lexeme.end].contains('}');
                    self.frame().brackets.clear();
                    self.frame().line.refused = true;
                    self.push(lexeme);
                }
                Token::Unreadable | Token::Quoted => {
                    self.push(lexeme);
                    self.frame().line.refused = true;
                }
                _ => self.push(lexeme),
            }
        }
    }

    /// Ends what is still open at the end of the text.
    fn finish(mut self) -> Vec<Line<'s>> {
        self.close_unbraced(&[]);
        self.close_frames("the text ends");
        let outermost = self.frames.pop().unwrap_or_default();
        outermost.lines
    }

    /// Closes every open brace and the statement that is being read, because of `reason`.
    fn close_frames(&mut self, reason: &str) {
        self.brackets_unclosed(None);
        self.end_statement();
        let written = self.frames[1..].iter().rev().filter(|frame| frame.unbraced.is_none());
        let mut open = written.map(|frame| Span::new(self.source, frame.opened, frame.opened + 1));
        if let Some(innermost) = open.next().filter(|_| self.too_deep == 0 && !self.swallowed) {
            let message = format!("this `{{` is not closed before {reason}");
            let diagnostic = Diagnostic::error(codes::UNCLOSED_BRACE, innermost, message)
                .label("opened here")
                .help("close the block with `}`");
            self.diagnostics.push(
                open.take(MOST_LABELS)
                    .fold(diagnostic, |diagnostic, outer| diagnostic.also(outer, "not closed either")),
            );
        }
        while self.frames.len() > 1 {
            self.pop_frame(self.text.len());
        }
        self.too_deep = 0;
    }

    fn frame(&mut self) -> &mut Frame<'s> {
        self.frames.last_mut().expect("the outermost frame is popped by `finish` alone")
    }

    fn push(&mut self, lexeme: Lexeme<'s>) {
        let frame = self.frame();
        if frame.line.tokens.is_empty() {
            frame.line.after_semicolon = frame.semicolon;
        }
        frame.line.tokens.push(lexeme);
    }

    fn end_statement(&mut self) {
        let frame = self.frame();
        let line = std::mem::take(&mut frame.line);
        frame.brackets.clear();
        frame.semicolon = false;
        if !line.tokens.is_empty() {
            frame.lines.push(line);
        }
    }

    /// A line end: the statement goes on, or ends. `next` is the first token past blank lines.
    fn line_end(&mut self, next: usize) {
        let tokens = self.tokens;
        let following = tokens.get(next..).unwrap_or_default();
        if self.opens_unbraced(following) {
            return;
        }
        self.close_unbraced(following);
        self.outer_statement(following);
        let frame = self.frame();
        if frame.line.tokens.is_empty() {
            frame.semicolon = false;
            return;
        }
        let mut readable = frame.line.tokens.iter().rev().map(|lexeme| lexeme.token);
        let last = readable.find(|token| *token != Token::Unreadable).unwrap_or(Token::Unreadable);
        if frame.brackets.is_empty() {
            let goes_on = last.continues_after() || following.first().is_some_and(|next| next.token.continues_before());
            if !goes_on || is_of_python(&frame.line.tokens) || is_of_python(first_line(following)) {
                self.end_statement();
            }
        } else if begins_statement(last, following) {
            self.brackets_unclosed(None);
            self.end_statement();
        }
    }

    /// A group declared at the margin while a brace is open: the brace was forgotten, and what follows is not inside.
    fn outer_statement(&mut self, following: &[Lexeme<'s>]) {
        let [first, second, ..] = following else { return };
        let at_margin = first.start == 0 || self.text.as_bytes().get(first.start - 1).is_some_and(u8::is_ascii_control);
        let declares = match (first.token, second.token) {
            (Token::Name(word), Token::Name(_)) => words::find(GROUP_WORDS, word).is_some(),
            _ => false,
        };
        if self.frames.len() > 1 && at_margin && declares {
            let span = Span::new(self.source, first.start, second.end);
            let reason = format!("`{}` begins", &self.text[span.range()]);
            self.close_frames(&reason);
        }
    }

    /// `neurons P[10]` or `neurons P[10]:` with a line of a block below it, `reset:` with lines further right: the braces
    /// are missing. Told once, and what follows is read as if they were there.
    fn opens_unbraced(&mut self, following: &[Lexeme<'s>]) -> bool {
        let Some(next) = following.first() else { return false };
        let outermost = self.frames.len() == 1;
        let begin =
            self.frames.last().and_then(|frame| frame.line.tokens.first()).map_or(next.start, |first| first.start);
        let further = self.column(next.start) > self.column(begin);
        let Some(line) = self.frames.last().filter(|frame| frame.brackets.is_empty()).map(|frame| &frame.line) else {
            return false;
        };
        let Some(word) = line.tokens.first().and_then(|first| first.token.name()) else { return false };
        let with_colon = line.tokens.last().is_some_and(|last| last.token == Token::Colon);
        let below = first_line(following);
        // A line that ends in a colon goes on, with a model behind `neurons P[10]:` or `synapses S: P -> P:`, with both groups
        // behind `synapses S:`, with the unit of a variable that is called `init` behind `init:`.
        let goes_on = !with_colon && line.tokens.last().is_some_and(|last| last.token.continues_after())
            || with_colon && word == "synapses" && line.tokens.iter().all(|lexeme| lexeme.token != Token::Arrow);
        let header = match line.tokens.get(1).map(|second| second.token) {
            Some(Token::Name(_))
                if outermost
                    && (words::find(GROUP_WORDS, word).is_some() || word == "poisson_input")
                    && word != "function" =>
            {
                begins_member(below) && !goes_on
            }
            Some(Token::Name(_)) if outermost && word == "sweep" => with_colon && further,
            Some(Token::Colon) => {
                matches!(word, "reset" | "init" | "on_pre" | "on_post")
                    && line.tokens.len() == 2
                    && further
                    && below.get(1).is_some_and(|second| second.token.is_assignment())
            }
            _ => false,
        };
        if !header || line.refused || line.tokens.iter().any(|lexeme| matches!(lexeme.token, Token::Braces(_))) {
            return false;
        }
        let end = line.tokens[line.tokens.len() - 1 - usize::from(with_colon)].end;
        let written = self.text.get(begin..end).unwrap_or_default();
        let span = Span::new(self.source, begin, end);
        let message = format!("what belongs to this `{word}` stands in braces");
        let help = format!("write `{written} {{` here, and `}}` behind the last line of it");
        self.diagnostics.push(Diagnostic::error(codes::MISSING_BRACES, span, message).help(help));
        let margin = self.column(begin);
        if with_colon {
            self.frame().line.tokens.pop();
        }
        self.frames.push(Frame { opened: next.start, unbraced: Some(margin), ..Frame::default() });
        true
    }

    /// Ends blocks without braces before a line that is none of theirs.
    fn close_unbraced(&mut self, following: &[Lexeme<'s>]) {
        while let Some(margin) = self.frames.last().and_then(|frame| frame.unbraced) {
            let belongs = |next: &Lexeme<'s>| {
                let column = self.column(next.start);
                next.token == Token::RightBrace && self.frames.iter().skip(1).all(|frame| frame.unbraced.is_some())
                    || column > margin && next.token != Token::RightBrace
                    || self.frames.len() == 2 && column == margin && begins_member(first_line(following))
            };
            if following.first().is_some_and(belongs) {
                return;
            }
            self.brackets_unclosed(None);
            self.end_statement();
            let end = self.frame().lines.last().and_then(|line| line.tokens.last()).map_or(0, |last| last.end);
            self.pop_frame(end);
            self.end_statement();
        }
    }

    /// How far to the right a place stands in its line.
    fn column(&self, at: usize) -> usize {
        at - self.text[..at].rfind('\n').map_or(0, |end| end + 1)
    }

    /// Whether the `{` before a token begins a dictionary of Python, which is a part of its statement: `{'rule': …}`.
    fn is_dictionary(&self, at: usize) -> bool {
        let mut following =
            self.tokens[at..].iter().map(|lexeme| lexeme.token).filter(|token| *token != Token::Newline);
        let in_brackets = self.frames.last().is_some_and(|frame| !frame.brackets.is_empty());
        match following.next() {
            Some(Token::Text(_) | Token::SingleQuoted(_)) => following.next() == Some(Token::Colon),
            Some(Token::RightBrace) => in_brackets,
            _ => false,
        }
    }

    fn open_brace(&mut self, lexeme: Lexeme<'s>) {
        self.brackets_unclosed(Some(lexeme));
        if self.frames.len() > DEPTH {
            if self.too_deep == 0 && !self.frame().line.refused {
                let span = Span::new(self.source, lexeme.start, lexeme.end);
                self.nested_too_deep(span, "braces");
            }
            self.too_deep += 1;
            self.frames.iter_mut().for_each(|frame| frame.line.refused = true);
            return;
        }
        self.frames.push(Frame { opened: lexeme.start, ..Frame::default() });
    }

    fn close_brace(&mut self, lexeme: Lexeme<'s>) {
        self.brackets_unclosed(Some(lexeme));
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return;
        }
        self.end_statement();
        if self.frames.len() == 1 {
            self.unopened(lexeme, "}", "{");
            return;
        }
        // It is that of a `{` where there is one, else of a block whose `{` is missing.
        while self.frames.iter().skip(1).any(|frame| frame.unbraced.is_none()) && self.frame().unbraced.is_some() {
            self.pop_frame(lexeme.start);
            self.end_statement();
        }
        self.pop_frame(lexeme.end);
        self.end_statement();
    }

    /// Makes the innermost frame a token of the statement around it.
    fn pop_frame(&mut self, end: usize) {
        let Some(frame) = self.frames.pop() else { return };
        let lines = frame.lines;
        let span = Span::new(self.source, frame.opened, end);
        let outer = self.frame();
        let token = Token::Braces(outer.line.braces.len());
        outer.line.braces.push(Braces { lines, span });
        self.push(Lexeme { token, start: frame.opened, end });
    }

    fn open_bracket(&mut self, lexeme: Lexeme<'s>) {
        let frame = self.frame();
        frame.brackets.push(lexeme);
        let depth = frame.brackets.len();
        if depth > DEPTH && !frame.line.refused {
            frame.line.refused = true;
            let span = Span::new(self.source, lexeme.start, lexeme.end);
            self.nested_too_deep(span, "brackets");
        }
        self.push(lexeme);
    }

    fn close_bracket(&mut self, lexeme: Lexeme<'s>) {
        let (opening, closing) = match lexeme.token {
            Token::RightParenthesis => (Token::LeftParenthesis, ")"),
            Token::RightBrace => (Token::LeftBrace, "}"),
            _ => (Token::LeftBracket, "]"),
        };
        match self.frame().brackets.pop() {
            Some(open) if open.token == opening => {}
            Some(open) => self.mismatched(open, lexeme, closing),
            None => {
                self.unopened(lexeme, closing, if closing == ")" { "(" } else { "[" });
                self.frame().line.refused = true;
            }
        }
        self.push(lexeme);
    }

    /// `( … ]`
    fn mismatched(&mut self, open: Lexeme<'s>, close: Lexeme<'s>, closing: &str) {
        let frame = self.frame();
        let told = std::mem::replace(&mut frame.line.refused, true);
        if told {
            return;
        }
        let (opening, partner) = partners(open.token);
        let span = Span::new(self.source, close.start, close.end);
        self.diagnostics.push(
            Diagnostic::error(codes::UNCLOSED_BRACKET, span, format!("`{opening}` is closed by `{closing}`"))
                .label(format!("`{partner}` expected"))
                .also(Span::new(self.source, open.start, open.end), "opened here")
                .help(format!("write `{partner}` here")),
        );
    }

    fn unopened(&mut self, lexeme: Lexeme<'s>, closing: &str, opening: &str) {
        if self.frame().line.refused {
            return;
        }
        let span = Span::new(self.source, lexeme.start, lexeme.end);
        let message = format!("this `{closing}` closes nothing");
        self.diagnostics.push(
            Diagnostic::error(codes::UNOPENED_BRACKET, span, message)
                .help(format!("remove it, or open it with `{opening}` before")),
        );
    }

    /// Reports the innermost open bracket of the statement that ends now, once.
    fn brackets_unclosed(&mut self, before: Option<Lexeme<'s>>) {
        let frame = self.frame();
        let Some(open) = frame.brackets.last().copied() else { return };
        frame.brackets.clear();
        if std::mem::replace(&mut frame.line.refused, true) {
            return;
        }
        let (opening, closing) = partners(open.token);
        let place = match before.map(|lexeme| lexeme.token) {
            Some(Token::LeftBrace) => "`{`",
            Some(Token::RightBrace) => "`}`",
            Some(_) => "`;`",
            None => "the statement ends",
        };
        let message = format!("this `{opening}` is not closed before {place}");
        self.diagnostics.push(
            Diagnostic::error(codes::UNCLOSED_BRACKET, Span::new(self.source, open.start, open.end), message)
                .label("opened here")
                .help(format!("close it with `{closing}`")),
        );
    }

    fn nested_too_deep(&mut self, span: Span, what: &str) {
        let message = format!("{what} are nested more than {DEPTH} deep");
        self.diagnostics.push(
            Diagnostic::error(codes::NESTED_TOO_DEEP, span, message)
                .label(format!("number {} on the way in", DEPTH + 1))
                .help("remove brackets, or give an inner part a name of its own"),
        );
    }
}

/// An opening bracket and what closes it.
fn partners(open: Token<'_>) -> (&'static str, &'static str) {
    match open {
        Token::LeftBracket => ("[", "]"),
        Token::LeftBrace => ("{", "}"),
        _ => ("(", ")"),
    }
}

/// The tokens before the next line end.
fn first_line<'t, 's>(tokens: &'t [Lexeme<'s>]) -> &'t [Lexeme<'s>] {
    tokens.split(|lexeme| lexeme.token == Token::Newline).next().unwrap_or_default()
}

/// Whether a line is a statement of Python, which neither goes on nor belongs to the one before: `for k in range(3):`,
/// `from brian2 import *`.
pub(crate) fn is_of_python(line: &[Lexeme<'_>]) -> bool {
    let [first, rest @ ..] = line else { return false };
    let Some(last) = rest.last() else { return false };
    let count = |bracket| line.iter().filter(|lexeme| lexeme.token == bracket).count();
    // Not the one of `x[0:`, which goes on.
    let colon = last.token == Token::Colon && count(Token::LeftBracket) == count(Token::RightBracket);
    match first.token {
        Token::If | Token::For => colon,
        Token::Name("else") => colon && rest.len() == 1,
        Token::Name("elif" | "while" | "def" | "class" | "with") => colon && rest.len() > 1,
        Token::Name("from" | "import") => rest[0].token.name().is_some(),
        _ => false,
    }
}

/// Whether a line can only stand in the block of a group: `dv/dt = …`, `v : volt`, `threshold v > 1`.
fn begins_member(line: &[Lexeme<'_>]) -> bool {
    let token = |at: usize| line.get(at).map(|lexeme| lexeme.token);
    let (Some(Token::Name(first)), Some(second)) = (token(0), token(1)) else { return false };
    match second {
        Token::Colon => true,
        Token::Slash => token(2) == Some(Token::Name("dt")) && token(3) == Some(Token::Equals),
        // Not the colon of `x = y[0:3]` or `x = {'y': 3}`.
        Token::Equals => {
            let has = |token| line.iter().any(|lexeme| lexeme.token == token);
            has(Token::Colon) && !has(Token::LeftBracket) && !has(Token::LeftBrace)
        }
        Token::Dot | Token::Comma => false,
        second => words::find(MEMBER_WORDS, first).is_some() && second != Token::Arrow && !second.is_assignment(),
    }
}

/// Whether what follows a line end inside brackets can only be a new statement: two values in a row, `dv/dt =`, or
/// `name =` that is no named argument.
fn begins_statement(last: Token<'_>, following: &[Lexeme<'_>]) -> bool {
    let token = |at: usize| following.get(at).map(|lexeme| lexeme.token);
    let (Some(Token::Name(first)), Some(second)) = (token(0), token(1)) else { return false };
    match second {
        Token::Name(_) | Token::Number(_) | Token::Text(_) => true,
        Token::Slash => {
            first.starts_with('d') && token(2) == Some(Token::Name("dt")) && token(3) == Some(Token::Equals)
        }
        Token::Equals => !matches!(last, Token::Comma | Token::LeftParenthesis | Token::LeftBracket),
        _ => second.is_assignment(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexer;

    /// The statements of a text, their tokens as written and separated by spaces.
    fn statements(text: &str) -> Vec<String> {
        let lexemes = lexer::lex(SourceId(0), text);
        let mut diagnostics = Vec::new();
        let lines = split(SourceId(0), text, &lexemes, &mut diagnostics);
        assert_eq!(diagnostics, [], "{text}");
        let written = |line: &Line<'_>| {
            let words: Vec<_> = line.tokens.iter().map(|lexeme| &text[lexeme.start..lexeme.end]).collect();
            words.join(" ")
        };
        lines.iter().map(written).collect()
    }

    #[test]
    fn a_statement_ends_at_a_line_end_a_semicolon_or_after_its_braces() {
        assert_eq!(
            statements("a = 1\nb = 2; c = 3\r\n\n;;\nd {x} e = 5"),
            ["a = 1", "b = 2", "c = 3", "d {x}", "e = 5"]
        );
    }

    #[test]
    fn a_line_goes_on_inside_brackets() {
        assert_eq!(statements("a = (1\n\n 2\n)\nb = [1,\n2]"), ["a = ( 1 2 )", "b = [ 1 , 2 ]"]);
    }

    #[test]
    fn a_line_goes_on_after_a_token_that_wants_more() {
        for token in [
            "+", "-", "*", "/", "//", "%", "**", "<", "<=", ">", ">=", "==", "!=", "and", "or", "=", "+=", "-=", "*=",
            "/=", "//=", "%=", "**=", ",", ":", "->", "not", "if", "for", "in",
        ] {
            assert_eq!(statements(&format!("a {token} # why\n\n b\nc")), [format!("a {token} b"), "c".to_owned()]);
        }
    }

    #[test]
    fn a_line_of_python_is_a_statement() {
        for line in ["if a > 5 :", "for k in range ( 3 ) :", "while a :", "else :", "def f ( x ) :"] {
            assert_eq!(statements(&format!("a = 1\n{line}\n b\nc")), ["a = 1", line, "b", "c"]);
        }
        assert_eq!(statements("from b import *\na = 1"), ["from b import *", "a = 1"]);
        assert_eq!(
            statements("connect j = k\nfor k in range(3)\nif k > 2"),
            ["connect j = k for k in range ( 3 ) if k > 2"]
        );
        assert_eq!(statements("with :\nvolt"), ["with : volt"]);
        assert_eq!(statements("j = k\nfor k in x[0:\n3]"), ["j = k for k in x [ 0 : 3 ]"]);
    }

    #[test]
    fn a_line_goes_on_before_a_token_that_begins_no_statement() {
        for token in [
            "+", "-", "*", "/", "//", "%", "**", "<", "<=", ">", ">=", "==", "!=", "and", "or", "=", ",", ":", "->",
            "if", "for", "in",
        ] {
            assert_eq!(statements(&format!("a\n\n# why\n {token} b\nc")), [format!("a {token} b"), "c".to_owned()]);
        }
        assert_eq!(statements("a\n# why\n{ b }\nc"), ["a { b }", "c"]);
    }
}
