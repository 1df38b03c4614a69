//! What was begun in which browser: bound to it by a cookie, and to what comes back by the state. Both are kept as digests;
//! the nonce and the verifier follow from the state by keys of the server's own, so they are kept nowhere.

use super::store::{self, FlowRow};
use crate::accounts::Accounts;
use crate::accounts::error::AccountsError;
use crate::kernel::client::Client;
use crate::kernel::dialect::Dialect;
use crate::kernel::limits::{Limit, address_key};
use crate::kernel::secrets::{Secrets, token_digest};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parlor_protocol::{SessionId, Timestamp, UserId};

/// Who begins comes back within this time, in milliseconds.
pub(in crate::accounts) const LASTS: i64 = 10 * 60 * 1000;

/// What somebody wants of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To sign in.
    SignIn,
    /// To sign in that way too from now on.
    Link(UserId, SessionId),
    /// To prove again who they are.
    Prove(UserId, SessionId),
}

/// What was begun.
#[derive(Clone, Debug)]
pub struct Flow {
    /// The provider's name.
    pub provider: String,
    /// What for.
    pub purpose: Purpose,
    /// Where the provider sends the browser.
    pub redirect_uri: String,
    /// Where the browser goes in the end: a page of the client.
    pub return_to: String,
    /// Keeps the session after the browser closes.
    pub remember: bool,
    /// Who began has accepted the privacy policy.
    pub policy_accepted: bool,
    /// How it is spoken.
    pub(super) dialect: Dialect,
    /// The browser's cookie, as it is kept.
    pub(super) browser_digest: String,
    /// When, in milliseconds.
    pub(super) begun_at: i64,
}

/// What a browser brings back.
#[derive(Clone, Debug, Default)]
pub struct Arrival {
    /// The state of the beginning.
    pub state: String,
    /// What is exchanged for who somebody is; else the provider's refusal is.
    pub code: Option<String>,
    /// Who says so, where the provider tells (RFC 9207).
    pub issuer: Option<String>,
    /// The browser's cookie.
    pub browser: Option<String>,
}

/// What follows from a state.
pub(super) struct FlowKeys {
    nonce: hmac::Key,
    verifier: hmac::Key,
}

impl FlowKeys {
    pub(super) fn new(secrets: &Secrets) -> Self {
        let key = |purpose| hmac::Key::new(hmac::HMAC_SHA256, &secrets.key(purpose));
        Self {
            nonce: key("sign-in nonces"),
            verifier: key("sign-in verifiers"),
        }
    }

    /// What the provider repeats in what it says of somebody (OpenID Connect Core, 3.1.2.1).
    pub(super) fn nonce(&self, state: &str) -> String {
        derived(&self.nonce, state)
    }

    /// What proves that who exchanges the code is who began (RFC 7636).
    pub(super) fn verifier(&self, state: &str) -> String {
        derived(&self.verifier, state)
    }
}

fn derived(key: &hmac::Key, state: &str) -> String {
    URL_SAFE_NO_PAD.encode(hmac::sign(key, state.as_bytes()))
}

impl Flow {
    /// As it is stored.
    pub(super) fn row(&self, state: &str) -> FlowRow {
        let (purpose, user_id, session_id) = match self.purpose {
            Purpose::SignIn => ("sign_in", 0, 0),
            Purpose::Link(user, session) => ("link", user, session),
            Purpose::Prove(user, session) => ("prove", user, session),
        };
        FlowRow {
            state_digest: token_digest(state),
            browser_digest: self.browser_digest.clone(),
            provider: self.provider.clone(),
            purpose: purpose.to_owned(),
            user_id,
            session_id,
            dialect: self.dialect.as_str().to_owned(),
            redirect_uri: self.redirect_uri.clone(),
            return_to: self.return_to.clone(),
            remember: self.remember,
            policy_accepted: self.policy_accepted,
            begun_at: self.begun_at,
        }
    }
}

impl From<FlowRow> for Flow {
    fn from(row: FlowRow) -> Self {
        let purpose = match row.purpose.as_str() {
            "link" => Purpose::Link(row.user_id, row.session_id),
            "prove" => Purpose::Prove(row.user_id, row.session_id),
            _ => Purpose::SignIn,
        };
        Self {
            provider: row.provider,
            purpose,
            redirect_uri: row.redirect_uri,
            return_to: row.return_to,
            remember: row.remember,
            policy_accepted: row.policy_accepted,
            dialect: row.dialect.parse().unwrap_or_default(),
            browser_digest: row.browser_digest,
            begun_at: row.begun_at,
        }
    }
}

impl Accounts {
    /// Takes up what was begun in this browser; each beginning is taken up once.
    pub async fn take_up(
        &self,
        arrival: &Arrival,
        dialect: Dialect,
        client: &Client,
    ) -> Result<Flow, AccountsError> {
        let browser = arrival.browser.as_deref().map(token_digest);
        let browser = browser.ok_or(AccountsError::InvalidSignIn)?;
        // After that, so that pictures on somebody's page, which carry no cookie, use up nobody's attempts.
        let address = address_key(client.address);
        self.kernel.limits.check(Limit::LoginAddress, address)?;
        let state = token_digest(&arrival.state);
        let since = Timestamp(self.kernel.clock.now().0 - LASTS);
        let taken = self
            .kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    Ok::<_, AccountsError>(
                        store::take_flow(tx.sql(), &state, &browser, since).await?,
                    )
                })
            })
            .await?;
        let flow = taken.map(Flow::from).filter(|flow| flow.dialect == dialect);
        flow.ok_or(AccountsError::InvalidSignIn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_from_a_state_is_its_own_and_the_servers() {
        let keys = |secret: &str| FlowKeys::new(&Secrets::from_secret(secret).unwrap());
        let ours = keys("kZ8mQ2xV7nB4tY6wR1pL9cF3hJ5gD0sA");
        let theirs = keys("0sA5gDkZ8mQ2xV7nB4tY6wR1pL9cF3hJ");
        assert_eq!(ours.nonce("a"), ours.nonce("a"));
        assert_ne!(ours.nonce("a"), ours.nonce("b"));
        assert_ne!(ours.nonce("a"), ours.verifier("a"));
        assert_ne!(ours.verifier("a"), theirs.verifier("a"));
        assert_eq!(ours.verifier("a").len(), 43, "RFC 7636, 4.1");
    }
}
