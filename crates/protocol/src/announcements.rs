//! Announcements: what those who run the server tell everybody, until each has dismissed it.

use crate::accounts::UserBrief;
use crate::{Seq, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `POST announcements`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MakeAnnouncement {
    /// 1–100 characters, one line.
    #[schema(min_length = 1, max_length = 100, example = "Maintenance on Sunday")]
    pub title: String,
    /// 1–4,000 characters of Markdown.
    #[schema(
        min_length = 1,
        max_length = 4_000,
        example = "The server is down from 8 to 9."
    )]
    pub content: String,
}

/// What is announced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Announcement {
    /// The id.
    pub id: i64,
    /// What it is about, one line.
    pub title: String,
    /// What is to be said, in Markdown.
    pub content: String,
    /// Who announces it; `null` for somebody at the server's own console.
    pub by: Option<UserBrief>,
    /// Since when.
    pub created_at: Timestamp,
}

/// `GET announcements`: those that hold and that one has not dismissed, the newest first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Announcements {
    /// The announcements; they are few, and come in one page.
    pub items: Vec<Announcement>,
    /// Always `null`.
    pub next: Option<String>,
    /// The newest entry of the log of what everybody is told, for `resume` under `server`.
    pub server_seq: Seq,
}

/// An announcement, as administrators see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AnnouncementRecord {
    /// The announcement.
    #[serde(flatten)]
    pub announcement: Announcement,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Timestamp>,
    /// How many people have dismissed it; counted while it holds.
    pub dismissed_by: i64,
}
