//! What somebody is to a room: all that rights in it depend on.

use super::super::access::{Access, Home, Standings};
use super::super::error::RoomsError;
use super::super::marks::Marks;
use super::super::model::{MemberRow, RoomRow, Scene, kind_from, role_from};
use super::super::rules::Target;
use super::{is_banned, load_member, lock_room};
use crate::friends::Friends;
use crate::kernel::actor::Actor;
use crate::kernel::db::{Sql, StorageError, args};
use crate::kernel::log::Tx;
use parlor_protocol::{RoomId, Seq, Timestamp, UserId};
use serde::Deserialize;
use std::collections::HashSet;
use std::sync::OnceLock;

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

#[derive(Deserialize)]
struct Facts {
    kind: i16,
    is_private: bool,
    home_id: Option<RoomId>,
    direct_low: Option<UserId>,
    direct_high: Option<UserId>,
}

#[derive(Deserialize)]
struct Place {
    user_id: UserId,
    role: i16,
    last_read_seq: Seq,
    read_at: Option<i64>,
}

#[derive(Deserialize)]
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
