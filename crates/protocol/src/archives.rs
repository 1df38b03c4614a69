//! Archives: what is stored of a person, for them to take along.

use crate::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How far an archive has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ArchiveStatus {
    /// There is none: nobody has asked for it, or it is gone again.
    None,
    /// Others come first.
    Waiting,
    /// It is being written.
    Running,
    /// It can be downloaded, until it expires.
    Ready,
    /// It could not be written; it can be asked for again.
    Failed,
}

/// One's own archive: one at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Archive {
    /// How far it has come.
    pub status: ArchiveStatus,
    /// When it was asked for, if it was.
    pub created_at: Option<Timestamp>,
    /// Records written so far.
    pub done: i64,
    /// Records in all, as far as is known; 0 before it begins.
    pub total: i64,
    /// Its size in bytes, once it is ready.
    pub bytes: Option<i64>,
    /// When it goes, once it is ready.
    pub expires_at: Option<Timestamp>,
}

/// What is done with an export that was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportStage {
    /// None is brought into this room.
    #[default]
    None,
    /// It is on its way: bytes.
    Receiving,
    /// It is read whole, before anything is changed.
    Checking,
    /// It is brought in: messages.
    BringingIn,
}

/// `GET rooms/{id}/import`: how far the export is that is being brought into a room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportProgress {
    /// What is done with it.
    pub stage: ImportStage,
    /// How much of that is done.
    pub done: u64,
    /// Of how much; 0 where that is not known.
    pub total: u64,
}

/// `POST rooms/{id}/import`: what became of the messages of a file. Every one of them is accounted for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportReport {
    /// Messages in the file.
    pub messages: u64,
    /// Those that were not here: they are now.
    pub new: u64,
    /// Those that were.
    pub known: u64,
    /// Those that say nothing any more, for they were deleted.
    pub deleted: u64,
    /// Those that cannot be messages here.
    pub refused: u64,
    /// People who have said them.
    pub people: u64,
    /// Those of them whom nobody here knew: they have placeholders now.
    pub strangers: u64,
    /// Reactions of people whom the file does not name.
    pub lost_reactions: u64,
    /// The SHA-256 of what the new ones say, in order, as the file has it and as it is stored.
    pub sha256: String,
}
