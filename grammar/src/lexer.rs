//! Characters to tokens. In: a text. Out: tokens with their bytes, comments apart, and what is wrong with single
//! tokens.
//!
//! Holds throughout: tokens are in the order of the text; a number against a name comes out as a product, an operator
//! of another language as ours, so that one mistake is one diagnostic and the rest of the statement is read.

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::habits::spelled_out;
use crate::span::{SourceId, Span};
use crate::token::Token;
use logos::Logos;

/// A token and its bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Lexeme<'s> {
    pub(crate) token: Token<'s>,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// A text as tokens.
#[derive(Debug, Default)]
pub(crate) struct Lexemes<'s> {
    /// Without comments; line ends are in.
    pub(crate) tokens: Vec<Lexeme<'s>>,
    /// Each from its `#` to the end of its line.
    pub(crate) comments: Vec<Lexeme<'s>>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// A byte-order mark, which editors on Windows put first.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Splits `text` into tokens.
pub(crate) fn lex(source: SourceId, text: &str) -> Lexemes<'_> {
    let mut lexemes = Lexemes::default();
    let skipped = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    for (token, range) in Token::lexer(&text[skipped..]).spanned() {
        let (start, end) = (range.start + skipped, range.end + skipped);
        match token {
            Ok(Token::Comment) => lexemes.comments.push(Lexeme { token: Token::Comment, start, end }),
            Ok(token) => lexemes.token(source, text, Lexeme { token, start, end }),
            Err(()) => lexemes.unknown(source, text, start, end),
        }
    }
    lexemes
}

impl<'s> Lexemes<'s> {
    /// Takes one token in, mended where it is a known mistake.
    fn token(&mut self, source: SourceId, text: &'s str, lexeme: Lexeme<'s>) {
        let Lexeme { token, start, end } = lexeme;
        let span = Span::new(source, start, end);
        match token {
            Token::Unclosed => {
                let message = "this text has no closing quote on its line";
                let diagnostic = Diagnostic::error(codes::UNCLOSED_TEXT, span, message).label("begins here");
                let primed = self.tokens.last().filter(|last| last.end == start && text[start..].starts_with('\''));
                self.diagnostics.push(match primed.and_then(|last| last.token.name()) {
                    Some(name) => diagnostic.help(format!("a derivative is written `d{name}/dt`, not `{name}'`")),
                    None => diagnostic.help("close it with the same quote before the line ends"),
                });
                self.tokens.push(lexeme);
            }
            Token::Quoted => {
                self.diagnostics.push(self.quoted(span));
                self.tokens.push(lexeme);
            }
            Token::Foreign => self.foreign(span, &text[start..end], lexeme),
            Token::Number(number) => {
                if number.parse::<f64>().is_ok_and(f64::is_infinite) {
                    let message = format!("`{number}` is larger than any number a double can hold");
                    self.diagnostics.push(
                        Diagnostic::error(codes::NUMBER_TOO_LARGE, span, message)
                            .help("write a number below 1.8e308, or `inf` if infinity is meant"),
                    );
                }
                self.after_number(source, lexeme);
                self.tokens.push(lexeme);
            }
            _ => {
                self.after_number(source, lexeme);
                self.tokens.push(lexeme);
            }
        }
    }

    /// Lines between three quotes, after the tokens so far: equations or a comment of Python. Where an object of Brian2 is given
    /// them, that is told in its place (`habits/classes.rs`).
    fn quoted(&self, span: Span) -> Diagnostic {
        let mut before = self.tokens.iter().rev().map(|lexeme| lexeme.token);
        let in_last_line = before.clone().next().is_some_and(|last| last != Token::Newline);
        let last = before.find(|token| *token != Token::Newline);
        let of_a_statement = |last: Token<'_>| {
            in_last_line || last.continues_after() || matches!(last, Token::LeftParenthesis | Token::LeftBrace)
        };
        if !last.is_some_and(of_a_statement) {
            let message = "a text alone is no statement";
            return Diagnostic::error(codes::QUOTED_CODE, span, message)
                .help("what is a comment in Python is one here behind `#`, in each of its lines");
        }
        Diagnostic::error(codes::QUOTED_CODE, span, "equations and code are written without quotes")
            .help("write these lines into the braces of a block: `neurons P[10] { … }`, `synapses S: P -> Q { … }`")
    }

    /// `^` is read as `**`, `&&` as `and`, and so on.
    fn foreign(&mut self, span: Span, written: &str, lexeme: Lexeme<'s>) {
        let (token, ours, meaning) = match written {
            "^" => (Token::DoubleStar, "**", "a power"),
            "&" | "&&" => (Token::And, "and", "what both sides fulfil"),
            "|" | "||" => (Token::Or, "or", "what one side or both fulfil"),
            "<>" => (Token::NotEqual, "!=", "inequality"),
            _ => (Token::Not, "not", "the opposite"),
        };
        let message = format!("`{written}` is not an operator here");
        self.diagnostics.push(
            Diagnostic::error(codes::FOREIGN_OPERATOR, span, message)
                .label("read on as if it were right")
                .help(format!("write `{ours}` for {meaning}")),
        );
        self.tokens.push(Lexeme { token, ..lexeme });
    }

    /// A name or number right after a number, with nothing between them.
    fn after_number(&mut self, source: SourceId, lexeme: Lexeme<'s>) {
        let Some(Lexeme { token: Token::Number(number), start, end }) = self.tokens.last().copied() else { return };
        if end != lexeme.start {
            return;
        }
        let span = Span::new(source, start, lexeme.end);
        match lexeme.token {
            Token::Name(name) if let Some(help) = malformed(number, name) => {
                self.unreadable(start, end);
                let message = format!("`{number}{name}` is not a number");
                self.diagnostics.push(Diagnostic::error(codes::MALFORMED_NUMBER, span, message).help(help));
            }
            Token::Name(name) => {
                self.tokens.push(Lexeme { token: Token::Star, start: end, end });
                let message = format!("the number `{number}` stands against the name `{name}`");
                self.diagnostics.push(
                    Diagnostic::error(codes::NUMBER_AGAINST_NAME, span, message)
                        .label("read as a product")
                        .help(format!("write `{number}*{}`", spelled_out(name))),
                );
            }
            Token::Number(second) => {
                self.unreadable(start, end);
                let message = format!("`{number}{second}` is not a number");
                let help = match (number.strip_suffix('.'), second.strip_prefix('.')) {
                    (Some(first), Some(last)) => format!("indices from {first} to before {last} are `{first}:{last}`"),
                    _ => "a number has at most one point".to_owned(),
                };
                self.diagnostics.push(Diagnostic::error(codes::MALFORMED_NUMBER, span, message).help(help));
            }
            _ => {}
        }
    }

    /// Keeps the place of what could not be read, so that its statement is not parsed.
    fn unreadable(&mut self, start: usize, end: usize) {
        self.tokens.push(Lexeme { token: Token::Unreadable, start, end });
    }

    /// Characters that belong to no word; neighbours of the same kind are one mistake.
    fn unknown(&mut self, source: SourceId, text: &str, start: usize, end: usize) {
        self.unreadable(start, end);
        if let Some(last) = self.diagnostics.last_mut()
            && last.code == codes::UNKNOWN_CHARACTER
            && last.primary.span.range().end == start
        {
            last.primary.span.end = Span::new(source, start, end).end;
            return;
        }
        let character = text[start..].chars().next().unwrap_or('\u{fffd}');
        let span = Span::new(source, start, end);
        let message = format!("the character {} has no meaning here", shown(character));
        self.diagnostics.push(Diagnostic::error(codes::UNKNOWN_CHARACTER, span, message).help(instead_of(character)));
    }
}

/// What is wrong where a number is followed by something that was to be part of it.
fn malformed(number: &str, name: &str) -> Option<&'static str> {
    if name.starts_with('_') {
        return Some("write the digits without `_`");
    }
    if name.eq_ignore_ascii_case("e") && !number.contains(['e', 'E']) {
        return Some("an exponent needs digits, as in `1e-3`");
    }
    (number == "0"
        && name.starts_with(['x', 'X', 'b', 'B', 'o'])
        && name[1..].starts_with(|c: char| c.is_ascii_digit()))
    .then_some("numbers are decimal")
}

/// A character for a message: as it is if that shows, by its number if not.
fn shown(character: char) -> String {
    if character.is_control() || character.is_whitespace() || character == '\u{feff}' {
        format!("U+{:04X}", u32::from(character))
    } else {
        format!("`{character}`")
    }
}

/// What to write instead of a character.
fn instead_of(character: char) -> &'static str {
    match character {
        'µ' | 'μ' => "write `u` for micro, as in `uV`",
        '\\' => "a line goes on by itself inside brackets and after an operator; remove the `\\`",
        '·' | '×' | '⋅' => "write `*` for a product",
        '−' | '–' | '—' => "write `-` for minus",
        '“' | '”' | '„' | '‘' | '’' | '`' => "write `\"` around a text",
        '→' | '⇒' => "write `->`",
        '~' => "what is random is drawn where code sets it: `init v = -60*mV + 5*mV*randn()`",
        '?' => "a choice is written `where(condition, a, b)`",
        '≤' => "write `<=`",
        '≥' => "write `>=`",
        '≠' => "write `!=`",
        '²' => "write `**2`",
        '³' => "write `**3`",
        c if c.is_whitespace() => "replace it by a plain space",
        c if c.is_alphabetic() => "names are made of the letters A to Z and a to z, digits and `_`",
        _ => "remove it",
    }
}
