//! Who a provider vouches for and who has no account yet: they see the privacy policy and choose a name first. Between the
//! two steps nothing is stored: what the provider said goes with them, sealed, and is taken back from the same browser.

use super::flow::{Flow, LASTS};
use super::link::linked_meanwhile;
use super::provider::Claimed;
use super::store;
use crate::accounts::error::AccountsError;
use crate::accounts::names::Username;
use crate::accounts::register::{
    Condition, check_policy_accepted, make, name as check_name, nickname as check_nickname, open,
};
use crate::accounts::rules::check_email;
use crate::accounts::session::{Shown, Signed, Visit};
use crate::accounts::store::accounts::NewRow;
use crate::accounts::take_over::{free_name, name_of};
use crate::accounts::{Accounts, hooks_of};
use crate::kernel::client::Client;
use crate::kernel::ids::Kind;
use crate::kernel::limits::{Limit, address_key};
use crate::kernel::secrets::token_digest;
use parlor_protocol::accounts::SystemRole;
use parlor_protocol::identities::{Newcomer, RegisterNewcomer};
use serde::{Deserialize, Serialize};

/// What is sealed for nobody in particular.
const NOBODY: i64 = 0;

/// What a newcomer carries.
#[derive(Debug, Serialize, Deserialize)]
struct Vouched {
    provider: String,
    claimed: Claimed,
    /// Of the browser's cookie.
    browser: String,
    /// Keeps the session after the browser closes.
    remember: bool,
    /// Until when, in milliseconds.
    ends_at: i64,
}

impl Accounts {
    /// Sends a newcomer to the page where they accept the privacy policy; makes the account of one who has.
    pub(super) async fn welcome(
        &self,
        flow: &Flow,
        claimed: Claimed,
        visit: Visit,
    ) -> Result<Signed, AccountsError> {
        let vouched = Vouched {
            provider: flow.provider.clone(),
            claimed,
            browser: flow.browser_digest.clone(),
            remember: flow.remember,
            ends_at: self.kernel.clock.now().0 + LASTS,
        };
        if !flow.policy_accepted {
            let text = serde_json::to_vec(&vouched).unwrap_or_default();
            let token = self.identities.newcomers.close(NOBODY, &text)?;
            return Err(AccountsError::FirstSignIn(token));
        }
        let name = self.suggest_name(&vouched.claimed).await?;
        let row = self.newcomers_row(name, &vouched.claimed).await?;
        self.admit(row, vouched, visit).await
    }

    /// `POST auth/oauth/newcomer`: what the page proposes.
    pub async fn newcomer(
        &self,
        token: &str,
        browser: Option<&str>,
        client: &Client,
    ) -> Result<Newcomer, AccountsError> {
        let address = address_key(client.address);
        self.kernel.limits.check(Limit::Provider, address)?;
        let vouched = self.read_vouched(token, browser)?;
        let name = self.suggest_name(&vouched.claimed).await?;
        Ok(Newcomer {
            label: self.identities.label(&vouched.provider),
            provider: vouched.provider,
            username: name.shown,
            nickname: vouched.claimed.nickname,
            email: vouched.claimed.email,
        })
    }

    /// `POST auth/oauth/register`: makes the account, and signs it in. The second value says whether the session is kept
    /// after the browser closes.
    pub async fn register_newcomer(
        &self,
        form: RegisterNewcomer,
        browser: Option<&str>,
        visit: Visit,
    ) -> Result<(Signed, bool), AccountsError> {
        check_policy_accepted(form.privacy_policy_accepted)?;
        let mut vouched = self.read_vouched(&form.pending_token, browser)?;
        let name = check_name(&form.username)?;
        vouched.claimed.nickname = check_nickname(form.nickname.as_deref())?;
        if !form.keep_email {
            vouched.claimed.email = None;
        }
        let row = self.newcomers_row(name, &vouched.claimed).await?;
        let remember = vouched.remember;
        Ok((self.admit(row, vouched, visit).await?, remember))
    }

    fn read_vouched(&self, token: &str, browser: Option<&str>) -> Result<Vouched, AccountsError> {
        let text = self.identities.newcomers.open(NOBODY, token);
        let vouched = text.and_then(|text| serde_json::from_slice::<Vouched>(&text).ok());
        let now = self.kernel.clock.now().0;
        let holds = |vouched: &Vouched| {
            vouched.ends_at > now
                && browser.is_some_and(|token| token_digest(token) == vouched.browser)
        };
        vouched.filter(holds).ok_or(AccountsError::InvalidSignIn)
    }

    async fn suggest_name(&self, claimed: &Claimed) -> Result<Username, AccountsError> {
        let mailbox = claimed.email.as_deref().and_then(|it| it.split('@').next());
        let known = claimed.name.as_deref().or(claimed.nickname.as_deref());
        let wanted = name_of(known.or(mailbox).unwrap_or_default(), "");
        Ok(free_name(self.kernel.db.read(), wanted).await?)
    }

    async fn newcomers_row(
        &self,
        name: Username,
        claimed: &Claimed,
    ) -> Result<NewRow, AccountsError> {
        let email = claimed.email.as_deref().map(check_email).transpose()?;
        Ok(NewRow {
            id: self.kernel.ids.next(Kind::User).await?,
            name,
            nickname: claimed.nickname.clone(),
            email,
            password_hash: None,
            role: SystemRole::User,
            is_guest: false,
            policy_accepted: true,
        })
    }

    async fn admit(
        &self,
        row: NewRow,
        vouched: Vouched,
        visit: Visit,
    ) -> Result<Signed, AccountsError> {
        let address = address_key(visit.client.address);
        self.kernel.limits.check(Limit::Register, address)?;
        let (id, now) = (
            self.kernel.ids.next(Kind::Row).await?,
            self.kernel.clock.now(),
        );
        let mut identity = vouched.claimed.row(id, row.id, &vouched.provider, now);
        identity.last_used_at = Some(now.0);
        let draft = self.draft_session(row.id, &visit).await?;
        let draft = draft.shown(Shown::by(Some(vouched.provider)));
        let cookie = draft.cookie.clone();
        let hooks = hooks_of(&self.created);
        let (account, session) = self
            .kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let known =
                        store::by_subject(tx.sql(), &identity.issuer, &identity.subject).await?;
                    if known.is_some() {
                        return Err(AccountsError::IdentityTaken);
                    }
                    let account = make(tx, &row, Condition::Free, &hooks).await?;
                    let linked = store::insert(tx.sql(), &identity).await;
                    linked.map_err(linked_meanwhile)?;
                    let session = open(tx, draft, &account).await?;
                    Ok::<_, AccountsError>((account, session))
                })
            })
            .await?;
        self.signed(&account, &session, cookie).await
    }
}
