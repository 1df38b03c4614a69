//! The paths under `/auth` and `/user`.

use super::{Must, decode};
use crate::accounts::cookies;
use crate::dialects::entry::{Entry, login};
use crate::dialects::input::{self, Who};
use crate::dialects::{Actions, lists, refused};
use crate::kernel::client::Client;
use crate::kernel::dialect::Dialect;
use axum::extract::{Path, State};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};
use std::sync::Arc;

type Here = State<Arc<Must>>;
type Me = input::Me<Must>;
type Body = input::Body<Must>;
type Refused = refused::Refused<Must>;

pub(in crate::dialects) fn routes(must: Arc<Must>) -> Router {
    Router::new()
        .route("/auth/register", post(register))
        // The cookie is for `/user/search`, which takes no token in the older system.
        .route("/auth/login", post(login::<Must>))
        .route("/auth/logout", post(logout))
        .route("/user/search/{username}", get(search))
        .with_state(must)
}

async fn register(
    here: Here,
    client: Client,
    body: Body,
) -> Result<(StatusCode, Json<Value>), Refused> {
    let person = body.read(decode::register)?;
    here.actions.accounts.sign_up_only(person, &client).await?;
    let message = "User created successfully";
    Ok((StatusCode::CREATED, Json(json!({ "message": message }))))
}

/// Whoever carries nothing that holds is signed out already.
async fn logout(here: Here, who: Who, headers: HeaderMap) -> Result<Response, Refused> {
    let accounts = &here.actions.accounts;
    let actor = match who.0 {
        Ok(actor) => Some(actor),
        // A program, which no page can make send its cookie.
        Err(_) if !headers.contains_key(header::ORIGIN) => {
            accounts.authenticate(&headers).await.ok().flatten()
        }
        Err(_) => None,
    };
    if let Some(actor) = actor {
        accounts.logout(&actor).await?;
    }
    let cookies = cookies::clear().map(|cookie| (header::SET_COOKIE, cookie));
    let answer = Must::done("Successfully logged out");
    Ok((AppendHeaders(cookies), answer).into_response())
}

async fn search(
    here: Here,
    me: Me,
    Path(username): Path<String>,
) -> Result<Json<Vec<Value>>, Refused> {
    let accounts = &here.actions.accounts;
    let found = accounts.search(&me, &username, lists::largest(), None);
    let part = username.to_lowercase();
    let people = found.await?.items.into_iter().map(|user| user.brief);
    // People are also found by the names they show, of which this system knows nothing.
    let people = people.filter(|user| user.username.to_lowercase().contains(&part));
    let people = people.map(|user| json!({ "id": user.id, "username": user.username }));
    Ok(Json(people.collect()))
}

impl Entry for Must {
    const DIALECT: Dialect = Dialect::Must;

    fn actions(&self) -> &Actions {
        &self.actions
    }

    fn done(what: &str) -> Json<Value> {
        Json(json!({ "msg": what }))
    }
}
