//! Being friends no longer.

use super::error::FriendsError;
use super::events::announce_parted;
use super::{Friends, rules, store};
use crate::kernel::actor::Actor;
use crate::kernel::db::StorageError;
use crate::kernel::limits::Limit;
use crate::kernel::log::Tx;
use parlor_protocol::UserId;

impl Friends {
    /// Takes somebody from one's friends, and oneself from theirs.
    pub async fn remove(&self, actor: &Actor, user: UserId) -> Result<(), FriendsError> {
        rules::may_have_friends(actor)?;
        self.kernel.limits.check(Limit::Change, actor.user_id)?;
        let me = actor.user_id;
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    tx.lock_people(&[me, user]).await?;
                    if !store::are_friends(tx.sql(), me, user).await? {
                        return Err(FriendsError::NotFound);
                    }
                    Ok(part(tx, me, user).await?)
                })
            })
            .await
    }
}

/// Ends a friendship and tells the two of it, the one who ends it first.
pub(super) async fn part(tx: &mut Tx<'_>, by: UserId, other: UserId) -> Result<(), StorageError> {
    store::delete_friendship(tx.sql(), (by, other)).await?;
    announce_parted(tx, by, other).await
}
