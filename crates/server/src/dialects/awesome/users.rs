//! The paths under `/users`.

use super::{Answer, Awesome, Body, Form, Here, Made, Me, decode, encode};
use crate::dialects::by_others::ByOthers as _;
use crate::dialects::entry::{Entry as _, by_token};
use crate::kernel::client::Client;
use axum::Json;
use http::StatusCode;
use parlor_protocol::{Code, Problem};

pub(super) async fn register(here: Here, client: Client, body: Body) -> Made {
    let person = body.read(decode::register)?;
    let me = here.actions.accounts.sign_up_only(person, &client).await?;
    Ok((StatusCode::CREATED, Json(encode::user(&me))))
}

pub(super) async fn login(here: Here, client: Client, body: Body) -> Answer {
    let (login, visit) = (body.read(decode::login)?, by_token::<Awesome>(client));
    let signed = here.actions.accounts.login(login, visit).await?.answer;
    Ok(Awesome::signed_in(&signed))
}

pub(super) async fn logout(here: Here, me: Me) -> Answer {
    here.actions.accounts.logout(&me).await?;
    Ok(Awesome::done("Successfully logged out"))
}

pub(super) async fn me(here: Here, me: Me) -> Answer {
    let me = here.actions.accounts.me(&me).await?;
    Ok(Json(encode::user(&me)))
}

pub(super) async fn change_me(here: Here, me: Me, body: Form) -> Answer {
    let (change, with_picture) = body.read(decode::profile)?;
    if with_picture {
        let problem = Problem::new(Code::NotImplemented);
        return Err(problem.detail("Pictures cannot be chosen yet.").into());
    }
    let me = here.actions.accounts.change_profile(&me, change).await?;
    Ok(Json(encode::user(&me)))
}

pub(super) async fn delete_me(here: Here, me: Me) -> Answer {
    here.actions.accounts.delete_me(&me).await?;
    Ok(Awesome::done("Account deleted"))
}
