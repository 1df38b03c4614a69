//! Members, mutes and bans.

use super::super::model::{MemberRow, role_to};
use crate::kernel::db::sql::{OnConflict, upsert};
use crate::kernel::db::{Sql, StorageError, args};
use parlor_protocol::rooms::RoomRole;
use parlor_protocol::{RoomId, Timestamp, UserId};

const MEMBER: &str = "SELECT m.user_id, m.role, m.joined_at, m.last_read_seq, x.muted_until FROM room_members m \
     LEFT JOIN room_mutes x ON x.room_id = m.room_id AND x.user_id = m.user_id";

pub(in crate::rooms) async fn load_member(
    sql: &impl Sql,
    room: RoomId,
    user: UserId,
) -> Result<Option<MemberRow>, StorageError> {
    let query = format!("{MEMBER} WHERE m.room_id = ? AND m.user_id = ?");
    sql.row(&query, args![room, user]).await
}

pub(in crate::rooms) async fn insert_member(
    sql: &impl Sql,
    room: RoomId,
    member: &MemberRow,
) -> Result<(), StorageError> {
    let query = "INSERT INTO room_members (room_id, user_id, role, joined_at, last_read_seq) VALUES (?, ?, ?, ?, ?)";
    let values = args![
        room,
        member.user_id,
        member.role,
        member.joined_at,
        member.last_read_seq
    ];
    sql.run(query, values).await?;
    count_members(sql, room, 1).await
}

/// Takes a member out; false where they were not in.
pub(in crate::rooms) async fn delete_member(
    sql: &impl Sql,
    room: RoomId,
    user: UserId,
) -> Result<(), StorageError> {
    let query = "DELETE FROM room_members WHERE room_id = ? AND user_id = ?";
    sql.run(query, args![room, user]).await?;
    count_members(sql, room, -1).await
}

async fn count_members(sql: &impl Sql, room: RoomId, change: i64) -> Result<(), StorageError> {
    let query = "UPDATE rooms SET member_count = member_count + ? WHERE id = ?";
    sql.run(query, args![change, room]).await?;
    Ok(())
}

pub(in crate::rooms) async fn set_role(
    sql: &impl Sql,
    room: RoomId,
    user: UserId,
    role: RoomRole,
) -> Result<(), StorageError> {
    let query = "UPDATE room_members SET role = ? WHERE room_id = ? AND user_id = ?";
    sql.run(query, args![role_to(role), room, user]).await?;
    Ok(())
}

/// Somebody has been in since another time.
pub(in crate::rooms) async fn set_joined(
    sql: &impl Sql,
    room: RoomId,
    user: UserId,
    at: i64,
) -> Result<(), StorageError> {
    let query = "UPDATE room_members SET joined_at = ? WHERE room_id = ? AND user_id = ?";
    sql.run(query, args![at, room, user]).await?;
    Ok(())
}

/// Who would own the room next: the oldest admin, else the oldest member.
pub(in crate::rooms) async fn find_successor(
    sql: &impl Sql,
    room: RoomId,
    owner: UserId,
) -> Result<Option<UserId>, StorageError> {
    let query = "SELECT user_id FROM room_members WHERE room_id = ? AND user_id <> ? \
         ORDER BY role DESC, joined_at, user_id LIMIT 1";
    sql.scalar(query, args![room, owner]).await
}

pub(in crate::rooms) async fn load_mute(
    sql: &impl Sql,
    room: RoomId,
    user: UserId,
) -> Result<Option<Timestamp>, StorageError> {
    let query = "SELECT muted_until FROM room_mutes WHERE room_id = ? AND user_id = ?";
    Ok(sql.scalar(query, args![room, user]).await?.map(Timestamp))
}

/// Mutes, or unmutes.
pub(in crate::rooms) async fn set_mute(
    sql: &impl Sql,
    room: RoomId,
    user: UserId,
    until: Option<Timestamp>,
) -> Result<(), StorageError> {
    let Some(until) = until else {
        let query = "DELETE FROM room_mutes WHERE room_id = ? AND user_id = ?";
        sql.run(query, args![room, user]).await?;
        return Ok(());
    };
    let query = upsert(
        sql.backend(),
        "room_mutes",
        &["room_id", "user_id", "muted_until"],
        1,
        &["room_id", "user_id"],
        OnConflict::Replace(&["muted_until"]),
    );
    sql.run(&query, args![room, user, until.0]).await?;
    Ok(())
}

pub(in crate::rooms) async fn is_banned(
    sql: &impl Sql,
    room: RoomId,
    user: UserId,
) -> Result<bool, StorageError> {
    let query = "SELECT banned_at FROM room_bans WHERE room_id = ? AND user_id = ?";
    let at: Option<i64> = sql.scalar(query, args![room, user]).await?;
    Ok(at.is_some())
}

pub(in crate::rooms) async fn insert_ban(
    sql: &impl Sql,
    room: RoomId,
    user: UserId,
    by: UserId,
    at: Timestamp,
) -> Result<(), StorageError> {
    let query =
        "INSERT INTO room_bans (room_id, user_id, banned_by, banned_at) VALUES (?, ?, ?, ?)";
    sql.run(query, args![room, user, by, at.0]).await?;
    Ok(())
}

pub(in crate::rooms) async fn delete_ban(
    sql: &impl Sql,
    room: RoomId,
    user: UserId,
) -> Result<(), StorageError> {
    let query = "DELETE FROM room_bans WHERE room_id = ? AND user_id = ?";
    sql.run(query, args![room, user]).await?;
    Ok(())
}

/// The rooms of a community.
pub(in crate::rooms) async fn load_rooms_inside(
    sql: &impl Sql,
    home: RoomId,
) -> Result<Vec<RoomId>, StorageError> {
    sql.column(
        "SELECT id FROM rooms WHERE home_id = ? ORDER BY id",
        args![home],
    )
    .await
}

/// Those of them that a person is in.
pub(in crate::rooms) async fn load_rooms_inside_of(
    sql: &impl Sql,
    home: RoomId,
    user: UserId,
) -> Result<Vec<RoomId>, StorageError> {
    let query = "SELECT r.id FROM rooms r JOIN room_members m ON m.room_id = r.id \
         WHERE r.home_id = ? AND m.user_id = ? ORDER BY r.id";
    sql.column(query, args![home, user]).await
}

/// Forgets what was held against somebody who is gone.
pub(in crate::rooms) async fn delete_sanctions(
    sql: &impl Sql,
    user: UserId,
) -> Result<(), StorageError> {
    for table in ["room_mutes", "room_bans"] {
        sql.run(
            &format!("DELETE FROM {table} WHERE user_id = ?"),
            args![user],
        )
        .await?;
    }
    Ok(())
}

pub(in crate::rooms) async fn load_rooms_of(
    sql: &impl Sql,
    user: UserId,
) -> Result<Vec<RoomId>, StorageError> {
    let query = "SELECT room_id FROM room_members WHERE user_id = ? ORDER BY room_id";
    sql.column(query, args![user]).await
}

pub(in crate::rooms) async fn load_member_ids(
    sql: &impl Sql,
    room: RoomId,
) -> Result<Vec<UserId>, StorageError> {
    let query = "SELECT user_id FROM room_members WHERE room_id = ? ORDER BY user_id";
    sql.column(query, args![room]).await
}
