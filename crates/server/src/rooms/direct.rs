//! Private chats of two people: one room for each pair, the same each time.

use super::error::RoomsError;
use super::events::{admit, announce_change};
use super::model::{RoomRow, kind_to};
use super::rules::Denied;
use super::{Rooms, store};
use crate::friends::Friends;
use crate::kernel::actor::Actor;
use crate::kernel::ids::Kind;
use crate::kernel::limits::Limit;
use crate::kernel::log::Tx;
use parlor_protocol::accounts::UserBrief;
use parlor_protocol::events::RoomChange;
use parlor_protocol::rooms::{Room, RoomKind, RoomRole};
use parlor_protocol::{ID_LIMIT, Problem, RoomId, UserId};

impl Rooms {
    /// The chat of `actor` with somebody, made where there is none.
    pub async fn open_direct(&self, actor: &Actor, user: UserId) -> Result<Room, RoomsError> {
        if actor.is_guest {
            return Err(Denied::Guest.into());
        }
        if !(1..ID_LIMIT).contains(&user) {
            return Err(RoomsError::field("user_id", "a person's id"));
        }
        if user == actor.user_id {
            return Err(RoomsError::field("user_id", "somebody else"));
        }
        let pair = (user.min(actor.user_id), user.max(actor.user_id));
        let sql = self.kernel.db.read();
        let found = store::find_direct(sql, pair).await?;
        let room = if let Some(room) = found {
            if Friends::is_blocked(sql, pair.0, pair.1).await? {
                return Err(Denied::Blocked.into());
            }
            room
        } else {
            self.kernel.limits.check(Limit::CreateRoom, actor.user_id)?;
            self.make_direct(actor, user, pair).await?
        };
        self.view(actor, room).await
    }

    async fn make_direct(
        &self,
        actor: &Actor,
        user: UserId,
        pair: (UserId, UserId),
    ) -> Result<RoomId, RoomsError> {
        let me = self.brief(actor.user_id).await?;
        let other = self
            .accounts
            .user(actor, user)
            .await
            .map_err(Problem::from)?;
        let other = other.brief;
        if other.is_guest {
            return Err(Denied::Forbidden.into());
        }
        let id = self.kernel.ids.next(Kind::Room).await?;
        let made = self
            .kernel
            .log
            .commit(move |tx| Box::pin(make(tx, id, pair, me, other)))
            .await;
        match made {
            // Another process made it between the look and the write.
            Err(RoomsError::Storage(error)) if error.is_unique_violation() => {
                let found = store::find_direct(self.kernel.db.read(), pair).await?;
                Ok(found.ok_or(Denied::NotFound)?)
            }
            made => made,
        }
    }
}

/// Makes the chat of a pair, unless it is there.
pub(super) async fn make(
    tx: &mut Tx<'_>,
    id: RoomId,
    pair: (UserId, UserId),
    me: UserBrief,
    other: UserBrief,
) -> Result<RoomId, RoomsError> {
    if let Some(found) = store::find_direct(tx.sql(), pair).await? {
        return Ok(found);
    }
    tx.lock_people(&[pair.0, pair.1]).await?;
    Friends::check_chat(tx.sql(), me.id, other.id).await?;
    let mut room = RoomRow {
        id,
        kind: kind_to(RoomKind::Direct),
        name: String::new(),
        description: String::new(),
        is_private: true,
        is_default: false,
        created_by: Some(me.id),
        owner_id: None,
        created_at: tx.now().0,
        max_members: None,
        member_count: 0,
        key_digest: None,
        key_sealed: None,
        direct_low: Some(pair.0),
        direct_high: Some(pair.1),
        home_id: None,
        rules: None,
        retention_days: None,
    };
    store::insert_room(tx.sql(), &room, None).await?;
    announce_change(tx, &room, Some(me.id), RoomChange::Created).await?;
    let role = RoomRole::Member;
    admit(tx, &mut room, &me, role, Some(other.clone())).await?;
    admit(tx, &mut room, &other, role, Some(me.clone())).await?;
    Ok(id)
}
