//! Sessions: opened by every sign-in, refreshed by rotating tokens, listed and ended by their owner.

use super::Accounts;
use super::cookies;
use super::error::AccountsError;
use super::model::{Account, LoginRow, SESSION_LONGEST, SessionRow};
use super::rules::may_as_member;
use super::store::{accounts, sessions};
use super::tokens::{lifetime, read_refresh};
use crate::kernel::actor::Actor;
use crate::kernel::bus::Signal;
use crate::kernel::client::Client;
use crate::kernel::db::StorageError;
use crate::kernel::dialect::Dialect;
use crate::kernel::ids::Kind;
use crate::kernel::limits::{Limit, address_key};
use crate::kernel::log::Tx;
use crate::kernel::secrets::{random_token, token_digest};
use http::{HeaderMap, HeaderValue};
use parlor_protocol::accounts::{Session, SignedIn};
use parlor_protocol::factors::FactorKind;
use parlor_protocol::{SessionId, Timestamp, UserId};

/// Two tabs of a browser may refresh at once: within this time, in milliseconds, the later one gets what the earlier got.
const GRACE: i64 = 10_000;

/// Where a sign-in comes from.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The program and its address.
    pub client: Client,
    /// It is to get a cookie: browsers, and programs of older systems that expect one.
    pub browser: bool,
    /// How it is spoken.
    pub dialect: Dialect,
}

/// A sign-in that succeeded.
#[derive(Clone, Debug)]
pub struct Signed {
    /// What the client is answered.
    pub answer: SignedIn,
    /// The token for a browser's cookie.
    pub cookie: Option<String>,
}

impl Signed {
    /// The header that gives the client its cookie, if it is to have one.
    #[must_use]
    pub fn set_cookie(&self, headers: &HeaderMap, remember: bool) -> Option<HeaderValue> {
        let token = self.cookie.as_deref()?;
        cookies::set(cookies::is_secure(headers), token, remember)
    }

    /// The same for a browser of which the server knows whether it came over HTTPS.
    #[must_use]
    pub fn set_cookie_over(&self, is_secure: bool, remember: bool) -> Option<HeaderValue> {
        let token = self.cookie.as_deref()?;
        cookies::set(is_secure, token, remember)
    }
}

/// A session and a login record that are yet to be written: numbers and random tokens are drawn before the transaction.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    id: SessionId,
    login_id: i64,
    user_id: UserId,
    nonce: String,
    pub(super) cookie: Option<String>,
    client: Client,
    dialect: Dialect,
    shown: Shown,
}

/// What somebody has shown in place of a password, or besides it.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown {
    /// A second factor.
    pub(super) factor: Option<FactorKind>,
    /// Who vouches for them: a provider's name.
    pub(super) provider: Option<String>,
}

impl Shown {
    /// A provider's word.
    pub(super) fn by(provider: Option<String>) -> Self {
        Self {
            factor: None,
            provider,
        }
    }
}

impl Draft {
    /// The same, by somebody who has shown this.
    pub(super) fn shown(self, shown: Shown) -> Self {
        Self { shown, ..self }
    }

    /// The rows, as of the moment of the transaction.
    pub(super) fn begin(self, account: &Account, now: Timestamp) -> (SessionRow, LoginRow) {
        let address = self.client.address.to_string();
        let login = LoginRow {
            id: self.login_id,
            user_id: Some(self.user_id),
            succeeded: true,
            user_agent: self.client.user_agent.clone(),
            address: address.clone(),
            at: now.0,
            factor: self.shown.factor.map(|factor| factor.as_str().to_owned()),
            provider: self.shown.provider,
        };
        let session = SessionRow {
            id: self.id,
            user_id: self.user_id,
            cookie_digest: self.cookie.as_deref().map(token_digest),
            refresh_nonce: self.nonce,
            generation: 0,
            refreshed_at: now.0,
            user_agent: self.client.user_agent,
            address,
            created_at: now.0,
            last_used_at: now.0,
            ends_at: now.0 + SESSION_LONGEST,
            dialect: self.dialect.as_str().to_owned(),
            username: account.username.clone(),
            system_role: account.system_role.clone(),
            status: account.status.clone(),
            is_guest: account.is_guest,
            factors: 0,
        };
        (session, login)
    }
}

/// What became of a refresh token.
enum Exchange {
    Done(Box<SessionRow>),
    Reused,
    Gone,
}

impl Accounts {
    pub(super) async fn draft_session(
        &self,
        user_id: UserId,
        visit: &Visit,
    ) -> Result<Draft, AccountsError> {
        Ok(Draft {
            id: self.kernel.ids.next(Kind::Session).await?,
            login_id: self.kernel.ids.next(Kind::Row).await?,
            user_id,
            nonce: random_token()?,
            cookie: visit.browser.then(random_token).transpose()?,
            client: visit.client.clone(),
            dialect: visit.dialect,
            shown: Shown::default(),
        })
    }

    /// What a client is told of its new or refreshed session.
    pub(super) async fn signed(
        &self,
        account: &Account,
        session: &SessionRow,
        cookie: Option<String>,
    ) -> Result<Signed, AccountsError> {
        let issued = Timestamp(session.refreshed_at);
        let answer = SignedIn {
            access_token: self.tokens.issue(&session.actor(), issued)?,
            refresh_token: self.tokens.refresh_token(
                session.id,
                session.generation,
                &session.refresh_nonce,
            ),
            expires_in: lifetime(session.dialect()),
            user: self.own(account).await?,
        };
        Ok(Signed { answer, cookie })
    }

    /// `POST auth/refresh`: exchanges a refresh token for the next pair. One that was exchanged before ends its session,
    /// since either its owner or a thief holds the newer one.
    pub async fn refresh(&self, token: &str, client: &Client) -> Result<Signed, AccountsError> {
        const REFUSED: AccountsError =
            AccountsError::Unauthorized("the refresh token does not hold");
        let address = address_key(client.address);
        self.kernel.limits.check(Limit::Refresh, address)?;
        let claim = read_refresh(token).ok_or(REFUSED)?;
        let row = sessions::by_id(self.kernel.db.read(), claim.session).await?;
        let row = row.filter(|row| row.is_live(self.kernel.clock.now()));
        let row = row.ok_or(REFUSED)?;
        if !self.tokens.was_issued(&claim, &row.refresh_nonce) {
            return Err(REFUSED);
        }
        match self.exchange(claim.session, claim.generation).await? {
            Exchange::Done(session) => {
                let account = accounts::by_id(self.kernel.db.read(), session.user_id).await?;
                self.signed(&account.ok_or(REFUSED)?, &session, None).await
            }
            Exchange::Reused => Err(AccountsError::TokenReused),
            Exchange::Gone => Err(REFUSED),
        }
    }

    async fn exchange(&self, id: SessionId, generation: i64) -> Result<Exchange, AccountsError> {
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let (sql, now) = (tx.sql(), tx.now());
                    let advanced = sessions::advance(sql, id, generation, now).await?;
                    let Some(session) = sessions::by_id(sql, id).await? else {
                        return Ok(Exchange::Gone);
                    };
                    let is_previous = session.generation == generation + 1;
                    if advanced || (is_previous && now.0 - session.refreshed_at < GRACE) {
                        return Ok(Exchange::Done(Box::new(session)));
                    }
                    sessions::delete(sql, id, session.user_id).await?;
                    tx.publish(Signal::SessionEnded(id));
                    tracing::warn!(
                        session = id,
                        user = session.user_id,
                        "a refresh token was used twice"
                    );
                    Ok(Exchange::Reused)
                })
            })
            .await
    }

    /// `POST auth/logout`: ends the session that asks; a guest's visit ends with it.
    pub async fn logout(&self, actor: &Actor) -> Result<(), AccountsError> {
        if actor.is_guest {
            return self.bury(actor.user_id).await;
        }
        self.end_session(actor.user_id, actor.session_id).await
    }

    /// `GET auth/sessions`: the devices that are signed in, the newest first.
    pub async fn sessions(&self, actor: &Actor) -> Result<Vec<Session>, AccountsError> {
        let now = self.kernel.clock.now();
        let rows = sessions::of_user(self.kernel.db.read(), actor.user_id, now).await?;
        Ok(rows.iter().map(|row| row.view(actor.session_id)).collect())
    }

    /// `DELETE auth/sessions/{id}`: signs one's own device out.
    pub async fn revoke(&self, actor: &Actor, id: SessionId) -> Result<(), AccountsError> {
        may_as_member(actor)?;
        self.end_session(actor.user_id, id).await
    }

    async fn end_session(&self, user: UserId, id: SessionId) -> Result<(), AccountsError> {
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    if !sessions::delete(tx.sql(), id, user).await? {
                        return Err(AccountsError::NotFound);
                    }
                    tx.publish(Signal::SessionEnded(id));
                    Ok(())
                })
            })
            .await
    }
}

/// Ends the sessions of a person, all or all but one, and their connections. Says how many those were.
pub(super) async fn end_sessions(
    tx: &mut Tx<'_>,
    user_id: UserId,
    except: Option<SessionId>,
) -> Result<u64, StorageError> {
    let ended = sessions::delete_all(tx.sql(), user_id, except).await?;
    tx.publish(Signal::SessionsEnded { user_id, except });
    Ok(ended)
}
