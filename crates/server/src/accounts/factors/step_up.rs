//! Proving anew who one is: a device that was left open must not be enough for what cannot be undone.

use super::store::is_enrolled;
use crate::accounts::Accounts;
use crate::accounts::error::AccountsError;
use crate::accounts::rules::{PASSWORD_LENGTH, may_as_member};
use crate::accounts::store::{accounts, sessions};
use crate::kernel::actor::{Actor, Way};
use crate::kernel::dialect::Dialect;
use crate::kernel::limits::Limit;
use parlor_protocol::factors::StepUp;
use parlor_protocol::{Problem, UserId};

/// How long a proof is good for what is dangerous, in milliseconds.
const RECENT: i64 = 10 * 60 * 1000;

impl Accounts {
    /// `POST auth/step-up`: a second factor once more, or the password of somebody who has none: whoever got hold of a
    /// password and of a session could otherwise take the factor away.
    pub async fn step_up(&self, actor: &Actor, form: StepUp) -> Result<(), AccountsError> {
        may_as_member(actor)?;
        match (form.password, form.code) {
            (Some(password), None) => self.prove_by_password(actor, password).await,
            (None, Some(code)) => self.prove_by_factor(actor, code).await,
            _ => Err(AccountsError::field(
                "password",
                "a password or a code, one of them",
            )),
        }
    }

    async fn prove_by_password(
        &self,
        actor: &Actor,
        password: String,
    ) -> Result<(), AccountsError> {
        if actor.has_factor {
            return Err(not_enough());
        }
        self.kernel.limits.check(Limit::Login, actor.user_id)?;
        if password.len() > *PASSWORD_LENGTH.end() {
            return Err(AccountsError::BadCredentials);
        }
        let account = accounts::by_id(self.kernel.db.read(), actor.user_id).await?;
        let stored = account.and_then(|account| account.password_hash);
        let verdict = self.verify(password, stored.clone()).await?;
        if !verdict.matches || stored.is_none() {
            return Err(AccountsError::BadCredentials);
        }
        let (user, session) = (actor.user_id, actor.session_id);
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    // As it is now: a factor may have been taken up meanwhile.
                    if is_enrolled(tx.sql(), user).await? {
                        return Err(not_enough());
                    }
                    Ok(sessions::set_proved(tx.sql(), session, tx.now()).await?)
                })
            })
            .await
    }

    async fn prove_by_factor(&self, actor: &Actor, code: String) -> Result<(), AccountsError> {
        let (user, session) = (actor.user_id, actor.session_id);
        self.check_factor_rate(user)?;
        let keys = self.factor_keys.clone();
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    keys.take(tx, user, &code).await?;
                    Ok(sessions::set_proved(tx.sql(), session, tx.now()).await?)
                })
            })
            .await
    }

    /// Tries of second factors are counted by account: who knows the password does not get more of them from more places,
    /// nor gets through all codes in time.
    pub(super) fn check_factor_rate(&self, user: UserId) -> Result<(), Problem> {
        self.kernel.limits.check(Limit::Factor, user)?;
        self.kernel.limits.check(Limit::FactorDay, user)
    }

    /// Whoever acts has proved lately who they are: by signing in, or since. The console has the server's own files.
    pub async fn check_recent(&self, actor: &Actor) -> Result<(), AccountsError> {
        if actor.origin.way == Way::Console {
            return Ok(());
        }
        let proved = sessions::proved_at(self.kernel.db.read(), actor.session_id).await?;
        let age = proved.map(|at| self.kernel.clock.now().0 - at);
        if age.is_some_and(|age| age <= RECENT) {
            return Ok(());
        }
        Err(AccountsError::StepUpRequired)
    }

    /// The same for what could be done in older systems too: their clients know of no proof. Nobody who has a second factor
    /// is signed in by one of them.
    pub(in crate::accounts) async fn check_recent_where_known(
        &self,
        actor: &Actor,
    ) -> Result<(), AccountsError> {
        if actor.dialect != Dialect::default() {
            return Ok(());
        }
        self.check_recent(actor).await
    }
}

fn not_enough() -> AccountsError {
    AccountsError::field("password", "not enough: show the second factor")
}
