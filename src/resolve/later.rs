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
    Summed = "a summed variable (flag `summed`)",
        "let `on_pre` add to a variable of the target instead";
    Every = "a regular operation (`every … { … }`)",
        "divide the run, and `set` between: `run 10*ms; set P.x = 0; run 10*ms`";
    OwnClock = "a time step of a block's own (`dt`)",
        "one time step holds for all: `dt = 0.1*ms` at the top level";
    OnEvent = "a pathway on a custom event (`on_event`)",
        "pathways act on spikes: `on_pre { … }` and `on_post { … }`";
    Order = "the order of a pathway (`order`)",
        "pathways act in order of declaration, `pre` before `post`";
    NamedPathway = "a named pathway (`on_pre up`)",
        "write it without the name; for several pathways, one synapses block for each";
    SampleSize = "drawing a fixed number of neurons (`sample(…, size = …)`)",
        "draw with a probability, `sample(N_post, p = 0.1)`, or take `connect fixed_outdegree(10)`";
    Gsl = "an adaptive method (`gsl…`)",
        "take `rk4`, with a `dt` that is small enough";
    Incoming = "the number of a neuron's synapses (`N_incoming`, `N_outgoing`)",
        "with `connect fixed_indegree(100)` it is a number you know; `record S.synapses` lists them all";
    SynapseCount = "the number of synapses (`N` of a synapses block)",
        "`N_pre` and `N_post` are the sizes of the groups; `record S.synapses` lists the synapses";
    OnSynapses = "a connection from or to synapses (`S -> P`)",
        "connect populations or their parts";
}

/// The diagnostic that refuses it.
pub(super) fn refusal(feature: Feature, span: Span) -> Diagnostic {
    Diagnostic::error(codes::LATER, span, format!("{} is not in this version yet", feature.words()))
        .help(feature.meanwhile())
}
