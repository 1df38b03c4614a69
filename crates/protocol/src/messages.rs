//! Messages: what is said in a room.

use crate::accounts::UserBrief;
use crate::{MessageId, RoomId, Seq, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a message's content is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageType {
    /// Plain text.
    #[default]
    Text,
    /// CommonMark text; rendered by clients without raw HTML.
    Markdown,
    /// A picture with a caption.
    Image,
    /// A file with a caption.
    File,
    /// Written by the server.
    System,
}

/// How far a message got, derived from what is known of the other members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// Stored.
    Sent,
    /// Another member was connected since.
    Delivered,
    /// Another member has read it.
    Read,
}

/// A message that another one answers, in short. When that message changes, its own event says so; the answers to it
/// have no event, so clients bring their excerpts up to date themselves. Of a message that was removed for good there is
/// none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReplyPreview {
    /// The message answered.
    pub id: MessageId,
    /// Its place in the room's log.
    pub seq: Seq,
    /// Who wrote it.
    pub user: UserBrief,
    /// Its first 140 characters; empty where it was deleted.
    pub excerpt: String,
    /// What that is a part of.
    pub message_type: MessageType,
    /// Deleted since.
    pub is_deleted: bool,
}

/// One emoji under a message and who put it there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reaction {
    /// The emoji.
    pub emoji: String,
    /// How many people.
    pub count: i64,
    /// Who, in the order of reacting.
    pub user_ids: Vec<UserId>,
}

/// A message. What it does not have is absent: a message goes to every member of its room, so each byte counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Message {
    /// The message's id.
    pub id: MessageId,
    /// The room it was said in.
    pub room_id: RoomId,
    /// The place of its creation in the room's log.
    pub seq: Seq,
    /// Who said it.
    pub user_id: UserId,
    /// Who said it, in short.
    pub user: UserBrief,
    /// What was said; empty once deleted.
    pub content: String,
    /// What the content is.
    pub message_type: MessageType,
    /// When it was said.
    pub timestamp: Timestamp,
    /// When it was last changed.
    pub edited_at: Option<Timestamp>,
    /// Deleted: only the place remains.
    pub is_deleted: bool,
    /// The sender's own id for it: the same one is never stored twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<ReplyPreview>,
    /// A file that goes with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_id: Option<i64>,
    /// People it mentions, members of the room only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<UserId>,
    /// Mentions everybody in the room.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mentions_room: bool,
    /// Emoji under it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
    /// When it was pinned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned_at: Option<Timestamp>,
    /// How far it got.
    pub status: DeliveryStatus,
}

/// `POST rooms/{id}/messages`; over the socket with `room_id` beside it.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// Up to 4,000 characters with something visible among them.
    #[schema(min_length = 1, max_length = 4000, example = "Hello, 世界")]
    pub content: String,
    /// `text` or `markdown`; the others are the server's.
    #[serde(default)]
    pub message_type: MessageType,
    /// 1–64 visible ASCII characters of the sender's choice; makes sending again safe, for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    pub client_id: Option<String>,
    /// A message of the same room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageId>,
    /// A file of one's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_id: Option<i64>,
}

/// The answer to a send.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Posted {
    /// The message as stored.
    pub message: Message,
    /// True where the client id had been used for this message before: nothing was stored now.
    pub duplicate: bool,
}

/// `PUT messages/{id}`. What the content is, text or Markdown, stays as it was sent.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditMessage {
    /// The new content.
    #[schema(min_length = 1, max_length = 4000)]
    pub content: String,
}

/// `PUT rooms/{id}/read`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkRead {
    /// Everything up to here has been read. Lower than before changes nothing.
    #[schema(minimum = 0)]
    pub seq: Seq,
}

/// The answer to a read mark.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ReadState {
    /// The room.
    pub room_id: RoomId,
    /// What has been read, on all devices.
    pub last_read_seq: Seq,
    /// Messages of others after it; 1,000 stands for that many or more.
    pub unread_count: i64,
    /// Those among them that mention one.
    pub mention_count: i64,
}

/// Who has read a message.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Receipt {
    /// Who.
    pub user: UserBrief,
    /// How far they have read.
    pub last_read_seq: Seq,
    /// When they marked it.
    pub read_at: Option<Timestamp>,
}

/// A page of a room's history, oldest first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct History {
    /// The messages.
    pub items: Vec<Message>,
    /// Reads on in the same direction.
    pub next: Option<String>,
    /// The room's newest entry when this was read.
    pub last_seq: Seq,
}
