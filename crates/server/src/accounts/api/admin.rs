//! `/api/admin`: accounts and sign-ins, for administrators.

use crate::accounts::Accounts;
use crate::accounts::administer::AccountQuery;
use crate::kernel::actor::SignedIn;
use crate::kernel::body::{Id, Json, Path, Query};
use crate::kernel::page::Limit;
use crate::kernel::problem::{Answer, Refusals};
use axum::extract::State;
use http::StatusCode;
use parlor_protocol::accounts::{AccountChange, AccountStatus, AccountView, LoginView, SystemRole};
use parlor_protocol::{Page, UserId};
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
        .routes(routes!(logins))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct List {
    /// Part of a user name or a nickname.
    #[param(min_length = 1, max_length = 100)]
    q: Option<String>,
    /// Of this status alone.
    status: Option<AccountStatus>,
    /// Of these rights alone.
    role: Option<SystemRole>,
    /// How many.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200)]
    limit: Limit,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// All accounts.
#[utoipa::path(get, path = "/admin/users", tag = "administration", params(List),
    responses((status = 200, description = "Accounts, by id", body = Page<AccountView>), Refusals))]
async fn list(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
    Query(list): Query<List>,
) -> Answer<axum::Json<Page<AccountView>>> {
    let query = AccountQuery {
        q: list.q,
        status: list.status,
        role: list.role,
    };
    let cursor = list.cursor.as_deref();
    let page = accounts
        .list_accounts(&actor, query, list.limit, cursor)
        .await?;
    Ok(axum::Json(page))
}

/// An account.
#[utoipa::path(get, path = "/admin/users/{id}", tag = "administration",
    params(("id" = UserId, Path, minimum = 1, maximum = 9_007_199_254_740_991_i64)),
    responses((status = 200, description = "The account", body = AccountView), Refusals))]
async fn get(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
    Path(Id(id)): Path<Id>,
) -> Answer<axum::Json<AccountView>> {
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

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Logins {
    /// To this account alone.
    #[param(value_type = Option<UserId>, minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    user_id: Option<Id>,
    /// How many.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200)]
    limit: Limit,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// All attempts to sign in.
#[utoipa::path(get, path = "/admin/logins", tag = "administration", params(Logins),
    responses((status = 200, description = "The newest first", body = Page<LoginView>), Refusals))]
async fn logins(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
    Query(query): Query<Logins>,
) -> Answer<axum::Json<Page<LoginView>>> {
    let user = query.user_id.map(|Id(id)| id);
    let cursor = query.cursor.as_deref();
    let page = accounts
        .all_logins(&actor, user, query.limit, cursor)
        .await?;
    Ok(axum::Json(page))
}
