//! What rooms publish, to whom, and how their entries become events again.

use super::model::{JoinedBody, LeftBody, MemberRow, RemovedBody, RoomRow, Shelf, UpdatedBody};
use super::notes::note_change;
use super::store;
use super::{Rooms, roles};
use crate::kernel::bus::Signal;
use crate::kernel::db::StorageError;
use crate::kernel::log::{Entry, NewEntry, Stream, Tx};
use parlor_protocol::accounts::UserBrief;
use parlor_protocol::events::{
    LeaveReason, RemovalReason, RoomChange, RoomJoined, RoomRemoved, RoomUpdated, ServerEvent,
    ShelfUpdate, UserJoined, UserLeft, UserUpdated,
};
use parlor_protocol::rooms::{Room, RoomKind, RoomRole};
use parlor_protocol::{Problem, RoomId, Seq, UserId};
use serde::Serialize;

const USER_JOINED: &str = "user_joined";
const USER_LEFT: &str = "user_left";
const USER_UPDATED: &str = "user_updated";
const ROOM_UPDATED: &str = "room_updated";
pub(super) const ROOM_JOINED: &str = "room_joined";
pub(super) const ROOM_REMOVED: &str = "room_removed";
pub(super) const SHELF_UPDATE: &str = "shelf_update";

/// Tells the room that it changed. `room` is as it is now.
pub(super) async fn announce_change(
    tx: &mut Tx<'_>,
    room: &RoomRow,
    by: Option<UserId>,
    change: RoomChange,
) -> Result<Seq, StorageError> {
    let stream = Stream::Room(room.id);
    let body = UpdatedBody {
        change: change.clone(),
    };
    let seq = append(tx, stream, ROOM_UPDATED, by, room.id, &body).await?;
    note_change(tx, (room.id, seq), by, &change).await?;
    let event = RoomUpdated {
        room_id: room.id,
        seq,
        by,
        change,
        room: room.card(seq),
    };
    tx.publish(Signal::event(stream, event));
    Ok(seq)
}

/// Makes somebody a member, and tells the person and the room: in this order, so that the person's devices know the
/// room before they hear from it. `peer` is the other one of a direct chat.
pub(super) async fn admit(
    tx: &mut Tx<'_>,
    room: &mut RoomRow,
    user: &UserBrief,
    role: RoomRole,
    peer: Option<UserBrief>,
) -> Result<(), StorageError> {
    let stream = Stream::Room(room.id);
    room.member_count += 1;
    let member_count = room.member_count;
    let body = JoinedBody { role, member_count };
    let seq = append(tx, stream, USER_JOINED, Some(user.id), user.id, &body).await?;
    let muted_until = store::load_mute(tx.sql(), room.id, user.id).await?;
    let member = MemberRow {
        user_id: user.id,
        role: super::model::role_to(role),
        joined_at: tx.now().0,
        last_read_seq: seq,
        muted_until: muted_until.map(|until| until.0),
    };
    store::insert_member(tx.sql(), room.id, &member).await?;
    let entry = own_entry(ROOM_JOINED, Some(user.id), room.id, String::new());
    let user_seq = tx.append(Stream::User(user.id), entry).await?;
    let joined = RoomJoined {
        room_id: room.id,
        seq,
        user_seq: Some(user_seq),
        room: Room {
            card: room.card(seq),
            membership: Some(member.membership(tx.now())),
            peer,
            access_key: None,
        },
    };
    let event = UserJoined {
        room_id: room.id,
        seq,
        user: user.clone(),
        role,
        member_count,
    };
    tx.publish(Signal::event(Stream::User(user.id), joined));
    tx.publish(Signal::event(stream, event));
    // Who was muted stays muted, however often they leave and come again; the others' lists have to say so too.
    if let Some(until) = member.muted_until(tx.now()) {
        let change = RoomChange::Mute {
            user_id: user.id,
            muted_until: Some(until),
        };
        announce_change(tx, room, None, change).await?;
    }
    Ok(())
}

/// Takes a member out, of a community and first of all its rooms, and tells the rooms and the person.
pub(super) async fn dismiss(
    tx: &mut Tx<'_>,
    room: &mut RoomRow,
    user: &UserBrief,
    by: UserId,
    reason: LeaveReason,
) -> Result<(), StorageError> {
    if room.kind() == RoomKind::Community {
        for inside in store::load_rooms_inside_of(tx.sql(), room.id, user.id).await? {
            let Some(mut inside) = store::lock_room_if_there(tx, inside).await? else {
                continue;
            };
            if inside.owner_id == Some(user.id) {
                roles::pass_on(tx, &mut inside, user.id, by).await?;
            }
            dismiss_from(tx, &mut inside, user, by, reason).await?;
        }
    }
    dismiss_from(tx, room, user, by, reason).await
}

async fn dismiss_from(
    tx: &mut Tx<'_>,
    room: &mut RoomRow,
    user: &UserBrief,
    by: UserId,
    reason: LeaveReason,
) -> Result<(), StorageError> {
    let stream = Stream::Room(room.id);
    store::delete_member(tx.sql(), room.id, user.id).await?;
    room.member_count -= 1;
    let member_count = room.member_count;
    let body = LeftBody {
        reason,
        member_count,
    };
    let seq = append(tx, stream, USER_LEFT, Some(by), user.id, &body).await?;
    let event = UserLeft {
        room_id: room.id,
        seq,
        user: user.clone(),
        reason,
        member_count,
    };
    tx.publish(Signal::event(stream, event));
    let reason = match reason {
        LeaveReason::Left => RemovalReason::Left,
        LeaveReason::Kicked => RemovalReason::Kicked,
        LeaveReason::Banned => RemovalReason::Banned,
        LeaveReason::Deleted => RemovalReason::Deleted,
    };
    tell_removed(
        tx,
        &[user.id],
        room.id,
        Some(by),
        RemovedBody { seq, reason },
    )
    .await
}

/// Tells all rooms that somebody is in how they are to be shown from now on. The entries do not say it: whoever reads
/// them later is told what holds then, and nothing is kept of a name that was given up.
pub(super) async fn announce_renamed(
    tx: &mut Tx<'_>,
    user: &UserBrief,
) -> Result<(), StorageError> {
    let candidates = store::load_rooms_of(tx.sql(), user.id).await?;
    let mut heads = tx.lock_rooms(&candidates).await?;
    // Those they are still in, now that nobody else can change it.
    let rooms = store::load_rooms_of(tx.sql(), user.id).await?;
    heads.retain(|room, _| rooms.contains(room));
    for seq in heads.values_mut() {
        *seq += 1;
    }
    tx.advance_rooms(&heads).await?;
    let entry = NewEntry {
        kind: USER_UPDATED,
        actor: Some(user.id),
        about: user.id,
        body: String::new(),
    };
    let entries = heads.iter();
    let entries = entries.map(|(room, seq)| (Stream::Room(*room), *seq, entry.clone()));
    tx.insert(&entries.collect::<Vec<_>>()).await?;
    for (room_id, seq) in heads {
        let user = user.clone();
        let event = UserUpdated { room_id, seq, user };
        tx.publish(Signal::event(Stream::Room(room_id), event));
    }
    Ok(())
}

/// Deletes a room, with a community all its rooms, and tells everybody in it.
pub(super) async fn remove_room(tx: &mut Tx<'_>, room: &RoomRow) -> Result<(), StorageError> {
    if room.kind() == RoomKind::Community {
        for inside in store::load_rooms_inside(tx.sql(), room.id).await? {
            if let Some(inside) = store::lock_room_if_there(tx, inside).await? {
                remove_one(tx, &inside).await?;
            }
        }
    }
    remove_one(tx, room).await
}

async fn remove_one(tx: &mut Tx<'_>, room: &RoomRow) -> Result<(), StorageError> {
    let body = RemovedBody {
        seq: store::load_head(tx.sql(), room.id).await?,
        reason: RemovalReason::Deleted,
    };
    let members = store::load_member_ids(tx.sql(), room.id).await?;
    store::delete_room(tx.sql(), room.id).await?;
    tell_removed(tx, &members, room.id, None, body).await?;
    tx.publish(Signal::RoomDeleted(room.id));
    Ok(())
}

/// Tells people, each in their own log, that a room is no longer theirs.
async fn tell_removed(
    tx: &mut Tx<'_>,
    users: &[UserId],
    room_id: RoomId,
    by: Option<UserId>,
    body: RemovedBody,
) -> Result<(), StorageError> {
    let entry = own_entry(ROOM_REMOVED, by, room_id, json(&body));
    for (user, user_seq) in tx.append_to_each(users, &entry).await? {
        let removed = RoomRemoved {
            room_id,
            seq: body.seq,
            user_seq,
            reason: body.reason,
        };
        tx.publish(Signal::event(Stream::User(user), removed));
    }
    Ok(())
}

/// Tells somebody's devices, and nobody else, where they keep a room from now on.
pub(super) async fn announce_shelf(
    tx: &mut Tx<'_>,
    user: UserId,
    room_id: RoomId,
    shelf: Shelf,
) -> Result<(), StorageError> {
    let stream = Stream::User(user);
    let entry = own_entry(SHELF_UPDATE, Some(user), room_id, json(&shelf));
    let user_seq = tx.append(stream, entry).await?;
    let event = ShelfUpdate {
        room_id,
        user_seq,
        is_favourite: shelf.is_favourite,
        folder: shelf.folder,
    };
    tx.publish(Signal::event(stream, event));
    Ok(())
}

/// An entry of a person's log about a room.
fn own_entry(kind: &'static str, actor: Option<UserId>, room: RoomId, body: String) -> NewEntry {
    NewEntry {
        kind,
        actor,
        about: room,
        body,
    }
}

async fn append(
    tx: &mut Tx<'_>,
    stream: Stream,
    kind: &'static str,
    actor: Option<UserId>,
    about: i64,
    body: &impl Serialize,
) -> Result<Seq, StorageError> {
    let entry = NewEntry {
        kind,
        actor,
        about,
        body: json(body),
    };
    tx.append(stream, entry).await
}

/// These bodies are plain structs: writing them cannot fail.
fn json(body: &impl Serialize) -> String {
    serde_json::to_string(body).unwrap_or_default()
}

impl Rooms {
    /// Entries of a room's log that are this capability's, as the events they were, the room as it is now. Others are
    /// passed over, and so are entries that cannot be read: one bad row must not keep a reader from the rest.
    pub async fn replay(
        &self,
        room: RoomId,
        entries: &[Entry],
    ) -> Result<Vec<ServerEvent>, Problem> {
        let ours = |entry: &&Entry| {
            matches!(
                entry.r#type.as_str(),
                USER_JOINED | USER_LEFT | USER_UPDATED | ROOM_UPDATED
            )
        };
        let entries: Vec<&Entry> = entries.iter().filter(ours).collect();
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let Some(row) = store::load_room(self.kernel.db.read(), room).await? else {
            return Ok(Vec::new());
        };
        let people = entries.iter().filter(|e| e.r#type != ROOM_UPDATED);
        let ids: Vec<UserId> = people.map(|e| e.ref_id).collect();
        let briefs = self.accounts.briefs(&ids).await?;
        let event = |entry: &&Entry| {
            let event = revive(&row, entry, briefs.get(&entry.ref_id));
            if event.is_none() {
                tracing::warn!(room, seq = entry.seq, "an entry cannot be read");
            }
            event
        };
        Ok(entries.iter().filter_map(event).collect())
    }
}

fn revive(room: &RoomRow, entry: &Entry, about: Option<&UserBrief>) -> Option<ServerEvent> {
    let (room_id, seq) = (room.id, entry.seq);
    Some(match entry.r#type.as_str() {
        USER_JOINED => {
            let body: JoinedBody = serde_json::from_str(&entry.body).ok()?;
            let event = UserJoined {
                room_id,
                seq,
                user: about?.clone(),
                role: body.role,
                member_count: body.member_count,
            };
            event.into()
        }
        USER_LEFT => {
            let body: LeftBody = serde_json::from_str(&entry.body).ok()?;
            let event = UserLeft {
                room_id,
                seq,
                user: about?.clone(),
                reason: body.reason,
                member_count: body.member_count,
            };
            event.into()
        }
        USER_UPDATED => {
            let user = about?.clone();
            UserUpdated { room_id, seq, user }.into()
        }
        _ => {
            let body: UpdatedBody = serde_json::from_str(&entry.body).ok()?;
            let event = RoomUpdated {
                room_id,
                seq,
                by: entry.actor_id,
                change: body.change,
                room: room.card(seq),
            };
            event.into()
        }
    })
}
