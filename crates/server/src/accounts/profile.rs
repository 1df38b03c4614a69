//! What people say about themselves.

use super::error::AccountsError;
use super::identities;
use super::model::{Account, OwnView};
use super::register::{nickname, taken_meanwhile};
use super::rules::{check_bio, check_birthday, check_email, check_language, may_as_member};
use super::store::accounts;
use super::{Accounts, hooks_of, run_hooks};
use crate::kernel::actor::Actor;
use crate::kernel::bus::Signal;
use crate::kernel::db::StorageError;
use crate::kernel::limits::Limit;
use crate::kernel::log::{Stream, read};
use parlor_protocol::accounts::{Me, ProfileChange};
use parlor_protocol::{Timestamp, UserId};

impl Accounts {
    /// `GET auth/me`.
    pub async fn me(&self, actor: &Actor) -> Result<Me, AccountsError> {
        let account = accounts::by_id(self.kernel.db.read(), actor.user_id).await?;
        let account = account.ok_or(AccountsError::NotFound)?;
        Ok(self.own(&account).await?)
    }

    /// `PUT auth/profile`: changes the fields that are given, all or none.
    pub async fn change_profile(
        &self,
        actor: &Actor,
        change: ProfileChange,
    ) -> Result<Me, AccountsError> {
        may_as_member(actor)?;
        let id = actor.user_id;
        self.kernel.limits.check(Limit::Change, id)?;
        if let Some(email) = &change.email {
            let present = accounts::by_id(self.kernel.db.read(), id).await?;
            // Whoever holds the address can be let in by it.
            if present.is_none_or(|account| account.email != *email) {
                self.check_recent_where_known(actor).await?;
            }
        }
        let hooks = hooks_of(&self.renamed);
        let account = self
            .kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let account = accounts::by_id(tx.sql(), id).await?;
                    let account = account.filter(Account::is_active);
                    let mut account = account.ok_or(AccountsError::NotFound)?;
                    let changes_email = change.email.is_some();
                    let before = account.brief();
                    apply(&mut account, change, tx.now())?;
                    if let Some(email) = account.email.as_deref().filter(|_| changes_email)
                        && accounts::email_is_taken(tx.sql(), &check_email(email)?, id).await?
                    {
                        return Err(AccountsError::EmailTaken);
                    }
                    accounts::set_profile(tx.sql(), &account)
                        .await
                        .map_err(taken_meanwhile)?;
                    tx.publish(Signal::AccountChanged(id));
                    let after = account.brief();
                    if after != before {
                        run_hooks(&hooks, tx, &after).await?;
                    }
                    Ok(account)
                })
            })
            .await?;
        Ok(self.own(&account).await?)
    }

    /// An account as its owner sees it.
    pub(super) async fn own(&self, account: &Account) -> Result<Me, StorageError> {
        let user_seq = read::head(&self.kernel.db, Stream::User(account.id)).await?;
        let must_enrol = self.must_enrol_account(account).await?;
        let linked = identities::store::of_user(self.kernel.db.read(), account.id).await?;
        Ok(account.me(OwnView {
            is_online: self.is_online(account.id),
            must_enrol_factor: must_enrol,
            identity: linked.into_iter().next(),
            user_seq,
        }))
    }

    /// Connected now.
    pub(super) fn is_online(&self, id: UserId) -> bool {
        self.kernel.online.since(id).is_some()
    }
}

fn apply(
    account: &mut Account,
    change: ProfileChange,
    now: Timestamp,
) -> Result<(), AccountsError> {
    if let Some(given) = change.nickname {
        account.nickname = nickname(given.as_deref())?;
    }
    if let Some(given) = change.birthday {
        if let Some(day) = &given {
            check_birthday(day, now)?;
        }
        account.birthday = given;
    }
    if let Some(given) = change.bio {
        let bio = given.unwrap_or_default();
        check_bio(&bio)?;
        account.bio = bio;
    }
    if let Some(given) = change.language {
        if let Some(language) = &given {
            check_language(language)?;
        }
        account.language = given;
    }
    if let Some(given) = change.email {
        if let Some(email) = &given {
            check_email(email)?;
        }
        account.email = given;
    }
    Ok(())
}
