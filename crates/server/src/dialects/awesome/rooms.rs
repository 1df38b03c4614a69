//! The paths under `/rooms`.

use super::{Answer, Awesome, Form, Here, Ids, Me, Refused, decode, done, encode};
use axum::extract::Query;
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use parlor_protocol::rooms::RoomScope;
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

pub(super) fn routes() -> Router<Arc<Awesome>> {
    Router::new()
        .route("/rooms", get(list).post(create))
        .route("/rooms/{room_id}", get(view).put(change).delete(delete))
        .route("/rooms/{room_id}/join", post(join))
        .route("/rooms/{room_id}/leave", post(leave))
        .route("/rooms/{room_id}/members/{user_id}/kick", post(kick))
        .route("/rooms/{room_id}/members/{user_id}/mute", post(mute))
}

#[derive(Deserialize)]
struct Filter {
    is_private: Option<String>,
}

async fn list(here: Here, me: Me, filter: Query<Filter>) -> Answer {
    let is_private = decode::is_private(filter.is_private.as_deref())?;
    let mut rooms = here.actions.named_rooms(&me, RoomScope::All).await?;
    rooms.retain(|room| is_private.is_none_or(|it| room.card.is_private == it));
    Ok(Json(rooms.iter().map(encode::room).collect()))
}

async fn create(here: Here, me: Me, body: Form) -> Result<(StatusCode, Json<Value>), Refused> {
    let draft = body.read(decode::create_room)?;
    let room = here.actions.rooms.create(&me, draft).await?;
    Ok((StatusCode::CREATED, Json(encode::room(&room))))
}

async fn view(here: Here, me: Me, ids: Ids<1>) -> Answer {
    let room = here.actions.rooms.view(&me, ids.one()).await?;
    let members = here.actions.members(&me, ids.one()).await?;
    let members = members.iter().map(encode::member).collect();
    Ok(Json(encode::with_members(encode::room(&room), members)))
}

async fn change(here: Here, me: Me, ids: Ids<1>, body: Form) -> Answer {
    let change = body.read(decode::change_room)?;
    let room = here.actions.rooms.change(&me, ids.one(), change).await?;
    Ok(Json(encode::room(&room)))
}

async fn delete(here: Here, me: Me, ids: Ids<1>) -> Answer {
    here.actions.rooms.delete(&me, ids.one()).await?;
    Ok(done("Room deleted"))
}

async fn join(here: Here, me: Me, ids: Ids<1>, body: Form) -> Answer {
    let with = body.read_if_any(decode::join_room)?;
    let room = here.actions.rooms.join(&me, ids.one(), with).await?;
    Ok(Json(encode::room(&room)))
}

async fn leave(here: Here, me: Me, ids: Ids<1>) -> Answer {
    here.actions.rooms.leave(&me, ids.one()).await?;
    Ok(done("Left the room"))
}

async fn kick(here: Here, me: Me, ids: Ids<2>) -> Answer {
    let (room, user) = ids.two();
    here.actions.rooms.kick(&me, room, user).await?;
    Ok(done("Kicked"))
}

async fn mute(here: Here, me: Me, ids: Ids<2>, body: Form) -> Answer {
    let (room, user) = ids.two();
    let until = body.read_if_any(decode::mute)?.until;
    let member = here.actions.rooms.mute(&me, room, user, until).await?;
    Ok(Json(encode::member(&member)))
}
