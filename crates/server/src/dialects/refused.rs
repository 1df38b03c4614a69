//! Saying no over HTTP in the way of an older system.

use super::fields::Fields;
use crate::kernel::actor::Actor;
use crate::kernel::problem::ToldOtherwise;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::{StatusCode, header};
use parlor_protocol::Problem;
use serde_json::Value;
use std::marker::PhantomData;

/// How a system says no, and to what it has to.
pub(super) trait Tongue: Send + Sync + 'static {
    /// The status and the body that a problem is told by.
    fn refuse(problem: &Problem) -> (u16, Value);

    /// Refuses a body that names somebody else as its sender, where bodies name their senders at all.
    fn check_own(_fields: &Fields, _actor: &Actor) -> Result<(), Problem> {
        Ok(())
    }
}

/// A refused request, in the way of `T`.
pub(super) struct Refused<T> {
    problem: Problem,
    tongue: PhantomData<fn() -> T>,
}

impl<T, E: Into<Problem>> From<E> for Refused<T> {
    fn from(error: E) -> Self {
        Self {
            problem: error.into(),
            tongue: PhantomData,
        }
    }
}

impl<T: Tongue> IntoResponse for Refused<T> {
    fn into_response(self) -> Response {
        let (status, body) = T::refuse(&self.problem);
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let told = Extension(ToldOtherwise(self.problem));
        let answer = (status, told, Json(body));
        if status == StatusCode::UNAUTHORIZED {
            return ([(header::WWW_AUTHENTICATE, "Bearer")], answer).into_response();
        }
        answer.into_response()
    }
}
