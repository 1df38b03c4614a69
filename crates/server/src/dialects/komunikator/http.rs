//! The paths about people.

use super::errors::Refused;
use super::{Komunikator, decode, rooms};
use crate::accounts::session::{Signed, Visit};
use crate::dialects::input::Who;
use crate::kernel::actor::Actor;
use crate::kernel::body::Raw;
use crate::kernel::client::Client;
use crate::kernel::dialect::Dialect;
use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::{HeaderMap, header};
use parlor_protocol::Problem;
use parlor_protocol::accounts::UserStats;
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) type Here = State<Arc<Komunikator>>;
pub(super) type Answer<T> = Result<Json<T>, Refused>;

pub(in crate::dialects) fn routes(komunikator: Arc<Komunikator>) -> Router {
    Router::new()
        .route("/api/register", post(register))
        .route("/api/login", post(login))
        .route("/api/user/change_password", post(change_password))
        .route("/api/user/get_info", get(get_info))
        .merge(rooms::routes())
        .with_state(komunikator)
}

/// What was done.
pub(super) fn done(message: &str) -> Json<Value> {
    Json(json!({ "message": message }))
}

fn visit(client: Client) -> Visit {
    Visit {
        client,
        browser: true,
        dialect: Dialect::Komunikator,
    }
}

/// The token, and the cookie by which the socket may be opened instead.
fn enter(headers: &HeaderMap, signed: &Signed) -> Response {
    let cookie = signed.set_cookie(headers, false);
    let cookie = AppendHeaders(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    let token = json!({ "access_token": signed.answer.access_token });
    (cookie, Json(token)).into_response()
}

async fn register(
    State(here): Here,
    client: Client,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<Response, Refused> {
    let person = decode::register(&body?)?;
    let accounts = &here.actions.accounts;
    let signed = accounts.sign_up(person, visit(client)).await?;
    Ok(enter(&headers, &signed))
}

async fn login(
    State(here): Here,
    client: Client,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<Response, Refused> {
    let login = decode::login(&body?)?;
    let signed = here.actions.accounts.login(login, visit(client)).await?;
    Ok(enter(&headers, &signed))
}

async fn change_password(State(here): Here, who: Who, Raw(body): Raw) -> Answer<Value> {
    let actor = who.0?;
    let change = decode::change_password(&body?)?;
    here.actions
        .accounts
        .change_password(&actor, change)
        .await?;
    Ok(done("Password changed successfully"))
}

async fn get_info(State(here): Here, who: Who) -> Answer<UserStats> {
    Ok(Json(here.actions.accounts.stats(&*who.0?).await?))
}

/// `GET /api/users/online`: those who share a room with the caller.
pub(in crate::dialects) async fn users_online(here: &Komunikator, actor: &Actor) -> Response {
    let online = here.actions.presence.companions_online(actor).await;
    let names = online.map(|people| {
        let names = people.into_iter();
        let names = names.map(|person| json!({ "user_name": person.user.username }));
        Json(Value::Array(names.collect()))
    });
    names
        .map_err(|problem: Problem| Refused::from(problem))
        .into_response()
}
