//! Diagnostics of sweeps that are about no place of a text: what is given beside it, and files that are gone on with.

grammar::codes! {
    pub(super) row, pub(crate) table;

    /// No axes.
    NOTHING_VARIED = "E0920" "nothing is varied";
    /// No measures.
    NOTHING_REPORTED = "E0921" "nothing is reported";
    /// A seed beside an axis of seeds.
    SEED_TWICE = "E0922" "a seed twice";
    /// Another kind of file.
    FOREIGN = "E0923" "no points of a sweep";
    /// Of another version.
    VERSION = "E0924" "points of another version";
    /// With other bytes.
    DAMAGED = "E0925" "points that are damaged";
    /// Of another sweep.
    OTHER = "E0926" "points of another sweep";
    /// Beyond the last.
    NO_SUCH_POINT = "E0927" "no such point";
    /// A file that has a user.
    BUSY = "E0928" "points that are being written";
    /// More than axes, or more than measures.
    MORE = "E0929" "more than what is varied or reported";
}
