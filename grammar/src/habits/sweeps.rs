//! Mistakes with `sweep` and `report`: loops as other languages have them, and measures without brackets.
//!
//! In: a statement that does not fit. Out: a diagnostic if it is one of these.

use super::{Failure, RECORD_ENDS};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::token::{Start, Token, Word};

/// What `report` measures, as far as a mistake in writing it can be told from other mistakes.
const MEASURES: [&str; 6] = ["rate", "count", "cv", "mean", "std", "final"];

/// `sweep tau in [1, 2] { … }`, `sweep tau: …`, `sweep(tau = …) { … }`, `sweep tau = 1, 2 { … }`
pub(super) fn axis(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    if failure.token(0) != Some(Token::Word(Word::Sweep)) {
        return None;
    }
    let here = failure.token(failure.at)?;
    let refused = |message: String, help: String| {
        let span = failure.span(failure.at, failure.at);
        Some(Diagnostic::error(codes::SWEEP_AXIS, span, message).help(help))
    };
    if failure.at == 1 && here == Token::LeftParenthesis {
        let inside = failure.written(2, closing(failure)?.checked_sub(1)?);
        let message = "what a sweep varies stands without brackets".to_owned();
        return refused(message, format!("write `sweep {inside} {{ … }}`"));
    }
    if matches!(here, Token::Dot | Token::LeftBracket)
        && let Some(Token::Name(group)) = failure.before()
    {
        let equals = failure.outside_brackets(failure.at, |token| token == Token::Equals);
        let end = failure.outside_brackets(failure.at, |token| matches!(token, Token::Braces(_) | Token::Comma));
        let values = equals.map_or("[1, 2, 3]", |at| failure.written(at + 1, end.map_or(at + 1, |end| end - 1)));
        let place = failure.written(failure.at - 1, equals.map_or(failure.at, |at| at - 1));
        let variable = failure.name(failure.at + 1).filter(|_| here == Token::Dot).unwrap_or("v");
        let span = failure.span(failure.at - 1, equals.map_or(failure.at, |at| at - 1));
        let message = format!("`{place}` is a variable, and what is varied is a constant");
        let help = format!(
            "name a constant where it gets its value, as `{variable}0 = 0` at the top level and `init {variable} = \
             {variable}0` in the block of `{group}` do, and vary that: `sweep {variable}0 = {values} {{ … }}`"
        );
        return Some(Diagnostic::error(codes::SWEEP_AXIS, span, message).help(help));
    }
    match failure.before()? {
        Token::Name(name) if failure.expected.iter().any(|terminal| terminal == "\"=\"") => {
            let values = match (here, failure.outside_brackets(failure.at, |token| matches!(token, Token::Braces(_)))) {
                (Token::In, Some(braces)) if braces > failure.at + 1 => failure.written(failure.at + 1, braces - 1),
                _ => "[1, 2, 3]",
            };
            let message = format!("the values of `{name}` stand behind `=`");
            refused(message, format!("write `sweep {name} = {values} {{ … }}`"))
        }
        Token::Comma if failure.name(failure.at).is_none() => {
            let message = "a name of what else is varied stands behind this `,`".to_owned();
            refused(message, "values stand in a list: `sweep tau = [1, 2, 3]*ms { … }`".to_owned())
        }
        Token::Word(Word::Seeds) => {
            refused("`seeds` takes a word".to_owned(), "write `seeds apart` or `seeds alike`".to_owned())
        }
        _ => None,
    }
}

/// The token that closes the bracket at token 1.
fn closing(failure: &Failure<'_, '_>) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, lexeme) in failure.line.tokens.iter().enumerate().skip(1) {
        match lexeme.token {
            Token::LeftParenthesis | Token::LeftBracket => depth += 1,
            Token::RightParenthesis | Token::RightBracket => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// `report rate P`, `report rate(P) every 1*ms`, `rate(P)` in a sweep without `report`.
pub(super) fn measure(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    let measures = |at: usize| failure.name(at).filter(|name| MEASURES.contains(name));
    let refused = |first: usize, message: String, help: String| {
        Some(Diagnostic::error(codes::MEASURE, failure.span(first, failure.at), message).help(help))
    };
    if failure.start == Start::Step
        && let Some(name) = measures(0)
        && failure.token(1) == Some(Token::LeftParenthesis)
        && failure.at == 1
    {
        return refused(0, format!("`{name}` measures and is no statement"), format!("write `report {name}(…)`"));
    }
    if failure.token(0) != Some(Token::Word(Word::Report)) {
        return None;
    }
    let here = failure.written(failure.at, failure.at);
    let before = failure.at.checked_sub(1)?;
    if let (Some(name), Some(what)) = (measures(before), failure.name(failure.at)) {
        let message = format!("what `{name}` measures stands in brackets");
        return refused(before, message, format!("write `{name}({what})`"));
    }
    if here == "," && failure.outside_brackets(1, |token| token == Token::Word(Word::Last)).is_some() {
        let message = "`last` stands once, behind all that the line measures".to_owned();
        return refused(failure.at, message, "write a `report` for each".to_owned());
    }
    if RECORD_ENDS.contains(&here) && failure.before()?.ends_operand() {
        let message = format!("`{here}` cannot stand in `report`");
        let help = "what is measured can end in `last 100*ms` and in nothing else; \
                    what is to be kept of every point stands in a `record` before the sweep";
        return refused(failure.at, message, help.to_owned());
    }
    None
}
