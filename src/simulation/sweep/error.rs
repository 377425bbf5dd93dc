//! Why a sweep cannot be run or gone on with: each with a code, what is wrong, and what mends it.

use super::codes;
use std::path::PathBuf;

/// The version that reads.
const HERE: &str = env!("CARGO_PKG_VERSION");

/// What is wrong with a sweep.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SweepError {
    /// No axes.
    #[error("nothing is varied: the text has no `sweep`, and no constant is given values")]
    NothingVaried,
    /// Nothing would be known of the points.
    #[error("nothing is reported: no point would leave anything behind")]
    NothingReported,
    /// A seed is given, and seeds are what is varied.
    #[error("the seed is varied and given as {seed}")]
    SeedTwice {
        /// As it is given.
        seed: u64,
    },
    /// A point of a text that has none.
    #[error("there is no point {number}: the text has no `sweep`, and no constant is given values")]
    NoPoints {
        /// As it was asked for.
        number: usize,
    },
    /// A point beyond the last.
    #[error("there is no point {number}: this sweep has {points}, counted from 0")]
    NoSuchPoint {
        /// As it was asked for.
        number: usize,
        /// How many there are.
        points: usize,
    },
    /// Another kind of file.
    #[error("{} does not hold the points of a sweep", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// Written by another version of Rheobase.
    #[error("{} was written by Rheobase {found}, and this is {}", path.display(), HERE)]
    Version {
        /// The file.
        path: PathBuf,
        /// The version that wrote it.
        found: String,
    },
    /// Its bytes are not those that were written.
    #[error("{} is damaged from byte {at} on", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where what is there is no more what was written.
        at: u64,
    },
    /// Another sweep is writing there.
    #[error("another sweep is writing its points to {}", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// Something else than what is to be varied or reported.
    #[error("`{given}` is more than what is to be {what}")]
    More {
        /// As it was given.
        given: String,
        /// `varied` or `reported`.
        what: &'static str,
    },
    /// Of another sweep.
    #[error("{} is of another sweep: {}", path.display(), differences.join("; "))]
    Other {
        /// The file.
        path: PathBuf,
        /// What differs.
        differences: Vec<String>,
    },
}

impl SweepError {
    /// Its code: mistakes of another kind have others.
    #[must_use]
    pub fn code(&self) -> &'static str {
        let code = match self {
            Self::NothingVaried | Self::NoPoints { .. } => codes::NOTHING_VARIED,
            Self::NothingReported => codes::NOTHING_REPORTED,
            Self::SeedTwice { .. } => codes::SEED_TWICE,
            Self::Foreign { .. } => codes::FOREIGN,
            Self::Version { .. } => codes::VERSION,
            Self::Damaged { .. } => codes::DAMAGED,
            Self::Other { .. } => codes::OTHER,
            Self::NoSuchPoint { .. } => codes::NO_SUCH_POINT,
            Self::Busy { .. } => codes::BUSY,
            Self::More { .. } => codes::MORE,
        };
        code.id
    }

    /// What mends it.
    #[must_use]
    pub fn mend(&self) -> String {
        let mend = match self {
            Self::Other { path, .. } => {
                return format!(
                    "go on with the sweep as it was; to run this one from its beginning, remove {} or choose another \
                     --out, and leave out --resume",
                    path.display()
                );
            }
            Self::NothingVaried => {
                "write `sweep tau = linspace(1, 10, 30)*ms { run 300*ms; report rate(P) }` at the end of the text, or \
                 give --vary 'tau = linspace(1, 10, 30)*ms' --report 'rate(P)'"
            }
            Self::NoPoints { .. } => {
                "write `sweep tau = linspace(1, 10, 30)*ms { run 300*ms; report rate(P) }` at the end of the text, or \
                 leave --point out to run the text as it stands"
            }
            Self::NothingReported => "write `report rate(P)` into the sweep, or give --report 'rate(P)'",
            Self::NoSuchPoint { .. } => "the table that `rheobase sweep` writes has the numbers of all points",
            Self::Busy { .. } => "wait for its end, or give this one a folder of its own by --out",
            Self::More { what: "varied", .. } => "write a name and a list of values, as in 'tau = [1, 2]*ms'",
            Self::More { .. } => "write measures alone, as in 'rate(P), mean(P.v)'",
            Self::SeedTwice { .. } => "leave one of the two out",
            Self::Foreign { .. } | Self::Damaged { .. } => "remove it, and run the sweep from its beginning",
            Self::Version { .. } => "go on with the version that wrote it, or remove it and begin anew",
        };
        mend.to_owned()
    }
}
