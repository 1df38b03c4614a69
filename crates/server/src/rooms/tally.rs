//! How many rooms somebody has.

use super::Rooms;
use super::model::{kind_to, role_from};
use crate::kernel::db::{Sql, StorageError, args};
use parlor_protocol::UserId;
use parlor_protocol::accounts::UserStats;
use parlor_protocol::rooms::{RoomKind, RoomRole};
use serde::Deserialize;

#[derive(Deserialize)]
struct Count {
    is_private: bool,
    role: i16,
    rooms: i64,
}

impl Rooms {
    /// The named rooms that a person owns and has joined; of what they have said, messages know.
    pub async fn tally(&self, user: UserId) -> Result<UserStats, StorageError> {
        let query = "SELECT r.is_private, m.role, COUNT(*) AS rooms \
             FROM room_members m JOIN rooms r ON r.id = m.room_id \
             WHERE m.user_id = ? AND r.kind = ? GROUP BY r.is_private, m.role";
        let values = args![user, kind_to(RoomKind::Room)];
        let counts: Vec<Count> = self.kernel.db.read().rows(query, values).await?;
        let mut stats = UserStats::default();
        for count in counts {
            let (owned, joined) = if count.is_private {
                (
                    &mut stats.private_rooms_owned,
                    &mut stats.private_rooms_joined,
                )
            } else {
                (
                    &mut stats.public_rooms_owned,
                    &mut stats.public_rooms_joined,
                )
            };
            *joined += count.rooms;
            if role_from(count.role) == RoomRole::Owner {
                *owned += count.rooms;
            }
        }
        Ok(stats)
    }
}
