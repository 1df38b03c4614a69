//! Routes.

use super::Friends;
use crate::kernel::actor::SignedIn;
use crate::kernel::body::{Id, Json, Path, Query};
use crate::kernel::page::{Listing, Paging};
use crate::kernel::problem::{Answer, Refusals};
use axum::Json as Reply;
use axum::extract::State;
use http::StatusCode;
use parlor_protocol::Page;
use parlor_protocol::friends::{
    AskFriend, Asked, Blocked, Friend, FriendRequest, RequestDirection,
};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type Here = State<Arc<Friends>>;

pub(super) fn routes(friends: Arc<Friends>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_friends))
        .routes(routes!(remove_friend))
        .routes(routes!(list_requests, ask))
        .routes(routes!(withdraw))
        .routes(routes!(accept))
        .routes(routes!(decline))
        .routes(routes!(list_blocks))
        .routes(routes!(block, unblock))
        .with_state(friends)
}

/// Which requests, and how the list is paged.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RequestsQuery {
    /// Those one was made, or those one has made; both where it is left out.
    #[param(inline)]
    direction: Option<RequestDirection>,
}

/// Whom.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct Whom {
    /// The person.
    #[param(value_type = i64, minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    user_id: Id,
}

/// Which request.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct Which {
    /// The request.
    #[param(value_type = i64, minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    request_id: Id,
}

/// One's friends.
#[utoipa::path(get, path = "/friends", tag = "friends", params(Paging),
    responses((status = 200, body = Page<Friend>), Refusals))]
async fn list_friends(
    State(friends): Here,
    SignedIn(actor): SignedIn,
    Query(query): Query<Paging>,
) -> Answer<Reply<Page<Friend>>> {
    let cursor = query.cursor.as_deref();
    Ok(Reply(friends.friends(&actor, query.limit, cursor).await?))
}

/// Takes somebody from one's friends, and oneself from theirs.
#[utoipa::path(delete, path = "/friends/{user_id}", tag = "friends", params(Whom),
    responses((status = 204), Refusals))]
async fn remove_friend(
    State(friends): Here,
    SignedIn(actor): SignedIn,
    Path(whom): Path<Whom>,
) -> Answer<StatusCode> {
    friends.remove(&actor, whom.user_id.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The requests that one has made or been made.
#[utoipa::path(get, path = "/friends/requests", tag = "friends", params(RequestsQuery, Paging),
    responses((status = 200, body = Page<FriendRequest>), Refusals))]
async fn list_requests(
    State(friends): Here,
    SignedIn(actor): SignedIn,
    Listing(query, paging): Listing<RequestsQuery>,
) -> Answer<Reply<Page<FriendRequest>>> {
    let cursor = paging.cursor.as_deref();
    let page = friends.requests(&actor, query.direction, paging.limit, cursor);
    Ok(Reply(page.await?))
}

/// Asks somebody to be friends. Where they had asked first, the two are friends at once.
#[utoipa::path(post, path = "/friends/requests", tag = "friends", request_body = AskFriend,
    responses((status = 201, description = "Asked", body = Asked),
        (status = 200, description = "Asked before, or friends now", body = Asked), Refusals))]
async fn ask(
    State(friends): Here,
    SignedIn(actor): SignedIn,
    Json(body): Json<AskFriend>,
) -> Answer<(StatusCode, Reply<Asked>)> {
    let (asked, is_new) = friends.ask(&actor, body.user_id).await?;
    let status = if is_new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, Reply(asked)))
}

/// Takes a request back that one has made.
#[utoipa::path(delete, path = "/friends/requests/{request_id}", tag = "friends", params(Which),
    responses((status = 204), Refusals))]
async fn withdraw(
    State(friends): Here,
    SignedIn(actor): SignedIn,
    Path(which): Path<Which>,
) -> Answer<StatusCode> {
    friends.withdraw(&actor, which.request_id.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says yes to a request, and answers the new friend.
#[utoipa::path(post, path = "/friends/requests/{request_id}/accept", tag = "friends",
    params(Which), responses((status = 200, body = Friend), Refusals))]
async fn accept(
    State(friends): Here,
    SignedIn(actor): SignedIn,
    Path(which): Path<Which>,
) -> Answer<Reply<Friend>> {
    Ok(Reply(friends.accept(&actor, which.request_id.0).await?))
}

/// Says no to a request.
#[utoipa::path(post, path = "/friends/requests/{request_id}/decline", tag = "friends",
    params(Which), responses((status = 204), Refusals))]
async fn decline(
    State(friends): Here,
    SignedIn(actor): SignedIn,
    Path(which): Path<Which>,
) -> Answer<StatusCode> {
    friends.decline(&actor, which.request_id.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Those whom one has blocked.
#[utoipa::path(get, path = "/blocks", tag = "friends", params(Paging),
    responses((status = 200, body = Page<Blocked>), Refusals))]
async fn list_blocks(
    State(friends): Here,
    SignedIn(actor): SignedIn,
    Query(query): Query<Paging>,
) -> Answer<Reply<Page<Blocked>>> {
    let cursor = query.cursor.as_deref();
    Ok(Reply(friends.blocks(&actor, query.limit, cursor).await?))
}

/// Blocks somebody: no requests, no private chat, no mentions, and they do not see one being here. They are not told.
/// What they say in rooms is hidden by one's own devices.
#[utoipa::path(put, path = "/blocks/{user_id}", tag = "friends", params(Whom),
    responses((status = 200, body = Blocked), Refusals))]
async fn block(
    State(friends): Here,
    SignedIn(actor): SignedIn,
    Path(whom): Path<Whom>,
) -> Answer<Reply<Blocked>> {
    Ok(Reply(friends.block(&actor, whom.user_id.0).await?))
}

/// Lets somebody come near again.
#[utoipa::path(delete, path = "/blocks/{user_id}", tag = "friends", params(Whom),
    responses((status = 204), Refusals))]
async fn unblock(
    State(friends): Here,
    SignedIn(actor): SignedIn,
    Path(whom): Path<Whom>,
) -> Answer<StatusCode> {
    friends.unblock(&actor, whom.user_id.0).await?;
    Ok(StatusCode::NO_CONTENT)
}
