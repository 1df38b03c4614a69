//! Rooms: places to talk, who is in them and what they may do there.

use crate::accounts::UserBrief;
use crate::value::patch;
use crate::{RoomId, Seq, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a room is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    /// A named room.
    Room,
    /// A private chat of two people.
    Direct,
    /// The room of a whole community: everybody in it is here, and its admins announce things.
    Community,
}

/// A member's standing in a room; each includes the rights of those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoomRole {
    /// Talks.
    Member,
    /// Moderates.
    Admin,
    /// Decides.
    Owner,
}

impl RoomRole {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }
}

/// A room as anybody who may see it sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoomCard {
    /// The room's id.
    pub id: RoomId,
    /// Its name; empty for a direct chat.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// A named room, a direct chat, or the room of a community.
    pub kind: RoomKind,
    /// The community that the room belongs to, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub community_id: Option<RoomId>,
    /// What somebody accepts who joins; of a community.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<String>,
    /// Joined by key or invitation only, and invisible from outside.
    pub is_private: bool,
    /// Joined by every new account.
    pub is_default: bool,
    /// Who made it; `null` for the server's own rooms.
    pub created_by: Option<UserId>,
    /// Who owns it; `null` for the server's own rooms.
    pub owner_id: Option<UserId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// The most members it takes; `null` for no limit.
    pub max_members: Option<i64>,
    /// An alias of `max_members`.
    pub capacity: Option<i64>,
    /// Members at present.
    pub member_count: i64,
    /// For how many days the room keeps what is said in it, where its owner has set that. The server may keep it for a
    /// shorter time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<i64>,
    /// The newest entry of its log; 0 before the first.
    pub last_seq: Seq,
}

/// One's own standing in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Membership {
    /// The standing.
    pub role: RoomRole,
    /// Owner or admin.
    pub is_admin: bool,
    /// Cannot post until then; far in the future where no end was set.
    pub muted_until: Option<Timestamp>,
    /// When one joined.
    pub joined_at: Timestamp,
    /// The newest entry one has read.
    pub last_read_seq: Seq,
    /// Messages of others after it; 1,000 stands for that many or more.
    pub unread_count: i64,
    /// Those among them that mention one.
    pub mention_count: i64,
    /// Among one's favourites.
    pub is_favourite: bool,
    /// The folder one has put it into.
    pub folder: Option<String>,
}

/// `PUT rooms/{id}/shelf`: where one keeps a room, on all devices; absent fields stay.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShelfChange {
    /// Among one's favourites.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_favourite: Option<bool>,
    /// A folder of this name, up to 40 characters; `null` for none.
    #[serde(
        default,
        deserialize_with = "patch",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub folder: Option<Option<String>>,
}

/// A room as one person sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Room {
    /// What everybody sees.
    #[serde(flatten)]
    pub card: RoomCard,
    /// One's own standing; `null` from outside.
    pub membership: Option<Membership>,
    /// The other person of a direct chat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer: Option<UserBrief>,
    /// The key that lets people in: for the owner alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_key: Option<String>,
}

/// A member of a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Member {
    /// Who.
    #[serde(flatten)]
    pub user: UserBrief,
    /// Their standing.
    pub role: RoomRole,
    /// Owner or admin.
    pub is_admin: bool,
    /// Cannot post until then.
    pub muted_until: Option<Timestamp>,
    /// When they joined.
    pub joined_at: Timestamp,
    /// Connected now.
    pub is_online: bool,
    /// Last seen connected.
    pub last_seen: Option<Timestamp>,
}

/// Somebody who was sent out of a room for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ban {
    /// Who.
    #[serde(flatten)]
    pub user: UserBrief,
    /// Who did it.
    pub banned_by: Option<UserId>,
    /// When.
    pub banned_at: Timestamp,
}

/// Which rooms a list holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoomScope {
    /// Those one is in.
    Joined,
    /// Public ones, joined or not.
    Public,
    /// Both.
    #[default]
    All,
}

/// `POST rooms`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateRoom {
    /// 1–100 characters, unique ignoring case.
    #[schema(min_length = 1, max_length = 100, example = "Reading circle")]
    pub name: String,
    /// Up to 500 characters.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub description: String,
    /// Joined by key or invitation only.
    #[serde(default)]
    pub is_private: bool,
    /// The key of a private room, 4–64 characters; made up where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_key: Option<String>,
    /// 2–100,000; `null` for no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 2, maximum = 100_000)]
    pub max_members: Option<i64>,
    /// The community that it belongs to, whose admins make its rooms. Only those who are in the community see the room;
    /// a public one is public to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub community_id: Option<RoomId>,
}

/// `PUT rooms/{id}`: absent fields stay.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeRoom {
    /// A new name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// A new description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub description: Option<String>,
    /// Private or public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_private: Option<bool>,
    /// A new key; for a private room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_key: Option<String>,
    /// 2–100,000; `null` lifts the limit.
    #[serde(
        default,
        deserialize_with = "patch",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<i64>, minimum = 2, maximum = 100_000)]
    pub max_members: Option<Option<i64>>,
    /// What somebody accepts who joins, up to 5,000 characters; of a community.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 5_000)]
    pub rules: Option<String>,
}

/// `POST rooms/{id}/join`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinRoom {
    /// Lets one into a private room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_key: Option<String>,
    /// Lets one into a private room too: the code of an invitation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<String>,
    /// One accepts the rules of the community.
    #[serde(default)]
    pub accept_rules: bool,
}

/// `POST rooms/join`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinByKey {
    /// Finds the room and lets one in.
    pub access_key: String,
}

/// `POST rooms/direct`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenDirect {
    /// The other person.
    pub user_id: UserId,
}

/// `POST rooms/{id}/members/{user_id}/mute`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Mute {
    /// The end; without one until unmuted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// `POST rooms/{id}/members/{user_id}/role`. `owner` hands the room over.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeRole {
    /// The new standing.
    pub role: RoomRole,
}

/// `POST rooms/{id}/invitations`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateInvitation {
    /// When it ends; in seven days where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// How many people it lets in, 1–10,000; `null` for no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 10_000)]
    pub max_uses: Option<i64>,
}

/// An invitation to a room or a community.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Invitation {
    /// The invitation's id.
    pub id: i64,
    /// What it lets people into.
    pub room_id: RoomId,
    /// What whoever is invited says; shown once, to who made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Who made it.
    pub created_by: UserBrief,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// How many people it lets in.
    pub max_uses: Option<i64>,
    /// How many it has let in.
    pub uses: i64,
}

/// What somebody sees who has the code of an invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Invited {
    /// What it lets one into.
    pub room: RoomCard,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// `POST invitations/{code}/join`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptInvitation {
    /// One accepts the rules of the community.
    #[serde(default)]
    pub accept_rules: bool,
}
