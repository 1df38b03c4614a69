//! The routes of accounts, thin: they read the request, call the action, and write the answer.

mod admin;
mod auth;
mod console;
mod factors;
mod identities;
mod privacy;
mod users;

pub(crate) use console::{GivenPassword, NewAdministrator};
pub(crate) use identities::{arrival, asked_at, lead_to, to_provider, wants_page};

use super::Accounts;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

/// All routes, under `/api`.
pub(super) fn routes(accounts: &Arc<Accounts>) -> OpenApiRouter {
    OpenApiRouter::new()
        .merge(auth::routes())
        .merge(factors::routes())
        .merge(identities::routes())
        .merge(privacy::routes())
        .merge(users::routes())
        .merge(admin::routes())
        .with_state(accounts.clone())
}

/// What is done on the command line.
pub(super) fn console_routes(accounts: &Arc<Accounts>) -> OpenApiRouter {
    OpenApiRouter::new()
        .merge(admin::routes())
        .merge(console::routes())
        .with_state(accounts.clone())
}
