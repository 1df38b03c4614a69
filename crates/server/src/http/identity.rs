//! Who a request comes from, decided once before any handler runs.

use crate::accounts::Accounts;
use crate::kernel::actor::NotSignedIn;
use crate::kernel::problem::Failure;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Puts the actor among the request's extensions. A token that does not hold makes the request nobody's, so that one
/// can sign in over a stale cookie; why it does not hold is told where somebody is needed.
pub(super) async fn identify(
    State(accounts): State<Arc<Accounts>>,
    mut request: Request,
    next: Next,
) -> Response {
    match accounts.authenticate(request.headers()).await {
        Ok(Some(actor)) => drop(request.extensions_mut().insert(actor)),
        Ok(None) => {}
        Err(problem) if problem.status >= 500 => return Failure(problem).into_response(),
        Err(problem) => drop(request.extensions_mut().insert(NotSignedIn(problem))),
    }
    next.run(request).await
}
