//! The second step of a sign-in.

use super::prove::kind_of;
use super::store;
use crate::accounts::Accounts;
use crate::accounts::error::AccountsError;
use crate::accounts::model::Account;
use crate::accounts::register::open;
use crate::accounts::session::{Shown, Signed, Visit};
use crate::accounts::store::accounts;
use crate::accounts::tokens::read_pending;
use crate::kernel::limits::{Limit, address_key};
use parlor_protocol::factors::LoginFactor;

/// Said where the first step is too long ago, or was never made.
const EXPIRED: AccountsError = AccountsError::Unauthorized("the sign-in has expired; begin again");

impl Accounts {
    /// `POST auth/login/factor`: shows the factor that `auth/login` has asked for.
    pub async fn finish_login(
        &self,
        form: LoginFactor,
        visit: Visit,
    ) -> Result<Signed, AccountsError> {
        let address = address_key(visit.client.address);
        self.kernel.limits.check(Limit::LoginAddress, address)?;
        let now = self.kernel.clock.now();
        let claim = read_pending(&form.pending_token, now);
        let claim = claim.ok_or(EXPIRED)?;
        let account = accounts::by_id(self.kernel.db.read(), claim.user).await?;
        let first_step = |account: &Account| {
            account.is_active()
                && self
                    .tokens
                    .is_pending(&claim, account.password_hash.as_deref())
        };
        let account = account.filter(first_step).ok_or(EXPIRED)?;
        // Counted once the first step holds, so that nobody else uses up somebody's tries.
        self.check_factor_rate(account.id)?;
        let (draft, client) = (
            self.draft_session(account.id, &visit).await?,
            visit.client.clone(),
        );
        let (keys, cookie) = (self.factor_keys.clone(), draft.cookie.clone());
        let (name, proved) = (account.username.clone(), account.password_hash.clone());
        let kind = kind_of(&form.code);
        let provider = claim.provider.clone();
        let tried = Shown {
            factor: Some(kind),
            provider: claim.provider.clone(),
        };
        let opened = self
            .kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let now = accounts::by_id(tx.sql(), account.id).await?;
                    let now = now.filter(|a| a.is_active() && a.password_hash == proved);
                    let account = now.ok_or(EXPIRED)?;
                    // It may have been given up meanwhile: then the password is all there is to show.
                    let shown = if store::is_enrolled(tx.sql(), account.id).await? {
                        Some(keys.take(tx, account.id, &form.code).await?)
                    } else {
                        None
                    };
                    let shown = Shown {
                        factor: shown,
                        provider,
                    };
                    let session = open(tx, draft.shown(shown), &account).await?;
                    Ok::<_, AccountsError>((account, session))
                })
            })
            .await;
        match opened {
            Ok((account, session)) => self.signed(&account, &session, cookie).await,
            Err(error @ AccountsError::InvalidCode) => {
                self.note_failure(&name, &client, tried).await?;
                Err(error)
            }
            Err(error) => Err(error),
        }
    }
}
