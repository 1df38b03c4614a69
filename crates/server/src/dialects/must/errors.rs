//! Refusals: `{"message"}`, and `{"msg"}` where the token is at fault.

use super::encode::Text;
use crate::dialects::sentence;
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use parlor_protocol::{Code, Problem};
use serde::Serialize;

/// A refused request.
pub(super) struct Refused(Problem);

impl<E: Into<Problem>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

#[derive(Serialize)]
struct Msg<'a> {
    msg: &'a str,
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let problem = self.0;
        let status = StatusCode::from_u16(problem.status);
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let text = explain(&problem);
        let answer = match problem.code {
            Code::BadCredentials | Code::AccountInactive => {
                let msg = "Bad username or password";
                return (StatusCode::UNAUTHORIZED, Json(Msg { msg })).into_response();
            }
            Code::Unauthorized => Json(Msg { msg: &text }).into_response(),
            _ => Json(Text { message: &text }).into_response(),
        };
        (status, answer).into_response()
    }
}

/// What a client reads.
pub(super) fn explain(problem: &Problem) -> String {
    match problem.code {
        Code::NameTaken => "Username already exists".to_owned(),
        Code::Unauthorized if problem.detail.is_none() => "Missing Authorization Header".to_owned(),
        _ => sentence(problem, |field| match field {
            "content" => "message".to_owned(),
            field => field.to_owned(),
        }),
    }
}
