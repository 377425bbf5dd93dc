//! What the grammar expected, in words. In: its names of terminals. Out: a phrase for a message, and the nearest
//! known word.

/// Names of terminals that, together, mean an operator may stand here.
const OPERATORS: &[&str] =
    &["+", "-", "*", "/", "//", "%", "**", "<", "<=", ">", ">=", "==", "!=", "and", "or", "(", "[", "."];

/// Names of terminals that, together, mean a value may stand here.
const VALUE: &[&str] = &["name", "number", "text", "single", "not", "True", "False", "(", "[", "+", "-"];

/// More than this many alternatives are not read by anyone.
const SHOWN: usize = 5;

fn plain(terminals: &[String]) -> impl Iterator<Item = &str> {
    terminals.iter().map(|terminal| terminal.trim_matches('"'))
}

fn has(terminals: &[String], name: &str) -> bool {
    plain(terminals).any(|terminal| terminal == name)
}

/// Whether a value may stand here.
pub(crate) fn value(terminals: &[String]) -> bool {
    has(terminals, "name") && has(terminals, "number") && has(terminals, "(")
}

/// Whether an operator of an expression may stand here.
pub(crate) fn operator(terminals: &[String]) -> bool {
    has(terminals, "+") && has(terminals, "*") && has(terminals, "and")
}

/// Whether an opening bracket may stand here.
pub(crate) fn bracket(terminals: &[String]) -> bool {
    has(terminals, "(")
}

/// Whether a colon may stand here.
pub(crate) fn colon(terminals: &[String]) -> bool {
    has(terminals, ":")
}

/// Whether a block may stand here.
pub(crate) fn block(terminals: &[String]) -> bool {
    has(terminals, "braces")
}

/// "a value", "a name or `(`", "an operator, `,` or `)`"
pub(crate) fn words(terminals: &[String]) -> String {
    let value = value(terminals);
    let operator = operator(terminals);
    let assignment = has(terminals, "+=");
    let mut phrases: Vec<String> = Vec::new();
    if value {
        phrases.push("a value".to_owned());
    }
    if operator {
        phrases.push("an operator".to_owned());
    }
    if assignment {
        phrases.push("`=` or another assignment".to_owned());
    }
    for terminal in plain(terminals) {
        let covered = value && VALUE.contains(&terminal)
            || operator && OPERATORS.contains(&terminal)
            || assignment && terminal.ends_with('=');
        match terminal {
            _ if covered => {}
            "single" => {}
            "name" => phrases.push("a name".to_owned()),
            "number" => phrases.push("a number".to_owned()),
            "text" => phrases.push("a text in quotes".to_owned()),
            "braces" => phrases.push("a block in `{ }`".to_owned()),
            _ => phrases.push(format!("`{terminal}`")),
        }
    }
    if phrases.len() > SHOWN {
        phrases.truncate(SHOWN);
        phrases.push("the like".to_owned());
    }
    match phrases.split_last() {
        None => "the end of the statement".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

/// The word of a table that differs least from `written`, by at most two letters and less than half of it.
pub(crate) fn nearest<'a>(written: &str, table: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let written = written.to_ascii_lowercase();
    table
        .map(|word| (distance(&written, word), word))
        .filter(|&(distance, word)| distance <= 2 && 2 * distance < word.len())
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, word)| word)
}

/// Letters to insert, remove or change to make one word of the other (Levenshtein 1966).
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let change = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_near() {
        let table = || ["neurons", "threshold", "n", "dt"].into_iter();
        assert_eq!(nearest("neuron", table()), Some("neurons"));
        assert_eq!(nearest("Thresold", table()), Some("threshold"));
        assert_eq!(nearest("m", table()), None);
        assert_eq!(nearest("foo", table()), None);
    }

    #[test]
    fn alternatives_are_told_in_words() {
        let terminals = |names: &[&str]| names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>();
        assert_eq!(words(&terminals(&[])), "the end of the statement");
        assert_eq!(words(&terminals(&["name"])), "a name");
        assert_eq!(words(&terminals(&["(", "name", "number", "-", "]"])), "a value or `]`");
        assert_eq!(words(&terminals(&["+", "*", "and", ")", ","])), "an operator, `)` or `,`");
    }
}
