//! Showing a second factor.

use super::{Keys, store, totp};
use crate::accounts::error::AccountsError;
use crate::kernel::log::Tx;
use parlor_protocol::UserId;
use parlor_protocol::factors::FactorKind;

/// What somebody means by a code, from how it looks.
pub(super) fn kind_of(given: &str) -> FactorKind {
    if totp::is_code(&totp::plain(given)) {
        FactorKind::Totp
    } else {
        FactorKind::RecoveryCode
    }
}

impl Keys {
    /// Takes a code of somebody's app, or one of their recovery codes. Each is taken once: of two who show the same at
    /// once, one has shown nothing.
    pub(super) async fn take(
        &self,
        tx: &Tx<'_>,
        user: UserId,
        given: &str,
    ) -> Result<FactorKind, AccountsError> {
        let kind = kind_of(given);
        let taken = match kind {
            FactorKind::Totp => self.take_code(tx, user, &totp::plain(given)).await?,
            FactorKind::RecoveryCode => match self.digest(user, given) {
                Some(digest) => store::use_recovery_code(tx.sql(), user, &digest).await?,
                None => false,
            },
        };
        if taken {
            return Ok(kind);
        }
        Err(AccountsError::InvalidCode)
    }

    async fn take_code(
        &self,
        tx: &Tx<'_>,
        user: UserId,
        code: &str,
    ) -> Result<bool, AccountsError> {
        let row = store::load(tx.sql(), user).await?;
        let secret = row.secret_sealed.and_then(|it| self.open(user, &it));
        let Some(secret) = secret else {
            return Ok(false);
        };
        match totp::find_step(&secret, code, tx.now(), row.last_step) {
            Some(step) => Ok(store::use_step(tx.sql(), user, step).await?),
            None => Ok(false),
        }
    }

    /// A secret again; `None` where the server's own secret is not the one it was sealed with.
    pub(super) fn open(&self, user: UserId, sealed: &str) -> Option<Vec<u8>> {
        let secret = self.totp.open(user, sealed);
        if secret.is_none() {
            tracing::warn!(
                user,
                "a second factor does not open: was the server's secret changed?"
            );
        }
        secret
    }
}
