//! What one person has said and done.

use crate::kernel::db::{Sql, StorageError, args};
use crate::messages::model::kind_to;
use parlor_protocol::messages::MessageType;
use parlor_protocol::{MessageId, RoomId, Seq, UserId};
use serde::Deserialize;
use serde::Serialize;

/// Where something was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Place {
    /// The message.
    pub id: MessageId,
    /// Its room.
    pub room_id: RoomId,
    /// Its place in the room's log.
    pub seq: Seq,
}

/// An emoji that somebody has put under a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReactionBy {
    /// Under which message.
    pub message_id: MessageId,
    /// In which room.
    pub room_id: RoomId,
    /// Which emoji.
    pub emoji: String,
}

pub(in crate::messages) async fn places_of(
    sql: &impl Sql,
    user: UserId,
) -> Result<Vec<Place>, StorageError> {
    let statement = "SELECT id, room_id, seq FROM messages \
         WHERE sender_id = ? AND kind <> ? AND deleted_at IS NULL";
    sql.rows(statement, args![user, kind_to(MessageType::System)])
        .await
}

pub(in crate::messages) async fn reactions_of(
    sql: &impl Sql,
    user: UserId,
) -> Result<Vec<ReactionBy>, StorageError> {
    let statement = "SELECT r.message_id, m.room_id, r.emoji FROM message_reactions r \
         JOIN messages m ON m.id = r.message_id \
         WHERE r.user_id = ? AND m.deleted_at IS NULL ORDER BY r.message_id, r.emoji";
    sql.rows(statement, args![user]).await
}
