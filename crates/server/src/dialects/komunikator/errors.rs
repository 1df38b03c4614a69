//! Refusals: `{"message"}`, with the status that the older system's functions document.

use super::encode::Said;
use crate::dialects::fields::MISSING;
use crate::dialects::sentence;
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use parlor_protocol::{Code, Problem};

/// A refused request.
pub(super) struct Refused {
    problem: Problem,
    status: u16,
}

impl<E: Into<Problem>> From<E> for Refused {
    fn from(error: E) -> Self {
        let problem = error.into();
        let status = match problem.code {
            // It has no conflicts between rooms, only parameters that cannot be used.
            Code::AccessKeyTaken => 400,
            Code::AccountInactive => 401,
            _ => problem.status,
        };
        Self { problem, status }
    }
}

impl Refused {
    /// The same, where a room's name is what may be taken.
    pub(super) fn of_room(error: impl Into<Problem>) -> Self {
        let mut refused = Self::from(error);
        if refused.problem.code == Code::NameTaken {
            refused.status = 400;
        }
        refused
    }

    /// The same, where only its owner has the room at all.
    pub(super) fn of_owner(error: impl Into<Problem>) -> Self {
        let mut refused = Self::from(error);
        if refused.status == 403 {
            refused.status = 404;
        }
        refused
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status);
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let text = explain(&self.problem);
        (status, Json(Said { message: &text })).into_response()
    }
}

/// What a client reads.
pub(super) fn explain(problem: &Problem) -> String {
    let missing = problem.errors.iter().find(|e| e.message == MISSING);
    if let Some(error) = missing {
        return format!("Missing {}", error.field);
    }
    sentence(problem, |field| {
        let name = match field {
            "username" => "user_name",
            "name" => "room_name",
            "content" => "message",
            field => field,
        };
        name.to_owned()
    })
}
