//! What the language has and this version does not: refused by name, never ignored.

use super::codes;
use grammar::{Diagnostic, Span};

macro_rules! features {
    ($($(#[$doc:meta])* $name:ident = $words:literal;)*) => {
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
        }
    };
}

features! {
    Noise = "noise (`xi`)";
    Linked = "a linked variable (flag `linked`)";
    ConstantOverDt = "a subexpression held for a step (flag `constant over dt`)";
    Summed = "a summed variable (flag `summed`)";
    Event = "a custom event (`event`)";
    Every = "a regular operation (`every … { … }`)";
    OwnClock = "a time step of a block's own (`dt`)";
    OnEvent = "a pathway on a custom event (`on_event`)";
    Order = "the order of a pathway (`order`)";
    NamedPathway = "a named pathway";
    TimedArray = "a timed array (`timed_array`)";
    Function = "a function of one's own (`function`)";
    Use = "another file's models and constants (`use`)";
    Model = "a model by name (`model`)";
    Csv = "reading a CSV file (`csv`)";
    Npy = "reading a NumPy file (`npy`)";
    Store = "storing the state (`store`)";
    Restore = "restoring the state (`restore`)";
    RecordWith = "recording variables at the spike (`with`)";
    Period = "spikes that repeat (`period`)";
    PoissonRate = "a Poisson rate that is not the same for all neurons and at all times";
    SampleSize = "drawing a fixed number of neurons (`sample(…, size = …)`)";
    Milstein = "the method `milstein`";
    Gsl = "an adaptive method (`gsl…`)";
    Incoming = "the number of a neuron's synapses (`N_incoming`, `N_outgoing`)";
    SynapseCount = "the number of synapses (`N` of a synapses block)";
    OnSynapses = "a connection from or to synapses";
    PrintState = "printing what changes during a run";
}

/// The diagnostic that refuses it.
pub(super) fn refusal(feature: Feature, span: Span) -> Diagnostic {
    Diagnostic::error(codes::LATER, span, format!("{} is not in this version yet", feature.words()))
}
