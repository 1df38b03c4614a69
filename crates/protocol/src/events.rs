//! What the server tells clients over the socket, and what clients send there.

use crate::accounts::UserBrief;
use crate::announcements::Announcement;
use crate::friends::{FriendRequest, RequestOutcome};
use crate::messages::{Draft, Message, Reaction};
use crate::notifications::Notification;
use crate::presence::OnlineUser;
use crate::rooms::{Room, RoomCard, RoomRole};
use crate::{MessageId, RoomId, Seq, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Declares [`ServerEvent`]: each event's name, payload and meaning.
macro_rules! events {
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal;)*) => {
        /// Everything the server sends over the socket. Serialised it is the payload alone; [`ServerEvent::name`]
        /// is the event's name beside it.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
        #[serde(untagged)]
        pub enum ServerEvent {
            $($(#[doc = $doc])* $name($name),)*
        }

        impl ServerEvent {
            /// Names and meanings of all events, for the AsyncAPI document.
            pub const ALL: &[(&str, &str, &str)] = &[$(($text, stringify!($name), concat!($($doc),*)),)*];

            /// The event's name on the wire.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(ServerEvent::$name(_) => $text,)* }
            }
        }

        $(impl From<$name> for ServerEvent {
            fn from(event: $name) -> Self { ServerEvent::$name(event) }
        })*
    };
}

events! {
    /// To each connection, first of all: what its person is connected to.
    Welcome = "welcome";
    /// A message was said.
    NewMessage = "new_message";
    /// A message was edited, restored, pinned or unpinned.
    MessageUpdated = "message_updated";
    /// A message was deleted.
    MessageDeleted = "message_deleted";
    /// Messages were removed for good, because their time is up.
    MessagesRemoved = "messages_removed";
    /// Somebody put an emoji under a message or took it away.
    ReactionUpdate = "reaction_update";
    /// Somebody joined a room.
    UserJoined = "user_joined";
    /// Somebody is no longer in a room.
    UserLeft = "user_left";
    /// A member bears another name, or is a guest no longer.
    UserUpdated = "user_updated";
    /// A room's settings changed, or a member's standing in it.
    RoomUpdated = "room_updated";
    /// To one person's devices: a room is now among theirs.
    RoomJoined = "room_joined";
    /// To one person's devices: the room is no longer theirs.
    RoomRemoved = "room_removed";
    /// To one person's devices: they have put a room into a folder or among their favourites, or out of it.
    ShelfUpdate = "shelf_update";
    /// To one person's devices: somebody asks them to be friends, or they have asked somebody.
    FriendRequested = "friend_request";
    /// To one person's devices: a request to be friends is no longer open.
    FriendRequestRemoved = "friend_request_removed";
    /// To one person's devices: somebody is now their friend.
    FriendUpdate = "friend_update";
    /// To one person's devices: somebody is no longer their friend.
    FriendRemoved = "friend_removed";
    /// To one person's devices: they have blocked somebody, or do so no longer.
    BlockUpdate = "block_update";
    /// To everybody: the administrators announce something.
    Announced = "announcement";
    /// To everybody: an announcement holds no longer.
    AnnouncementWithdrawn = "announcement_withdrawn";
    /// To one person's devices: they have dismissed an announcement.
    AnnouncementDismissed = "announcement_dismissed";
    /// To one person's devices: they are told of something, or of something else by the same notification.
    Notified = "notification";
    /// To one person's devices: notifications are read.
    NotificationsRead = "notifications_read";
    /// To one person's devices: notifications are gone, for what they tell of may not be seen any more.
    NotificationsRemoved = "notifications_removed";
    /// Somebody has read on; to their other devices and to the room.
    ReadUpdate = "read_update";
    /// Somebody started or stopped typing.
    TypingUpdate = "typing_update";
    /// Somebody who shares a room or is a friend came or went.
    UserStatusUpdate = "user_status_update";
    /// The answer to `get_online_users`.
    OnlineUsersUpdate = "online_users_update";
    /// The client has to ask again by seq: it read too slowly, or too much was missed.
    Resync = "resync";
    /// The answer to `ping`.
    Pong = "pong";
}

impl ServerEvent {
    /// Its place, where it is an entry of a room's log.
    #[must_use]
    pub fn place(&self) -> Option<(RoomId, Seq)> {
        match self {
            Self::NewMessage(event) => Some((event.room_id, event.seq)),
            Self::MessageUpdated(event) => Some((event.room_id, event.seq)),
            Self::MessageDeleted(event) => Some((event.room_id, event.seq)),
            Self::MessagesRemoved(event) => Some((event.room_id, event.seq)),
            Self::ReactionUpdate(event) => Some((event.room_id, event.seq)),
            Self::UserJoined(event) => Some((event.room_id, event.seq)),
            Self::UserLeft(event) => Some((event.room_id, event.seq)),
            Self::UserUpdated(event) => Some((event.room_id, event.seq)),
            Self::RoomUpdated(event) => Some((event.room_id, event.seq)),
            Self::RoomJoined(_)
            | Self::RoomRemoved(_)
            | Self::ShelfUpdate(_)
            | Self::FriendRequested(_)
            | Self::FriendRequestRemoved(_)
            | Self::FriendUpdate(_)
            | Self::FriendRemoved(_)
            | Self::BlockUpdate(_)
            | Self::Announced(_)
            | Self::AnnouncementWithdrawn(_)
            | Self::AnnouncementDismissed(_)
            | Self::Notified(_)
            | Self::NotificationsRead(_)
            | Self::NotificationsRemoved(_)
            | Self::ReadUpdate(_)
            | Self::TypingUpdate(_)
            | Self::UserStatusUpdate(_)
            | Self::OnlineUsersUpdate(_)
            | Self::Resync(_)
            | Self::Welcome(_)
            | Self::Pong(_) => None,
        }
    }

    /// Its place, where it is an entry of the log of what concerns one person alone.
    #[must_use]
    pub fn user_seq(&self) -> Option<Seq> {
        match self {
            Self::RoomJoined(event) => event.user_seq,
            Self::RoomRemoved(event) => Some(event.user_seq),
            Self::ShelfUpdate(event) => Some(event.user_seq),
            Self::FriendRequested(event) => Some(event.user_seq),
            Self::FriendRequestRemoved(event) => Some(event.user_seq),
            Self::FriendUpdate(event) => Some(event.user_seq),
            Self::FriendRemoved(event) => Some(event.user_seq),
            Self::BlockUpdate(event) => Some(event.user_seq),
            Self::AnnouncementDismissed(event) => Some(event.user_seq),
            Self::Notified(event) => Some(event.user_seq),
            Self::NotificationsRead(event) => Some(event.user_seq),
            Self::NotificationsRemoved(event) => Some(event.user_seq),
            _ => None,
        }
    }

    /// Its place, where it is an entry of the log of what everybody is told.
    #[must_use]
    pub fn server_seq(&self) -> Option<Seq> {
        match self {
            Self::Announced(event) => Some(event.server_seq),
            Self::AnnouncementWithdrawn(event) => Some(event.server_seq),
            _ => None,
        }
    }
}

/// `welcome`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Welcome {
    /// Names the past that the logs tell of. It changes when the server's data are brought back from a copy; numbers of
    /// another epoch mean nothing in this one. Goes with them into `auth` when connecting again.
    pub epoch: String,
}

/// `new_message`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewMessage {
    /// The room.
    pub room_id: RoomId,
    /// The entry's place in the room's log.
    pub seq: Seq,
    /// What was said.
    pub message: Message,
}

/// `message_updated`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessageUpdated {
    /// The room.
    pub room_id: RoomId,
    /// The entry's place in the room's log.
    pub seq: Seq,
    /// The message as it is now.
    pub message: Message,
}

/// `message_deleted`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessageDeleted {
    /// The room.
    pub room_id: RoomId,
    /// The entry's place in the room's log.
    pub seq: Seq,
    /// Which message.
    pub message_id: MessageId,
    /// Who deleted it.
    pub deleted_by: UserId,
    /// What remains of it.
    pub message: Message,
}

/// `messages_removed`. Of all messages of the room whose `seq` is not above `up_to` nothing remains: neither they, nor
/// what was quoted of them above answers, nor their pins and reactions. What is unread may be fewer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessagesRemoved {
    /// The room.
    pub room_id: RoomId,
    /// The entry's place in the room's log.
    pub seq: Seq,
    /// The last place that is gone. The room's log begins after it.
    pub up_to: Seq,
}

/// `reaction_update`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReactionUpdate {
    /// The room.
    pub room_id: RoomId,
    /// The entry's place in the room's log.
    pub seq: Seq,
    /// Under which message.
    pub message_id: MessageId,
    /// Who.
    pub user_id: UserId,
    /// Which emoji.
    pub emoji: String,
    /// Put there, or taken away.
    pub added: bool,
    /// All reactions of the message as they are now.
    pub reactions: Vec<Reaction>,
}

/// `user_joined`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserJoined {
    /// The room.
    pub room_id: RoomId,
    /// The entry's place in the room's log.
    pub seq: Seq,
    /// Who.
    pub user: UserBrief,
    /// Their standing.
    pub role: RoomRole,
    /// Members now.
    pub member_count: i64,
}

/// Why somebody is no longer in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeaveReason {
    /// Left.
    Left,
    /// Sent out.
    Kicked,
    /// Sent out for good.
    Banned,
    /// The account was deleted or the guest's visit ended.
    Deleted,
}

/// `user_left`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserLeft {
    /// The room.
    pub room_id: RoomId,
    /// The entry's place in the room's log.
    pub seq: Seq,
    /// Who.
    pub user: UserBrief,
    /// Why.
    pub reason: LeaveReason,
    /// Members now.
    pub member_count: i64,
}

/// `user_updated`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserUpdated {
    /// The room.
    pub room_id: RoomId,
    /// The entry's place in the room's log.
    pub seq: Seq,
    /// The member as they are now.
    pub user: UserBrief,
}

/// What changed in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RoomChange {
    /// The room was made.
    Created,
    /// Name, description, privacy or capacity.
    Settings,
    /// A member's role.
    Role {
        /// Whose.
        user_id: UserId,
        /// The new one.
        role: RoomRole,
    },
    /// A member was muted, or unmuted (`null`).
    Mute {
        /// Who.
        user_id: UserId,
        /// Until when.
        muted_until: Option<Timestamp>,
    },
    /// Somebody was banned or let in again. A member who is banned also leaves by `user_left`.
    Ban {
        /// Who.
        user_id: UserId,
        /// Banned, or let in again.
        banned: bool,
    },
}

/// `room_updated`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoomUpdated {
    /// The room.
    pub room_id: RoomId,
    /// The entry's place in the room's log.
    pub seq: Seq,
    /// Who changed it; `null` for the server.
    pub by: Option<UserId>,
    /// What changed.
    pub change: RoomChange,
    /// The room as it is now.
    pub room: RoomCard,
}

/// `room_joined`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoomJoined {
    /// The room.
    pub room_id: RoomId,
    /// The room's newest entry: live events continue after it.
    pub seq: Seq,
    /// The entry's place in the log of what concerns one person alone; absent where nothing changed, as in the answer
    /// to a `join_room` of somebody who is inside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_seq: Option<Seq>,
    /// The room as one sees it.
    pub room: Room,
}

/// Why a room is gone from one's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RemovalReason {
    /// One left, on some device.
    Left,
    /// One was sent out.
    Kicked,
    /// One was banned.
    Banned,
    /// The room was deleted.
    Deleted,
}

/// `room_removed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoomRemoved {
    /// The room.
    pub room_id: RoomId,
    /// Its newest entry.
    pub seq: Seq,
    /// The entry's place in the log of what concerns one person alone.
    pub user_seq: Seq,
    /// Why.
    pub reason: RemovalReason,
}

/// `shelf_update`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShelfUpdate {
    /// The room.
    pub room_id: RoomId,
    /// The entry's place in the log of what concerns one person alone.
    pub user_seq: Seq,
    /// Among their favourites.
    pub is_favourite: bool,
    /// The folder it is in.
    pub folder: Option<String>,
}

/// `friend_request`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FriendRequested {
    /// The entry's place in the log of what concerns one person alone.
    pub user_seq: Seq,
    /// The request.
    pub request: FriendRequest,
}

/// `friend_request_removed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FriendRequestRemoved {
    /// The entry's place in the log of what concerns one person alone.
    pub user_seq: Seq,
    /// Which request.
    pub request_id: i64,
    /// The other of the two.
    pub user_id: UserId,
    /// What became of it.
    pub outcome: RequestOutcome,
}

/// `friend_update`. Whether the friend is here, a `user_status_update` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FriendUpdate {
    /// The entry's place in the log of what concerns one person alone.
    pub user_seq: Seq,
    /// Who.
    pub user: UserBrief,
    /// Since when.
    pub since: Timestamp,
}

/// `friend_removed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FriendRemoved {
    /// The entry's place in the log of what concerns one person alone.
    pub user_seq: Seq,
    /// Who.
    pub user_id: UserId,
}

/// `block_update`. Whoever is blocked is not told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BlockUpdate {
    /// The entry's place in the log of what concerns one person alone.
    pub user_seq: Seq,
    /// Whom.
    pub user: UserBrief,
    /// Since when; `null` where they are not blocked any more.
    pub blocked_at: Option<Timestamp>,
}

/// `announcement`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Announced {
    /// The entry's place in the log of what everybody is told.
    pub server_seq: Seq,
    /// What is announced.
    pub announcement: Announcement,
}

/// `announcement_withdrawn`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AnnouncementWithdrawn {
    /// The entry's place in the log of what everybody is told.
    pub server_seq: Seq,
    /// Which announcement.
    pub announcement_id: i64,
}

/// `announcement_dismissed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AnnouncementDismissed {
    /// The entry's place in the log of what concerns one person alone.
    pub user_seq: Seq,
    /// Which announcement.
    pub announcement_id: i64,
}

/// `notification`. One with an id that is known already takes the place of that one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Notified {
    /// The entry's place in the log of what concerns one person alone.
    pub user_seq: Seq,
    /// What they are told.
    pub notification: Notification,
}

/// `notifications_read`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NotificationsRead {
    /// The entry's place in the log of what concerns one person alone.
    pub user_seq: Seq,
    /// Which.
    pub ids: Vec<i64>,
}

/// `notifications_removed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NotificationsRemoved {
    /// The entry's place in the log of what concerns one person alone.
    pub user_seq: Seq,
    /// Which.
    pub ids: Vec<i64>,
}

/// `read_update`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReadUpdate {
    /// The room.
    pub room_id: RoomId,
    /// Everything up to here has been read.
    pub seq: Seq,
    /// By whom.
    pub user_id: UserId,
}

/// `typing_update`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TypingUpdate {
    /// The room.
    pub room_id: RoomId,
    /// Who.
    pub user: UserBrief,
    /// Started, or stopped.
    pub typing: bool,
}

/// `user_status_update`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserStatusUpdate {
    /// Who.
    pub user: UserBrief,
    /// Here, or gone.
    pub is_online: bool,
    /// When they were last seen.
    pub last_seen: Timestamp,
}

/// `online_users_update`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OnlineUsersUpdate {
    /// Only of this room, where one was named.
    pub room_id: Option<RoomId>,
    /// Who is here.
    pub users: Vec<OnlineUser>,
}

/// `resync`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Resync {
    /// The rooms to read again; empty for all.
    pub rooms: Vec<RoomId>,
    /// `slow_reader`, `too_many` or `reset`.
    pub reason: String,
}

/// `pong`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pong {
    /// The server's clock.
    pub server_time: Timestamp,
}

/// An entry of a room's log as `join_room` answers it: the event's payload with its name as `type`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LogEntry {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Its payload; `seq` and `room_id` are at its top.
    #[serde(flatten)]
    pub event: ServerEvent,
}

impl From<ServerEvent> for LogEntry {
    fn from(event: ServerEvent) -> Self {
        Self {
            kind: event.name(),
            event,
        }
    }
}

/// What a client passes when it connects.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub struct ConnectAuth {
    /// An access token; browsers may use their session cookie instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The last entry the client has, per room, under `me` the last `user_seq` it has, and under `server` the last
    /// `server_seq`: what it missed comes first, `me` and `server` before the rooms. An entry may come again live; a client drops it by its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<BTreeMap<String, Seq>>,
    /// The `epoch` of the `welcome` under which the client saw those entries. Where it is another one now, the answer is
    /// a `resync` of everything, with the reason `reset`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<String>,
    /// `platform`: the events `chat` and `user_status` come besides the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialect: Option<String>,
}

/// `join_room`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinRoomEvent {
    /// The room.
    pub room_id: RoomId,
    /// Needed where the room is private.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_key: Option<String>,
    /// The last entry the client has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_seq: Option<Seq>,
}

/// `leave_room`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaveRoomEvent {
    /// The room.
    pub room_id: RoomId,
}

/// The answer to `join_room`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JoinedRoom {
    /// The room as one sees it.
    pub room: Room,
    /// The room's newest entry.
    pub seq: Seq,
    /// What was missed, where `after_seq` asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entries: Option<Vec<LogEntry>>,
    /// Too much was missed: take a fresh view instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resync: Option<bool>,
}

/// `send_message`: a draft and its room.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SendMessage {
    /// The room.
    pub room_id: RoomId,
    /// As in [`Draft`].
    pub content: String,
    /// As in [`Draft`].
    #[serde(default)]
    pub message_type: crate::messages::MessageType,
    /// As in [`Draft`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// As in [`Draft`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageId>,
    /// As in [`Draft`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_id: Option<i64>,
}

impl SendMessage {
    /// The room and the draft for it.
    #[must_use]
    pub fn into_parts(self) -> (RoomId, Draft) {
        let Self {
            room_id,
            content,
            message_type,
            client_id,
            reply_to,
            file_id,
        } = self;
        (
            room_id,
            Draft {
                content,
                message_type,
                client_id,
                reply_to,
                file_id,
            },
        )
    }
}

/// `edit_message`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditMessageEvent {
    /// Which message.
    pub message_id: MessageId,
    /// The new content.
    pub content: String,
}

/// `delete_message`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteMessageEvent {
    /// Which message.
    pub message_id: MessageId,
}

/// The answer to `edit_message` and `delete_message`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChangedMessage {
    /// The message as it is now.
    pub message: Message,
}

/// `read`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadEvent {
    /// The room.
    pub room_id: RoomId,
    /// Everything up to here has been read.
    pub seq: Seq,
}
