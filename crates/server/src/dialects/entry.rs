//! Signing in: each system asks for a name and a password under names of its own, and answers a token.

use super::fields::Fields;
use crate::accounts::session::{Signed, Visit};
use crate::kernel::client::Client;
use crate::kernel::dialect::Dialect;
use axum::Json;
use axum::response::{AppendHeaders, IntoResponse, Response};
use http::{HeaderMap, header};
use parlor_protocol::accounts::Login;
use serde_json::json;

/// Who signs in, where `name` is the field with their name.
pub(super) fn login(fields: &mut Fields, name: &str) -> Login {
    Login {
        username: fields.text(name),
        password: fields.text("password"),
        remember: false,
    }
}

/// A sign-in that is answered by a token alone.
pub(super) fn by_token(client: Client, dialect: Dialect) -> Visit {
    Visit {
        client,
        browser: false,
        dialect,
    }
}

/// A sign-in that also sets a cookie, for what a system opens without a token.
pub(super) fn by_cookie(client: Client, dialect: Dialect) -> Visit {
    Visit {
        browser: true,
        ..by_token(client, dialect)
    }
}

/// The token, and the cookie where there is one.
pub(super) fn answer(headers: &HeaderMap, signed: &Signed) -> Response {
    let cookie = signed.set_cookie(headers, false);
    let cookie = AppendHeaders(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    let token = json!({ "access_token": signed.answer.access_token });
    (cookie, Json(token)).into_response()
}
