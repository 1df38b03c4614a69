//! What stands beside messages: mentions, reactions, pins, and the contents of deleted ones while they can come back.

use super::CHUNK;
use crate::holds;
use crate::kernel::db::sql::{OnConflict, rows_of, upsert};
use crate::kernel::db::{FromRow, Sql, StorageError, Value, args, placeholders};
use parlor_protocol::{MessageId, RoomId, Seq, Timestamp, UserId};
use serde::Deserialize;

/// Somebody is mentioned.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(in crate::messages) struct Mention {
    pub(in crate::messages) message_id: MessageId,
    pub(in crate::messages) user_id: UserId,
}

pub(in crate::messages) async fn insert_mentions(
    sql: &impl Sql,
    mentions: &[Mention],
) -> Result<(), StorageError> {
    for chunk in mentions.chunks(CHUNK) {
        let statement = format!(
            "INSERT INTO message_mentions (message_id, user_id) VALUES {}",
            rows_of(2, chunk.len())
        );
        let values = chunk.iter().flat_map(|m| args![m.message_id, m.user_id]);
        sql.run(&statement, values.collect::<Vec<Value>>()).await?;
    }
    Ok(())
}

pub(in crate::messages) async fn delete_mentions(
    sql: &impl Sql,
    message: MessageId,
) -> Result<(), StorageError> {
    let statement = "DELETE FROM message_mentions WHERE message_id = ?";
    sql.run(statement, args![message]).await?;
    Ok(())
}

pub(in crate::messages) async fn mentions(
    sql: &impl Sql,
    messages: &[MessageId],
) -> Result<Vec<Mention>, StorageError> {
    let query = "SELECT message_id, user_id FROM message_mentions WHERE message_id IN";
    of_messages(sql, query, "message_id, user_id", messages).await
}

/// An emoji that somebody put under a message, in the order of doing so.
#[derive(Clone, Debug, Deserialize)]
pub(in crate::messages) struct ReactionRow {
    pub(in crate::messages) message_id: MessageId,
    pub(in crate::messages) emoji: String,
    pub(in crate::messages) user_id: UserId,
}

pub(in crate::messages) async fn reactions(
    sql: &impl Sql,
    messages: &[MessageId],
) -> Result<Vec<ReactionRow>, StorageError> {
    let query = "SELECT message_id, emoji, user_id FROM message_reactions WHERE message_id IN";
    of_messages(sql, query, "message_id, seq", messages).await
}

async fn of_messages<T: FromRow>(
    sql: &impl Sql,
    query: &str,
    order: &str,
    messages: &[MessageId],
) -> Result<Vec<T>, StorageError> {
    let mut rows = Vec::new();
    for chunk in messages.chunks(CHUNK) {
        let statement = format!("{query} ({}) ORDER BY {order}", placeholders(chunk.len()));
        let values: Vec<Value> = chunk.iter().map(|id| Value::from(*id)).collect();
        rows.extend(sql.rows::<T>(&statement, values).await?);
    }
    Ok(rows)
}

/// `seq` is the place of the entry that says so.
pub(in crate::messages) async fn insert_reaction(
    sql: &impl Sql,
    reaction: &ReactionRow,
    seq: Seq,
) -> Result<(), StorageError> {
    let statement =
        "INSERT INTO message_reactions (message_id, emoji, user_id, seq) VALUES (?, ?, ?, ?)";
    let ReactionRow {
        message_id,
        emoji,
        user_id,
    } = reaction;
    sql.run(statement, args![*message_id, emoji.clone(), *user_id, seq])
        .await?;
    Ok(())
}

pub(in crate::messages) async fn delete_reaction(
    sql: &impl Sql,
    reaction: &ReactionRow,
) -> Result<(), StorageError> {
    let statement =
        "DELETE FROM message_reactions WHERE message_id = ? AND emoji = ? AND user_id = ?";
    let ReactionRow {
        message_id,
        emoji,
        user_id,
    } = reaction;
    sql.run(statement, args![*message_id, emoji.clone(), *user_id])
        .await?;
    Ok(())
}

/// `seq` is the place of the entry that says so.
pub(in crate::messages) async fn insert_pin(
    sql: &impl Sql,
    place: (RoomId, Seq),
    message: MessageId,
    by: UserId,
    now: Timestamp,
) -> Result<(), StorageError> {
    let statement = "INSERT INTO message_pins (message_id, room_id, seq, pinned_by, pinned_at) \
         VALUES (?, ?, ?, ?, ?)";
    sql.run(statement, args![message, place.0, place.1, by, now.0])
        .await?;
    Ok(())
}

pub(in crate::messages) async fn delete_pin(
    sql: &impl Sql,
    message: MessageId,
) -> Result<(), StorageError> {
    let statement = "DELETE FROM message_pins WHERE message_id = ?";
    sql.run(statement, args![message]).await?;
    Ok(())
}

/// The place of a pin in its room's log.
pub(in crate::messages) async fn pin_place(
    sql: &impl Sql,
    message: MessageId,
) -> Result<Option<Seq>, StorageError> {
    let statement = "SELECT seq FROM message_pins WHERE message_id = ?";
    sql.scalar(statement, args![message]).await
}

/// Keeps the content of a message that is deleted, for as long as it can be restored.
pub(in crate::messages) async fn keep(
    sql: &impl Sql,
    message: MessageId,
    content: &str,
    now: Timestamp,
) -> Result<(), StorageError> {
    let columns = ["message_id", "content", "deleted_at"];
    let statement = upsert(
        sql.backend(),
        "deleted_contents",
        &columns,
        1,
        &columns[..1],
        OnConflict::Replace(&columns[1..]),
    );
    sql.run(&statement, args![message, content, now.0]).await?;
    Ok(())
}

/// Gives back what was kept of a message.
pub(in crate::messages) async fn take_kept(
    sql: &impl Sql,
    message: MessageId,
) -> Result<Option<String>, StorageError> {
    let statement = "SELECT content FROM deleted_contents WHERE message_id = ?";
    let content = sql.scalar(statement, args![message]).await?;
    let statement = "DELETE FROM deleted_contents WHERE message_id = ?";
    sql.run(statement, args![message]).await?;
    Ok(content)
}

/// Some messages that were deleted up to a moment while their contents are still there, nothing of them being held.
pub(in crate::messages) async fn kept_before(
    sql: &impl Sql,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<MessageId>, StorageError> {
    let statement = format!(
        "SELECT d.message_id FROM deleted_contents d JOIN messages m ON m.id = d.message_id \
         WHERE d.deleted_at <= ? AND {} ORDER BY d.deleted_at, d.message_id LIMIT ?",
        holds::free_person_and_room("m.sender_id", "m.room_id")
    );
    sql.column(&statement, args![before.0, limit]).await
}
