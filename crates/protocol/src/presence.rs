//! Presence: who is here, and who is typing.

use crate::accounts::UserBrief;
use crate::{RoomId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A person who is connected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OnlineUser {
    /// Who.
    #[serde(flatten)]
    pub user: UserBrief,
    /// Since when, over all their devices.
    pub online_since: Timestamp,
}

/// `typing_start`, `typing_stop`, and others that name a room alone.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InRoom {
    /// The room.
    pub room_id: RoomId,
}

/// `get_online_users`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GetOnlineUsers {
    /// Only the members of this room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room_id: Option<RoomId>,
}
