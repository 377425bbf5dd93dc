//! Values as a Python script writes them. In: the text of an argument. Out: what a model writes for it, where it has the same.

use super::{is_name, unquoted};

/// Functions that make arrays here and in a script.
const ARRAYS: [&str; 4] = ["arange", "linspace", "logspace", "range"];

/// What stands in quotes, where that is all: a text with a quote, an escape or a comment inside is more than it says.
pub(super) fn literal(value: &str) -> Option<&str> {
    let value = value.trim();
    ["'''", "\"\"\"", "'", "\""].into_iter().find_map(|quotes| {
        let inside = value.strip_prefix(quotes)?.strip_suffix(quotes)?;
        (!inside.contains(quotes) && !inside.contains(['\\', '#'])).then_some(inside.trim())
    })
}

/// Texts side by side, which Python reads as one; anything else without the quotes around it.
pub(super) fn joined(value: &str) -> String {
    let mut whole = String::new();
    let mut rest = value.trim();
    while let Some(quote) = rest.chars().next() {
        let inside = rest.strip_prefix(['\'', '"']).and_then(|rest| rest.split_once(quote));
        let Some((text, after)) = inside else { return unquoted(value).to_owned() };
        whole.push_str(text);
        rest = after.trim_start();
    }
    whole.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The keys and values of a dictionary whose keys are texts; none of anything else.
pub(super) fn entries(dictionary: &str) -> Vec<(&str, &str)> {
    let inside = dictionary.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or_default();
    let pairs = split(inside, ',').into_iter().map(|entry| split(entry, ':'));
    pairs.filter_map(|pair| Some((literal(pair.first()?)?, pair.get(1)?.trim()))).collect()
}

/// What stands between separators outside quotes and brackets.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut begin, mut depth, mut at) = (Vec::new(), 0, 0_usize, 0);
    while let Some(letter) = text[at..].chars().next() {
        let quotes = ["'''", "\"\"\"", "'", "\""].into_iter().find(|quotes| text[at..].starts_with(quotes));
        if let Some(quotes) = quotes {
            let inside = at + quotes.len();
            at = text[inside..].find(quotes).map_or(text.len(), |end| inside + end + quotes.len());
            continue;
        }
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ if letter == separator && depth == 0 => {
                parts.push(&text[begin..at]);
                begin = at + letter.len_utf8();
            }
            _ => {}
        }
        at += letter.len_utf8();
    }
    parts.push(&text[begin..]);
    parts
}

/// One expression in one line, without quotes and modules; `None` where a model has no such thing.
pub(super) fn expression(value: &str) -> Option<String> {
    let inside = literal(value);
    let written = inside.unwrap_or(value);
    let words: Vec<_> = words(written).collect();
    let of_python = |word: &&str| matches!(*word, "lambda" | "for" | "len" | "hstack" | "zeros" | "ones");
    let foreign = inside.is_none() && (written.contains(['\'', '"', '#', '{']) || words.iter().any(of_python));
    let tuple = written.starts_with('(') && split(written.trim_matches(['(', ')']), ',').len() > 1;
    if foreign || tuple || written.starts_with('*') || written.is_empty() {
        return None;
    }
    Some(without_modules(written).split_whitespace().collect::<Vec<_>>().join(" "))
}

/// An expression of arrays, whose functions a model has.
pub(super) fn array(value: &str) -> Option<String> {
    let written = expression(value)?;
    let called = called(&written).all(|function| ARRAYS.contains(&function));
    (called && !written.contains("_[")).then_some(written)
}

/// Whether an expression has one value for each.
pub(super) fn is_array(written: &str) -> bool {
    written.contains('[') || called(written).any(|function| ARRAYS.contains(&function))
}

/// `0, 5` for `[0, 5]`, `5:10` for `np.arange(5, 10)`, `i < 3` for `'i < 3'`: what stands in the brackets of a part.
pub(super) fn part(record: &str) -> Option<String> {
    if let Some(condition) = literal(record) {
        return Some(condition.to_owned());
    }
    let part = record.strip_suffix(']').and_then(|rest| rest.split_once('['));
    if let Some((_, condition)) = part.filter(|(group, _)| is_name(group.trim())) {
        return literal(condition).map(str::to_owned);
    }
    let written = expression(record.trim_start_matches("list").trim())
        .or_else(|| without_modules(record).strip_prefix('(')?.strip_suffix(')').map(str::to_owned))?;
    let mut inside = written.as_str();
    while let Some(within) = inside.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        inside = within;
    }
    if let Some((function, arguments)) = inside.strip_suffix(')').and_then(|rest| rest.split_once('(')) {
        let bounds: Vec<_> = split(arguments, ',').into_iter().map(str::trim).collect();
        let plain = matches!(function, "range" | "arange" | "slice") && !arguments.contains(['(', '[']);
        return match bounds.as_slice() {
            _ if !plain => None,
            [end] => Some(format!(":{end}")),
            [_, _] | [_, _, _] => Some(bounds.join(":")),
            _ => None,
        };
    }
    let listed = inside.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(inside);
    let plain = |one: &str| is_name(one.trim()) || one.trim().parse::<i64>().is_ok();
    split(listed, ',').into_iter().all(plain).then(|| listed.to_owned())
}

/// The names and numbers of an expression.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').filter(|word| !word.is_empty())
}

/// The names in front of opening brackets.
fn called(text: &str) -> impl Iterator<Item = &str> {
    let before = text.match_indices('(').map(|(at, _)| &text[..at]);
    before.filter_map(|before| words(before).last().filter(|word| before.ends_with(word)))
}

/// `arange(3)` for `np.arange(3)`, `([0, 1])` for `array([0, 1])`, `dt` for `defaultclock.dt`.
fn without_modules(text: &str) -> String {
    let path = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '.';
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|letter| path(letter) != path(first)).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        let name = piece.strip_prefix("np.").or_else(|| piece.strip_prefix("numpy.")).unwrap_or(piece);
        written.push_str(match name.strip_prefix("random.").unwrap_or(name) {
            "array" if after.starts_with('(') => "",
            "defaultclock.dt" => "dt",
            name => name,
        });
        rest = after;
    }
    written
}
