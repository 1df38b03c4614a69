//! Refusals as `FastAPI` gives them: `{"detail"}`, and 422 with a list where the input is at fault.

use super::decode::kind_of;
use super::encode::Detail;
use crate::dialects::sentence;
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use parlor_protocol::{Code, Problem};
use serde_json::{Value, json};

/// A refused request.
pub(super) struct Refused(Problem);

impl<E: Into<Problem>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let problem = self.0;
        if let Some(detail) = unprocessable(&problem) {
            let body = Json(json!({ "detail": detail }));
            return (StatusCode::UNPROCESSABLE_ENTITY, body).into_response();
        }
        let status = StatusCode::from_u16(problem.status);
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let detail = explain(&problem);
        let answer = (status, Json(Detail { detail: &detail }));
        if status == StatusCode::UNAUTHORIZED {
            return ([(header::WWW_AUTHENTICATE, "Bearer")], answer).into_response();
        }
        answer.into_response()
    }
}

/// What is wrong with the input, if that is what is wrong.
fn unprocessable(problem: &Problem) -> Option<Vec<Value>> {
    if problem.status != 400 {
        return None;
    }
    let place = match problem.code {
        Code::InvalidParam => "path",
        _ => "body",
    };
    if problem.errors.is_empty() {
        let (kind, msg) = match problem.code {
            Code::InvalidJson | Code::JsonTooDeep => ("json_invalid", "JSON decode error"),
            _ => ("value_error", problem.title.as_str()),
        };
        return Some(vec![json!({ "loc": [place], "msg": msg, "type": kind })]);
    }
    let each = problem.errors.iter().map(|error| {
        let kind = kind_of(&error.message);
        let field = rename(&error.field);
        json!({ "loc": [place, field], "msg": error.message, "type": kind })
    });
    Some(each.collect())
}

/// What a client reads.
pub(super) fn explain(problem: &Problem) -> String {
    match problem.code {
        Code::Unauthorized if problem.detail.is_none() => "Not authenticated".to_owned(),
        Code::BadCredentials => "Incorrect username or password".to_owned(),
        _ => sentence(problem, rename),
    }
}

fn rename(field: &str) -> String {
    let name = match field {
        "content" => "text",
        "client_id" => "id",
        field => field,
    };
    name.to_owned()
}
