//! What the console alone may do with accounts. These routes stand nowhere but there: see `http/console.rs`.

use crate::accounts::Accounts;
use crate::kernel::actor::SignedIn;
use crate::kernel::body::Json;
use crate::kernel::problem::{Answer, Refusals};
use axum::extract::State;
use http::StatusCode;
use parlor_protocol::accounts::UserBrief;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<Accounts>> {
    OpenApiRouter::new()
        .routes(routes!(create))
        .routes(routes!(give_password))
}

/// An administrator to be made.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAdministrator {
    /// The unique name.
    pub(crate) username: String,
    /// The address.
    pub(crate) email: String,
    /// The password.
    pub(crate) password: String,
}

/// Makes an administrator.
#[utoipa::path(post, path = "/console/administrators", tag = "console", request_body = NewAdministrator,
    responses((status = 201, body = UserBrief), Refusals))]
async fn create(
    State(accounts): State<Arc<Accounts>>,
    SignedIn(actor): SignedIn,
    Json(form): Json<NewAdministrator>,
) -> Answer<(StatusCode, axum::Json<UserBrief>)> {
    let made = accounts.create_administrator(&actor, form.username, form.email, form.password);
    Ok((StatusCode::CREATED, axum::Json(made.await?)))
}

/// Another password for somebody.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GivenPassword {
    /// The unique name, or the address.
    pub(crate) username: String,
    /// The password.
    pub(crate) password: String,
}

/// Gives somebody another password.
#[utoipa::path(post, path = "/console/passwords", tag = "console", request_body = GivenPassword,
    responses((status = 200, body = UserBrief), Refusals))]
async fn give_password(
    State(accounts): State<Arc<Accounts>>,
    SignedIn(actor): SignedIn,
    Json(form): Json<GivenPassword>,
) -> Answer<axum::Json<UserBrief>> {
    let given = accounts.give_password(&actor, &form.username, form.password);
    Ok(axum::Json(given.await?))
}
