//! Who a request or a connection comes from.

use super::Accounts;
use super::cache::Key;
use super::cookies;
use super::error::AccountsError;
use super::store::sessions;
use crate::kernel::actor::Actor;
use crate::kernel::secrets::token_digest;
use http::{HeaderMap, header};
use parlor_protocol::{Code, Problem};
use std::sync::Arc;

/// By what somebody proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// An access token, which a browser never sends by itself.
    Bearer,
    /// A cookie, which a browser sends along with whatever any page asks of it.
    Cookie,
}

impl Accounts {
    /// Who a request or a handshake comes from: `Authorization: Bearer`, else the session cookie. `Ok(None)` where it
    /// carries neither, or a cookie whose session has ended; an error where the token it carries does not hold.
    ///
    /// A cookie alone does not prove that the person wanted the request: see [`super::guard`].
    pub async fn authenticate(&self, headers: &HeaderMap) -> Result<Option<Arc<Actor>>, Problem> {
        let actor = self.identify(headers).await?.map(|(actor, _)| actor);
        actor.map(|actor| self.let_in(actor)).transpose()
    }

    /// Who an access token belongs to.
    pub async fn authenticate_token(&self, token: &str) -> Result<Arc<Actor>, Problem> {
        self.let_in(self.bearer(token).await?)
    }

    /// Who has to take up a second factor first opens no connection.
    fn let_in(&self, actor: Arc<Actor>) -> Result<Arc<Actor>, Problem> {
        if self.must_enrol(&actor) {
            return Err(Code::FactorEnrolmentRequired.into());
        }
        Ok(actor)
    }

    pub(super) async fn identify(
        &self,
        headers: &HeaderMap,
    ) -> Result<Option<(Arc<Actor>, Proof)>, AccountsError> {
        if let Some(token) = bearer_token(headers) {
            return Ok(Some((self.bearer(token?).await?, Proof::Bearer)));
        }
        let Some(token) = cookies::read(headers) else {
            return Ok(None);
        };
        let actor = self.session(Key::Cookie(&token_digest(token))).await?;
        Ok(actor.map(|actor| (actor, Proof::Cookie)))
    }

    async fn bearer(&self, token: &str) -> Result<Arc<Actor>, AccountsError> {
        let claim = self.tokens.read(token, self.kernel.clock.now())?;
        let actor = self.session(Key::Id(claim.session)).await?;
        actor
            .filter(|actor| actor.user_id == claim.user && actor.dialect == claim.dialect)
            .ok_or(AccountsError::Unauthorized("the session has ended"))
    }

    /// Who acts through a session, if it is live: from memory, else from the database.
    async fn session(&self, key: Key<'_>) -> Result<Option<Arc<Actor>>, AccountsError> {
        let now = self.kernel.clock.now();
        if let Some(actor) = self.cache.session(key, now) {
            return Ok(Some(actor));
        }
        let version = self.cache.version();
        let sql = self.kernel.db.read();
        let row = match key {
            Key::Id(id) => sessions::by_id(sql, id).await?,
            Key::Cookie(digest) => sessions::by_cookie(sql, digest).await?,
        };
        let Some(row) = row.filter(|row| row.is_live(now)) else {
            return Ok(None);
        };
        self.cache.store_session(version, &row);
        // Through the cache, so that the use is noted; the row itself where it was not stored.
        Ok(self
            .cache
            .session(key, now)
            .or_else(|| Some(Arc::new(row.actor()))))
    }
}

/// The token of `Authorization: Bearer`, if that is what the request carries. Other schemes are not ours.
fn bearer_token(headers: &HeaderMap) -> Option<Result<&str, AccountsError>> {
    let value = headers.get(header::AUTHORIZATION)?;
    let Ok(text) = value.to_str() else {
        return Some(Err(AccountsError::Unauthorized(
            "the access token does not hold",
        )));
    };
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| Ok(token.trim()))
}
