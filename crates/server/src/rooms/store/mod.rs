//! The SQL of rooms.
//!
//! - here: rooms themselves
//! - [`people`]: members, mutes and bans; [`standings`]: what follows for somebody's rights; [`invitations`]
//! - [`marks`]: how far members have read, and where they keep the room
//! - [`lists`]: pages of rooms, members and bans

mod invitations;
mod lists;
mod marks;
mod people;
mod standings;

pub(super) use invitations::*;
pub(super) use lists::*;
pub(super) use marks::*;
pub(super) use people::*;
pub(super) use standings::*;

use super::error::RoomsError;
use super::model::{RoomRow, kind_to};
use super::rules::Denied;
use crate::kernel::db::{Sql, StorageError, args};
use crate::kernel::log::{Stream, Tx};
use parlor_protocol::rooms::RoomKind;
use parlor_protocol::{RoomId, UserId};

const COLUMNS: &str = "r.id, r.kind, r.name, r.description, r.is_private, r.is_default, r.created_by, r.owner_id, \
     r.created_at, r.max_members, r.member_count, r.key_digest, r.key_sealed, r.direct_low, r.direct_high, \
     r.home_id, r.rules, r.retention_days";

pub(in crate::rooms) async fn load_room(
    sql: &impl Sql,
    room: RoomId,
) -> Result<Option<RoomRow>, StorageError> {
    let query = format!("SELECT {COLUMNS} FROM rooms r WHERE r.id = ?");
    sql.row(&query, args![room]).await
}

/// The room as it stands, with everybody else who would change it waiting until this transaction ends.
pub(in crate::rooms) async fn lock_room(
    tx: &mut Tx<'_>,
    room: RoomId,
) -> Result<RoomRow, RoomsError> {
    Ok(lock_room_if_there(tx, room)
        .await?
        .ok_or(Denied::NotFound)?)
}

/// The same; `None` where there is no such room any more.
pub(in crate::rooms) async fn lock_room_if_there(
    tx: &mut Tx<'_>,
    room: RoomId,
) -> Result<Option<RoomRow>, StorageError> {
    tx.lock_rooms(&[room]).await?;
    load_room(tx.sql(), room).await
}

/// The newest entry of a room's log.
pub(in crate::rooms) async fn load_head(sql: &impl Sql, room: RoomId) -> Result<i64, StorageError> {
    let (kind, id) = Stream::Room(room).key();
    let query = "SELECT seq FROM log_heads WHERE kind = ? AND id = ?";
    Ok(sql.scalar(query, args![kind, id]).await?.unwrap_or(0))
}

pub(in crate::rooms) async fn find_by_key(
    sql: &impl Sql,
    digest: &str,
) -> Result<Option<RoomId>, StorageError> {
    sql.scalar("SELECT id FROM rooms WHERE key_digest = ?", args![digest])
        .await
}

pub(in crate::rooms) async fn find_by_name(
    sql: &impl Sql,
    folded: &str,
) -> Result<Option<RoomId>, StorageError> {
    sql.scalar("SELECT id FROM rooms WHERE name_fold = ?", args![folded])
        .await
}

pub(in crate::rooms) async fn find_direct(
    sql: &impl Sql,
    (low, high): (UserId, UserId),
) -> Result<Option<RoomId>, StorageError> {
    let query = "SELECT id FROM rooms WHERE direct_low = ? AND direct_high = ?";
    sql.scalar(query, args![low, high]).await
}

pub(in crate::rooms) async fn load_default_rooms(
    sql: &impl Sql,
) -> Result<Vec<RoomId>, StorageError> {
    sql.column(
        "SELECT id FROM rooms WHERE is_default = ? ORDER BY id",
        args![true],
    )
    .await
}

/// Writes a new room. `folded` is the name as it is compared; a direct chat has none.
pub(in crate::rooms) async fn insert_room(
    sql: &impl Sql,
    room: &RoomRow,
    folded: Option<&str>,
) -> Result<(), StorageError> {
    let query = "INSERT INTO rooms (id, kind, name, name_fold, description, is_private, is_default, created_by, \
         owner_id, created_at, max_members, member_count, key_digest, key_sealed, direct_low, direct_high, \
         home_id, rules) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let values = args![
        room.id,
        room.kind,
        room.name.clone(),
        folded,
        room.description.clone(),
        room.is_private,
        room.is_default,
        room.created_by,
        room.owner_id,
        room.created_at,
        room.max_members,
        room.member_count,
        room.key_digest.clone(),
        room.key_sealed.clone(),
        room.direct_low,
        room.direct_high,
        room.home_id,
        room.rules.clone(),
    ];
    sql.run(query, values).await?;
    Ok(())
}

/// Writes what can change of a room, the number of its members aside.
pub(in crate::rooms) async fn update_room(
    sql: &impl Sql,
    room: &RoomRow,
    folded: &str,
) -> Result<(), StorageError> {
    let query = "UPDATE rooms SET name = ?, name_fold = ?, description = ?, is_private = ?, max_members = ?, \
         key_digest = ?, key_sealed = ?, rules = ? WHERE id = ?";
    let values = args![
        room.name.clone(),
        folded,
        room.description.clone(),
        room.is_private,
        room.max_members,
        room.key_digest.clone(),
        room.key_sealed.clone(),
        room.rules.clone(),
        room.id,
    ];
    sql.run(query, values).await?;
    Ok(())
}

pub(in crate::rooms) async fn set_owner(
    sql: &impl Sql,
    room: RoomId,
    owner: Option<UserId>,
) -> Result<(), StorageError> {
    sql.run(
        "UPDATE rooms SET owner_id = ? WHERE id = ?",
        args![owner, room],
    )
    .await?;
    Ok(())
}

/// Deletes a room with everybody's place in it. Its log goes later: nobody reads it any more.
pub(in crate::rooms) async fn delete_room(
    sql: &impl Sql,
    room: RoomId,
) -> Result<(), StorageError> {
    for table in [
        "room_members",
        "room_mutes",
        "room_bans",
        "room_invitations",
    ] {
        sql.run(
            &format!("DELETE FROM {table} WHERE room_id = ?"),
            args![room],
        )
        .await?;
    }
    sql.run("DELETE FROM rooms WHERE id = ?", args![room])
        .await?;
    Ok(())
}

/// Rooms that are gone while their logs are not, in the order of their ids.
pub(in crate::rooms) async fn find_orphaned_logs(
    sql: &impl Sql,
    after: RoomId,
    limit: i64,
) -> Result<Vec<RoomId>, StorageError> {
    let query = "SELECT h.id FROM log_heads h LEFT JOIN rooms r ON r.id = h.id \
         WHERE h.kind = ? AND h.id > ? AND r.id IS NULL ORDER BY h.id LIMIT ?";
    sql.column(query, args![Stream::Room(0).key().0, after, limit])
        .await
}

/// Deletes a stretch of a log; true where there was nothing left of it, and its head went too.
pub(in crate::rooms) async fn delete_log(
    sql: &impl Sql,
    room: RoomId,
    stretch: i64,
) -> Result<bool, StorageError> {
    let (kind, id) = Stream::Room(room).key();
    let query = "SELECT MIN(seq) FROM log_entries WHERE kind = ? AND id = ?";
    let first: Option<i64> = sql.scalar(query, args![kind, id]).await?;
    let Some(first) = first else {
        let query = "DELETE FROM log_heads WHERE kind = ? AND id = ?";
        sql.run(query, args![kind, id]).await?;
        return Ok(true);
    };
    let query = "DELETE FROM log_entries WHERE kind = ? AND id = ? AND seq < ?";
    sql.run(query, args![kind, id, first + stretch]).await?;
    Ok(false)
}

pub(in crate::rooms) fn is_direct(room: &RoomRow) -> bool {
    room.kind == kind_to(RoomKind::Direct)
}
