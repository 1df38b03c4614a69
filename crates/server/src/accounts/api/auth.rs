//! `/api/auth`: signing in, and one's own account.

use crate::accounts::session::{Signed, Visit};
use crate::accounts::{Accounts, cookies};
use crate::kernel::actor::{MaybeSignedIn, SignedIn};
use crate::kernel::body::{Id, Json, OptionalJson, Path, Query};
use crate::kernel::client::Client;
use crate::kernel::dialect::Dialect;
use crate::kernel::page::Paging;
use crate::kernel::problem::{Answer, Refusals};
use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use parlor_protocol::accounts::{
    AuthCheck, ChangePassword, GuestLogin, Login, LoginRecord, Me, ProfileChange, Refresh,
    Register, ResetPassword, Session, SignedIn as Entry, UpgradeGuest,
};
use parlor_protocol::{Page, SessionId};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type Shared = State<Arc<Accounts>>;

pub(super) fn routes() -> OpenApiRouter<Arc<Accounts>> {
    OpenApiRouter::new()
        .routes(routes!(register))
        .routes(routes!(login))
        .routes(routes!(guest))
        .routes(routes!(upgrade_guest))
        .routes(routes!(refresh))
        .routes(routes!(logout))
        .routes(routes!(check))
        .routes(routes!(me, delete_me))
        .routes(routes!(profile))
        .routes(routes!(change_password))
        .routes(routes!(reset_password))
        .routes(routes!(sessions))
        .routes(routes!(revoke))
        .routes(routes!(logins))
}

pub(super) fn visit(client: Client, headers: &HeaderMap) -> Visit {
    let browser = cookies::is_browser(headers);
    let dialect = Dialect::Chatroom;
    Visit {
        client,
        browser,
        dialect,
    }
}

/// The answer to a sign-in, with a cookie for a browser.
pub(super) fn enter(
    status: StatusCode,
    headers: &HeaderMap,
    signed: Signed,
    remember: bool,
) -> Response {
    let cookie = signed.set_cookie(headers, remember);
    let cookie = AppendHeaders(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    (status, UNSTORED, cookie, axum::Json(signed.answer)).into_response()
}

/// Tokens and what is personal stay out of caches.
pub(super) const UNSTORED: [(header::HeaderName, HeaderValue); 1] =
    [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];

/// Sign up.
///
/// Makes an account and signs it in. With the code of the setup link it becomes the first administrator's.
#[utoipa::path(post, path = "/auth/register", tag = "sign-in", request_body = Register,
    responses((status = 201, description = "Signed up and in", body = Entry), Refusals))]
async fn register(
    State(accounts): Shared,
    client: Client,
    headers: HeaderMap,
    Json(form): Json<Register>,
) -> Answer<Response> {
    let signed = accounts.register(form, visit(client, &headers)).await?;
    Ok(enter(StatusCode::CREATED, &headers, signed, false))
}

/// Sign in.
///
/// By user name or e-mail address. Where the account has a second factor, the answer is the problem `factor_required`, whose
/// `pending_token` goes into `auth/login/factor`. A browser, which sends `Origin` or `X-CSRF`, also gets a session cookie.
#[utoipa::path(post, path = "/auth/login", tag = "sign-in", request_body = Login,
    responses((status = 200, description = "Signed in", body = Entry), Refusals))]
async fn login(
    State(accounts): Shared,
    client: Client,
    headers: HeaderMap,
    Json(form): Json<Login>,
) -> Answer<Response> {
    let remember = form.remember;
    let signed = accounts.login(form, visit(client, &headers)).await?;
    Ok(enter(StatusCode::OK, &headers, signed, remember))
}

/// Come in as a guest.
///
/// A guest needs no account, talks in public rooms and owns nothing. The visit ends a day after the last sign of life.
#[utoipa::path(post, path = "/auth/guest", tag = "sign-in", request_body = Option<GuestLogin>,
    responses((status = 201, description = "In as a guest", body = Entry), Refusals))]
async fn guest(
    State(accounts): Shared,
    client: Client,
    headers: HeaderMap,
    OptionalJson(form): OptionalJson<GuestLogin>,
) -> Answer<Response> {
    let visit = visit(client, &headers);
    let signed = accounts.enter_as_guest(form, visit).await?;
    Ok(enter(StatusCode::CREATED, &headers, signed, false))
}

/// Make a guest's visit an account.
///
/// The guest stays who they are, with their messages and rooms. The session goes on under the tokens of the answer.
#[utoipa::path(post, path = "/auth/guest/upgrade", tag = "account", request_body = UpgradeGuest,
    responses((status = 200, description = "The account, signed in", body = Entry), Refusals))]
async fn upgrade_guest(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
    client: Client,
    headers: HeaderMap,
    Json(form): Json<UpgradeGuest>,
) -> Answer<Response> {
    let visit = visit(client, &headers);
    let signed = accounts.upgrade_guest(&actor, form, visit).await?;
    Ok(enter(StatusCode::OK, &headers, signed, false))
}

/// Refresh a session.
///
/// Exchanges the newest refresh token for a new pair. One that was exchanged before ends the session.
#[utoipa::path(post, path = "/auth/refresh", tag = "sign-in", request_body = Refresh,
    responses((status = 200, description = "The next pair", body = Entry), Refusals))]
async fn refresh(
    State(accounts): Shared,
    client: Client,
    headers: HeaderMap,
    Json(form): Json<Refresh>,
) -> Answer<Response> {
    let signed = accounts.refresh(&form.refresh_token, &client).await?;
    Ok(enter(StatusCode::OK, &headers, signed, false))
}

/// Sign out.
///
/// Ends this session and its connections. A guest's visit ends with it.
#[utoipa::path(post, path = "/auth/logout", tag = "sign-in",
    responses((status = 204, description = "Signed out"), Refusals))]
async fn logout(State(accounts): Shared, SignedIn(actor): SignedIn) -> Answer<Response> {
    accounts.logout(&actor).await?;
    Ok(signed_out())
}

fn signed_out() -> Response {
    let cookies = cookies::clear().map(|cookie| (header::SET_COOKIE, cookie));
    (StatusCode::NO_CONTENT, AppendHeaders(cookies)).into_response()
}

/// Am I signed in?
#[utoipa::path(get, path = "/auth/check", tag = "sign-in",
    responses((status = 200, description = "Whether, and as whom", body = AuthCheck), Refusals))]
async fn check(
    State(accounts): Shared,
    MaybeSignedIn(actor): MaybeSignedIn,
) -> Answer<axum::Json<AuthCheck>> {
    let user = match actor {
        Some(actor) => Some(accounts.me(&actor).await?),
        None => None,
    };
    let authenticated = user.is_some();
    Ok(axum::Json(AuthCheck {
        authenticated,
        user,
    }))
}

/// One's own account.
#[utoipa::path(get, path = "/auth/me", tag = "account",
    responses((status = 200, description = "The account", body = Me), Refusals))]
async fn me(State(accounts): Shared, SignedIn(actor): SignedIn) -> Answer<axum::Json<Me>> {
    Ok(axum::Json(accounts.me(&actor).await?))
}

/// Delete one's own account.
///
/// What it said about its owner is forgotten; messages stay, under a tombstone name.
#[utoipa::path(delete, path = "/auth/me", tag = "account",
    responses((status = 204, description = "Deleted"), Refusals))]
async fn delete_me(State(accounts): Shared, SignedIn(actor): SignedIn) -> Answer<Response> {
    accounts.delete_me(&actor).await?;
    Ok(signed_out())
}

/// Change one's profile.
///
/// Absent fields stay as they are; `null` clears a field.
#[utoipa::path(put, path = "/auth/profile", tag = "account", request_body = ProfileChange,
    responses((status = 200, description = "The account as it is now", body = Me), Refusals))]
async fn profile(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
    Json(change): Json<ProfileChange>,
) -> Answer<axum::Json<Me>> {
    Ok(axum::Json(accounts.change_profile(&actor, change).await?))
}

/// Change one's password.
///
/// Ends all other sessions.
#[utoipa::path(put, path = "/auth/change-password", tag = "account", request_body = ChangePassword,
    responses((status = 204, description = "Changed"), Refusals))]
async fn change_password(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
    Json(form): Json<ChangePassword>,
) -> Answer<StatusCode> {
    accounts.change_password(&actor, form).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Choose a new password by a link.
///
/// The code is that of a link which an administrator has handed over. It works once; all sessions of the account end.
#[utoipa::path(post, path = "/auth/reset-password", tag = "sign-in", request_body = ResetPassword,
    responses((status = 204, description = "Chosen; sign in with it"), Refusals))]
async fn reset_password(
    State(accounts): Shared,
    client: Client,
    Json(form): Json<ResetPassword>,
) -> Answer<StatusCode> {
    accounts.reset_password(form, client.origin()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The devices that are signed in.
#[utoipa::path(get, path = "/auth/sessions", tag = "account",
    responses((status = 200, description = "The newest first", body = Page<Session>), Refusals))]
async fn sessions(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
) -> Answer<axum::Json<Page<Session>>> {
    Ok(axum::Json(Page::last(accounts.sessions(&actor).await?)))
}

/// Sign a device out.
#[utoipa::path(delete, path = "/auth/sessions/{id}", tag = "account",
    params(("id" = SessionId, Path, minimum = 1, maximum = 9_007_199_254_740_991_i64)),
    responses((status = 204, description = "Signed out"), Refusals))]
async fn revoke(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
    Path(Id(id)): Path<Id>,
) -> Answer<StatusCode> {
    accounts.revoke(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The attempts to sign in to one's own account.
#[utoipa::path(get, path = "/auth/logins", tag = "account", params(Paging),
    responses((status = 200, description = "The newest first", body = Page<LoginRecord>), Refusals))]
async fn logins(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
    Query(paging): Query<Paging>,
) -> Answer<axum::Json<Page<LoginRecord>>> {
    let cursor = paging.cursor.as_deref();
    let page = accounts.logins(&actor, paging.limit, cursor).await?;
    Ok(axum::Json(page))
}
