//! What a person is to a room: the one answer that every right in it is decided by.

use parlor_protocol::rooms::{RoomKind, RoomRole};
use parlor_protocol::{RoomId, Timestamp, UserId};

/// A person's relation to a room, from memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The room.
    pub room_id: RoomId,
    /// A named room or a direct chat.
    pub kind: RoomKind,
    /// Invisible from outside.
    pub is_private: bool,
    /// The person.
    pub user_id: UserId,
    /// Their standing; `None` from outside.
    pub role: Option<RoomRole>,
    /// Cannot post until then.
    pub muted_until: Option<Timestamp>,
    /// Sent out for good.
    pub is_banned: bool,
    /// A guest.
    pub is_guest: bool,
    /// Runs the server.
    pub is_system_admin: bool,
}
