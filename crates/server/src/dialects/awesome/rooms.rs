//! The paths under `/rooms`.

use super::{Answer, Awesome, Form, Here, Ids, Made, Me, decode, encode};
use crate::dialects::entry::Entry as _;
use axum::Json;
use axum::extract::Query;
use http::StatusCode;
use parlor_protocol::rooms::{Mute, RoomScope};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Filter {
    is_private: Option<String>,
}

pub(super) async fn list(here: Here, me: Me, filter: Query<Filter>) -> Answer {
    let is_private = decode::is_private(filter.is_private.as_deref())?;
    let mut rooms = here.actions.named_rooms(&me, RoomScope::All).await?;
    rooms.retain(|room| is_private.is_none_or(|it| room.card.is_private == it));
    Ok(Json(rooms.iter().map(encode::room).collect()))
}

pub(super) async fn create(here: Here, me: Me, body: Form) -> Made {
    let draft = body.fill(decode::ROOM)?;
    let room = here.actions.rooms.create(&me, draft).await?;
    Ok((StatusCode::CREATED, Json(encode::room(&room))))
}

pub(super) async fn view(here: Here, me: Me, ids: Ids<1>) -> Answer {
    let room = here.actions.rooms.view(&me, ids.one()).await?;
    let members = here.actions.members(&me, ids.one()).await?;
    let members = members.iter().map(encode::member).collect();
    Ok(Json(encode::with_members(encode::room(&room), members)))
}

pub(super) async fn change(here: Here, me: Me, ids: Ids<1>, body: Form) -> Answer {
    let change = body.fill(decode::ROOM_CHANGE)?;
    let room = here.actions.rooms.change(&me, ids.one(), change).await?;
    Ok(Json(encode::room(&room)))
}

pub(super) async fn delete(here: Here, me: Me, ids: Ids<1>) -> Answer {
    here.actions.rooms.delete(&me, ids.one()).await?;
    Ok(Awesome::done("Room deleted"))
}

pub(super) async fn join(here: Here, me: Me, ids: Ids<1>, body: Form) -> Answer {
    let with = body.fill_if_any(decode::KEY)?;
    let room = here.actions.rooms.join(&me, ids.one(), with).await?;
    Ok(Json(encode::room(&room)))
}

pub(super) async fn leave(here: Here, me: Me, ids: Ids<1>) -> Answer {
    here.actions.rooms.leave(&me, ids.one()).await?;
    Ok(Awesome::done("Left the room"))
}

pub(super) async fn kick(here: Here, me: Me, ids: Ids<2>) -> Answer {
    let (room, user) = ids.two();
    here.actions.rooms.kick(&me, room, user).await?;
    Ok(Awesome::done("Kicked"))
}

pub(super) async fn mute(here: Here, me: Me, ids: Ids<2>, body: Form) -> Answer {
    let (room, user) = ids.two();
    let Mute { until } = body.fill_if_any(decode::MUTE)?;
    let member = here.actions.rooms.mute(&me, room, user, until).await?;
    Ok(Json(encode::member(&member)))
}
