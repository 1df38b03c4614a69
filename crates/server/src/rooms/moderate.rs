//! Kicking, banning, muting, and taking it back.

use super::error::RoomsError;
use super::events::{announce_change, dismiss};
use super::model::{FOR_EVER, Scene};
use super::note::{act_on, note};
use super::rules::{self, Denied};
use super::{Rooms, roles, store};
use crate::kernel::actor::Actor;
use crate::kernel::db::StorageError;
use crate::kernel::log::Tx;
use parlor_protocol::accounts::UserBrief;
use parlor_protocol::audit::AuditAction;
use parlor_protocol::events::{LeaveReason, RoomChange};
use parlor_protocol::rooms::{Member, RoomRole};
use parlor_protocol::{RoomId, Timestamp, UserId};

impl Rooms {
    /// Sends a member out. They may come again.
    pub async fn kick(&self, actor: &Actor, room: RoomId, user: UserId) -> Result<(), RoomsError> {
        self.check_about(room, actor, user, rules::may_sanction)
            .await?;
        let (user, actor) = (self.brief(user).await?, actor.clone());
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let mut scene = store::lock_scene(tx, room, &actor, user.id).await?;
                    rules::may_sanction(&scene.access, scene.target)?;
                    if scene.target.role.is_none() {
                        return Err(Denied::NotFound.into());
                    }
                    send_out(tx, &mut scene, &user, LeaveReason::Kicked).await?;
                    let act = act_on(AuditAction::Kicked, room, user.id);
                    Ok(note(tx, &actor, act).await?)
                })
            })
            .await
    }

    /// Sends somebody out, if they are in, and keeps them out.
    pub async fn ban(&self, actor: &Actor, room: RoomId, user: UserId) -> Result<(), RoomsError> {
        self.check_about(room, actor, user, rules::may_sanction)
            .await?;
        let (user, actor) = (self.brief(user).await?, actor.clone());
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let mut scene = store::lock_scene(tx, room, &actor, user.id).await?;
                    rules::may_sanction(&scene.access, scene.target)?;
                    if store::is_banned(tx.sql(), room, user.id).await? {
                        return Ok(());
                    }
                    let by = actor.user_id;
                    store::insert_ban(tx.sql(), room, user.id, by, tx.now()).await?;
                    announce_change(tx, &scene.room, Some(by), ban(user.id, true)).await?;
                    if scene.target.role.is_some() {
                        send_out(tx, &mut scene, &user, LeaveReason::Banned).await?;
                    }
                    let act = act_on(AuditAction::Banned, room, user.id);
                    Ok(note(tx, &actor, act).await?)
                })
            })
            .await
    }

    /// Lets somebody in again. Where they are not banned, nothing happens.
    pub async fn unban(&self, actor: &Actor, room: RoomId, user: UserId) -> Result<(), RoomsError> {
        self.check_about(room, actor, user, rules::may_release)
            .await?;
        let actor = actor.clone();
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let scene = store::lock_scene(tx, room, &actor, user).await?;
                    rules::may_release(&scene.access, scene.target)?;
                    if !store::is_banned(tx.sql(), room, user).await? {
                        return Ok(());
                    }
                    store::delete_ban(tx.sql(), room, user).await?;
                    let by = Some(actor.user_id);
                    announce_change(tx, &scene.room, by, ban(user, false)).await?;
                    let act = act_on(AuditAction::Unbanned, room, user);
                    Ok(note(tx, &actor, act).await?)
                })
            })
            .await
    }

    /// Keeps a member from posting, until a moment or until unmuted. Leaving and coming again does not end it.
    pub async fn mute(
        &self,
        actor: &Actor,
        room: RoomId,
        user: UserId,
        until: Option<Timestamp>,
    ) -> Result<Member, RoomsError> {
        self.check_about(room, actor, user, rules::may_sanction)
            .await?;
        let until = until.unwrap_or(FOR_EVER);
        let by = actor.clone();
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let scene = store::lock_scene(tx, room, &by, user).await?;
                    rules::may_sanction(&scene.access, scene.target)?;
                    if until <= tx.now() || until > FOR_EVER {
                        return Err(RoomsError::field("until", "a time to come"));
                    }
                    set_mute(tx, &scene, &by, Some(until)).await
                })
            })
            .await?;
        self.member(actor, room, user).await
    }

    /// Lets a member post again. Where they are not muted, nothing happens.
    pub async fn unmute(
        &self,
        actor: &Actor,
        room: RoomId,
        user: UserId,
    ) -> Result<Member, RoomsError> {
        self.check_about(room, actor, user, rules::may_release)
            .await?;
        let by = actor.clone();
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let scene = store::lock_scene(tx, room, &by, user).await?;
                    rules::may_release(&scene.access, scene.target)?;
                    set_mute(tx, &scene, &by, None).await
                })
            })
            .await?;
        self.member(actor, room, user).await
    }
}

/// Takes a member out. An owner's room passes on first; only an administrator of the server comes this far.
async fn send_out(
    tx: &mut Tx<'_>,
    scene: &mut Scene,
    user: &UserBrief,
    reason: LeaveReason,
) -> Result<(), StorageError> {
    let by = scene.access.user_id;
    if scene.target.role == Some(RoomRole::Owner) {
        roles::pass_on(tx, &mut scene.room, user.id, by).await?;
    }
    dismiss(tx, &mut scene.room, user, by, reason).await
}

async fn set_mute(
    tx: &mut Tx<'_>,
    scene: &Scene,
    by: &Actor,
    until: Option<Timestamp>,
) -> Result<(), RoomsError> {
    let (room, user_id) = (&scene.room, scene.target.user_id);
    if scene.target.role.is_none() {
        return Err(Denied::NotFound.into());
    }
    if store::load_mute(tx.sql(), room.id, user_id).await? == until {
        return Ok(());
    }
    store::set_mute(tx.sql(), room.id, user_id, until).await?;
    let change = RoomChange::Mute {
        user_id,
        muted_until: until,
    };
    announce_change(tx, room, Some(by.user_id), change).await?;
    let act = match until {
        Some(FOR_EVER) => act_on(AuditAction::Muted, room.id, user_id),
        Some(until) => {
            act_on(AuditAction::Muted, room.id, user_id).fact("until", until.to_string())
        }
        None => act_on(AuditAction::Unmuted, room.id, user_id),
    };
    Ok(note(tx, by, act).await?)
}

fn ban(user_id: UserId, banned: bool) -> RoomChange {
    RoomChange::Ban { user_id, banned }
}
