//! Leaving for good: an account that is deleted, a guest whose visit ends. What they said stays, under a tombstone.

use super::error::AccountsError;
use super::model::Account;
use super::names::Username;
use super::rules::may_as_member;
use super::session::end_sessions;
use super::store::{accounts, logins, privacy, resets};
use super::{Accounts, factors, hooks_of, identities, run_hooks};
use crate::kernel::actor::Actor;
use crate::kernel::bus::Signal;
use crate::kernel::log::Stream;
use parlor_protocol::UserId;

impl Accounts {
    /// `DELETE auth/me`: deletes one's own account, with all it said about its owner.
    pub async fn delete_me(&self, actor: &Actor) -> Result<(), AccountsError> {
        may_as_member(actor)?;
        self.check_recent_where_known(actor).await?;
        self.bury(actor.user_id).await
    }

    /// Deletes an account or ends a guest's visit. The last administrator stays.
    pub(super) async fn bury(&self, id: UserId) -> Result<(), AccountsError> {
        let (leaving, hooks) = (hooks_of(&self.leaving), hooks_of(&self.deleted));
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let sql = tx.sql();
                    accounts::hold_administrators(sql).await?;
                    if !accounts::has_administrator_other_than(sql, id).await?
                        && accounts::is_administrator(sql, id).await?
                    {
                        return Err(AccountsError::LastAdministrator);
                    }
                    let account = accounts::by_id(sql, id).await?;
                    let account = account
                        .filter(Account::is_active)
                        .ok_or(AccountsError::NotFound)?;
                    run_hooks(&leaving, tx, &account.brief()).await?;
                    run_hooks(&hooks, tx, &account.brief()).await?;
                    tx.forget(Stream::User(id)).await?;
                    end_sessions(tx, id, None).await?;
                    logins::delete_of(sql, id).await?;
                    privacy::delete(sql, id).await?;
                    resets::delete(sql, id).await?;
                    factors::store::delete(sql, id).await?;
                    identities::store::delete_of(sql, id).await?;
                    accounts::bury(sql, id, Username::raw(format!("deleted-{id}"))).await?;
                    tx.publish(Signal::AccountChanged(id));
                    Ok(())
                })
            })
            .await
    }
}
