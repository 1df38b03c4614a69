//! Invitations.

use super::super::model::InvitationRow;
use crate::kernel::db::{Sql, StorageError, args};
use parlor_protocol::RoomId;

const COLUMNS: &str = "id, room_id, created_by, created_at, expires_at, max_uses, uses";

pub(in crate::rooms) async fn insert_invitation(
    sql: &impl Sql,
    row: &InvitationRow,
    digest: &str,
) -> Result<(), StorageError> {
    let query = "INSERT INTO room_invitations (id, room_id, digest, created_by, created_at, expires_at, max_uses, uses) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    let values = args![
        row.id,
        row.room_id,
        digest,
        row.created_by,
        row.created_at,
        row.expires_at,
        row.max_uses,
        row.uses
    ];
    sql.run(query, values).await?;
    Ok(())
}

pub(in crate::rooms) async fn find_invitation(
    sql: &impl Sql,
    digest: &str,
) -> Result<Option<InvitationRow>, StorageError> {
    let query = format!("SELECT {COLUMNS} FROM room_invitations WHERE digest = ?");
    sql.row(&query, args![digest]).await
}

/// The invitations to a room, after one of them, in the order in which they were made.
pub(in crate::rooms) async fn list_invitations(
    sql: &impl Sql,
    room: RoomId,
    after: i64,
    limit: i64,
) -> Result<Vec<InvitationRow>, StorageError> {
    let query = format!(
        "SELECT {COLUMNS} FROM room_invitations WHERE room_id = ? AND id > ? ORDER BY id LIMIT ?"
    );
    sql.rows(&query, args![room, after, limit]).await
}

pub(in crate::rooms) async fn count_invitations(
    sql: &impl Sql,
    room: RoomId,
) -> Result<i64, StorageError> {
    let query = "SELECT COUNT(*) FROM room_invitations WHERE room_id = ?";
    Ok(sql.scalar(query, args![room]).await?.unwrap_or(0))
}

/// Counts one more whom an invitation has let in.
pub(in crate::rooms) async fn use_invitation(sql: &impl Sql, id: i64) -> Result<(), StorageError> {
    let query = "UPDATE room_invitations SET uses = uses + 1 WHERE id = ?";
    sql.run(query, args![id]).await?;
    Ok(())
}

/// Takes an invitation to a room back; false where there is none.
pub(in crate::rooms) async fn delete_invitation(
    sql: &impl Sql,
    room: RoomId,
    id: i64,
) -> Result<bool, StorageError> {
    let query = "DELETE FROM room_invitations WHERE room_id = ? AND id = ?";
    Ok(sql.run(query, args![room, id]).await? > 0)
}

/// Deletes the invitations to a room that have ended.
pub(in crate::rooms) async fn delete_ended_invitations(
    sql: &impl Sql,
    room: RoomId,
    now: i64,
) -> Result<(), StorageError> {
    let query = "DELETE FROM room_invitations WHERE room_id = ? \
         AND (expires_at <= ? OR (max_uses IS NOT NULL AND uses >= max_uses))";
    sql.run(query, args![room, now]).await?;
    Ok(())
}
