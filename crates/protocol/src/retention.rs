//! Retention: how long what is said is kept, and what has to be kept nevertheless.

use crate::accounts::UserBrief;
use crate::rooms::RoomKind;
use crate::{RoomId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `GET admin/retention`: for how many days the server keeps what is said, by kind of room; 0 is for ever. No room keeps
/// it for longer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Retention {
    /// In public rooms.
    pub public_rooms: i64,
    /// In private rooms.
    pub private_rooms: i64,
    /// In direct chats.
    pub direct_chats: i64,
    /// In communities' own rooms, where they announce things.
    pub communities: i64,
}

/// `PUT admin/retention`: absent fields stay.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetentionChange {
    /// In public rooms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 36_500)]
    pub public_rooms: Option<i64>,
    /// In private rooms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 36_500)]
    pub private_rooms: Option<i64>,
    /// In direct chats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 36_500)]
    pub direct_chats: Option<i64>,
    /// In communities' own rooms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 36_500)]
    pub communities: Option<i64>,
}

/// `GET rooms/{id}/retention`: for how many days what is said in a room is kept; 0 is for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoomRetention {
    /// As the room's owner has set it; 0 for as long as the server does.
    pub days: i64,
    /// The most that the server allows a room of this kind.
    pub server_days: i64,
    /// What follows from the two.
    pub days_in_force: i64,
}

/// `PUT rooms/{id}/retention`.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeRoomRetention {
    /// For how many days; 0 for as long as the server does.
    #[schema(minimum = 0, maximum = 36_500)]
    pub days: i64,
}

/// `POST admin/holds`: of a person or of a room nothing is removed from now on. Exactly one of the two is named.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceHold {
    /// The person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// The room; with a community its rooms are held, those too that come later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room_id: Option<RoomId>,
    /// Why, 1–1,000 characters.
    #[schema(min_length = 1, max_length = 1_000)]
    pub reason: String,
}

/// A legal hold. Those it is about are not told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hold {
    /// The hold's id.
    pub id: i64,
    /// The person, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserBrief>,
    /// The room, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<HeldRoom>,
    /// Why.
    pub reason: String,
    /// Who placed it.
    pub placed_by: Option<UserBrief>,
    /// When.
    pub placed_at: Timestamp,
    /// Who lifted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifted_by: Option<UserBrief>,
    /// When; `null` while it holds.
    pub lifted_at: Option<Timestamp>,
}

/// The room of a hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldRoom {
    /// The room.
    pub id: RoomId,
    /// Its name; empty for a direct chat, and for a room that was deleted since.
    pub name: String,
    /// What it is; `null` for a room that was deleted since.
    pub kind: Option<RoomKind>,
}
