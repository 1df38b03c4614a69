//! The paths under `/users`.

use super::{Answer, Awesome, Body, Form, Here, Me, Refused, decode, done, encode};
use crate::dialects::entry::by_token;
use crate::kernel::client::Client;
use crate::kernel::dialect::Dialect;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use http::StatusCode;
use parlor_protocol::{Code, Problem};
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) fn routes() -> Router<Arc<Awesome>> {
    Router::new()
        .route("/users/register", post(register))
        .route("/users/login", post(login))
        .route("/users/logout", post(logout))
        .route("/users/me", get(me).put(change_me).delete(delete_me))
        .route("/users/me/password", put(change_password))
}

async fn register(
    here: Here,
    client: Client,
    body: Body,
) -> Result<(StatusCode, Json<Value>), Refused> {
    let person = body.read(decode::register)?;
    let me = here.actions.accounts.sign_up_only(person, &client).await?;
    Ok((StatusCode::CREATED, Json(encode::user(&me))))
}

async fn login(here: Here, client: Client, body: Body) -> Answer {
    let (login, visit) = (
        body.read(decode::login)?,
        by_token(client, Dialect::Awesome),
    );
    let signed = here.actions.accounts.login(login, visit).await?.answer;
    let (token, user) = (signed.access_token, encode::user(&signed.user));
    let answer = json!({ "access_token": token, "token_type": "bearer", "user": user });
    Ok(Json(answer))
}

async fn logout(here: Here, me: Me) -> Answer {
    here.actions.accounts.logout(&me).await?;
    Ok(done("Successfully logged out"))
}

async fn me(here: Here, me: Me) -> Answer {
    let me = here.actions.accounts.me(&me).await?;
    Ok(Json(encode::user(&me)))
}

async fn change_me(here: Here, me: Me, body: Form) -> Answer {
    let (change, with_picture) = body.read(decode::profile)?;
    if with_picture {
        let problem = Problem::new(Code::NotImplemented);
        return Err(problem.detail("Pictures cannot be chosen yet.").into());
    }
    let me = here.actions.accounts.change_profile(&me, change).await?;
    Ok(Json(encode::user(&me)))
}

async fn delete_me(here: Here, me: Me) -> Answer {
    here.actions.accounts.delete_me(&me).await?;
    Ok(done("Account deleted"))
}

async fn change_password(here: Here, me: Me, body: Form) -> Answer {
    let change = body.read(decode::password)?;
    here.actions.accounts.change_password(&me, change).await?;
    Ok(done("Password changed"))
}
