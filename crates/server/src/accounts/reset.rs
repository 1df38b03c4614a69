//! Choosing another password by a link that an administrator hands over.

use super::Accounts;
use super::error::AccountsError;
use super::identities;
use super::model::Account;
use super::rules::{check_password, may_administer};
use super::session::end_sessions;
use super::store::{accounts, resets};
use crate::audit::{self, Act};
use crate::kernel::actor::{Actor, Origin};
use crate::kernel::db::migrate::Migration;
use crate::kernel::limits::{Limit, address_key};
use crate::kernel::secrets::{random_token, token_digest};
use parlor_protocol::UserId;
use parlor_protocol::accounts::{PasswordReset, ResetPassword};
use parlor_protocol::audit::AuditAction;

/// The table of the codes.
pub const MIGRATION: Migration = Migration {
    name: "0010_password_resets",
    sql: include_str!("resets.sql"),
};

/// A code holds for this time, in milliseconds.
const HOLDS: i64 = 60 * 60 * 1000;

impl Accounts {
    /// `POST admin/users/{id}/password-reset`: makes a link, which voids the last one. The old password and the sessions
    /// go on until it is used. A second factor is asked for afterwards as before.
    pub async fn offer_reset(
        &self,
        actor: &Actor,
        id: UserId,
    ) -> Result<PasswordReset, AccountsError> {
        may_administer(actor)?;
        self.check_recent(actor).await?;
        let code = random_token()?;
        let digest = token_digest(&code);
        let by = actor.clone();
        let expires_at = self
            .kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let account = accounts::by_id(tx.sql(), id).await?;
                    let account = account.ok_or(AccountsError::NotFound)?;
                    check_resettable(&account)?;
                    let (now, end) = (tx.now(), tx.now().plus_millis(HOLDS));
                    resets::replace(tx.sql(), id, &digest, (now, end)).await?;
                    let act = Act::on_user(AuditAction::PasswordResetOffered, id);
                    audit::record(tx, &by, act).await?;
                    Ok::<_, AccountsError>(end)
                })
            })
            .await?;
        Ok(PasswordReset {
            link: format!("/app/reset#{code}"),
            code,
            expires_at,
        })
    }

    /// `POST auth/reset-password`: whoever has the code chooses the password. All sessions end.
    pub async fn reset_password(
        &self,
        form: ResetPassword,
        origin: Origin,
    ) -> Result<(), AccountsError> {
        if let Some(address) = origin.address {
            let limits = &self.kernel.limits;
            limits.check(Limit::Reset, address_key(address))?;
        }
        let (digest, now) = (token_digest(&form.code), self.kernel.clock.now());
        let holder = resets::holder(self.kernel.db.read(), &digest, now).await?;
        let id = holder.ok_or(AccountsError::InvalidResetCode)?;
        let account = accounts::by_id(self.kernel.db.read(), id).await?;
        let account = account.ok_or(AccountsError::InvalidResetCode)?;
        check_password("new_password", &form.new_password, &account.username)?;
        let hash = self.passwords.hash(form.new_password).await?;
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    // As it is now: another may have used the code, or the account have ended, meanwhile.
                    if resets::holder(tx.sql(), &digest, tx.now()).await? != Some(id) {
                        return Err(AccountsError::InvalidResetCode);
                    }
                    let account = accounts::by_id(tx.sql(), id).await?;
                    let account = account.ok_or(AccountsError::InvalidResetCode)?;
                    check_resettable(&account).map_err(|_| AccountsError::InvalidResetCode)?;
                    resets::delete(tx.sql(), id).await?;
                    accounts::set_password(tx.sql(), id, &hash).await?;
                    // Whoever it is taken back from may have linked a way in.
                    identities::store::delete_of(tx.sql(), id).await?;
                    end_sessions(tx, id, None).await?;
                    let act = Act::on_user(AuditAction::PasswordReset, id);
                    audit::record(tx, &account.acting_from(origin), act).await?;
                    Ok(())
                })
            })
            .await
    }
}

/// Guests have no password, and accounts that are not in use need none.
fn check_resettable(account: &Account) -> Result<(), AccountsError> {
    if account.is_guest {
        return Err(AccountsError::InvalidState("a guest has no password"));
    }
    if !account.is_active() {
        return Err(AccountsError::InvalidState("the account is not active"));
    }
    Ok(())
}
