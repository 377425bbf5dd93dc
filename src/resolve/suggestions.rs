//! The name that was probably meant.
//!
//! In: an unknown name and the names that would do. Out: the nearest one, if it is near enough to be worth saying.

/// Names people bring along from elsewhere, and what they are called here.
const HABITS: [(&str, &str); 25] = [
    ("geomspace", "logspace"),
    ("V", "volt"),
    ("A", "amp"),
    ("S", "siemens"),
    ("F", "farad"),
    ("C", "coulomb"),
    ("J", "joule"),
    ("W", "watt"),
    ("K", "kelvin"),
    ("s", "second"),
    ("m", "meter"),
    ("file", "csv"),
    ("load", "npy"),
    ("imread", "png"),
    ("ln", "log"),
    ("fabs", "abs"),
    ("random", "rand"),
    ("asin", "arcsin"),
    ("acos", "arccos"),
    ("atan", "arctan"),
    ("maximum", "max"),
    ("minimum", "min"),
    ("true", "True"),
    ("all_to_all", "all"),
    ("one_to_one", "i == j"),
];

/// More names than this are not read by anyone.
const MOST_LISTED: usize = 40;

/// What Brian2 makes by a class or a function, and a model by other means; its groups and monitors are told with what they are
/// given, where the text is read.
const CLASSES: [(&str, &str); 11] = [
    ("Subgroup", "write `Q = P[0:100]`"),
    ("Network", "the network is all that the text declares"),
    ("Clock", "one time step holds for all: `dt = 0.1*ms`"),
    ("Equations", "equations stand in the block of their group"),
    ("linked_var", "link it in the block that reads it: `x : 1 (linked) = A.x`"),
    (
        "Create",
        "neurons are a block: `neurons P[100] { dv/dt = -v/(10*ms) : volt }`; a `poisson_generator` is \
         `poisson P[100] { rate 15*Hz }`, a recorder `record P.spikes`",
    ),
    ("uniform", "write `low + (high - low)*rand()`: `rand()` is uniform between 0 and 1"),
    ("normal", "write `mean + sd*randn()`"),
    ("heaviside", "write the condition as a number: `int(v > 0)`"),
    ("loadtxt", "a table is read by `csv(\"table.csv\")`, a column of it by `csv(\"table.csv\", w)`"),
    ("read_csv", "a table is read by `csv(\"table.csv\")`, a column of it by `csv(\"table.csv\", w)`"),
];

/// What to write instead of a class of Brian2, or a function that has no meaning of its own.
#[must_use]
pub(super) fn foreign_class(name: &str) -> Option<&'static str> {
    CLASSES.iter().find(|row| row.0 == name).map(|row| row.1)
}

/// What the foreign name `name` is called in a model.
#[must_use]
pub(super) fn habit(name: &str) -> Option<&'static str> {
    HABITS.iter().find(|row| row.0 == name).map(|row| row.1)
}

/// The candidate nearest to `name`: the same but for capitals, or at most a third of its letters away (at least one).
#[must_use]
pub fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let allowed = (name.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name)
        .filter_map(|candidate| {
            let distance = if candidate.eq_ignore_ascii_case(name) { 0 } else { distance(name, candidate) };
            // A name of one letter is one change away from every other: only its other case is a likely slip.
            (distance <= allowed && (name.chars().count() > 1 || distance == 0)).then_some((distance, candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// Names in backquotes, in order of the alphabet, for a reader to choose from.
#[must_use]
pub(super) fn listed<'c>(names: impl IntoIterator<Item = &'c str>) -> String {
    let mut names: Vec<&str> = names.into_iter().collect();
    names.sort_unstable();
    let left_out = names.len().saturating_sub(MOST_LISTED);
    let mut shown: Vec<String> = names.iter().take(MOST_LISTED).map(|name| format!("`{name}`")).collect();
    if left_out > 0 {
        shown.push(format!("and {left_out} more"));
    }
    shown.join(", ")
}

/// Letters to insert, remove, replace or swap with a neighbour (Damerau-Levenshtein distance, optimal string alignment).
pub(super) fn distance(from: &str, to: &str) -> usize {
    let from: Vec<char> = from.chars().take(64).collect();
    let to: Vec<char> = to.chars().take(64).collect();
    let mut rows = vec![(0..=to.len()).collect::<Vec<usize>>()];
    for (line, letter) in from.iter().enumerate() {
        let above = &rows[line];
        let mut row = vec![line + 1];
        for (column, other) in to.iter().enumerate() {
            let replaced = above[column] + usize::from(letter != other);
            let mut least = replaced.min(above[column + 1] + 1).min(row[column] + 1);
            if line > 0 && column > 0 && *letter == to[column - 1] && from[line - 1] == *other {
                least = least.min(rows[line - 1][column - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[from.len()][to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        let rows =
            [("", "", 0), ("tau", "tau", 0), ("tua", "tau", 1), ("taum", "tau", 1), ("vt", "Vt", 1), ("a", "bcd", 3)];
        for (from, to, expected) in rows {
            assert_eq!(distance(from, to), expected, "{from} {to}");
        }
    }

    #[test]
    fn lists_are_sorted_and_end_somewhere() {
        assert_eq!(listed(["b", "a"]), "`a`, `b`");
        assert_eq!(listed([]), "");
        let many: Vec<String> = (10..52).map(|number| format!("P{number}")).collect();
        let all = listed(many.iter().map(String::as_str));
        assert!(all.starts_with("`P10`, ") && all.ends_with("`P49`, and 2 more"), "{all}");
    }

    #[test]
    fn the_nearest_name_is_found_and_far_ones_are_not() {
        let names = ["taum", "taue", "Vt", "gmax"];
        assert_eq!(nearest("taun", names), Some("taue"));
        assert_eq!(nearest("tuam", names), Some("taum"));
        assert_eq!(nearest("vt", names), Some("Vt"));
        assert_eq!(nearest("gMax", names), Some("gmax"));
        assert_eq!(nearest("conductance", names), None);
        assert_eq!(nearest("x", ["y", "X"]), Some("X"));
        assert_eq!(nearest("x", ["y"]), None);
    }
}
