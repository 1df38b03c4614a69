//! Invitations: codes that let people into a room or a community for a time. Who has one needs no key.

use super::error::RoomsError;
use super::model::InvitationRow;
use super::rules::{self, Denied};
use super::{Rooms, keys, store};
use crate::kernel::actor::Actor;
use crate::kernel::ids::Kind;
use crate::kernel::limits::Limit;
use crate::kernel::page;
use parlor_protocol::accounts::UserBrief;
use parlor_protocol::rooms::{CreateInvitation, Invitation};
use parlor_protocol::{Page, RoomId, Timestamp, UserId};

/// How long an invitation holds that names no end, in milliseconds.
const HOLDS: i64 = 7 * DAY;
/// How long it holds at most, in milliseconds.
const HOLDS_LONGEST: i64 = 366 * DAY;
const DAY: i64 = 24 * 60 * 60 * 1000;
/// The most people that one lets in.
const MOST_USES: i64 = 10_000;
/// The most of one room that are open at a time.
const MOST_OPEN: i64 = 100;

impl Rooms {
    /// Makes an invitation, and answers it with its code, which is shown this once.
    pub async fn invite(
        &self,
        actor: &Actor,
        room: RoomId,
        draft: CreateInvitation,
    ) -> Result<Invitation, RoomsError> {
        self.check(room, actor, rules::may_moderate).await?;
        self.kernel.limits.check(Limit::Change, actor.user_id)?;
        let now = self.kernel.clock.now();
        let expires_at = check_end(draft.expires_at, now)?;
        if draft
            .max_uses
            .is_some_and(|most| !(1..=MOST_USES).contains(&most))
        {
            return Err(RoomsError::field("max_uses", "1 to 10000"));
        }
        let code = keys::generate()?;
        let digest = self.keys.digest(&code);
        let row = InvitationRow {
            id: self.kernel.ids.next(Kind::Invitation).await?,
            room_id: room,
            created_by: actor.user_id,
            created_at: now.0,
            expires_at: expires_at.0,
            max_uses: draft.max_uses,
            uses: 0,
        };
        let by = actor.clone();
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let room = store::lock_room(tx, room).await?;
                    let access = store::load_access(tx.sql(), &room, &by).await?;
                    rules::may_moderate(&access)?;
                    store::delete_ended_invitations(tx.sql(), room.id, tx.now().0).await?;
                    if store::count_invitations(tx.sql(), room.id).await? >= MOST_OPEN {
                        return Err(RoomsError::InvalidState("too many invitations are open"));
                    }
                    Ok(store::insert_invitation(tx.sql(), &row, &digest).await?)
                })
            })
            .await?;
        let created_by: UserBrief = self.brief(actor.user_id).await?;
        Ok(row.view(created_by, Some(code)))
    }

    /// The invitations to a room, in the order in which they were made, without their codes.
    pub async fn invitations(
        &self,
        actor: &Actor,
        room: RoomId,
        cursor: Option<&str>,
        limit: page::Limit,
    ) -> Result<Page<Invitation>, RoomsError> {
        self.check(room, actor, rules::may_moderate).await?;
        let (secrets, list) = (&self.kernel.secrets, format!("invitations {room}"));
        let after = match cursor {
            Some(cursor) => page::open_number(secrets, &list, cursor)?,
            None => 0,
        };
        let sql = self.kernel.db.read();
        let rows = store::list_invitations(sql, room, after, limit.probe()).await?;
        let rows = limit.page(secrets, &list, rows, |row| row.id.to_string());
        let people: Vec<UserId> = rows.items.iter().map(|row| row.created_by).collect();
        let briefs = self.accounts.briefs(&people).await?;
        let view = |row: &InvitationRow| {
            let created_by = briefs.get(&row.created_by)?.clone();
            Some(row.view(created_by, None))
        };
        Ok(Page {
            items: rows.items.iter().filter_map(view).collect(),
            next: rows.next,
        })
    }

    /// Takes an invitation back: nobody comes in by it any more.
    pub async fn revoke_invitation(
        &self,
        actor: &Actor,
        room: RoomId,
        id: i64,
    ) -> Result<(), RoomsError> {
        self.check(room, actor, rules::may_moderate).await?;
        self.kernel.limits.check(Limit::Change, actor.user_id)?;
        let by = actor.clone();
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let room = store::lock_room(tx, room).await?;
                    let access = store::load_access(tx.sql(), &room, &by).await?;
                    rules::may_moderate(&access)?;
                    if store::delete_invitation(tx.sql(), room.id, id).await? {
                        Ok(())
                    } else {
                        Err(Denied::NotFound.into())
                    }
                })
            })
            .await
    }
}

fn check_end(given: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, RoomsError> {
    let end = given.unwrap_or(now.plus_millis(HOLDS));
    if end <= now || end > now.plus_millis(HOLDS_LONGEST) {
        return Err(RoomsError::field(
            "expires_at",
            "a time to come, within a year",
        ));
    }
    Ok(end)
}
