//! A sign-in elsewhere as a new proof of who one is, for those who have no password to show.

use super::provider::Claimed;
use crate::accounts::Accounts;
use crate::accounts::error::AccountsError;
use crate::accounts::factors::store::is_enrolled;
use crate::accounts::rules::may_as_member;
use crate::accounts::store::{accounts, sessions};
use crate::kernel::actor::Actor;
use parlor_protocol::{SessionId, UserId};

/// Said to somebody who has a second factor.
const NOT_ENOUGH: AccountsError = AccountsError::InvalidState("not enough: show the second factor");
/// Said to somebody who has a password.
const HAS_PASSWORD: AccountsError = AccountsError::InvalidState("not enough: show the password");

impl Accounts {
    /// Who may begin to prove that way.
    pub fn check_may_prove(actor: &Actor) -> Result<(), AccountsError> {
        may_as_member(actor)?;
        if actor.has_factor {
            return Err(NOT_ENOUGH);
        }
        Ok(())
    }

    /// Whoever has a second factor shows that instead, as in place of a password.
    pub(super) async fn prove_by_identity(
        &self,
        user: UserId,
        session: SessionId,
        claimed: &Claimed,
    ) -> Result<(), AccountsError> {
        let identity = self.find(claimed).await?;
        if identity.is_none_or(|identity| identity.user_id != user) {
            return Err(AccountsError::ProviderRefused);
        }
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    if is_enrolled(tx.sql(), user).await? {
                        return Err(NOT_ENOUGH);
                    }
                    let account = accounts::by_id(tx.sql(), user).await?;
                    if account.is_none_or(|account| account.password_hash.is_some()) {
                        return Err(HAS_PASSWORD);
                    }
                    let row = sessions::by_id(tx.sql(), session).await?;
                    let live = row.filter(|it| it.user_id == user && it.is_live(tx.now()));
                    live.ok_or(AccountsError::InvalidSignIn)?;
                    Ok(sessions::set_proved(tx.sql(), session, tx.now()).await?)
                })
            })
            .await
    }
}
