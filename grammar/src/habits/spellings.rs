//! Small things that are written otherwise elsewhere: comments, declarations, sizes in round brackets. In: a statement that
//! does not fit. Out: the same as it is written here.

use super::{Failure, unquoted};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::expected;
use crate::token::{Start, Token, Word};
use crate::words::{self, MEMBER_WORDS};

/// `// words`, `/* words */`, `% words`
pub(super) fn comment(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    let sign = match (failure.at, failure.token(0)?, failure.token(1)) {
        (0, Token::DoubleSlash, _) => "//",
        (0, Token::Slash, Some(Token::Star | Token::DoubleStar)) => "/*",
        (0, Token::Percent, _) => "%",
        _ => return None,
    };
    let message = format!("`{sign}` begins no statement");
    let help = "comments begin with `#` and end with their line".to_owned();
    Some(Diagnostic::error(codes::UNEXPECTED, failure.span(0, 0), message).help(help))
}

/// `let tau = 10*ms`, `float tau = 10*ms`
pub(super) fn declaration(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    let word = failure.name(0)?;
    let declares =
        matches!(word, "let" | "var" | "const" | "float" | "double" | "int" | "param" | "parameter" | "global");
    if !declares || failure.name(1).is_none() || failure.token(2) != Some(Token::Equals) {
        return None;
    }
    let message = format!("`{word}` begins no statement");
    let outside = if failure.start == Start::Member { ", at the top level" } else { "" };
    let help = format!("write `{}`, without `{word}`{outside}", failure.rest(1));
    Some(Diagnostic::error(codes::UNKNOWN_STATEMENT, failure.span(0, 0), message).help(help))
}

/// `neurons P(10) { … }`, `neurons(10) { … }`, `synapses P -> Q { … }`, `synapses S(P, Q) { … }`
pub(super) fn header(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    let Token::Word(word) = failure.token(0)? else { return None };
    let here = failure.token(failure.at)?;
    let open = failure.at;
    let given = || failure.arguments(open);
    let written = match (word, here, open) {
        (Word::Neurons | Word::Poisson | Word::SpikeSource, Token::LeftParenthesis, 1 | 2) => {
            let name = failure.name(1).filter(|_| open == 2).unwrap_or("P");
            let given = given();
            let size = given.first().copied().unwrap_or("10");
            let rest = given.get(1..).unwrap_or_default().join(", ");
            let rate = match word {
                Word::Poisson if !rest.is_empty() => format!("rate {rest}"),
                _ => "…".to_owned(),
            };
            format!("{} {name}[{size}] {{ {rate} }}", word.text())
        }
        (Word::Synapses, Token::LeftParenthesis, 1 | 2) => {
            let name = failure.name(1).filter(|_| open == 2).unwrap_or("S");
            let [source, target, ..] = given()[..] else { return None };
            format!("synapses {name}: {source} -> {target} {{ … }}")
        }
        (Word::Synapses, Token::Arrow, 2) => {
            let target = failure.name(3)?;
            format!("synapses S: {} -> {target} {{ … }}", failure.name(1)?)
        }
        (Word::Synapses, Token::Name("to"), _) => {
            format!("{} -> {} {{ … }}", failure.written(0, open - 1), failure.name(open + 1)?)
        }
        _ => return None,
    };
    let message = format!("`{}` cannot stand here", failure.written(open, open));
    let wanted = expected::words(&failure.expected);
    let diagnostic = Diagnostic::error(codes::UNEXPECTED, failure.span(open, open), message);
    Some(diagnostic.label(format!("{wanted} expected")).help(format!("write `{written}`")))
}

/// `reset v == 0`: the sign of a comparison in an assignment.
pub(super) fn comparison_in_code(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    let first = failure.code()?;
    if failure.token(failure.at) != Some(Token::DoubleEquals) || failure.at != first + 1 {
        return None;
    }
    let span = failure.span(failure.at, failure.at);
    let help = format!("to set a value write `=`: `{} = {}`", failure.written(0, first), failure.rest(failure.at + 1));
    Some(Diagnostic::error(codes::UNEXPECTED, span, "`==` compares, and code sets values").help(help))
}

/// `pre: v_post += w`, `every 10*ms: v = 0`, `i = [0, 1], t = [1, 2]*ms` in a block.
pub(super) fn in_block(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    if failure.start != Start::Member {
        return None;
    }
    let told = |message: String, help: String| {
        Some(Diagnostic::error(codes::UNEXPECTED, failure.span(0, failure.at), message).help(help))
    };
    match (failure.token(0)?, failure.token(1)?) {
        (Token::Name(side @ ("pre" | "post")), Token::Colon) if failure.at > 2 => told(
            format!("what a spike does stands behind `on_{side}`"),
            format!("write `on_{side} {}`", failure.rest(2)),
        ),
        (Token::Name("i" | "t"), Token::Equals) if failure.token(failure.at) == Some(Token::Comma) => {
            let list = failure.rest(0);
            told("listed spikes stand behind `spikes`".to_owned(), format!("write `spikes {list}`"))
        }
        (Token::Word(Word::Every | Word::Event), _) if failure.token(failure.at) == Some(Token::Colon) => {
            let written = failure.written(0, failure.at - 1);
            let code = failure.rest(failure.at + 1);
            let help = format!("write `{written} {{ {code} }}`");
            let message = format!("what belongs to `{}` stands in braces", failure.written(0, 0));
            Some(Diagnostic::error(codes::MISSING_BRACES, failure.span(failure.at, failure.at), message).help(help))
        }
        _ => None,
    }
}

/// `n = 1000, rate = 20*Hz` in a block: its parts as arguments of a call.
pub(super) fn parts_in_a_row(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    if failure.start != Start::Member || failure.token(failure.at) != Some(Token::Comma) {
        return None;
    }
    let parts = failure.listed(0, failure.line.tokens.len());
    let written: Option<Vec<String>> = parts.iter().map(|part| as_part(part)).collect();
    let help = format!("write `{}`", written?.join("; "));
    let message = "parts of a block stand without `=` and on lines of their own";
    Some(Diagnostic::error(codes::KEYWORD_WITH_EQUALS, failure.span(failure.at, failure.at), message).help(help))
}

/// `rate = 20*Hz` as a part of a block.
fn as_part(written: &str) -> Option<String> {
    let (name, value) = written.split_once('=')?;
    let word = words::find(MEMBER_WORDS, &name.trim().to_lowercase())?.text();
    Some(format!("{word} {}", unquoted(value)))
}

/// Units by the letters that stand for them on paper, and their names in a text.
const LETTERS: [(&str, &str); 8] = [
    ("s", "second"),
    ("sec", "second"),
    ("V", "volt"),
    ("A", "amp"),
    ("S", "siemens"),
    ("F", "farad"),
    ("m", "meter"),
    ("C", "coulomb"),
];

/// The name of a unit that is written by its letter on paper.
pub(crate) fn spelled_out(name: &str) -> &str {
    LETTERS.iter().find(|row| row.0 == name).map_or(name, |row| row.1)
}
