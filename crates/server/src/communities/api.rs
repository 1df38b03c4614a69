//! Routes. What is announced in a community, and what its rooms are, the routes of rooms and messages answer.

use super::Communities;
use crate::kernel::actor::SignedIn;
use crate::kernel::body::{Id, Json, OptionalJson, Path, Query};
use crate::kernel::page::{Listing, Paging};
use crate::kernel::problem::{Answer, Refusals};
use axum::Json as Reply;
use axum::extract::State;
use http::StatusCode;
use parlor_protocol::Page;
use parlor_protocol::communities::{CreateCommunity, JoinCommunity};
use parlor_protocol::events::LeaveReason;
use parlor_protocol::rooms::{Ban, ChangeRole, ChangeRoom, Member, Room, RoomScope};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type Here = State<Arc<Communities>>;

pub(super) fn routes(communities: Arc<Communities>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, found))
        .routes(routes!(view, change, dissolve))
        .routes(routes!(join))
        .routes(routes!(leave))
        .routes(routes!(members))
        .routes(routes!(bans))
        .routes(routes!(appoint))
        .routes(routes!(kick))
        .routes(routes!(ban))
        .routes(routes!(unban))
        .routes(routes!(of_user))
        .with_state(communities)
}

/// How a list is narrowed and paged.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Which communities.
    #[serde(default)]
    #[param(inline)]
    scope: RoomScope,
    /// Part of the name, without regard to case.
    #[param(max_length = 100)]
    q: Option<String>,
}

/// Which community.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct Which {
    /// The community.
    #[param(value_type = i64, minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    community_id: Id,
}

/// Whom in which community.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct Whom {
    /// The community.
    #[param(value_type = i64, minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    community_id: Id,
    /// The person.
    #[param(value_type = i64, minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    user_id: Id,
}

/// Whose.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct Whose {
    /// The person.
    #[param(value_type = i64, minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    id: Id,
}

/// The communities one is in and those one could join.
#[utoipa::path(get, path = "/communities", tag = "communities", params(ListQuery, Paging),
    responses((status = 200, body = Page<Room>), Refusals))]
async fn list(
    State(communities): Here,
    SignedIn(actor): SignedIn,
    Listing(query, paging): Listing<ListQuery>,
) -> Answer<Reply<Page<Room>>> {
    let page = communities.list(&actor, query.scope, query.q, paging.limit, paging.cursor);
    Ok(Reply(page.await?))
}

/// Founds a community.
///
/// Its id is that of its own room, in which everybody is who is in it, and in which its admins announce things. Its rooms
/// are made with its id as `community_id`, and its invitations are that room's.
#[utoipa::path(post, path = "/communities", tag = "communities", request_body = CreateCommunity,
    responses((status = 201, body = Room), Refusals))]
async fn found(
    State(communities): Here,
    SignedIn(actor): SignedIn,
    Json(draft): Json<CreateCommunity>,
) -> Answer<(StatusCode, Reply<Room>)> {
    let community = communities.found(&actor, draft).await?;
    Ok((StatusCode::CREATED, Reply(community)))
}

/// A community as one sees it.
#[utoipa::path(get, path = "/communities/{community_id}", tag = "communities", params(Which),
    responses((status = 200, body = Room), Refusals))]
async fn view(
    State(communities): Here,
    SignedIn(actor): SignedIn,
    Path(which): Path<Which>,
) -> Answer<Reply<Room>> {
    Ok(Reply(communities.view(&actor, which.community_id.0).await?))
}

/// Changes a community; for its admins.
#[utoipa::path(put, path = "/communities/{community_id}", tag = "communities", params(Which),
    request_body = ChangeRoom, responses((status = 200, body = Room), Refusals))]
async fn change(
    State(communities): Here,
    SignedIn(actor): SignedIn,
    Path(which): Path<Which>,
    Json(change): Json<ChangeRoom>,
) -> Answer<Reply<Room>> {
    let id = which.community_id.0;
    Ok(Reply(communities.change(&actor, id, change).await?))
}

/// Dissolves a community with all its rooms; for its owner.
#[utoipa::path(delete, path = "/communities/{community_id}", tag = "communities", params(Which),
    responses((status = 204), Refusals))]
async fn dissolve(
    State(communities): Here,
    SignedIn(actor): SignedIn,
    Path(which): Path<Which>,
) -> Answer<StatusCode> {
    communities.dissolve(&actor, which.community_id.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Joins a community: with its rules accepted where it has some, and with an invitation where it is private.
#[utoipa::path(post, path = "/communities/{community_id}/join", tag = "communities",
    params(Which), request_body(content = Option<JoinCommunity>),
    responses((status = 200, body = Room), Refusals))]
async fn join(
    State(communities): Here,
    SignedIn(actor): SignedIn,
    Path(which): Path<Which>,
    OptionalJson(body): OptionalJson<JoinCommunity>,
) -> Answer<Reply<Room>> {
    let id = which.community_id.0;
    Ok(Reply(communities.join(&actor, id, body).await?))
}

/// Leaves a community and all its rooms. Its owner hands it over first.
#[utoipa::path(post, path = "/communities/{community_id}/leave", tag = "communities",
    params(Which), responses((status = 204), Refusals))]
async fn leave(
    State(communities): Here,
    SignedIn(actor): SignedIn,
    Path(which): Path<Which>,
) -> Answer<StatusCode> {
    communities.leave(&actor, which.community_id.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The members of a community: the owner, the admins, everybody else.
#[utoipa::path(get, path = "/communities/{community_id}/members", tag = "communities",
    params(Which, Paging), responses((status = 200, body = Page<Member>), Refusals))]
async fn members(
    State(communities): Here,
    SignedIn(actor): SignedIn,
    Path(which): Path<Which>,
    Query(query): Query<Paging>,
) -> Answer<Reply<Page<Member>>> {
    let (id, cursor) = (which.community_id.0, query.cursor.as_deref());
    let page = communities.members(&actor, id, query.limit, cursor);
    Ok(Reply(page.await?))
}

/// Those who were sent out of a community for good; for its admins.
#[utoipa::path(get, path = "/communities/{community_id}/bans", tag = "communities",
    params(Which, Paging), responses((status = 200, body = Page<Ban>), Refusals))]
async fn bans(
    State(communities): Here,
    SignedIn(actor): SignedIn,
    Path(which): Path<Which>,
    Query(query): Query<Paging>,
) -> Answer<Reply<Page<Ban>>> {
    let (id, cursor) = (which.community_id.0, query.cursor.as_deref());
    let page = communities.bans(&actor, id, query.limit, cursor);
    Ok(Reply(page.await?))
}

/// Gives a member another standing; `owner` hands the community over.
#[utoipa::path(post, path = "/communities/{community_id}/members/{user_id}/role",
    tag = "communities", params(Whom), request_body = ChangeRole,
    responses((status = 200, body = Member), Refusals))]
async fn appoint(
    State(communities): Here,
    SignedIn(actor): SignedIn,
    Path(whom): Path<Whom>,
    Json(body): Json<ChangeRole>,
) -> Answer<Reply<Member>> {
    let (id, user) = (whom.community_id.0, whom.user_id.0);
    Ok(Reply(
        communities.appoint(&actor, id, user, body.role).await?,
    ))
}

/// Sends a member out of a community and all its rooms. They may come again.
#[utoipa::path(post, path = "/communities/{community_id}/members/{user_id}/kick",
    tag = "communities", params(Whom), responses((status = 204), Refusals))]
async fn kick(
    State(communities): Here,
    SignedIn(actor): SignedIn,
    Path(whom): Path<Whom>,
) -> Answer<StatusCode> {
    let (id, user) = (whom.community_id.0, whom.user_id.0);
    let sent_out = communities.send_out(&actor, id, user, LeaveReason::Kicked);
    sent_out.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends somebody out of a community and all its rooms, if they are in, and keeps them out.
#[utoipa::path(post, path = "/communities/{community_id}/members/{user_id}/ban",
    tag = "communities", params(Whom), responses((status = 204), Refusals))]
async fn ban(
    State(communities): Here,
    SignedIn(actor): SignedIn,
    Path(whom): Path<Whom>,
) -> Answer<StatusCode> {
    let (id, user) = (whom.community_id.0, whom.user_id.0);
    let sent_out = communities.send_out(&actor, id, user, LeaveReason::Banned);
    sent_out.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets somebody into a community again.
#[utoipa::path(post, path = "/communities/{community_id}/members/{user_id}/unban",
    tag = "communities", params(Whom), responses((status = 204), Refusals))]
async fn unban(
    State(communities): Here,
    SignedIn(actor): SignedIn,
    Path(whom): Path<Whom>,
) -> Answer<StatusCode> {
    let (id, user) = (whom.community_id.0, whom.user_id.0);
    communities.unban(&actor, id, user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The communities that a person is in: for themselves and for administrators of the server.
#[utoipa::path(get, path = "/users/{id}/communities", tag = "communities",
    params(Whose, Paging), responses((status = 200, body = Page<Room>), Refusals))]
async fn of_user(
    State(communities): Here,
    SignedIn(actor): SignedIn,
    Path(whose): Path<Whose>,
    Query(query): Query<Paging>,
) -> Answer<Reply<Page<Room>>> {
    let page = communities.of_user(&actor, whose.id.0, query.limit, query.cursor);
    Ok(Reply(page.await?))
}
