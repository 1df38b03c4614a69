//! The paths under `/rooms`.

use super::encode::{Detail, MemberView, RoomView};
use super::errors::Refused;
use super::users::done;
use super::{Awesome, Here, decode};
use crate::dialects::input::{Who, read_id};
use crate::kernel::actor::Actor;
use crate::kernel::body::Raw;
use crate::kernel::page::Limit;
use crate::rooms::{ListRooms, Within};
use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use parlor_protocol::rooms::{RoomKind, RoomScope};
use parlor_protocol::{Problem, RoomId, UserId};
use serde::Deserialize;
use std::sync::Arc;

/// Lists have no pages here: this many at most are gathered, a page at a time.
const PAGE: u32 = 200;
const MOST_PAGES: usize = 25;

type Answer<T> = Result<Json<T>, Refused>;

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

type InRoom = Path<String>;
type Whom = Path<(String, String)>;

fn read_room(room: &str) -> Result<RoomId, Problem> {
    read_id("room_id", room)
}

fn read_whom((room, user): &(String, String)) -> Result<(RoomId, UserId), Problem> {
    Ok((read_room(room)?, read_id("user_id", user)?))
}

fn limit() -> Limit {
    Limit::try_from(PAGE).unwrap_or_default()
}

async fn list(State(here): Here, who: Who, Query(filter): Query<Filter>) -> Answer<Vec<RoomView>> {
    let actor = who.0?;
    let is_private = decode::is_private(filter.is_private.as_deref())?;
    let (mut rooms, mut cursor) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let wanted = ListRooms {
            within: Within::Everywhere,
            scope: RoomScope::All,
            search: None,
            cursor,
            limit: limit(),
        };
        let page = here.actions.rooms.list(&actor, wanted).await?;
        rooms.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    // Chats of two people have no name to show.
    rooms.retain(|room| room.card.kind == RoomKind::Room);
    rooms.retain(|room| is_private.is_none_or(|it| room.card.is_private == it));
    Ok(Json(rooms.into_iter().map(RoomView::from).collect()))
}

async fn create(
    State(here): Here,
    who: Who,
    Raw(body): Raw,
) -> Result<(StatusCode, Json<RoomView>), Refused> {
    let actor = who.0?;
    let draft = decode::create_room(&body?)?;
    let room = here.actions.rooms.create(&actor, draft).await?;
    Ok((StatusCode::CREATED, Json(room.into())))
}

async fn view(State(here): Here, who: Who, Path(room): InRoom) -> Answer<RoomView> {
    let (actor, room) = (who.0?, read_room(&room)?);
    let mut view = RoomView::from(here.actions.rooms.view(&actor, room).await?);
    view.members = Some(here.load_members(&actor, room).await?);
    Ok(Json(view))
}

async fn change(
    State(here): Here,
    who: Who,
    Path(room): InRoom,
    Raw(body): Raw,
) -> Answer<RoomView> {
    let (actor, room) = (who.0?, read_room(&room)?);
    let change = decode::change_room(&body?)?;
    let room = here.actions.rooms.change(&actor, room, change).await?;
    Ok(Json(room.into()))
}

async fn delete(State(here): Here, who: Who, Path(room): InRoom) -> Answer<Detail<'static>> {
    let (actor, room) = (who.0?, read_room(&room)?);
    here.actions.rooms.delete(&actor, room).await?;
    Ok(done("Room deleted"))
}

async fn join(State(here): Here, who: Who, Path(room): InRoom, Raw(body): Raw) -> Answer<RoomView> {
    let (actor, room) = (who.0?, read_room(&room)?);
    let with = decode::join(&body?)?;
    let rooms = &here.actions.rooms;
    let room = rooms.join(&actor, room, with).await?;
    Ok(Json(room.into()))
}

async fn leave(State(here): Here, who: Who, Path(room): InRoom) -> Answer<Detail<'static>> {
    let (actor, room) = (who.0?, read_room(&room)?);
    here.actions.rooms.leave(&actor, room).await?;
    Ok(done("Left the room"))
}

async fn kick(State(here): Here, who: Who, Path(whom): Whom) -> Answer<Detail<'static>> {
    let (actor, (room, user)) = (who.0?, read_whom(&whom)?);
    here.actions.rooms.kick(&actor, room, user).await?;
    Ok(done("Kicked"))
}

async fn mute(State(here): Here, who: Who, Path(whom): Whom, Raw(body): Raw) -> Answer<MemberView> {
    let (actor, (room, user)) = (who.0?, read_whom(&whom)?);
    let mute = decode::mute(&body?)?;
    let rooms = &here.actions.rooms;
    let member = rooms.mute(&actor, room, user, mute.until).await?;
    Ok(Json(member.into()))
}

impl Awesome {
    async fn load_members(&self, actor: &Actor, room: RoomId) -> Result<Vec<MemberView>, Problem> {
        let (mut members, mut cursor) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let rooms = &self.actions.rooms;
            let page = rooms.members(actor, room, cursor.as_deref(), limit());
            let page = page.await?;
            members.extend(page.items.into_iter().map(MemberView::from));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        Ok(members)
    }
}
