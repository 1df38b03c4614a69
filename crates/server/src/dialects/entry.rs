//! Signing in: each system asks for a name and a password under names of its own, and answers a token.

use super::Actions;
use super::fields::Fields;
use super::input::{Body, Form, Me};
use super::refused::{Refused, Tongue};
use crate::accounts::session::{Signed, Visit};
use crate::kernel::client::Client;
use crate::kernel::dialect::Dialect;
use axum::Json;
use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse, Response};
use http::{HeaderMap, header};
use parlor_protocol::accounts::{ChangePassword, Login};
use serde_json::{Value, json};
use std::sync::Arc;

/// A system in whose way people sign in.
pub(super) trait Entry: Tongue {
    /// Which it is.
    const DIALECT: Dialect;
    /// The field with the name of who signs in.
    const NAME: &'static str = "username";
    /// The longest password that is chosen this way, in characters.
    const LONGEST_PASSWORD: usize = usize::MAX;

    /// What it translates onto.
    fn actions(&self) -> &Actions;

    /// How it says what was done.
    fn done(what: &str) -> Json<Value>;
}

/// Who signs in, where `name` is the field with their name.
pub(super) fn name_and_password(fields: &mut Fields, name: &str) -> Login {
    Login {
        username: fields.text(name),
        password: fields.text("password"),
        remember: false,
    }
}

/// A sign-in that is answered by a token alone.
pub(super) fn by_token<T: Entry>(client: Client) -> Visit {
    Visit {
        client,
        browser: false,
        dialect: T::DIALECT,
    }
}

/// A sign-in that also sets a cookie, for what a system opens without a token.
pub(super) fn by_cookie<T: Entry>(client: Client) -> Visit {
    Visit {
        browser: true,
        ..by_token::<T>(client)
    }
}

/// The token, and the cookie where there is one.
pub(super) fn answer(headers: &HeaderMap, signed: &Signed) -> Response {
    let cookie = signed.set_cookie(headers, false);
    let cookie = AppendHeaders(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    let token = json!({ "access_token": signed.answer.access_token });
    (cookie, Json(token)).into_response()
}

/// Signs in with a cookie beside the token.
pub(super) async fn login<T: Entry>(
    here: State<Arc<T>>,
    client: Client,
    headers: HeaderMap,
    body: Body<T>,
) -> Result<Response, Refused<T>> {
    let form = body.read(|fields| name_and_password(fields, T::NAME))?;
    let accounts = &here.actions().accounts;
    let signed = accounts.login(form, by_cookie::<T>(client)).await?;
    Ok(answer(&headers, &signed))
}

/// Chooses another password.
pub(super) async fn change_password<T: Entry>(
    here: State<Arc<T>>,
    me: Me<T>,
    body: Form<T>,
) -> Result<Json<Value>, Refused<T>> {
    let change = body.read(|fields| ChangePassword {
        old_password: fields.text("old_password"),
        new_password: fields.short_text("new_password", T::LONGEST_PASSWORD),
    })?;
    let accounts = &here.actions().accounts;
    accounts.change_password(&me, change).await?;
    Ok(T::done("Password changed"))
}
