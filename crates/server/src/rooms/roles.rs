//! Standings: promoting, demoting, handing a room over.

use super::error::RoomsError;
use super::events::announce_change;
use super::model::{RoomRow, Scene};
use super::note::{act_on, note};
use super::rules::{self, Denied};
use super::{Rooms, store};
use crate::audit::Act;
use crate::kernel::actor::Actor;
use crate::kernel::db::StorageError;
use crate::kernel::log::Tx;
use parlor_protocol::audit::AuditAction;
use parlor_protocol::events::RoomChange;
use parlor_protocol::rooms::{Member, RoomRole};
use parlor_protocol::{RoomId, UserId};

impl Rooms {
    /// Gives a member another standing. `owner` hands the room over: who owned it becomes an admin.
    pub async fn appoint(
        &self,
        actor: &Actor,
        room: RoomId,
        user: UserId,
        role: RoomRole,
    ) -> Result<Member, RoomsError> {
        self.check_about(room, actor, user, |access, target| {
            rules::may_appoint(access, target, role)
        })
        .await?;
        if role == RoomRole::Owner && self.brief(user).await?.is_guest {
            return Err(RoomsError::InvalidState("a guest cannot own a room"));
        }
        let by = actor.clone();
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let mut scene = store::lock_scene(tx, room, &by, user).await?;
                    rules::may_appoint(&scene.access, scene.target, role)?;
                    let (room, from) = (scene.room.clone(), scene.target.role);
                    set_standing(tx, &mut scene, role).await?;
                    if from != Some(role) {
                        note(tx, &by, appointment(&room, user, from, role)).await?;
                    }
                    Ok::<_, RoomsError>(())
                })
            })
            .await?;
        self.member(actor, room, user).await
    }
}

/// What the audit log says of it. `room` is as it was before.
fn appointment(room: &RoomRow, user: UserId, from: Option<RoomRole>, to: RoomRole) -> Act {
    if to == RoomRole::Owner {
        let act = act_on(AuditAction::HandedOver, room.id, user);
        return match room.owner_id {
            Some(owner) => act.fact("from", owner.to_string()),
            None => act,
        };
    }
    let act = act_on(AuditAction::MemberRoleChanged, room.id, user).fact("to", to.as_str());
    match from {
        Some(from) => act.fact("from", from.as_str()),
        None => act,
    }
}

async fn set_standing(
    tx: &mut Tx<'_>,
    scene: &mut Scene,
    role: RoomRole,
) -> Result<(), RoomsError> {
    let (room, by, user) = (&mut scene.room, scene.access.user_id, scene.target.user_id);
    let Some(old) = scene.target.role else {
        return Err(Denied::NotFound.into());
    };
    if role == old {
        return Ok(());
    }
    if role == RoomRole::Owner {
        let former = room.owner_id.replace(user);
        store::set_owner(tx.sql(), room.id, Some(user)).await?;
        if let Some(former) = former {
            place(tx, room, former, RoomRole::Admin, by).await?;
        }
    } else if old == RoomRole::Owner && pass_on(tx, room, user, by).await?.is_none() {
        return Err(RoomsError::InvalidState("nobody else could own the room"));
    }
    Ok(place(tx, room, user, role, by).await?)
}

/// Makes the oldest admin, or else the oldest member, the owner in somebody's stead, and says who that is. Where
/// nobody else is in the room, it has no owner.
pub(super) async fn pass_on(
    tx: &mut Tx<'_>,
    room: &mut RoomRow,
    owner: UserId,
    by: UserId,
) -> Result<Option<UserId>, StorageError> {
    let successor = store::find_successor(tx.sql(), room.id, owner).await?;
    room.owner_id = successor;
    store::set_owner(tx.sql(), room.id, successor).await?;
    if let Some(successor) = successor {
        place(tx, room, successor, RoomRole::Owner, by).await?;
    }
    Ok(successor)
}

async fn place(
    tx: &mut Tx<'_>,
    room: &RoomRow,
    user_id: UserId,
    role: RoomRole,
    by: UserId,
) -> Result<(), StorageError> {
    store::set_role(tx.sql(), room.id, user_id, role).await?;
    let change = RoomChange::Role { user_id, role };
    announce_change(tx, room, Some(by), change).await?;
    Ok(())
}
