//! Why a checkpoint cannot be read or gone on from: each with a code, what is wrong, and what mends it.

use super::codes;
use runtime::Misfit;
use std::path::PathBuf;

/// The version that reads.
const HERE: &str = env!("CARGO_PKG_VERSION");

/// What is wrong with a checkpoint.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// Another kind of file.
    #[error("{} is no checkpoint of Rheobase", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// Laid out as another version of Rheobase does.
    #[error("{} is laid out as format {found}, and this is Rheobase {}, which reads format {read}", path.display(), HERE)]
    Format {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// That of this version.
        read: u32,
    },
    /// Written by another version of Rheobase.
    #[error("{} was written by Rheobase {found}, and this is {}", path.display(), HERE)]
    Version {
        /// The file.
        path: PathBuf,
        /// The version that wrote it.
        found: String,
    },
    /// Its end is missing.
    #[error("{} is cut off: {}{missing} bytes are missing", path.display(), if *in_header { "at least " } else { "" })]
    CutOff {
        /// The file.
        path: PathBuf,
        /// How many bytes there are not.
        missing: u64,
        /// Not even the part is whole that says how many there should be.
        in_header: bool,
    },
    /// Something follows its end.
    #[error("{} is damaged: {extra} bytes follow its end", path.display())]
    Longer {
        /// The file.
        path: PathBuf,
        /// How many there are too many.
        extra: u64,
    },
    /// Its bytes are not those that were written.
    #[error("{} is damaged: its checksum is not that of its {size} bytes", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// How many bytes it has.
        size: u64,
    },
    /// Its bytes are those that were written, and make no sense.
    #[error("{} cannot be read: its contents are none that Rheobase writes", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
    },
    /// Of another model, or of the same with other options.
    #[error("{} is of another model: {}", path.display(), differences.join("; "))]
    OtherModel {
        /// The file.
        path: PathBuf,
        /// What differs.
        differences: Vec<String>,
    },
    /// Of the same model, compiled to other numbers.
    #[error("{} is of the same model, compiled to other step programs by another build of Rheobase", path.display())]
    OtherNumbers {
        /// The file.
        path: PathBuf,
    },
    /// Of the same model, and does not fit it.
    #[error("{} does not fit its model: {misfit}", path.display())]
    Misfit {
        /// The file.
        path: PathBuf,
        /// What does not.
        misfit: Misfit,
    },
    /// A simulation that was stopped in the middle of a step.
    #[error("a simulation that an error has stopped in the middle of a step cannot be saved")]
    Stopped,
    /// Callbacks that were there when it was saved are not.
    #[error("{} when the simulation was saved, and {}", there(*expected), given(*got))]
    Callbacks {
        /// How many there were.
        expected: usize,
        /// How many were given again.
        got: usize,
    },
    /// Recordings that had gone to disk are not where they were.
    #[error("the recordings of {} are not there: {}", path.display(), missing.display())]
    RecordingsGone {
        /// The checkpoint.
        path: PathBuf,
        /// What is missing of them.
        missing: PathBuf,
    },
    /// Recordings that had gone to disk are shorter than they were.
    #[error("a recording of {} is cut off: {} bytes of {} are missing", path.display(), missing, file.display())]
    RecordingsCutOff {
        /// The checkpoint.
        path: PathBuf,
        /// The file of the recording.
        file: PathBuf,
        /// How many bytes there are not.
        missing: u64,
    },
    /// Recordings that had gone to disk are others than they were.
    #[error("a recording of {} is damaged, or another: its checksum is not that of {}", path.display(), file.display())]
    RecordingsDamaged {
        /// The checkpoint.
        path: PathBuf,
        /// The file of the recording.
        file: PathBuf,
    },
}

fn there(expected: usize) -> String {
    if expected == 1 { "1 callback was there".to_owned() } else { format!("{expected} callbacks were there") }
}

fn given(got: usize) -> String {
    match got {
        0 => "none was given again".to_owned(),
        1 => "1 was given again".to_owned(),
        _ => format!("{got} were given again"),
    }
}

impl CheckpointError {
    /// Its code: no other mistake has it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        let code = match self {
            Self::Foreign { .. } => codes::FOREIGN,
            Self::Format { .. } => codes::FORMAT,
            Self::Version { .. } => codes::VERSION,
            Self::CutOff { .. } => codes::CUT_OFF,
            Self::Longer { .. } => codes::LONGER,
            Self::Damaged { .. } => codes::DAMAGED,
            Self::Unreadable { .. } => codes::UNREADABLE,
            Self::OtherModel { .. } => codes::OTHER_MODEL,
            Self::OtherNumbers { .. } => codes::OTHER_NUMBERS,
            Self::Misfit { .. } => codes::MISFIT,
            Self::Stopped => codes::STOPPED,
            Self::Callbacks { .. } => codes::CALLBACKS,
            Self::RecordingsGone { .. } => codes::RECORDINGS_GONE,
            Self::RecordingsCutOff { .. } => codes::RECORDINGS_CUT_OFF,
            Self::RecordingsDamaged { .. } => codes::RECORDINGS_DAMAGED,
        };
        code.id
    }

    /// What can be done about it.
    #[must_use]
    pub fn mend(&self) -> String {
        match self {
            Self::Foreign { .. } => "give the file that `rheobase run --checkpoint` wrote".to_owned(),
            Self::Format { .. } => {
                "go on with the version that wrote it, or run the model from its beginning".to_owned()
            }
            Self::Version { found, .. } => {
                format!("go on with Rheobase {found}, or run the model from its beginning: its numbers may differ")
            }
            Self::CutOff { .. } | Self::Longer { .. } | Self::Damaged { .. } => {
                "copy it again from where it was written, or run the model from its beginning".to_owned()
            }
            Self::OtherModel { .. } => {
                "compile the model with the texts and options of the checkpoint, or run it from its beginning"
                    .to_owned()
            }
            Self::OtherNumbers { .. } => {
                "go on with the build that wrote it, or run the model from its beginning".to_owned()
            }
            Self::Unreadable { .. } | Self::Misfit { .. } => {
                "run the model from its beginning; where nobody has changed the file, please report it".to_owned()
            }
            Self::RecordingsGone { .. } => {
                "put the folder back where it was: what was recorded is there, and the checkpoint has the rest"
                    .to_owned()
            }
            Self::RecordingsCutOff { .. } | Self::RecordingsDamaged { .. } => {
                "copy the folder again from where it was written, or run the model from its beginning".to_owned()
            }
            Self::Stopped => "save it before, or restore a state that was stored".to_owned(),
            Self::Callbacks { .. } => {
                "call `Simulation::on` for each of them, in the same order, before it runs on".to_owned()
            }
        }
    }
}
