//! Who acts: decided once per request or connection from its token or cookie, never from a payload.

use super::dialect::Dialect;
use super::problem::Failure;
use axum::extract::FromRequestParts;
use http::request::Parts;
use parlor_protocol::{Code, Problem, SessionId, UserId};
use std::sync::Arc;

/// An authenticated person, guest or bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The account.
    pub user_id: UserId,
    /// The session it acts through.
    pub session_id: SessionId,
    /// The account's unique name.
    pub username: String,
    /// A guest: talks in public rooms and owns nothing.
    pub is_guest: bool,
    /// Runs the server.
    pub is_system_admin: bool,
    /// How the sign-in was spoken that opened the session.
    pub dialect: Dialect,
}

/// Why what a request carries signs nobody in.
#[derive(Clone, Debug)]
pub struct NotSignedIn(pub Problem);

/// Extracts who acts; refuses where nobody has signed in.
#[derive(Clone, Debug)]
pub struct SignedIn(pub Arc<Actor>);

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        if let Some(actor) = parts.extensions.get::<Arc<Actor>>() {
            return Ok(Self(actor.clone()));
        }
        let reason = parts.extensions.get::<NotSignedIn>();
        Err(
            reason.map_or(Code::Unauthorized.into(), |NotSignedIn(reason)| {
                reason.clone().into()
            }),
        )
    }
}

/// Extracts who acts, if anybody.
#[derive(Clone, Debug)]
pub struct MaybeSignedIn(pub Option<Arc<Actor>>);

impl<S: Send + Sync> FromRequestParts<S> for MaybeSignedIn {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.extensions.get::<Arc<Actor>>().cloned()))
    }
}
