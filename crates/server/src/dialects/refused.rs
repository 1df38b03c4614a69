//! Saying no over HTTP in the way of an older system.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use parlor_protocol::Problem;
use serde_json::Value;
use std::marker::PhantomData;

/// How a system says no.
pub(super) trait Tongue: 'static {
    /// The status and the body that a problem is told by.
    fn refuse(problem: &Problem) -> (u16, Value);
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
        let answer = (status, Json(body));
        if status == StatusCode::UNAUTHORIZED {
            return ([(header::WWW_AUTHENTICATE, "Bearer")], answer).into_response();
        }
        answer.into_response()
    }
}
