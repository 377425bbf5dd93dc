//! What the language has and this version does not: refused by name, never ignored.

use super::codes;
use grammar::{Diagnostic, Span};

macro_rules! features {
    ($($(#[$doc:meta])* $name:ident = $words:literal, $meanwhile:literal;)*) => {
        /// Something a later version will understand.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Feature {
            $($(#[$doc])* $name,)*
        }

        impl Feature {
            /// Every row.
            #[cfg(test)]
            pub(super) const ALL: &[Self] = &[$(Self::$name),*];

            /// What it is, as the subject of a sentence.
            pub(super) fn words(self) -> &'static str {
                match self {
                    $(Self::$name => $words,)*
                }
            }

            /// What to write until then.
            fn meanwhile(self) -> &'static str {
                match self {
                    $(Self::$name => $meanwhile,)*
                }
            }
        }
    };
}

features! {
    Linked = "a linked variable (flag `linked`)",
        "declare the variable here and give it values by `init` or `set`, or let synapses carry them";
    TimedArray = "a timed array (`timed_array`)",
        "divide the run and `set` the value between, or write a formula of `t`";
    Csv = "reading a CSV file (`csv`)",
        "write the values as lists: `i = [0, 1], j = [2, 3]`";
    Npy = "reading a NumPy file (`npy`)",
        "write the values as lists or as an expression of `i`";
    Store = "storing the state (`store`)",
        "begin anew instead: the same `seed` gives the same state";
    Restore = "restoring the state (`restore`)",
        "begin anew instead: the same `seed` gives the same state";
    RecordWith = "recording variables at the spike (`with`)",
        "record the variable too, as `record P.v`, and look up the times of the spikes";
    Period = "spikes that repeat (`period`)",
        "list the spikes of every period";
    Gsl = "an adaptive method (`gsl…`)",
        "take `rk4`, with a `dt` that is small enough";
}

/// The diagnostic that refuses it.
pub(super) fn refusal(feature: Feature, span: Span) -> Diagnostic {
    Diagnostic::error(codes::LATER, span, format!("{} is not in this version yet", feature.words()))
        .help(feature.meanwhile())
}
