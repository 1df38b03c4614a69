//! Becoming a member and ceasing to be one.

use super::error::RoomsError;
use super::events::{admit, dismiss};
use super::model::RoomRow;
use super::rules::{self, Denied};
use super::{Rooms, store};
use crate::kernel::actor::Actor;
use crate::kernel::limits::Limit;
use parlor_protocol::RoomId;
use parlor_protocol::events::LeaveReason;
use parlor_protocol::rooms::{Room, RoomRole};

impl Rooms {
    /// Joins a room, with its key where it is private. Members are answered the room as it is.
    pub async fn join(
        &self,
        actor: &Actor,
        room: RoomId,
        key: Option<&str>,
    ) -> Result<Room, RoomsError> {
        let digest = self.try_key(actor, key)?;
        self.join_with(actor, room, digest).await
    }

    /// Joins the room that has this key.
    pub async fn join_by_key(&self, actor: &Actor, key: &str) -> Result<Room, RoomsError> {
        let digest = self.try_key(actor, Some(key))?;
        let wanted = digest.as_deref().unwrap_or_default();
        let room = store::find_by_key(self.kernel.db.read(), wanted).await?;
        self.join_with(actor, room.ok_or(Denied::NotFound)?, digest)
            .await
    }

    /// What a key is found by. Trying keys is limited: there is nothing else to stop somebody who guesses.
    fn try_key(&self, actor: &Actor, key: Option<&str>) -> Result<Option<String>, RoomsError> {
        let Some(key) = key else {
            return Ok(None);
        };
        self.kernel.limits.check(Limit::AccessKey, actor.user_id)?;
        Ok(Some(self.keys.digest(key)))
    }

    async fn join_with(
        &self,
        actor: &Actor,
        room: RoomId,
        digest: Option<String>,
    ) -> Result<Room, RoomsError> {
        let access = self.access(room, actor).await?;
        if !access.is_member() {
            let row = store::load_room(self.kernel.db.read(), room).await?;
            let row = row.ok_or(Denied::NotFound)?;
            rules::may_join(&access, fits(&row, digest.as_deref()))?;
            self.kernel.limits.check(Limit::Join, actor.user_id)?;
            self.enter(actor, room, digest).await?;
        }
        self.view(actor, room).await
    }

    async fn enter(
        &self,
        actor: &Actor,
        room: RoomId,
        digest: Option<String>,
    ) -> Result<(), RoomsError> {
        let user = self.brief(actor.user_id).await?;
        let actor = actor.clone();
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let mut room = store::lock_room(tx, room).await?;
                    let access = store::load_access(tx.sql(), &room, &actor).await?;
                    rules::may_join(&access, fits(&room, digest.as_deref()))?;
                    if access.is_member() {
                        return Ok(());
                    }
                    if !rules::has_space(room.member_count, room.max_members) {
                        return Err(RoomsError::Full);
                    }
                    Ok(admit(tx, &mut room, &user, RoomRole::Member, None).await?)
                })
            })
            .await
    }

    /// Leaves a room.
    pub async fn leave(&self, actor: &Actor, room: RoomId) -> Result<(), RoomsError> {
        self.check(room, actor, rules::may_leave).await?;
        self.kernel.limits.check(Limit::Join, actor.user_id)?;

        let user = self.brief(actor.user_id).await?;
        let actor = actor.clone();
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let mut room = store::lock_room(tx, room).await?;
                    let access = store::load_access(tx.sql(), &room, &actor).await?;
                    rules::may_leave(&access)?;
                    Ok(dismiss(tx, &mut room, &user, user.id, LeaveReason::Left).await?)
                })
            })
            .await
    }
}

fn fits(room: &RoomRow, digest: Option<&str>) -> bool {
    digest.is_some() && room.key_digest.as_deref() == digest
}
