//! The paths under `/users`.

use super::encode::{Admission, Detail, UserView};
use super::errors::Refused;
use super::{Awesome, Here, decode};
use crate::accounts::session::Visit;
use crate::dialects::input::Who;
use crate::kernel::body::Raw;
use crate::kernel::client::Client;
use crate::kernel::dialect::Dialect;
use axum::extract::State;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use http::StatusCode;
use std::sync::Arc;

type Answer<T> = Result<Json<T>, Refused>;

pub(super) fn routes() -> Router<Arc<Awesome>> {
    Router::new()
        .route("/users/register", post(register))
        .route("/users/login", post(login))
        .route("/users/logout", post(logout))
        .route("/users/me", get(me).put(change_me).delete(delete_me))
        .route("/users/me/password", put(change_password))
}

pub(super) fn done(detail: &'static str) -> Json<Detail<'static>> {
    Json(Detail { detail })
}

async fn register(
    State(here): Here,
    client: Client,
    Raw(body): Raw,
) -> Result<(StatusCode, Json<UserView>), Refused> {
    let person = decode::register(&body?)?;
    let me = here.actions.accounts.sign_up_only(person, &client).await?;
    Ok((StatusCode::CREATED, Json(me.into())))
}

async fn login(State(here): Here, client: Client, Raw(body): Raw) -> Answer<Admission> {
    let login = decode::login(&body?)?;
    let visit = Visit {
        client,
        browser: false,
        dialect: Dialect::Awesome,
    };
    let signed = here.actions.accounts.login(login, visit).await?;
    Ok(Json(Admission {
        access_token: signed.answer.access_token,
        token_type: "bearer",
        user: signed.answer.user.into(),
    }))
}

async fn logout(State(here): Here, who: Who) -> Answer<Detail<'static>> {
    here.actions.accounts.logout(&*who.0?).await?;
    Ok(done("Successfully logged out"))
}

async fn me(State(here): Here, who: Who) -> Answer<UserView> {
    Ok(Json(here.actions.accounts.me(&*who.0?).await?.into()))
}

async fn change_me(State(here): Here, who: Who, Raw(body): Raw) -> Answer<UserView> {
    let actor = who.0?;
    let change = decode::profile(&body?)?;
    let me = here.actions.accounts.change_profile(&actor, change).await?;
    Ok(Json(me.into()))
}

async fn delete_me(State(here): Here, who: Who) -> Answer<Detail<'static>> {
    here.actions.accounts.delete_me(&*who.0?).await?;
    Ok(done("Account deleted"))
}

async fn change_password(State(here): Here, who: Who, Raw(body): Raw) -> Answer<Detail<'static>> {
    let actor = who.0?;
    let change = decode::password(&body?)?;
    here.actions
        .accounts
        .change_password(&actor, change)
        .await?;
    Ok(done("Password changed"))
}
