//! What rooms do when something has happened: keep memory right, join new people, let go of those who are gone, close
//! the chats of those who keep apart.

use super::access::Standings;
use super::events::{admit, dismiss, remove_room};
use super::mirror::Mirror;
use super::{roles, rules, store};
use crate::kernel::bus::{Audience, Signal};
use crate::kernel::db::StorageError;
use crate::kernel::log::{Stream, Tx};
use parlor_protocol::accounts::{Privacy, UserBrief};
use parlor_protocol::events::{LeaveReason, RoomChange, RoomUpdated, ServerEvent};
use parlor_protocol::rooms::RoomRole;
use parlor_protocol::{RoomId, UserId};
use std::collections::BTreeSet;

/// Memory that follows the log.
#[derive(Default)]
pub(super) struct Memory {
    /// Who is what, by room.
    pub(super) standings: Mirror<RoomId, Standings>,
    /// The rooms that people are in.
    pub(super) joined: Mirror<UserId, BTreeSet<RoomId>>,
}

impl Memory {
    /// Follows one signal: quick, and without I/O.
    pub(super) fn on_signal(&self, signal: &Signal) {
        match signal {
            Signal::Event(audience, event) => self.on_event(*audience, event),
            Signal::PrivacyChanged { user_id, privacy } if !privacy.read_receipts => {
                let user = *user_id;
                self.standings.edit_all(move |s| s.marks.dismiss(user));
            }
            Signal::RoomStale(room) => self.standings.forget(*room),
            Signal::RoomDeleted(room) => {
                let room = *room;
                self.standings.forget(room);
                self.joined.edit_all(move |rooms| {
                    rooms.remove(&room);
                });
            }
            _ => {}
        }
    }

    fn on_event(&self, audience: Audience, event: &ServerEvent) {
        match event {
            ServerEvent::UserJoined(event) => {
                let (room, user, role) = (event.room_id, event.user.id, event.role);
                self.standings.edit(room, move |s| s.place(user, role));
                self.joined.edit(user, move |rooms| {
                    rooms.insert(room);
                });
            }
            ServerEvent::UserLeft(event) => {
                let (room, user) = (event.room_id, event.user.id);
                self.standings.edit(room, move |s| s.dismiss(user));
                self.joined.edit(user, move |rooms| {
                    rooms.remove(&room);
                });
            }
            // Told to their own devices alone, it is not for others to see.
            ServerEvent::ReadUpdate(event) if matches!(audience, Audience::Room(_)) => {
                let (user, seq) = (event.user_id, event.seq);
                let read = move |s: &mut Standings| s.marks.advance(user, seq);
                self.standings.edit(event.room_id, read);
            }
            ServerEvent::RoomUpdated(event) => self.on_updated(event),
            _ => {}
        }
    }

    fn on_updated(&self, event: &RoomUpdated) {
        let (is_private, change) = (event.room.is_private, event.change.clone());
        self.standings.edit(event.room_id, move |s| {
            s.is_private = is_private;
            match change {
                RoomChange::Created | RoomChange::Settings => {}
                RoomChange::Role { user_id, role } => s.place(user_id, role),
                RoomChange::Mute {
                    user_id,
                    muted_until,
                } => s.mute(user_id, muted_until),
                RoomChange::Ban { user_id, banned } => s.ban(user_id, banned),
            }
        });
    }
}

/// A new account joins the default rooms that have space.
pub(super) async fn on_created(tx: &mut Tx<'_>, user: UserBrief) -> Result<(), StorageError> {
    for room in store::load_default_rooms(tx.sql()).await? {
        let Some(mut room) = store::lock_room_if_there(tx, room).await? else {
            continue;
        };
        if rules::has_space(room.member_count, room.max_members) {
            admit(tx, &mut room, &user, RoomRole::Member, None).await?;
        }
    }
    Ok(())
}

/// Somebody who is gone leaves all their rooms. What they owned passes on, or goes with them where nobody is left.
pub(super) async fn on_deleted(tx: &mut Tx<'_>, user: UserBrief) -> Result<(), StorageError> {
    for room in store::load_rooms_of(tx.sql(), user.id).await? {
        let Some(mut room) = store::lock_room_if_there(tx, room).await? else {
            continue;
        };
        // Those of a community go with it.
        if store::load_member(tx.sql(), room.id, user.id)
            .await?
            .is_none()
        {
            continue;
        }
        let owned = room.owner_id == Some(user.id);
        if owned {
            roles::pass_on(tx, &mut room, user.id, user.id).await?;
        }
        dismiss(tx, &mut room, &user, user.id, LeaveReason::Deleted).await?;
        // An empty room of a community stays: its admins look after it.
        let is_left = owned && room.home_id.is_none();
        if room.member_count == 0 && (is_left || store::is_direct(&room)) {
            remove_room(tx, &room).await?;
        }
    }
    store::delete_sanctions(tx.sql(), user.id).await
}

/// Two people keep apart, or do so no longer: what is remembered of their chat is stale.
pub(super) async fn on_blocked(
    tx: &mut Tx<'_>,
    pair: (UserId, UserId),
) -> Result<(), StorageError> {
    if let Some(room) = store::find_direct(tx.sql(), pair).await? {
        tx.lock_rooms(&[room]).await?;
        tx.touch(Stream::Room(room));
        tx.publish(Signal::RoomStale(room));
    }
    Ok(())
}

/// Who does not show any more how far they have read does not show it of before either.
pub(super) async fn on_privacy_changed(
    tx: &mut Tx<'_>,
    user: UserId,
    privacy: Privacy,
) -> Result<(), StorageError> {
    if privacy.read_receipts {
        return Ok(());
    }
    store::hide_read_marks(tx.sql(), user).await
}
