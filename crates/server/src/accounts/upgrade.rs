//! A guest's visit that becomes an account: the same person, with what they said and where they are.

use super::error::AccountsError;
use super::model::Account;
use super::register::{NewPerson, check, check_free, check_policy_accepted, taken_meanwhile};
use super::rules::{HAS_ACCOUNT, may_upgrade};
use super::session::{Signed, Visit, end_sessions};
use super::store::{accounts, sessions};
use super::{Accounts, hooks_of, run_hooks};
use crate::kernel::actor::Actor;
use crate::kernel::bus::Signal;
use crate::kernel::limits::{Limit, address_key};
use crate::kernel::secrets::{random_token, token_digest};
use parlor_protocol::accounts::{SystemRole, UpgradeGuest};

/// What is said to whom the session was that has ended meanwhile.
const ENDED: AccountsError = AccountsError::Unauthorized("the session has ended");

impl Accounts {
    /// `POST auth/guest/upgrade`: gives a guest an account. The session goes on under new tokens, for what opened it was
    /// worth less than what it opens now; any other of the guest's sessions ends.
    pub async fn upgrade_guest(
        &self,
        actor: &Actor,
        form: UpgradeGuest,
        visit: Visit,
    ) -> Result<Signed, AccountsError> {
        may_upgrade(actor)?;
        check_policy_accepted(form.privacy_policy_accepted)?;
        let (username, email, nickname) = (form.username, form.email, form.nickname);
        let person = check(NewPerson::native(username, email, form.password, nickname))?;
        let address = address_key(visit.client.address);
        self.kernel.limits.check(Limit::Register, address)?;
        let (id, current) = (actor.user_id, actor.session_id);
        let mut row = self.row_of(id, person, SystemRole::User).await?;
        let nonce = random_token()?;
        let cookie = visit.browser.then(random_token).transpose()?;
        let digest = cookie.as_deref().map(token_digest);
        let hooks = hooks_of(&self.renamed);
        let (account, session) = self
            .kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let (sql, now) = (tx.sql(), tx.now());
                    let guest = accounts::by_id(sql, id).await?.filter(Account::is_active);
                    // As it is now: the same form may have come twice.
                    let guest = guest.filter(|a| a.is_guest).ok_or(HAS_ACCOUNT)?;
                    check_free(sql, &row).await?;
                    row.nickname = row.nickname.or(guest.nickname);
                    let given = accounts::give_account(sql, &row, now).await;
                    given.map_err(taken_meanwhile)?;
                    end_sessions(tx, id, Some(current)).await?;
                    sessions::renew(sql, current, (&nonce, digest), now).await?;
                    let account = accounts::by_id(sql, id).await?.ok_or(ENDED)?;
                    let session = sessions::by_id(sql, current).await?.ok_or(ENDED)?;
                    tx.publish(Signal::AccountChanged(id));
                    run_hooks(&hooks, tx, &account.brief()).await?;
                    Ok::<_, AccountsError>((account, session))
                })
            })
            .await?;
        self.signed(&account, &session, cookie).await
    }
}
