//! The tables of notifications.
//!
//! - this file: notifications themselves; [`settings`]: what people want; [`reminders`]: what they want to be reminded of

pub(super) mod reminders;
pub(super) mod settings;

use super::model::Row;
use crate::kernel::db::sql::rows_of;
use crate::kernel::db::{FromRow, Narrowed, Sql, StorageError, Value, args, placeholders};
use parlor_protocol::{MessageId, RoomId, Seq, Timestamp, UserId};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

/// The most rows of one statement.
const CHUNK: usize = 100;

const COLUMNS: &str = "id, user_id, kind, cause, actor_id, room_id, message_id, seq, last_seq, body, created_at, read_at";

pub(super) async fn insert(sql: &impl Sql, rows: &[Row]) -> Result<(), StorageError> {
    for chunk in rows.chunks(CHUNK) {
        let statement = format!(
            "INSERT INTO notifications (id, user_id, kind, cause, actor_id, room_id, message_id, seq, last_seq, \
             body, created_at) VALUES {}",
            rows_of(11, chunk.len())
        );
        let values = chunk.iter().flat_map(|row| {
            args![
                row.id,
                row.user_id,
                row.kind,
                row.cause.as_str(),
                row.actor_id,
                row.room_id,
                row.message_id,
                row.seq,
                row.last_seq,
                row.body.as_str(),
                row.created_at
            ]
        });
        sql.run(&statement, values.collect::<Vec<Value>>()).await?;
    }
    Ok(())
}

pub(super) async fn by_ids(sql: &impl Sql, ids: &[i64]) -> Result<Vec<Row>, StorageError> {
    let query = format!("SELECT {COLUMNS} FROM notifications WHERE id IN");
    among(sql, &query, &[], ids).await
}

/// Those of somebody before one of them, the newest first.
pub(super) async fn list(
    sql: &impl Sql,
    user: UserId,
    before: i64,
    limit: i64,
) -> Result<Vec<Row>, StorageError> {
    let query = format!("SELECT {COLUMNS} FROM notifications WHERE user_id = ? AND id < ?");
    let query = Narrowed::new(&query, args![user, before]);
    query.rows(sql, "id DESC", limit).await
}

/// Those of somebody that were not read, up to one of them, the newest first.
pub(super) async fn unread(
    sql: &impl Sql,
    user: UserId,
    up_to: i64,
    limit: i64,
) -> Result<Vec<Row>, StorageError> {
    let query = format!(
        "SELECT {COLUMNS} FROM notifications WHERE user_id = ? AND id <= ? AND read_at IS NULL"
    );
    let query = Narrowed::new(&query, args![user, up_to]);
    query.rows(sql, "id DESC", limit).await
}

/// Who of some people was told of a cause.
pub(super) async fn told_of(
    sql: &impl Sql,
    cause: &str,
    users: &[UserId],
) -> Result<HashSet<UserId>, StorageError> {
    #[derive(Deserialize)]
    struct Told {
        user_id: UserId,
    }
    let query = "SELECT user_id FROM notifications WHERE cause = ? AND user_id IN";
    let told: Vec<Told> = among(sql, query, &args![cause], users).await?;
    Ok(told.into_iter().map(|told| told.user_id).collect())
}

/// A notification that stands for all that somebody has not read in a room.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Open {
    pub(super) id: i64,
    pub(super) user_id: UserId,
    pub(super) last_seq: Seq,
}

/// Those of a kind that some people have not read of a room.
pub(super) async fn open_in(
    sql: &impl Sql,
    (room, kind): (RoomId, i16),
    users: &[UserId],
) -> Result<HashMap<UserId, Open>, StorageError> {
    let query = "SELECT id, user_id, last_seq FROM notifications \
         WHERE room_id = ? AND kind = ? AND read_at IS NULL AND user_id IN";
    let open: Vec<Open> = among(sql, query, &args![room, kind], users).await?;
    Ok(open.into_iter().map(|open| (open.user_id, open)).collect())
}

/// Lets notifications stand for what follows in their rooms too, up to a place.
pub(super) async fn extend(sql: &impl Sql, ids: &[i64], to: Seq) -> Result<(), StorageError> {
    let statement = "UPDATE notifications SET last_seq = ? WHERE last_seq < ? AND id IN";
    each(sql, statement, &args![to, to], ids).await
}

/// Lets a notification lead to another message.
pub(super) async fn lead_to(
    sql: &impl Sql,
    id: i64,
    (message, seq): (MessageId, Seq),
    actor: UserId,
) -> Result<(), StorageError> {
    let statement = "UPDATE notifications SET message_id = ?, seq = ?, actor_id = ? WHERE id = ?";
    sql.run(statement, args![message, seq, actor, id]).await?;
    Ok(())
}

pub(super) async fn set_read(
    sql: &impl Sql,
    ids: &[i64],
    now: Timestamp,
) -> Result<(), StorageError> {
    let statement = "UPDATE notifications SET read_at = ? WHERE read_at IS NULL AND id IN";
    each(sql, statement, &args![now.0], ids).await
}

pub(super) async fn delete(sql: &impl Sql, ids: &[i64]) -> Result<(), StorageError> {
    each(sql, "DELETE FROM notifications WHERE id IN", &[], ids).await
}

/// Some of those that were made before a moment.
pub(super) async fn made_before(
    sql: &impl Sql,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<i64>, StorageError> {
    let query = "SELECT id FROM notifications WHERE created_at < ? ORDER BY created_at LIMIT ?";
    sql.column(query, args![before.0, limit]).await
}

/// Which notifications are looked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wanted {
    /// What somebody was told of a room.
    OfRoom(UserId, RoomId),
    /// What everybody was told of messages of a room up to a place.
    UpTo(RoomId, Seq),
    /// What everybody was told of a message.
    OfMessage(MessageId),
    /// What somebody was told of what somebody else did.
    By(UserId, UserId),
    /// All of somebody's.
    Of(UserId),
}

/// Some of those that are looked for, after one of them, in their order.
pub(super) async fn find(
    sql: &impl Sql,
    wanted: Wanted,
    after: i64,
    limit: i64,
) -> Result<Vec<Row>, StorageError> {
    let (condition, values) = match wanted {
        Wanted::OfRoom(user, room) => ("room_id = ? AND user_id = ?", args![room, user]),
        Wanted::UpTo(room, seq) => ("room_id = ? AND seq <= ?", args![room, seq]),
        Wanted::OfMessage(message) => {
            ("message_id = ? AND message_id = ?", args![message, message])
        }
        Wanted::By(user, actor) => ("user_id = ? AND actor_id = ?", args![user, actor]),
        Wanted::Of(user) => ("user_id = ? AND user_id = ?", args![user, user]),
    };
    let query = format!("SELECT {COLUMNS} FROM notifications WHERE {condition} AND id > ?");
    let values: Vec<Value> = values.into_iter().chain(args![after]).collect();
    Narrowed::new(&query, values).rows(sql, "id", limit).await
}

/// What was not read of what some people were told of some rooms.
pub(super) async fn unread_in(
    sql: &impl Sql,
    pairs: &[(UserId, RoomId)],
) -> Result<Vec<Row>, StorageError> {
    let mut rows = Vec::new();
    for chunk in pairs.chunks(CHUNK) {
        let any = vec!["(room_id = ? AND user_id = ?)"; chunk.len()].join(" OR ");
        let query = format!(
            "SELECT {COLUMNS} FROM notifications WHERE read_at IS NULL AND ({any}) ORDER BY id"
        );
        let values = chunk.iter().flat_map(|(user, room)| args![*room, *user]);
        rows.extend(sql.rows::<Row>(&query, values.collect::<Vec<_>>()).await?);
    }
    Ok(rows)
}

/// Forgets everything of a person.
pub(super) async fn delete_of(sql: &impl Sql, user: UserId) -> Result<(), StorageError> {
    for table in [
        "notifications",
        "notification_types",
        "notification_rooms",
        "notification_reminders",
    ] {
        let statement = format!("DELETE FROM {table} WHERE user_id = ?");
        sql.run(&statement, args![user]).await?;
    }
    Ok(())
}

/// Forgets what people wanted of a room that is gone.
pub(super) async fn delete_wants(sql: &impl Sql, room: RoomId) -> Result<(), StorageError> {
    for table in ["notification_rooms", "notification_reminders"] {
        let statement = format!("DELETE FROM {table} WHERE room_id = ?");
        sql.run(&statement, args![room]).await?;
    }
    Ok(())
}

/// The rows of a query that ends with `IN`.
async fn among<T: FromRow>(
    sql: &impl Sql,
    query: &str,
    values: &[Value],
    ids: &[i64],
) -> Result<Vec<T>, StorageError> {
    let mut rows = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let query = format!("{query} ({})", placeholders(chunk.len()));
        rows.extend(sql.rows::<T>(&query, with(values, chunk)).await?);
    }
    Ok(rows)
}

/// Runs a statement that ends with `IN`.
async fn each(
    sql: &impl Sql,
    statement: &str,
    values: &[Value],
    ids: &[i64],
) -> Result<(), StorageError> {
    for chunk in ids.chunks(CHUNK) {
        let statement = format!("{statement} ({})", placeholders(chunk.len()));
        sql.run(&statement, with(values, chunk)).await?;
    }
    Ok(())
}

fn with(values: &[Value], ids: &[i64]) -> Vec<Value> {
    let ids = ids.iter().map(|id| Value::from(*id));
    values.iter().cloned().chain(ids).collect()
}
