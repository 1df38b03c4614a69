//! The tables of messages.
//!
//! - this file: messages themselves; [`beside`]: mentions, reactions, pins and what is kept of deleted ones
//! - [`counts`]: what is unread, and how much somebody has said; [`own`]: what one person has said
//! - [`removed`]: what remains of messages whose time is up; [`imported`]: which messages from elsewhere are here

pub(super) mod beside;
pub(super) mod counts;
pub(super) mod imported;
pub(super) mod own;
pub(super) mod removed;

pub(super) use removed::*;

use super::model::Row;
use crate::kernel::db::sql::rows_of;
use crate::kernel::db::{Sql, StorageError, Value, args, placeholders};
use parlor_protocol::{MessageId, RoomId, Seq, Timestamp, UserId};

/// The most rows of one statement: few texts of statements, which the database then knows already.
const CHUNK: usize = 100;

const COLUMNS: &str = "m.id, m.room_id, m.seq, m.sender_id, m.kind, m.content, m.client_id, m.digest, m.reply_to, \
     m.file_id, m.mentions_room, m.created_at, m.edited_at, m.deleted_at, m.deleted_by, p.pinned_at";
const FROM: &str = "FROM messages m LEFT JOIN message_pins p ON p.message_id = m.id";

pub(super) async fn insert(sql: &impl Sql, rows: &[Row]) -> Result<(), StorageError> {
    for chunk in rows.chunks(CHUNK) {
        let statement = format!(
            "INSERT INTO messages (id, room_id, seq, sender_id, kind, content, client_id, digest, reply_to, \
             file_id, mentions_room, created_at) VALUES {}",
            rows_of(12, chunk.len())
        );
        let values = chunk.iter().flat_map(|row| {
            args![
                row.id,
                row.room_id,
                row.seq,
                row.sender_id,
                row.kind,
                row.content.clone(),
                row.client_id.clone(),
                row.digest,
                row.reply_to,
                row.file_id,
                row.mentions_room,
                row.created_at
            ]
        });
        sql.run(&statement, values.collect::<Vec<Value>>()).await?;
    }
    Ok(())
}

pub(super) async fn by_id(sql: &impl Sql, id: MessageId) -> Result<Option<Row>, StorageError> {
    let statement = format!("SELECT {COLUMNS} {FROM} WHERE m.id = ?");
    sql.row(&statement, args![id]).await
}

pub(super) async fn by_ids(sql: &impl Sql, ids: &[MessageId]) -> Result<Vec<Row>, StorageError> {
    let mut rows = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let statement = format!(
            "SELECT {COLUMNS} {FROM} WHERE m.id IN ({})",
            placeholders(chunk.len())
        );
        let values: Vec<Value> = chunk.iter().map(|id| Value::from(*id)).collect();
        rows.extend(sql.rows::<Row>(&statement, values).await?);
    }
    Ok(rows)
}

/// What these people have sent under these client ids before.
pub(super) async fn by_client_ids(
    sql: &impl Sql,
    keys: &[(UserId, &str)],
) -> Result<Vec<Row>, StorageError> {
    let mut rows = Vec::new();
    for chunk in keys.chunks(CHUNK) {
        let wanted = " UNION ALL SELECT ?, ?".repeat(chunk.len() - 1);
        let statement = format!(
            "SELECT {COLUMNS} FROM (SELECT ? AS sender, ? AS client{wanted}) w \
             JOIN messages m ON m.sender_id = w.sender AND m.client_id = w.client \
             LEFT JOIN message_pins p ON p.message_id = m.id"
        );
        let values = chunk
            .iter()
            .flat_map(|(sender, client)| args![*sender, *client]);
        let values: Vec<Value> = values.collect();
        rows.extend(sql.rows::<Row>(&statement, values).await?);
    }
    Ok(rows)
}

/// The place of the newest message of a room; 0 before the first.
pub(super) async fn last_seq(sql: &impl Sql, room: RoomId) -> Result<Seq, StorageError> {
    let statement = "SELECT MAX(seq) FROM messages WHERE room_id = ?";
    let last: Option<Seq> = sql.scalar(statement, args![room]).await?;
    Ok(last.unwrap_or_default())
}

/// Which way a page of history goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Span {
    /// The newest before this place, newest first.
    Before(Seq),
    /// The oldest after this place, oldest first.
    After(Seq),
}

pub(super) async fn span(
    sql: &impl Sql,
    room: RoomId,
    span: Span,
    limit: i64,
) -> Result<Vec<Row>, StorageError> {
    let (place, condition) = match span {
        Span::Before(seq) => (seq, "m.seq < ? ORDER BY m.seq DESC"),
        Span::After(seq) => (seq, "m.seq > ? ORDER BY m.seq"),
    };
    let statement = format!("SELECT {COLUMNS} {FROM} WHERE m.room_id = ? AND {condition} LIMIT ?");
    sql.rows(&statement, args![room, place, limit]).await
}

/// The pinned messages of a room from this pin on, the newest pin first, and the place of each pin.
pub(super) async fn pinned(
    sql: &impl Sql,
    room: RoomId,
    before: Seq,
    limit: i64,
) -> Result<Vec<Row>, StorageError> {
    let statement = format!(
        "SELECT {COLUMNS} FROM message_pins p JOIN messages m ON m.id = p.message_id \
         WHERE p.room_id = ? AND p.seq < ? ORDER BY p.seq DESC LIMIT ?"
    );
    sql.rows(&statement, args![room, before, limit]).await
}

/// The first message that is not deleted after a place of a room and up to another, of others than `unheard`.
pub(super) async fn first_between(
    sql: &impl Sql,
    room: RoomId,
    (after, up_to): (Seq, Seq),
    unheard: &[UserId],
) -> Result<Option<Row>, StorageError> {
    let but = match unheard.len() {
        0 => String::new(),
        count => format!("AND m.sender_id NOT IN ({}) ", placeholders(count)),
    };
    let statement = format!(
        "SELECT {COLUMNS} {FROM} WHERE m.room_id = ? AND m.seq > ? AND m.seq <= ? AND m.deleted_at IS NULL \
         {but}ORDER BY m.seq LIMIT 1"
    );
    let unheard = unheard.iter().map(|user| Value::from(*user));
    let values = args![room, after, up_to].into_iter().chain(unheard);
    sql.row(&statement, values.collect::<Vec<_>>()).await
}

pub(super) async fn set_content(
    sql: &impl Sql,
    id: MessageId,
    content: &str,
    mentions_room: bool,
    now: Timestamp,
) -> Result<(), StorageError> {
    let statement =
        "UPDATE messages SET content = ?, mentions_room = ?, edited_at = ? WHERE id = ?";
    sql.run(statement, args![content, mentions_room, now.0, id])
        .await?;
    Ok(())
}

/// Writes what a message of the past has beside what a new one has, if anything.
pub(super) async fn set_past(sql: &impl Sql, row: &Row) -> Result<(), StorageError> {
    if row.edited_at.is_none() && row.deleted_at.is_none() {
        return Ok(());
    }
    let statement =
        "UPDATE messages SET edited_at = ?, deleted_at = ?, deleted_by = ? WHERE id = ?";
    let values = args![row.edited_at, row.deleted_at, row.deleted_by, row.id];
    sql.run(statement, values).await?;
    Ok(())
}

/// Takes the content out of a message; where to keep it is [`beside::keep`].
pub(super) async fn set_deleted(
    sql: &impl Sql,
    id: MessageId,
    by: UserId,
    now: Timestamp,
) -> Result<(), StorageError> {
    let statement = "UPDATE messages SET content = '', deleted_at = ?, deleted_by = ? WHERE id = ?";
    sql.run(statement, args![now.0, by, id]).await?;
    Ok(())
}

pub(super) async fn set_restored(
    sql: &impl Sql,
    id: MessageId,
    content: &str,
) -> Result<(), StorageError> {
    let statement =
        "UPDATE messages SET content = ?, deleted_at = NULL, deleted_by = NULL WHERE id = ?";
    sql.run(statement, args![content, id]).await?;
    Ok(())
}

/// What is beside messages: mentions, reactions, pins, and contents that were kept.
const BESIDE: [&str; 4] = [
    "message_mentions",
    "message_reactions",
    "message_pins",
    "deleted_contents",
];

/// Deletes what is beside messages.
pub(super) async fn delete_beside(sql: &impl Sql, ids: &[MessageId]) -> Result<(), StorageError> {
    for chunk in ids.chunks(CHUNK) {
        for table in BESIDE {
            delete_by(sql, table, "message_id", chunk).await?;
        }
    }
    Ok(())
}

/// Deletes messages with all that is beside them.
pub(super) async fn delete_all(sql: &impl Sql, ids: &[MessageId]) -> Result<(), StorageError> {
    delete_beside(sql, ids).await?;
    for chunk in ids.chunks(CHUNK) {
        delete_by(sql, "messages", "id", chunk).await?;
    }
    Ok(())
}

async fn delete_by(
    sql: &impl Sql,
    table: &str,
    column: &str,
    ids: &[MessageId],
) -> Result<(), StorageError> {
    let list = placeholders(ids.len());
    let statement = format!("DELETE FROM {table} WHERE {column} IN ({list})");
    let values: Vec<Value> = ids.iter().map(|id| Value::from(*id)).collect();
    sql.run(&statement, values).await?;
    Ok(())
}

/// Deletes the oldest messages of a room, some at a time; true where there were none left.
pub(super) async fn delete_stretch(
    sql: &impl Sql,
    room: RoomId,
    stretch: i64,
) -> Result<bool, StorageError> {
    let statement = "SELECT id FROM messages WHERE room_id = ? ORDER BY seq LIMIT ?";
    let ids: Vec<MessageId> = sql.column(statement, args![room, stretch]).await?;
    delete_all(sql, &ids).await?;
    Ok(ids.is_empty())
}
