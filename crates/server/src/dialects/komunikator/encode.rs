//! What clients are told: views, events and refusals.

use super::Komunikator;
use super::events::step;
use crate::dialects::fields::{Fields, MISSING};
use crate::dialects::floor::{Floor, Stage, Step};
use crate::dialects::input::check_own_name;
use crate::dialects::refused::Tongue;
use crate::dialects::{event, sentence};
use crate::kernel::actor::Actor;
use parlor_protocol::messages::Message;
use parlor_protocol::rooms::Room;
use parlor_protocol::{Code, Problem, RoomId};
use parlor_transport::{Encoded, Event};
use serde_json::{Value, json};

/// The namespace it shares with the native interface.
const NAMESPACE: &str = "/";

/// Fields that have other names here.
const RENAMED: [(&str, &str); 3] = [
    ("username", "user_name"),
    ("name", "room_name"),
    ("content", "message"),
];

/// A room with its key, which is for its owner alone.
pub(super) fn room(room: &Room, owner: &str) -> Value {
    json!({
        "room_id": room.card.id,
        "room_name": room.card.name,
        "room_owner": owner,
        "create_date": room.card.created_at,
        "is_private": room.card.is_private,
        "access_key": room.access_key,
    })
}

/// A room as one of somebody's.
pub(super) fn own_room(user_name: &str, room: &Room, owner: &str) -> Value {
    json!({
        "user_name": user_name,
        "room_id": room.card.id,
        "room_name": room.card.name,
        "room_owner": owner,
        "is_private": room.card.is_private,
    })
}

/// Somebody in a room: a line of its list, and the payload of the events about people.
pub(super) fn in_room(user_name: &str, room_id: RoomId) -> Value {
    json!({ "user_name": user_name, "room_id": room_id })
}

/// A message, in the history and as it is said.
pub(super) fn message(message: &Message) -> Value {
    json!({
        "message_id": message.id,
        "room_id": message.room_id,
        "user_name": message.user.username,
        "message": message.content,
        "create_date": message.timestamp,
    })
}

impl Stage for Komunikator {
    fn floor(&self) -> &Floor {
        &self.floor
    }

    async fn read(&self, actor: &Actor, event: &Event) -> Result<Step, Problem> {
        step(actor, event)
    }

    /// The older system's document gives it both names.
    fn said(said: &Message) -> Vec<Encoded> {
        let message = message(said);
        let names = ["new", "new_message"].into_iter();
        names.filter_map(|name| packet(name, &message)).collect()
    }

    fn comes(user_name: &str, room: RoomId) -> Option<Encoded> {
        packet("user_joined", &in_room(user_name, room))
    }

    fn goes(user_name: &str, room: RoomId) -> Option<Encoded> {
        packet("user_left", &in_room(user_name, room))
    }

    fn members_changed(room: RoomId) -> Option<Encoded> {
        packet("user_list_updated", &json!({ "room_id": room }))
    }

    fn error(problem: &Problem) -> Option<Encoded> {
        packet("error", &json!({ "message": explain(problem) }))
    }
}

/// Somebody came or went.
pub(super) fn status(user_name: &str, room: RoomId, is_online: bool) -> Option<Encoded> {
    let state = if is_online { "online" } else { "offline" };
    packet(&format!("user_{state}"), &in_room(user_name, room))
}

/// The list of public rooms, or of one's own, is to be read again.
pub(super) fn rooms_changed() -> Option<Encoded> {
    packet("room_list_updated", &json!({}))
}

fn packet(name: &str, payload: &Value) -> Option<Encoded> {
    event(NAMESPACE, name, payload)
}

impl Tongue for Komunikator {
    fn refuse(problem: &Problem) -> (u16, Value) {
        let status = match problem.code {
            // It has no conflicts between rooms, only parameters that cannot be used.
            Code::AccessKeyTaken => 400,
            Code::AccountInactive => 401,
            _ => problem.status,
        };
        (status, json!({ "message": explain(problem) }))
    }

    fn check_own(fields: &Fields, actor: &Actor) -> Result<(), Problem> {
        let mut naming = ["user_name", "room_owner"].into_iter();
        naming.try_for_each(|field| {
            let name = fields.value(field).and_then(Value::as_str);
            check_own_name(actor, field, name)
        })
    }
}

/// The problem as it is answered where a room's name is what may be taken.
pub(super) fn of_room(error: impl Into<Problem>) -> Problem {
    let mut problem = error.into();
    if problem.code == Code::NameTaken {
        problem.status = 400;
    }
    problem
}

/// The problem as it is answered where only its owner has the room at all.
pub(super) fn of_owner(error: impl Into<Problem>) -> Problem {
    let mut problem = error.into();
    if problem.status == 403 {
        problem.status = 404;
    }
    problem
}

fn explain(problem: &Problem) -> String {
    let missing = problem.errors.iter().find(|e| e.message == MISSING);
    match missing {
        Some(error) => format!("Missing {}", error.field),
        None => sentence(problem, &RENAMED),
    }
}
