//! Routes and socket events.

use super::Rooms;
use super::view::{ListRooms, Within};
use crate::kernel::actor::SignedIn;
use crate::kernel::body::{Id, Json, OptionalJson, Path, Query};
use crate::kernel::page::{Listing, Paging};
use crate::kernel::problem::{Answer, Refusals};
use crate::kernel::socket::{Caller, EventTable};
use axum::Json as Reply;
use axum::extract::State;
use http::StatusCode;
use parlor_protocol::Page;
use parlor_protocol::events::LeaveRoomEvent;
use parlor_protocol::rooms::{
    Ban, ChangeRole, ChangeRoom, CreateRoom, JoinByKey, JoinRoom, Member, Mute, OpenDirect, Room,
    RoomScope, ShelfChange,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type Here = State<Arc<Rooms>>;

pub(super) fn routes(rooms: Arc<Rooms>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(join_by_key))
        .routes(routes!(open_direct))
        .routes(routes!(view, change, delete))
        .routes(routes!(shelve))
        .routes(routes!(join))
        .routes(routes!(leave))
        .routes(routes!(members))
        .routes(routes!(bans))
        .routes(routes!(kick))
        .routes(routes!(ban))
        .routes(routes!(unban))
        .routes(routes!(mute))
        .routes(routes!(unmute))
        .routes(routes!(appoint))
        .merge(super::invite_api::routes())
        .with_state(rooms)
}

/// Nothing to say but that it was done.
#[derive(Serialize)]
struct Done {}

pub(super) fn events(rooms: &Arc<Rooms>, table: &mut EventTable) {
    let rooms = rooms.clone();
    table.on(
        "leave_room",
        move |caller: Caller, event: LeaveRoomEvent| {
            let rooms = rooms.clone();
            async move {
                rooms.leave(&caller.actor, event.room_id).await?;
                Ok::<_, super::RoomsError>(Done {})
            }
        },
    );
}

/// How a list is narrowed and paged.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RoomsQuery {
    /// Which rooms.
    #[serde(default)]
    #[param(inline)]
    scope: RoomScope,
    /// Of this community, which one has to be in.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    community_id: Option<Id>,
    /// Part of the name, without regard to case.
    #[param(max_length = 100)]
    q: Option<String>,
}

/// Which room.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct Which {
    /// The room.
    #[param(value_type = i64, minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    room_id: Id,
}

/// Whom in which room.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct Whom {
    /// The room.
    #[param(value_type = i64, minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    room_id: Id,
    /// The person.
    #[param(value_type = i64, minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    user_id: Id,
}

/// The rooms one is in and those one could join, in the order in which they were made.
#[utoipa::path(get, path = "/rooms", tag = "rooms", params(RoomsQuery, Paging),
    responses((status = 200, body = Page<Room>), Refusals))]
async fn list(
    State(rooms): Here,
    SignedIn(actor): SignedIn,
    Listing(query, paging): Listing<RoomsQuery>,
) -> Answer<Reply<Page<Room>>> {
    let community = query.community_id.map(|Id(id)| Within::Community(id));
    let wanted = ListRooms {
        within: community.unwrap_or_default(),
        scope: query.scope,
        search: query.q,
        cursor: paging.cursor,
        limit: paging.limit,
    };
    Ok(Reply(rooms.list(&actor, wanted).await?))
}

/// Makes a room. A private one is answered with its access key.
#[utoipa::path(post, path = "/rooms", tag = "rooms", request_body = CreateRoom,
    responses((status = 201, body = Room), Refusals))]
async fn create(
    State(rooms): Here,
    SignedIn(actor): SignedIn,
    Json(draft): Json<CreateRoom>,
) -> Answer<(StatusCode, Reply<Room>)> {
    let room = rooms.create(&actor, draft).await?;
    Ok((StatusCode::CREATED, Reply(room)))
}

/// Joins the private room that has this access key.
#[utoipa::path(post, path = "/rooms/join", tag = "rooms", request_body = JoinByKey,
    responses((status = 200, body = Room), Refusals))]
async fn join_by_key(
    State(rooms): Here,
    SignedIn(actor): SignedIn,
    Json(body): Json<JoinByKey>,
) -> Answer<Reply<Room>> {
    Ok(Reply(rooms.join_by_key(&actor, &body.access_key).await?))
}

/// The private chat with one other person: the same room each time.
#[utoipa::path(post, path = "/rooms/direct", tag = "rooms", request_body = OpenDirect,
    responses((status = 200, body = Room), Refusals))]
async fn open_direct(
    State(rooms): Here,
    SignedIn(actor): SignedIn,
    Json(body): Json<OpenDirect>,
) -> Answer<Reply<Room>> {
    Ok(Reply(rooms.open_direct(&actor, body.user_id).await?))
}

/// A room as one sees it; its owner sees the access key.
#[utoipa::path(get, path = "/rooms/{room_id}", tag = "rooms", params(Which),
    responses((status = 200, body = Room), Refusals))]
async fn view(
    State(rooms): Here,
    SignedIn(actor): SignedIn,
    Path(which): Path<Which>,
) -> Answer<Reply<Room>> {
    Ok(Reply(rooms.view(&actor, which.room_id.0).await?))
}

/// Changes a room. Its admins may change name and description, its owner everything. A room that goes public loses its
/// access key; one that goes private gets the given key, or a new one.
#[utoipa::path(put, path = "/rooms/{room_id}", tag = "rooms", params(Which),
    request_body = ChangeRoom, responses((status = 200, body = Room), Refusals))]
async fn change(
    State(rooms): Here,
    SignedIn(actor): SignedIn,
    Path(which): Path<Which>,
    Json(change): Json<ChangeRoom>,
) -> Answer<Reply<Room>> {
    Ok(Reply(rooms.change(&actor, which.room_id.0, change).await?))
}

/// Puts a room among one's favourites or into a folder, for all of one's devices; nobody else learns of it.
#[utoipa::path(put, path = "/rooms/{room_id}/shelf", tag = "rooms", params(Which),
    request_body = ShelfChange, responses((status = 200, body = Room), Refusals))]
async fn shelve(
    State(rooms): Here,
    SignedIn(actor): SignedIn,
    Path(which): Path<Which>,
    Json(change): Json<ShelfChange>,
) -> Answer<Reply<Room>> {
    Ok(Reply(rooms.shelve(&actor, which.room_id.0, change).await?))
}

/// Deletes a room with everything in it.
#[utoipa::path(delete, path = "/rooms/{room_id}", tag = "rooms", params(Which),
    responses((status = 204), Refusals))]
async fn delete(
    State(rooms): Here,
    SignedIn(actor): SignedIn,
    Path(which): Path<Which>,
) -> Answer<StatusCode> {
    rooms.delete(&actor, which.room_id.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Joins a room; a private one with its access key. Members are answered the room as it is.
#[utoipa::path(post, path = "/rooms/{room_id}/join", tag = "rooms", params(Which),
    request_body(content = Option<JoinRoom>), responses((status = 200, body = Room), Refusals))]
async fn join(
    State(rooms): Here,
    SignedIn(actor): SignedIn,
    Path(which): Path<Which>,
    OptionalJson(body): OptionalJson<JoinRoom>,
) -> Answer<Reply<Room>> {
    Ok(Reply(rooms.join(&actor, which.room_id.0, body).await?))
}

/// Leaves a room. Its owner hands it over first; a direct chat cannot be left.
#[utoipa::path(post, path = "/rooms/{room_id}/leave", tag = "rooms", params(Which),
    responses((status = 204), Refusals))]
async fn leave(
    State(rooms): Here,
    SignedIn(actor): SignedIn,
    Path(which): Path<Which>,
) -> Answer<StatusCode> {
    rooms.leave(&actor, which.room_id.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The members of a room: the owner, the admins, everybody else.
#[utoipa::path(get, path = "/rooms/{room_id}/members", tag = "rooms", params(Which, Paging),
    responses((status = 200, body = Page<Member>), Refusals))]
async fn members(
    State(rooms): Here,
    SignedIn(actor): SignedIn,
    Path(which): Path<Which>,
    Query(query): Query<Paging>,
) -> Answer<Reply<Page<Member>>> {
    let cursor = query.cursor.as_deref();
    Ok(Reply(
        rooms
            .members(&actor, which.room_id.0, cursor, query.limit)
            .await?,
    ))
}

/// Those who were sent out of a room for good; for its moderators.
#[utoipa::path(get, path = "/rooms/{room_id}/bans", tag = "moderation", params(Which, Paging),
    responses((status = 200, body = Page<Ban>), Refusals))]
async fn bans(
    State(rooms): Here,
    SignedIn(actor): SignedIn,
    Path(which): Path<Which>,
    Query(query): Query<Paging>,
) -> Answer<Reply<Page<Ban>>> {
    let cursor = query.cursor.as_deref();
    Ok(Reply(
        rooms
            .bans(&actor, which.room_id.0, cursor, query.limit)
            .await?,
    ))
}

/// Sends a member out. They may come again.
#[utoipa::path(post, path = "/rooms/{room_id}/members/{user_id}/kick", tag = "moderation",
    params(Whom), responses((status = 204), Refusals))]
async fn kick(
    State(rooms): Here,
    SignedIn(actor): SignedIn,
    Path(whom): Path<Whom>,
) -> Answer<StatusCode> {
    rooms.kick(&actor, whom.room_id.0, whom.user_id.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends somebody out, if they are in, and keeps them out.
#[utoipa::path(post, path = "/rooms/{room_id}/members/{user_id}/ban", tag = "moderation",
    params(Whom), responses((status = 204), Refusals))]
async fn ban(
    State(rooms): Here,
    SignedIn(actor): SignedIn,
    Path(whom): Path<Whom>,
) -> Answer<StatusCode> {
    rooms.ban(&actor, whom.room_id.0, whom.user_id.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets somebody in again.
#[utoipa::path(post, path = "/rooms/{room_id}/members/{user_id}/unban", tag = "moderation",
    params(Whom), responses((status = 204), Refusals))]
async fn unban(
    State(rooms): Here,
    SignedIn(actor): SignedIn,
    Path(whom): Path<Whom>,
) -> Answer<StatusCode> {
    rooms.unban(&actor, whom.room_id.0, whom.user_id.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keeps a member from posting, until a moment or until unmuted.
#[utoipa::path(post, path = "/rooms/{room_id}/members/{user_id}/mute", tag = "moderation",
    params(Whom), request_body(content = Option<Mute>),
    responses((status = 200, body = Member), Refusals))]
async fn mute(
    State(rooms): Here,
    SignedIn(actor): SignedIn,
    Path(whom): Path<Whom>,
    OptionalJson(body): OptionalJson<Mute>,
) -> Answer<Reply<Member>> {
    Ok(Reply(
        rooms
            .mute(&actor, whom.room_id.0, whom.user_id.0, body.until)
            .await?,
    ))
}

/// Lets a member post again.
#[utoipa::path(post, path = "/rooms/{room_id}/members/{user_id}/unmute", tag = "moderation",
    params(Whom),
    responses((status = 200, body = Member), Refusals))]
async fn unmute(
    State(rooms): Here,
    SignedIn(actor): SignedIn,
    Path(whom): Path<Whom>,
) -> Answer<Reply<Member>> {
    Ok(Reply(
        rooms.unmute(&actor, whom.room_id.0, whom.user_id.0).await?,
    ))
}

/// Gives a member another standing; `owner` hands the room over.
#[utoipa::path(post, path = "/rooms/{room_id}/members/{user_id}/role", tag = "moderation",
    params(Whom), request_body = ChangeRole,
    responses((status = 200, body = Member), Refusals))]
async fn appoint(
    State(rooms): Here,
    SignedIn(actor): SignedIn,
    Path(whom): Path<Whom>,
    Json(body): Json<ChangeRole>,
) -> Answer<Reply<Member>> {
    Ok(Reply(
        rooms
            .appoint(&actor, whom.room_id.0, whom.user_id.0, body.role)
            .await?,
    ))
}
