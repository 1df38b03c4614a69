//! What the paths about rooms do, and about what was said in them.

use super::http::{Answer, Form, Here, Me};
use super::{Komunikator, decode, encode};
use crate::dialects::entry::Entry as _;
use crate::dialects::input::read_id;
use crate::kernel::actor::Actor;
use axum::Json;
use axum::extract::Query;
use parlor_protocol::rooms::{JoinRoom, Room, RoomScope};
use parlor_protocol::{Code, Problem, RoomId};
use serde::Deserialize;
use serde_json::json;

/// Which room, in the query.
#[derive(Deserialize)]
pub(super) struct Asked {
    room_id: Option<String>,
}

impl Asked {
    fn room(&self) -> Result<RoomId, Problem> {
        let missing = || Problem::new(Code::InvalidParam).detail("Missing room_id");
        read_id("room_id", self.room_id.as_deref().ok_or_else(missing)?)
    }
}

/// `GET /api/rooms`: the public ones.
pub(in crate::dialects) async fn public_rooms(here: &Komunikator, me: &Actor) -> Answer {
    let rooms = here.actions.named_rooms(me, RoomScope::Public).await?;
    let owned = here.with_owners(&rooms).await?;
    let views = owned.map(|(room, owner)| encode::room(room, &owner));
    Ok(Json(views.collect()))
}

pub(super) async fn get_room(here: Here, me: Me, asked: Query<Asked>) -> Answer {
    let rooms = [here.actions.rooms.view(&me, asked.room()?).await?];
    let mut with_owners = here.with_owners(&rooms).await?;
    let (room, owner) = with_owners.next().ok_or(Code::NotFound)?;
    Ok(Json(encode::room(room, &owner)))
}

pub(super) async fn create(here: Here, me: Me, body: Form) -> Answer {
    let draft = body.read(decode::create)?;
    let room = here.actions.rooms.create(&me, draft).await;
    let id = room.map_err(encode::of_room)?.card.id;
    let message = "Room created successfully";
    Ok(Json(json!({ "message": message, "room_id": id })))
}

pub(super) async fn join_public(here: Here, me: Me, body: Form) -> Answer {
    let (room, with) = (body.read(decode::room)?, JoinRoom::default());
    here.actions.rooms.join(&me, room, with).await?;
    Ok(Komunikator::done("Joined the room"))
}

pub(super) async fn join_private(here: Here, me: Me, body: Form) -> Answer {
    let key = body.read(decode::access_key)?;
    let room = here.actions.rooms.join_by_key(&me, &key).await?;
    let message = "Joined the room successfully";
    Ok(Json(json!({ "message": message, "room_id": room.card.id })))
}

pub(super) async fn leave(here: Here, me: Me, body: Form) -> Answer {
    let room = body.read(decode::room)?;
    here.actions.rooms.leave(&me, room).await?;
    Ok(Komunikator::done("Left the room"))
}

pub(super) async fn edit(here: Here, me: Me, body: Form) -> Answer {
    let (room, change) = body.read(decode::edit)?;
    let rooms = &here.actions.rooms;
    let before = rooms.view(&me, room).await?;
    decode::check_key_is_given(&change, before.card.is_private)?;
    let edited = rooms.change(&me, room, change).await;
    edited.map_err(encode::of_room)?;
    Ok(Komunikator::done("Room edited"))
}

pub(super) async fn delete(here: Here, me: Me, body: Form) -> Answer {
    let room = body.read(decode::room)?;
    let deleted = here.actions.rooms.delete(&me, room).await;
    deleted.map_err(encode::of_owner)?;
    Ok(Komunikator::done("Room deleted"))
}

pub(super) async fn user_rooms(here: Here, me: Me) -> Answer {
    let rooms = here.actions.named_rooms(&me, RoomScope::Joined).await?;
    let owned = here.with_owners(&rooms).await?;
    let own = owned.map(|(room, owner)| encode::own_room(&me.username, room, &owner));
    Ok(Json(own.collect()))
}

pub(super) async fn user_list(here: Here, me: Me, asked: Query<Asked>) -> Answer {
    let room = asked.room()?;
    let members = here.actions.members(&me, room).await?;
    let people = members
        .iter()
        .map(|it| encode::in_room(&it.user.username, room));
    Ok(Json(people.collect()))
}

pub(super) async fn user_kick(here: Here, me: Me, body: Form) -> Answer {
    let (room, name) = body.read(decode::kick)?;
    let person = here.actions.accounts.find_by_name(&name).await?;
    let person = person.ok_or(Code::NotFound)?;
    here.actions.rooms.kick(&me, room, person.id).await?;
    Ok(Komunikator::done("User kicked"))
}

pub(super) async fn chat_history(here: Here, me: Me, asked: Query<Asked>) -> Answer {
    let messages = here.actions.said(&me, asked.room()?).await?;
    Ok(Json(messages.iter().map(encode::message).collect()))
}

impl Komunikator {
    /// Rooms with the names of their owners; the server's own rooms have none.
    async fn with_owners<'a>(
        &self,
        rooms: &'a [Room],
    ) -> Result<impl Iterator<Item = (&'a Room, String)> + use<'a>, Problem> {
        let ids: Vec<_> = rooms.iter().filter_map(|room| room.card.owner_id).collect();
        let briefs = self.actions.accounts.briefs(&ids).await?;
        Ok(rooms.iter().map(move |room| {
            let owner = room.card.owner_id.and_then(|id| briefs.get(&id));
            let name = owner.map(|brief| brief.username.clone());
            (room, name.unwrap_or_default())
        }))
    }
}
