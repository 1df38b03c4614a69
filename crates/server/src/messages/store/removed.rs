//! Messages whose time is up, and what remains of them: that they were sent, so that nobody sends them twice.

use crate::kernel::db::{Sql, StorageError, Value, args, placeholders};
use crate::messages::model::Row;
use parlor_protocol::{MessageId, RoomId, Seq, UserId};
use serde::Deserialize;

/// People looked for in one statement.
const CHUNK: usize = 100;

/// One of the oldest messages of a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(in crate::messages) struct Old {
    pub(in crate::messages) id: MessageId,
    pub(in crate::messages) seq: Seq,
    pub(in crate::messages) sender_id: UserId,
    pub(in crate::messages) created_at: i64,
}

/// The oldest messages of a room, in order.
pub(in crate::messages) async fn oldest(
    sql: &impl Sql,
    room: RoomId,
    limit: i64,
) -> Result<Vec<Old>, StorageError> {
    let statement = "SELECT id, seq, sender_id, created_at FROM messages WHERE room_id = ? ORDER BY seq LIMIT ?";
    sql.rows(statement, args![room, limit]).await
}

/// Whether one of these people has said something in a room.
pub(in crate::messages) async fn has_said(
    sql: &impl Sql,
    room: RoomId,
    people: &[UserId],
) -> Result<bool, StorageError> {
    for chunk in people.chunks(CHUNK) {
        let statement = format!(
            "SELECT id FROM messages WHERE room_id = ? AND sender_id IN ({}) LIMIT 1",
            placeholders(chunk.len())
        );
        let people = chunk.iter().map(|user| Value::from(*user));
        let values: Vec<Value> = args![room].into_iter().chain(people).collect();
        if sql.scalar::<MessageId>(&statement, values).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Notes down under which client ids messages were sent that are about to be removed.
pub(in crate::messages) async fn remember_removed(
    sql: &impl Sql,
    ids: &[MessageId],
) -> Result<(), StorageError> {
    for chunk in ids.chunks(CHUNK) {
        let statement = format!(
            "INSERT INTO removed_messages (sender_id, client_id, id, room_id, seq, kind, created_at) \
             SELECT sender_id, client_id, id, room_id, seq, kind, created_at FROM messages \
             WHERE client_id IS NOT NULL AND id IN ({})",
            placeholders(chunk.len())
        );
        let values: Vec<Value> = chunk.iter().map(|id| Value::from(*id)).collect();
        sql.run(&statement, values).await?;
    }
    Ok(())
}

/// Whether messages were ever removed.
pub(in crate::messages) async fn has_removed(sql: &impl Sql) -> Result<bool, StorageError> {
    let statement = "SELECT id FROM removed_messages LIMIT 1";
    Ok(sql.scalar::<MessageId>(statement, []).await?.is_some())
}

/// A message that was removed.
#[derive(Deserialize)]
struct Husk {
    sender_id: UserId,
    client_id: String,
    id: MessageId,
    room_id: RoomId,
    seq: Seq,
    kind: i16,
    created_at: i64,
}

impl From<Husk> for Row {
    fn from(husk: Husk) -> Self {
        let now = parlor_protocol::Timestamp(husk.created_at);
        Self {
            kind: husk.kind,
            client_id: Some(husk.client_id),
            deleted_at: Some(husk.created_at),
            ..Self::new(husk.id, (husk.room_id, husk.seq), husk.sender_id, now)
        }
    }
}

/// What these people have sent under these client ids and was removed since, as deleted messages.
pub(in crate::messages) async fn removed_by_client_ids(
    sql: &impl Sql,
    keys: &[(UserId, &str)],
) -> Result<Vec<Row>, StorageError> {
    let mut rows = Vec::new();
    for chunk in keys.chunks(CHUNK) {
        let any = vec!["(sender_id = ? AND client_id = ?)"; chunk.len()].join(" OR ");
        let statement = format!(
            "SELECT sender_id, client_id, id, room_id, seq, kind, created_at FROM removed_messages WHERE {any}"
        );
        let values = chunk
            .iter()
            .flat_map(|(sender, client)| args![*sender, *client]);
        let values: Vec<Value> = values.collect();
        rows.extend(sql.rows::<Husk>(&statement, values).await?);
    }
    Ok(rows.into_iter().map(Row::from).collect())
}

/// Forgets what was removed of a room that is gone.
pub(in crate::messages) async fn forget_removed(
    sql: &impl Sql,
    room: RoomId,
) -> Result<(), StorageError> {
    let statement = "DELETE FROM removed_messages WHERE room_id = ?";
    sql.run(statement, args![room]).await?;
    Ok(())
}
