//! What handlers take from a request and refuse in their own way.

use crate::kernel::actor::{Actor, NotSignedIn};
use axum::extract::FromRequestParts;
use http::request::Parts;
use parlor_protocol::{Code, Problem};
use std::convert::Infallible;
use std::sync::Arc;

/// Who acts, or why nobody does.
pub(super) struct Who(pub(super) Result<Arc<Actor>, Problem>);

impl<S: Send + Sync> FromRequestParts<S> for Who {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        if let Some(actor) = parts.extensions.get::<Arc<Actor>>() {
            return Ok(Self(Ok(actor.clone())));
        }
        let reason = parts.extensions.get::<NotSignedIn>();
        let reason = reason.map(|NotSignedIn(reason)| reason.clone());
        Ok(Self(Err(reason.unwrap_or(Code::Unauthorized.into()))))
    }
}

/// An id in a path or a query.
pub(super) fn read_id(name: &str, text: &str) -> Result<i64, Problem> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let id = text.parse().ok();
    id.filter(|id| plain && (1..1 << 53).contains(id))
        .ok_or_else(|| {
            let problem = Problem::new(Code::InvalidParam);
            problem.field(name, "a whole number from 1 to 9007199254740991")
        })
}

/// Refuses a name that is not the actor's own: who acts, the token says.
pub(super) fn check_own_name(
    actor: &Actor,
    field: &str,
    name: Option<&str>,
) -> Result<(), Problem> {
    match name {
        Some(name) if name.to_lowercase() != actor.username.to_lowercase() => {
            let problem = Problem::new(Code::Forbidden);
            Err(problem.field(field, "this is not your own name"))
        }
        _ => Ok(()),
    }
}
