//! Who acts and from where: decided once per request or connection from its token or cookie, never from a payload.

use super::dialect::Dialect;
use super::problem::Failure;
use axum::extract::FromRequestParts;
use http::request::Parts;
use parlor_protocol::{Code, Problem, SessionId, UserId};
use std::net::IpAddr;
use std::sync::Arc;

/// By which way somebody acts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// By a request.
    Http,
    /// By a connection.
    Socket,
    /// On the command line, beside the server's own files.
    Console,
    /// The server of its own accord.
    #[default]
    Server,
}

/// From where somebody acts, for what is written down of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// By which way.
    pub way: Way,
    /// The client's address, where there is one.
    pub address: Option<IpAddr>,
    /// The request's number in the log, where it is one.
    pub request_id: Option<Arc<str>>,
}

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
    /// Shows a second factor when signing in.
    pub has_factor: bool,
    /// How the sign-in was spoken that opened the session.
    pub dialect: Dialect,
    /// From where it acts.
    pub origin: Origin,
}

impl Origin {
    /// A connection from an address.
    #[must_use]
    pub fn socket(address: IpAddr) -> Self {
        Self {
            way: Way::Socket,
            address: Some(address),
            request_id: None,
        }
    }
}

impl Actor {
    /// Whoever has the server's own files at hand: they run it, and have no account.
    #[must_use]
    pub fn console() -> Self {
        Self {
            user_id: 0,
            session_id: 0,
            username: "console".to_owned(),
            is_guest: false,
            is_system_admin: true,
            has_factor: false,
            dialect: Dialect::default(),
            origin: Origin {
                way: Way::Console,
                ..Origin::default()
            },
        }
    }

    /// The same, acting from there.
    #[must_use]
    pub fn acting_from(&self, origin: Origin) -> Self {
        Self {
            origin,
            ..self.clone()
        }
    }

    /// Their account; `None` for the console.
    #[must_use]
    pub fn account(&self) -> Option<UserId> {
        (self.origin.way != Way::Console).then_some(self.user_id)
    }
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
