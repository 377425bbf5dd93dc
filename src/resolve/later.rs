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
    Gsl = "an adaptive method (`gsl…`)",
        "take `rk4`, with a `dt` that is small enough";
}

/// The diagnostic that refuses it.
pub(super) fn refusal(feature: Feature, span: Span) -> Diagnostic {
    Diagnostic::error(codes::LATER, span, format!("{} is not in this version yet", feature.words()))
        .help(feature.meanwhile())
}
