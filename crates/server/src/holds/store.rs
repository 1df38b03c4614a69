//! The tables of holds.

use crate::kernel::db::{Sql, StorageError, Value, args};
use parlor_protocol::{RoomId, Timestamp, UserId};
use serde::Deserialize;

const COLUMNS: &str = "id, user_id, room_id, reason, placed_by, placed_at, lifted_by, lifted_at";

/// A hold as stored: of a person or of a room.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Row {
    /// Its id.
    pub id: i64,
    /// The person.
    pub user_id: Option<UserId>,
    /// The room.
    pub room_id: Option<RoomId>,
    /// Why.
    pub reason: String,
    /// Who placed it.
    pub placed_by: UserId,
    /// When, in milliseconds.
    pub placed_at: i64,
    /// Who lifted it.
    pub lifted_by: Option<UserId>,
    /// When, in milliseconds; `None` while it holds.
    pub lifted_at: Option<i64>,
}

/// The condition that the person whom an expression names is not held.
#[must_use]
pub fn free_person(person: &str) -> String {
    format!(
        "NOT EXISTS (SELECT 1 FROM legal_holds h WHERE h.lifted_at IS NULL AND h.user_id = {person})"
    )
}

/// The condition that neither the person nor the room is held whom two expressions name.
#[must_use]
pub fn free_person_and_room(person: &str, room: &str) -> String {
    format!(
        "{} AND NOT EXISTS (SELECT 1 FROM legal_holds h WHERE h.lifted_at IS NULL AND h.room_id = {room})",
        free_person(person)
    )
}

/// The people who are held, in the order of their ids.
pub async fn held_people(sql: &impl Sql) -> Result<Vec<UserId>, StorageError> {
    let query = "SELECT DISTINCT user_id FROM legal_holds \
         WHERE lifted_at IS NULL AND user_id IS NOT NULL ORDER BY user_id";
    sql.column(query, []).await
}

/// Whether a person is held.
pub async fn holds_person(sql: &impl Sql, user: UserId) -> Result<bool, StorageError> {
    let query = "SELECT id FROM legal_holds WHERE lifted_at IS NULL AND user_id = ? LIMIT 1";
    Ok(sql.scalar::<i64>(query, args![user]).await?.is_some())
}

/// Whether a room is held.
pub async fn holds_room(sql: &impl Sql, room: RoomId) -> Result<bool, StorageError> {
    let query = "SELECT id FROM legal_holds WHERE lifted_at IS NULL AND room_id = ? LIMIT 1";
    Ok(sql.scalar::<i64>(query, args![room]).await?.is_some())
}

/// Writes a new hold; `reached_by` is the one that it comes from.
pub async fn insert(
    sql: &impl Sql,
    row: &Row,
    reached_by: Option<i64>,
) -> Result<(), StorageError> {
    let query = "INSERT INTO legal_holds (id, user_id, room_id, reason, placed_by, placed_at, reached_by) \
         VALUES (?, ?, ?, ?, ?, ?, ?)";
    let values = args![
        row.id,
        row.user_id,
        row.room_id,
        row.reason.clone(),
        row.placed_by,
        row.placed_at,
        reached_by
    ];
    sql.run(query, values).await?;
    Ok(())
}

/// One hold that somebody has placed.
pub async fn by_id(sql: &impl Sql, id: i64) -> Result<Option<Row>, StorageError> {
    let query = format!("SELECT {COLUMNS} FROM legal_holds WHERE id = ? AND reached_by IS NULL");
    sql.row(&query, args![id]).await
}

/// The holds that somebody has placed on a room.
pub async fn on_room(sql: &impl Sql, room: RoomId) -> Result<Vec<Row>, StorageError> {
    let query = format!(
        "SELECT {COLUMNS} FROM legal_holds \
         WHERE room_id = ? AND lifted_at IS NULL AND reached_by IS NULL ORDER BY id"
    );
    sql.rows(&query, args![room]).await
}

/// Holds that somebody has placed before `before`, the newest first; those that were lifted among them where
/// `with_lifted`.
pub async fn list(
    sql: &impl Sql,
    with_lifted: bool,
    before: i64,
    limit: i64,
) -> Result<Vec<Row>, StorageError> {
    let which = if with_lifted {
        ""
    } else {
        "AND lifted_at IS NULL "
    };
    let query = format!(
        "SELECT {COLUMNS} FROM legal_holds WHERE id < ? AND reached_by IS NULL {which}ORDER BY id DESC LIMIT ?"
    );
    sql.rows(&query, args![before, limit]).await
}

/// Lifts a hold, with those that come from it; false where it was lifted before.
pub async fn lift(
    sql: &impl Sql,
    id: i64,
    by: UserId,
    now: Timestamp,
) -> Result<bool, StorageError> {
    let query = "UPDATE legal_holds SET lifted_by = ?, lifted_at = ? \
         WHERE (id = ? OR reached_by = ?) AND lifted_at IS NULL";
    Ok(sql.run(query, args![by, now.0, id, id]).await? > 0)
}

/// Keeps what an account that is deleted said about a person who is held: a line of JSON per record.
pub async fn keep_records(
    sql: &impl Sql,
    user: UserId,
    records: Vec<(i64, &'static str, String)>,
    now: Timestamp,
) -> Result<(), StorageError> {
    let query =
        "INSERT INTO held_records (id, user_id, part, body, kept_at) VALUES (?, ?, ?, ?, ?)";
    for (id, part, body) in records {
        sql.run(query, args![id, user, part, body, now.0]).await?;
    }
    Ok(())
}

/// Forgets up to `most` records of people who are not held any more, and says how many there were.
pub async fn forget_records(sql: &impl Sql, most: i64) -> Result<usize, StorageError> {
    let query = format!(
        "SELECT k.id FROM held_records k WHERE {} LIMIT ?",
        free_person("k.user_id")
    );
    let ids: Vec<i64> = sql.column(&query, args![most]).await?;
    if !ids.is_empty() {
        let list = crate::kernel::db::placeholders(ids.len());
        let query = format!("DELETE FROM held_records WHERE id IN ({list})");
        let values: Vec<Value> = ids.iter().map(|id| Value::from(*id)).collect();
        sql.run(&query, values).await?;
    }
    Ok(ids.len())
}
