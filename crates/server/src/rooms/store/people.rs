//! Members, mutes and bans.

use super::super::access::{Access, Home, Standings};
use super::super::error::RoomsError;
use super::super::marks::Marks;
use super::super::model::{
    MemberRow, ReadMark, RoomRow, Scene, Shelf, kind_from, role_from, role_to,
};
use super::super::rules::Target;
use super::lock_room;
use crate::friends::Friends;
use crate::kernel::actor::Actor;
use crate::kernel::db::sql::{OnConflict, upsert};
use crate::kernel::db::{FromQueryResult, Sql, StorageError, args};
use crate::kernel::log::Tx;
use parlor_protocol::rooms::RoomRole;
use parlor_protocol::{RoomId, Seq, Timestamp, UserId};
use std::collections::HashSet;
use std::sync::OnceLock;

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
        sql.get_database_backend(),
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

/// What `actor` is to a room, as the transaction sees it.
pub(in crate::rooms) async fn load_access(
    sql: &impl Sql,
    room: &RoomRow,
    actor: &Actor,
) -> Result<Access, StorageError> {
    let member = load_member(sql, room.id, actor.user_id).await?;
    let is_banned = member.is_none() && is_banned(sql, room.id, actor.user_id).await?;
    let is_blocked = is_blocked(sql, room.direct_low, room.direct_high).await?;
    let home = match room.home_id {
        Some(home) => {
            let place = load_member(sql, home, actor.user_id).await?;
            Home::of(place.as_ref().map(MemberRow::role))
        }
        None => Home::None,
    };
    Ok(Access {
        room_id: room.id,
        kind: room.kind(),
        home,
        is_private: room.is_private,
        user_id: actor.user_id,
        role: member.as_ref().map(MemberRow::role),
        muted_until: member.and_then(|m| m.muted_until).map(Timestamp),
        is_banned,
        is_blocked,
        is_guest: actor.is_guest,
        is_system_admin: actor.is_system_admin,
    })
}

/// Locks a room and reads who acts in it and on whom.
pub(in crate::rooms) async fn lock_scene(
    tx: &mut Tx<'_>,
    room: RoomId,
    actor: &Actor,
    target: UserId,
) -> Result<Scene, RoomsError> {
    let room = lock_room(tx, room).await?;
    let access = load_access(tx.sql(), &room, actor).await?;
    let member = load_member(tx.sql(), room.id, target).await?;
    let target = Target {
        user_id: target,
        role: member.as_ref().map(MemberRow::role),
    };
    Ok(Scene {
        room,
        access,
        target,
    })
}

/// Whether of the two people of a direct chat, where it is one, one has blocked the other.
async fn is_blocked(
    sql: &impl Sql,
    low: Option<UserId>,
    high: Option<UserId>,
) -> Result<bool, StorageError> {
    match (low, high) {
        (Some(low), Some(high)) => Friends::is_blocked(sql, low, high).await,
        _ => Ok(false),
    }
}

#[derive(FromQueryResult)]
struct Facts {
    kind: i16,
    is_private: bool,
    home_id: Option<RoomId>,
    direct_low: Option<UserId>,
    direct_high: Option<UserId>,
}

#[derive(FromQueryResult)]
struct Place {
    user_id: UserId,
    role: i16,
    last_read_seq: Seq,
    read_at: Option<i64>,
}

#[derive(FromQueryResult)]
struct Silence {
    user_id: UserId,
    muted_until: i64,
}

/// All that rights in a room depend on.
pub(in crate::rooms) async fn load_standings(
    sql: &impl Sql,
    room: RoomId,
) -> Result<Option<Standings>, StorageError> {
    let query = "SELECT kind, is_private, home_id, direct_low, direct_high FROM rooms WHERE id = ?";
    let Some(facts) = sql.row::<Facts>(query, args![room]).await? else {
        return Ok(None);
    };
    let query = "SELECT user_id, role, last_read_seq, read_at FROM room_members WHERE room_id = ?";
    let members: Vec<Place> = sql.rows(query, args![room]).await?;
    let query = "SELECT user_id, muted_until FROM room_mutes WHERE room_id = ?";
    let mutes: Vec<Silence> = sql.rows(query, args![room]).await?;
    let query = "SELECT user_id FROM room_bans WHERE room_id = ?";
    let bans: Vec<UserId> = sql.column(query, args![room]).await?;
    let mut marks = Marks::default();
    for place in members.iter().filter(|place| place.read_at.is_some()) {
        marks.advance(place.user_id, place.last_read_seq);
    }
    let member = |place: Place| (place.user_id, role_from(place.role));
    let mute = |silence: Silence| (silence.user_id, Timestamp(silence.muted_until));
    Ok(Some(Standings {
        kind: kind_from(facts.kind),
        is_private: facts.is_private,
        home_id: facts.home_id,
        members: members.into_iter().map(member).collect(),
        mutes: mutes.into_iter().map(mute).collect(),
        bans: HashSet::from_iter(bans),
        marks,
        is_blocked: is_blocked(sql, facts.direct_low, facts.direct_high).await?,
        ids: OnceLock::new(),
    }))
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
