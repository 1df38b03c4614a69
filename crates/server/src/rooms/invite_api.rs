//! Routes of invitations.

use super::Rooms;
use crate::kernel::actor::SignedIn;
use crate::kernel::body::{Id, OptionalJson, Path, Query};
use crate::kernel::page::Paging;
use crate::kernel::problem::{Answer, Refusals};
use axum::Json as Reply;
use axum::extract::State;
use http::StatusCode;
use parlor_protocol::Page;
use parlor_protocol::rooms::{AcceptInvitation, CreateInvitation, Invitation, Invited, Room};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type Here = State<Arc<Rooms>>;

pub(super) fn routes() -> OpenApiRouter<Arc<Rooms>> {
    OpenApiRouter::new()
        .routes(routes!(invitations, invite))
        .routes(routes!(revoke_invitation))
        .routes(routes!(invited))
        .routes(routes!(join_by_invitation))
}

/// To which room.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct To {
    /// The room, or the community.
    #[param(value_type = i64, minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    room_id: Id,
}

/// Which invitation to which room.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct Which {
    /// The room, or the community.
    #[param(value_type = i64, minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    room_id: Id,
    /// The invitation.
    #[param(value_type = i64, minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    invitation_id: Id,
}

/// What one was given.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct By {
    /// The invitation's code.
    code: String,
}

/// The invitations to a room or a community that are open; for its moderators.
#[utoipa::path(get, path = "/rooms/{room_id}/invitations", tag = "rooms", params(To, Paging),
    responses((status = 200, body = Page<Invitation>), Refusals))]
async fn invitations(
    State(rooms): Here,
    SignedIn(actor): SignedIn,
    Path(to): Path<To>,
    Query(query): Query<Paging>,
) -> Answer<Reply<Page<Invitation>>> {
    let cursor = query.cursor.as_deref();
    let page = rooms.invitations(&actor, to.room_id.0, cursor, query.limit);
    Ok(Reply(page.await?))
}

/// Makes an invitation to a room or a community, and answers its code, which is not shown again.
#[utoipa::path(post, path = "/rooms/{room_id}/invitations", tag = "rooms", params(To),
    request_body(content = Option<CreateInvitation>),
    responses((status = 201, body = Invitation), Refusals))]
async fn invite(
    State(rooms): Here,
    SignedIn(actor): SignedIn,
    Path(to): Path<To>,
    OptionalJson(body): OptionalJson<CreateInvitation>,
) -> Answer<(StatusCode, Reply<Invitation>)> {
    let invitation = rooms.invite(&actor, to.room_id.0, body).await?;
    Ok((StatusCode::CREATED, Reply(invitation)))
}

/// Takes an invitation back.
#[utoipa::path(delete, path = "/rooms/{room_id}/invitations/{invitation_id}", tag = "rooms",
    params(Which), responses((status = 204), Refusals))]
async fn revoke_invitation(
    State(rooms): Here,
    SignedIn(actor): SignedIn,
    Path(which): Path<Which>,
) -> Answer<StatusCode> {
    rooms
        .revoke_invitation(&actor, which.room_id.0, which.invitation_id.0)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What an invitation is to: the card, with the rules that who joins accepts.
#[utoipa::path(get, path = "/invitations/{code}", tag = "rooms", params(By),
    responses((status = 200, body = Invited), Refusals))]
async fn invited(
    State(rooms): Here,
    SignedIn(actor): SignedIn,
    Path(by): Path<By>,
) -> Answer<Reply<Invited>> {
    Ok(Reply(rooms.invited(&actor, &by.code).await?))
}

/// Joins what an invitation is to.
#[utoipa::path(post, path = "/invitations/{code}/join", tag = "rooms", params(By),
    request_body(content = Option<AcceptInvitation>),
    responses((status = 200, body = Room), Refusals))]
async fn join_by_invitation(
    State(rooms): Here,
    SignedIn(actor): SignedIn,
    Path(by): Path<By>,
    OptionalJson(body): OptionalJson<AcceptInvitation>,
) -> Answer<Reply<Room>> {
    let room = rooms.join_by_invitation(&actor, &by.code, body).await?;
    Ok(Reply(room))
}
