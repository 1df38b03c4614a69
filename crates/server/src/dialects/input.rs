//! What handlers take from a request. What does not hold is refused in the way of the system that is spoken.

use super::fields::{self, Fields};
use super::form::{Table, fill};
use super::refused::{Refused, Tongue};
use crate::kernel::actor::{Actor, NotSignedIn};
use crate::kernel::body::Raw;
use axum::body::Bytes;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use http::request::Parts;
use parlor_protocol::{Code, Problem};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::convert::Infallible;
use std::marker::PhantomData;
use std::ops::Deref;
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

/// Who acts.
pub(super) struct Me<T>(Arc<Actor>, PhantomData<fn() -> T>);

impl<T> Deref for Me<T> {
    type Target = Actor;

    fn deref(&self) -> &Actor {
        &self.0
    }
}

impl<S: Send + Sync, T: Tongue> FromRequestParts<S> for Me<T> {
    type Rejection = Refused<T>;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused<T>> {
        let Ok(Who(who)) = Who::from_request_parts(parts, state).await;
        Ok(Self(who?, PhantomData))
    }
}

/// A body, to be read field by field.
pub(super) struct Body<T>(Bytes, PhantomData<fn() -> T>);

impl<T> Body<T> {
    /// What `decode` reads from it.
    pub(super) fn read<D>(&self, decode: impl FnOnce(&mut Fields) -> D) -> Result<D, Problem> {
        Fields::read(&self.0, decode)
    }

    /// The same, where leaving the body out means an empty object.
    pub(super) fn read_if_any<D>(
        &self,
        decode: impl FnOnce(&mut Fields) -> D,
    ) -> Result<D, Problem> {
        Fields::read(self.or_empty(), decode)
    }

    /// The command that it is by a table.
    pub(super) fn fill<D: DeserializeOwned>(&self, table: Table) -> Result<D, Problem> {
        fill(&self.0, table)
    }

    /// The same, where leaving the body out means an empty object.
    pub(super) fn fill_if_any<D: DeserializeOwned>(&self, table: Table) -> Result<D, Problem> {
        fill(self.or_empty(), table)
    }

    fn or_empty(&self) -> &[u8] {
        if self.0.is_empty() { b"{}" } else { &self.0 }
    }
}

impl<S: Send + Sync, T: Tongue> FromRequest<S> for Body<T> {
    type Rejection = Refused<T>;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused<T>> {
        let Ok(Raw(body)) = Raw::from_request(request, state).await;
        Ok(Self(body?, PhantomData))
    }
}

/// A body of somebody who is signed in: it names nobody else as its sender.
pub(super) struct Form<T>(Body<T>);

impl<T> Deref for Form<T> {
    type Target = Body<T>;

    fn deref(&self) -> &Body<T> {
        &self.0
    }
}

impl<S: Send + Sync, T: Tongue> FromRequest<S> for Form<T> {
    type Rejection = Refused<T>;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused<T>> {
        let actor = request.extensions().get::<Arc<Actor>>().cloned();
        let body = Body::<T>::from_request(request, state).await?;
        // What is no object at all, reading it will say.
        if let Some(actor) = actor
            && let Ok(own) = body.read(|fields| T::check_own(fields, &actor))
        {
            own?;
        }
        Ok(Self(body))
    }
}

/// The ids in a path, in their order.
pub(super) struct Ids<T, const N: usize>([i64; N], PhantomData<fn() -> T>);

impl<T> Ids<T, 1> {
    /// The one that there is.
    pub(super) fn one(&self) -> i64 {
        let [id] = self.0;
        id
    }
}

impl<T> Ids<T, 2> {
    /// Both, in their order.
    pub(super) fn two(&self) -> (i64, i64) {
        let [first, second] = self.0;
        (first, second)
    }
}

impl<S: Send + Sync, T: Tongue, const N: usize> FromRequestParts<S> for Ids<T, N> {
    type Rejection = Refused<T>;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused<T>> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        let params = params.map_err(|_: RawPathParamsRejection| Code::NotFound)?;
        let mut ids = [0; N];
        for (id, (name, text)) in ids.iter_mut().zip(&params) {
            *id = read_id(name, text)?;
        }
        Ok(Self(ids, PhantomData))
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

/// The same of an id, a number or a text that is one.
pub(super) fn check_own_id(actor: &Actor, field: &str, id: Option<&Value>) -> Result<(), Problem> {
    match id {
        None | Some(Value::Null) => Ok(()),
        Some(id) if fields::as_number(id) == Some(actor.user_id) => Ok(()),
        Some(_) => Err(Problem::new(Code::Forbidden).field(field, "this is not you")),
    }
}
