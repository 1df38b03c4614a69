//! Making a room, its maker being its owner.

use super::error::RoomsError;
use super::events::{admit, announce_change};
use super::model::{RoomRow, kind_to};
use super::names::{self, Name};
use super::rules::{self, Denied};
use super::{Rooms, keys, store};
use crate::holds;
use crate::kernel::actor::Actor;
use crate::kernel::ids::Kind;
use crate::kernel::limits::Limit;
use parlor_protocol::events::RoomChange;
use parlor_protocol::rooms::{CreateRoom, Room, RoomKind, RoomRole};

/// A community to be made.
pub struct NewCommunity {
    /// Its own room, in which everybody is who is in it.
    pub room: CreateRoom,
    /// What somebody accepts who joins; empty for nothing.
    pub rules: String,
}

impl Rooms {
    /// Makes a room and answers it with its key, if it is private.
    pub async fn create(&self, actor: &Actor, draft: CreateRoom) -> Result<Room, RoomsError> {
        if actor.is_guest {
            return Err(Denied::Guest.into());
        }
        if let Some(home) = draft.community_id {
            self.check(home, actor, rules::may_found).await?;
        }
        self.kernel.limits.check(Limit::CreateRoom, actor.user_id)?;
        self.try_code(actor, draft.access_key.as_deref())?;
        let (row, name) = self.plan_room(actor, draft).await?;
        self.make(actor, row, name).await
    }

    /// Makes a community and answers its own room.
    pub async fn found(&self, actor: &Actor, draft: NewCommunity) -> Result<Room, RoomsError> {
        if actor.is_guest {
            return Err(Denied::Guest.into());
        }
        self.kernel.limits.check(Limit::CreateRoom, actor.user_id)?;
        let rules = names::check_rules(&draft.rules)?;
        let (mut row, name) = self.plan_room(actor, draft.room).await?;
        row.kind = kind_to(RoomKind::Community);
        row.rules = Some(rules);
        // A private one is joined by invitation.
        (row.key_digest, row.key_sealed) = (None, None);
        self.make(actor, row, name).await
    }

    async fn make(&self, actor: &Actor, row: RoomRow, name: Name) -> Result<Room, RoomsError> {
        let id = row.id;
        let owner = self.brief(actor.user_id).await?;
        let (by_whom, ids) = (actor.clone(), self.kernel.ids.clone());
        let made = self
            .kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let mut room = row;
                    room.created_at = tx.now().0;
                    if let Some(home) = room.home_id {
                        let home = store::lock_room(tx, home).await?;
                        let access = store::load_access(tx.sql(), &home, &by_whom).await?;
                        rules::may_found(&access)?;
                    }
                    check_unique(tx.sql(), &room, Some(&name.folded)).await?;
                    store::insert_room(tx.sql(), &room, Some(&name.folded)).await?;
                    if let Some(home) = room.home_id {
                        holds::reach_new(&ids, tx.sql(), home, room.id).await?;
                    }
                    let by = Some(owner.id);
                    announce_change(tx, &room, by, RoomChange::Created).await?;
                    admit(tx, &mut room, &owner, RoomRole::Owner, None).await?;
                    Ok::<_, RoomsError>(())
                })
            })
            .await;
        made.map_err(or_taken)?;
        self.view(actor, id).await
    }

    async fn plan_room(
        &self,
        actor: &Actor,
        draft: CreateRoom,
    ) -> Result<(RoomRow, Name), RoomsError> {
        let name = names::check_name(&draft.name)?;
        let description = names::check_description(&draft.description)?;
        names::check_max_members(draft.max_members)?;
        if draft.access_key.is_some() && !draft.is_private {
            return Err(RoomsError::field(
                "access_key",
                "only a private room has one",
            ));
        }
        let id = self.kernel.ids.next(Kind::Room).await?;
        let key = match (&draft.access_key, draft.is_private) {
            (Some(key), _) => Some(self.keys.store(id, names::check_key(key)?)?),
            (None, true) => Some(self.keys.store(id, &keys::generate()?)?),
            (None, false) => None,
        };
        let row = RoomRow {
            id,
            kind: kind_to(RoomKind::Room),
            name: name.shown.clone(),
            description,
            is_private: draft.is_private,
            is_default: false,
            created_by: Some(actor.user_id),
            owner_id: Some(actor.user_id),
            created_at: 0,
            max_members: draft.max_members,
            member_count: 0,
            key_digest: key.as_ref().map(|key| key.digest.clone()),
            key_sealed: key.map(|key| key.sealed),
            direct_low: None,
            direct_high: None,
            home_id: draft.community_id,
            rules: None,
            retention_days: None,
        };
        Ok((row, name))
    }
}

/// Refuses a name or a key that another room has.
pub(super) async fn check_unique(
    sql: &impl crate::kernel::db::Sql,
    room: &RoomRow,
    folded: Option<&str>,
) -> Result<(), RoomsError> {
    if let Some(folded) = folded {
        let found = store::find_by_name(sql, folded).await?;
        if found.is_some_and(|other| other != room.id) {
            return Err(RoomsError::NameTaken);
        }
    }
    if let Some(digest) = &room.key_digest {
        let found = store::find_by_key(sql, digest).await?;
        if found.is_some_and(|other| other != room.id) {
            return Err(RoomsError::KeyTaken);
        }
    }
    Ok(())
}

/// Where another process took the name between the look and the write, the database says so.
pub(super) fn or_taken(error: RoomsError) -> RoomsError {
    match error {
        RoomsError::Storage(error) if error.is_unique_violation() => RoomsError::NameTaken,
        error => error,
    }
}
