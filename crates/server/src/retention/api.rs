//! Routes.

use super::Retention;
use crate::kernel::actor::SignedIn;
use crate::kernel::body::{Id, Json, Path};
use crate::kernel::page::{Listing, Paging};
use crate::kernel::problem::{Answer, Refusals};
use axum::Json as Reply;
use axum::extract::State;
use http::StatusCode;
use parlor_protocol::Page;
use parlor_protocol::retention::{
    ChangeRoomRetention, Hold, PlaceHold, Retention as Terms, RetentionChange, RoomRetention,
};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type Here = State<Arc<Retention>>;

pub(super) fn routes(retention: &Arc<Retention>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(room_terms, change_room_terms))
        .with_state(retention.clone())
        .merge(desk_routes(retention))
}

/// What is done at the administrators' desk, and on the command line.
pub(super) fn desk_routes(retention: &Arc<Retention>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(terms, change_terms))
        .routes(routes!(holds, place_hold))
        .routes(routes!(lift_hold))
        .with_state(retention.clone())
}

/// Which room.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct InRoom {
    /// The room.
    #[param(value_type = i64, minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    room_id: Id,
}

/// Which hold.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct Which {
    /// The hold.
    #[param(value_type = i64, minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    hold_id: Id,
}

/// Which holds.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HoldsQuery {
    /// Those that were lifted too.
    #[serde(default)]
    with_lifted: bool,
}

/// For how many days the server keeps what is said.
#[utoipa::path(get, path = "/admin/retention", tag = "administration",
    responses((status = 200, body = Terms), Refusals))]
async fn terms(State(retention): Here, SignedIn(actor): SignedIn) -> Answer<Reply<Terms>> {
    Ok(Reply(retention.terms(&actor).await?))
}

/// Sets for how many days the server keeps what is said. What is older is removed for good, soon after.
#[utoipa::path(put, path = "/admin/retention", tag = "administration",
    request_body = RetentionChange, responses((status = 200, body = Terms), Refusals))]
async fn change_terms(
    State(retention): Here,
    SignedIn(actor): SignedIn,
    Json(change): Json<RetentionChange>,
) -> Answer<Reply<Terms>> {
    Ok(Reply(retention.change_terms(&actor, change).await?))
}

/// For how many days what is said in a room is kept.
#[utoipa::path(get, path = "/rooms/{room_id}/retention", tag = "history", params(InRoom),
    responses((status = 200, body = RoomRetention), Refusals))]
async fn room_terms(
    State(retention): Here,
    SignedIn(actor): SignedIn,
    Path(place): Path<InRoom>,
) -> Answer<Reply<RoomRetention>> {
    Ok(Reply(retention.room_terms(&actor, place.room_id.0).await?))
}

/// Sets for how many days a room keeps what is said: at most as long as the server does. What is older is removed for
/// good, soon after.
#[utoipa::path(put, path = "/rooms/{room_id}/retention", tag = "history", params(InRoom),
    request_body = ChangeRoomRetention, responses((status = 200, body = RoomRetention), Refusals))]
async fn change_room_terms(
    State(retention): Here,
    SignedIn(actor): SignedIn,
    Path(place): Path<InRoom>,
    Json(change): Json<ChangeRoomRetention>,
) -> Answer<Reply<RoomRetention>> {
    let room = place.room_id.0;
    Ok(Reply(
        retention.change_room_terms(&actor, room, change).await?,
    ))
}

/// Legal holds, the newest first.
#[utoipa::path(get, path = "/admin/holds", tag = "administration", params(HoldsQuery, Paging),
    responses((status = 200, body = Page<Hold>), Refusals))]
async fn holds(
    State(retention): Here,
    SignedIn(actor): SignedIn,
    Listing(query, paging): Listing<HoldsQuery>,
) -> Answer<Reply<Page<Hold>>> {
    let (limit, cursor) = (paging.limit, paging.cursor.as_deref());
    let page = retention.holds(&actor, query.with_lifted, limit, cursor);
    Ok(Reply(page.await?))
}

/// Holds a person or a room, with a community all its rooms: nothing of it is removed by retention, by the end of the time
/// in which a deleted message can be restored, or with an account. Members are not told.
#[utoipa::path(post, path = "/admin/holds", tag = "administration", request_body = PlaceHold,
    responses((status = 201, body = Hold), Refusals))]
async fn place_hold(
    State(retention): Here,
    SignedIn(actor): SignedIn,
    Json(hold): Json<PlaceHold>,
) -> Answer<(StatusCode, Reply<Hold>)> {
    let hold = retention.place_hold(&actor, hold).await?;
    Ok((StatusCode::CREATED, Reply(hold)))
}

/// Lifts a hold. What nothing else holds goes when its time is up, or now where it is.
#[utoipa::path(delete, path = "/admin/holds/{hold_id}", tag = "administration", params(Which),
    responses((status = 200, body = Hold), Refusals))]
async fn lift_hold(
    State(retention): Here,
    SignedIn(actor): SignedIn,
    Path(which): Path<Which>,
) -> Answer<Reply<Hold>> {
    Ok(Reply(retention.lift_hold(&actor, which.hold_id.0).await?))
}
