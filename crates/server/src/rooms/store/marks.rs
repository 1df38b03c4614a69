//! How far members have read, and where they keep the room.

use super::super::model::{ReadMark, Shelf};
use crate::kernel::db::{Sql, StorageError, Value, args, placeholders};
use parlor_protocol::{RoomId, Seq, Timestamp, UserId};
use serde::Deserialize;
use std::collections::HashMap;

/// Who has read up to a place has read up to the other.
pub(in crate::rooms) async fn move_read(
    sql: &impl Sql,
    room: RoomId,
    (from, to): (Seq, Seq),
) -> Result<(), StorageError> {
    let query = "UPDATE room_members SET last_read_seq = ? \
         WHERE room_id = ? AND last_read_seq >= ? AND last_read_seq < ?";
    sql.run(query, args![to, room, from, to]).await?;
    Ok(())
}

/// The members of a room who have said that they have read up to a place or beyond, in the order of their ids.
pub(in crate::rooms) async fn list_readers(
    sql: &impl Sql,
    (room, seq): (RoomId, Seq),
    except: UserId,
    after: UserId,
    limit: i64,
) -> Result<Vec<ReadMark>, StorageError> {
    let query = "SELECT user_id, last_read_seq, read_at FROM room_members WHERE room_id = ? AND user_id > ? \
         AND user_id <> ? AND read_at IS NOT NULL AND last_read_seq >= ? ORDER BY user_id LIMIT ?";
    sql.rows(query, args![room, after, except, seq, limit])
        .await
}

/// How far one member has read; `None` for somebody outside.
pub(in crate::rooms) async fn load_read_mark(
    sql: &impl Sql,
    room: RoomId,
    user: UserId,
) -> Result<Option<ReadMark>, StorageError> {
    let query = "SELECT user_id, last_read_seq, read_at FROM room_members WHERE room_id = ? AND user_id = ?";
    sql.row(query, args![room, user]).await
}

#[derive(Deserialize)]
struct Mark {
    id: i64,
    last_read_seq: Seq,
}

/// How far each of some people has read in a room.
pub(in crate::rooms) async fn load_read_marks(
    sql: &impl Sql,
    room: RoomId,
    users: &[UserId],
) -> Result<HashMap<UserId, Seq>, StorageError> {
    let query =
        "SELECT user_id AS id, last_read_seq FROM room_members WHERE room_id = ? AND user_id IN";
    load_marks(sql, query, room, users).await
}

/// How far somebody has read in each of some rooms.
pub(in crate::rooms) async fn load_read_marks_of(
    sql: &impl Sql,
    user: UserId,
    rooms: &[RoomId],
) -> Result<HashMap<RoomId, Seq>, StorageError> {
    let query =
        "SELECT room_id AS id, last_read_seq FROM room_members WHERE user_id = ? AND room_id IN";
    load_marks(sql, query, user, rooms).await
}

async fn load_marks(
    sql: &impl Sql,
    query: &str,
    of: i64,
    ids: &[i64],
) -> Result<HashMap<i64, Seq>, StorageError> {
    let mut marks = HashMap::new();
    for chunk in ids.chunks(200) {
        let statement = format!("{query} ({})", placeholders(chunk.len()));
        let ids = chunk.iter().map(|id| Value::from(*id));
        let values = args![of].into_iter().chain(ids);
        let found: Vec<Mark> = sql.rows(&statement, values.collect::<Vec<_>>()).await?;
        marks.extend(found.into_iter().map(|mark| (mark.id, mark.last_read_seq)));
    }
    Ok(marks)
}

/// Moves a read mark forward; false where it was there or beyond, or there is no such member. Without a time others do
/// not see it.
pub(in crate::rooms) async fn move_read_mark(
    sql: &impl Sql,
    room: RoomId,
    user: UserId,
    seq: Seq,
    at: Option<Timestamp>,
) -> Result<bool, StorageError> {
    let query = "UPDATE room_members SET last_read_seq = ?, read_at = ? \
         WHERE room_id = ? AND user_id = ? AND last_read_seq < ?";
    let at = at.map(|at| at.0);
    let moved = sql.run(query, args![seq, at, room, user, seq]).await?;
    Ok(moved > 0)
}

/// Where a member keeps the room; `None` for somebody outside.
pub(in crate::rooms) async fn load_shelf(
    sql: &impl Sql,
    room: RoomId,
    user: UserId,
) -> Result<Option<Shelf>, StorageError> {
    let query = "SELECT is_favourite, folder FROM room_members WHERE room_id = ? AND user_id = ?";
    sql.row(query, args![room, user]).await
}

pub(in crate::rooms) async fn set_shelf(
    sql: &impl Sql,
    room: RoomId,
    user: UserId,
    shelf: &Shelf,
) -> Result<(), StorageError> {
    let query =
        "UPDATE room_members SET is_favourite = ?, folder = ? WHERE room_id = ? AND user_id = ?";
    let values = args![shelf.is_favourite, shelf.folder.clone(), room, user];
    sql.run(query, values).await?;
    Ok(())
}

/// Lets others no longer see how far somebody has read.
pub(in crate::rooms) async fn hide_read_marks(
    sql: &impl Sql,
    user: UserId,
) -> Result<(), StorageError> {
    let query = "UPDATE room_members SET read_at = NULL WHERE user_id = ?";
    sql.run(query, args![user]).await?;
    Ok(())
}
