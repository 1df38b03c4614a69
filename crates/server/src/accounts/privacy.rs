//! What people let others do and see. Whom "friends" are, those above know.

use super::error::AccountsError;
use super::rules::may_as_member;
use super::store::privacy;
use super::{Accounts, PrivacyHook};
use crate::kernel::actor::Actor;
use crate::kernel::bus::Signal;
use crate::kernel::db::migrate::Migration;
use crate::kernel::db::{Sql, StorageError};
use crate::kernel::limits::Limit;
use futures_util::future::BoxFuture;
use parlor_protocol::UserId;
use parlor_protocol::accounts::{Circle, Privacy, PrivacyChange, User};
use std::collections::{HashMap, HashSet};

/// The table of what people have chosen.
pub const MIGRATION: Migration = Migration {
    name: "0005_privacy",
    sql: include_str!("privacy.sql"),
};

/// Says of whom a viewer may not see whether they are here; friends know.
pub type HidePresence = Box<
    dyn Fn(UserId, Vec<UserId>) -> BoxFuture<'static, Result<HashSet<UserId>, StorageError>>
        + Send
        + Sync,
>;

impl Accounts {
    /// `GET auth/privacy`.
    pub async fn privacy(&self, actor: &Actor) -> Result<Privacy, AccountsError> {
        may_as_member(actor)?;
        Ok(Self::privacy_of(self.kernel.db.read(), actor.user_id).await?)
    }

    /// `PUT auth/privacy`: changes what is given. Those above follow in the same transaction.
    pub async fn change_privacy(
        &self,
        actor: &Actor,
        change: PrivacyChange,
    ) -> Result<Privacy, AccountsError> {
        may_as_member(actor)?;
        let id = actor.user_id;
        self.kernel.limits.check(Limit::Change, id)?;
        let hooks = super::hooks_of(&self.privacy_changed);
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    if !Self::is_in_use(tx.sql(), id).await? {
                        return Err(AccountsError::NotFound);
                    }
                    let before = Self::privacy_of(tx.sql(), id).await?;
                    let after = applied(before, change);
                    if after != before {
                        privacy::set(tx.sql(), id, after).await?;
                        for hook in &hooks {
                            hook(tx, id, after).await?;
                        }
                        tx.publish(Signal::PrivacyChanged {
                            user_id: id,
                            privacy: after,
                        });
                    }
                    Ok(after)
                })
            })
            .await
    }

    /// What a person lets others do and see.
    pub async fn privacy_of(sql: &impl Sql, id: UserId) -> Result<Privacy, StorageError> {
        let chosen = privacy::load(sql, &[id]).await?.remove(&id);
        Ok(chosen.unwrap_or_default())
    }

    /// Those of some people whom not everybody may see being here, and who may.
    pub async fn presence_circles(
        &self,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, Circle>, StorageError> {
        let chosen = privacy::load(self.kernel.db.read(), ids).await?;
        let circles = chosen.into_iter().map(|(id, chosen)| (id, chosen.presence));
        Ok(circles.filter(|(_, c)| *c != Circle::Everyone).collect())
    }

    /// Runs `hook` in the transaction that changes what somebody lets others do and see.
    pub fn on_privacy_changed(&self, hook: PrivacyHook) {
        super::add_hook(&self.privacy_changed, hook);
    }

    /// Lets those above say who may not see whether somebody is here.
    pub fn hide_presence_with(&self, hide: HidePresence) {
        let _ = self.hide_presence.set(hide);
    }

    /// Takes from profiles what `viewer` may not see of them.
    pub(super) async fn veil(
        &self,
        viewer: UserId,
        users: &mut [User],
    ) -> Result<(), StorageError> {
        let Some(hide) = self.hide_presence.get() else {
            return Ok(());
        };
        let ids = users.iter().map(|user| user.brief.id).collect();
        let hidden = hide(viewer, ids).await?;
        for user in users.iter_mut().filter(|u| hidden.contains(&u.brief.id)) {
            (user.is_online, user.last_seen) = (false, None);
        }
        Ok(())
    }
}

fn applied(before: Privacy, change: PrivacyChange) -> Privacy {
    Privacy {
        direct_chats: change.direct_chats.unwrap_or(before.direct_chats),
        presence: change.presence.unwrap_or(before.presence),
        read_receipts: change.read_receipts.unwrap_or(before.read_receipts),
    }
}
