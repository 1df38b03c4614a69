//! The rooms of a community that is held.

use super::store::{self, Row};
use crate::kernel::db::{Sql, StorageError};
use crate::kernel::ids::{Ids, Kind};
use parlor_protocol::RoomId;

/// Lets a hold on a community reach rooms of it.
pub async fn reach(
    ids: &Ids,
    sql: &impl Sql,
    hold: &Row,
    rooms: &[RoomId],
) -> Result<(), StorageError> {
    let new = ids.take(sql, Kind::Hold, rooms.len()).await?;
    for (id, room) in new.into_iter().zip(rooms) {
        let row = Row {
            id,
            room_id: Some(*room),
            ..hold.clone()
        };
        store::insert(sql, &row, Some(hold.id)).await?;
    }
    Ok(())
}

/// Lets all holds on a community reach a room that is new in it.
pub async fn reach_new(
    ids: &Ids,
    sql: &impl Sql,
    community: RoomId,
    room: RoomId,
) -> Result<(), StorageError> {
    for hold in store::on_room(sql, community).await? {
        reach(ids, sql, &hold, &[room]).await?;
    }
    Ok(())
}
