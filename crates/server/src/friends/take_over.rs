//! Friendships and requests of older systems.

use super::model::RequestRow;
use super::{Friends, store};
use crate::kernel::db::StorageError;
use crate::kernel::ids::Kind;
use crate::kernel::log::Tx;
use parlor_protocol::{Timestamp, UserId};

impl Friends {
    /// Makes two people friends, as part of a unit of work that does more; false where they are, or are one person.
    pub async fn take_over(
        tx: &mut Tx<'_>,
        (one, other): (UserId, UserId),
        since: Option<Timestamp>,
    ) -> Result<bool, StorageError> {
        if one == other || store::are_friends(tx.sql(), one, other).await? {
            return Ok(false);
        }
        let since = since.unwrap_or(tx.now()).min(tx.now());
        store::insert_friendship(tx.sql(), (one, other), since).await?;
        Ok(true)
    }

    /// Keeps a request that was not answered; false where there is nothing left to ask.
    pub async fn take_over_request(
        &self,
        tx: &mut Tx<'_>,
        (from, to): (UserId, UserId),
        at: Option<Timestamp>,
    ) -> Result<bool, StorageError> {
        let relation = store::load_relation(tx.sql(), from, to).await?;
        let is_answered = relation.are_friends || relation.is_blocked;
        if from == to || is_answered || relation.outgoing.or(relation.incoming).is_some() {
            return Ok(false);
        }
        let ids = &self.kernel.ids;
        let id = ids.take(tx.sql(), Kind::FriendRequest, 1).await?;
        let row = RequestRow {
            id: id.first().copied().unwrap_or_default(),
            from_id: from,
            to_id: to,
            created_at: at.unwrap_or(tx.now()).min(tx.now()).0,
        };
        store::insert_request(tx.sql(), &row).await?;
        Ok(true)
    }
}
