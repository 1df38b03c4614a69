//! `/api/admin`: accounts and sign-ins, for administrators.

use crate::accounts::Accounts;
use crate::accounts::administer::{AccountQuery, LoginQuery};
use crate::kernel::actor::SignedIn;
use crate::kernel::body::{Id, Json, Path};
use crate::kernel::page::{Listing, Paging};
use crate::kernel::problem::{Answer, Refusals};
use axum::extract::State;
use axum::response::IntoResponse;
use http::{StatusCode, header};
use parlor_protocol::accounts::{
    AccountChange, AccountDetail, AccountStatus, AccountView, LoginView, PasswordReset, SystemRole,
};
use parlor_protocol::{Page, Timestamp, UserId};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type Shared = State<Arc<Accounts>>;

pub(super) fn routes() -> OpenApiRouter<Arc<Accounts>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get, change))
        .routes(routes!(sign_out))
        .routes(routes!(offer_reset))
        .routes(routes!(remove_factors))
        .routes(routes!(logins))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct List {
    /// Part of a user name or a nickname.
    #[param(min_length = 1, max_length = 100)]
    q: Option<String>,
    /// The account of this user name alone, whatever its case.
    #[param(max_length = 100)]
    username: Option<String>,
    /// Of this status alone.
    status: Option<AccountStatus>,
    /// Of these rights alone.
    role: Option<SystemRole>,
    /// Guests alone, or people with an account.
    is_guest: Option<bool>,
}

/// All accounts.
#[utoipa::path(get, path = "/admin/users", tag = "administration", params(List, Paging),
    responses((status = 200, description = "Accounts, by id", body = Page<AccountView>), Refusals))]
async fn list(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
    Listing(list, paging): Listing<List>,
) -> Answer<axum::Json<Page<AccountView>>> {
    let query = AccountQuery {
        q: list.q,
        username: list.username,
        status: list.status,
        role: list.role,
        is_guest: list.is_guest,
    };
    let cursor = paging.cursor.as_deref();
    let page = accounts
        .list_accounts(&actor, query, paging.limit, cursor)
        .await?;
    Ok(axum::Json(page))
}

/// An account.
#[utoipa::path(get, path = "/admin/users/{id}", tag = "administration",
    params(("id" = UserId, Path, minimum = 1, maximum = 9_007_199_254_740_991_i64)),
    responses((status = 200, description = "The account", body = AccountDetail), Refusals))]
async fn get(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
    Path(Id(id)): Path<Id>,
) -> Answer<axum::Json<AccountDetail>> {
    Ok(axum::Json(accounts.account(&actor, id).await?))
}

/// Change rights or status.
///
/// Who is made inactive is signed out everywhere. The last active administrator stays one.
#[utoipa::path(put, path = "/admin/users/{id}", tag = "administration", request_body = AccountChange,
    params(("id" = UserId, Path, minimum = 1, maximum = 9_007_199_254_740_991_i64)),
    responses((status = 200, description = "The account as it is now", body = AccountView), Refusals))]
async fn change(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
    Path(Id(id)): Path<Id>,
    Json(change): Json<AccountChange>,
) -> Answer<axum::Json<AccountView>> {
    let account = accounts.change_account(&actor, id, change).await?;
    Ok(axum::Json(account))
}

/// Sign a person out everywhere.
#[utoipa::path(delete, path = "/admin/users/{id}/sessions", tag = "administration",
    params(("id" = UserId, Path, minimum = 1, maximum = 9_007_199_254_740_991_i64)),
    responses((status = 204, description = "Signed out"), Refusals))]
async fn sign_out(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
    Path(Id(id)): Path<Id>,
) -> Answer<StatusCode> {
    accounts.sign_out_everywhere(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Offer a person a new password.
///
/// Makes a link that works once and for an hour. Whoever has it chooses the password: it is handed over in private. When
/// it is used, all sessions of the account end. A new one voids the last.
#[utoipa::path(post, path = "/admin/users/{id}/password-reset", tag = "administration",
    params(("id" = UserId, Path, minimum = 1, maximum = 9_007_199_254_740_991_i64)),
    responses((status = 201, description = "The link, shown this once", body = PasswordReset), Refusals))]
async fn offer_reset(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
    Path(Id(id)): Path<Id>,
) -> Answer<impl IntoResponse> {
    let reset = accounts.offer_reset(&actor, id).await?;
    let unstored = [(header::CACHE_CONTROL, "no-store")];
    Ok((StatusCode::CREATED, unstored, axum::Json(reset)))
}

/// Take somebody's second factors away.
///
/// For somebody who has lost them. They are signed out everywhere, and sign in with the password alone.
#[utoipa::path(delete, path = "/admin/users/{id}/factors", tag = "administration",
    params(("id" = UserId, Path, minimum = 1, maximum = 9_007_199_254_740_991_i64)),
    responses((status = 204, description = "Taken away"), Refusals))]
async fn remove_factors(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
    Path(Id(id)): Path<Id>,
) -> Answer<StatusCode> {
    accounts.remove_factors(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Logins {
    /// To this account alone.
    #[param(value_type = Option<UserId>, minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    user_id: Option<Id>,
    /// Those that succeeded alone, or those that failed.
    succeeded: Option<bool>,
    /// From this address alone.
    #[param(max_length = 45)]
    address: Option<String>,
    /// Not before this moment.
    since: Option<Timestamp>,
    /// Before this moment.
    until: Option<Timestamp>,
}

/// All attempts to sign in.
#[utoipa::path(get, path = "/admin/logins", tag = "administration", params(Logins, Paging),
    responses((status = 200, description = "The newest first", body = Page<LoginView>), Refusals))]
async fn logins(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
    Listing(query, paging): Listing<Logins>,
) -> Answer<axum::Json<Page<LoginView>>> {
    let wanted = LoginQuery {
        user: query.user_id.map(|Id(id)| id),
        succeeded: query.succeeded,
        address: query.address,
        since: query.since,
        until: query.until,
    };
    let cursor = paging.cursor.as_deref();
    let page = accounts
        .all_logins(&actor, wanted, paging.limit, cursor)
        .await?;
    Ok(axum::Json(page))
}
