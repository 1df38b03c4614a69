//! `/api/auth/factors`: second factors, and proving anew who one is.

use super::auth::{enter, visit};
use crate::accounts::Accounts;
use crate::kernel::actor::SignedIn;
use crate::kernel::body::Json;
use crate::kernel::client::Client;
use crate::kernel::problem::{Answer, Refusals};
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode};
use parlor_protocol::accounts::SignedIn as Entry;
use parlor_protocol::factors::{
    ConfirmTotp, Factors, LoginFactor, RecoveryCodes, StepUp, TotpEnrolment,
};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type Shared = State<Arc<Accounts>>;

pub(super) fn routes() -> OpenApiRouter<Arc<Accounts>> {
    OpenApiRouter::new()
        .routes(routes!(login_factor))
        .routes(routes!(step_up))
        .routes(routes!(factors))
        .routes(routes!(begin_totp, disable_totp))
        .routes(routes!(confirm_totp))
        .routes(routes!(renew_recovery_codes))
}

/// Show a second factor.
///
/// The second step of a sign-in that was answered `factor_required`, with the `pending_token` of that answer.
#[utoipa::path(post, path = "/auth/login/factor", tag = "sign-in", request_body = LoginFactor,
    responses((status = 200, description = "Signed in", body = Entry), Refusals))]
async fn login_factor(
    State(accounts): Shared,
    client: Client,
    headers: HeaderMap,
    Json(form): Json<LoginFactor>,
) -> Answer<Response> {
    let remember = form.remember;
    let signed = accounts.finish_login(form, visit(client, &headers)).await?;
    Ok(enter(StatusCode::OK, &headers, signed, remember))
}

/// Prove again who one is.
///
/// By a second factor, or by the password where there is none. For ten minutes after this, or after signing in, the session may do what is
/// answered `step_up_required` otherwise.
#[utoipa::path(post, path = "/auth/step-up", tag = "account", request_body = StepUp,
    responses((status = 204, description = "Proved"), Refusals))]
async fn step_up(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
    Json(form): Json<StepUp>,
) -> Answer<StatusCode> {
    accounts.step_up(&actor, form).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One's second factors.
#[utoipa::path(get, path = "/auth/factors", tag = "account",
    responses((status = 200, description = "What there is", body = Factors), Refusals))]
async fn factors(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
) -> Answer<axum::Json<Factors>> {
    Ok(axum::Json(accounts.factors(&actor).await?))
}

/// Begin to set up an authenticator app.
///
/// Answers a secret for the app (RFC 6238: SHA-1, six digits, 30 seconds). It counts once a code of it is confirmed; until
/// then an app that was set up before goes on.
#[utoipa::path(post, path = "/auth/factors/totp", tag = "account",
    responses((status = 200, description = "The secret", body = TotpEnrolment), Refusals))]
async fn begin_totp(State(accounts): Shared, SignedIn(actor): SignedIn) -> Answer<Response> {
    let enrolment = accounts.begin_totp(&actor).await?;
    Ok(unstored(enrolment))
}

/// Confirm an authenticator app.
///
/// From now on signing in takes one of its codes too. Answers recovery codes, in place of any there were. All other
/// sessions end.
#[utoipa::path(post, path = "/auth/factors/totp/confirm", tag = "account", request_body = ConfirmTotp,
    responses((status = 200, description = "Recovery codes", body = RecoveryCodes), Refusals))]
async fn confirm_totp(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
    Json(form): Json<ConfirmTotp>,
) -> Answer<Response> {
    let codes = accounts.confirm_totp(&actor, form).await?;
    Ok(unstored(codes))
}

/// Give up the authenticator app.
#[utoipa::path(delete, path = "/auth/factors/totp", tag = "account",
    responses((status = 204, description = "Given up"), Refusals))]
async fn disable_totp(State(accounts): Shared, SignedIn(actor): SignedIn) -> Answer<StatusCode> {
    accounts.disable_totp(&actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// New recovery codes.
///
/// In place of those that were.
#[utoipa::path(post, path = "/auth/factors/recovery-codes", tag = "account",
    responses((status = 200, description = "Recovery codes", body = RecoveryCodes), Refusals))]
async fn renew_recovery_codes(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
) -> Answer<Response> {
    let codes = accounts.renew_recovery_codes(&actor).await?;
    Ok(unstored(codes))
}

/// Secrets stay out of caches.
fn unstored(secret: impl serde::Serialize) -> Response {
    (super::auth::UNSTORED, axum::Json(secret)).into_response()
}
