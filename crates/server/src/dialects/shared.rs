//! Paths that two systems have: the token says which of them is meant.

use super::input::Who;
use super::komunikator::{self, Komunikator};
use crate::kernel::dialect::Dialect;
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::Method;
use std::sync::Arc;

/// Over the native routes as they stand under `/api`.
pub(super) fn layer(native: Router, komunikator: Arc<Komunikator>) -> Router {
    native.layer(from_fn_with_state(komunikator, by_token))
}

async fn by_token(
    State(komunikator): State<Arc<Komunikator>>,
    who: Who,
    request: Request,
    next: Next,
) -> Response {
    let Ok(actor) = &who.0 else {
        return next.run(request).await;
    };
    if actor.dialect != Dialect::Komunikator || request.method() != Method::GET {
        return next.run(request).await;
    }
    match request.uri().path() {
        "/rooms" => komunikator::public_rooms(&komunikator, actor)
            .await
            .into_response(),
        "/users/online" => komunikator::users_online(&komunikator, actor)
            .await
            .into_response(),
        _ => next.run(request).await,
    }
}
