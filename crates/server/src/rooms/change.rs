//! Changing a room's settings, and deleting it.

use super::access::Access;
use super::create::{check_unique, or_taken};
use super::error::RoomsError;
use super::events::{announce_change, remove_room};
use super::keys::{self, Keys};
use super::model::RoomRow;
use super::note::{fields_of, note};
use super::rules::{self, Right};
use super::{Rooms, names, store};
use crate::audit::Act;
use crate::kernel::actor::Actor;
use crate::kernel::limits::Limit;
use parlor_protocol::RoomId;
use parlor_protocol::audit::AuditAction;
use parlor_protocol::events::RoomChange;
use parlor_protocol::rooms::{ChangeRoom, Room, RoomKind};
use std::sync::Arc;

impl Rooms {
    /// Changes what is named in `change`, and answers the room as it is then.
    pub async fn change(
        &self,
        actor: &Actor,
        room: RoomId,
        change: ChangeRoom,
    ) -> Result<Room, RoomsError> {
        self.check(room, actor, |access| may_change(access, &change))
            .await?;
        self.kernel.limits.check(Limit::Change, actor.user_id)?;
        self.try_code(actor, change.access_key.as_deref())?;
        let change = check_change(change)?;
        let (keys, by) = (Arc::clone(&self.keys), actor.clone());
        let changed = self
            .kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let old = store::lock_room(tx, room).await?;
                    let access = store::load_access(tx.sql(), &old, &by).await?;
                    may_change(&access, &change)?;
                    let Some(new) = changed(&old, &change, &keys)? else {
                        return Ok(());
                    };
                    let folded = names::fold(&new.name);
                    check_unique(tx.sql(), &new, Some(&folded)).await?;
                    store::update_room(tx.sql(), &new, &folded).await?;
                    announce_change(tx, &new, Some(by.user_id), RoomChange::Settings).await?;
                    let act = Act::on_room(AuditAction::RoomChanged, new.id, new.kind());
                    Ok(note(tx, &by, act.fact("fields", fields_of(&change))).await?)
                })
            })
            .await;
        changed.map_err(or_taken)?;
        self.view(actor, room).await
    }

    /// Deletes a room with all that was said in it.
    pub async fn delete(&self, actor: &Actor, room: RoomId) -> Result<(), RoomsError> {
        self.check(room, actor, rules::may_delete).await?;
        self.kernel.limits.check(Limit::Change, actor.user_id)?;

        let actor = actor.clone();
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let room = store::lock_room(tx, room).await?;
                    let access = store::load_access(tx.sql(), &room, &actor).await?;
                    rules::may_delete(&access)?;
                    remove_room(tx, &room).await?;
                    let act = Act::on_room(AuditAction::RoomDeleted, room.id, room.kind());
                    Ok(note(tx, &actor, act.fact("name", &room.name)).await?)
                })
            })
            .await
    }
}

/// Name and description are for moderators, the rest is for the owner.
fn may_change(access: &Access, change: &ChangeRoom) -> Right {
    let deep = change.is_private.is_some()
        || change.access_key.is_some()
        || change.max_members.is_some()
        || change.rules.is_some();
    if deep {
        rules::may_configure(access)
    } else {
        rules::may_moderate(access)
    }
}

fn check_change(mut change: ChangeRoom) -> Result<ChangeRoom, RoomsError> {
    if let Some(name) = &change.name {
        change.name = Some(names::check_name(name)?.shown);
    }
    if let Some(description) = &change.description {
        change.description = Some(names::check_description(description)?);
    }
    if let Some(rules) = &change.rules {
        change.rules = Some(names::check_rules(rules)?);
    }
    if let Some(key) = &change.access_key {
        names::check_key(key)?;
    }
    names::check_max_members(change.max_members.flatten())?;
    Ok(change)
}

/// The room as it will be; `None` where nothing changes. Going public drops the key, going private needs one.
fn changed(old: &RoomRow, change: &ChangeRoom, keys: &Keys) -> Result<Option<RoomRow>, RoomsError> {
    let mut new = old.clone();
    if let Some(name) = &change.name {
        new.name.clone_from(name);
    }
    if let Some(description) = &change.description {
        new.description.clone_from(description);
    }
    if let Some(max_members) = change.max_members {
        new.max_members = max_members;
    }
    let is_community = old.kind() == RoomKind::Community;
    if is_community && change.access_key.is_some() {
        return Err(RoomsError::field(
            "access_key",
            "a community is joined by invitation",
        ));
    }
    if let Some(rules) = &change.rules {
        if !is_community {
            return Err(RoomsError::field("rules", "of a community alone"));
        }
        new.rules = Some(rules.clone());
    }
    new.is_private = change.is_private.unwrap_or(old.is_private);
    if new.is_private && old.is_default {
        return Err(RoomsError::InvalidState("every account joins this room"));
    }
    let key = match (&change.access_key, new.is_private, &old.key_digest) {
        (Some(_), false, _) => {
            return Err(RoomsError::field(
                "access_key",
                "only a private room has one",
            ));
        }
        (Some(key), true, digest) if *digest == Some(keys.digest(key)) => None,
        (Some(key), true, _) => Some(keys.store(old.id, key)?),
        (None, true, None) if !is_community => Some(keys.store(old.id, &keys::generate()?)?),
        (None, _, _) => None,
    };
    if let Some(key) = key {
        (new.key_digest, new.key_sealed) = (Some(key.digest), Some(key.sealed));
    }
    if !new.is_private {
        (new.key_digest, new.key_sealed) = (None, None);
    }
    Ok((new != *old).then_some(new))
}
