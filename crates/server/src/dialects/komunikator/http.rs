//! The paths about people.

use super::{Komunikator, decode, rooms};
use crate::accounts::session::{Signed, Visit};
use crate::dialects::{input, refused};
use crate::kernel::actor::Actor;
use crate::kernel::client::Client;
use crate::kernel::dialect::Dialect;
use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::{HeaderMap, header};
use parlor_protocol::accounts::UserStats;
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) type Here = State<Arc<Komunikator>>;
pub(super) type Me = input::Me<Komunikator>;
pub(super) type Body = input::Body<Komunikator>;
pub(super) type Refused = refused::Refused<Komunikator>;
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
    here: Here,
    client: Client,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let person = body.read(decode::register)?;
    let accounts = &here.actions.accounts;
    let signed = accounts.sign_up(person, visit(client)).await?;
    Ok(enter(&headers, &signed))
}

async fn login(
    here: Here,
    client: Client,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let login = body.read(decode::login)?;
    let signed = here.actions.accounts.login(login, visit(client)).await?;
    Ok(enter(&headers, &signed))
}

async fn change_password(here: Here, me: Me, body: Body) -> Answer<Value> {
    let change = body.read(decode::change_password)?;
    here.actions.accounts.change_password(&me, change).await?;
    Ok(done("Password changed successfully"))
}

async fn get_info(here: Here, me: Me) -> Answer<UserStats> {
    Ok(Json(here.actions.accounts.stats(&me).await?))
}

/// `GET /api/users/online`: those who share a room with the caller.
pub(in crate::dialects) async fn users_online(
    here: &Komunikator,
    me: &Actor,
) -> Answer<Vec<Value>> {
    let people = here.actions.presence.companions_online(me).await?;
    let name = |user_name: String| json!({ "user_name": user_name });
    let names = people.into_iter().map(|person| name(person.user.username));
    Ok(Json(names.collect()))
}
