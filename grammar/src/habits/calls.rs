//! Calls of Brian2's functions and methods: `S.connect(p=0.1)`, `run(1*second, report='text')`. In: a statement that does not fit.
//! Out: what a model has in the place of the call, with what it is given.

use super::scripts::joined;
use super::{Failure, named_argument, unquoted};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::token::{Start, Token, Word};

/// `S.connect(i != j)`, `P.run_regularly('v = rand()', dt=10*ms)`, `device.build()`, `rates.append(3)`
pub(super) fn of_object(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    let last = failure.path_end(0);
    let outside = matches!(failure.start, Start::Item | Start::Step);
    if !outside || last == 0 || failure.token(last + 1) != Some(Token::LeftParenthesis) {
        return None;
    }
    let (object, method) = (failure.name(0)?, failure.name(last)?);
    let given = failure.arguments(last + 1);
    let help = match (object, method) {
        ("device" | "prefs" | "BrianLogger", _) => {
            "leave it out: nothing is set up, and models are compiled when they run".to_owned()
        }
        (_, "connect") => format!("in the block of `{object}` write `{}`", connect(&given)),
        (_, "run_regularly") => {
            let code = given.first().map_or("…", |code| unquoted(code));
            let interval = value_of(&given, "dt").unwrap_or("dt");
            format!("in the block of `{object}` write `every {interval} {{ {} }}`", code.trim())
        }
        (_, "run_on_event") => {
            let event = given.first().map_or("…", |event| unquoted(event));
            let code = given.get(1).map_or("…", |code| unquoted(code));
            format!("in the block of `{object}` write `event {event} if … {{ {} }}`, with its condition", code.trim())
        }
        (_, "set_event_schedule") => {
            let event = given.first().map_or("…", |event| unquoted(event));
            let when = value_of(&given, "when").unwrap_or("…");
            format!("in the block of `{object}` write `when {event} = {when}`")
        }
        (_, "store" | "restore") => format!("write `{}`", stored(method, &given)),
        _ => "`docs/from-brian2.md` says what to write for each part of a script, and what a model has no need of"
            .to_owned(),
    };
    let message = format!("`{}` is a call, and no statement of a model", failure.written(0, last));
    Some(Diagnostic::error(codes::UNKNOWN_STATEMENT, failure.span(0, last), message).help(help))
}

/// `connect(condition='i != j', p=0.1)` in the block of synapses.
pub(super) fn of_connect(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    let called = failure.token(0) == Some(Token::Word(Word::Connect)) && in_brackets(failure);
    called.then(|| {
        let help = format!("write `{}`", connect(&failure.arguments(1)));
        let message = "what connects is written without brackets";
        Diagnostic::error(codes::UNEXPECTED, failure.span(failure.at, failure.at), message).help(help)
    })
}

/// `run(1*second, report='text')`, `run 1*second, report="text"`
pub(super) fn of_run(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    if failure.token(0) != Some(Token::Word(Word::Run)) {
        return None;
    }
    let given = if in_brackets(failure) { failure.arguments(1) } else { failure.listed(1, failure.line.tokens.len()) };
    let named = value_of(&given, "duration");
    let first = given.first().filter(|first| named_argument(first).is_none());
    let duration = named.or(first.copied()).filter(|_| given.len() > 1 || named.is_some())?;
    let message = "a run is told how long it lasts, and nothing else";
    let help = format!("write `run {duration}`");
    Some(Diagnostic::error(codes::UNEXPECTED, failure.span(failure.at, failure.at), message).help(help))
}

/// `store()`, `restore('warm')`
pub(super) fn of_store(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    let Token::Word(word @ (Word::Store | Word::Restore)) = failure.token(0)? else { return None };
    if !in_brackets(failure) {
        return None;
    }
    let written = stored(word.text(), &failure.arguments(1));
    let message = format!("what `{}` is given is written without brackets", word.text());
    let span = failure.span(failure.at, failure.at);
    Some(Diagnostic::error(codes::UNEXPECTED, span, message).help(format!("write `{written}`")))
}

/// `store "warm"`
fn stored(word: &str, given: &[&str]) -> String {
    match given.first().filter(|first| named_argument(first).is_none()) {
        Some(name) => format!("{word} \"{}\"", unquoted(name)),
        None => word.to_owned(),
    }
}

/// Whether all behind the first word is in one pair of brackets.
fn in_brackets(failure: &Failure<'_, '_>) -> bool {
    failure.token(1) == Some(Token::LeftParenthesis)
        && failure.line.tokens.last().is_some_and(|last| last.token == Token::RightParenthesis)
        && failure.outside_brackets(1, |_| true).is_none()
}

/// The `connect` of a model that is given what Brian2's is.
fn connect(given: &[&str]) -> String {
    let mut parts = Vec::new();
    for (at, one) in given.iter().enumerate() {
        let (name, value) = named_argument(one).unwrap_or((if at == 0 { "condition" } else { "" }, one));
        let value = joined(value);
        match name {
            "condition" if matches!(&*value, "True" | "None") => {}
            "condition" => parts.push(value),
            "i" if value == "j" => parts.push("i == j".to_owned()),
            "j" if value == "i" => parts.push("i == j".to_owned()),
            name @ ("i" | "j" | "p" | "n") => parts.push(format!("{name} = {value}")),
            "skip_if_invalid" if value == "True" => parts.push("skip_if_invalid".to_owned()),
            _ => {}
        }
    }
    if parts.is_empty() { "connect all".to_owned() } else { format!("connect {}", parts.join(", ")) }
}

/// The value of a named argument.
fn value_of<'a>(given: &[&'a str], name: &str) -> Option<&'a str> {
    given.iter().filter_map(|one| named_argument(one)).find(|named| named.0 == name).map(|named| unquoted(named.1))
}
