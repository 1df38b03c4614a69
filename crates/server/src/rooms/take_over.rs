//! Rooms of older systems, and who was in them. What cannot be kept of a room is put right and told.

use super::create::check_unique;
use super::error::RoomsError;
use super::events::{admit, announce_change};
use super::model::{FOR_EVER, MemberRow, RoomRow, kind_to};
use super::{Rooms, direct, keys, names, store};
use crate::kernel::db::StorageError;
use crate::kernel::db::sql::count_among;
use crate::kernel::ids::Kind;
use crate::kernel::log::Tx;
use parlor_protocol::accounts::UserBrief;
use parlor_protocol::events::RoomChange;
use parlor_protocol::rooms::{RoomKind, RoomRole};
use parlor_protocol::{RoomId, Seq, Timestamp};

/// A room as an older system knew it.
#[derive(Clone, Debug, Default)]
pub struct PastRoom {
    /// Its name.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// The rules of a community; `None` for a room.
    pub rules: Option<String>,
    /// Entered with a key.
    pub is_private: bool,
    /// The key.
    pub access_key: Option<String>,
    /// Who owns it.
    pub owner: Option<UserBrief>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// How many people it takes.
    pub max_members: Option<i64>,
    /// It is the room of that name which every server begins with, where there is one.
    pub may_be_default: bool,
}

/// What became of it.
#[derive(Clone, Debug)]
pub struct TakenOver {
    /// The room here.
    pub room: RoomId,
    /// It was here already.
    pub was_here: bool,
    /// What is not as it was.
    pub notes: Vec<String>,
}

/// Somebody's place in a room of an older system.
#[derive(Clone, Debug)]
pub struct PastMember {
    /// Who.
    pub user: UserBrief,
    /// What they were there; an owner is told by the room.
    pub is_admin: bool,
    /// They could not speak.
    pub is_muted: bool,
    /// Since when.
    pub joined_at: Option<Timestamp>,
}

impl Rooms {
    /// Makes a room, as part of a unit of work that does more. `old_id` names it where it has no name.
    pub async fn take_over(
        &self,
        tx: &mut Tx<'_>,
        past: &PastRoom,
        old_id: &str,
    ) -> Result<TakenOver, RoomsError> {
        let mut notes = Vec::new();
        let wanted = name_of(&past.name, old_id);
        if past.may_be_default
            && let Some(room) = find_default(tx, &wanted.folded).await?
        {
            notes.push(format!("{:?} is the room of that name here", wanted.shown));
            let was_here = true;
            return Ok(TakenOver {
                room,
                was_here,
                notes,
            });
        }
        let id = self.kernel.ids.take(tx.sql(), Kind::Room, 1).await?;
        let id = id.first().copied().unwrap_or_default();
        let mut row = plan(past, id, tx.now());
        let name = free_name(tx, wanted).await?;
        if name.shown != past.name {
            let (old, new) = (&past.name, &name.shown);
            notes.push(format!("the room {old:?} is {new:?} here"));
        }
        row.name.clone_from(&name.shown);
        self.lock_up(tx, &mut row, past, &mut notes).await?;
        store::insert_room(tx.sql(), &row, Some(&name.folded)).await?;
        announce_change(tx, &row, row.owner_id, RoomChange::Created).await?;
        if let Some(owner) = &past.owner {
            admit(tx, &mut row, owner, RoomRole::Owner, None).await?;
            store::set_joined(tx.sql(), id, owner.id, row.created_at).await?;
        }
        Ok(TakenOver {
            room: id,
            was_here: false,
            notes,
        })
    }

    /// Gives a private room its key, or another where its own cannot be had.
    async fn lock_up(
        &self,
        tx: &mut Tx<'_>,
        row: &mut RoomRow,
        past: &PastRoom,
        notes: &mut Vec<String>,
    ) -> Result<(), RoomsError> {
        if !row.is_private {
            return Ok(());
        }
        let given = past.access_key.as_deref();
        for key in [given, None] {
            let usable = key.and_then(|key| names::check_key(key).ok());
            let made = keys::generate()?;
            let key = self.keys.store(row.id, usable.unwrap_or(&made))?;
            row.key_digest = Some(key.digest);
            row.key_sealed = Some(key.sealed);
            match check_unique(tx.sql(), row, None).await {
                Err(RoomsError::KeyTaken) => {}
                checked => {
                    checked?;
                    if usable.is_none() {
                        notes.push(format!("the room {:?} has a new access key", row.name));
                    }
                    return Ok(());
                }
            }
        }
        Err(RoomsError::KeyTaken)
    }

    /// Gives somebody the place that they had; false where they have one.
    pub async fn take_over_member(
        &self,
        tx: &mut Tx<'_>,
        room: RoomId,
        past: &PastMember,
    ) -> Result<bool, RoomsError> {
        let mut row = store::lock_room(tx, room).await?;
        let user = past.user.id;
        let role = if past.is_admin {
            RoomRole::Admin
        } else {
            RoomRole::Member
        };
        let present: Option<MemberRow> = store::load_member(tx.sql(), room, user).await?;
        match &present {
            None => admit(tx, &mut row, &past.user, role, None).await?,
            Some(member) if past.is_admin && member.role() == RoomRole::Member => {
                store::set_role(tx.sql(), room, user, role).await?;
                let change = RoomChange::Role {
                    user_id: user,
                    role,
                };
                announce_change(tx, &row, None, change).await?;
            }
            Some(_) => {}
        }
        if let Some(at) = past.joined_at {
            store::set_joined(tx.sql(), room, user, at.0.min(tx.now().0)).await?;
        }
        if past.is_muted {
            store::set_mute(tx.sql(), room, user, Some(FOR_EVER)).await?;
            let change = RoomChange::Mute {
                user_id: user,
                muted_until: Some(FOR_EVER),
            };
            announce_change(tx, &row, None, change).await?;
        }
        Ok(present.is_none())
    }

    /// The chat of two people, made where there is none.
    pub async fn take_over_direct(
        &self,
        tx: &mut Tx<'_>,
        one: UserBrief,
        other: UserBrief,
    ) -> Result<RoomId, RoomsError> {
        let pair = (one.id.min(other.id), one.id.max(other.id));
        if let Some(room) = store::find_direct(tx.sql(), pair).await? {
            return Ok(room);
        }
        let id = self.kernel.ids.take(tx.sql(), Kind::Room, 1).await?;
        let id = id.first().copied().unwrap_or_default();
        direct::make(tx, id, pair, one, other).await
    }

    /// What is said up to `head` is not news to members who have read all up to `known`.
    pub async fn follow_reading(
        tx: &mut Tx<'_>,
        room: RoomId,
        known: Seq,
        head: Seq,
    ) -> Result<(), StorageError> {
        store::move_read(tx.sql(), room, (known, head)).await
    }

    /// How many of these rooms there are.
    pub async fn count_among(&self, rooms: &[RoomId]) -> Result<i64, StorageError> {
        count_among(self.kernel.db.read(), "rooms", rooms).await
    }
}

/// The row of a room that is brought here, without its name and its key.
fn plan(past: &PastRoom, id: RoomId, now: Timestamp) -> RoomRow {
    let owner = past.owner.as_ref().map(|owner| owner.id);
    let kind = match past.rules {
        Some(_) => RoomKind::Community,
        None => RoomKind::Room,
    };
    RoomRow {
        id,
        kind: kind_to(kind),
        name: String::new(),
        description: names::tidy_description(&past.description),
        is_private: past.is_private,
        is_default: false,
        created_by: owner,
        owner_id: owner,
        created_at: past.created_at.unwrap_or(now).min(now).0,
        max_members: past
            .max_members
            .filter(|max| names::check_max_members(Some(*max)).is_ok()),
        member_count: 0,
        key_digest: None,
        key_sealed: None,
        direct_low: None,
        direct_high: None,
        home_id: None,
        rules: past.rules.as_deref().map(names::tidy_rules),
        retention_days: None,
    }
}

fn name_of(old: &str, old_id: &str) -> names::Name {
    let tidy = names::tidy_name(old);
    let named = names::check_name(old).or_else(|_| names::check_name(&tidy));
    named.unwrap_or_else(|_| names::plain_name(format!("Room {old_id}")))
}

/// One of the server's own rooms, by its name.
async fn find_default(tx: &mut Tx<'_>, folded: &str) -> Result<Option<RoomId>, StorageError> {
    let found = store::find_by_name(tx.sql(), folded).await?;
    let defaults = store::load_default_rooms(tx.sql()).await?;
    Ok(found.filter(|room| defaults.contains(room)))
}

/// The name, or the first of `name (2)`, `name (3)` … that no room has.
async fn free_name(tx: &mut Tx<'_>, wanted: names::Name) -> Result<names::Name, StorageError> {
    let mut name = wanted.clone();
    let mut number = 1;
    while store::find_by_name(tx.sql(), &name.folded).await?.is_some() {
        number += 1;
        let ending = format!(" ({number})");
        let kept: String = wanted.shown.chars().take(100 - ending.len()).collect();
        name = names::plain_name(format!("{}{ending}", kept.trim_end()));
    }
    Ok(name)
}
