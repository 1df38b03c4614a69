//! Sign-ins elsewhere that open one's account: linked while one is signed in, and never because two have an address in
//! common.

use super::flow::Flow;
use super::provider::Claimed;
use super::store::{self, IdentityRow};
use crate::accounts::Accounts;
use crate::accounts::error::AccountsError;
use crate::accounts::rules::may_as_member;
use crate::accounts::store::{accounts, sessions};
use crate::kernel::actor::Actor;
use crate::kernel::ids::Kind;
use crate::kernel::limits::Limit;
use parlor_protocol::identities::Identity;
use parlor_protocol::{SessionId, Timestamp, UserId};

/// An account has no more than this many.
const MOST: usize = 20;

impl Accounts {
    /// `GET auth/identities`: the oldest first.
    pub async fn identities(&self, actor: &Actor) -> Result<Vec<Identity>, AccountsError> {
        may_as_member(actor)?;
        let rows = store::of_user(self.kernel.db.read(), actor.user_id).await?;
        let view = |row: IdentityRow| Identity {
            id: row.id,
            label: self.identities.label(&row.provider),
            provider: row.provider,
            linked_at: Timestamp(row.linked_at),
            last_used_at: row.last_used_at.map(Timestamp),
        };
        Ok(rows.into_iter().map(view).collect())
    }

    /// Who may begin to link: whoever did so would have a way into the account for good.
    pub async fn check_may_link(&self, actor: &Actor) -> Result<(), AccountsError> {
        may_as_member(actor)?;
        self.kernel.limits.check(Limit::Change, actor.user_id)?;
        self.check_recent(actor).await
    }

    /// Links what was claimed to the account that began, while the session is there that did.
    pub(super) async fn link(
        &self,
        user: UserId,
        session: SessionId,
        flow: &Flow,
        claimed: Claimed,
    ) -> Result<(), AccountsError> {
        let known = self.find(&claimed).await?;
        match known.map(|identity| identity.user_id == user) {
            Some(true) => return Ok(()),
            Some(false) => return Err(AccountsError::IdentityTaken),
            None => {}
        }
        let row = claimed.row(
            self.kernel.ids.next(Kind::Row).await?,
            user,
            &flow.provider,
            self.kernel.clock.now(),
        );
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    tx.lock_people(&[user]).await?;
                    let sql = tx.sql();
                    let began = sessions::by_id(sql, session).await?;
                    let live = began.filter(|it| it.user_id == user && it.is_live(tx.now()));
                    live.ok_or(AccountsError::InvalidSignIn)?;
                    if store::of_user(sql, user).await?.len() >= MOST {
                        let why = "no more sign-ins can be linked; unlink one first";
                        return Err(AccountsError::InvalidState(why));
                    }
                    store::insert(sql, &row).await.map_err(linked_meanwhile)?;
                    Ok(())
                })
            })
            .await
    }

    /// `DELETE auth/identities/{id}`: but for the last way in of somebody who has no password.
    pub async fn unlink(&self, actor: &Actor, id: i64) -> Result<(), AccountsError> {
        may_as_member(actor)?;
        self.kernel.limits.check(Limit::Change, actor.user_id)?;
        self.check_recent(actor).await?;
        let user = actor.user_id;
        let offered: Vec<String> = self
            .identities
            .providers
            .iter()
            .map(|provider| provider.settings.issuer.clone())
            .collect();
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    tx.lock_people(&[user]).await?;
                    let sql = tx.sql();
                    let all = store::of_user(sql, user).await?;
                    if all.iter().all(|row| row.id != id) {
                        return Err(AccountsError::NotFound);
                    }
                    let account = accounts::by_id(sql, user).await?;
                    let has_password = account.is_some_and(|it| it.password_hash.is_some());
                    let is_way_in =
                        |row: &IdentityRow| row.id != id && offered.contains(&row.issuer);
                    if !has_password && !all.iter().any(is_way_in) {
                        return Err(AccountsError::LastWayIn);
                    }
                    store::delete(sql, id).await?;
                    Ok(())
                })
            })
            .await
    }
}

/// Another account may have been first.
pub(super) fn linked_meanwhile(error: crate::kernel::db::StorageError) -> AccountsError {
    if error.is_unique_violation() {
        return AccountsError::IdentityTaken;
    }
    error.into()
}
