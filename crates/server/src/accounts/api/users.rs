//! `/api/users`: how people see each other.

use crate::accounts::Accounts;
use crate::kernel::actor::SignedIn;
use crate::kernel::body::{Id, Path};
use crate::kernel::page::{Listing, Paging};
use crate::kernel::problem::{Answer, Refusals};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header;
use parlor_protocol::accounts::{User, UserStats};
use parlor_protocol::{Page, UserId};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type Shared = State<Arc<Accounts>>;

pub(super) fn routes() -> OpenApiRouter<Arc<Accounts>> {
    OpenApiRouter::new()
        .routes(routes!(search))
        .routes(routes!(stats))
        .routes(routes!(user))
        .routes(routes!(avatar))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Search {
    /// Part of a user name or a nickname: two characters, or one that is a word.
    #[param(min_length = 1, max_length = 100, example = "al")]
    q: String,
}

/// Find people.
#[utoipa::path(get, path = "/users/search", tag = "users", params(Search, Paging),
    responses((status = 200, description = "People, by id", body = Page<User>), Refusals))]
async fn search(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
    Listing(query, paging): Listing<Search>,
) -> Answer<Json<Page<User>>> {
    let cursor = paging.cursor.as_deref();
    let page = accounts
        .search(&actor, &query.q, paging.limit, cursor)
        .await?;
    Ok(Json(page))
}

/// What one has done here.
#[utoipa::path(get, path = "/users/me/stats", tag = "users",
    responses((status = 200, description = "Counts", body = UserStats), Refusals))]
async fn stats(State(accounts): Shared, SignedIn(actor): SignedIn) -> Answer<Json<UserStats>> {
    Ok(Json(accounts.stats(&actor).await?))
}

/// A person's public profile.
#[utoipa::path(get, path = "/users/{id}", tag = "users",
    params(("id" = UserId, Path, minimum = 1, maximum = 9_007_199_254_740_991_i64)),
    responses((status = 200, description = "The profile", body = User), Refusals))]
async fn user(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
    Path(Id(id)): Path<Id>,
) -> Answer<Json<User>> {
    Ok(Json(accounts.user(&actor, id).await?))
}

/// A person's picture.
///
/// Public, since pages show it by address alone: an initial on a colour.
#[utoipa::path(get, path = "/users/{id}/avatar", tag = "users",
    params(("id" = UserId, Path, minimum = 1, maximum = 9_007_199_254_740_991_i64)),
    responses((status = 200, description = "The picture", body = String, content_type = "image/svg+xml"), Refusals))]
async fn avatar(State(accounts): Shared, Path(Id(id)): Path<Id>) -> Answer<Response> {
    let picture = accounts.picture(id).await?;
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "public, max-age=300"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
    ];
    Ok((headers, picture).into_response())
}
