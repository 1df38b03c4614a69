//! The routes of accounts, thin: they read the request, call the action, and write the answer.

mod admin;
mod auth;
mod privacy;
mod users;

use super::Accounts;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

/// All routes, under `/api`.
pub(super) fn routes(accounts: &Arc<Accounts>) -> OpenApiRouter {
    OpenApiRouter::new()
        .merge(auth::routes())
        .merge(privacy::routes())
        .merge(users::routes())
        .merge(admin::routes())
        .with_state(accounts.clone())
}
