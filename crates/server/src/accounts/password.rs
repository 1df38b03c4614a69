//! Changing one's password.

use super::Accounts;
use super::error::AccountsError;
use super::identities;
use super::model::Account;
use super::rules::{PASSWORD_LENGTH, check_password, may_administer, may_as_member};
use super::session::end_sessions;
use super::store::{accounts, resets};
use crate::audit::{self, Act};
use crate::kernel::actor::Actor;
use crate::kernel::limits::Limit;
use parlor_protocol::accounts::{AccountStatus, ChangePassword, UserBrief};
use parlor_protocol::audit::AuditAction;
use parlor_protocol::identities::FirstPassword;

impl Accounts {
    /// `parlor admin password`: gives somebody another password, and ends all their sessions. Who does this has the
    /// server's own files at hand.
    pub async fn give_password(
        &self,
        by: &Actor,
        username: &str,
        password: String,
    ) -> Result<UserBrief, AccountsError> {
        may_administer(by)?;
        let found = accounts::by_login(self.kernel.db.read(), username).await?;
        let found = found.filter(|it| !it.is_guest && it.standing() != AccountStatus::Deleted);
        let account = found.ok_or(AccountsError::NotFound)?;
        check_password("password", &password, &account.username)?;
        let hash = self.passwords.hash(password).await?;
        let (user, by) = (account.id, by.clone());
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    accounts::set_password(tx.sql(), user, &hash).await?;
                    // Whoever it is taken back from may have linked a way in.
                    identities::store::delete_of(tx.sql(), user).await?;
                    resets::delete(tx.sql(), user).await?;
                    end_sessions(tx, user, None).await?;
                    let act = Act::on_user(AuditAction::PasswordGiven, user);
                    Ok::<_, AccountsError>(audit::record(tx, &by, act).await?)
                })
            })
            .await?;
        Ok(account.brief())
    }

    /// `POST auth/password`: a password for somebody who has signed in by others only.
    pub async fn choose_first_password(
        &self,
        actor: &Actor,
        form: FirstPassword,
    ) -> Result<(), AccountsError> {
        may_as_member(actor)?;
        self.kernel.limits.check(Limit::Login, actor.user_id)?;
        self.check_recent(actor).await?;
        check_password("new_password", &form.new_password, &actor.username)?;
        let hash = self.passwords.hash(form.new_password).await?;
        let user = actor.user_id;
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    tx.lock_people(&[user]).await?;
                    let account = accounts::by_id(tx.sql(), user).await?;
                    let account = account.filter(Account::is_active);
                    let account = account.ok_or(AccountsError::NotFound)?;
                    if account.password_hash.is_some() {
                        let why = "there is a password already";
                        return Err(AccountsError::InvalidState(why));
                    }
                    accounts::set_password(tx.sql(), user, &hash).await?;
                    Ok(resets::delete(tx.sql(), user).await?)
                })
            })
            .await
    }

    /// `PUT auth/change-password`: takes the old password, which is proof enough of who has no second factor, and ends all
    /// other sessions.
    pub async fn change_password(
        &self,
        actor: &Actor,
        form: ChangePassword,
    ) -> Result<(), AccountsError> {
        may_as_member(actor)?;
        self.kernel.limits.check(Limit::Login, actor.user_id)?;
        if actor.has_factor {
            self.check_recent(actor).await?;
        }
        check_password("new_password", &form.new_password, &actor.username)?;
        if form.old_password.len() > *PASSWORD_LENGTH.end() {
            return Err(AccountsError::BadCredentials);
        }
        let (user, session) = (actor.user_id, actor.session_id);
        let account = accounts::by_id(self.kernel.db.read(), user).await?;
        let proved = account.and_then(|account| account.password_hash);
        let verdict = self.verify(form.old_password, proved.clone()).await?;
        if !verdict.matches {
            return Err(AccountsError::BadCredentials);
        }
        let hash = self.passwords.hash(form.new_password).await?;
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    // As it is now: somebody may have changed it meanwhile, which ended this session.
                    let account = accounts::by_id(tx.sql(), user).await?;
                    account
                        .filter(|a| a.is_active() && a.password_hash == proved)
                        .ok_or(AccountsError::BadCredentials)?;
                    accounts::set_password(tx.sql(), user, &hash).await?;
                    // Whoever it is taken back from may have linked a way in.
                    identities::store::delete_of(tx.sql(), user).await?;
                    resets::delete(tx.sql(), user).await?;
                    end_sessions(tx, user, Some(session)).await?;
                    Ok(())
                })
            })
            .await
    }
}
