//! `/api/auth/privacy`: what one lets others do and see.

use crate::accounts::Accounts;
use crate::kernel::actor::SignedIn;
use crate::kernel::body::Json;
use crate::kernel::problem::{Answer, Refusals};
use axum::extract::State;
use parlor_protocol::accounts::{Privacy, PrivacyChange};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type Shared = State<Arc<Accounts>>;

pub(super) fn routes() -> OpenApiRouter<Arc<Accounts>> {
    OpenApiRouter::new().routes(routes!(privacy, change_privacy))
}

/// What one lets others do and see.
#[utoipa::path(get, path = "/auth/privacy", tag = "account",
    responses((status = 200, description = "The settings", body = Privacy), Refusals))]
async fn privacy(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
) -> Answer<axum::Json<Privacy>> {
    Ok(axum::Json(accounts.privacy(&actor).await?))
}

/// Change what one lets others do and see.
///
/// Absent fields stay as they are. Private chats that are there go on, whoever may begin new ones. Without read receipts
/// nobody else sees how far one has read, nor that one has read before.
#[utoipa::path(put, path = "/auth/privacy", tag = "account", request_body = PrivacyChange,
    responses((status = 200, description = "The settings as they are now", body = Privacy), Refusals))]
async fn change_privacy(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
    Json(change): Json<PrivacyChange>,
) -> Answer<axum::Json<Privacy>> {
    Ok(axum::Json(accounts.change_privacy(&actor, change).await?))
}
