//! Assignments where they do not stand, or with more on their left than stands there. In: a statement that does not fit. Out: the
//! same as it is written here.

use super::scripts::{self, literal, words};
use super::{Failure, named_argument};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::token::{Start, Token};

/// `a, b = 1, 2` and `a = b = 1`
pub(super) fn several_targets(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    let first = failure.code().unwrap_or(0);
    failure.name(first)?;
    let equals = failure.outside_brackets(first, Token::is_assignment)?;
    let listed = failure.token(first + 1) == Some(Token::Comma);
    let chained = failure.at == equals + 2
        && equals == first + 1
        && failure.name(equals + 1).is_some()
        && failure.token(failure.at) == Some(Token::Equals);
    if !listed && !chained {
        return None;
    }
    let last = if listed { equals - 1 } else { failure.at - 1 };
    let message = "an assignment has one name on its left";
    let help = match one_by_one(failure, first, equals).filter(|_| listed) {
        Some(all) if failure.start == Start::Member => format!("write `{} {{ {all} }}`", failure.written(0, 0)),
        Some(all) => format!("write `{all}`"),
        None if failure.start == Start::Item || !listed => "write one statement for each: `a = 1; b = 2`".to_owned(),
        None => "write one statement for each, and keep what another still reads: `old = a; a = b; b = old`".to_owned(),
    };
    Some(Diagnostic::error(codes::SEVERAL_TARGETS, failure.span(first, last), message).help(help))
}

/// `a = 1; b = 2`, where there are as many values as names.
fn one_by_one(failure: &Failure<'_, '_>, first: usize, equals: usize) -> Option<String> {
    let names = failure.listed(first, equals);
    let values = failure.listed(equals + 1, failure.line.tokens.len());
    if names.len() != values.len() || failure.token(equals) != Some(Token::Equals) {
        return None;
    }
    // One after the other, what the first has changed would be read by the next: `a, b = b, a`.
    let reads = |value: &str, name: &str| words(value).any(|word| word == name);
    if values.iter().enumerate().any(|(at, value)| names[..at].iter().any(|name| reads(value, name))) {
        return None;
    }
    let each: Vec<_> = names.iter().zip(&values).map(|(name, value)| format!("{name} = {value}")).collect();
    Some(each.join("; "))
}

/// `P.v = 1` at the top level.
pub(super) fn of_member(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    let group = failure.name(0)?;
    if !matches!(failure.start, Start::Item | Start::Step)
        || !matches!(failure.token(1), Some(Token::Dot | Token::LeftBracket))
    {
        return None;
    }
    let equals = failure.outside_brackets(1, Token::is_assignment)?;
    let place = failure.written(0, equals - 1);
    let message = format!("`{place}` cannot be set by `=` alone");
    let told = Diagnostic::error(codes::ASSIGNMENT_TO_MEMBER, failure.span(0, equals), message);
    let value = match failure.token(equals + 1) {
        Some(Token::Text(text) | Token::SingleQuoted(text)) => text,
        Some(_) => failure.rest(equals + 1),
        None => "…",
    };
    if place == "defaultclock.dt" {
        return Some(told.help(format!("the time step is a setting: write `dt = {value}`")));
    }
    if equals == 3 && failure.name(2) == Some("active") {
        let help = "all acts at all times: give what acts a factor, as in `on : 1 (shared) = 1` and `v_post += on*w`";
        return Some(told.help(help).help(format!("between runs write `set {group}.on = 0`")));
    }
    let linked = equals == 3 && failure.name(equals + 1) == Some("linked_var");
    if linked && failure.token(equals + 2) == Some(Token::LeftParenthesis) {
        let given = failure.arguments(equals + 2);
        let source = given.first().copied().unwrap_or("A");
        let from = match given.get(1).and_then(|variable| literal(variable)) {
            Some(variable) => format!("{source}.{variable}"),
            None if source.contains('.') => source.to_owned(),
            None => format!("{source}.x"),
        };
        let index = given.iter().filter_map(|one| named_argument(one)).find(|named| named.0 == "index");
        let part = index.map(|index| format!("[{}]", scripts::part(index.1).unwrap_or_else(|| "…".to_owned())));
        return Some(told.help(format!(
            "declare it in the block of `{group}` as what it is linked to, with its unit: `{} : 1 (linked) = {from}{}`",
            failure.name(2)?,
            part.unwrap_or_default()
        )));
    }
    let (places, values) = (failure.listed(0, equals), failure.listed(equals + 1, failure.line.tokens.len()));
    if places.len() > 1 && places.len() == values.len() {
        let each: Vec<_> = places.iter().zip(values).map(|(place, value)| format!("set {place} = {value}")).collect();
        return Some(told.help(format!("write `{}` to set them at this point of the experiment", each.join("; "))));
    }
    // `S.w["i < j"]`: what chooses is in quotes in a script.
    let chosen = match failure.token(equals.saturating_sub(2)) {
        Some(Token::Text(text) | Token::SingleQuoted(text))
            if failure.token(equals - 3) == Some(Token::LeftBracket) =>
        {
            format!("{}{text}]", failure.written(0, equals - 3))
        }
        _ => place.to_owned(),
    };
    let at_once = format!("write `set {chosen} = {value}` to set it at this point of the experiment");
    let begins = equals == 3 && failure.start == Start::Item;
    Some(match failure.name(equals - 1).filter(|_| begins) {
        Some("delay") => {
            let told = told.help(format!("write `delay {value}` in the block of `{group}`"));
            if is_of_each(value) { told } else { told.help(at_once) }
        }
        // What a line of Brian2 means most often comes first: neurons and synapses are made before any `set`.
        Some(variable) => told
            .help(format!(
                "write `init {variable} = {value}` in the block that declares `{variable}`, for what it begins with"
            ))
            .help(at_once),
        None => told.help(at_once),
    })
}

/// Whether a value is another for every synapse, by its words.
fn is_of_each(value: &str) -> bool {
    words(value).any(|word| matches!(word, "i" | "j" | "rand" | "randn"))
}

/// `v[0] = 1` in code.
pub(super) fn target(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    let first = failure.code()?;
    let name = failure.name(first)?;
    if !matches!(failure.token(first + 1), Some(Token::Dot | Token::LeftBracket)) {
        return None;
    }
    let op = failure.outside_brackets(first, Token::is_assignment)?;
    let place = failure.written(first, op - 1);
    let message = format!("`{place}` cannot be assigned to in code");
    Some(Diagnostic::error(codes::ASSIGNMENT_TARGET, failure.span(first, op - 1), message).help(format!(
        "code sets a variable of the neuron or synapse it runs for, by its name: `{name}`, `{name}_pre`, `{name}_post`"
    )))
}

/// `v += 1` at the top level or right in a block.
pub(super) fn outside_code(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    let name = failure.name(0)?;
    let op = failure.token(1).filter(|op| op.is_assignment() && *op != Token::Equals);
    if failure.at != 1 || op.is_none() {
        return None;
    }
    let help = match failure.start {
        Start::Item | Start::Step => {
            format!("a constant is defined once, by `{name} = …`; a group's variable is changed by `set P.v = …`")
        }
        _ => format!(
            "code stands after `reset`, `init`, `on_pre`, `on_post`, `event … if …` or `every …`: `reset {}`",
            failure.rest(0)
        ),
    };
    let message = format!("`{name}` cannot be changed here");
    Some(Diagnostic::error(codes::WRONG_LEVEL, failure.span(0, failure.line.tokens.len()), message).help(help))
}
