//! Taking a second factor up, and giving it up.

use super::policy::demands;
use super::{recovery, store, totp};
use crate::accounts::Accounts;
use crate::accounts::error::AccountsError;
use crate::accounts::rules::{may_administer, may_as_member};
use crate::accounts::session::end_sessions;
use crate::accounts::store::accounts;
use crate::audit::{self, Act};
use crate::kernel::actor::Actor;
use crate::kernel::bus::Signal;
use crate::kernel::db::{Sql, StorageError};
use crate::kernel::limits::Limit;
use crate::kernel::log::Tx;
use crate::kernel::secrets::random_bytes;
use parlor_protocol::audit::AuditAction;
use parlor_protocol::factors::{ConfirmTotp, Factors, RecoveryCodes, TotpEnrolment};
use parlor_protocol::{Timestamp, UserId};

impl Accounts {
    /// `GET auth/factors`.
    pub async fn factors(&self, actor: &Actor) -> Result<Factors, AccountsError> {
        may_as_member(actor)?;
        let is_required = demands(self.kernel.config.require_factor, actor);
        let sql = self.kernel.db.read();
        Ok(Self::factors_of(sql, actor.user_id, is_required).await?)
    }

    /// Those of an account, of which the server demands one or not.
    pub(in crate::accounts) async fn factors_of(
        sql: &impl Sql,
        user: UserId,
        is_required: bool,
    ) -> Result<Factors, StorageError> {
        Ok(Factors {
            totp_since: store::load(sql, user).await?.confirmed_at.map(Timestamp),
            recovery_codes_left: store::count_recovery_codes(sql, user).await?,
            is_required,
        })
    }

    /// `POST auth/factors/totp`: a secret for an authenticator app. Until a code of it is shown, everything stays as it
    /// was.
    pub async fn begin_totp(&self, actor: &Actor) -> Result<TotpEnrolment, AccountsError> {
        may_as_member(actor)?;
        self.kernel.limits.check(Limit::Change, actor.user_id)?;
        self.check_recent(actor).await?;
        let secret = random_bytes::<{ totp::SECRET_LENGTH }>()?;
        let user = actor.user_id;
        let sealed = self.factor_keys.totp.close(user, &secret)?;
        let keep = self.kernel.log.commit(move |tx| {
            Box::pin(async move { store::set_pending(tx.sql(), user, &sealed).await })
        });
        keep.await?;
        Ok(TotpEnrolment {
            secret: totp::to_base32(&secret),
            uri: totp::uri(&secret, &actor.username),
        })
    }

    /// `POST auth/factors/totp/confirm`: from now on codes of the app are asked for, as the first one proves that it has
    /// the secret. All other sessions end: they were opened without it.
    pub async fn confirm_totp(
        &self,
        actor: &Actor,
        form: ConfirmTotp,
    ) -> Result<RecoveryCodes, AccountsError> {
        may_as_member(actor)?;
        let (user, session) = (actor.user_id, actor.session_id);
        self.check_factor_rate(user)?;
        self.check_recent(actor).await?;
        let keys = self.factor_keys.clone();
        let (codes, digests) = self.draw_recovery_codes(user)?;
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let (sql, now) = (tx.sql(), tx.now());
                    let pending = store::load(sql, user).await?.pending_sealed;
                    let sealed = pending.ok_or(NOT_BEGUN)?;
                    let secret = keys.open(user, &sealed).ok_or(NOT_BEGUN)?;
                    let step = totp::find_step(&secret, &totp::plain(&form.code), now, 0);
                    let step = step.ok_or(AccountsError::InvalidCode)?;
                    if !store::confirm(sql, user, &sealed, step, now).await? {
                        return Err(NOT_BEGUN);
                    }
                    store::set_recovery_codes(sql, user, &digests).await?;
                    end_sessions(tx, user, Some(session)).await?;
                    tx.publish(Signal::AccountChanged(user));
                    Ok(())
                })
            })
            .await?;
        Ok(codes)
    }

    /// `DELETE auth/factors/totp`: gives the app up. With the last factor the recovery codes go too.
    pub async fn disable_totp(&self, actor: &Actor) -> Result<(), AccountsError> {
        may_as_member(actor)?;
        self.check_recent(actor).await?;
        let is_required = demands(self.kernel.config.require_factor, actor);
        let user = actor.user_id;
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    store::delete_totp(tx.sql(), user).await?;
                    give_up(tx, user, is_required).await
                })
            })
            .await
    }

    /// `POST auth/factors/recovery-codes`: new ones in place of those that were.
    pub async fn renew_recovery_codes(
        &self,
        actor: &Actor,
    ) -> Result<RecoveryCodes, AccountsError> {
        may_as_member(actor)?;
        self.kernel.limits.check(Limit::Change, actor.user_id)?;
        self.check_recent(actor).await?;
        let user = actor.user_id;
        let (codes, digests) = self.draw_recovery_codes(user)?;
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    if !store::is_enrolled(tx.sql(), user).await? {
                        let why = "recovery codes stand in for a factor, and there is none";
                        return Err(AccountsError::InvalidState(why));
                    }
                    store::set_recovery_codes(tx.sql(), user, &digests).await?;
                    Ok(())
                })
            })
            .await?;
        Ok(codes)
    }

    /// `DELETE admin/users/{id}/factors`: for somebody who has lost theirs, recovery codes and all. Whoever has been using
    /// the account is signed out everywhere.
    pub async fn remove_factors(&self, actor: &Actor, id: UserId) -> Result<(), AccountsError> {
        may_administer(actor)?;
        self.check_recent(actor).await?;
        let by = actor.clone();
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    if accounts::by_id(tx.sql(), id).await?.is_none() {
                        return Err(AccountsError::NotFound);
                    }
                    if !store::is_enrolled(tx.sql(), id).await? {
                        let why = "there is no second factor to take away";
                        return Err(AccountsError::InvalidState(why));
                    }
                    end_sessions(tx, id, None).await?;
                    forget_factors(tx, id).await?;
                    let act = Act::on_user(AuditAction::FactorsRemoved, id);
                    Ok(audit::record(tx, &by, act).await?)
                })
            })
            .await
    }

    /// New codes, and what they are found by.
    pub(super) fn draw_recovery_codes(
        &self,
        user: UserId,
    ) -> Result<(RecoveryCodes, Vec<String>), AccountsError> {
        let recovery_codes = recovery::generate()?;
        let codes = recovery_codes.iter();
        let digests = codes.filter_map(|code| self.factor_keys.digest(user, code));
        let digests = digests.collect();
        Ok((RecoveryCodes { recovery_codes }, digests))
    }
}

/// Said where there is no secret that could be confirmed.
const NOT_BEGUN: AccountsError = AccountsError::InvalidState("begin to set an app up first");

/// What follows when somebody has given a factor up: where it was the last, the recovery codes go too, unless the server
/// demands that there is one.
pub(super) async fn give_up(
    tx: &mut Tx<'_>,
    user: UserId,
    is_required: bool,
) -> Result<(), AccountsError> {
    if store::is_enrolled(tx.sql(), user).await? {
        return Ok(());
    }
    if is_required {
        let why = "this server demands a second factor; set up another one first";
        return Err(AccountsError::InvalidState(why));
    }
    forget_factors(tx, user).await
}

async fn forget_factors(tx: &mut Tx<'_>, user: UserId) -> Result<(), AccountsError> {
    store::delete(tx.sql(), user).await?;
    tx.publish(Signal::AccountChanged(user));
    Ok(())
}
