//! Archives: what is stored of a person, for them to take along.

use crate::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How far an archive has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ArchiveStatus {
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
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Records written so far.
    pub done: i64,
    /// Records in all, as far as is known; 0 before it begins.
    pub total: i64,
    /// Its size in bytes, once it is ready.
    pub bytes: Option<i64>,
    /// When it goes, once it is ready.
    pub expires_at: Option<Timestamp>,
}
