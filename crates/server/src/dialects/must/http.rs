//! The paths under `/auth` and `/user`.

use super::encode::{Found, Text, Token};
use super::errors::Refused;
use super::{Must, decode};
use crate::accounts::cookies;
use crate::accounts::session::Visit;
use crate::dialects::input::Who;
use crate::kernel::body::Raw;
use crate::kernel::client::Client;
use crate::kernel::dialect::Dialect;
use crate::kernel::page::Limit;
use axum::extract::{Path, State};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::{HeaderMap, StatusCode, header};
use serde_json::json;
use std::sync::Arc;

type Here = State<Arc<Must>>;

/// How many people a search names.
const MOST: u32 = 200;

pub(in crate::dialects) fn routes(must: Arc<Must>) -> Router {
    Router::new()
        .route("/auth/register", post(register))
        .route("/auth/login", post(login))
        .route("/auth/logout", post(logout))
        .route("/user/search/{username}", get(search))
        .with_state(must)
}

async fn register(
    State(must): Here,
    client: Client,
    Raw(body): Raw,
) -> Result<(StatusCode, Json<Text<'static>>), Refused> {
    let person = decode::register(&body?)?;
    must.actions.accounts.sign_up_only(person, &client).await?;
    let message = "User created successfully";
    Ok((StatusCode::CREATED, Json(Text { message })))
}

/// The cookie is for `/user/search`, which takes no token in the older system.
async fn login(
    State(must): Here,
    client: Client,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<Response, Refused> {
    let login = decode::login(&body?)?;
    let visit = Visit {
        client,
        browser: true,
        dialect: Dialect::Must,
    };
    let signed = must.actions.accounts.login(login, visit).await?;
    let cookie = signed.set_cookie(&headers, false);
    let cookie = AppendHeaders(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    let access_token = signed.answer.access_token;
    Ok((cookie, Json(Token { access_token })).into_response())
}

/// Whoever carries nothing that holds is signed out already.
async fn logout(State(must): Here, who: Who, headers: HeaderMap) -> Result<Response, Refused> {
    let accounts = &must.actions.accounts;
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
    let answer = Json(json!({ "msg": "Successfully logged out" }));
    Ok((AppendHeaders(cookies), answer).into_response())
}

async fn search(
    State(must): Here,
    who: Who,
    Path(username): Path<String>,
) -> Result<Json<Vec<Found>>, Refused> {
    let limit = Limit::try_from(MOST).unwrap_or_default();
    let accounts = &must.actions.accounts;
    let found = accounts.search(&*who.0?, &username, limit, None).await?;
    let part = username.to_lowercase();
    let named = found.items.into_iter().map(|user| user.brief);
    // People are also found by the names they show, of which this system knows nothing.
    let named = named.filter(|user| user.username.to_lowercase().contains(&part));
    let people = named.map(|user| Found {
        id: user.id,
        username: user.username,
    });
    Ok(Json(people.collect()))
}
