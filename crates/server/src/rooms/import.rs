//! Rooms for what is brought in from elsewhere.

use super::create::check_unique;
use super::error::RoomsError;
use super::events::{admit, announce_change};
use super::model::{RoomRow, kind_to};
use super::rules::Denied;
use super::{Rooms, direct, keys, names, rules, store};
use crate::kernel::actor::Actor;
use crate::kernel::db::StorageError;
use crate::kernel::ids::Kind;
use crate::kernel::log::Tx;
use parlor_protocol::events::RoomChange;
use parlor_protocol::rooms::{RoomKind, RoomRole};
use parlor_protocol::{RoomId, UserId};

impl Rooms {
    /// Whether somebody may bring what was said elsewhere into a room, and what the room is.
    pub async fn may_bring_in(&self, actor: &Actor, room: RoomId) -> Result<RoomKind, RoomsError> {
        let access = self.access(room, actor).await?;
        rules::may_bring_in(&access)?;
        Ok(access.kind)
    }

    /// Whether a room is there, as a unit of work finds it that wrote to its log or locked it.
    pub async fn is_there(tx: &Tx<'_>, room: RoomId) -> Result<bool, StorageError> {
        Ok(store::load_room(tx.sql(), room).await?.is_some())
    }

    /// The room of this name, whatever its case.
    pub async fn named_room(&self, name: &str) -> Result<Option<RoomId>, RoomsError> {
        let name = names::check_name(name)?;
        Ok(store::find_by_name(self.kernel.db.read(), &name.folded).await?)
    }

    /// The same, made where there is none: `owner`'s, or nobody's and without members.
    pub async fn room_for(
        &self,
        name: &str,
        is_private: bool,
        owner: Option<UserId>,
    ) -> Result<RoomId, RoomsError> {
        if let Some(room) = self.named_room(name).await? {
            return Ok(room);
        }
        let name = names::check_name(name)?;
        let id = self.kernel.ids.next(Kind::Room).await?;
        let key = if is_private {
            Some(self.keys.store(id, &keys::generate()?)?)
        } else {
            None
        };
        let owner = match owner {
            Some(owner) => Some(self.brief(owner).await?),
            None => None,
        };
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let mut room = RoomRow {
                        id,
                        kind: kind_to(RoomKind::Room),
                        name: name.shown,
                        description: String::new(),
                        is_private,
                        is_default: false,
                        created_by: owner.as_ref().map(|owner| owner.id),
                        owner_id: owner.as_ref().map(|owner| owner.id),
                        created_at: tx.now().0,
                        max_members: None,
                        member_count: 0,
                        key_digest: key.as_ref().map(|key| key.digest.clone()),
                        key_sealed: key.map(|key| key.sealed),
                        direct_low: None,
                        direct_high: None,
                        home_id: None,
                        rules: None,
                        retention_days: None,
                    };
                    check_unique(tx.sql(), &room, Some(&name.folded)).await?;
                    store::insert_room(tx.sql(), &room, Some(&name.folded)).await?;
                    let by = owner.as_ref().map(|owner| owner.id);
                    announce_change(tx, &room, by, RoomChange::Created).await?;
                    if let Some(owner) = &owner {
                        admit(tx, &mut room, owner, RoomRole::Owner, None).await?;
                    }
                    Ok(id)
                })
            })
            .await
    }

    /// The private chat of two people, made where there is none.
    pub async fn direct_for(&self, one: UserId, other: UserId) -> Result<RoomId, RoomsError> {
        if one == other {
            return Err(Denied::NotFound.into());
        }
        let pair = (one.min(other), one.max(other));
        if let Some(room) = store::find_direct(self.kernel.db.read(), pair).await? {
            return Ok(room);
        }
        let id = self.kernel.ids.next(Kind::Room).await?;
        let (one, other) = (self.brief(one).await?, self.brief(other).await?);
        self.kernel
            .log
            .commit(move |tx| Box::pin(direct::make(tx, id, pair, one, other)))
            .await
    }
}
