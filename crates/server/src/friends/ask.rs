//! Requests to be friends, and what becomes of them.

use super::error::FriendsError;
use super::events::{announce_closed, announce_friends, announce_request};
use super::model::RequestRow;
use super::notes::{note_accepted, note_request};
use super::rules::{self, Asking};
use super::{Friends, store};
use crate::accounts::Accounts;
use crate::kernel::actor::Actor;
use crate::kernel::db::StorageError;
use crate::kernel::ids::Kind;
use crate::kernel::limits::Limit;
use crate::kernel::log::Tx;
use parlor_protocol::accounts::UserBrief;
use parlor_protocol::friends::{Asked, Friend, RequestOutcome};
use parlor_protocol::{Timestamp, UserId};

impl Friends {
    /// Asks somebody to be friends. Asking again changes nothing; where they had asked first, the two are friends. The
    /// second value is true for a new request.
    pub async fn ask(&self, actor: &Actor, user: UserId) -> Result<(Asked, bool), FriendsError> {
        rules::may_have_friends(actor)?;
        rules::check_other(actor, user)?;
        self.kernel
            .limits
            .check(Limit::FriendRequest, actor.user_id)?;
        let them = self.somebody(actor, user).await?;
        if them.is_guest {
            return Err(FriendsError::Forbidden);
        }
        let me = self.brief(actor.user_id).await?;
        let id = self.kernel.ids.next(Kind::FriendRequest).await?;
        self.kernel
            .log
            .commit(move |tx| Box::pin(ask(tx, id, me, them)))
            .await
    }

    /// Says yes to a request that somebody has made to one, and answers the new friend.
    pub async fn accept(&self, actor: &Actor, id: i64) -> Result<Friend, FriendsError> {
        let row = self.own_request(actor, id, |row| row.to_id).await?;
        let (from, to) = (self.brief(row.from_id).await?, self.brief(row.to_id).await?);
        let friend = row.from_id;
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    tx.lock_people(&[row.from_id, row.to_id]).await?;
                    let row = store::load_request(tx.sql(), id).await?;
                    let row = row.ok_or(FriendsError::NotFound)?;
                    befriend(tx, &row, &from, &to).await?;
                    Ok::<_, FriendsError>(())
                })
            })
            .await?;
        self.friend(actor.user_id, friend).await
    }

    /// Says no to a request that somebody has made to one.
    pub async fn decline(&self, actor: &Actor, id: i64) -> Result<(), FriendsError> {
        let row = self.own_request(actor, id, |row| row.to_id).await?;
        self.close(row, RequestOutcome::Declined).await
    }

    /// Takes a request back that one has made.
    pub async fn withdraw(&self, actor: &Actor, id: i64) -> Result<(), FriendsError> {
        let row = self.own_request(actor, id, |row| row.from_id).await?;
        self.close(row, RequestOutcome::Withdrawn).await
    }

    /// A request of which `whose` is the actor. There are no others as far as they are concerned.
    async fn own_request(
        &self,
        actor: &Actor,
        id: i64,
        whose: impl Fn(&RequestRow) -> UserId,
    ) -> Result<RequestRow, FriendsError> {
        rules::may_have_friends(actor)?;
        self.kernel.limits.check(Limit::Change, actor.user_id)?;
        let row = store::load_request(self.kernel.db.read(), id).await?;
        row.filter(|row| whose(row) == actor.user_id)
            .ok_or(FriendsError::NotFound)
    }

    async fn close(&self, row: RequestRow, outcome: RequestOutcome) -> Result<(), FriendsError> {
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    tx.lock_people(&[row.from_id, row.to_id]).await?;
                    if store::load_request(tx.sql(), row.id).await?.is_none() {
                        return Err(FriendsError::NotFound);
                    }
                    Ok(close(tx, &row, outcome).await?)
                })
            })
            .await
    }
}

async fn ask(
    tx: &mut Tx<'_>,
    id: i64,
    me: UserBrief,
    them: UserBrief,
) -> Result<(Asked, bool), FriendsError> {
    tx.lock_people(&[me.id, them.id]).await?;
    if !Accounts::is_in_use(tx.sql(), them.id).await? {
        return Err(FriendsError::NotFound);
    }
    let relation = store::load_relation(tx.sql(), me.id, them.id).await?;
    let open = store::count_requests(tx.sql(), me.id).await?;
    let (row, (from, to)) = match rules::may_ask(&relation, open)? {
        Asking::Again(row) => (row, (me, them)),
        Asking::New => {
            let row = RequestRow {
                id,
                from_id: me.id,
                to_id: them.id,
                created_at: tx.now().0,
            };
            store::insert_request(tx.sql(), &row).await?;
            announce_request(tx, &row, &me, &them).await?;
            note_request(tx, &row).await?;
            (row, (me, them))
        }
        Asking::Meets(row) => {
            befriend(tx, &row, &them, &me).await?;
            (row, (them, me))
        }
    };
    let asked = Asked {
        request: row.view(from, to),
        accepted: relation.incoming.is_some(),
    };
    Ok((asked, row.id == id))
}

/// Makes friends of the two of a request.
async fn befriend(
    tx: &mut Tx<'_>,
    row: &RequestRow,
    from: &UserBrief,
    to: &UserBrief,
) -> Result<(), StorageError> {
    let since: Timestamp = tx.now();
    close(tx, row, RequestOutcome::Accepted).await?;
    store::insert_friendship(tx.sql(), (from.id, to.id), since).await?;
    announce_friends(tx, from, to, since).await?;
    note_accepted(tx, row).await
}

/// Deletes a request and tells the two of it.
pub(super) async fn close(
    tx: &mut Tx<'_>,
    row: &RequestRow,
    outcome: RequestOutcome,
) -> Result<(), StorageError> {
    store::delete_request(tx.sql(), row.id).await?;
    announce_closed(tx, row, outcome).await
}
