//! Diagnostics of checkpoints: of files, of what goes on from them, of what is to be saved.
//!
//! `E0913` was of recordings on disk, which checkpoints have now.

grammar::codes! {
    pub(super) row, pub(crate) table;

    /// Another kind of file.
    FOREIGN = "E0901" "no checkpoint";
    /// Laid out otherwise.
    FORMAT = "E0902" "a checkpoint of another format";
    /// Of another version.
    VERSION = "E0903" "a checkpoint of another version";
    /// Without its end.
    CUT_OFF = "E0904" "a checkpoint that is cut off";
    /// With something behind its end.
    LONGER = "E0905" "a checkpoint that goes on behind its end";
    /// With other bytes.
    DAMAGED = "E0906" "a checkpoint that is damaged";
    /// With contents that nobody writes.
    UNREADABLE = "E0907" "a checkpoint that makes no sense";
    /// Of another model.
    OTHER_MODEL = "E0908" "a checkpoint of another model";
    /// Of the same model, compiled otherwise.
    OTHER_NUMBERS = "E0909" "a checkpoint of another build";
    /// With a state that its model cannot have.
    MISFIT = "E0910" "a checkpoint that does not fit its model";
    /// A simulation in the middle of a step.
    STOPPED = "E0911" "a simulation that cannot be saved";
    /// Callbacks that are not given again.
    CALLBACKS = "E0912" "callbacks that are missing";
    /// Recordings that are not there.
    RECORDINGS_GONE = "E0914" "recordings that are not there";
    /// Recordings without their end.
    RECORDINGS_CUT_OFF = "E0915" "recordings that are cut off";
    /// Recordings with other values.
    RECORDINGS_DAMAGED = "E0916" "recordings that are damaged";
}
