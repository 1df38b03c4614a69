//! The paths about rooms, and what was said in them.

use super::encode::{InRoom, MessageView, OwnRoom, RoomView};
use super::errors::Refused;
use super::http::{Answer, Here, done};
use super::{Komunikator, decode};
use crate::dialects::input::{Who, read_id};
use crate::kernel::actor::Actor;
use crate::kernel::body::Raw;
use crate::kernel::page::Limit;
use crate::messages::Window;
use crate::rooms::{ListRooms, Within};
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use parlor_protocol::messages::Message;
use parlor_protocol::rooms::{JoinRoom, Room, RoomKind, RoomScope};
use parlor_protocol::{Code, Problem, RoomId, Seq};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Lists have no pages here: this many at most are gathered, a page at a time.
const PAGE: u32 = 200;
const MOST_PAGES: usize = 25;

pub(super) fn routes() -> Router<Arc<Komunikator>> {
    Router::new()
        .route("/api/room/get", get(get_room))
        .route("/api/room/create", post(create))
        .route("/api/room/join_public", post(join_public))
        .route("/api/room/join_private", post(join_private))
        .route("/api/room/leave", post(leave))
        .route("/api/room/edit", post(edit))
        .route("/api/room/delete", post(delete))
        .route("/api/user_rooms", get(user_rooms))
        .route("/api/user/list", get(user_list))
        .route("/api/user_kick", post(user_kick))
        .route("/api/chat_history", get(chat_history))
}

/// Which room, in the query.
#[derive(Deserialize)]
struct Asked {
    room_id: Option<String>,
}

impl Asked {
    fn room(self) -> Result<RoomId, Problem> {
        let missing = || Problem::new(Code::InvalidParam).detail("Missing room_id");
        read_id("room_id", &self.room_id.ok_or_else(missing)?)
    }
}

fn limit() -> Limit {
    Limit::try_from(PAGE).unwrap_or_default()
}

/// `GET /api/rooms`: the public ones.
pub(in crate::dialects) async fn public_rooms(here: &Komunikator, actor: &Actor) -> Response {
    let listed = async {
        let rooms = here.load_rooms(actor, RoomScope::Public).await?;
        Ok::<_, Problem>(Json(here.views(rooms).await?))
    };
    listed.await.map_err(Refused::from).into_response()
}

async fn get_room(State(here): Here, who: Who, Query(asked): Query<Asked>) -> Answer<RoomView> {
    let actor = who.0?;
    let room = here.actions.rooms.view(&actor, asked.room()?).await?;
    let view = here.views(vec![room]).await?.pop();
    Ok(Json(view.ok_or(Code::NotFound)?))
}

async fn create(State(here): Here, who: Who, Raw(body): Raw) -> Answer<Value> {
    let actor = who.0?;
    let draft = decode::create(&body?)?;
    let room = here.actions.rooms.create(&actor, draft).await;
    let room = room.map_err(Refused::of_room)?;
    let message = "Room created successfully";
    Ok(Json(json!({ "message": message, "room_id": room.card.id })))
}

async fn join_public(State(here): Here, who: Who, Raw(body): Raw) -> Answer<Value> {
    let actor = who.0?;
    let room = decode::room(&body?)?;
    let rooms = &here.actions.rooms;
    rooms.join(&actor, room, JoinRoom::default()).await?;
    Ok(done("Joined the room successfully"))
}

async fn join_private(State(here): Here, who: Who, Raw(body): Raw) -> Answer<Value> {
    let actor = who.0?;
    let key = decode::access_key(&body?)?;
    let room = here.actions.rooms.join_by_key(&actor, &key).await?;
    let message = "Joined the room successfully";
    Ok(Json(json!({ "message": message, "room_id": room.card.id })))
}

async fn leave(State(here): Here, who: Who, Raw(body): Raw) -> Answer<Value> {
    let actor = who.0?;
    let room = decode::room(&body?)?;
    here.actions.rooms.leave(&actor, room).await?;
    Ok(done("Left the room successfully"))
}

async fn edit(State(here): Here, who: Who, Raw(body): Raw) -> Answer<Value> {
    let actor = who.0?;
    let (room, change) = decode::edit(&body?)?;
    let rooms = &here.actions.rooms;
    let access = rooms.view(&actor, room).await?;
    decode::check_key_is_given(&change, access.card.is_private)?;
    let edited = rooms.change(&actor, room, change).await;
    edited.map_err(Refused::of_room)?;
    Ok(done("Room edited successfully"))
}

async fn delete(State(here): Here, who: Who, Raw(body): Raw) -> Answer<Value> {
    let actor = who.0?;
    let room = decode::room(&body?)?;
    let deleted = here.actions.rooms.delete(&actor, room).await;
    deleted.map_err(Refused::of_owner)?;
    Ok(done("Room deleted successfully"))
}

async fn user_rooms(State(here): Here, who: Who) -> Result<Response, Refused> {
    let actor = who.0?;
    let rooms = here.load_rooms(&actor, RoomScope::Joined).await?;
    let owners = here.owners(&rooms).await?;
    let own = rooms
        .into_iter()
        .zip(owners)
        .map(|(room, room_owner)| OwnRoom {
            user_name: &actor.username,
            room_id: room.card.id,
            room_name: room.card.name,
            room_owner,
            is_private: room.card.is_private,
        });
    Ok(Json(own.collect::<Vec<_>>()).into_response())
}

async fn user_list(
    State(here): Here,
    who: Who,
    Query(asked): Query<Asked>,
) -> Result<Response, Refused> {
    let (actor, room_id) = (who.0?, asked.room()?);
    let (mut names, mut cursor) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let rooms = &here.actions.rooms;
        let page = rooms.members(&actor, room_id, cursor.as_deref(), limit());
        let page = page.await?;
        names.extend(page.items.into_iter().map(|member| member.user.username));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let people = names.iter().map(|user_name| InRoom { user_name, room_id });
    Ok(Json(people.collect::<Vec<_>>()).into_response())
}

async fn user_kick(State(here): Here, who: Who, Raw(body): Raw) -> Answer<Value> {
    let actor = who.0?;
    let (room, name) = decode::kick(&body?)?;
    let person = here.actions.accounts.find_by_name(&name).await?;
    let person = person.ok_or(Code::NotFound)?;
    here.actions.rooms.kick(&actor, room, person.id).await?;
    Ok(done("User kicked successfully"))
}

async fn chat_history(
    State(here): Here,
    who: Who,
    Query(asked): Query<Asked>,
) -> Result<Response, Refused> {
    let (actor, room) = (who.0?, asked.room()?);
    let messages = here.load_history(&actor, room).await?;
    let views = messages.iter().filter(|message| !message.is_deleted);
    Ok(Json(views.map(MessageView::of).collect::<Vec<_>>()).into_response())
}

impl Komunikator {
    /// The named rooms of a list: chats of two people have no name to show.
    async fn load_rooms(&self, actor: &Actor, scope: RoomScope) -> Result<Vec<Room>, Problem> {
        let (mut rooms, mut cursor) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let wanted = ListRooms {
                within: Within::Everywhere,
                scope,
                search: None,
                cursor,
                limit: limit(),
            };
            let page = self.actions.rooms.list(actor, wanted).await?;
            rooms.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        rooms.retain(|room| room.card.kind == RoomKind::Room);
        Ok(rooms)
    }

    /// The newest messages of a room, the oldest of them first.
    async fn load_history(&self, actor: &Actor, room: RoomId) -> Result<Vec<Message>, Problem> {
        let (mut messages, mut before) = (Vec::<Message>::new(), None::<Seq>);
        for _ in 0..MOST_PAGES {
            let window = Window {
                before,
                limit: limit(),
                ..Window::default()
            };
            let mut page = self.actions.messages.history(actor, room, window).await?;
            page.items.append(&mut messages);
            messages = page.items;
            before = messages.first().map(|message| message.seq);
            if page.next.is_none() {
                break;
            }
        }
        Ok(messages)
    }

    async fn views(&self, rooms: Vec<Room>) -> Result<Vec<RoomView>, Problem> {
        let owners = self.owners(&rooms).await?;
        let views = rooms.into_iter().zip(owners);
        Ok(views
            .map(|(room, owner)| RoomView::of(room, owner))
            .collect())
    }

    /// The names of rooms' owners; the server's own rooms have none.
    async fn owners(&self, rooms: &[Room]) -> Result<Vec<String>, Problem> {
        let ids: Vec<_> = rooms.iter().filter_map(|room| room.card.owner_id).collect();
        let briefs = self.actions.accounts.briefs(&ids).await?;
        let owner = |room: &Room| {
            let brief = briefs.get(&room.card.owner_id?)?;
            Some(brief.username.clone())
        };
        let owners = rooms.iter().map(|room| owner(room).unwrap_or_default());
        Ok(owners.collect())
    }
}
