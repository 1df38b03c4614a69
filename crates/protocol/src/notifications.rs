//! Notifications: what somebody is told of, until they have read it, and what they want to be told of.

use crate::accounts::UserBrief;
use crate::events::RoomChange;
use crate::messages::MessageType;
use crate::{MessageId, RoomId, Seq, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a notification is about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum NotificationType {
    /// Something was said in a private chat, or in a room of which one wants to be told everything. It stands for all
    /// that is unread there.
    Message,
    /// A message calls one, or everybody in the room.
    Mention,
    /// A message answers one's own.
    Reply,
    /// Somebody asks one to be friends, or has said yes.
    Friend,
    /// A community announces something. It stands for all that is unread there.
    Community,
    /// A message that one wanted to be reminded of.
    Reminder,
    /// Somebody has changed one's standing in a room.
    System,
}

impl NotificationType {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Message,
        Self::Mention,
        Self::Reply,
        Self::Friend,
        Self::Community,
        Self::Reminder,
        Self::System,
    ];
}

/// The message that a notification leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NotedMessage {
    /// The message.
    pub id: MessageId,
    /// Its place in the room's log.
    pub seq: Seq,
    /// How it begins: up to 140 characters, as they are now.
    pub excerpt: String,
    /// What the message is.
    pub message_type: MessageType,
}

/// What has become of a request to be friends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NotedRequest {
    /// The request.
    pub id: i64,
    /// It was one's own, and they have said yes; otherwise it waits for one's answer.
    pub accepted: bool,
}

/// Something that somebody is told of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Notification {
    /// The id; later ones have greater ones.
    pub id: i64,
    /// What it is about.
    pub notification_type: NotificationType,
    /// It has been read, or what it tells of has.
    pub is_read: bool,
    /// Since when.
    pub timestamp: Timestamp,
    /// Who caused it.
    pub by: Option<UserBrief>,
    /// In which room.
    pub room_id: Option<RoomId>,
    /// The message it leads to.
    pub message: Option<NotedMessage>,
    /// The request it tells of.
    pub request: Option<NotedRequest>,
    /// How one's standing has changed.
    pub change: Option<RoomChange>,
}

/// `GET notifications`: the newest first. What one may no longer see is not among them.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Notifications {
    /// A page of them; where some may not be seen any more it is a short one.
    pub items: Vec<Notification>,
    /// Where the next page begins; `null` at the end.
    pub next: Option<String>,
    /// The ids of those that are unread, of all pages: the newest 200.
    pub unread: Vec<i64>,
}

/// `POST notifications/read`: some, or all up to one.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadNotifications {
    /// These: at most 200.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub ids: Vec<i64>,
    /// All up to this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<i64>,
}

/// Where one is told of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ways {
    /// In the list of notifications.
    pub in_app: bool,
}

/// A change of [`Ways`]; absent fields stay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WaysChange {
    /// In the list of notifications.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_app: Option<bool>,
}

/// What of a room one wants to be told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoomLevel {
    /// Everything that is said.
    All,
    /// What calls or answers one.
    Mentions,
    /// Nothing.
    Nothing,
}

/// What one wants to be told of a room. Without it that is everything in private chats and of what communities announce,
/// and mentions elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoomPreference {
    /// The room.
    pub room_id: RoomId,
    /// How much.
    pub level: RoomLevel,
}

/// What one wants to be told of a room; without a level what is usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoomPreferenceChange {
    /// A room one is in.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub room_id: RoomId,
    /// How much; `null`: what is usual.
    pub level: Option<RoomLevel>,
}

/// Something for each type of notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ByType {
    /// What is said in private chats, and in rooms that one follows.
    pub message: Ways,
    /// Mentions.
    pub mention: Ways,
    /// Replies.
    pub reply: Ways,
    /// Requests to be friends.
    pub friend: Ways,
    /// What communities announce.
    pub community: Ways,
    /// Reminders.
    pub reminder: Ways,
    /// One's standing in rooms.
    pub system: Ways,
}

/// A change for some types of notification; absent ones stay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ByTypeChange {
    /// What is said in private chats, and in rooms that one follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<WaysChange>,
    /// Mentions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mention: Option<WaysChange>,
    /// Replies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<WaysChange>,
    /// Requests to be friends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub friend: Option<WaysChange>,
    /// What communities announce.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub community: Option<WaysChange>,
    /// Reminders.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reminder: Option<WaysChange>,
    /// One's standing in rooms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<WaysChange>,
}

/// `GET notifications/preferences`: what one wants to be told of, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Preferences {
    /// By type.
    pub types: ByType,
    /// By room, of those for which one wants something else than what is usual, in the order of their ids.
    pub rooms: Vec<RoomPreference>,
}

/// `PUT notifications/preferences`: absent fields stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PreferencesChange {
    /// By type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub types: Option<ByTypeChange>,
    /// By room: at most 200.
    #[schema(max_items = 200)]
    pub rooms: Vec<RoomPreferenceChange>,
}

/// `POST notifications/reminders`: a message to be reminded of.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MakeReminder {
    /// A message one may read.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub message_id: MessageId,
    /// When: a time to come, within a year.
    pub remind_at: Timestamp,
}

/// A message that somebody wants to be reminded of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reminder {
    /// The id.
    pub id: i64,
    /// In which room.
    pub room_id: RoomId,
    /// The message.
    pub message: NotedMessage,
    /// Who said it.
    pub by: Option<UserBrief>,
    /// When.
    pub remind_at: Timestamp,
}
