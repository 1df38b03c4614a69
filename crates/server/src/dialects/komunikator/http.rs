//! The paths about people.

use super::{Komunikator, decode, rooms};
use crate::dialects::{entry, input, refused};
use crate::kernel::actor::Actor;
use crate::kernel::client::Client;
use crate::kernel::dialect::Dialect;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use http::HeaderMap;
use parlor_protocol::accounts::UserStats;
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) type Here = State<Arc<Komunikator>>;
pub(super) type Me = input::Me<Komunikator>;
type Body = input::Body<Komunikator>;
pub(super) type Form = input::Form<Komunikator>;
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

async fn register(
    here: Here,
    client: Client,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let person = body.read(decode::register)?;
    let accounts = &here.actions.accounts;
    let visit = entry::by_cookie(client, Dialect::Komunikator);
    let signed = accounts.sign_up(person, visit).await?;
    Ok(entry::answer(&headers, &signed))
}

async fn login(
    here: Here,
    client: Client,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let form = body.read(|fields| entry::login(fields, "user_name"))?;
    let visit = entry::by_cookie(client, Dialect::Komunikator);
    let signed = here.actions.accounts.login(form, visit).await?;
    Ok(entry::answer(&headers, &signed))
}

async fn change_password(here: Here, me: Me, body: Form) -> Answer<Value> {
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
