//! Becoming a member and ceasing to be one.

use super::error::RoomsError;
use super::events::{admit, dismiss};
use super::model::{InvitationRow, RoomRow};
use super::rules::{self, Denied};
use super::{Rooms, store};
use crate::kernel::actor::Actor;
use crate::kernel::db::{Sql, StorageError};
use crate::kernel::limits::Limit;
use crate::kernel::log::Tx;
use parlor_protocol::accounts::UserBrief;
use parlor_protocol::events::LeaveReason;
use parlor_protocol::rooms::{AcceptInvitation, Invited, JoinRoom, Room, RoomRole};
use parlor_protocol::{RoomId, Timestamp};

/// What somebody brings who wants to come in: keys and invitations by their digests.
#[derive(Clone, Debug, Default)]
struct Entry {
    key: Option<String>,
    invitation: Option<String>,
    accepts_rules: bool,
}

impl Rooms {
    /// Joins a room, with its key or an invitation where it is private, and with its rules accepted where it has some.
    /// Members are answered the room as it is.
    pub async fn join(
        &self,
        actor: &Actor,
        room: RoomId,
        with: JoinRoom,
    ) -> Result<Room, RoomsError> {
        let entry = Entry {
            key: self.try_code(actor, with.access_key.as_deref())?,
            invitation: self.try_code(actor, with.invitation.as_deref())?,
            accepts_rules: with.accept_rules,
        };
        self.join_with(actor, room, entry).await
    }

    /// Joins the room that has this key.
    pub async fn join_by_key(&self, actor: &Actor, key: &str) -> Result<Room, RoomsError> {
        let key = self.try_code(actor, Some(key))?;
        let wanted = key.as_deref().unwrap_or_default();
        let room = store::find_by_key(self.kernel.db.read(), wanted).await?;
        let entry = Entry {
            key,
            ..Entry::default()
        };
        self.join_with(actor, room.ok_or(Denied::NotFound)?, entry)
            .await
    }

    /// Joins the room or the community that an invitation is to.
    pub async fn join_by_invitation(
        &self,
        actor: &Actor,
        code: &str,
        with: AcceptInvitation,
    ) -> Result<Room, RoomsError> {
        let (row, digest) = self.open_invitation(actor, code).await?;
        let entry = Entry {
            invitation: Some(digest),
            accepts_rules: with.accept_rules,
            ..Entry::default()
        };
        self.join_with(actor, row.room_id, entry).await
    }

    /// What an invitation is to.
    pub async fn invited(&self, actor: &Actor, code: &str) -> Result<Invited, RoomsError> {
        let (row, _) = self.open_invitation(actor, code).await?;
        self.check(row.room_id, actor, |access| rules::may_join(access, true))
            .await?;
        let card = self.card(row.room_id).await?;
        Ok(Invited {
            room: card.ok_or(Denied::NotFound)?,
            expires_at: Timestamp(row.expires_at),
        })
    }

    /// The invitation of a code, if it lets somebody in, and the digest that it is found by.
    async fn open_invitation(
        &self,
        actor: &Actor,
        code: &str,
    ) -> Result<(InvitationRow, String), RoomsError> {
        let digest = self.try_code(actor, Some(code))?.unwrap_or_default();
        let row = store::find_invitation(self.kernel.db.read(), &digest).await?;
        let now = self.kernel.clock.now();
        let row = row.filter(|row| row.is_open(now)).ok_or(Denied::NotFound)?;
        Ok((row, digest))
    }

    /// What a key or a code is found by. Trying them is limited: there is nothing else to stop somebody who guesses. So
    /// is choosing one for a room, for that it is taken tells that it opens another.
    pub(super) fn try_code(
        &self,
        actor: &Actor,
        code: Option<&str>,
    ) -> Result<Option<String>, RoomsError> {
        let Some(code) = code else {
            return Ok(None);
        };
        self.kernel.limits.check(Limit::AccessKey, actor.user_id)?;
        Ok(Some(self.keys.digest(code)))
    }

    async fn join_with(
        &self,
        actor: &Actor,
        room: RoomId,
        entry: Entry,
    ) -> Result<Room, RoomsError> {
        let access = self.access(room, actor).await?;
        if !access.is_member() {
            let sql = self.kernel.db.read();
            let row = store::load_room(sql, room).await?;
            let row = row.ok_or(Denied::NotFound)?;
            let (fits, _) = fits(sql, &row, &entry, self.kernel.clock.now()).await?;
            rules::may_join(&access, fits)?;
            check_rules(&row, &entry)?;
            self.kernel.limits.check(Limit::Join, actor.user_id)?;
            let (user, actor) = (self.brief(actor.user_id).await?, actor.clone());
            self.kernel
                .log
                .commit(move |tx| Box::pin(enter(tx, room, user, actor, entry)))
                .await?;
        }
        self.view(actor, room).await
    }

    /// Leaves a room, with a community all its rooms.
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

async fn enter(
    tx: &mut Tx<'_>,
    room: RoomId,
    user: UserBrief,
    actor: Actor,
    entry: Entry,
) -> Result<(), RoomsError> {
    let mut room = store::lock_room(tx, room).await?;
    let access = store::load_access(tx.sql(), &room, &actor).await?;
    let (fits, invitation) = fits(tx.sql(), &room, &entry, tx.now()).await?;
    rules::may_join(&access, fits)?;
    if access.is_member() {
        return Ok(());
    }
    check_rules(&room, &entry)?;
    if !rules::has_space(room.member_count, room.max_members) {
        return Err(RoomsError::Full);
    }
    if let Some(invitation) = invitation {
        store::use_invitation(tx.sql(), invitation).await?;
    }
    Ok(admit(tx, &mut room, &user, RoomRole::Member, None).await?)
}

/// Whether what somebody brings opens a private room, and the invitation that does.
async fn fits(
    sql: &impl Sql,
    room: &RoomRow,
    entry: &Entry,
    now: Timestamp,
) -> Result<(bool, Option<i64>), StorageError> {
    let mut invitation = None;
    if let Some(digest) = &entry.invitation {
        let found = store::find_invitation(sql, digest).await?;
        let here = found.filter(|row| row.room_id == room.id && row.is_open(now));
        invitation = here.map(|row| row.id);
    }
    let key = entry.key.is_some() && room.key_digest == entry.key;
    Ok((key || invitation.is_some(), invitation))
}

fn check_rules(room: &RoomRow, entry: &Entry) -> Result<(), RoomsError> {
    let has_rules = room.rules.as_ref().is_some_and(|rules| !rules.is_empty());
    if has_rules && !entry.accepts_rules {
        return Err(RoomsError::RulesNotAccepted);
    }
    Ok(())
}
