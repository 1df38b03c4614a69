//! What an archive looks like: a ZIP file of JSON Lines under `data/`, pages to read, and a manifest that says what is in
//! it.

use parlor_protocol::messages::MessageType;
use parlor_protocol::rooms::RoomKind;
use parlor_protocol::{MessageId, RoomId, Seq, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// The name of the format.
pub(super) const FORMAT: &str = "parlor-archive";
/// Its version.
pub(super) const VERSION: u32 = 1;
/// The file that says what is in an archive.
pub(super) const MANIFEST: &str = "manifest.json";
/// What is stored, in the order in which it stands in an archive: a file each, a record a line.
pub(super) const PARTS: [&str; 16] = [
    "profile",
    "settings",
    "sessions",
    "identities",
    "logins",
    "friends",
    "friend_requests",
    "blocks",
    "memberships",
    "read_marks",
    "notifications",
    "notification_settings",
    "reminders",
    "rooms",
    "messages",
    "reactions",
];

/// The file of a part.
pub(super) fn file_of(part: &str) -> String {
    format!("data/{part}.jsonl")
}

/// What is in an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    /// [`FORMAT`].
    pub(super) format: String,
    /// [`VERSION`].
    pub(super) version: u32,
    /// When it was written.
    pub(super) created_at: Timestamp,
    /// Whose it is.
    pub(super) person: Owner,
    /// Every other file.
    pub(super) files: Vec<FileFacts>,
}

/// Whose an archive is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Owner {
    pub(super) id: UserId,
    pub(super) username: String,
    pub(super) nickname: String,
}

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileFacts {
    /// Its name.
    pub(super) name: String,
    /// Its records; 0 for a page.
    pub(super) records: u64,
    /// Its size.
    pub(super) bytes: u64,
    /// The SHA-256 of its content, in hexadecimal.
    pub(super) sha256: String,
}

/// A room that something was said in. What is private has a name for those who are in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RoomLine {
    pub(super) room_id: RoomId,
    pub(super) kind: Option<RoomKind>,
    pub(super) is_private: bool,
    pub(super) name: Option<String>,
    /// The other person of a direct chat: their user name.
    pub(super) peer: Option<String>,
}

/// Something that was said. What others did to it is theirs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MessageLine {
    pub(super) id: MessageId,
    pub(super) room_id: RoomId,
    pub(super) seq: Seq,
    pub(super) timestamp: Timestamp,
    pub(super) edited_at: Option<Timestamp>,
    pub(super) message_type: MessageType,
    pub(super) content: String,
    pub(super) reply_to: Option<MessageId>,
}
