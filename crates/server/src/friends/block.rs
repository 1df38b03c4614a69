//! Blocking: no requests, no private chat, no calls by name; what the blocked one says elsewhere, one's own devices hide.

use super::ask::close;
use super::error::FriendsError;
use super::events::announce_block;
use super::part::part;
use super::{BlockHook, Friends, rules, store};
use crate::kernel::actor::Actor;
use crate::kernel::limits::Limit;
use crate::kernel::log::Tx;
use parlor_protocol::accounts::UserBrief;
use parlor_protocol::friends::{Blocked, RequestOutcome};
use parlor_protocol::{Timestamp, UserId};
use std::sync::Arc;

impl Friends {
    /// Blocks somebody: the two are no friends any more, and requests between them are closed. They are not told.
    pub async fn block(&self, actor: &Actor, user: UserId) -> Result<Blocked, FriendsError> {
        rules::may_have_friends(actor)?;
        rules::check_other(actor, user)?;
        self.kernel.limits.check(Limit::Change, actor.user_id)?;
        let them = self.somebody(actor, user).await?;
        let (me, hook) = (actor.user_id, self.blocked.get().cloned());
        let (shown, them) = (them.clone(), them);
        let blocked_at = self
            .kernel
            .log
            .commit(move |tx| Box::pin(block(tx, me, them, hook)))
            .await?;
        Ok(Blocked {
            user: shown,
            blocked_at,
        })
    }

    /// Lets somebody come near again. Where they are not blocked, nothing happens.
    pub async fn unblock(&self, actor: &Actor, user: UserId) -> Result<(), FriendsError> {
        rules::may_have_friends(actor)?;
        self.kernel.limits.check(Limit::Change, actor.user_id)?;
        let me = actor.user_id;
        let hook = self.blocked.get().cloned();
        if !self.blocked_by(me).await?.contains(&user) {
            return Ok(());
        }
        let them = self.brief(user).await?;
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    tx.lock_people(&[me, user]).await?;
                    if store::delete_block(tx.sql(), me, user).await? {
                        announce_block(tx, me, &them, None).await?;
                        run(hook, tx, me, user).await?;
                    }
                    Ok(())
                })
            })
            .await
    }
}

async fn block(
    tx: &mut Tx<'_>,
    me: UserId,
    them: UserBrief,
    hook: Option<Arc<BlockHook>>,
) -> Result<Timestamp, FriendsError> {
    tx.lock_people(&[me, them.id]).await?;
    if let Some(at) = store::load_block(tx.sql(), me, them.id).await? {
        return Ok(at);
    }
    if store::count_blocked(tx.sql(), me).await? >= rules::MOST_BLOCKED {
        return Err(FriendsError::InvalidState(
            "you have blocked too many people",
        ));
    }
    let relation = store::load_relation(tx.sql(), me, them.id).await?;
    if relation.are_friends {
        part(tx, me, them.id).await?;
    }
    for request in [relation.outgoing, relation.incoming].into_iter().flatten() {
        close(tx, &request, RequestOutcome::Withdrawn).await?;
    }
    let at = tx.now();
    store::insert_block(tx.sql(), me, them.id, at).await?;
    announce_block(tx, me, &them, Some(at)).await?;
    run(hook, tx, me, them.id).await?;
    Ok(at)
}

async fn run(
    hook: Option<Arc<BlockHook>>,
    tx: &mut Tx<'_>,
    one: UserId,
    other: UserId,
) -> Result<(), FriendsError> {
    if let Some(hook) = hook {
        hook(tx, (one.min(other), one.max(other))).await?;
    }
    Ok(())
}
