//! The paths: what those about people do, and in [`rooms`](super::rooms) the others.

use super::{Komunikator, decode, rooms};
use crate::dialects::entry::{self, Entry, change_password, login};
use crate::dialects::{Actions, input, refused};
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
pub(super) type Answer = Result<Json<Value>, Refused>;
type Entered = Result<Response, Refused>;

pub(in crate::dialects) fn routes(komunikator: Arc<Komunikator>) -> Router {
    let chosen = change_password::<Komunikator>;
    Router::new()
        .route("/api/register", post(register))
        .route("/api/login", post(login::<Komunikator>))
        .route("/api/user/change_password", post(chosen))
        .route("/api/user/get_info", get(get_info))
        .route("/api/room/get", get(rooms::get_room))
        .route("/api/room/create", post(rooms::create))
        .route("/api/room/join_public", post(rooms::join_public))
        .route("/api/room/join_private", post(rooms::join_private))
        .route("/api/room/leave", post(rooms::leave))
        .route("/api/room/edit", post(rooms::edit))
        .route("/api/room/delete", post(rooms::delete))
        .route("/api/user_rooms", get(rooms::user_rooms))
        .route("/api/user/list", get(rooms::user_list))
        .route("/api/user_kick", post(rooms::user_kick))
        .route("/api/chat_history", get(rooms::chat_history))
        .with_state(komunikator)
}

impl Entry for Komunikator {
    const DIALECT: Dialect = Dialect::Komunikator;
    const NAME: &'static str = "user_name";
    const LONGEST_PASSWORD: usize = decode::PASSWORD;

    fn actions(&self) -> &Actions {
        &self.actions
    }

    fn done(what: &str) -> Json<Value> {
        Json(json!({ "message": format!("{what} successfully") }))
    }
}

async fn register(here: Here, client: Client, headers: HeaderMap, body: Body) -> Entered {
    let person = body.read(decode::register)?;
    let accounts = &here.actions.accounts;
    let visit = entry::by_cookie::<Komunikator>(client);
    let signed = accounts.sign_up(person, visit).await?;
    Ok(entry::answer(&headers, &signed))
}

async fn get_info(here: Here, me: Me) -> Result<Json<UserStats>, Refused> {
    Ok(Json(here.actions.accounts.stats(&me).await?))
}

/// `GET /api/users/online`: those who share a room with the caller.
pub(in crate::dialects) async fn users_online(here: &Komunikator, me: &Actor) -> Answer {
    let people = here.actions.presence.companions_online(me).await?;
    let name = |user_name: String| json!({ "user_name": user_name });
    let names = people.into_iter().map(|person| name(person.user.username));
    Ok(Json(names.collect()))
}
